"""Collections arranged: by a finger and by keys, moved, merged, nested."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.stock import PROMPT, Stock
from tests.browser.test_phone import TARGETS, Fingers
from tests.browser.test_viewer import serious
from tests.live.processes import until


def order(page: Page) -> list[str]:
    return page.locator(".tile").evaluate_all("tiles => tiles.map((tile) => tile.dataset.asset)")


@pytest.fixture
def stock(page: Page) -> Iterator[Stock]:
    stock = Stock(page)
    yield stock
    stock.no_collections()


@pytest.fixture
def pictures(stock: Stock) -> list[str]:
    return stock.pictures(PROMPT)


@pytest.fixture
def phone(phone_context: BrowserContext) -> Page:
    """A signed-in page on a touch screen."""
    page = phone_context.new_page()
    sign_in(page)
    return page


def way(start: Locator, end: Locator, across: float) -> tuple[float, float]:
    """Pixels from the middle of `start` to the part `across` (0 left, 1 right) of `end`."""
    one, other = start.bounding_box(), end.bounding_box()
    return (
        other["x"] + across * other["width"] - one["x"] - one["width"] / 2,
        other["y"] + other["height"] / 2 - one["y"] - one["height"] / 2,
    )


def drag(page: Page, start: Locator, end: Locator, across: float) -> None:
    """By a finger, in three steps; `start` is a tile, dragged by its grip."""
    grip = start.locator("[data-grip]")
    dx, dy = way(grip, end, across)
    fingers = Fingers(page, f"#{start.get_attribute('id')} [data-grip]")
    fingers.touch("touchStart", (0, 0))
    for part in (0.4, 0.8, 1):
        fingers.touch("touchMove", (dx * part, dy * part))
    expect(end).to_have_attribute("data-drop", "after" if across > 0.5 else "before")
    fingers.touch("touchEnd")


def test_ordered_by_a_finger(phone: Page, stock: Stock, pictures: list[str]):
    first, second, third = pictures
    film = stock.collection("Finger film", pictures)
    phone.goto(f"/collections/{film}/")
    tiles = phone.locator(".tile")
    assert order(phone) == [first, second, third]
    assert phone.evaluate(TARGETS) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 360

    drag(phone, tiles.nth(0), tiles.nth(2), 0.9)
    assert order(phone) == [second, third, first]
    until(lambda: stock.members(film) == [second, third, first], "the order is kept")

    drag(phone, tiles.nth(2), tiles.nth(0), 0.1)
    until(lambda: stock.members(film) == [first, second, third], "it is as before")


def test_moved_on_by_keyboard_and_taken_back(page: Page, stock: Stock, pictures: list[str]):
    film = stock.collection("Here", pictures)
    other = stock.collection("There")
    page.goto(f"/collections/{film}/")
    page.locator(".tile").first.get_by_role("button", name="Add or move").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox", name="Find a collection")).to_be_focused()
    page.keyboard.type("There")
    expect(page.locator("#choices .choice")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Move to There")).to_be_focused()
    assert serious(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#chooser")).to_be_hidden()
    expect(page.locator("#size")).to_have_text("2 assets")
    assert (stock.members(film), stock.members(other)) == (pictures[1:], pictures[:1])
    # The keyboard goes on at the tile that took its place.
    expect(page.locator(f"#asset-{pictures[1]} .tile__link")).to_be_focused()

    page.locator(".toast", has_text="Moved to").get_by_role("button", name="Undo").press("Enter")
    expect(page.locator("#size")).to_have_text("3 assets")
    assert (stock.members(film), stock.members(other)) == (pictures, [])


def test_merged_by_keyboard_with_what_lies_in_it(page: Page, stock: Stock, pictures: list[str]):
    film = stock.collection("One", pictures[:2])
    stock.collection("Inside one", pictures[2:], parent=film)
    other = stock.collection("Two", pictures[1:])
    page.goto(f"/collections/{film}/")
    page.get_by_role("button", name="Edit").press("Enter")
    target = page.get_by_role("group", name="Merge into")
    target.get_by_role("searchbox").fill("two")
    page.keyboard.press("Enter")
    expect(target.get_by_role("radio", name="Two")).to_be_focused()
    expect(target.get_by_role("radio", name="Two")).to_be_checked()
    assert serious(page) == []
    page.get_by_role("button", name="Merge").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Two")
    expect(page.locator("#size")).to_have_text("3 assets, 1 collection")
    expect(page.locator(".toast")).to_contain_text("Merged One into Two")
    assert stock.members(other) == [*pictures[1:], pictures[0]]


def test_nested_and_never_in_itself(phone: Page, stock: Stock, pictures: list[str]):
    page = phone
    outer = stock.collection("Outer", pictures)
    inner = stock.collection("Inner")
    page.goto(f"/collections/{outer}/")
    page.get_by_role("button", name="Edit").click()
    form = page.get_by_role("form", name="Edit collection")
    place = form.get_by_role("group", name="Lies in")
    place.get_by_role("radio", name="Inner").check()
    stock.move_into(inner, outer)  # in another tab, meanwhile
    form.get_by_role("button", name="Save changes").click()
    expect(form).to_contain_text("A collection cannot lie in itself or in one that lies in it.")
    expect(place.get_by_role("searchbox")).to_be_focused()
    assert serious(page) == []
    expect(place.get_by_role("radio", name="Inner")).to_have_count(0)

    page.reload()
    page.get_by_role("link", name="Inner").click()
    expect(page.locator(".crumbs a").last).to_have_text("Outer")
    page.locator(".crumbs a").last.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Outer")
    page.goto("/collections/")
    page.get_by_text("All as a tree").click()
    expect(page.locator(".tree li li")).to_have_text("Inner")

    page.get_by_role("searchbox", name="Search your collections").fill("inn")
    expect(page.locator("#found-count")).to_have_text("1 collection")
    page.wait_for_url("**/collections/?q=inn")
    page.reload()
    expect(page.locator(".card-of__place")).to_have_text("Outer")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert serious(page) == []
    page.get_by_role("searchbox", name="Search your collections").fill("")
    expect(page.get_by_text("All as a tree")).to_be_visible()
    page.wait_for_url("**/collections/")
