"""The questions of the risk map: what each unit of a level is painted with, and one unit in full.

The units of an answer are those, in that order, whose borders :meth:`dashboard.paint.Painter.shapes` sends.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.hidden import HIDDEN, Count
from dashboard.queries.levels import cells_inside
from dashboard.queries.risk.desk import RiskDesk
from data.errors import BadQuestion
from data.words import Both
from grid.arrays import Bools, Floats
from grid.cube import View
from grid.rates import MISSING, SUPPRESSED, VALUE, ZERO
from grid.risk.board import RiskBoard
from grid.risk.ground import CELL

#: Not the viewer's to see: wire.OUTSIDE.
OUTSIDE = 4
#: What the map may show: the score, the findings expected in the next seven days, or hot spots (Gi*).
LAYERS = ("score", "ahead", "hot")


@dataclass(frozen=True)
class RiskPaint:
    """Values of units of ``level``: ``value`` (NaN where there is none), ``state`` (:mod:`grid.rates`), and where a
    number is known to be only the ``least`` that it may be."""

    level: str
    value: Floats
    state: NDArray[np.uint8]
    least: Bools


class RiskMap:
    """The risk map's questions, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def paint(
        self, viewer: Viewer, layer: str, level: str, within: str, day: Day, as_of: dt.datetime | None = None
    ) -> RiskPaint:
        """A layer for every unit of ``level`` in an area. AreaNotFound outside the viewer's scope; BadQuestion of a
        layer that there is not. Units are all missing where nothing is known of the day or the level, and all
        suppressed where anything is, for a viewer who may not see small numbers."""
        if layer not in LAYERS:
            raise BadQuestion(detail=Both(f"没有图层 {layer}", f"no layer {layer}"))
        view = self.desk.cube.at(as_of)
        row = self.desk.row(view, viewer, within)
        rows = _rows(view, level, row)
        book = self.desk.beside(RiskDesk).book(view)
        span = book.span
        board = book.board(level, day) if span and span[0] <= day <= span[1] else None
        found = None if board is None else _LAYERS[layer](board)
        if found is None:
            nothing = np.full(len(rows), np.nan)
            return RiskPaint(level, nothing, np.full(len(rows), MISSING, np.uint8), np.zeros(len(rows), np.bool_))
        picked = _picked(level, found, rows)
        if not viewer.small_numbers:
            nothing, never = np.full(len(rows), np.nan), np.zeros(len(rows), np.bool_)
            picked = RiskPaint(level, nothing, np.full(len(rows), SUPPRESSED, np.uint8), never)
        return picked if viewer.scope is None or level != CELL else self._within(view, viewer, rows, picked)

    def graded(self, viewer: Viewer, level: str, within: str, day: Day, as_of: dt.datetime | None = None) -> int:
        """How many units of a level in an area have a grade."""
        return int((self.paint(viewer, LAYERS[0], level, within, day, as_of).state != MISSING).sum())

    def hot(self, viewer: Viewer, level: str, within: str, day: Day, as_of: dt.datetime | None = None) -> Count:
        """How many units of a level in an area are hot spots."""
        if not viewer.small_numbers:
            return HIDDEN
        return int((self.paint(viewer, "hot", level, within, day, as_of).state == VALUE).sum())

    def _within(self, view: View, viewer: Viewer, rows: NDArray[np.int64], picked: RiskPaint) -> RiskPaint:
        """Without the cells on the border of the viewer's scope that lie mostly in other areas."""
        top = self.desk.row(view, viewer, "city")
        home = view.leaves.home[rows]
        other = (home < view.areas.lo[top]) | (home >= view.areas.hi[top])
        state = np.where(other, OUTSIDE, picked.state).astype(np.uint8)
        return RiskPaint(picked.level, np.where(other, np.nan, picked.value), state, picked.least & ~other)


Found = tuple[Floats, Bools, Bools]


def _rows(view: View, level: str, row: int) -> NDArray[np.int64]:
    """Places in a board of the units whose borders the map draws for an area."""
    if level == CELL:
        return np.asarray(cells_inside(view, row) if row else np.arange(len(view.leaves.cells)), np.int64)
    if level not in view.areas.levels:
        raise BadQuestion(detail=Both(f"没有层级 {level}", f"no level {level}"))
    return np.searchsorted(view.areas.of_level(level), view.areas.of_level(level, row))


def _picked(level: str, found: Found, rows: NDArray[np.int64]) -> RiskPaint:
    value, known, least = found[0][rows], found[1][rows], found[2][rows]
    state = np.where(known, np.where(value == 0, ZERO, VALUE), MISSING).astype(np.uint8)
    return RiskPaint(level, np.where(known, value, np.nan), state, least & known)


def _score(board: RiskBoard) -> Found | None:
    """The score of graded units; least where parts are missing."""
    scored = board.scored
    return None if scored is None else (scored.least, scored.grade >= 0, scored.most > scored.least)


def _ahead(board: RiskBoard) -> Found | None:
    """The mean of the forecast where anything of the last week is known."""
    if board.forecast is None:
        return None
    known: Bools = np.logical_or.reduce(board.cases.known[-7:])
    return board.forecast.mean, known, np.zeros(len(known), np.bool_)


def _hot(board: RiskBoard) -> Found:
    """Gi* of the hot spots that are believed; nought elsewhere."""
    z, believed = board.hot
    return np.where(believed, z.value[0], 0.0), z.known[0], np.zeros(len(believed), np.bool_)


_LAYERS = {"score": _score, "ahead": _ahead, "hot": _hot}
