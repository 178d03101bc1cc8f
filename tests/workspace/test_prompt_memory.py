"""Earlier prompts and templates: whose they are, what is kept, what is refused."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from generation import housekeeping
from generation.models import PromptTemplate, Reference
from generation.references import reference_from_upload
from tests.factories import make_job, make_workspace_asset, picture_bytes
from tests.workspace.uploads import upload
from workspace import prompt_memory

pytestmark = pytest.mark.django_db
MEMORY, TEMPLATES = "/workspace/memory/", "/workspace/templates/"
NOW = timezone.now()
FORM = {"prompt": "a boat", "style": "pop", "template_name": "  Pop   boats "}


def prompts(client, **query):
    text = client.get(MEMORY, query).content.decode()
    return [part.partition('"')[0] for part in text.split('data-earlier="')[1:]]


def make_prompts(owner, *texts):
    for number, text in enumerate(texts):
        make_job(owner, prompt=text, created_at=NOW - timedelta(minutes=number))


def test_each_prompt_once_newest_first_and_only_mine(client, creator, stranger):
    make_prompts(creator, "new", "old", "new", "older")
    make_prompts(stranger, "theirs")
    assert prompts(client) == ["new", "old", "older"]


def test_prompts_of_what_was_removed_stay(client, creator):
    make_job(creator, prompt="gone", removed_at=NOW)
    assert prompts(client) == ["gone"]


def test_search_wants_every_word(client, creator):
    make_prompts(creator, "a red boat", "a red car", "a blue boat")
    assert prompts(client, q="boat RED") == ["a red boat"]
    assert "Nothing has these words" in client.get(MEMORY, {"q": "zebra\0"}).content.decode()


def test_it_is_paged(client, creator, monkeypatch):
    monkeypatch.setattr(prompt_memory, "PAGE_SIZE", 2)
    make_prompts(creator, "one", "two", "three")
    assert prompts(client) == ["one", "two"]
    text = client.get(MEMORY).content.decode()
    link = text.partition("before=")[2].partition('"')[0]
    more = client.get(f"{MEMORY}?q=&before={link}").content.decode()
    assert 'data-earlier="three"' in more
    assert "Show older prompts" not in more


@pytest.mark.parametrize("before", ["2026-99-99T00:00", "0001-01-01T00:00:00+14:00"])
def test_a_broken_place_begins_at_the_start(client, creator, before):
    make_prompts(creator, "one")
    assert prompts(client, before=before) == ["one"]


def test_hostile_prompts_are_text(client, creator):
    make_prompts(creator, '"><script>alert(1)</script>')
    assert "<script>" not in client.get(MEMORY).content.decode()


def test_a_template_keeps_every_control(client, creator):
    assert client.post(TEMPLATES, FORM).status_code == 200
    template = PromptTemplate.objects.get(owner=creator)
    assert template.name == "Pop boats"
    assert template.settings["style"] == "pop"
    assert template.settings["prompt"] == "a boat"
    assert "seed" not in template.settings
    assert "Pop boats" in client.get(MEMORY).content.decode()


def test_a_template_needs_no_prompt(client):
    client.post(TEMPLATES, {"template_name": "look", "texture": "glossy"})
    settings = PromptTemplate.objects.get().settings
    assert "prompt" not in settings
    assert settings["texture"] == "glossy"


def test_the_same_name_replaces(client):
    client.post(TEMPLATES, FORM)
    text = client.post(TEMPLATES, {**FORM, "style": "grunge"}).content.decode()
    assert "replaced" in text
    assert PromptTemplate.objects.get().settings["style"] == "grunge"


def test_a_template_keeps_its_references(client, creator):
    asset = make_workspace_asset(make_job(creator, status="completed"), stored=True)
    client.post(TEMPLATES, {**FORM, "reference.asset_id": str(asset.pk)})
    [reference] = Reference.objects.all()
    Reference.objects.update(created_at=NOW - timedelta(days=400))
    housekeeping.remove_unused_references()
    template = PromptTemplate.objects.get()
    answer = client.get(f"{MEMORY}recall/templates/{template.pk}/").json()
    assert answer["references"]["reference"]["upload_id"] == str(reference.pk)

    client.post(f"{TEMPLATES}{template.pk}/deletion/")
    assert housekeeping.remove_unused_references() == 1


def test_one_reference_in_two_boxes_is_kept_once(client, creator):
    reference = reference_from_upload(creator, upload(picture_bytes()), "me.png")
    boxes = {f"{box}.upload_id": str(reference.pk) for box in ("reference", "style_reference")}
    assert client.post(TEMPLATES, {**FORM, **boxes}).status_code == 200
    assert PromptTemplate.objects.get().references.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"template_name": " "}, "Give the template a name"),
        ({"template_name": "n" * 81}, "at most 80 characters"),
        ({"steps": "99"}, "Steps: Use a whole number"),
        ({"reference.upload_id": str(uuid.uuid4())}, "no such upload of yours"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(client, change, words):
    reply = client.post(TEMPLATES, {**FORM, **change})
    assert reply.status_code == 422
    assert words in reply.content.decode()
    assert not PromptTemplate.objects.exists()


def test_there_is_a_limit(client, monkeypatch):
    monkeypatch.setattr(prompt_memory, "TEMPLATES_PER_USER", 1)
    client.post(TEMPLATES, FORM)
    reply = client.post(TEMPLATES, {**FORM, "template_name": "another"})
    assert (reply.status_code, PromptTemplate.objects.count()) == (429, 1)
    assert client.post(TEMPLATES, FORM).status_code == 200  # replacing is no more


def test_a_strangers_template_cannot_be_deleted(client, stranger):
    theirs = PromptTemplate.objects.create(owner=stranger, name="theirs")
    reply = client.post(f"{TEMPLATES}{theirs.pk}/deletion/")
    nobodys = client.post(f"{TEMPLATES}{uuid.uuid4()}/deletion/")
    assert (reply.status_code, reply.content) == (404, nobodys.content)
    assert PromptTemplate.objects.count() == 1


@pytest.mark.parametrize("number", range(3))
def test_a_visitor_gets_nothing(client, creator, number):
    template = PromptTemplate.objects.create(owner=creator, name="mine")
    client.logout()
    method, url = [
        ("get", MEMORY),
        ("post", TEMPLATES),
        ("post", f"{TEMPLATES}{template.pk}/deletion/"),
    ][number]
    assert getattr(client, method)(url).headers["Location"].startswith("/accounts/login/")
