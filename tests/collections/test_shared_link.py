"""Shared links: what strangers see, how long, and what they never see."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from ourvidz.collections.models import SharedLink

from library import trash
from library.models import LibraryAsset
from ourvidz.collections import changes, membership, sharing
from ourvidz.errors import LimitError
from tests.factories import make_library_asset
from tests.library.test_page import make_many

PASSWORD = "swordfish"


def address(token) -> str:
    return reverse("shared:page", args=[token])


@pytest.fixture
def token(film, pictures):
    return sharing.make(film)[1]


@pytest.fixture
def locked(film, pictures):
    return sharing.make(film, password=PASSWORD)[1]


def test_anybody_sees_the_assets_in_order_and_nothing_of_the_studio(token, film, pictures):
    changes.create(film.owner, name="hidden inner", parent_id=film.pk)
    make_library_asset(film.owner, title="not in it")

    answer = Client().get(address(token))
    page = answer.content.decode()

    assert "Short film" in page
    assert "3 assets\n" in page
    assert re.findall(r'title="(picture \d)"', page) == ["picture 0", "picture 1", "picture 2"]
    for word in (
        "not in it",
        "hidden inner",
        "a boat at dawn",
        "creator",
        str(film.pk),
        "/library/",
    ):
        assert word not in page
    assert all(str(asset.pk) not in page for asset in pictures)
    assert "/media/" not in page


def test_what_is_in_the_trash_is_not_shown(token, pictures):
    trash.move_to_trash(LibraryAsset.objects.filter(pk=pictures[0].pk))

    assert "picture 0" not in Client().get(address(token)).content.decode()


def test_no_search_engine_and_no_other_site_is_told(token, locked):
    for link in (token, locked):
        answer = Client().get(address(link))
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer.headers["Cache-Control"]
        assert '<meta name="robots" content="noindex' in answer.content.decode()


def test_a_link_that_does_not_open_reads_the_same_for_every_reason(film, stranger):
    (revoked, one), (expired, two), (deleted, three), (_, four) = (
        sharing.make(film),
        sharing.make(film, timedelta(days=1), PASSWORD),
        sharing.make(changes.create(film.owner, name="other")),
        sharing.make(changes.create(stranger, name="theirs")),
    )
    sharing.revoke(revoked)
    past = timezone.now() - timedelta(seconds=1)
    SharedLink.objects.filter(pk=expired.pk).update(expires_at=past)
    changes.delete(deleted.collection)
    stranger.is_active = False
    stranger.save()

    tokens = [one, two, three, four, "unknown", str(uuid.uuid4()), "x" * 5000, "%00", "é"]
    answers = [Client().get(f"/shared/{token}/") for token in tokens]
    answers += [Client().post(address(token), {"password": PASSWORD}) for token in tokens[:5]]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "This link is closed" in answers[0].content.decode()


def test_a_password_is_asked_for_and_nothing_is_said_before(locked):
    visitor = Client()
    page = visitor.get(address(locked)).content.decode()
    assert "Short film" not in page
    assert "picture" not in page

    wrong = visitor.post(address(locked), {"password": "wrong"})
    assert wrong.status_code == 403
    assert "not the password" in wrong.content.decode()
    assert "Short film" not in wrong.content.decode()

    assert visitor.post(address(locked), {"password": PASSWORD}).status_code == 302
    assert "Short film" in visitor.get(address(locked)).content.decode()
    assert "Short film" not in Client().get(address(locked)).content.decode()


def test_the_password_of_one_link_opens_no_other(film, locked):
    other = sharing.make(film, password="another one")[1]
    visitor = Client()
    visitor.post(address(locked), {"password": PASSWORD})

    assert "Short film" not in visitor.get(address(other)).content.decode()


def test_guessing_is_slowed_down_also_for_the_right_password(locked):
    visitor = Client()
    answers = [visitor.post(address(locked), {"password": str(n)}) for n in range(6)]

    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    late = visitor.post(address(locked), {"password": PASSWORD})
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post(address(locked), {"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("password", ["", "x" * 5000, "\0"])
def test_a_password_that_cannot_be(locked, password):
    answer = Client().post(address(locked), {"password": password})

    assert answer.status_code == 200
    assert "Short film" not in answer.content.decode()


def test_a_revoked_link_is_closed_also_to_who_had_opened_it(locked):
    visitor = Client()
    visitor.post(address(locked), {"password": PASSWORD})
    sharing.revoke(SharedLink.objects.get())

    assert visitor.get(address(locked)).status_code == 404


@pytest.mark.parametrize(
    ("given", "wanted"), [(PASSWORD, 302), (PASSWORD.upper(), 403), (PASSWORD + " x", 403)]
)
def test_only_the_very_password_opens(locked, given, wanted):
    assert Client().post(address(locked), {"password": given}).status_code == wanted


def test_passwords_and_tokens_are_compared_without_telling_how_far_they_agree(locked, monkeypatch):
    """The password by Django's hasher, in constant time; the token by its digest."""
    seen = []
    monkeypatch.setattr(sharing, "check_password", lambda *given: seen.append(given) or False)

    Client().post(address(locked), {"password": "x"})

    assert seen == [("x", SharedLink.objects.get().password)]
    with CaptureQueriesContext(connection) as captured:
        sharing.opened_by(locked)
    assert not any(locked in query["sql"] for query in captured)


