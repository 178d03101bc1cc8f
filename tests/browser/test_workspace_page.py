"""The workspace page as a creator uses it: undo, filters, keys, selection, days, live."""

import zipfile

from playwright.sync_api import Page, expect

from tests.browser.steps import clear, generate

LONG = 60_000


def finished_group(page: Page, prompt: str):
    """A new group whose three pictures are there."""
    group = page.locator(f"#{generate(page, prompt)}")
    expect(group.locator("[data-asset]")).to_have_count(3, timeout=LONG)
    return group


def leave_the_prompt(page: Page) -> None:
    """Keys belong to the page, not to a text field."""
    page.locator("#main").focus()


def test_ctrl_z_takes_back_the_latest_but_not_while_typing(page: Page):
    clear(page)
    tiles = finished_group(page, "A paper boat in a puddle").locator(".tile")
    tiles.first.hover()
    tiles.first.get_by_role("button", name="Delete", exact=True).click()
    expect(tiles).to_have_count(2)
    page.get_by_label("Prompt", exact=True).fill("half a thou")
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Prompt", exact=True)).not_to_have_value("half a thou")
    expect(tiles).to_have_count(2)
    leave_the_prompt(page)
    page.keyboard.press("Control+z")
    expect(tiles).to_have_count(3)
    expect(page.locator(".toast", has_text="Taken back: deleted")).to_be_visible()


def test_the_history_page_takes_back(page: Page):
    clear(page)
    group = finished_group(page, "A red barn in the snow")
    group.hover()
    group.locator(".job__delete").click()
    expect(page.locator("section[data-job]")).to_have_count(0)
    page.get_by_role("button", name="Account").click()
    page.get_by_role("link", name="History and undo").click()
    entry = page.locator(".entry").first
    expect(entry).to_contain_text("Deleted 3 items")
    entry.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="Taken back: deleted")).to_be_visible()
    expect(page.locator(".entry").first).to_contain_text("Undone")
    page.get_by_role("link", name="Workspace", exact=True).click()
    expect(page.locator("section[data-job]", has_text="red barn").locator(".tile")).to_have_count(3)


def test_a_filter_is_in_the_url_kept_and_respected_by_what_arrives(page: Page):
    clear(page)
    finished_group(page, "A green kite over a lake")
    finished_group(page, "A brass clock on a shelf")
    groups = page.locator("section[data-job]")
    page.get_by_label("Words in prompt").fill("kite")
    expect(groups).to_have_count(1)
    assert page.url.endswith("/workspace/?q=kite")
    hidden = "A wooden boat"
    page.get_by_label("Prompt", exact=True).fill(hidden)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast", has_text="leaves it out")).to_be_visible()
    page.goto("/library/")
    page.get_by_role("link", name="Workspace", exact=True).click()
    expect(groups).to_have_count(1)
    page.get_by_label("Words in prompt").fill("nothing like it")
    expect(page.get_by_text("No job matches “nothing like it”.")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Words in prompt")).to_have_value("kite")
    expect(groups).to_have_count(1)
    page.locator("#filter-chips").get_by_role("link", name="Clear filters").click()
    expect(groups).to_have_count(3)
    expect(page.locator("section[data-job]", has_text=hidden)).to_have_count(1)


def test_keys_go_between_tiles_and_act_on_the_one_in_focus(page: Page):
    clear(page)
    group = finished_group(page, "Seven stones in a row")
    tiles = group.locator(".tile")
    leave_the_prompt(page)
    page.keyboard.press("j")
    expect(tiles.nth(0).locator(".tile__link")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tiles.nth(1).locator(".tile__link")).to_be_focused()
    page.keyboard.press("s")
    expect(tiles.nth(1).get_by_text("Saved to library")).to_be_attached()
    page.keyboard.press("x")
    expect(tiles).to_have_count(2)
    expect(tiles.nth(1).locator(".tile__link")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Delete")
    expect(tiles).to_have_count(1)
    with page.expect_download():
        page.keyboard.press("d")
    page.keyboard.press("r")
    expect(page.locator("section[data-job]")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator("dialog.lightbox")).to_be_visible()


def test_the_help_sheet_opens_by_key_and_never_while_typing(page: Page):
    page.get_by_label("Prompt", exact=True).fill("")
    page.get_by_label("Prompt", exact=True).press_sequentially("what? j/k")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("what? j/k")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_hidden()
    leave_the_prompt(page)
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_label("Words in prompt")).to_be_focused()


def test_a_selection_is_made_by_range_and_done_with_at_once(page: Page):
    clear(page)
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


def test_what_went_meanwhile_is_told_item_by_item(page: Page, context):
    clear(page)
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


def delete_first(page: Page) -> None:
    """In another tab, and done when this returns."""
    tile = page.locator(".tile[data-asset]").first
    with page.expect_response("**/workspace/actions/"):
        tile.locator(".tile__button--delete").dispatch_event("click")


def test_a_selection_is_downloaded_as_one_zip(page: Page):
    clear(page)
    group = finished_group(page, "Two pears on a plate")
    group.locator(".tile__link").first.click(modifiers=["Control"])
    page.get_by_role("button", name="Select all", exact=True).click()
    with page.expect_download() as told:
        page.get_by_role("toolbar").get_by_role("button", name="Download").click()
    with zipfile.ZipFile(told.value.path()) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 3
    expect(page.locator("[data-selected-count]")).to_have_text("3")
