"""The README keeps up with what it describes."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import get_commands, load_command_class

from tests.houses import CHECKOUT
from tests.services import TESTS_ONLY
from tests.settings import documented_defaults

README = (CHECKOUT / "README.md").read_text()


def cells(heading: str) -> list[str]:
    """The first column of the table under a heading."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_every_setting_is_in_its_table_in_the_order_of_the_example():
    assert cells("Settings") == [name for name in documented_defaults() if name not in TESTS_ONLY]


def test_every_option_it_shows_is_there():
    for line in cells("Commands"):
        name, _, usage = line.partition(" ")
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        known = {option for action in parser._actions for option in action.option_strings}
        assert set(re.findall(r"--[a-z-]+", usage)) <= known


def test_the_commands_of_make_are_there():
    targets = re.findall(r"^([a-z]+):", (Path(CHECKOUT) / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE)) <= set(targets)
