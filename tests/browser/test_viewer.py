"""The viewer as a creator uses it: by pointer, by keyboard, and with Back."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Person
from tests.browser.steps import held_back, look_through
from tests.live.processes import until

pytestmark = pytest.mark.usefixtures("workspace")

CLIP = "Clouds drift over a quiet harbour"
PICTURES = "A lighthouse on a cliff at golden hour"


@pytest.fixture(scope="module")
def person(guests: Iterator[Person]) -> Person:
    """Somebody with one clip and, below it, three pictures; each test leaves them there."""
    person = next(guests)
    person.make({"prompt": PICTURES}, {"prompt": CLIP, "mode": "video"})
    return person


@pytest.fixture
def tiles(page: Page) -> Locator:
    """The tiles of the workspace."""
    found = page.locator("#job-groups [data-asset]")
    expect(found).to_have_count(4)
    return found


def viewed(page: Page) -> str:
    """The id of the asset that the URL names; empty without one."""
    return parse_qs(urlsplit(page.url).query).get("view", [""])[0]


def open_tile(page: Page, tiles: Locator, index: int) -> str:
    asset_id = tiles.nth(index).get_attribute("data-asset")
    tiles.nth(index).locator("[data-view]").click()
    expect(page.locator(f'[data-viewer="{asset_id}"]')).to_be_visible()
    return asset_id


def scale(page: Page) -> float:
    text = page.locator("[data-zoom-level]").text_content()
    return int(re.match(r"\d+", text)[0]) / 100


def moved(page: Page) -> list[float]:
    """How far the picture is from the stage's centre, in pixels to the right and down."""
    picture = page.locator("[data-zoomable]")
    return picture.evaluate("e => (({e: x, f: y}) => [x, y])(new DOMMatrix(e.style.transform))")


def test_arrows_turn_and_back_closes_where_it_began(page: Page, tiles: Locator):
    ids = [tile.get_attribute("data-asset") for tile in tiles.all()]
    open_tile(page, tiles, 1)
    page.keyboard.press("ArrowRight")
    expect(page.locator(f'[data-viewer="{ids[2]}"]')).to_be_visible()
    page.get_by_role("button", name="Previous (left arrow)").click()
    expect(page.locator(f'[data-viewer="{ids[1]}"]')).to_be_visible()
    page.locator(".strip a").nth(2).click()
    expect(page.locator(f'[data-viewer="{ids[3]}"]')).to_be_visible()
    assert viewed(page) == ids[3]
    page.go_back()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert viewed(page) == ""
    page.go_forward()
    expect(page.locator(f'[data-viewer="{ids[3]}"]')).to_be_visible()
    page.reload()
    expect(page.locator(f'[data-viewer="{ids[3]}"]')).to_be_visible()
    for _ in range(2):  # closes it, and leaves the page where it is
        page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(tiles.nth(3).locator("[data-view]")).to_be_focused()


def test_no_press_is_lost_while_pages_are_on_their_way(page: Page, tiles: Locator):
    ids = [tile.get_attribute("data-asset") for tile in tiles.all()]
    fetched = held_back(page, re.compile(rf"/assets/({'|'.join(ids[1:])})/$"))
    open_tile(page, tiles, 0)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    until(lambda: page.title() and len(fetched) == 3, "each is asked for")
    for route in fetched:
        route.continue_()
    expect(page.locator(f'[data-viewer="{ids[3]}"]')).to_be_visible()


def test_zoom_and_pan_by_keys_wheel_and_pointer(page: Page, tiles: Locator):
    open_tile(page, tiles, 1)
    stage = page.locator("[data-stage]")
    for key, grows in [("+", True), ("+", True), ("-", False)]:
        before = scale(page)
        page.keyboard.press(key)
        until(lambda: scale(page) != before, "it zooms")  # noqa: B023 - called at once
        assert (scale(page) > before) == grows
    page.keyboard.press("ArrowRight")
    until(lambda: moved(page)[0] < 0, "the right arrow looks further right")
    assert viewed(page) == tiles.nth(1).get_attribute("data-asset"), "arrows pan, not turn"
    page.keyboard.press("0")
    until(lambda: scale(page) == 1, "the key for it shows the whole")

    stage.hover()
    page.mouse.wheel(0, -2000)
    until(lambda: scale(page) == 8, "the wheel zooms in, and no further")
    box = stage.bounding_box()
    centre = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*centre)
    page.mouse.down()
    page.mouse.move(centre[0] + 50, centre[1] + 30)
    page.mouse.up()
    until(lambda: moved(page) == [50, 30], "it is dragged")
    stage.dblclick()
    until(lambda: scale(page) == 1, "two clicks show the whole")
    stage.dblclick()
    until(lambda: scale(page) == 2.5, "and come near")


