"""What scrolling the library costs a browser: `python benchmarks/library_scroll.py 10000 100000`.

A studio of its own for each number of assets. The window goes down through the library row by row
for SECONDS, leaps to the end, back to the middle and to the beginning, and goes down again.
Prints the most DOM nodes and tiles at any moment, the heap after a collection at the start and at
the end, frames that came later than two of the screen's, and how long the window stood empty.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.live.processes import Studio, until  # noqa: E402

SECONDS = 8
PIXELS = 40  # a frame: a fast wheel
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD = "a password for the benchmark"
SESSION = """
from django.test import Client
from ourvidz.accounts.models import User
client = Client()
client.force_login(User.objects.get(username="collector"))
print(client.cookies["sessionid"].value)
"""
# Counts while it scrolls by itself, once a frame.
WATCH = """() => {
    const seen = window.seen = {nodes: 0, tiles: 0, frames: 0, late: 0, empty: 0, speed: 0};
    let last = performance.now();
    const empty = () => {
        const at = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
        return !at?.closest("[data-asset], .shelf__day") && at?.matches(".stretch__space");
    };
    const frame = (now) => {
        const took = now - last;
        last = now;
        seen.frames += 1;
        if (took > 34) seen.late += 1;
        if (empty()) seen.empty += took;
        if (seen.frames % 20 === 0) {
            seen.nodes = Math.max(seen.nodes, document.querySelectorAll("*").length);
            seen.tiles = Math.max(seen.tiles, document.querySelectorAll("[data-asset]").length);
        }
        if (seen.speed) scrollBy(0, seen.speed);
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
}"""


def heap(session: CDPSession) -> float:
    """Megabytes in use after a collection."""
    session.send("HeapProfiler.collectGarbage")
    return session.send("Runtime.getHeapUsage")["usedSize"] / 1e6


def drive(page: Page, pixels: int, seconds: int) -> None:
    page.evaluate("speed => { seen.speed = speed }", pixels)
    page.wait_for_timeout(seconds * 1000)
    page.evaluate("seen.speed = 0")


def leap(page: Page, share: float) -> float:
    """Go there; milliseconds until tiles are in the window."""
    started = page.evaluate(
        """share => {
            scrollTo(0, share * (document.documentElement.scrollHeight - innerHeight));
            return performance.now();
        }""",
        share,
    )
    shown = """() => [...document.querySelectorAll("#shelf [data-asset]")].some((tile) => {
        const box = tile.getBoundingClientRect();
        return box.bottom > 0 && box.top < innerHeight;
    }) ? performance.now() : 0"""
    return until(lambda: page.evaluate(shown), "tiles are shown") - started


def measure(page: Page, number: int) -> dict[str, Any]:
    page.goto("/library/?layout=medium")
    total = page.locator(f".scrubber[data-total='{number}']")
    total.wait_for(timeout=60_000)
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    page.evaluate(WATCH)
    before = heap(session)
    drive(page, PIXELS, SECONDS)
    leaps = [leap(page, share) for share in (1, 0.5, 0.25, 0.75)]
    drive(page, -PIXELS, SECONDS)
    leaps.append(leap(page, 0))
    return page.evaluate("seen") | {
        "heap before": before,
        "heap after": heap(session),
        "slowest leap": max(leaps),
    }


def fill(studio: Studio, number: int) -> str:
    """Assets for the collector; the key of a session of theirs."""
    command = [sys.executable, "benchmarks/fill_library.py", str(number)]
    environment = {**os.environ, **studio.environment}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return studio.manage("shell", "--command", SESSION).split()[-1]


def scroll(number: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        studio = Studio(Path(folder), OURVIDZ_DEMO_PASSWORD=PASSWORD)
        try:
            studio.start_redis()
            studio.manage("prepare")
            key = fill(studio, number)
            studio.start_web()
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=ARGUMENTS
            )
            context = browser.new_context(
                base_url=studio.url, viewport={"width": 1440, "height": 900}
            )
            context.add_cookies([{"name": "sessionid", "value": key, "url": studio.url}])
            return measure(context.new_page(), number)
        finally:
            studio.stop()


def main() -> None:
    print(
        "| assets | most nodes | most tiles | heap before, after | late frames | empty window "
        "| slowest leap |\n|---|---|---|---|---|---|---|"
    )
    for number in map(int, sys.argv[1:] or ["10000"]):
        found = scroll(number)
        print(
            f"| {number:,} | {found['nodes']:,} | {found['tiles']} "
            f"| {found['heap before']:.1f}, {found['heap after']:.1f} MB "
            f"| {found['late']} of {found['frames']} | {found['empty']:.0f} ms "
            f"| {found['slowest leap']:.0f} ms |",
            flush=True,
        )


if __name__ == "__main__":
    main()
