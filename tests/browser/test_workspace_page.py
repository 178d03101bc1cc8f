"""The workspace page as a creator uses it: undo, filters, keys, days, live."""

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Person
from tests.browser.steps import delete_first, finished_group, generate, held_back
from tests.live.processes import until

pytestmark = pytest.mark.usefixtures("workspace")


def leave_the_prompt(page: Page) -> None:
    """Keys belong to the page, not to a text field."""
    page.locator("#main").focus()


def test_ctrl_z_takes_back_the_latest_but_not_while_typing(page: Page):
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
    page.wait_for_load_state()  # what is typed is searched once the scripts are there
    with page.expect_request("**/workspace/?q=brass") as late:
        held_back(page, "**/workspace/?q=brass", times=1)
        page.get_by_label("Words in prompt").fill("brass")
    with page.expect_event("requestfailed", lambda request: request == late.value):
        page.go_back()  # what was asked for before comes no more
    expect(groups).to_have_count(1)
    page.get_by_label("Words in prompt").fill("nothing like it")
    expect(page.get_by_text("No job matches “nothing like it”.")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Words in prompt")).to_have_value("kite")
    expect(groups).to_have_count(1)
    page.locator("#filter-chips").get_by_role("link", name="Clear filters").click()
    expect(groups).to_have_count(3)
    late = page.locator("section[data-job]", has_text=hidden)
    expect(late.locator("[data-asset]")).to_have_count(3)


def test_keys_go_between_tiles_and_act_on_the_one_in_focus(page: Page):
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


def test_the_rail_shows_one_job_alone_and_again_all(page: Page):
    first = finished_group(page, "One oak in a field")
    second = finished_group(page, "A bowl of cherries")
    rail = page.get_by_role("navigation", name="Jobs")
    rail.get_by_role("link", name="One oak in a field").click()
    expect(second).to_be_hidden()
    expect(first).to_be_focused()
    assert "job=" in page.url
    page.reload()
    expect(first).to_be_visible()
    expect(second).to_be_hidden()
    rail.get_by_role("link", name="One oak in a field").click()
    expect(second).to_be_visible()
    page.go_back()
    expect(second).to_be_hidden()
    generate(page, "A third one")
    expect(second).to_be_visible()

    # One that the filter leaves out is fetched, and stays though something else comes meanwhile.
    group = second.get_attribute("data-job")
    asked = held_back(page, f"**/jobs/{group}/", times=1)
    page.goto(f"/workspace/?q=oak&job={group}")
    until(lambda: page.title() and asked, "it is asked for")
    page.evaluate("document.dispatchEvent(new CustomEvent('groups-changed'))")
    asked[0].continue_()
    expect(second).to_be_visible()
    assert "job=" in page.url


def test_what_arrives_in_another_tab_is_counted_and_moves_nothing(page: Page, context):
    for prompt in ("A stair of stone", "A candle at night", "A field of rye"):
        finished_group(page, prompt)
    other = context.new_page()
    other.goto("/workspace/")
    other.evaluate("scrollTo({ top: 700, behavior: 'instant' })")
    assert other.evaluate("scrollY") > 300
    group = other.locator("section[data-job]", has_text="A stair of stone")
    top = group.bounding_box()["y"]
    finished_group(page, "A bridge of rope")
    pill = other.get_by_role("button", name="1 new")
    expect(pill).to_be_visible()
    assert abs(group.bounding_box()["y"] - top) < 2
    pill.focus()
    other.keyboard.press("Enter")
    expect(pill).to_be_hidden()
    expect(other.locator("section[data-job]").first).to_be_focused()
    expect(other.locator("section[data-job]").first).to_contain_text("A bridge of rope")
    other.locator("section[data-job]").first.locator(".job__delete").dispatch_event("click")
    expect(page.locator("section[data-job]", has_text="A bridge of rope")).to_have_count(0)


def test_the_open_viewer_follows_what_another_tab_does(page: Page, context):
    group = finished_group(page, "A ladder in an orchard")
    other = context.new_page()
    other.goto("/workspace/")
    ids = [tile.get_attribute("data-asset") for tile in group.locator(".tile").all()]
    group.locator(".tile__link").first.click()
    viewer = page.locator(f'[data-viewer="{ids[0]}"]')
    expect(viewer.get_by_role("button", name="Save to library")).to_be_visible()
    other.locator(f'[data-asset="{ids[0]}"] [data-action="save"]').dispatch_event("click")
    expect(viewer.get_by_role("link", name="Saved to library")).to_be_visible()
    delete_first(other)
    expect(page.locator(f'[data-viewer="{ids[1]}"]')).to_be_visible()
    other.get_by_role("button", name="Clear", exact=True).click()
    other.get_by_role("button", name="Clear workspace").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".toast", has_text="no longer in the workspace")).to_be_visible()
    assert "view=" not in page.url


ENTER_TWICE = """(field) => {
    for (let times = 0; times < 2; times += 1) {
        field.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
    }
}"""


