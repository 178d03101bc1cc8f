"""The workspace by the API: actions, undo, the list, and who may call them."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generation.models import Job
from library.models import LibraryAsset
from ourvidz.accounts.models import ApiToken
from tests.factories import make_job, make_user, make_workspace_asset
from workspace.actions import IDS_MAXIMUM, perform
from workspace.models import Action, WorkspaceAsset

JSON = "application/json"
CALLS = [
    ("post", "workspace-actions"),
    ("post", "undo/{undo}"),
    ("get", "workspace/assets"),
]


@pytest.fixture
def asset(creator):
    return make_workspace_asset(make_job(creator, status=Job.Status.COMPLETED), stored=True)


def act(client, action, **body):
    return client.post("/api/v1/workspace-actions", {"action": action, **body}, content_type=JSON)


def undo(client, undo_id):
    return client.post(f"/api/v1/undo/{undo_id}")


def listed(client, **query):
    return client.get("/api/v1/workspace/assets", query)


def deleted(asset) -> uuid.UUID | None:
    return perform(asset.owner, "delete", asset_ids=[asset.pk]).undo_id


class TestActions:
    def test_answer_with_each_result_and_the_way_back(self, client, asset):
        answer = act(client, "save", asset_ids=[str(asset.pk)], title="Dawn", tags=["sea"])
        copy = LibraryAsset.objects.get()
        assert answer.status_code == 200
        assert answer.json() == {
            "results": [
                {
                    "asset_id": str(asset.pk),
                    "ok": True,
                    "library_asset_id": str(copy.pk),
                    "error": "",
                }
            ],
            "undo_id": str(Action.objects.get().pk),
        }
        assert (copy.title, copy.tags.get().name) == ("Dawn", "sea")

    def test_say_why_one_failed(self, client, asset):
        bare = make_workspace_asset(asset.job, 1)
        answer = act(client, "dismiss", job_ids=[str(asset.job_id)]).json()
        by_id = {result["asset_id"]: result for result in answer["results"]}
        assert by_id[str(asset.pk)]["ok"]
        assert not by_id[str(bare.pk)]["ok"]
        assert "no longer in the workspace" in by_id[str(bare.pk)]["error"]
        assert WorkspaceAsset.objects.shown().get() == bare

    def test_need_no_ids_to_clear(self, client, asset):
        assert len(act(client, "clear_workspace").json()["results"]) == 1
        assert not WorkspaceAsset.objects.shown().exists()

    def test_without_anything_to_take_back_have_no_undo(self, client, asset):
        act(client, "delete", asset_ids=[str(asset.pk)])
        assert act(client, "delete", asset_ids=[str(asset.pk)]).json()["undo_id"] is None

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"action": "burn"}, "action"),
            ({"action": "save"}, "asset_ids"),
            ({"action": "delete", "asset_ids": ["x"]}, "asset_ids"),
            ({"action": "delete", "job_ids": "x"}, "job_ids"),
            (
                {"action": "delete", "asset_ids": [str(uuid.uuid4())] * (IDS_MAXIMUM + 1)},
                "asset_ids",
            ),
            ({"action": "clear_workspace", "title": "x" * 201}, "title"),
            ({"action": "clear_workspace", "tags": ["x" * 61]}, "tags"),
            ({"action": "clear_workspace", "collection_id": 5}, "collection_id"),
            ({}, "action"),
        ],
    )
    def test_name_a_wrong_field_and_do_nothing(self, client, asset, body, field):
        answer = client.post("/api/v1/workspace-actions", body, content_type=JSON)
        assert answer.status_code == 422
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert [name.split(".")[0] for name in answer.json()["errors"]] == [field]
        assert WorkspaceAsset.objects.shown().exists()

    def test_ignore_what_a_caller_may_not_set(self, client, asset, stranger):
        act(client, "save", asset_ids=[str(asset.pk)], owner=stranger.pk, owner_id=stranger.pk)
        assert LibraryAsset.objects.get().owner_id == asset.owner_id

    def test_take_hostile_words_as_words(self, client, asset):
        title = "<script>\u0000'; DROP TABLE\r\nSet-Cookie: x"
        assert act(client, "save", asset_ids=[str(asset.pk)], title=title).status_code == 200
        assert LibraryAsset.objects.get().title == "<script> '; DROP TABLE Set-Cookie: x"


class TestUndo:
    def test_takes_it_back(self, client, asset):
        answer = undo(client, deleted(asset))
        assert answer.status_code == 200
        assert answer.json()["undo_id"] is None
        assert [result["ok"] for result in answer.json()["results"]] == [True]
        assert WorkspaceAsset.objects.shown().get() == asset

    def test_a_second_time_is_a_conflict_in_clear_words(self, client, asset):
        undo_id = deleted(asset)
        undo(client, undo_id)
        answer = undo(client, undo_id)
        assert answer.status_code == 409
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"] == "This has been undone already."


class TestTheList:
    def test_shows_what_the_workspace_shows_newest_first(self, client, asset):
        newer = make_workspace_asset(asset.job, 1)
        deleted(make_workspace_asset(asset.job, 2))
        items = listed(client).json()["items"]
        assert [item["id"] for item in items] == [str(newer.pk), str(asset.pk)]

    def test_has_everything_about_an_asset(self, client, asset):
        [item] = listed(client).json()["items"]
        assert {name: item[name] for name in ("job_id", "index", "kind", "width", "seed")} == {
            "job_id": str(asset.job_id),
            "index": 0,
            "kind": "image",
            "width": 64,
            "seed": 42,
        }
        assert item["urls"].keys() == {"original", "thumbnail", "poster"}
        assert client.get(item["urls"]["original"]).status_code == 200

    def test_says_what_is_saved(self, client, asset):
        assert not listed(client).json()["items"][0]["saved"]
        act(client, "save", asset_ids=[str(asset.pk)])
        assert listed(client).json()["items"][0]["saved"]

    def test_comes_page_by_page(self, client, asset):
        for index in range(1, 5):
            make_workspace_asset(asset.job, index)
        seen, cursor = [], ""
        while cursor is not None:
            page = listed(client, limit=2, cursor=cursor).json()
            seen += [item["index"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert seen == [4, 3, 2, 1, 0]

    @pytest.mark.parametrize(("name", "value"), [("cursor", "x"), ("limit", 0), ("limit", 201)])
    def test_names_a_wrong_cursor_or_limit(self, client, name, value):
        answer = listed(client, **{name: value})
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == [name]

    def test_costs_the_same_for_5_and_200_assets(self, client, creator):
        def queries_for(number):
            for _ in range(number // 5):
                job = make_job(creator, status=Job.Status.COMPLETED, count=5)
                for index in range(5):
                    make_workspace_asset(job, index)
            with CaptureQueriesContext(connection) as queries:
                assert len(listed(client, limit=200).json()["items"]) >= number
            return len(queries)

        assert queries_for(5) == queries_for(195) <= 12


class TestAccess:
    def call(self, client, method, address, undo_id, asset_id, **extra):
        body = {"action": "delete", "asset_ids": [str(asset_id)]}
        path = f"/api/v1/{address.format(undo=undo_id)}"
        return getattr(client, method)(
            path, body if method == "post" else None, content_type=JSON, **extra
        )

    @pytest.mark.parametrize(("method", "address"), CALLS)
    def test_nobody_gets_in_unnamed(self, asset, method, address):
        answer = self.call(Client(), method, address, deleted(asset), asset.pk)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize(("method", "address"), CALLS)
    def test_the_owner_by_token_needs_no_csrf(self, asset, method, address):
        token = {"Authorization": f"Bearer {ApiToken.issue(asset.owner, 'test')[1]}"}
        strict = Client(enforce_csrf_checks=True)
        answer = self.call(strict, method, address, deleted(asset), asset.pk, headers=token)
        assert answer.status_code == 200

    @pytest.mark.parametrize(("method", "address"), CALLS[:2])
    def test_a_session_without_its_csrf_token_changes_nothing(self, asset, method, address):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(asset.owner)
        other = make_workspace_asset(asset.job, 1)
        answer = self.call(strict, method, address, deleted(asset), other.pk)
        assert answer.status_code == 403
        assert WorkspaceAsset.objects.shown().get() == other

    @pytest.mark.parametrize("ids", ["asset_ids", "job_ids", "collection_id"])
    def test_a_strangers_id_is_the_same_as_none(self, client, asset, ids):
        owner = make_user()
        job = make_job(owner, status=Job.Status.COMPLETED)
        theirs = {
            "asset_ids": make_workspace_asset(job, stored=True).pk,
            "job_ids": job.pk,
            "collection_id": owner.collections.create(name="Theirs").pk,
        }[ids]

        def dismissed(other):
            body = {"asset_ids": [str(asset.pk)], "job_ids": []}
            if ids == "collection_id":
                return act(client, "dismiss", **body, collection_id=str(other))
            return act(client, "dismiss", **{**body, ids: [*body[ids], str(other)]})

        foreign, unknown = dismissed(theirs), dismissed(uuid.uuid4())
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.content == unknown.content
        assert dict(foreign.headers) == dict(unknown.headers)
        assert WorkspaceAsset.objects.shown().count() == 2
        assert not LibraryAsset.objects.exists()

    def test_a_strangers_undo_is_the_same_as_none(self, client, stranger):
        theirs = make_workspace_asset(make_job(stranger, status=Job.Status.COMPLETED))
        foreign, unknown = undo(client, deleted(theirs)), undo(client, uuid.uuid4())
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.content == unknown.content
        assert not WorkspaceAsset.objects.shown().exists()

    def test_the_list_has_only_ones_own(self, client, asset, stranger):
        make_workspace_asset(make_job(stranger, status=Job.Status.COMPLETED))
        assert [item["id"] for item in listed(client).json()["items"]] == [str(asset.pk)]
