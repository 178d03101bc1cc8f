"""docs/settings.md has one row for every variable that is read, and none besides."""

import ast
import re
from collections.abc import Iterator

from ourvidz import environment
from tests import source

READERS = {"text", "flag", "number", "words"}
TABLE_ROW = re.compile(r"^\| `([A-Z0-9_]+)` \|", re.MULTILINE)


def names_read() -> Iterator[str]:
    """The names given to the readers of `ourvidz.environment`, anywhere in the code."""
    for _, path in source.modules():
        for node in ast.walk(source.tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            of = node.func.value
            if node.func.attr in READERS and isinstance(of, ast.Name) and of.id == "env":
                assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno}"
                yield node.args[0].value


def names_documented() -> list[str]:
    return TABLE_ROW.findall((source.ROOT / "docs" / "settings.md").read_text())


def test_every_name_has_one_row():
    documented = names_documented()
    assert len(documented) == len(set(documented))
    assert set(documented) == set(names_read())


def test_what_the_settings_read_was_found_in_the_source():
    assert set(names_read()) >= environment.NAMES


def test_the_example_names_only_what_is_read():
    example = (source.ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#?([A-Z0-9_]+)=", example, re.MULTILINE)) <= set(names_read())
