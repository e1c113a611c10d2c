"""What is counted and where it leads: action types, competitions, boards."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from actions.amounts import LARGEST
from actions.api import schemas
from actions.api.documents.asking import Asked
from actions.api.documents.parameters import WHOLE, Fields
from actions.api.documents.problems import Refused, problem, refuse
from actions.api.documents.writing import sparse
from actions.api.filters import CompetitionPages, StandingPages, TypePages
from actions.api.rows.boards import Competitions, Standings
from actions.api.rows.types import ActionTypes
from actions.api.views.lists import ListViewSet, Resources, Rows, Source
from actions.models import Competition, Leaderboard, Performer, TeamMembership
from actions.rules.boards import Line, standings
from actions.rules.boards import Standings as Board

# What rules call the parameters.
WORDS = {"since": "from", "until": "to", "types": "actionType"}
CUSTOM = "custom"


class OneType(Asked):
    """`GET /action-types/:id`."""

    of_type = Fields("actionType")


class OneCompetition(Asked):
    """`GET /competitions/:id`."""

    of_competition = Fields("competition")


class ActionTypeViewSet(ListViewSet):
    """What can be recorded."""

    kind = ActionTypes()
    noun = "actionType"
    filterset_class = TypePages
    one_class = OneType
    scopes = {"list": "actions:read", "retrieve": "actions:read"}
    wire = {
        "list": {"id": "listActionTypes", "answers": schemas.ref("ActionTypeCollection")},
        "retrieve": {"id": "getActionType", "answers": schemas.ref("ActionTypeDocument"), "parameters": False},
    }


class CompetitionViewSet(ListViewSet):
    """Boards that run for a while."""

    kind = Competitions()
    noun = "competition"
    filterset_class = CompetitionPages
    one_class = OneCompetition
    scopes = {"list": "actions:read", "retrieve": "actions:read"}
    wire = {
        "list": {"id": "listCompetitions", "answers": schemas.ref("CompetitionCollection")},
        "retrieve": {"id": "getCompetition", "answers": schemas.ref("CompetitionDocument"), "parameters": False},
    }


class BoardSource(Source):
    """The lines of a board."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def page(self, size: int, offset: int) -> list[Line]:
        return self.board.source.lines(offset, size) if offset <= LARGEST // 2 else []

    def count(self, most: int) -> int:
        return self.board.count(most)


class Lines(Source):
    """Lines that are there already."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines

    def page(self, size: int, offset: int) -> list[Line]:
        return self.lines[offset : offset + size]

    def count(self, most: int) -> int:
        return len(self.lines)


class StandingViewSet(ListViewSet):
    """Who is ahead on a board."""

    kind = Standings()
    noun = "standing"
    filterset_class = StandingPages
    scopes = {"list": "actions:read"}
    wire = {"list": {"id": "listLeaderboardStandings", "answers": schemas.ref("StandingCollection")}}

    def board(self) -> Leaderboard:
        """By its slug; a competition's is found by that."""
        boards = Leaderboard.objects.visible_to(self.caller).public().select_related("workspace")
        found: Leaderboard | None = boards.filter(slug=self.kwargs["slug"]).first()
        if found is None or "\x00" in self.kwargs["slug"]:
            raise NotFound("There is no such leaderboard.")
        return found

    def address(self) -> str:
        """As it was asked."""
        raw = self.request._request
        return raw.build_absolute_uri(raw.path.rstrip("/"))

    def list(self, request: Request, **kwargs: Any) -> Response:
        """A page of lines, or somebody's own with those around it."""
        self.its = self.board()
        asked = self.asked(self.filterset_class)
        answer = self.answered(asked)
        self.about, self.window = answer.subject, answer.span.name
        meta = {"window": self.window_of(answer)}
        if "user" not in asked.values:
            return self.paged(BoardSource(answer), asked, **meta)
        around = answer.around(key) if (key := self.somebody(asked.values["user"])) is not None else None
        lines = [around.line] if around else []
        voice = self.voice(asked)
        sides = {
            "above": self.resources(around.above if around else [], voice),
            "below": self.resources(around.below if around else [], voice),
        }
        for side in sides.values():
            sparse(side, asked.fields)
        return self.paged(Lines(lines), asked, **meta, around=sides)

    def answered(self, asked: Asked) -> Board:
        """The question as the rule takes it."""
        said = asked.values
        custom = "from" in said or "to" in said
        try:
            return standings(
                self.its,
                now=self.caller.workspace.now(),
                window=said.get("window") or (CUSTOM if custom else None),
                since=said.get("from"),
                until=said.get("to"),
                subject=said.get("subject"),
                team=said.get("team"),
                types=said.get("actionType", ()),
                currency=said.get("currency"),
                zero=said.get("zero", False),
            )
        except ValidationError as error:
            raise Refused(
                problem("invalid_filter", " ".join(messages), parameter=f"filter[{WORDS.get(name, name)}]")
                for name, messages in error.message_dict.items()
            ) from error

    def somebody(self, who: Any) -> int | None:
        """Whose line is wanted; of a board of teams, her team's."""
        performer = self.me() if who == "me" else int(who)
        if self.about == "user" or performer is None:
            return performer
        stays = TeamMembership.objects.visible_to(self.caller).current()
        team: int | None = stays.filter(performer=performer).values_list("team", flat=True).first()
        return team

    def me(self) -> int | None:
        """The caller, as whoever did something."""
        member = self.caller.member
        if member is None:
            raise refuse("invalid_filter", "This credential is nobody's.", parameter="filter[user]")
        found: int | None = Performer.objects.of_member(member).values_list("pk", flat=True).first()
        return found

    def window_of(self, answer: Board) -> dict[str, str | None]:
        """From when until before when, where the workspace is."""
        zone = self.caller.workspace.zone
        ends = {"from": answer.span.since, "to": answer.span.until}
        return {name: at.astimezone(zone).isoformat() if at else None for name, at in ends.items()}

    def resources(self, rows: Rows, voice: Any) -> Resources:
        """Lines of this board."""
        told = [(self.its.slug, self.window, self.about, line) for line in rows]
        return self.kind.written(self.caller, told, voice)


class CompetitionStandingViewSet(StandingViewSet):
    """Who is ahead in a competition."""

    wire = {"list": {"id": "listCompetitionStandings", "answers": schemas.ref("StandingCollection")}}

    def board(self) -> Leaderboard:
        """The competition's own."""
        key = self.kwargs["pk"]
        rows = Competition.objects.visible_to(self.caller).select_related("board__workspace")
        found = rows.filter(pk=int(key)).first() if WHOLE.match(key) and int(key) <= LARGEST else None
        if found is None:
            raise NotFound("There is no such competition.")
        board: Leaderboard = found.board
        return board
