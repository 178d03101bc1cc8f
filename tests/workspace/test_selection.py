"""Selections: ranges by query, actions in steps, each with a result per item."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.models import Job
from library.models import LibraryAsset
from tests.factories import make_job, make_workspace_asset
from workspace import actions
from workspace.models import Action, WorkspaceAsset

FIND = "/workspace/selection/"
CHECK = "/workspace/selection/check/"
ACT = "/workspace/selection/actions/"
AGAIN = "/workspace/selection/regenerations/"


@pytest.fixture
def assets(creator) -> list[WorkspaceAsset]:
    """Nine in the page's order: three jobs of three, the newest job first."""
    now = timezone.now()
    made = []
    for age in range(3):
        job = make_job(
            creator,
            status=Job.Status.COMPLETED,
            created_at=now - timedelta(hours=age),
            prompt=f"number {age}",
        )
        made += [make_workspace_asset(job, index, stored=True) for index in range(3)]
    return made


def ids(assets) -> list[str]:
    return [str(asset.pk) for asset in assets]


def found(client, **query) -> list[str]:
    reply = client.get(FIND, query)
    assert reply.status_code == 200
    return [row["id"] for row in reply.json()["assets"]]


def lines(client, *, user, url=ACT, **form) -> list[dict]:
    """The lines that the action streams."""
    caller = AsyncClient()
    caller.force_login(user)

    async def ask():
        reply = await caller.post(url, form)
        assert reply.status_code == 200
        return "".join([part.decode() async for part in reply.streaming_content])

    from asgiref.sync import async_to_sync

    return [json.loads(line) for line in async_to_sync(ask)().splitlines()]


@pytest.mark.django_db
class TestFinding:
    def test_all_that_match_come_in_the_pages_order(self, client, assets):
        assert found(client) == ids(assets)
        assert found(client, q="number 1") == ids(assets[3:6])
        assert found(client, sort="oldest") == ids(assets[6:] + assets[3:6] + assets[:3])

    @pytest.mark.parametrize(("first", "last"), [(1, 7), (7, 1), (3, 5), (4, 4), (0, 8)])
    def test_a_range_goes_from_one_to_the_other(self, client, assets, first, last):
        low, high = sorted((first, last))
        query = {"from": assets[first].pk, "to": assets[last].pk}
        assert found(client, **query) == ids(assets[low : high + 1])

    def test_a_range_follows_sort_and_filter(self, client, assets):
        query = {"from": assets[1].pk, "to": assets[7].pk, "sort": "oldest"}
        assert found(client, **query) == ids(assets[7:] + assets[3:6] + assets[:2])

    def test_what_was_removed_is_not_among_them(self, client, creator, assets):
        actions.perform(creator, "delete", asset_ids=[assets[4].pk])
        query = {"from": assets[3].pk, "to": assets[5].pk}
        assert found(client, **query) == ids([assets[3], assets[5]])

    def test_a_strangers_asset_is_not_found(self, client, stranger, assets):
        job = make_job(stranger, status=Job.Status.COMPLETED)
        other = make_workspace_asset(job)
        for text in (other.pk, uuid.uuid4(), "nonsense", ""):
            assert client.get(FIND, {"from": assets[0].pk, "to": text}).status_code == 404
        assert str(other.pk) not in found(client)

    def test_what_is_still_there_is_told_apart(self, client, creator, stranger, assets):
        other = make_workspace_asset(make_job(stranger, status=Job.Status.COMPLETED))
        actions.perform(creator, "delete", asset_ids=[assets[0].pk])
        asked = ",".join([*ids(assets[:2]), str(other.pk), str(uuid.uuid4())])
        rows = client.post(CHECK, {"asset_ids": asked}).json()["assets"]
        assert [row["id"] for row in rows] == ids(assets[1:2])

    def test_the_number_of_queries_does_not_grow(self, client, creator, assets):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                found(client, **{"from": assets[0].pk, "to": assets[8].pk})
            return len(captured)

        few = queries()
        for _ in range(5):
            job = make_job(creator, status=Job.Status.COMPLETED)
            for index in range(3):
                make_workspace_asset(job, index)
        assert queries() == few <= 10

    @pytest.mark.parametrize(("first", "last"), [(1, 8), (8, 1)])
    def test_what_is_more_than_one_selection_holds_is_counted(
        self, client, assets, monkeypatch, first, last
    ):
        monkeypatch.setattr("workspace.selection.MOST_SELECTED", 2)
        assert client.get(FIND).json()["total"] == 9
        assert found(client) == ids(assets[:2])
        reply = client.get(FIND, {"from": assets[first].pk, "to": assets[last].pk}).json()
        assert [row["id"] for row in reply["assets"]] == ids(assets[1:3])
        assert reply["total"] == 8

    @pytest.mark.parametrize("url", [CHECK, ACT, AGAIN, "/workspace/archives/"])
    def test_more_than_one_selection_holds_is_refused_not_cut(
        self, client, assets, monkeypatch, url
    ):
        monkeypatch.setattr("workspace.selection.MOST_SELECTED", 2)
        form = {"asset_ids": ",".join(ids(assets)), "action": "delete"}
        reply = client.post(url, form)
        assert reply.status_code == 422
        assert "assets at a time" in reply.content.decode()
        assert WorkspaceAsset.objects.shown().count() == 9

    def test_a_visitor_is_sent_to_sign_in(self, client):
        client.logout()
        assert client.post(AGAIN).status_code == 302
        assert client.get(FIND).status_code == 302
        assert client.post(CHECK).status_code == 302
        assert client.post(ACT).status_code == 302


