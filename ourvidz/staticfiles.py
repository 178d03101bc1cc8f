"""Static files: small, and with hashed names that browsers keep for ever; what a page needs."""

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

CSS_IMPORT = r'(?P<matched>@import "(?P<url>[^"]+\.css)";)'
JS_IMPORT = re.compile(r'^(?:import|export) (?:[^"]*? from )?"(\.[^"]+\.js)";', re.MULTILINE)
OURS = re.compile(r"(css|js)/(?!.*\.min\.).*\.(css|js)$")
COMMENT = re.compile(rb"^[ \t]*(?://.*|/\*[\s\S]*?\*/)[ \t]*\n", re.MULTILINE)  # whole lines
IN_PLACE = "the file itself"


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also puts imported style sheets in place, and rewrites the `import` paths of ES modules.

    So a page asks for one style sheet, whatever parts it has, and needs no inline import map.
    Only of ours, `static/js/`: a comment in a script of django-htmx reads like an import. Those
    and our style sheets are kept without comments, a sixth of what a browser would fetch.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
    patterns = (
        ("css/*.css", ((CSS_IMPORT, IN_PLACE),)),
        *CompressedManifestStaticFilesStorage.patterns,
    )

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        # A page of 90 tiles asks 800 times; names change only while files are collected.
        self._known_url = cache(super().url)

    def _save(self, name: str, content: File) -> str:
        if OURS.match(name):
            content.seek(0)
            content = ContentFile(COMMENT.sub(b"", content.read()))
        return super()._save(name, content)

    def url(self, name: str | None, force: bool = False) -> str:
        return self._known_url(name, force)

    def url_converter(self, name, hashed_files, template=None):
        """As Django's, but for an import of CSS the imported text."""
        if template != IN_PLACE:
            return super().url_converter(name, hashed_files, template)
        return lambda match: self._whole_style_sheet(beside(name, match["url"]))

    def _whole_style_sheet(self, name: str) -> str:
        """The collected file's text, with what it imports in place."""
        with self.open(name) as file:
            text = file.read().decode()
        return re.sub(
            CSS_IMPORT, lambda match: self._whole_style_sheet(beside(name, match["url"])), text
        )


def beside(name: str, url: str) -> str:
    """The name of the static file that the file `name` calls `url`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), url))


@cache
def imported_modules(name: str) -> tuple[str, ...]:
    """The ES modules that the module `name` brings, itself not among them, nearest first.

    Raises:
        FileNotFoundError: `name`, or a file that it imports, is no static file.
    """
    found, waiting = dict.fromkeys([name]), [name]
    while waiting:
        for imported in _imports(waiting.pop(0)):
            if imported not in found:
                found[imported] = None
                waiting.append(imported)
    return tuple(found)[1:]


def _imports(name: str) -> Iterator[str]:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"There is no static file {name}.")
    for url in JS_IMPORT.findall(Path(path).read_text()):
        yield beside(name, url)
