"""What a board says, asked in the words of its readers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError

from actions.amounts import LARGEST, check_currency
from actions.models import ActionType, Competition, Leaderboard, Performer, Team
from actions.models.boards import WINDOWS
from actions.rules.boards import windows
from actions.rules.boards.adhoc import Sum
from actions.rules.boards.ladders import Ladder
from actions.rules.boards.lines import Around, Page
from actions.rules.boards.ranking import rank_ended_windows
from actions.rules.boards.results import Results
from actions.rules.boards.windows import ALL, CUSTOM, RUN, Span

MOST_COUNTED = 10_001


@dataclass(frozen=True)
class Standings:
    """A board asked one question; nothing is read before it is answered."""

    subject: str
    span: Span
    source: Ladder | Sum | Results

    def page(self, number: int = 1, size: int = 25) -> Page:
        """Some lines in order, and whether there are more."""
        offset = (number - 1) * size
        # No board is that long, and no database counts that far.
        lines = self.source.lines(offset, size + 1) if offset <= LARGEST - size else []
        return Page(self.subject, self.span, lines[:size], len(lines) > size)

    def around(self, subject: Performer | Team | int, neighbours: int = 2) -> Around | None:
        """Where somebody stands, and who is just above and below; None if she does not stand there."""
        key = subject if isinstance(subject, int) else subject.pk
        place = self.source.place(key) if 0 < key <= LARGEST else None
        if place is None:
            return None
        above = min(neighbours, place - 1)
        lines = self.source.lines(place - 1 - above, above + 1 + neighbours)
        return Around(lines[above], lines[:above], lines[above + 1 :])

    def count(self, most: int = MOST_COUNTED) -> int:
        """How many lines there are, or the most that are counted."""
        return self.source.count(most)


def standings(
    board: Leaderboard,
    *,
    now: datetime,
    window: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    subject: str | None = None,
    team: Team | int | None = None,
    types: Collection[str] = (),
    currency: str | None = None,
    zero: bool = False,
) -> Standings:
    """
    A board as of now: in its own window unless another is named, narrowed by team, action types or currency.

    A competition is asked for its run, or for the part of it that lies in another window; once it is closed its
    result stands. A window `custom` reaches from `since` until before `until`.
    """
    competition = competition_of(board)
    word = _checked_window(window or (ALL if competition else board.window), since, until)
    about = _checked_subject(subject or board.subject)
    narrowed = bool(team or types or (currency and currency != board.currency))
    if competition and word == ALL and not narrowed:
        span = _run(competition)
        if competition.status == Competition.Status.CLOSED and about == board.subject and not zero:
            return Standings(about, span, Results(board.workspace_id, competition.pk, about))
        if competition.status != Competition.Status.DRAFT:
            return Standings(about, span, Ladder(board.workspace_id, board.pk, RUN, about, zero))
    zone = board.workspace.zone
    today = now.astimezone(zone).date()
    span = windows.custom(since, until, zone) if word == CUSTOM else windows.span(word, today, zone)
    last = None if competition or word == CUSTOM else windows.before(word, today, zone)
    if competition or word == CUSTOM or narrowed:
        span = span if competition is None else _within(span, competition)
        return Standings(about, span, _sum(board, span, last, about, team, types, currency, zero))
    if last:
        rank_ended_windows(board, today)
    source = Ladder(board.workspace_id, board.pk, span.name, about, zero, last.name if last else None)
    return Standings(about, span, source)


def competition_of(board: Leaderboard) -> Competition | None:
    """Whose board it is, if it is not one of its own."""
    try:
        return board.competition
    except Competition.DoesNotExist:
        return None


def _run(competition: Competition) -> Span:
    """From its start until before its end."""
    zone = competition.workspace.zone
    return windows.custom(competition.starts_at, competition.ends_at, zone)._replace(name=RUN)


def _within(span: Span, competition: Competition) -> Span:
    """The part of a window in which a competition runs; where that is none, it ends when it begins."""
    since = max(span.since or competition.starts_at, competition.starts_at)
    until = min(span.until or competition.ends_at, competition.ends_at)
    zone = competition.workspace.zone
    return windows.custom(since, max(since, until), zone)._replace(name=RUN if span.name == ALL else span.name)


def _sum(
    board: Leaderboard,
    span: Span,
    last: Span | None,
    about: str,
    team: Team | int | None,
    types: Collection[str],
    currency: str | None,
    zero: bool,
) -> Sum:
    if currency and board.metric != Leaderboard.Metric.POINTS:
        raise _refused("currency", "This board does not count points, so it has no currency.")
    return Sum(
        workspace=board.workspace,
        board=board.pk,
        span=span,
        subject=about,
        metric=board.metric,
        currency=check_currency(currency or board.currency),
        types=_types(board, types),
        teams=_teams(board, team),
        zero=zero,
        previous=last,
    )


def _types(board: Leaderboard, wanted: Collection[str]) -> frozenset[int] | None:
    """The keys of types that both the board and the question want; None where any will do."""
    if not wanted and not board.types:
        return None
    slugs = {slug for slug in set(wanted or board.types) & set(board.types or wanted) if "\x00" not in slug}
    rows = ActionType.objects.of(board.workspace_id).filter(slug__in=slugs)
    return frozenset(rows.values_list("pk", flat=True))


def _teams(board: Leaderboard, wanted: Team | int | None) -> frozenset[int] | None:
    its = frozenset(board.teams.values_list("team", flat=True))
    if wanted is None:
        return its or None
    one = {wanted if isinstance(wanted, int) else wanted.pk}
    return frozenset(one & its if its else one)


def _checked_window(word: str, since: datetime | None, until: datetime | None) -> str:
    if word not in (*WINDOWS, CUSTOM):
        raise _refused("window", f"“{word}” is not a window.")
    if word == CUSTOM and not (since or until):
        raise _refused("window", "A custom window needs a beginning or an end.")
    if word != CUSTOM and (since or until):
        raise _refused("window", "Only a custom window has a beginning and an end.")
    if since and until and since >= until:
        raise _refused("until", "A window ends after it begins.")
    return word


def _checked_subject(word: str) -> str:
    if word not in Leaderboard.Subject.values:
        raise _refused("subject", f"A board ranks performers or teams, not “{word}”.")
    return word


def _refused(name: str, message: str) -> ValidationError:
    return ValidationError({name: ValidationError(message, code="invalid")})
