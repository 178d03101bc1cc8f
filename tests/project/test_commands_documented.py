"""docs/operations.md names every management command of ours."""

import re

import pytest
from django.core.management import get_commands, load_command_class

from tests.source import APPS, ROOT

OURS = {
    name: app
    for name, app in get_commands().items()
    if isinstance(app, str) and app.partition(".")[0] in {*APPS, "ourvidz"}
}


def test_every_command_has_a_row_and_every_row_a_command():
    page = (ROOT / "docs" / "operations.md").read_text()
    assert set(re.findall(r"^\| `manage\.py (\w+)", page, re.MULTILINE)) == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_the_help_says_what_happens(name):
    command = load_command_class(OURS[name], name)
    assert len(command.help) > 20
    assert command.help.rstrip().endswith(".")