def test_two_tabs_and_doubled_presses_do_it_once(page: Page, context, running_studio):
    group = finished_group(page, "A whale in a bathtub")
    other = context.new_page()
    other.goto("/workspace/")
    tile = f'[data-asset="{group.locator(".tile").first.get_attribute("data-asset")}"]'
    on_their_way = held_back(context, "**/workspace/actions/")
    for tab in (page, other):  # neither knows of the other
        tab.locator(f"{tile} .tile__button--delete").dispatch_event("click")
    until(lambda: page.title() and len(on_their_way) == 2, "both ask for it")
    for route in on_their_way:
        route.continue_()
    context.unroute("**/workspace/actions/")
    for tab in (page, other):
        expect(tab.locator(".toast", has_text="Deleted")).to_be_visible()
        expect(tab.locator(tile)).to_have_count(0)
    page.locator(".toast", has_text="Deleted").get_by_role("button", name="Close").click()
    leave_the_prompt(page)
    page.keyboard.press("Control+z")
    expect(group.locator(".tile")).to_have_count(3)

    page.get_by_label("Prompt", exact=True).fill("Pressed twice")
    page.get_by_role("button", name="Generate", exact=True).dblclick()
    once = page.locator("section[data-job]", has_text="Pressed twice")
    expect(once).to_have_count(1)  # perhaps by the socket, before the answer
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.get_by_label("Prompt", exact=True).fill("Entered twice")
    page.get_by_label("Prompt", exact=True).evaluate(ENTER_TWICE)
    expect(page.locator("section[data-job]", has_text="Entered twice")).to_have_count(1)
    rows = "SELECT count(*) FROM generation_job WHERE original_prompt IN ({})"
    assert running_studio.query(rows.format("'Pressed twice', 'Entered twice'")) == [(2,)]


def test_of_many_quick_presses_none_is_lost(page: Page):
    tiles = finished_group(page, "Three kites over a harbour").locator(".tile")
    asked = held_back(page, "**/workspace/actions/")
    for tile in tiles.all():
        tile.locator(".tile__button--delete").dispatch_event("click")
    for number in range(3):
        until(lambda: page.title() and asked[number:], "it is asked for")  # noqa: B023
        asked[number].continue_()
    expect(tiles).to_have_count(0)


KEPT = """
    SELECT job.id, job.status, (SELECT count(*) FROM workspace_workspaceasset AS asset
        WHERE asset.job_id = job.id AND asset.removed_at IS NULL)
    FROM generation_job AS job WHERE job.owner_id = {} AND job.removed_at IS NULL"""
SHOWN = """() => [...document.querySelectorAll("section[data-job]")].map((job) => [
    job.dataset.job, job.dataset.status, job.querySelectorAll("[data-asset]").length])"""


def in_the_database(studio, person: Person) -> list[tuple[str, str, int]]:
    """Each job of `person` with its state and the number of its assets."""
    rows = studio.query(KEPT.format(person.pk))
    return sorted((str(UUID(pk)), status, count) for pk, status, count in rows)


def on_the_page(page: Page) -> list[tuple[str, str, int]]:
    return sorted(map(tuple, page.evaluate(SHOWN)))


class Wire:
    """The page's socket, which can be cut and mended."""

    def __init__(self, page: Page) -> None:
        self.cut_now = False
        self.carried = []
        page.route_web_socket("**/ws/workspace/", self.carry)

    def carry(self, socket) -> None:
        if self.cut_now:
            socket.close()
        else:
            self.carried.append((socket, socket.connect_to_server()))

    def cut(self) -> None:
        self.cut_now = True
        for page_side, server_side in self.carried:
            server_side.close()
            page_side.close()


def test_a_lost_socket_is_said_where_there_is_room_for_it(page: Page):
    Wire(page).cut()
    page.reload()
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    for width in (1440, 860, 859, 760, 759, 680, 679, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_socket_dropped_amid_ten_jobs_leaves_the_page_equal_to_the_database(
    page: Page, person: Person, running_studio, hold
):
    def completed() -> int:
        return [status for _, status, _ in in_the_database(running_studio, person)].count(
            "completed"
        )

    def is_equal() -> bool:
        return on_the_page(page) == in_the_database(running_studio, person)

    amid, late = hold("Boat number 3"), hold("Boat number 7")
    wire = Wire(page)
    page.wait_for_load_state("networkidle")  # a request that a reload cuts off is complained of
    page.reload()
    state = page.locator("#connection")
    expect(state).to_have_attribute("data-state", "live")
    for number in range(10):
        page.get_by_label("Prompt", exact=True).fill(f"Boat number {number}")
        with page.expect_response("**/workspace/jobs/"):
            page.keyboard.press("Control+Enter")
    wire.cut()
    expect(state).to_have_attribute("data-state", "connecting")
    amid.unlink()
    until(lambda: completed() == 7, "more are done, unheard of")
    wire.cut_now = False
    expect(state).to_have_attribute("data-state", "live")
    until(is_equal, "the page equals the database")
    late.unlink()
    until(lambda: completed() == 10, "all are done")
    until(is_equal, "and it stays equal")
