"""Everything around an asset and a collection: clean for axe in both themes, usable at 360 px."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.stock import PROMPT, Stock
from tests.browser.test_phone import TARGETS
from tests.browser.test_viewer import serious


@pytest.fixture
def stock(page: Page) -> Iterator[Stock]:
    stock = Stock(page)
    yield stock
    stock.no_collections()


def check(page: Page, where: str) -> None:
    """In dark, and in light as narrow as a small phone."""
    wide = page.viewport_size
    for theme, size in (("dark", wide), ("light", {"width": 360, "height": 780})):
        page.set_viewport_size(size)
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], where
        assert serious(page) == [], f"{where}, {theme}"
    page.set_viewport_size(wide)


def test_pages_of_assets_and_review_lists(page: Page, stock: Stock):
    asset = stock.pictures(PROMPT)[0]
    film = stock.collection("Film", [asset])
    stock.collection("Inner", [asset], parent=film)
    places = {
        "asset page": f"/library/{asset}/",
        "trash": "/library/trash/",
        "suggested tags": "/library/organise/tags/",
        "similar prompts": "/library/organise/prompts/",
        "near-duplicates": "/library/organise/",
        "culling": f"/library/cull/?collection={film}",
        "collection": f"/collections/{film}/",
    }
    for where, address in places.items():
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        check(page, where)
    page.get_by_role("button", name="Share").click()
    check(page, "share dialog")


def test_deleted_collections_by_keyboard(page: Page, stock: Stock):
    film = stock.collection("Gone film", stock.pictures(PROMPT))
    stock.no_collections()
    page.goto("/collections/deleted/")
    check(page, "deleted collections")
    page.get_by_role("button", name="Restore Gone film").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gone film")
    assert film in page.url


def test_what_a_stranger_opens(page: Page, stock: Stock, browser: Browser, running_studio):
    asset = stock.pictures(PROMPT)[0]
    path = f"/api/v1/library/assets/{asset}"
    shown = page.request.patch(path, data={"visibility": "unlisted"}, headers=stock.headers)
    address = running_studio.url + shown.json()["public_path"]
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    stranger = context.new_page()
    stranger.goto(address)
    check(stranger, "public page")
    page.request.patch(path, data={"visibility": "private"}, headers=stock.headers)
    assert stranger.reload().status == 404
    check(stranger, "closed page")
    context.close()


def test_what_a_tile_can_do_is_in_reach_of_a_finger(
    stock: Stock, browser: Browser, page: Page, running_studio
):
    pictures = stock.pictures(PROMPT)
    film = stock.collection("Film", pictures)
    context = browser.new_context(
        base_url=running_studio.url,
        storage_state=page.context.storage_state(),
        viewport={"width": 360, "height": 780},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    phone = context.new_page()
    phone.goto(f"/collections/{film}/")
    assert phone.evaluate(TARGETS) == []
    tile = phone.locator(f"#asset-{pictures[0]}")
    tile.get_by_role("button", name="More actions").tap()
    menu = phone.get_by_role("menu", name="More actions")
    expect(menu.get_by_role("menuitem", name="Move earlier")).to_be_disabled()
    assert serious(phone) == []
    menu.get_by_role("menuitem", name="Move later").tap()
    expect(phone.locator("#order-said")).to_have_text("Moved to place 2")
    tile.get_by_role("button", name="More actions").tap()
    menu.get_by_role("menuitemcheckbox", name="Cover").tap()
    expect(tile.locator(".cover")).to_have_attribute("aria-pressed", "true")
    tile.get_by_role("button", name="More actions").tap()
    menu.get_by_role("menuitem", name="Add or move").tap()
    expect(phone.get_by_role("searchbox", name="Find a collection")).to_be_visible()
    assert phone.evaluate(TARGETS) == []
    phone.keyboard.press("Escape")
    tile.get_by_role("button", name="More actions").tap()
    menu.get_by_role("menuitem", name="Remove from collection").tap()
    expect(phone.locator("#size")).to_have_text("2 assets")
    assert stock.members(film) == pictures[1:]
    context.close()
