"""Mature content as a creator meets it: the operator's switch, their age, and what is refused."""

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.live.processes import Studio, free_port, until

NUDE = "A nude figure study in charcoal"
REFUSED = "This sexualises minors. It is refused, always, and has been recorded."


@pytest.fixture
def page(context) -> Page:
    """A signed-in page whose console may complain of what is refused."""
    page = context.new_page()
    sign_in(page)
    page.goto("/workspace/")
    return page


@pytest.fixture
def mature_page(new_context, running_studio: Studio) -> Iterator[Page]:
    """Signed in at a second web process of the studio, whose operator allows mature content."""
    port = str(free_port())
    web = running_studio.start(
        "web-mature", sys.executable, "-m", "ourvidz.server", PORT=port, MATURE_CONTENT="on"
    )
    page = new_context(base_url=f"http://127.0.0.1:{port}").new_page()
    until(lambda: _answers(page), "the second web process answers", 60)
    sign_in(page)
    page.goto("/workspace/")
    yield page
    page.goto("about:blank")  # its socket would hold the server up
    running_studio.end(web)


def _answers(page: Page) -> bool:
    try:
        return page.request.get("/healthz").ok
    except Exception:
        return False


def submit(page: Page, prompt: str) -> None:
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.keyboard.press("Control+Enter")


def test_where_it_is_switched_off_nothing_is_offered_and_the_reason_is_said(page: Page):
    submit(page, NUDE)
    errors = page.locator("#prompt-errors")
    expect(errors).to_contain_text("reads as mature content (nude)")
    expect(errors).to_contain_text("which this studio does not make")
    expect(page.locator("#composed")).to_contain_text("Reads as NSFW")
    expect(page.locator("#content-mode")).to_have_count(0)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(NUDE)


def test_an_adult_confirms_and_chooses_and_what_is_never_made_is_refused(mature_page: Page):
    page = mature_page
    submit(page, NUDE)
    expect(page.locator("#prompt-errors")).to_contain_text("Confirm your age to choose")
    page.get_by_role("button", name="SFW", exact=True).click()
    page.get_by_role("button", name="I am 18 or older").click()
    page.get_by_role("button", name="Content: SFW").click()
    expect(page.get_by_role("button", name="Content: NSFW")).to_be_visible()
    submit(page, NUDE)
    expect(page.locator("section[data-job]", has_text=NUDE)).to_be_visible()
    expect(page.locator("#prompt-errors")).to_be_empty()

    hostile = "A naked schoolgirl"
    submit(page, hostile)
    expect(page.locator("#prompt-errors")).to_contain_text(REFUSED)
    expect(page.locator("section[data-job]", has_text=hostile)).to_have_count(0)
