"""Server-rendered pages of incidents: what is open, and what is still to be done about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.callers import Caller
from accounts.ids import parse_ulid
from accounts.models import Member
from accounts.pages import Visitor, for_people_of, told, write_down, written_down
from incidents import rules
from incidents.models import Action, Incident
from incidents.roles import ROLES_OF_MEMBER, scopes_of

PAGE = 30
LONGEST = 500

MOVES = {
    "complete": (rules.complete_action, "completed"),
    "reopen": (rules.reopen_action, "outstanding again"),
    "decline": (rules.decline_action, "not being done"),
}


class NewActionForm(forms.Form):
    """Something to do, and perhaps who does it."""

    description = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), label="What is to be done")
    assignee = forms.ModelChoiceField(Member.objects.none(), required=False, empty_label="nobody yet")

    def __init__(self, visitor: Visitor, data: Any = None) -> None:
        super().__init__(data)
        people = Member.objects.of(visitor.workspace).active().of_app("incidents")
        self.fields["assignee"].queryset = people  # type: ignore[attr-defined]


def caller_of(visitor: Visitor) -> Caller:
    """What she may see here."""
    return visitor.caller("incidents", ROLES_OF_MEMBER)


def may(visitor: Visitor, scope: str) -> bool:
    """Whether she may do something here; whoever is nobody in the workspace only looks."""
    return visitor.member is not None and scope in scopes_of(caller_of(visitor).roles)


def require(visitor: Visitor, scope: str) -> None:
    """Refuse whoever may only look."""
    if not may(visitor, scope):
        raise PermissionDenied("You may look at incidents here, and change nothing.")


def incident_called(visitor: Visitor, number: int) -> Incident:
    """The incident of a reference, if she may know of it."""
    rows = Incident.objects.visible_to(caller_of(visitor)).select_related("status", "severity", "creator_member")
    row = rows.filter(number=number).first()
    if row is None:
        raise Http404(f"There is no incident INC-{number}.")
    found: Incident = row
    return found


@for_people_of("incidents")
def incidents(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The latest incidents: those with something left to do, or all."""
    rows = Incident.objects.visible_to(caller_of(visitor)).newest().select_related("status", "severity")
    everything = request.GET.get("show") == "all"
    if not everything:
        rows = rows.filter(Exists(Action.objects.outstanding().real().filter(incident=OuterRef("pk"))))
    before = parse_ulid(request.GET.get("before"))
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    count_outstanding(found[:PAGE])
    context = {
        "incidents": found[:PAGE],
        "older": found[PAGE - 1].ulid if len(found) > PAGE else "",
        "everything": everything,
        "first": before is None,
    }
    return render(request, "incidents/incident_list.html", context)


def count_outstanding(rows: list[Incident]) -> None:
    """Note on each incident how much is left to do."""
    counts = Action.objects.outstanding().filter(incident__in=rows).order_by().values_list("incident")
    left = dict(counts.annotate(Count("pk")))
    for row in rows:
        row.outstanding = left.get(row.pk, 0)  # type: ignore[attr-defined]


@for_people_of("incidents")
def incident(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """An incident, and what is done about it."""
    return page_of(request, visitor, incident_called(visitor, number))


def page_of(request: HttpRequest, visitor: Visitor, row: Incident, form: NewActionForm | None = None) -> HttpResponse:
    """The page of one incident, with the form as it was refused or empty."""
    actions = Action.objects.of(visitor.workspace).of_incident(row.pk).exclude(status=Action.Status.DELETED)
    may_create = may(visitor, "actions.create")
    context = {
        "incident": row,
        "actions": actions.select_related("assignee").order_by("pk")[:LONGEST],
        "may_update": may(visitor, "actions.update"),
        "form": (form or NewActionForm(visitor)) if may_create else None,
    }
    return render(request, "incidents/incident_detail.html", context, status=422 if form else 200)


@for_people_of("incidents")
def add_action(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Note something to do."""
    row = incident_called(visitor, number)
    require(visitor, "actions.create")
    if request.method != "POST":
        return redirect("incidents:incident", number)
    form = NewActionForm(visitor, request.POST)
    if not form.is_valid():
        return page_of(request, visitor, row, form)
    at = visitor.workspace.tick()
    with told(request):
        action = rules.create_action(row, **form.cleaned_data, actor=visitor.actor, at=at)
        write_down(request, visitor, action, "added")
        messages.success(request, "It is noted.")
    return redirect("incidents:incident", number)


@require_POST
@for_people_of("incidents")
def move_action(request: HttpRequest, visitor: Visitor, number: int, ulid: str, verb: str) -> HttpResponse:
    """Complete, reopen or decline an action."""
    row = incident_called(visitor, number)
    pk = parse_ulid(ulid)
    action = Action.objects.of(visitor.workspace).of_incident(row.pk).filter(pk=pk).first() if pk else None
    if action is None or verb not in MOVES:
        raise Http404("There is no such action.")
    require(visitor, "actions.update")
    rule, done = MOVES[verb]
    at = visitor.workspace.tick()
    with written_down(request, visitor, action, done):
        rule(action, actor=visitor.actor, at=at)
        messages.success(request, f"“{action}” is {done}.")
    return redirect("incidents:incident", number)
