"""`manage.py prepare` and the static files that it collects."""

import io
import os

import pytest
from django.conf import global_settings as default_settings
from django.core.management import call_command

from ourvidz.accounts.models import User
from ourvidz.operations.static_files import collect_if_changed
from tests.source import ROOT


@pytest.fixture(autouse=True)
def folders(settings, tmp_path, monkeypatch):
    """One script of ours, which imports another; stored as in production."""
    hashed = {"BACKEND": "ourvidz.staticfiles.HashedStaticFiles"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": hashed}
    monkeypatch.delenv("OURVIDZ_DEMO_PASSWORD", raising=False)
    (tmp_path / "source" / "js").mkdir(parents=True)
    (tmp_path / "source" / "js" / "app.js").write_text('import { go } from "./go.js";\ngo();\n')
    (tmp_path / "source" / "js" / "go.js").write_text("export function go() {}\n")
    settings.VAR = tmp_path
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    return tmp_path


def test_files_are_collected_once(folders):
    assert collect_if_changed()
    assert not collect_if_changed()


def test_a_changed_file_is_collected_again(folders):
    collect_if_changed()
    source = folders / "source" / "js" / "go.js"
    source.write_text("export function go() { return 1 }\n")
    assert collect_if_changed()
    assert any("return 1" in path.read_text() for path in (folders / "static").rglob("go.*.js"))


def test_a_touched_file_is_collected_again(folders):
    collect_if_changed()
    os.utime(folders / "source" / "js" / "go.js", (1, 1))
    assert collect_if_changed()


def test_files_that_were_thrown_away_come_back(folders):
    collect_if_changed()
    (folders / "static").rename(folders / "elsewhere")
    assert collect_if_changed()
    assert (folders / "static" / "js" / "app.js").exists()


def test_imports_of_our_modules_get_hashed_names(folders):
    collect_if_changed()
    (script,) = (folders / "static" / "js").glob("app.*.js")
    (imported,) = (folders / "static" / "js").glob("go.*.js")
    assert f'from "./{imported.name}"' in script.read_text()


@pytest.mark.django_db
def test_it_makes_everything_ready(folders, settings):
    out = io.StringIO()
    call_command("prepare", demo=True, stdout=out)
    assert User.objects.get(username="demo").is_superuser
    for bucket in settings.BUCKETS:
        assert (settings.MEDIA_ROOT / bucket).is_dir()
    assert "up to date" in out.getvalue()


@pytest.mark.django_db
def test_without_demo_nobody_is_made(folders):
    call_command("prepare", stdout=io.StringIO())
    assert not User.objects.exists()


def test_the_files_of_this_project_can_be_collected(settings, tmp_path):
    """A script that refers to a missing file would stop every start."""
    settings.STATICFILES_DIRS = [ROOT / "static"]
    settings.STATICFILES_FINDERS = default_settings.STATICFILES_FINDERS
    settings.STATIC_ROOT = tmp_path / "all"
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "all" / "staticfiles.json").exists()
