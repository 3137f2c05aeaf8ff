"""What the sandbox chooses among, taken from the cube: grains, costs, and the findings of weeks.

People of a leaf are known where they were counted that finely; elsewhere they are shared out by ground from the
finest area that has a number (see grid.zones.spread), and every answer says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np
import shapely

from data.slabs import MISSING
from data.terms import Term
from grid.arrays import Bools, Floats, Rows
from grid.cube import View
from grid.leaves import Cells, Leaves
from grid.policy.sandbox import Edges, Grain
from grid.rates import REPORTED_SHARE
from grid.zones import inhabitants

Day = dt.date

#: Days that a choice looks back on, and days that it is held against.
WEEK = 7

#: A grain is offered where at least this share of the cost lies in its units.
LOCATED = 0.5

#: Rings around a cell that may be restricted with it.
RINGS = (2, 1)

#: What may be restricted, counted in ...
AXES = {
    "people": Term("people", "人口", "people"),
    "cells": Term("cells", "网格数", "cells"),
    "area": Term("area", "面积", "ground"),
}


@dataclass(frozen=True)
class Signal:
    """What a choice may go by: its name, and the counts that it sums (-1: taken off)."""

    term: Term
    counts: Mapping[str, int]


POSITIVES = {"cases": 1, "asymptomatic": 1, "reclassified": -1}

SIGNALS = {
    "addresses": Signal(Term("addresses", "阳性居住地", "addresses with a positive"), {"addresses": 1}),
    "positives": Signal(Term("positives", "新增阳性", "new positives"), POSITIVES),
}


@dataclass(frozen=True)
class Cost:
    """``cost`` (L) in the units of ``axis``; ``estimate``: people were shared out below ``counted``, the finest level
    at which they were counted ("" on other axes)."""

    axis: str
    cost: Floats
    estimate: bool = False
    counted: str = ""


@dataclass(frozen=True)
class Found:
    """Findings by leaf over some days: ``total``, where any was ``stated`` (L), on how many ``days``."""

    total: Floats
    stated: Bools
    days: int


def found(view: View, counts: Mapping[str, int], first: Day, days: int = WEEK) -> Found:
    """Findings of the ``days`` days from ``first`` on; ``counts``: count -> +1, or -1 for what is taken off."""
    asked = [first + dt.timedelta(days=n) for n in range(days)]
    total, stated = np.zeros(len(view.leaves)), np.zeros(len(view.leaves), np.bool_)
    spoken = set()
    for count, sign in counts.items():
        for day, vector in zip(asked, view.vectors(count, asked), strict=True):
            if vector is not None:
                known = vector != MISSING
                total += sign * np.where(known, vector, 0)
                stated |= known
                spoken.add(day)
    return Found(total, stated, len(spoken))


def week(view: View, signal: str, first: Day) -> Floats | None:
    """(L) what ``signal`` found in the WEEK from ``first`` on; None unless enough days were reported
    (REPORTED_SHARE). Leaves of which nothing was said have nothing that one could go by."""
    made = found(view, SIGNALS[signal].counts, first)
    return np.maximum(made.total, 0.0) if made.days >= REPORTED_SHARE * WEEK else None


def moved(vector: Floats, of: View, to: View) -> Floats:
    """A sum over one view's leaves as one over another's, whose geography may be a later one."""
    if of.geography.id == to.geography.id:
        return vector
    return np.bincount(to.leaf_map(of.geography.id), vector, len(to.leaves)).astype(np.float64)


def people(view: View, day: Day) -> Cost | None:
    """People by leaf; None where somebody's number is not known."""
    known = inhabitants(view, day)
    lacking = (known == MISSING) & (view.leaves.m2 > 0)
    if lacking.any() or not (known > 0).any():
        return None
    level, estimate = _counted(view, day)
    return Cost("people", np.where(known == MISSING, 0, known).astype(np.float64), estimate, level)


def _counted(view: View, day: Day) -> tuple[str, bool]:
    """The level at which the population is stated, and whether any of it had to be shared out below that level: then
    the finest level of which that is so."""
    vector = view.vectors("population", [day])[0]
    assert vector is not None
    at = np.flatnonzero((vector != MISSING) & (vector > 0))
    areas, rows = view.areas, view.leaves.area[at]
    shared = (at == areas.lo[rows]) & (areas.hi[rows] - areas.lo[rows] > 1) & (view.geography.area_m2[rows] > 0)
    if not shared.any() and (view.leaves.cell[at] >= 0).any():
        return "cell", False
    deepest = max(np.unique(rows[shared] if shared.any() else rows), key=lambda row: int(areas.depth[row]))
    return areas.level[int(deepest)], bool(shared.any())


