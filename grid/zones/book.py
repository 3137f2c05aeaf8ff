"""Zones on a day: how many, and whom and what they hold, per leaf.

A leaf's ground is given to the strictest zone that covers it first; what is left goes to the next kind.
Precaution (防范) is derived: the rest of every district that has a lockdown or control zone that day.
People are the leaf's share of the population: see :func:`spread`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data.days import day_number, to_day
from data.slabs import COVERED, MISSING
from data.store import Zone
from data.terms import ZONES

if TYPE_CHECKING:
    from grid.cube import View

Day = dt.date

#: ``m2`` of a leaf that a zone covers whole, whatever its size.
WHOLE = -1
#: The last day of a zone that stands, as a number.
NO_END = np.iinfo(np.int64).min


def inhabitants(view: View, day: Day) -> NDArray[np.int64]:
    """What :func:`spread` makes, once of each census."""
    return view.shelves.vectors.made(("people", view.key("population", day)), lambda: spread(view, day))


def spread(view: View, day: Day) -> NDArray[np.int64]:
    """The population of ``day`` on every leaf, whole persons; MISSING where nobody counted them.

    What is known of an area but of nothing below it is shared out over the area's leaves by ground,
    cumulatively rounded, so that every area keeps its exact number. An estimate below the level at
    which the population was delivered.
    """
    vector = view.vectors("population", [day])[0]
    people, known = np.zeros(len(view.leaves), np.int64), np.zeros(len(view.leaves), np.bool_)
    if vector is None:
        return np.full_like(people, MISSING)
    stated = np.flatnonzero(vector != MISSING)
    areas, leaves = view.areas, view.leaves
    for leaf in stated:
        row = leaves.area[leaf]
        lo, hi = int(areas.lo[row]), int(areas.hi[row])
        ground = leaves.m2[lo:hi]
        if leaf != lo or not ground.sum():
            people[leaf] += vector[leaf]
            known[leaf] = True
        else:
            share = np.cumsum(ground) / ground.sum()
            people[lo:hi] += np.diff(np.rint(share * vector[leaf]).astype(np.int64), prepend=0)
            known[lo:hi] = True
    return np.where(known, people, np.int64(MISSING))


class ZoneBook:
    """Every zone of a view, asked by day."""

    def __init__(self, zones: Sequence[Zone], view: View) -> None:
        self.zones = zones
        self.view = view

    @cached_property
    def days(self) -> list[Day]:
        """The days on which zones begin or last stand, each once, in order."""
        found = {day for zone in self.zones for day in (zone.start, zone.last) if day is not None}
        return sorted(found)

    def days_of(self, row: int = 0) -> list[Day]:
        """The same of the zones inside the area at ``row``."""
        if row == 0:
            return self.days
        at, first, last = self._spans
        inside = (at >= row) & (at < self.view.areas.last[row])
        found = np.unique(np.concatenate([first[inside], last[inside]]))
        return [to_day(day) for day in found.tolist() if day != NO_END]

    @cached_property
    def _spans(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Of each zone the row of its area, its first and its last day as numbers (NO_END: it stands)."""
        rows = [self.view.row(zone.area) for zone in self.zones]
        first = [day_number(zone.start) for zone in self.zones]
        last = [NO_END if zone.last is None else day_number(zone.last) for zone in self.zones]
        return np.array(rows, np.int64), np.array(first, np.int64), np.array(last, np.int64)

    def inside(self, row: int) -> list[Zone]:
        """Every zone inside the area at ``row``, by first day."""
        zones, at = self._by_start
        return [zones[n] for n in np.flatnonzero((at >= row) & (at < self.view.areas.last[row])).tolist()]

    @cached_property
    def _by_start(self) -> tuple[list[Zone], NDArray[np.int64]]:
        """The zones by first day and key, and of each the row of its area."""
        zones = sorted(self.zones, key=lambda zone: (zone.start, zone.key))
        return zones, np.array([self.view.row(zone.area) for zone in zones], np.int64)

    def active(self, day: Day) -> list[Zone]:
        """The zones in force on ``day``."""
        return [z for z in self.zones if z.start <= day and (z.stop is None or day < z.stop)]

    def vectors(self, day: Day, people: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
        """All zone counts of a day over the leaves, of which so many ``people`` (see :func:`inhabitants`) live on each;
        {} before the first zone was ever reported."""
        if not self.zones or day < min(self.days):
            return {}
        size, leaves = len(self.view.leaves), self.view.leaves
        ground = np.maximum(leaves.m2, 1)  # a leaf without ground still can be covered whole
        free = np.ones(size)
        found: dict[str, NDArray[np.int64]] = {}
        active = self.active(day)
        for kind in ZONES:
            share, number = self._shares([z for z in active if z.kind == kind], ground)
            if kind == "precaution":
                share = np.maximum(share, self._rest_of_districts(active))
            share = np.minimum(share, free)
            free = free - share
            inside = np.floor(people * share + 1e-9).astype(np.int64)
            found[f"zone_{kind}_people"] = np.where(people == MISSING, people, inside)
            found[f"zone_{kind}_m2"] = np.rint(leaves.m2 * share).astype(np.int64)
            found[f"zone_{kind}_n"] = number
        return found

    def _shares(
        self, zones: Sequence[Zone], ground: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        share = np.zeros(len(ground))
        number = np.zeros(len(ground), np.int64)
        for zone in zones:
            covered = self.covered(zone)
            leaf, m2 = covered["leaf"], covered["m2"]
            np.add.at(share, leaf, np.where(m2 == WHOLE, 1.0, m2 / ground[leaf]))
            number[self._seat(zone)] += 1
        return np.minimum(share, 1.0), number

    def covered(self, zone: Zone) -> NDArray[np.void]:
        """The leaves that a zone covers, of this view, with their square metres."""
        if zone.geography == self.view.geography.id:
            return zone.covered
        moved = np.zeros(len(zone.covered), COVERED)
        moved["leaf"] = self.view.leaf_map(zone.geography)[zone.covered["leaf"]]
        moved["m2"] = zone.covered["m2"]
        return moved

    def _seat(self, zone: Zone) -> int:
        """The one leaf where the zone is counted: its area's own."""
        areas = self.view.areas
        return int(areas.lo[self.view.row(zone.area)])

    def _rest_of_districts(self, active: Sequence[Zone]) -> NDArray[np.float64]:
        areas = self.view.areas
        share = np.zeros(len(self.view.leaves))
        for zone in active:
            row = areas.ancestor(self.view.row(zone.area), "district")
            if zone.kind != "precaution" and row >= 0:
                share[areas.lo[row] : areas.hi[row]] = 1.0
        return share
