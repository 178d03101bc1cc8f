"""axe finds nothing on the workspace page, with each of its own popups open, in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.steps import begin_empty, finished_group

# axe takes every named <section> for a landmark, also a job's, whose role is group.
OPTIONS = {"rules": {"landmark-unique": {"enabled": False}}}


def violations(page: Page) -> list[tuple]:
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [(one["id"], one["impact"], [node["target"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_state_of_the_page(page: Page, theme: str):
    begin_empty(page)
    finished_group(page, "A violin on a chair")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    assert violations(page) == []

    page.get_by_role("button", name="Filter and sort").click()
    assert violations(page) == []
    page.keyboard.press("Escape")

    page.locator("#main").focus()
    page.keyboard.press("?")
    assert violations(page) == []
    page.keyboard.press("Escape")

    page.locator(".tile__link").first.click(modifiers=["Control"])
    page.get_by_role("button", name="File", exact=True).click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="End selection").click()

    page.get_by_role("navigation", name="Jobs").get_by_role("link").first.click()
    assert violations(page) == []
    page.locator("#show-all").click()

    page.get_by_label("Words in prompt").fill("nothing of the kind")
    expect(page.get_by_text("No job matches")).to_be_visible()
    assert violations(page) == []
    page.locator("#filter-chips").get_by_role("link", name="Clear filters").click()
    expect(page.locator("section[data-job]")).to_have_count(1)


def test_the_history_page(page: Page):
    page.goto("/workspace/history/")
    assert violations(page) == []
