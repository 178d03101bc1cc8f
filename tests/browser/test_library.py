"""The library in a real browser: find, mark, delete, take back, look, change."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Person
from tests.browser.steps import held_back, look_through
from tests.live.processes import until

PROMPT = "An old fishing harbour in the fog"


@pytest.fixture
def kept(person: Person, page: Page) -> Page:
    """The library page with the three pictures of one job, found by their prompt."""
    person.keep({"prompt": PROMPT})
    page.goto("/library/?q=fishing+harbour")
    expect(page.locator(".tile")).to_have_count(3)
    return page


def in_rows(tiles: Locator) -> bool:
    boxes = [tile.bounding_box() for tile in tiles.all()]
    ratios = [box["width"] / box["height"] for box in boxes]
    same_height = len({round(box["height"]) for box in boxes}) == 1
    return same_height and all(abs(ratio - 16 / 9) < 0.03 for ratio in ratios)


def test_from_search_to_trash_and_back(kept: Page):
    page, tiles = kept, kept.locator(".tile")

    # Rows of one height, each tile in the ratio of its picture.
    until(lambda: in_rows(tiles), "the tiles are laid out")

    # Typing is waited for, and the URL says what is shown.
    page.get_by_role("combobox", name="Search the library").fill("nothing has these words")
    page.get_by_text("Nothing in your library matches.").wait_for()
    expect(page).to_have_url(re.compile(r"\?q=nothing\+has\+these\+words$"))
    page.go_back()
    expect(tiles).to_have_count(3)
    page.wait_for_load_state()  # its buttons work once the scripts are there

    # A favourite is found by its filter.
    favourite = tiles.first.get_by_role("button", name="Favourite")
    favourite.press("Enter")
    expect(favourite).to_have_attribute("aria-pressed", "true")
    expect(favourite).to_be_focused()
    page.get_by_label("Favourites", exact=True).check()
    expect(tiles).to_have_count(1)

    # Deleted, and taken back to where it was: at once, and when the page has seen that it is empty.
    name = tiles.first.get_attribute("id")
    for was_seen in (False, True):
        tiles.first.hover()
        tiles.first.get_by_role("button", name="Delete").click()
        expect(tiles).to_have_count(0)
        if was_seen:
            expect(page.locator("#shelf .stretch")).to_have_count(0)
        gone = page.locator(".toast", has_text="Moved to trash").last
        gone.get_by_role("button", name="Undo").click()
        expect(page.locator(f"#{name}")).to_be_visible()

    # Its page: the whole picture, and words of one's own.
    tiles.first.get_by_role("link", name="Picture").click()
    page.locator("#panel").get_by_role("link", name="Open its page").click()
    page.wait_for_load_state()
    saving = held_back(page, page.url, times=1)
    page.get_by_label("Title").fill("Harbour")
    page.keyboard.press("Enter")
    until(lambda: page.title() and saving, "the title is saved")
    page.get_by_label("Tags").fill("fog, sea")
    saving[0].continue_()
    expect(page.get_by_role("heading", name="Harbour")).to_be_visible()
    expect(page.get_by_label("Tags")).to_have_value("fog, sea")  # it was typed meanwhile
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".chip", has_text="fog")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Without metadata").click()
    assert download.value.suggested_filename.startswith("harbour-")

    # To the trash from there, and back from the trash.
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_text("In the trash.")).to_be_visible()
    page.goto("/library/trash/")
    trashed = page.locator(f"#{name}")
    trashed.get_by_role("button", name="Restore").click()
    expect(trashed).to_have_count(0)


def test_a_clip_is_looked_through_by_moving_the_pointer(person: Person, page: Page):
    clips = person.keep({"prompt": PROMPT, "mode": "video"})
    collection = person.collect("Clips", clips)

    for url in ("/library/", f"/collections/{collection}/"):
        page.goto(url)
        look_through(page, page.locator(".tile--video"))


def test_what_is_deleted_can_be_taken_back_though_the_page_knew_before_the_answer(kept: Page):
    answers = []
    kept.route("**/deletion/", lambda route: answers.append((route, route.fetch())))
    with kept.expect_response("**/library/stretch/?**"):  # the page learns of it by its socket
        kept.locator(".tile__button--delete").first.dispatch_event("click")
    until(lambda: kept.title() and answers, "it is deleted")
    with kept.expect_response("**/library/stretch/?**"):
        kept.evaluate("document.dispatchEvent(new CustomEvent('library-changed'))")
    [(route, answer)] = answers
    route.fulfill(response=answer)
    kept.locator(".toast", has_text="Moved to trash").get_by_role("button", name="Undo").click()
    expect(kept.locator(".tile")).to_have_count(3)


def test_what_is_pressed_while_a_panel_closes_is_done(kept: Page):
    panel, links = kept.locator("#panel"), kept.locator(".tile__link")
    links.nth(0).click()
    close = panel.get_by_role("button", name="Close details")
    expect(close).to_be_visible()
    close.evaluate("button => { button.click(); button.click(); }")  # one step back, not two
    links.nth(2).evaluate("link => link.click()")
    expect(links.nth(2)).to_have_attribute("aria-current", "true")
    kept.go_back()
    expect(panel).to_be_hidden()
    expect(links).to_have_count(3)
