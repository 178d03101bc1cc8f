"""The panel beside the grid: the pieces of the asset's page, changed in place."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from library.models import LibraryAsset, Tag
from tests.factories import make_library_asset

HTMX = {"HX-Request": "true"}


def panel_of(client, asset) -> str:
    return client.get(f"/library/{asset.pk}/panel/").content.decode()


def test_it_has_what_the_page_has(client, kept):
    panel = panel_of(client, kept)

    for text in (
        "a boat at dawn, cinematic",
        "Download",
        "Without metadata",
        "Copy to workspace",
        "Add to collection",
        "Who can see it",
        "Move to trash",
        kept.sha256,
    ):
        assert text in panel
    assert "<html" not in panel
    assert "<h1" not in panel


def test_in_the_trash_it_offers_to_restore_only(client, creator):
    from django.utils import timezone

    panel = panel_of(client, make_library_asset(creator, deleted_at=timezone.now()))

    assert "Restore" in panel
    for text in ("Copy to workspace", "Who can see it", "Add to collection", "Move to trash"):
        assert text not in panel


def test_words_are_saved_in_place(client, kept):
    data = {"title": "Dawn", "tags": "sea", "rating": "3"}
    answer = client.post(f"/library/{kept.pk}/?in=panel", data, headers=HTMX)
    part = answer.content.decode()

    assert "<h2><bdi>Dawn</bdi></h2>" in part
    assert "Changes saved." in part
    kept.refresh_from_db()
    assert (kept.title, kept.rating) == ("Dawn", 3)


def test_words_that_cannot_be_kept_stay_in_the_form_with_the_reason(client, kept):
    data = {"title": "x" * 1000, "tags": "sea", "rating": "3"}
    answer = client.post(f"/library/{kept.pk}/?in=panel", data, headers=HTMX)
    part = answer.content.decode()

    assert answer.status_code == 422
    assert "at most 200 characters" in part
    assert "x" * 1000 in part
    assert "asset-head" not in part
    assert LibraryAsset.objects.get().title == ""


def test_the_heart_keeps_the_look_of_the_button_that_was_pressed(client, kept):
    path = f"/library/{kept.pk}/favourite/"

    assert "tile__button" in client.post(path, headers=HTMX).content.decode()
    assert "tile__button" not in client.post(f"{path}?look=button", headers=HTMX).content.decode()


def test_it_costs_the_same_for_one_tag_and_thirty(client, kept):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            panel_of(client, kept)
        return len(captured)

    few = queries()
    kept.tags.add(*[Tag.objects.create(owner=kept.owner, name=f"tag {n}") for n in range(30)])
    assert queries() == few <= 8


LONG = "<i>markup</i> \u05e9\u05dc\u05d5\u05dd \U0001f98a " + "unbroken" * 125


def test_words_of_any_script_and_length_are_text_in_their_own_direction(client, kept):
    kept.original_prompt, kept.title = LONG, LONG[:200]
    kept.save()
    kept.tags.add(Tag.objects.create(owner=kept.owner, name=LONG[:60]))

    panel = client.get(f"/library/{kept.pk}/panel/").content.decode()

    assert "<i>" not in panel
    assert f'<p dir="auto">{escape(LONG)}</p>' in panel
    assert panel.count("<bdi>&lt;i&gt;markup") == 2


def test_a_title_that_is_too_long_is_refused_and_nothing_is_lost(client, kept):
    reply = client.post(f"/library/{kept.pk}/", {"title": LONG, "tags": "", "rating": "0"})
    assert "at most 200 characters" in reply.content.decode()
    assert escape(LONG) in reply.content.decode()
    kept.refresh_from_db()
    assert kept.title == ""


# Completion of tags


def completions(client, word) -> list[str]:
    found = client.get("/library/tags/completion/", {"word": word}).json()["suggestions"]
    return [suggestion["text"] for suggestion in found]


@pytest.fixture
def tags(creator, stranger):
    for name in ("Sea", "deep sea", "sunset", "boat"):
        make_library_asset(creator).tags.add(Tag.objects.create(owner=creator, name=name))
    make_library_asset(creator).tags.add(Tag.objects.get(name="deep sea"))
    Tag.objects.create(owner=stranger, name="seaside")


def test_own_tags_are_offered_the_most_used_first(client, tags):
    assert completions(client, "se") == ["deep sea", "Sea"]


@pytest.mark.parametrize("word", ["", " ", "zzz", "x" * 5000, "\0", '"', "\u202e", "🌊"])
def test_nothing_is_offered_for_what_no_tag_begins_with(client, tags, word):
    assert completions(client, word) == []
