"""Documents that are answered: resources, what is included with them, and only the fields that were asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from accounts.callers import Caller

Resource = dict[str, Any]
Row = tuple[Any, ...]
Tree = dict[str, "Tree"]
JSONAPI = {"version": "1.1"}


@dataclass(frozen=True)
class Voice:
    """How one request is answered: where links lead, in which dialect, which fields and what with it."""

    base: str
    igni: bool = False
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tree: Tree = field(default_factory=dict)


def tree_of(paths: Iterable[str]) -> Tree:
    """Paths with dots, as branches."""
    tree: Tree = {}
    for path in paths:
        branch = tree
        for step in path.split("."):
            branch = branch.setdefault(step, {})
    return tree


class Kind(ABC):
    """One type of resource: its fields, and how its rows are read and written."""

    type: ClassVar[str]
    path: ClassVar[str]
    noun: ClassVar[str]
    # The scope that may read it.
    scope: ClassVar[str]
    attributes: ClassVar[tuple[str, ...]]
    # Attributes that only Igni's own dialect has.
    aliases: ClassVar[tuple[str, ...]] = ()
    relationships: ClassVar[tuple[str, ...]] = ()
    # Relationships to many: from the ids of some to the resources each has.
    many: ClassVar[dict[str, Callable[[Caller, list[str], Voice], dict[str, list[Resource]]]]] = {}

    def fields(self, *, igni: bool) -> frozenset[str]:
        """What can be asked for."""
        return frozenset((*self.attributes, *self.relationships, *(self.aliases if igni else ())))

    @abstractmethod
    def writer(self, voice: Voice) -> Callable[[Row], Resource]:
        """The function that writes its rows."""

    @abstractmethod
    def by_ids(self, caller: Caller, ids: list[str]) -> list[Row]:
        """Visible rows by their ids, in any order."""

    def id_of(self, row: Row) -> str:
        """A row's id as clients write it."""
        return str(row[0])

    def completed(self, caller: Caller, rows: list[Row]) -> list[Row]:
        """Rows with what their columns do not say."""
        return rows

    def written(self, caller: Caller, rows: list[Row], voice: Voice) -> list[Resource]:
        """Rows as clients get them."""
        write = self.writer(voice)
        return [write(row) for row in self.completed(caller, rows)]

    def some(self, caller: Caller, ids: list[str], voice: Voice) -> list[Resource]:
        """Visible resources by their ids."""
        return self.written(caller, self.by_ids(caller, ids), voice) if ids else []


def identifier(type_: str, id: Any) -> Resource | None:
    """A resource named; nothing for nothing."""
    return None if id is None else {"type": type_, "id": str(id)}


class Compound:
    """Primary resources and whatever is included with them, each once."""

    def __init__(self, kinds: Mapping[str, Kind], caller: Caller, voice: Voice) -> None:
        self.kinds, self.caller, self.voice = kinds, caller, voice
        self.known: dict[tuple[str, str], Resource] = {}

    def included(self, primary: list[Resource]) -> list[Resource]:
        """Everything that the paths lead to, but what is primary itself."""
        self.known = {key_of(one): one for one in primary}
        own = set(self.known)
        self._follow(primary, self.voice.tree)
        return [one for key, one in self.known.items() if key not in own]

    def _follow(self, resources: list[Resource], tree: Tree) -> None:
        for name, branch in tree.items():
            found = self._many(resources, name) if name in self._many_of(resources) else self._one(resources, name)
            if branch and found:
                self._follow(found, branch)

    def _many_of(self, resources: list[Resource]) -> Any:
        return self.kinds[resources[0]["type"]].many if resources else ()

    def _many(self, resources: list[Resource], name: str) -> list[Resource]:
        load = self.kinds[resources[0]["type"]].many[name]
        loaded = load(self.caller, [one["id"] for one in resources], self.voice)
        found = []
        for one in resources:
            there = [self.known.setdefault(key_of(each), each) for each in loaded.get(one["id"], ())]
            one["relationships"][name]["data"] = [identifier(*key_of(each)) for each in there]
            found += there
        return found

    def _one(self, resources: list[Resource], name: str) -> list[Resource]:
        named = [one["relationships"][name].get("data") for one in resources]
        keys = list(dict.fromkeys(key_of(each) for each in named if each))
        missing: dict[str, list[str]] = {}
        for type_, id in keys:
            if (type_, id) not in self.known:
                missing.setdefault(type_, []).append(id)
        for type_, ids in missing.items():
            for each in self.kinds[type_].some(self.caller, ids, self.voice):
                self.known[key_of(each)] = each
        return [self.known[key] for key in keys if key in self.known]


def key_of(resource: Resource) -> tuple[str, str]:
    """What makes it the same resource."""
    return resource["type"], resource["id"]


def sparse(resources: Iterable[Resource], fields: Mapping[str, frozenset[str]]) -> None:
    """Leave only what was asked for; what is included stays, as the specification allows."""
    for one in resources:
        wanted = fields.get(one["type"])
        if wanted is None:
            continue
        one["attributes"] = {name: value for name, value in one["attributes"].items() if name in wanted}
        related = {name: value for name, value in one.pop("relationships", {}).items() if name in wanted}
        if related:
            one["relationships"] = related


def document(data: Any, self_link: str, *, links: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A whole document; members without a value are left out."""
    whole = {"jsonapi": JSONAPI, "links": {"self": self_link} | (links or {}), "data": data}
    return whole | {name: value for name, value in more.items() if value is not None}
