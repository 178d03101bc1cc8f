"""Organising a library: review lists and culling, each committed and taken back."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.people import Person
from tests.browser.test_phone import TARGETS, Fingers
from tests.browser.test_viewer import serious
from tests.live.processes import until

# The first two are one picture, made twice.
REQUESTS = [("Crimson kite over quiet dunes", 7)] * 2 + [("Crimson kite, quiet dunes, dusk", 9)]
FOUND = "/library/?q=crimson"
CULL = "/library/cull/?q=crimson"


@pytest.fixture
def stocked(person: Person, page: Page) -> Page:
    """A page whose user keeps the three pictures of REQUESTS."""
    person.keep(*({"prompt": prompt, "seed": seed, "batch_size": 1} for prompt, seed in REQUESTS))
    return page


def kept(page: Page) -> int:
    return len(page.request.get("/api/v1/library/assets?q=crimson").json()["items"])


def undo(page: Page, words: str) -> None:
    page.locator(".toast", has_text=words).get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="Taken back")).to_be_visible()


def row_of(page: Page, words: str) -> Locator:
    return page.locator(".review__row").filter(has_text=words)


def test_the_better_of_two_duplicates_is_kept(stocked: Page):
    page = stocked
    page.goto("/library/")
    page.get_by_role("link", name="Organise").click()
    group = row_of(page, "Crimson kite over quiet dunes")
    expect(group.get_by_role("checkbox")).to_have_count(2)
    expect(page.get_by_text("Nothing ticked yet")).to_be_visible()
    group.get_by_role("checkbox").first.check()
    expect(page.get_by_text("1 kept, 1 to the trash")).to_be_visible()
    assert serious(page) == []

    page.get_by_role("button", name="Keep ticked, trash the others").click()
    expect(group).to_have_count(0)
    assert kept(page) == 2

    undo(page, "1 moved to trash")
    expect(group.get_by_role("checkbox")).to_have_count(2)  # the list has it again
    assert kept(page) == 3


def test_a_suggested_tag_is_put_on_and_taken_off(stocked: Page):
    page = stocked
    page.goto("/library/organise/tags/")
    row = page.get_by_role("group", name="crimson kite")
    row.get_by_label("What to do").select_option("Add this tag")
    row.get_by_label("Name").fill("Kites")
    expect(page.get_by_text("1 chosen")).to_be_visible()
    assert serious(page) == []

    page.get_by_role("button", name="Apply what is chosen").click()
    toast = page.locator(".toast", has_text="3 tagged.")
    expect(toast).to_be_visible()
    found = page.request.get("/api/v1/library/assets?q=tag:kites").json()["items"]
    assert len(found) == 3

    undo(page, "3 tagged.")
    assert page.request.get("/api/v1/library/assets?q=tag:kites").json()["items"] == []


def test_similar_prompts_become_a_collection_and_it_goes_again(stocked: Page):
    page = stocked
    page.goto("/library/organise/prompts/")
    row = row_of(page, "Crimson kite, quiet dunes, dusk")
    row.get_by_label("What to do").select_option("Make a collection")
    row.get_by_label("Name").fill("All the kites")
    assert serious(page) == []

    page.get_by_role("button", name="Apply what is chosen").click()
    expect(row).to_have_count(0)
    page.goto("/collections/")
    expect(page.get_by_role("link", name="All the kites")).to_contain_text("3 assets")

    page.goto("/workspace/history/")
    latest = page.locator("[data-action-id]").first
    expect(latest).to_contain_text("Grouped by prompt")
    latest.get_by_role("button", name="Undo").click()
    page.goto("/collections/")
    expect(page.get_by_role("link", name="All the kites")).to_have_count(0)


def shown(page: Page) -> Locator:
    return page.locator(".cull__item:not([hidden]) .cull__media")


def is_ready(media: Locator) -> bool:
    return media.evaluate("image => image.complete && image.naturalWidth > 0")


def test_culling_by_keyboard_survives_a_reload_and_is_undone_as_one(stocked: Page):
    page = stocked
    page.goto(FOUND)
    page.get_by_role("link", name="Cull these").click()
    expect(page.locator("#cull[data-ready]")).to_be_visible()
    expect(page.get_by_text("1 of 3")).to_be_visible()
    second = page.locator(".cull__item .cull__media").nth(1)
    until(lambda: is_ready(second), "the next picture is there before it is asked for")
    assert serious(page) == []

    page.keyboard.press("x")
    expect(page.get_by_text("2 of 3")).to_be_visible()
    assert is_ready(shown(page))
    page.keyboard.press("f")
    page.keyboard.press("4")
    expect(page.get_by_text("3 of 3")).to_be_visible()

    page.reload()
    expect(page.get_by_text("3 of 3")).to_be_visible()
    expect(page.get_by_role("button", name="Finish")).to_contain_text("(2)")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("2 of 3")).to_be_visible()
    expect(page.get_by_role("button", name="4 of 5")).to_have_attribute("aria-pressed", "true")

    page.keyboard.press("Enter")
    end = page.get_by_role("dialog", name="Finish")
    expect(end).to_contain_text("1 to the trash, 1 to be rated, 1 marked")
    assert serious(page) == []
    end.get_by_role("button", name="Apply").click()
    expect(end).to_contain_text("1 moved to trash, 1 rated")
    assert kept(page) == 2

    undo(page, "1 moved to trash")
    expect(end).to_contain_text("Taken back")
    end.get_by_role("link", name="Done").click()
    expect(page.locator(".tile")).to_have_count(3)
    rated = page.request.get("/api/v1/library/assets?q=crimson+rating:4").json()["items"]
    assert rated == []


def test_culling_by_finger_on_a_small_phone(stocked: Page, phone_context):
    phone = phone_context.new_page()
    sign_in(phone)
    phone.goto(CULL)
    expect(phone.locator("#cull[data-ready]")).to_be_visible()
    assert phone.evaluate(TARGETS) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    fingers = Fingers(phone)

    fingers.swipe(dx=160)
    expect(phone.get_by_text("2 of 3")).to_be_visible()
    fingers.swipe(dx=-160)
    expect(phone.get_by_text("3 of 3")).to_be_visible()
    fingers.swipe(dy=160)
    expect(phone.get_by_text("2 of 3")).to_be_visible()
    expect(phone.get_by_role("status").filter(has_text="Rejected")).to_be_visible()

    phone.get_by_role("button", name="Finish").tap()
    expect(phone.get_by_role("dialog", name="Finish")).to_contain_text("1 to the trash, 1 kept")
    phone.get_by_role("button", name="Forget decisions").tap()
    phone.get_by_role("button", name="Forget them").tap()
    expect(phone.get_by_role("dialog", name="Finish")).to_be_hidden()
    expect(phone.get_by_role("button", name="Finish")).to_have_text("Finish")
