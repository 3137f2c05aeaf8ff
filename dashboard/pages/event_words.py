"""What the pages of events have in common: words, marks, moments, and how long something has waited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dashboard import numbers
from dashboard.pages.page import Look, Words
from dashboard.parts import listing
from dashboard.parts.sheet import mark
from dashboard.queries.cite import Cited
from dashboard.queries.event_lines import EventLine, Unit
from dashboard.said import Said, join, quoted, words
from dashboard.shown import to_local
from data.terms import EVENTS, STATES_OF_EVENTS, TIERS

WORDS: Words = {
    "no_book": (
        "本机没有启用事件登记。以 onescreen serve 打开时自动启用。",
        "No book of events is kept here. It is opened by onescreen serve.",
    ),
    "event": ("事件", "Event"),
    "event_n": ("第 {id} 号", "No. {id}"),
    "area": ("区域", "Area"),
    "klass": ("类别", "Class"),
    "state": ("进展", "State"),
    "owner": ("责任单位", "Owner"),
    "due": ("时限", "Due"),
    "due_accept": ("签收", "to be taken on"),
    "due_act": ("到场处置", "to be acted on"),
    "due_close": ("办结", "to be closed"),
    "late_by": ("逾期 {age}", "{age} over"),
    "left": ("还剩 {age}", "{age} left"),
    "opened": ("立案", "Opened"),
    "ago": ("{age} 前", "{age} ago"),
    "reports": ("报告", "Reports"),
    "escalated": ("升级", "Escalated"),
    "reopened": ("重新立案", "Reopened"),
    "person": ("涉及个人", "about a person"),
}


def class_mark(look: Look, klass: str, *, word: bool = False) -> Mapping[str, str]:
    """The sign of a class."""
    return mark(EVENTS[klass], look.lang, look.theme, word=word)


def state_mark(look: Look, state: str, *, word: bool = False) -> Mapping[str, str]:
    """The sign of a state."""
    return mark(STATES_OF_EVENTS[state], look.lang, look.theme, word=word)


def class_name(look: Look, klass: str) -> str:
    """A class in words."""
    return EVENTS[klass].name(look.lang)


def moment(look: Look, at: dt.datetime | None) -> Said:
    """A moment of the book on the city's clocks; "" for None."""
    if at is None:
        return words("")
    here = to_local(at, look.desk.city.timezone)
    return join(" ", [numbers.day_text(here.date(), look.lang, year=False), words(f"{here:%H:%M}")])


def age(look: Look, since: dt.datetime, now: dt.datetime) -> Said:
    """How long it is from one moment to another, whichever comes first."""
    return words(numbers.duration(abs((now - since).total_seconds()) / 60, look.lang))


def lasted(look: Look, minutes: Cited, *, bare: bool = False) -> Said:
    """So many minutes in words; ``bare``: without the unit."""

    def write(value: float) -> str:
        text = numbers.duration(value, look.lang)
        return text.rsplit(" ", 1)[0] if bare else text

    return look.number(minutes, write)


def due_cell(look: Look, line: EventLine, now: dt.datetime) -> dict[str, Any]:
    """What is due next and by when: how much time is left, or by how much it is over."""
    if line.due is None or not line.step:
        return listing.cell("—", None, tone="soft")
    said = look.say("late_by" if line.late else "left", age=age(look, line.due, now))
    small = join(" · ", [look.say(f"due_{line.step}"), moment(look, line.due)])
    return listing.cell(said, line.due.timestamp(), small=small, tone="bad" if line.late else "")


def unit_cell(look: Look, unit: Unit, *, href: str = "") -> dict[str, Any]:
    """An area or an owner, with its level under it."""
    return listing.cell(quoted(unit.name), unit.name, small=TIERS[unit.level].name(look.lang), href=href)


__all__ = [
    "WORDS",
    "age",
    "class_mark",
    "class_name",
    "due_cell",
    "lasted",
    "moment",
    "state_mark",
    "unit_cell",
]
