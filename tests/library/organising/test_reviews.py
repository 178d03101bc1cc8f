"""The review lists: what they show, what a commit of theirs does, and who may."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from library.models import LibraryAsset, Settled
from library.organising import analysis
from tests.factories import make_library_asset
from workspace.models import Action

NEAR, TAGS, PROMPTS = (
    reverse(f"library:{name}") for name in ("organise", "organise_tags", "organise_prompts")
)
FISHING = ["old fishing boat in fog", "the old fishing boat, fog, night", "fishing boat, old, fog"]


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()


@pytest.fixture
def alike(creator):
    """Two that look alike, of which the second is the better one; and one that does not."""
    one = make_library_asset(creator, perceptual_hash=0b1111, title="One")
    best = make_library_asset(creator, perceptual_hash=0b0111, title="Best", favourite=True)
    make_library_asset(creator, perceptual_hash=2**60 - 1, title="Other")
    return one, best


@pytest.fixture
def prompted(creator):
    return [
        make_library_asset(creator, original_prompt=prompt) for prompt in FISHING for _ in range(2)
    ]


def groups(client) -> list:
    return list(client.get(NEAR).context["stretch"].rows)


def kept() -> set[LibraryAsset]:
    return set(LibraryAsset.objects.kept())


def undo_latest(client) -> None:
    client.post(reverse("workspace:undo_latest"), headers={"HX-Request": "true"})


def test_near_duplicates_stand_side_by_side_with_none_chosen(client, alike):
    one, best = alike
    (group,) = groups(client)

    assert [picture.asset for picture in group.pictures] == [best, one]  # the suggested one first
    assert group.chosen == frozenset()
    page = client.get(NEAR).content.decode()
    assert page.count("data-suggested") == page.count(" checked") + 1 == 1


def test_the_others_go_to_the_trash_and_come_back(client, alike):
    one, best = alike
    (group,) = groups(client)
    form = {"group": group.key, f"shown-{group.key}": group.shown, f"keep-{group.key}": best.pk}

    page = client.post(NEAR, form, follow=True).content.decode()

    assert "1 moved to trash." in page
    assert reverse("workspace:undo", args=[Action.objects.get().pk]) in page
    assert one not in kept()
    assert groups(client) == []
    undo_latest(client)
    assert one in kept()
    assert len(groups(client)) == 1


def test_a_group_that_is_kept_whole_is_not_shown_again_until_it_is_undone(client, alike):
    (group,) = groups(client)
    keep = [picture.asset.pk for picture in group.pictures]

    client.post(
        NEAR, {"group": group.key, f"shown-{group.key}": group.shown, f"keep-{group.key}": keep}
    )

    assert len(kept()) == 3
    assert groups(client) == []
    undo_latest(client)
    assert len(groups(client)) == 1


def test_without_a_tick_nothing_happens_and_it_says_so(client, alike):
    (group,) = groups(client)

    answer = client.post(NEAR, {"group": group.key, f"shown-{group.key}": group.shown})

    assert answer.status_code == 422
    assert "Choose what to keep in at least one group." in answer.content.decode()
    assert len(kept()) == 3


@pytest.mark.parametrize("shown", ["no-id", "", "00000000-0000-0000-0000-000000000000"])
def test_ids_that_are_none_of_the_owners_are_not_found(client, alike, stranger, shown):
    foreign = make_library_asset(stranger)
    for ids in (shown, f"{alike[0].pk},{foreign.pk}"):
        form = {"group": "k", "shown-k": ids, "keep-k": alike[1].pk}
        assert client.post(NEAR, form).status_code == 404
    assert len(kept()) == 4


def test_pictures_and_clips_plain_and_unhashed_ones_are_not_compared(client, creator):
    make_library_asset(creator, perceptual_hash=5)
    make_library_asset(creator, perceptual_hash=5, kind="video")
    for value in (0, None):
        make_library_asset(creator, perceptual_hash=value)
        make_library_asset(creator, perceptual_hash=value)

    assert groups(client) == []


def test_a_large_group_shows_its_best(client, creator):
    for rating in [0] * 29 + [5]:
        make_library_asset(creator, perceptual_hash=77, rating=rating)
    (group,) = groups(client)

    assert (len(group.pictures), group.more) == (24, 6)
    assert group.pictures[0].asset.rating == 5


def test_tags_are_suggested_applied_and_taken_back(client, prompted):
    rows = {row.term: row for row in client.get(TAGS).context["stretch"].rows}
    assert rows["fishing boat"].count == 6
    form = {
        "row": ["fishing boat", "old"],
        "choice-fishing boat": "tag",
        "name-fishing boat": " Boats ",
        "choice-old": "never",
        "name-old": "old",
    }

    page = client.post(TAGS, form, follow=True)

    assert "6 tagged." in page.content.decode()
    assert LibraryAsset.objects.filter(tags__name="Boats").count() == 6
    assert "old" not in {row.term for row in page.context["stretch"].rows}
    undo_latest(client)
    assert not LibraryAsset.objects.filter(tags__name="Boats").exists()
    assert not Settled.objects.exists()


def test_what_is_a_tag_already_is_not_suggested(client, creator, prompted):
    creator.tags.create(name="Fishing Boat")

    assert "fishing boat" not in {row.term for row in client.get(TAGS).context["stretch"].rows}


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "\0"])
def test_a_bad_name_is_told_and_what_was_chosen_stays(client, prompted, name):
    form = {"row": "fishing boat", "choice-fishing boat": "tag", "name-fishing boat": name}

    answer = client.post(TAGS, form)

    assert answer.status_code == 422
    assert "A tag has 1 to 60 characters." in answer.content.decode()
    row = next(row for row in answer.context["stretch"].rows if row.term == "fishing boat")
    assert (row.choice, row.name) == ("tag", name)
    assert not Action.objects.exists()


def test_similar_prompts_become_a_collection(client, creator, prompted):
    (row,) = client.get(PROMPTS).context["stretch"].rows
    assert row.count == 6
    form = {"row": row.key, f"choice-{row.key}": "collection", f"name-{row.key}": "Boats"}

    page = client.post(PROMPTS, form, follow=True).content.decode()

    assert "1 collection made." in page
    made = creator.collections.get(name="Boats")
    assert set(made.assets.all()) == set(prompted)
    assert not client.get(PROMPTS).context["stretch"].rows
    undo_latest(client)
    made.refresh_from_db()
    assert made.deleted_at is not None
    assert client.get(PROMPTS).context["stretch"].rows


def test_a_group_that_changed_meanwhile_is_not_guessed(client, prompted):
    answer = client.post(PROMPTS, {"row": "0" * 32, f"choice-{'0' * 32}": "tag"})

    assert answer.status_code == 422
    assert "A group has changed meanwhile." in answer.content.decode()


@pytest.mark.parametrize("address", [NEAR, TAGS, PROMPTS])
def test_words_of_people_stay_words(client, creator, address):
    hostile = "<script>alert(1)</script> harbour \"'> boat fog"
    for words in (hostile, f"{hostile} night"):
        for _ in range(2):
            make_library_asset(creator, original_prompt=words, title=words, perceptual_hash=9)

    page = client.get(address).content.decode()

    assert "<script>alert" not in page
    assert "harbour" in page


@pytest.mark.parametrize("address", [NEAR, TAGS, PROMPTS])
def test_lists_are_of_the_owner_alone_and_of_those_who_signed_in(
    client, stranger, alike, prompted, address
):
    other = Client()
    assert other.get(address).status_code == other.post(address).status_code == 302
    other.force_login(stranger)
    assert not other.get(address).context["stretch"].rows


@pytest.mark.parametrize("address", [NEAR, TAGS, PROMPTS])
@pytest.mark.parametrize("start", ["-1", "x", "999999999999999999999", "9" * 5000, "٣", "5"])
def test_any_start_shows_the_list(client, alike, prompted, address, start):
    answer = client.get(address, {"from": start})

    assert answer.status_code == 200
    assert answer.context["stretch"].rows


def test_pages_and_their_cost(client, creator):
    def add(count: int, first: int) -> None:
        for number in range(first, first + count):
            words = f"boat{chr(97 + number)}x harbour{chr(97 + number)}x fog{chr(97 + number)}x"
            for more in ("", " night"):
                make_library_asset(
                    creator,
                    perceptual_hash=(number * 0x9E3779B97F4A7C15) % 2**63,
                    original_prompt=words + more,
                )

    def cost(address: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    add(3, 1)
    before = [cost(address) for address in (NEAR, TAGS, PROMPTS)]
    add(12, 4)

    assert [cost(address) for address in (NEAR, TAGS, PROMPTS)] == before
    assert 4 <= min(before) <= max(before) <= 12
    second = client.get(NEAR, {"from": "12"}).context["stretch"]
    assert (len(second.rows), second.total, second.next, second.previous) == (3, 15, None, 0)


@pytest.mark.parametrize("address", [TAGS, PROMPTS])
def test_a_list_says_how_many_it_did_not_look_at(client, prompted, address, monkeypatch):
    assert "not looked at" not in client.get(address).content.decode()
    cache.clear()
    monkeypatch.setattr(analysis, "MOST_PROMPTS", 2)

    page = client.get(address).content.decode()

    left = len(prompted) - 4
    assert f"your newest 2 different prompts; {left} older assets were not looked at" in page
