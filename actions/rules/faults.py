"""All faults of what somebody asks for, collected before any is raised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError


class Faults:
    """What is wrong, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, list[ValidationError]] = {}

    def add(self, name: str, message: str, code: str = "invalid") -> None:
        """One more."""
        self.by_name.setdefault(name, []).append(ValidationError(message, code=code))

    def text(self, name: str, text: object, longest: int, *, required: bool = True) -> None:
        """A text that both databases keep as it is."""
        if not isinstance(text, str):
            self.add(name, "A text is expected.")
        elif required and not text.strip():
            self.add(name, "This is required.", "required")
        elif len(text) > longest:
            self.add(name, f"At most {longest} characters.", "max_length")
        elif not is_kept(text):
            self.add(name, "The text holds characters that cannot be kept.")

    @contextmanager
    def of(self, prefix: str = "", codes: Callable[[str], str] = str) -> Iterator[None]:
        """Faults that something raises, under names of ours."""
        try:
            yield
        except ValidationError as error:
            for name, faults in error.error_dict.items():
                self.by_name.setdefault(f"{prefix}{codes(name)}", []).extend(faults)

    def refuse(self) -> None:
        """All of them at once, if there are any."""
        if self.by_name:
            raise ValidationError(dict[str, Any](self.by_name))


def is_kept(text: str) -> bool:
    """Whether both databases can write it: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
