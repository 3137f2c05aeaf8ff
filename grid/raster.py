"""Polygons as a raster of pixels, so that a point finds its polygon with a handful of comparisons.

Every ring edge is listed in the pixels that it touches. A pixel without edges lies wholly in one
polygon or in none: one number. In a border pixel each polygon with edges there keeps whether the
pixel's south-west corner is inside; the path corner -> north to the point's latitude -> east to the
point crosses some of the listed edges, and each crossing changes sides.

Nothing is decided by rounded arithmetic: which side of an edge a place lies on comes from a
determinant with a bound on its error (Shewchuk 1997, "Adaptive precision floating-point arithmetic
and fast robust geometric predicates", the first stage of orient2d), and where that bound does not
settle the sign, the point is left to the exact library (ASK): those on an edge or a vertex, and
practically no others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from grid.arrays import Bools, Floats, Ints, Rows, Shapes
from grid.jit import kernel

OUTSIDE, ASK = -1, -2
#: (3 + 16 eps) eps rounds to 3.33e-16 in Shewchuk's bound; more asks a few points more, never errs.
ORIENT = 4e-16
#: Pixels per edge: more pixels put fewer points beside an edge but take memory (4 bytes) and cache.
PIXELS_PER_EDGE = 12
#: The raster's longest side (pixels) at least and at most.
LEAST, MOST = 64, 4096
#: Edges are listed in pixels up to this part of a pixel beyond where they run, because a point's own
#: pixel is found by a rounded division (error 1e-12 of a pixel at 4096).
SLACK = 1e-7
#: Bound (pixels, for each pixel that an edge leans) on the error of where an edge crosses a row.
ROUNDING = 1e-11
#: Points that are looked up at once: a block stays in the level-1 cache.
BLOCK = 2048
#: No polygon: greater than every index.
NONE = np.int32(2**31 - 1)


@dataclass(frozen=True, slots=True)
class Raster:
    """``codes`` (ny, nx): a polygon's index, OUTSIDE, or -3 - (place in ``book``) for a border pixel.

    ``book`` tells all of a border pixel in one run of numbers, so that a look-up costs one miss of the
    cache: the lowest polygon that covers the whole pixel (or NONE), how many polygons have edges in it,
    and for each of these, lowest first, its index, the side of the corner (1 inside, 0 outside, 2
    unknown), how many edges, and the edges' x1, y1, x2, y2.
    """

    frame: Floats
    codes: Rows
    book: Floats

    def rows(self, x: Floats, y: Floats) -> Rows:
        """Index of the lowest polygon that contains each point, OUTSIDE, or ASK."""
        out = np.empty(x.size, dtype=np.int32)
        _look_up(x, y, self.frame, self.codes, self.book, out)
        return out


def ring_edges(shapes: Shapes) -> tuple[Floats, Rows]:
    """((n, 4) edges x1 y1 x2 y2, (n,) index of their polygon, ascending) of polygons and multipolygons."""
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    points, point_of = shapely.get_coordinates(rings, return_index=True)
    same = point_of[1:] == point_of[:-1]
    edges = np.hstack([points[:-1], points[1:]])[same]
    owner = part_of[ring_of][point_of[:-1]][same]
    moving = (edges[:, :2] != edges[:, 2:]).any(axis=1)
    return np.ascontiguousarray(edges[moving]), owner[moving].astype(np.int32)


def burn(edges: Floats, owner: Rows) -> Raster | None:
    """The raster of some edges; None where these span no area."""
    ends = edges.reshape(-1, 2)
    if not len(ends) or (np.ptp(ends, axis=0) == 0).any():
        return None
    low, high = ends.min(axis=0), ends.max(axis=0)
    nx, ny = _grid(high - low, len(edges))
    # half a pixel of air on each side keeps the outermost vertices off the pixels' corners
    size = (high - low) / (np.array([nx, ny]) - 1.0)
    origin = low - 0.5 * size
    frame = np.array([*origin, *size])
    pixel, edge = _touched(edges, frame, nx, ny)
    order = np.argsort(pixel, kind="stable")
    pixel, edge = pixel[order], edge[order]
    return _assemble(edges, owner, frame, (ny, nx), pixel, edge)


def _grid(extent: Floats, edges: int) -> tuple[int, int]:
    """Pixels east and north: about square, PIXELS_PER_EDGE each."""
    wanted = np.sqrt(PIXELS_PER_EDGE * edges)
    shape = np.sqrt(extent[0] / extent[1])
    sides = np.clip(np.rint([wanted * shape, wanted / shape]), LEAST, MOST)
    return int(sides[0]), int(sides[1])


def _touched(edges: Floats, frame: Floats, nx: int, ny: int) -> tuple[Ints, Ints]:
    """(pixel number, edge) of every pixel that an edge touches, by edge."""
    count = _walk(edges, frame, nx, ny, np.empty(0, np.int64), np.empty(0, np.int64))
    pixel, edge = np.empty(count, np.int64), np.empty(count, np.int64)
    _walk(edges, frame, nx, ny, pixel, edge)
    return pixel, edge


@kernel("i8(f8[:, ::1], f8[::1], i8, i8, i8[::1], i8[::1])")
def _walk(edges: Floats, frame: Floats, nx: int, ny: int, pixel: Ints, edge: Ints) -> int:
    """Count, or with room for them write, the pixels of each edge: row by row, cut to the row's band."""
    found = 0
    for e in range(edges.shape[0]):
        x1, y1 = (edges[e, 0] - frame[0]) / frame[2], (edges[e, 1] - frame[1]) / frame[3]
        x2, y2 = (edges[e, 2] - frame[0]) / frame[2], (edges[e, 3] - frame[1]) / frame[3]
        if y1 > y2:
            x1, y1, x2, y2 = x2, y2, x1, y1
        slope = (x2 - x1) / (y2 - y1) if y2 - y1 > SLACK else 0.0
        for row in range(max(0, int(np.floor(y1 - SLACK))), min(ny - 1, int(np.floor(y2 + SLACK))) + 1):
            a, b = x1, x2
            if y2 - y1 > SLACK:
                a = x1 + (max(y1, row - SLACK) - y1) * slope
                b = x1 + (min(y2, row + 1 + SLACK) - y1) * slope
            a, b = min(a, b) - SLACK, max(a, b) + SLACK
            a, b = max(a, min(x1, x2) - SLACK), min(b, max(x1, x2) + SLACK)
            for column in range(max(0, int(np.floor(a))), min(nx - 1, int(np.floor(b))) + 1):
                if pixel.size:
                    pixel[found] = row * nx + column
                    edge[found] = e
                found += 1
    return found


