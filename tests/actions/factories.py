"""Facts and movements, made through the door."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Member
from actions import ledger
from actions.models import Action, Competition, Entry, Performer
from actions.rules.performers import find_or_make_performer
from tests.actions.boards import make_board
from tests.factories import NOON

DAY = timedelta(days=1)
# Members stand for what is done: any tenant row can be a subject.
GREETED = ledger.verb("tests.member.greeted", "greeted {subject}")
SOLD = ledger.verb("tests.member.sold", "sold {subject}", type="tests-sale", key="sale:{id}", params=("value",))


def make_performer(member: Member, *, at: datetime = NOON) -> Performer:
    """Whoever a member is to the ledger."""
    return Performer.objects.get(pk=find_or_make_performer(member, at=at))


def make_fact(actor: Member, subject: Member | None = None, *, at: datetime = NOON, **facts: Any) -> Action:
    """Somebody greeted somebody, herself unless a subject is given."""
    facts.setdefault("performer", actor)
    return ledger.record(facts.pop("verb", GREETED), subject or actor, actor=actor, at=at, **facts)


def take_back(actor: Member, subject: Member | None = None, *, at: datetime = NOON, **facts: Any) -> Action | None:
    """It is not so."""
    told: dict[str, Any] = {"verb": GREETED, "occurrence": 1, "reason": "a mistake"} | facts
    return ledger.cancel(told.pop("verb"), subject or actor, actor=actor, at=at, **told)


def pay(who: Member | Performer, points: int, actor: Member, *, at: datetime = NOON, **facts: Any) -> Entry:
    """Move whole points."""
    told: dict[str, Any] = {"currency": "PTS", "account": "issued:tests", "amount": points * 1_000_000} | facts
    return ledger.post(who, told.pop("currency"), told.pop("amount"), actor=actor, at=at, **told)


def make_competition(member: Member, name: str = "Cup", slug: str = "cup", **facts: Any) -> Competition:
    """A competition that runs from a day before noon until a day after it."""
    board = make_board(member, slug, name=name)
    told = {"status": "open", "starts_at": NOON - DAY, "ends_at": NOON + DAY, "created_at": NOON} | facts
    return Competition.objects.create(workspace=member.workspace, name=name, board=board, **told)
