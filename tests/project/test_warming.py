"""What a web process has done before it listens."""

import subprocess
import sys

from tests.source import ROOT

# In a process of its own: this one has been warm for long.
LOOK = """
import sys
import ourvidz.asgi
assert "workspace.views" not in sys.modules
from ourvidz.warming import warm
warm()
from django.template import engines
from ourvidz.staticfiles import imported_modules
loader = engines["django"].engine.template_loaders[0]
names = {template.origin.template_name for template in loader.get_template_cache.values()}
print("workspace.views" in sys.modules, "generation.backends.preview" in sys.modules)
print({"workspace/page.html", "accounts/login.html", "library/page.html"} <= names)
print(imported_modules.cache_info().currsize > 3)
"""


def test_views_templates_and_scripts_are_known_before_it_listens(tmp_path):
    environment = {"OURVIDZ_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "ourvidz.settings"}
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == ["True"] * 4, done.stderr
