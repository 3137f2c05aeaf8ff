"""The questions about zones and their clocks: which may be released, since when, and which are larger than allowed.

Zones, their grounds, inhabitants and clocks are announced and everybody's to see; how many findings near a zone could
not be located is not told to who may not see small numbers.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cachetools import LRUCache

from dashboard.queries.days import day_range
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.hidden import HIDDEN
from data.rules import Rulebook, city_rulebook
from data.store import Zone
from data.terms import ZONE_CLOCKS, ZONES
from grid.cube import View
from grid.zones.clocks import OVER, ClockBook, ZoneClock

#: Books of clocks kept: the newest version's, one looked back at, and each with a notice or two taken out.
BOOKS = 8

#: States of zones that stand although they might be released, but for those due on the day itself.
OVERDUE = OVER[1:]


@dataclass(frozen=True)
class Total:
    """How many zones, with their people (None: nobody counted them) and square metres; ground held twice counts
    once."""

    zones: int
    people: int | None
    m2: int


@dataclass(frozen=True)
class ZoneLine:
    """One zone as it is listed; ``area``: code and name of its area, ``where``: the areas above it, city left out."""

    clock: ZoneClock
    name: str
    area: tuple[str, str]
    where: str

    @property
    def id(self) -> str:
        """What finds it again on the same day: key, kind and first day."""
        zone = self.clock.zone
        return f"{zone.start}|{zone.kind}|{zone.key}"


@dataclass(frozen=True)
class ZoneSummary:
    """The zones of an area on a day: ``states`` by id of terms.ZONE_CLOCKS, ``kinds`` of those that stand by kind.

    ``larger``: those larger than their rule's unit, and ``beyond``: what of them lies beyond it.
    """

    day: Day
    standing: Total
    states: Mapping[str, Total]
    kinds: Mapping[str, Total]
    overdue: Total
    larger: Total
    beyond: Total

    @property
    def gone(self) -> int:
        """Zones that were released, eased or merged on the day."""
        return self.states["released"].zones + self.states["moved"].zones


@dataclass(frozen=True)
class ZoneRow:
    """An area one level below: its standing zones, by what is to be done."""

    code: str
    name: str
    standing: Total
    due: int
    overdue: int
    unknown: int
    larger: int


@dataclass(frozen=True)
class Standing:
    """A zone that was announced, on ``day``."""

    zone: Zone
    day: Day

    @property
    def id(self) -> str:
        """What finds it again on the same day."""
        return f"{self.zone.start}|{self.zone.kind}|{self.zone.key}"

    @property
    def nth(self) -> int:
        """Which day of it this is, 1 for its first; its last where it is over."""
        return (min(self.day, self.zone.last or self.day) - self.zone.start).days + 1


@dataclass(frozen=True)
class Announced:
    """The zones of an area as they were announced, whatever the rules say: those that end on the day (``due``), are
    free from the day (``gone``) or from the day before it, and the lockdowns that stand, longest first."""

    due: Sequence[Standing]
    gone: Sequence[Standing]
    before: Sequence[Standing]
    longest: Sequence[Standing]


@dataclass(frozen=True)
class Releases:
    """Zones of an area by what the rules say of their release, risk areas left out: ``over`` due before the day and
    still in force, ``due`` on it, ``gone`` since it; ``timed`` whether any rule times any of them."""

    over: Sequence[ZoneLine]
    due: Sequence[ZoneLine]
    gone: Sequence[ZoneLine]
    timed: bool


class ZoneDesk:
    """The questions about zones, over one desk. ``day`` None: the last day of which anything is known."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._books: LRUCache[tuple[int, str], ClockBook] = LRUCache(BOOKS)
        self._bare: LRUCache[int, ClockBook] = LRUCache(BOOKS)  # apart: a page of notices asks without each in turn
        self._lock = threading.RLock()

    @cached_property
    def rules(self) -> Rulebook:
        """The packs that the city goes by; RuleFileError."""
        return city_rulebook(self.desk.city)

    def book(self, view: View, without: str = "") -> ClockBook:
        """The clocks of a version, ``without`` the pack of an id."""
        with self._lock:
            if (view.version, without) not in self._books:
                packs = tuple(pack for pack in self.rules.packs if pack.id != without)
                self._books[view.version, without] = ClockBook(view, Rulebook(packs))
            return self._books[view.version, without]

    def _unruled(self, view: View) -> ClockBook:
        """The zones of a version and what was found in them: what books under any rules share."""
        with self._lock:
            if view.version not in self._bare:
                self._bare[view.version] = ClockBook(view, Rulebook(()))
            return self._bare[view.version]

    def days(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Sequence[Day]:
        """Every day that can be asked for; [] in a city without zones."""
        view = self.desk.cube.at(as_of)
        span = self._unruled(view).span_of(self.desk.top(view, viewer))
        return day_range(*span) if span else []

    def last_day(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Day | None:
        """The day that is meant where none is asked for, see :attr:`ClockBook.latest`; planned zones lie beyond it."""
        view = self.desk.cube.at(as_of)
        return self._unruled(view).latest_of(self.desk.top(view, viewer))

    def clocks(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> list[ZoneLine]:
        """The zones of an area that stand on a day, and those released on it: longest overdue first, then those that
        may be released soonest. AreaNotFound outside the viewer's scope."""
        view = self.desk.cube.at(as_of)
        return [_line(view, viewer, clock) for clock in self._inside(view, viewer, area, day)]

    def clock(
        self, viewer: Viewer, id: str, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> ZoneLine | None:
        """The zone of an id (:attr:`ZoneLine.id`) on a day; None if it does not stand there."""
        return next((line for line in self.clocks(viewer, area, day, as_of) if line.id == id), None)

    def summary(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> ZoneSummary:
        """The zones of an area in numbers."""
        view = self.desk.cube.at(as_of)
        book, clocks = self.book(view), self._inside(view, viewer, area, day)
        standing = [clock for clock in clocks if clock.standing]
        larger = [clock for clock in standing if clock.larger]
        beyond = book.beyond(larger)
        return ZoneSummary(
            day=self._day(viewer, book, day),
            standing=_total(book, standing),
            states={id: _total(book, [c for c in clocks if c.state == id]) for id in ZONE_CLOCKS},
            kinds={kind: _total(book, [c for c in standing if c.zone.kind == kind]) for kind in _kinds(standing)},
            overdue=_total(book, [clock for clock in standing if clock.state in OVERDUE]),
            larger=_total(book, larger),
            beyond=Total(len(larger), beyond.people, beyond.m2),
        )

    def below(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> list[ZoneRow]:
        """The same by area one level below, for areas that have a zone; most overdue first."""
        view = self.desk.cube.at(as_of)
        book, areas = self.book(view), view.areas
        standing = [clock for clock in self._inside(view, viewer, area, day) if clock.standing]
        rows = []
        for child in areas.children(self.desk.row(view, viewer, area)).tolist():
            found = [clock for clock in standing if child <= clock.zone.row < areas.last[child]]
            if found:
                rows.append(_row(book, areas.code[child], areas.label(child, viewer.lang), found))
        return sorted(rows, key=lambda row: (-row.overdue, -row.due, -row.standing.zones))

    def releases(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> Releases:
        """What may be released, longest overdue first. RuleFileError."""
        view = self.desk.cube.at(as_of)
        clocks = [clock for clock in self._inside(view, viewer, area, day) if not clock.zone.risk]

        def lines(*states: str) -> list[ZoneLine]:
            return [_line(view, viewer, clock) for clock in clocks if clock.state in states]

        return Releases(lines(*OVERDUE), lines("due"), lines("released"), any(clock.clause for clock in clocks))

    def announced(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> Announced:
        """The zones of an area as they were announced."""
        view = self.desk.cube.at(as_of)
        day = day or self.last_day(viewer, as_of) or Day.today()
        yesterday, tomorrow = day - dt.timedelta(days=1), day + dt.timedelta(days=1)
        zones = [zone for zone in self._begun(view, viewer, area) if zone.start <= day]

        def those(fits: Callable[[Zone], bool]) -> list[Standing]:
            return [Standing(zone, day) for zone in zones if fits(zone)]

        return Announced(
            those(lambda zone: zone.stop == tomorrow),
            those(lambda zone: zone.stop == day),
            those(lambda zone: zone.stop == yesterday),
            those(lambda zone: zone.kind == "lockdown" and (zone.stop is None or zone.stop > day)),
        )

    def begun(
        self, viewer: Viewer, area: str, first: Day, last: Day, as_of: dt.datetime | None = None
    ) -> list[tuple[Day, str]]:
        """(first day, key) of the zones of an area that began between two days, for a time line."""
        zones = self._begun(self.desk.cube.at(as_of), viewer, area)
        return [(zone.start, zone.key) for zone in zones if first <= zone.start <= last]

    # helpers ---------------------------------------------------------------------------------------

    def _begun(self, view: View, viewer: Viewer, area: str) -> list[Zone]:
        """Every zone inside an area, by first day."""
        return view.zones.inside(self.desk.row(view, viewer, area))

    def _day(self, viewer: Viewer, book: ClockBook, day: Day | None) -> Day:
        return day or book.latest_of(self.desk.top(book.view, viewer)) or Day.today()

    def _inside(self, view: View, viewer: Viewer, area: str, day: Day | None) -> list[ZoneClock]:
        row, book = self.desk.row(view, viewer, area), self.book(view)
        inside = range(row, int(view.areas.last[row]))
        with self._lock:
            found = book.on(self._day(viewer, book, day))
        return sorted((clock for clock in found if clock.zone.row in inside), key=_order)


def _order(clock: ZoneClock) -> tuple[bool, int, Day, str]:
    due = clock.state in OVER
    return (not due, -clock.over if due else 0, clock.ends or Day.max, clock.zone.key)


def _line(view: View, viewer: Viewer, clock: ZoneClock) -> ZoneLine:
    if not viewer.small_numbers:
        clock = replace(clock, loose=HIDDEN)
    zone, areas = clock.zone, view.areas
    label = areas.label(zone.row, viewer.lang)
    name = zone.name if viewer.lang == "zh" and not zone.risk else label
    where = " ".join(areas.label(step, viewer.lang) for step in areas.path(zone.row)[1:-1])
    return ZoneLine(clock, name or label, (areas.code[zone.row], label), where)


def _kinds(clocks: Iterable[ZoneClock]) -> list[str]:
    order = (*ZONES, "high", "middle")
    return sorted({clock.zone.kind for clock in clocks}, key=order.index)


def _total(book: ClockBook, clocks: Sequence[ZoneClock]) -> Total:
    size = book.total(clocks)
    return Total(len(clocks), size.people, size.m2)


def _row(book: ClockBook, code: str, name: str, found: Sequence[ZoneClock]) -> ZoneRow:
    def number(fits: Callable[[ZoneClock], bool]) -> int:
        return sum(fits(clock) for clock in found)

    return ZoneRow(
        code, name, _total(book, found), number(lambda c: c.state == "due"), number(lambda c: c.state in OVERDUE),
        number(lambda c: c.state == "unknown"), number(lambda c: c.larger),
    )  # fmt: skip


__all__ = ["OVERDUE", "Announced", "Releases", "Standing", "Total", "ZoneDesk", "ZoneLine", "ZoneRow", "ZoneSummary"]
