"""The questions about sources: how each stands, for the city and for each area, and what is odd about it.

Whoever sees one city of many is told of that city's own sources as if it stood alone. Of others, and to who sees a part
of a city only, those are told of that speak of their area: of faults only their name and days, of areas only their own,
and no numbers that are of more than it.
"""

from __future__ import annotations

import datetime as dt
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from cachetools import LRUCache, TTLCache
from numpy.typing import NDArray

from dashboard.queries.deliveries import own_sources, part_of
from dashboard.queries.desk import Desk
from dashboard.queries.feed_lines import WORST, Board, FeedCell, FeedDay, FeedLine, FeedPart, state_of
from dashboard.queries.freshness import Freshness, Timeliness, data_moment, freshness, is_archive, judged
from dashboard.queries.levels import ABOVE_CITIES, next_level
from dashboard.queries.viewer import Viewer
from data import held
from data.faults import Fault
from data.held import Held
from data.store import Load, utcnow
from grid.cube import View
from grid.freshness.ledger import STRIP_DAYS, Found, Panels, feeds, panels, speaks
from grid.measures import Measure

Day = dt.date
Moment = dt.datetime | None

#: Versions whose panels are kept.
KEPT = 4
#: Answers about all sources that are kept: of some hundred areas beyond which somebody sees nothing.
TOLD = 600
#: Seconds between two looks into the folder of what was returned.
LOOK = 2
#: Faults of which a number may be told to anybody: they speak of the sender's file or clock, not of people.
PLAIN = ("stopped", "late", "delayed", "missing_day", "schema_drift")


