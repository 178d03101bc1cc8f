"""The indexes of words name every asset that a search finds: they change the way, no result."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from library import dates
from library.forms import SearchForm
from library.models import LibraryAsset
from library.search import compiler, postgresql_words, sqlite_words
from library.search.compiler import words_alone
from library.search.syntax import parse
from library.search.text import looked_for
from library.search.words import decides, run_of
from tests.factories import make_library_asset

INDEX = {"sqlite": sqlite_words, "postgresql": postgresql_words}[connection.vendor]
# Scripts without spaces, marks that stand alone, letters and signs newer than SQLite's tables.
# fmt: off
PIECES = [
    "red", "boat", "a", "0", "狐", "と", "・", "\u0e01\u0e31", "\u0e3f", "e\u0301", "\u0301",
    "\u0131", "\u0130", "ß", "\u13a0", "\uab70", "🤯", "\U0001fae8", "x" * 70, "!" * 70,
    "'", '"', "\\", "&", "_", "-", ",", " ", "\n",
]
# fmt: on
LONGEST = LibraryAsset._meta.get_field("title").max_length
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map(
    lambda pieces: "".join(pieces)[:LONGEST]
)
MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.django_db
@MANY
@given(title=TEXTS, start=st.integers(0, 60), length=st.integers(1, 60), whole=st.booleans())
@example("red boat", 0, 8, True)
@example("a red, boat", 2, 7, False)
@example("red・boat", 0, 8, True)
@example("red 🤯 boat", 0, 10, True)
def test_the_index_names_each_asset_whose_text_contains_it(creator, title, start, length, whole):
    LibraryAsset.objects.all().delete()
    asset = make_library_asset(creator, title=title)
    wanted = looked_for(title[start : start + length], whole=whole)
    run = run_of(wanted)
    if run is None:
        return
    named = LibraryAsset.objects.filter(search_text__words=INDEX.expression([run])).exists()
    if wanted in asset.search_text:
        assert named
    elif decides(wanted):
        assert not named


@pytest.mark.django_db
@MANY
@given(
    titles=st.lists(TEXTS, max_size=4), query=TEXTS | st.sampled_from(["red type:image", "boat"])
)
def test_months_counted_by_words_are_those_of_the_rows(creator, titles, query):
    LibraryAsset.objects.all().delete()
    for title in titles:
        make_library_asset(creator, title=title)
    search = SearchForm({"q": query})
    found = search.of(LibraryAsset.objects.owned_by(creator).kept(), creator)
    assert search.months(creator) == dates.months(found)


def test_what_words_alone_decide():
    def alone(query):
        return bool(words_alone(parse(query)))

    assert alone("boat")
    assert alone('"boat" type:image angle:low')
    for query in ("", '"red boat"', "boat!", "-boat", "boat -red", "boat seed:1", "tag:sea", "!"):
        assert not alone(query), query


@pytest.mark.django_db
def test_the_way_to_the_rows_changes_no_result(creator, monkeypatch):
    asset = make_library_asset(creator, title='say "zebra" twice')
    queries = ("zeb", '"zebra" type:image', "-okapi zebra twice", "say zebra model:sdxl")
    for query in (*queries, '"say zebra"', '"zebra\\" twice"'):
        several = []
        for few in (True, False):
            monkeypatch.setattr(INDEX, "are_few", lambda *asked, few=few: few)
            several.append(set(LibraryAsset.objects.matching(query, creator)))
        assert several[0] == several[1], query
        assert several[0] == ({asset} if query in queries else set()), query


@pytest.mark.django_db
def test_only_few_assets_are_named_by_the_index(creator, monkeypatch):
    make_library_asset(creator, title="A zebra crosses")
    known = {"sqlite": "library_search_runs", "postgresql": "library_search_lexemes"}

    def way(query):
        return known[connection.vendor] in str(LibraryAsset.objects.matching(query, creator).query)

    assert way("zebra")
    assert not way("!")
    monkeypatch.setattr(INDEX, "MOST", -1 if connection.vendor == "postgresql" else 0)
    assert not way("zebra")
    assert not way('"zebra crosses" type:image')


@pytest.mark.django_db
def test_a_phrase_is_rare_where_its_words_are_not(creator):
    for title in ("red boat", "boat red", "red. boat"):
        make_library_asset(creator, title=title)

    def named(query):
        term = parse(query)[0].condition
        run = run_of(looked_for(term.words, whole=term.whole))
        found = LibraryAsset.objects.filter(search_text__words=INDEX.expression([run]))
        return sorted(found.values_list("title", flat=True))

    assert named('"red boat"') == ["red boat", "red. boat"]
    assert named('"boat red"') == ["boat red"]
    assert LibraryAsset.objects.matching('"red boat"', creator).get().title == "red boat"


@pytest.mark.django_db
@pytest.mark.parametrize("most", [0, 15_000])
def test_many_links_are_looked_for_one_by_one(creator, most, monkeypatch):
    monkeypatch.setattr(compiler, "MOST_LINKS", most)
    sea, other = make_library_asset(creator), make_library_asset(creator)
    for name in ("Sea", "sea"):
        sea.tags.create(owner=creator, name=name)
    found = {
        query: set(LibraryAsset.objects.matching(query, creator))
        for query in ("tag:sea", "-tag:sea", "tag:none")
    }
    assert found == {"tag:sea": {sea}, "-tag:sea": {other}, "tag:none": set()}
