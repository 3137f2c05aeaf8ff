"""Who went where, as sums: the first N and the named rest, in, out, net and between, by the area tree.

Rows are arrays of one length. A value that is NaN is missing and makes what it is part of missing: nothing that was
not reported is added as nought.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grid.arrays import Bools, Floats

Ints = NDArray[np.int64]

#: Listed shares may add up to a little more than all by rounding; beyond that they are not shares of one whole.
ROUNDING = 1.02


@dataclass(frozen=True, eq=False)
class Flows:
    """(n,) rows: ``origin`` and ``destination`` are numbers of places."""

    origin: Ints
    destination: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.value)

    def only(self, rows: Bools) -> Flows:
        """Some of the rows."""
        return Flows(self.origin[rows], self.destination[rows], self.value[rows])


@dataclass(frozen=True, eq=False)
class Top:
    """The largest shares: ``rows`` in falling order with their ``share``; the rest is ``listed`` (share of the rows
    that were left out, ``others`` of them) and ``unlisted`` (what no row names). All of it adds up to one."""

    rows: Ints
    share: Floats
    listed: float
    others: int
    unlisted: float

    @property
    def rest(self) -> float:
        """The named remainder."""
        return self.listed + self.unlisted


def top(value: Floats, n: int, whole: float | None = None) -> Top:
    """The ``n`` largest of ``value`` as shares of ``whole`` (None: of their sum), and the rest.

    ValueError if the values add up to more than the whole by more than rounding explains.
    """
    stated = np.flatnonzero(~np.isnan(value) & (value > 0))
    total = float(value[stated].sum())
    whole = total if whole is None else whole
    if total > whole * ROUNDING:
        raise ValueError(f"parts of {whole} that add up to {total}")
    order = stated[np.lexsort((stated, -value[stated]))]
    first, rest = order[:n], order[n:]
    all_of_it = max(whole, total) or 1.0
    share = value[first] / all_of_it
    listed = float(value[rest].sum()) / all_of_it
    unlisted = max(0.0, 1.0 - float(share.sum()) - listed) if max(whole, total) else 0.0
    return Top(first.astype(np.int64), share, listed, len(rest), unlisted)


def strength(share: Floats, index: Floats) -> Floats:
    """A flow that is comparable between origins and days: share in per cent x index of the origin."""
    return share * index


@dataclass(frozen=True)
class Balance:
    """Of a set of places: what left it, came into it, stayed inside; NaN where a part of it is missing."""

    out: float
    into: float
    within: float

    @property
    def net(self) -> float:
        """What came in less what left."""
        return self.into - self.out


def balance(flows: Flows, inside: Bools) -> Balance:
    """``inside``: (places,) which places are the set."""
    here, there = inside[flows.origin], inside[flows.destination]
    sums = [_sum(flows.value[rows]) for rows in (here & ~there, ~here & there, here & there)]
    return Balance(*sums)


def _sum(value: Floats) -> float:
    """Nought for no rows."""
    return float(value.sum())


def totals(flows: Flows, groups: Ints, number: int) -> Floats:
    """(groups, groups) sums from group to group; rows of places with group -1 are left out.

    ``groups``: (places,) the group of each place. Sums of sums agree at every level of a tree: a coarser grouping of
    the groups gives the coarser totals.
    """
    origin, destination = groups[flows.origin], groups[flows.destination]
    known = (origin >= 0) & (destination >= 0)
    flat = np.bincount(origin[known] * number + destination[known], flows.value[known], number * number)
    return np.asarray(flat, np.float64).reshape(number, number)


def top_stating(stating: Bools, parent: NDArray[np.int32], row: int, last: NDArray[np.int32]) -> Bools:
    """Which areas of the tree speak for area ``row``: the topmost of those that state anything, itself first.

    A table of whole districts and one of their streets tell of the same people: what is stated at a level is taken
    there, and below it nothing is added again. ``stating``: (areas,) whether an area has rows of its own.
    """
    speaks = np.zeros(len(stating), np.bool_)
    covered = np.zeros(len(stating), np.bool_)
    for area in range(row, int(last[row])):
        above = area > row and bool(covered[parent[area]])
        speaks[area] = stating[area] and not above
        covered[area] = stating[area] or above
    return speaks
