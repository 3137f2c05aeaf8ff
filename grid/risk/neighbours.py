"""Who is near whom: every unit's neighbours by ring, for H3 cells and for drawn cells.

Ring 0 is the unit itself, ring 1 touches it, ring k is k steps away. For H3 the steps are those of its own
lattice (``grid_ring``); for polygons two units touch where they share a border or a corner ("queen").
Only units that were asked for are neighbours: what lies outside the city is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np
import shapely
from scipy import sparse

from grid import jit, lattice
from grid.arrays import Cells, Floats, Rows, Shapes
from grid.leaves import Cells as UnitCells
from grid.risk import lines
from grid.risk.lines import add_floats

#: Gap (metres at 1e-5 degrees each) up to which two drawn borders still touch: borders are drawn by hand
#: and rounded to five digits by many offices.
TOUCH_DEGREES = 1e-5


@dataclass(frozen=True)
class Box:
    """Units on one hexagonal lattice: ``q``, ``r`` of each, from 0, and ``table[q, r]`` the row or -1."""

    q: Rows
    r: Rows
    table: Rows

    def ring(self, steps: int) -> Iterator[tuple[Rows, Rows]]:
        """(of, to) rows that lie ``steps`` apart, one pair of vectors for each place in the ring."""
        padded = np.pad(self.table, steps, constant_values=-1)
        for dq, dr in ring_offsets(steps):
            to = padded[self.q + (steps + dq), self.r + (steps + dr)]
            of = np.flatnonzero(to >= 0).astype(np.int32)
            yield of, to[of]

    def disc(self, of: int, steps: int) -> Rows:
        """Rows up to ``steps`` away from the unit at row ``of``, itself first."""
        flat = np.array([offset for k in range(steps + 1) for offset in ring_offsets(k)])
        q, r = self.q[of] + flat[:, 0], self.r[of] + flat[:, 1]
        inside = (q >= 0) & (r >= 0) & (q < self.table.shape[0]) & (r < self.table.shape[1])
        rows = self.table[q[inside], r[inside]]
        return np.asarray(rows[rows >= 0])


def ring_offsets(steps: int) -> list[tuple[int, int]]:
    """(dq, dr) of the places ``steps`` away on the lattice of :mod:`grid.lattice`: 6 x steps of them, or one."""
    if not steps:
        return [(0, 0)]
    sides = [(1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)]
    corner = [(steps * q, steps * r) for q, r in sides]
    walk = [(corner[(n + 1) % 6][0] - q, corner[(n + 1) % 6][1] - r) for n, (q, r) in enumerate(corner)]
    return [
        (q + walk[n][0] // steps * step, r + walk[n][1] // steps * step)
        for n, (q, r) in enumerate(corner)
        for step in range(steps)
    ]


def box(cells: Cells) -> Box | None:
    """H3 cells of one resolution on one lattice; None where they lie on several or near a face's edge."""
    if not len(cells):
        return None
    res = h3.get_resolution(int(cells[0]))
    vectors = lattice.unit_vectors(*lattice.centres(cells))
    if not lattice.clear_of_edges(vectors, res).all():
        return None
    try:
        (found,) = lattice.fit(vectors, res)
    except (lattice.NoLattice, ValueError):
        return None
    q, r = np.empty(len(cells), np.int32), np.empty(len(cells), np.int32)
    q[found.rows], r[found.rows] = found.q - found.q.min(), found.r - found.r.min()
    table = np.full((int(q.max()) + 1, int(r.max()) + 1), -1, np.int32)
    table[q, r] = np.arange(len(cells), dtype=np.int32)
    return Box(q, r, table)


class Neighbours:
    """The neighbours of ``size`` units by ring, made when asked for and kept.

    ``pairs(k)`` gives (of, to) rows that lie k steps apart; ``box`` is the units' lattice where they have one.
    """

    def __init__(self, size: int, pairs: Callable[[int], tuple[Rows, Rows]], box: Box | None = None) -> None:
        self.size = size
        self.box = box
        self._pairs = pairs
        self._rings: dict[int, sparse.csr_array] = {}
        self._weights: dict[tuple[float, ...], sparse.csr_array] = {}

    def ring(self, steps: int) -> sparse.csr_array:
        """(size, size) ones where two units lie ``steps`` apart, float64."""
        if steps not in self._rings:
            of, to = self._pairs(steps)
            ones = np.ones(len(of))
            self._rings[steps] = sparse.csr_array((ones, (of, to)), shape=(self.size, self.size))
        return self._rings[steps]

    def weights(self, by_ring: Sequence[float]) -> sparse.csr_array:
        """(size, size) with ``by_ring[k]`` where two units lie k steps apart."""
        key = tuple(by_ring)
        if key not in self._weights:
            total = sparse.csr_array((self.size, self.size))
            for steps, weight in enumerate(key):
                total = total + weight * self.ring(steps) if weight else total
            self._weights[key] = total.tocsr()
        return self._weights[key]

    def disc(self, of: int, steps: int) -> Rows:
        """Rows of the units up to ``steps`` away from one, itself first."""
        if self.box is not None:
            return self.box.disc(of, steps)
        found = [self.ring(k)[[of]].indices for k in range(steps + 1)]
        return np.concatenate(found).astype(np.int32)


