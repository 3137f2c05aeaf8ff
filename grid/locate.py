"""Point -> row: of the H3 cell, or of the polygon, that contains it. Exact, millions a second.

Both locators are made once and asked with whole arrays. Rows are int32; OUTSIDE (-1) means nowhere,
which is also the answer for NaN. They are immutable and may be asked by several threads.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np
import shapely

from grid import lattice
from grid.arrays import Bools, Cells, Floats, Rows, Shapes
from grid.jit import kernel, usable
from grid.lattice import Lattice, NoLattice
from grid.raster import burn, ring_edges

OUTSIDE = -1
#: A row that a kernel leaves to the exact library.
ASK = -2
#: Points nearer to a cell's edge than this (in distances between cells; 0.04 mm at resolution 9) are
#: decided by h3 itself. The lattice is right to 1e-11 at resolution 9 and 6e-9 at resolution 15.
EDGE = 1e-7
#: Half-width (radians; 5.7 degrees, wider than any city) up to which the kernel's series, ended at
#: the 11th and 10th power, are exact in float64: 0.1**12 / 12! is 2e-21.
SERIES = 0.1
#: Points that the kernel handles at once: a block's places stay in the level-1 cache.
BLOCK = 2048
#: A lattice table larger than this (entries of 4 bytes) would be mostly holes: ask h3 instead.
TABLE = 1 << 25
#: Points handled at once by the numpy path: its six temporaries stay in the level-2 cache.
CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class _Box:
    """Where the cells lie: centre and half-widths in degrees, margin included."""

    lon: float
    lat: float
    half_lon: float
    half_lat: float

    def offsets(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Degrees from the centre; longitudes the short way round."""
        east = lon - self.lon
        return east - 360.0 * np.floor(east / 360.0 + 0.5), lat - self.lat

    def corners(self) -> Floats:
        """(4, 3) unit vectors of the corners."""
        lon = self.lon + self.half_lon * np.array([-1.0, 1.0, -1.0, 1.0])
        lat = self.lat + self.half_lat * np.array([-1.0, -1.0, 1.0, 1.0])
        return lattice.unit_vectors(lon, lat)

    def holds(self, lon: Floats, lat: Floats) -> Bools:
        """Which points lie inside. NaN does not."""
        east, north = self.offsets(lon, lat)
        return np.asarray((np.abs(east) <= self.half_lon) & (np.abs(north) <= self.half_lat))


@dataclass(frozen=True, slots=True)
class _Map:
    """One face's lattice as a table: ``table[q - q0, r - r0]`` is the row, or OUTSIDE.

    ``matrix`` takes the unit vector in a frame turned to the box's centre longitude.
    """

    face: int
    matrix: Floats
    q0: int
    r0: int
    table: Rows


