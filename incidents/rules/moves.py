"""Which status may follow which, and what a move stamps."""

from __future__ import annotations

from incidents.models import IncidentStatus

C = IncidentStatus.Category
# The documented moves; the first leads out of triage, which is a dead end for programs otherwise.
MOVES = {
    (C.TRIAGE, C.LIVE),
    (C.TRIAGE, C.LEARNING),
    (C.TRIAGE, C.CLOSED),
    (C.LIVE, C.LEARNING),
    (C.LIVE, C.CLOSED),
    (C.LEARNING, C.CLOSED),
}
RESOLVED = {(before, after) for before, after in MOVES if before != C.LEARNING and after != C.LIVE}
OWN_STAMP = {C.CLOSED: "closed", C.DECLINED: "declined", C.MERGED: "merged", C.CANCELED: "canceled"}


def may_move(before: str, after: str) -> bool:
    """Whether a status of one category may follow one of another."""
    return before == after or (before, after) in MOVES


def stamps(before: str | None, after: str) -> list[str]:
    """What is stamped on entering a category for the first time; `before` is None at creation."""
    if before is None:
        return ["reported"]
    found = []
    if (before, after) == (C.TRIAGE, C.LIVE):
        found.append("accepted")
    if (before, after) in RESOLVED:
        found.append("resolved")
    if before != after and after in OWN_STAMP:
        found.append(OWN_STAMP[C(after)])
    return found