def of_hexes(cells: Cells) -> Neighbours:
    """Of H3 cells of one resolution (uint64)."""
    found = box(cells)
    if found is None:
        return Neighbours(len(cells), lambda steps: _asked(cells, steps))
    lattice_box = found

    def pairs(steps: int) -> tuple[Rows, Rows]:
        both = list(lattice_box.ring(steps))
        return np.concatenate([of for of, _ in both]), np.concatenate([to for _, to in both])

    return Neighbours(len(cells), pairs, found)


def _asked(cells: Cells, steps: int) -> tuple[Rows, Rows]:
    """By h3 itself, cell by cell: where a city lies on two faces of the icosahedron."""
    row = {cell: n for n, cell in enumerate(cells.tolist())}
    both = [(n, row[other]) for cell, n in row.items() for other in _ring(cell, steps) if other in row]
    flat = np.array(both, dtype=np.int32).reshape(-1, 2)
    return flat[:, 0], flat[:, 1]


def _ring(cell: int, steps: int) -> list[int]:
    return list(h3.grid_ring(cell, steps))


def of_shapes(shapes: Shapes) -> Neighbours:
    """Of polygons (WGS-84 degrees; None stands alone): those within TOUCH_DEGREES touch."""
    drawn = np.asarray(shapes, dtype=object)
    rows = np.flatnonzero(~(shapely.is_missing(drawn) | shapely.is_empty(drawn)))
    of, to = shapely.STRtree(drawn[rows]).query(drawn[rows], predicate="dwithin", distance=TOUCH_DEGREES)
    ones = np.ones(len(of), np.int8)
    size = len(drawn)
    touch = sparse.csr_array((ones, (rows[of], rows[to])), shape=(size, size)) + sparse.eye_array(size, dtype=np.int8)
    steps = _Steps((touch > 0).astype(np.float64).tocsr())
    return Neighbours(size, steps.pairs)


class _Steps:
    """Rings of a graph by walking it: what k steps reach and k - 1 do not."""

    def __init__(self, touch: sparse.csr_array) -> None:
        self.touch = touch
        self.reached = [sparse.eye_array(touch.shape[0], format="csr"), touch]

    def pairs(self, steps: int) -> tuple[Rows, Rows]:
        while len(self.reached) <= steps:
            self.reached.append(((self.reached[-1] @ self.touch) > 0).astype(np.float64).tocsr())
        if not steps:
            alone = np.arange(self.touch.shape[0], dtype=np.int32)
            return alone, alone
        new = (self.reached[steps] - self.reached[steps - 1]).tocsr()
        new.eliminate_zeros()
        of, to = new.nonzero()
        return of.astype(np.int32), to.astype(np.int32)


def of_cells(cells: UnitCells) -> Neighbours:
    """Of a city's unit grid: by lattice for H3, by touch for an imported one."""
    return of_hexes(cells.numbers) if cells.h3 is not None else of_shapes(cells.shapes)


def smooth(values: Floats, neighbours: Neighbours, by_ring: Sequence[float]) -> Floats:
    """(days, units) sums of ``values`` over each unit's rings, ring k weighted with ``by_ring[k]``.

    On a lattice by running sums along its axes, six lines a ring however wide; else by sparse products. Sums of whole
    numbers are exact.
    """
    if neighbours.box is None or not jit.usable():
        return np.ascontiguousarray((neighbours.weights(by_ring) @ values.T).T)
    at, margin = neighbours.box, len(by_ring)
    bare = np.zeros((at.table.shape[0] + 2 * margin, at.table.shape[1] + 2 * margin, len(values)))
    bare[at.q + margin, at.r + margin] = values.T
    found = np.zeros((neighbours.size, len(values)))
    _smooth_kernel(at.table, *lines.along(bare), np.asarray(by_ring, np.float64), len(values), found)
    return np.ascontiguousarray(found.T)


@jit.kernel(
    "void(const i4[:, ::1], const f8[:, ::1], const f8[:, ::1], const f8[:, ::1], const f8[::1], i8, f8[:, ::1])"
)
def _smooth_kernel(
    table: Rows, along_q: Floats, along_r: Floats, along_s: Floats, by_ring: Floats, days: int, found: Floats
) -> None:
    """Row by row of the lattice, ring by ring, into ``found`` (units, days)."""
    margin = len(by_ring)
    ring = np.zeros(table.shape[1] * days)
    for row in range(len(table)):
        for k in range(margin):
            ring[:] = 0.0
            add_floats(row + margin, k, margin, days, along_q, along_r, along_s, ring)
            for place in range(table.shape[1]):
                unit = table[row, place]
                if unit >= 0:
                    for day in range(days):
                        found[unit, day] += by_ring[k] * ring[place * days + day]
