"""The files of a shared collection: whole for visitors, without provenance, closed at once."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from ourvidz.collections.models import SharedFile, SharedLink
from PIL import Image

from library import trash
from library.models import LibraryAsset
from ourvidz.collections import changes, membership, shared_files, sharing
from ourvidz.media import buckets
from ourvidz.media.reconciliation import findings
from tests.factories import make_library_asset, make_telling_asset

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "swordfish"


@pytest.fixture
def told(creator, film, tmp_path):
    """A picture in the collection whose file says how it was made."""
    asset = make_telling_asset(creator, tmp_path, title="Dawn")
    membership.add(film, [asset.pk])
    return asset


@pytest.fixture
def token(film, told):
    return sharing.make(film)[1]


def files_in(page: str) -> list[str]:
    """Addresses of full sizes and thumbnails."""
    return re.findall(r'(?:href|src)="(/shared/[^"]+/(?:original|thumbnail|poster)/)"', page)


def shown(token, visitor=None) -> list[str]:
    answer = (visitor or Client()).get(reverse("shared:page", args=[token]))
    return files_in(answer.content.decode())


def body(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def statuses(addresses, visitor=None) -> set[int]:
    return {(visitor or Client()).get(address).status_code for address in addresses}


def test_a_visitor_gets_the_picture_without_how_it_was_made(token, told):
    original, thumbnail = shown(token)

    answer = Client().get(original)

    content = body(answer)
    assert b"secret boat" not in content
    assert Image.open(buckets.open_file("user-library", told.key)).size == (64, 36)
    assert content.startswith(b"\x89PNG")
    assert answer.headers["Content-Disposition"] == 'inline; filename="dawn.png"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert Client().get(thumbnail).headers["Content-Type"] == "image/webp"


def test_no_address_or_header_names_the_owner_the_asset_or_its_prompt(token, told):
    for address in shown(token):
        answer = Client().get(address)
        said = address + str(sorted(answer.headers.items()))
        for word in ("creator", str(told.pk), str(told.owner_id) + "/kept", "boat", told.sha256):
            assert word not in said


def test_files_are_closed_the_moment_that_the_link_is_revoked(token):
    addresses, visitor = shown(token), Client()
    known = {"If-None-Match": visitor.get(addresses[0]).headers["ETag"]}
    assert visitor.get(addresses[0], headers=known).status_code == 304

    sharing.revoke(SharedLink.objects.get())

    assert statuses(addresses, visitor) == {404}
    assert visitor.get(addresses[0], headers=known).status_code == 404
    assert "This link is closed" in visitor.get(addresses[0]).content.decode()


@pytest.mark.parametrize(
    "close",
    [
        lambda film, told: SharedLink.objects.update(
            expires_at=timezone.now() - timedelta(seconds=1)
        ),
        lambda film, told: changes.delete(film),
        lambda film, told: trash.move_to_trash(LibraryAsset.objects.filter(pk=told.pk)),
        lambda film, told: trash.purge(LibraryAsset.objects.filter(pk=told.pk)),
        lambda film, told: membership.remove(film, [told.pk]),
        lambda film, told: type(told.owner).objects.update(is_active=False),
        lambda film, told: told.owner.delete(),
    ],
    ids=["expired", "deleted", "trashed", "purged", "taken out", "deactivated", "account gone"],
)
def test_files_are_closed_with_whatever_ends_their_showing(token, film, told, close):
    addresses = shown(token)
    assert statuses(addresses) == {200}

    close(film, told)

    assert statuses(addresses) == {404}


def test_files_behind_a_password_open_only_where_it_was_given(film, told):
    token, visitor = sharing.make(film, password=PASSWORD)[1], Client()
    visitor.post(reverse("shared:page", args=[token]), {"password": PASSWORD})
    addresses = shown(token, visitor)

    assert statuses(addresses, visitor) == {200}
    assert statuses(addresses) == {404}


def test_a_link_opens_files_of_its_own_collection_only(creator, token):
    other = changes.create(creator, name="other")
    asset = make_library_asset(creator, stored=True)
    membership.add(other, [asset.pk])
    place = other.memberships.get().pk

    for wrong in (place, 0, 2**63 - 1, 2**70):
        address = reverse("shared:file", args=[token, wrong, "original"])
        assert Client().get(address).status_code == 404
    for variant in ("filmstrip", "search_text", "x" * 500):
        own = reverse("shared:file", args=[token, told_place(token), variant])
        assert Client().get(own).status_code == 404


def told_place(token) -> int:
    return int(shown(token)[0].split("/")[3])


def test_a_part_of_a_file_can_be_asked_for_and_looking_costs_little(token):
    original = shown(token)[0]
    whole = body(Client().get(original))

    with CaptureQueriesContext(connection) as captured:
        part = Client().get(original, headers={"Range": "bytes=8-15"})

    assert part.status_code == 206
    assert body(part) == whole[8:16]
    assert len(captured) <= 3


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_files_are_read_only(token, method):
    assert getattr(Client(), method)(shown(token)[0]).status_code == 405


def test_the_copy_is_made_once_and_goes_with_its_asset(token, told):
    original = shown(token)[0]
    Client().get(original)
    Client().get(original)
    copy = SharedFile.objects.get()
    assert list(findings()) == []

    told.owner.delete()

    assert not any(buckets.exists("user-library", key) for key in copy.keys)
    assert list(buckets.each_key("user-library")) == []


def test_of_two_copies_made_at_once_one_stays(told, monkeypatch):
    real = shared_files.copied

    def beside_another(asset, copy, **which):
        SharedFile.objects.filter(asset=asset).exists() or real(
            asset, SharedFile(asset=asset), **which
        ).save()
        return real(asset, copy, **which)

    monkeypatch.setattr(shared_files, "copied", beside_another)

    assert shared_files.key_of(told, "original") == SharedFile.objects.get().key
    public = [key for key in buckets.each_key("user-library") if key.startswith("public/")]
    assert sorted(public) == sorted(SharedFile.objects.get().keys)


def test_a_file_that_is_lost_is_not_there(creator, film):
    lost = make_library_asset(creator)
    membership.add(film, [lost.pk])

    assert statuses(shown(sharing.make(film)[1])) == {404}


def test_a_clip_shows_its_poster(creator, film):
    clip = make_library_asset(
        creator, stored=True, kind="video", thumbnail_key="", poster_key="1/a.poster.webp"
    )
    membership.add(film, [clip.pk])

    addresses = shown(sharing.make(film)[1])

    named = {address.split("/")[-2]: address for address in addresses}
    assert named.keys() == {"original", "poster"}
    assert Client().get(named["poster"]).status_code == 200


def test_housekeeping_removes_copies_that_no_open_link_shows(token, told):
    Client().get(shown(token)[0])
    call_command("purge_collections", stdout=StringIO())
    copy = SharedFile.objects.get()

    sharing.revoke(SharedLink.objects.get())
    said = StringIO()
    call_command("purge_collections", dry_run=True, stdout=said)
    assert "Would purge 0 deleted collections and 1 shared copies." in said.getvalue()
    call_command("purge_collections", stdout=StringIO())

    assert not SharedFile.objects.exists()
    assert not buckets.exists(copy.bucket, copy.key)
    assert buckets.exists(told.bucket, told.key)
