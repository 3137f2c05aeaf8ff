"""What one source told, as numbers by day: counts x areas, NaN where it told nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from data.days import day_number
from data.flows import LAYOUTS
from data.slabs import MISSING, Vector, start_of, unpack, unpack_rows
from data.store import Writer
from grid.areas import Areas
from grid.counts import count_of
from grid.leaves import Leaves

Day = dt.date
Numbers = NDArray[np.float64]

#: Days before a delivery's first that are looked at: four weeks hold every day of the week four times.
HISTORY = 28
#: Sums by area kept in memory: 90 days of a dozen counts of every source, 1.7 kB each in the largest city.
KEPT = 12_000

#: What of a table of flows is a number of the day, and what it is called.
FLOWS: Mapping[str, tuple[str, str, str]] = {
    "flows": ("people", "人数", "people"),
    "elsewhere_cases": ("n", "新增确诊", "new cases"),
}


@dataclass(frozen=True)
class Panel:
    """``now``: day number -> counts x units as told last; ``before``: as told until then, of days told anew; ``fresh``:
    the days of the delivery. The last unit is what is known no finer (code "")."""

    counts: tuple[str, ...]
    units: tuple[str, ...]
    now: Mapping[int, Numbers]
    before: Mapping[int, Numbers] = field(default_factory=dict)
    fresh: frozenset[int] = frozenset()
    stocks: frozenset[int] = frozenset()

    @cached_property
    def days(self) -> list[int]:
        """The told days in order."""
        return sorted(self.now)

    def names(self, count: int) -> list[str]:
        """What a count is called, in Chinese and English."""
        id_ = self.counts[count]
        if id_ in FLOWS:
            return list(FLOWS[id_][1:])
        found = count_of(id_)
        return [found.zh, found.en]


@dataclass(frozen=True)
class Seats:
    """The areas by which a source is judged: those of the finest level not below the street; ``of`` leaf -> unit."""

    codes: tuple[str, ...]
    of: NDArray[np.int32]

    def sums(self, vector: NDArray[np.signedinteger], start: int = 0) -> Numbers:
        """Sums by unit of a vector over the leaves from ``start`` on, NaN where no leaf is stated; the last is what is
        known no finer."""
        stated = vector != MISSING
        at, size = self.of[start : start + len(vector)][stated], len(self.codes) + 1
        total = np.bincount(at, vector[stated].astype(np.float64), size)
        return np.where(np.bincount(at, minlength=size) > 0, total, np.nan)


def seats(areas: Areas, leaves: Leaves) -> Seats:
    """The seats of a geography."""
    level = next((name for name in ("street", "district") if name in areas.levels), areas.levels[0])
    rows = areas.of_level(level)
    unit = np.full(len(leaves), len(rows), np.int32)
    for at, row in enumerate(rows.tolist()):
        unit[areas.lo[row] : areas.hi[row]] = at
    return Seats(tuple(areas.code[row] for row in rows), unit)


class Memory:
    """Sums by area of what earlier loads told: each slab is unpacked once. ``laid``: (geography, start, vector) of a
    stored slab -> its vector over all leaves."""

    def __init__(self, seats: Seats, laid: Callable[[int, int, Vector], NDArray[np.int64]]) -> None:
        self.seats, self._laid = seats, laid
        self._kept: LRUCache[tuple[str, str, Day, int], Numbers] = LRUCache(KEPT)

    def sums(self, geography: int, body: bytes) -> Numbers:
        """Sums of a stored vector, of whichever geography."""
        return self.seats.sums(self.vector(geography, body))

    def vector(self, geography: int, body: bytes) -> NDArray[np.int64]:
        """A stored vector over all leaves."""
        return self._laid(geography, start_of(body), unpack(body))

    def told(self, load: Writer, first: Day, last: Day) -> dict[tuple[str, Day], Numbers]:
        """(count, day) -> sums of what earlier loads of the writer's source told last."""
        keys = {(load.source, count, day, number): (count, day)
                for (count, day), number in load.told(first, last).items()}  # fmt: skip
        wanted: dict[int, set[Day]] = {}
        for _, _, day, number in (key for key in keys if key not in self._kept):
            wanted.setdefault(number, set()).add(day)
        found = {key: self._kept[key] for key in keys if key in self._kept}
        for number, days in wanted.items():
            for count, day, geography, body in load.bodies(number, days):
                sums = self._kept[load.source, count, day, number] = self.sums(geography, body)
                found[load.source, count, day, number] = sums
        return {pair: found[key] for key, pair in keys.items() if key in found}


