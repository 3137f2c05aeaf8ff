"""Which district gives how much of an item to which other, so that nobody runs out first.

Everybody shall have stock for ``target`` days of their own use. Where all of it together suffices, each is brought to
the target with the least kilometres x units, and nobody who gives falls below it. Where it does not, the days are made
as equal as whole units allow (max-min fair: the least number of days is as large as it can be, then the next least, and
so on), again with the least kilometres x units among all such divisions.

Both are flows between those who give and those who receive, with whole bounds. Such a programme has a best solution in
whole units at a corner (its matrix is totally unimodular), and the simplex method ends at a corner: linprog gives the
whole-number optimum, no branching is needed. Distances are whole metres, so that reduced costs are whole numbers, too,
and the solver's tolerance decides nothing.

Who uses nothing needs nothing: where there is enough they keep what they have, where there is not they give it away.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

Ints = NDArray[np.int64]

#: Mean radius of the earth in metres (IUGG).
EARTH = 6_371_008.8

#: A corner of the programme is whole; more than this beside a whole number is a fault of the solver.
WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class Holding:
    """What one unit has of an item: ``stock`` in units, ``used`` units a day (0: nothing)."""

    code: str
    stock: int
    used: Fraction


@dataclass(frozen=True, slots=True)
class Move:
    """``units`` from one place to another over ``metres``."""

    origin: str
    destination: str
    units: int
    metres: int

    @property
    def unit_km(self) -> float:
        """Kilometres x units."""
        return self.units * self.metres / 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One unit before and after: ``before + received - given == after``, in units."""

    code: str
    used: Fraction
    before: int
    received: int
    given: int
    after: int

    @property
    def days_before(self) -> Fraction | None:
        """Days that the stock lasts; None where nothing is used."""
        return Fraction(self.before) / self.used if self.used else None

    @property
    def days_after(self) -> Fraction | None:
        """The same after the moves."""
        return Fraction(self.after) / self.used if self.used else None


@dataclass(frozen=True)
class Plan:
    """The moves and what they come to. ``enough``: whether everybody reaches ``target`` days; ``needed``: units that
    all together would need for it."""

    target: int
    enough: bool
    needed: int
    lines: tuple[Line, ...]
    moves: tuple[Move, ...]

    @property
    def stock(self) -> int:
        """Units of all, which no move changes."""
        return sum(line.before for line in self.lines)

    @property
    def units(self) -> int:
        """Units that are moved."""
        return sum(move.units for move in self.moves)

    @property
    def unit_km(self) -> float:
        """Kilometres x units of all moves."""
        return sum(move.units * move.metres for move in self.moves) / 1000

    @property
    def least_before(self) -> Fraction | None:
        """The fewest days that anybody has."""
        return min((line.days_before for line in self.lines if line.days_before is not None), default=None)

    @property
    def least_after(self) -> Fraction | None:
        """The same after the moves."""
        return min((line.days_after for line in self.lines if line.days_after is not None), default=None)


