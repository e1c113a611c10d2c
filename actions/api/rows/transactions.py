"""Transactions: the movements between wallets and accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.callers import Caller
from accounts.sketches import page
from actions.api.documents.numbers import number
from actions.api.documents.writing import Kind, Resource, Row, Voice, identifier
from actions.api.rows.common import MOST, dashed, key_of_uuid, numbered, visible
from actions.models import Entry

ENTRIES = {"issued": "earn", "redeemed": "redeem", "expired": "expire", "adjustment": "adjust"}
PRIMARY = "PTS"
EXPERIENCE = "XP"


def wallet_id(performer: int, currency: str) -> str:
    """A wallet's id: of points the user's own; the traits of experience are one wallet."""
    if currency == PRIMARY:
        return str(performer)
    return f"{performer}-{EXPERIENCE if currency.startswith('XP.') else currency}"


class Transactions(Kind):
    """Movements."""

    type, path, noun, scope = "transaction", "users/wallets/transactions", "transaction", "wallets:read"
    attributes = (
        "kind",
        "amount",
        "currency",
        "description",
        "realized",
        "cancelled",
        "addedAt",
        "effectiveAt",
        "entry",
        "rule",
    )
    aliases = ("id", "type")
    relationships = ("user", "wallet", "action", "reverses")

    def rows(self, caller: Caller) -> Any:
        """Every movement."""
        return visible(caller, Entry)

    def by_ids(self, caller: Caller, ids: list[str]) -> list[Row]:
        """By number."""
        return numbered(caller, Entry, ids)

    def writer(self, voice: Voice) -> Callable[[Row], Resource]:
        """The function that writes its rows."""
        base, igni = f"{voice.base}/{self.path}/", voice.igni

        def write(row: Row) -> Resource:
            (key, kind, amount, currency, reason, status, added, effective) = row[:8]
            (rule, version, account, performer, action, reverses) = row[8:]
            attributes: dict[str, Any] = {"id": key, "type": kind} if igni else {}
            attributes |= {
                "kind": kind,
                "amount": number(abs(amount)),
                "currency": currency,
                "description": reason,
                "realized": status == "posted",
                "cancelled": status == "voided",
                "addedAt": added,
                "effectiveAt": effective,
                "entry": "reverse" if reverses is not None else ENTRIES[account],
                "rule": f"{rule}@{version}" if rule and version else rule or None,
            }
            return {
                "type": "transaction",
                "id": str(key),
                "attributes": attributes,
                "relationships": {
                    "user": {"data": identifier("user", performer)},
                    "wallet": {"data": identifier("wallet", wallet_id(performer, currency))},
                    "action": {"data": identifier("action", dashed(action) if action else None)},
                    "reverses": {"data": identifier("transaction", reverses)},
                },
                "links": {"self": f"{base}{key}"},
            }

        return write


def of_actions(caller: Caller, ids: list[str], voice: Voice) -> dict[str, list[Resource]]:
    """What actions moved, by action, oldest first."""
    kind = Transactions()
    write, found = kind.writer(voice), dict[str, list[Resource]]()
    keys = tuple(key for id in ids if (key := key_of_uuid(id)))
    rows, last = kind.rows(caller).filter(action__in=keys), 0
    while some := page(rows.filter(pk__gt=last), MOST, "pk"):
        for row in some:
            found.setdefault(dashed(row[12]), []).append(write(row))
        last = some[-1][0]
    return found
