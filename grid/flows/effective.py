"""Effective distance: how far a place is for an infection that travels with people.

Brockmann and Helbing (Science 342, 2013): the length of the step m -> n is d = 1 - ln P(n|m), where P(n|m) is the
share of those leaving m who go to n; the effective distance D is the length of the shortest directed path, and the
arrival time is about D / v with one velocity v for all places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from grid.arrays import Floats
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
    """Arrival day = ``start`` + D / ``speed``; ``known``: arrivals that it was fitted on."""

    start: float
    speed: float
    known: int

    def arrival(self, distance: Floats) -> Floats:
        """Expected days of arrival."""
        return self.start + distance / self.speed


def velocity(distance: Floats, arrived: Floats) -> Velocity | None:
    """The line through the known arrivals (days; NaN: none yet); None where fewer than three tell, or none moves on."""
    known = np.isfinite(distance) & np.isfinite(arrived)
    if known.sum() < 3 or np.ptp(distance[known]) == 0:
        return None
    slope, start = np.polyfit(distance[known], arrived[known], 1)
    return Velocity(float(start), float(1 / slope), int(known.sum())) if slope > 0 else None


def second_order(first: Floats, probability: Floats, leaving: Floats, days: float) -> Floats:
    """Infections that go on through hubs: first -> hub -> place, (places,) expected numbers.

    ``first``: (places,) infections expected to arrive straight from the origin; ``leaving``: (places,) share of a
    place's people who leave it on a day; ``days``: for how long somebody carries the infection on. Who is infected
    at the hub is not in it: it is a lower bound.
    """
    onward = -np.expm1(-np.clip(leaving, 0, None) * days)
    return np.asarray((first * onward) @ probability)
