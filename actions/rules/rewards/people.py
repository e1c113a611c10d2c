"""Whoever may be paid for an action: who did it, who referred her, and who enrolled whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from actions.models import Action, Performer, PerformerTag, RuleVersion

DEEPEST = 20
Kind = RuleVersion.Kind


class People:
    """The people of one action, read at once."""

    def __init__(self, action: Action, versions: Sequence[RuleVersion], at: datetime) -> None:
        self.action, self.at = action, at
        ids = {action.performer_id, action.referrer_id} - {None}
        path = "__".join(["enroller"] * depth_of(versions))
        rows = Performer.objects.of(action.workspace_id).filter(pk__in=ids)
        self.rows = {row.pk: row for row in (rows.select_related(path) if path else rows)}
        self.tags = tags_of(action, versions)

    @property
    def performer(self) -> Performer | None:
        """Who did it."""
        return self.rows.get(self.action.performer_id or 0)

    @property
    def referrer(self) -> Performer | None:
        """Who referred it, else who enrolled whoever did it."""
        return self.rows.get(self.action.referrer_id or 0) or next(self.enrollers(), None)

    def enrollers(self) -> Iterator[Performer]:
        """Who enrolled her, who enrolled that one, and so on; nobody twice."""
        somebody, seen = self.performer, set[int]()
        while somebody and somebody.pk not in seen and len(seen) < DEEPEST:
            seen.add(somebody.pk)
            somebody = somebody.enroller if somebody.enroller_id not in seen else None
            if somebody:
                yield somebody

    def why_not(self, somebody: Performer) -> str:
        """Why somebody earns nothing; empty when she may earn."""
        if somebody.erased_at is not None:
            return "erased"
        if somebody.service:
            return "machine"
        return "banned" if somebody.banned_at is not None and somebody.banned_at <= self.at else ""


def depth_of(versions: Sequence[RuleVersion]) -> int:
    """How many generations up the rules look."""
    levels = [len(version.levels) for version in versions if version.kind == Kind.GENERATION_BONUS]
    shares = [1 for version in versions if version.kind == Kind.REFERRER_SHARE]
    return min(max([*levels, *shares], default=0), DEEPEST)


def tags_of(action: Action, versions: Sequence[RuleVersion]) -> set[str]:
    """The tags of who did it, where a rule asks for one."""
    if not any(version.tag for version in versions) or action.performer_id is None:
        return set()
    rows = PerformerTag.objects.of(action.workspace_id).filter(performer=action.performer_id)
    return set(rows.values_list("word", flat=True))
