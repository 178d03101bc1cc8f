"""What the workspace page costs: `python benchmarks/workspace_page.py`.

A studio of its own with 200 assets of the day. Cold loads in a fresh browser each: time to the
first tile's place and to the first picture, bytes before pictures, DOM nodes, heap. Then pictures
are made one after the other, and each is timed from its row in the database to its tile's picture
on the page; both ends read the same clock.
"""

import json
import shutil
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.live.processes import Studio, until

PASSWORD = "a password for the benchmark"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LOADS = 7
PICTURES = 20

FILL = """
from datetime import timedelta
from django.utils import timezone
from ourvidz.accounts.models import User
from tests.factories import make_job, make_workspace_asset
owner, now = User.objects.get(username="demo"), timezone.now()
for number in range(200):
    if number % 3 == 0:
        job = make_job(owner, status="completed", prompt=f"Picture {number} of a long day",
                       created_at=now - timedelta(seconds=number))
    make_workspace_asset(job, number % 3, stored=True)
"""
COST = """() => {
    const [page] = performance.getEntriesByType("navigation");
    const files = performance.getEntriesByType("resource");
    const text = files.filter((file) => !file.name.includes("/media/"));
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return {
        content_ms: Math.round(paint.startTime),
        bytes: page.transferSize + text.reduce((sum, file) => sum + file.transferSize, 0),
        requests: 1 + text.length,
        nodes: document.querySelectorAll("*").length,
        picture_ms: Math.round(window.firstPicture),
        live_ms: Math.round(window.liveSince),
    };
}"""
WATCH_FIRST = """
document.addEventListener("load", ({ target }) => {
    if (target.matches?.(".tile img")) window.firstPicture ??= performance.now();
}, true);
new MutationObserver(() => {
    const live = document.querySelector("#connection[data-state=live]");
    if (live) window.liveSince ??= performance.now();
}).observe(document, { subtree: true, childList: true, attributeFilter: ["data-state"] });
"""
WATCH = """() => {
    window.shownAt = {};
    document.addEventListener("load", ({ target }) => {
        const tile = target.closest?.(".tile[data-asset]");
        if (tile && !target.hidden) window.shownAt[tile.dataset.asset] ??= Date.now();
    }, true);
}"""


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("User name").fill("demo")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/workspace/**")


def cold_load(browser: Browser, studio: Studio, state: dict) -> dict[str, float]:
    """One visit with nothing in the cache."""
    context = browser.new_context(
        base_url=studio.url, storage_state=state, viewport={"width": 1440, "height": 900}
    )
    context.add_init_script(WATCH_FIRST)
    page = context.new_page()
    page.goto("/workspace/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    until(lambda: page.evaluate("window.firstPicture"), "a picture")
    cost = page.evaluate(COST)
    heap = page.context.new_cdp_session(page).send("Runtime.getHeapUsage")["usedSize"]
    context.close()
    return cost | {"heap_mb": heap / 1e6}


def latencies(context: BrowserContext, studio: Studio) -> list[float]:
    """Milliseconds from each picture's row to its tile's picture on the page."""
    page = context.new_page()
    page.goto("/workspace/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    page.evaluate(WATCH)
    page.get_by_role("button", name="Pictures: 3 pictures").click()
    page.get_by_role("button", name="Pictures: 6 pictures").click()
    for number in range(PICTURES):
        page.get_by_label("Prompt", exact=True).fill(f"Latency {number}, a boat at sea")
        page.keyboard.press("Control+Enter")
        until(lambda n=number: page.evaluate("Object.keys(shownAt).length") > n, "it is shown", 60)
    shown = page.evaluate("shownAt")
    rows = studio.query("SELECT id, created_at FROM workspace_workspaceasset")
    made = {str(UUID(pk)): datetime.fromisoformat(at).replace(tzinfo=UTC) for pk, at in rows}
    return [at - made[pk].timestamp() * 1000 for pk, at in shown.items()]


def measure(studio: Studio) -> dict:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        context = browser.new_context(base_url=studio.url, viewport={"width": 1440, "height": 900})
        sign_in(context.new_page())
        loads = [cold_load(browser, studio, context.storage_state()) for _ in range(LOADS)]
        waits = sorted(latencies(context, studio))
        browser.close()
    medians = {name: round(statistics.median(load[name] for load in loads), 1) for name in loads[0]}
    p95 = waits[min(round(0.95 * len(waits)), len(waits) - 1)]
    latency = {
        "pictures": len(waits),
        "p50_ms": round(statistics.median(waits)),
        "p95_ms": round(p95),
    }
    return {"cold load, medians": medians, "live latency": latency}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder), OURVIDZ_DEMO_PASSWORD=PASSWORD)
        try:
            studio.start_redis()
            studio.manage("prepare", "--demo")
            studio.manage("shell", "--command", FILL)
            studio.start_web()
            studio.wait_for_worker(studio.start_worker("sdxl"))
            print(json.dumps(measure(studio), indent=2))
        finally:
            studio.stop()


if __name__ == "__main__":
    main()
