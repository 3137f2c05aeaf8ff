"""H3 cells of one resolution as the exact hexagonal lattice that they are.

H3 is drawn on the twenty faces of an icosahedron. Inside one face, seen from the globe's centre
(gnomonic projection), the cells' centres form a regular hexagonal lattice. So one affine map, fitted
to the cells' own centres, turns a place into lattice coordinates, and rounding gives the cell. The
fit's residual at resolution 9 is some 1e-11 of the distance between cells; it is checked every time.

Nothing of H3's tables is copied: the faces come from the twelve pentagons, which are the corners of
the icosahedron, and the map from a least-squares fit.

Lattice coordinates (q, r): the six neighbours of a cell are ±(1, 0), ±(0, 1), ±(1, -1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import h3.api.basic_int as h3
import numpy as np

from grid.arrays import Bools, Cells, Floats, Ints, Rows

#: A fit whose residual (in lattice units) exceeds this is no lattice. Ten times under the edge
#: margin within which h3 itself is asked; resolution 9 is at 1e-11, resolution 15 at 1e-8.
RESIDUAL = 1e-8
#: Width of the strip on both sides of a face's edge, in distances between cells, inside which cells
#: lie across the edge and the lattice is not trusted. Such a cell reaches 0.6 past its centre.
STRIP = 3.0


#: The radius (km) of the sphere on which H3 states lengths and areas.
EARTH_KM = 6371.007180918475


class NoLattice(Exception):
    """These cells do not fit a lattice; use h3 itself. A finding that never leaves ``grid``."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """The cells whose centres lie on one icosahedron face.

    ``rows`` index the fitted cells, ``q`` and ``r`` (same length) are their lattice coordinates.
    ``matrix`` (3, 3) takes a unit vector to (q w, r w, w).
    """

    face: int
    matrix: Floats
    rows: Rows
    q: Ints
    r: Ints


def unit_vectors(lon: Floats, lat: Floats) -> Floats:
    """(n, 3) points on the unit sphere of longitudes and latitudes in degrees."""
    lam, phi = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def degrees(vectors: Floats) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of (..., 3) vectors of any length."""
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))


def centres(cells: Cells) -> tuple[Floats, Floats]:
    """Longitudes and latitudes (degrees) of the cells' centres."""
    flat = np.array(list(map(h3.cell_to_latlng, cells.tolist())), dtype=np.float64).reshape(-1, 2)
    return flat[:, 1].copy(), flat[:, 0].copy()


@cache
def face_centres() -> Floats:
    """(20, 3) unit vectors of the icosahedron's faces, made from its corners."""
    lat, lon = np.array([h3.cell_to_latlng(cell) for cell in h3.get_pentagons(0)]).T
    corner = unit_vectors(lon, lat)
    # neighbouring corners are 63 degrees apart, all others 116 or 180: a cosine above 0.2 tells
    near = corner @ corner.T > 0.2
    trios = [t for t in combinations(range(12), 3) if all(near[a, b] for a, b in combinations(t, 2))]
    total = corner[np.array(trios)].sum(axis=1)
    return np.asarray(total / np.linalg.norm(total, axis=1, keepdims=True))


@cache
def _apart() -> Floats:
    """(20, 20) chords between the faces' centres; infinite for a face and itself."""
    centre = face_centres()
    chord = np.linalg.norm(centre[:, None, :] - centre[None, :, :], axis=2)
    np.fill_diagonal(chord, np.inf)
    return np.asarray(chord)


def nearest_face(vectors: Floats, among: Rows | None = None) -> tuple[Rows, Floats]:
    """The face of each (n, 3) unit vector, and its angle (radians) from that face's nearest edge.

    ``among`` limits both to some faces (see :func:`faces_near`); a single one has no edges.
    """
    faces = np.arange(20) if among is None else among
    cosine = vectors @ face_centres()[faces].T
    at = cosine.argmax(axis=1)
    best = cosine[np.arange(len(vectors)), at]
    # the edge between two faces is where both centres are equally near
    apart = _apart()[np.ix_(faces, faces)]
    gap = (best[:, None] - cosine) / apart[at]
    gap[np.arange(len(vectors)), at] = np.inf
    return faces[at].astype(np.int32), gap.min(axis=1)


def faces_near(vectors: Floats, reach: float) -> Rows:
    """The faces that come within ``reach`` radians of any of the (n, 3) unit vectors."""
    middle = vectors.sum(axis=0)
    middle /= np.linalg.norm(middle)
    radius = 2 * math.asin(min(1.0, float(np.linalg.norm(vectors - middle, axis=1).max()) / 2))
    # a parallel between two vectors bulges beyond the great circle: a fifth more holds it
    radius = 1.2 * radius + reach
    face, _ = nearest_face(middle[None, :])
    behind = (face_centres()[face[0]] - face_centres()) @ middle / _apart()[face[0]]
    return np.flatnonzero(behind <= radius).astype(np.int32)