def _assemble(edges: Floats, owner: Rows, frame: Floats, shape: tuple[int, int], pixel: Ints, edge: Ints) -> Raster:
    """Group the (pixel, edge) list, ordered by pixel and polygon, find each corner's side, write the book.

    Border pixel b owns groups first_group[b] to first_group[b + 1]; group g is ``polygon[g]`` with the
    list's entries first_edge[g] to first_edge[g + 1].
    """
    poly = owner[edge]
    new_pixel = np.concatenate([[True], pixel[1:] != pixel[:-1]])
    new_group = new_pixel | np.concatenate([[True], poly[1:] != poly[:-1]])
    first_edge = np.append(np.flatnonzero(new_group), len(pixel)).astype(np.int64)
    first_group = np.append(np.flatnonzero(new_pixel[new_group]), new_group.sum()).astype(np.int32)
    polygon = poly[new_group].astype(np.int32)
    border = pixel[new_pixel]
    codes = np.full(shape[0] * shape[1], NONE, dtype=np.int32)
    codes[border] = -3 - np.arange(border.size, dtype=np.int32)
    full, odd = np.full(border.size, NONE, dtype=np.int32), np.zeros(polygon.size, dtype=np.int32)
    at = np.searchsorted(owner, np.arange(int(owner[-1]) + 2))
    _fill(edges, at, frame, codes.reshape(shape), first_group, polygon, odd, full)
    entries = first_edge[first_group]
    place = 2 * np.arange(border.size + 1) + 3 * first_group.astype(np.int64) + 4 * entries
    book = np.empty(int(place[-1]), dtype=np.float64)
    _write(place, first_group, polygon, odd, full, first_edge, edges, edge, book)
    codes[border] = -3 - place[:-1]
    codes[codes == NONE] = OUTSIDE
    return Raster(frame, codes.reshape(shape), book)


@kernel("void(i8[::1], i4[::1], i4[::1], i4[::1], i4[::1], i8[::1], f8[:, ::1], i8[::1], f8[::1])")
def _write(
    place: Ints,
    first_group: Rows,
    polygon: Rows,
    odd: Rows,
    full: Rows,
    first_edge: Ints,
    edges: Floats,
    edge: Ints,
    book: Floats,
) -> None:
    """The book, one border pixel after the other: see :class:`Raster`."""
    for b in range(full.size):
        at = place[b]
        book[at], book[at + 1] = full[b], first_group[b + 1] - first_group[b]
        at += 2
        for g in range(first_group[b], first_group[b + 1]):
            book[at], book[at + 1], book[at + 2] = polygon[g], odd[g], first_edge[g + 1] - first_edge[g]
            at += 3
            for e in range(first_edge[g], first_edge[g + 1]):
                book[at : at + 4] = edges[edge[e]]
                at += 4


