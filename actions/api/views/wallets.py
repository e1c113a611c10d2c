"""Wallets, and the transactions that move them."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import Conflict
from actions.api import schemas
from actions.api.asking import Asking
from actions.api.documents.asking import Asked
from actions.api.documents.problems import refuse
from actions.api.filters import OneTransaction, OneWallet, TransactionPages, WalletPages
from actions.api.rows.transactions import Transactions
from actions.api.rows.wallets import Book, Wallets, order_of
from actions.api.views.lists import ListViewSet, Source
from actions.models import Entry
from actions.rules.transactions import (
    cancel_transaction,
    check_transaction,
    create_transaction,
    realize_transaction,
)

GIVEN = {"user", "type", "kind", "amount", "currency", "description", "realized"}
STATES = ("realized", "cancelled")
IMMUTABLE = frozenset((GIVEN | set(Transactions.attributes)) - set(STATES))


class BookSource(Source):
    """Wallets in an order."""

    def __init__(self, book: Book, order: str) -> None:
        self.book, self.order = book, order

    def page(self, size: int, offset: int) -> list[Any]:
        return self.book.page(size, self.order, offset)

    def count(self, most: int) -> int:
        return self.book.count(most)


class WalletViewSet(ListViewSet):
    """What users have."""

    kind = Wallets()
    noun = "wallet"
    filterset_class = WalletPages
    one_class = OneWallet
    scopes = {"list": "wallets:read", "retrieve": "wallets:read"}
    wire = {
        "list": {"id": "listWallets", "answers": schemas.ref("WalletCollection")},
        "retrieve": {"id": "getWallet", "answers": schemas.ref("WalletDocument")},
    }

    def source(self, rows: Any, asked: Asked) -> Source:
        """By the first word, as each wallet has its own place in it."""
        name, down = asked.sorted_by[0] if asked.sorted_by else ("id", False)
        return BookSource(rows, order_of(name, down))


class TransactionViewSet(ListViewSet):
    """What moved wallets, or waits to."""

    kind = Transactions()
    noun = "transaction"
    filterset_class = TransactionPages
    one_class = OneTransaction
    scopes = {
        "list": "wallets:read",
        "retrieve": "wallets:read",
        "create": "wallets:write",
        "update": "wallets:write",
        "partial_update": "wallets:write",
    }
    wire = {
        "list": {"id": "listTransactions", "answers": schemas.ref("TransactionCollection")},
        "retrieve": {"id": "getTransaction", "answers": schemas.ref("TransactionDocument")},
        "create": {
            "id": "createTransaction",
            "reads": schemas.ref("TransactionCreate"),
            "answers": schemas.ref("TransactionDocument"),
            "status": 201,
        },
        "update": {
            "id": "updateTransaction",
            "reads": schemas.ref("TransactionUpdate"),
            "answers": schemas.ref("TransactionDocument"),
        },
        "partial_update": {
            "id": "patchTransaction",
            "reads": schemas.ref("TransactionUpdate"),
            "answers": schemas.ref("TransactionDocument"),
        },
    }

    def create(self, request: Request) -> Response:
        """Add to a wallet, or subtract from it."""
        asked = self.asked(self.one_class)
        asking = Asking(request.data, "transaction", self.caller.workspace)
        entry = self.created(asking, self.understood(asking))
        return self.written(str(entry.pk), asked, status=201)

    def understood(self, asking: Asking) -> dict[str, Any]:
        """What is to be moved; everything that is wrong is refused together."""
        if asking.chosen_id() is not None:
            asking.fault("client_id_not_allowed", "Transactions are numbered here.", "data", "id")
        asking.check_attributes(GIVEN)
        asking.check_relationships(("user",))
        said: dict[str, Any] = {
            "performer": asking.person("user", required=True),
            "kind": asking.either("kind", "type"),
            "amount": asking.amount("amount"),
            "currency": asking.text("currency", default="PTS"),
            "description": asking.text("description"),
            "realized": bool(asking.flag("realized")),
        }
        name = "kind" if "kind" in asking.attributes else "type"
        told = {word: said[word] for word in ("kind", "amount", "description", "currency")}
        asking.check(lambda: check_transaction(**told), {"kind": ("attributes", name)})
        return said

    def created(self, asking: Asking, said: dict[str, Any]) -> Entry:
        """The movement, if the wallet holds it."""
        try:
            return create_transaction(**said, **self.doing())
        except Conflict as error:
            where = asking.point("data", "attributes", "amount")
            raise refuse(error.code, error.message, pointer=where) from error

    def update(self, request: Request, pk: str, *, named: bool = False) -> Response:
        """Realize or cancel what waits."""
        asked = self.asked(self.one_class)
        self.found(pk)
        asking = Asking(request.data, "transaction", self.caller.workspace)
        asking.check_id(pk, required=named)
        asking.check_attributes(set(STATES), immutable=IMMUTABLE)
        asking.check_relationships((), immutable=True)
        wanted = {name: asking.flag(name) for name in STATES if asking.attributes.get(name) is not None}
        if not wanted and not asking.problems:
            asking.fault("required", "realized or cancelled is required.", "data", "attributes")
        if len(wanted) > 1:
            asking.invalid("Either realized or cancelled is given.", "cancelled")
        asking.refuse()
        [(name, state)] = wanted.items()
        self.settle(asking, Entry.objects.visible_to(self.caller).get(pk=pk), name, bool(state))
        return self.written(pk, asked)

    def settle(self, asking: Asking, entry: Entry, name: str, state: bool) -> None:
        """Move a transaction to the state that is wanted, if it can get there."""
        try:
            if state:
                (realize_transaction if name == "realized" else cancel_transaction)(entry, **self.doing())
            elif entry.status == {"realized": Entry.Status.POSTED, "cancelled": Entry.Status.VOIDED}[name]:
                raise Conflict("invalid_transition", f"What is {name} stays so.")
        except Conflict as error:
            where = asking.point("data", "attributes", name)
            raise refuse(error.code, error.message, pointer=where) from error

    def partial_update(self, request: Request, pk: str) -> Response:
        """The same, with the id in the document."""
        return self.update(request, pk, named=True)

    def draft(self, method: str, data: Any) -> dict[str, Any]:
        """A document to fill in."""
        if method != "post":
            id = {"id": str(self.kwargs.get("pk", ""))} if method == "patch" else {}
            return {"data": {"type": "transaction", **id, "attributes": {"realized": True}}}
        attributes = {"user": {"email": ""}, "kind": "add", "amount": 1, "realized": True, "description": ""}
        return {"data": {"type": "transaction", "attributes": attributes}}
