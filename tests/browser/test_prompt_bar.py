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


def test_words_of_the_prompt_get_weights(page: Page):
    prompt = prompt_of(page)
    prompt.fill("A red kite")
    prompt.press("Home")
    for _ in range(2):
        prompt.press("Control+ArrowRight")  # into "red"
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Control+ArrowUp")
    weights = page.get_by_role("group", name="Term weights")
    chip = weights.locator("[data-term]")
    expect(chip).to_have_count(1)
    expect(chip.locator("output")).to_have_text("1.2")
    term = chip.get_attribute("data-term")

    page.get_by_role("button", name=f"Less: {term}").click()
    expect(chip.locator("output")).to_have_text("1.1")
    page.reload()  # what was set stays
    expect(chip.locator("output")).to_have_text("1.1")
    prompt.fill("A blue sky")
    expect(chip).to_have_attribute("title", "Not in the prompt any more: not sent")
    page.get_by_role("button", name=f"Remove: {term}").click()
    expect(chip).to_have_count(0)


def test_a_look_sets_several_controls(page: Page):
    prompt_of(page).fill("A teapot")
    page.get_by_role("button", name="More", exact=True).click()
    look = page.get_by_role("button", name="Product", exact=True)
    look.click()
    expect(look).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Texture")).to_have_value("glossy")
    expect(page.locator("#composed")).to_contain_text("studio lighting")
    page.get_by_role("button", name="Roll a seed").click()
    assert page.get_by_label("Seed", exact=True).input_value().isdigit()
    page.get_by_role("button", name="Reset all controls").click()
    expect(look).to_have_attribute("aria-pressed", "false")
