"""The prompt bar and the queue, as a creator uses them."""

import base64
import io
import re

import pytest
from PIL import Image, PngImagePlugin
from playwright.sync_api import Page, expect

from tests.browser.people import Person
from tests.browser.steps import finished_group, held_back
from tests.browser.test_workspace_accessible import violations
from tests.live.processes import until

pytestmark = pytest.mark.usefixtures("workspace")


def prompt_of(page: Page):
    return page.get_by_label("Prompt", exact=True)


def test_an_enhanced_prompt_is_compared_edited_used_and_taken_back(page: Page):
    prompt = prompt_of(page)
    prompt.fill("A red kite over the dunes")
    page.get_by_role("button", name="Enhance the prompt").click()
    difference = page.get_by_label("What the enhancement changed")
    expect(difference.locator("ins").first).to_be_visible()
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


def test_the_queue_is_reordered_held_edited_and_cancelled(page: Page, hold):
    bar = page.get_by_role("form", name="Prompt bar")
    bar.get_by_text("Video", exact=True).click()
    hold("Waves on beach 0")  # so that the others wait
    for number in range(4):
        prompt_of(page).fill(f"Waves on beach {number}")
        page.keyboard.press("Control+Enter")
        expect(page.locator("section[data-job]", has_text=f"beach {number}")).to_be_visible()
    expect(page.locator("#estimate")).to_have_text(re.compile(r"\d (s|min)"))
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
    for number, place in ((2, "Next in line"), (1, "2nd in line"), (3, "3rd in line")):
        group = page.locator("section[data-job]", has_text=f"Waves on beach {number}")
        expect(group.locator("[data-eta]")).to_contain_text(place)

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


def test_what_is_submitted_while_another_is_on_its_way_follows_it(page: Page):
    sent = held_back(page, re.compile("/workspace/jobs/$"))
    generate = page.get_by_role("button", name="Generate", exact=True)
    for prompt in ("Dune one", "Dune one", "Dune two", "Dune three"):
        prompt_of(page).fill(prompt)
        generate.click() if prompt == "Dune three" else page.keyboard.press("Control+Enter")
    prompt_of(page).fill("Dune four, not submitted")
    for number in range(3):
        until(lambda n=number: page.title() and len(sent) > n, "one after the other is sent")
        assert len(sent) == number + 1
        sent[number].continue_()
    groups = page.locator("section[data-job]", has_text="Dune")
    expect(groups.locator("h2")).to_have_text(["Dune three", "Dune two", "Dune one"])
    page.reload()
    expect(groups).to_have_count(3)
    expect(prompt_of(page)).to_have_value("Dune four, not submitted")


