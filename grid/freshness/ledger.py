"""The ledger of a moment: each source's state, its faults, and what it told of each area on its last days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from data.city import Source
from data.faults import Fault, faults_of
from data.store import Load
from grid.counts import count_of
from grid.cube import View
from grid.freshness.panel import seats

Day = dt.date
Units: TypeAlias = NDArray[np.float64]

#: Days that a strip shows, and against which completeness is weighed.
STRIP_DAYS = 30
USUAL_DAYS = 7
#: A source whose days name at least so many of what the middle one names is one that names everybody each day.
STEADY = 0.8
#: A fault about days longer ago than this is history: it is listed, and colours nothing any more.
OPEN_DAYS = 7
#: Loads whose faults are listed.
LISTED = 200


@dataclass(frozen=True)
class Found:
    """A fault of a source, and the load that brought it: 0 for what the clock told. ``accepted``: somebody let it pass,
    for this reason; ``open``: it still bears on what is shown."""

    fault: Fault
    load: int
    open: bool
    accepted: str = ""


def faults(loads: Sequence[Load], told: Iterable[Day], newest: Day | None) -> list[Found]:
    """What was odd about a source's deliveries, newest first; what a later delivery mended is left out. ``told``: the
    days that it has told by now."""
    days, found = set(told), []
    for at, load in enumerate(loads[-LISTED:], max(0, len(loads) - LISTED)):
        later = loads[at + 1 :]
        for fault in faults_of(load.notes):
            left = _left(fault, days) if fault.id == "missing_day" else fault
            if left is not None and not _mended(left, later):
                accepted = str(load.notes.get("accepted", {}).get("why", ""))
                found.append(Found(left, load.id, not accepted and _open(left, load is loads[-1], newest), accepted))
    return found[::-1]


def _left(fault: Fault, told: set[Day]) -> Fault | None:
    """Missing days that are missing still."""
    missing = [day for day in _days(fault) if day not in told]
    if not missing:
        return None
    return Fault(fault.id, missing[0], missing[-1], fault.units, {**fault.more, "n": len(missing)})


def _days(fault: Fault) -> list[Day]:
    if fault.first is None or fault.last is None:
        return []
    return [fault.first + dt.timedelta(days=n) for n in range((fault.last - fault.first).days + 1)]


def _mended(fault: Fault, later: Sequence[Load]) -> bool:
    """Whether a later delivery told all the days anew without the fault; columns are mended by the next file."""
    if fault.id == "schema_drift":
        return False
    return any(
        load.first_day is not None and load.last_day is not None and fault.first is not None
        and load.first_day <= fault.first and load.last_day >= (fault.last or fault.first)
        and fault.id in ("zero_filled", "copied_day", "shifted_rows", "jump", "incomplete")
        and not any(other.id == fault.id for other in faults_of(load.notes))
        for load in later
    )  # fmt: skip


def _open(fault: Fault, last: bool, newest: Day | None) -> bool:
    if fault.last is None or newest is None:
        return last
    return (newest - fault.last).days <= OPEN_DAYS


@dataclass(frozen=True)
class Told:
    """What one source told on each of its last days: ``values`` and ``stated`` days x units (NaN, False: nothing)."""

    days: tuple[Day, ...]
    values: Units
    stated: NDArray[np.bool_]

    def named(self, at: NDArray[np.intp]) -> NDArray[np.int64]:
        """How many of some units had a number above nought on each day."""
        return np.asarray((self.values[:, at] > 0).sum(axis=1), np.int64)

    def complete(self, at: NDArray[np.intp]) -> float | None:
        """Units named on the last day against the middle of the days before; None of a source that names now these, now
        those."""
        named = self.named(at)
        before = named[-USUAL_DAYS - 1 : -1]
        if len(before) < USUAL_DAYS:
            return None
        usual = float(np.median(before))
        steady = usual >= 1 and before.min() >= STEADY * usual  # else a place without a number is no place without data
        return min(1.0, float(named[-1]) / usual) if steady else None


@dataclass(frozen=True)
class Panels:
    """What every source told, on the ``codes`` of the areas by which sources are judged (the last unit is what is known
    no finer)."""

    codes: tuple[str, ...]
    rows: NDArray[np.int32]
    told: Mapping[str, Told] = field(default_factory=dict)
    days: Mapping[str, tuple[Day, ...]] = field(default_factory=dict)

    def inside(self, first: int, last: int) -> NDArray[np.intp]:
        """The units of the areas with rows from ``first`` to before ``last``."""
        return np.flatnonzero((self.rows >= first) & (self.rows < last))


def panels(view: View) -> Panels:
    """What every source told on its last STRIP_DAYS days, as of a version."""
    made = seats(view.areas, view.leaves)
    days = _days_of(view)
    rows = np.array([view.areas.row_of[code] for code in made.codes], np.int32)
    told: dict[str, Told] = {}
    ends = {days[source][-1] for source in days}
    for end in sorted(ends):  # sources that ended together are read together
        here = {source for source in days if days[source][-1] == end}
        told |= _read(view, here, end)
    return Panels(made.codes, rows, told, {source: tuple(found) for source, found in days.items()})


def _days_of(view: View) -> dict[str, list[Day]]:
    found: dict[str, set[Day]] = {}
    for pairs in view.every_day.values():
        for day, source in pairs:
            found.setdefault(source, set()).add(day)
    return {source: sorted(days) for source, days in found.items()}


def _read(view: View, sources: set[str], end: Day) -> dict[str, Told]:
    first = end - dt.timedelta(days=STRIP_DAYS - 1)
    by: dict[str, dict[Day, list[Units]]] = {}
    for count, pairs in view.every_day.items():
        own = [(day, source) for day, source in pairs if source in sources and first <= day <= end]
        for (day, source), units in _sums(view, count, own).items():
            by.setdefault(source, {}).setdefault(day, []).append(units)
    return {source: _told(days) for source, days in by.items()}


def _sums(view: View, count: str, pairs: Sequence[tuple[Day, str]]) -> dict[tuple[Day, str], Units]:
    """Sums by unit of what sources told of a count, by (day, source): each slab is read once, whatever the version."""
    made, shelf = seats(view.areas, view.leaves), view.shelves.sums
    keys = {pair: ("seats", count, view.geography.id, *pair, view.load(count, *pair)) for pair in pairs}
    found = {pair: shelf.get(key) for pair, key in keys.items()}
    lacking = {pair for pair, units in found.items() if units is None}
    days = [day for day, _ in lacking]
    slabs = view.store.slabs([count], min(days), max(days), view.version) if days else []
    for slab in slabs:
        if (pair := (slab.day, slab.source)) in lacking:
            part = view.part(slab)
            found[pair] = shelf.put(keys[pair], made.sums(part.vector, part.start))
    return found


def _told(days: Mapping[Day, Sequence[Units]]) -> Told:
    order = tuple(sorted(days))
    stack = [np.stack(days[day]) for day in order]
    stated = np.stack([~np.isnan(one).all(axis=0) for one in stack])
    return Told(order, np.stack([np.nansum(one, axis=0) for one in stack]), stated)


def speaks(source: Source, view: View, told: Told | None, row: int, units: NDArray[np.intp]) -> bool:
    """Whether a source tells anything of the area at ``row``: by the city file, else by what it told."""
    areas = view.areas
    if source.areas:
        own = [areas.find(words) for words in source.areas]
        return any(row < areas.last[one] and one < areas.last[row] for one in own)
    if told is None or not len(units):
        return True
    return bool((told.values[:, units] > 0).any() or not told.stated[:, :-1].any() or _even(told, units))


def _even(told: Told, units: NDArray[np.intp]) -> bool:
    """Whether it states every unit, so that its noughts are told here as well."""
    return bool(told.stated[-1, units].any())


def feeds(counts: Iterable[str], view: View, day: Day) -> set[str]:
    """The sources that tell any of some counts, on that day or until a stock's last statement holds."""
    found: set[str] = set()
    for count in counts:
        reach = dt.timedelta(days=max(count_of(count).carry, STRIP_DAYS)) if count != "population" else None
        for stated, source in view.stated_days.get(count, []):
            if reach is None or day - reach <= stated <= day:
                found.add(source)
    return found
