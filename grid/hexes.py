"""H3 cells: the cover of an area, their outlines, their true sizes. Cells are uint64 numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import chain

import h3.api.basic_int as h3
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from grid import lattice
from grid.arrays import Cells, Floats, Shapes
from grid.batches import cell_number

#: A cell's descendants of any depth reach 1.052 of its circumradius from its centre (a geometric series
#: of 7**(-n/2) steps); a hexagon this much larger than the cell contains a disc of 1.08.
REACH = 1.25
#: Cells of this resolution (edge 10 km and more) and above are bent too much for REACH on a flat map.
COARSEST = 5
#: Beyond this latitude a degree of longitude shrinks too fast within one cell for the same reason.
POLAR = 75.0


def cover(area: BaseGeometry, res: int) -> Cells:
    """Every cell of ``res`` that overlaps ``area`` (Polygon or MultiPolygon, WGS-84 degrees), sorted.

    As H3 does, edges are straight lines on the longitude-latitude plane.
    """
    if area.is_empty:
        return np.empty(0, dtype=np.uint64)
    found = _descend(area, res) if _plain(area, res) else _by_h3(area, res)
    return np.unique(np.array(found, dtype=np.uint64))


def _plain(area: BaseGeometry, res: int) -> bool:
    west, south, east, north = area.bounds
    return res >= COARSEST and max(abs(south), abs(north)) < POLAR and east - west < 90 and abs(west) <= 180


def _by_h3(area: BaseGeometry, res: int) -> list[int]:
    parts = [h3.geo_to_h3shape(part) for part in shapely.get_parts(area)]
    return list(chain.from_iterable(h3.h3shape_to_cells_experimental(p, res, "overlap") for p in parts))


def _descend(area: BaseGeometry, res: int) -> list[int]:
    """From coarse cells down: what lies wholly inside is taken with all its descendants, what lies
    outside is dropped, and only the rim goes on to the next resolution."""
    shapely.prepare(area)
    whole: list[int] = []
    level, rim = _start(area, res)
    while level < res:
        reach = _scaled(rim)
        near = shapely.intersects(area, reach)
        inside = near & shapely.contains(area, reach)
        for cell in rim[inside].tolist():
            whole += h3.cell_to_children(cell, res)
        level += 1
        children = (h3.cell_to_children(cell, level) for cell in rim[near & ~inside].tolist())
        rim = np.array(list(chain.from_iterable(children)), dtype=np.uint64)
    hit = shapely.intersects(area, boundaries(rim))
    return whole + [int(cell) for cell in rim[hit]]


def _start(area: BaseGeometry, res: int) -> tuple[int, Cells]:
    """(resolution, cells) to begin with: a few whose outlines, enlarged, surely cover the area."""
    west, south, east, north = area.bounds
    middle = (south + north) / 2
    half = math.hypot((east - west) / 2, (north - south) / 2)  # degrees, not less than the true angle
    level = COARSEST
    while level < res and math.degrees(lattice.spacing(level + 1)) > half:
        level += 1
    centre = h3.latlng_to_cell(middle, (west + east) / 2, level)
    # neighbouring centres are at least half of spacing() apart, and rings advance by sqrt(3)/2 of that
    rings = math.ceil(half / (0.43 * math.degrees(lattice.spacing(level)))) + 1
    return level, np.array(h3.grid_disk(centre, rings), dtype=np.uint64)


def _scaled(cells: Cells) -> Shapes:
    shapes = boundaries(cells)
    points, at = shapely.get_coordinates(shapes, return_index=True)
    lon, lat = lattice.centres(cells)
    middle = np.column_stack([lon, lat])[at]
    east = (points[:, 0] - middle[:, 0] + 180.0) % 360.0 - 180.0
    away = np.column_stack([east, points[:, 1] - middle[:, 1]])
    return np.asarray(shapely.set_coordinates(shapes, middle + REACH * away))


def boundaries(cells: Cells) -> Shapes:
    """The cells' outlines as polygons (longitude, latitude in degrees), in the order of ``cells``.

    H3 draws each (4 microseconds); the polygons are made at once. Making the corners from the lattice
    instead was measured and is no faster.
    """
    rings = [h3.cell_to_boundary(cell) for cell in cells.tolist()]
    sizes = np.array([len(ring) for ring in rings], dtype=np.int64)
    flat = np.array(list(chain.from_iterable(rings)), dtype=np.float64).reshape(-1, 2)[:, ::-1]
    owner = np.repeat(np.arange(len(rings)), sizes)
    return np.asarray(shapely.polygons(shapely.linearrings(flat, indices=owner)), dtype=object)


def areas_m2(cells: Cells) -> Floats:
    """Each cell's own size in square metres on H3's sphere; cells of one resolution differ by a third."""
    sizes = (h3.cell_area(cell, unit="m^2") for cell in cells.tolist())
    return np.fromiter(sizes, dtype=np.float64, count=len(cells))


def parse_cells(texts: Iterable[object]) -> Cells:
    """The cells that texts (hexadecimal, or decimal of 18 digits) or numbers write; 0 where invalid."""
    known: dict[object, int] = {}
    numbers = []
    for text in texts:
        if text not in known:
            known[text] = cell_number(str(text)) if text is not None else 0
        numbers.append(known[text])
    return np.array(numbers, dtype=np.uint64)
