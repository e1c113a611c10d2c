"""What each rule pays for an action, to whom and when, or why it pays nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from actions.amounts import check_amount
from actions.models import Action, Detail, Performer, RuleVersion
from actions.rules.rewards.conditions import refused
from actions.rules.rewards.people import People
from actions.rules.rewards.periods import Place, place
from actions.rules.rewards.shares import cut, share, split
from actions.rules.rewards.usage import Used, used

Kind, Basis = RuleVersion.Kind, RuleVersion.Basis
PAID = "paid"
# Shares of what the performer earns need to know that first.
ORDER = [Kind.FIXED, Kind.PERCENTAGE, Kind.VERBATIM, Kind.REFERRER_SHARE, Kind.GENERATION_BONUS]


class Line(NamedTuple):
    """What a version pays somebody, or why it does not; amounts are millionths."""

    version: RuleVersion
    performer: Performer | None
    amount: int
    why: str
    place: Place | None
    computed_from: dict[str, Any]


class Claim(NamedTuple):
    """A share of somebody before it is rounded, and from what it was computed."""

    performer: Performer
    exact: Fraction
    computed_from: dict[str, Any]


class Pricing:
    """One action, priced once."""

    def __init__(
        self, action: Action, detail: Detail, versions: Sequence[RuleVersion], *, zone: ZoneInfo, at: datetime
    ) -> None:
        self.action, self.detail, self.zone, self.at = action, detail, zone, at
        self.versions = sorted(versions, key=lambda version: ORDER.index(Kind(version.kind)))
        self.people = People(action, versions, at)
        # What whoever did it earns for it, by currency.
        self.earned: Counter[str] = Counter()

    def lines(self) -> list[Line]:
        """All that the rules have to say."""
        return [line for version in self.versions for line in self.price(version)]

    def price(self, version: RuleVersion) -> list[Line]:
        """What one rule has to say."""
        if why := refused(version, self.action, self.detail, self.people):
            return [nothing(version, why)]
        claims = list(self.claims(version))
        if not claims:
            return [nothing(version, self.why_no_claim(version))]
        held = [Line(version, one.performer, 0, why, None, {}) for one in claims if (why := self.why_not(one))]
        return held + self.paid(version, [one for one in claims if not self.why_not(one)])

    def why_not(self, claim: Claim) -> str:
        """Why somebody is not paid her share."""
        return self.people.why_not(claim.performer)

    def paid(self, version: RuleVersion, claims: list[Claim]) -> list[Line]:
        """Shares rounded, and cut to what a cap leaves."""
        if not claims:
            return []
        where = place(version, self.action.taken_at, self.action.day, self.zone, self.at)
        amounts = split([claim.exact for claim in claims], version.places)
        so_far = self.used(version, claims, where)
        lines = [
            capped(version, claim, check_amount(amount), so_far.get(claim.performer.pk, Used(0, 0)), where)
            for claim, amount in zip(claims, amounts, strict=True)
        ]
        self.earned[version.currency] += sum(
            line.amount for line in lines if line.performer and line.performer.pk == self.action.performer_id
        )
        return lines

    def used(self, version: RuleVersion, claims: list[Claim], where: Place) -> dict[int, Used]:
        """What counts towards the rule's caps."""
        if version.cap_amount is None and version.cap_count is None:
            return {}
        return used(self.action.workspace_id, version, [one.performer.pk for one in claims], where.day)

    def claims(self, version: RuleVersion) -> Iterator[Claim]:
        """Who gets a share, and how much exactly."""
        if version.kind == Kind.REFERRER_SHARE and (referrer := self.people.referrer):
            yield from self.share(version, referrer, version.percent)
        elif version.kind == Kind.GENERATION_BONUS:
            for level, (enroller, percent) in enumerate(zip(self.people.enrollers(), version.levels, strict=False), 1):
                yield from self.share(version, enroller, percent, level=level)
        elif self.people.performer:
            yield from self.own(version, self.people.performer)

    def own(self, version: RuleVersion, performer: Performer) -> Iterator[Claim]:
        """What whoever did it gets."""
        points = self.action.params.get("points")
        if version.kind == Kind.FIXED and version.amount is not None:
            yield Claim(performer, Fraction(version.amount), {"amount": version.amount})
        elif version.kind == Kind.VERBATIM and points:
            yield Claim(performer, Fraction(points), {"points": points})
        elif version.kind == Kind.PERCENTAGE:
            yield from self.share(version, performer, version.percent)

    def share(self, version: RuleVersion, somebody: Performer, percent: int | None, **more: int) -> Iterator[Claim]:
        """So many percent of the value, or of what whoever did it earns."""
        base = self.action.value if version.basis == Basis.VALUE else self.earned[version.currency]
        if base and percent:
            yield Claim(somebody, share(base, percent), {version.basis: base, "percent": percent, **more})

    def why_no_claim(self, version: RuleVersion) -> str:
        """What was missing."""
        if version.kind == Kind.VERBATIM:
            return "no_points"
        if version.kind == Kind.REFERRER_SHARE and self.people.referrer is None:
            return "no_referrer"
        if version.kind == Kind.GENERATION_BONUS and not any(True for _ in self.people.enrollers()):
            return "no_enroller"
        return "no_value" if version.basis == Basis.VALUE else "nothing_earned"


def nothing(version: RuleVersion, why: str) -> Line:
    """A rule that pays nobody."""
    return Line(version, None, 0, why, None, {})


def capped(version: RuleVersion, claim: Claim, amount: int, so_far: Used, where: Place) -> Line:
    """A share after what caps leave of it."""
    if amount <= 0:
        return Line(version, claim.performer, 0, "comes_to_nothing", None, claim.computed_from)
    left = amount
    if version.cap_amount is not None:
        left = cut(min(amount, version.cap_amount - so_far.amount), version.places)
    if left <= 0 or (version.cap_count is not None and so_far.times >= version.cap_count):
        return Line(version, claim.performer, 0, "cap_reached", None, claim.computed_from)
    computed_from = {"kind": version.kind, **claim.computed_from} | ({"cut_from": amount} if left < amount else {})
    return Line(version, claim.performer, left, PAID, where, computed_from)
