"""Boards are made, changed and put to rest; what changes the scores has them counted again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.errors import Conflict
from accounts.models import Workspace
from actions.models import ActionType, BoardTeam, Competition, Leaderboard, Team
from actions.rules.boards.recounting import recount
from actions.rules.numbers import hold_numbers
from actions.rules.says import keep, refused

# Boards of competitions are called so.
RESERVED = "competition-"
COUNTED = {"metric", "currency", "types", "teams", "active"}
SAID = {"slug", "name", "subject", "window", *COUNTED}


@transaction.atomic
def create_board(workspace: Workspace, *, slug: str, name: str, at: datetime, **says: Any) -> Leaderboard:
    """A new board, which counts what was done before too."""
    _refuse_reserved(slug)
    hold_numbers(workspace.pk)
    board = Leaderboard(workspace=workspace, slug=slug, name=name, created_at=at)
    return say(board, at=at, **says)


@transaction.atomic
def change_board(board: Leaderboard, *, at: datetime, **says: Any) -> Leaderboard:
    """Change what is said of a board; of a competition's that is for the competition to do."""
    hold_numbers(board.workspace_id)
    board = Leaderboard.objects.select_related("workspace").get(pk=board.pk)
    if Competition.objects.filter(board=board).exists():
        raise Conflict("board_of_competition", "This board belongs to a competition; change that.")
    if "slug" in says:
        _refuse_reserved(says["slug"])
    return say(board, at=at, **says)


def deactivate_board(board: Leaderboard, *, at: datetime) -> Leaderboard:
    """Let a board rest: it counts nothing more."""
    return change_board(board, at=at, active=False)


def activate_board(board: Leaderboard, *, at: datetime) -> Leaderboard:
    """Let a board count again, what was done meanwhile too."""
    return change_board(board, at=at, active=True)


def say(board: Leaderboard, *, at: datetime, **says: Any) -> Leaderboard:
    """Write down what is said of a board, under the ledger's lock, and count it again where that matters."""
    if unknown := says.keys() - SAID:
        raise refused(min(unknown), "Boards have no such thing.")
    teams = says.pop("teams", None)
    new, before = board.pk is None, _counted(board)
    for name, value in says.items():
        setattr(board, name, value)
    board.types = _checked_types(board, board.types)
    keep(board, unique="slug")
    if teams is not None:
        _rank_only(board, teams)
    if board.active and (new or before != _counted(board)):
        return recount(board, at=at)
    return board


def _counted(board: Leaderboard) -> Any:
    """All that decides about scores."""
    teams = sorted(board.teams.values_list("team", flat=True)) if board.pk else []
    return board.metric, board.currency, list(board.types), teams, board.active


def _checked_types(board: Leaderboard, slugs: Any) -> list[str]:
    if not isinstance(slugs, list | tuple | set) or not all(isinstance(slug, str) for slug in slugs):
        raise refused("types", "Types are named by their slugs.")
    known = set(ActionType.objects.of(board.workspace_id).filter(slug__in=slugs).values_list("slug", flat=True))
    if unknown := sorted(set(slugs) - known - set(_types_before(board))):
        raise refused("types", f"There is no action type “{unknown[0]}”.")
    return sorted(set(slugs))


def _types_before(board: Leaderboard) -> list[str]:
    found: list[str] | None = Leaderboard.objects.filter(pk=board.pk).values_list("types", flat=True).first()
    return found or []


def _rank_only(board: Leaderboard, teams: Iterable[Team]) -> None:
    """Of these teams, or of everybody if there are none."""
    wanted = {team.pk for team in teams}
    if any(team.workspace_id != board.workspace_id for team in teams):
        raise refused("teams", "There is no such team.", "invalid_value")
    board.teams.exclude(team__in=wanted).delete()
    there = set(board.teams.values_list("team", flat=True))
    made = [BoardTeam(workspace_id=board.workspace_id, board=board, team_id=pk) for pk in sorted(wanted - there)]
    BoardTeam.objects.bulk_create(made)


def _refuse_reserved(slug: str) -> None:
    if slug.startswith(RESERVED):
        raise refused("slug", f"Slugs that begin with “{RESERVED}” are those of competitions.")
