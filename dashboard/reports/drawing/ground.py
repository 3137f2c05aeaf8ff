"""Where units, borders and names of a map lie on paper: millimetres from the top left corner of its frame.

Places are Web-Mercator (EPSG:3857) as on the screen: conformal, so that hexagons stay regular.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.queries import cells_inside
from dashboard.wire import EARTH_RADIUS, mercator
from data.words import Lang
from grid import hexes
from grid.arrays import Floats, Shapes
from grid.cube import View

#: Names that a map of a page's width can carry.
MOST_NAMES = 60
#: Borders of one level drawn at most: more are a net, not a help.
MOST_BORDERS = 400
#: Units from which on neighbours of one class are drawn as one shape, without borders between them.
MERGED = 2500
#: Thousandths of a millimetre: corners that neighbours share fall on one point.
GRAIN = 1000
#: Millimetres by which a border may be off: a quarter of a dot of print.
SLACK = 0.02


@dataclass(frozen=True)
class Frame:
    """The piece of paper that a map may fill, in millimetres of the picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Name:
    """A name on the map: where it is best set, how far the area reaches around that point, and the row of the unit
    that it names (-1: an area above the units)."""

    words: str
    x: float
    y: float
    reach: float
    unit: int = -1


@dataclass(frozen=True)
class Ground:
    """A map's geometry. ``units``: one shape (or None) a unit; ``borders``: from the widest level down, all shapes of
    each; ``metres``: of the ground in one millimetre of paper, in the map's middle."""

    units: Shapes
    borders: tuple[Shapes, ...]
    names: tuple[Name, ...]
    metres: float
    box: Frame


class Paper:
    """The projection onto a frame that just holds ``bounds`` (west, south, east, north in degrees)."""

    def __init__(self, bounds: Sequence[float], frame: Frame) -> None:
        west, south, east, north = mercator(np.array([bounds[:2], bounds[2:]])).ravel().tolist()
        self.scale = min(frame.width / max(east - west, 1.0), frame.height / max(north - south, 1.0))
        size = (east - west) * self.scale, (north - south) * self.scale
        self.box = Frame(frame.x + (frame.width - size[0]) / 2, frame.y + (frame.height - size[1]) / 2, *size)
        self.west, self.north = west, north
        self.metres = 1 / self.scale / math.cosh((south + north) / 2 / EARTH_RADIUS)  # 1 / cos(latitude)

    def __call__(self, shapes: Shapes) -> Shapes:
        """Shapes in degrees as shapes on paper, on the grain."""
        return np.asarray(shapely.transform(shapes, self._points), dtype=object)

    def plain(self, shapes: Shapes) -> Shapes:
        """The same without the windings that print cannot show."""
        return np.asarray(shapely.simplify(self(shapes), SLACK), dtype=object)

    def _points(self, lonlat: Floats) -> Floats:
        corner, place = np.array([self.west, self.north]), np.array([self.box.x, self.box.y])
        flat = (mercator(lonlat) - corner) * np.array([self.scale, -self.scale])
        return np.asarray(np.rint((flat + place) * GRAIN) / GRAIN)


def ground(view: View, area: str, level: str, frame: Frame, lang: Lang, named: bool) -> Ground:
    """The ground of the units of ``level`` inside an area, in the order that ``Desk.paint`` has them."""
    row = view.areas.find(area)
    shapes = _units(view, row, level)
    whole = view.areas.shape[row]
    drawn = [whole] if whole is not None else [shape for shape in shapes if shape is not None]
    bounds = shapely.total_bounds(drawn) if drawn else np.array([0.0, 0.0, 1.0, 1.0])
    paper = Paper(bounds.tolist(), frame)
    levels = _levels(view, row, level)
    borders = [paper.plain(_shapes(view, rows)) for rows in (np.array([row], np.int32), *levels)]
    names = _names(view, levels, level, lang, paper) if named else ()
    drawn_units = paper(shapes) if level == "cell" else paper.plain(shapes)
    return Ground(drawn_units, tuple(borders), names, paper.metres, paper.box)


def _units(view: View, row: int, level: str) -> Shapes:
    if level != "cell":
        return _shapes(view, view.areas.of_level(level, row))
    cells = view.leaves.cells
    if row == 0:
        return cells.shapes
    inside = cells_inside(view, row)
    return hexes.boundaries(cells.numbers[inside]) if cells.h3 is not None else cells.shapes[inside]


def _shapes(view: View, rows: NDArray[np.int32]) -> Shapes:
    found = np.empty(len(rows), dtype=object)
    found[:] = [view.areas.shape[row] for row in rows.tolist()]
    return found


def _levels(view: View, row: int, level: str) -> list[NDArray[np.int32]]:
    """Rows of each level whose borders are drawn: those below the area, down to the units."""
    areas = view.areas
    deepest = areas.levels.index(level) if level in areas.levels else len(areas.levels) - 1
    below = areas.levels[areas.levels.index(areas.level[row]) + 1 : deepest + 1]
    found = (areas.of_level(name, row) for name in below)
    return [rows for rows in found if 1 < len(rows) <= MOST_BORDERS]


def _names(view: View, levels: list[NDArray[np.int32]], level: str, lang: Lang, paper: Paper) -> tuple[Name, ...]:
    """Of the finest level that a page can carry; the largest area first."""
    fitting = [rows for rows in levels if len(rows) <= MOST_NAMES]
    if not fitting:
        return ()
    rows = fitting[-1]
    shapes = paper.plain(_shapes(view, rows))
    own = view.areas.level[rows[0]] == level
    found = [
        _name(view.areas.label(at, lang), shape, unit if own else -1)
        for unit, (at, shape) in enumerate(zip(rows.tolist(), shapes, strict=True))
        if shape is not None and not shape.is_empty
    ]
    return tuple(sorted(found, key=lambda name: (-name.reach, name.words)))


def _name(words: str, shape: shapely.Geometry, unit: int) -> Name:
    part = max(shapely.get_parts(shape).tolist(), key=lambda one: one.area)
    reach = shapely.maximum_inscribed_circle(part, tolerance=max(0.02 * math.sqrt(max(part.area, 0.0)), 1e-3))
    x, y = shapely.get_coordinates(reach)[0]
    return Name(words, float(x), float(y), float(reach.length), unit)


def path_of(shapes: Shapes) -> str:
    """Closed rings as the data of one path, in hundredths of a millimetre: holes and parts are even-odd."""
    known = shapes[np.array([shape is not None for shape in shapes], dtype=bool)]
    rings = shapely.get_rings(shapely.get_parts(known))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(points):
        return ""
    grid = np.rint(points * 100).astype(np.int64)
    moved = np.append(True, (np.diff(grid, axis=0) != 0).any(1) | (np.diff(ring) != 0))
    grid, ring = grid[moved], ring[moved]
    first = np.flatnonzero(np.append(True, np.diff(ring) != 0))
    step = np.diff(grid, axis=0, prepend=np.zeros((1, 2), np.int64))
    return "".join(_ring(grid[at], step[at + 1 : end]) for at, end in zip(first, [*first[1:], len(grid)], strict=True))


def _ring(start: NDArray[np.int64], steps: NDArray[np.int64]) -> str:
    if len(steps) < 2:
        return ""
    return f"M{start[0]} {start[1]}l{' '.join(map(str, steps.ravel().tolist()))}z"


def merged(shapes: Shapes) -> Shapes:
    """Neighbours as one shape: edges that two of them share vanish."""
    found = np.empty(1, dtype=object)
    found[0] = shapely.coverage_union_all(shapes)
    return found