def test_neither_token_nor_password_is_kept(locked):
    link = SharedLink.objects.get()

    kept = " ".join(str(value) for value in vars(link).values())
    assert locked not in kept
    assert PASSWORD not in kept


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_it_is_read_only(token, method):
    assert getattr(Client(), method)(address(token)).status_code == 405


def test_it_pages_and_costs_the_same_for_5_and_500(film, token):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(address(token)).status_code == 200
        return len(captured)

    few = queries()
    membership.add(film, [asset.pk for asset in make_many(film.owner, 500)])
    assert queries() == few <= 6

    page = Client().get(address(token)).content.decode()
    link = re.search(r'href="(\?after=[^"]+)"', page)[1]
    rest = Client().get(address(token) + link, headers={"HX-Request": "true"}).content.decode()
    assert rest.count("<article") == 60
    assert "<h1" not in rest


# What the owner does


def links_path(film) -> str:
    return reverse("collections:links", args=[film.pk])


def test_the_owner_makes_a_link_that_is_shown_once(client, film, pictures):
    data = {"days": "7", "password": PASSWORD}
    answer = client.post(links_path(film), data)

    url = re.search(r'data-copy="(http://testserver/shared/[^"]+)"', answer.content.decode())[1]
    link = SharedLink.objects.get()
    assert timedelta(days=6) < link.expires_at - timezone.now() < timedelta(days=8)
    assert "no-store" in answer.headers["Cache-Control"]
    visitor = Client()
    visitor.post(url, {"password": PASSWORD})
    assert "Short film" in visitor.get(url).content.decode()
    assert url.split("/")[-2] not in client.get(f"/collections/{film.pk}/").content.decode()


def test_the_owner_revokes_it(client, film, token):
    link = SharedLink.objects.get()
    path = reverse("collections:revocation", args=[film.pk, link.pk])

    for _ in range(2):
        assert "Revoke" not in client.post(path).content.decode()
    assert Client().get(address(token)).status_code == 404


@pytest.mark.parametrize(
    "data", [{"days": "2"}, {"days": "x"}, {"password": "short"}, {"password": "x" * 200}]
)
def test_a_link_that_cannot_be_made(client, film, data):
    answer = client.post(links_path(film), data)

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not SharedLink.objects.exists()


def test_links_have_an_end(client, film, monkeypatch):
    monkeypatch.setattr(sharing, "MOST_LINKS", 1)
    sharing.make(film)

    with pytest.raises(LimitError):
        sharing.make(film)
    assert client.post(links_path(film), {"days": ""}).status_code == 422


def test_only_the_owner_makes_and_revokes(film, token, stranger):
    link = SharedLink.objects.get()
    client = Client()
    client.force_login(stranger)
    theirs = changes.create(stranger, name="theirs")

    paths = [
        links_path(film),
        reverse("collections:links", args=[uuid.uuid4()]),
        reverse("collections:revocation", args=[film.pk, link.pk]),
        reverse("collections:revocation", args=[theirs.pk, link.pk]),
    ]
    answers = [client.post(path) for path in paths]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert Client().post(paths[0]).headers["Location"].startswith(reverse("login"))
    assert SharedLink.objects.live().count() == 1