@kernel("UniTuple(i8, 4)(f8[:, ::1], i8, i8, f8[::1], i8, i8)")
def _window(edges: Floats, lo: int, hi: int, frame: Floats, nx: int, ny: int) -> tuple[int, int, int, int]:
    """First and last column, first and last row of the pixels that edges lo to hi touch."""
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for e in range(lo, hi):
        west, east = min(west, edges[e, 0]), max(east, edges[e, 0])
        south, north = min(south, edges[e, 1]), max(north, edges[e, 1])
    left = max(0, int(np.floor((west - frame[0]) / frame[2] - SLACK)))
    right = min(nx - 1, int(np.floor((east - frame[0]) / frame[2] + SLACK)))
    bottom = max(0, int(np.floor((south - frame[1]) / frame[3] - SLACK)))
    top = min(ny - 1, int(np.floor((north - frame[1]) / frame[3] + SLACK)))
    return left, right, bottom, top


@kernel("void(f8[:, ::1], i8, i8, f8[::1], i8, i8, i4[:, ::1], b1[:, ::1])")
def _count_turns(
    edges: Floats, lo: int, hi: int, frame: Floats, left: int, bottom: int, turns: Rows, unknown: Bools
) -> None:
    """For each row of corners: how many edges cross it between one corner and the next to the east.

    Whether an edge crosses a row is compared exactly (an end on the row counts as below it). Where the
    crossing is closer to a corner than its rounding error, that corner's side is unknown; its pixel
    is then always a border pixel, because SLACK is thousands of times larger.
    """
    rows, columns = turns.shape
    for e in range(lo, hi):
        x1, x2 = (edges[e, 0] - frame[0]) / frame[2], (edges[e, 2] - frame[0]) / frame[2]
        y1, y2 = (edges[e, 1] - frame[1]) / frame[3], (edges[e, 3] - frame[1]) / frame[3]
        first = max(0, int(np.floor(min(y1, y2))) - bottom)
        last = min(rows - 1, int(np.ceil(max(y1, y2))) - bottom)
        for row in range(first, last + 1):
            corner = frame[1] + (row + bottom) * frame[3]
            if (edges[e, 1] <= corner) == (edges[e, 3] <= corner):
                continue
            lean = (x2 - x1) / (y2 - y1) if y2 != y1 else 0.0
            x = x1 + (row + bottom - y1) * lean - left
            x = min(max(x, min(x1, x2) - left), max(x1, x2) - left)
            error = ROUNDING * (1.0 + abs(lean))
            if np.ceil(x) < columns:
                turns[row, max(int(np.ceil(x)), 0)] += 1
            near, far = max(0, int(np.ceil(x - error))), min(columns - 1, int(np.floor(x + error)))
            unknown[row, near : far + 1] = True


@kernel("void(f8[:, ::1], i8[::1], f8[::1], i4[:, ::1], i4[::1], i4[::1], i4[::1], i4[::1])")
def _fill(
    edges: Floats,
    at: Ints,
    frame: Floats,
    codes: Rows,
    first_group: Rows,
    polygon: Rows,
    odd: Rows,
    full: Rows,
) -> None:
    """Polygon by polygon: the side of every pixel's corner; where no edge runs, the pixel's."""
    ny, nx = codes.shape
    for p in range(at.size - 1):
        if at[p] == at[p + 1]:
            continue
        left, right, bottom, top = _window(edges, at[p], at[p + 1], frame, nx, ny)
        turns = np.zeros((top - bottom + 1, right - left + 1), np.int32)
        unknown = np.zeros((top - bottom + 1, right - left + 1), np.bool_)
        _count_turns(edges, at[p], at[p + 1], frame, left, bottom, turns, unknown)
        for row in range(top - bottom + 1):
            crossings = 0
            for column in range(right - left + 1):
                crossings += turns[row, column]
                side = 2 if unknown[row, column] else crossings & 1
                if side:
                    _mark(row + bottom, column + left, p, side, codes, first_group, polygon, odd, full)


@kernel("void(i8, i8, i8, i8, i4[:, ::1], i4[::1], i4[::1], i4[::1], i4[::1])")
def _mark(
    row: int,
    column: int,
    p: int,
    side: int,
    codes: Rows,
    first_group: Rows,
    polygon: Rows,
    odd: Rows,
    full: Rows,
) -> None:
    """Note that the corner of a pixel is inside polygon ``p`` (side 1), or may be (side 2)."""
    code = codes[row, column]
    if code > -3:
        codes[row, column] = min(code, p)
        return
    b = -3 - code
    for g in range(first_group[b], first_group[b + 1]):
        if polygon[g] == p:
            odd[g] = side
            return
    full[b] = min(full[b], p)


