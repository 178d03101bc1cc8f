"""Who may import whom, as docs/architecture.md says."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import source

# These know everything, and nothing but each other may know them.
ENTRANCES = ("settings", "urls", "asgi", "api", "server")
MAY_IMPORT: dict[str, set[str]] = {
    "entrance": {"entrance", "kit", *source.APPS},
    "kit": {"kit"},
    "generation": {"kit", "generation"},
    "library": {"kit", "library"},
    "collections": {"kit", "collections", "library"},
    "workspace": {"kit", "workspace", "generation", "library"},
}


def part_of(module: str) -> str | None:
    """The part of the house that a dotted name belongs to; None for what is not ours."""
    first, _, rest = module.partition(".")
    if first in {"generation", "library", "workspace"}:
        return first
    if first != "ourvidz":
        return None
    second = rest.partition(".")[0]
    if second == "collections":
        return "collections"
    return "entrance" if second in ENTRANCES else "kit"


def imports_of(name: str, path: Path) -> Iterator[tuple[str, int]]:
    """Dotted name and line of each import, relative ones resolved."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(source.tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            target = [*base, *(node.module.split(".") if node.module else [])]
            yield from ((".".join([*target, alias.name]), node.lineno) for alias in node.names)


def wrong_imports(name: str, path: Path) -> list[str]:
    allowed = MAY_IMPORT[part_of(name) or ""]
    return [
        f"{path.relative_to(source.ROOT)}:{line} imports {imported}"
        for imported, line in imports_of(name, path)
        if part_of(imported) not in {None, *allowed}
    ]


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_imports_only_what_it_may(part):
    ours = [(name, path) for name, path in source.modules() if part_of(name) == part]
    assert ours
    assert [line for name, path in ours for line in wrong_imports(name, path)] == []


@pytest.mark.parametrize(
    ("module", "statement", "is_wrong"),
    [
        ("generation.queue", "from library.models import LibraryAsset", True),
        ("generation.queue", "from ourvidz.collections import models", True),
        ("generation.queue", "from ourvidz import api", True),
        ("generation.queue", "from ourvidz.media import buckets", False),
        ("generation.queue", "import collections", False),
        ("library.models", "def f():\n    import workspace.models", True),
        ("ourvidz.collections.models", "from library.models import LibraryAsset", False),
        ("ourvidz.collections.models", "from ..media import buckets", False),
        ("ourvidz.collections.models", "from .. import api", True),
        ("ourvidz.live", "import generation", True),
        ("workspace.models", "from generation.models import Job", False),
        ("workspace.models", "from ourvidz.collections.models import Collection", True),
    ],
)
def test_the_reader_tells_right_from_wrong(tmp_path, monkeypatch, module, statement, is_wrong):
    path = tmp_path / "module.py"
    path.write_text(statement)
    monkeypatch.setattr(source, "ROOT", tmp_path)
    assert bool(wrong_imports(module, path)) == is_wrong
