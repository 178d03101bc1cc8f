"""Many at once in the library, by mouse, keys and finger; and a page that follows changes."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.people import Person
from tests.browser.steps import held_back, wait_for_sight
from tests.browser.test_library_grid import FIRST, rank, scroll
from tests.live.processes import Studio, until

MANY = 400
LEAP = re.compile(r"[?&]skip=")  # a request of what was never in the page
HOSTILE = "<b>bold</b> \u202eright to left\u202c \U0001f98a " + "unbroken" * 20
FILL = """
from datetime import timedelta
from django.utils import timezone
from library.models import LibraryAsset
from ourvidz.accounts.models import User
owner, now = User.objects.get(username="{owner}"), timezone.now()
LibraryAsset.objects.bulk_create(
    LibraryAsset(
        owner=owner, bytes=1, mime_type="image/png", title=f"Copper {{number}}",
        width=1024, height=576, created_at=now - timedelta(days=3, minutes=number * 40),
    )
    for number in range({many})
)
"""
ADD = """
from library.models import LibraryAsset
from ourvidz.accounts.models import User
owner = User.objects.get(username="{owner}")
for title in {titles!r}:
    LibraryAsset.objects.create(
        owner=owner, bytes=1, mime_type="image/png", title=title, width=1024, height=576
    )
