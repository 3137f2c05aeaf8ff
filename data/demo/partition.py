"""Cutting land into areas: connected pieces, exact seams, curved by the warp.

Cuts are straight in the unit plane. Each piece carries its share of a cloud of people-points, so a
cut can be placed where it divides people, and dense quarters get small areas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from data.demo.terrain import along, settled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FINE = 1e-7  # parts are joined on this lattice: far above the errors of floating point
SEAM = 1e-5  # and borders noded on this one, decimetres on the ground: far above FINE and the last digit kept
STEP = 0.005  # longest straight edge after refinement, in radii: five to a wave of the shortest warp
REACH = 10.0  # size of a half-plane; the whole map lies within 2
BOXES = 60  # a side, to count how crowded a place is
TURN = 0.16  # standard deviation of a cut's angle from square, radians: streets are rarely at right angles


@dataclass(frozen=True, eq=False)
class Piece:
    """A connected piece of land with its ``points``, an (n, 2) cloud."""

    shape: Polygon
    points: Floats


def shares(weights: Floats, total: int, least: int = 1) -> Ints:
    """``total`` whole numbers in proportion to ``weights``, each at least ``least`` (largest remainders)."""
    exact = weights / weights.sum() * (total - least * weights.size)
    whole = np.floor(exact).astype(np.int64)
    rest = total - least * weights.size - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:rest]] += 1
    return np.asarray(whole + least)


def connect(shapes: Sequence[shapely.Geometry]) -> list[Polygon]:
    """Neighbouring shapes of one connected land -> as many connected polygons.

    Each label keeps its largest part; a severed part goes to the label it shares most border with.
    """
    parts, owner = shapely.get_parts(np.array(shapes), return_index=True)
    keep = shapely.area(parts) > FINE**1.5
    parts, owner = parts[keep], owner[keep]
    area = shapely.area(parts)
    mains = {label: int(np.flatnonzero(owner == label)[area[owner == label].argmax()]) for label in set(owner)}
    whole = {label: parts[index] for label, index in mains.items()}
    loose = [i for i in np.argsort(-area, kind="stable") if i not in mains.values()]
    while loose:
        index, label = _best_neighbour(parts, loose, whole)
        whole[label] = shapely.union(whole[label], parts[index], grid_size=FINE)
        loose.remove(index)
    return [_largest(whole[label]) for label in sorted(whole)]


def _best_neighbour(parts: NDArray[np.object_], loose: list[int], whole: dict[int, Polygon]) -> tuple[int, int]:
    """The first loose part that touches a label, and the label it touches along the longest border."""
    labels = sorted(whole)
    grown = shapely.buffer(parts[loose], 10 * FINE, quad_segs=1)
    border = np.array([[shapely.length(shapely.intersection(g, whole[k].boundary)) for k in labels] for g in grown])
    row = int(np.argmax(border.max(axis=1) > 100 * FINE))
    return loose[row], labels[int(border[row].argmax())]


def _largest(shape: shapely.Geometry) -> Polygon:
    parts = shapely.get_parts(shape)
    largest: Polygon = parts[shapely.area(parts).argmax()]
    return largest


def share_points(shapes: Sequence[Polygon], points: Floats) -> list[Piece]:
    """``shapes`` with the points each holds; a point in none of them (on a seam) is dropped."""
    found = []
    for shape in shapes:
        shapely.prepare(shape)
        found.append(Piece(shape, points[shapely.contains_xy(shape, points)]))
    return found


def cut_cells(piece: Piece, count: int, random: np.random.Generator) -> list[Piece]:
    """``count`` connected pieces around centres that k-means finds in the points (Voronoi cells)."""
    if count == 1:
        return [piece]
    centres = _means(piece.points, count, random)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=piece.shape.envelope, ordered=True)
    )
    return share_points(connect(list(shapely.intersection(cells, piece.shape))), piece.points)


def _means(points: Floats, count: int, random: np.random.Generator) -> Floats:
    few = points[random.choice(len(points), 4000, p=_crowding(points))]
    centres = few[:count].copy()
    for _ in range(40):
        nearest = ((few[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        for i in range(count):
            if (nearest == i).any():
                centres[i] = few[nearest == i].mean(axis=0)
    return centres


def _crowding(points: Floats) -> Floats:
    """(n,) chances that favour crowded places once more: else the old town's districts hold too many."""
    low, high = points.min(axis=0), points.max(axis=0)
    column, row = np.minimum((points - low) / (high - low) * BOXES, BOXES - 1).astype(np.int64).T
    box = column * BOXES + row
    weight = np.bincount(box)[box] ** 0.6
    return np.asarray(weight / weight.sum())


