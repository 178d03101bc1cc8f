"""SQLite's index of words follows the assets, whoever changes them."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import timezone

from library.forms import SearchForm
from library.models import LibraryAsset
from library.search import indexes, sqlite_words
from tests.factories import make_library_asset
from tests.library.test_page import make_many

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL keeps its index by itself"
)


def found(expression):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM library_libraryasset WHERE id {sqlite_words.FOUND}", [expression]
        )
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


def test_the_index_before_this_one_is_taken_away_with_what_kept_it(creator):
    run("DROP TRIGGER library_runs_inserted")
    run("CREATE TABLE library_search_words (words)")
    run(
        "CREATE TRIGGER library_search_inserted AFTER INSERT ON library_libraryasset BEGIN "
        "INSERT INTO library_search_words VALUES (new.search_text); END"
    )

    indexes.create_missing(sender=None)

    asset = make_library_asset(creator, title="Zebra")
    assert found('"zebra"') == {asset.pk.hex}


@pytest.mark.parametrize("few", [True, False])
def test_it_follows_owners_days_and_the_trash(creator, stranger, few, monkeypatch):
    monkeypatch.setattr(sqlite_words, "MOST", 5_000 if few else 0)
    asset = make_library_asset(
        creator, title="Zebra", created_at=datetime(2026, 3, 31, 23, 40, tzinfo=UTC)
    )
    make_library_asset(stranger, title="Zebra")
    search = SearchForm({"q": "zeb"})

    def months(owner=creator):
        return [(str(month.start)[:7], month.number) for month in search.months(owner)]

    assert months() == [("2026-03", 1)]
    with timezone.override("Asia/Kolkata"):  # 5:30 ahead
        assert months() == [("2026-04", 1)]
    LibraryAsset.objects.update(created_at=datetime(2025, 7, 1, tzinfo=UTC))
    assert months() == [("2025-07", 1)]
    LibraryAsset.objects.filter(pk=asset.pk).update(deleted_at=timezone.now())
    assert months() == []
    LibraryAsset.objects.filter(pk=asset.pk).update(deleted_at=None, owner=stranger)
    assert months() == []
    assert months(stranger) == [("2025-07", 2)]


def test_sqlite_looks_at_its_tables_when_much_is_new(creator):
    make_many(creator, 40)
    assert indexes.look_over()
    assert not indexes.look_over()

    make_many(creator, 10)
    assert not indexes.look_over()
    make_many(creator, 10)
    assert indexes.look_over()
