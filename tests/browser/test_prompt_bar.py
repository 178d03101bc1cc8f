"""The prompt bar and the queue, as a creator uses them."""

from playwright.sync_api import Page, expect

LONG = 60_000


def prompt_of(page: Page):
    return page.get_by_label("Prompt", exact=True)


def test_an_enhanced_prompt_is_compared_edited_used_and_taken_back(page: Page):
    prompt = prompt_of(page)
    prompt.fill("A red kite over the dunes")
    page.get_by_role("button", name="Enhance the prompt").click()
    difference = page.get_by_label("What the enhancement changed")
    expect(difference.locator("ins").first).to_be_visible(timeout=LONG)
    assert page.locator("section[data-job]", has_text="red kite").count() == 0  # nothing is made

    page.get_by_label("Enhanced prompt").fill("A blue kite over the dunes")
    expect(difference.locator("del")).to_have_text("red")
    expect(difference.locator("ins")).to_have_text("blue")
    page.get_by_role("button", name="Use this prompt").click()
    expect(prompt).to_have_value("A blue kite over the dunes")
    expect(prompt).to_be_focused()

    page.keyboard.press("Control+z")
    expect(prompt).to_have_value("A red kite over the dunes")
    page.keyboard.press("Control+y")
    expect(prompt).to_have_value("A blue kite over the dunes")
    page.get_by_role("button", name="Undo").click()
    expect(prompt).to_have_value("A red kite over the dunes")
