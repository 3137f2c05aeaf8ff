"""Counts by leaf and day as of a version, rolled up to any units.

A :class:`View` is one version of one city: it never changes. What it computes is kept by what it was made of (the loads
that told a day), so that the next version, and the one before, find all that is the same with them.
A :class:`Cube` hands out views and keeps the recent ones.
"""

from __future__ import annotations

import copy
import datetime as dt
import threading
from bisect import bisect_left
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from data.city import City
from data.errors import BadQuestion, NothingLoaded
from data.notices import Notice
from data.retention import asked_from
from data.slabs import MISSING
from data.store import Load, Slab, Store
from data.words import Both
from grid import present
from grid.areas import Areas, successor
from grid.counts import ALWAYS, count_of
from grid.ends import Ends
from grid.geography import Geography, open_geography
from grid.known import Known
from grid.leaves import Leaves
from grid.moved import Part, added, leaf_map
from grid.shelf import Shelves
from grid.stated import Days, OnDemand, Stated
from grid.zones import ZoneBook, inhabitants

Day = dt.date
Wide = NDArray[np.int64]

#: Versions kept: the newest, and those looked back at: a replay of two months shows each day as it was known then.
VIEWS = 64

#: (count, day) pairs of which a view remembers what they are made of: years of all counts.
KEYS = 100_000

#: What a view asks of the store once: a version never changes.
_OF_A_VERSION = (
    "known", "loads", "notices", "unplaced", "presence_days", "every_day", "stated_days", "zones", "zones_told",
    "flows_told", "ends", "_loads",
)  # fmt: skip

#: What a vector is made of, and what is kept under: of a count its tellings (day, source, load) on a geography.
Key = tuple[Hashable, ...]


@dataclass(frozen=True)
class Units:
    """What a vector over the leaves is summed to: ``areas`` (every area of the tree, by row) or the
    ``cells`` inside the area at row ``within`` (in the order of :meth:`View.cells_of`; of the city every cell)."""

    kind: str
    within: int = 0


AREAS = Units("areas")


