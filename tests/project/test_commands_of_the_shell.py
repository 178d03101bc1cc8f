"""`bin/run`, `bin/test` and what they share, as far as that goes without a network."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.source import ROOT

SCRIPTS = ("bin/environment", "bin/run", "bin/test", ".ci/run")


@pytest.fixture
def checkout(tmp_path):
    """A copy of the scripts and lists, with an environment that needs nothing installed."""
    (tmp_path / "bin").mkdir()
    for name in ("environment", "run"):
        shutil.copy2(ROOT / "bin" / name, tmp_path / "bin" / name)
    for path in (*ROOT.glob("requirements*.txt"), *ROOT.glob("requirements*.in")):
        shutil.copy2(path, tmp_path)
    return tmp_path


def call(checkout: Path, *command: str, cwd: Path | None = None, **environment: str):
    return subprocess.run(
        command,
        cwd=cwd or checkout,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def fake_python(folder: Path, body: str) -> Path:
    """A program that stands for Python: it notes its arguments in `calls`, then does `body`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "python"
    path.write_text(f'#!/bin/sh\necho "$@" >>"{folder}/calls"\n{body}\n')
    path.chmod(0o755)
    return path


def installs(checkout: Path) -> int:
    calls = (checkout / ".venv" / "bin" / "calls").read_text()
    return calls.count("--requirement requirements.txt")


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_can_be_executed_and_parses(name):
    script = ROOT / name
    assert os.access(script, os.X_OK)
    shell = "bash" if "bash" in script.read_text().splitlines()[0] else "sh"
    assert subprocess.run([shell, "-n", script], check=False).returncode == 0


def test_without_python_it_says_so_in_one_line(checkout, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname"):
        (tools / name).symlink_to(shutil.which(name))
    answer = call(checkout, "bin/environment", "run", PATH=str(tools))
    assert answer.returncode == 1
    assert answer.stderr == "OurVidz needs Python 3.11 or newer; none was found on PATH.\n"


def test_packages_are_installed_once_and_again_when_the_list_changes(checkout):
    fake_python(checkout / ".venv" / "bin", "exit 0")
    for _ in range(2):
        assert call(checkout, "bin/environment", "run", REDIS_URL="redis://there").returncode == 0
    assert installs(checkout) == 1
    with (checkout / "requirements.txt").open("a") as file:
        file.write("one-more==1 --hash=sha256:0\n")
    assert call(checkout, "bin/environment", "run", REDIS_URL="redis://there").returncode == 0
    assert installs(checkout) == 2


def test_a_failed_installation_is_tried_again(checkout):
    broken = 'case "$*" in *requirements.txt*) exit 1 ;; esac'
    fake_python(checkout / ".venv" / "bin", broken)
    assert call(checkout, "bin/environment", "run").returncode == 1
    fake_python(checkout / ".venv" / "bin", "exit 0")
    assert call(checkout, "bin/environment", "run", REDIS_URL="redis://there").returncode == 0
    assert installs(checkout) == 2


def test_the_studio_starts_from_any_folder(checkout, tmp_path):
    fake_python(checkout / ".venv" / "bin", 'test "$2" = ourvidz.studio && pwd\nexit 0')
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    script = str(checkout / "bin" / "run")
    answer = call(checkout, script, cwd=elsewhere, REDIS_URL="redis://there")
    assert answer.returncode == 0
    assert answer.stdout.splitlines()[-1] == str(checkout)


def test_hashes_are_always_asked_for(checkout):
    fake_python(checkout / ".venv" / "bin", "exit 0")
    call(checkout, "bin/environment", "run", PATH="/usr/bin:/bin")
    lines = (checkout / ".venv" / "bin" / "calls").read_text().splitlines()
    installations = [line for line in lines if " install " in line]
    assert installations
    assert all("--require-hashes" in line for line in installations)


class TestModels:
    """`bin/environment models`: PyTorch where it is light, one line where it is not."""

    def installed(self, checkout, requirement, *, wrong="false"):
        """What it says where pip's report has `requirement`; `wrong` is true where pip fails."""
        report = f'printf \'    "requires_dist": [\\n      "%s"\\n    ]\\n\' "{requirement}"'
        body = f'case "$*" in *--dry-run*) {report} ;; *requirements-torch*) ! {wrong} ;; esac'
        fake_python(checkout / ".venv" / "bin", body)
        answer = call(checkout, "bin/environment", "models", REDIS_URL="redis://there")
        calls = (checkout / ".venv" / "bin" / "calls").read_text().splitlines()
        asked = [line for line in calls if " install " in line and "--dry-run" not in line]
        return answer, asked

    def test_a_build_for_the_processor_is_installed_once(self, checkout):
        for _ in range(2):
            answer, asked = self.installed(checkout, "sympy>=1.13.3")
            assert answer.returncode == 0
        assert "Installing" not in answer.stdout
        assert "--no-deps" in asked[0]
        assert ["--require-hashes" in line for line in asked] == [False, True]

    @pytest.mark.parametrize(
        "requirement", ["nvidia-cudnn-cu13==9.1; platform_system == 'Linux'", "triton==3.7"]
    )
    def test_a_build_for_cards_is_left_out_and_said_so(self, checkout, requirement):
        answer, asked = self.installed(checkout, requirement)
        assert (answer.returncode, asked) == (0, [])
        assert answer.stdout.count("\n") == 1
        assert "skipped" in answer.stdout

    def test_a_failure_is_one_line_and_leaves_nothing_half_there(self, checkout):
        half = checkout / ".venv" / "lib" / "python3.11" / "site-packages" / "torch"
        half.mkdir(parents=True)
        answer, _ = self.installed(checkout, "sympy", wrong="true")
        assert (answer.returncode, answer.stderr) == (0, "")
        assert "skipped" in answer.stdout.splitlines()[-1]
        assert not half.exists()

    def test_without_an_index_it_is_one_line(self, checkout):
        fake_python(checkout / ".venv" / "bin", 'case "$*" in *--dry-run*) exit 1 ;; esac')
        answer = call(checkout, "bin/environment", "models", REDIS_URL="redis://there")
        assert (answer.returncode, answer.stdout.count("\n")) == (0, 1)
