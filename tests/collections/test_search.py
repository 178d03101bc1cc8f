"""Looking for a collection by its name, however deep it lies."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from ourvidz.collections.contents import PAGE_SIZE
from ourvidz.collections.models import Collection

from ourvidz.collections import changes, membership

PAGE = "/collections/"
HTMX = {"HX-Request": "true"}


def found(page: str) -> list[tuple[str, str]]:
    """Names and what they lie in."""
    names = r'card-of__name">(.*?)</bdi>\s*(?:<bdi class="card-of__place[^>]*>(.*?)</bdi>)?'
    return re.findall(names, page)


def look(client, words, **headers) -> str:
    return client.get(PAGE, {"q": words}, **headers).text


def test_words_find_collections_of_all_depths_and_say_where_they_lie(client, creator, film):
    act = changes.create(creator, name="Act one", parent_id=film.pk)
    changes.create(creator, name="Ärger", parent_id=act.pk)
    changes.create(creator, name="other")

    assert found(look(client, "ÄRG")) == [("Ärger", "Short film / Act one")]
    assert found(look(client, "act")) == [("Act one", "Short film"), found(look(client, "är"))[0]]
    assert [name for name, _ in found(look(client, "short act"))] == ["Act one", "Ärger"]


def test_a_link_shows_the_search_and_its_cards_have_pictures_and_counts(client, film, pictures):
    page = look(client, "film")

    assert 'value="film"' in page
    assert "1 collection<" in page
    assert "3 assets" in page
    assert re.search(r'card-of__picture"><img src="[^"]+"', page)


def test_the_page_gets_what_was_found_and_its_address(client, film):
    answer = client.get(PAGE, {"q": "  short  film "}, headers=HTMX)
    assert answer.headers["HX-Replace-Url"] == "/collections/?q=short+film"
    assert "<h1" not in answer.text
    assert 'id="found-count" role="status" hx-swap-oob="true">1 collection<' in answer.text

    cleared = client.get(PAGE, {"q": " "}, headers=HTMX)
    assert cleared.headers["HX-Replace-Url"] == PAGE
    assert "All as a tree" in cleared.text


def test_every_one_that_is_found_is_on_exactly_one_page(client, creator):
    Collection.objects.bulk_create(
        Collection(owner=creator, name=f"a&b {n}") for n in range(2 * PAGE_SIZE + 3)
    )
    page = look(client, "A&B")
    ids = re.findall(r'data-collection="([^"]+)"', page)
    while link := re.search(r'hx-get="(/collections/\?[^"]+start=[^"]+)"', page):
        page = client.get(unescape(link[1]), headers=HTMX).text
        ids += re.findall(r'data-collection="([^"]+)"', page)

    assert len(ids) == len(set(ids)) == 2 * PAGE_SIZE + 3


@pytest.mark.parametrize("words", ["%", "_", "'", "\0", "x" * 10_000, "<script>alert(1)</script>"])
def test_words_that_nothing_has(client, film, words):
    page = look(client, words)

    assert found(page) == []
    assert "No collection of yours is called that" in page
    assert "<script>alert" not in page
    assert 'href="/collections/"' in page


def test_only_ones_own_that_are_kept(client, creator, stranger):
    changes.create(stranger, name="film of a stranger")
    changes.delete(changes.create(creator, name="film that was deleted"))

    assert found(look(client, "film")) == []


@pytest.mark.parametrize("start", ["-1", "x", "9" * 30, "7000"])
def test_a_start_that_is_none(client, film, start):
    answer = client.get(PAGE, {"q": "film", "start": start}, headers=HTMX)

    assert answer.status_code == 200
    assert len(found(answer.text)) == (0 if start == "7000" else 1)


def test_the_number_of_queries_does_not_grow(client, creator, film, pictures):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            look(client, "film")
        return len(captured)

    few = queries()
    inner = [Collection(owner=creator, name=f"film {n}", parent=film) for n in range(100)]
    for one in Collection.objects.bulk_create(inner)[:5]:
        membership.add(one, [pictures[0].pk])

    assert queries() <= few <= 8