def spacing(res: int) -> float:
    """About the largest angle (radians) between the centres of neighbouring cells of a resolution.

    The mean edge times sqrt(3); the factor 1.3 covers the spread over a face (measured: 1.2).
    """
    return 1.3 * math.sqrt(3.0) * float(h3.average_hexagon_edge_length(res, unit="km")) / EARTH_KM


def fit(vectors: Floats, res: int) -> list[Lattice]:
    """One lattice for each face that holds centres. ``vectors``: (n, 3) centres of cells of ``res``.

    Raises NoLattice where the centres are not one.
    """
    face, _ = nearest_face(vectors)
    return [_fit_face(vectors, np.flatnonzero(face == f), int(f), res) for f in np.unique(face)]


def _fit_face(vectors: Floats, rows: Ints, face: int, res: int) -> Lattice:
    normal = face_centres()[face]
    frame = _frame(normal)
    anchor = _anchor(vectors[rows].mean(axis=0), normal, res)
    around = h3.grid_ring(anchor, 1)
    if len(around) != 6:
        raise NoLattice
    near = unit_vectors(*centres(np.array([anchor, *around], dtype=np.uint64)))
    plane = _flat(near, frame)
    basis, corner = _basis(plane), plane[0]
    at = _flat(vectors[rows], frame)
    whole = np.rint((at - corner) @ basis.T)
    # second pass: all cells at once, so that the error of six neighbours does not grow with distance
    ring = np.rint((plane - corner) @ basis.T)
    affine = _least_squares(np.vstack([at, plane]), np.vstack([whole, ring]))
    moved = at @ affine[:, :2].T + affine[:, 2]
    if np.abs(moved - whole).max() > RESIDUAL:
        raise NoLattice
    homogeneous = np.vstack([affine, [0.0, 0.0, 1.0]]) @ np.vstack([frame, normal])
    q, r = whole.astype(np.int64).T
    return Lattice(face, homogeneous, rows.astype(np.int32), q, r)


def _frame(normal: Floats) -> Floats:
    """(2, 3) two unit vectors that span the plane touching the globe at ``normal``."""
    first = np.cross(normal, np.eye(3)[np.abs(normal).argmin()])
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(normal, first)])


def _flat(vectors: Floats, frame: Floats) -> Floats:
    """(n, 2) gnomonic plane coordinates."""
    return np.asarray(vectors @ frame.T / (vectors @ np.cross(frame[0], frame[1]))[:, None])


def _anchor(mean: Floats, normal: Floats, res: int) -> int:
    """A cell near the others but clear of the face's edges: some steps towards the face's centre."""
    mean = mean / np.linalg.norm(mean)
    _, gap = nearest_face(mean[None, :])
    missing = max(0.0, 2 * STRIP * spacing(res) - float(gap[0]))
    toward = normal - mean
    length = float(np.linalg.norm(toward))
    # towards the centre the nearest edge recedes by at least half of the way
    step = min(1.0, 2.0 * missing / length) if length else 0.0
    lon, lat = degrees(mean + step * toward)
    return int(h3.latlng_to_cell(float(lat), float(lon), res))


def _basis(plane: Floats) -> Floats:
    """(2, 2) plane offset -> lattice coordinates, from a centre (first row) and its six neighbours."""
    spokes = plane[1:] - plane[0]
    order = np.argsort(np.arctan2(spokes[:, 1], spokes[:, 0]))
    return np.asarray(np.linalg.inv(spokes[order[:2]].T))


def _least_squares(plane: Floats, whole: Floats) -> Floats:
    """(2, 3) affine map plane -> lattice. Centred first: the plane's offsets are 1e-4 of its size."""
    mean = plane.mean(axis=0)
    design = np.column_stack([plane - mean, np.ones(len(plane))])
    linear = np.linalg.lstsq(design / _scale(design), whole, rcond=None)[0].T / _scale(design)
    return np.column_stack([linear[:, :2], linear[:, 2] - linear[:, :2] @ mean])


def _scale(design: Floats) -> Floats:
    return np.asarray(np.abs(design).max(axis=0))


def clear_of_edges(vectors: Floats, res: int) -> Bools:
    """Which unit vectors are further than STRIP cells from every edge of their face."""
    return np.asarray(nearest_face(vectors)[1] > STRIP * spacing(res))
