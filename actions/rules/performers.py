"""Performers are made when they are first needed."""

from __future__ import annotations

import secrets
import string
from datetime import datetime

from accounts.models import Member
from actions.models import Performer

ALPHANUMERIC = string.digits + string.ascii_uppercase
NOWHERE = "XX"


def find_or_make_performer(who: Member | Performer, *, at: datetime) -> int:
    """The key of the performer a member is, made when she did nothing before; two at once make one."""
    if isinstance(who, Performer):
        return who.pk
    return _find(who) or _join(who) or _make(who, at)


def _find(member: Member) -> int | None:
    key: int | None = Performer.objects.of_member(member).values_list("pk", flat=True).first()
    return key


def _join(member: Member) -> int | None:
    """Somebody known by a member's address, and no member yet, is that member."""
    if not member.email:
        return None
    same = Performer.objects.filter(workspace=member.workspace_id, email=member.email)
    if same.filter(member=None, erased_at=None, service=False).update(member=member):
        return _find(member)
    return None


def _make(member: Member, at: datetime) -> int:
    """A new performer; an address that already names another stays with that one."""
    for email in (member.email, None):
        performer = Performer(
            workspace_id=member.workspace_id,
            member=member,
            name=member.name,
            email=email,
            referral_code=new_referral_code(),
            created_at=at,
            activated_at=at,
        )
        Performer.objects.bulk_create([performer], ignore_conflicts=True)
        if made := _find(member):
            return made
    raise RuntimeError("Two performers were given the same referral code.")


def new_referral_code(country: str = "") -> str:
    """A code such as `ES-M0IX80J7-21`: country, eight random letters and digits, two that catch a typing error."""
    letters = "".join(secrets.choice(ALPHANUMERIC) for _ in range(8))
    return f"{country or NOWHERE}-{letters}-{int(letters, 36) % 97:02d}"
