"""Media types as JSON:API has them: no parameters but `ext` and `profile`, and no extension is known here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MEDIA_TYPE = "application/vnd.api+json"
ALLOWED = ("ext", "profile")
# A list of pieces that may hold quoted strings.
QUOTED = r'"(?:[^"\\]|\\.)*"'
PIECES = {mark: re.compile(rf'(?:{QUOTED}|[^{mark}"]|")+?(?={mark}|\Z)') for mark in ",;"}
WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\Z", re.ASCII)


class Instance(NamedTuple):
    """One media type of a header, with its parameters and its weight."""

    media_type: str
    parameters: dict[str, str]
    weight: float = 1.0

    @property
    def understood(self) -> bool:
        """Whether nothing is asked for that is not known: foreign parameters, extensions."""
        return all(name in ALLOWED for name in self.parameters) and not self.parameters.get("ext", "").strip()


def pieces(text: str, mark: str) -> list[str]:
    """The parts between marks, those within quotes aside."""
    found, start = [], 0
    while start <= len(text):
        match = PIECES[mark].match(text, start)
        found.append(match.group().strip() if match else "")
        start = (match.end() if match else start) + 1
    return found


def parsed(text: str) -> Instance:
    """A media type with its parameters; names are folded, quotes removed."""
    media_type, *parameters = pieces(text, ";")
    found: dict[str, str] = {}
    weight = 1.0
    for parameter in filter(None, parameters):
        name, _, value = (part.strip() for part in parameter.partition("="))
        if name.lower() == "q" and WEIGHT.match(value):
            weight = float(value)
        else:
            found[name.lower()] = value.strip('"')
    return Instance(media_type.lower(), found, weight)


def instances(header: str) -> Iterator[Instance]:
    """The media types of an `Accept` header."""
    return (parsed(part) for part in pieces(header, ",") if part)


def accepts(header: str | None) -> bool:
    """Whether a client takes what is answered here; the more specific of its words decides."""
    if not (header or "").strip():
        return True
    found = list(instances(header or ""))
    plain = [one for one in found if one.media_type == MEDIA_TYPE and one.understood]
    if plain:
        return any(one.weight > 0 for one in plain)
    for wide in ("application/*", "*/*"):
        ranges = [one for one in found if one.media_type == wide]
        if ranges:
            return any(one.weight > 0 for one in ranges)
    return False


def why_unsupported(header: str | None, *, body: bool) -> str:
    """Why a `Content-Type` is not taken; nothing when it is. Without a body only a twisted one of ours matters."""
    sent = parsed(header or "")
    if sent.media_type != MEDIA_TYPE:
        return f"A body is {MEDIA_TYPE}." if body else ""
    if foreign := sorted(set(sent.parameters) - set(ALLOWED)):
        return f"{', '.join(foreign)} is not allowed here; only ext and profile are."
    return "" if sent.understood else "No extension is supported."
