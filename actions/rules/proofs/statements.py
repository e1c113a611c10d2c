"""What must hold in a ledger: each proof is one statement, so that no writer slips between two looks."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Counter
from actions.models import Action, Assignment, CounterAccount, Entry, Wallet
from actions.rules.sums import differs, halves

ACTION, ASSIGNMENT, ENTRY, WALLET = (model._meta.db_table for model in (Action, Assignment, Entry, Wallet))
ACCOUNT, COUNTER = CounterAccount._meta.db_table, Counter._meta.db_table
HERE = "workspace_id = %(workspace)s"
INCOMING, OUTGOING = ("status = 'pending' AND amount > 0", "status = 'pending' AND amount < 0")


@dataclass(frozen=True)
class Proof:
    """A statement that finds what is wrong, and how to say it; `amounts` are columns in millionths."""

    code: str
    sentence: str
    sql: str
    amounts: tuple[str, ...] = ()


NUMBERS = Proof(
    "numbers",
    "The counter stands at {drawn}, but {used} numbers are used and the highest is {seq} (recorded), {undone} "
    "(cancelled), {given} (assigned): the numbers must run from 1 to the counter without gap or repeat.",
    f"""
    SELECT drawn, facts + undoings + assignments AS used, seq, undone, given FROM (SELECT
        COALESCE((SELECT value FROM {COUNTER} WHERE {HERE} AND name = 'ledger'), 0) AS drawn,
        (SELECT COUNT(*) FROM {ACTION} WHERE {HERE}) AS facts,
        (SELECT COUNT(*) FROM {ACTION} WHERE {HERE} AND cancelled_seq IS NOT NULL) AS undoings,
        COALESCE((SELECT MAX(seq) FROM {ACTION} WHERE {HERE}), 0) AS seq,
        COALESCE((SELECT MAX(cancelled_seq) FROM {ACTION} WHERE {HERE} AND cancelled_seq IS NOT NULL), 0) AS undone,
        (SELECT COUNT(*) FROM {ASSIGNMENT} WHERE {HERE}) AS assignments,
        COALESCE((SELECT MAX(seq) FROM {ASSIGNMENT} WHERE {HERE}), 0) AS given,
        (SELECT COUNT(*) FROM {ACTION} a JOIN {ACTION} b ON b.workspace_id = a.workspace_id AND b.seq = a.cancelled_seq
            WHERE a.{HERE} AND a.cancelled_seq IS NOT NULL) AS repeated,
        (SELECT COUNT(*) FROM {ASSIGNMENT} g JOIN {ACTION} b ON b.workspace_id = g.workspace_id
            AND (b.seq = g.seq OR b.cancelled_seq = g.seq) WHERE g.{HERE}) AS given_twice
    ) n WHERE drawn <> facts + undoings + assignments OR seq > drawn OR undone > drawn OR given > drawn
        OR repeated > 0 OR given_twice > 0
    """,
)

SUMS = f"""
    SELECT wallet_id, {halves("posted", where="status = 'posted'")}, {halves("incoming", where=INCOMING)},
        {halves("outgoing", where=OUTGOING)}
    FROM {ENTRY} WHERE {HERE} GROUP BY wallet_id
"""
CACHES = Proof(
    "balance",
    "Wallet {id} says {posted} {currency} posted, {incoming} coming, {outgoing} going; its entries say otherwise.",
    f"""
    SELECT id, currency, posted, incoming, outgoing FROM {WALLET} w LEFT JOIN ({SUMS}) s ON s.wallet_id = w.id
    WHERE {HERE} AND ({differs("posted", "posted")} OR {differs("incoming", "incoming")}
        OR {differs("outgoing", "-outgoing")})
    """,
    ("posted", "incoming", "outgoing"),
)

CURRENCIES = Proof(
    "currency",
    "Entry {id} is in {currency}, its wallet in {wallet_currency}.",
    f"""
    SELECT e.id, e.currency, w.currency AS wallet_currency FROM {ENTRY} e JOIN {WALLET} w ON w.id = e.wallet_id
    WHERE e.{HERE} AND w.currency <> e.currency
    """,
)

ZERO = Proof(
    "zero",
    "Wallets and counter accounts do not add up to zero in {currency}.",
    f"""
    SELECT currency FROM (
        SELECT currency, {halves("total")} FROM (
            SELECT currency, posted AS amount FROM {WALLET} WHERE {HERE}
            UNION ALL
            SELECT e.currency, -e.amount FROM {ENTRY} e JOIN {ACCOUNT} a ON a.id = e.account_id
            WHERE a.{HERE} AND e.status = 'posted'
        ) movements GROUP BY currency
    ) totals WHERE {differs("total", "0")}
    """,
)

SAME_FACT = "COALESCE(e.action_id = o.action_id, e.action_id IS NULL AND o.action_id IS NULL)"
REVERSALS = Proof(
    "reversal",
    "Entry {id} takes back entry {original} and is not its exact opposite in the same wallet.",
    f"""
    SELECT e.id, o.id AS original FROM {ENTRY} e JOIN {ENTRY} o ON o.id = e.reverses_id
    WHERE e.{HERE} AND e.reverses_id IS NOT NULL AND NOT (
        e.amount = -o.amount AND e.wallet_id = o.wallet_id AND e.account_id = o.account_id
        AND e.currency = o.currency AND e.day = o.day AND e.effective_at = o.effective_at AND {SAME_FACT}
        AND e.status = 'posted' AND o.status = 'posted' AND o.reverses_id IS NULL)
    """,
)

CANCELLED = Proof(
    "cancelled",
    "Fact {seq} is cancelled, and {standing} of its entries still stand.",
    f"""
    SELECT a.seq, COUNT(*) AS standing FROM {ACTION} a
    JOIN {ENTRY} e ON e.workspace_id = a.workspace_id AND e.action_id = a.id
    LEFT JOIN {ENTRY} r ON r.workspace_id = e.workspace_id AND r.reverses_id = e.id
    WHERE a.{HERE} AND a.cancelled_at IS NOT NULL AND e.reverses_id IS NULL
        AND (e.status = 'pending' OR (e.status = 'posted' AND r.id IS NULL))
    GROUP BY a.seq
    """,
)

OWNERS = Proof(
    "owner",
    "Entry {id} names a performer, and its wallet belongs to another.",
    f"""
    SELECT e.id FROM {ENTRY} e JOIN {WALLET} w ON w.id = e.wallet_id
    WHERE e.{HERE} AND e.performer_id <> w.performer_id
    """,
)

PROOFS = [NUMBERS, CACHES, CURRENCIES, OWNERS, ZERO, REVERSALS, CANCELLED]
