"""Users and their teams."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import Conflict
from accounts.models.member import fold_email
from actions.api import schemas
from actions.api.asking import Asking
from actions.api.documents.asking import Asked
from actions.api.documents.parameters import Fields
from actions.api.documents.problems import refuse
from actions.api.filters import OneUser, TeamPages, UserPages
from actions.api.rows.people import Teams, Users
from actions.api.views.lists import ListViewSet
from actions.models import Performer
from actions.rules.people import check_performer, create_performer

GIVEN = {"email", "country", "active", "password", "referrer", "subject"}
NAMES = ("firstName", "lastName")


class UserViewSet(ListViewSet):
    """Whoever does something."""

    kind = Users()
    noun = "user"
    filterset_class = UserPages
    one_class = OneUser
    scopes = {
        "list": "users:read",
        "retrieve": "users:read",
        "enroller": "users:read",
        "create": "users:write",
    }
    wire = {
        "list": {"id": "listUsers", "answers": schemas.ref("UserCollection")},
        "retrieve": {"id": "getUser", "answers": schemas.ref("UserDocument")},
        "enroller": {"id": "getUserEnroller", "answers": schemas.ref("MaybeUserDocument"), "parameters": False},
        "create": {
            "id": "createUser",
            "reads": schemas.ref("UserCreate"),
            "answers": schemas.ref("UserDocument"),
            "status": 201,
        },
    }

    def enroller(self, request: Request, pk: str) -> Response:
        """Who enrolled her, if anybody did."""
        asked = self.asked(self.one_class)
        enroller = self.found(pk)[8]
        rows = self.kind.by_ids(self.caller, [str(enroller)]) if enroller is not None else []
        return Response(self.answer_one(self.kind, rows, asked))

    def address(self) -> str:
        """The enroller's has one step more."""
        return super().address() + ("/enroller" if self.action == "enroller" else "")

    def create(self, request: Request) -> Response:
        """Somebody new."""
        asked = self.asked(self.one_class)
        said = self.understood(Asking(request.data, "user", self.caller.workspace))
        return self.written(str(said.pk), asked, status=201)

    def understood(self, asking: Asking) -> Performer:
        """Who is to be created, and created; everything that is wrong is refused together."""
        if asking.chosen_id() is not None:
            asking.fault("client_id_not_allowed", "Users are numbered here.", "data", "id")
        asking.check_attributes(GIVEN)
        asking.check_relationships(())
        said: dict[str, Any] = {
            "email": asking.text("email", required=True),
            "country": asking.text("country", required=True),
            "active": bool(asking.flag("active")),
            "password": asking.text("password") if asking.attributes.get("password") is not None else None,
            "referrer": asking.person("referrer", related=False),
            **names(asking),
        }
        asking.check(lambda: self.check(said), {"name": ("attributes", "subject")})
        return self.created(asking, said)

    def check(self, said: dict[str, Any]) -> None:
        """Ask the rule before anything is done, so that its faults and the reader's come together."""
        name = (said["company"] or f"{said['first_name']} {said['last_name']}").strip()
        email, country = fold_email(said["email"]), said["country"].upper()
        check_performer(self.caller.workspace, email, country, name, said["password"], said["referrer"])

    def created(self, asking: Asking, said: dict[str, Any]) -> Performer:
        """Somebody, unless her address is taken."""
        try:
            return create_performer(self.caller.workspace, **said, **self.doing())
        except Conflict as error:
            where = asking.point("data", "attributes", "email")
            raise refuse(error.code, error.message, pointer=where) from error

    def draft(self, method: str, data: Any) -> dict[str, Any]:
        """A document to fill in."""
        person = {"firstName": "", "lastName": ""}
        attributes = {"email": "", "country": "", "active": True, "subject": {"person": person}}
        return {"data": {"type": "user", "attributes": attributes}}


def names(asking: Asking) -> dict[str, str]:
    """A person's names, or a company's."""
    found = {"first_name": "", "last_name": "", "company": ""}
    subject = asking.attributes.get("subject")
    if subject is None:
        return found
    if not isinstance(subject, dict) or len(subject) != 1 or not subject.keys() <= {"person", "company"}:
        asking.invalid("subject is a person or a company.", "subject")
        return found
    [(kind, facts)] = subject.items()
    if not isinstance(facts, dict):
        asking.invalid(f"{kind} is an object.", "subject", kind)
    elif kind == "person":
        return found | words(asking, facts, ("subject", "person"))
    else:
        return found | company(asking, facts)
    return found


def words(asking: Asking, facts: dict[str, Any], where: tuple[str, ...]) -> dict[str, str]:
    """First and last name."""
    found = {"first_name": "", "last_name": ""}
    for name, value in facts.items():
        if name not in NAMES:
            asking.invalid(f"{name} is no name of a person.", *where, name)
        elif value is not None and not isinstance(value, str):
            asking.invalid(f"{name} is a text.", *where, name)
        else:
            found["first_name" if name == "firstName" else "last_name"] = value or ""
    return found


def company(asking: Asking, facts: dict[str, Any]) -> dict[str, str]:
    """A company's name, and who speaks for it."""
    where = ("subject", "company")
    for other in facts.keys() - {"name", "representativeSubject"}:
        asking.invalid(f"{other} is nothing that is kept of a company.", *where, other)
    name, speaker = facts.get("name"), facts.get("representativeSubject")
    if name is not None and not isinstance(name, str):
        asking.invalid("name is a text.", *where, "name")
    found = {"company": name} if isinstance(name, str) else {}
    if isinstance(speaker, dict):
        return words(asking, speaker, (*where, "representativeSubject")) | found
    if speaker is not None:
        asking.invalid("representativeSubject is an object.", *where, "representativeSubject")
    return found


class OneTeam(Asked):
    """`GET /teams/:id`."""

    of_team = Fields("team")


class TeamViewSet(ListViewSet):
    """Teams."""

    kind = Teams()
    noun = "team"
    filterset_class = TeamPages
    one_class = OneTeam
    scopes = {"list": "users:read", "retrieve": "users:read"}
    wire = {
        "list": {"id": "listTeams", "answers": schemas.ref("TeamCollection")},
        "retrieve": {"id": "getTeam", "answers": schemas.ref("TeamDocument"), "parameters": False},
    }
