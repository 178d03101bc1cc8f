"""Take the documentation's pictures of a running studio.

    PORT=8000 python docs/screenshots.py USER PASSWORD [folder]

Signs in, takes the workspace, the viewer and the library at 1440, 820 and 360 px in dark and
light, and writes them as WebP into the folder (docs/screenshots).
"""

import io
import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

WIDTHS = {1440: 900, 820: 1000, 360: 780}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def take(page: Page, path: Path) -> None:
    """Write what `page` shows once its pictures are there."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    Image.open(io.BytesIO(page.screenshot())).save(path, quality=82, method=6)


def visit(page: Page, name: str, folder: Path) -> None:
    page.goto("/workspace/")
    take(page, folder / f"workspace-{name}.webp")
    page.locator("[data-view]").first.click()
    take(page, folder / f"viewer-{name}.webp")
    page.goto("/library/")
    take(page, folder / f"library-{name}.webp")


def main(user: str, password: str, folder: str = "docs/screenshots") -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        context = chromium.new_context(base_url=url, reduced_motion="reduce")
        page = context.new_page()
        page.goto("/accounts/login/")
        page.get_by_label("User name").fill(user)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/workspace/**")
        for theme in ("dark", "light"):
            context.add_cookies([{"name": "theme", "value": theme, "url": url}])
            for width, height in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                visit(page, f"{width}-{theme}", Path(folder))
        chromium.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
