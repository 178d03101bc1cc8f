"""The pages of what came in: their owner's, with every state in words, at a constant cost."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from library.background import Run
from library.transfer import uploads
from library.transfer.models import Import, Upload
from ourvidz.media import buckets
from tests.factories import picture_bytes
from tests.library.transfer.making import accepted, archive_of, imported, library, page, uploaded

pytestmark = pytest.mark.django_db
HOSTILE = "<img src=x onerror=alert(1)>\u202e.png"
OF_ONE = ["upload_removal", "import_cancellation"]


def text(client, **query) -> str:
    return " ".join(client.get(page("uploads"), query).content.decode().split())


def test_an_empty_list_says_what_to_do(client):
    assert "Nothing was uploaded yet" in text(client)


def test_every_state_in_words(client, creator, stranger):
    library(stranger)
    content = archive_of(stranger)
    uploads.begin(creator, HOSTILE, 100, "asset")
    accepted(creator, picture_bytes())
    accepted(creator, b"%PDF")
    imported(creator, content)
    imported(creator, content)
    imported(creator, b"PK none")
    uploaded(creator, picture_bytes(colour=3))

    shown = text(client)

    assert "0 % is here" in shown
    assert "In your library" in shown
    assert "This is a PDF" in shown
    assert "4 new, 2 collections made." in shown
    assert "Nothing new, 4 were in your library already." in shown
    assert "This is not a zip archive. Choose one that was exported here. Nothing was" in shown
    assert "Being checked" in shown
    assert "<img src=x" not in shown
    assert 'hx-trigger="every 2s, ' in shown


def test_an_import_on_its_way_can_be_cancelled(client, creator, stranger):
    library(stranger)
    uploaded(creator, archive_of(stranger), "library.zip", "archive")
    run = Import.objects.get()
    assert "Waiting to be imported" in text(client)
    client.post(page("upload_removal", run.upload_id))
    assert Import.objects.exists()  # not while it runs

    client.post(page("import_cancellation", run.pk))

    run.refresh_from_db()
    assert run.is_stopping
    assert "Stopping" in text(client)


def test_removal_keeps_what_is_in_the_library(client, creator):
    upload = accepted(creator, picture_bytes())

    client.post(page("upload_removal", upload.pk))

    assert not Upload.objects.exists()
    assert all(buckets.exists("user-library", key) for key in upload.asset.keys)


def test_the_list_is_paged_at_a_constant_cost(client, creator):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(client)
        return len(captured)

    for _ in range(3):
        uploads.begin(creator, "a.png", 1, "asset")
    few = queries()
    for _ in range(57):
        uploads.begin(creator, "a.png", 1, "asset")
    assert queries() == few
    first = client.get(page("uploads"))
    assert len(first.context["uploads"]) == 50
    second = client.get(page("uploads"), {"cursor": first.context["next_cursor"]})
    assert len(second.context["uploads"]) == 10
    assert client.get(page("uploads"), {"cursor": "nonsense"}).status_code == 404


@pytest.mark.parametrize("name", OF_ONE)
def test_another_persons_reads_like_one_that_is_not_there(client, stranger, name):
    uploaded(stranger, b"PK", "a.zip", "archive")
    run = Import.objects.get()
    foreign = run.pk if name == "import_cancellation" else run.upload_id

    replies = [client.post(page(name, pk)) for pk in (foreign, uuid.uuid4())]

    assert [reply.status_code for reply in replies] == [404, 404]
    assert replies[0].content == replies[1].content
    run.refresh_from_db()
    assert (run.status, run.cancel_requested_at) == (Run.Status.QUEUED, None)


@pytest.mark.parametrize("name", [*OF_ONE, "uploads", "export"])
def test_a_visitor_is_sent_to_sign_in(name):
    arguments = [uuid.uuid4()] if name in OF_ONE else []
    reply = Client().post(page(name, *arguments))
    assert reply.status_code == 302
    assert reply["Location"].startswith(reverse("login"))


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"q": '"broken'}, 422),
        ({"collection": "nonsense"}, 404),
        ({"collection": uuid.uuid4()}, 404),
    ],
)
def test_an_export_that_cannot_be(client, given, status):
    assert client.post(page("export"), given).status_code == status
