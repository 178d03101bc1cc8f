"""The database finds what a plain filter finds: run on SQLite and on PostgreSQL by bin/test."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ourvidz.collections.models import Collection

from library.models import LibraryAsset, Tag
from library.search.completion import complete
from tests.factories import make_library_asset
from tests.library.plain_search import matches

WORDS = ["boat", "Boats", "ÉCOLE", "straße", "STRASSE", "ΣΟΦΟΣ", "ﬁne", "x-ray", "100%", "low_key"]
SIGNS = ["%", "_", "*", "'", '"', "\\", "&", "\u0131", "\u0130", "e\u0301", ":*", "|", "!"]
TEXTS = st.lists(st.sampled_from(WORDS + SIGNS + [" ", "\n"]), max_size=6).map("".join)
NAMES = ["sea", "Sea Side", "Été", "draft", 'the "big" sea', '"']
ASSETS = st.fixed_dictionaries(
    {
        "title": TEXTS,
        "original_prompt": TEXTS,
        "composed_prompt": TEXTS,
        "seed": st.sampled_from([None, 0, 42, 2**31]),
        "model": st.sampled_from(["sdxl", "wan", "", "Stability/SDXL-Turbo"]),
        "kind": st.sampled_from(["image", "video"]),
        "width": st.sampled_from([576, 832, 1024]),
        "height": st.sampled_from([480, 576, 1024]),
        "favourite": st.booleans(),
        "rating": st.integers(0, 5),
        "source": st.sampled_from(LibraryAsset.Source.values),
        "created_at": st.datetimes(
            datetime(2026, 9, 30), datetime(2026, 11, 2), timezones=st.just(UTC)
        ),
        "settings": st.fixed_dictionaries(
            {},
            optional={
                "steps": st.integers(10, 50),
                "camera_angle": st.sampled_from(["low_angle", "overhead", "over_the_shoulder"]),
                "shot_type": st.sampled_from(["wide", "close"]),
                "style": st.sampled_from(["low_key", "pop", "none"]),
            },
        ),
    }
)
FIELDS = st.sampled_from(
    [
        *("type:video", "model:sdxl", "model:stability", "quality:fast", "lane:sdxl"),
        *("seed:42", "seed:>5", "steps:>30", "steps:<=30", "rating:>=3", "rating:0"),
        *("size:1024x576", "size:>1000", "size:<1000", "size:832", "ratio:16:9", "ratio:1:1"),
        *("angle:low", "angle:over", "shot:wide", "style:low", "style:none", "source:upload"),
        *("tag:SEA", "tag:été", 'tag:"sea side"', "in:draft", "fav:yes", "fav:no"),
        *('tag:"the ""BIG"" sea"', 'in:"the ""big"" sea"', 'tag:""""', "tag:the"),
        *("before:2026-10-15", "after:2026-10", "after:2026-11-01"),
    ]
)
WORD = st.sampled_from(WORDS + SIGNS).filter(lambda text: not text.startswith('"'))
PREFIX = st.tuples(WORD, st.integers(1, 4)).map(lambda pair: pair[0][: pair[1]])
PHRASE = TEXTS.map(lambda text: text.replace('"', '""')).filter(str.strip).map('"{}"'.format)
TERM = st.tuples(st.sampled_from(["", "-"]), FIELDS | WORD | PREFIX | PHRASE).map("".join)
QUERIES = st.lists(TERM, min_size=1, max_size=3).map(" ".join)
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")


def make(owner, columns, names):
    """An asset with tags and in collections of these names, as the plain filter wants it."""
    asset = make_library_asset(owner, **columns)
    for name in names:
        asset.tags.add(Tag.objects.get_or_create(owner=owner, name=name)[0])
        place = Collection.objects.get_or_create(owner=owner, name=name)[0]
        place.memberships.create(asset=asset)
    asset.tag_names = asset.places = names
    return asset


