"""What the sandbox chooses among: cells that touch, costs, grains."""

from __future__ import annotations

import h3
import numpy as np
import pytest

from grid.cube import Cube, View
from grid.policy import board
from tests.tiny import DAYS, POPULATION


@pytest.fixture(scope="module")
def view(tiny_cube: Cube) -> View:
    return tiny_cube.at()


def test_touching_cells_are_those_of_h3(view: View) -> None:
    edges = board.edges(view.leaves.cells)
    assert edges is not None
    ids = view.leaves.cells.id
    stop = [*edges.start[1:], len(edges.to)]
    for row, (lo, hi) in enumerate(zip(edges.start, stop, strict=True)):
        expected = {cell for cell in h3.grid_disk(ids[row], 1) if cell in view.leaves.cells.row_of}
        assert {ids[to] for to in edges.to[lo:hi]} == expected


def test_some_of_the_cells_touch_as_before(view: View) -> None:
    edges = board.edges(view.leaves.cells)
    assert edges is not None
    kept = np.arange(0, len(view.leaves.cells), 2, dtype=np.int32)
    inside = board.among(edges, kept)
    ids = view.leaves.cells.id
    stop = [*inside.start[1:], len(inside.to)]
    for row, (lo, hi) in enumerate(zip(inside.start, stop, strict=True)):
        expected = set(h3.grid_disk(ids[kept[row]], 1)) & {ids[each] for each in kept}
        assert {ids[kept[to]] for to in inside.to[lo:hi]} == expected


def test_every_axis_adds_up(view: View) -> None:
    found = board.costs(view, DAYS[3])
    assert found["people"].cost.sum() == sum(POPULATION.values())
    assert (found["people"].estimate, found["people"].counted) == (True, "street")
    assert found["cells"].cost.sum() == pytest.approx(len(view.leaves.cells))
    assert found["area"].cost.sum() == pytest.approx(view.geography.area_m2[0] / 1e6)
    by_cell = np.bincount(view.leaves.cell[view.leaves.cell >= 0], found["cells"].cost[view.leaves.cell >= 0])
    assert by_cell == pytest.approx(1)


def test_grains_go_from_the_city_down(view: View) -> None:
    cost = board.costs(view, DAYS[3])["area"].cost
    made = board.grains(view, 0, cost, board.edges(view.leaves.cells))
    assert [grain.id for grain in made] == ["city", "district", "street", "cell+2", "cell+1", "cell"]
    assert [grain.size for grain in made][:3] == [1, 2, 6]
    street = made[2]
    for leaf in range(len(view.leaves)):
        row = view.areas.ancestor(int(view.leaves.area[leaf]), "street")
        expected = view.areas.of_level("street").tolist().index(row) if row >= 0 else -1
        assert street.unit[leaf] == expected


def test_communities_that_hold_little_are_not_offered(view: View) -> None:
    """Two of the city's communities are drawn: a choice among them says nothing of the rest."""
    cost = board.costs(view, DAYS[3])["area"].cost
    offered = {grain.id for grain in board.grains(view, 0, cost, None)}
    assert "community" not in offered
    row = view.areas.row_of["990101001"]
    inside = slice(int(view.areas.lo[row]), int(view.areas.hi[row]))
    assert "community" in {grain.id for grain in board.grains(view, row, cost[inside], None)}
