"""Leaves: the pairs (finest known area, cell) in tree order, the one axis of every number.

A leaf (area, no cell) holds what is known no finer than the area. Within an area its own leaf comes
first, then its cells, then its children's leaves: so each area of each level is one slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from grid import hexes
from grid.areas import Areas, Rows, to_stream


@dataclass(frozen=True)
class Cells:
    """The unit grid's cells, sorted by id. ``h3`` is their resolution, or None for imported polygons,
    whose ``shape`` is given. ``id`` is text (for H3, 15 hexadecimal digits)."""

    id: list[str]
    h3: int | None
    shape: list[BaseGeometry] | None = None

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def numbers(self) -> NDArray[np.uint64]:
        """H3 cells as numbers, sorted as ``id`` is."""
        return np.array([int(cell, 16) for cell in self.id], dtype=np.uint64)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """id -> row."""
        return {cell: row for row, cell in enumerate(self.id)}

    @cached_property
    def shapes(self) -> NDArray[np.object_]:
        """Each cell's polygon in WGS-84."""
        if self.shape is not None:
            return np.array(self.shape, dtype=object)
        return hexes.boundaries(self.numbers)


NO_CELLS = Cells([], None, [])


@dataclass(frozen=True)
class Leaves:
    """``area`` (row of Areas) and ``cell`` (row of Cells, -1 for none) of every leaf; ``m2`` its area
    in whole square metres (0 where nothing is drawn)."""

    area: Rows
    cell: Rows
    m2: NDArray[np.int64]
    cells: Cells

    def __len__(self) -> int:
        return len(self.area)

    @cached_property
    def _pairs(self) -> tuple[NDArray[np.int64], Rows]:
        key = self._key(self.area, self.cell)
        order = np.argsort(key).astype(np.int32)
        return key[order], order

    @staticmethod
    def _key(area: Rows, cell: Rows) -> NDArray[np.int64]:
        return area.astype(np.int64) << 32 | (cell.astype(np.int64) + 1)

    def find(self, area: Rows, cell: Rows) -> Rows:
        """Leaf of each (area, cell) pair; the area's own leaf where the pair does not exist."""
        keys, order = self._pairs
        wanted = self._key(area, cell)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        own = order[np.searchsorted(keys, self._key(area, np.full_like(area, -1)))]
        return np.where(keys[at] == wanted, order[at], own).astype(np.int32)

    @cached_property
    def home(self) -> Rows:
        """For each cell the leaf that stands for it when only the cell is known: the largest part."""
        order = np.lexsort((-self.m2, self.cell))
        order = order[self.cell[order] >= 0]
        first = np.searchsorted(self.cell[order], np.arange(len(self.cells)))
        return order[first].astype(np.int32)

    def to_bytes(self) -> bytes:
        """The leaves and cells as two Arrow streams, one after the other."""
        shapes = None if self.cells.shape is None else [shapely.to_wkb(s) for s in self.cells.shape]
        cells = {"id": pa.array(self.cells.id, pa.string())}
        if shapes is not None:
            cells["shape"] = pa.array(shapes, pa.large_binary())
        leaves = pa.table({"area": self.area, "cell": self.cell, "m2": self.m2})
        table = pa.table(cells).replace_schema_metadata({"h3": str(self.cells.h3 or "")})
        return to_stream(leaves, table)

    @classmethod
    def from_bytes(cls, body: bytes) -> Leaves:
        """The leaves of :meth:`to_bytes`."""
        source = pa.BufferReader(body)
        leaves = pa.ipc.open_stream(source).read_all()
        table = pa.ipc.open_stream(source).read_all()
        h3 = int(table.schema.metadata[b"h3"] or 0) or None
        shape = None
        if "shape" in table.column_names:
            shape = list(shapely.from_wkb(np.array(table["shape"].to_pylist(), dtype=object)))
        return cls(
            leaves["area"].to_numpy(),
            leaves["cell"].to_numpy(),
            leaves["m2"].to_numpy(),
            Cells(table["id"].to_pylist(), h3, shape),
        )


def lay(areas: Areas, pairs: tuple[Rows, Rows, NDArray[np.int64]], cells: Cells) -> tuple[Areas, Leaves]:
    """All leaves in tree order, and the areas with their slices.

    ``pairs`` are the (area row, cell row, m2) that exist; each area gets its own leaf besides.
    """
    rows = np.arange(len(areas), dtype=np.int32)
    area = np.concatenate([rows, pairs[0]])
    cell = np.concatenate([np.full_like(rows, -1), pairs[1]])
    m2 = np.concatenate([np.zeros(len(rows), np.int64), pairs[2]])
    order = np.lexsort((cell, area))
    area, cell, m2 = area[order], cell[order], m2[order]
    lo = np.searchsorted(area, rows).astype(np.int32)
    hi = np.searchsorted(area, areas.last).astype(np.int32)
    return areas.with_leaves(lo, hi), Leaves(area, cell, m2, cells)
