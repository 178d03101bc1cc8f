"""What thumbnails cost: `python benchmarks/thumbnails.py`.

How many are made in a second of one core from PNGs of 1024 x 1024 that the preview backend paints;
how long one that is there takes to come, asked one after the other over one connection; and
whether a browser that comes back asks for any.
"""

import http.client
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

# First, for it keeps NumPy to one core.
from preview_backend import PROMPTS, Silent, task
from workspace_page import ARGUMENTS, FILL, PASSWORD, sign_in

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import BrowserContext, sync_playwright

from generation.backends.preview import PreviewBackend
from tests.live.processes import Studio, until

ROUNDS = 20
ASKED = 300
STEPS = 15
MEDIA = """() => performance.getEntriesByType("resource")
    .filter(({ name }) => name.includes("/media/"))
    .map(({ name, transferSize }) => [name, transferSize])"""


def seconds_each(folder: Path) -> float:
    """Processor seconds of one core for one thumbnail, its placeholder and its hash."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourvidz.settings")
    import django

    django.setup()
    from ourvidz.media.thumbnails import derive

    paths = []
    for number, prompt in enumerate(PROMPTS):
        [picture] = PreviewBackend().render(task(prompt, 1024, 1024, STEPS), Silent())
        paths.append(folder / f"{number}.png")
        picture.image.save(paths[-1])
    derive(paths[0], "image")
    started = time.process_time()
    for _ in range(ROUNDS):
        for path in paths:
            derive(path, "image")
    return (time.process_time() - started) / ROUNDS / len(paths)


def visit(context: BrowserContext) -> dict[str, int]:
    """Bytes that came for each media file of the workspace page, by URL."""
    page = context.new_page()
    page.goto("/workspace/")
    until(lambda: len(page.evaluate(MEDIA)) >= 10, "pictures")
    page.wait_for_load_state("networkidle")
    files = dict(page.evaluate(MEDIA))
    page.close()
    return files


def milliseconds(studio: Studio, paths: list[str]) -> list[float]:
    """How long each of `ASKED` answers took."""
    host = studio.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host)
    took = []
    for number in range(ASKED):
        started = time.perf_counter()
        connection.request("GET", paths[number % len(paths)])
        answer = connection.getresponse()
        answer.read()
        took.append((time.perf_counter() - started) * 1000)
        assert answer.status == 200, answer.status
    return took


def measure(studio: Studio) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        context = browser.new_context(base_url=studio.url, viewport={"width": 1440, "height": 900})
        sign_in(context.new_page())
        first, second = visit(context), visit(context)
        browser.close()
    again = sum(size > 0 for size in second.values())
    print(f"first visit {len(first)} pictures, second {len(second)}, of which {again} were sent")
    took = milliseconds(studio, [url.removeprefix(studio.url) for url in first])
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"one that is there: p50 {statistics.median(took):.1f} ms, p95 {p95:.1f} ms")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        each = seconds_each(Path(name))
        print(f"made: {1000 * each:.0f} ms, {1 / each:.0f} in a second of one core")
        studio = Studio(Path(name) / "studio", OURVIDZ_DEMO_PASSWORD=PASSWORD)
        try:
            studio.start_redis()
            studio.manage("prepare", "--demo")
            studio.manage("shell", "--command", FILL)
            studio.start_web()
            measure(studio)
        finally:
            studio.stop()


if __name__ == "__main__":
    main()
