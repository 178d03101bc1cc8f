"""Saved searches: live smart collections, of their owner only."""

import uuid

import pytest
from django.test import Client

from library.models import SavedSearch
from library.search.saved import MOST
from tests.factories import make_library_asset

API = "/api/v1/library/searches"
PAGE = "/library/"


@pytest.fixture
def boats(creator):
    return SavedSearch.objects.create(owner=creator, name="Boats", query="boat type:image")


def post(client, path=API, **body):
    return client.post(path, body, content_type="application/json")


def test_saving_listing_renaming_and_deleting_by_the_api(client, creator):
    made = post(client, name="  Red  boats ", query=' "red boat" ')
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["query"]) == ("Red boats", '"red boat"')
    one = f"{API}/{made.json()['id']}"

    assert [item["name"] for item in client.get(API).json()] == ["Red boats"]
    renamed = client.patch(one, {"name": "Boats"}, content_type="application/json")
    assert renamed.json()["name"] == "Boats"
    assert client.delete(one).status_code == 204
    assert client.get(API).json() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "query": "boat"}, "name"),
        ({"name": "x" * 81, "query": "boat"}, "name"),
        ({"name": "\0", "query": "boat"}, "name"),
        ({"name": "All", "query": "  "}, "query"),
        ({"name": "Odd", "query": 'boat "red'}, "query"),
        ({"name": "Long", "query": "x" * 10_000}, "query"),
        ({"name": "Nothing"}, "query"),
    ],
)
def test_what_cannot_be_saved_is_refused_by_name(client, body, field):
    answer = post(client, **body)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert not SavedSearch.objects.exists()


def test_there_is_a_limit(client, creator):
    SavedSearch.objects.bulk_create(
        SavedSearch(owner=creator, name="x", query="x") for _ in range(MOST)
    )

    assert post(client, name="More", query="x").status_code == 422


@pytest.mark.parametrize("which", ["foreign", "unknown"])
def test_another_persons_search_is_not_there(stranger, boats, which):
    client = Client()
    client.force_login(stranger)
    pk = boats.pk if which == "foreign" else uuid.uuid4()

    assert client.get(API).json() == []
    assert client.delete(f"{API}/{pk}").status_code == 404
    changed = client.patch(f"{API}/{pk}", {"name": "Mine"}, content_type="application/json")
    assert changed.status_code == 404
    for noun in ("name", "deletion"):
        answer = client.post(f"{PAGE}searches/{pk}/{noun}/", {"name": "Mine"})
        assert answer.status_code == 404
    boats.refresh_from_db()
    assert boats.name == "Boats"


@pytest.mark.parametrize("path", ["searches/", "searches/{}/name/", "searches/{}/deletion/"])
def test_a_visitor_is_sent_to_sign_in_and_a_change_takes_its_token(creator, boats, path):
    assert Client().post(PAGE + path.format(boats.pk)).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(creator)

    assert strict.post(PAGE + path.format(boats.pk)).status_code == 403
    assert SavedSearch.objects.get().name == "Boats"


def test_the_page_saves_what_it_shows(client, creator):
    make_library_asset(creator)
    page = client.get(PAGE, {"q": "boat", "show": "image"}).content.decode()
    assert '<input type="hidden" name="query" value="boat type:image">' in page

    answer = client.post(f"{PAGE}searches/", {"name": "Boats", "query": "boat type:image"})

    assert answer.headers["Location"] == "/library/?q=boat+type%3Aimage"
    page = client.get(answer.headers["Location"]).content.decode()
    assert 'aria-current="page" title="boat type:image"' in page
    assert "Save search" not in page
    assert page.count("data-asset=") == 1
    make_library_asset(creator)
    page = client.get(answer.headers["Location"]).content.decode()
    assert page.count("data-asset=") == 2


def test_the_page_says_why_it_did_not_save(client):
    answer = client.post(f"{PAGE}searches/", {"name": "", "query": "boat"}, follow=True)

    assert "Give it a name" in answer.content.decode()


def test_renaming_and_deleting_on_the_page(client, boats):
    client.post(f"{PAGE}searches/{boats.pk}/name/", {"name": "Ships"})
    assert SavedSearch.objects.get().name == "Ships"
    client.post(f"{PAGE}searches/{boats.pk}/deletion/")
    assert not SavedSearch.objects.exists()


def test_a_name_is_text_and_never_markup(client, creator):
    SavedSearch.objects.create(owner=creator, name="<b>x</b>", query='"<i>"')
    page = client.get(PAGE).content.decode()

    assert "&lt;b&gt;x" in page
    assert "<b>x" not in page
