"""incident.io's own Python client: identity, actions and refusals."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.incidents.sdk import NOBODY, UNSET, Sdk, refused

BOTH = pytest.mark.parametrize("version", ["v2", "v3"])


def ids(answer: Any) -> list[str]:
    """The ids of a list."""
    assert answer.status == 200, answer
    return [action.id for action in answer.parsed.actions]


def made_action(sdk: Sdk, version: str, **body: Any) -> Any:
    """A new action."""
    answer = sdk(f"actions_{version}.create", body=body)
    assert (answer.status, answer.parsed.kind) == (201, f"ActionsCreateResult{version.upper()}")
    return answer.parsed.action


def test_identity(sdk: Sdk, live: SimpleNamespace) -> None:
    identity = sdk("utilities_v1.identity").parsed.identity
    assert (identity.kind, identity.name) == ("IdentityV1", "Everything")
    assert {"viewer", "incident_editor", "global_access"} <= set(identity.roles)
    assert (identity.teams, identity.team_roles) == ([], [])
    assert identity.dashboard_url.startswith("http://")
    assert sdk.using(live.nothing)("utilities_v1.identity").parsed.identity.roles == []


@BOTH
def test_show(sdk: Sdk, live: SimpleNamespace, version: str) -> None:
    answer = sdk(f"actions_{version}.show", id=live.actions[0])
    action = answer.parsed.action
    assert (answer.status, action.kind, action.id) == (200, f"Action{version.upper()}", live.actions[0])
    assert (action.incident_id, action.description) == (live.incident, "Put a bucket under it")
    assert (action.status, action.completed_at) == ("completed", "2026-03-12T12:00:00+00:00")
    assert (action.created_at, action.updated_at) == ("2026-03-02T12:00:00+00:00", "2026-03-12T12:00:00+00:00")
    assert (action.creator.alert, action.creator.api_key, action.creator.workflow) == (UNSET, UNSET, UNSET)
    alice = action.creator.user
    assert (alice.kind, alice.id, alice.name, alice.role) == ("UserV2", live.alice, "Alice", "owner")
    assert (alice.email, alice.slack_user_id) == ("alice@wonderland.example", "U01")
    bob = action.assignee
    assert (bob.id, bob.role, bob.email, bob.slack_user_id) == (live.bob, "responder", UNSET, UNSET)


def test_list_v2_is_everything_oldest_first(sdk: Sdk, live: SimpleNamespace) -> None:
    answer = sdk("actions_v2.list", incident_id=live.incident)
    assert answer.parsed.kind == "ActionsListResultV2"
    assert ids(answer) == live.actions
    assert [action.completed_at for action in answer.parsed.actions[1:]] == [UNSET] * 4


def test_list_v3_page_by_page_to_the_end(sdk: Sdk, live: SimpleNamespace) -> None:
    pages, after = [], UNSET
    while True:
        more = {} if after == UNSET else {"after": after}
        answer = sdk("actions_v3.list", page_size=2, incident_id=live.incident, **more)
        assert (answer.parsed.kind, answer.parsed.pagination_meta.page_size) == ("ActionsListResultV3", 2)
        pages.append(ids(answer))
        after = answer.parsed.pagination_meta.after
        if after == UNSET:
            break
        assert after == pages[-1][-1]
    assert pages == [live.actions[:2], live.actions[2:4], live.actions[4:]]
    assert ids(sdk("actions_v3.list", incident_id=live.incident, after=live.actions[-1])) == []


@BOTH
def test_filter_by_incident_and_mode(sdk: Sdk, live: SimpleNamespace, version: str) -> None:
    call = f"actions_{version}.list"
    assert ids(sdk(call, incident_mode="test")) == [live.rehearsed]
    assert ids(sdk(call, incident_mode="tutorial")) == []
    assert ids(sdk(call, incident_mode="standard", incident_id=live.incident)) == live.actions
    real = ids(sdk(call))
    assert {*live.actions, live.other} <= set(real)
    assert live.rehearsed not in real
    assert ids(sdk(call, incident_id=NOBODY)) == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"created_at": {"gte": ["2026-03-05T12:00:00Z"]}}, slice(3, 5)),
        ({"created_at": {"lte": ["2026-03-04T12:00:00Z"]}}, slice(3)),
        ({"created_at": {"date_range": ["2026-03-03~2026-03-04"]}}, slice(1, 3)),
        ({"created_at": {"gte": ["2026-03-03"], "lte": ["2026-03-05"]}}, slice(1, 3)),
        ({"updated_at": {"gte": ["2026-03-07"]}}, slice(1)),
        ({"updated_at": {"lte": ["2026-03-04T12:00:00Z"]}}, slice(1, 3)),
        ({"created_at": {"lte": ["2026-03-05"]}, "updated_at": {"date_range": ["2026-03-12~2026-03-12"]}}, slice(1)),
    ],
)
def test_filter_by_time(sdk: Sdk, live: SimpleNamespace, filters: Any, found: slice) -> None:
    assert ids(sdk("actions_v3.list", incident_id=live.incident, **filters)) == live.actions[found]


@BOTH
def test_create_complete_reopen_delete(sdk: Sdk, live: SimpleNamespace, version: str) -> None:
    made = made_action(
        sdk, version, incident_id=live.incident, description="Call the **plumber**", assignee_id=live.bob
    )
    assert (made.status, made.completed_at, made.assignee.id) == ("outstanding", UNSET, live.bob)
    assert (made.creator.user, made.creator.api_key.name) == (UNSET, "Everything")
    assert made.created_at == made.updated_at

    def update(**body: Any) -> Any:
        body = {"description": made.description} | body
        answer = sdk(f"actions_{version}.update", id=made.id, body=body)
        assert (answer.status, answer.parsed.kind) == (200, f"ActionsUpdateResult{version.upper()}")
        return answer.parsed.action

    done = update(status="completed")
    assert (done.status, done.completed_at, done.assignee.id) == ("completed", done.updated_at, live.bob)
    assert update(status="completed", description="Call her").completed_at == done.completed_at
    reopened = update(status="outstanding", assignee_id=None)
    assert (reopened.status, reopened.completed_at, reopened.assignee) == ("outstanding", UNSET, UNSET)
    assert update(status="not_doing").completed_at == UNSET
    gone = sdk(f"actions_{version}.delete", id=made.id)
    assert (gone.status, gone.parsed) == (204, None)
    assert sdk(f"actions_{version}.show", id=made.id).parsed.action.status == "deleted"
    refused(sdk(f"actions_{version}.delete", id=made.id), 404, "not_found", "not_found")


def test_an_action_of_one_version_is_an_action_of_the_other(sdk: Sdk, live: SimpleNamespace) -> None:
    made = made_action(sdk, "v2", incident_id=live.incident, description="Mop")
    shown = sdk("actions_v3.show", id=made.id).parsed.action
    assert vars(shown) | {"kind": "", "creator": ""} == vars(made) | {"kind": "", "creator": ""}
    assert sdk("actions_v3.delete", id=made.id).status == 204


def test_without_or_with_a_wrong_token(sdk: Sdk, live: SimpleNamespace) -> None:
    call = "actions_v3.list"
    refused(sdk.using(None)(call), 401, "authentication_error", "missing_authorization_material")
    for token in ("inc_" + "0" * 64, "nonsense", live.revoked):
        refused(sdk.using(token)(call), 401, "authentication_error", "access_token_invalid")


def test_without_the_scope(sdk: Sdk, live: SimpleNamespace) -> None:
    viewer, nothing = sdk.using(live.viewer), sdk.using(live.nothing)
    assert viewer("actions_v3.list").status == 200
    body = {"incident_id": live.incident, "description": "x"}
    refused(viewer("actions_v3.create", body=body), 403, "resource_forbidden", "missing_permissions")
    refused(viewer("actions_v2.delete", id=live.other), 403, "resource_forbidden", "missing_permissions")
    refused(nothing("actions_v2.list"), 403, "resource_forbidden", "missing_permissions")


@BOTH
def test_what_is_not_there(sdk: Sdk, version: str) -> None:
    for name, body in (("show", {}), ("delete", {}), ("update", {"body": {"description": "x", "status": "completed"}})):
        refused(sdk(f"actions_{version}.{name}", id=NOBODY, **body), 404, "not_found", "not_found")
    refused(sdk("workflows_v2.list_workflows"), 404, "not_found", "not_found")


@BOTH
def test_a_wrong_method(sdk: Sdk, version: str) -> None:
    # An empty id leads the client's DELETE to the list.
    refused(sdk(f"actions_{version}.delete", id=""), 405, "method_not_allowed", "method_not_allowed")


def test_a_body_that_is_too_large(sdk: Sdk, live: SimpleNamespace) -> None:
    body = {"incident_id": live.incident, "description": "x" * (1 << 20)}
    refused(sdk("actions_v3.create", body=body), 413, "payload_too_large", "payload_too_large")


@BOTH
def test_every_fault_of_a_body_at_once(sdk: Sdk, version: str) -> None:
    answer = sdk(f"actions_{version}.create", body={"incident_id": NOBODY, "description": " ", "assignee_id": NOBODY})
    assert (answer.status, answer.parsed.type_) == (422, "validation_error")
    assert {(error.source.field, error.source.pointer, error.code) for error in answer.parsed.errors} == {
        ("incident_id", "/incident_id", "invalid_value"),
        ("description", "/description", "is_required"),
        ("assignee_id", "/assignee_id", "invalid_value"),
    }
    assert {error.source.kind for error in answer.parsed.errors} == {"ErrorSource"}


def test_refused_values(sdk: Sdk, live: SimpleNamespace) -> None:
    deleted = sdk("actions_v3.update", id=live.other, body={"description": "x", "status": "deleted"})
    assert refused(deleted, 422, "validation_error", "invalid_value").source.field == "status"
    large = sdk("actions_v3.list", page_size=251)
    assert refused(large, 422, "validation_error", "invalid_value").source.field == "page_size"
    operator = sdk("actions_v3.list", created_at={"gt": ["2026-03-01"]})
    assert refused(operator, 422, "validation_error", "invalid_value").source.field == "created_at[gt]"


def test_too_many_requests(sdk: Sdk, live: SimpleNamespace) -> None:
    # By whichever door came second the bucket of two may be empty at once.
    answers = [sdk.using(live.limited)("actions_v3.list") for _ in range(3)]
    answer = next(one for one in answers if one.status != 200)
    error = refused(answer, 429, "too_many_requests", "too_many_requests")
    assert error.source == UNSET
    limit = answer.parsed.rate_limit
    assert (limit.kind, limit.name, limit.limit, limit.remaining) == ("ErrorRateLimit", "Slow", 2, 0)
    assert limit.retry_after.endswith("Z")
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["x-ratelimit-limit"] == "2, 2;window=60"
