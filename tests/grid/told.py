"""A view that knows what it is told: a small tree with a few cells, numbers by count and day, zones by their leaves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.slabs import COVERED, MISSING
from data.store import Zone
from grid.areas import Area, Areas, plant
from grid.cube import Key, View
from grid.geography import Geography
from grid.leaves import Cells, Leaves, lay
from grid.shelf import Shelves
from grid.zones import WHOLE
from grid.zones.clocks import ZoneClock

Day = dt.date
START = Day(2022, 7, 1)

#: A city of two districts; the first has streets and communities with cells, the second nothing below it.
TREE = [
    ("1", "city", None), ("11", "district", "1"), ("12", "district", "1"), ("111", "street", "11"),
    ("112", "street", "11"), ("1111", "community", "111"), ("1112", "community", "111"),
]  # fmt: skip

#: Cell -> its community or street; a row of squares in this order, so that each touches the next.
CELLS = {"a": "1111", "b": "1111", "c": "1111", "d": "1112", "e": "112"}


def day(n: int) -> Day:
    """The n-th day after START."""
    return START + dt.timedelta(days=n)


def geography(edge_m2: int = 0) -> Geography:
    """The tree with its cells of 100 m2; street 112 has ``edge_m2`` outside of its cell."""
    areas = plant([Area(code, code, "", level, parent) for code, level, parent in TREE], "x")
    rows = np.array([areas.row_of[code] for code in CELLS.values()], np.int32)
    squares: list[BaseGeometry] = [shapely.box(n, 0, n + 1, 1) for n in range(len(CELLS))]
    number = len(CELLS)
    pairs = (rows, np.arange(number, dtype=np.int32), np.full(number, 100, np.int64))
    areas, leaves = lay(areas, pairs, Cells(list(CELLS), None, squares))
    leaves.m2[areas.lo[areas.row_of["112"]]] = edge_m2
    return Geography(1, areas, leaves)


def said(clock: ZoneClock) -> tuple[object, ...]:
    """All that a clock says, to be compared."""
    zone = clock.zone
    spare = None if clock.spare is None else clock.spare.tobytes()
    parts = (
        zone.key,
        zone.kind,
        zone.row,
        zone.start,
        zone.stop,
        zone.since,
        zone.leaf.tobytes(),
        zone.share.tobytes(),
    )
    told = (clock.state, clock.due, clock.over, clock.ends, clock.latest, clock.free, clock.last, clock.silent)
    return (*parts, *told, clock.loose, clock.early, clock.moved, clock.size, clock.beyond, spare)


def vector(values: Sequence[int | None]) -> NDArray[np.int64]:
    """Numbers by leaf; None: not stated."""
    return np.array([MISSING if value is None else value for value in values], np.int64)


@dataclass
class Told:
    """``said``: (count, day) -> vector over the leaves, or count -> the same on every day."""

    geography: Geography
    said: dict[Any, NDArray[np.int64]] = field(default_factory=dict)
    told_zones: list[Zone] = field(default_factory=list)

    @property
    def areas(self) -> Areas:
        return self.geography.areas

    @property
    def leaves(self) -> Leaves:
        return self.geography.leaves

    @property
    def zones(self) -> Any:
        return SimpleNamespace(zones=self.told_zones, covered=lambda zone: zone.covered)

    @property
    def stated_days(self) -> dict[str, list[tuple[Day, str]]]:
        found: dict[str, list[tuple[Day, str]]] = {}
        for count, at in sorted(key for key in self.said if isinstance(key, tuple)):
            found.setdefault(count, []).append((at, "x"))
        return found

    def row(self, code: str) -> int:
        return self.areas.row_of[code]

    @property
    def shelves(self) -> Shelves:
        """Tests tell more in between: nothing is kept."""
        return Shelves()

    @property
    def zones_told(self) -> Key:
        return ()

    def told(self, counts: Sequence[str]) -> Key:
        return tuple(counts)

    def key(self, count: str, at: Day) -> Key:
        return count, at

    def vectors(self, count: str, days: Sequence[Day]) -> list[NDArray[np.int64] | None]:
        return [self.said.get((count, at), self.said.get(count)) for at in days]

    @property
    def view(self) -> View:
        return cast(View, self)

    # telling ---------------------------------------------------------------------------------------

    def leaf(self, place: str) -> int:
        """The leaf of a cell, or an area's own."""
        if place in CELLS:
            return int(self.leaves.home[self.leaves.cells.row_of[place]])
        return int(self.areas.lo[self.row(place)])

    def tell(self, count: str, at: Day, values: Mapping[str, int | None], other: int | None = 0) -> None:
        """Numbers of a day by cell or area; ``other``: of every leaf that is not named."""
        told: list[int | None] = [other] * len(self.leaves)
        for place, value in values.items():
            told[self.leaf(place)] = value
        self.said[count, at] = vector(told)

    def zone(
        self,
        key: str,
        parts: Mapping[str, int],
        start: int,
        stop: int | None = None,
        *,
        kind: str = "lockdown",
        area: str = "1111",
    ) -> Zone:
        """Adds a zone: cell or area -> square metres of it (WHOLE: all), from the ``start``-th day on."""
        covered = np.zeros(len(parts), COVERED)
        covered["leaf"] = [self.leaf(place) for place in parts]
        covered["m2"] = list(parts.values())
        last = None if stop is None else day(stop)
        made = Zone(key, "x", kind, key, area, day(start), last, 1, covered, None)
        self.told_zones.append(made)
        return made


ALL = dict.fromkeys(("a", "b"), WHOLE)
