"""Half a character in a JSON body is refused by field before anything is done."""

import pytest

from ourvidz.json_bodies import NOT_UNICODE
from tests.factories import make_library_asset

HALF = "\ud800"


def patch(client, asset, **body):
    path = f"/api/v1/library/assets/{asset.pk}"
    return client.patch(path, body, content_type="application/json")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": HALF}, "title"),
        ({"title": "new", "tags": ["sea", f"x{HALF}"]}, "tags.1"),
        ({"title": "new", HALF: 1}, "body"),
    ],
)
def test_it_is_named_and_nothing_is_changed(client, creator, body, field):
    asset = make_library_asset(creator, title="old")

    reply = patch(client, asset, **body)

    assert reply.status_code == 422
    assert reply.json()["errors"] == {field: [NOT_UNICODE]}
    asset.refresh_from_db()
    assert asset.title == "old"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("library/searches", {"name": "x", "query": HALF}),
        ("library/batches", {"action": "tag", "tags": [HALF]}),
        ("library/batches", {"action": HALF}),
        ("collections", {"name": "x", "description": HALF}),
        ("workspace-actions", {"action": "save", "title": HALF}),
        ("generate-content", {"prompt": HALF}),
    ],
)
def test_whatever_takes_text(client, path, body):
    reply = client.post(f"/api/v1/{path}", body, content_type="application/json")

    assert reply.status_code == 422
    assert NOT_UNICODE in str(reply.json()["errors"])


def test_whole_characters_of_two_halves_pass(client, creator):
    asset = make_library_asset(creator)

    assert patch(client, asset, title="\\ud800 \N{SPEEDBOAT}").status_code == 200

    asset.refresh_from_db()
    assert asset.title == "\\ud800 \N{SPEEDBOAT}"
