"""The operator's view of workspaces, members, logins and keys, and the base of every app's own."""

from __future__ import annotations

from accounts.admin.audit import AuditEntryAdmin
from accounts.admin.base import ReadOnlyAdmin, WorkspaceAdmin
from accounts.admin.buttons import Button
from accounts.admin.forms import AskForm, RuleForm
from accounts.admin.keys import KeyAdmin
from accounts.admin.lists import within
from accounts.admin.people import MemberAdmin, UserAdmin
from accounts.admin.schedule import DueAdmin
from accounts.admin.site import site
from accounts.admin.webhooks import AttemptAdmin, MessageAdmin, WebhookEndpointAdmin
from accounts.admin.workspaces import WorkspaceNounAdmin

__all__ = [
    "AskForm",
    "AttemptAdmin",
    "AuditEntryAdmin",
    "Button",
    "DueAdmin",
    "KeyAdmin",
    "MemberAdmin",
    "MessageAdmin",
    "ReadOnlyAdmin",
    "RuleForm",
    "UserAdmin",
    "WebhookEndpointAdmin",
    "WorkspaceAdmin",
    "WorkspaceNounAdmin",
    "site",
    "within",
]
