"""The parameters of every list, in the contract's order."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.db.models.functions import Abs

from accounts.models.member import fold_email
from actions.amounts import EXPERIENCE
from actions.api.documents.asking import Asked, Pages
from actions.api.documents.parameters import (
    Amount,
    Amounts,
    Cursor,
    Fields,
    Flag,
    Folded,
    Include,
    Key,
    Numbers,
    OneOf,
    Sorts,
    Text,
    Time,
    Uuids,
    Words,
)
from actions.api.rows.wallets import COLUMNS, Book, wallet_key
from actions.models import Competition, Entry
from actions.models.boards import WINDOWS
from actions.models.facts import IS_CANCELLED, WORTHLESS
from actions.models.performers import DISPLAY
from actions.rules.boards.windows import CUSTOM

KINDS = ["add", "sub", "period"]


def is_true(condition: Q) -> Any:
    """Whether something holds, as a column."""
    return ExpressionWrapper(condition, output_field=BooleanField())


def given(column: str) -> Any:
    """Whether a column says when."""
    return lambda rows, wanted: rows.filter(**{f"{column}__isnull": not wanted})


def tallied(rows: Any, **lookups: Any) -> Any:
    """Facts by what follows from them; the workspace is said of both tables, as their indexes begin with it."""
    return rows.filter(tally__workspace=F("workspace"), **{f"tally__{name}": value for name, value in lookups.items()})


def least_worth(rows: Any, amount: int) -> Any:
    """Facts worth at least so much; what has no value is worth nothing to compare."""
    return tallied(rows, worth__gte=amount, worth__gt=WORTHLESS)


def most_worth(rows: Any, amount: int) -> Any:
    """Facts worth at most so much, those without a value aside."""
    return tallied(rows, worth__lte=amount, worth__gt=WORTHLESS)


class ActionPages(Pages):
    """`GET /actions`."""

    id = Uuids()
    cancelled = Flag(by=given("cancelled_at"))
    performerEmail = Folded(by=lambda rows, emails: rows.addressed(emails), fold=fold_email)
    paramsValueGreaterEqual = Amount(by=least_worth)
    paramsValueLessEqual = Amount(by=most_worth)
    takenAtGreaterEqual = Time("taken_at__gte")
    takenAtLessEqual = Time("taken_at__lte")
    cancelledAtGreaterEqual = Time("cancelled_at__gte")
    cancelledAtLessEqual = Time("cancelled_at__lte")
    type = Words(by=lambda rows, slugs: rows.typed(slugs))
    performer = Numbers()
    referrer = Numbers()
    team = Numbers(by=lambda rows, teams: tallied(rows, team__in=teams))
    source = Words()
    sourceId = Words("source_id")
    externalId = Words("external_id")
    title = Text(by=lambda rows, text: rows.titled(text))
    createdAtGreaterEqual = Time("created_at__gte")
    createdAtLessEqual = Time("created_at__lte")
    after, before = Cursor("after"), Cursor("before")
    sort = Sorts(
        id=Key("pk"),
        cancelled=Key("is_cancelled", IS_CANCELLED),
        takenAt=Key("taken_at"),
        createdAt=Key("created_at"),
        title=Key("detail__title", also="detail__workspace", tie="detail__action_id"),
        paramsValue=Key("tally__worth", also="tally__workspace", tie="tally__action_id"),
        points=Key("tally__points", also="tally__workspace", tie="tally__action_id"),
    )
    include_ = Include("performer", "referrer", "actionType", "team", "transactions", "performer.team")
    of_action, of_user, of_type = Fields("action"), Fields("user"), Fields("actionType")
    of_team, of_transaction = Fields("team"), Fields("transaction")
    default_sort = ("-takenAt", "-id")


class OneAction(Asked):
    """`GET /actions/:id`."""

    include_ = ActionPages.include_
    of_action, of_user = Fields("action"), Fields("user")


class UserPages(Pages):
    """`GET /users`."""

    id = Numbers()
    email = Folded(fold=fold_email)
    nameDisplay = Words(by=lambda rows, names: rows.displayed().filter(display__in=names))
    referralCode = Folded("referral_code", fold=str.upper)
    countryId = Folded("country", fold=str.upper)
    createdFrom = Time("created_at__gte")
    createdTo = Time("created_at__lte")
    active = Flag(by=given("activated_at"))
    activatedFrom = Time("activated_at__gte")
    activatedTo = Time("activated_at__lte")
    banned = Flag(by=given("banned_at"))
    bannedFrom = Time("banned_at__gte")
    bannedTo = Time("banned_at__lte")
    team = Numbers(by=lambda rows, teams: rows.in_teams(teams))
    tag = Words(by=lambda rows, words: rows.tagged(words))
    after, before = Cursor("after"), Cursor("before")
    sort = Sorts(
        id=Key("pk"),
        email=Key("email", nullable=True),
        nameDisplay=Key("display", DISPLAY),
        referralCode=Key("referral_code"),
        countryId=Key("country"),
        createdAt=Key("created_at"),
        active=Key("is_active", is_true(Q(activated_at__isnull=False))),
        activatedAt=Key("activated_at", nullable=True),
        banned=Key("is_banned", is_true(Q(banned_at__isnull=False))),
        bannedAt=Key("banned_at", nullable=True),
    )
    include_ = Include("enroller", "team", "wallets")
    of_user = Fields("user")


class OneUser(Asked):
    """`GET /users/:id`."""

    include_ = UserPages.include_
    of_user = Fields("user")


def balance(column: str, sign: str) -> Any:
    """A bound of a balance."""
    return lambda book, amount: book.such(f"{column} {sign} %s", amount)


class WalletPages(Pages):
    """`GET /users/wallets`."""

    id = Words(by=lambda book, ids: book.named(key for id in ids if (key := wallet_key(id))))
    currency = Words(by=Book.currencies)
    balanceCurrentGreaterEqual = Amount(by=balance(COLUMNS["balanceCurrent"], ">="))
    balanceCurrentLessEqual = Amount(by=balance(COLUMNS["balanceCurrent"], "<="))
    balanceAccountingGreaterEqual = Amount(by=balance(COLUMNS["balanceAccounting"], ">="))
    balanceAccountingLessEqual = Amount(by=balance(COLUMNS["balanceAccounting"], "<="))
    user = Numbers(by=Book.of)
    sort = Sorts(**{word: Key(word) for word in ("id", "currency", "balanceCurrent", "balanceAccounting")})
    include_ = Include("user")
    of_wallet, of_user = Fields("wallet"), Fields("user")


class OneWallet(Asked):
    """`GET /users/wallets/:id`."""

    include_ = WalletPages.include_
    of_wallet = Fields("wallet")


def in_state(state: str) -> Any:
    """Whether movements are in a state."""
    others = tuple(one for one in Entry.Status.values if one != state)
    return lambda rows, wanted: rows.filter(status__in=(state,) if wanted else others)


def of_currency(rows: Any, words: tuple[str, ...]) -> Any:
    """Movements of some currencies; experience is that of all traits."""
    found = [each for word in words for each in (EXPERIENCE if word == "XP" else (word,))]
    return rows.filter(currency__in=tuple(found))


def of_amount(rows: Any, amounts: tuple[int, ...]) -> Any:
    """Movements of some amounts, in either direction."""
    return rows.filter(amount__in=tuple({each for one in amounts for each in (one, -one) if one > 0}) or (0,))


class TransactionPages(Pages):
    """`GET /users/wallets/transactions`."""

    id = Numbers()
    cancelled = Flag(by=in_state("voided"))
    realized = Flag(by=in_state("posted"))
    type = OneOf(KINDS, "kind", listed=True)
    currency = Words(by=of_currency)
    amount = Amounts(by=of_amount)
    addedAtGreaterEqual = Time("created_at__gte")
    addedAtLessEqual = Time("created_at__lte")
    user = Numbers("performer")
    action = Uuids()
    after, before = Cursor("after"), Cursor("before")
    sort = Sorts(
        id=Key("pk"),
        cancelled=Key("is_cancelled", is_true(Q(status="voided"))),
        realized=Key("is_realized", is_true(Q(status="posted"))),
        type=Key("kind"),
        currency=Key("currency"),
        amount=Key("size", Abs("amount")),
        addedAt=Key("created_at"),
    )
    include_ = Include("user", "action")
    of_transaction, of_user, of_action = Fields("transaction"), Fields("user"), Fields("action")


class OneTransaction(Asked):
    """`GET /users/wallets/transactions/:id`."""

    include_ = TransactionPages.include_
    of_transaction = Fields("transaction")


class TransactionsOfAction(Pages):
    """`GET /actions/:id/transactions`: pages in the order of their writing."""

    after, before = Cursor("after"), Cursor("before")
    sort = Sorts(id=Key("pk"))


class TypePages(Pages):
    """`GET /action-types`."""

    slug = Words()
    active = Flag()
    after, before = Cursor("after"), Cursor("before")
    sort = Sorts(slug=Key("slug"), name=Key("name"))
    of_type = Fields("actionType")
    default_sort = ("slug",)


class TeamPages(Pages):
    """`GET /teams`."""

    name = Words()
    after, before = Cursor("after"), Cursor("before")
    sort = Sorts(name=Key("name"))
    of_team = Fields("team")
    default_sort = ("name",)


class CompetitionPages(Pages):
    """`GET /competitions`."""

    status = OneOf(Competition.Status.values)
    after, before = Cursor("after"), Cursor("before")
    sort = Sorts(startsAt=Key("starts_at"), endsAt=Key("ends_at"), name=Key("name"))
    of_competition = Fields("competition")
    default_sort = ("-startsAt", "-id")


def as_it_is(rows: Any, value: Any) -> Any:
    """What is no narrowing of rows but part of the question to a board."""
    return rows


class One(Numbers):
    """A single id."""

    several = False


class Somebody(One):
    """An id, or the caller herself."""

    def value(self, text: str, zone: Any) -> Any:
        return text if text == "me" else super().value(text, zone)


class Single(OneOf):
    """One word of a closed set."""

    several = False


class StandingPages(Pages):
    """`GET /leaderboards/:slug/standings`."""

    window = Single([*WINDOWS, CUSTOM], listed=True, by=as_it_is)
    since = Time(word="from", by=as_it_is)
    to = Time(by=as_it_is)
    subject = Single(["user", "team"], listed=True, by=as_it_is)
    team = One(by=as_it_is)
    actionType = Words(by=as_it_is)
    currency = Text(by=as_it_is)
    user = Somebody(by=as_it_is)
    zero = Flag(by=as_it_is)
    include_ = Include("subject")
