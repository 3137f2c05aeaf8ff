"""How the numbers of these pages are written."""

from __future__ import annotations

from dashboard import numbers
from dashboard.pages.page import Look
from dashboard.queries.cite import Cited
from dashboard.said import Said, number, words


def short(look: Look, one: Cited, digits: int = 0) -> Said:
    """A number, short: 1.23万 or 12.3k."""
    return look.number(one, lambda value: numbers.short(value, look.lang, digits))


def fixed(look: Look, one: Cited, digits: int) -> Said:
    """A number with so many digits after the point."""
    return look.number(one, lambda value: f"{value:.{digits}f}")


def percent(look: Look, one: Cited, digits: int) -> Said:
    """A share in per cent, with its sign."""
    return look.number(one, lambda share: f"{100 * share:.{digits}f}%")


def whole_percent(look: Look, one: Cited) -> Said:
    """A share as a whole number of per cent, without its sign; a dash where it cannot be told."""
    return number(one, lambda share: f"{100 * share:.0f}", lambda _: "–")


def share_of(share: float) -> Said:
    """A share that the page itself asks about, in whole per cent."""
    return words(f"{100 * share:.0f}")
