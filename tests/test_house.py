"""What holds for the whole house: its sources, its settings, its locks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.houses import CHECKOUT
from tests.services import TESTS_ONLY
from tests.settings import documented_defaults

PACKAGES = ["config", "accounts", "actions", "incidents", "cadences", "analytics", "gamification"]
SOURCES = sorted(path for package in PACKAGES for path in (CHECKOUT / package).rglob("*.py"))

# They differ between the databases: É does not fold on SQLite, and the engines of regexes disagree.
LOOKUPS = ("contains", "icontains", "regex", "iregex")
CLOCKS = ("auto_now", "auto_now_add")
READERS = ("setting", "switch", "words", "networks", "port")


def words(tree: ast.AST) -> Iterator[str]:
    """Keyword names and strings: everywhere a lookup or a field option can stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def lookup_expressions(tree: ast.AST) -> Iterator[str]:
    """What filters are told to look up."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "lookup_expr" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


def faults(tree: ast.AST) -> list[str]:
    """Clocks and lookups that the house refuses."""
    found = [word for word in words(tree) if word in CLOCKS or word.endswith(tuple(f"__{name}" for name in LOOKUPS))]
    found += [word for word in words(tree) if "NOW(" in word or "CURRENT_TIMESTAMP" in word]
    return found + [word for word in lookup_expressions(tree) if word.rpartition("__")[2] in LOOKUPS]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_no_source_asks_another_clock_or_compares_text_as_only_one_database_does(path: Path):
    assert faults(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "models.DateTimeField(auto_now=True)",
        "models.DateTimeField(**{'auto_now_add': True})",
        "rows.filter(name__icontains=text)",
        "rows.filter(**{'title__regex': text})",
        "CharFilter(lookup_expr='name__contains')",
        "CharFilter(lookup_expr='icontains')",
        "cursor.execute('UPDATE t SET at = NOW()')",
    ],
)
def test_each_of_these_faults_is_found(source: str):
    assert faults(ast.parse(source))


def settings_read() -> set[str]:
    """The names that the settings file asks the environment for."""
    tree = ast.parse((CHECKOUT / "config" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    readers = [call for call in calls if ast.unparse(call.func) in READERS]
    return {str(call.args[0].value) for call in readers if isinstance(call.args[0], ast.Constant)}


def test_every_setting_stands_in_the_example():
    assert settings_read() == documented_defaults().keys() - TESTS_ONLY


def test_nothing_else_reads_the_environment():
    readers = [path for path in SOURCES if "os.environ" in path.read_text()]
    assert [str(path.relative_to(CHECKOUT)) for path in readers] == [
        "config/asgi.py",
        "config/settings.py",
        "config/wsgi.py",
    ]


def test_an_app_has_one_migration_until_the_first_release():
    for package in PACKAGES:
        migrations = sorted((CHECKOUT / package / "migrations").glob("[0-9]*.py"))
        assert [path.name for path in migrations] in ([], ["0001_initial.py"])


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_locks_have_hashes_and_name_no_host(name: str):
    lock = (CHECKOUT / name).read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert "--index" not in lock
    assert "--find-links" not in lock


def test_what_runs_is_locked_alike_for_tests():
    def pins(name: str) -> set[str]:
        return {line.split()[0] for line in (CHECKOUT / name).read_text().splitlines() if "==" in line}

    assert pins("requirements.txt") <= pins("requirements-dev.txt")
