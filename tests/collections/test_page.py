"""The pages of collections: what they show, how they page, what they cost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from ourvidz.collections.contents import PAGE_SIZE
from ourvidz.collections.models import Collection

from library import trash
from library.models import LibraryAsset
from ourvidz.collections import changes, membership
from tests.factories import make_library_asset
from tests.library.test_page import make_many

PAGE = "/collections/"
HTMX = {"HX-Request": "true"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> \u202egnp 🦄"


def address(collection) -> str:
    return reverse("collections:collection", args=[collection.pk])


def shown(client, collection) -> list[str]:
    """The ids of its tiles, in order, page after page."""
    url, found = address(collection), []
    while url:
        page = client.get(url, headers=HTMX).content.decode()
        found += re.findall(r'data-asset="([^"]+)"', page)
        link = re.search(r'href="(\?after=[^"]+)"', page)
        url = address(collection) + link[1] if link else ""
    return found


def ids(assets) -> list[str]:
    return [str(asset.pk) for asset in assets]


def card(client, collection, url=PAGE) -> str:
    """The words and the picture on its card."""
    page = client.get(url).content.decode()
    found = re.search(rf'data-collection="{collection.pk}">(.*?)</article>', page, re.DOTALL)
    return found[1]


def test_a_card_says_what_is_in_it(client, film, pictures):
    changes.create(film.owner, name="Act one", parent_id=film.pk)

    words = card(client, film)

    assert "Short film" in words
    assert "3 assets, 1 collection\n" in words
    assert pictures[0].thumbnail_key in words


def test_only_those_at_the_top_newest_first_and_none_of_a_stranger(client, film, stranger):
    changes.create(stranger, name="theirs")
    inner = changes.create(film.owner, name="inner", parent_id=film.pk)
    newer = changes.create(film.owner, name="newer")

    found = re.findall(r'data-collection="([^"]+)"', client.get(PAGE).content.decode())

    assert found == ids([newer, film])
    assert "inner" in card(client, inner, address(film))


def test_the_chosen_cover_then_the_first_that_is_not_in_the_trash(client, film, pictures):
    client.post(
        reverse("collections:cover", args=[film.pk]), {"asset": pictures[2].pk, "cover": "on"}
    )
    assert pictures[2].thumbnail_key in card(client, film)

    trash.move_to_trash(LibraryAsset.objects.filter(pk__in=[pictures[2].pk, pictures[0].pk]))

    assert pictures[1].thumbnail_key in card(client, film)
    assert "1 asset\n" in card(client, film)


def test_a_cover_that_was_taken_out_is_none(client, film, pictures):
    film.cover = pictures[1]
    film.save()
    membership.remove(film, [pictures[1].pk])

    assert pictures[0].thumbnail_key in card(client, film)


def test_pressing_the_cover_again_leaves_the_choice_to_us(client, film, pictures):
    path = reverse("collections:cover", args=[film.pk])
    client.post(path, {"asset": pictures[1].pk, "cover": "on"})
    reply = client.post(path, {"asset": pictures[2].pk, "cover": "on"}).content.decode()

    assert re.findall(r'id="cover-([^"]+)".*?aria-pressed="(\w+)"', reply) == [
        (str(pictures[2].pk), "true"),
        (str(pictures[1].pk), "false"),
    ]
    client.post(path, {"asset": pictures[2].pk, "cover": "off"})
    film.refresh_from_db()
    assert film.cover is None


def test_a_collection_shows_its_assets_in_order_and_where_it_lies(client, film, pictures):
    inner = changes.create(film.owner, name="Act one", parent_id=film.pk)

    assert shown(client, film) == ids(pictures)
    crumbs = re.search(
        r'class="crumbs".*?</nav>', client.get(address(inner)).content.decode(), re.S
    )
    assert f'<a href="{address(film)}"><bdi>Short film</bdi></a>' in crumbs[0]


def test_every_asset_is_on_exactly_one_page(client, creator, film):
    assets = make_many(creator, 2 * PAGE_SIZE + 5)
    membership.add(film, [asset.pk for asset in assets])

    assert shown(client, film) == ids(assets)


def test_every_collection_is_on_exactly_one_page(client, creator):
    now = timezone.now()
    Collection.objects.bulk_create(
        Collection(owner=creator, name=str(n), created_at=now - timedelta(minutes=n // 7))
        for n in range(PAGE_SIZE + 9)
    )
    first = client.get(PAGE).content.decode()
    link = re.search(r'hx-get="(/collections/\?after=[^"]+)"', first)[1]
    rest = client.get(link, headers=HTMX).content.decode()

    found = re.findall(r'data-collection="([^"]+)"', first + rest)
    assert len(found) == len(set(found)) == PAGE_SIZE + 9
    assert "<h1" not in rest


def test_what_is_in_the_trash_is_not_shown(client, film, pictures):
    trash.move_to_trash(LibraryAsset.objects.filter(pk=pictures[1].pk))

    assert shown(client, film) == ids([pictures[0], pictures[2]])


def test_no_collections_yet(client):
    page = client.get(PAGE).content.decode()

    assert "No collections yet" in page
    assert page.count('id="new-collection"') == 1


def test_words_of_people_are_text_and_never_markup(client, creator):
    hostile = changes.create(creator, name=HOSTILE, description=HOSTILE)
    changes.create(creator, name="inner", parent_id=hostile.pk)
    for url in (PAGE, address(hostile)):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<bdi" in page
    client.post(reverse("collections:deletion", args=[hostile.pk]))
    assert "<script>alert" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("url", [PAGE, "film"])
def test_the_number_of_queries_is_the_same_for_5_and_500(client, creator, film, url):
    url = address(film) if url == "film" else url

    def grow(number):
        assets = make_many(creator, number)
        membership.add(film, [asset.pk for asset in assets])
        Collection.objects.bulk_create(
            Collection(owner=creator, name=str(n), parent=parent, cover=assets[0])
            for n in range(number)
            for parent in (None, film)
        )

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    grow(5)
    few = queries()
    grow(495)

    assert queries() <= few <= 12


def test_the_header_leads_here(client):
    page = client.get("/library/").content.decode()

    assert '<a href="/collections/">' in page


def test_a_removed_asset_stays_in_the_library_and_comes_back_to_its_place(client, film, pictures):
    reply = client.post(
        reverse("collections:removal", args=[film.pk]), {"asset": pictures[1].pk}
    ).content.decode()

    assert "2 assets" in reply
    assert shown(client, film) == ids([pictures[0], pictures[2]])
    assert LibraryAsset.objects.kept().count() == 3
    position = re.search(r'"position": "(\d+)"', reply)[1]
    data = {"asset": pictures[1].pk, "position": position}
    back = client.post(reverse("collections:put_back", args=[film.pk]), data).content.decode()
    assert "3 assets" in back
    assert shown(client, film) == ids(pictures)


@pytest.mark.parametrize("position", ["", "-1", "x", "9" * 30, "²"])
def test_a_position_that_is_none(client, creator, film, position):
    data = {"asset": make_library_asset(creator).pk, "position": position}

    assert client.post(reverse("collections:put_back", args=[film.pk]), data).status_code == 404
