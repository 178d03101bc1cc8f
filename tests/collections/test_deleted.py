"""The page of deleted collections: what was deleted comes back, or goes for good."""

import re
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from ourvidz.collections.models import Collection

from library.models import LibraryAsset
from ourvidz.collections import changes

DELETED = "/collections/deleted/"


def purge(client, collection):
    path = reverse("collections:purge", args=[collection.pk])
    return client.post(path, headers={"HX-Request": "true"})


def names(client) -> list[str]:
    page = client.get(DELETED).content.decode()
    return re.findall(r"<h2><bdi>([^<]+)</bdi></h2>", page)


def test_it_lists_deletions_the_latest_first_without_what_went_along(client, film, pictures):
    changes.create(film.owner, name="inside", parent_id=film.pk)
    other = changes.create(film.owner, name="Other film")
    changes.delete(film)
    changes.delete(other)

    assert names(client) == ["Other film", "Short film"]
    assert "3 assets" in client.get(DELETED).content.decode()


@pytest.mark.parametrize("meanwhile", ["restored", "purged"])
def test_the_next_stretch_follows_though_the_last_one_left(client, creator, meanwhile):
    now = timezone.now()
    for i in range(62):
        creator.collections.create(name=f"number {i}", deleted_at=now - timedelta(minutes=i))
    page = client.get(DELETED).context["deletions"]
    last = page.cards[-1].collection
    changes.restore(last) if meanwhile == "restored" else changes.purge(last)

    rest = client.get(DELETED, {"cursor": page.next_cursor}).context["deletions"]

    assert [card.collection.name for card in rest.cards] == ["number 60", "number 61"]
    assert rest.next_cursor is None


def test_restored_it_is_gone_from_there(client, film, pictures):
    changes.delete(film)
    client.post(reverse("collections:restoration", args=[film.pk]))

    assert names(client) == []
    assert "3 assets" in client.get("/collections/").content.decode()


def test_purged_it_goes_with_what_went_along_and_its_assets_stay(client, film, pictures):
    inside = changes.create(film.owner, name="inside", parent_id=film.pk)
    changes.delete(film)

    assert "for good" in purge(client, film).content.decode()

    assert not Collection.objects.filter(pk__in=[film.pk, inside.pk]).exists()
    assert LibraryAsset.objects.kept().count() == 3
    assert purge(client, film).status_code == 404


def test_what_had_been_deleted_before_stays_restorable(client, film):
    inside = changes.create(film.owner, name="inside", parent_id=film.pk)
    changes.delete(inside)
    changes.delete(film)
    purge(client, film)

    assert names(client) == ["inside"]
    client.post(reverse("collections:restoration", args=[inside.pk]))
    assert Collection.objects.kept().get().parent_id is None


def test_what_is_not_deleted_is_not_purged(client, film):
    assert purge(client, film).status_code == 404
    assert Collection.objects.kept().get() == film


def test_what_went_along_is_not_purged_by_itself(client, film):
    inside = changes.create(film.owner, name="inside", parent_id=film.pk)
    changes.delete(film)

    assert purge(client, inside).status_code == 404
    assert Collection.objects.count() == 2


def test_only_its_owner_sees_restores_and_purges(client, film, stranger):
    changes.delete(film)
    theirs = Client()
    theirs.force_login(stranger)

    assert names(theirs) == []
    assert purge(theirs, film).status_code == 404
    assert purge(theirs, film).content == purge(theirs, Collection(pk=uuid.uuid4())).content
    assert purge(Client(), film).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(film.owner)
    assert purge(strict, film).status_code == 403
    assert names(client) == ["Short film"]


@pytest.mark.parametrize("cursor", ["nonsense", str(uuid.UUID(int=0)), "'; drop table"])
def test_a_place_to_go_on_from_that_is_none(client, cursor):
    assert client.get(DELETED, {"cursor": cursor}).status_code == 404


def test_it_pages_and_costs_the_same_for_2_and_150(client, film):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(DELETED)
        return len(captured)

    made = [changes.create(film.owner, name=f"film {n}") for n in range(2)]
    for collection in made:
        changes.delete(collection)
    few = queries()
    for n in range(2, 130):
        changes.delete(changes.create(film.owner, name=f"film {n}"))
    assert queries() == few <= 8

    seen = names(client)
    link = re.search(r'href="(\?cursor=[^"]+)"', client.get(DELETED).content.decode())[1]
    rest = client.get(DELETED + link, headers={"HX-Request": "true"}).content.decode()
    assert len(seen) == 60
    assert rest.count('<article class="deletion"') == 60
    assert not set(seen) & set(re.findall(r"<h2><bdi>([^<]+)</bdi></h2>", rest))


def back(collection, days: float) -> None:
    """As if it had been deleted `days` ago, with what went along."""
    time = collection.deleted_at
    then = timezone.now() - timedelta(days=days)
    Collection.objects.filter(deleted_at=time).update(deleted_at=then)


def test_the_page_says_how_long_they_stay(client, film, settings):
    settings.TRASH_DAYS = 12
    changes.delete(film)
    film.refresh_from_db()
    back(film, 2.5)

    page = client.get(DELETED).content.decode()

    assert "stays here for 12 days" in page
    assert "goes for good in 10 days" in page


def test_housekeeping_purges_what_was_deleted_long_ago_and_keeps_its_assets(film, pictures):
    inside = changes.create(film.owner, name="inside", parent_id=film.pk)
    earlier = changes.create(film.owner, name="earlier")
    for collection in (film, earlier):
        changes.delete(collection)
        collection.refresh_from_db()
    back(film, 31)
    back(earlier, 29)

    said = StringIO()
    call_command("purge_collections", dry_run=True, stdout=said)
    assert "Would purge 2 deleted collections" in said.getvalue()
    assert Collection.objects.count() == 3
    said = StringIO()
    call_command("purge_collections", stdout=said)

    assert "Purged 2 deleted collections" in said.getvalue()
    assert list(Collection.objects.values_list("name", flat=True)) == ["earlier"]
    assert not Collection.objects.filter(pk=inside.pk).exists()
    assert LibraryAsset.objects.kept().count() == 3


def test_housekeeping_leaves_what_was_restored_meanwhile(film, monkeypatch):
    changes.delete(film)
    film.refresh_from_db()
    back(film, 31)
    real = changes.purge

    def after_a_restore(collection):
        changes.restore(collection)
        return real(collection)

    monkeypatch.setattr(changes, "purge", after_a_restore)
    call_command("purge_collections", stdout=StringIO())

    assert Collection.objects.kept().get() == film
