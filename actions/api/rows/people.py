"""Users, who are the ledger's performers, and their teams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.callers import Caller
from actions.api.documents.writing import Kind, Resource, Row, Voice, identifier
from actions.api.rows.common import numbered, visible
from actions.api.rows.wallets import of_users
from actions.models import Performer, Team


class Users(Kind):
    """Whoever did something."""

    type, path, noun, scope = "user", "users", "user", "users:read"
    attributes = (
        "email",
        "nameDisplay",
        "referralCode",
        "countryId",
        "createdAt",
        "active",
        "activatedAt",
        "banned",
        "bannedAt",
    )
    aliases = ("id",)
    relationships = ("enroller", "team", "wallets")
    many = {"wallets": of_users}

    def rows(self, caller: Caller) -> Any:
        """Everybody."""
        return visible(caller, Performer)

    def by_ids(self, caller: Caller, ids: list[str]) -> list[Row]:
        """By number."""
        return numbered(caller, Performer, ids)

    def writer(self, voice: Voice) -> Callable[[Row], Resource]:
        """The function that writes its rows."""
        base, igni = voice.base, voice.igni

        def write(row: Row) -> Resource:
            key, email, name, code, country, created, activated, banned, enroller, team = row
            own = f"{base}/users/{key}"
            attributes: dict[str, Any] = {"id": key} if igni else {}
            # The contract has both as text and never null: unknown, they are absent.
            attributes |= {"email": email} if email else {}
            attributes |= {"countryId": country} if country else {}
            attributes |= {
                "nameDisplay": name,
                "referralCode": code,
                "createdAt": created,
                "active": activated is not None,
                "activatedAt": activated,
                "banned": banned is not None,
                "bannedAt": banned,
            }
            return {
                "type": "user",
                "id": str(key),
                "attributes": attributes,
                "relationships": {
                    "enroller": {"data": identifier("user", enroller), "links": {"related": f"{own}/enroller"}},
                    "team": {"data": identifier("team", team)},
                    "wallets": {"links": {"related": f"{base}/users/wallets?filter%5Buser%5D={key}"}},
                },
                "links": {"self": own},
            }

        return write


class Teams(Kind):
    """Performers whose points are also summed together."""

    type, path, noun, scope = "team", "teams", "team", "users:read"
    attributes = ("name",)
    relationships = ("members",)

    def rows(self, caller: Caller) -> Any:
        """All teams."""
        return Team.objects.visible_to(caller)

    def by_ids(self, caller: Caller, ids: list[str]) -> list[Row]:
        """By number."""
        return numbered(caller, Team, ids)

    def writer(self, voice: Voice) -> Callable[[Row], Resource]:
        """The function that writes its rows."""

        def write(row: Row) -> Resource:
            key, name = row
            return {
                "type": "team",
                "id": str(key),
                "attributes": {"name": name},
                "relationships": {"members": {"links": {"related": f"{voice.base}/users?filter%5Bteam%5D={key}"}}},
                "links": {"self": f"{voice.base}/teams/{key}"},
            }

        return write
