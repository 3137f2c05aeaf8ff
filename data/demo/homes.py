"""Where planted people live: anywhere, near the infection, or where it never came."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from data.demo.areas import Town
from data.demo.clauses import LOOKBACK
from data.demo.measures import Measures

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BESIDE = 0.002  # degrees, 200 m: more than a cell is wide
MARGIN = 2  # days around the look-back that are kept clean, too: nobody's home is a matter of a border


class Homes:
    """Places of a town by what came near them when."""

    def __init__(self, town: Town, found: Measures) -> None:
        self.town, self.found = town, found
        self._listed: dict[int, Bools] = {}

    def touched(self, first: int, last: int) -> Bools:
        """(places,) whether the place lay in a zone, or its community in a high or medium risk area, on one of the
        days ``first``..``last``."""
        days = range(max(first, 0), min(last, self.town.size.days - 1) + 1)
        hit = np.zeros(self.town.people.size, dtype=bool)
        for day in days:
            hit |= self.found.locked[:, day] | self.found.controlled[:, day]
            hit |= self._risk(day)[self.town.place_community]
        return hit

    def near(self, since: int) -> Ints:
        """Homes that the infection touched well within the look-back before ``since``; all if there are none."""
        return self._lived(self.touched(since - LOOKBACK + MARGIN, since - MARGIN))

    @cached_property
    def far(self) -> Ints:
        """Homes in communities that nothing ever touched, nor their neighbours; all if there are none. A neighbour's
        zone may reach over the border, or over a river, by a part of a cell."""
        hit = np.zeros(len(self.town.communities), dtype=bool)
        hit[self.town.place_community[self.touched(0, self.town.size.days - 1)]] = True
        beside = hit.copy()
        np.logical_or.at(beside, self._neighbours[0], hit[self._neighbours[1]])
        return self._lived(~(hit if beside.all() else beside)[self.town.place_community])

    def _lived(self, good: Bools) -> Ints:
        lived = self.town.people > 0
        chosen = np.flatnonzero(good & lived)
        return chosen if chosen.size else np.flatnonzero(lived)

    def _risk(self, day: int) -> Bools:
        if day not in self._listed:
            self._listed[day] = self.found.listed(day)
        return self._listed[day]

    @cached_property
    def _neighbours(self) -> Ints:
        shapes = self.town.communities.shapes
        return np.asarray(shapely.STRtree(shapes).query(shapes, "dwithin", distance=BESIDE), dtype=np.int64)


def lived(town: Town, count: int, random: np.random.Generator) -> Ints:
    """(count,) homes of residents, drawn by people."""
    edges = np.cumsum(town.people)
    return np.searchsorted(edges, random.integers(0, edges[-1], count), side="right").astype(np.int64)