# --- looking up --------------------------------------------------------------------------------


@kernel("f8(f8, f8, f8, f8, f8, f8)")
def _side(x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> float:
    """Positive if (x, y) is left of the edge, negative if right, 0 if on it or too close to tell."""
    one, other = (x2 - x1) * (y - y1), (y2 - y1) * (x - x1)
    turn = one - other
    return turn if abs(turn) > ORIENT * (abs(one) + abs(other)) else 0.0


@kernel("i8(f8[::1], i8, i8, f8, f8, f8, f8)")
def _crossings(book: Floats, first: int, count: int, west: float, south: float, x: float, y: float) -> int:
    """Crossings of the path (west, south) -> (west, y) -> (x, y) with ``count`` edges; ASK if one is too
    close to tell.

    An edge's end on the line of the path counts as west of it, or south of it: a ring that only
    touches the line is crossed twice or not at all.
    """
    crossed = 0
    for e in range(first, first + 4 * count, 4):
        x1, y1, x2, y2 = book[e], book[e + 1], book[e + 2], book[e + 3]
        rises = (y1 <= y) != (y2 <= y)
        runs = (x1 <= west) != (x2 <= west)
        if not rises and y == max(y1, y2) and min(x1, x2) <= x <= max(x1, x2):
            return ASK
        if not (rises or runs):
            continue
        bend = _side(x1, y1, x2, y2, west, y)
        start = _side(x1, y1, x2, y2, west, south) if runs else bend
        end = _side(x1, y1, x2, y2, x, y) if rises else bend
        if bend * start * end == 0.0:
            return ASK
        crossed += int((start > 0) != (bend > 0)) + int((bend > 0) != (end > 0))
    return crossed


@kernel("i4(f8[::1], i8, f8, f8, f8, f8)")
def _in_border_pixel(book: Floats, at: int, west: float, south: float, x: float, y: float) -> int:
    """The lowest polygon at (x, y) inside the border pixel told at place ``at``, OUTSIDE or ASK."""
    full = int(book[at])
    groups = int(book[at + 1])
    at += 2
    for _ in range(groups):
        polygon, side, count = int(book[at]), int(book[at + 1]), int(book[at + 2])
        if polygon > full:
            break
        crossed = _crossings(book, at + 3, count, west, south, x, y)
        if crossed == ASK or side == 2:
            return ASK
        if (crossed + side) & 1:
            return polygon
        at += 3 + 4 * count
    return full if full != NONE else OUTSIDE


@kernel("void(const f8[::1], const f8[::1], f8[::1], i4[:, ::1], f8[::1], i4[::1])")
def _look_up(x: Floats, y: Floats, frame: Floats, codes: Rows, book: Floats, out: Rows) -> None:
    """The lowest polygon at each point; NaN fails every comparison and is outside.

    Places, codes, the book's first words and the decisions are loops of their own, a block at a time:
    so the processor has many fetches under way at once.
    """
    ny, nx = codes.shape
    flat = codes.reshape(-1)
    per_x, per_y = 1.0 / frame[2], 1.0 / frame[3]
    wide, high = float(nx), float(ny)
    at = np.empty(BLOCK, np.int32)
    border = np.empty(BLOCK, np.int64)
    for start in range(0, x.size, BLOCK):
        n = min(BLOCK, x.size - start)
        xs, ys, rows = x[start : start + n], y[start : start + n], out[start : start + n]
        for i in range(n):
            column, row = np.floor((xs[i] - frame[0]) * per_x), np.floor((ys[i] - frame[1]) * per_y)
            inside = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
            at[i] = np.int32(row * wide + column if inside else -1.0)
        borders = 0
        for i in range(n):
            rows[i] = flat[at[i]] if at[i] >= 0 else OUTSIDE
            border[borders] = i
            borders += rows[i] <= -3
        words = 0.0
        for j in range(borders):
            words += book[-3 - rows[border[j]]]
        # a sum of indices is never negative: the test only keeps the fetches from being optimised away
        if words < 0:
            return
        for j in range(borders):
            i = border[j]
            west, south = frame[0] + at[i] % nx * frame[2], frame[1] + at[i] // nx * frame[3]
            rows[i] = _in_border_pixel(book, -3 - rows[i], west, south, xs[i], ys[i])
