"""The box that picks one collection by its name."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from ourvidz.collections.models import Collection

from ourvidz.collections import changes, picking

PICKER = "/collections/picker/"
FILING = "/collections/filing/"


def ids(answer) -> list[str]:
    """The values that can be picked, in order."""
    return re.findall(r'type="radio" name="\w+" value="([^"]*)"', answer.content.decode())


def names(answer) -> list[str]:
    """What can be picked, with the names that it lies in."""
    labels = re.findall(r"<span><bdi>(.*?)</bdi>(?: <bdi[^>]*>(.*?)</bdi>)?", answer.text)
    return [" < ".join(filter(None, label)) for label in labels]


def look(client, words=None, field="collection_id", **given):
    given |= {"field": field} | ({} if words is None else {"q": words})
    return client.get(PICKER, given)


@pytest.mark.parametrize("url", [PICKER, FILING])
def test_a_visitor_is_sent_to_sign_in(film, url):
    assert Client().get(url).headers["Location"].startswith(reverse("login"))


def test_words_find_by_name_and_path_and_a_name_comes_before_a_path(client, creator, film):
    changes.create(creator, name="Act one", parent_id=film.pk)
    changes.create(creator, name="Zebra film")

    assert names(look(client, "FILM")) == ["Short film", "Zebra film", "Act one < Short film"]
    assert names(look(client, "film act")) == ["Act one < Short film"]
    assert names(look(client, "%")) == []


@pytest.mark.parametrize("url", [PICKER, FILING])
def test_only_ones_own_that_are_kept_and_names_are_text(client, creator, stranger, url):
    changes.create(stranger, name="Foreign")
    changes.delete(changes.create(creator, name="Deleted"))
    changes.create(creator, name="<script>alert(1)</script> \N{HEBREW LETTER SHIN}\N{FOX FACE}")

    page = client.get(url, {"field": "collection_id"}).content.decode()
    assert "Foreign" not in page
    assert "Deleted" not in page
    assert "<script>" not in page
    assert "\N{HEBREW LETTER SHIN}\N{FOX FACE}" in page


def test_every_collection_is_in_exactly_one_stretch(client, creator):
    Collection.objects.bulk_create(
        Collection(owner=creator, name=f"a b&{n}") for n in range(2 * picking.PAGE_SIZE + 3)
    )
    answer = look(client, "A B&")
    found = ids(answer)
    while link := re.search(r'hx-get="(/collections/picker/[^"]+start[^"]+)"', answer.text):
        answer = client.get(link[1].replace("&amp;", "&"))
        found += ids(answer)

    assert found.pop(0) == "new"
    assert len(found) == len(set(found)) == 2 * picking.PAGE_SIZE + 3


def test_a_new_one_is_offered_for_a_name_that_none_has_and_only_where_one_can_be_made(client, film):
    assert "New collection" not in look(client, " short  FILM").text
    assert "New collection <bdi>short</bdi>" in look(client, "short").text
    assert ids(look(client, "short", field="parent")) == [str(film.pk)]
    assert "No collection has that name." in look(client, "nowhere", field="parent").text


def test_what_lies_in_the_moved_one_is_left_out(client, creator, film):
    inner = changes.create(creator, name="inner", parent_id=film.pk)
    other = changes.create(creator, name="other")

    assert ids(look(client, "", field="target", moved=film.pk)) == [str(other.pk)]
    page = client.get(reverse("collections:collection", args=[inner.pk])).text
    edit = re.search(
        r'action="/collections/[^"]+/".*?</form>', page[page.index("edit-coll") :], re.S
    )
    assert re.findall(r'value="([^"]+)" checked', edit[0]) == [str(film.pk)]


@pytest.mark.parametrize("field", ["", "nonsense"])
def test_a_field_that_is_none(client, film, field):
    assert look(client, field=field).status_code == 404


@pytest.mark.parametrize("kind", ["foreign", "unknown", "nonsense"])
def test_a_moved_one_that_is_not_ones_own(client, film, stranger, kind):
    theirs = changes.create(stranger, name="theirs").pk
    pk = {"foreign": theirs, "unknown": uuid.uuid4(), "nonsense": "nonsense"}[kind]

    assert look(client, "", field="target", moved=pk).status_code == 404


def test_the_number_of_queries_does_not_grow(client, creator, film):
    def queries(url):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url, {"field": "parent", "q": "1"}).status_code == 200
        return len(captured)

    few = queries(PICKER), queries(FILING)
    Collection.objects.bulk_create(
        Collection(owner=creator, name=str(n), parent=film) for n in range(300)
    )
    assert (queries(PICKER), queries(FILING)) == few
    assert max(few) <= 4
