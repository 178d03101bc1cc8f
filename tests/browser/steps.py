"""What creators do again and again, for the browser tests."""

from playwright.sync_api import Page, expect

from tests.live.processes import until

LONG = 60_000  # milliseconds


def generate(page: Page, prompt: str) -> str:
    """Submit `prompt` by keyboard; the id of the new group."""
    groups = page.locator("section[data-job]")
    newest = groups.first.get_attribute("id") if groups.count() else None
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.keyboard.press("Control+Enter")
    until(
        lambda: groups.count() and groups.first.get_attribute("id") != newest, "the group appears"
    )
    return groups.first.get_attribute("id")


def clear(page: Page) -> None:
    """Take everything out of the workspace; it stays in the library."""
    button = page.get_by_role("button", name="Clear", exact=True)
    if button.is_visible():
        button.click()
        page.get_by_role("button", name="Clear workspace").last.click()
        expect(page.locator("section[data-job]")).to_have_count(0)
