"""A real Chromium before a real studio: web, workers, schedule, Redis.

Each test has a person of its own in it, so none finds what another left.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.backends import hold_of
from tests.browser.people import SESSION_COOKIE, Person, invite
from tests.live.processes import Studio

# Without its own windows, which nobody sees, Chromium takes a quarter of the processor's time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
BACKEND = "tests.browser.backends.SketchingBackend"
# Nothing waits this long where all is well: it is when a busy machine counts as a broken one.
DEADLINE = 60_000  # milliseconds
expect.set_options(timeout=DEADLINE)
# htmx's words for a request that a newer one or leaving the page cut off. What went wrong on the
# way to the server or in it is a complaint of the browser too.
CUT_OFF = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")
CSRF_TOKEN = "0123456789abcdefABCDEF0123456789"  # for calls before any page has been opened
_acting: list[Person] = []  # the one of the running test


def pytest_collection_modifyitems(items) -> None:
    """Browser tests run only where there is a browser."""
    skip = pytest.mark.skip(reason="no Chromium: install the package chromium")
    for item in items:
        if "tests/browser" not in str(item.path):
            continue
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.live)
        if CHROMIUM is None:
            item.add_marker(skip)


@pytest.fixture(scope="package")
def running_studio(run_folder: Path, tmp_path_factory) -> Iterator[Studio]:
    studio = Studio(tmp_path_factory.mktemp("studio"), SDXL_BACKEND=BACKEND, WAN_BACKEND=BACKEND)
    try:
        studio.start_redis()
        studio.prepare(run_folder)
        web = studio.start("web", sys.executable, "-m", "ourvidz.server")
        workers = [studio.start_worker(lane) for lane in ("sdxl", "wan", "chat")]
        studio.start_schedule()
        studio.wait_for_web(web)
        for worker in workers:
            studio.wait_for_worker(worker)
        yield studio
    finally:
        studio.stop()


@pytest.fixture(scope="package")
def guests(request, running_studio: Studio) -> Iterator[Person]:
    """One for each test, and for each module that shares one."""
    return iter(invite(running_studio, 2 * len(request.session.items)))


@pytest.fixture
def person(guests: Iterator[Person]) -> Iterator[Person]:
    """Who uses the studio in this test. A module may have one for all its tests."""
    person = next(guests)
    yield person
    person.cancel_all()


@pytest.fixture(autouse=True)
def acting(person: Person) -> Iterator[None]:
    """`sign_in` signs this one in."""
    _acting.append(person)
    yield
    _acting.clear()


@pytest.fixture
def hold(running_studio: Studio) -> Iterator[Callable[[str], Path]]:
    """`hold(prompt)`: nothing is made of it until the file that this returns is gone."""
    held = []

    def hold_one(prompt: str) -> Path:
        held.append(hold_of(running_studio.folder, prompt))
        held[-1].touch()
        return held[-1]

    yield hold_one
    for file in held:
        file.unlink(missing_ok=True)


@pytest.fixture(scope="package")  # its event loop must be gone when other tests run
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(
    browser: Browser, running_studio: Studio
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes contexts, which end with the test. Without a service worker, unless told."""
    contexts = []

    def make(**options) -> BrowserContext:
        usual = {"base_url": running_studio.url, "reduced_motion": "reduce"}
        context = browser.new_context(**{"service_workers": "block", **usual, **options})
        context.set_default_timeout(DEADLINE)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def context(new_context) -> BrowserContext:
    return new_context(viewport={"width": 1440, "height": 900})


@pytest.fixture
def phone_context(new_context) -> BrowserContext:
    """A narrow touch screen."""
    viewport = {"width": 360, "height": 780}
    return new_context(viewport=viewport, has_touch=True, is_mobile=True)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A signed-in page, not yet at any address; what its console complains of fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: line.type == "error" and complaints.append(line.text))
    sign_in(page)
    yield page
    assert [line for line in complaints if not line.startswith(CUT_OFF)] == []


@pytest.fixture
def workspace(page: Page) -> Page:
    """The page at the workspace. Where all tests of a module begin there, it uses this."""
    page.goto("/workspace/")
    return page


def sign_in(page: Page) -> None:
    """As the person of the running test, without the form, which has a test of its own."""
    [person] = _acting
    cookies = {SESSION_COOKIE: person.session, "csrftoken": CSRF_TOKEN}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": person.api.url} for name, value in cookies.items()]
    )
