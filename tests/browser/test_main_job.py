"""The main job from end to end, as a creator does it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import generate
from tests.live.processes import until

pytestmark = pytest.mark.usefixtures("workspace")


def test_prompt_to_library(page: Page, hold):
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda f: frames.append(str(f))))
    page.reload()
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    page.evaluate("window.neverReloaded = true")

    # Three places at once, which become pictures in place, told by the socket.
    prompt = "A sailing boat on a calm sea at sunset, called Vagabond"
    held = hold(prompt)
    group = generate(page, prompt)
    expect(group.locator(".tile--waiting")).to_have_count(3)
    held.unlink()
    expect(group.locator("[data-asset]")).to_have_count(3)
    expect(group.locator(".tile--waiting")).to_have_count(0)
    assert page.evaluate("window.neverReloaded")
    assert any('"progress"' in frame for frame in frames)
    for image in group.locator(".tile img").all():
        image.scroll_into_view_if_needed()
        until(lambda i=image: i.evaluate("image => image.naturalWidth > 0"), "the picture loads")

    # Save the first: its tile says so.
    tiles = group.locator(".tile")
    tiles.nth(0).hover()
    tiles.nth(0).get_by_role("button", name="Save to library").click()
    expect(tiles.nth(0).get_by_text("Saved to library")).to_be_attached()

    # Dismiss the second: it leaves, and is in the library.
    tiles.nth(1).hover()
    tiles.nth(1).get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Dismiss").click()
    expect(tiles).to_have_count(2)

    # Delete the third, and take that back.
    tiles.nth(1).hover()
    tiles.nth(1).get_by_role("button", name="Delete", exact=True).click()
    expect(tiles).to_have_count(1)
    page.locator(".toast", has_text="Deleted").get_by_role("button", name="Undo").click()
    expect(tiles).to_have_count(2)

    # After a reload the page is the same, and the library has both that were kept.
    page.reload()
    expect(page.locator("section[data-job]", has_text=prompt).locator(".tile")).to_have_count(2)
    page.get_by_role("link", name="Library", exact=True).click()
    page.wait_for_url("**/library/")  # the search listens once its scripts are there
    page.get_by_role("combobox", name="Search the library").fill("vagabond")
    expect(page.locator("[data-asset]", has=page.locator("img"))).to_have_count(2)


def test_a_clip_plays(page: Page):
    page.get_by_role("form", name="Prompt bar").get_by_text("Video", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^Length: 5 s"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Pictures"))).to_be_hidden()
    group = generate(page, "Waves roll onto a beach under drifting clouds")
    expect(group.locator("[data-asset]")).to_have_count(1)
    group.get_by_role("link", name=re.compile("^View video")).click()
    video = page.locator("dialog[open] video")
    expect(video).to_be_visible()
    until(lambda: video.evaluate("video => video.currentTime > 0.5"), "the clip plays")
    assert 4.9 < video.evaluate("video => video.duration") < 5.1
    assert video.evaluate("video => [video.videoWidth, video.videoHeight]") == [832, 480]
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert "view=" not in page.url


def test_the_composed_prompt_shows_while_typing(page: Page):
    page.get_by_label("Prompt", exact=True).fill("A red kite over the dunes")
    expect(page.locator("#composed")).to_contain_text("A red kite over the dunes, wide shot")
    expect(page.locator("#composed")).to_contain_text("of 75 tokens")
