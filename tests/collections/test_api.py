"""Collections by the API: who may, what it does, what it refuses."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from ourvidz.collections.models import Collection

from library import trash
from library.models import LibraryAsset
from ourvidz.accounts.models import ApiToken
from ourvidz.collections import changes, membership, nesting
from tests.factories import make_library_asset
from tests.library.test_page import make_many

LIST = "/api/v1/collections"
CALLS = [
    ("get", "", 200),
    ("post", "", 201),
    ("get", "/{}", 200),
    ("patch", "/{}", 200),
    ("delete", "/{}", 204),
    ("post", "/{}/restoration", 200),
    ("get", "/{}/assets", 200),
    ("put", "/{}/assets", 200),
    ("delete", "/{}/assets", 200),
]
OF_ONE = [(method, address) for method, address, _ in CALLS if address]

NOBODYS = "c41f43a9-da64-4c21-af72-eeca7e816d46"


def call(client, method, address, collection_id, asset=None, **extra):
    ids = [str(asset.pk)] if asset else ["c41f43a9-da64-4c21-af72-eeca7e816d46"]
    body = None if method == "get" else {"name": "mine", "asset_ids": ids}
    path = LIST + address.format(collection_id)
    return getattr(client, method)(path, body, content_type="application/json", **extra)


def send(client, method, path, **body):
    return getattr(client, method)(LIST + path, body, content_type="application/json")


@pytest.mark.parametrize(("method", "address", "status"), CALLS)
def test_nobody_gets_in_unnamed(film, method, address, status):
    answer = call(Client(), method, address, film.pk)

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "address", "status"), CALLS)
def test_the_owner_by_token(creator, film, pictures, method, address, status):
    header = {"Authorization": f"Bearer {ApiToken.issue(creator, 'test')[1]}"}
    strict = Client(enforce_csrf_checks=True)

    answer = call(strict, method, address, film.pk, pictures[0], headers=header)

    assert answer.status_code == status, answer.content


@pytest.mark.parametrize(
    ("method", "address", "status"), [case for case in CALLS if case[0] != "get"]
)
def test_a_session_without_its_csrf_token_changes_nothing(creator, film, method, address, status):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(creator)

    assert call(strict, method, address, film.pk).status_code == 403


@pytest.mark.parametrize(("method", "address"), OF_ONE)
def test_a_stranger_gets_the_same_bytes_as_for_nothing(stranger, film, pictures, method, address):
    client = Client()
    client.force_login(stranger)
    own = make_library_asset(stranger)

    foreign = call(client, method, address, film.pk, own)
    unknown = call(client, method, address, uuid.uuid4(), own)

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    film.refresh_from_db()
    assert (film.name, film.deleted_at, film.memberships.count()) == ("Short film", None, 3)
    assert client.get(LIST).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("method", ["put", "delete"])
def test_a_batch_with_one_foreign_id_does_nothing(client, film, pictures, stranger, method):
    new, foreign = make_library_asset(film.owner), make_library_asset(stranger)
    ids = [str(new.pk), str(pictures[0].pk)]

    answers = [
        send(client, method, f"/{film.pk}/assets", asset_ids=[*ids, str(bad)])
        for bad in (foreign.pk, uuid.uuid4())
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert film.memberships.count() == 3


def test_made_changed_deleted_and_restored(client, creator, film, pictures):
    made = send(
        client, "post", "", name=" Act  one ", description="At dawn", parent_id=str(film.pk)
    )
    assert made.status_code == 201
    shown = made.json()
    assert (shown["name"], shown["parent_id"], shown["assets"]) == ("Act one", str(film.pk), 0)
    assert client.get(f"{LIST}/{film.pk}").json()["collections"] == 1

    path = f"/{film.pk}"
    changed = send(client, "patch", path, name="Long film", cover_id=str(pictures[2].pk)).json()
    assert (changed["name"], changed["assets"]) == ("Long film", 3)
    assert pictures[2].thumbnail_key in changed["cover_url"]

    assert client.delete(LIST + path).status_code == 204
    assert client.get(LIST).json()["items"] == []
    assert client.post(f"{LIST}{path}/restoration").json()["name"] == "Long film"
    assert len(client.get(LIST).json()["items"]) == 2


def test_what_is_left_out_stays(client, film):
    Collection.objects.filter(pk=film.pk).update(description="kept")

    assert send(client, "patch", f"/{film.pk}").json()["name"] == "Short film"
    assert send(client, "patch", f"/{film.pk}", name="x").json()["description"] == "kept"


def test_members_are_put_in_and_taken_out_once(client, film):
    assets = [str(make_library_asset(film.owner).pk) for _ in range(2)]
    path = f"/{film.pk}/assets"

    assert send(client, "put", path, asset_ids=assets).json() == {"changed": 2, "assets": 2}
    assert send(client, "put", path, asset_ids=assets).json() == {"changed": 0, "assets": 2}
    answer = send(client, "delete", path, asset_ids=assets[:1])
    assert answer.json() == {"changed": 1, "assets": 1}


def test_members_page_after_page_in_order(client, film, creator, pictures):
    more = [make_library_asset(creator) for _ in range(4)]
    membership.add(film, [asset.pk for asset in more])
    membership.move(film, more[3].pk, pictures[0].pk)
    trash.move_to_trash(LibraryAsset.objects.filter(pk=more[1].pk))
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{LIST}/{film.pk}/assets", {"limit": 2, "cursor": cursor}).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]

    order = [more[3], *pictures, more[0], more[2]]
    assert found == [str(asset.pk) for asset in order]


@pytest.mark.parametrize(
    "query", [{"cursor": "x"}, {"cursor": "1-"}, {"limit": 0}, {"limit": 201}, {"limit": "x"}]
)
def test_a_page_that_is_none(client, film, query):
    answer = client.get(f"{LIST}/{film.pk}/assets", query)

    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == query.keys()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " \n "),
        ("name", "x" * 1000),
        ("name", "a\0b"),
        ("name", None),
        ("description", "x" * 2001),
        ("description", "\0"),
        ("parent_id", "nonsense"),
    ],
)
def test_a_wrong_field_is_named(client, film, field, value):
    for method, path in (("post", ""), ("patch", f"/{film.pk}")):
        answer = send(client, method, path, **{"name": "fine", field: value})
        assert answer.status_code == 422, path
        assert answer.json()["errors"].keys() == {field}
    assert Collection.objects.get().name == "Short film"


@pytest.mark.parametrize("ids", [[], ["x"], "x", None, [NOBODYS] * 1001])
@pytest.mark.parametrize("method", ["put", "delete"])
def test_ids_that_are_none_or_too_many(client, film, method, ids):
    assert send(client, method, f"/{film.pk}/assets", asset_ids=ids).status_code == 422


def test_a_cover_must_be_in_it(client, film, pictures, stranger):
    outside = [make_library_asset(film.owner), make_library_asset(stranger)]
    answers = [
        send(client, "patch", f"/{film.pk}", cover_id=str(pk))
        for pk in (*(asset.pk for asset in outside), uuid.uuid4())
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (422, answers[0].content)
    }


def test_no_circles(client, film, stranger):
    inner = changes.create(film.owner, name="inner", parent_id=film.pk)
    theirs = changes.create(stranger, name="theirs")

    circle = send(client, "patch", f"/{film.pk}", parent_id=str(inner.pk))
    assert (circle.status_code, circle.json()["detail"]) == (409, nesting.IN_ITSELF)
    for parent in (theirs.pk, uuid.uuid4()):
        assert send(client, "post", "", name="x", parent_id=str(parent)).status_code == 404


@pytest.mark.parametrize("number", [10, 1000])
def test_putting_many_in_takes_few_queries(client, creator, film, number):
    assets = [str(asset.pk) for asset in make_many(creator, number)]

    with CaptureQueriesContext(connection) as captured:
        changed = send(client, "put", f"/{film.pk}/assets", asset_ids=assets)

    assert changed.json() == {"changed": number, "assets": number}
    assert len(captured) <= 11


@pytest.mark.parametrize("path", ["", "/{}/assets"])
def test_the_number_of_queries_is_the_same_for_more(client, creator, film, path):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST + path.format(film.pk), {"limit": 200}).status_code == 200
        return len(captured)

    def grow(number):
        assets = make_many(creator, number)
        membership.add(film, [asset.pk for asset in assets])
        for asset in assets[: number // 5]:
            membership.add(changes.create(creator, name="x"), [asset.pk])

    grow(5)
    few = queries()
    grow(100)

    assert queries() == few <= 8
