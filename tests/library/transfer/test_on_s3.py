"""Parts, archives and what is made of them on a real S3 server."""

import io

import pytest

from library.background import Run
from library.transfer import uploads
from library.transfer.models import BUCKET
from ourvidz.media import buckets
from tests.factories import picture_bytes
from tests.library.transfer.making import accepted, archive_of, imported, library, manifest_in
from tests.media.conftest import s3_buckets, s3_server  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_s3(s3_buckets):  # noqa: F811 - the fixture
    buckets.ensure_buckets()


def test_an_upload_in_parts(creator):
    content = picture_bytes()
    upload = uploads.begin(creator, "boat.png", len(content), "asset")
    for start in (0, 70):
        part = content[start : start + 70] if start == 0 else content[start:]
        uploads.append(upload, start, io.BytesIO(part), len(part))
    kept = io.BytesIO()
    uploads.assemble(upload, kept)
    assert kept.getvalue() == content
    assert len(list(buckets.each_key(BUCKET))) == 2


def test_the_round_trip_is_equal(creator, stranger):
    library(creator)
    accepted(creator, picture_bytes(colour=99))
    content = archive_of(creator)

    run = imported(stranger, content)

    assert (run.status, run.error, run.made) == (Run.Status.COMPLETED, "", 5)
    assert manifest_in(archive_of(stranger)) == manifest_in(content)
    assert list(buckets.each_key(BUCKET)) == []
