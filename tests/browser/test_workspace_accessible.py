"""axe finds nothing on any page, nor in any of the workspace's popups, in both themes.

And every control of the workspace is reached by the keyboard.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.browser.steps import finished_group
from tests.live.processes import until

# axe takes every named <section> for a landmark, also a job's, whose role is group.
OPTIONS = {"rules": {"landmark-unique": {"enabled": False}}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def violations(page: Page, within: str | None = None, options: dict = OPTIONS) -> list[tuple]:
    """What axe complains of, on the whole page or in the element `within`."""
    found = Axe().run(page, context=within, options=options).response["violations"]
    return [(one["id"], one["impact"], [node["target"] for node in one["nodes"]]) for one in found]


# What is not a matter of colour is the same in both.
in_both_themes = pytest.mark.parametrize(
    ("theme", "options"), [("dark", OPTIONS), ("light", CONTRAST)], ids=["dark", "light"]
)


@in_both_themes
def test_every_state_of_the_page(page: Page, theme: str, options: dict):
    page.goto("/workspace/")
    finished_group(page, "A violin on a chair")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    assert violations(page, None, options) == []

    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert violations(page, "dialog[open]", options) == []
    page.keyboard.press("Escape")

    page.locator(".tile__link").first.click(modifiers=["Control"])
    page.get_by_role("button", name="File", exact=True).click()
    assert violations(page, None, options) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="End selection").click()

    page.get_by_role("navigation", name="Jobs").get_by_role("link").first.click()
    assert violations(page, None, options) == []
    page.locator("#show-all").click()

    page.get_by_label("Words in prompt").fill("nothing of the kind")
    expect(page.get_by_text("No job matches")).to_be_visible()
    assert violations(page, None, options) == []
    page.locator("#filter-chips").get_by_role("link", name="Clear filters").click()
    expect(page.locator("section[data-job]")).to_have_count(1)


def in_theme(page: Page, theme: str) -> None:
    page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])


@in_both_themes
def test_every_popup_of_the_workspace(page: Page, theme: str, options: dict):
    page.goto("/workspace/")
    in_theme(page, theme)
    page.reload()
    finished_group(page, "A violin on a chair")
    seen = set()
    for mode in ("Image", "Video"):
        page.get_by_role("form", name="Prompt bar").get_by_text(mode, exact=True).click()
        for button in page.locator("[popovertarget]:visible").all():
            popup = f"#{button.get_attribute('popovertarget')}"
            if popup in seen:
                continue
            seen.add(popup)
            button.click()
            expect(page.locator(popup)).to_be_visible()
            assert violations(page, popup, options) == [], popup
            page.keyboard.press("Escape")
            expect(page.locator(popup)).to_be_hidden()
            expect(button).to_be_focused()
    page.get_by_role("form", name="Prompt bar").get_by_text("Image", exact=True).click()

    tile = page.locator(".tile[data-asset]").first
    tile.get_by_role("button", name="More actions").focus()
    page.keyboard.press("Enter")
    assert violations(page, "#tile-menu", options) == []
    page.keyboard.press("Escape")
    tile.locator(".tile__link").press("Enter")
    expect(page.locator("[data-viewer]")).to_be_visible()
    assert violations(page, "#lightbox", options) == []


PAGES = (
    "/workspace/history/",
    "/library/",
    "/library/trash/",
    "/collections/",
    "/accounts/profile/",
    "/offline/",
    "/not/a/page/",
)


@in_both_themes
def test_every_other_page(context, theme: str, options: dict):
    page = context.new_page()  # whose console may complain of the page that is not there
    sign_in(page)
    page.goto("/workspace/")
    in_theme(page, theme)
    for path in PAGES:
        page.goto(path)
        assert violations(page, None, options) == [], path
    context.clear_cookies(name="sessionid")
    page.goto("/accounts/login/")
    assert violations(page, None, options) == []


# What can be pressed and is shown, but for what belongs to a group that arrows walk through.
CONTROLS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled)
    .filter((e) => e.type !== "hidden" && e.tabIndex >= 0)
    .filter((e) => e.type !== "radio" || e.checked)
    .map((e) => (e.dataset.reach = crypto.randomUUID()))"""


def unreached(page: Page) -> list[list[str]]:
    """`[HTML of those that Tab does not come to]`; `[]` where some were renewed meanwhile."""
    wanted = set(page.evaluate(CONTROLS))
    page.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(2 * len(wanted)):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.reach"))
        if wanted <= reached:
            break
    left = page.evaluate(
        "all => all.map((one) => document.querySelector(`[data-reach='${one}']`)?.outerHTML)",
        list(wanted - reached),
    )
    return [] if None in left else [left]


def test_every_control_is_reached_by_tab_and_says_its_name(page: Page):
    page.goto("/workspace/")
    finished_group(page, "A violin on a chair")
    unnamed = page.locator("button:visible").evaluate_all(
        "all => all.filter((e) => !(e.ariaLabel || e.innerText.trim() || e.textContent.trim()))"
        ".map((e) => e.outerHTML)"
    )
    assert unnamed == []
    left = until(lambda: unreached(page), "the page stays as it is for one round")
    assert left == [[]]
