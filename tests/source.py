"""The source of the project, for tests that hold it against the rules of the house."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("generation", "library", "collections", "workspace")


def modules() -> Iterator[tuple[str, Path]]:
    """Dotted name and path of every module that is served, migrations left out."""
    for top in (*APPS, "ourvidz"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" not in path.parts:
                yield _dotted(path), path


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] == "collections":  # a folder at the top, imported as ourvidz.collections
        parts = ("ourvidz", *parts)
    return ".".join(part for part in parts if part != "__init__")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def committed_files() -> Iterator[Path]:
    """What git tracks and is there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return (path for path in paths if path.is_file())