@pytest.mark.django_db(transaction=True)
class TestActing:
    def test_each_step_is_told_and_one_undo_takes_all_back(
        self, client, creator, assets, monkeypatch
    ):
        monkeypatch.setattr("workspace.actions.AT_ONCE", 3)
        told = lines(client, user=creator, action="delete", asset_ids=",".join(ids(assets)))
        assert [line.get("done") for line in told] == [3, 6, 9, None]
        assert "9 deleted" in told[-1]["toast"]
        assert told[-1]["failures"] == []
        [action] = Action.objects.all()
        assert client.post(f"/workspace/actions/{action.pk}/undo/").status_code == 200
        assert WorkspaceAsset.objects.shown().count() == 9

    def test_what_cannot_be_saved_stays_and_says_why(self, client, creator, assets):
        lost = assets[2]
        WorkspaceAsset.objects.filter(pk=lost.pk).update(key="1/none.png")
        told = lines(client, user=creator, action="dismiss", asset_ids=",".join(ids(assets)))
        [failure] = told[-1]["failures"]
        assert failure["id"] == str(lost.pk)
        assert failure["error"]
        assert list(WorkspaceAsset.objects.shown()) == [lost]
        assert LibraryAsset.objects.count() == 8

    def test_tags_go_onto_what_is_saved(self, client, creator, assets):
        form = {"action": "save", "asset_ids": ",".join(ids(assets[:2])), "tags": "sea, draft ,"}
        lines(client, user=creator, **form)
        for kept in LibraryAsset.objects.all():
            assert sorted(tag.name for tag in kept.tags.all()) == ["draft", "sea"]

    def test_what_is_saved_is_filed_in_a_collection(self, client, creator, assets):
        kept = creator.collections.create(name="Seascapes")
        form = {"asset_ids": ",".join(ids(assets[:2])), "collection_id": str(kept.pk)}
        lines(client, user=creator, action="save", **form)
        assert kept.memberships.count() == 2
        assert "/collections/picker/?field=collection_id" in client.get("/workspace/").text

    def test_a_strangers_collection_is_not_found(self, client, stranger, assets):
        foreign = stranger.collections.create(name="Not yours")
        for bad in (foreign.pk, uuid.uuid4(), "nonsense"):
            form = {"action": "save", "asset_ids": str(assets[0].pk), "collection_id": str(bad)}
            assert client.post(ACT, form).status_code == 404
        assert not LibraryAsset.objects.exists()
        assert "Not yours" not in client.get("/workspace/").content.decode()

    def test_one_foreign_id_and_nothing_is_done(self, client, creator, stranger, assets):
        other = make_workspace_asset(make_job(stranger, status=Job.Status.COMPLETED))
        for bad in (str(other.pk), str(uuid.uuid4()), "nonsense"):
            form = {"action": "delete", "asset_ids": ",".join([*ids(assets), bad])}
            assert client.post(ACT, form).status_code == 404
        assert WorkspaceAsset.objects.shown().count() == 10

    @pytest.mark.parametrize("action", ["", "restore", "clear_workspace", "explode"])
    def test_any_other_action_is_refused(self, client, assets, action):
        form = {"action": action, "asset_ids": str(assets[0].pk)}
        assert client.post(ACT, form).status_code == 422

    def test_nothing_selected_is_refused(self, client):
        assert client.post(ACT, {"action": "save"}).status_code == 422

    def test_more_than_a_request_may_name_go_in_one_action(self, client, creator, monkeypatch):
        monkeypatch.setattr("workspace.actions.IDS_MAXIMUM", 2)
        job = make_job(creator, status=Job.Status.COMPLETED, count=5)
        made = [make_workspace_asset(job, index, stored=True) for index in range(5)]
        told = lines(client, user=creator, action="delete", asset_ids=",".join(ids(made)))
        assert "5 deleted" in told[-1]["toast"]
        assert Action.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_500_some_are_gone_and_each_has_its_result(client, creator):
    jobs = [make_job(creator, status=Job.Status.COMPLETED, count=100) for _ in range(5)]
    made = [make_workspace_asset(job, index) for job in jobs for index in range(100)]
    WorkspaceAsset.objects.filter(pk__in=ids(made[:7])).delete()  # expired and purged
    actions.perform(creator, "delete", asset_ids=[asset.pk for asset in made[7:20]])
    reply = client.post(CHECK, {"asset_ids": ",".join(ids(made))}).json()
    there = [row["id"] for row in reply["assets"]]
    assert sorted(there) == sorted(ids(made[20:]))
    told = lines(client, user=creator, action="delete", asset_ids=",".join(there))
    assert told[-2] == {"done": 480, "of": 480}
    assert told[-1]["failures"] == []
    assert not WorkspaceAsset.objects.shown().exists()
    assert creator.actions.latest("created_at").changes["removed"]


