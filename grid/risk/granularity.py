"""How fine is fine enough: the same forecast on coarser and finer units, with what each costs.

A finer grid points closer, but its numbers are smaller: more of them must be hidden, and more units must be visited
for the same findings. Every grid is judged by the same denominator, people or ground, so that a small cell does not
win by being small.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np

from grid.arrays import Cells, Floats, Rows
from grid.rates import Part
from grid.risk.forecast import AHEAD, BASELINES, LEAST_DAYS, Forecaster
from grid.risk.neighbours import Neighbours
from grid.risk.report_card import Issue, ReportCard, report_card

#: Days of forecasting that are looked back at.
DAYS = 28
#: Counts of one to this many less one are hidden where small numbers are.
HIDDEN_BELOW = 5
#: The share of the findings for which the work is counted.
WORK_FOR = 0.5
#: More of the findings, mean over SHARES, that a finer grid must find to be worth its smaller numbers.
GAIN = 0.02


@dataclass(frozen=True)
class Grid:
    """One fineness: ``counts`` (days x units), their ``neighbours``, and what each unit ``costs`` by denominator
    ("people", "area"); "units" is added."""

    counts: Part
    neighbours: Neighbours
    costs: Mapping[str, Floats]


@dataclass(frozen=True)
class Tried:
    """The forecasts of a grid day by day with what came, and those of the baselines, oldest first."""

    grid: Grid
    forecast: Sequence[Issue]
    baselines: Mapping[str, Sequence[Issue]]


@dataclass(frozen=True)
class Fineness:
    """What a grid gives and costs, over the days of forecasting.

    ``hidden``: share of a week's findings that small-number suppression would hide, ``hidden_counts``: share of the
    counts other than nought that it would; ``units`` of the grid, ``work``: mean number of units, highest first, that
    hold WORK_FOR of the findings; ``card``: its report card.
    """

    units: int
    hidden: float
    hidden_counts: float
    work: float
    card: ReportCard

    def hits(self, of: str) -> Floats:
        """(SHARES) mean hit rate at each share of a denominator; NaN where nothing was found."""
        return told_mean(self.card.forecast.hits[of])


def told_mean(rows: Floats) -> Floats:
    """Means of the columns over the rows that tell anything; NaN where none does."""
    there = np.isfinite(rows)
    total = np.where(there, rows, 0.0).sum(axis=0)
    return np.asarray(np.where(there.any(axis=0), total / np.maximum(there.sum(axis=0), 1), np.nan))


def explore(grids: Mapping[str, Grid], first: dt.date, days: int = DAYS) -> dict[str, Fineness]:
    """Every grid of ``grids`` over the last ``days`` days whose week is over; ``first``: the day of row 0."""
    return {name: judge(tried(grid, first, days)) for name, grid in grids.items()}


def tried(grid: Grid, first: dt.date, days: int = DAYS, forecaster: Forecaster | None = None) -> Tried:
    """The forecasts of the last ``days`` days whose week is over, each from the days before it alone; ``forecaster``:
    one of these counts that is at hand."""
    forecaster = forecaster or Forecaster(grid.counts, first, grid.neighbours)
    last = len(grid.counts.value) - AHEAD
    rows = range(max(LEAST_DAYS, last - days + 1), last + 1)
    baselines = {name: [forecaster.issue(row, name) for row in rows] for name in BASELINES}
    return Tried(grid, [forecaster.issue(row) for row in rows], baselines)


def judge(found: Tried, inside: Rows | None = None) -> Fineness:
    """What the forecasts gave in the units ``inside`` (None: in all): the whole grid foretells, a part is judged."""
    size = found.grid.neighbours.size
    rows = np.arange(size, dtype=np.int32) if inside is None else inside
    issues = [_only(issue, rows) for issue in found.forecast]
    baselines = {name: [_only(issue, rows) for issue in each] for name, each in found.baselines.items()}
    costs = {"units": np.ones(len(rows)), **{name: cost[rows] for name, cost in found.grid.costs.items()}}
    came = [issue.found for issue in issues]
    hidden, counts = (float(np.mean([share(one) for one in came])) for share in (hidden_share, hidden_counts))
    work = float(np.mean([work_for(issue.score, issue.found) for issue in issues]))
    return Fineness(len(rows), hidden, counts, work, report_card(issues, baselines, costs))


def _only(issue: Issue, rows: Rows) -> Issue:
    if len(rows) == len(issue.score):
        return issue
    return Issue(
        issue.score[rows], issue.mean[rows], issue.quantiles[:, rows], issue.reached[:, rows], issue.found[rows]
    )


def hidden_counts(found: Floats) -> float:
    """The share of the counts other than nought that would be hidden; nought where nothing was found."""
    there = found > 0
    return float((found[there] < HIDDEN_BELOW).mean()) if there.any() else 0.0


def hidden_share(found: Floats) -> float:
    """The share of ``found`` in units whose count would be hidden; nought where nothing was found."""
    small = (found > 0) & (found < HIDDEN_BELOW)
    return float(found[small].sum() / found.sum()) if found.sum() else 0.0


def work_for(score: Floats, found: Floats, share: float = WORK_FOR) -> float:
    """Units to visit, highest ``score`` first, until ``share`` of what is there is found."""
    return float(len(worked(score, found, share)))


def worked(score: Floats, found: Floats, share: float = WORK_FOR) -> Rows:
    """The rows that :func:`work_for` counts; none where nothing is found."""
    order = np.argsort(-score, kind="stable").astype(np.int32)
    reached = np.cumsum(found[order])
    return order[: int(np.searchsorted(reached, share * reached[-1])) + 1] if reached[-1] else order[:0]


def coarser(cells: Cells, counts: Part, res: int) -> tuple[Cells, Part, Rows]:
    """H3 cells and counts at resolution ``res``, and for each finer cell the row of its coarse one.

    A coarse cell is known where any of its cells is. H3's cells do not nest exactly: up to a seventh of the ground at
    a coarse cell's rim is its neighbour's, as in every count of H3's own.
    """
    parents = np.array([h3.cell_to_parent(cell, res) for cell in cells.tolist()], np.uint64)
    found, row = np.unique(parents, return_inverse=True)
    rows = row.astype(np.int32)
    return found, summed(counts, rows, len(found)), rows


def summed(counts: Part, rows: Rows, size: int) -> Part:
    """Counts of ``size`` coarse units from those of fine ones (-1: in none); known where any of the fine ones is."""
    value, known = np.zeros((len(counts.value), size)), np.zeros((len(counts.value), size), np.bool_)
    inside = rows >= 0
    for day in range(len(value)):
        told = inside & counts.known[day]
        value[day] = np.bincount(rows[told], counts.value[day, told], size)
        known[day] = np.bincount(rows[told], minlength=size) > 0
    return Part(value, known)


def enough(found: Mapping[str, Fineness], of: str = "people", gain: float = GAIN) -> str:
    """The coarsest of the grids (coarsest first) beyond which no finer one finds ``gain`` more, mean over SHARES."""
    hits = {name: each.hits(of).mean() for name, each in found.items()}
    names = list(hits)
    return next(
        name for at, name in enumerate(names) if all(hits[finer] < hits[name] + gain for finer in names[at + 1 :])
    )