class HexLocator:
    """Rows of the H3 cells (sorted uint64, one resolution) that contain points.

    Raises ValueError if the cells are not sorted, repeat, or mix resolutions. Cells that no lattice
    fits are looked up with h3 (1 million points a second); ``exact_only`` tells.
    """

    def __init__(self, cells: Cells) -> None:
        self.cells = np.ascontiguousarray(cells, dtype=np.uint64)
        if (self.cells[1:] <= self.cells[:-1]).any():
            raise ValueError("cells must be sorted and distinct")
        resolutions = np.unique((self.cells >> np.uint64(52)) & np.uint64(15))
        if resolutions.size > 1:
            raise ValueError(f"cells of one resolution, not {resolutions.tolist()}")
        self.res = int(resolutions[0]) if resolutions.size else 0
        self._box, self._maps, self._faces, self._clear = _survey(self.cells, self.res)

    @property
    def exact_only(self) -> bool:
        """No lattice fits these cells; every point goes to h3."""
        return not self._maps

    def rows(self, lon: Floats, lat: Floats) -> Rows:
        """Index into ``cells`` of the cell that holds each point (degrees, WGS-84), or OUTSIDE."""
        lon, lat = _points(lon, lat)
        if self._box is None:
            return np.full(lon.shape, OUTSIDE, dtype=np.int32)
        rows = self._one_map(lon, lat) if self._clear else self._many_maps(lon, lat)
        ask = np.flatnonzero(rows == ASK)
        rows[ask] = self._ask(lon[ask], lat[ask])
        return rows

    def _one_map(self, lon: Floats, lat: Floats) -> Rows:
        assert self._box is not None
        return _look_up(self._box, self._maps[0], lon, lat)

    def _many_maps(self, lon: Floats, lat: Floats) -> Rows:
        """Each point by the map of its own face; near the faces' edges by h3."""
        assert self._box is not None
        rows = np.full(lon.shape, OUTSIDE, dtype=np.int32)
        for part in _chunks(lon.size):
            at = part.start + np.flatnonzero(self._box.holds(lon[part], lat[part]))
            face, gap = lattice.nearest_face(lattice.unit_vectors(lon[at], lat[at]), self._faces)
            clear = gap > lattice.STRIP * lattice.spacing(self.res)
            rows[at[~clear]] = ASK
            for table in self._maps:
                here = at[clear & (face == table.face)]
                rows[here] = _look_up(self._box, table, lon[here], lat[here])
            if not self._maps:
                rows[at] = ASK
        return rows

    def _ask(self, lon: Floats, lat: Floats) -> Rows:
        """The same by h3-py alone; for points known to be finite."""
        res = self.res
        found = [h3.latlng_to_cell(y, x, res) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
        return find(self.cells, np.array(found, dtype=np.uint64))


def find(ordered: Cells, wanted: Cells) -> Rows:
    """Index in ``ordered`` of each of ``wanted``, or OUTSIDE."""
    if not ordered.size:
        return np.full(wanted.shape, OUTSIDE, dtype=np.int32)
    at = np.minimum(np.searchsorted(ordered, wanted), ordered.size - 1)
    return np.where(ordered[at] == wanted, at, OUTSIDE).astype(np.int32)


def _points(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    lon, lat = np.ascontiguousarray(lon, dtype=np.float64), np.ascontiguousarray(lat, dtype=np.float64)
    if lon.shape != lat.shape or lon.ndim != 1:
        raise ValueError(f"two vectors of one length, not {lon.shape} and {lat.shape}")
    return lon, lat


def _chunks(size: int) -> Iterator[slice]:
    return (slice(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK))


class ShapeLocator:
    """Rows of the polygons (array of Polygon and MultiPolygon; None and empty ones hold nothing) that
    contain points: inside, not on the edge, as ``geopandas.sjoin(predicate="within")`` says. Where
    polygons overlap, the lowest row.

    Raises ValueError for other geometries. Rings count even-odd, as GEOS counts them for prepared
    polygons, so that shapes which are not valid get the same answer there and here.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = np.asarray(shapes, dtype=object)
        kinds = shapely.get_type_id(self.shapes)
        if not np.isin(kinds, (-1, 3, 6)).all():
            raise ValueError("polygons and multipolygons only")
        edges, owner = ring_edges(self.shapes)
        self._raster = burn(edges, owner) if usable() else None
        self._tree = shapely.STRtree(self.shapes)
        self._asking = threading.Lock()

    def rows(self, lon: Floats, lat: Floats) -> Rows:
        """Index of the polygon that holds each point (in the polygons' own coordinates), or OUTSIDE."""
        lon, lat = _points(lon, lat)
        if self._raster is None or not usable():
            rows = np.where(np.isfinite(lon) & np.isfinite(lat), ASK, OUTSIDE).astype(np.int32)
        else:
            rows = self._raster.rows(lon, lat)
        ask = np.flatnonzero(rows == ASK)
        if ask.size:
            rows[ask] = self._ask(lon[ask], lat[ask])
        return rows

    def _ask(self, lon: Floats, lat: Floats) -> Rows:
        """The same by GEOS alone."""
        points = np.asarray(shapely.points(lon, lat), dtype=object)
        # preparing a polygon changes it in place: one thread at a time
        with self._asking:
            at, shape = self._tree.query(points)
            candidates = self.shapes[shape]
            shapely.prepare(candidates)
            inside = shapely.contains_properly(candidates, points[at])
        lowest = np.full(lon.size, len(self.shapes), dtype=np.int64)
        np.minimum.at(lowest, at[inside], shape[inside])
        return np.where(lowest < len(self.shapes), lowest, OUTSIDE).astype(np.int32)


# --- making the tables -------------------------------------------------------------------------


def _survey(cells: Cells, res: int) -> tuple[_Box | None, list[_Map], Rows, bool]:
    """(where the cells lie, a map for each face they lie on, all faces within the box, whether one map
    serves the whole box)."""
    if not cells.size:
        return None, [], np.empty(0, dtype=np.int32), False
    lon, lat = lattice.centres(cells)
    box, vectors = _enclose(lon, lat, res), lattice.unit_vectors(lon, lat)
    faces = lattice.faces_near(np.vstack([vectors, box.corners()]), 2 * lattice.STRIP * lattice.spacing(res))
    try:
        maps = [_tabulate(found, box) for found in lattice.fit(vectors, res)]
    except NoLattice:
        return box, [], faces, False
    return box, maps, faces, len(maps) == 1 and bool(lattice.clear_of_edges(vectors, res).all())


def _enclose(lon: Floats, lat: Floats, res: int) -> _Box:
    margin = math.degrees(lattice.spacing(res))
    middle = lattice.degrees(lattice.unit_vectors(lon, lat).sum(axis=0))
    east = (lon - float(middle[0]) + 180.0) % 360.0 - 180.0
    centre = float(middle[0]) + (east.max() + east.min()) / 2
    south, north = lat.min() - margin, lat.max() + margin
    # meridians converge: a cell is wider in degrees the nearer the pole, and surrounds it at the end
    widest = math.cos(math.radians(min(90.0, max(abs(south), abs(north)))))
    half = (east.max() - east.min()) / 2 + margin / max(widest, 1e-9)
    return _Box(float(centre), float(south + north) / 2, float(min(half, 180.0)), float(north - south) / 2)


def _tabulate(found: Lattice, box: _Box) -> _Map:
    q0, r0 = int(found.q.min()), int(found.r.min())
    shape = (int(found.q.max()) - q0 + 1, int(found.r.max()) - r0 + 1)
    if shape[0] * shape[1] > TABLE:
        raise NoLattice
    table = np.full(shape, OUTSIDE, dtype=np.int32)
    table[found.q - q0, found.r - r0] = found.rows
    c, s = math.cos(math.radians(box.lon)), math.sin(math.radians(box.lon))
    turned = found.matrix @ np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return _Map(found.face, turned, q0, r0, table)


# --- looking up --------------------------------------------------------------------------------


def _look_up(box: _Box, table: _Map, lon: Floats, lat: Floats) -> Rows:
    rows = np.empty(lon.size, dtype=np.int32)
    wide = math.radians(max(box.half_lon, box.half_lat)) > SERIES
    if usable() and not wide:
        place = np.array([box.lon, box.lat, box.half_lon, box.half_lat])
        _hex_kernel(lon, lat, place, table.matrix, table.q0, table.r0, table.table, rows)
        return rows
    for part in _chunks(lon.size):
        rows[part] = _look_up_numpy(box, table, lon[part], lat[part])
    return rows


def _look_up_numpy(box: _Box, table: _Map, lon: Floats, lat: Floats) -> Rows:
    """What the kernel does, with numpy's own sine."""
    inside = box.holds(lon, lat)
    east, _ = box.offsets(np.where(inside, lon, box.lon), lat)
    lam, phi = np.radians(east), np.radians(np.where(inside, lat, box.lat))
    vectors = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    u, v, w = table.matrix @ vectors
    q, r = u / w, v / w
    whole_q, whole_r = round_hex(q, r)
    dq, dr = q - whole_q, r - whole_r
    reach = np.maximum(np.maximum(np.abs(dq - dr), np.abs(2 * dr + dq)), np.abs(2 * dq + dr))
    at_q, at_r = whole_q.astype(np.int64) - table.q0, whole_r.astype(np.int64) - table.r0
    high, wide = table.table.shape
    known = inside & (w > 0) & (at_q >= 0) & (at_q < high) & (at_r >= 0) & (at_r < wide)
    rows = np.where(known, table.table[np.where(known, at_q, 0), np.where(known, at_r, 0)], OUTSIDE)
    return np.where(inside & (reach > 1.0 - EDGE), ASK, rows).astype(np.int32)


def round_hex(q: Floats, r: Floats) -> tuple[Floats, Floats]:
    """The lattice point whose hexagon holds (q, r): round all three of q, r, -q-r, mend the worst."""
    a, b, c = np.rint(q), np.rint(r), np.rint(-q - r)
    da, db, dc = np.abs(a - q), np.abs(b - r), np.abs(c + q + r)
    mend_a = (da > db) & (da > dc)
    mend_b = ~mend_a & (db > dc)
    return np.where(mend_a, -b - c, a), np.where(mend_b, -a - c, b)


@kernel(
    "void(const f8[::1], const f8[::1], f8[::1], f8[:, ::1], i8, i8, i4[:, ::1], i4[::1])",
    error_model="numpy",
    fastmath={"contract"},
)
def _hex_kernel(lon: Floats, lat: Floats, place: Floats, m: Floats, q0: int, r0: int, table: Rows, rows: Rows) -> None:
    """What :func:`_look_up_numpy` does, for boxes within SERIES.

    The arithmetic is one straight line of float64, places in the table included, so that it becomes
    vector instructions; fetching from the table is a loop of its own. The sine and cosine of the
    offset from the box's centre are their series; the centre's own enter by the addition theorem.
    What lies outside, or is NaN, is carried along and thrown away at the end.
    """
    lon0, lat0, half_lon, half_lat = place[0], place[1], place[2], place[3]
    rad, turn, limit = math.pi / 180.0, 1.0 / 360.0, 1.0 - EDGE
    sin0, cos0 = math.sin(lat0 * rad), math.cos(lat0 * rad)
    m00, m01, m02 = m[0, 0], m[0, 1], m[0, 2]
    m10, m11, m12 = m[1, 0], m[1, 1], m[1, 2]
    m20, m21, m22 = m[2, 0], m[2, 1], m[2, 2]
    s3, s5, s7, s9, s11 = -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800
    c2, c4, c6, c8, c10 = -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800
    high, wide = float(table.shape[0]), float(table.shape[1])
    first_q, first_r = float(q0), float(r0)
    flat = table.reshape(-1)
    place_of = np.empty(BLOCK, np.int32)
    for start in range(0, lon.size, BLOCK):
        n = min(BLOCK, lon.size - start)
        lons, lats, out = lon[start : start + n], lat[start : start + n], rows[start : start + n]
        for i in range(n):
            east = lons[i] - lon0
            east = east - 360.0 * np.floor(east * turn + 0.5)
            north = lats[i] - lat0
            x, y = east * rad, north * rad
            x2, y2 = x * x, y * y
            sx = x * (1 + x2 * (s3 + x2 * (s5 + x2 * (s7 + x2 * (s9 + x2 * s11)))))
            sy = y * (1 + y2 * (s3 + y2 * (s5 + y2 * (s7 + y2 * (s9 + y2 * s11)))))
            cx = 1 + x2 * (c2 + x2 * (c4 + x2 * (c6 + x2 * (c8 + x2 * c10))))
            cy = 1 + y2 * (c2 + y2 * (c4 + y2 * (c6 + y2 * (c8 + y2 * c10))))
            cos_lat = cos0 * cy - sin0 * sy
            vx, vy, vz = cos_lat * cx, cos_lat * sx, sin0 * cy + cos0 * sy
            w = 1.0 / (m20 * vx + m21 * vy + m22 * vz)
            q = (m00 * vx + m01 * vy + m02 * vz) * w
            r = (m10 * vx + m11 * vy + m12 * vz) * w
            a, b, c = np.rint(q), np.rint(r), np.rint(-q - r)
            da, db, dc = abs(a - q), abs(b - r), abs(c + q + r)
            mend_a = (da > db) & (da > dc)
            mend_b = (db >= da) & (db > dc)
            whole_q = -b - c if mend_a else a
            whole_r = -a - c if mend_b else b
            dq, dr = q - whole_q, r - whole_r
            edge = (abs(dq - dr) > limit) | (abs(2 * dr + dq) > limit) | (abs(2 * dq + dr) > limit)
            inside = (abs(east) <= half_lon) & (abs(north) <= half_lat)
            at_q, at_r = whole_q - first_q, whole_r - first_r
            known = inside & (at_q >= 0) & (at_q < high) & (at_r >= 0) & (at_r < wide)
            at = at_q * wide + at_r if known else -1.0
            at = -2.0 if inside & edge else at
            place_of[i] = np.int32(at)
        for i in range(n):
            at_i = place_of[i]
            out[i] = flat[at_i] if at_i >= 0 else at_i