@pytest.mark.django_db(transaction=True)
class TestRegenerating:
    def test_each_job_is_made_again_once_whatever_of_it_is_selected(self, client, creator, assets):
        selected = ",".join(ids(assets[:5]))  # three of the first job, two of the second
        told = lines(client, user=creator, url=AGAIN, asset_ids=selected)
        assert [(line.get("done"), line.get("of")) for line in told[:-1]] == [(1, 2), (2, 2)]
        assert "2 jobs queued again" in told[-1]["toast"]
        assert told[-1]["failures"] == []
        again = Job.objects.filter(status=Job.Status.QUEUED)
        assert {job.original_prompt for job in again} == {"number 0", "number 1"}
        assert {job.parent_id for job in again} == {assets[0].job_id, assets[3].job_id}

    def test_what_finds_no_room_in_the_queue_says_so(self, client, creator, assets, settings):
        settings.QUEUED_JOBS_PER_USER = 1
        told = lines(client, user=creator, url=AGAIN, asset_ids=",".join(ids(assets)))
        failures = told[-1]["failures"]
        assert [failure["id"] for failure in failures] == [str(assets[3].pk), str(assets[6].pk)]
        assert "1 jobs in the queue" in failures[0]["error"]
        assert "1 job queued again" in told[-1]["toast"]

    def test_one_foreign_id_and_nothing_is_made(self, client, stranger, assets):
        other = make_workspace_asset(make_job(stranger, status=Job.Status.COMPLETED))
        form = {"asset_ids": ",".join([*ids(assets), str(other.pk)])}
        assert client.post(AGAIN, form).status_code == 404
        assert not Job.objects.filter(status=Job.Status.QUEUED).exists()
