"""The library's grid in a real browser: a bounded page, dates, the way back."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Person
from tests.browser.steps import held_back
from tests.live.processes import Studio, until

MANY = 3_000
FILL = """
from datetime import timedelta
from django.utils import timezone
from library.models import LibraryAsset
from ourvidz.accounts.models import User
owner = User.objects.get(username="{owner}")
now = timezone.now().replace(hour=12, minute=0)  # so that the rows are the same at any hour
shapes = [(1024, 576), (1024, 1024), (576, 1024)]
LibraryAsset.objects.bulk_create(
    LibraryAsset(
        owner=owner, bytes=1, mime_type="image/png", title=f"Meadow {{number}}",
        width=shapes[number % 3][0], height=shapes[number % 3][1],
        created_at=now - timedelta(days=40) - timedelta(minutes=number * 20),
    )
    for number in range({many})
)
"""
MOST_TILES = 360
# The first tile under the header and its height in the window.
FIRST = """() => {
    const tiles = [...document.querySelectorAll("#shelf [data-asset]")];
    const tile = tiles.find((one) => one.getBoundingClientRect().bottom > 48);
    return tile && {id: tile.id, top: Math.round(tile.getBoundingClientRect().top)};
}"""

# Whether the URL and the history have it.
REMEMBERED = f"""() => {{
    const first = ({FIRST})();
    const kept = new URL(location.href).searchParams.get("at");
    return first?.id === `asset-${{kept}}` && Math.abs(history.state.top - first.top) < 1;
}}"""


@pytest.fixture(scope="module")
def person(guests: Iterator[Person], running_studio: Studio) -> Person:
    """Somebody who keeps MANY assets, for all tests of this module."""
    person = next(guests)
    running_studio.manage("shell", "-c", FILL.format(owner=person.name, many=MANY))
    return person


@pytest.fixture
def grid(page: Page) -> Locator:
    open_library(page)
    return page.locator("#shelf [data-asset]")


def open_library(page: Page) -> None:
    """With its full height, which it has once the scrubber is there."""
    page.goto("/library/?q=meadow")
    expect(page.locator(".scrubber")).to_have_attribute("data-total", str(MANY))


def scroll(page: Page, share: float) -> None:
    page.evaluate(
        "share => scrollTo(0, share * (document.documentElement.scrollHeight - innerHeight))", share
    )


def rank(page: Page) -> int:
    """Which asset the scrubber says is in view."""
    return int(page.locator(".scrubber").get_attribute("aria-valuenow"))


def stands(page: Page, place: dict) -> bool:
    """Whether the same tile is first in the window, at the same height but for rounding."""
    first = page.evaluate(FIRST) or {"id": "", "top": 0}
    return first["id"] == place["id"] and abs(first["top"] - place["top"]) <= 2


def test_far_and_back_in_a_bounded_page(grid: Locator, page: Page):
    first = page.evaluate(FIRST)
    for share in (0.05, 0.5, 1, 0.7, 0):
        scroll(page, share)
        until(lambda share=share: abs(rank(page) - share * MANY) < 0.06 * MANY, "it is shown")
        until(lambda: page.evaluate(FIRST), "tiles are in the window")
        assert 0 < grid.count() <= MOST_TILES
    until(lambda: page.evaluate(FIRST) == first, "the beginning is back")
    ids = grid.evaluate_all("tiles => tiles.map((tile) => tile.id)")
    assert len(ids) == len(set(ids))


def test_the_place_is_kept_on_reload_and_back(grid: Locator, page: Page):
    scroll(page, 0.5)
    expect(page).to_have_url(re.compile(r"at="))
    until(lambda: abs(rank(page) - MANY / 2) < 0.05 * MANY, "the middle is shown")
    page.evaluate("scrollBy(0, 333)")
    until(lambda: page.evaluate(REMEMBERED), "the URL holds the first tile")
    place = page.evaluate(FIRST)

    page.reload()
    until(lambda: stands(page, place), f"it is {place} again, not {page.evaluate(FIRST)}")
    link = page.locator(f"#{place['id']} .tile__link")
    link.focus()  # it comes out from under what lies over it
    until(lambda: page.evaluate(REMEMBERED), "the URL holds the first tile")
    place = page.evaluate(FIRST)
    link.press("Enter")
    expect(page.get_by_role("button", name="Save changes")).to_be_visible()
    page.go_back()
    until(lambda: (page.evaluate(FIRST) or {}).get("id") == place["id"], "the tile is back")


# Opens the tile's panel and goes Back as soon as the rows have made way for it, before it rests.
LOOK_IN = """async (link) => {
    const shelf = document.querySelector("#shelf");
    const width = shelf.clientWidth;
    const frame = () => new Promise(requestAnimationFrame);
    const laid = async (done) => { do await frame(); while (!done()); await frame(); };
    link.click();
    await laid(() => shelf.clientWidth < width);
    history.back();
    await laid(() => shelf.clientWidth === width);
}"""


@pytest.mark.parametrize("rests", [False, True], ids=["at once", "after a while"])
def test_a_panel_that_closes_leaves_the_place_as_it_was(grid: Locator, page: Page, rests: bool):
    """With the panel the rows are narrower, and begin with other tiles."""
    scroll(page, 0.5)
    until(lambda: page.evaluate(REMEMBERED), "the URL holds the first tile")
    for _ in range(3):
        page.evaluate("scrollBy(0, 350)")
        place = page.evaluate(FIRST)
        link = page.locator(f"#{place['id']} .tile__link")
        if rests:
            link.evaluate("link => link.click()")
            expect(page.locator("#panel")).to_be_visible()
            expect(page).to_have_url(re.compile("at="))
            until(lambda: page.evaluate(REMEMBERED), "the URL holds the first tile with the panel")
            page.go_back()
            expect(page.locator("#panel")).to_be_hidden()
        else:
            link.evaluate(LOOK_IN)
        until(lambda: stands(page, place), f"{place} is there again: {page.evaluate(FIRST)}")  # noqa: B023


def test_dates_by_keyboard_and_by_list(grid: Locator, page: Page):
    slider = page.get_by_role("slider", name="Date")
    months = page.locator(".dates__month").count()
    assert months >= 2
    slider.focus()
    slider.press("PageDown")
    second = page.locator(".dates__month").nth(1).get_attribute("data-name")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(second))
    heading = page.locator(".shelf__day:not([hidden])", has_text=second.split()[0])
    expect(heading.first).to_be_in_viewport()
    slider.press("End")
    until(lambda: rank(page) > MANY - 60, "the end is shown")
    slider.press("Home")
    until(lambda: rank(page) == 0, "the beginning is shown")

    page.get_by_role("button", name="Dates").click()
    page.locator(".dates__month").nth(1).locator("summary").click()
    day = page.locator(".dates__month[open] .dates__day").nth(2)
    name = day.inner_text().split("\n")[0]
    day.click()
    expect(slider).to_have_attribute("aria-valuetext", name)
    until(lambda: (page.evaluate(FIRST) or {"top": 0})["top"] >= 48, "it stands under the header")


# Says when htmx has done what there is to do with the answer to a request.
ONCE_ANSWERED = """document.addEventListener(
    "htmx:afterRequest", () => { document.documentElement.dataset.answered = ""; }, {once: true}
)"""


def test_dates_stay_while_one_is_chosen_and_are_renewed_then(grid: Locator, page: Page):
    counts = held_back(page, re.compile(r"/library/months/\?"))
    page.evaluate("document.dispatchEvent(new CustomEvent('library-changed'))")
    until(lambda: page.title() and counts, "the counts are asked for")
    page.get_by_role("button", name="Dates").click()
    page.locator(".dates__month").nth(1).locator("summary").click()
    day = page.locator(".dates__month[open] .dates__day").nth(2)
    expect(day).to_be_visible()
    page.evaluate(ONCE_ANSWERED)
    counts[0].continue_()
    expect(page.locator("html")).to_have_attribute("data-answered", "")
    expect(day).to_be_visible()
    page.keyboard.press("Escape")
    until(lambda: page.title() and len(counts) > 1, "they are asked for again")
    counts[1].continue_()
    expect(page.locator(".dates__month[open]")).to_have_count(0)


def test_what_has_the_focus_stays_in_the_page(grid: Locator, page: Page):
    link = grid.nth(2).get_by_role("link", name="Picture")
    link.focus()
    scroll(page, 0.5)
    until(lambda: abs(rank(page) - MANY / 2) < 0.05 * MANY, "the middle is shown")
    assert page.evaluate("document.activeElement.className") == "tile__link"
    assert grid.count() <= MOST_TILES
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_be_in_viewport()


@pytest.mark.parametrize("layout", ["small", "list"])
def test_axe_finds_nothing_and_a_phone_is_wide_enough(page: Page, layout: str):
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"/library/?q=meadow&layout={layout}")
    page.locator(".scrubber").wait_for()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Dates").click()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_name_of_a_date_is_in_nobodys_way(grid: Locator, page: Page):
    """It lies over the toolbar while the first assets are in view."""
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator(".scrubber__name")).not_to_be_empty()
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.get_by_role("link", name="Trash")).to_be_visible()


def test_layouts_are_links_and_remembered(grid: Locator, page: Page):
    page.get_by_role("link", name="List").click()
    expect(page.locator(".row").first).to_be_visible()
    open_library(page)
    expect(page.locator(".row").first).to_be_visible()
    scroll(page, 0.5)
    until(lambda: abs(rank(page) - MANY / 2) < 0.05 * MANY, "the middle is shown")
    page.get_by_role("link", name="Medium tiles").click()
    expect(page.locator("#shelf .tile").first).to_be_visible()
