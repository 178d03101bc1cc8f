"""Searching the library in a real browser: completion by keyboard, results as one types."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import finished_group


@pytest.fixture
def library(workspace: Page) -> Page:
    """The library page, with one picture of a lighthouse in it."""
    page = workspace
    tile = finished_group(page, "A lighthouse above the fog").locator(".tile").first
    tile.hover()
    tile.get_by_role("button", name="Save to library").click()
    expect(tile.get_by_text("Saved to library")).to_be_attached()
    page.goto("/library/")
    return page


def test_search_by_keyboard(library: Page):
    page, box = library, library.get_by_role("combobox", name="Search the library")
    tiles = page.locator("#shelf [data-asset]")

    # Results as one types, the state in the URL.
    box.fill("lighth")
    expect(page).to_have_url(re.compile(r"\?q=lighth$"))
    expect(tiles.first).to_be_visible()
    box.fill("nowhere")
    expect(page.get_by_text("Nothing in your library matches")).to_be_visible()

    # Completion: the field, then its value, by arrows and Enter.
    box.fill("")
    box.press_sequentially("ty")
    options = page.get_by_role("option")
    expect(options).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("type:")
    expect(options).to_have_count(2)
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("type:image ")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(page).to_have_url(re.compile(r"\?q=type%3Aimage$"))
    expect(tiles.first).to_be_visible()

    # An error under the box names the column; what was found stays.
    box.fill('lighthouse "fog')
    expect(page.locator("#search-error")).to_contain_text("Column 12: close this quote")
    expect(tiles.first).to_be_visible()
    box.press_sequentially('"')
    expect(page.locator("#search-error")).to_be_empty()
    page.reload()
    expect(box).to_have_value('lighthouse "fog"')

    # Signed out meanwhile: the page stays as it is, and says so.
    page.context.clear_cookies()
    box.fill("lighth")
    expect(page.locator(".toast")).to_contain_text("You are signed out")
    expect(tiles.first).to_be_visible()
    page.get_by_role("link", name="Reload").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_save_a_search_and_come_back_to_it(page: Page):
    page.goto("/library/")
    page.get_by_role("combobox", name="Search the library").fill("dunes -night")
    page.get_by_role("button", name="Save search").click()
    page.get_by_label("Name", exact=True).fill("Dunes by day")
    page.keyboard.press("Enter")
    chip = page.get_by_role("link", name="Dunes by day")
    expect(chip).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("button", name="Save search")).to_have_count(0)

    page.goto("/library/")
    chip.click()
    expect(page.get_by_role("combobox")).to_have_value("dunes -night")
    page.get_by_role("button", name="Change Dunes by day").click()
    page.get_by_role("button", name="Delete this search").click()
    expect(page.locator("#toasts")).to_contain_text("Deleted the saved search")
    expect(chip).to_have_count(0)
