"""Vectors over the leaves of one geography on those of another; vectors of one city among those of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data.slabs import MISSING
from grid.areas import Areas, Rows, successor

if TYPE_CHECKING:
    from grid.geography import Geography

Wide = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """``vector`` (int64, MISSING where not stated) over the leaves from ``start`` on; nothing is stated of others."""

    start: int
    vector: Wide

    @property
    def slice(self) -> slice:
        """Its leaves."""
        return slice(self.start, self.start + len(self.vector))

    def onto(self, leaf: Rows) -> Part:
        """The same after every leaf became ``leaf[...]`` (-1: none of ours): stated leaves add up, nothing is lost."""
        stated = np.flatnonzero((self.vector != MISSING) & (leaf[self.slice] >= 0))
        if not len(stated):
            return Part(0, np.empty(0, np.int64))
        to = leaf[self.start + stated]
        first, last = int(to.min()), int(to.max())
        return Part(first, gather(self.vector[stated], to - first, last - first + 1))

    def over(self, size: int) -> Wide:
        """The vector over ``size`` leaves."""
        if len(self.vector) == size:
            return self.vector
        whole = np.full(size, MISSING, np.int64)
        whole[self.slice] = self.vector
        return whole


def added(parts: Sequence[Part], size: int) -> Wide | None:
    """Sources side by side, over ``size`` leaves: a leaf is stated if one of them states it. None without any."""
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0].over(size)
    total = np.full(size, MISSING, np.int64)
    for part in parts:
        here = total[part.slice]
        both = (here != MISSING) & (part.vector != MISSING)
        sums = here[both] + part.vector[both]
        np.copyto(here, part.vector, where=part.vector != MISSING)
        here[both] = sums
    return total


def gather(vector: Wide, leaf: NDArray[np.int32], size: int) -> Wide:
    """``vector`` over old leaves as one over ``size`` new ones: stated leaves add up, nothing is lost."""
    stated = vector != MISSING
    total = np.zeros(size, np.int64)
    np.add.at(total, leaf[stated], vector[stated])
    touched = np.zeros(size, np.bool_)
    touched[leaf[stated]] = True
    return np.where(touched, total, np.int64(MISSING))


def leaf_map(old: Geography, new: Geography, retired: Mapping[str, str]) -> Rows:
    """For each leaf of ``old`` the leaf of ``new`` that takes it over: the same area (else the one it was
    merged into, else its nearest ancestor that still exists) and the same cell where that pair exists.

    ``retired``: code -> the code that took it over. A city of many that did not change is moved as a whole.
    """
    found = np.full(len(old.leaves), -1, np.int32)
    for row, to in _unchanged(old, new):
        lo, start = int(old.areas.lo[row]), int(new.areas.lo[to])
        found[lo : old.areas.hi[row]] = np.arange(start, new.areas.hi[to], dtype=np.int32)
    rest = np.flatnonzero(found < 0)
    rows, place = np.unique(old.leaves.area[rest], return_inverse=True)
    area = np.array([_heir(old.areas, new.areas, row, retired) for row in rows.tolist()], np.int32)
    used, at = np.unique(old.leaves.cell[rest], return_inverse=True)
    cells = new.leaves.cells.row_of
    cell = [cells.get(old.leaves.cells.id[row], -1) if row >= 0 else -1 for row in used.tolist()]
    found[rest] = new.leaves.find(area[place.reshape(-1)], np.array(cell, np.int32)[at.reshape(-1)])
    return found


def _heir(old: Areas, new: Areas, row: int, retired: Mapping[str, str]) -> int:
    codes = [old.code[step] for step in reversed(old.path(row))]
    steps = [code if code in new.row_of else successor(code, retired) for code in codes]
    return next(new.row_of[code] for code in [*steps, new.code[0]] if code in new.row_of)


def _unchanged(old: Geography, new: Geography) -> list[tuple[int, int]]:
    """(row there, row here) of the cities of many that have the same areas and leaves in both."""
    if "city" in (old.areas.level[0], new.areas.level[0]):
        return []
    rows = [(row, new.areas.row_of.get(old.areas.code[row], -1)) for row in old.areas.of_level("city").tolist()]
    return [(row, to) for row, to in rows if to >= 0 and _run(old, row) == _run(new, to)]


def _run(geography: Geography, row: int) -> tuple[list[str], bytes, list[str]]:
    """A city's codes, to which of its areas its leaves belong, and which cells they have."""
    areas, leaves = geography.areas, geography.leaves
    at = slice(int(areas.lo[row]), int(areas.hi[row]))
    ids = [leaves.cells.id[cell] if cell >= 0 else "" for cell in leaves.cell[at].tolist()]
    return areas.code[row : areas.last[row]], (leaves.area[at] - row).tobytes(), ids
