"""H3 cells as arrays: cover of an area, outlines, sizes, and ids read from text."""

from __future__ import annotations

from collections.abc import Iterable

import h3
import numpy as np
import shapely
from h3.api import numpy_int
from numpy.typing import NDArray

Cells = NDArray[np.uint64]


def cover(area: shapely.Geometry, res: int) -> Cells:
    """Every cell of resolution ``res`` that shares ground with ``area`` (polygons in WGS-84), sorted."""
    if area is None or shapely.is_empty(area):
        return np.empty(0, np.uint64)
    shape = h3.geo_to_h3shape(area)
    found = numpy_int.h3shape_to_cells_experimental(shape, res, contain="overlap")
    return np.unique(np.asarray(found, dtype=np.uint64))


def boundaries(cells: Cells) -> NDArray[np.object_]:
    """The cells' outlines as polygons in WGS-84, in their order."""
    rings = [numpy_int.cell_to_boundary(int(cell)) for cell in cells]
    corners = np.array([point for ring in rings for point in ring], dtype=np.float64).reshape(-1, 2)
    at = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    if not len(rings):
        return np.empty(0, dtype=object)
    return np.asarray(shapely.polygons(shapely.linearrings(corners[:, ::-1], indices=at)))


def areas_m2(cells: Cells) -> NDArray[np.float64]:
    """Each cell's own size in square metres: cells of one resolution differ by 30 % within a country."""
    return np.array([numpy_int.cell_area(int(cell), unit="m^2") for cell in cells], dtype=np.float64)


def parse_cells(texts: Iterable[str | None]) -> Cells:
    """H3 ids from hexadecimal or decimal text; 0 where the text is no cell."""
    return np.array([_parse(text) for text in texts], dtype=np.uint64)


def _parse(text: str | None) -> int:
    if not text:
        return 0
    try:
        number = int(text, 10 if text.isdecimal() and len(text) > 15 else 16)
    except ValueError:
        return 0
    return number if number < 2**64 and numpy_int.is_valid_cell(number) else 0
