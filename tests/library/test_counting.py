"""What is tallied by the hour is what counting each asset gives, whoever changes what and how."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.counting import triggers
from library.counting.tally import Tally, start_of_hour
from library.models import PURGED, HourCount, LibraryAsset
from tests.factories import make_library_asset, make_user
from tests.library.test_page import make_many, values_of

START = datetime(2026, 10, 14, 12, tzinfo=UTC)
# Few moments, so that several share one, and several an hour.
MOMENTS = st.integers(0, 12).map(lambda quarters: START + timedelta(minutes=15) * quarters)
plain = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def counted(owner):
    """By the hour, one by one."""
    moments = LibraryAsset.objects.owned_by(owner).kept().values_list("created_at", flat=True)
    hours = [start_of_hour(moment) for moment in moments]
    return {hour: hours.count(hour) for hour in hours}


def tallied(owner):
    rows = HourCount.objects.filter(owner=owner).order_by().values_list("hour")
    return {hour: number for hour, number in rows.annotate(sum=Sum("number")) if number}


def kept_of(owner):
    return list(LibraryAsset.objects.owned_by(owner).kept())


def create(owner, other, moment):
    make_library_asset(owner, created_at=moment)


def create_many(owner, other, moment):
    row = values_of(make_library_asset(other))
    LibraryAsset.objects.bulk_create(
        LibraryAsset(**{**row, "owner_id": owner.pk, "created_at": moment}) for _ in range(3)
    )


def trash(owner, other, moment):
    LibraryAsset.objects.filter(created_at__lt=moment).update(deleted_at=timezone.now())


def purge(owner, other, moment):
    LibraryAsset.objects.trashed().update(deleted_at=PURGED)


def restore(owner, other, moment):
    LibraryAsset.objects.trashed().update(deleted_at=None)


def delete(owner, other, moment):
    LibraryAsset.objects.filter(created_at__gte=moment).delete()


def delete_one(owner, other, moment):
    for asset in kept_of(owner)[:1]:
        asset.delete()


def move(owner, other, moment):
    for asset in kept_of(owner)[:1]:
        asset.created_at = moment
        asset.save()


def give_away(owner, other, moment):
    LibraryAsset.objects.filter(created_at=moment).update(owner=other)


def rename(owner, other, moment):
    for asset in kept_of(owner):
        asset.title = "Another"
        asset.save()


def compact(owner, other, moment):
    triggers.compact()


STEPS = [create, create_many, trash, purge, restore, delete, delete_one, move, give_away, rename]
STEPS += [compact]


@pytest.mark.django_db
@plain
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), MOMENTS), max_size=12))
def test_any_sequence_of_changes(creator, stranger, steps):
    LibraryAsset.objects.all().delete()
    for step, moment in steps:
        step(creator, stranger, moment)
        for owner in (creator, stranger):
            assert tallied(owner) == counted(owner), step


@pytest.mark.django_db
@plain
@given(moments=st.lists(MOMENTS, max_size=12), until=st.none() | MOMENTS)
def test_every_position(creator, stranger, moments, until):
    LibraryAsset.objects.all().delete()
    make_library_asset(stranger, created_at=START)
    for moment in moments:
        make_library_asset(creator, created_at=moment)
    tally, order = Tally(creator), kept_of(creator)

    assert [tally.before(asset) for asset in order] == list(range(len(order)))
    older = [asset for asset in order if until is None or asset.created_at < until]
    assert [tally.at(place, until) for place in range(len(older))] == older
    assert tally.at(len(older), until) is None


def test_adding_up_leaves_one_row_an_hour_and_none_of_nothing(creator):
    first, *_ = make_many(creator, 3, created_at=START)
    LibraryAsset.objects.exclude(pk=first.pk).update(created_at=START - timedelta(days=1))
    LibraryAsset.objects.filter(pk=first.pk).update(deleted_at=timezone.now())

    triggers.compact()

    assert [row.number for row in HourCount.objects.filter(owner=creator)] == [2]


def test_housekeeping_adds_up(creator):
    make_many(creator, 3, created_at=START)
    LibraryAsset.objects.update(created_at=START)
    out = StringIO()

    call_command("tend_library", stdout=out)

    assert HourCount.objects.filter(owner=creator).get().number == 3
    assert re.match(r"The counts by hour have \d+ rows fewer.", out.getvalue())


def test_what_was_changed_while_a_trigger_was_away_is_counted_after_the_next_migrate(creator):
    make_library_asset(creator, created_at=START)
    with connection.cursor() as cursor:
        name = "library_hours_updated"
        cursor.execute(triggers._DROP[connection.vendor].format(name=name))
    LibraryAsset.objects.update(deleted_at=timezone.now())
    assert tallied(creator) == {START: 1}

    triggers.create_missing(sender=None)

    assert tallied(creator) == {}
    LibraryAsset.objects.update(deleted_at=None)
    assert tallied(creator) == {START: 1}


def test_an_account_takes_its_counts_along(db):
    leaving = make_user("leaving")
    make_library_asset(leaving, created_at=START)
    pk = leaving.pk

    leaving.delete()
    triggers.compact()

    assert not HourCount.objects.filter(owner_id=pk).exists()


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_counts_nothing(creator):
    make_library_asset(creator, created_at=START)

    call_command("flush", interactive=False, verbosity=0)

    assert not HourCount.objects.exists()


def test_the_number_of_queries_is_that_of_a_small_library(creator):
    make_many(creator, 100)
    tally, found = Tally(creator), kept_of(creator)
    with timezone.override("Asia/Kolkata"), CaptureQueriesContext(connection) as captured:
        tally.months()
        tally.days(found[0].created_at.date())
    assert len(captured) == 4

    with CaptureQueriesContext(connection) as captured:
        tally.months()
        tally.before(found[50])
        tally.at(50)
    assert len(captured) == 5


@pytest.mark.django_db(transaction=True)
def test_writers_side_by_side(creator):
    assets = make_many(creator, 24, created_at=START)
    LibraryAsset.objects.update(created_at=START)
    start, failures = Barrier(4), []

    def work(change):
        try:
            start.wait(timeout=30)
            for _ in range(5):
                change()
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    def trash_and_restore(mine):
        ids = [asset.pk for asset in mine]
        LibraryAsset.objects.filter(pk__in=ids).update(deleted_at=timezone.now())
        LibraryAsset.objects.filter(pk__in=ids[1:]).update(deleted_at=None)

    changes = [lambda mine=assets[i::3]: trash_and_restore(mine) for i in range(3)]
    threads = [Thread(target=work, args=[change]) for change in [*changes, triggers.compact]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failures
    assert tallied(creator) == counted(creator) == {START: 21}
