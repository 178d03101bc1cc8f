"""A real Chromium before a real studio: web, workers, schedule, Redis."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.live.processes import Studio

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
USER, PASSWORD = "demo", "a password for the browser tests"


def pytest_collection_modifyitems(items) -> None:
    """Browser tests run one after the other, in one process, and only where there is a browser."""
    skip = pytest.mark.skip(reason="no Chromium: install the package chromium")
    for item in items:
        if "tests/browser" not in str(item.path):
            continue
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.live)
        if CHROMIUM is None:
            item.add_marker(skip)


@pytest.fixture(scope="package")
def running_studio(tmp_path_factory) -> Iterator[Studio]:
    studio = Studio(tmp_path_factory.mktemp("studio"), OURVIDZ_DEMO_PASSWORD=PASSWORD)
    try:
        studio.start_redis()
        studio.manage("prepare", "--demo")
        studio.start_web()
        workers = [studio.start_worker(lane) for lane in ("sdxl", "wan", "chat")]
        studio.start_schedule()
        for worker in workers:
            studio.wait_for_worker(worker)
        yield studio
    finally:
        studio.stop()


@pytest.fixture(scope="package")  # its event loop must be gone when other tests run
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser, running_studio) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=running_studio.url,
        viewport={"width": 1440, "height": 900},
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context) -> Iterator[Page]:
    """A signed-in page; what the console complains of fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: line.type == "error" and complaints.append(line.text))
    sign_in(page)
    yield page
    assert complaints == []


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("User name").fill(USER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/workspace/**")
