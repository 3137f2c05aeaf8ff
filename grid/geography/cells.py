"""The unit grid: which cells there are, and which finest areas each overlaps on how many square metres."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from data.city import Boundaries, City
from data.errors import CityFileError
from data.words import Both
from grid import hexes
from grid.areas import Areas, Rows
from grid.geography.base import Report
from grid.geography.drawn import need, shapes_of
from grid.leaves import NO_CELLS, Cells

_ELLIPSOID = pyproj.Geod(ellps="WGS84")

Pairs = tuple[Rows, Rows, NDArray[np.int64]]
_NO_PAIRS: Pairs = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64))


def hexes_of(city: City, areas: Areas) -> tuple[Cells, Pairs]:
    """The H3 cover: every pair of a cell and a finest drawn area that overlap."""
    if city.grid is None or city.grid.h3 is None:
        return NO_CELLS, _NO_PAIRS
    rows = finest_drawn(areas)
    covers = [hexes.cover(areas.shape[row], city.grid.h3) for row in rows]
    area = np.repeat(rows, [len(cover) for cover in covers]).astype(np.int32)
    numbers = np.concatenate(covers) if covers else np.empty(0, np.uint64)
    ids, cell = np.unique(numbers, return_inverse=True)
    cells = Cells([f"{number:015x}" for number in ids], city.grid.h3)
    whole = np.rint(hexes.areas_m2(ids)).astype(np.int64)
    m2 = whole[cell]
    shared = np.bincount(cell, minlength=len(ids))[cell] > 1
    edge = _edge_share(areas, area, cells.shapes[cell], shared)
    m2 = np.where(np.isnan(edge), m2, np.rint(m2 * np.nan_to_num(edge))).astype(np.int64)
    return cells, (area, cell.astype(np.int32), m2)


def _edge_share(areas: Areas, area: Rows, cells: NDArray[np.object_], shared: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of each cell that lies in its area; NaN where it is whole."""
    shapes = np.array([areas.shape[row] for row in range(len(areas))], dtype=object)
    for row in np.unique(area):
        shapely.prepare(shapes[row])
    share = np.full(len(area), np.nan)
    cut = shared | ~shapely.covers(shapes[area], cells)
    at = np.flatnonzero(cut)
    share[at] = shapely.area(shapely.intersection(shapes[area[at]], cells[at])) / shapely.area(cells[at])
    return share


def finest_drawn(areas: Areas) -> Rows:
    """Rows of the drawn areas below which nothing is drawn: the ones a point is looked up in."""
    drawn = np.array([shape is not None for shape in areas.shape])
    below = np.concatenate([[0], np.cumsum(drawn)])
    inner = below[areas.last] - below[np.arange(len(areas)) + 1] > 0
    return np.flatnonzero(drawn & ~inner).astype(np.int32)


def imported(city: City, areas: Areas, report: Report) -> tuple[Cells, Pairs]:
    """The cells of a grid file; each belongs to the one area that its column names."""
    grid = city.grid
    assert grid is not None
    assert grid.file is not None
    assert grid.crs is not None
    part = Boundaries(file=grid.file, code=grid.id, crs=grid.crs, layer=grid.layer)
    shapes, table, broken = shapes_of(city, part)
    need(table, [grid.area], grid.file)
    order = np.argsort(table[grid.id].to_numpy())
    ids = table[grid.id].to_numpy()[order].tolist()
    if len(set(ids)) != len(ids):
        raise CityFileError(file="city.toml", where=str(grid.file), detail=Both("网格编号重复", "cell ids repeat"))
    codes = table[grid.area].to_numpy()[order]
    orphans = sorted({str(code) for code in codes if code not in areas.row_of})
    if orphans:
        detail = Both(
            f"网格所属区域不存在: {', '.join(orphans[:5])}",
            f"cells of unknown areas: {', '.join(orphans[:5])}",
        )
        raise CityFileError(file="city.toml", where=str(grid.file), detail=detail)
    shapes = shapes[order]
    area = np.array([areas.row_of[code] for code in codes], dtype=np.int32)
    report.note("cell", imported=len(ids), repaired=[str(table[grid.id].iloc[row]) for row in broken])
    pairs = (area, np.arange(len(ids), dtype=np.int32), square_metres(shapes))
    return Cells(ids, None, list(shapes)), pairs


def square_metres(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Sizes of WGS-84 shapes on the ellipsoid, in whole square metres."""
    return np.array([round(abs(_ELLIPSOID.geometry_area_perimeter(s)[0])) for s in shapes], dtype=np.int64)