@dataclass(frozen=True)
class Sums:
    """``total`` and ``stated`` (how many leaves stated anything), days x units."""

    total: Wide
    stated: NDArray[np.int32]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where anything was stated at all."""
        return self.stated > 0


_NONE = object()
_Places = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]


class View:
    """The city as of one version."""

    def __init__(
        self,
        store: Store,
        version: int,
        city: City,
        only: str | None = None,
        geographies: dict[int, Geography] | None = None,
        stated: Stated | None = None,
        shelves: Shelves | None = None,
    ) -> None:
        geography = open_geography(store, version, geographies)
        if geography is None:
            raise NothingLoaded
        self.store = store
        self.version = version
        self._stated = stated or Stated(store)
        self.backs = {source.name: source.backs for source in city.sources if source.backs}
        self.owners = {source.name: city.of(source.name).code for source in city.sources}
        self.retired = city.retired
        self.only = only
        self.from_tables = present.from_tables(city)
        self.geography: Geography = geography
        self.shelves = shelves or Shelves()
        self._keys: dict[tuple[str, Day], Key] = {}
        self._marks: dict[tuple[str, ...], Key] = {}
        self._lock = threading.RLock()

    @property
    def areas(self) -> Areas:
        """The area tree."""
        return self.geography.areas

    @property
    def leaves(self) -> Leaves:
        """The leaf axis."""
        return self.geography.leaves

    def before(self, version: int) -> View:
        """What was known at an earlier version, over the areas and leaves of this one."""
        earlier = copy.copy(self)
        for name in _OF_A_VERSION:
            earlier.__dict__.pop(name, None)
        earlier.version = version
        earlier._keys, earlier._marks, earlier._lock = {}, {}, threading.RLock()
        return earlier

    def row(self, code: str) -> int:
        """Row of the area with this code, or of the one that took it over; the city's of an unknown one."""
        row_of = self.areas.row_of
        return row_of.get(code, row_of.get(successor(code, self.retired), 0))

    @cached_property
    def known(self) -> dt.datetime:
        """When its newest load was known of (UTC)."""
        return self.store.load(self.version).known

    @cached_property
    def notices(self) -> Sequence[Notice]:
        """The notices, as they stand."""
        return self.store.notices(self.version)

    @cached_property
    def unplaced(self) -> Sequence[tuple[str, str, str, str, int]]:
        """(source, area code, why, text, rows) of taken rows that could not be placed finely."""
        return self.store.unplaced(self.version)

    @cached_property
    def presence_days(self) -> Sequence[tuple[Day, str, int]]:
        """(day, source, load) of the tables of people by registration and presence, in order of day."""
        return self.store.presence_days(self.version)

    @cached_property
    def every_day(self) -> Days:
        """count -> the (day, source) pairs that were ever stated."""
        return self._stated.at(self.version)

    @cached_property
    def stated_days(self) -> Days:
        """count -> (day, source) pairs that speak: where a source backs another one up, only on the
        days on which the other says nothing."""
        counted = list(self.every_day)
        if self._loads and present.PRESENT not in counted:
            counted.append(present.PRESENT)
        return OnDemand(counted, self._spoken)

    def _spoken(self, count: str) -> list[tuple[Day, str]]:
        pairs = self.every_day.get(count, [])
        if count == present.PRESENT and self._loads:
            pairs = sorted([*pairs, *self._loads])
        if self.only is not None:
            return [pair for pair in pairs if pair[1] == self.only]
        spoken = set(pairs) if self.backs else set()
        return [(day, source) for day, source in pairs if (day, self.backs.get(source, "")) not in spoken]

    @cached_property
    def zones_told(self) -> Key:
        """What is as it was while all zones are."""
        return (self.geography.id, self.only, self.store.zones_told(self.version), *self._stated.mark((), self.version))

    @cached_property
    def flows_told(self) -> Key:
        """What is as it was while all tables of journeys are."""
        return (self.geography.id, self.store.flows_told(self.version), *self._stated.mark((), self.version))

    @cached_property
    def loads(self) -> Sequence[Load]:
        """The loads up to this version, oldest first."""
        return self.store.loads(upto=self.version)

    @cached_property
    def zones(self) -> ZoneBook:
        """The city's zones."""

        def made() -> ZoneBook:
            known = self.store.zones(self.version)
            return ZoneBook([zone for zone in known if self.only in (None, zone.source)], self)

        return self.shelves.books.made(("zones", self.zones_told), made)

    def told(self, counts: Sequence[str]) -> Key:
        """What is as it was while all that was ever told of some counts is."""
        asked = tuple(counts)
        if asked not in self._marks:
            self._marks[asked] = self._mark(asked)
        return self._marks[asked]

    def _mark(self, counts: Sequence[str]) -> Key:
        zones = any(count.startswith("zone_") for count in counts)
        slabs = [count for count in ("population", *counts) if not count.startswith("zone_")]
        tables = max(self._loads.values(), default=0) if present.PRESENT in counts else 0
        marks = self._stated.mark(slabs, self.version)
        return (self.geography.id, self.only, tables, *(self.zones_told if zones else ()), *marks)

    def tellings(self, count: str) -> Iterator[tuple[Day, str, int]]:
        """Every (day, source, load) that stated a count up to this version."""
        return self._stated.tellings(count, self.version)

    def days(self, counts: Sequence[str], row: int = 0) -> tuple[Day, Day] | None:
        """First and last day on which any of ``counts`` was stated of the area at ``row``; zones count while they
        last."""
        found = [day for count in counts for day in self._span(count, row)]
        if any(count.startswith("zone_") for count in counts):
            found += self.zones.days_of(row)
        return (min(found), max(found)) if found else None

    def _span(self, count: str, row: int) -> list[Day]:
        """The first and the last day on which a count is stated of an area, or of any of it."""
        if row:
            return self.ends.days(count, row)
        pairs = sorted(self.stated_days.get(count, []))
        return [pair[0] for pair in (*pairs[:1], *pairs[-1:])]

    @cached_property
    def ends(self) -> Ends:
        """The first and last days by leaf."""
        return Ends(self)

    # vectors over leaves ---------------------------------------------------------------------------

    def vectors(self, count: str, days: Sequence[Day]) -> list[NDArray[np.int64] | None]:
        """For each day the vector over leaves (int64, MISSING where not stated), None if no statement."""
        keys = [self.key(count, day) for day in days]
        with self._lock:
            found = {key: self.shelves.vectors.get(key, _NONE) for key in set(keys)}
            missing = {key: day for key, day in zip(keys, days, strict=True) if found[key] is _NONE}
            if missing:
                found |= self._fetch(count, missing)
        return [found[key] for key in keys]

    def key(self, count: str, day: Day) -> Key:
        """What the vector of a count on a day is made of: days and versions that have it the same have one vector."""
        found = self._keys.get((count, day))
        if found is None:
            if len(self._keys) >= KEYS:
                self._keys.clear()
            found = self._keys[count, day] = (count, self.geography.id, *self._made_of(count, day))
        return found

    def _made_of(self, count: str, day: Day) -> Key:
        if count.startswith("zone_"):
            return day, self.zones_told, self.key("population", day)
        return tuple((stated, source, self.load(count, stated, source)) for stated, source in self.sources(count, day))

    def load(self, count: str, day: Day, source: str) -> int:
        """The load that told a slab; 0 where none did."""
        if count == present.PRESENT and (day, source) in self._loads:
            return self._loads[day, source]
        return self._stated.load(count, day, source, self.version)

    @cached_property
    def _loads(self) -> dict[tuple[Day, str], int]:
        """(day, source) -> load of the tables that tell the people present."""
        return {(day, source): load for day, source, load in self.presence_days if source in self.from_tables}

    def _fetch(self, count: str, missing: Mapping[Key, Day]) -> dict[Key, NDArray[np.int64] | None]:
        made = self._of_zones if count.startswith("zone_") else self._of_slabs
        return {key: self.shelves.vectors.put(key, vector) for key, vector in made(count, missing)}

    def _of_zones(self, count: str, missing: Mapping[Key, Day]) -> Iterator[tuple[Key, NDArray[np.int64] | None]]:
        for key, day in missing.items():
            vectors = self.zones.vectors(day, inhabitants(self, day))
            for name, vector in vectors.items():  # whoever asks for the people soon asks for the ground
                self.shelves.vectors.put(self.key(name, day), vector)
            yield key, vectors.get(count)

    def _of_slabs(self, count: str, missing: Mapping[Key, Day]) -> Iterator[tuple[Key, NDArray[np.int64] | None]]:
        wanted = {key: self.sources(count, day) for key, day in missing.items()}
        stated = [day for sources in wanted.values() for day, _ in sources]
        known = {(slab.day, slab.source): slab for slab in self.slabs(count, stated)}
        for key, sources in wanted.items():
            yield key, added([self.part(known[each]) for each in sources if each in known], len(self.leaves))

    def slabs(self, count: str, days: Collection[Day]) -> list[Slab]:
        """What was stated of a count on some days (and maybe on others between them)."""
        if not days:
            return []
        stored = self.store.slabs([count], min(days), max(days), self.version)
        if count == present.PRESENT and self.from_tables:
            stored += present.slabs(self.store, self.version, set(days), self.from_tables)
        return stored

    def sources(self, count: str, day: Day) -> list[tuple[Day, str]]:
        """The (day, source) slabs that hold on ``day``: its own, or the last within the carry."""
        pairs, carry = self.stated_days.get(count, []), count_of(count).carry
        end = bisect_left(pairs, (day + dt.timedelta(days=1),))
        if not carry:
            return pairs[bisect_left(pairs, (day,)) : end]
        begin = 0 if carry == ALWAYS else bisect_left(pairs, (day - dt.timedelta(days=carry),))
        last = {source: stated for stated, source in pairs[begin:end]}
        if carry == ALWAYS:
            for stated, source in pairs[end:]:
                last.setdefault(source, stated)  # before the first census, the first census
        return [(stated, source) for source, stated in self._heard(last).items()]

    def _heard(self, last: dict[str, Day]) -> dict[str, Day]:
        """Of a source and the one that backs it up, whose statements of the same stock both still hold, only the one
        that spoke last: the two together would count everybody twice."""
        if self.only is not None:
            return last
        pairs = [(source, other) for source, other in self.backs.items() if {source, other} <= last.keys()]
        older = {source if last[source] < last[other] else other for source, other in pairs}
        return {source: stated for source, stated in last.items() if source not in older}

    def part(self, slab: Slab) -> Part:
        """A slab on the leaves of this geography, as far as it states any."""
        told = Part(slab.start, slab.vector.astype(np.int64))
        return told if slab.geography == self.geography.id else told.onto(self.leaf_map(slab.geography))

    def leaf_map(self, geography: int) -> NDArray[np.int32]:
        """Old leaf -> leaf of this geography, for vectors of an earlier one."""

        def made() -> NDArray[np.int32]:
            areas, leaves = self.store.geography_leaves(geography)
            old = Geography(geography, Areas.from_bytes(areas), Leaves.from_bytes(leaves))
            return leaf_map(old, self.geography, self.retired)

        return self.shelves.things.made(("map", geography, self.geography.id), made)

    # sums ------------------------------------------------------------------------------------------

    def sums(
        self, count: str, days: Sequence[Day], units: Units = AREAS, at: NDArray[np.integer[Any]] | None = None
    ) -> Sums:
        """Sums of ``count`` over the leaves of each unit, for each day; of the units ``at`` some places alone."""
        keys = [(self.key(count, day), units) for day in days]
        with self._lock:
            found = {key: self.shelves.sums.get(key) for key in set(keys)}
            fresh = {key: day for key, day in zip(keys, days, strict=True) if found[key] is None}
            for key, vector in zip(fresh, self.vectors(count, list(fresh.values())), strict=True):
                found[key] = self.shelves.sums.put(key, self._roll(vector, units))
        picked = slice(None) if at is None else at
        rows = [found[key] for key in keys]
        return Sums(np.stack([row[0][picked] for row in rows]), np.stack([row[1][picked] for row in rows]))

    def _roll(self, vector: NDArray[np.int64] | None, units: Units) -> tuple[Wide, NDArray[np.int32]]:
        if vector is None:
            size = len(self.areas) if units.kind == "areas" else len(self.cells_of(units.within))
            return np.zeros(size, np.int64), np.zeros(size, np.int32)
        stated = vector != MISSING
        if units.kind == "areas":
            return self._slices(np.where(stated, vector, 0)), self._slices(stated).astype(np.int32)
        leaves, place, cells = self.places(units.within)
        told = stated[leaves]
        value = np.where(told, vector[leaves], 0)
        # exact: a double holds whole numbers up to 2**53
        total = np.bincount(place, value, len(cells)).astype(np.int64)
        return total, np.bincount(place, told, len(cells)).astype(np.int32)

    def cells_of(self, row: int) -> NDArray[np.int32]:
        """Rows of the cells that lie in an area, whole or in part, ascending; of the city every cell."""
        return self.places(row)[2]

    def places(self, row: int) -> _Places:
        """(leaves of an area that lie in a cell, the place of each one's cell among the cells, the cells)."""

        def made() -> _Places:
            lo, hi = int(self.areas.lo[row]), int(self.areas.hi[row])
            leaves = lo + np.flatnonzero(self.leaves.cell[lo:hi] >= 0)
            every = np.arange(len(self.leaves.cells), dtype=np.int32)
            cells = every if row == 0 else np.unique(self.leaves.cell[leaves]).astype(np.int32)
            return leaves, np.searchsorted(cells, self.leaves.cell[leaves]), cells

        return self.shelves.things.made(("places", self.geography.id, row), made)

    def _slices(self, vector: NDArray[np.int64] | NDArray[np.bool_]) -> Wide:
        total = np.concatenate([[0], np.cumsum(vector, dtype=np.int64)])
        return np.asarray(total[self.areas.hi] - total[self.areas.lo], np.int64)

    def own(self, count: str, day: Day) -> Wide:
        """What is known of each area but of none of its children: the unlocated of ``count``, by area
        row. Of an area without children it is what is known of none of its cells."""
        vector = self.vectors(count, [day])[0]
        if vector is None:
            return np.zeros(len(self.areas), np.int64)
        value = np.where(vector == MISSING, 0, vector)
        own = np.zeros(len(self.areas), np.int64)
        np.add.at(own, self.leaves.area, value)
        childless = self.areas.last == np.arange(len(self.areas)) + 1
        return np.where(childless, value[self.areas.lo], own)


