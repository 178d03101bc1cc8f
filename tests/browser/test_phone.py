"""The workspace under a finger, at the widths of phones and tablets."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.browser.people import Person
from tests.live.processes import until

# What can be pressed, with its name and size; what is visually hidden is pressed by its label.
TARGETS = """() => [...document.querySelectorAll('button, a, select, summary, textarea')]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }))
  .filter((e) => !e.matches('.visually-hidden, .skip-link, .bar__handle') && !e.closest('.toasts'))
  .map((e) => [e, e.getBoundingClientRect()])
  .filter(([, r]) => r.width < 43.5 || r.height < 43.5)
  .map(([e, r]) => `${e.className || e.tagName} ${Math.round(r.width)}x${Math.round(r.height)}`)"""


@pytest.fixture(params=[(360, 780), (820, 1100)], ids=str)
def phone(request, person: Person, new_context) -> Page:
    """A signed-in page on a touch screen, with three pictures."""
    person.make({"prompt": "A red kite over the dunes"})
    width, height = request.param
    viewport = {"width": width, "height": height}
    page = new_context(viewport=viewport, has_touch=True, is_mobile=True).new_page()
    sign_in(page)
    page.goto("/workspace/")
    return page


class Fingers:
    """Touches of an element, the viewer's stage unless told, by pixels from its centre."""

    def __init__(self, page: Page, place: str = "[data-stage]") -> None:
        self.page = page
        self.place = place
        self.session = page.context.new_cdp_session(page)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        if kind == "touchStart":
            box = self.page.locator(self.place).first.bounding_box()
            self.centre = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        x, y = self.centre
        named = [{"x": x + dx, "y": y + dy, "id": i} for i, (dx, dy) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": named})

    def swipe(self, *, dx: int = 0, dy: int = 0) -> None:
        self.touch("touchStart", (0, 0))
        for part in (0.3, 0.6, 1):
            self.touch("touchMove", (dx * part, dy * part))
        self.touch("touchEnd")

    def spread(self, *apart: int) -> None:
        self.touch("touchStart", (-30, 0), (30, 0))
        for half in apart:
            self.touch("touchMove", (-half, 0), (half, 0))
        self.touch("touchEnd")


@pytest.mark.parametrize("phone", [(360, 780), (390, 844), (820, 1100)], ids=str, indirect=True)
def test_targets_are_as_large_as_a_finger_and_nothing_scrolls_sideways(phone: Page):
    expect(phone.locator("#job-groups [data-asset]")).to_have_count(3)
    expect(phone.locator("#connection")).to_have_attribute("data-state", "live")
    until(lambda: phone.evaluate(TARGETS) == [], f"all are large enough: {phone.evaluate(TARGETS)}")
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width == phone.viewport_size["width"]
    phone.locator("#job-groups [data-view]").first.tap()
    expect(phone.locator("[data-viewer]")).to_be_visible()
    until(lambda: small_in_viewer(phone) == [], f"so in the viewer: {small_in_viewer(phone)}")


def small_in_viewer(phone: Page) -> list[str]:
    return [found for found in phone.evaluate(TARGETS) if "tile" not in found]


def test_a_finger_turns_zooms_and_dismisses(phone: Page):
    tiles = phone.locator("#job-groups [data-asset]")
    fingers = Fingers(phone)
    ids = [tile.get_attribute("data-asset") for tile in tiles.all()]
    tiles.first.locator("[data-view]").tap()
    expect(phone.locator(f'[data-viewer="{ids[0]}"]')).to_be_visible()
    fingers.swipe(dx=-160)
    expect(phone.locator(f'[data-viewer="{ids[1]}"]')).to_be_visible()
    fingers.swipe(dx=160)
    expect(phone.locator(f'[data-viewer="{ids[0]}"]')).to_be_visible()

    fingers.spread(45, 60, 90)
    level = phone.locator("[data-zoom-level]")
    until(lambda: int(re.match(r"\d+", level.text_content())[0]) > 200, "two fingers zoom")
    phone.locator('[data-zoom="fit"]').tap()

    fingers.swipe(dy=170)
    expect(phone.locator(f'[data-viewer="{ids[1]}"]')).to_be_visible()
    expect(tiles).to_have_count(len(ids) - 1)
    phone.locator(".toast", has_text="Dismissed").get_by_role("button", name="Undo").tap()
    expect(tiles).to_have_count(len(ids))


def test_a_tile_is_pushed_out_sideways_and_scrolls_up_and_down(phone: Page):
    tiles = phone.locator("#job-groups [data-asset]")
    expect(phone.locator("#connection")).to_have_attribute("data-state", "live")
    first = tiles.first.get_attribute("data-asset")
    fingers = Fingers(phone, "#job-groups .tile__link")
    fingers.swipe(dx=-30, dy=120)
    expect(phone.locator(f'#job-groups [data-asset="{first}"]')).to_have_count(1)
    fingers.swipe(dx=-160)
    expect(phone.locator(f'#job-groups [data-asset="{first}"]')).to_have_count(0)
    expect(phone.locator("dialog[open]")).to_have_count(0)
    phone.locator(".toast", has_text="Dismissed").get_by_role("button", name="Undo").tap()
    expect(phone.locator(f'#job-groups [data-asset="{first}"]')).to_have_count(1)


def test_the_queue_is_reordered_by_a_finger(phone: Page, person: Person, hold):
    hold("Waves 0")  # so that the others wait
    for number in range(4):
        person.submit(prompt=f"Waves {number}", mode="video")
    phone.get_by_role("button", name="Queue").tap()
    waiting = phone.locator("#queue-popup [data-queued][data-status=queued]")
    expect(waiting).to_have_count(3)
    order = [item.get_attribute("data-queued") for item in waiting.all()]
    height = waiting.nth(1).bounding_box()["y"] - waiting.first.bounding_box()["y"]
    with phone.expect_response("**/place/"):
        Fingers(phone, "#queue-popup .queue__grip").swipe(dy=round(1.2 * height))
    moved = [order[1], order[0], order[2]]
    until(lambda: [item.get_attribute("data-queued") for item in waiting.all()] == moved, "moved")
    phone.reload()
    phone.get_by_role("button", name="Queue").tap()
    until(lambda: [item.get_attribute("data-queued") for item in waiting.all()] == moved, "kept")
    assert phone.evaluate(TARGETS) == []


def test_the_bar_is_a_sheet_on_a_phone(phone: Page):
    handle = phone.get_by_role("button", name="Show all controls")
    if phone.viewport_size["width"] >= 600:
        expect(handle).to_have_count(0)
        return
    before = phone.locator("#prompt-bar").bounding_box()["height"]
    shot = phone.locator('[name="shot_type"]').last.input_value()
    handle.tap()
    expect(phone.locator("#prompt-bar")).to_have_class(re.compile("is-open"))
    assert phone.locator("#prompt-bar").bounding_box()["height"] > before
    assert phone.locator('[name="shot_type"]').last.input_value() == shot, "the tap ends there"
    phone.get_by_role("button", name="Show fewer controls").press("Enter")
    expect(handle).to_be_visible()
