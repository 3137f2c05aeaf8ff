"""The proportion of an order: people hit against people exposed, whom it misses, what it adds to others.

Every stratum (see grid/policy/orders.py) has a seat: the area where its people are, of people outside the city the
area where they are registered, else the city itself. So the areas of a level and what is seated above them add
up to the city, exactly, and one pass over the strata serves every area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from grid.areas import Areas
from grid.arrays import Bools, Ints, Rows
from grid.leaves import Leaves
from grid.policy.orders import Strata

#: What is told apart of every stratum under one order, one bit each.
_TAKEN, _EXPOSED, _OUTSIDE, _BEFORE, _SHARED = (1 << bit for bit in range(5))
_SORTS = 32


@dataclass(frozen=True)
class Proportion:
    """People under one order.

    ``hit`` H, ``exposed`` E, ``both`` the exposed among those hit, ``outside`` those hit who are out of the city,
    ``adds`` those hit whom no order from before takes in, ``alone`` those hit whom no other order takes in;
    ``people`` all who are known of.
    """

    people: int
    hit: int
    exposed: int
    both: int
    outside: int
    adds: int
    alone: int

    def __add__(self, other: Proportion) -> Proportion:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Proportion(*(mine + theirs for mine, theirs in pairs))

    @property
    def missed(self) -> int:
        """The exposed whom it does not take in: E without H."""
        return self.exposed - self.both

    @property
    def over(self) -> float | None:
        """The share of those hit who were not exposed, 1 - |H and E| / |H|; None where nobody is hit."""
        return 1 - self.both / self.hit if self.hit else None


class Weighed:
    """One order, weighed: the people of every area by what it does to them."""

    def __init__(self, sorts: Ints, areas: Areas) -> None:
        self._up_to = np.vstack([np.zeros((1, _SORTS), np.int64), np.cumsum(sorts, axis=0)])
        self._areas = areas

    def of(self, row: int) -> Proportion:
        """The people of the area at ``row``, whatever lies below it included."""
        return _told(self._up_to[self._areas.last[row]] - self._up_to[row])

    def seated(self, row: int) -> Proportion:
        """The people of the area at ``row`` who are seated in none of those below it."""
        return _told(self._up_to[row + 1] - self._up_to[row])


def seats(people: Strata, leaves: Leaves) -> Rows:
    """The area row where each stratum is counted."""
    outside = np.maximum(people.registered, 0)
    return np.where(people.leaf >= 0, leaves.area[people.leaf], outside).astype(np.int32)


def weigh(masks: Sequence[Bools], people: Strata, areas: Areas, leaves: Leaves) -> list[Weighed]:
    """Every order of ``masks`` (in the order in which they came into force), against those from before and
    against all others."""
    seat = seats(people, leaves).astype(np.int64) * _SORTS
    always = np.where(people.exposed, _EXPOSED, 0) | np.where(people.leaf < 0, _OUTSIDE, 0)
    times = np.sum(masks, axis=0, dtype=np.int32) if masks else np.zeros(len(people), np.int32)
    before = np.zeros(len(people), np.bool_)
    found = []
    for mask in masks:
        sort = always | mask * _TAKEN | before * _BEFORE | (times > mask) * _SHARED
        # float sums of whole numbers are exact to 2**53: nine thousand billion people
        counted = np.bincount(seat + sort, people.n, len(areas) * _SORTS)
        found.append(Weighed(counted.astype(np.int64).reshape(len(areas), _SORTS), areas))
        before = before | mask
    return found


_BITS = np.arange(_SORTS)


def _sum(sorts: Ints, bits: int, value: int) -> int:
    return int(sorts[(_BITS & bits) == value].sum())


def _told(sorts: NDArray[np.int64]) -> Proportion:
    return Proportion(
        people=int(sorts.sum()),
        hit=_sum(sorts, _TAKEN, _TAKEN),
        exposed=_sum(sorts, _EXPOSED, _EXPOSED),
        both=_sum(sorts, _TAKEN | _EXPOSED, _TAKEN | _EXPOSED),
        outside=_sum(sorts, _TAKEN | _OUTSIDE, _TAKEN | _OUTSIDE),
        adds=_sum(sorts, _TAKEN | _BEFORE, _TAKEN),
        alone=_sum(sorts, _TAKEN | _SHARED, _TAKEN),
    )
