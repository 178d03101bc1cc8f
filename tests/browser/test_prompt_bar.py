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


def queued(page: Page):
    return page.locator("#queue-popup [data-queued][data-status=queued]")


def test_the_queue_is_reordered_held_edited_and_cancelled(page: Page):
    page.get_by_text("Video", exact=True).click()
    page.get_by_role("button", name="Length: 5 s").click()  # long clips, so that some wait
    for number in range(4):
        prompt_of(page).fill(f"Waves on beach {number}")
        page.keyboard.press("Control+Enter")
        expect(page.locator("section[data-job]", has_text=f"beach {number}")).to_be_visible()
    expect(page.locator("#estimate")).to_contain_text("min")
    page.get_by_role("button", name="Queue").click()
    prompts = queued(page).locator(".queue__prompt")
    expect(prompts).to_have_text([f"Waves on beach {number}" for number in (1, 2, 3)])

    # By key: focus stays with the job that moves.
    queued(page).nth(2).get_by_role("button", name="Move with").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(prompts).to_have_text([f"Waves on beach {number}" for number in (1, 3, 2)])
    expect(page.locator("#queue-said")).to_have_text("Moved to place 2 of 3")
    expect(queued(page).nth(1).get_by_role("button", name="Move with")).to_be_focused()

    # By drag.
    queued(page).nth(2).locator(".queue__grip").drag_to(queued(page).nth(0))
    expect(prompts).to_have_text([f"Waves on beach {number}" for number in (2, 1, 3)])

    held = queued(page).nth(2)
    held.get_by_role("button", name="Hold").click()
    expect(held).to_contain_text("On hold")
    held.get_by_role("button", name="Edit the prompt").click()
    held.get_by_label("Prompt of the queued job").fill("A harbour at night")
    page.keyboard.press("Enter")
    expect(page.locator("section[data-job]", has_text="A harbour at night")).to_be_visible()

    page.get_by_role("button", name="Cancel all that wait").click()
    page.locator("[data-cancel-queued]").click()
    expect(queued(page)).to_have_count(0)
    for item in page.locator("#queue-popup [data-cancel]").all():
        item.click()
    expect(page.locator("#queue-popup")).to_contain_text("Nothing runs and nothing waits")
    page.keyboard.press("Escape")
    page.get_by_text("Image", exact=True).click()