class FreshnessDesk:
    """How sources stand; ``home``: where held deliveries lie."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._panels: LRUCache[int, Panels] = LRUCache(KEPT)
        self._clocks: LRUCache[int, dt.datetime | None] = LRUCache(KEPT)
        self._judged: LRUCache[tuple[object, ...], list[Freshness]] = LRUCache(4 * KEPT)
        self._told: LRUCache[tuple[object, ...], Timeliness] = LRUCache(TOLD)
        self._folder: TTLCache[str, tuple[Held, ...]] = TTLCache(1, LOOK)
        self._lock = threading.Lock()

    @property
    def home(self) -> Path | None:
        """The home whose inbox holds what is held; None where nobody said."""
        return self.desk.home

    # moments -----------------------------------------------------------------------------------------

    def now(self, as_of: Moment = None) -> dt.datetime:
        """The moment that ages are counted to: the city's own where it is simulated or an archive."""
        version = self.desk.cube.at(as_of).version
        with self._lock:
            known = version in self._clocks
        if not known:
            city, loads = self.desk.city, self.loads(as_of)
            stands = city.simulated or is_archive(city, loads)
            with self._lock:
                self._clocks[version] = data_moment(city, loads) if stands else None
        with self._lock:
            return self._clocks[version] or as_of or utcnow()

    def loads(self, as_of: Moment = None) -> list[Load]:
        """All loads of a version."""
        return list(self.desk.cube.at(as_of).loads)

    # sources -----------------------------------------------------------------------------------------

    def feeds(self, viewer: Viewer, as_of: Moment = None, now: Moment = None) -> Timeliness:
        """Every source that the viewer may know of."""
        view, now = self.desk.cube.at(as_of), now or self.now(as_of)
        returned = self._returned() if as_of is None else ()
        minute, back = now.replace(second=0, microsecond=0), tuple((one.name, one.at) for one in returned)
        key = view.version, minute, viewer.scope, viewer.small_numbers, back
        with self._lock:
            kept = self._told.get(key)
        if kept is None:
            kept = self._feeds(view, viewer, as_of, now, returned)
            with self._lock:
                self._told[key] = kept
        return kept

    def _feeds(
        self, view: View, viewer: Viewer, as_of: Moment, now: dt.datetime, returned: tuple[Held, ...]
    ) -> Timeliness:
        found = [_with_returned(one, returned) for one in self._all(view.version, as_of, now)]
        if not viewer.small_numbers:
            found = [replace(one, found=tuple(map(_without_numbers, one.found))) for one in found]
        if part_of(self.desk.city, viewer.scope) is self.desk.city:
            return Timeliness(found)
        own, row = own_sources(self.desk.city, viewer.scope), self.desk.row(view, viewer, "city")
        told = [one for one in found if one.source.name in own or self._speaks(view, one, row)]
        return Timeliness([one if one.source.name in own else self._bound(view, one, row, now) for one in told])

    def _returned(self) -> tuple[Held, ...]:
        """What was returned whole, as its folder had it LOOK seconds ago at most."""
        if self.home is None:
            return ()
        with self._lock:
            known = self._folder.get("returned")  # asked once: between two questions it may expire
            if known is None:
                known = self._folder["returned"] = tuple(held.returned(self.home))
            return known

    def _all(self, version: int, as_of: Moment, now: dt.datetime) -> list[Freshness]:
        """Every source at a moment; a minute makes no source late."""
        minute = now.replace(second=0, microsecond=0)
        key = version, minute
        with self._lock:
            kept = self._judged.get(key)
        if kept is None:
            kept = freshness(self.desk.city, self.loads(as_of), now)
            with self._lock:
                self._judged[key] = kept
        return list(kept)

    def _bound(self, view: View, one: Freshness, row: int, now: dt.datetime) -> Freshness:
        """Without what is the whole city's: by the last day that the source told of the area."""
        found = tuple(cut for each in one.found if (cut := _inside(view, each, row)) is not None)
        newest = view.ends.newest(one.source.name, row) if one.newest else None
        return replace(judged(one, newest, self.desk.city, now), loads=None, rejected=None, found=found)

    def _speaks(self, view: View, one: Freshness, row: int) -> bool:
        made = self.panels(view)
        told = made.told.get(one.source.name)
        return speaks(one.source, view, told, row, made.inside(row, int(view.areas.last[row])))

    def panels(self, view: View) -> Panels:
        """What each source told lately, made once a version."""
        with self._lock:
            if view.version not in self._panels:
                self._panels[view.version] = panels(view)
            return self._panels[view.version]

    # the board ---------------------------------------------------------------------------------------

    def board(self, viewer: Viewer, area: str = "city", as_of: Moment = None, now: Moment = None) -> Board:
        """Sources x areas below an area (itself where nothing is below). AreaNotFound outside the scope."""
        view, now = self.desk.cube.at(as_of), now or self.now(as_of)
        row = self.desk.row(view, viewer, area)
        rows = [row]
        if next_level(view, row) not in (None, "cell") and view.areas.level[row] in (*ABOVE_CITIES, "city", "district"):
            rows = view.areas.children(row).tolist()
        waiting = self._waiting(viewer)
        feeds = [one for one in self.feeds(viewer, as_of, now).sources if self._of_area(view, one, row)]
        lines = tuple(self._line(view, one, rows, waiting, now) for one in feeds)
        areas = tuple((view.areas.code[one], view.areas.label(one, viewer.lang)) for one in rows)
        parts = self._parts(view, viewer, rows, lines) if view.areas.level[row] in ABOVE_CITIES else ()
        return Board(now, is_archive(self.desk.city, self.loads(as_of)), areas, lines, parts)

    def _owner(self, view: View, source: str) -> int:
        """The row of the city whose source it is."""
        return view.areas.row_of.get(self.desk.city.of(source).code, 0)

    def _of_area(self, view: View, one: Freshness, row: int) -> bool:
        """Whether a source is of an area, or of one around it: not one of a city that lies elsewhere."""
        owner, last = self._owner(view, one.source.name), view.areas.last
        return bool(row < last[owner] and owner < last[row])

    def _parts(
        self, view: View, viewer: Viewer, rows: Sequence[int], lines: Sequence[FeedLine]
    ) -> tuple[FeedPart, ...]:
        """The lines by the area below whose own sources they are, the worst first, then by how many are late."""
        owned = [(self._owner(view, line.feed.source.name), line) for line in lines]
        made = [
            FeedPart(view.areas.code[row], view.areas.label(row, viewer.lang),
                     tuple(line for owner, line in owned if row <= owner < view.areas.last[row]))
            for row in rows
        ]  # fmt: skip
        return tuple(sorted(made, key=lambda one: (WORST.index(one.state), -one.late, -one.doubtful)))

    def _line(
        self, view: View, one: Freshness, rows: Sequence[int], waiting: Mapping[str, int], now: dt.datetime
    ) -> FeedLine:
        n = waiting.get(one.source.name, 0)
        return FeedLine(one, tuple(self._cell(view, one, row, n) for row in rows), self._days(view, one, now), n)

    def _cell(self, view: View, one: Freshness, row: int, waiting: int) -> FeedCell:
        made, code = self.panels(view), view.areas.code[row]
        told, units = made.told.get(one.source.name), made.inside(row, int(view.areas.last[row]))
        if not speaks(one.source, view, told, row, units):
            return FeedCell(code, "none", None, ())
        here = [fault for fault in one.faults if _touches(view, fault, row)]
        complete = told.complete(units) if told is not None and len(units) else None
        return FeedCell(code, state_of(one, waiting, here), complete, tuple(fault.id for fault in here))

    def _days(self, view: View, one: Freshness, now: dt.datetime) -> tuple[FeedDay, ...]:
        """Its last STRIP_DAYS days."""
        made = self.panels(view)
        days = set(made.days.get(one.source.name, ())) or _spans(self.loads(), one.source.name)
        if not days:
            return ()
        end = max(min(now.date(), max(days) + dt.timedelta(days=STRIP_DAYS // 2)), max(days))
        strip = [end - dt.timedelta(days=n) for n in reversed(range(STRIP_DAYS))]
        return tuple(FeedDay(day, _day_state(one, day, days)) for day in strip)

    # held --------------------------------------------------------------------------------------------

    def held(self, viewer: Viewer) -> list[Held]:
        """The deliveries of the viewer's own sources that are held, oldest first; Forbidden without the right to see
        deliveries."""
        return self._theirs(viewer, held.held)

    def refused(self, viewer: Viewer) -> list[Held]:
        """Those that somebody returned and that can be taken back; the same."""
        return self._theirs(viewer, held.refused)

    def _theirs(self, viewer: Viewer, listed: Callable[[Path], list[Held]]) -> list[Held]:
        self.desk.may_see_deliveries(viewer)
        found = [] if self.home is None else listed(self.home)
        if part_of(self.desk.city, viewer.scope) is not self.desk.city:
            own = own_sources(self.desk.city, viewer.scope)
            found = [one for one in found if one.source in own]
        return found if viewer.small_numbers else [_bare(one) for one in found]

    def _waiting(self, viewer: Viewer) -> Mapping[str, int]:
        """Source -> deliveries of it that nobody has decided on."""
        found = self.held(viewer) if self.desk.sees_deliveries(viewer) else []
        return Counter(one.source for one in found if one.waits)

    # what rests on a doubtful source -----------------------------------------------------------------

    def doubted(
        self, viewer: Viewer, made: Measure, codes: Sequence[str], level: str, day: Day, as_of: Moment = None,
        now: Moment = None,
    ) -> NDArray[np.bool_]:  # fmt: skip
        """Which units' numbers of a day rest on a source that is late by then, or has a fault about that day."""
        doubt: NDArray[np.bool_] = self.doubted_days(viewer, made, codes, level, [day], as_of, now)[0]
        return doubt

    def doubted_days(
        self, viewer: Viewer, made: Measure, codes: Sequence[str], level: str, days: Sequence[Day],
        as_of: Moment = None, now: Moment = None,
    ) -> NDArray[np.bool_]:  # fmt: skip
        """The same of several days: days x units."""
        view, doubt = self.desk.cube.at(as_of), np.zeros((len(days), len(codes)), bool)
        odd = [one for one in self.feeds(viewer, as_of, now).sources if one.found]
        if not odd or not codes:
            return doubt
        rows = _rows(view, codes, level)
        for at, day in enumerate(days):
            names = feeds([count for count in made.counts if count != "population"], view, day)
            for one in odd:
                for fault in self._bearing(view, one, day) if one.source.name in names else ():
                    doubt[at] |= self._hit(view, one, fault, rows)
        return doubt

    def _bearing(self, view: View, one: Freshness, day: Day) -> list[Fault]:
        """What speaks against a day: a fault about it, or that the source is late and it is no older than its last."""
        told = self.panels(view).days.get(one.source.name, ())
        late = one.state in ("warn", "error") and (not told or day >= told[-1])
        about = [each.fault for each in one.found if not each.accepted and _about(each.fault, day)]
        return [*about, *([Fault("late")] if late else [])]

    def _hit(self, view: View, one: Freshness, fault: Fault, rows: NDArray[np.int32]) -> NDArray[np.bool_]:
        """The units that a fault touches."""
        if fault.units:
            return np.array([row >= 0 and _touches(view, fault, int(row)) for row in rows], bool)
        if not one.source.areas:
            return np.ones(len(rows), bool)
        own = [view.areas.find(words) for words in one.source.areas]
        last = view.areas.last
        hit = [row >= 0 and any(row < last[top] and top < last[row] for top in own) for row in rows.tolist()]
        return np.array(hit, bool)

    def late_of(self, viewer: Viewer, made: Measure, day: Day | None, as_of: Moment = None) -> Freshness | None:
        """The latest of the sources that a measure is made of; None if none of them is late."""
        if day is None:
            return None
        names = feeds([count for count in made.counts if count != "population"], self.desk.cube.at(as_of), day)
        found = [one for one in self.feeds(viewer, as_of).sources
                 if one.source.name in names and one.state in ("warn", "error")]  # fmt: skip
        return max(found, key=lambda one: (one.state == "error", one.over), default=None)

    def query(self, viewer: Viewer, as_of: Moment = None) -> str:
        """What an address of bytes ends on, so that a browser asks anew once a source turned late; "" where none is."""
        late = any(one.state in ("warn", "error") for one in self.feeds(viewer, as_of).sources)
        return f"?fresh={self.stamp(viewer, as_of)}" if late else ""

    def stamp(self, viewer: Viewer, as_of: Moment = None) -> str:
        """Changes when a picture of sources must be made anew: a source that turns late, a fault, a held delivery."""
        told = [(one.source.name, one.state, [f.id for f in one.faults]) for one in self.feeds(viewer, as_of).sources]
        return f"{zlib.crc32(repr((told, sorted(self._waiting(viewer).items()))).encode()):08x}"


def _with_returned(one: Freshness, returned: Sequence[Held]) -> Freshness:
    """With what was wrong about a file that came last and was returned whole."""
    came, name = one.received, one.source.name
    back = [each for each in returned if each.source == name and (came is None or each.at > came)]
    return replace(one, found=(*(Found(f, 0, True) for each in back[-1:] for f in each.faults), *one.found))


def _inside(view: View, each: Found, row: int) -> Found | None:
    """A fault as far as the area at ``row`` goes: its own areas, no number of people; None where it is another's."""
    fault = each.fault
    units = tuple(code for code in fault.units if row <= view.areas.row_of.get(code, -1) < view.areas.last[row])
    if fault.units and not units:
        return None
    if fault.id == "incomplete":
        return replace(each, fault=replace(fault, units=units, more={"n": len(units)}))
    return _without_numbers(replace(each, fault=replace(fault, units=units)))


def _without_numbers(each: Found) -> Found:
    """Without numbers of people, whose smallness would be told."""
    return each if each.fault.id in PLAIN else replace(each, fault=replace(each.fault, more={}))


def _bare(one: Held) -> Held:
    """A held delivery for who may not see small numbers."""
    return replace(one, faults=tuple(_without_numbers(Found(fault, 0, True)).fault for fault in one.faults))


def _touches(view: View, fault: Fault, row: int) -> bool:
    """Whether a fault is about the area at ``row``, or one inside it or around it."""
    if not fault.units:
        return True
    places = [view.areas.row_of.get(code, -1) for code in fault.units]
    return any(at >= 0 and row < view.areas.last[at] and at < view.areas.last[row] for at in places)


def _about(fault: Fault, day: Day) -> bool:
    return fault.first is not None and fault.first <= day <= (fault.last or fault.first)


def _day_state(one: Freshness, day: Day, days: set[Day]) -> str:
    if any(_about(each.fault, day) and each.fault.id != "missing_day" for each in one.found):
        return "fault"
    if day in days:
        return "told"
    if day < min(days):
        return "before"
    missing = any(_about(each.fault, day) for each in one.found)
    late = day > max(days) and one.state in ("warn", "error")
    return "missing" if missing or late else "planned"


def _spans(loads: Sequence[Load], source: str) -> set[Day]:
    """The days of loads of a kind that keeps no vectors."""
    return {
        load.first_day + dt.timedelta(days=n)
        for load in loads
        if load.source == source and load.first_day and load.last_day
        for n in range(min((load.last_day - load.first_day).days + 1, 1000))
    }


def _rows(view: View, codes: Sequence[str], level: str) -> NDArray[np.int32]:
    """Area rows of units; of a cell the area that it lies in."""
    if level != "cell":
        return np.array([view.areas.row_of.get(code, -1) for code in codes], np.int32)
    home = view.leaves.area[_first_leaf(view)]
    return np.array([home[view.leaves.cells.row_of[code]] for code in codes], np.int32)


def _first_leaf(view: View) -> NDArray[np.int64]:
    """The first leaf of each cell."""
    leaf = np.zeros(len(view.leaves.cells), np.int64)
    at = np.flatnonzero(view.leaves.cell >= 0)[::-1]
    leaf[view.leaves.cell[at]] = at
    return leaf
