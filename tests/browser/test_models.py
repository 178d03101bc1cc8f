"""The models of the prompt bar: what a model cannot do is not there while it is chosen."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_workspace_accessible import violations
from tests.live.processes import until

REGISTER = """
from generation.models import RegisteredModel
RegisteredModel.objects.create(
    name="turbo", label="Turbo XL", lane="sdxl", backend="comfyui", location="{folder}", order=5,
    defaults=dict(steps=dict(fast=4, high=8), guidance=dict(fast=1, high=1)),
    limits=dict(steps=[1, 8], sizes=dict([("1:1", [768, 768])])),
)
"""
REMOVE = """
from generation.models import RegisteredModel
RegisteredModel.objects.filter(name="turbo").delete()
"""


@pytest.fixture
def turbo(running_studio, tmp_path):
    """A model for squares in a few steps, that can follow a composition and nothing else."""
    (tmp_path / "turbo-image-composition.json").write_text("{}")
    running_studio.manage("shell", "-c", REGISTER.format(folder=tmp_path))
    yield
    running_studio.manage("shell", "-c", REMOVE)


def available(page: Page) -> set[str]:
    models = page.request.get("/api/v1/models").json()["items"]
    return {model["name"] for model in models if model["available"]}


def choose(page: Page, label: str) -> None:
    page.locator("button[data-shows=model]").click()
    page.locator("#model-popup label", has=page.get_by_text(label, exact=True)).click()


def test_choosing_a_model_shows_what_it_can_do_and_says_what_not(turbo, page: Page):
    until(lambda: "turbo" in available(page), "a worker has it", 30)
    page.goto("/workspace/")
    style = page.locator("reference-box[name=style_reference]")
    steps = page.locator("#steps")
    expect(style).to_be_visible()

    choose(page, "Turbo XL")
    expect(style).to_be_hidden()
    notes = page.locator("#model-notes")
    expect(notes).to_contain_text("Style reference, Style of a reference: This studio has no")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("button[data-shows=model]")).to_have_text("Turbo XL")
    expect(page.get_by_role("button", name="Aspect ratio: 1:1")).to_be_visible()
    expect(steps).to_have_attribute("max", "8")
    expect(steps).to_have_attribute("placeholder", "4")
    kinds = page.locator("#reference-kind option:not([disabled])")
    expect(kinds).to_have_text(["Composition"])

    bar = page.get_by_role("form", name="Prompt bar")
    bar.get_by_text("Video", exact=True).click()  # Turbo makes none
    expect(page.locator("button[data-shows=model]")).to_have_text("WAN 2.1")
    bar.get_by_text("Image", exact=True).click()
    expect(page.locator("button[data-shows=model]")).to_have_text("Turbo XL")
    choose(page, "SDXL")
    expect(style).to_be_visible()
    expect(notes).to_be_hidden()