"""


@pytest.fixture(scope="module")
def person(guests: Iterator[Person], running_studio: Studio) -> Person:
    """Somebody who keeps MANY assets, for all tests of this module."""
    person = next(guests)
    running_studio.manage("shell", "-c", FILL.format(owner=person.name, many=MANY))
    return person


@pytest.fixture
def grid(page: Page) -> Locator:
    page.goto("/library/?q=copper")
    expect(page.locator(".scrubber")).to_have_attribute("data-total", str(MANY))
    return page.locator("#shelf [data-asset]")


def selected(page: Page) -> Locator:
    return page.locator("[data-selected-count]")


def undo(batch: Locator, name: str) -> None:
    """Undo the batch of that name, to its end: the tests of this module have one library."""
    ended = batch.locator(".batch--completed", has_text=name)
    ended.get_by_role("button", name="Undo").click()
    expect(batch.locator(".batch--completed", has_text=f"Undo: {name}")).to_be_visible()


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('[data-asset]')?.id ?? ''")


def test_a_selection_survives_scrolling_and_becomes_a_batch(grid: Locator, page: Page):
    bar = page.get_by_role("toolbar", name="Selection")
    first = grid.first.get_attribute("id")
    grid.first.locator(".tile__link").click(modifiers=["Control"])
    grid.nth(2).hover()
    grid.nth(2).get_by_role("checkbox").check()
    expect(selected(page)).to_have_text("2")

    # A range to what was not in the page when it began.
    scroll(page, 1)
    until(lambda: rank(page) > MANY / 2, "the end is shown")
    grid.last.locator(".tile__link").click(modifiers=["Shift"])
    expect(selected(page)).to_have_text(str(MANY - 1))
    scroll(page, 0)
    expect(page.locator(f"#{first}.is-selected")).to_be_visible()
    expect(grid.nth(1)).not_to_have_class("is-selected")
    assert Axe().run(page).response["violations"] == []

    bar.get_by_role("button", name="Rate", exact=True).click()
    bar.get_by_role("button", name="4 of 5").click()
    batch = page.get_by_role("region", name="Batches")
    expect(batch.get_by_text(f"{MANY - 1} changed.")).to_be_visible()
    undo(batch, "Rate")

    bar.get_by_role("button", name="Collection").click()
    expect(bar.get_by_role("group", name="Put into").get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("Night")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="New collection Night")).to_be_checked()
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Enter")
    expect(batch.get_by_text("Add to collection")).to_be_visible()
    expect(batch.get_by_text(f"{MANY - 1} changed.")).to_be_visible()
    undo(batch, "Add to collection")

    # What was rated is still selected; what goes to the trash is not.
    expect(selected(page)).to_have_text(str(MANY - 1))
    bar.get_by_role("button", name="Tag", exact=True).click()
    page.keyboard.type("night")  # the box has the focus
    page.keyboard.press("Enter")
    expect(batch.get_by_text("night", exact=True)).to_be_visible()
    expect(batch.get_by_text(f"{MANY - 1} changed.")).to_be_visible()
    page.keyboard.press("Delete")
    expect(bar).to_be_hidden()
    expect(batch.get_by_text("Move to trash")).to_be_visible()
    expect(batch.get_by_text(f"{MANY - 1} changed.")).to_be_visible()
    undo(batch, "Move to trash")


def test_tile_by_tile_with_keys(grid: Locator, page: Page):
    stops = "[...document.querySelectorAll('#shelf .tile__link')].filter((a) => a.tabIndex >= 0)"
    first = grid.first.get_attribute("id")
    grid.first.locator(".tile__link").focus()
    assert page.evaluate(f"{stops}.length") == 1
    page.keyboard.press("ArrowDown")
    below = focused(page)
    assert below != first
    page.keyboard.press("ArrowUp")
    assert focused(page) == first
    page.keyboard.press("End")
    until(lambda: rank(page) > MANY / 2, "the end is shown")
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Home")
    until(lambda: focused(page) == first, "the first has the focus")

    for key in ("4", "ArrowRight", "3", "ArrowRight", "2", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    for number, stars in enumerate("432"):
        expect(grid.nth(number).locator(".rating")).to_have_text(f"Rating: {stars}")
    assert focused(page) == first
    page.keyboard.press("1")
    page.keyboard.press("c")  # while that is on its way
    expect(page.locator("#chooser")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#chooser")).to_be_hidden()
    expect(grid.first.locator(".tile__link")).to_be_focused()

    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+X")
    expect(selected(page)).to_have_text("3")
    page.keyboard.press("Space")
    expect(selected(page)).to_have_text("2")
    for key in ("PageDown", "ArrowDown", "ArrowDown", "PageUp", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
        wait_for_sight(page)
    page.keyboard.press("Home")
    until(lambda: focused(page) == first, "the first has the focus")
    wait_for_sight(page)
    page.keyboard.press("Control+a")
    expect(selected(page)).to_have_text(str(MANY))
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar", name="Selection")).to_be_hidden()
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    expect(panel.get_by_role("button", name="Save changes")).to_be_visible()
    page.keyboard.press("5")
    expect(page.locator("#toasts")).to_contain_text("Changes saved.")
    expect(panel.get_by_role("radio", name="5 of 5")).to_be_checked()
    expect(page.locator(".tile__link[aria-current] ~ .tile__marks .rating")).to_have_text(
        "Rating: 5"
    )


def test_a_long_press_selects(phone_context: BrowserContext):
    page = phone_context.new_page()
    sign_in(page)
    page.goto("/library/?q=copper")
    tile = page.locator("#shelf [data-asset]").first
    box = tile.bounding_box()
    touch = phone_context.new_cdp_session(page)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(selected(page)).to_have_text("1")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.locator("#shelf .tile__link").nth(1).tap(position={"x": 60, "y": 20})
    expect(selected(page)).to_have_text("2")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    tile.locator(".tile__link").focus()
    for key in ("ArrowDown",) * 5 + ("ArrowUp",) * 3:  # the bar lies over the end of the page
        page.keyboard.press(key)
        wait_for_sight(page)


def test_what_is_new_comes_by_itself_and_moves_nothing(
    grid: Locator, page: Page, person: Person, running_studio: Studio
):
    def add(*titles: str) -> None:
        running_studio.manage("shell", "-c", ADD.format(owner=person.name, titles=titles))

    add("Copper new", f"Copper {HOSTILE}")
    total = page.locator(".scrubber")
    expect(total).to_have_attribute("data-total", str(MANY + 2))
    expect(grid.first.get_by_role("link", name="bold")).to_be_visible()
    assert page.locator("#shelf b").count() == 0

    page.set_viewport_size({"width": 360, "height": 780})
    grid.first.get_by_role("link", name="bold").click()
    expect(page.locator("#panel").get_by_role("heading", name="bold")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("#panel").get_by_role("button", name="Close details").click()
    page.set_viewport_size({"width": 1440, "height": 900})
    scroll(page, 0.5)
    until(lambda: rank(page) > MANY / 4, "the middle is shown")
    place = page.evaluate(FIRST)
    add("Copper last")
    pill = page.get_by_role("button", name="1 new")
    expect(pill).to_be_visible()
    now = page.evaluate(FIRST)
    assert (now["id"], abs(now["top"] - place["top"]) <= 2) == (place["id"], True)
    pill.click()
    expect(grid.first.get_by_role("link", name="Copper last")).to_be_in_viewport()
    expect(pill).to_be_hidden()

    # Where one wants to be is reached, though the page is renewed on the way there.
    leaps = held_back(page, LEAP, times=1)
    grid.first.locator(".tile__link").focus()
    with page.expect_request(LEAP):
        page.keyboard.press("End")
    add("Copper on the way")
    expect(grid.first.get_by_role("link", name="Copper on the way")).to_be_visible()
    leaps[0].continue_()
    until(lambda: rank(page) > MANY / 2, "the end is shown")
    expect(page.locator(":focus")).to_be_in_viewport()