def plan(holdings: Sequence[Holding], metres: Ints, target: int) -> Plan:
    """The moves of one item. ``metres`` (n, n): whole distances. Deterministic for the same input."""
    stock = np.array([one.stock for one in holdings], np.int64)
    need = np.array([-(-one.used * target // 1) for one in holdings], np.int64)
    enough = bool(need.sum() <= stock.sum())
    low, high = (need, np.maximum(need, stock)) if enough else _fair(holdings, int(stock.sum()))
    moved = _cheapest(stock, low, high, metres)
    moves = tuple(
        Move(holdings[i].code, holdings[j].code, int(moved[i, j]), int(metres[i, j])) for i, j in np.argwhere(moved)
    )
    return Plan(target, enough, int(need.sum()), _lines(holdings, moved, low, high), moves)


def _fair(holdings: Sequence[Holding], total: int) -> tuple[Ints, Ints]:
    """Bounds of what each has in a max-min fair division of ``total``: the next unit always goes to whoever has the
    fewest days. They differ by one unit among equals for whom the last units do not suffice."""
    used = [one.used for one in holdings]
    n, every = sum(rate > 0 for rate in used), sum(used, Fraction())
    # everybody's share at this many days takes at most one unit each more than there is: never beyond what is fair
    days = max(Fraction(total - n) / every, Fraction())
    low = [-(-rate * days // 1) for rate in used]
    heap = [(low[at] / rate, rate, at) for at, rate in enumerate(used) if rate]
    heapq.heapify(heap)
    left = total - sum(low)
    while left:
        least = _least(heap)
        if len(least) > left:
            low, high = _last(low, least, left)
            return np.array(low, np.int64), np.array(high, np.int64)
        for _, rate, at in least:
            low[at] += 1
            heapq.heappush(heap, (low[at] / rate, rate, at))
        left -= len(least)
    return np.array(low, np.int64), np.array(low, np.int64)


def _least(heap: list[tuple[Fraction, Fraction, int]]) -> list[tuple[Fraction, Fraction, int]]:
    """Those with the fewest days, who use least first."""
    found = [heapq.heappop(heap)]
    while heap and heap[0][0] == found[0][0]:
        found.append(heapq.heappop(heap))
    return found


def _last(low: list[int], least: list[tuple[Fraction, Fraction, int]], left: int) -> tuple[list[int], list[int]]:
    """The last units: to those to whom one unit brings most days; among equals the distance decides."""
    edge = least[left - 1][1]
    for _, rate, at in least:
        low[at] += rate < edge
    tied = {at for _, rate, at in least if rate == edge}
    return low, [units + (at in tied) for at, units in enumerate(low)]


def _cheapest(stock: Ints, low: Ints, high: Ints, metres: Ints) -> Ints:
    """(n, n) units moved, with the least metres x units such that each ends between ``low`` and ``high``."""
    moved = np.zeros((len(stock), len(stock)), np.int64)
    origin, destination = (at.ravel() for at in np.meshgrid(*(np.flatnonzero(m) for m in (stock > low, stock < high)),
                                                            indexing="ij"))  # fmt: skip
    apart = origin != destination
    origin, destination = origin[apart], destination[apart]
    if not len(origin):
        return moved
    one, at = np.ones(len(origin)), np.arange(len(origin))
    gains = sparse.csr_array(
        (np.concatenate([one, -one]), (np.concatenate([destination, origin]), np.concatenate([at, at]))),
        (len(stock), len(origin)),
    )
    found = linprog(
        metres[origin, destination], A_ub=sparse.vstack([gains, -gains]),
        b_ub=np.concatenate([high - stock, stock - low]), bounds=(0, None), method="highs-ds",
        options={"presolve": False},  # there is nothing to leave out, and looking for it takes five times as long
    )  # fmt: skip
    moved[origin, destination] = whole(found.x, found.message)
    return moved


def whole(values: NDArray[np.float64] | None, message: str) -> Ints:
    """A corner of a programme as whole numbers; that there is one was known before it was asked for."""
    assert values is not None, message
    assert np.abs(values - np.rint(values)).max(initial=0.0) <= WHOLE, message
    return np.rint(values).astype(np.int64)


def _lines(holdings: Sequence[Holding], moved: Ints, low: Ints, high: Ints) -> tuple[Line, ...]:
    """The account of each, whose sums are exact."""
    received, given = moved.sum(axis=0), moved.sum(axis=1)
    lines = [
        Line(one.code, one.used, one.stock, int(into), int(out), one.stock + int(into) - int(out))
        for one, into, out in zip(holdings, received, given, strict=True)
    ]
    assert all(a <= line.after <= b for line, a, b in zip(lines, low, high, strict=True))
    return tuple(lines)


def distances(shapes: Sequence[shapely.Geometry]) -> Ints:
    """(n, n) whole metres between the middles of areas in WGS-84, along the great circle (haversine), rounded up: then
    no way round by a third area is shorter."""
    middle = np.radians(shapely.get_coordinates(shapely.centroid(np.array(shapes, np.object_)))).reshape(-1, 2)
    lon, lat = middle.T
    part = np.sin((lat[:, None] - lat) / 2) ** 2
    part += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    metres: Ints = np.ceil(2 * EARTH * np.arcsin(np.sqrt(part))).astype(np.int64)
    return metres
