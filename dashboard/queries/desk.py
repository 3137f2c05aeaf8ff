"""The questions about numbers of areas: what there is, a measure, its figures, its map, what was not located."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from dashboard.queries.notes import Noted, Notes
from dashboard.queries.viewer import Viewer
from data.access.audit import Log
from data.errors import BadQuestion, Both, Forbidden
from data.events import Events
from data.store import Load
from data.terms import RIGHTS, STATES
from grid.counts import COUNTS
from grid.cube import AREAS, Cube, Units, View
from grid.hiding import Hiding
from grid.measures import MEASURES, Measure, ask, measure
from grid.measures.base import Goodness
from grid.place import NOTES
from grid.rates import MISSING, SUPPRESSED, VALUE, ZERO, Values

Day = dt.date
Direction = Literal["up", "down", "flat", "none"]
Other = TypeVar("Other")

_STATE_IDS = tuple(STATES)

#: Figures of an area, in the order of its panel; those that the city has no data for are left out.
KEY_FIGURES = (
    "positives",
    "incidence_7d",
    "growth",
    "zone_lockdown_people",
    "zone_control_people",
    "risk_areas",
    "code_red",
    "code_yellow",
    "population",
)

#: A key figure is compared with the same figure this many days earlier: the same day of the week.
COMPARED_DAYS = 7

#: One measure on all days and areas is kept whole up to this size; all such sheets together up to the second.
SHEET_BYTES = 100_000_000
SHEETS_BYTES = 300_000_000

#: First and last days that are kept: every measure of some hundred areas beyond which somebody sees nothing.
SPANS = 10_000

#: Levels of areas that hold cities.
ABOVE_CITIES = ("country", "province")

#: Longest span that one question may ask for: two years of days.
MAX_DAYS = 731


@dataclass(frozen=True)
class Answer:
    """One number: ``level`` an id of terms.LEVELS, ``state`` an id of terms.STATES, ``value`` None
    unless the state is value or zero."""

    area: str
    name: str
    level: str
    day: Day
    value: float | None
    state: str


@dataclass(frozen=True)
class Place:
    """One area as a page shows it; ``path`` are the (code, name) pairs down to it: from the top, or for who sees a
    part only from the city in which that lies."""

    code: str
    name: str
    level: str
    path: tuple[tuple[str, str], ...]
    next_level: str | None
    bounds: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Figure:
    """A key figure of an area with its change over COMPARED_DAYS; ``goodness`` is of the change."""

    measure: Measure
    answer: Answer
    before: Answer
    change: float | None
    direction: Direction
    goodness: Goodness

    @property
    def relative(self) -> float | None:
        """The change as a part of what was before; None where that was nought or is not known."""
        return self.change / self.before.value if self.change is not None and self.before.value else None


@dataclass(frozen=True)
class Unlocated:
    """What is known of an area but of nothing below it: numbers by count measure, and why."""

    measure: Measure
    value: int
    share: float | None


@dataclass(frozen=True)
class Note:
    """Taken rows that could not be placed finely: why, the words at fault, how many."""

    source: str
    area: str
    why: str
    text: str
    rows: int

    @property
    def id(self) -> str:
        """What tells it from the others: made of its words, which may be anything."""
        return hashlib.sha256(f"{self.source}\t{self.area}\t{self.why}\t{self.text}".encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Coarse:
    """``lost``: what of the ``whole`` of an area is known to coarser places only than the units of a level."""

    lost: int
    whole: int

    @property
    def share(self) -> float:
        """The part that is lost."""
        return self.lost / self.whole if self.whole else 0.0


@dataclass(frozen=True)
class Status:
    """What the screen says of itself: city, version, when that was known, levels, days with data."""

    city: str
    code: str
    simulated: bool
    version: int
    known: dt.datetime
    levels: tuple[str, ...]
    has_cells: bool
    days: Mapping[str, tuple[Day, Day]]


@dataclass(frozen=True)
class Painted:
    """Values of all units of a level for the map: ``codes`` and ``names`` in the order of the columns of
    ``values`` (days x units)."""

    level: str
    codes: Sequence[str]
    names: Sequence[str]
    days: Sequence[Day]
    values: Values


class Desk:
    """The questions, over one city's cube; ``log``: where is written who looked at what. Set by whoever serves it:
    ``home``, the home's folder, in whose inbox held deliveries lie; ``events``, the book of events."""

    def __init__(self, cube: Cube, log: Log | None = None) -> None:
        self.cube, self.log, self.noting = cube, log, Notes(log)
        self.home: Path | None = None
        self.events: Events | None = None
        self._lock = threading.RLock()  # one desk may be made of others
        self._sheets: LRUCache[tuple[int, str], tuple[tuple[Day, Day], Values]] = LRUCache(
            SHEETS_BYTES, getsizeof=lambda sheet: sheet[1].value.nbytes + sheet[1].state.nbytes
        )
        self._spans: LRUCache[tuple[int, int, str], tuple[Day, Day] | None] = LRUCache(SPANS)
        self.city = cube.city
        self.hiding = Hiding(cube.city.small_numbers.threshold)
        self._beside: dict[Callable[[Desk], Any], Any] = {}

    def beside(self, kind: Callable[[Desk], Other]) -> Other:
        """The desk of another subject over this one, made once: ``desk.beside(CodeDesk)``."""
        with self._lock:
            if kind not in self._beside:
                self._beside[kind] = kind(self)
            found: Other = self._beside[kind]
        return found

    def noted(self, viewer: Viewer, action: str, area: str = "", people: int | None = None, **more: object) -> None:
        """Writes down what a user looks at or takes along, before it is answered. StoreError: then it is not."""
        self.noting.write(viewer, Noted(action, area, people, more))

    def looked(self, viewer: Viewer, area: str, page: str) -> None:
        """Writes down that somebody who sees small numbers looks at an area, once an hour. AreaNotFound, StoreError."""
        if self.log is not None and viewer.user and viewer.small_numbers:
            view = self.cube.at()
            self.noting.looked(viewer, view.areas.code[self.row(view, viewer, area)], page)

    # what there is ---------------------------------------------------------------------------------

    def status(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Status:
        """The city and what of it can be asked. ``as_of``, here and below: UTC moment, None for now."""
        view = self.cube.at(as_of)
        days = {m.id: span for m in MEASURES.values() if (span := self.span(view, viewer, m))}
        home = self.home_of(view, viewer)
        return Status(
            city=view.areas.label(home, viewer.lang),
            code=view.areas.code[home],
            simulated=self.city.simulated,
            version=view.version,
            known=view.known,
            levels=levels_inside(view, home),
            has_cells=len(cells_inside(view, home)) > 0,
            days=days,
        )

    def place(self, viewer: Viewer, area: str, as_of: dt.datetime | None = None) -> Place:
        """The area with this code or name (``city`` for all); AreaNotFound outside the viewer's scope."""
        view = self.cube.at(as_of)
        row = self.row(view, viewer, area)
        areas = view.areas
        shape = areas.shape[row]
        home = self.home_of(view, viewer)
        path = tuple((areas.code[step], areas.label(step, viewer.lang)) for step in areas.path(row) if step >= home)
        return Place(
            code=areas.code[row],
            name=areas.label(row, viewer.lang),
            level=areas.level[row],
            path=path,
            next_level=next_level(view, row),
            bounds=None if shape is None else shape.bounds,
        )

    def loads(self, viewer: Viewer, as_of: dt.datetime | None = None) -> list[Load]:
        """The loads up to a moment, oldest first. Forbidden without the right, and as :meth:`arrived`."""
        self.may_see_deliveries(viewer)
        return self.arrived(viewer, as_of)

    def may_see_deliveries(self, viewer: Viewer) -> None:
        """Forbidden without the right to every load, and to who sees a part of the city only."""
        viewer.need("deliveries")
        _whole_city(viewer)

    def arrived(self, viewer: Viewer, as_of: dt.datetime | None = None) -> list[Load]:
        """The same for who has no such right: without files, senders and digests. Who sees one city of many is told of
        its own; Forbidden to who sees a part of a city only: what a load brought is of all its areas."""
        own = next((part for part in self.city.parts if part.code == viewer.scope), None)
        if own is None or own is self.city:
            _whole_city(viewer)
        loads = self.cube.store.loads(upto=self.cube.at(as_of).version)
        if own is not None:
            names = {source.name for source in own.sources}
            loads = [one for one in loads if one.source in names]
        named = viewer.sees_deliveries
        return loads if named else [replace(one, file="", sha256="", sender="") for one in loads]

    # numbers ---------------------------------------------------------------------------------------

    def ask(
        self,
        viewer: Viewer,
        name: str,
        *,
        area: str = "city",
        days: Sequence[Day] | None = None,
        level: str | None = None,
        as_of: dt.datetime | None = None,
        total: bool = False,
        source: str | None = None,
    ) -> list[Answer]:
        """A measure for an area (or for its descendants of ``level``) on consecutive days.

        Without ``days`` the last day with data. ``total`` adds the days up into one answer, dated the
        last day. ``source``: as that source alone tells it. Raises MeasureNotFound, AreaNotFound, BadQuestion.
        """
        view, made = self.cube.at(as_of, source), measure(name)
        row = self.row(view, viewer, area)
        units = level or view.areas.level[row]
        if not total:
            return _answers(self._painted(view, viewer, made, row, self._days(view, viewer, made, days), units))
        if made.stock or made.form == "growth" or made.back:
            detail = Both(f"{made.id} 不能逐日相加", f"{made.id} cannot be added up over days")
            raise BadQuestion(detail=detail)
        every = in_parts(days or self._days(view, viewer, made, None))
        return _answers(_total([_total([self._painted(view, viewer, made, row, part, units)]) for part in every]))

    def paint(
        self,
        viewer: Viewer,
        name: str,
        level: str,
        days: Sequence[Day],
        *,
        area: str = "city",
        as_of: dt.datetime | None = None,
    ) -> Painted:
        """A measure for every unit of ``level`` inside the area, for the map: cells or areas."""
        view = self.cube.at(as_of)
        row = self.row(view, viewer, area)
        made = measure(name)
        return self._painted(view, viewer, made, row, self._days(view, viewer, made, days), level)

    def figures(
        self,
        viewer: Viewer,
        area: str,
        day: Day,
        as_of: dt.datetime | None = None,
        names: Sequence[str] = KEY_FIGURES,
    ) -> list[Figure]:
        """The area's key figures on a day, with direction and goodness of their change over a week."""
        view = self.cube.at(as_of)
        row = self.row(view, viewer, area)
        made = [measure(name) for name in names]
        return [self._figure(view, viewer, m, row, day) for m in made if self.span(view, viewer, m)]

    def series(
        self,
        viewer: Viewer,
        name: str,
        area: str,
        first: Day,
        last: Day,
        as_of: dt.datetime | None = None,
    ) -> list[Answer]:
        """A measure of one area, day by day."""
        view, made, days = self.cube.at(as_of), measure(name), day_range(first, last)
        row = self.row(view, viewer, area)
        sheet = self._sheet(view, made)
        if sheet is None or not viewer.small_numbers or not sheet[0][0] <= first <= last <= sheet[0][1]:
            return self.ask(viewer, name, area=area, days=days, as_of=as_of)
        (start, _), values = sheet
        at = slice((first - start).days, (last - start).days + 1)
        one = Values(values.value[at, row : row + 1], values.state[at, row : row + 1])
        label = view.areas.label(row, viewer.lang)
        return _answers(Painted(view.areas.level[row], [view.areas.code[row]], [label], days, one))

    def children(
        self, viewer: Viewer, names: Sequence[str], area: str, day: Day, as_of: dt.datetime | None = None
    ) -> list[tuple[Answer, ...]]:
        """For each unit one level below the area, its answers to several measures on a day."""
        view = self.cube.at(as_of)
        level = next_level(view, self.row(view, viewer, area))
        if level is None:
            return []
        asked = [self.ask(viewer, n, area=area, days=[day], level=level, as_of=as_of) for n in names]
        return list(zip(*asked, strict=True))

    def unlocated(self, viewer: Viewer, area: str, day: Day, as_of: dt.datetime | None = None) -> list[Unlocated]:
        """What of the area's numbers on a day could not be placed on anything below it."""
        view = self.cube.at(as_of)
        row = self.row(view, viewer, area)
        found = []
        for name in ("cases", "asymptomatic", "addresses", "risk_high", "risk_middle", "risk_low"):
            if not (viewer.small_numbers or self.hiding.public(MEASURES[name], view)):
                continue
            own = int(view.own(name, day)[row])
            whole = int(view.sums(name, [day]).total[0, row])
            if own:
                found.append(Unlocated(MEASURES[name], own, own / whole if whole else None))
        return found

    def notes(self, viewer: Viewer, area: str, as_of: dt.datetime | None = None) -> list[Note]:
        """Why rows inside the area could not be placed finely, most frequent first; their numbers are small ones."""
        if not viewer.small_numbers:
            return []
        view = self.cube.at(as_of)
        row = self.row(view, viewer, area)
        at = 0 if viewer.lang == "zh" else 1
        found = [
            Note(source, view.areas.label(where, viewer.lang), NOTES[why][at], text, rows)
            for source, code, why, text, rows in self.cube.store.unplaced(view.version)
            if row <= (where := view.row(code)) < view.areas.last[row]
        ]
        return sorted(found, key=lambda note: -note.rows)

    def coarse(
        self, viewer: Viewer, name: str, level: str, area: str, day: Day, as_of: dt.datetime | None = None
    ) -> Coarse:
        """What of an area's measure is known to coarser places only than the units of ``level``, over the days that
        the measure looks back on; nothing where it is made of stocks alone, or may be a small number."""
        made, view = measure(name), self.cube.at(as_of)
        if not (viewer.small_numbers or self.hiding.public(made, view)):
            return Coarse(0, 0)
        flows = {count: -1 if count == "reclassified" else 1 for count in made.counts if not COUNTS[count].stock}
        row = self.row(view, viewer, area)
        asked = [day - dt.timedelta(days=n) for n in range(min(made.back, 6) + 1)]
        units = Units("cells", row) if level == "cell" else AREAS
        at = slice(None) if level == "cell" else view.areas.of_level(level, row)
        whole = sum(sign * int(view.sums(count, asked).total[:, row].sum()) for count, sign in flows.items())
        fine = sum(sign * int(view.sums(count, asked, units).total[:, at].sum()) for count, sign in flows.items())
        return Coarse(whole - fine, whole)

    # helpers ---------------------------------------------------------------------------------------

    def _sheet(self, view: View, made: Measure) -> tuple[tuple[Day, Day], Values] | None:
        """A measure for every area on every day, kept a version: a curve is one column of it.

        None where it would not fit into SHEET_BYTES, or where there are no days.
        """
        span = days_of(view, made)
        if span is None or ((span[1] - span[0]).days + 1) * len(view.areas) * 9 > SHEET_BYTES:
            return None
        key = (view.version, made.id)
        with self._lock:
            kept = self._sheets.get(key)
        if kept is None:
            kept = span, ask(view, made, day_range(*span), AREAS)
            with self._lock:
                self._sheets[key] = kept
        return kept

    def _areas(self, view: View, viewer: Viewer, made: Measure, days: Sequence[Day]) -> Values:
        """A measure for every area on consecutive days, as far as the viewer may see it."""
        values = self._all_areas(view, made, days)
        return values if viewer.small_numbers else self.hiding.conceal(view, made, days, values)

    def _all_areas(self, view: View, made: Measure, days: Sequence[Day]) -> Values:
        """A measure for every area on consecutive days: from its sheet if that is at hand."""
        with self._lock:
            kept = None if view.only else self._sheets.get((view.version, made.id))
        if kept is None or not kept[0][0] <= days[0] <= days[-1] <= kept[0][1]:
            return ask(view, made, days, AREAS)
        at = slice((days[0] - kept[0][0]).days, (days[-1] - kept[0][0]).days + 1)
        return Values(kept[1].value[at], kept[1].state[at])

    def row(self, view: View, viewer: Viewer, area: str) -> int:
        """The row of the area with this code or name (``city``: all that the viewer may see); AreaNotFound outside."""
        return view.areas.find(area, self.top(view, viewer))

    def top(self, view: View, viewer: Viewer) -> int:
        """The row of the area beyond which the viewer sees nothing."""
        return 0 if viewer.scope is None else view.areas.find(viewer.scope)

    def home_of(self, view: View, viewer: Viewer) -> int:
        """The row of what the viewer's screen is headed by: of who sees a part of a province the city it lies in."""
        top = self.top(view, viewer)
        return max(view.areas.ancestor(top, "city"), 0) if view.areas.level[top] not in ABOVE_CITIES else top

    def span(self, view: View, viewer: Viewer, made: Measure) -> tuple[Day, Day] | None:
        """First and last day with data for a measure in what the viewer may see."""
        key = view.version, self.top(view, viewer), made.id
        with self._lock:
            if view.only is None and key in self._spans:
                return self._spans[key]
        found = days_of(view, made, key[1])
        with self._lock:
            if view.only is None:
                self._spans[key] = found
        return found

    def _days(self, view: View, viewer: Viewer, made: Measure, days: Sequence[Day] | None) -> Sequence[Day]:
        if days:
            if len(days) > MAX_DAYS:
                raise BadQuestion(detail=Both(f"最多 {MAX_DAYS} 天", f"at most {MAX_DAYS} days"))
            return days
        span = self.span(view, viewer, made)
        if span is None:
            raise BadQuestion(detail=Both(f"还没有 {made.id} 的数据", f"no data for {made.id} yet"))
        return [span[1]]

    def _painted(self, view: View, viewer: Viewer, made: Measure, row: int, days: Sequence[Day], level: str) -> Painted:
        if level == "cell" and len(view.leaves.cells):
            return self._cells(view, viewer, made, row, days)
        levels = levels_inside(view, row)
        if level not in levels:
            known = ", ".join([*levels, "cell"] if len(cells_inside(view, row)) else levels)
            raise BadQuestion(detail=Both(f"没有层级 {level}；有：{known}", f"no level {level}; {known}"))
        rows = view.areas.of_level(level, row)
        values = self._areas(view, viewer, made, days)
        picked = Values(values.value[:, rows], values.state[:, rows])
        codes = [view.areas.code[r] for r in rows]
        return Painted(level, codes, [view.areas.label(r, viewer.lang) for r in rows], days, picked)

    def _cells(self, view: View, viewer: Viewer, made: Measure, row: int, days: Sequence[Day]) -> Painted:
        units = Units("cells", row)
        values = ask(view, made, days, units)
        if not viewer.small_numbers:
            values = self.hiding.conceal(view, made, days, values, units)
        ids = view.leaves.cells.id
        if row == 0:
            return Painted("cell", ids, ids, days, values)
        codes = [ids[cell] for cell in cells_inside(view, row)]
        return Painted("cell", codes, codes, days, values)

    def _figure(self, view: View, viewer: Viewer, made: Measure, row: int, day: Day) -> Figure:
        days = (day - dt.timedelta(days=COMPARED_DAYS), day)
        both = [self._areas(view, viewer, made, [one]) for one in days]  # the days between are nobody's question
        first, last = (
            Answer(
                view.areas.code[row],
                view.areas.label(row, viewer.lang),
                view.areas.level[row],
                one,
                *_plain(values.value[0, row], values.state[0, row]),
            )
            for one, values in zip(days, both, strict=True)
        )
        return Figure(made, last, first, *_change(made, first, last))


def _whole_city(viewer: Viewer) -> None:
    if viewer.scope is not None:
        raise Forbidden(right=Both(RIGHTS["deliveries"].zh, RIGHTS["deliveries"].en))


def days_of(view: View, made: Measure, row: int = 0) -> tuple[Day, Day] | None:
    """First and last day with data for a measure in the area at ``row``; people alone do not date a rate, but without
    people present there is none by them."""
    if "present" in made.counts and not view.stated_days.get("present"):
        return None
    counted = [count for count in made.counts if count != "population"] or list(made.counts)
    dated = [count for count in counted if count != "present"] or counted
    return view.days(dated, row)


def levels_inside(view: View, row: int) -> tuple[str, ...]:
    """The levels of an area and of what lies in it, coarsest first: not every city of a province has each."""
    levels = view.areas.levels
    below = levels[levels.index(view.areas.level[row]) + 1 :]
    return (view.areas.level[row], *(level for level in below if len(view.areas.of_level(level, row))))


def next_level(view: View, row: int) -> str | None:
    """The level one drills to from an area: its children's, then its cells; None at the bottom."""
    children = view.areas.children(row)
    if len(children):
        return str(view.areas.level[children[0]])
    return "cell" if len(cells_inside(view, row)) else None


def cells_inside(view: View, row: int) -> NDArray[np.int32]:
    """Rows of the cells that lie in an area, whole or in part."""
    return view.cells_of(row)


def day_range(first: Day, last: Day) -> list[Day]:
    """Every day from ``first`` to ``last``; BadQuestion if they are the wrong way round."""
    if last < first:
        raise BadQuestion(detail=f"{first} > {last}")
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def in_parts(days: Sequence[Day], most: int = MAX_DAYS) -> list[Sequence[Day]]:
    """Days, in parts of as many as one question may hold: sums over years are asked part by part."""
    return [days[at : at + most] for at in range(0, len(days), most)]


def _plain(value: float, state: int) -> tuple[float | None, str]:
    return (float(value) if state in (VALUE, ZERO) else None), _STATE_IDS[state]


def _answers(painted: Painted) -> list[Answer]:
    values = painted.values
    return [
        Answer(code, name, painted.level, day, *_plain(values.value[d, u], values.state[d, u]))
        for d, day in enumerate(painted.days)
        for u, (code, name) in enumerate(zip(painted.codes, painted.names, strict=True))
    ]


def _total(parts: Sequence[Painted]) -> Painted:
    """All days of some answers about the same units added up."""
    painted = parts[-1]
    states = np.concatenate([one.values.state for one in parts])
    known, hidden = states != MISSING, (states == SUPPRESSED).any(axis=0, keepdims=True)
    values = np.concatenate([one.values.value for one in parts])
    total = np.where(known, values, 0.0).sum(axis=0, keepdims=True)
    stated = known.any(axis=0, keepdims=True)
    state = np.where(stated, np.where(total == 0, ZERO, VALUE), MISSING)
    state = np.where(hidden, SUPPRESSED, state).astype(np.uint8)
    summed = Values(np.where(stated, total, np.nan), state)
    return Painted(painted.level, painted.codes, painted.names, [painted.days[-1]], summed)


def _change(made: Measure, before: Answer, now: Answer) -> tuple[float | None, Direction, Goodness]:
    if before.value is None or now.value is None:
        return None, "none", "neutral"
    change = now.value - before.value
    direction: Direction = "up" if change > 0 else "down" if change < 0 else "flat"
    if not change or made.higher_is == "neutral":
        return change, direction, "neutral"
    better = (change > 0) == (made.higher_is == "good")
    return change, direction, "good" if better else "bad"


__all__ = [
    "Answer",
    "Coarse",
    "Desk",
    "Figure",
    "Note",
    "Painted",
    "Place",
    "Status",
    "Unlocated",
    "Viewer",
    "cells_inside",
    "day_range",
    "days_of",
    "next_level",
]
