"""References as a creator gives them: a file, an address, the clipboard, a tile; and refusals."""

import base64

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.steps import finished_group, held_back
from tests.factories import picture_bytes
from tests.live.processes import until


@pytest.fixture
def page(context) -> Page:
    """A signed-in page whose console may complain of what is refused."""
    page = context.new_page()
    sign_in(page)
    page.goto("/workspace/")
    return page


@pytest.fixture
def box(page: Page) -> Locator:
    return page.locator('reference-box[name="reference"]')


def file(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_a_file_is_held_or_refused_with_the_reason(page: Page, box: Locator):
    page.get_by_role("button", name="Reference", exact=True).click()
    choose, error = box.locator("[data-file]"), box.locator("[data-error]")
    choose.set_input_files(file("kite.png", picture_bytes()))
    expect(box.locator("[data-source]")).to_have_text("From kite.png")
    expect(box.locator(".reference__picture")).to_be_visible()
    choose.set_input_files(file("moving.png", b"GIF89a and so on"))
    expect(error).to_contain_text("This is a GIF. Upload a PNG, JPEG or WebP picture.")
    expect(box.locator("[data-source]")).to_have_text("From kite.png")  # what was there stays

    box.get_by_label("From a URL").fill("http://127.0.0.1/secret.png")
    page.keyboard.press("Enter")
    expect(error).to_be_visible()
    expect(error).not_to_contain_text("GIF")
    box.get_by_role("button", name="Remove").click()
    expect(box.locator(".reference__picture")).to_be_hidden()


def test_what_is_submitted_waits_for_its_reference(page: Page, box: Locator):
    uploads = held_back(page, "**/api/v1/references")
    for name in ("first.png", "second.png"):
        box.locator("[data-file]").set_input_files(file(name, picture_bytes()))
    until(lambda: page.title() and len(uploads) == 2, "both are on their way")
    page.get_by_label("Prompt", exact=True).fill("A hat like that one")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast", has_text="The reference is on its way")).to_be_visible()
    with page.expect_request(lambda request: request.url.endswith("/workspace/jobs/")) as sent:
        for route in reversed(uploads):  # the first comes last
            route.continue_()
    expect(box.locator("[data-source]")).to_have_text("From second.png")
    held = box.locator("[data-upload]").input_value()
    assert held
    assert held in sent.value.post_data


def test_what_is_pasted_or_dragged_from_a_tile_is_held(page: Page, box: Locator):
    page.evaluate(
        """(text) => {
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
            const event = new ClipboardEvent("paste", { clipboardData, bubbles: true });
            document.getElementById("prompt").dispatchEvent(event);
        }""",
        base64.b64encode(picture_bytes()).decode(),
    )
    expect(box.locator("[data-source]")).to_have_text("From pasted.png")
    finished_group(page, "A hat on a hook")
    page.locator(".tile[data-asset]").first.drag_to(box)
    expect(box.locator("[data-source]")).to_have_text("From your workspace")
