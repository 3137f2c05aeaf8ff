"""Effective distance: how far a place is for an infection that travels with people.

Brockmann and Helbing (Science 342, 2013): the length of the step m -> n is d = 1 - ln P(n|m), where P(n|m) is the
share of those leaving m who go to n; the effective distance D is the length of the shortest directed path, and the
arrival time is about D / v with one velocity v for all places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from grid.arrays import Bools, Floats
from grid.flows.matrix import Ints

#: What dijkstra returns for no step before.
_NONE = -9999


@dataclass(frozen=True, eq=False)
class Reach:
    """From one origin: (places,) effective ``distance`` (inf: never), and the place ``before`` each on its path."""

    origin: int
    distance: Floats
    before: Ints

    def path(self, place: int) -> list[int]:
        """The places from the origin to ``place``, both included; [] where nothing leads there."""
        if not np.isfinite(self.distance[place]):
            return []
        steps = [place]
        while steps[-1] != self.origin:
            steps.append(int(self.before[steps[-1]]))
        return steps[::-1]

    @property
    def order(self) -> Ints:
        """The places in the order of their expected arrival, the origin left out, unreachable ones last."""
        ranked = np.argsort(self.distance, kind="stable")
        return np.asarray(ranked[ranked != self.origin], np.int64)


def shares(flow: Floats, unlisted: Floats | None = None) -> Floats:
    """P: (places, places) shares of each origin's outflow, of a matrix of people or of shares.

    ``unlisted``: (places,) what left each origin for places that no column stands for: it is part of the whole.
    """
    leaving = flow.copy()
    np.fill_diagonal(leaving, 0.0)
    whole = leaving.sum(axis=1) + (0.0 if unlisted is None else unlisted)
    return leaving / np.where(whole > 0, whole, 1.0)[:, None]


def lengths(probability: Floats) -> Floats:
    """(places, places) d = 1 - ln P, inf where nobody goes. ValueError for shares beyond 0..1."""
    if (probability < 0).any() or (probability > 1 + 1e-12).any():
        raise ValueError("shares are within 0..1")
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 - np.log(np.minimum(probability, 1.0)))


def reach(probability: Floats, origin: int) -> Reach:
    """The effective distance of every place from ``origin``."""
    step = lengths(probability)
    from_, to = np.nonzero(np.isfinite(step))
    graph = csr_array((step[from_, to], (from_, to)), shape=step.shape)
    distance, before = dijkstra(graph, directed=True, indices=origin, return_predecessors=True)
    return Reach(origin, np.asarray(distance), np.where(before == _NONE, -1, before).astype(np.int64))


@dataclass(frozen=True)
class Velocity:
    """Arrival day = ``start`` + D / ``speed``; ``known``: arrivals that it was fitted on, at the mean distance
    ``middle`` and with ``scatter``, the sum of their squared distances from it; ``spread``: days that an arrival is
    off the line (residual standard error)."""

    start: float
    speed: float
    known: int
    middle: float
    scatter: float
    spread: float

    def arrival(self, distance: Floats) -> Floats:
        """Expected days of arrival."""
        return self.start + distance / self.speed

    def interval(self, distance: Floats, level: float = 0.9) -> tuple[Floats, Floats]:
        """The prediction interval of :meth:`arrival` (Student's t, as of any simple regression)."""
        wide = stats.t.ppf((1 + level) / 2, self.known - 2) * self.spread
        half = wide * np.sqrt(1 + 1 / self.known + (distance - self.middle) ** 2 / self.scatter)
        return self.arrival(distance) - half, self.arrival(distance) + half


def velocity(distance: Floats, arrived: Floats, upto: float | None = None) -> Velocity | None:
    """The line through the known arrivals (days; NaN: none yet); None where fewer than three tell, or none moves on.

    ``upto``: the day up to which arrivals are known. A place without one is then known to be later, and the line is the
    likeliest of all (normal errors, Schmee and Hahn, Technometrics 21, 1979); without it such places say nothing, and
    early in an epidemic the line would be that of the quickest.
    """
    known = np.isfinite(distance) & np.isfinite(arrived)
    if known.sum() < 3 or np.ptp(distance[known]) == 0:
        return None
    waiting = np.isfinite(distance) & np.isnan(arrived) & (upto is not None)
    x, y = np.r_[distance[known], distance[waiting]], np.r_[arrived[known], np.full(waiting.sum(), upto or 0.0)]
    start, slope, spread = _censored(x, y, np.arange(len(x)) >= known.sum())
    if not slope > 0:
        return None
    return Velocity(start, 1 / slope, int(known.sum()), float(x.mean()), float(((x - x.mean()) ** 2).sum()), spread)


#: Rounds and change of the line, in days, at which it stands.
_ROUNDS, _STILL = 500, 1e-6


def _censored(x: Floats, y: Floats, later: Bools) -> tuple[float, float, float]:
    """(start, slope, residual standard error) of a line through points of which some are only known to be ``later``
    than their y: each of those stands where the line so far expects it, given that it is later."""
    stands, extra, line = y.copy(), np.zeros(len(y)), np.zeros(2)
    spread, free = 0.0, len(x) - 2
    for _ in range(_ROUNDS):
        slope, start = np.polyfit(x, stands, 1)
        spread = float(np.sqrt((((stands - start - slope * x) ** 2).sum() + extra.sum()) / free))
        moved, line = np.abs(np.array([start, slope]) - line).max(), np.array([start, slope])
        if moved < _STILL or not later.any() or spread == 0:
            break
        middle = (start + slope * x)[later]
        z = (y[later] - middle) / spread
        hazard = np.exp(stats.norm.logpdf(z) - stats.norm.logsf(z))
        stands[later] = middle + spread * hazard
        extra[later] = spread**2 * np.clip(1 + z * hazard - hazard**2, 0.0, 1.0)
    return float(line[0]), float(line[1]), spread


def onward(first: Floats, probability: Floats, leaving: Floats, days: float) -> Floats:
    """Infections that go on through hubs: (hubs, places) expected numbers from each hub to each place.

    ``first``: (places,) infections expected to arrive straight from the origin; ``leaving``: (places,) share of a
    place's people who leave it on a day; ``days``: for how long somebody carries the infection on. Who is infected
    at the hub is not in it: it is a lower bound.
    """
    going = first * -np.expm1(-np.clip(leaving, 0, None) * days)
    return np.asarray(going[:, None] * probability)


def second_order(first: Floats, probability: Floats, leaving: Floats, days: float) -> Floats:
    """(places,) infections that come through any hub, see :func:`onward`."""
    return np.asarray(onward(first, probability, leaving, days).sum(axis=0))
