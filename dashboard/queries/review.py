"""Questions of an after-action review: what a stretch of days looked like then and now, what was done, what it cost,
what it caught."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.queries.answers import Answer
from dashboard.queries.cite import Question
from dashboard.queries.days import day_range, in_parts
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.hidden import HIDDEN, Made, hidden
from dashboard.queries.zones import ZoneDesk
from data.errors import AreaNotFound, BadQuestion
from data.notices import Notice
from data.slabs import MISSING
from grid.arrays import Floats
from grid.cube import View
from grid.policy.orders import restricts, rows_of
from grid.zones.ground import Stretch

#: Kinds of zones that keep people in.
HELD = ("lockdown", "control")


@dataclass(frozen=True)
class Hindsight:
    """Findings of some days of an area: as known ``then`` (None: not told then), as known ``now``, and what came
    ``late`` (None where either is not told)."""

    area: str
    name: str
    then: Made | None
    now: Made | None

    @property
    def late(self) -> Made | None:
        """What was not known then; below nought where a later report took some back."""
        return None if self.then is None or self.now is None else self.now - self.then


@dataclass(frozen=True)
class Phase:
    """What was done in an area from ``first`` to ``day``, and what came of it.

    ``zones``: zones that began (None: zones are not known of those days); ``orders``: orders that began (None: no
    notice was ever delivered); ``lockdown``, ``control``: person-days inside such zones (None: nobody counted the
    people); ``found``: findings known to a place; ``caught``: those of them that lay inside zones which already stood
    the day before, by ground, an estimate (None as ``zones``).
    """

    first: Day
    day: Day
    zones: int | None
    orders: int | None
    lockdown: float | None
    control: float | None
    found: Made | None
    caught: Made | None

    @property
    def share(self) -> Made | None:
        """The part of the findings that was caught."""
        if hidden(self.caught):
            return self.caught
        return self.caught / self.found if self.caught is not None and self.found else None

    @property
    def per_case(self) -> Made | None:
        """Person-days for each finding that was caught."""
        if hidden(self.caught):
            return self.caught
        days = [one for one in (self.lockdown, self.control) if one is not None]
        return sum(days) / self.caught if days and self.caught else None


def hindsight(
    desk: Desk, viewer: Viewer, area: str, first: Day, day: Day, then: dt.datetime, as_of: dt.datetime | None = None,
    level: str | None = None,
) -> Mapping[str, Hindsight]:  # fmt: skip
    """Findings from ``first`` to ``day`` of an area, or of its areas of ``level``, as known at ``then`` and at
    ``as_of``, by code."""
    days = day_range(first, day)
    now = desk.ask(viewer, "positives", area=area, days=days, level=level, as_of=as_of, total=True)
    try:
        before = desk.ask(viewer, "positives", area=area, days=days, level=level, as_of=then, total=True)
    except (BadQuestion, AreaNotFound):  # nothing was known then, or no such area
        before = []
    known = {one.area: _told(one) for one in before}
    return {one.area: Hindsight(one.area, one.name, known.get(one.area), _told(one)) for one in now}


def _told(one: Answer) -> Made | None:
    return HIDDEN if one.state == "suppressed" else one.value


def phase(desk: Desk, viewer: Viewer, area: str, first: Day, day: Day, as_of: dt.datetime | None = None) -> Phase:
    """What was done from ``first`` to ``day``."""
    view = desk.cube.at(as_of)
    row, days = desk.row(view, viewer, area), day_range(first, day)
    zones = desk.beside(ZoneDesk)
    cost = {kind: _person_days(desk, viewer, area, f"zone_{kind}_people", days, as_of) for kind in HELD}
    book = zones.book(view)
    found, caught = _caught_shown(desk, viewer, view, row, days, as_of)
    known = book.span is not None and first <= book.span[1] and book.span[0] <= day
    drawn = len(zones.begun(viewer, area, first, day, as_of)) if known else None
    return Phase(
        first, day, drawn, _begun(view, row, first, day), cost["lockdown"], cost["control"], found,
        caught if known else None,
    )  # fmt: skip


def _begun(view: View, row: int, first: Day, day: Day) -> int | None:
    """How many orders began that take in any of an area; None where nobody delivers notices."""
    begun = [one for one in view.notices if restricts(one) and first <= one.start <= day]
    return sum(_touches(view, row, one) for one in begun) if view.notices else None


def _touches(view: View, row: int, order: Notice) -> bool:
    """Whether an order takes in any of an area."""
    last = view.areas.last
    return any(one <= row < last[one] or row <= one < last[row] for one in rows_of(view, order.areas))


def _person_days(
    desk: Desk, viewer: Viewer, area: str, name: str, days: Sequence[Day], as_of: dt.datetime | None
) -> float | None:
    parts = (desk.series(viewer, name, area, part[0], part[-1], as_of) for part in in_parts(days))
    known = [one.value for part in parts for one in part if one.value is not None]
    return sum(known) if known else None


def _caught_shown(
    desk: Desk, viewer: Viewer, view: View, row: int, days: Sequence[Day], as_of: dt.datetime | None
) -> tuple[Made | None, Made]:  # fmt: skip
    """:func:`_caught` as far as the viewer may see it: what was found as the measure shows it, and of what was caught,
    which is made of small grounds, nothing."""
    if viewer.small_numbers:
        zones = desk.beside(ZoneDesk).book(view).stretches
        return _caught(view, row, days, [one for one in zones if not one.vague])
    code = view.areas.code[row]
    parts = (desk.ask(viewer, "positives", area=code, days=part, as_of=as_of) for part in in_parts(days))
    told = [_told(one) for part in parts for one in part]
    known = [one for one in told if one is not None]
    return (sum(known) if known else None), HIDDEN


def _caught(view: View, row: int, days: Sequence[Day], zones: Sequence[Stretch]) -> tuple[float | None, float]:
    """(findings of an area, those of them inside zones that stood before, by the share of each leaf)."""
    inside, found, told = 0.0, 0.0, False
    lo, hi = int(view.areas.lo[row]), int(view.areas.hi[row])
    for day in days:
        vector = _positives(view, day)
        if vector is None:
            continue
        told = True
        found += float(vector[lo:hi].sum())
        held = np.zeros(len(view.leaves))
        for zone in zones:
            if zone.holds(day) and (zone.since or zone.start) < day:  # a zone drawn for a finding did not catch it
                np.add.at(held, zone.leaf, zone.share)
        inside += float((vector * np.minimum(held, 1.0))[lo:hi].sum())
    return (found if told else None), inside


def _positives(view: View, day: Day) -> Floats | None:
    """Findings of a day over the leaves, each person once; None where nothing is told."""
    parts = {name: view.vectors(name, [day])[0] for name in ("cases", "asymptomatic", "reclassified")}
    if parts["cases"] is None and parts["asymptomatic"] is None:
        return None
    known = {name: np.where(one == MISSING, 0, one) for name, one in parts.items() if one is not None}
    total = np.zeros(len(view.leaves))
    for name, one in known.items():
        total += -one if name == "reclassified" else one
    return total


# as questions --------------------------------------------------------------------------------------

Asked = Mapping[str, str]


def _hindsight(desk: Desk, viewer: Viewer, as_of: dt.datetime | None, asked: Asked) -> Mapping[str, Hindsight]:
    days = dt.date.fromisoformat(asked["first"]), dt.date.fromisoformat(asked["day"])
    then = dt.datetime.fromisoformat(asked["then"])
    return hindsight(desk, viewer, asked["area"], *days, then, as_of, asked.get("level"))


def _phase(desk: Desk, viewer: Viewer, as_of: dt.datetime | None, asked: Asked) -> Phase:
    days = dt.date.fromisoformat(asked["first"]), dt.date.fromisoformat(asked["day"])
    return phase(desk, viewer, asked["area"], *days, as_of)


#: These as questions of dashboard.queries.questions.
REVIEW: Mapping[str, Question] = {"review.hindsight": _hindsight, "review.phase": _phase}

__all__ = ["REVIEW", "Hindsight", "Phase", "hindsight", "phase"]
