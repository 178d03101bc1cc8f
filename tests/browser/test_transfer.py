"""Own files in a real browser: an upload that is cut off goes on; an export comes back."""

import io

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import sign_in

UPLOADS = "**/api/v1/library/uploads/*"


def unpacked(width: int, height: int) -> bytes:
    """A PNG that is quickly opened and whose size is known: 3 bytes for each pixel."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (90, 120, 160)).save(file, "PNG", compress_level=0)
    return file.getvalue()


@pytest.fixture
def library_page(context: BrowserContext) -> Page:
    """The library; connections that a test cuts may show in the console."""
    page = context.new_page()
    sign_in(page)
    page.goto("/library/")
    return page


def test_an_upload_goes_on_after_a_cut_and_after_a_reload(library_page: Page, tmp_path):
    page, harbour = library_page, tmp_path / "Harbour.png"
    harbour.write_bytes(unpacked(1700, 1700))
    offsets: list[int] = []
    cuts = iter([False, True])

    def cut(route: Route) -> None:
        """Let the first part through; cut the second; then everything."""
        if route.request.method != "PATCH":
            route.continue_()
            return
        if next(cuts, True):
            route.abort("connectionreset")
            return
        offsets.append(int(route.request.headers["upload-offset"]))
        route.continue_()

    page.route(UPLOADS, cut)
    page.locator("#upload-files").set_input_files(harbour)
    tray = page.get_by_role("region", name="Uploads")
    expect(tray.get_by_text("Waiting for the connection…")).to_be_visible()

    # Reloaded in the middle: the same file, chosen again, goes on where it was.
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute(UPLOADS)
    page.on(
        "request",
        lambda request: (
            request.method == "PATCH" and offsets.append(int(request.headers["upload-offset"]))
        ),
    )
    page.locator("#upload-files").set_input_files(harbour)
    expect(tray.get_by_text("In your library")).to_be_visible()
    assert offsets == [0, 4 * 1024**2, 8 * 1024**2]
    tray.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name="Harbour")).to_be_visible()
    page.get_by_role("button", name="Move to trash").click()


def test_out_as_an_archive_and_in_again(library_page: Page):
    page = library_page
    boat = {"name": "Round trip.png", "mimeType": "image/png", "buffer": unpacked(64, 36)}
    text = {"name": "Notes.txt", "mimeType": "text/plain", "buffer": b"no picture"}
    page.locator("#upload-files").set_input_files([boat, text])
    tray = page.get_by_role("region", name="Uploads")
    expect(tray.get_by_text("In your library")).to_be_visible()
    expect(tray.get_by_text("not a picture that can be opened")).to_be_visible()

    # All that match: favourite them in the background, then export them.
    page.goto("/library/?q=round+trip")
    page.get_by_role("button", name="Select", exact=True).click()
    bar = page.get_by_role("toolbar", name="Selection")
    bar.get_by_role("button", name="Select all 1").click()
    bar.get_by_role("button", name="Favourite").click()
    batch = page.get_by_role("region", name="Batches")
    expect(batch.get_by_text("1 changed.")).to_be_visible()
    heart = page.locator(".tile").get_by_role("button", name="Favourite")
    expect(heart).to_have_attribute("aria-pressed", "true")
    bar.get_by_role("button", name="Download").click()  # of what is still selected
    with page.expect_download() as download:
        bar.get_by_role("button", name="Archive with manifest").click()
    assert download.value.suggested_filename.startswith("ourvidz-selection-")
    expect(page.get_by_text("Exported 1. Your browser has the zip.")).to_be_visible()

    # In again: it is known already.
    page.goto("/library/uploads/")
    page.locator("#upload-archive").set_input_files(download.value.path())
    expect(page.get_by_text("Nothing new, 1 was in your library already.")).to_be_visible()
    page.goto("/library/?q=round+trip")
    page.locator(".tile").first.hover()
    page.locator(".tile").first.get_by_role("button", name="Delete").click()
    expect(page.locator(".tile")).to_have_count(0)
