"""A point -> the finest drawn area and the cell that hold it."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grid.areas import Rows
from grid.geography import Geography, finest_drawn
from grid.locate import HexLocator, ShapeLocator

Degrees = NDArray[np.float64]


class Lookup:
    """The locators of one geography; each is made when it is first needed."""

    def __init__(self, geography: Geography) -> None:
        self.geography = geography

    @cached_property
    def _finest(self) -> tuple[Rows, ShapeLocator]:
        rows = finest_drawn(self.geography.areas)
        return rows, ShapeLocator(self._shapes(rows.tolist()))

    @cached_property
    def _inner(self) -> tuple[Rows, ShapeLocator]:
        """Drawn areas above the finest, deepest first: where a point falls between the finest."""
        areas = self.geography.areas
        finest = set(self._finest[0].tolist())
        rows = [r for r in range(len(areas)) if areas.shape[r] is not None and r not in finest]
        rows.sort(key=lambda row: -areas.depth[row])
        return np.array(rows, dtype=np.int32), ShapeLocator(self._shapes(rows))

    def _shapes(self, rows: list[int]) -> NDArray[np.object_]:
        shapes = np.empty(len(rows), dtype=object)
        shapes[:] = [self.geography.areas.shape[row] for row in rows]
        return shapes

    @cached_property
    def _cells(self) -> HexLocator | ShapeLocator | None:
        cells = self.geography.leaves.cells
        if not len(cells):
            return None
        return HexLocator(cells.numbers) if cells.h3 else ShapeLocator(cells.shapes)

    def areas_at(self, lon: Degrees, lat: Degrees) -> tuple[Rows, NDArray[np.bool_]]:
        """(row of the finest drawn area at each WGS-84 point, -1 outside; whether it is a finest one)."""
        rows, locator = self._finest
        if not len(rows):
            return np.full(len(lon), -1, np.int32), np.zeros(len(lon), np.bool_)
        hit = locator.rows(lon, lat)
        fine = hit >= 0
        found = np.where(fine, rows[hit], -1).astype(np.int32)
        inner, wider = self._inner
        at = np.flatnonzero(~fine)
        if len(inner) and at.size:
            second = wider.rows(lon[at], lat[at])
            found[at] = np.where(second >= 0, inner[second], -1)
        return found, fine

    def leaf_at(self, area: Rows, fine: NDArray[np.bool_], cell: Rows) -> Rows:
        """The leaf of points in drawn areas, by what :meth:`areas_at` and :meth:`cells_at` say of them."""
        leaves = self.geography.leaves
        if not len(leaves.cells):
            return leaves.find(area, cell)
        # a cell that no border cuts, and the largest part of one that is cut, need not be looked for
        leaf = leaves.home[np.maximum(cell, 0)]
        rest = np.flatnonzero(~fine | (cell < 0) | (leaves.area[leaf] != area))
        leaf[rest] = self._leaf_at(area[rest], fine[rest], cell[rest])
        return leaf

    def _leaf_at(self, area: Rows, fine: NDArray[np.bool_], cell: Rows) -> Rows:
        """An imported cell belongs to its area, drawn or not."""
        leaves = self.geography.leaves
        leaf = leaves.find(area, np.where(fine, cell, np.int32(-1)))
        if leaves.cells.h3 is not None:
            return leaf
        home = leaves.home[np.maximum(cell, 0)]
        below = (leaves.area[home] > area) & (leaves.area[home] < self.geography.areas.last[area])
        return np.where((cell >= 0) & below, home, leaf).astype(np.int32)

    def cells_at(self, lon: Degrees, lat: Degrees) -> Rows:
        """Row of the cell at each WGS-84 point; -1 where there is none."""
        if self._cells is None:
            return np.full(len(lon), -1, np.int32)
        return self._cells.rows(lon, lat)
