"""The columns that every stored picture or clip has."""

from django.db import models


class MediaKind(models.TextChoices):
    IMAGE = "image", "Image"
    VIDEO = "video", "Video"


class MediaFile(models.Model):
    """A file in a bucket, with what was read from it. Keys are relative to `bucket`.

    `bucket` is a class attribute: the name of the storage that holds this model's files.
    All figures come from the made file (`ourvidz.media.probe`), never from a request.
    """

    bucket: str
    keys_name_owner = True  # keys begin with the id of the row's `owner`

    kind = models.CharField(max_length=8, choices=MediaKind.choices)
    key = models.CharField(max_length=200)
    thumbnail_key = models.CharField(max_length=200, blank=True)
    poster_key = models.CharField(max_length=200, blank=True)
    mime_type = models.CharField(max_length=40)
    bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(help_text="Pixels.")
    height = models.PositiveIntegerField(help_text="Pixels.")
    duration_seconds = models.FloatField(null=True, blank=True)
    frames_per_second = models.FloatField(null=True, blank=True)
    thumbhash = models.CharField(max_length=48, blank=True, help_text="Base64 of a ThumbHash.")
    sha256 = models.CharField(max_length=64)

    KEY_FIELDS: tuple[str, ...] = ("key", "thumbnail_key", "poster_key")
    MEDIA_FIELDS: tuple[str, ...] = (
        "kind",
        "key",
        "thumbnail_key",
        "poster_key",
        "mime_type",
        "bytes",
        "width",
        "height",
        "duration_seconds",
        "frames_per_second",
        "thumbhash",
        "sha256",
    )

    class Meta:
        abstract = True

    @property
    def is_video(self) -> bool:
        return self.kind == MediaKind.VIDEO

    @property
    def keys(self) -> list[str]:
        """Every file of this row in its bucket: the original and what was derived from it."""
        return [key for name in self.KEY_FIELDS if (key := getattr(self, name))]


class MadeFile(MediaFile):
    """A picture or a clip that was made here: a clip has a filmstrip to look through it."""

    filmstrip_key = models.CharField(max_length=200, blank=True)
    perceptual_hash = models.BigIntegerField(
        null=True, blank=True, editable=False, help_text="See ourvidz.media.perceptual."
    )

    KEY_FIELDS = (*MediaFile.KEY_FIELDS, "filmstrip_key")
    MEDIA_FIELDS = (*MediaFile.MEDIA_FIELDS, "filmstrip_key", "perceptual_hash")

    class Meta:
        abstract = True
