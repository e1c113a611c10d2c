"""Our OpenAPI beside incident.io's: operation by operation, parameter by parameter, property by property."""

from __future__ import annotations

import pytest

from accounts.api.schema import describe
from tests.contracts import Document, contract_of, known_missing, missing

# The surface leaves this one open; here it needs a key, as everything else does.
OURS_ALONE = {"GET /v1/openapiV3.json security BearerAuth"}


@pytest.fixture(scope="module")
def ours() -> Document:
    """What we say of ourselves."""
    return Document(describe("incidents"))


@pytest.fixture(scope="module")
def contract() -> Document:
    """What incident.io says of itself."""
    found = contract_of("incidents")
    assert found
    return found


def test_what_is_missing_stands_in_the_file_which_only_gets_shorter(ours: Document, contract: Document) -> None:
    found, written = set(missing(ours, contract)), set(known_missing("incidents"))
    assert not found - written, "The contract has this and we have not; build it."
    assert not written - found, "This is built; take it out of contract/missing.txt."


def test_the_file_is_in_order() -> None:
    lines = known_missing("incidents")
    assert lines == sorted(set(lines))


def test_nothing_is_said_that_the_contract_does_not_say(ours: Document, contract: Document) -> None:
    assert ours.facts() - contract.facts() == OURS_ALONE


def test_operations_have_the_vendors_names(ours: Document, contract: Document) -> None:
    names = {str(one): one.facts["operationId"] for one in contract.operations()}
    assert {str(one): one.facts["operationId"] for one in ours.operations()}.items() <= names.items()
