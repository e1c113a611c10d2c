"""Amounts and times of the ledger, as people read them."""

from __future__ import annotations

from django import template

from actions.amounts import decimal

register = template.Library()


@register.filter
def amount(millionths: int | None) -> str:
    """Millionths, with commas and without needless zeros."""
    return "–" if millionths is None else f"{decimal(millionths):,f}"


@register.filter
def moved(millionths: int) -> str:
    """The same with its sign: what came, and what went."""
    return f"{decimal(millionths):+,f}".replace("-", "−")
