"""SQLite's index of words follows the assets, whoever changes them."""

import pytest
from django.db import connection

from library.models import LibraryAsset
from library.search import indexes, sqlite_words
from tests.factories import make_library_asset
from tests.library.test_page import make_many

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL keeps its index by itself"
)


def found(expression):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM library_libraryasset WHERE id {sqlite_words.FOUND}", [expression])
        return {row[0] for row in cursor.fetchall()}


def run(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_it_follows_what_is_saved_changed_and_deleted(creator):
    asset = make_library_asset(creator, title="Zebra")
    LibraryAsset.objects.bulk_create(
        [LibraryAsset(owner=creator, title="Zebras", width=1, height=1, bytes=1)]
    )
    assert len(found('"zebra"*')) == 2
    assert found('"zebra"') == {asset.pk.hex}

    asset.title = "Okapi"
    asset.save()
    assert not found('"zebra"')
    assert found('"okapi"') == {asset.pk.hex}

    asset.delete()
    assert not found('"okapi"')


def test_what_was_changed_while_it_was_away_is_found_after_the_next_migrate(creator):
    asset = make_library_asset(creator, title="Zebra")
    run("DROP TRIGGER library_runs_updated")
    asset.title = "Okapi"
    asset.save()
    assert not found('"okapi"')

    indexes.create_missing(sender=None)

    assert found('"okapi"') == {asset.pk.hex}
    assert not found('"zebra"')


def test_the_way_to_the_rows_changes_no_result(creator, monkeypatch):
    asset = make_library_asset(creator, title='say "zebra" twice')
    for query in ("zeb", '"zebra" type:image', "-okapi zebra twice", "say zebra model:sdxl"):
        several = []
        for most in (0, sqlite_words.MOST):
            monkeypatch.setattr(sqlite_words, "MOST", most)
            several.append(set(LibraryAsset.objects.matching(query, creator)))
        assert several[0] == several[1] == {asset}, query


def test_only_few_assets_are_named_by_the_index(creator, monkeypatch):
    make_library_asset(creator, title="Zebra")

    def way(query="zebra"):
        return "library_search_runs" in str(LibraryAsset.objects.matching(query, creator).query)

    assert way()
    monkeypatch.setattr(sqlite_words, "MOST", 0)
    assert not way()
    assert not way("zebra type:image")


def test_sqlite_looks_at_its_tables_when_much_is_new(creator):
    make_many(creator, 40)
    assert indexes.look_over()
    assert not indexes.look_over()

    make_many(creator, 10)
    assert not indexes.look_over()
    make_many(creator, 10)
    assert indexes.look_over()
