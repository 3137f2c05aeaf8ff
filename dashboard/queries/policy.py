"""The questions about orders: whom they hit, in what proportion, and what each adds to the others.

A viewer of one area sees the people of that area only: those who are in it, and those out of the city who are
registered in it. Numbers carry their state; what the tables cannot tell is missing, never nought.

Who may not see small numbers sees those of the whole city alone, and these only where every one of a day, and what is
left of the people beside it, is nought or at least the threshold: orders overlap, and one table serves many days, so
that parts of the city could be had from the difference of two orders. No number inside the city is in any that is
shown, so each runs from nought to the city's.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache

from dashboard.queries.days import day_range
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.hidden import HIDDEN, Count
from data.errors import BadQuestion
from data.notices import Notice
from data.words import Both
from grid.arrays import Bools, Floats
from grid.counts import ALWAYS, count_of
from grid.cube import View
from grid.hiding.cut import safe
from grid.policy import board, orders
from grid.policy.orders import Strata
from grid.policy.proportionality import Proportion, Weighed, weigh

#: Days back whose cases an order is held against: the look-back of the rules.
LOOK_BACK = 14

#: Stands for all orders in force together where a notice's key stands.
ALL = ""


@dataclass(frozen=True)
class Number:
    """A number with its state, an id of terms.STATES: ``value`` is None unless it is value or zero."""

    value: float | None
    state: str


def number(value: float | None) -> Number:
    """Nought is zero, None is missing."""
    return Number(value, "missing" if value is None else "zero" if value == 0 else "value")


#: What is known and may not be shown.
SUPPRESSED = Number(None, "suppressed")


@dataclass(frozen=True)
class Told:
    """Whom orders hit within an area.

    ``hit`` people whom they take in, of whom ``both`` were ``exposed``; ``over`` share of the hit who were not,
    ``missed`` exposed people whom they do not take in; ``outside`` hit although out of the city; ``adds`` to the
    orders from before, ``alone`` hit by no other; ``cases`` of the last LOOK_BACK days in their areas and ``per_case``
    people hit for each.
    """

    people: Number
    hit: Number
    exposed: Number
    both: Number
    over: Number
    missed: Number
    outside: Number
    adds: Number
    alone: Number
    cases: Number
    per_case: Number

    @property
    def outside_share(self) -> Number:
        """The share of those hit who are out of the city."""
        if "suppressed" in (self.outside.state, self.hit.state):
            return SUPPRESSED
        part, whole = self.outside.value, self.hit.value
        return number(part / whole if part is not None and whole else None)


@dataclass(frozen=True)
class OrderLine:
    """One order in force. ``areas``: names of the areas that it takes in, of those which touch the asked one.
    ``at_least``: more may be hit than the table can show."""

    notice: Notice
    areas: tuple[str, ...]
    told: Told
    at_least: bool


@dataclass(frozen=True)
class Below:
    """One order in one area below the asked one."""

    area: str
    name: str
    level: str
    people: Number
    hit: Number
    both: Number
    outside: Number
    adds: Number


@dataclass(frozen=True)
class OrdersAnswer:
    """The orders in force on ``day``. ``table``: the day of the people's table, the nearest before
    ``day``, None without one; ``unknown``:
    people in it of whom nobody says where they are registered (of the whole city, 0 for a narrower viewer).
    ``together``: all of them as if they were one order; of those that the table can tell about."""

    day: Day
    table: Day | None
    unknown: Count
    lines: tuple[OrderLine, ...]
    together: Told


class PolicyDesk:
    """The questions about orders, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._lock = threading.Lock()
        self._strata: LRUCache[tuple[int, Day | None], Strata | None] = LRUCache(3)
        self._positives: LRUCache[tuple[int, Day], board.Found] = LRUCache(4)
        self._weighed: LRUCache[tuple[int, Day], dict[str, Weighed]] = LRUCache(8)

    # orders ----------------------------------------------------------------------------------------

    def days(self, viewer: Viewer, as_of: dt.datetime | None = None) -> list[Day]:
        """Every day from the first on which an order held to the last with any data, or of a planned order."""
        last = self.last_day(viewer, as_of)
        if last is None:
            return []
        starts = self._starts(viewer, as_of) or [last]
        return day_range(min(last, *starts), max(last, *starts))

    def last_day(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Day | None:
        """The day that is meant where none is asked for: the last with any data, or the day after if an order begins
        on it; the first of the last order where there are none. None where there is nothing at all."""
        view, starts = self.desk.cube.at(as_of), self._starts(viewer, as_of)
        span = view.days([id for id in view.stated_days if count_of(id).carry < ALWAYS], self.desk.top(view, viewer))
        told = list(span or ())
        told += [day for day, _, _ in view.presence_days]
        last = max(told or starts, default=None)
        after = last and last + dt.timedelta(days=1)
        return after if after in starts else last

    def _starts(self, viewer: Viewer, as_of: dt.datetime | None) -> list[Day]:
        """First days of the notices that take in any of what the viewer may see."""
        view = self.desk.cube.at(as_of)
        top, notices = self.desk.top(view, viewer), view.notices
        return [one.start for one in notices if any(_touch(view, row, top) for row in orders.rows_of(view, one.areas))]

    def orders(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> OrdersAnswer:
        """The orders in force on ``day`` (None: :meth:`last_day`) which touch the area or hit its people."""
        view = self.desk.cube.at(as_of)
        row = self.desk.row(view, viewer, area)
        day = day or self._last_day(viewer, as_of)
        table, asked = self._table(view, day), _Within(view, viewer, row, day, as_of)
        lines = [self._line(asked, notice) for notice in self._in_force(view, day)]
        hidden = viewer.scope is None  # that a hidden number is not nought would tell of orders elsewhere
        kept = tuple(
            line for line in lines if line.areas or line.told.hit.value or (hidden and line.told.hit == SUPPRESSED)
        )
        codes = [code for line in lines for code in line.notice.areas]
        return OrdersAnswer(
            day=day,
            table=table.day if table else None,
            unknown=_unknown(viewer, table, self.desk.hiding.threshold) if table and row == 0 else 0,
            lines=kept,
            together=self._told(asked, ALL, orders.rows_of(view, codes)),
        )

    def below(
        self,
        viewer: Viewer,
        key: str,
        area: str = "city",
        day: Day | None = None,
        as_of: dt.datetime | None = None,
    ) -> list[Below]:
        """One order (``Notice.key``) in each area below the asked one, and last what lies in none of them; nothing of
        an order that the viewer is not told of."""
        view = self.desk.cube.at(as_of)
        told = viewer.scope is None or key in {one.notice.key for one in self.orders(viewer, "city", day, as_of).lines}
        row = self.desk.row(view, viewer, area)
        found = self._weigh(view, day or self._last_day(viewer, as_of)).get(key) if told else None
        if found is None:
            return []
        hide = not viewer.small_numbers
        rows = [int(child) for child in view.areas.children(row)]
        parts = [(child, found.of(child)) for child in rows]
        return [_below(view, viewer, child, part, hide) for child, part in [*parts, (row, found.seated(row))]]

    def _in_force(self, view: View, day: Day) -> list[Notice]:
        found = [n for n in view.notices if n.holds(day) and orders.restricts(n)]
        return sorted(found, key=lambda notice: (notice.start, notice.issued, notice.number, notice.key))

    def _table(self, view: View, day: Day) -> Strata | None:
        """The people's table that is nearest before ``day``, see Store.presence."""
        stated = [each for each, _, _ in view.presence_days]
        key = view.version, max((each for each in stated if each <= day), default=None)
        with self._lock:
            if key not in self._strata:
                self._strata[key] = orders.strata(view, view.store.presence(view.version, day))
            return self._strata[key]

    def _weigh(self, view: View, day: Day) -> dict[str, Weighed]:
        """key -> the order, weighed, of those that the table can tell about."""
        table = self._table(view, day)
        if table is None:
            return {}
        key = view.version, day
        with self._lock:
            if key in self._weighed:
                return self._weighed[key]
        masks = {notice.key: orders.takes(notice, table, view) for notice in self._in_force(view, day)}
        known: dict[str, Bools] = {name: mask for name, mask in masks.items() if mask is not None}
        made = dict(zip(known, weigh(list(known.values()), table, view.areas, view.leaves), strict=True))
        if known:
            union = np.logical_or.reduce(list(known.values()))
            made[ALL] = weigh([union], table, view.areas, view.leaves)[0]
        with self._lock:
            self._weighed[key] = made
        return made

    def _line(self, asked: _Within, notice: Notice) -> OrderLine:
        view = asked.view
        rows = orders.rows_of(view, notice.areas)
        near = [view.areas.label(each, asked.viewer.lang) for each in rows if _touch(view, each, asked.row)]
        told = self._told(asked, notice.key, rows)
        return OrderLine(notice, tuple(near), told, notice.scope == "time" and told.hit.state != "missing")

    def _told(self, asked: _Within, key: str, rows: Sequence[int]) -> Told:
        """The order ``key`` with areas at ``rows``, within the asked area."""
        weighed = self._weigh(asked.view, asked.day).get(key)
        found = weighed.of(asked.row) if weighed else None
        cases = self._cases(asked.view, rows, asked.row, asked.day)
        per_case = found.hit / cases if found and cases else None
        names = ("people", "hit", "exposed", "both", "over", "missed", "outside", "adds", "alone")
        numbers = {name: number(None if found is None else getattr(found, name)) for name in names}
        told = Told(**numbers, cases=number(cases), per_case=number(per_case))
        return told if asked.viewer.small_numbers else self._hidden(asked, told, rows)

    def _hidden(self, asked: _Within, told: Told, rows: Sequence[int]) -> Told:
        """The same for who may not see small numbers."""
        people, cases = asked.row == 0 and self._safe(asked.view, asked.day), self._cases_shown(asked, rows)
        may = dict.fromkeys(vars(told), people) | {"cases": cases, "per_case": cases and people}
        return Told(**{name: one if may[name] else _hide(one) for name, one in vars(told).items()})

    def _safe(self, view: View, day: Day) -> bool:
        """Whether all of a day's numbers of the whole city may be shown."""
        k, found = self.desk.hiding.threshold, [one.of(0) for one in self._weigh(view, day).values()]
        return all(safe(_numbers(one), k).all() for one in found)

    def _cases_shown(self, asked: _Within, rows: Sequence[int]) -> bool:
        """Whether the positives that an order is held against are shown, day by day, wherever it reaches."""
        areas, row = asked.view.areas, asked.row
        meant = {row if one <= row < areas.last[one] else one for one in rows if _touch(asked.view, one, row)}
        days = day_range(asked.day - dt.timedelta(days=LOOK_BACK - 1), asked.day)
        codes = [areas.code[one] for one in meant]
        told = (self.desk.ask(asked.viewer, "positives", area=code, days=days, as_of=asked.as_of) for code in codes)
        return all(one.state != "suppressed" for each in told for one in each)

    def _cases(self, view: View, rows: Sequence[int], row: int, day: Day) -> int | None:
        """Positives of the last LOOK_BACK days inside the order's areas and the asked one; None if never told."""
        found = self._found(view, day)
        inside = orders.leaves_of(view.geography, rows) & orders.leaves_of(view.geography, [row])
        return round(float(found.total[inside].sum())) if found.stated[inside].any() else None

    def _found(self, view: View, day: Day) -> board.Found:
        key = view.version, day
        with self._lock:
            if key in self._positives:
                return self._positives[key]
        first = day - dt.timedelta(days=LOOK_BACK - 1)
        made = board.found(view, board.POSITIVES, first, LOOK_BACK)
        with self._lock:
            self._positives[key] = made
        return made

    def _last_day(self, viewer: Viewer, as_of: dt.datetime | None) -> Day:
        last = self.last_day(viewer, as_of)
        if last is None:
            raise BadQuestion(detail=Both("还没有通告和数据", "no notices and no data yet"))
        return last


@dataclass(frozen=True)
class _Within:
    """Where and when orders are asked about."""

    view: View
    viewer: Viewer
    row: int
    day: Day
    as_of: dt.datetime | None


def _hide(one: Number) -> Number:
    """The number as it is told to who may not see it."""
    return one if one.state == "missing" else SUPPRESSED


def _numbers(told: Proportion) -> Floats:
    """Whom an order hits, and what is left of the people beside each of the parts; what is not told as nought."""
    names = ("people", "hit", "exposed", "both", "missed", "outside", "adds", "alone")
    known = {name: getattr(told, name) or 0 for name in names}
    hit, people = known["hit"], known["people"]
    rest = [hit - known[name] for name in ("both", "outside", "adds", "alone")]
    return np.array([*known.values(), *rest, people - hit if people > hit else 0], np.float64)


def _unknown(viewer: Viewer, table: Strata, k: int) -> Count:
    """People of whom nobody says where they are registered."""
    return table.unknown if viewer.small_numbers or safe(np.array([table.unknown]), k).all() else HIDDEN


def _below(view: View, viewer: Viewer, row: int, told: Proportion, hide: bool) -> Below:
    areas = view.areas
    names = ("people", "hit", "both", "outside", "adds")
    found = {name: number(getattr(told, name)) for name in names}
    numbers = {name: _hide(one) if hide else one for name, one in found.items()}
    return Below(areas.code[row], areas.label(row, viewer.lang), areas.level[row], **numbers)


def _touch(view: View, one: int, other: int) -> bool:
    """Whether one of two areas holds the other."""
    last = view.areas.last
    return bool(one <= other < last[one] or other <= one < last[other])
