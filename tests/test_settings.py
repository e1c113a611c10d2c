"""Settings: safe by default, and a mistake is a sentence."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from accounts import checks
from accounts.keeping import kept_secret
from config.settings import database
from tests.houses import House


def mode(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_start_makes_a_folder_and_a_secret_for_the_owner_alone(house: House):
    house.run("check")
    assert mode(house.data) == 0o700
    assert mode(house.data / "secret_key") == 0o600
    assert len((house.data / "secret_key").read_text()) >= 50


def test_many_first_starts_at_once_agree_on_one_secret(tmp_path: Path):
    with ThreadPoolExecutor(20) as pool:
        secrets = set(pool.map(kept_secret, [tmp_path / "secret_key"] * 20))
    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_on_https_the_deployment_check_is_clean(house: House):
    done = house.run("check", "--deploy", "--fail-level", "WARNING", ACTA_BASE_URL="https://acta.example.org")
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://root@127.0.0.1/acta", "Acta knows no other database"),
        ("ACTA_TRUSTED_PROXIES", "my-proxy", "ACTA_TRUSTED_PROXIES: 'my-proxy'"),
        ("PORT", "eighty", "PORT is 'eighty', which is not a port"),
        ("ACTA_DATA", "/dev/null/acta", "that folder cannot be made"),
        ("ACTA_BASE_URL", "acta.example.org", "it begins with http:// or https://"),
    ],
)
def test_a_mistaken_setting_is_named(house: House, name: str, value: str, sentence: str):
    done = house.run("check", check=False, **{name: value})
    assert done.returncode == 1
    assert sentence in done.stderr


def test_sqlite_waits_its_turn_and_writes_through(tmp_path: Path):
    described = database(f"sqlite:///{tmp_path}/acta.sqlite3")
    assert described["NAME"] == tmp_path / "acta.sqlite3"
    assert described["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.django_db
def test_the_connection_keeps_what_was_acknowledged():
    if connection.vendor != "sqlite":
        pytest.skip("Only for the run on SQLite.")
    with connection.cursor() as cursor:
        pragmas = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert pragmas == ["wal", 2]


@pytest.mark.django_db
def test_this_database_is_new_enough():
    assert list(checks.check_database_versions(databases=["default"])) == []


@pytest.mark.django_db
def test_an_old_database_is_refused_with_both_versions(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checks, "version", lambda connection: (3, 37, 2))
    (error,) = checks.check_database_versions(databases=["default"])
    assert "this is 3.37.2" in error.msg


def test_databases_are_left_alone_when_nobody_asked(monkeypatch: pytest.MonkeyPatch):
    assert list(checks.check_database_versions(databases=None)) == []
