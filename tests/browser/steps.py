"""What creators do again and again, for the browser tests."""

from playwright.sync_api import Locator, Page, expect

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
    """Cancel what has not ended and empty the workspace; what was made stays in the library."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    ours = {"X-CSRFToken": cookies["csrftoken"]}
    jobs = page.request.get("/api/v1/jobs?limit=100").json()["items"]
    for job in jobs:
        if job["status"] in ("queued", "running"):
            page.request.post(f"/api/v1/jobs/{job['id']}/cancellation", headers=ours)
    done = page.request.post(
        "/api/v1/workspace-actions", data={"action": "clear_workspace"}, headers=ours
    )
    assert done.ok, done.text()
    page.reload()
    expect(page.locator("section[data-job]")).to_have_count(0)


def finished_group(page: Page, prompt: str) -> Locator:
    """A new group whose three pictures are there."""
    group = page.locator(f"#{generate(page, prompt)}")
    expect(group.locator("[data-asset]")).to_have_count(3, timeout=LONG)
    return group


def begin_empty(page: Page) -> None:
    """Nothing of earlier tests is left, nor still being made."""
    unfinished = "section[data-job]:is([data-status='queued'], [data-status='running'])"
    expect(page.locator(unfinished)).to_have_count(0, timeout=LONG)
    clear(page)