def cut_blocks(piece: Piece, count: int, random: np.random.Generator) -> list[Piece]:
    """``count`` connected pieces of like numbers of points, by cuts across the longer side, again and
    again: the pattern of streets and blocks. Neighbours in the list came from the same last cuts."""
    if count == 1:
        return [piece]
    first = count // 2 + (count % 2) * int(random.integers(2))
    two = _cut(piece, first / count, random)
    return [part for half, n in zip(two, (first, count - first), strict=True) for part in cut_blocks(half, n, random)]


def _cut(piece: Piece, share: float, random: np.random.Generator) -> list[Piece]:
    """Two connected pieces with about ``share`` and the rest of the points."""
    angle = _long_side(piece.shape) + random.normal(0, TURN)
    way = settled(np.array([np.cos(angle), np.sin(angle)]))
    cloud = piece.points if len(piece.points) > 8 else shapely.get_coordinates(piece.shape.segmentize(STEP))
    at = settled(np.asarray(np.quantile(along(cloud, way), share)))
    side = np.array([-way[1], way[0]])
    corners = at * way + REACH * np.array([side, -side, -side - way, side - way])
    half = Polygon(corners)
    shapes = [shapely.intersection(piece.shape, half), shapely.difference(piece.shape, half)]
    return share_points(connect(shapes), piece.points)


def _long_side(shape: Polygon) -> float:
    box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    sides = np.diff(box, axis=0)[:2]
    longer = sides[np.hypot(*sides.T).argmax()]
    return float(np.arctan2(longer[1], longer[0]))


def seam(shapes: Sequence[Polygon], bend: Callable[[Floats], Floats]) -> NDArray[np.object_]:
    """The shapes with seams made exact, refined and bent: neighbours share every vertex of their border.

    All borders are noded together; each noded edge is subdivided the same way from both sides; ``bend``
    maps (n, 2) points. Raises ValueError if a shape got lost.
    """
    borders = shapely.get_exterior_ring(np.array(shapes))
    holes = [ring for shape in shapes for ring in shape.interiors]
    lines = shapely.union_all([*borders, *holes], grid_size=SEAM)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    return _refine(_own(faces, np.array(shapes)), bend)


def _own(faces: NDArray[np.object_], shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The face of each shape. A sliver that is nobody's goes to the shape it shares most border with."""
    shape, face = shapely.STRtree(faces).query(shapely.point_on_surface(shapes), "within")
    if not np.array_equal(shape, np.arange(len(shapes))) or len(set(face)) != len(shapes):
        raise ValueError("a piece of land got lost between two seams")
    own = faces[face]
    for sliver in faces[np.setdiff1d(np.arange(len(faces)), face)]:
        near = shapely.STRtree(own).query(sliver, "intersects")
        border = shapely.length(shapely.intersection(own[near], sliver))
        if border.size and border.max() > 0:
            index = near[border.argmax()]
            own[index] = shapely.coverage_union(own[index], sliver)
    return np.asarray(own)


def _refine(faces: NDArray[np.object_], bend: Callable[[Floats], Floats]) -> NDArray[np.object_]:
    rings, face = shapely.get_rings(faces, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero(ring[:-1] == ring[1:])
    start, end = points[edge], points[edge + 1]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(swap[:, None], end, start), np.where(swap[:, None], start, end)
    pieces = np.maximum(1, np.ceil(np.hypot(*(high - low).T) / STEP)).astype(np.int64)
    number = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = np.where(np.repeat(swap, pieces), np.repeat(pieces, pieces) - number, number)
    share = (step / np.repeat(pieces, pieces))[:, None]
    low, high = np.repeat(low, pieces, axis=0), np.repeat(high, pieces, axis=0)
    bent = bend(np.where(share == 1, high, low + share * (high - low)))
    closed = np.asarray(shapely.linearrings(bent, indices=np.repeat(ring[edge], pieces)))
    return np.asarray(shapely.normalize(_polygons(closed, face)))


def _polygons(rings: NDArray[np.object_], face: Ints) -> NDArray[np.object_]:
    """Polygons from rings that are grouped by ``face``, the outer ring first."""
    first = np.flatnonzero(np.r_[True, np.diff(face) > 0])
    last = np.r_[first[1:], face.size]
    return np.array([shapely.polygons(rings[a], holes=rings[a + 1 : b]) for a, b in zip(first, last, strict=True)])