@pytest.mark.django_db
@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(st.tuples(ASSETS, st.lists(st.sampled_from(NAMES), unique=True)), max_size=5),
    queries=st.lists(QUERIES, min_size=4, max_size=8),
)
def test_the_database_agrees_with_a_plain_filter(creator, stranger, rows, queries):
    LibraryAsset.objects.all().delete()
    assets = [make(creator, columns, names) for columns, names in rows]
    for columns, names in rows[:1]:
        make(stranger, columns, names)
    mine = LibraryAsset.objects.owned_by(creator)
    with timezone.override(KIRITIMATI):
        for query in queries:
            found = set(mine.matching(query, creator).values_list("pk", flat=True))
            expected = {asset.pk for asset in assets if matches(asset, query, KIRITIMATI)}
            assert found == expected, query


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("Évening boat", "évening", True),
        ("Straße im Regen", "STRASSE", True),
        ("a school", "cho", False),
        ("a school", "scho", True),
        ("a school", '"scho"', False),
        ("a red  boat", '"red boat"', True),
        ("a red and blue boat", '"red boat"', False),
        ("100% cotton", "100%", True),
        ("100 cotton", "100%", False),
        ("anything", "%", False),
        ("anything", "a_y", False),
        ("白い狐と雪", "狐", True),
        ("白い狐と雪", '"狐と"', True),
        ("白い狐と雪", "犬", False),
        ("x" * 3000, "x" * 900, True),
        ("x" * 3000, f'"{"x" * 900}"', False),
        ("!" * 3000, "!!!", True),
        ("😀" * 3000, "😀", True),
        ("type=video_ type:video", "type:video", False),
        ("anything", "=", False),
        ("a boat", "sour", False),
        ("a boat", "t", False),
        ("anything", "_", False),
        ("it's a\\b", "it's", True),
    ],
)
def test_what_a_person_expects(creator, text, query, found):
    make_library_asset(creator, original_prompt=text, composed_prompt="")

    assert LibraryAsset.objects.matching(query, creator).exists() == found


def test_the_search_follows_a_change_of_title(creator):
    asset = make_library_asset(creator, title="Old")
    asset.title = "New"
    asset.save(update_fields=["title"])

    assert LibraryAsset.objects.matching("new", creator).get() == asset
    assert not LibraryAsset.objects.matching("old", creator).exists()


def test_a_bulk_change_that_the_search_would_miss_is_refused(creator):
    with pytest.raises(ValueError, match="save"):
        LibraryAsset.objects.update(title="New")


@pytest.mark.parametrize("steps", [True, -1, 2**40, "30", None, 1.5])
def test_steps_that_are_none_are_left_out(creator, steps):
    assert make_library_asset(creator, settings={"steps": steps}).steps is None


def test_settings_of_another_shape_do_no_harm(creator):
    asset = make_library_asset(creator, settings=["odd"])
    make_library_asset(creator, settings={"style": {"a": 1}, "shot_type": 3})

    assert asset.steps is None
    assert LibraryAsset.objects.matching("boat", creator).count() == 2


def test_a_strangers_tag_and_collection_find_nothing(creator, stranger):
    asset = make(stranger, {}, ["sea"])
    mine = make_library_asset(creator)

    for query in ("tag:sea", "in:sea"):
        assert not LibraryAsset.objects.owned_by(creator).matching(query, creator).exists()
        assert LibraryAsset.objects.owned_by(stranger).matching(query, stranger).get() == asset
        assert LibraryAsset.objects.owned_by(creator).matching(f"-{query}", creator).get() == mine


def test_a_deleted_collection_finds_nothing(creator):
    asset = make(creator, {}, ["sea"])
    creator.collections.update(deleted_at=timezone.now())

    assert not LibraryAsset.objects.matching("in:sea", creator).exists()
    assert LibraryAsset.objects.matching("-in:sea", creator).get() == asset
    assert complete("in:s", creator) == []
