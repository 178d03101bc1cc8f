"""Collections as a creator uses them: made in the library, ordered, shared, taken back."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.people import Person
from tests.browser.stock import PROMPT
from tests.browser.test_phone import TARGETS, Fingers
from tests.browser.test_viewer import serious
from tests.live.processes import until

PASSWORD = "swordfish and chips"
PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}
PHONE["reduced_motion"] = "reduce"


def order(tiles: Locator) -> list[str]:
    return tiles.evaluate_all("tiles => tiles.map((tile) => tile.dataset.asset)")


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
def film(person: Person, page: Page) -> Page:
    """The page of a new collection with the three pictures of one job."""
    collection = person.collect("Harbour film", person.keep({"prompt": PROMPT}))
    page.goto(f"/collections/{collection}/")
    return page


def test_made_in_the_library_by_the_popup(person: Person, page: Page):
    person.keep({"prompt": PROMPT})
    page.goto("/library/")
    for tile in page.locator(".tile").all():
        add_to(page, tile, "Harbour film")
    page.get_by_role("link", name="Collections", exact=True).click()
    card = page.get_by_role("link", name="Harbour film")
    expect(card).to_contain_text("3 assets")
    assert serious(page) == []
    card.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour film")


def test_what_is_pressed_while_the_list_is_searched_stays_pressed(person: Person, page: Page):
    person.keep({"prompt": PROMPT, "batch_size": 1})
    person.collect("Harbour film", [])
    searches: list[Route] = []

    def hold_the_first(route: Route) -> None:
        searches.append(route)
        if len(searches) > 1:
            route.continue_()

    page.route("**/membership/?*q=Harbour*", hold_the_first)
    page.goto("/library/")
    page.locator(".tile").hover()
    page.locator(".tile").get_by_role("button", name="Add to collection").click()
    page.get_by_role("searchbox", name="Find a collection").fill("Harbour")
    until(lambda: page.title() and searches, "the list is searched")

    film = page.get_by_role("checkbox", name="Harbour film")
    with page.expect_response("**/membership/?*q=Harbour*"):  # once more, after the choice
        film.click()
    expect(page.locator("#choices .choice")).to_have_count(2)  # and "New collection Harbour"
    expect(film).to_be_checked()


def test_ordered_by_keys_and_by_dragging(person: Person, film: Page):
    def kept() -> list[str]:
        film.title()  # lets the page go on
        return person.members(film.url.rstrip("/").rpartition("/")[2])

    tiles = film.locator(".tile")
    first, second, third = order(tiles)

    tiles.first.locator(".tile__link").focus()
    film.keyboard.press("Alt+ArrowRight")
    film.keyboard.press("Alt+ArrowRight")
    expect(film.locator("#order-said")).to_have_text("Moved to place 3")
    assert order(tiles) == [second, third, first]
    expect(film.locator(f"#asset-{first} .tile__link")).to_be_focused()
    until(lambda: kept() == [second, third, first], "the order by keys is kept")

    tiles.nth(2).drag_to(tiles.nth(0), target_position={"x": 8, "y": 60})
    until(lambda: kept() == [first, second, third], "the order by dragging is kept")
    assert order(tiles) == [first, second, third]
    assert serious(film) == []

    requests: list[Route] = []

    def answer_only_the_second(route: Route) -> None:
        requests.append(route)
        if len(requests) == 1:
            route.fetch()
        else:
            route.continue_()

    film.route("**/order/", answer_only_the_second)
    tiles.nth(2).locator(".tile__link").focus()
    film.keyboard.press("Alt+ArrowLeft")
    film.keyboard.press("Alt+ArrowLeft")
    until(lambda: kept() == [first, third, second], "the first of two moves is kept")
    film.reload()  # what waits for the answer goes on its way too
    until(lambda: kept() == [third, first, second], "the order of a page that was left is kept")


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
    form.get_by_role("radio", name="No other collection").check()
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


def test_shared_with_a_stranger_until_it_is_revoked(film: Page, new_context):
    film.get_by_role("button", name="Share").click()
    film.get_by_label("Password", exact=True).fill(PASSWORD)
    film.get_by_role("button", name="Make link").click()
    address = film.get_by_label("Shared link").input_value()
    assert serious(film) == []

    stranger = new_context(**PHONE).new_page()
    stranger.goto(address)
    assert serious(stranger) == []
    stranger.get_by_label("Password").fill(PASSWORD.upper())
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_text("That is not the password of this link.")).to_be_visible()
    stranger.get_by_label("Password").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Harbour film")
    expect(stranger.locator(".tile")).to_have_count(3)
    stranger.wait_for_load_state()  # tiles open over the page once the scripts are there
    assert serious(stranger) == []
    assert stranger.evaluate("document.documentElement.scrollWidth") == 360
    assert stranger.evaluate(TARGETS) == []
    picture = stranger.locator(".tile__link").first.evaluate("link => link.href")
    assert stranger.request.get(picture).ok
    look_through(stranger)

    film.get_by_role("button", name="Revoke").click()
    expect(film.get_by_role("button", name="Revoke")).to_have_count(0)
    assert stranger.reload().status == 404
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This link is closed")
    assert stranger.request.get(picture).status == 404
    assert serious(stranger) == []
