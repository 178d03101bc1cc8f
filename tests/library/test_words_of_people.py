"""Titles, tags, names and descriptions as people write them: text everywhere, never markup.

Markup, right-to-left, emoji and what is too long, on every page that shows an asset or a
collection, to its owner or to strangers, and in what is exported.
"""

import io
import json
import re
import zipfile
from html.parser import HTMLParser

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from library import publishing, trash
from library.models import LibraryAsset, PublicPage
from ourvidz.collections import changes, membership, sharing
from tests.factories import make_library_asset, picture_bytes
from tests.library.transfer.making import keep

pytestmark = pytest.mark.django_db(transaction=True)

MARKUP = "</title></textarea><script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 }}&amp;"
WORDS = {
    "markup": MARKUP,
    "quotes": "\"It's\" <b>5 > 4</b> & so on \\ 'x",
    "right to left": "שקיעה \u202eמעל הים\u202c عند الغروب",
    "emoji": "🎬 Scene 👩‍👩‍👧‍👦 🇺🇳 ok",
}
HTMX = {"HX-Request": "true"}


class Seen(HTMLParser):
    """What a browser would make of a page: its text, attribute values and dangers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.dangers: list[str] = []
        self.values: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs) -> None:
        self.values += [value or "" for _, value in attrs]
        self.dangers += [name for name, _ in attrs if name.startswith("on")]
        if tag in ("script", "b") and not dict(attrs).get("src"):
            self.dangers.append(tag)

    def has(self, words: str) -> bool:
        everything = " ".join("".join(self.texts).split())
        return words in everything or any(words in value for value in self.values)


@pytest.fixture(params=WORDS.values(), ids=WORDS.keys())
def words(request) -> str:
    return request.param


@pytest.fixture
def asset(creator, words) -> LibraryAsset:
    """Titled, tagged and prompted with the words, and in a collection of their name."""
    cache.clear()
    made = make_library_asset(
        creator, stored=True, title=words, original_prompt=words, perceptual_hash=0b111
    )
    make_library_asset(creator, stored=True, title=words, perceptual_hash=0b110)
    made.tags.create(owner=creator, name=words.replace(",", "")[:60])
    return made


@pytest.fixture
def film(creator, asset, words):
    made = changes.create(creator, name=words, description=words)
    changes.create(creator, name=words, parent_id=made.pk)
    membership.add(made, [asset.pk])
    return made


def addresses(asset, film) -> dict[str, str]:
    of = {"args": [asset.pk]}
    return {
        "library": reverse("library:page"),
        "asset": reverse("library:asset", **of),
        "panel": reverse("library:panel", **of),
        "near-duplicates": reverse("library:organise"),
        "culling": reverse("library:cull"),
        "culling a collection": reverse("library:cull") + f"?collection={film.pk}",
        "collections": reverse("collections:page"),
        "collection": reverse("collections:collection", args=[film.pk]),
        "chooser": reverse("collections:membership") + f"?asset={asset.pk}",
        "chips": reverse("collections:of_asset", **of),
        "drop list": reverse("collections:targets") + f"?asset={asset.pk}",
    }


def check(page: str, words: str, where: str) -> None:
    seen = Seen(page)
    assert seen.dangers == [], where
    assert seen.has(words), where
    assert "<script>alert" not in page, where


def test_its_owner_reads_them_as_they_were_written(client, asset, film, words):
    for where, address in addresses(asset, film).items():
        check(client.get(address).content.decode(), words, where)


def test_in_the_trash_too(client, asset, film, words):
    trash.move_to_trash(LibraryAsset.objects.filter(pk=asset.pk))
    changes.delete(film)

    for address in (reverse("library:trash"), reverse("collections:deleted")):
        check(client.get(address).content.decode(), words, address)


def test_strangers_read_title_and_name_as_they_were_written(asset, film, words):
    publishing.set_visibility(asset, "public")
    token = sharing.make(film)[1]
    page = reverse("public:page", args=[PublicPage.objects.get().token])

    for address in (page, reverse("shared:page", args=[token])):
        answer = Client().get(address)
        check(answer.content.decode(), words, address)
    file = Client().get(f"{page}original/")
    assert re.fullmatch(r'inline; filename="[a-z0-9-]+\.png"', file.headers["Content-Disposition"])


def test_messages_name_them_as_text(client, asset, film, words):
    post = {"asset": asset.pk, "target": changes.create(film.owner, name=words).pk}
    moved = client.post(reverse("collections:transfer", args=[film.pk]), post, headers=HTMX)
    check(moved.content.decode(), words, "moved")
    deleted = client.post(reverse("collections:deletion", args=[film.pk]), follow=True)
    check(deleted.content.decode(), words, "deleted")


@async_to_sync
async def content_of(answer) -> bytes:
    return b"".join([block async for block in answer])


def test_an_export_has_them_letter_for_letter(client, creator, film, words):
    kept = keep(creator, picture_bytes(), title=words)
    membership.add(film, [kept.pk])

    answer = client.post(reverse("library:export"), {"collection": film.pk})

    with zipfile.ZipFile(io.BytesIO(content_of(answer))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        names = archive.namelist()
    assert [one["title"] for one in manifest["assets"]] == [words]
    assert {one["name"] for one in manifest["collections"]} == {words}
    assert all(re.fullmatch(r"[\w./-]+", name) for name in names)


# Too long: refused with the reason, and what was written is still there

LONG = "שם🎬<b>" * 167  # 1,002 characters


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("title", LONG, "at most 200 characters"),
        ("tags", LONG, "at most 1000 characters"),
        ("tags", LONG[:61], "A tag has at most 60 characters"),
        ("tags", ",".join(map(str, range(31))), "At most 30 tags; these are 31."),
    ],
)
def test_an_asset_takes_no_more_than_it_can_hold(client, kept, field, text, said):
    given = {"title": "", "tags": "", "rating": 0, field: text}

    answer = client.post(reverse("library:asset", args=[kept.pk]), given, headers=HTMX)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert text in Seen(page).values
    kept.refresh_from_db()
    assert (kept.title, kept.tags.count()) == ("", 0)


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("name", LONG, "at most 120 characters"),
        ("name", " \t ", "This field is required."),
        ("description", LONG * 2, "at most 2000 characters"),
        ("name", "a\0b", "Null characters are not allowed."),
    ],
)
def test_a_collection_takes_no_more_than_it_can_hold(client, field, text, said, creator):
    given = {"name": "Film", "description": "", "parent": "", field: text}

    answer = client.post(reverse("collections:page"), given, headers=HTMX)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not creator.collections.exists()
