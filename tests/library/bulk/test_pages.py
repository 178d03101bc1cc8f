"""Batches on the page: counted before, watched while, undone after; their owner's alone."""

import json
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from library import trash
from library.background import work_off
from library.bulk import starting
from library.bulk.models import Batch
from library.bulk.performing import perform_step
from library.tagging import MOST_TAGS, set_tags
from tests.factories import make_library_asset

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
HOSTILE = '<img src=x onerror="alert(1)">'
OF_ONE = ["batch_cancellation", "batch_undo", "batch_closing"]


def url(name: str, *arguments) -> str:
    return reverse(f"library:{name}", args=arguments)


def words(reply) -> str:
    return " ".join(reply.content.decode().split())


@pytest.fixture
def boats(creator):
    return [make_library_asset(creator, original_prompt=HOSTILE) for _ in range(3)]


def test_from_the_bar_over_a_selection(client, creator, boats):
    other = make_library_asset(creator)
    told = {"action": "visibility", "visibility": "nobody", "asset_ids": str(boats[0].pk)}
    assert client.post(url("batches"), told, headers=HTMX).status_code == 422
    told = {"action": "favourite", "asset_ids": f"{boats[0].pk},{boats[1].pk}"}
    assert "0 of 2" in words(client.post(url("batches"), told, headers=HTMX))
    told = {"action": "rate", "rating": "3", "q": "", "except_ids": str(other.pk)}
    shown = words(client.post(url("batches"), told, headers=HTMX))
    assert "the whole library, but for 1" in shown
    assert "3 of 5" in shown
    work_off(Batch, perform_step)

    rows = creator.library_assets.all()
    assert {row.pk for row in rows if row.favourite} == {boats[0].pk, boats[1].pk}
    assert {row.pk for row in rows if row.rating == 3} == {boat.pk for boat in boats}


def test_what_was_closed_does_not_come_back(client, creator, boats):
    for action in ("favourite", "unfavourite"):
        starting.start(creator, action)
        work_off(Batch, perform_step)
    later = Batch.objects.latest("created_at")
    assert "No longer a favourite" in words(client.get(url("batches"), headers=HTMX))

    client.post(url("batch_closing", later.pk), headers=HTMX)
    assert "<article" not in words(client.get(url("batches"), headers=HTMX))
    assert "No longer a favourite" in words(client.get(url("batches")))  # the page of all

    starting.undo(later)
    work_off(Batch, perform_step)
    assert "Undo: No longer a favourite" in words(client.get(url("batches"), headers=HTMX))


def test_from_the_trash_to_what_becomes_of_it(client, creator, boats):
    assert "Empty the trash" not in words(client.get(url("trash")))
    trash.move_to_trash(creator.library_assets.filter(pk=boats[0].pk))
    assert "Empty the trash" in words(client.get(url("trash")))

    begun = client.post(url("batches"), {"action": "purge"}, headers=HTMX)

    assert (begun.status_code, begun["HX-Redirect"]) == (204, url("batches"))
    assert "Delete for good" in words(client.get(url("batches")))
    work_off(Batch, perform_step)
    assert "1 changed" in words(client.get(url("batches")))
    refused = client.post(url("batches"), {"action": "purge"}, headers=HTMX)
    assert refused.status_code == 422


def test_a_list_of_ids_with_something_else_in_it_is_not_there(client, boats):
    told = {"action": "trash", "asset_ids": f"{boats[0].pk},nonsense"}
    assert client.post(url("batches"), told, headers=HTMX).status_code == 404


def test_from_the_form_to_the_undo(client, creator, boats):
    told = {"action": "rate", "rating": "5", "q": ""}
    begun = client.post(url("batches"), told, headers=HTMX)
    assert json.loads(begun["HX-Trigger"]) == {"batch-started": {"action": "rate"}}
    assert "0 of 3" in words(begun)
    assert 'hx-trigger="every 1s"' in words(begun)

    work_off(Batch, perform_step)
    shown = words(client.get(url("batches"), headers=HTMX))
    assert "3 changed." in shown
    assert "every 1s" not in shown

    client.post(url("batch_undo", Batch.objects.get().pk), headers=HTMX)
    work_off(Batch, perform_step)
    assert {boat.rating for boat in creator.library_assets.all()} == {0}
    shown = words(client.get(url("batches")))
    assert "Undo: Rate" in shown
    undo = url("batch_undo", Batch.objects.get(undoes=None).pk)
    assert undo not in shown
    refused = client.post(undo, headers=HTMX)
    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#toasts")
    assert "toast--error" in words(refused)


