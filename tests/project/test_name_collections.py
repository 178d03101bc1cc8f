"""The folder `collections/` beside Python's own module of that name."""

import collections
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.source import ROOT


def test_the_folder_is_not_a_package():
    assert not (ROOT / "collections" / "__init__.py").exists()


def test_git_refuses_an_init_file():
    assert "collections/__init__.py" in (ROOT / ".gitignore").read_text().splitlines()


def test_python_keeps_its_own():
    standard_library = Path(sysconfig.get_path("stdlib"))
    assert Path(collections.__file__).is_relative_to(standard_library)


def test_python_keeps_its_own_when_started_at_the_top():
    code = "import collections; print(collections.OrderedDict, collections.__file__)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert str(ROOT) not in answer.stdout.split()[-1] or ".venv" in answer.stdout


def test_the_app_is_imported_under_its_longer_name():
    from ourvidz.collections import models

    assert Path(models.__file__).parent == ROOT / "collections"
