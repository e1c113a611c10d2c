"""What holds for the whole house: its sources, its settings, its locks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CheckConstraint, Model

from accounts.api.schema import describe
from accounts.models import Member, WorkspaceModel, WorkspaceQuerySet
from actions.ledger.verbs import _verbs as ledger_verbs
from actions.models import Action as Fact
from tests.clients_of import Api
from tests.contracts import Document, Operation, contract_of, known_missing
from tests.factories import make_key
from tests.houses import CHECKOUT
from tests.routes import Route, routes
from tests.services import TESTS_ONLY
from tests.settings import documented_defaults
from tests.strangers import Walk, make_world, rows_of, values_of

PACKAGES = ["config", "accounts", "actions", "incidents", "cadences", "analytics", "gamification"]
SOURCES = sorted(path for package in PACKAGES for path in (CHECKOUT / package).rglob("*.py"))

# They differ between the databases: É does not fold on SQLite, and the engines of regexes disagree.
LOOKUPS = ("contains", "icontains", "regex", "iregex")
CLOCKS = ("auto_now", "auto_now_add")
CLIENT_LOCKS = [str(path.relative_to(CHECKOUT)) for path in CHECKOUT.glob("tests/clients/*/requirements.txt")]
READERS = ("setting", "switch", "words", "networks", "port", "days")


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


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", *CLIENT_LOCKS])
def test_the_locks_have_hashes_and_name_no_host(name: str):
    lock = (CHECKOUT / name).read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    # No option at all, such as where else to look for packages.
    options = [line for line in lock.splitlines() if line.startswith("-")]
    assert options == []


def test_what_runs_is_locked_alike_for_tests():
    def pins(name: str) -> set[str]:
        return {line.split()[0] for line in (CHECKOUT / name).read_text().splitlines() if "==" in line}

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


# Nouns


def nouns() -> list[type[Model]]:
    """Every table of ours, those that Django adds for many-to-many included."""
    return [noun for noun in apps.get_models(include_auto_created=True) if noun._meta.app_label in PACKAGES]


def tenants() -> list[type[Model]]:
    """The tables whose rows belong to a workspace."""
    return [noun for noun in nouns() if issubclass(noun, WorkspaceModel)]


# Workspaces themselves; logins, which may enter several; and what the machinery writes about itself.
WITHOUT_WORKSPACE = {
    "accounts.Workspace",
    "accounts.User",
    "accounts.User_groups",
    "accounts.User_user_permissions",
    "accounts.Heartbeat",
    "actions.Seal",
}
# Found before the workspace is known, unique in the installation, asked by login, or one to one.
FOUND_WITHOUT_WORKSPACE = {
    "accounts.Key.prefix",
    "accounts.Key.uid",
    "accounts.Member.oid",
    "accounts.Member.uid",
    "accounts.Member.user",
    "actions.Competition.board",
    "actions.Payout.entry",
    "analytics.Project.api_token",
}
# Workers look across workspaces for what is due, and for what is kept long enough.
ACROSS_WORKSPACES = {
    "message_due",
    "message_ended",
    "due_next",
    "due_ended",
    "idempotency_created",
    "audit_forget",
}


def test_every_noun_is_in_a_workspace():
    assert {noun._meta.label for noun in nouns()} - {noun._meta.label for noun in tenants()} == WITHOUT_WORKSPACE
    for noun in tenants():
        workspace = noun._meta.get_field("workspace")
        assert not workspace.null, noun
        assert issubclass(type(noun._default_manager.all()), WorkspaceQuerySet), noun


def test_the_workspace_comes_first_in_every_index_and_unique_constraint():
    for noun in tenants():
        rules = [*noun._meta.indexes, *noun._meta.constraints]
        for rule in rules:
            if not isinstance(rule, CheckConstraint) and rule.name not in ACROSS_WORKSPACES:
                first = rule.fields[0] if rule.fields else rule.expressions[0].name
                assert first == "workspace", (noun, rule.name)
        assert not noun._meta.unique_together, noun


def test_no_column_is_indexed_by_itself():
    columns: list[Any] = [column for noun in tenants() for column in noun._meta.local_concrete_fields]
    alone = {str(column) for column in columns if not column.primary_key and (column.db_index or column.unique)}
    assert alone == FOUND_WITHOUT_WORKSPACE


def test_accounts_does_not_know_who_points_to_it():
    columns: list[Any] = [column for noun in nouns() for column in noun._meta.local_concrete_fields]
    for column in columns:
        ours = column.is_relation and column.model._meta.app_label != "accounts"
        if ours and column.related_model._meta.app_label == "accounts":
            assert column.remote_field.related_name == "+", str(column)


# Strangers


@pytest.mark.django_db
def test_a_stranger_finds_nothing_of_hers_by_any_address():
    assert Walk(make_world()).everywhere() == []


@pytest.mark.django_db
def test_she_herself_finds_all_of_it():
    assert Walk(make_world()).control() == []


@pytest.mark.django_db
def test_a_route_that_nobody_knows_how_to_ask_is_named():
    route = Route("", "/incidents/unheard/{of}", lambda request, of: None)
    with pytest.raises(AssertionError, match="say in PLACES"):
        values_of(route, make_world())


# Parameters


# The id of a row, as a step of a parameter's name.
OF_ROW = re.compile(r"\[[0-9A-Z]{26}\]")


def is_shape(name: str) -> bool:
    """Whether a parameter says how rows are shown, not which; `tests/actions/api` proves those."""
    return name == "include" or name.startswith("fields[")


def documented_parameters() -> list[Any]:
    """The query parameters that contracts give to operations which are served."""
    documents = [(app, contract, Document(describe(app))) for app in PACKAGES if (contract := contract_of(app))]
    missing = {line for app, *_ in documents for line in known_missing(app)}
    questions = {app: getattr(import_module(f"tests.{app}.house"), "QUESTIONS", ()) for app, *_ in documents}
    return [
        pytest.param(app, one, parameter["name"], id=f"{one} {parameter['name']}")
        for app, contract, ours in documents
        for one in contract.operations()
        if ours.find(one.method, one.path) and one.facts["operationId"] not in questions[app]
        for parameter in one.facts.get("parameters", ())
        if parameter["in"] == "query" and not is_shape(parameter["name"])
        if f"{one} query {parameter['name']}" not in missing
    ]


def listed(api: Api, path: str, query: dict[str, str]) -> list[Any]:
    """The rows of a list, whatever it calls them."""
    response = api.get(path, query)
    assert response.status_code == 200, response
    return rows_of(response)


@pytest.mark.parametrize(("app", "operation", "parameter"), documented_parameters())
def test_every_documented_parameter_narrows(alice: Member, app: str, operation: Operation, parameter: str):
    room, name = import_module(f"tests.{app}.house"), operation.facts["operationId"]
    lines = room.narrowing(alice)[name]
    assert parameter in lines, f"Say in narrowing() of tests/{app}/house.py what {parameter} keeps and drops."
    words = import_module(f"{app}.addresses").WORDS
    api = Api(app, make_key(alice.workspace, app, *words)[1])
    path = getattr(room, "PATHS", {}).get(name, lambda member: operation.path)(alice)
    for query in lines[parameter]:
        everything = listed(api, path, room.BESIDE.get(parameter, {}))
        kept = listed(api, path, query)
        common = [row for row in kept if row in everything]
        if parameter in room.ORDERS:
            assert kept == everything[::-1] != everything, query
        elif f"{name} {parameter}" in room.ELSEWHERE:
            assert kept, query
            assert not common, query
        else:
            assert common == kept, query
            assert (parameter not in room.NOBODYS) <= len(kept) < len(everything), query


@pytest.mark.django_db
def test_every_operator_of_a_parameter_has_a_line(alice: Member):
    lists = {route.api for route in routes() if "list" in getattr(route.api, "wire", ())}
    lists = {api for api in lists if hasattr(api, "filterset_class")}
    narrowing = cache(lambda app: import_module(f"tests.{app}.house").narrowing(alice))
    for api in filter(None, lists):
        lines = narrowing(api.dialect.app).get(api.wire["list"]["id"], {})
        written = {OF_ROW.sub("", key) for queries in lines.values() for query in queries for key in query}
        filters = [one for one in api.filterset_class.filters.values() if not is_shape(one.name)]
        assert written == {f"{one.name}[{op}]" if op else one.name for one in filters for op in one.operators}


# Verbs


def registered_verbs() -> list[str]:
    """What our apps tell the ledger."""
    for app in PACKAGES:
        if find_spec(f"{app}.verbs"):
            import_module(f"{app}.verbs")
    # Tests register some of their own.
    return sorted(name for name in ledger_verbs if name.partition(".")[0] in PACKAGES and ".tests." not in name)


@pytest.mark.parametrize("verb", registered_verbs())
def test_every_verb_is_recorded_by_a_rule(alice: Member, noon: datetime, verb: str):
    app = verb.partition(".")[0]
    doings = import_module(f"tests.{app}.house").DOINGS
    assert verb in doings, f"Say in DOINGS of tests/{app}/house.py which rule records {verb}."
    doings[verb](alice, noon)
    assert Fact.objects.of(alice.workspace).filter(verb=verb).exists()