def panel_of(memory: Memory, load: Writer) -> Panel | None:
    """What a load's slabs say, beside what its source said before; None where it has none."""
    wrote = load.wrote.get("slab", [])
    if not wrote:
        return None
    days = sorted({row["day"] for row in wrote})
    first, last = days[0] - dt.timedelta(days=HISTORY), days[-1]
    earlier = memory.told(load, first, last)
    new = {(row["count"], row["day"]): memory.sums(row["geography"], row["body"]) for row in wrote}
    counts = tuple(sorted({count for count, _ in (*earlier, *new)}))
    stocks = frozenset(at for at, count in enumerate(counts) if count_of(count).stock)
    size = (len(counts), len(memory.seats.codes) + 1)
    before = _by_day(earlier, counts, size)
    now = _by_day({**earlier, **new}, counts, size)
    fresh = frozenset(day_number(day) for day in days)
    told = {day: before[day] for day in fresh & before.keys()}
    return Panel(counts, (*memory.seats.codes, ""), now, told, fresh, stocks)


def _by_day(
    told: Mapping[tuple[str, Day], Numbers], counts: tuple[str, ...], size: tuple[int, int]
) -> dict[int, Numbers]:
    made: dict[int, Numbers] = {}
    for (count, day), sums in told.items():
        made.setdefault(day_number(day), np.full(size, np.nan))[counts.index(count)] = sums
    return {day: numbers for day, numbers in made.items() if not np.isnan(numbers).all()}


def flow_panel(kind: str, wrote: Iterable[Mapping[str, Any]]) -> Panel | None:
    """The same of tables that speak of other places: a row a place or a pair, their numbers by day. Only within the
    delivery; cases that are told all together are what came on each day."""
    if kind not in FLOWS:
        return None
    name, about = FLOWS[kind][0], LAYOUTS[kind][1][:2]
    told = {day_number(row["day"]): _named(kind, row, name, about) for row in wrote}
    units = sorted(set().union(*told.values())) if told else []
    if not units:
        return None
    at = {unit: place for place, unit in enumerate(units)}
    made: dict[int, Numbers] = {}
    for day, values in told.items():
        made[day] = np.full((1, len(units) + 1), np.nan)
        made[day][0, [at[unit] for unit in values]] = list(values.values())
    if kind == "elsewhere_cases":
        made = _increments(made)
    return Panel((kind,), (*units, ""), made, {}, frozenset(made))


def _named(kind: str, row: Mapping[str, Any], name: str, about: tuple[str, ...]) -> dict[str, float]:
    rows, words = unpack_rows(row["body"], LAYOUTS[kind][0]), row["words"]
    keys = zip(*(rows[each].tolist() for each in about if each != "mode"), strict=True)
    values = rows[name].tolist()
    return {" → ".join(words[part] for part in key): v for key, v in zip(keys, values, strict=True) if v == v}


def _increments(told: Mapping[int, Numbers]) -> dict[int, Numbers]:
    made, last = {}, None
    for day in sorted(told):
        filled = told[day] if last is None else np.where(np.isnan(told[day]), last, told[day])
        if last is not None:
            made[day] = np.maximum(np.nan_to_num(filled) - np.nan_to_num(last), 0)
        last = filled
    return made