def test_a_clip_is_stepped_frame_by_frame(page: Page, tiles: Locator):
    open_tile(page, tiles, 0)
    video = page.locator("video[data-zoomable]")
    until(lambda: video.evaluate("video => video.currentTime > 0.3"), "the clip plays")
    page.get_by_role("button", name="Pause (space)").click()
    fps = 50 / 3

    def frame() -> int:
        return int(video.evaluate("video => video.currentTime") * fps + 1e-3)

    at = frame()
    page.keyboard.press(".")
    until(lambda: frame() == at + 1, "one frame on")
    page.keyboard.press(",")
    page.keyboard.press(",")
    until(lambda: frame() == at - 1, "two frames back")
    page.get_by_role("slider", name="Seek").focus()
    page.keyboard.press("Home")
    until(lambda: frame() == 0, "the slider seeks")
    expect(page.locator("[data-time]")).to_have_text("0:00.00")
    assert video.evaluate("video => video.muted")
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Sound off (M)")).to_be_visible()
    page.keyboard.press("m")
    page.keyboard.press(" ")
    until(lambda: video.evaluate("video => !video.paused"), "space plays")


def test_a_tile_is_looked_through_by_moving_the_pointer(page: Page, tiles: Locator):
    look_through(page, tiles.nth(0))


def test_a_frame_becomes_the_end_of_the_next_clip(page: Page, tiles: Locator):
    open_tile(page, tiles, 0)
    page.keyboard.press(".")
    page.get_by_role("button", name="End frame", exact=True).click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    box = page.locator('reference-box[name="end_reference"]')
    expect(box.locator(".reference__picture")).to_be_visible()
    expect(box.locator("[data-upload]")).not_to_have_value("")
    expect(page.locator('[name="mode"]:checked')).to_have_value("video")
    expect(page.get_by_label("Prompt", exact=True)).to_be_focused()
    page.locator("#prompt-bar").get_by_text("Image", exact=True).click()


def test_what_is_deleted_makes_way_for_its_neighbour_and_comes_back(page: Page, tiles: Locator):
    gone = open_tile(page, tiles, 1)
    following = tiles.nth(2).get_attribute("data-asset")
    page.keyboard.press("Delete")
    expect(page.locator(f'[data-viewer="{following}"]')).to_be_visible()
    expect(tiles).to_have_count(3)
    page.locator(".toast", has_text="Deleted").get_by_role("button", name="Undo").click()
    expect(tiles).to_have_count(4)
    assert tiles.nth(1).get_attribute("data-asset") == gone


def test_a_variation_is_prepared_in_the_prompt_bar(page: Page, tiles: Locator):
    open_tile(page, tiles, 1)
    page.get_by_role("button", name="Modify", exact=True).click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(PICTURES)
    expect(page.get_by_label("Prompt", exact=True)).to_be_focused()
    assert viewed(page) == ""
    page.get_by_role("button", name="Reference").first.click()
    expect(page.locator("#reference-strength")).to_have_value("0.75")


def test_a_picture_that_is_on_its_way_is_a_reference_already(page: Page, tiles: Locator):
    held_back(page, "**/media/**")
    page.reload()
    open_tile(page, tiles, 1)
    address = page.locator("img[data-zoomable]").get_attribute("src")
    page.get_by_role("button", name="Modify", exact=True).click()
    box = page.locator('reference-box[name="reference"]')
    expect(box.locator(".reference__picture")).to_have_attribute(
        "src", re.compile(".*" + re.escape(address))
    )


def test_prompt_and_parameters_are_copied(page: Page, context, tiles: Locator):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_tile(page, tiles, 1)
    page.get_by_role("button", name="Copy prompt and parameters").click()
    expect(page.locator(".toast", has_text="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(PICTURES)
    assert "\nSteps: " in copied


def serious(page: Page) -> list[str]:
    """What axe finds that is serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html']}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def test_two_assets_are_compared_at_a_url_of_their_own(page: Page, tiles: Locator):
    first, second = open_tile(page, tiles, 1), tiles.nth(2).get_attribute("data-asset")
    assert serious(page) == []
    page.keyboard.press("c")
    page.get_by_role("link", name=re.compile("^Compare with image 2")).click()
    comparison = page.locator(f'[data-viewer="{first}"][data-comparing="{second}"]')
    expect(comparison).to_be_visible()
    assert serious(page) == []
    slider = page.get_by_role("slider", name=re.compile("How much of A"))
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("52")
    page.get_by_role("button", name="Flip").click()
    expect(comparison).to_have_attribute("data-mode", "flip")
    page.keyboard.press("2")
    expect(comparison).to_have_attribute("data-mode", "beside")
    seeds = page.locator("tr.is-different", has_text="Seed").locator("td")
    assert int(seeds.nth(1).text_content()) == int(seeds.nth(0).text_content()) + 1
    page.reload()
    expect(comparison).to_be_visible()
    page.go_back()
    expect(page.locator(f'[data-viewer="{first}"]:not([data-comparing])')).to_be_visible()
    page.go_back()
    expect(page.locator("dialog[open]")).to_have_count(0)
