"""What tests do inside an installation of its own, in another process."""

from __future__ import annotations

from django.conf import settings

from accounts.clock import real_now
from accounts.models import Message
from tests.accounts.factories import make_endpoint, make_message
from tests.factories import make_member, make_workspace


def write() -> None:
    """Three messages to the receiver whose address lies in the data folder."""
    member = make_member(make_workspace("acme"), "Alice")
    endpoint, _ = make_endpoint(member, (settings.ACTA_DATA / "receiver").read_text())
    for _ in range(3):
        make_message(member, endpoint)


def end_leases() -> None:
    """As if some minutes had passed."""
    Message.objects.exclude(lease=None).update(lease_until=real_now())


def states() -> list[str]:
    """How far each message got."""
    return list(Message.objects.values_list("state", flat=True))
