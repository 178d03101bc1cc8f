"""Pictures to refer to: from a file, a URL or an asset, copied into their owner's storage.

Nothing is linked: a queued job depends on no address and on no asset that may expire.
What cannot be read is an error at once, never left out silently.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.files import File

from generation.models import Reference
from generation.requests import GenerationRequest, ReferenceSource
from ourvidz.errors import RequestError
from ourvidz.media import buckets, frames
from ourvidz.media.description import describe
from ourvidz.media.fetch import FetchError, fetch_picture
from ourvidz.media.intake import IntakeError, SafePicture, safe_picture
from ourvidz.media.limits import MAX_REFERENCE_BYTES
from ourvidz.media.models import MediaFile
from ourvidz.media.probe import MediaError

NO_ASSET = "There is no such asset of yours."
NO_UPLOAD = "There is no such upload of yours. Upload the picture again."
NO_CLIP = "Only a clip has frames to choose from."
UNREADABLE = "The file of this asset cannot be read. Choose another."


def reference_from_upload(owner, file: File, name: str) -> Reference:
    """Keep an uploaded picture; RequestError names `file`."""
    content = file.read(MAX_REFERENCE_BYTES + 1)  # one more, so that too large is seen as that
    picture = _safe(content, "file")
    return _kept(_draft(owner, picture, source=Reference.Source.UPLOAD, source_name=name))


def reference_from_url(owner, url: str) -> Reference:
    """Fetch and keep a picture; RequestError names `url`."""
    return _kept(_draft_from_url(owner, url))


def reference_from_asset(owner, asset_id: UUID) -> Reference:
    """Keep a copy of an own asset, of a clip its poster; RequestError names `asset_id`."""
    return _kept(_draft_from_asset(owner, asset_id))


def reference_from_frame(owner, asset_id: UUID, seconds: float) -> Reference:
    """Keep the frame that an own clip shows at `seconds`; RequestError names what is wrong."""
    asset = _asset_of(owner, asset_id)
    if not asset.is_video:
        raise RequestError({"asset_id": [NO_CLIP]})
    try:
        with buckets.local_copy(asset.bucket, asset.key) as path:
            png = frames.png(frames.frame_at(path, seconds))
    except (OSError, MediaError) as error:
        raise RequestError({"asset_id": [UNREADABLE]}) from error
    return _kept(_draft(owner, _safe(png, "time"), **_origin(asset)))


@contextmanager
def gathered(owner, request: GenerationRequest) -> Iterator[dict[str, Reference]]:
    """The references of `request` by field name: new ones with their files, not yet saved.

    RequestError names every one that cannot be had. If the block raises, the files of the
    new ones are removed again. Enhancement alone looks at no picture.
    """
    drafts: list[Reference] = []
    try:
        yield {} if request.enhancement_only else _gather(owner, request, drafts)
    except BaseException:
        for draft in drafts:
            buckets.remove(Reference.bucket, draft.keys)
        raise


def _gather(owner, request: GenerationRequest, drafts: list[Reference]) -> dict[str, Reference]:
    found: dict[str, Reference] = {}
    errors: dict[str, list[str]] = {}
    for name, _, source in request.references():
        try:
            found[name] = _reference_of(owner, source)
        except RequestError as error:
            errors |= {f"{name}.{field}": text for field, text in error.errors.items()}
            continue
        if found[name]._state.adding:
            drafts.append(found[name])
    if errors:
        raise RequestError(errors)
    return found


def _reference_of(owner, source: ReferenceSource) -> Reference:
    if source.url:
        return _draft_from_url(owner, source.url)
    if source.asset_id:
        return _draft_from_asset(owner, source.asset_id)
    if source.upload_id:
        return _upload_of(owner, source.upload_id)
    raise ValueError("a reference without a source")  # GenerationRequest lets none through


def _upload_of(owner, upload_id: UUID) -> Reference:
    upload = Reference.objects.owned_by(owner).filter(pk=upload_id).first()
    if upload is None:
        raise RequestError({"upload_id": [NO_UPLOAD]})
    return upload


def _draft_from_url(owner, url: str) -> Reference:
    try:
        content = fetch_picture(url)
    except FetchError as error:
        raise RequestError({"url": [str(error)]}) from error
    host = urlsplit(url).hostname or ""
    picture = _safe(content, "url")
    return _draft(owner, picture, source=Reference.Source.URL, source_name=host)


def _draft_from_asset(owner, asset_id: UUID) -> Reference:
    asset = _asset_of(owner, asset_id)
    key = asset.poster_key if asset.is_video else asset.key
    try:
        with buckets.local_copy(asset.bucket, key) as path:
            picture = _safe(path, "asset_id")
    except (OSError, ValueError) as error:
        raise RequestError({"asset_id": [UNREADABLE]}) from error
    return _draft(owner, picture, **_origin(asset))


def _origin(asset: MediaFile) -> dict:
    """Assets are known by the id that they had in staging, which the library keeps."""
    return {
        "source": Reference.Source.ASSET,
        "source_name": str(asset),
        "source_asset_id": getattr(asset, "source_asset_id", None) or asset.pk,
    }


def _asset_of(owner, asset_id: UUID) -> MediaFile:
    for label in settings.ASSET_SOURCES:
        asset = apps.get_model(label).objects.owned_by(owner).filter(pk=asset_id).first()
        if asset is not None:
            return asset
    raise RequestError({"asset_id": [NO_ASSET]})


def _safe(source: bytes | Path, field: str) -> SafePicture:
    try:
        return safe_picture(source, MAX_REFERENCE_BYTES)
    except IntakeError as error:
        raise RequestError({field: [str(error)]}) from error


def _draft(owner, picture: SafePicture, *, source_name: str, **columns) -> Reference:
    """A reference whose files are stored and whose row is not yet saved."""
    draft = Reference(owner=owner, source_name=_one_line(source_name), **columns)
    with TemporaryDirectory(prefix="ourvidz-") as folder:
        path = Path(folder) / "reference.png"
        path.write_bytes(picture.png)
        media, small_files = describe(f"{owner.pk}/{draft.pk}.png", path)
    for name, value in media.items():
        setattr(draft, name, value)
    _store(draft, {draft.key: picture.png}, draft.mime_type)
    _store(draft, small_files, "image/webp")
    return draft


def _store(draft: Reference, files: dict[str, bytes], content_type: str) -> None:
    """Put every file, or leave none."""
    try:
        for key, content in files.items():
            buckets.store(draft.bucket, key, content, content_type)
    except OSError:
        buckets.remove(draft.bucket, draft.keys)
        raise


def _kept(draft: Reference) -> Reference:
    """The saved row; without it the files go too."""
    try:
        draft.save()
    except BaseException:
        buckets.remove(draft.bucket, draft.keys)
        raise
    return draft


def _one_line(name: str) -> str:
    """A file name as text for one line: what cannot be printed is left out."""
    return "".join(character for character in name if character.isprintable())[:200]
