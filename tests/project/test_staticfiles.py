"""Style sheets in one piece, and the modules that a page asks for at once."""

import os
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template import Context, Template

from ourvidz.staticfiles import COMMENT, imported_modules

SCRIPTS = sorted((Path(__file__).resolve().parents[2] / "static" / "js").rglob("*.js"))

SOURCES = {
    "css/page.css": '/* The page. */\n@import "part.css";\n.page { color: red; }\n',
    "css/part.css": '@import "smallest.css";\n.part { background: url("../img/mark.svg"); }\n',
    "css/smallest.css": ".smallest { color: blue; }\n",
    "img/mark.svg": "<svg></svg>\n",
    "js/page.js": 'import { a } from "./a.js";\nimport "./b.js";\na();\n',
    "js/a.js": 'import {\n  c,\n  d,\n} from "./vendor/c.js";\nexport const a = () => c(d);\n',
    "js/b.js": '// import { x } from "./not-this.js"\nexport { c } from "./vendor/c.js";\n',
    "js/vendor/c.js": "/**\n * Two.\n */\nexport const c = `/* 1 */`, d = 2; // two\n  // end\n",
    "js/vendor/d.min.js": "/* A licence. */\n",
}


@pytest.fixture(autouse=True)
def collected(settings, tmp_path):
    """`SOURCES`, collected as in production; the folder that they went to."""
    for name, text in SOURCES.items():
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    hashed = {"BACKEND": "ourvidz.staticfiles.HashedStaticFiles"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": hashed}
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    imported_modules.cache_clear()
    yield settings.STATIC_ROOT
    imported_modules.cache_clear()


def test_imported_style_sheets_are_put_in_place(collected):
    text = (collected / staticfiles_storage.stored_name("css/page.css")).read_text()
    assert "@import" not in text
    assert text.index(".smallest") < text.index(".part") < text.index(".page")


def test_urls_of_an_imported_style_sheet_are_hashed(collected):
    text = (collected / staticfiles_storage.stored_name("css/page.css")).read_text()
    mark = staticfiles_storage.stored_name("img/mark.svg").rpartition("/")[2]
    assert f'url("../img/{mark}")' in text


def test_a_change_in_an_imported_style_sheet_renames_the_page_s(collected, tmp_path):
    before = staticfiles_storage.stored_name("css/page.css")
    smallest = tmp_path / "source" / "css" / "smallest.css"
    smallest.write_text(".smallest { color: green; }\n")
    os.utime(smallest, (2e9, 2e9))  # collectstatic copies what is newer by a second
    call_command("collectstatic", interactive=False, verbosity=0)
    assert staticfiles_storage.stored_name("css/page.css") != before


def test_lines_of_comments_are_left_out_and_nothing_else(collected):
    def text(name: str) -> str:
        return (collected / staticfiles_storage.stored_name(name)).read_text()

    assert text("js/vendor/c.js") == "export const c = `/* 1 */`, d = 2; // two\n"
    assert text("js/vendor/d.min.js") == "/* A licence. */\n"
    assert "The page" not in text("css/page.css")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_text_of_a_script_looks_like_a_line_of_comment(path):
    before = b""
    for part in COMMENT.split(path.read_bytes())[:-1]:
        before += part
        assert before.count(b"`") % 2 == 0, before[-200:]


def test_modules_are_found_nearest_first_and_once():
    assert imported_modules("js/page.js") == ("js/a.js", "js/b.js", "js/vendor/c.js")


def test_a_module_that_does_not_exist_is_named():
    with pytest.raises(FileNotFoundError, match=r"js/missing\.js"):
        imported_modules("js/missing.js")


def test_the_tag_asks_for_all_at_once_under_their_hashed_names():
    html = Template('{% module "js/page.js" %}').render(Context())
    assert html.count('<link rel="modulepreload"') == 3
    assert staticfiles_storage.url("js/vendor/c.js") in html
    assert html.endswith(
        f'<script src="{staticfiles_storage.url("js/page.js")}" type="module"></script>'
    )
