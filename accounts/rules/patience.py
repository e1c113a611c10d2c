"""How long an endpoint may fail, and who is told when it is given up."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from accounts import mail
from accounts.models import Member, WebhookEndpoint
from accounts.webhooks.dialects import dialect_of


def note_success(endpoint: int) -> None:
    """It answered; a query that mostly changes nothing."""
    WebhookEndpoint.objects.filter(pk=endpoint, failing_since__isnull=False).update(failing_since=None)


def note_failure(pk: int, *, now: datetime) -> None:
    """It did not; when that has lasted beyond the vendor's patience, it is switched off and its owners are told."""
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=pk)
    patience = dialect_of(endpoint.app).patience
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    elif endpoint.enabled and now - endpoint.failing_since >= patience:
        reason = f"It had failed for {patience.days} days."
        endpoint.enabled, endpoint.disabled_at, endpoint.disabled_reason = False, now, reason
        endpoint.save(update_fields=["enabled", "disabled_at", "disabled_reason"])
        tell_owners(endpoint)


SWITCHED_OFF = """\
Acta could not deliver webhooks of {app} to

    {url}

since {since:%Y-%m-%d %H:%M} UTC, and has switched the endpoint off. Nothing more is sent there.
When it answers again, switch it on: {page}
What failed meanwhile can be sent again from the list of messages there.
"""


def tell_owners(endpoint: WebhookEndpoint) -> None:
    """Write to whoever owns the workspace."""
    page = f"{settings.ACTA_BASE_URL}/admin/accounts/webhookendpoint/{endpoint.pk}/change/"
    text = SWITCHED_OFF.format(app=endpoint.app, url=endpoint.url, since=endpoint.failing_since, page=page)
    owners = Member.objects.of(endpoint.workspace_id).active().filter(role=Member.Role.OWNER)
    addresses = owners.exclude(email=None).values_list("email", flat=True)
    mail.send(endpoint.workspace_id, to=addresses, subject=f"Webhooks of {endpoint.app} are switched off", text=text)
