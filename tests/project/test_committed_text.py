"""What is committed runs on any machine and names none."""

import re

import pytest

from tests.source import ROOT, committed_files

# Folders of one person's machine, put together so that this file does not name them.
PLACES = re.compile("|".join(["/" + top + r"/\w" for top in ("root", "home", "work", "Users")]))
TEXT = {"", ".py", ".md", ".txt", ".toml", ".html", ".css", ".js", ".in", ".json", ".example"}
WITH_LINKS = (ROOT / "tests", ROOT / "static" / "js" / "vendor")


def test_no_file_names_a_place_on_one_machine():
    texts = (path for path in committed_files() if path.suffix in TEXT)
    ours = (path for path in texts if not any(path.is_relative_to(top) for top in WITH_LINKS))
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in ours
        for match in PLACES.finditer(path.read_text(errors="replace"))
    ]
    assert found == []


def test_no_merge_was_left_half_done():
    marker = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)
    texts = [path for path in committed_files() if path.suffix in TEXT]
    assert [path for path in texts if marker.search(path.read_text(errors="replace"))] == []


PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE | re.IGNORECASE)


def pins(name: str) -> dict[str, str]:
    """Package -> version, as `name` lists them."""
    return {package.lower(): version for package, version in PIN.findall((ROOT / name).read_text())}


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_every_package_is_pinned_with_hashes(path):
    blocks = re.split(r"\n(?=\S)", path.read_text().strip())
    assert blocks
    for block in blocks:
        assert PIN.match(block)
        assert "--hash=sha256:" in block
        assert "://" not in block


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-worker"])
def test_what_is_asked_for_is_what_is_pinned(name):
    assert pins(f"{name}.in").items() <= pins(f"{name}.txt").items()


def test_tests_run_on_the_versions_that_are_served():
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_remote_workers_run_on_the_versions_of_their_studio():
    assert pins("requirements-worker.txt").items() <= pins("requirements.txt").items()
