"""One asset in the panel: shown to a stranger and closed again, dropped on a collection."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.stock import PROMPT, Stock
from tests.browser.test_collections import add_to
from tests.browser.test_viewer import serious


@pytest.fixture
def kept(page: Page) -> Iterator[Page]:
    """The library with three pictures, one of them in a collection."""
    stock = Stock(page)
    stock.pictures(PROMPT)
    page.goto("/library/?q=slate+roofs")
    add_to(page, page.locator(".tile").nth(1), "Cliffs")
    yield page
    stock.no_collections()


def test_shown_to_a_stranger_closed_again_and_dropped_on_a_collection(kept: Page, browser: Browser):
    page, panel = kept, kept.locator("#panel")
    page.locator(".tile__link").first.click()
    expect(panel.get_by_role("button", name="Private")).to_have_attribute("aria-pressed", "true")
    panel.get_by_role("button", name="Unlisted").click()
    address = panel.get_by_label("Its address").input_value()
    assert serious(page) == []

    context = browser.new_context(viewport={"width": 360, "height": 780}, reduced_motion="reduce")
    stranger = context.new_page()
    stranger.goto(address)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Picture")
    assert serious(stranger) == []
    panel.get_by_role("button", name="Private").click()
    expect(panel.get_by_label("Its address")).to_have_count(0)
    assert stranger.reload().status == 404
    context.close()

    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert "panel=" not in page.url
    box = page.locator(".tile").first.bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 180, box["y"] + 130, steps=4)
    target = page.locator("#drop-list li", has_text="Cliffs").bounding_box()
    page.mouse.move(target["x"] + 60, target["y"] + 20, steps=6)
    page.mouse.up()
    expect(page.locator(".toast", has_text="Added to Cliffs")).to_be_visible()
    page.goto("/collections/")
    expect(page.get_by_role("link", name="Cliffs").first).to_contain_text("2 assets")
    assert serious(page) == []
