"""Our OpenAPI beside the contract: operation by operation, parameter by parameter, property by property."""

from __future__ import annotations

import re

import pytest

from accounts.api.schema import describe
from tests.contracts import Document, contract_of, known_missing, missing

# What every endpoint may answer, deep pages, counts that end early, the values of a flag, and the scope of each.
OURS_ALONE = re.compile(
    r" (?:403|413|scope \S+|query page\[(?:after|before)\](?: type=string)?)\Z"
    r"|\.meta\.pagination\.atLeast(?: type=boolean)?\Z"
    # Strict clients call the kind of a transaction by its strict name.
    r"|POST /users/wallets/transactions body\.data\.attributes\.(?:kind|description)"
    r"|GET /action-types query filter\[active\] enum="
)


@pytest.fixture(scope="module")
def ours() -> Document:
    """What we say of ourselves."""
    return Document(describe("actions"))


@pytest.fixture(scope="module")
def contract() -> Document:
    """What the contract says."""
    found = contract_of("actions")
    assert found
    return found


def test_nothing_of_the_contract_is_missing(ours: Document, contract: Document):
    assert missing(ours, contract) == known_missing("actions") == []


def test_nothing_is_said_that_the_contract_does_not_say(ours: Document, contract: Document):
    assert [line for line in sorted(ours.facts() - contract.facts()) if not OURS_ALONE.search(line)] == []


def test_operations_have_the_contracts_names(ours: Document, contract: Document):
    names = {str(one): one.facts["operationId"] for one in contract.operations()}
    assert {str(one): one.facts["operationId"] for one in ours.operations()} == names
