"""The page of one asset: all that is known about it, and what its owner writes."""

import pytest

from library.models import LibraryAsset, Tag
from tests.factories import make_library_asset


@pytest.fixture
def url(kept):
    return f"/library/{kept.pk}/"


def edit(client, url, **values):
    return client.post(url, {"title": "", "tags": "", "rating": "0", **values})


def test_it_shows_everything_that_is_known(client, creator):
    asset = make_library_asset(
        creator,
        enhanced_prompt="a boat, enhanced",
        negative_prompt="blurry",
        seed=987654,
        backend="preview",
        bytes=2048,
        settings={
            "prompt": "a boat at dawn",
            "camera_angle": "low_angle",
            "style": "none",
            "steps": 15,
            "guidance": 0,
            "reference": {"kind": "style", "strength": 0.5},
        },
        job_id="7b0e5f4e-8a4f-4f52-8d60-0b1f0a1a8b11",
    )
    page = client.get(f"/library/{asset.pk}/").content.decode()

    for text in (
        "a boat at dawn",
        "a boat at dawn, cinematic",
        "a boat, enhanced",
        "blurry",
        "987654",
        "SDXL",
        "Camera angle</dt><dd>Low angle",
        "Steps</dt><dd>15",
        "Guidance</dt><dd>0",
        "kind: style, strength: 0.5",
        "64 × 36",  # noqa: RUF001
        "2.0\xa0KB",
        asset.sha256,
        "Preview",
    ):
        assert text in page
    assert 'data-copy="a boat at dawn"' in page
    assert 'data-copy="987654"' in page
    assert 'href="/workspace/#job-7b0e5f4e-8a4f-4f52-8d60-0b1f0a1a8b11"' in page
    assert "Style</dt>" not in page


def test_a_clip_can_be_played(client, creator):
    clip = make_library_asset(
        creator, kind="video", key="1/a.mp4", poster_key="1/a.poster.webp", duration_seconds=4.98
    )
    page = client.get(f"/library/{clip.pk}/").content.decode()

    assert "<video" in page
    assert "controls" in page
    assert "a.poster.webp" in page
    assert "4.98 s" in page


def test_its_owner_writes_title_tags_and_rating(client, kept, url):
    answer = edit(client, url, title="Dawn", tags="sea,  Sea , boat trip,", rating="4")

    assert answer.headers["Location"] == url
    kept.refresh_from_db()
    assert (kept.title, kept.rating) == ("Dawn", 4)
    assert {tag.name.lower() for tag in kept.tags.all()} == {"sea", "boat trip"}
    page = client.get(url).content.decode()
    assert "Changes saved." in page
    assert "toast--error" not in page


def test_tags_go_with_their_last_asset(client, url):
    edit(client, url, tags="sea, boat")
    edit(client, url, tags="sea")

    assert [tag.name for tag in Tag.objects.all()] == ["sea"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "x" * 201, "at most 200 characters"),
        ("title", "a\0b", "Null characters"),
        ("rating", "6", "not one of the available choices"),
        ("tags", "x" * 61, "at most 60 characters"),
        ("tags", ",".join(map(str, range(31))), "At most 30 tags"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(client, kept, url, field, value, says):
    page = edit(client, url, **{"title": "New", field: value})

    assert page.status_code == 200
    assert says in page.content.decode()
    kept.refresh_from_db()
    assert (kept.title, kept.rating, kept.tags.count()) == ("", 0, 0)


def test_what_a_client_may_not_set_stays(client, kept, stranger, url):
    edit(client, url, visibility="public", owner=stranger.pk, seed="1", sha256="0")

    unchanged = LibraryAsset.objects.get(pk=kept.pk)
    assert unchanged.visibility == "private"
    assert (unchanged.owner, unchanged.seed, unchanged.sha256) == (
        kept.owner,
        kept.seed,
        kept.sha256,
    )


def test_a_favourite_is_marked_and_unmarked(client, kept, url):
    button = client.post(
        f"{url}favourite/", {"favourite": "on"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'aria-pressed="true"' in button
    assert LibraryAsset.objects.get().favourite

    client.post(f"{url}favourite/", {"favourite": "off"})
    assert not LibraryAsset.objects.get().favourite


def test_stars_are_given_and_taken_away(client, kept, url):
    for stars in (5, 0):
        mark = client.post(f"{url}rating/", {"rating": stars}, headers={"HX-Request": "true"})
        kept.refresh_from_db()
        assert kept.rating == stars
        assert f"Rating:</span> {stars}<" in mark.content.decode()
        assert ("hidden>" in mark.content.decode()) == (stars == 0)


@pytest.mark.parametrize("rating", ["6", "-1", "many", ""])
def test_other_ratings_are_refused_with_the_reason(client, kept, url, rating):
    answer = client.post(f"{url}rating/", {"rating": rating})

    assert (answer.status_code, answer.content) == (422, b"A rating is from 0 to 5.")
    kept.refresh_from_db()
    assert kept.rating == 0


def test_hostile_words_are_text(client, creator):
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    asset = make_library_asset(
        creator,
        title=hostile,
        original_prompt=hostile,
        negative_prompt=hostile,
        model=hostile[:40],
        backend=hostile[:40],
        settings={hostile: hostile, "style_text": hostile},
    )
    edit(client, f"/library/{asset.pk}/", title=hostile, tags=hostile[:50])
    page = client.get(f"/library/{asset.pk}/").content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_download_is_the_file_as_it_was_made(client, kept, url):
    answer = client.get(f"{url}download/")

    assert answer.status_code == 302
    assert "download=a-boat-at-dawn" in answer.headers["Location"]
