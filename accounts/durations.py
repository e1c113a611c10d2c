"""Lengths of time as people write them."""

from __future__ import annotations

import re
from datetime import timedelta

from django.core.exceptions import ValidationError

UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
WRITTEN = re.compile(r"(?:\d{1,6}[wdhms])+", re.ASCII)
PART = re.compile(r"(\d+)([wdhms])", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """`3d`, `4h`, `90m`, `1w` or several of them, as `1d12h`."""
    if not WRITTEN.fullmatch(text):
        raise ValidationError({"by": f"“{text}” is no length of time. Write 3d, 4h, 90m, 1w or 1d12h."})
    return sum((timedelta(**{UNITS[unit]: int(count)}) for count, unit in PART.findall(text)), timedelta())
