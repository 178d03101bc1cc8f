"""An account that is deleted leaves no file behind."""

import pytest
from ourvidz.collections.models import SharedFile

from generation.models import Reference
from library import plain, publishing
from library.transfer.models import Upload
from ourvidz.accounts.models import User
from ourvidz.media import buckets
from ourvidz.media.models import MediaFile
from tests.factories import make_job, make_library_asset, make_workspace_asset

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def departing(creator):
    """Somebody with files of every kind."""
    make_workspace_asset(make_job(creator, status="completed"), stored=True)
    kept = make_library_asset(creator, stored=True)
    publishing.set_visibility(kept, "public")
    plain.copied(kept, SharedFile(asset=kept)).save()
    make_reference(creator, kept)
    upload = Upload(owner=creator, name="half.mp4", length=10)
    upload.parts = [upload.new_part()]
    upload.save()
    buckets.store("uploads", upload.keys[0], b"half", "application/octet-stream")
    return creator


def make_reference(owner, like: MediaFile) -> Reference:
    columns = {name: getattr(like, name) for name in MediaFile.MEDIA_FIELDS}
    columns |= {"key": f"{owner.pk}/r.png", "thumbnail_key": f"{owner.pk}/r.thumb.webp"}
    made = Reference.objects.create(owner=owner, source="upload", source_name="x", **columns)
    for key in made.keys:
        buckets.store(made.bucket, key, b"pixels", "image/png")
    return made


def left(settings) -> list[str]:
    return [key for bucket in settings.BUCKETS for key in buckets.each_key(bucket)]


def test_every_bucket_is_empty_at_once_but_for_what_others_have(departing, stranger, settings):
    theirs = make_library_asset(stranger, stored=True)
    assert all(list(buckets.each_key(bucket)) for bucket in settings.BUCKETS)

    departing.delete()

    assert sorted(left(settings)) == sorted(theirs.keys)


def test_many_at_once_go_the_same_way(departing, settings):
    User.objects.filter(pk=departing.pk).delete()

    assert left(settings) == []