class Cube:
    """Views of a city's store by version. ``at()`` is the newest."""

    def __init__(self, store: Store, city: City) -> None:
        self.store = store
        self.city = city
        self._views: LRUCache[tuple[int, str | None], View] = LRUCache(VIEWS)
        self._geographies: dict[int, Geography] = {}
        self._stated, self._known, self._shelves = Stated(store), Known(store), Shelves()
        self._lock = threading.Lock()
        self._still = threading.local()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Within, in this thread, a moment means the same version every time that it is asked for: an answer is of one
        state of the store, and asks for its number once instead of thirty times."""
        if hasattr(self._still, "version"):
            yield
            return
        self._still.version = None
        try:
            yield
        finally:
            del self._still.version

    def version(self, as_of: dt.datetime | None = None) -> int:
        """The newest version, or the newest that was known at a moment (UTC); 0 if there is none."""
        newest: int | None = getattr(self._still, "version", None)
        if newest is None:
            newest = self.store.version()
            if hasattr(self._still, "version"):
                self._still.version = newest
        return newest if as_of is None else self._known.version(as_of, newest)

    def at(self, as_of: dt.datetime | None = None, source: str | None = None) -> View:
        """The city as it was known at ``as_of`` (UTC), or as it is known now; with ``source`` as that
        source alone tells it. Raises BadQuestion where nothing was known yet, or of a source there is not."""
        names = [known.name for known in self.city.sources]
        if source is not None and source not in names:
            detail = Both(f"没有来源 {source}；有：{', '.join(names)}", f"no source {source}; {', '.join(names)}")
            raise BadQuestion(detail=detail)
        key = self.version(as_of), source
        if as_of is not None and key[0] == 0:
            raise BadQuestion(detail=Both("那时还没有任何数据", "nothing was known then"))
        with self._lock:
            if key not in self._views:
                if as_of is not None and key[0] < asked_from(self.store):
                    raise BadQuestion(detail=Both("那时所知已过保存期", "what was known then is no longer kept"))
                self._views[key] = View(
                    self.store, key[0], self.city, source, self._geographies, self._stated, self._shelves
                )
            return self._views[key]
