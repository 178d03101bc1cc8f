"""What creators do again and again, for the browser tests."""

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.live.processes import until


def generate(page: Page, prompt: str) -> Locator:
    """Submit `prompt` by keyboard; the new group."""
    groups = page.locator("section[data-job]")
    newest = groups.first.get_attribute("id") if groups.count() else None
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.keyboard.press("Control+Enter")
    until(
        lambda: groups.count() and groups.first.get_attribute("id") != newest, "the group appears"
    )
    return page.locator(f"#{groups.first.get_attribute('id')}")


def finished_group(page: Page, prompt: str) -> Locator:
    """A new group whose three pictures are there."""
    group = generate(page, prompt)
    expect(group.locator("[data-asset]")).to_have_count(3)
    return group


def held_back(where: Page | BrowserContext, address: str) -> list[Route]:
    """The requests to `address` as they come, which wait until they are let go on."""
    requests: list[Route] = []

    def hold(route: Route) -> None:
        requests.append(route)

    where.route(address, hold)
    return requests
