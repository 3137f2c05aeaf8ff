"""How fine is fine enough: the same forecast on coarser and finer units, with what each costs.

A finer grid points closer, but its numbers are smaller: more of them must be hidden, and more units must be visited
for the same findings. Every grid is judged by the same denominator, people or ground, so that a small cell does not
win by being small.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np

from grid.arrays import Cells, Floats, Rows
from grid.rates import Part
from grid.risk.forecast import AHEAD, LEAST_DAYS, Forecaster
from grid.risk.neighbours import Neighbours
from grid.risk.report_card import ReportCard, report_card

#: Days of forecasting that are looked back at.
DAYS = 28
#: Counts of one to this many less one are hidden where small numbers are.
HIDDEN_BELOW = 5
#: The share of the findings for which the work is counted.
WORK_FOR = 0.5


@dataclass(frozen=True)
class Grid:
    """One fineness: ``counts`` (days x units), their ``neighbours``, and what each unit ``costs`` by denominator
    ("people", "area"); "units" is added."""

    counts: Part
    neighbours: Neighbours
    costs: Mapping[str, Floats]


@dataclass(frozen=True)
class Fineness:
    """What a grid gives and costs, over the days of forecasting.

    ``hidden``: share of a week's findings that small-number suppression would hide; ``units`` of the grid, ``work``:
    mean number of units, highest first, that hold WORK_FOR of the findings; ``card``: its report card.
    """

    units: int
    hidden: float
    work: float
    card: ReportCard

    def hits(self, of: str) -> Floats:
        """(SHARES) mean hit rate at each share of a denominator."""
        return np.asarray(np.nanmean(self.card.forecast.hits[of], axis=0))


def explore(grids: Mapping[str, Grid], first: dt.date, days: int = DAYS) -> dict[str, Fineness]:
    """Every grid of ``grids`` over the last ``days`` days whose week is over; ``first``: the day of row 0."""
    return {name: _fineness(grid, first, days) for name, grid in grids.items()}


def _fineness(grid: Grid, first: dt.date, days: int) -> Fineness:
    forecaster = Forecaster(grid.counts, first, grid.neighbours)
    last = len(grid.counts.value) - AHEAD
    rows = range(max(LEAST_DAYS, last - days + 1), last + 1)
    issues = [forecaster.issue(row) for row in rows]
    baselines = {name: [forecaster.baseline(row, name) for row in rows] for name in ("persistence", "decay")}
    size = grid.neighbours.size
    card = report_card(issues, baselines, {"units": np.ones(size), **grid.costs})
    hidden = float(np.mean([hidden_share(issue.found) for issue in issues]))
    work = float(np.mean([work_for(issue.score, issue.found) for issue in issues]))
    return Fineness(size, hidden, work, card)


def hidden_share(found: Floats) -> float:
    """The share of ``found`` in units whose count would be hidden; nought where nothing was found."""
    small = (found > 0) & (found < HIDDEN_BELOW)
    return float(found[small].sum() / found.sum()) if found.sum() else 0.0


def work_for(score: Floats, found: Floats, share: float = WORK_FOR) -> float:
    """Units to visit, highest ``score`` first, until ``share`` of what is there is found."""
    reached = np.cumsum(found[np.argsort(-score, kind="stable")])
    return float(np.searchsorted(reached, share * reached[-1]) + 1) if reached[-1] else 0.0


def coarser(cells: Cells, counts: Part, res: int) -> tuple[Cells, Part, Rows]:
    """H3 cells and counts at resolution ``res``, and for each finer cell the row of its coarse one.

    A coarse cell is known where any of its cells is. H3's cells do not nest exactly: up to a seventh of the ground at
    a coarse cell's rim is its neighbour's, as in every count of H3's own.
    """
    parents = np.array([h3.cell_to_parent(cell, res) for cell in cells.tolist()], np.uint64)
    found, row = np.unique(parents, return_inverse=True)
    value, known = np.zeros((len(counts.value), len(found))), np.zeros((len(counts.value), len(found)), np.bool_)
    for day in range(len(value)):
        value[day] = np.bincount(row, np.where(counts.known[day], counts.value[day], 0.0), len(found))
        known[day] = np.bincount(row, counts.known[day], len(found)) > 0
    return found, Part(value, known), row.astype(np.int32)


def enough(found: Mapping[str, Fineness], of: str = "people", gain: float = 0.02) -> str:
    """The coarsest of the grids (coarsest first) beyond which no finer one finds ``gain`` more, mean over SHARES."""
    names = list(found)
    best = names[0]
    for name in names[1:]:
        if found[name].hits(of).mean() >= found[best].hits(of).mean() + gain:
            best = name
    return best
