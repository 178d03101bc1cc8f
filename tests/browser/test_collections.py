"""Collections as a creator uses them: made in the library, ordered, shared, taken back."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.stock import PROMPT, Stock
from tests.browser.test_phone import TARGETS, Fingers
from tests.browser.test_viewer import serious
from tests.live.processes import until

PASSWORD = "swordfish and chips"
PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}


def order(tiles: Locator) -> list[str]:
    return tiles.evaluate_all("tiles => tiles.map((tile) => tile.dataset.asset)")


def saved(page: Page) -> Callable[[], bool]:
    """Whether the page shows what a fresh one shows."""
    shown = order(page.locator(".tile"))

    def is_saved() -> bool:
        page.reload()
        return order(page.locator(".tile")) == shown

    return is_saved


def add_to(page: Page, tile: Locator, name: str) -> None:
    """By the popup, with the keyboard: find or make the collection `name`, and put it in."""
    tile.hover()
    tile.get_by_role("button", name="Add to collection").click()
    page.get_by_role("searchbox", name="Find a collection").fill(name)
    choice = page.locator("#choices .choice").filter(has_text=name)
    expect(choice).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(choice).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name=name)).to_be_checked()
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#chooser")).to_be_hidden()


@pytest.fixture
def film(page: Page) -> Iterator[Page]:
    """The page of a new collection with three pictures."""
    stock = Stock(page)
    stock.collection("Harbour film", stock.pictures(PROMPT))
    page.goto("/collections/")
    page.get_by_role("link", name="Harbour film").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour film")
    yield page
    stock.no_collections()


def delete_all(page: Page) -> None:
    """Leave no collection for the next test to find."""
    page.goto("/collections/")
    while left := page.locator("[data-collection]").count():
        page.locator("[data-collection] a").first.click()
        page.get_by_role("button", name="Delete").click()
        page.wait_for_url("**/collections/")
        expect(page.locator("[data-collection]")).to_have_count(left - 1)


def test_ordered_by_keys_and_by_dragging(film: Page):
    tiles = film.locator(".tile")
    first, second, third = order(tiles)

    tiles.first.locator(".tile__link").focus()
    film.keyboard.press("Alt+ArrowRight")
    film.keyboard.press("Alt+ArrowRight")
    assert order(tiles) == [second, third, first]
    expect(film.locator("#order-said")).to_have_text("Moved to place 3")
    expect(film.locator(f"#asset-{first} .tile__link")).to_be_focused()
    until(saved(film), "the order by keys is kept")

    tiles.nth(2).drag_to(tiles.nth(0), target_position={"x": 8, "y": 60})
    assert order(tiles) == [first, second, third]
    until(saved(film), "the order by dragging is kept")
    assert serious(film) == []


def test_cover_removal_and_what_lies_in_it(film: Page):
    tiles = film.locator(".tile")
    for index in (0, 2):
        tiles.nth(index).hover()
        tiles.nth(index).get_by_role("button", name="Cover").click()
        expect(tiles.nth(index).get_by_role("button", name="Cover", pressed=True)).to_be_visible()
    expect(film.locator(".cover[aria-pressed='true']")).to_have_count(1)

    before = order(tiles)
    tiles.nth(1).hover()
    tiles.nth(1).get_by_role("button", name="Remove from collection").click()
    expect(film.locator("#size")).to_have_text("2 assets")
    film.locator(".toast", has_text="Removed").get_by_role("button", name="Undo").click()
    expect(film.locator("#size")).to_have_text("3 assets")
    assert order(tiles) == before

    film.get_by_role("button", name="New collection").click()
    form = film.get_by_role("form", name="New collection")
    form.get_by_label("Name").fill("Act one")
    film.keyboard.press("Enter")
    expect(film.get_by_role("heading", level=1)).to_have_text("Act one")
    film.get_by_role("button", name="Edit").click()
    form = film.get_by_role("form", name="Edit collection")
    form.get_by_label("Name").fill("x" * 120)
    form.get_by_label("Lies in").select_option("")
    form.get_by_role("button", name="Save changes").click()
    expect(film.locator(".crumbs a")).to_have_count(1)
    film.get_by_role("button", name="Delete").click()
    film.wait_for_url("**/collections/")
    film.locator(".toast", has_text="Deleted").get_by_role("button", name="Undo").click()
    expect(film.get_by_role("heading", level=1)).to_have_text("x" * 120)


def look_through(stranger: Page) -> None:
    """One after the other over the page: by tap, key, swipe and Back."""
    stranger.locator(".tile__link").first.tap()
    viewer, place = stranger.get_by_role("dialog"), stranger.locator("[data-viewer-place]")
    expect(place).to_have_text("1 of 3")
    expect(viewer.get_by_role("button", name="Previous")).to_be_disabled()
    assert serious(stranger) == []
    stranger.keyboard.press("ArrowRight")
    expect(place).to_have_text("2 of 3")
    Fingers(stranger).swipe(dx=-160)
    expect(place).to_have_text("3 of 3")
    stranger.go_back()
    expect(viewer).to_be_hidden()
    expect(stranger.locator(".tile__link").last).to_be_focused()


def test_shared_with_a_stranger_until_it_is_revoked(film: Page, browser: Browser):
    film.get_by_role("button", name="Share").click()
    film.get_by_label("Password", exact=True).fill(PASSWORD)
    film.get_by_role("button", name="Make link").click()
    address = film.get_by_label("Shared link").input_value()
    assert serious(film) == []

    context = browser.new_context(**PHONE)
    stranger = context.new_page()
    stranger.goto(address)
    assert serious(stranger) == []
    stranger.get_by_label("Password").fill(PASSWORD.upper())
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_text("That is not the password of this link.")).to_be_visible()
    stranger.get_by_label("Password").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Harbour film")
    expect(stranger.locator(".tile")).to_have_count(3)
    assert serious(stranger) == []
    assert stranger.evaluate("document.documentElement.scrollWidth") == 360
    assert stranger.evaluate(TARGETS) == []
    picture = stranger.locator(".tile__link").first.get_attribute("href")
    assert stranger.request.get(picture).ok
    look_through(stranger)

    film.get_by_role("button", name="Revoke").click()
    expect(film.get_by_role("button", name="Revoke")).to_have_count(0)
    assert stranger.reload().status == 404
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This link is closed")
    assert stranger.request.get(picture).status == 404
    assert serious(stranger) == []
    context.close()
