"""Verbs: what the apps tell the ledger, each registered once by the app that owns it."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import WorkspaceModel
from accounts.models.member import APPS
from actions.models.acts import short
from actions.models.facts import TEXT_LENGTH

_verbs: dict[str, Verb] = {}


def subject_id(subject: WorkspaceModel) -> str:
    """A row's id as its clients read it."""
    return str(getattr(subject, "ulid", None) or subject.pk)


@dataclass(frozen=True)
class Verb:
    """Something that can be done: where it is told from, as which type, and under which natural key."""

    name: str
    title: str
    type: str
    key: str
    params: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The app that tells it."""
        return self.name.partition(".")[0]

    def source_id(self, subject: WorkspaceModel, occurrence: int) -> str:
        """What a repeat is recognised by, for ever."""
        return self.key.format(id=subject_id(subject), occurrence=occurrence)

    def sentence(self, subject: WorkspaceModel) -> str:
        """The title of a fact whose source gave none."""
        return short(self.title.format(subject=subject), TEXT_LENGTH)


def verb(name: str, title: str, *, type: str = "", key: str = "", params: tuple[str, ...] = ()) -> Verb:
    """
    Register a verb such as `incidents.action.completed`, titled `completed {subject}`.

    Type and key follow from the name unless given: `incidents-action-completed`, `action:{id}:completed:{occurrence}`.
    """
    if name in _verbs:
        raise ValueError(f"The verb {name} is registered already.")
    noun, _, deed = name.partition(".")[2].rpartition(".")
    if not noun or not deed:
        raise ValueError(f"A verb is called app.noun.deed; {name!r} is not.")
    slug = name.replace(".", "-").replace("_", "-")
    made = Verb(name, title, type or slug, key or f"{noun}:{{id}}:{deed}:{{occurrence}}", params)
    return _verbs.setdefault(name, made)


def reserved_sources() -> set[str]:
    """The sources of our own apps and doors, which no client may claim."""
    return {made.source for made in _verbs.values()} | set(APPS)
