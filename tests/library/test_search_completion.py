"""What the search box offers while one types."""

import pytest
from django.test import Client
from ourvidz.collections.models import Collection

from library.models import Tag
from library.search.completion import MOST, complete


@pytest.fixture
def named(creator, stranger):
    for name in ("sea", "Sea side", "Été", "draft"):
        Tag.objects.create(owner=creator, name=name)
    Collection.objects.create(owner=creator, name="Best of 2026")
    Tag.objects.create(owner=creator, name='The big "B"')
    Tag.objects.create(owner=creator, name='27"')
    Tag.objects.create(owner=stranger, name="secret")
    Collection.objects.create(owner=stranger, name="Secret place")
    return creator


@pytest.mark.parametrize(
    ("word", "offered"),
    [
        ("ty", ["type:"]),
        ("TY", ["type:"]),
        (
            "s",
            ["style:", "shot:", "size:", "seed:", "steps:", "source:", "tag:sea", 'tag:"Sea side"'],
        ),
        ("-ty", ["-type:"]),
        ("type:", ["type:image", "type:video"]),
        ("type:pic", ["type:image"]),
        ("-type:v", ["-type:video"]),
        ("angle:eye", ["angle:eye_level", "angle:birds_eye"]),
        ("tag:s", ["tag:sea", 'tag:"Sea side"']),
        ('tag:"sea s', ['tag:"Sea side"']),
        ("tag:ét", ["tag:Été"]),
        ("in:", ['in:"Best of 2026"']),
        ("tag:big", ['tag:"The big ""B"""']),
        ('tag:"the big ""b', ['tag:"The big ""B"""']),
        ("-tag:27", ['-tag:27"']),
        ("in:2026", ['in:"Best of 2026"']),
        ("secr", []),
        ("tag:secr", []),
        ("in:secr", []),
        ("colour:r", []),
        ("seed:4", []),
        ("\0x", []),
    ],
)
def test_what_is_offered(named, word, offered):
    assert [suggestion.text for suggestion in complete(word, named)] == offered


def test_nothing_typed_offers_the_fields(creator):
    assert len(complete("", creator)) == MOST


def test_a_list_is_short(creator):
    for number in range(50):
        Tag.objects.create(owner=creator, name=f"sea {number}")

    assert len(complete("tag:sea", creator)) == MOST


def test_the_page_asks_for_its_owner_only(client, named):
    answer = client.get("/library/completion/", {"word": "tag:"}).json()

    assert {item["text"] for item in answer["suggestions"]} == {
        "tag:sea",
        'tag:"Sea side"',
        "tag:Été",
        "tag:draft",
        'tag:"The big ""B"""',
        'tag:27"',
    }
    assert Client().get("/library/completion/").status_code == 302
