"""Every template compiles and keeps to the Content Security Policy: nothing inline."""

import re
from pathlib import Path

import pytest
from django.template import engines

from tests.source import APPS, ROOT

FOLDERS = (
    ROOT / "templates",
    *(ROOT / app / "templates" for app in APPS),
    *(ROOT / "ourvidz").glob("*/templates"),
)
TEMPLATES = {
    path.relative_to(folder).as_posix(): path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*.*"))
    if path.is_file()
}
INLINE = {
    "style attribute": r"\sstyle\s*=",
    "style element": r"<style\b",
    "event handler": r"\son[a-z]+\s*=",
    "handler that htmx evaluates": r"\shx-on[:-]",
    "script without src": r"<script\b(?![^>]*(\bsrc=|type=.application/json))[^>]*>",
    "script URL": r"javascript:",
}


def inline_code(text: str) -> list[str]:
    return [what for what, pattern in INLINE.items() if re.search(pattern, text, re.IGNORECASE)]


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles(name):
    engines["django"].get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_has_nothing_inline(name):
    assert inline_code(TEMPLATES[name].read_text()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<p style="color: red">', ["style attribute"]),
        ("<style>p {}</style>", ["style element"]),
        ('<a onclick="go()">', ["event handler"]),
        ('<a hx-on:click="go()">', ["handler that htmx evaluates"]),
        ("<script>go()</script>", ["script without src"]),
        ('<a href="javascript:go()">', ["script URL"]),
        ('<script src="/a.js" defer></script> <p data-style="x" class="on">', []),
        ('<script type="application/json">{}</script>', []),
    ],
)
def test_the_reader_finds_what_is_inline(text, found):
    assert inline_code(text) == found


def test_there_are_templates():
    assert Path(ROOT / "templates" / "base.html") in TEMPLATES.values()
