"""Leaves lie in tree order, every pair is found, and ground is neither lost nor made."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from grid.areas import Area, plant
from grid.cube import Cube
from grid.leaves import NO_CELLS, Cells, Leaves, lay

AREAS = plant(
    [Area("9", "市", "", "city", None)]
    + [Area(f"9{d}", f"区{d}", "", "district", "9") for d in range(2)]
    + [Area(f"9{d}{s}", f"街{d}{s}", "", "street", f"9{d}") for d in range(2) for s in range(3)],
    "city.toml",
)
CELLS = Cells([f"c{n}" for n in range(5)], None, [shapely.box(n, 0, n + 1, 1) for n in range(5)])

pairs_of = st.dictionaries(
    st.tuples(st.integers(0, len(AREAS) - 1), st.integers(0, len(CELLS) - 1)), st.integers(0, 50), max_size=20
)
Pairs = dict[tuple[int, int], int]


def laid(pairs: Pairs) -> tuple[object, Leaves]:
    area, cell = (np.array([key[n] for key in pairs], dtype=np.int32) for n in (0, 1))
    return lay(AREAS, (area, cell, np.array(list(pairs.values()), dtype=np.int64)), CELLS)


@given(pairs_of)
def test_the_leaves_of_every_area_are_one_slice(pairs: Pairs) -> None:
    areas, leaves = laid(pairs)
    assert len(leaves) == len(AREAS) + len(pairs)
    for row in range(len(AREAS)):
        inside = {leaf for leaf in range(len(leaves)) if row <= leaves.area[leaf] < AREAS.last[row]}
        assert inside == set(range(areas.lo[row], areas.hi[row]))  # type: ignore[attr-defined]
        own = areas.lo[row]  # type: ignore[attr-defined]
        assert (leaves.area[own], leaves.cell[own]) == (row, -1)
    assert int(leaves.m2.sum()) == sum(pairs.values())


@given(pairs_of)
def test_a_pair_is_found_or_else_the_areas_own_leaf(pairs: Pairs) -> None:
    _, leaves = laid(pairs)
    area, cell = (
        grid.ravel().astype(np.int32) for grid in np.meshgrid(np.arange(len(AREAS)), np.arange(-1, len(CELLS)))
    )
    found = leaves.find(area, cell)
    for a, c, leaf in zip(area, cell, found, strict=True):
        assert leaves.area[leaf] == a
        assert leaves.cell[leaf] == (c if (int(a), int(c)) in pairs else -1)


@given(pairs_of)
def test_a_cells_home_is_its_largest_part(pairs: Pairs) -> None:
    whole = pairs | {(1, cell): 60 for cell in range(len(CELLS))}
    _, leaves = laid(whole)
    for cell, leaf in enumerate(leaves.home):
        assert leaves.cell[leaf] == cell
        assert whole[int(leaves.area[leaf]), cell] == max(m2 for (_, c), m2 in whole.items() if c == cell)


@given(pairs_of)
def test_leaves_come_back_from_their_bytes(pairs: Pairs) -> None:
    _, leaves = laid(pairs)
    again = Leaves.from_bytes(leaves.to_bytes())
    for name in ("area", "cell", "m2"):
        assert np.array_equal(getattr(again, name), getattr(leaves, name))
    assert again.cells.id == leaves.cells.id


def test_a_city_without_a_grid_has_a_leaf_an_area() -> None:
    none = np.empty(0, np.int32)
    _, leaves = lay(AREAS, (none, none, np.empty(0, np.int64)), NO_CELLS)
    again = Leaves.from_bytes(leaves.to_bytes())
    assert (len(again), len(again.cells), again.cells.h3) == (len(AREAS), 0, None)
    assert again.home.size == 0


def test_the_ground_of_the_tiny_city_adds_up(tiny_cube: Cube) -> None:
    """Rectangles of known corners: a degree of latitude is 110,850 m there, one of longitude 96,490 m."""
    view = tiny_cube.at()
    for code, east, west in [("990101", 110.03, 110.0), ("990102001", 110.04, 110.03), ("990101001", 110.015, 110.0)]:
        row = view.areas.row_of[code]
        assert view.geography.area_m2[row] == pytest.approx((east - west) * 96_490 * 0.03 * 110_850, rel=2e-3)
    inner = view.areas.children(view.areas.row_of["990101"])
    assert view.geography.area_m2[inner].sum() == pytest.approx(
        view.geography.area_m2[view.areas.row_of["990101"]], rel=1e-6
    )
