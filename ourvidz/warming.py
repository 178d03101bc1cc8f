"""What a web process would otherwise do while its first visitors wait."""

import re
from pathlib import Path

from django.conf import settings
from django.template.engine import Engine
from django.template.loader import get_template
from django.urls import reverse
from django.utils.module_loading import import_string

from ourvidz.staticfiles import imported_modules

MODULE = re.compile(r'{% module "([^"]+)" %}')


def warm() -> None:
    """Import views and backends, compile our templates, find out what their scripts import."""
    reverse("home")
    for backend in settings.BACKENDS.values():
        import_string(str(backend["BACKEND"]))  # which says what the prompt bar can offer
    for folder in map(Path, Engine.get_default().dirs):
        for path in sorted(folder.rglob("*.html")):
            get_template(path.relative_to(folder).as_posix())
            for name in MODULE.findall(path.read_text()):
                imported_modules(name)
