"""Icons come from the sprite; lengths read as people write them."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.template import Context, Template

IMAGES = Path(settings.BASE_DIR) / "static" / "img"
SOURCES = {".html", ".js", ".py"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def rendered(source: str, **context) -> str:
    return Template(source).render(Context(context))


def drawings() -> dict[str, ElementTree.Element]:
    sprite = ElementTree.parse(IMAGES / "icons.svg").getroot()
    return {symbol.get("id"): symbol for symbol in sprite.iter(f"{SVG}symbol")}


def test_an_icon_is_a_hidden_drawing_from_the_sprite():
    assert rendered('{% icon "bookmark" %}') == (
        '<svg class="icon" aria-hidden="true">'
        '<use href="/static/img/icons.svg#bookmark"></use></svg>'
    )


def test_an_icon_with_a_label_is_a_picture_of_that_name():
    html = rendered('{% icon "star" label %}', label='"<Starred>"')
    assert 'role="img" aria-label="&quot;&lt;Starred&gt;&quot;"' in html
    assert "aria-hidden" not in html


def test_every_name_of_the_list_is_drawn_and_nothing_else():
    names = (IMAGES / "icons.txt").read_text().split()
    assert names == sorted(set(names))
    assert set(drawings()) == set(names)
    assert all(len(symbol) for symbol in drawings().values())


def test_every_icon_that_a_template_names_is_drawn():
    sources = [path.read_text() for path in Path(settings.BASE_DIR).glob("templates/**/*.html")]
    named = {name for text in sources for name in re.findall(r'{% icon "([^"]+)"', text)}
    assert named, "no template uses an icon"
    assert named <= set(drawings())


def test_every_icon_is_used():
    root = Path(settings.BASE_DIR)
    apps = [path for path in root.iterdir() if path.name not in ("tests", "benchmarks")]
    sources = [path for app in apps for path in app.rglob("*") if path.suffix in SOURCES]
    text = "\n".join(path.read_text() for path in sources if "vendor" not in path.parts)
    assert {name for name in drawings() if not re.search(f"[\"'#]{name}[\"'?]", text)} == set()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (7.2, "0:07"), (4.98, "0:05"), (59.6, "1:00"), (75, "1:15"), (3661, "1:01:01")],
)
def test_lengths(seconds, text):
    assert rendered("{{ seconds|duration }}", seconds=seconds) == text


def test_a_picture_has_no_length():
    assert rendered("{{ seconds|duration }}", seconds=None) == ""
