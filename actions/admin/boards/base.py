"""How rows, amounts and times are written on these pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from actions.amounts import decimal
from actions.models import Performer, Team

MOST_LINES = 25


def read(amount: int, unit: str = "") -> str:
    """Millionths as people read them."""
    return f"{decimal(amount):,f} {unit}".strip()


def page_of(row: Any, text: object = "") -> SafeString:
    """A link to a row's page."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, text or row)


def below(lines: Iterable[tuple[object, ...]], form: str, *, nothing: str = "–") -> SafeString | str:
    """Lines below each other."""
    return format_html_join(mark_safe("<br>"), form, lines) or nothing


def subjects_of(kind: str, keys: Iterable[int]) -> dict[int, Any]:
    """Performers or teams by key."""
    model: Any = Team if kind == "team" else Performer
    found: dict[int, Any] = model.objects.in_bulk(list(keys))
    return found


def when(at: datetime | None) -> str:
    """A time as this page's other times are written."""
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at else "now"
