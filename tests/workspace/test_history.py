"""The history page, and undo of the latest action."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.models import Job
from tests.factories import make_job, make_workspace_asset
from workspace import history
from workspace.actions import perform
from workspace.models import Action, WorkspaceAsset

pytestmark = pytest.mark.django_db
PAGE = "/workspace/history/"
LATEST = "/workspace/actions/latest/undo/"
FROM_PAGE = {"from_history": ""}
HTMX = {"HX-Request": "true"}


def delete(creator, *assets):
    outcome = perform(creator, "delete", asset_ids=[asset.pk for asset in assets])
    return Action.objects.get(pk=outcome.undo_id)


def shown(creator) -> int:
    return WorkspaceAsset.objects.owned_by(creator).shown().count()


def test_a_visitor_is_sent_to_sign_in(client):
    client.logout()
    assert client.get(PAGE).status_code == 302
    assert client.post(LATEST).status_code == 302


def test_it_says_what_was_done_to_how_many(client, creator, assets):
    delete(creator, *assets[:2])
    perform(creator, "save", asset_ids=[assets[2].pk])
    page = client.get(PAGE).content.decode()
    assert page.index("Saved</strong> <span>1 item<") < page.index(
        "Deleted</strong> <span>2 items<"
    )
    assert page.count("Undo<span") == 2


def test_it_shows_pictures_of_what_was_removed_and_of_what_was_saved(client, creator, assets):
    perform(creator, "save", asset_ids=[assets[2].pk])
    delete(creator, *assets[:2])
    page = client.get(PAGE).content.decode()
    entries = page.split('class="entry"')[1:]
    assert [entry.count("<img") for entry in entries] == [2, 1]


def test_a_job_without_assets_counts_as_a_job(client, creator):
    job = make_job(creator, status=Job.Status.FAILED)
    perform(creator, "delete", job_ids=[job.pk])
    assert "1 job<" in client.get(PAGE).content.decode()


def test_what_was_undone_or_is_too_old_offers_no_undo(client, creator, assets):
    undone, old = delete(creator, assets[0]), delete(creator, assets[1])
    Action.objects.filter(pk=undone.pk).update(undone_at=timezone.now())
    Action.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    page = client.get(PAGE).content.decode()
    assert "Undone" in page
    assert "Too late to undo" in page
    assert "Undo<span" not in page


def test_it_shows_nothing_of_a_stranger(client, stranger):
    job = make_job(stranger, status=Job.Status.COMPLETED)
    delete(stranger, make_workspace_asset(job, stored=True))
    assert "Deleted" not in client.get(PAGE).content.decode()


def test_undo_from_the_page_leads_back_to_it(client, creator, assets):
    action = delete(creator, assets[0])
    reply = client.post(f"/workspace/actions/{action.pk}/undo/", FROM_PAGE, follow=True)
    assert reply.redirect_chain == [(PAGE, 302)]
    assert "Taken back: deleted" in reply.content.decode()
    assert shown(creator) == 3


def test_a_second_undo_says_that_it_was_undone(client, creator, assets):
    action = delete(creator, assets[0])
    client.post(f"/workspace/actions/{action.pk}/undo/")
    reply = client.post(f"/workspace/actions/{action.pk}/undo/", FROM_PAGE, follow=True)
    assert "This has been undone already." in reply.content.decode()


def test_a_strangers_action_is_not_found(client, stranger):
    job = make_job(stranger, status=Job.Status.COMPLETED)
    action = delete(stranger, make_workspace_asset(job, stored=True))
    assert client.post(f"/workspace/actions/{action.pk}/undo/").status_code == 404
    assert client.post(LATEST, headers=HTMX).status_code == 409
    assert shown(stranger) == 0


def test_the_latest_are_undone_one_after_the_other(client, creator, assets):
    delete(creator, assets[0])
    delete(creator, assets[1])
    for expected in (2, 3):
        assert client.post(LATEST, headers=HTMX).status_code == 200
        assert shown(creator) == expected
    reply = client.post(LATEST, headers=HTMX)
    assert reply.status_code == 409
    assert "There is nothing left to undo." in reply.content.decode()


def test_older_actions_come_page_by_page(client, creator):
    now = timezone.now()
    rows = [
        Action(owner=creator, kind="save", changes={"saved": []})
        for _ in range(history.PAGE_SIZE + 3)
    ]
    Action.objects.bulk_create(rows)
    for age, row in enumerate(rows):
        Action.objects.filter(pk=row.pk).update(created_at=now - timedelta(minutes=age))
    first = history.load(creator)
    rest = history.load(creator, first.next_cursor)
    assert [entry.action.pk for entry in first.entries + rest.entries] == [row.pk for row in rows]
    assert rest.next_cursor is None


def test_a_broken_cursor_begins_at_the_top(client):
    assert client.get(f"{PAGE}?after=nonsense").headers["Location"] == PAGE


def test_the_number_of_queries_does_not_grow(client, creator, assets):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE)
        return len(captured)

    delete(creator, assets[0])
    few = queries()
    delete(creator, *assets[1:])
    job = make_job(creator, status=Job.Status.COMPLETED)
    for index in range(12):
        delete(creator, make_workspace_asset(job, index, stored=True))
    assert queries() == few <= 8
