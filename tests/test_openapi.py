"""`manage.py openapi`: the documents, and the proof that they are sound."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from drf_spectacular.drainage import warn

from accounts.management.commands import openapi


def run(*words: str) -> tuple[str, str]:
    """What it prints, and what it says beside that."""
    out, err = StringIO(), StringIO()
    call_command("openapi", *words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def spoilt(monkeypatch: pytest.MonkeyPatch, how: Any) -> None:
    """Let the description of every app be made otherwise."""
    monkeypatch.setattr(openapi, "describe", lambda app: how())


def test_it_prints_the_document_of_an_app(tmp_path: Path):
    printed, _ = run("incidents")
    assert json.loads(printed)["paths"]["/v3/actions"]["get"]["operationId"] == "Actions V3#List"
    assert run("incidents", "--file", str(tmp_path / "incidents.json"))[0] == ""
    assert (tmp_path / "incidents.json").read_text() == printed


def test_all_documents_are_sound():
    printed, said = run("--check")
    assert printed == ""
    assert [line.partition(":")[0] for line in said.splitlines()] == settings.ACTA_APPS
    assert re.search(r"incidents: \d+ operations\.", said)


def test_a_warning_is_a_fault(monkeypatch: pytest.MonkeyPatch):
    spoilt(monkeypatch, lambda: warn("something is not known"))
    with pytest.raises(CommandError, match="has the faults named above"):
        run("incidents", "--check")


def test_what_openapi_does_not_allow_is_a_fault(monkeypatch: pytest.MonkeyPatch):
    spoilt(monkeypatch, lambda: {"openapi": "3.0.3", "info": {"title": "x"}, "paths": {}})
    with pytest.raises(CommandError, match=r"incidents is no OpenAPI 3\.0\.3: \$\.info: 'version' is a required"):
        run("incidents", "--check")


def test_it_asks_for_an_app():
    with pytest.raises(CommandError, match="Name an app: incidents, cadences"):
        run()
