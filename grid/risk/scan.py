"""The prospective space-time scan: the cylinder (disc of cells x last days) that is least like chance.

Source: Kulldorff (2001), Prospective time periodic geographical disease surveillance using a scan statistic, JRSS A
164. With C cases in all, c in a cylinder and e expected there, the log likelihood ratio of the Poisson model is
c ln(c / e) + (C - c) ln((C - c) / (C - e)) where c > e, else nought. Cylinders are all discs of up to K rings around
each cell, over each of the last 1 to 30 days; they end on the last day, because only what still goes on matters.

Two forms with equal results: :func:`plain`, ring by ring over sparse matrices, which works for any units; and the
kernel, which adds a ring of cells on the lattice as six lines, each the difference of two running sums, and takes
logarithms only where a bound leaves a chance of a new maximum: with f(x) = x ln x - x + 1 the ratio is e f(c / e) +
(C - e) f((C - c) / (C - e)), and f(x) <= (x - 1)^2 / 2 above one and <= (x - 1)^2 below, so it is at most
(c - e)^2 (C + e) / (2 e (C - e)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grid import jit
from grid.arrays import Floats, Ints, Rows
from grid.rates import Part
from grid.risk import lines
from grid.risk.lines import add_floats, add_ints
from grid.risk.neighbours import Box, Neighbours

#: Rings of a disc at most: 3.7 km at resolution 9.
RINGS = 12
#: Days of a cylinder at most.
DAYS = 30
#: A cylinder that expects more than this share of all cases is no cluster but the rule (Kulldorff's half).
SHARE = 0.5
#: Cylinders whose ratio stays below this are not kept: in a city of 44,558 cells chance alone reaches 11 to 13.
FLOOR = 4.0
#: A cluster is reported from this recurrence interval (days) on, as New York's health department does.
RECURRENCE = 300.0


@dataclass(frozen=True)
class Window:
    """What is scanned: ``recent`` (t, units) cases in the last 1, 2 ... t days, of ``total`` in the whole study period
    of ``days`` days. ``base`` (units) are person-days, whole numbers, so that sums of them are exact in any order;
    ``scale`` makes them the cases expected in one day."""

    recent: Ints
    base: Floats
    scale: float
    total: int
    days: int

    @property
    def longest(self) -> int:
        """Days of the longest cylinder."""
        return len(self.recent)


@dataclass(frozen=True)
class Best:
    """Of each centre the best cylinder: ``ratio`` (log likelihood), ``rings`` and ``days``; nought where none
    exceeds the floor."""

    ratio: Floats
    rings: Rows
    days: Rows


@dataclass(frozen=True)
class Cluster:
    """A cylinder: the row of its centre, its rings, days (1: the last day alone), cases and expected cases."""

    centre: int
    rings: int
    days: int
    cases: int
    expected: float
    ratio: float


def window(cases: Part, people: Floats, longest: int = DAYS) -> Window:
    """The scan's view of ``cases`` (days x units; the last day is today) among ``people`` (units).

    Days on which nobody reported are taken out. A unit that misses some days is expected to have that much less.
    """
    reported = cases.known.any(axis=1)
    counts = np.where(cases.known, cases.value, 0.0)[reported].astype(np.int64)
    days = len(counts)
    base = np.rint(np.asarray(people, np.float64) * cases.known[reported].sum(axis=0))
    total, whole = int(counts.sum()), float(base.sum()) * days
    recent = np.cumsum(counts[::-1][:longest], axis=0)
    return Window(recent, base, total / whole if whole else 0.0, total, days)


def scan(seen: Window, neighbours: Neighbours, rings: int = RINGS) -> Best:
    """The best cylinder of every centre, by the kernel where the units are a lattice and numba is usable."""
    if neighbours.box is None or not jit.usable():
        return plain(seen, neighbours, rings)
    return _by_lines(seen, neighbours.box, rings, FLOOR, False)


def clusters(best: Best, seen: Window, neighbours: Neighbours, most: int = 10, least: float = FLOOR) -> list[Cluster]:
    """The best cylinders that do not overlap, highest ratio first, at most ``most``, of ratio ``least`` and above."""
    taken = np.zeros(neighbours.size, np.bool_)
    found: list[Cluster] = []
    for centre in np.argsort(-best.ratio, kind="stable").tolist():
        if len(found) == most or best.ratio[centre] <= max(least, 0.0):
            break
        inside = neighbours.disc(centre, int(best.rings[centre]))
        if not taken[inside].any():
            taken[inside] = True
            found.append(_cluster(centre, inside, best, seen))
    return found


def _cluster(centre: int, inside: Rows, best: Best, seen: Window) -> Cluster:
    days = int(best.days[centre])
    cases = int(seen.recent[days - 1, inside].sum())
    expected = float(seen.base[inside].sum()) * seen.scale * days
    return Cluster(centre, int(best.rings[centre]), days, cases, expected, float(best.ratio[centre]))


# --- how likely by chance ------------------------------------------------------------------------------


def null_maxima(seen: Window, neighbours: Neighbours, rings: int, replicates: int, rng: np.random.Generator) -> Floats:
    """(replicates) the highest ratio anywhere when as many cases fall by chance, in proportion to ``base``."""
    cut = np.cumsum(seen.base)
    return np.array([_null_maximum(_scattered(seen, cut, rng), neighbours, rings) for _ in range(replicates)])


def _scattered(seen: Window, cut: Floats, rng: np.random.Generator) -> Window:
    inside = rng.binomial(seen.total, min(1.0, seen.longest / seen.days)) if seen.days else 0
    unit = np.minimum(np.searchsorted(cut, rng.random(inside) * cut[-1], side="right"), len(cut) - 1)
    day = rng.integers(0, seen.longest, inside)
    cell = day * len(cut) + unit
    counts = np.bincount(cell, minlength=seen.longest * len(cut)).reshape(seen.longest, len(cut))
    return Window(np.cumsum(counts, axis=0), seen.base, seen.scale, seen.total, seen.days)


def _null_maximum(drawn: Window, neighbours: Neighbours, rings: int) -> float:
    if neighbours.box is None or not jit.usable():
        return float(plain(drawn, neighbours, rings, 0.0).ratio.max())
    return float(_by_lines(drawn, neighbours.box, rings, 0.0, True).ratio.max())


def p_value(ratio: float, maxima: Floats) -> float:
    """Share of the replicates, the observed one among them, that reach ``ratio`` (Dwass 1957): never nought."""
    return float((1 + np.count_nonzero(maxima >= ratio)) / (len(maxima) + 1))


def p_gumbel(ratio: float, maxima: Floats) -> float:
    """The same from a Gumbel law fitted by moments to the maxima: from 99 replicates it tells p well below 1 %.

    Source: Abrams, Kulldorff and Kleinman (2010), Gumbel based p-value approximations for spatial scan statistics.
    """
    scale = float(maxima.std(ddof=1)) * np.sqrt(6.0) / np.pi
    place = float(maxima.mean()) - np.euler_gamma * scale
    return float(-np.expm1(-np.exp(-(ratio - place) / max(scale, 1e-300))))


def recurrence(p: float, every: float = 1.0) -> float:
    """Days until chance alone is expected to give such a cluster once, when scanned every ``every`` days."""
    return every / p if p > 0 else np.inf


# --- the plain form ------------------------------------------------------------------------------------


def plain(seen: Window, neighbours: Neighbours, rings: int = RINGS, floor: float = FLOOR) -> Best:
    """:func:`scan` over any units in plain numpy: one sparse product a ring."""
    size = neighbours.size
    best = Best(np.zeros(size), np.zeros(size, np.int32), np.zeros(size, np.int32))
    cases, base = np.zeros((size, seen.longest)), np.zeros(size)
    recent = np.ascontiguousarray(seen.recent.T, np.float64)
    scale = seen.scale * np.arange(1, seen.longest + 1)
    for steps in range(rings + 1):
        matrix = neighbours.ring(steps)
        cases += matrix @ recent
        base += matrix @ seen.base
        _keep(best, ratios(cases, base[:, None] * scale, seen.total), steps, floor)
    return best


def _keep(best: Best, ratio: Floats, steps: int, floor: float) -> None:
    at = ratio.argmax(axis=1)
    high = ratio[np.arange(len(at)), at]
    better = high > np.maximum(best.ratio, floor)
    best.ratio[better], best.rings[better], best.days[better] = high[better], steps, at[better] + 1


def ratios(cases: Floats, expected: Floats, total: int) -> Floats:
    """Log likelihood ratios of cylinders with ``cases`` where ``expected`` were, of ``total`` cases in all."""
    found = np.zeros(cases.shape)
    good = (cases > expected) & (expected > 0) & (expected <= SHARE * total)
    c, e = cases[good], expected[good]
    rest = total - c
    # all cases inside leave nothing outside
    found[good] = c * np.log(c / e) + rest * np.log(np.maximum(rest, 1.0) / (total - e))
    return found


# --- the kernel ----------------------------------------------------------------------------------------


def _by_lines(seen: Window, box: Box, rings: int, floor: float, only_top: bool) -> Best:
    counts, bases = _lines(seen, box, rings)
    size = len(box.q)
    best = Best(np.zeros(size), np.zeros(size, np.int32), np.zeros(size, np.int32))
    scale = seen.scale * np.arange(1, seen.longest + 1, dtype=np.float64)
    limits: Floats = np.array([seen.total, SHARE * seen.total, floor], np.float64)
    _scan_kernel(box.table, *counts, *bases, scale, limits, rings, only_top, best.ratio, best.rings, best.days)
    return best


def _lines(seen: Window, box: Box, rings: int) -> tuple[tuple[Any, Any, Any], tuple[Any, Any, Any]]:
    """Running sums of the counts, the last 1 to t days side by side, and of the base."""
    margin = rings + 1
    shape = (box.table.shape[0] + 2 * margin, box.table.shape[1] + 2 * margin)
    counts = np.zeros((*shape, seen.longest), np.int32)
    counts[box.q + margin, box.r + margin] = seen.recent.T
    base = np.zeros((*shape, 1))
    base[box.q + margin, box.r + margin, 0] = seen.base
    return lines.along(counts), lines.along(base)


@jit.kernel("b1(const i4[::1], f8, const f8[::1], const f8[::1], f8)", error_model="numpy")
def _may_exceed(cases: Rows, base: float, scale: Floats, limits: Floats, high: float) -> bool:
    """Whether the bound lets any of the days exceed ``high``; without a branch, so that it is vector instructions."""
    found = np.int32(0)
    for day in range(len(scale)):
        expected = base * scale[day]
        over = cases[day] - expected
        room = over * abs(over) * (limits[0] + expected) - 2 * high * expected * (limits[0] - expected)
        found += np.int32(1) if room > 0 else np.int32(0)
    return bool(found > 0)


@jit.kernel("UniTuple(f8, 2)(const i4[::1], f8, const f8[::1], const f8[::1], f8)", error_model="numpy")
def _best_day(cases: Rows, base: float, scale: Floats, limits: Floats, high: float) -> tuple[float, float]:
    """The highest ratio above ``high`` and its days; ``high`` and 0 where there is none."""
    total, best = limits[0], 0.0
    for day in range(len(scale)):
        expected, c = base * scale[day], float(cases[day])
        over = c - expected
        if over > 0 and 0 < expected <= limits[1]:
            bound = over * over * (total + expected) > 2 * high * expected * (total - expected)
            here = c * np.log(c / expected) if bound else 0.0
            if bound and total > c:
                here += (total - c) * np.log((total - c) / (total - expected))
            if here > high:
                high, best = here, day + 1.0
    return high, best


@jit.kernel(
    "void(const i4[:, ::1], const i4[:, ::1], const i4[:, ::1], const i4[:, ::1], const f8[:, ::1], "
    "const f8[:, ::1], const f8[:, ::1], const f8[::1], const f8[::1], i8, b1, f8[::1], i4[::1], i4[::1])",
    error_model="numpy",
)
def _scan_kernel(
    table: Rows, along_q: Rows, along_r: Rows, along_s: Rows, base_q: Floats, base_r: Floats, base_s: Floats,
    scale: Floats, limits: Floats, rings: int, only_top: bool, ratio: Floats, best_rings: Rows, best_days: Rows,
) -> None:  # fmt: skip
    """For every centre the best cylinder into ``ratio``, ``best_rings``, ``best_days``.

    ``limits``: all cases, the most that may be expected, the floor. ``only_top``: the bound is the best of all
    centres so far, so that only the maximum over all is sure.
    """
    days, wide, margin = len(scale), table.shape[1], rings + 1
    cases, base = np.zeros(wide * days, np.int32), np.zeros(wide)
    top = limits[2]
    for row in range(len(table)):
        for k in range(margin):
            add_ints(row + margin, k, margin, days, along_q, along_r, along_s, cases)
            add_floats(row + margin, k, margin, 1, base_q, base_r, base_s, base)
            for place in range(wide):
                unit = table[row, place]
                if unit >= 0:
                    high = max(limits[2], top if only_top else ratio[unit])
                    here = cases[place * days : (place + 1) * days]
                    if _may_exceed(here, base[place], scale, limits, high):
                        found, when = _best_day(here, base[place], scale, limits, high)
                        if when > 0:
                            ratio[unit], best_rings[unit], best_days[unit] = found, k, int(when)
                            top = max(top, found)