def test_the_queue_stays_as_it_was_put_until_the_server_knows(page: Page, person: Person, hold):
    hold("Surf 0")
    for number in range(4):
        person.submit(prompt=f"Surf {number}", batch_size=1)
    page.reload()
    page.get_by_role("button", name="Queue").click()
    prompts = queued(page).locator(".queue__prompt")
    expect(prompts).to_have_text(["Surf 1", "Surf 2", "Surf 3"])
    places = held_back(page, re.compile("/place/$"))
    queued(page).nth(2).locator(".queue__grip").drag_to(queued(page).nth(0))
    until(lambda: page.title() and places, "the server is told")
    with page.expect_response("**/workspace/queue/") as old:
        page.evaluate("document.dispatchEvent(new CustomEvent('groups-changed'))")
    old.value.finished()
    for number in (1, 0):
        queued(page).nth(number).get_by_role("button", name="Hold").click()
    expect(prompts).to_have_text(["Surf 3", "Surf 1", "Surf 2"])
    places[0].continue_()
    held = page.locator("#queue-popup .is-held .queue__prompt")
    expect(held).to_have_text(["Surf 3", "Surf 1"])


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file on the prompt, as a hand would."""
    transfer = page.evaluate_handle(
        """([text, name]) => {
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name));
            return transfer;
        }""",
        [base64.b64encode(content).decode(), name],
    )
    for event in ("dragover", "drop"):
        page.dispatch_event("#prompt", event, {"dataTransfer": transfer})


def test_what_was_made_is_recalled_by_key_template_asset_and_file(page: Page):
    prompt = prompt_of(page)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Artistic", exact=True).click()
    page.keyboard.press("Escape")
    group = finished_group(page, "A stone bridge in autumn")

    # By key, and back to what was being typed.
    prompt.fill("A draft")
    page.keyboard.press("Alt+ArrowUp")
    expect(prompt).to_have_value("A stone bridge in autumn")
    page.keyboard.press("Alt+ArrowDown")
    expect(prompt).to_have_value("A draft")

    # A template has all controls.
    page.get_by_role("button", name="History").click()
    page.get_by_label("Name of the template").fill("Bridges")
    page.get_by_role("button", name="Save as template").click()
    expect(page.locator(".toast", has_text="Template Bridges saved")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Reset all controls").click()
    expect(page.get_by_label("Lighting")).to_have_value("none")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="History").click()
    page.get_by_role("button", name="Bridges", exact=True).click()
    expect(page.locator("#composed")).to_contain_text("dramatic lighting")
    expect(prompt).to_have_value("A draft")

    # An asset gives everything, with its own seed.
    tile = group.locator("[data-asset]").nth(1)
    tile.hover()
    tile.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Recall all settings").click()
    expect(prompt).to_have_value("A stone bridge in autumn")
    expect(page.locator("#seed")).to_have_value(tile.get_attribute("data-seed"))
    expect(page.locator("#recall-note")).to_be_hidden()

    # So does its file.
    content = page.request.get(tile.locator("a[href*=download]").get_attribute("href")).body()
    prompt.fill("Something else")
    drop(page, "bridge.png", content)
    expect(prompt).to_have_value("A stone bridge in autumn")
    expect(page.locator("#recall-note")).to_be_hidden()


def test_a_file_of_another_tool_says_what_it_could_not_restore(page: Page):
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("parameters", "a castle\nSteps: 28, Seed: 9, Size: 512x768, Model: dream")
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=chunks)
    drop(page, "castle.png", file.getvalue())
    expect(prompt_of(page)).to_have_value("a castle")
    expect(page.locator("#recall-note")).to_contain_text("Model: this studio has no dream.")
    page.locator("#recall-note").get_by_role("button", name="Close").click()
    expect(page.locator("#recall-note")).to_be_hidden()


def test_how_strongly_a_reference_counts_is_said_in_words(page: Page):
    tile = finished_group(page, "A lighthouse at dusk").locator("[data-asset]").first
    tile.hover()
    tile.get_by_role("button", name="Use as reference").click()
    page.get_by_role("button", name="Reference", exact=True).click()
    popup = page.locator("#reference-popup")
    for strength, words in (("0.2", "A hint of it"), ("0.95", "Nearly a copy")):
        popup.get_by_label("Strength", exact=True).fill(strength)
        expect(popup.locator("[data-strength-label]")).to_have_text(words)
    popup.get_by_role("button", name="Remove").click()
    expect(popup.locator("[data-strength-label]")).to_be_hidden()


def test_a_picture_of_the_library_is_a_reference_by_button_and_by_drag(page: Page, context):
    tile = finished_group(page, "A copper kettle").locator("[data-asset]").first
    tile.locator('[data-action="save"]').dispatch_event("click")
    address = tile.locator(".tile__button--saved").get_attribute("href")
    box = page.locator('reference-box[name="reference"]')
    source = box.locator("[data-source]")
    transfer = page.evaluate_handle(
        """(address) => {
            const transfer = new DataTransfer();
            transfer.setData("text/uri-list", new URL(address, location.href).href);
            return transfer;
        }""",
        address,
    )
    box.dispatch_event("drop", {"dataTransfer": transfer})
    expect(source).to_have_text("From your library")
    expect(box.locator(".reference__picture")).to_be_visible()

    page.goto(address)
    page.get_by_role("link", name="Use as reference").click()
    expect(page.locator(".toast", has_text="Set as reference")).to_be_visible()
    expect(source).to_have_text("From your library")
    assert "reference=" not in page.url


def test_axe_finds_nothing_in_the_bar_while_it_is_used(page: Page):
    prompt_of(page).fill("A red kite over the dunes")
    page.get_by_role("button", name="Weight", exact=True).click()
    page.get_by_role("button", name="Enhance the prompt").click()
    expect(page.get_by_role("button", name="Use this prompt")).to_be_visible()
    assert violations(page) == []
