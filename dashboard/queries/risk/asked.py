"""Who asks about which area of which version, and what of a board is theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dashboard.queries.desk import Viewer
from grid.arrays import Rows
from grid.cube import View
from grid.risk.board import RiskBoard
from grid.risk.ground import CELL


@dataclass(frozen=True)
class Asked:
    """Who asks about which area of which version."""

    view: View
    viewer: Viewer
    row: int

    @property
    def whole(self) -> Asked:
        """The same about all that the viewer may see."""
        return replace(self, row=0 if self.viewer.scope is None else self.view.areas.find(self.viewer.scope))

    def named(self, board: RiskBoard, unit: int) -> tuple[str, str, str]:
        """Code, name and whereabouts of a unit."""
        areas, code, lang = self.view.areas, board.here.codes[unit], self.viewer.lang
        if board.here.level != CELL:
            path = areas.path(int(board.here.rows[unit]))
            return code, areas.label(path[-1], lang), " ".join(areas.label(step, lang) for step in path[1:-1])
        home = areas.path(int(self.view.leaves.area[self.view.leaves.home[unit]]))
        return code, code, " ".join(areas.label(step, lang) for step in home[1:])

    def inside(self, board: RiskBoard) -> Rows:
        """Rows of the board's units that lie in the area."""
        inside = inside_of(self.view, board.here.level, self.row)
        return inside if board.here.level == CELL else np.searchsorted(board.here.rows, inside).astype(np.int32)


def inside_of(view: View, level: str, row: int) -> Rows:
    """Rows of the units of a level in an area. A cell is a whole: it is that area's which holds most of it."""
    if level != CELL:
        return view.areas.of_level(level, row)
    home = view.leaves.home
    return np.flatnonzero((home >= view.areas.lo[row]) & (home < view.areas.hi[row])).astype(np.int32)
