"""Teams are made and named; who is in one is in no other, and what she did meanwhile stays that team's."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Workspace
from actions.models import Action, Entry, Performer, Team, TeamMembership
from actions.rules.numbers import hold_numbers
from actions.rules.says import keep, refused


@transaction.atomic
def create_team(workspace: Workspace, *, name: str, at: datetime) -> Team:
    """A new team with nobody in it."""
    made: Team = keep(Team(workspace=workspace, name=name.strip(), created_at=at), unique="name")
    return made


@transaction.atomic
def rename_team(team: Team, *, name: str) -> Team:
    """Call it otherwise."""
    team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    team.name = name.strip()
    renamed: Team = keep(team, unique="name")
    return renamed


@transaction.atomic
def join_team(performer: Performer, team: Team, *, at: datetime) -> TeamMembership:
    """Be in a team from now on, and in no other; who is in it already stays."""
    if performer.workspace_id != team.workspace_id:
        raise refused("performer", "There is no such performer.", "invalid_value")
    if performer.erased_at:
        raise refused("performer", "Whoever was erased joins nothing.")
    current = _alone(performer, at)
    if current and current.team_id == team.pk:
        return current
    _leave(current, at)
    membership = TeamMembership(workspace_id=team.workspace_id, team=team, performer=performer, since=at)
    membership.save(force_insert=True)
    return membership


@transaction.atomic
def leave_team(performer: Performer, *, at: datetime) -> TeamMembership | None:
    """Be in no team from now on; None if she was in none."""
    current = _alone(performer, at)
    return _leave(current, at)


def _alone(performer: Performer, at: datetime) -> TeamMembership | None:
    """Her stay, while nobody writes to the ledger; what is counted already stays where it was counted."""
    hold_numbers(performer.workspace_id)
    stays = TeamMembership.objects.of(performer.workspace_id).filter(performer=performer)
    if stays.filter(until__gt=at).exists() or stays.current().filter(since__gte=at).exists() or _did(performer, at):
        raise refused("at", "Something was done since then; nobody joins or leaves a team in the past.")
    current: TeamMembership | None = stays.current().select_related("team").first()
    return current


def _did(performer: Performer, at: datetime) -> bool:
    """Whether anything was recorded since that would count for another team."""
    facts = Action.objects.by_performer(performer).filter(taken_at__gte=at, created_at__gt=at)
    return facts.exists() or Entry.objects.by_performer(performer).filter(created_at__gt=at).exists()


def _leave(stay: TeamMembership | None, at: datetime) -> TeamMembership | None:
    if stay:
        stay.until = at
        stay.save(update_fields=["until"])
    return stay
