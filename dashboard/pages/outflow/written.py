"""How the outflow page writes numbers: missing is never nought, and a band stands beside what it is of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard import numbers
from dashboard.pages.page import Look
from dashboard.parts import figures, listing
from dashboard.queries.cite import Cited
from dashboard.said import Said, join
from dashboard.said import number as shown

Write = Callable[[Look, float], str]


def people(look: Look, value: float) -> str:
    """People, short."""
    return numbers.short(value, look.lang)


def signed(look: Look, value: float) -> str:
    """People with a sign."""
    return ("+" if value > 0 else "") + numbers.short(value, look.lang)


def number(look: Look, value: float) -> str:
    """Two digits that mean something, without pretending more."""
    if value < 0.005:
        return "<0.01" if value else "0"
    return numbers.short(value, look.lang) if value >= 100 else numbers.plain(value, 1 if value >= 10 else 2)


def percent(look: Look, value: float) -> str:
    """A share of 1 in per cent; only all of it is 100 %, and only nought is 0."""
    share = value * 100
    if 0 < share < 0.05:
        return "<0.1%"
    return f"{share:.0f}%" if share in (0, 100) or 10 <= share <= 99 else f"{min(share, 99.9):.1f}%"


def rank(look: Look, one: Cited) -> Said:
    """A correlation; a dash where there is none."""
    return shown(one, lambda value: f"{value:.2f}".replace("-", numbers.MINUS), lambda _: "–")


def index(look: Look, one: Cited) -> Said:
    """A migration index."""
    return look.number(one, lambda value: f"{value:.3g}")


def tenths(look: Look, one: Cited) -> Said:
    """Per cent to a tenth."""
    return look.number(one, lambda value: f"{value:.1f}%")


def band(look: Look, low: Cited, high: Cited) -> str:
    """Both ends of a number's interval."""
    return "" if low.value is None or high.value is None else join("–", [look.short(low), look.short(high)])


def share_band(look: Look, low: Cited, high: Cited) -> str:
    """Both ends of a share's."""
    if low.value is None or high.value is None:
        return ""
    ends = [look.number(one, lambda share: f"{share * 100:.0f}") for one in (low, high)]
    return join("", [ends[0], "–", ends[1], "%"])


def text(look: Look, one: Cited, write: Write) -> Said:
    """A number as one of these ways writes it."""
    return look.number(one, lambda value: write(look, value))


def valued(look: Look, one: Cited, write: Write, small: str = "") -> dict[str, Any]:
    """A cell of a table."""
    return listing.number(text(look, one, write), small=small if one.value is not None else "")


def count(look: Look, one: Cited, small: str = "") -> dict[str, Any]:
    """A cell with people."""
    return valued(look, one, people, small)


def figure(look: Look, key: str, one: Cited | None, write: Write, small: str, about: str) -> dict[str, Any]:
    """A figure of the strip; None: not told."""
    if one is None:
        return figures.figure(look.say(key), look.say("missing"), state="missing", small=small, about=about)
    return figures.figure(look.say(key), text(look, one, write), small=small, about=about)