def test_what_stayed_is_named(client, creator, boats):
    set_tags(boats[0], [f"tag {number}" for number in range(MOST_TAGS)])
    client.post(url("batches"), {"action": "tag", "tags": "one, two"}, headers=HTMX)
    work_off(Batch, perform_step)

    shown = words(client.get(url("batches"), headers=HTMX))

    assert "2 changed." in shown
    assert "1 stayed as it was" in shown
    assert "more than 30 tags" in shown
    assert "<img src=x" not in shown


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"action": "tag", "tags": " , "}, "Name at least one tag"),
        ({"action": "rate", "rating": "many"}, "Choose 0 to 5 stars"),
        ({"action": "favourite", "q": "nothing has this"}, "Nothing in your library matches"),
    ],
)
def test_what_cannot_be_begun_is_said(client, boats, given, reason):
    reply = client.post(url("batches"), given, headers=HTMX)
    assert (reply.status_code, reply["HX-Retarget"]) == (422, "#toasts")
    assert reason in words(reply)
    plain = client.post(url("batches"), given, follow=True)
    assert reason in words(plain)


def test_cancelled_from_the_page(client, creator, boats):
    batch = starting.start(creator, "favourite")
    assert "Stopping" in words(client.post(url("batch_cancellation", batch.pk), headers=HTMX))
    work_off(Batch, perform_step)
    assert "Cancelled. 0 changed, 3 not reached." in words(client.get(url("batches")))


def test_the_list_costs_the_same_for_more(client, creator, boats):
    def queries(**headers) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url("batches"), headers=headers).status_code == 200
        return len(captured)

    def add(number):
        for _ in range(number):
            Batch.objects.create(owner=creator, action="favourite", total=3)

    add(2)
    few = queries(), queries(**HTMX)
    add(60)
    assert (queries(), queries(**HTMX)) == few
    page = client.get(url("batches"))
    assert len(page.context["batches"]) == 50
    assert client.get(url("batches"), {"cursor": "nonsense"}).status_code == 404


@pytest.mark.parametrize("name", OF_ONE)
def test_another_persons_batch_reads_like_one_that_is_not_there(client, stranger, name):
    make_library_asset(stranger)
    foreign = starting.start(stranger, "favourite")

    replies = [client.post(url(name, pk)) for pk in (foreign.pk, uuid.uuid4())]
    assert [reply.status_code for reply in replies] == [404, 404]
    assert replies[0].content == replies[1].content
    for call in ("", "/cancellation", "/undo"):
        address = f"/api/v1/library/batches/{foreign.pk}{call}"
        reply = client.post(address) if call else client.get(address)
        assert reply.status_code == 404
    assert client.get("/api/v1/library/batches").json()["items"] == []


@pytest.mark.parametrize("name", [*OF_ONE, "batches", "selection"])
def test_a_visitor_is_sent_to_sign_in(name):
    arguments = [uuid.uuid4()] if name in OF_ONE else []
    assert Client().post(url(name, *arguments)).status_code == 302


def test_the_api_from_begin_to_undo(client, creator, boats):
    begun = client.post(
        "/api/v1/library/batches",
        {"action": "tag", "tags": ["sea"], "q": ""},
        content_type="application/json",
    )
    assert begun.status_code == 202
    address = f"/api/v1/library/batches/{begun.json()['id']}"
    assert client.post(f"{address}/undo").status_code == 409
    work_off(Batch, perform_step)
    assert client.get(address).json()["changed"] == 3
    assert client.post(f"{address}/undo").json()["undoes_id"] == begun.json()["id"]
    assert client.post(f"{address}/undo").status_code == 409
