"""The finenesses of a city: the same findings by its own finest units, by H3 cells of other sizes, and by areas.

All of them add up the findings and inhabitants of one set of units, the finest whose own are reported: what differs
between them is the fineness alone. An H3 cell has what lies in units whose centre is in it, an area what lies in
units of which it holds most.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np
import shapely

from grid.arrays import Cells, Floats, Rows
from grid.cube import View
from grid.risk.board import LEAST_CARD, RiskBoard, RiskBook
from grid.risk.forecast import AHEAD, LEAST_DAYS
from grid.risk.granularity import DAYS, Fineness, Grid, Tried, enough, judge, summed, tried, worked
from grid.risk.ground import CELL
from grid.risk.neighbours import Neighbours, of_hexes

Day = dt.date

#: Resolutions of H3 that are tried: 5.2 km², 0.74, 0.11 and 0.015.
RESOLUTIONS = (7, 8, 9, 10)
#: Units below which it cannot be told where a forecast points: one of twenty is five per cent.
LEAST_UNITS = 20
#: The share of the finest units that a fineness must hold: one that leaves more of them out sees other findings.
HELD = 0.9


@dataclass(frozen=True)
class Fine:
    """One fineness: its ``id``, a level ("cell": the city's own unit grid) or "h3-8"; how the finest units fall into
    its own (``rows``, -1: in none), and the forecasts that were tried with it."""

    id: str
    rows: Rows
    tried: Tried


@dataclass(frozen=True)
class Line:
    """What a fineness gives and costs inside an area: ``m2`` and ``people`` of a unit, means (NaN: not known);
    ``work_people``: mean inhabitants of the units that hold the findings' half; ``of``: the denominator of the hit
    rates that are compared; ``enough``: see :func:`grid.risk.granularity.enough`."""

    id: str
    found: Fineness
    m2: float
    people: float
    work_people: float
    of: str
    enough: bool


class Explorer:
    """The finenesses of one version, each tried when first asked for. Thread-safe."""

    def __init__(self, book: RiskBook) -> None:
        self.book = book
        self._lock = threading.RLock()
        self._tried: dict[Day, list[Fine]] = {}
        self._lines: dict[tuple[Day, int], list[Line]] = {}

    def knows(self, area: int, day: Day) -> bool:
        """Whether :meth:`lines` has this at hand."""
        return (day, area) in self._lines

    def lines(self, area: int, day: Day) -> list[Line]:
        """Every fineness inside the area of a row, coarsest first, over the last four weeks' forecasts up to ``day``:
        those that split it into LEAST_UNITS at least. [] where there are too few days, units or findings to tell."""
        with self._lock:
            if (day, area) not in self._lines:
                board = self._finest(day)
                told = board is not None and len(board.days) - AHEAD - LEAST_DAYS + 1 >= LEAST_CARD
                self._lines[day, area] = _lines(board, self._all(board), area) if board and told else []
            return self._lines[day, area]

    def _finest(self, day: Day) -> RiskBoard | None:
        """The board of the finest units whose findings are reported."""
        boards = (self.book.board(level, day) for level in reversed(self.book.levels))
        return next((board for board in boards if board is not None), None)

    def _all(self, board: RiskBoard) -> list[Fine]:
        if board.day not in self._tried:
            self._tried = {board.day: _all(board)}  # forecasts of one day are enough to hold
        return self._tried[board.day]


def _all(board: RiskBoard) -> list[Fine]:
    finer = [_area(board, level) for level in board.book.levels if level not in (CELL, board.here.level)]
    parts = [part for part in (*finer, *_hexes(board), _own(board)) if part is not None]
    kept = [part for part in parts if part[2].size >= LEAST_UNITS and (part[1] >= 0).mean() >= HELD]
    return [Fine(id, rows, _try(board, rows, near)) for id, rows, near in kept]


_Fall = tuple[str, Rows, Neighbours]


def _own(board: RiskBoard) -> _Fall:
    return board.here.level, np.arange(len(board.here), dtype=np.int32), board.here.near


def _area(board: RiskBoard, level: str) -> _Fall | None:
    """Areas of a level; None for those finer than the units, which do not fall into them."""
    levels = board.book.levels
    if levels.index(level) > levels.index(board.here.level):
        return None
    ground, areas = board.book.ground(level), board.book.view.areas
    return level, _within(areas.lo[ground.rows], areas.hi[ground.rows], _leaf(board)), ground.near


def _leaf(board: RiskBoard) -> Rows:
    """The leaf that stands for each unit."""
    view, here = board.book.view, board.here
    return view.leaves.home if here.level == CELL else view.areas.lo[here.rows]


def _within(lo: Rows, hi: Rows, leaf: Rows) -> Rows:
    """The slice [lo, hi) in which each leaf lies, by its number; -1: in none. ``lo`` rises."""
    at = np.searchsorted(lo, leaf, side="right") - 1
    return np.where((at >= 0) & (leaf < hi[at]), at, -1).astype(np.int32)


def _hexes(board: RiskBoard) -> list[_Fall]:
    """H3 cells of every resolution that is coarser than the units; none where these are areas."""
    if board.here.level != CELL:
        return []
    own = board.book.view.leaves.cells.h3
    return [_hex(board, res) for res in RESOLUTIONS if own is None or res < own]


def _hex(board: RiskBoard, res: int) -> _Fall:
    found, rows = np.unique(_cells(board.book.view, res), return_inverse=True)
    return f"h3-{res}", rows.astype(np.int32), of_hexes(found)


def _cells(view: View, res: int) -> Cells:
    """The H3 cell in which each unit of the grid has its centre."""
    cells = view.leaves.cells
    if cells.h3 is not None:
        return np.array([h3.cell_to_parent(cell, res) for cell in cells.numbers.tolist()], np.uint64)
    centres = shapely.get_coordinates(shapely.centroid(cells.shapes))
    return np.array([h3.latlng_to_cell(lat, lon, res) for lon, lat in centres.tolist()], np.uint64)


def _try(board: RiskBoard, rows: Rows, near: Neighbours) -> Tried:
    costs = {"people": _sum(_people(board), rows, near.size), "area": _sum(board.here.m2, rows, near.size)}
    costs = {name: cost for name, cost in costs.items() if cost.sum() > 0}
    if near is not board.here.near:
        return tried(Grid(summed(board.cases, rows, near.size), near, costs), board.first, DAYS)
    with board.book.lock:  # the report card has made most of these
        return tried(Grid(board.cases, near, costs), board.first, DAYS, board.forecaster)


def _people(board: RiskBoard) -> Floats:
    return np.where(board.people.known, board.people.value, 0.0)


def _sum(value: Floats, rows: Rows, size: int) -> Floats:
    inside = rows >= 0
    return np.bincount(rows[inside], value[inside], size).astype(np.float64)


def _lines(board: RiskBoard, all_: Sequence[Fine], area: int) -> list[Line]:
    areas = board.book.view.areas
    here = _within(areas.lo[[area]], areas.hi[[area]], _leaf(board)) == 0
    inside = [np.unique(one.rows[here & (one.rows >= 0)]).astype(np.int32) for one in all_]
    kept = [(one, rows) for one, rows in zip(all_, inside, strict=True) if len(rows) >= LEAST_UNITS]
    kept.sort(key=lambda pair: len(pair[1]))
    found = {one.id: judge(one.tried, rows) for one, rows in kept}
    of = next((name for name in ("people", "area") if all(name in one.tried.grid.costs for one in all_)), "units")
    told = {id: each for id, each in found.items() if np.isfinite(each.hits(of)).all()}
    best = enough(told, of) if told else ""
    return [_line(one, rows, found[one.id], of, one.id == best) for one, rows in kept]


def _line(one: Fine, rows: Rows, found: Fineness, of: str, enough: bool) -> Line:
    costs = one.tried.grid.costs
    m2, people = (float(costs[name][rows].mean()) if name in costs else np.nan for name in ("area", "people"))
    return Line(one.id, found, m2, people, _work_people(one, rows), of, enough)


def _work_people(one: Fine, rows: Rows) -> float:
    """Inhabitants of the units that would be looked at, the mean over the days; NaN where nobody counted them."""
    people = one.tried.grid.costs.get("people")
    if people is None:
        return float("nan")
    told = [people[rows[worked(issue.score[rows], issue.found[rows])]].sum() for issue in one.tried.forecast]
    return float(np.mean(told))
