"""The operators' view of staging and of history."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generation.models import Job
from ourvidz.media import buckets
from tests.factories import make_job, make_user, make_workspace_asset
from workspace.actions import perform
from workspace.models import Action, WorkspaceAsset

ASSETS = "admin:workspace_workspaceasset_changelist"
ACTIONS = "admin:workspace_action_changelist"


@pytest.fixture
def operator(db):
    client = Client()
    client.force_login(make_user("operator", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def asset(creator):
    job = make_job(creator, status=Job.Status.COMPLETED, prompt="a red kite")
    return make_workspace_asset(job, stored=True)


def listed(operator, name=ASSETS, **query) -> str:
    answer = operator.get(reverse(name), query)
    assert answer.status_code == 200
    return answer.content.decode()


def purge(operator, *assets, confirmed=True):
    chosen = {"action": "purge", "_selected_action": [str(asset.pk) for asset in assets]}
    if confirmed:
        chosen["confirmed"] = "yes"
    return operator.post(reverse(ASSETS), chosen, follow=True).content.decode()


def test_a_list_shows_pictures_and_prompts(operator, asset):
    page = listed(operator)
    assert "a red kite" in page
    assert asset.thumbnail_key in page


def test_a_hostile_prompt_is_text(operator, creator):
    job = make_job(creator, status=Job.Status.COMPLETED, prompt="<script>alert(1)</script>")
    make_workspace_asset(job)
    assert "<script>alert" not in listed(operator)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "kite"}, True),
        ({"q": "creator"}, True),
        ({"q": "zebra"}, False),
        ({"place": "shown"}, True),
        ({"place": "removed"}, False),
        ({"place": "expired"}, False),
        ({"place": "nonsense"}, True),
        ({"saved": "yes"}, False),
        ({"saved": "no"}, True),
        ({"kind": "video"}, False),
    ],
)
def test_search_and_filters_find_it(operator, asset, query, found):
    assert ("a red kite" in listed(operator, **query)) == found


def test_what_is_removed_and_saved_is_found_so(operator, asset):
    perform(asset.owner, "dismiss", asset_ids=[asset.pk])
    assert "a red kite" in listed(operator, place="removed", saved="yes")


def test_an_asset_can_be_looked_at_and_not_changed(operator, asset):
    address = reverse("admin:workspace_workspaceasset_change", args=[asset.pk])
    assert asset.key in operator.get(address).content.decode()
    assert operator.post(address, {"prompt": "other"}).status_code == 403
    assert WorkspaceAsset.objects.get().prompt == "a red kite"


def test_history_can_be_looked_at_and_not_changed(operator, asset):
    perform(asset.owner, "delete", asset_ids=[asset.pk])
    action = Action.objects.get()
    assert "Deleted" in listed(operator, ACTIONS)
    for verb in ("change", "delete"):
        address = reverse(f"admin:workspace_action_{verb}", args=[action.pk])
        assert operator.post(address, {"post": "yes"}).status_code == 403
    assert operator.get(reverse("admin:workspace_action_add")).status_code == 403
    assert Action.objects.get().kind == "delete"


def test_history_written_by_others_is_listed(operator, creator):
    Action.objects.create(owner=creator, kind="trash", changes={"trashed": []})
    assert "Moved to trash" in listed(operator, ACTIONS)


class TestPurge:
    def test_removes_assets_with_their_files(self, operator, asset):
        other = make_workspace_asset(asset.job, 1, stored=True)
        assert "1 purged." in purge(operator, asset)
        assert WorkspaceAsset.objects.get() == other
        assert set(buckets.each_key("workspace-temp")) == set(other.keys)

    def test_leaves_the_copy_in_the_library(self, operator, asset):
        perform(asset.owner, "save", asset_ids=[asset.pk])
        purge(operator, asset)
        assert len(list(buckets.each_key("user-library"))) == 2

    def test_asks_first(self, operator, asset):
        assert "Are you sure?" in purge(operator, asset, confirmed=False)
        assert WorkspaceAsset.objects.exists()

    def test_leaves_what_a_running_job_has_made_and_says_so(self, operator, creator):
        asset = make_workspace_asset(make_job(creator, status=Job.Status.RUNNING), stored=True)
        assert "1 stay for now" in purge(operator, asset)
        assert WorkspaceAsset.objects.exists()

    def test_tells_the_owners_pages(self, operator, asset):
        purge(operator, asset)
        assert Job.objects.get().version == asset.job.version + 1


@pytest.mark.parametrize("name", [ASSETS, ACTIONS])
def test_who_is_no_operator_is_sent_away(client, asset, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


@pytest.mark.parametrize("name", [ASSETS, ACTIONS])
def test_the_number_of_queries_is_the_same_for_5_and_50_rows(operator, name):
    def queries_for(number):
        for _ in range(number):
            asset = make_workspace_asset(make_job(make_user(), status=Job.Status.COMPLETED))
            perform(asset.owner, "delete", asset_ids=[asset.pk])
        with CaptureQueriesContext(connection) as queries:
            listed(operator, name)
        return len(queries)

    queries_for(1)
    assert queries_for(4) == queries_for(45) <= 12
