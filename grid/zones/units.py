"""Zones larger than their rule allows: what of a zone lies beyond the smallest ground that its findings call for.

No outline of a building or compound is known, so that ground is estimated: the cells that hold findings and their
first ring, within the community. A building is smaller than that, so what lies beyond is a lower bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import h3
import numpy as np
import shapely
from numpy.typing import NDArray

from data.slabs import MISSING
from data.terms import LEVELS

if TYPE_CHECKING:
    from grid.cube import View
    from grid.zones.ground import Stretch

Leaves = NDArray[np.int64]

#: Units that are smaller than any area of the tree: all are estimated alike.
SMALL = ("unit", "building", "compound")

#: A zone counts as larger when more than this share of its ground lies beyond: the borders of cells are not its own.
LARGER = 0.05


@dataclass(frozen=True)
class Size:
    """Whole people (None where nobody counted them) and square metres."""

    people: int | None
    m2: int


class Units:
    """The smallest grounds of a view. ``people``: (leaves,) whole persons, MISSING where nobody counted them."""

    def __init__(self, view: View, people: NDArray[np.int64]) -> None:
        self.view = view
        self.people = people
        self._near: dict[int, Sequence[int]] = {}

    def size(self, one: Stretch) -> Size:
        """What a zone holds."""
        return self.held(one.leaf, one.share)

    def ground(self, found: Leaves, unit: str) -> Leaves:
        """The leaves of the smallest ground for findings on the leaves ``found``."""
        if not len(found):
            return np.empty(0, np.int64)
        parts = self._rings(found) if unit in SMALL else self._areas(found, unit)
        return np.unique(np.concatenate([np.fromiter(part, np.int64) for part in parts]))

    def _areas(self, found: Leaves, unit: str) -> list[Iterable[int]]:
        areas = self.view.areas
        order = list(LEVELS)
        rows = {self._at_level(row, order, unit) for row in self.view.leaves.area[found].tolist()}
        return [range(areas.lo[row], areas.hi[row]) for row in sorted(rows)]

    def _at_level(self, row: int, order: list[str], unit: str) -> int:
        """The area of level ``unit`` that holds ``row``, or ``row`` where it is no finer than that."""
        areas = self.view.areas
        finer = [s for s in areas.path(row) if order.index(areas.level[s]) >= order.index(unit)]
        return finer[0] if finer else row

    def _rings(self, found: Leaves) -> list[Iterable[int]]:
        for leaf in found.tolist():
            if leaf not in self._near:
                self._near[leaf] = self._around(leaf)
        return [self._near[leaf] for leaf in found.tolist()]

    def _around(self, leaf: int) -> Sequence[int]:
        """The leaves of a leaf's cell and of the cells beside it, in the same area."""
        areas, leaves = self.view.areas, self.view.leaves
        row, cell = int(leaves.area[leaf]), int(leaves.cell[leaf])
        if cell < 0:  # known of the area only: all of it may be needed
            return range(areas.lo[row], areas.hi[row])
        near = np.array([cell, *self._beside(cell)], np.int32)
        at = leaves.find(np.full_like(near, row), near)
        return [int(one) for one in at[leaves.cell[at] == near]]

    def _beside(self, cell: int) -> list[int]:
        """The cells that touch one."""
        cells = self.view.leaves.cells
        if cells.h3 is not None:
            return [row for name in h3.grid_disk(cells.id[cell], 1) if (row := cells.row_of.get(name, cell)) != cell]
        shape = cells.shapes[cell]
        return [int(at) for at in self._tree.query(shape, predicate="intersects") if at != cell]

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.view.leaves.cells.shapes)

    def held(self, leaf: Leaves, share: NDArray[np.float64]) -> Size:
        """What a share of each of some leaves holds."""
        m2 = round(float((self.view.leaves.m2[leaf] * share).sum()))
        # an area on no map has no share of the people who were counted above it: that is not nobody
        counted = (self.people[leaf] != MISSING) & ((self.view.leaves.m2[leaf] > 0) | (self.people[leaf] > 0))
        if len(leaf) and not counted.any():
            return Size(None, m2)
        held = np.where(counted, self.people[leaf], 0) * share
        return Size(int(np.floor(held + 1e-9).sum()), m2)
