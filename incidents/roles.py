"""Which role grants which scope, and which roles a signed-in member has; upstream publishes only the names."""

from __future__ import annotations

from accounts.models import Member

_VIEWER = """
    incidents.view actions.view severities.view incident_statuses.view incident_types.view
    incident_roles.view custom_fields.view users.view attachments.view alerts.view alert_sources.view
    catalog_entries.view workflows.view
"""
VIEWER = frozenset(_VIEWER.split())
_EDITOR = """
    incidents.create incidents.update_name incidents.update_summary incidents.update_severity
    incidents.update_status incidents.update_custom_fields incidents.update_timestamps
    incidents.update_role_assignments incident_updates.create actions.create actions.update
    actions.destroy follow_ups.create follow_ups.update follow_ups.destroy
    follow_ups.connect_external_issue follow_ups.create_from_link attachments.create attachments.destroy
    timeline_items.create timeline_items.update alerts.resolve alerts.edit alerts.attach_to_incident
    incident_alerts.transition incidents.connect_external_issue incident_calls.create
    incident_calls.destroy
"""
EDITOR = frozenset(_EDITOR.split())
SCOPES: dict[str, frozenset[str]] = {
    "viewer": VIEWER,
    "incident_creator": VIEWER | {"incidents.create"},
    "incident_editor": VIEWER | EDITOR,
    "manage_settings": frozenset(
        {
            "organisation_settings.update",
            "incident_lifecycles.update",
            "alert_source.create",
            "alert_source.update",
            "alert_source.destroy",
        }
    ),
    "incident_memberships_editor": frozenset({"incident_memberships.grant", "incident_memberships.revoke"}),
    "api_keys_manage": frozenset(
        {"api_keys.view", "api_keys.create", "api_keys.update", "api_keys.destroy", "api_keys.rotate"}
    ),
    "security_settings_editor": frozenset({"security_settings.update"}),
    "workflows_editor": frozenset({"workflows.view", "workflows.create", "workflows.update", "workflows.destroy"}),
    "workflows_viewer": frozenset({"workflows.view"}),
}
_NAMES = """
    viewer incident_creator incident_editor manage_settings glossary_entries_manage global_access
    catalog_viewer catalog_editor incident_memberships_editor schedules_editor schedules_reader
    schedule_overrides_editor workflows_editor workflows_viewer private_workflows_editor
    private_escalation_workflows_editor on_call_editor on_call_viewer escalation_creator
    post_incident_flow_opt_out security_settings_editor investigation_download team_memberships_manage
    status_page_publisher status_page_viewer postmortems_manage api_keys_manage
    notification_methods_manage notification_methods_unredacted_viewer incident_workload_viewer
    incident_workload_private_viewer act_on_behalf_of_users secrets_manage secrets_use
    call_transcripts_viewer heartbeats_ping telemetry_query_restricted telemetry_data_source_update
    policies_viewer policy_findings_manage pay_reports_viewer pay_reports_editor pay_configs_viewer
    pay_configs_editor investigations_editor telemetry_viewer documents_viewer
"""
NAMES = tuple(_NAMES.split())
_TEAM_NAMES = """
    catalog_editor schedules_editor schedules_reader schedule_overrides_editor on_call_editor
    escalation_creator api_keys_manage workflows_editor private_workflows_editor secrets_manage
    secrets_use heartbeats_ping telemetry_query_restricted telemetry_data_source_update
"""
# What a key may be in a team.
TEAM_NAMES = tuple(_TEAM_NAMES.split())

_MANAGER = frozenset({"viewer", "incident_editor", "manage_settings", "global_access", "incident_memberships_editor"})
ROLES_OF_MEMBER: dict[str, frozenset[str]] = {
    Member.Role.OWNER: _MANAGER | {"api_keys_manage", "security_settings_editor"},
    Member.Role.ADMIN: _MANAGER,
    Member.Role.MEMBER: frozenset({"viewer", "incident_editor"}),
    Member.Role.VIEWER: frozenset({"viewer"}),
}
# The deprecated but required `role` of a user.
BASE_ROLE: dict[str, str] = {
    Member.Role.OWNER: "owner",
    Member.Role.ADMIN: "administrator",
    Member.Role.MEMBER: "responder",
    Member.Role.VIEWER: "viewer",
}

_BASE_ROLE_IDS = {
    Member.Role.OWNER: "01J0000000000000000000000A",
    Member.Role.ADMIN: "01J0000000000000000000000B",
    Member.Role.MEMBER: "01J0000000000000000000000C",
    Member.Role.VIEWER: "01J0000000000000000000000D",
}
# The base role of a user; the same four in every organisation.
BASE_ROLES: dict[str, dict[str, str]] = {
    role: {"id": id_, "name": BASE_ROLE[role].title(), "slug": BASE_ROLE[role]} for role, id_ in _BASE_ROLE_IDS.items()
}


def scopes_of(roles: frozenset[str]) -> frozenset[str]:
    """Everything a set of roles allows."""
    return frozenset().union(*(SCOPES.get(role, frozenset()) for role in roles))
