"""What creators do again and again, for the browser tests."""

import re

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.live.processes import until


def generate(page: Page, prompt: str) -> Locator:
    """Submit `prompt` by keyboard; the new group."""
    groups = page.locator("section[data-job]")
    newest = groups.first.get_attribute("id") if groups.count() else None
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.keyboard.press("Control+Enter")
    until(
        lambda: groups.count() and groups.first.get_attribute("id") != newest, "the group appears"
    )
    return page.locator(f"#{groups.first.get_attribute('id')}")


def finished_group(page: Page, prompt: str) -> Locator:
    """A new group whose three pictures are there, and that says that it is done."""
    group = generate(page, prompt)
    expect(group.locator("[data-asset]")).to_have_count(3)
    expect(group).to_have_attribute("data-status", "completed")
    return group


def held_back(
    where: Page | BrowserContext, address: str | re.Pattern[str], times: int | None = None
) -> list[Route]:
    """The first `times` requests to `address` as they come, which wait until they are let go on."""
    requests: list[Route] = []

    def hold(route: Route) -> None:
        requests.append(route)

    where.route(address, hold, times=times)
    return requests


IN_SIGHT = """link => {
    const tile = link.closest("[data-asset]");
    const box = tile.getBoundingClientRect();
    const x = box.left + box.width / 4; // beside the handle of a bar, which takes more than is seen
    const shows = (y) => tile.contains(document.elementFromPoint(x, y));
    return shows(box.top + 2) && shows(box.bottom - 2);
}"""


def wait_for_sight(page: Page) -> None:
    """Until nothing lies over the top or the foot of the tile that has the focus."""
    focus = page.locator("[data-asset] :focus")
    until(lambda: focus.count() and focus.evaluate(IN_SIGHT), "the focused tile is in sight")


def look_through(page: Page, tile: Locator) -> None:
    """Move over a clip's tile: its filmstrip follows, and where the pointer rests it plays."""
    tile.scroll_into_view_if_needed()
    box, strip = tile.bounding_box(), tile.locator("[data-filmstrip]")
    y = box["y"] + box["height"] / 2

    def position(share: float) -> str:
        page.mouse.move(box["x"] + box["width"] * share, y)
        return strip.evaluate("strip => strip.hidden ? '' : strip.style.backgroundPosition")

    until(lambda: position(0.3) or position(0.32), "the filmstrip is there")
    assert position(0.5) == "50% 50%"
    assert position(0.999) == "100% 100%"
    expect(strip).to_be_hidden()
    video = tile.locator("video")
    until(lambda: video.evaluate("video => !video.paused"), "where the pointer rests, it plays")


def delete_first(page: Page) -> None:
    """In another tab, and done when this returns."""
    tile = page.locator(".tile[data-asset]").first
    with page.expect_response("**/workspace/actions/"):
        tile.locator(".tile__button--delete").dispatch_event("click")
