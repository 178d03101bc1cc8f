"""Recall from assets, templates and dropped files, over HTTP."""

import io
import uuid

import pytest
from PIL import Image, PngImagePlugin

from generation.models import Job, PromptTemplate
from generation.requests import validate
from generation.submission import submit
from ourvidz.media import provenance
from tests.factories import make_library_asset, make_workspace_asset, picture_bytes
from tests.workspace.uploads import upload

pytestmark = pytest.mark.django_db
RECALL = "/workspace/memory/recall/"


def png_with(**texts) -> bytes:
    """A PNG with these text chunks."""
    chunks = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        chunks.add_text(name, text)
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=chunks)
    return file.getvalue()


def png_of_ours(parameters) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=provenance.png_chunks(parameters))
    return file.getvalue()


def drop(client, content, name="dropped.png"):
    return client.post(f"{RECALL}file/", {"file": upload(content, name)})


def made(owner, **data):
    job = submit(owner, validate({"prompt": "a boat", "seed": 7, **data}))
    return make_workspace_asset(job, 1)


def test_of_a_staged_asset(client, creator):
    asset = made(creator, style="pop", steps=33)
    answer = client.get(f"{RECALL}assets/{asset.pk}/").json()
    assert answer["missing"] == []
    controls = answer["controls"]
    assert (controls["prompt"], controls["style"], controls["steps"]) == ("a boat", "pop", 33)
    assert controls["seed"] == 8  # its own, not its job's


def test_of_a_kept_asset(client, creator):
    settings = {"mode": "image", "model": "sdxl", "texture": "glossy"}
    kept = make_library_asset(creator, original_prompt="a ship", settings=settings)
    controls = client.get(f"{RECALL}assets/{kept.pk}/").json()["controls"]
    assert (controls["prompt"], controls["texture"], controls["seed"]) == ("a ship", "glossy", 42)


def test_the_library_links_to_it(client, creator):
    kept = make_library_asset(creator)
    assert f"?recall={kept.pk}" in client.get(f"/library/{kept.pk}/").content.decode()


def test_of_a_template_of_an_older_version(client, creator):
    settings = {"prompt": "a boat", "style": "pop", "sampler": "euler", "steps": 99}
    template = PromptTemplate.objects.create(
        owner=creator, name="old", settings=settings, version=0
    )
    answer = client.get(f"{RECALL}templates/{template.pk}/").json()
    assert answer["controls"] == {"prompt": "a boat", "style": "pop"}
    assert [text.partition(":")[0] for text in answer["missing"]] == ["sampler", "Steps"]


def test_of_a_file_that_is_one_of_mine_with_everything(client, creator):
    asset = made(creator, lighting="studio", batch_size=6)
    content = picture_bytes(colour=1)
    answer = drop(client, content).json()
    assert asset.sha256
    assert (answer["controls"]["lighting"], answer["controls"]["batch_size"]) == ("studio", 6)


def test_of_a_file_of_ours_from_elsewhere(client):
    parameters = {"app": "OurVidz", "original_prompt": "a ship", "prompt": "x", "seed": 3}
    answer = drop(client, png_of_ours({**parameters, "controls": {"style": "pop"}})).json()
    assert answer["controls"] == {"prompt": "a ship", "seed": 3, "style": "pop"}


def test_of_a_file_of_another_tool(client):
    told = "Steps: 28, Sampler: Euler a, CFG scale: 7, Seed: 9, Size: 512x768, Model: dream"
    text = f"a castle\nNegative prompt: fog\n{told}"
    answer = drop(client, png_with(parameters=text)).json()
    assert answer["controls"]["prompt"] == "a castle"
    assert answer["controls"]["negative_prompt"] == "fog"
    assert answer["controls"]["steps"] == 28
    assert "Model: this studio has no dream." in answer["missing"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (picture_bytes(), "plain.png"),
        (picture_bytes(file_format="JPEG"), "photo.jpg"),
        (png_with(ourvidz="{not json"), "broken.png"),
        (png_with(ourvidz="[1, 2]"), "list.png"),
        (png_with(ourvidz="[" * 100_000), "nested.png"),
        (png_with(parameters="")[:60], "cut.png"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 64, "broken.mp4"),
        (b"no picture at all", "notes.txt"),
        (b"", "empty.png"),
    ],
)
def test_a_file_that_says_nothing_ends_in_a_clear_message(client, content, name):
    reply = drop(client, content, name)
    assert reply.status_code == 422
    assert "does not say how it was made" in reply.json()["detail"]


def test_hostile_values_in_a_file_are_refused_one_by_one(client):
    parameters = {
        "app": "OurVidz",
        "original_prompt": ["<script>"],
        "seed": {"a": 1},
        "steps": "many",
        "controls": {"style": None, "<b>": 1, "lighting": "studio"},
        "term_weights": "heavy",
        "size": "9" * 50 + "x",
    }
    answer = drop(client, png_of_ours(parameters)).json()
    assert answer["controls"] == {"lighting": "studio"}
    assert {text.partition(":")[0] for text in answer["missing"]} == {
        "Prompt",
        "Seed",
        "Steps",
        "<b>",
        "Term weights",
    }


def test_without_a_file_it_says_what_to_do(client):
    assert client.post(f"{RECALL}file/").json() == {"detail": "Drop one file."}


def places(asset_id, template_id):
    return [f"{RECALL}assets/{asset_id}/", f"{RECALL}templates/{template_id}/"]


@pytest.mark.parametrize("number", range(2))
def test_what_is_a_strangers_is_the_same_as_none(client, stranger, number):
    template = PromptTemplate.objects.create(owner=stranger, name="theirs")
    theirs = places(made(stranger).pk, template.pk)[number]
    nobodys = places(uuid.uuid4(), uuid.uuid4())[number]
    reply = client.get(theirs)
    assert (reply.status_code, reply.content) == (404, client.get(nobodys).content)


def test_a_strangers_file_gives_only_what_it_says(client, stranger):
    made(stranger, style="pop")
    assert drop(client, picture_bytes(colour=1)).status_code == 422


@pytest.mark.parametrize("number", range(3))
def test_a_visitor_gets_nothing(client, creator, number):
    asset = made(creator)
    template = PromptTemplate.objects.create(owner=creator, name="mine")
    client.logout()
    url = [*places(asset.pk, template.pk), f"{RECALL}file/"][number]
    reply = client.post(url) if url.endswith("file/") else client.get(url)
    assert reply.headers["Location"].startswith("/accounts/login/")
    assert Job.objects.count() == 1