def cells(leaves: Leaves) -> Cost | None:
    """Cells by leaf: each one is 1, shared out over its leaves by ground; None without a grid."""
    if not len(leaves.cells):
        return None
    inside = leaves.cell >= 0
    ground = np.bincount(leaves.cell[inside], leaves.m2[inside], len(leaves.cells))
    share = np.where(inside, leaves.m2, 0) / np.where(ground > 0, ground, 1)[np.maximum(leaves.cell, 0)]
    share[leaves.home[ground == 0]] = 1.0
    return Cost("cells", share)


def area(leaves: Leaves) -> Cost | None:
    """Ground by leaf in square kilometres; None where nothing is drawn."""
    return Cost("area", leaves.m2 / 1e6) if leaves.m2.any() else None


def costs(view: View, day: Day) -> dict[str, Cost]:
    """The axes that this city can be measured on, by id, the best first."""
    found = (people(view, day), cells(view.leaves), area(view.leaves))
    return {cost.axis: cost for cost in found if cost is not None}


# --- grains --------------------------------------------------------------------------------------------


def grains(view: View, row: int, cost: Floats, edges: Edges | None) -> list[Grain]:
    """The grains inside the area at ``row``, coarsest first, over its leaves; those that hold less than LOCATED of
    ``cost`` (leaves of the area) are not offered."""
    areas = view.areas
    lo, hi = int(areas.lo[row]), int(areas.hi[row])
    found = [Grain(areas.level[row], np.zeros(hi - lo, np.int32), 1)]
    found += [_level(view, row, level) for level in areas.levels[areas.levels.index(areas.level[row]) + 1 :]]
    found += _cells(view.leaves.cell[lo:hi], edges)
    total = cost.sum()
    return [grain for grain in found if grain.size and cost[grain.unit >= 0].sum() >= LOCATED * total]


def _level(view: View, row: int, level: str) -> Grain:
    areas, rows = view.areas, view.areas.of_level(level, row)
    unit = np.full(areas.hi[row] - areas.lo[row], -1, np.int32)
    for number, each in enumerate(rows):
        unit[areas.lo[each] - areas.lo[row] : areas.hi[each] - areas.lo[row]] = number
    return Grain(level, unit, len(rows))


def _cells(cell: Rows, edges: Edges | None) -> Iterator[Grain]:
    known, place = np.unique(cell, return_inverse=True)
    off = int((known < 0).sum())
    unit = (place - off).astype(np.int32)
    size = len(known) - off
    within = None if edges is None else among(edges, known[off:].astype(np.int32))
    if size and within is not None:
        for rings in RINGS:
            yield Grain(f"cell+{rings}", unit, size, rings, within)
    yield Grain("cell", unit, size)


def edges(cells: Cells) -> Edges | None:
    """Which cells of the grid touch; None without a grid. 0.2 s for 44,558 hexagons: keep it."""
    if not len(cells):
        return None
    of, to = _hex_pairs(cells) if cells.h3 is not None else _drawn_pairs(cells)
    return _edges(of, to, len(cells))


def _hex_pairs(cells: Cells) -> tuple[Rows, Rows]:
    around = [h3.grid_disk(cell, 1) for cell in cells.numbers.tolist()]
    of = np.repeat(np.arange(len(around)), [len(each) for each in around])
    number = np.array([cell for each in around for cell in each], np.uint64)
    to = np.minimum(np.searchsorted(cells.numbers, number), len(cells) - 1)
    known = cells.numbers[to] == number
    return of[known].astype(np.int32), to[known].astype(np.int32)


def _drawn_pairs(cells: Cells) -> tuple[Rows, Rows]:
    of, to = shapely.STRtree(cells.shapes).query(cells.shapes, predicate="intersects")
    return of.astype(np.int32), to.astype(np.int32)


def among(edges: Edges, kept: Rows) -> Edges:
    """The edges among the cells ``kept`` (sorted rows), renumbered in their order."""
    number = np.full(len(edges.start), -1, np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    sizes = np.diff(edges.start, append=len(edges.to))
    of, to = np.repeat(number, sizes), number[edges.to]
    both: Bools = (of >= 0) & (to >= 0)
    return _edges(of[both], to[both], len(kept))


def _edges(of: Rows, to: Rows, size: int) -> Edges:
    order = np.argsort(of, kind="stable")
    return Edges(np.searchsorted(of[order], np.arange(size)), to[order])
