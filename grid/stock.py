"""What areas have at hand around a day: the tables of :mod:`data.stock` brought together, by row of the area tree.

Of each source and thing what it said last within the WINDOW days up to the day stands; what is older is not known any
more. A daily use is the mean of the days of the window that tell one, exact as a fraction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from grid.areas import successor
from grid.cube import View
from grid.stock_rows import spelt

Day = dt.date

#: Days up to the asked one whose tables are read: a week holds a weekend's use and outlives a day without a report.
WINDOW = 7


@dataclass(frozen=True, slots=True)
class Store:
    """What one area (``row``) has of an item: ``stock`` units as of ``day``, ``used`` a day (None: not told)."""

    row: int
    item: str
    unit: str
    day: Day
    stock: int
    used: Fraction | None


@dataclass(frozen=True, slots=True)
class Rooms:
    """One isolation place: its area, name, ``rooms`` and how many are ``taken`` (None: not told) as of ``day``."""

    row: int
    place: str
    day: Day
    rooms: int
    taken: int | None


@dataclass(frozen=True, slots=True)
class Crew:
    """The people at work in an area as of ``day``, and tasks that one of them can do a day (None: not told)."""

    row: int
    day: Day
    people: int
    capacity: int | None


def told_days(view: View, kind: str) -> list[Day]:
    """The days that tables of a kind speak of, ascending."""
    return view.store.told_days(kind, view.version)


def stores(view: View, day: Day) -> list[Store]:
    """What is in store on a day, by area and item; several sources of an area are several stores."""
    said, key = _said(view, "supplies", day), ["row", "item", "source"]
    if said.empty:
        return []
    sums = said.groupby(key)["used"].agg(["sum", "count"])
    used = dict(zip(sums.index, sums.itertuples(index=False), strict=True))
    return [
        Store(one.row, one.item, one.unit, one.day, int(one.stock), _mean(*used[one.row, one.item, one.source]))
        for one in _last(said, key)
    ]


def rooms(view: View, day: Day) -> list[Rooms]:
    """The isolation places of a day."""
    found = _last(_said(view, "places", day), ["row", "place", "source"])
    return [Rooms(one.row, one.place, one.day, int(one.rooms), _count(one.taken)) for one in found]


def crews(view: View, day: Day) -> list[Crew]:
    """Who is at work on a day."""
    found = _last(_said(view, "workers", day), ["row", "source"])
    return [Crew(one.row, one.day, int(one.people), _count(one.capacity)) for one in found]


def _said(view: View, kind: str, day: Day) -> pd.DataFrame:
    """Every row of the window of whose area there is still one, oldest first."""
    tables = view.store.flow_days(kind, view.version, day - dt.timedelta(days=WINDOW - 1), day)
    parts = [spelt(table).assign(day=table.day, source=table.source) for table in tables]
    said = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"area": []})
    row_of = view.areas.row_of
    said["row"] = [row_of.get(successor(code, view.retired), -1) for code in said["area"]]
    return said[said["row"] >= 0]


def _last(said: pd.DataFrame, key: list[str]) -> Iterator[Any]:
    """The last row of each thing."""
    if said.empty:
        return iter(())
    return said.drop_duplicates(key, keep="last").sort_values(key).itertuples(index=False)


def _mean(total: float, days: float) -> Fraction | None:
    return Fraction(int(total), int(days)) if days else None


def _count(value: float) -> int | None:
    return None if value != value else int(value)
