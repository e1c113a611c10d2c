"""Endpoints: made, changed, their secrets rotated, switched off and on, and tried."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import vault
from accounts.callers import Actor
from accounts.errors import Conflict
from accounts.models import Message, WebhookEndpoint, Workspace
from accounts.outgoing.addresses import Refused, check_url
from accounts.outgoing.outbox import put_webhooks
from accounts.webhooks.dialects import dialect_of, dialects

GRACE = timedelta(days=1)


@transaction.atomic
def create_endpoint(
    workspace: Workspace, app: str, *, url: str, actor: Actor, at: datetime, events: Iterable[str] = ()
) -> tuple[WebhookEndpoint, str]:
    """An endpoint and the secret its messages are signed with, which is shown this once."""
    facts = {"url": url.strip(), "events": list(events)}
    check(app, facts)
    secret = dialect_of(app).signing.new_secret()
    endpoint = WebhookEndpoint(workspace=workspace, app=app, locked_secret=vault.lock(secret), created_at=at, **facts)
    endpoint.full_clean()
    endpoint.save()
    return endpoint, secret


@transaction.atomic
def update_endpoint(endpoint: WebhookEndpoint, *, actor: Actor, at: datetime, **facts: Any) -> WebhookEndpoint:
    """Send elsewhere or other events; what waits in the outbox goes to the new address too."""
    endpoint = _locked(endpoint)
    facts = {name: value.strip() if isinstance(value, str) else list(value) for name, value in facts.items()}
    check(endpoint.app, facts)
    for name, value in facts.items():
        setattr(endpoint, name, value)
    endpoint.save(update_fields=list(facts))
    return endpoint


def check(app: str, facts: dict[str, Any]) -> None:
    """Every fault at once."""
    if app not in dialects:
        raise ValidationError({"app": ValidationError(f"{app} sends no webhooks.", code="invalid")})
    faults: dict[str, Any] = {}
    try:
        check_url(facts.get("url", "https://example.com"))
    except Refused as refusal:
        faults["url"] = ValidationError(str(refusal), code="invalid")
    unknown = set(facts.get("events", ())) - set(dialects[app].types())
    if unknown:
        faults["events"] = ValidationError(f"{app} has no events {', '.join(sorted(unknown))}.", code="invalid")
    if faults:
        raise ValidationError(faults)


@transaction.atomic
def rotate_secret(
    endpoint: WebhookEndpoint, *, actor: Actor, now: datetime, grace: timedelta = GRACE
) -> tuple[WebhookEndpoint, str]:
    """A new secret; until the grace ends, at a real time, messages carry the old one's signature too."""
    endpoint, secret = _locked(endpoint), dialect_of(endpoint.app).signing.new_secret()
    endpoint.old_secret, endpoint.old_secret_until = endpoint.locked_secret, now + grace
    endpoint.locked_secret = vault.lock(secret)
    endpoint.save(update_fields=["locked_secret", "old_secret", "old_secret_until"])
    return endpoint, secret


@transaction.atomic
def disable_endpoint(
    endpoint: WebhookEndpoint, *, actor: Actor, now: datetime, reason: str = "Switched off by hand."
) -> WebhookEndpoint:
    """Tell it nothing more, and drop what waits for it; doing so twice changes nothing."""
    endpoint = _locked(endpoint)
    if endpoint.enabled:
        endpoint.enabled, endpoint.disabled_at, endpoint.disabled_reason = False, now, reason
        endpoint.save(update_fields=["enabled", "disabled_at", "disabled_reason"])
    return endpoint


@transaction.atomic
def enable_endpoint(endpoint: WebhookEndpoint, *, actor: Actor, at: datetime) -> WebhookEndpoint:
    """Tell it what happens from now on; it has as long as a new one to prove itself."""
    endpoint = _locked(endpoint)
    endpoint.enabled, endpoint.disabled_at, endpoint.disabled_reason = True, None, ""
    endpoint.failing_since = None
    endpoint.save(update_fields=["enabled", "disabled_at", "disabled_reason", "failing_since"])
    return endpoint


@transaction.atomic
def send_test_event(endpoint: WebhookEndpoint, *, actor: Actor, at: datetime) -> Message:
    """Send an event that never happened, to this endpoint alone."""
    endpoint = _locked(endpoint)
    require_enabled(endpoint)
    dialect = dialect_of(endpoint.app)
    message = dialect.sample()
    [sent] = put_webhooks(endpoint.workspace_id, [endpoint.pk], message.type, message.body, dialect.content_type)
    return sent


def require_enabled(endpoint: WebhookEndpoint) -> None:
    """Nothing is sent to an endpoint that is switched off."""
    if not endpoint.enabled:
        raise Conflict("endpoint_disabled", "The endpoint is switched off; switch it on first.")


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """As it is now, until the transaction ends; messages to it are put into the outbox meanwhile."""
    row: WebhookEndpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    return row
