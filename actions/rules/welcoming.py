"""Somebody new is written to: she says that the address is hers, and chooses a password."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import mail
from actions.models import Performer

SALT = "actions.welcome"
VALID_FOR = timedelta(days=14)
PATH = "/actions/welcome/{token}"


def send_welcome(performer: Performer) -> None:
    """Write to somebody who is to say that her address is hers, or who has no password."""
    wanted = [
        words
        for words, missing in (
            ("confirm your address", performer.activated_at is None),
            ("choose a password", not performer.password),
        )
        if missing
    ]
    if not wanted or not performer.email:
        return
    link = f"{settings.ACTA_BASE_URL}{PATH.format(token=welcome_token(performer))}"
    text = f"You were added to {performer.workspace}.\n\nHere you can {' and '.join(wanted)}:\n{link}\n"
    mail.send(performer.workspace_id, to=[performer.email], subject=f"Welcome to {performer.workspace}", text=text)


def welcome_token(performer: Performer) -> str:
    """What proves that somebody read her mail; worth nothing once it was used."""
    return signing.dumps([performer.pk, _state(performer)], salt=SALT, compress=True)


def welcomed(token: str) -> Performer:
    """Whose token this is; `Performer.DoesNotExist` when it is nobody's, too old or used."""
    try:
        pk, state = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except (signing.BadSignature, ValueError):
        raise Performer.DoesNotExist from None
    performer: Performer = Performer.objects.select_related("workspace").get(pk=pk, erased_at=None)
    if _state(performer) != state:
        raise Performer.DoesNotExist
    return performer


@transaction.atomic
def accept_welcome(token: str, *, password: str | None, at: datetime) -> Performer:
    """Activate whoever followed her link, with the password she chose if she has none."""
    performer: Performer = Performer.objects.select_for_update().get(pk=welcomed(token).pk)
    if not performer.password:
        _choose(performer, password or "")
    performer.activated_at = performer.activated_at or at
    performer.save(update_fields=["password", "activated_at"])
    return performer


def _choose(performer: Performer, password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise ValidationError({"password": error.error_list}) from None
    performer.password = make_password(password)


def knows_password(performer: Performer, password: str) -> bool:
    """Whether a password is hers."""
    return bool(performer.password) and check_password(password, performer.password)


def _state(performer: Performer) -> str:
    """Changes when the token was used."""
    return f"{performer.password[-8:]}{performer.activated_at or ''}"
