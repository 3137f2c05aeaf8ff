"""The questions about orders: whom they hit, in what proportion, and what each adds to the others.

A viewer of one area sees the people of that area only: those who are in it, and those out of the city who are
registered in it. Numbers carry their state; what the tables cannot tell is missing, never nought.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache

from dashboard.queries.desk import Day, Desk, Viewer, day_range
from data.errors import BadQuestion, Both
from data.notices import Notice
from grid.arrays import Bools
from grid.counts import ALWAYS, count_of
from grid.cube import View
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
    unknown: int
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
        starts = self._starts(as_of) or [last]
        return day_range(min(last, *starts), max(last, *starts))

    def last_day(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Day | None:
        """The day that is meant where none is asked for: the last with any data, or the day after if an order begins
        on it; the first of the last order where there are none. None where there is nothing at all."""
        view, starts = self.desk.cube.at(as_of), self._starts(as_of)
        told = [day for id, pairs in view.stated_days.items() if count_of(id).carry < ALWAYS for day, _ in pairs]
        told += [day for day, _, _ in self.desk.cube.store.presence_days(view.version)]
        last = max(told or starts, default=None)
        after = last and last + dt.timedelta(days=1)
        return after if after in starts else last

    def _starts(self, as_of: dt.datetime | None) -> list[Day]:
        version = self.desk.cube.at(as_of).version
        return [notice.start for notice in self.desk.cube.store.notices(version)]

    def orders(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> OrdersAnswer:
        """The orders in force on ``day`` (None: :meth:`last_day`) which touch the area or hit its people."""
        view = self.desk.cube.at(as_of)
        row = self.desk.row(view, viewer, area)
        day = day or self._last_day(viewer, as_of)
        table, asked = self._table(view, day), _Within(view, viewer, row, day)
        lines = [self._line(asked, notice) for notice in self._in_force(view, day)]
        kept = tuple(line for line in lines if line.areas or line.told.hit.value)
        codes = [code for line in lines for code in line.notice.areas]
        return OrdersAnswer(
            day=day,
            table=table.day if table else None,
            unknown=table.unknown if table and row == 0 else 0,
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
        """One order (``Notice.key``) in each area below the asked one, and last what lies in none of them."""
        view = self.desk.cube.at(as_of)
        row = self.desk.row(view, viewer, area)
        found = self._weigh(view, day or self._last_day(viewer, as_of)).get(key)
        if found is None:
            return []
        rows = [int(child) for child in view.areas.children(row)]
        parts = [(child, found.of(child)) for child in rows]
        return [_below(view, viewer, child, part) for child, part in [*parts, (row, found.seated(row))]]

    def _in_force(self, view: View, day: Day) -> list[Notice]:
        found = [n for n in self.desk.cube.store.notices(view.version) if n.holds(day) and orders.restricts(n)]
        return sorted(found, key=lambda notice: (notice.start, notice.issued, notice.number, notice.key))

    def _table(self, view: View, day: Day) -> Strata | None:
        """The people's table that is nearest before ``day``, see Store.presence."""
        store = self.desk.cube.store
        stated = [each for each, _, _ in store.presence_days(view.version)]
        key = view.version, max((each for each in stated if each <= day), default=None)
        with self._lock:
            if key not in self._strata:
                self._strata[key] = orders.strata(view, store.presence(view.version, day))
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
        return OrderLine(notice, tuple(near), told, notice.scope == "time" and told.hit.value is not None)

    def _told(self, asked: _Within, key: str, rows: Sequence[int]) -> Told:
        """The order ``key`` with areas at ``rows``, within the asked area."""
        weighed = self._weigh(asked.view, asked.day).get(key)
        found = weighed.of(asked.row) if weighed else None
        cases = self._cases(asked.view, rows, asked.row, asked.day)
        per_case = found.hit / cases if found and cases else None
        names = ("people", "hit", "exposed", "both", "over", "missed", "outside", "adds", "alone")
        numbers = {name: number(None if found is None else getattr(found, name)) for name in names}
        return Told(**numbers, cases=number(cases), per_case=number(per_case))

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


def _below(view: View, viewer: Viewer, row: int, told: Proportion) -> Below:
    areas = view.areas
    names = ("people", "hit", "both", "outside", "adds")
    numbers = {name: number(getattr(told, name)) for name in names}
    return Below(areas.code[row], areas.label(row, viewer.lang), areas.level[row], **numbers)


def _touch(view: View, one: int, other: int) -> bool:
    """Whether one of two areas holds the other."""
    last = view.areas.last
    return bool(one <= other < last[one] or other <= one < last[other])
