"""Unlisted and public: the page that strangers open, what it tells them, and how it closes."""

import io
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from library import publishing, trash
from library.models import LibraryAsset, PublicPage
from ourvidz.media import buckets
from ourvidz.media.reconciliation import findings
from tests.factories import make_library_asset, make_telling_asset

pytestmark = pytest.mark.django_db(transaction=True)

SECRETS = ("a boat at dawn", "cinematic", "creator", "sdxl", "/library/")


def shown_to_strangers(asset):
    return Client().get(address_of(asset))


def address_of(asset) -> str:
    return reverse("public:page", args=[PublicPage.objects.get(asset=asset).token])


def media_in(page: str) -> str:
    """The URL of the picture or clip in the page."""
    return re.search(r'src="(/view/[^"]+)"', page)[1]


def body(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


@pytest.fixture
def told(creator, tmp_path):
    """A kept picture whose file says how it was made, as those of the studio do."""
    return make_telling_asset(creator, tmp_path, title="Dawn")


def set_to(client, asset, visibility, **headers):
    path = reverse("library:visibility", args=[asset.pk])
    return client.post(path, {"visibility": visibility}, headers=headers)


def test_of_two_at_once_the_later_one_holds(told, monkeypatch):
    both = Barrier(2, timeout=30)
    copied = publishing.copied

    def copied_by_both(*arguments, **options):
        page = copied(*arguments, **options)
        both.wait()
        return page

    monkeypatch.setattr(publishing, "copied", copied_by_both)

    def show():
        try:
            publishing.set_visibility(LibraryAsset.objects.get(), "unlisted")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for call in [pool.submit(show) for _ in range(2)]:
            call.result()

    assert shown_to_strangers(told).status_code == 200
    assert list(findings()) == []


@pytest.mark.parametrize("visibility", ["unlisted", "public"])
def test_a_stranger_sees_title_and_picture_and_nothing_else(client, told, visibility):
    set_to(client, told, visibility)

    page = shown_to_strangers(told).content.decode()

    assert "<h1><bdi>Dawn</bdi></h1>" in page
    for word in (*SECRETS, str(told.pk), told.key, told.sha256):
        assert word not in page
    url = media_in(page)
    assert url == f"{address_of(told)}original/"
    content = body(Client().get(url))
    assert b"secret boat" not in content
    assert Image.open(io.BytesIO(content)).size == (64, 36)


def test_a_picture_without_a_title_does_not_lend_words_of_its_prompt(client, kept):
    set_to(client, kept, "public")

    page = shown_to_strangers(kept).content.decode()

    assert "<h1><bdi>Picture</bdi></h1>" in page
    assert "boat" not in page


def test_search_engines_may_know_of_public_ones_only(client, told):
    set_to(client, told, "unlisted")
    unlisted = shown_to_strangers(told)
    set_to(client, told, "public")
    public = shown_to_strangers(told)

    assert "noindex" in unlisted.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex' in unlisted.content.decode()
    assert "og:title" not in unlisted.content.decode()
    assert "X-Robots-Tag" not in public.headers
    page = public.content.decode()
    address = f"http://testserver{address_of(told)}"
    assert '<meta property="og:title" content="Dawn">' in page
    assert f'<meta property="og:url" content="{address}">' in page
    assert f'<link rel="canonical" href="{address}">' in page
    image = re.search(r'og:image" content="http://testserver([^"]+)"', page)[1]
    assert Client().get(image).headers["Content-Type"] == "image/png"
    assert "no-store" in public.headers["Cache-Control"]


def test_a_clip_is_played_and_has_a_picture_for_previews(client, creator):
    clip = make_library_asset(
        creator, stored=True, kind="video", key="1/a.mp4", poster_key="1/a.poster.webp"
    )
    set_to(client, clip, "public")

    page = shown_to_strangers(clip).content.decode()

    assert "<video" in page
    assert "og:video" in page
    assert "1/a" not in page


def test_private_again_it_is_closed_at_once_with_its_files(client, told):
    set_to(client, told, "unlisted")
    address, page = address_of(told), shown_to_strangers(told).content.decode()
    keys = PublicPage.objects.get().keys
    assert Client().get(media_in(page)).status_code == 200

    set_to(client, told, "private")

    assert Client().get(address).status_code == 404
    assert Client().get(media_in(page)).status_code == 404
    assert Client().get(f"{address}poster/").status_code == 404
    assert not any(buckets.exists("user-library", key) for key in keys)
    assert buckets.exists("user-library", told.key)
    told.refresh_from_db()
    assert told.visibility == "private"


def test_more_people_keep_the_address_and_fewer_get_another(client, told):
    set_to(client, told, "unlisted")
    first = address_of(told)
    set_to(client, told, "public")
    assert address_of(told) == first
    set_to(client, told, "unlisted")
    second = address_of(told)

    assert second != first
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    assert list(findings()) == []


def test_in_the_trash_page_and_file_are_closed_until_it_comes_back(client, told):
    set_to(client, told, "public")
    address, asset = address_of(told), LibraryAsset.objects.filter(pk=told.pk)
    image = media_in(shown_to_strangers(told).content.decode())
    seen = Client().get(image)
    again = {"If-None-Match": seen.headers["ETag"]}
    assert Client().get(image, headers=again).status_code == 304

    trash.move_to_trash(asset)
    assert Client().get(address).status_code == 404
    assert Client().get(image).status_code == 404
    assert Client().get(image, headers=again).status_code == 404
    assert set_to(client, told, "unlisted").status_code == 404

    trash.restore(asset)
    assert Client().get(address).status_code == 200
    assert Client().get(image).status_code == 200


def test_no_cache_shows_the_file_without_asking_again(client, told):
    set_to(client, told, "unlisted")
    answer = Client().get(f"{address_of(told)}original/")

    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Content-Disposition"] == 'inline; filename="dawn.png"'
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_part_of_the_file_can_be_asked_for(client, told):
    set_to(client, told, "unlisted")
    address = f"{address_of(told)}original/"
    whole = body(Client().get(address))

    part = Client().get(address, headers={"Range": "bytes=4-11"})

    assert part.status_code == 206
    assert body(part) == whole[4:12]


def test_a_file_that_cannot_be_stripped_is_not_published(client, kept):
    buckets.store(kept.bucket, kept.key, b"no picture at all", "image/png")
    before = set(buckets.each_key("user-library"))

    answer = set_to(client, kept, "public", **{"HX-Request": "true"})

    assert publishing.UNREADABLE in answer.content.decode()
    assert set(buckets.each_key("user-library")) == before


def test_what_is_purged_leaves_nothing(client, told):
    set_to(client, told, "public")
    keys = PublicPage.objects.get().keys
    image = f"{address_of(told)}original/"

    trash.purge(LibraryAsset.objects.filter(pk=told.pk))

    assert Client().get(image).status_code == 404
    assert not PublicPage.objects.exists()
    assert not any(buckets.exists("user-library", key) for key in keys)


def test_the_page_of_someone_who_may_not_sign_in_is_closed(client, creator, told):
    set_to(client, told, "public")
    creator.is_active = False
    creator.save()

    assert shown_to_strangers(told).status_code == 404


def test_every_address_that_opens_nothing_reads_the_same(client, told):
    set_to(client, told, "unlisted")
    open_address = address_of(told)
    tokens = ["unknown", str(told.pk), str(uuid.uuid4()), "x" * 5000, "%00", "é", "1"]

    answers = [Client().get(f"/view/{token}/") for token in tokens]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "This link is closed" in answers[0].content.decode()
    assert Client().get(f"{open_address}thumbnail/").status_code == 404
    closed = open_address.replace(open_address.split("/")[2], "x" * 22)
    for address in (closed, f"{closed}original/"):
        assert Client().get(address).content == answers[0].content


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_read_only(client, told, method):
    set_to(client, told, "public")

    assert getattr(Client(), method)(address_of(told)).status_code == 405


def test_nobody_else_opens_or_closes_it(client, told, stranger):
    set_to(client, told, "unlisted")
    theirs = Client()
    theirs.force_login(stranger)

    assert set_to(theirs, told, "private").status_code == 404
    assert set_to(Client(), told, "private").headers["Location"].startswith(reverse("login"))
    assert shown_to_strangers(told).status_code == 200


@pytest.mark.parametrize("value", ["everyone", "", "PUBLIC", "x" * 1000, "<b>"])
def test_a_visibility_that_is_none_is_refused_with_the_reason(client, kept, value):
    answer = set_to(client, kept, value, **{"HX-Request": "true"})

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not PublicPage.objects.exists()


def test_a_file_that_cannot_be_read_changes_nothing(client, creator):
    lost = make_library_asset(creator)

    answer = set_to(client, lost, "public", **{"HX-Request": "true"})

    assert publishing.UNREADABLE in answer.content.decode()
    lost.refresh_from_db()
    assert lost.visibility == "private"
    assert list(buckets.each_key("user-library")) == []


def test_a_row_that_cannot_be_written_leaves_no_files(client, told, monkeypatch):
    before = set(buckets.each_key("user-library"))

    def fail(*arguments, **named):
        raise ConnectionError("the database is away")

    monkeypatch.setattr(PublicPage, "save", fail)
    with pytest.raises(ConnectionError):
        publishing.set_visibility(told, "public")

    assert set(buckets.each_key("user-library")) == before
    assert LibraryAsset.objects.get().visibility == "private"


def test_the_owner_is_shown_the_address_to_copy(client, told):
    part = set_to(client, told, "unlisted", **{"HX-Request": "true"}).content.decode()
    address = f"http://testserver{address_of(told)}"

    assert f'data-copy="{address}"' in part
    assert f'data-copy="{address}"' in client.get(f"/library/{told.pk}/").content.decode()


def test_the_files_of_public_pages_are_no_orphans(client, told, monkeypatch):
    set_to(client, told, "public")
    monkeypatch.setattr("ourvidz.media.reconciliation._is_settled", lambda bucket, key: True)

    assert list(findings()) == []
    PublicPage.objects.all()._raw_delete("default")  # a row lost with no signal
    assert {finding.problem for finding in findings()} == {"orphan"}


def test_programs_publish_too(client, told):
    path = f"/api/v1/library/assets/{told.pk}"
    made = client.patch(path, {"visibility": "public"}, content_type="application/json").json()

    assert made["visibility"] == "public"
    assert Client().get(made["public_path"]).status_code == 200
    again = client.patch(path, {"visibility": "private"}, content_type="application/json").json()
    assert (again["visibility"], again["public_path"]) == ("private", "")


def test_a_hostile_title_is_text(client, told):
    told.title = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e"
    told.save(update_fields=["title"])
    set_to(client, told, "public")

    page = shown_to_strangers(told).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
