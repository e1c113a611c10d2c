"""Each type of resource: how its rows are read, and the one function that writes them."""

from __future__ import annotations

from actions.api.documents.writing import Kind
from actions.api.rows.actions import Actions
from actions.api.rows.boards import Competitions, Standings
from actions.api.rows.people import Teams, Users
from actions.api.rows.transactions import Transactions
from actions.api.rows.types import ActionTypes
from actions.api.rows.wallets import Wallets

KINDS: dict[str, Kind] = {
    kind.type: kind
    for kind in (
        Actions(),
        Users(),
        Wallets(),
        Transactions(),
        ActionTypes(),
        Teams(),
        Competitions(),
        Standings(),
    )
}

__all__ = ["KINDS"]
