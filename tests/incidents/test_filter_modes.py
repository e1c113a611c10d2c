"""Filters of incidents put together: all of them is what each finds in common, any of them what any finds."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from accounts.ids import new_ulid
from accounts.models import Member
from incidents.models import IncidentRole, IncidentStatus, IncidentType, Severity
from tests.clients_of import Api
from tests.factories import NOON
from tests.incidents.factories import make_incident
from tests.incidents.test_incidents import asked, edit

CONDITIONS = [
    "status%5Bone_of%5D=<FIXING>&status%5Bone_of%5D=<TRIAGE>",
    "status[not_in]=<FIXING>",
    "status_category[one_of]=post-incident&status_category[one_of]=active",
    "status_category[not_in]=triage&status_category[not_in]=closed",
    "severity[one_of]=<CRITICAL>&severity[one_of]=<MINOR>",
    "severity[not_in]=<MAJOR>",
    "severity[gte]=<MAJOR>",
    "severity[lte]=<MAJOR>",
    "incident_type[one_of]=<DEFAULT>",
    "incident_type[not_in]=<DEFAULT>",
    "incident_role[<LEAD>][one_of]=<BOB>",
    "incident_role%5B<LEAD>%5D%5Bis_set%5D=true",
    "incident_role[<LEAD>][is_blank]=true",
    "created_at[date_range]=2026-03-04~2026-03-09",
    "created_at[gte]=2026-03-10",
    "updated_at[lte]=2026-03-06T12:00:00Z",
    "updated_at[gte]=2026-03-20",
]
# Both ends of one time are one condition, and are left to other tests.
PAIRS = [pair for pair in combinations(CONDITIONS, 2) if len({one.split("_at")[0] for one in pair}) == 2]
SOME = random.Random(5).sample(PAIRS, 25) + random.Random(6).sample([*combinations(CONDITIONS[:13], 3)], 15)


@pytest.fixture
def many(api: Api, alice: Member, bob: Member) -> None:
    """Twenty incidents of every status, severity, type and lead, some of them edited later."""
    kind = IncidentType(id=new_ulid(NOON), workspace=alice.workspace, name="Own", created_at=NOON, updated_at=NOON)
    kind.save(force_insert=True)
    statuses = [*IncidentStatus.objects.of(alice.workspace).filter(rank__gte=0)]
    severities = [None, *Severity.objects.of(alice.workspace)]
    lead = IncidentRole.objects.of(alice.workspace).get(role_type="lead")
    for day in range(20):
        facts: dict[str, Any] = {"status": statuses[day % 8], "severity": severities[day * 7 % 4], "roles": {}}
        facts |= {"type": kind} if day % 3 == 0 else {}
        facts["roles"] = {lead: (alice, bob)[day % 2]} if day % 4 else {}
        incident = make_incident(alice, at=NOON + timedelta(days=day), mode="retrospective", **facts)
        if day % 6 == 1:
            assert edit(api, incident, name="Edited").status_code == 200


def found(api: Api, query: str) -> set[str]:
    """The references that a query finds, each once and as many as are counted."""
    answer = api.get(f"/v2/incidents?page_size=250&{query}").json()
    names = [incident["reference"] for incident in answer["incidents"]]
    assert answer["pagination_meta"]["total_record_count"] == len(names) == len(set(names))
    return set(names)


def test_all_is_what_is_common_and_any_what_there_is_of_each(api: Api, alice: Member, bob: Member, many: None) -> None:
    each = {one: found(api, asked(alice, bob, one)) for one in CONDITIONS}
    assert all(0 < len(names) < 20 for names in each.values()), each
    for some in SOME:
        query = asked(alice, bob, "&".join(some))
        assert found(api, query) == set.intersection(*(each[one] for one in some)), some
        assert found(api, f"{query}&filter_mode=any") == set.union(*(each[one] for one in some)), some


BOUNDS = [("incidents", 500), ("incident_updates", 250), ("users", 10_000)]


@pytest.mark.parametrize(
    ("path", "most"),
    [*((f"/v2/{name}", most) for name, most in BOUNDS), ("/v3/actions", 250), ("/v3/follow_ups", 250)],
)
def test_pages_have_their_bounds(api: Api, alice: Member, path: str, most: int) -> None:
    assert api.client.get(f"/incidents{path}", {"page_size": most}).json()["pagination_meta"]["page_size"] == most
    assert api.get(path).json()["pagination_meta"]["page_size"] == 25
    for size in (0, most + 1, -1, "1e2", "２５"):
        response = api.get(path, {"page_size": size})
        assert response.status_code == 422
        assert response.json()["errors"][0]["source"]["field"] == "page_size"
