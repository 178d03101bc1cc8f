"""The library page: what it shows, how it pages and searches, what it costs."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from library.models import LibraryAsset
from library.shelf import PAGE_SIZE
from tests.factories import make_library_asset

PAGE = "/library/"
HTMX = {"HX-Request": "true"}


def make_many(owner, number, **columns):
    """Kept assets, each a minute older than the one before, without files."""
    now = timezone.now()
    first = make_library_asset(owner, **columns)
    rest = [
        LibraryAsset(**{**values_of(first), "created_at": now - timedelta(minutes=i)})
        for i in range(1, number)
    ]
    LibraryAsset.objects.bulk_create(rest)
    return [first, *rest]


def values_of(asset):
    names = {field.attname for field in LibraryAsset._meta.concrete_fields} - {"id"}
    return {name: getattr(asset, name) for name in names}


def shown(client, url=PAGE, **query) -> list[str]:
    """The ids of the tiles, in order."""
    return re.findall(r'data-asset="([^"]+)"', client.get(url, query).content.decode())


def test_newest_first_and_nothing_of_a_stranger(client, creator, stranger):
    assets = make_many(creator, 3)
    make_library_asset(stranger)
    make_library_asset(creator, deleted_at=timezone.now())

    assert shown(client) == [str(asset.pk) for asset in assets]


def test_a_tile_says_what_it_is(client, kept):
    page = client.get(PAGE).content.decode()

    assert f'href="/library/{kept.pk}/"' in page
    assert 'width="64" height="36"' in page
    assert "ratio-178" in page
    assert (
        '<span class="badge badge--preview" title="Made by the preview backend, without a model">'
        in page
    )


def test_a_clip_says_how_long_it_is_and_loads_only_when_played(client, creator):
    make_library_asset(
        creator, kind="video", mime_type="video/mp4", duration_seconds=7.2, thumbhash="YTkGJw=="
    )
    page = client.get(PAGE).content.decode()

    assert "0:07" in page
    assert re.search(r'<video data-src="[^"]+" muted loop playsinline preload="none"', page)
    assert 'data-thumbhash="YTkGJw=="' in page


def test_a_clips_tile_can_be_looked_through(client, creator, kept):
    clip = make_library_asset(creator, kind="video", filmstrip_key="1/boat.strip.webp")
    make_library_asset(creator, kind="video")

    strips = re.findall(r'data-filmstrip="([^"?]+)', client.get(PAGE).content.decode())

    assert strips == [f"/media/user-library/{clip.filmstrip_key}"]


def test_a_picture_of_a_model_is_not_called_a_preview(client, creator):
    make_library_asset(creator, backend="diffusers")

    assert "Preview" not in client.get(PAGE).content.decode()


def test_days_stand_above_their_tiles_in_the_readers_time_zone(client, creator):
    creator.time_zone = "Pacific/Kiritimati"  # UTC+14
    creator.save()
    day = timezone.now() - timedelta(days=400)
    make_library_asset(creator, created_at=timezone.now())
    make_library_asset(creator, created_at=day.replace(month=3, day=31, hour=20))

    headings = re.findall(
        r'<h2 class="shelf__day"[^>]*><span>([^<]+)<', client.get(PAGE).content.decode()
    )

    assert headings == ["Today", f"1 April {day.year}"]


def test_every_asset_is_on_exactly_one_page(client, creator):
    made_at_once = timezone.now()
    assets = make_many(creator, 2 * PAGE_SIZE + 5)
    LibraryAsset.objects.update(created_at=made_at_once)
    url, found = PAGE, []
    while url:
        page = client.get(url, headers=HTMX).content.decode()
        found += re.findall(r'data-asset="([^"]+)"', page)
        link = re.search(r'<a class="button[^"]*" href="(\?[^"]*after=[^"]+)"', page)
        url = PAGE + link[1].replace("&amp;", "&") if link else ""

    assert len(found) == len(set(found)) == len(assets)


def test_the_next_page_keeps_the_search_and_repeats_no_day(client, creator):
    make_many(creator, PAGE_SIZE + 1, title="a 100% boat & more")
    page = client.get(PAGE, {"q": "100% &", "show": "image"}).content.decode()
    link = re.search(r'href="(\?[^"]*after=[^"]+)"', page)[1].replace("&amp;", "&")

    rest = client.get(PAGE + link, headers=HTMX).content.decode()

    assert "q=100%25+%26&show=image&after=" in link
    assert rest.count("data-asset=") == 1
    assert "<h1" not in rest


def test_a_search_finds_every_word_in_title_or_prompt(client, creator):
    boat = make_library_asset(creator, title="Évening boat")
    fox = make_library_asset(creator, original_prompt="a fox in SNOW", composed_prompt="")

    assert shown(client, q="boat évening") == [str(boat.pk)]
    assert shown(client, q="snow fox") == [str(fox.pk)]
    assert shown(client, q="snow boat") == []


@pytest.mark.parametrize(
    ("show", "expected"), [("", 3), ("image", 2), ("video", 1), ("favourites", 1), ("bogus", 3)]
)
def test_filters(client, creator, show, expected):
    make_library_asset(creator)
    make_library_asset(creator, favourite=True)
    make_library_asset(creator, kind="video", duration_seconds=5.0)

    assert len(shown(client, show=show)) == expected


def test_a_search_by_htmx_answers_with_tiles_and_the_url_to_keep(client, kept):
    reply = client.get(PAGE, {"q": "boat", "show": "image"}, headers=HTMX)

    assert reply.headers["HX-Push-Url"] == "/library/?q=boat&show=image"
    assert "<html" not in reply.content.decode()
    assert str(kept.pk) in reply.content.decode()


def test_an_empty_library_says_where_to_begin(client):
    page = client.get(PAGE).content.decode()

    assert "Nothing is saved yet" in page
    assert 'href="/workspace/"' in page


def test_a_search_without_a_match_offers_to_clear_it(client, kept):
    page = client.get(PAGE, {"q": "zebra"}).content.decode()

    assert "Nothing in your library matches" in page
    assert "Clear filters" in page


@pytest.mark.parametrize("words", ["\0", "%", "_", "'\"; --", "x" * 5000, "é" * 200])
def test_any_words_can_be_looked_for(client, kept, words):
    assert client.get(PAGE, {"q": words}).status_code == 200


def test_words_of_people_are_text_and_never_markup(client, creator):
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    make_library_asset(creator, title=hostile, original_prompt=hostile)
    page = client.get(PAGE, {"q": "<img"}).content.decode()

    assert page.count("data-asset=") == 1
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("query", [{}, {"q": "boat", "show": "image"}])
def test_the_number_of_queries_is_the_same_for_5_and_500_assets(client, creator, query):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE, query).status_code == 200
        return len(captured)

    make_many(creator, 5)
    few = queries()
    make_many(creator, 495)

    assert queries() == few <= 12


def test_an_error_stands_under_the_box_at_its_column(client, kept):
    page = client.get(PAGE, {"q": 'boat "red'}).content.decode()

    assert "Column 6: close this quote" in page
    assert 'aria-invalid="true"' in page
    assert 'value="boat &quot;red"' in page
    assert "data-asset=" not in page


def test_an_error_while_typing_leaves_what_was_found(client, kept):
    reply = client.get(PAGE, {"q": "colour:red"}, headers=HTMX)

    assert reply.headers["HX-Reswap"] == "none"
    assert "HX-Push-Url" not in reply.headers
    assert 'hx-swap-oob="true"' in reply.content.decode()
    assert "Column 1: there is no field" in reply.content.decode()


def test_typed_terms_find_what_they_say(client, creator):
    clip = make_library_asset(creator, kind="video", settings={"steps": 40}, rating=4)
    make_library_asset(creator, settings={"steps": 20}, rating=4)

    assert shown(client, q="type:video steps:>30 rating:>=3 boat") == [str(clip.pk)]
