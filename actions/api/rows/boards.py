"""Competitions, and where somebody stands on a board."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.callers import Caller
from accounts.columns import rfc3339
from actions.api.documents.numbers import number
from actions.api.documents.writing import Kind, Resource, Row, Voice, identifier
from actions.api.rows.common import numbered, read_json, visible
from actions.models import ActionType, BoardTeam, Competition
from actions.rules.boards import Line


class Competitions(Kind):
    """Who is ahead for a while."""

    type, path, noun, scope = "competition", "competitions", "competition", "actions:read"
    attributes = ("name", "status", "startsAt", "endsAt", "graceDays", "currency", "metric", "tiePolicy")
    relationships = ("actionTypes", "teams")

    def rows(self, caller: Caller) -> Any:
        """All of them."""
        return visible(caller, Competition)

    def by_ids(self, caller: Caller, ids: list[str]) -> list[Row]:
        """By number."""
        return numbered(caller, Competition, ids)

    def completed(self, caller: Caller, rows: list[Row]) -> list[Row]:
        """With the keys of the types and teams that count."""
        slugs = {slug for row in rows for slug in read_json(row[10])}
        types = ActionType.objects.visible_to(caller).filter(slug__in=slugs)
        keys = dict(types.values_list("slug", "pk")) if slugs else {}
        teams: dict[int, list[int]] = {}
        chosen = BoardTeam.objects.visible_to(caller).filter(board__in=[row[9] for row in rows]).order_by("team")
        for board, team in chosen.values_list("board", "team"):
            teams.setdefault(board, []).append(team)
        return [
            (*row[:9], [keys[slug] for slug in read_json(row[10]) if slug in keys], teams.get(row[9], ()))
            for row in rows
        ]

    def writer(self, voice: Voice) -> Callable[[Row], Resource]:
        """The function that writes its rows."""

        def write(row: Row) -> Resource:
            key, name, status, starts, ends, grace, currency, metric, policy, types, teams = row
            return {
                "type": "competition",
                "id": str(key),
                "attributes": {
                    "name": name,
                    "status": status,
                    "startsAt": starts,
                    "endsAt": ends,
                    "graceDays": grace,
                    "currency": currency,
                    "metric": metric,
                    "tiePolicy": policy,
                },
                "relationships": {
                    "actionTypes": {"data": [identifier("actionType", one) for one in types]},
                    "teams": {"data": [identifier("team", one) for one in teams]},
                },
                "links": {"self": f"{voice.base}/competitions/{key}"},
            }

        return write


class Standings(Kind):
    """Lines of a board; they are read through it alone."""

    type, path, noun, scope = "standing", "leaderboards", "standing", "actions:read"
    attributes = ("rank", "denseRank", "score", "actionsCount", "attainedAt", "previousRank")
    relationships = ("subject",)

    def by_ids(self, caller: Caller, ids: list[str]) -> list[Row]:
        """None: nothing points to a line."""
        return []

    def writer(self, voice: Voice) -> Callable[[Row], Resource]:
        """The function that writes a line, given with its board, its window and what it is about."""

        def write(row: Row) -> Resource:
            board, window, about, line = row
            found: Line = line
            return {
                "type": "standing",
                "id": f"{board}:{window}:{about}-{found.subject}",
                "attributes": {
                    "rank": found.rank,
                    "denseRank": found.dense_rank,
                    "score": number(found.score),
                    "actionsCount": found.actions,
                    "attainedAt": rfc3339(found.attained_at) if found.attained_at else None,
                    "previousRank": found.previous_rank,
                },
                "relationships": {"subject": {"data": identifier(about, found.subject)}},
            }

        return write
