"""People of the ledger: found by what is known of them, created, and known by further names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.callers import Actor
from accounts.errors import Conflict
from accounts.models import Member, Workspace
from accounts.models.member import fold_email
from actions.amounts import LARGEST
from actions.models import Identity, Performer
from actions.rules.faults import Faults, is_kept
from actions.rules.numbers import hold_numbers
from actions.rules.performers import find_or_make_performer, new_referral_code
from actions.rules.welcoming import send_welcome

LONGEST_NAME, LONGEST_EMAIL, LONGEST_PASSWORD = 200, 254, 4096
_COUNTRY = re.compile(r"[A-Z]{2}")


def find_performer(
    workspace: Workspace, *, id: int | None = None, email: str | None = None, referral_code: str | None = None
) -> Performer:
    """Whoever has this id, else this address, else this code; a member who did nothing yet is found by her address."""
    hers: dict[str, Any] = {"pk": id} if id is not None else {"referral_code": (referral_code or "").upper()}
    if id is None and email is not None:
        hers = {"email": fold_email(email)}
    if not all(_can_be(value) for value in hers.values()):
        raise Performer.DoesNotExist
    found: Performer | None = Performer.objects.of(workspace).filter(**hers).first()
    found = found or _member_called(workspace, hers.get("email"))
    if found is None:
        raise Performer.DoesNotExist
    return found


def _can_be(value: int | str) -> bool:
    """Whether a database can be asked for it."""
    return is_kept(value) if isinstance(value, str) else -LARGEST <= value <= LARGEST


@transaction.atomic
def _member_called(workspace: Workspace, email: str | None) -> Performer | None:
    member = Member.objects.of(workspace).active().filter(email=email).first() if email else None
    if member is None:
        return None
    hold_numbers(workspace.pk)
    made: Performer = Performer.objects.get(pk=find_or_make_performer(member, at=member.created_at))
    return made


def resolve(
    workspace: Workspace,
    *,
    id: int | None = None,
    email: str | None = None,
    referral_code: str | None = None,
    identities: Iterable[tuple[str, str]] = (),
) -> Performer | None:
    """Whoever is meant: by id, else address, else code, else a name that a trusted system gave her; or nobody."""
    for known in ({"id": id}, {"email": email}, {"referral_code": referral_code}):
        if any(value is not None for value in known.values()):
            try:
                return find_performer(workspace, **known)
            except Performer.DoesNotExist:
                continue
    trusted = Identity.objects.of(workspace).trusted().select_related("performer")
    for source, value in identities:
        if is_kept(source + value) and (identity := trusted.filter(source=source, value=value).first()):
            found: Performer = identity.performer
            return found
    return None


@transaction.atomic
def create_performer(
    workspace: Workspace,
    *,
    email: str,
    country: str,
    actor: Actor,
    at: datetime,
    active: bool = False,
    password: str | None = None,
    referrer: Performer | None = None,
    first_name: str = "",
    last_name: str = "",
    company: str = "",
) -> Performer:
    """Somebody new; who is not active or has no password yet is written to."""
    email, country, name = fold_email(email), country.upper(), (company or f"{first_name} {last_name}").strip()
    check_performer(workspace, email, country, name, password, referrer)
    hashed = make_password(password) if password is not None else ""
    # Whoever tells the ledger of somebody new holds the counter too, so nobody makes the same one meanwhile.
    hold_numbers(workspace.pk)
    if Performer.objects.of(workspace).filter(email=email).exists():
        raise Conflict("duplicate_email", "Somebody has this address already.")
    performer = Performer(
        workspace=workspace,
        member=_free_member(workspace, email),
        name=name,
        email=email,
        country=country,
        referral_code=new_referral_code(country),
        enroller=referrer,
        password=hashed,
        created_at=at,
        activated_at=at if active else None,
    )
    performer.save(force_insert=True)
    send_welcome(performer)
    return performer


def _free_member(workspace: Workspace, email: str) -> Member | None:
    """The member with this address, unless she is somebody to the ledger already."""
    member: Member | None = Member.objects.of(workspace).filter(email=email).first()
    return None if member is None or Performer.objects.of_member(member).exists() else member


def check_performer(
    workspace: Workspace, email: str, country: str, name: str, password: str | None, referrer: Performer | None
) -> None:
    """Everything that is wrong with somebody new, raised together."""
    faults = Faults()
    faults.text("email", email, LONGEST_EMAIL)
    if "email" not in faults.by_name and not _is_valid(validate_email, email):
        faults.add("email", "This is not an e-mail address.")
    if not _COUNTRY.fullmatch(country):
        faults.add("country", "A country has two letters, as in ISO 3166-1.")
    faults.text("name", name, LONGEST_NAME, required=False)
    if password is not None:
        _check_password(password, faults)
    if referrer is not None and referrer.workspace_id != workspace.pk:
        faults.add("referrer", "There is no such performer.", "invalid_value")
    faults.refuse()


def _check_password(password: str, faults: Faults) -> None:
    faults.text("password", password, LONGEST_PASSWORD)
    if "password" in faults.by_name:
        return
    try:
        validate_password(password)
    except ValidationError as error:
        for message in error.messages:
            faults.add("password", message)


def _is_valid(validate: Any, value: str) -> bool:
    try:
        validate(value)
    except ValidationError:
        return False
    return True


@transaction.atomic
def add_identity(performer: Performer, source: str, value: str, *, trust: str, actor: Actor, at: datetime) -> Identity:
    """Know somebody by a name another system gives her; what was claimed in public is trusted once a key says so."""
    faults = Faults()
    faults.text("source", source, 40)
    faults.text("value", value, 400)
    if trust not in Identity.Trust.values:
        faults.add("trust", f"One of {', '.join(Identity.Trust.values)}.", "invalid_choice")
    faults.refuse()
    facts = {"workspace_id": performer.workspace_id, "source": source, "value": value}
    made = Identity(**facts, performer=performer, trust=trust, created_at=at).act(actor)
    Identity.objects.bulk_create([made], ignore_conflicts=True)
    identity: Identity = Identity.objects.select_for_update().get(**facts)
    if identity.performer_id != performer.pk:
        raise Conflict("identity_taken", "This name is another performer's.")
    if identity.trust == Identity.Trust.PUBLIC != trust:
        identity.trust = trust
        identity.act(actor).save()
    return identity
