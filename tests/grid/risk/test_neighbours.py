"""Rings against h3 itself, and against squares that can be counted by hand."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely

from grid import jit, lattice
from grid.arrays import Cells
from grid.leaves import Cells as UnitCells
from grid.risk import neighbours
from grid.risk.neighbours import of_cells, of_hexes, of_shapes, ring_offsets, smooth
from tests.grid.risk.town import town

RINGS = (0, 1, 2, 5)


def by_h3(cells: Cells, steps: int) -> set[tuple[int, int]]:
    row = {cell: n for n, cell in enumerate(cells.tolist())}
    return {(n, row[o]) for cell, n in row.items() for o in h3.grid_ring(cell, steps) if o in row}


def pairs(found: neighbours.Neighbours, steps: int) -> set[tuple[int, int]]:
    of, to = found.ring(steps).nonzero()
    return set(zip(of.tolist(), to.tolist(), strict=True))


def torn() -> Cells:
    """A town with a river and holes, so that no ring is whole."""
    cells = town(9)
    return np.asarray(cells[np.random.default_rng(1).random(len(cells)) < 0.7])


def at_an_edge() -> Cells:
    """A town across the edge of two faces of the icosahedron."""
    centre = lattice.face_centres()
    near = int(np.argsort(-(centre @ centre[0]))[1])
    lon, lat = lattice.degrees((centre[0] + centre[near])[None, :])
    return town(4, float(lat[0]), float(lon[0]))


@pytest.mark.parametrize("steps", RINGS)
def test_rings_on_the_lattice_are_those_of_h3(steps: int) -> None:
    cells = torn()
    found = of_hexes(cells)
    assert found.box is not None
    assert pairs(found, steps) == by_h3(cells, steps)


def test_a_city_on_two_faces_asks_h3() -> None:
    cells = at_an_edge()
    found = of_hexes(cells)
    assert found.box is None
    assert all(pairs(found, steps) == by_h3(cells, steps) for steps in RINGS)


def test_no_cells_have_no_neighbours() -> None:
    assert of_hexes(np.empty(0, np.uint64)).ring(1).shape == (0, 0)


@pytest.mark.parametrize("cells", [torn(), at_an_edge()])
def test_a_disc_is_its_rings(cells: Cells) -> None:
    found = of_hexes(cells)
    for of in (0, len(cells) // 2):
        disc = found.disc(of, 3).tolist()
        assert disc[0] == of
        assert sorted(disc) == sorted(b for k in range(4) for a, b in pairs(found, k) if a == of)


def test_a_ring_has_six_places_a_step() -> None:
    for steps in (1, 2, 7):
        found = set(ring_offsets(steps))
        assert len(found) == 6 * steps
        assert {max(abs(q), abs(r), abs(q + r)) for q, r in found} == {steps}


def test_squares_touch_over_borders_and_corners() -> None:
    squares = np.array([shapely.box(x, y, x + 1, y + 1) for y in range(5) for x in range(5)], dtype=object)
    lone = np.append(squares, np.array([None, shapely.box(40, 40, 41, 41)], dtype=object))
    found = of_shapes(lone)
    for steps in (0, 1, 2, 3):
        apart = {(a, b) for a in range(25) for b in range(25) if max(abs(a % 5 - b % 5), abs(a // 5 - b // 5)) == steps}
        assert pairs(found, steps) == apart | ({(25, 25), (26, 26)} if steps == 0 else set())


@pytest.mark.parametrize("numba", ["1", "0"])
@pytest.mark.parametrize("cells", [torn(), at_an_edge()])
def test_smoothing_adds_up_the_rings(cells: Cells, numba: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESCREEN_NUMBA", numba)
    assert jit.usable() == (numba == "1")
    values = np.random.default_rng(2).integers(0, 50, (3, len(cells))).astype(np.float64)
    by_ring = [1.0, 0.5, 0.0, 0.25]
    expected = np.zeros(values.shape)
    for steps, weight in enumerate(by_ring):
        for of, to in by_h3(cells, steps):
            expected[:, of] += weight * values[:, to]
    assert (smooth(values, of_hexes(cells), by_ring) == expected).all()


def test_a_unit_grid_of_either_kind() -> None:
    cells = town(2)
    hexes = UnitCells([f"{cell:x}" for cell in cells.tolist()], 9)
    squares = UnitCells(["a", "b", "c"], None, [shapely.box(x, 0, x + 1, 1) for x in (0, 1, 5)])
    assert pairs(of_cells(hexes), 1) == by_h3(cells, 1)
    assert pairs(of_cells(squares), 1) == {(0, 1), (1, 0)}
