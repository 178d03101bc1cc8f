"""A selection in the workspace: made by range, acted on at once, told item by item."""

import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import delete_first, finished_group, held_back
from tests.live.processes import until

pytestmark = pytest.mark.usefixtures("workspace")


def test_a_selection_is_made_by_range_and_done_with_at_once(page: Page):
    finished_group(page, "A grey heron by a pond")
    finished_group(page, "A glass of water on a table")
    tiles = page.locator(".tile[data-asset]")
    count = page.locator("[data-selected-count]")
    tiles.nth(1).locator(".tile__link").click(modifiers=["Control"])
    tiles.nth(4).locator(".tile__link").click(modifiers=["Shift"])
    expect(count).to_have_text("4")
    assert "select=on" in page.url
    page.go_back()
    expect(page.get_by_role("toolbar", name="Selection")).to_be_hidden()
    tiles.nth(0).locator(".tile__link").click(modifiers=["Control"])
    page.get_by_role("button", name="Select all", exact=True).click()
    expect(count).to_have_text("6")
    page.get_by_role("toolbar").get_by_role("button", name="Dismiss").click()
    expect(page.locator("section[data-job]")).to_have_count(0)
    toast = page.locator(".toast", has_text="6 dismissed, kept in the library")
    toast.get_by_role("button", name="Undo").click()
    expect(tiles).to_have_count(6)


def test_nothing_is_done_to_half_of_what_is_meant(page: Page):
    group = finished_group(page, "Five pebbles")
    dismiss = page.get_by_role("toolbar").get_by_role("button", name="Dismiss")
    asked = held_back(page, "**/workspace/selection/?*")
    group.locator(".tile__link").first.click(modifiers=["Control"])
    expect(dismiss).to_be_enabled()
    page.get_by_role("button", name="Select all", exact=True).click()
    expect(dismiss).to_be_disabled()
    until(lambda: page.title() and asked, "the server is asked for all")
    asked[0].continue_()
    expect(dismiss).to_be_enabled()
    expect(page.locator("[data-selected-count]")).to_have_text("3")


def test_what_went_meanwhile_is_told_item_by_item(page: Page, context):
    group = finished_group(page, "Three doors in a wall")
    other = context.new_page()
    other.goto("/workspace/")
    group.locator(".tile__link").first.click(modifiers=["Control"])
    page.get_by_role("button", name="Select all", exact=True).click()
    page.route("**/selection/check/", lambda route: (delete_first(other), route.continue_()))
    page.get_by_role("toolbar").get_by_role("button", name="Save", exact=True).click()
    sheet = page.get_by_role("dialog", name="Not everything went well")
    expect(sheet).to_contain_text("2 of 3 are done.")
    expect(sheet).to_contain_text("It is no longer in the workspace.")


def test_selected_jobs_are_made_again_and_two_pictures_are_references(page: Page):
    finished_group(page, "A yellow door")
    group = finished_group(page, "A stone well")
    toolbar = page.get_by_role("toolbar", name="Selection")
    group.locator(".tile__link").first.click(modifiers=["Control"])
    page.get_by_role("button", name="Select all", exact=True).click()
    toolbar.get_by_role("button", name="Use as reference").click()
    expect(page.locator(".toast", has_text="A picture takes two")).to_be_visible()
    toolbar.get_by_role("button", name="Regenerate").click()
    expect(page.locator(".toast", has_text="2 jobs queued again")).to_be_visible()
    expect(page.locator("section[data-job]")).to_have_count(4)
    expect(toolbar).to_be_hidden()

    for number in (0, 1):
        group.locator(".tile__link").nth(number).click(modifiers=["Control"])
    toolbar.get_by_role("button", name="Use as reference").click()
    toast = page.locator(".toast", has_text="Set as the reference and the style reference")
    expect(toast).to_be_visible()
    for name in ("reference", "style_reference"):
        box = page.locator(f'reference-box[name="{name}"]')
        expect(box.locator(".reference__picture")).to_be_visible()
        box.locator("[data-clear-reference]").dispatch_event("click")


def test_a_selection_is_downloaded_as_one_zip(page: Page):
    group = finished_group(page, "Two pears on a plate")
    group.locator(".tile__link").first.click(modifiers=["Control"])
    page.get_by_role("button", name="Select all", exact=True).click()
    with page.expect_download() as told:
        page.get_by_role("toolbar").get_by_role("button", name="Download").click()
    with zipfile.ZipFile(told.value.path()) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 3
    expect(page.locator("[data-selected-count]")).to_have_text("3")
