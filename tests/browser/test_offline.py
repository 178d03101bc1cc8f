"""The studio without a connection: what was seen last, and submissions that are sent later."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.browser.steps import finished_group
from tests.browser.test_workspace_accessible import violations
from tests.live.processes import Studio, until

SETTINGS = "Object.keys(localStorage).filter((name) => name.startsWith('ourvidz.prompt-bar'))"
SEEN = "caches.open('seen').then((cache) => cache.keys()).then((keys) => keys.length)"


@pytest.fixture
def context(new_context):
    return new_context(viewport={"width": 1440, "height": 900}, service_workers="allow")


@pytest.fixture
def page(context) -> Page:
    """A signed-in page whose console may complain that the network is away."""
    page = context.new_page()
    sign_in(page)
    page.goto("/workspace/")
    return page


def has_worker(page: Page) -> bool:
    return page.evaluate("Boolean(navigator.serviceWorker.controller)")


def test_it_opens_offline_to_what_was_seen_last_and_forgets_at_sign_out(page: Page, context):
    finished_group(page, "A tin robot in a garden")
    until(lambda: has_worker(page), "the service worker has taken over")
    page.reload()
    until(lambda: page.evaluate(SEEN) >= 3, "thumbnails are kept")

    context.set_offline(True)
    page.goto("/workspace/")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    pictures = page.locator("#seen img")
    until(lambda: pictures.count() >= 3, "what was seen is shown")
    until(lambda: pictures.first.evaluate("e => e.naturalWidth > 0"), "as pictures")

    context.set_offline(False)
    expect(page.locator("#job-groups")).to_be_visible()  # it comes back by itself
    page.get_by_label("Prompt", exact=True).fill("A draft that is nobody else's")
    user = page.locator("body").get_attribute("data-user")
    kept = {f"ourvidz.prompt-bar.{what}.{user}" for what in ("controls", "fields")}
    until(lambda: set(page.evaluate(SETTINGS)) == kept, "the settings are kept")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    until(lambda: page.evaluate(SEEN) == 0, "no picture is left for the next person")
    until(lambda: page.evaluate(SETTINGS) == [], "nor a setting")


def test_what_is_submitted_offline_is_one_job_later(page: Page, context, running_studio: Studio):
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    prompt = "A letter in a bottle on the beach"
    context.set_offline(True)
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast", has_text="kept, and sent when you are back")).to_be_visible()
    expect(page.locator("section[data-job]", has_text=prompt)).to_have_count(0)

    context.set_offline(False)
    expect(page.locator("section[data-job]", has_text=prompt)).to_have_count(1)
    page.reload()
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    rows = f"SELECT count(*) FROM generation_job WHERE original_prompt = '{prompt}'"
    assert running_studio.query(rows) == [(1,)]


def jobs_of(studio: Studio, prompt: str) -> list[tuple]:
    return studio.query(
        f"SELECT mode, settings FROM generation_job WHERE original_prompt = '{prompt}'"
    )


def test_a_prompt_written_on_the_offline_page_is_one_job_later(
    page: Page, context, running_studio: Studio
):
    until(lambda: has_worker(page), "the service worker has taken over")
    page.get_by_role("button", name="Shot: Wide").click()  # to medium: kept for the offline page
    context.set_offline(True)
    page.goto("/workspace/")
    form = page.get_by_role("form", name="Prompt for later")
    for prompt in ("A moth on a lantern", "A mistake", "A naked schoolgirl"):
        form.get_by_label("What do you want to see?").fill(prompt)
        form.get_by_role("button", name="Generate later").click()
    waiting = page.get_by_role("list").filter(has_text="A moth on a lantern")
    expect(waiting.get_by_role("listitem")).to_have_count(3)
    page.get_by_role("button", name="Remove: A mistake").click()
    expect(waiting.get_by_role("listitem")).to_have_count(2)
    form.get_by_label("What do you want to see?").fill("A draft that comes along")
    assert violations(page) == []

    context.set_offline(False)
    group = page.locator("section[data-job]", has_text="A moth on a lantern")
    expect(group).to_have_count(1)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A draft that comes along")
    refused = page.locator("#prompt-errors")
    expect(refused).to_contain_text("Submitted offline and refused")
    refused.get_by_role("button", name="A naked schoolgirl").click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A naked schoolgirl")
    page.reload()
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    [(mode, settings)] = jobs_of(running_studio, "A moth on a lantern")
    assert (mode, json.loads(settings)["shot_type"]) == ("image", "medium")
    assert jobs_of(running_studio, "A mistake") == []
