"""Deleting moves to the trash, from where an asset can come back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from library import trash
from library.models import PURGED, LibraryAsset
from tests.factories import make_library_asset
from tests.interleaving import just_before

HTMX = {"HX-Request": "true"}
TRASH = "/library/trash/"


def test_a_deleted_tile_leaves_and_can_be_undone(client, kept):
    reply = client.post(f"/library/{kept.pk}/deletion/", headers=HTMX).content.decode()

    assert not LibraryAsset.objects.kept().exists()
    assert f'<span id="asset-{kept.pk}" hidden></span>' in reply
    assert '<div id="toasts" hx-swap-oob="beforeend">' in reply
    assert f'hx-post="/library/{kept.pk}/restoration/" hx-target="#asset-{kept.pk}"' in reply

    tile = client.post(f"/library/{kept.pk}/restoration/", headers=HTMX).content.decode()

    assert LibraryAsset.objects.kept().get() == kept
    assert f'id="asset-{kept.pk}" data-asset="{kept.pk}"' in tile
    assert "Restored to the library" in tile


def test_what_a_purge_takes_meanwhile_does_not_come_back(kept):
    rows = LibraryAsset.objects.filter(pk=kept.pk)
    trash.move_to_trash(rows)

    with just_before("UPDATE", lambda: rows.update(deleted_at=PURGED)):
        assert trash.restore(rows) == 0

    assert rows.get().deleted_at == PURGED


def test_what_is_restored_meanwhile_is_not_purged(kept):
    rows = LibraryAsset.objects.filter(pk=kept.pk)
    rows.update(deleted_at=timezone.now() - timedelta(days=31))

    with just_before("UPDATE", lambda: rows.update(deleted_at=None)):
        assert trash.purge(LibraryAsset.objects.overdue()) == 0

    assert LibraryAsset.objects.kept().get() == kept


def test_without_scripts_the_pages_say_it(client, kept):
    url = f"/library/{kept.pk}/"

    assert client.post(f"{url}deletion/").headers["Location"] == url
    page = client.get(url).content.decode()
    assert "In the trash. It goes for good in 30 days." in page
    assert f'action="{url}restoration/"' in page

    page = client.post(f"{url}restoration/", follow=True).content.decode()
    assert "Restored to the library." in page
    assert "In the trash" not in page


def test_deleting_twice_keeps_the_first_date(client, kept):
    client.post(f"/library/{kept.pk}/deletion/")
    first = LibraryAsset.objects.get().deleted_at
    client.post(f"/library/{kept.pk}/deletion/")

    assert LibraryAsset.objects.get().deleted_at == first


def test_the_trash_shows_what_can_come_back_and_for_how_long(client, creator, settings):
    now = timezone.now()
    make_library_asset(creator, original_prompt="just deleted", deleted_at=now)
    make_library_asset(creator, original_prompt="a day left", deleted_at=now - timedelta(days=29.5))
    make_library_asset(creator, original_prompt="too late", deleted_at=now - timedelta(days=31))
    make_library_asset(creator, original_prompt="not deleted")

    page = client.get(TRASH).content.decode()

    assert page.index("just deleted") < page.index("a day left")
    assert "30 days left" in strip_tags(page)
    assert "1 day left" in strip_tags(page)
    assert "too late" not in page
    assert "not deleted" not in page


def test_an_empty_trash_says_so(client):
    assert "The trash is empty" in client.get(TRASH).content.decode()


@pytest.mark.parametrize("meanwhile", ["", "restored", "purged"])
def test_the_trash_pages_by_the_time_of_deletion(client, creator, meanwhile):
    now = timezone.now()
    for i in range(62):
        make_library_asset(creator, deleted_at=now - timedelta(minutes=i))
    first = client.get(TRASH)
    shelf = first.context["shelf"]
    last = LibraryAsset.objects.filter(pk=shelf.tiles[-1].asset.pk)
    if meanwhile == "restored":
        last.update(deleted_at=None)
    elif meanwhile == "purged":
        last.delete()

    rest = client.get(TRASH, {"cursor": shelf.next_cursor}, headers=HTMX).content.decode()

    assert first.content.decode().count("data-asset=") == 60
    assert rest.count("data-asset=") == 2


@pytest.mark.parametrize("days", [31, 400])
def test_what_is_past_its_time_does_not_come_back(client, creator, days):
    gone = make_library_asset(creator, deleted_at=timezone.now() - timedelta(days=days))

    assert client.post(f"/library/{gone.pk}/restoration/").status_code == 404
    assert LibraryAsset.objects.get().deleted_at is not None
