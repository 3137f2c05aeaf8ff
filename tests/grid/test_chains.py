"""Who is above whom, held against the tree itself: from any area and any cell up to the city."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import AreaNotFound
from grid.chains import Chains
from grid.cube import Cube
from tests import tiny


def chains(cube: Cube, **retired: str) -> Chains:
    """Of the small city."""
    made = Chains(cube.at().geography, cube.city)
    made.retired = retired
    return made


@given(data=st.data())
def test_a_chain_leads_from_the_finest_that_is_known_to_the_city(tiny_cube: Cube, data: st.DataObject) -> None:
    view, tree = tiny_cube.at(), chains(tiny_cube)
    row = data.draw(st.integers(0, len(view.areas) - 1))
    cell = data.draw(st.sampled_from(["", "nowhere", *view.leaves.cells.id]))
    found = tree.chain(view.areas.code[row], cell)
    assert found[-1] == ("city", tiny.CITY)
    rows = [view.areas.row_of[code] for _, code in found]
    assert [int(view.areas.parent[one]) for one in rows[:-1]] == rows[1:]
    assert row in rows, "the area that was told is never lost"
    if rows[0] != row:
        at = view.leaves.cells.row_of[cell]
        held = {int(view.leaves.area[leaf]) for leaf in range(len(view.leaves)) if view.leaves.cell[leaf] == at}
        assert rows[0] in held


def test_a_cell_alone_is_enough(tiny_cube: Cube) -> None:
    view, tree = tiny_cube.at(), chains(tiny_cube)
    for cell in view.leaves.cells.id[:20]:
        assert tree.chain("", cell)[-1][0] == "city"


def test_what_is_not_there_is_not_found(tiny_cube: Cube) -> None:
    for area, cell in (("990199", ""), ("", ""), ("", "nowhere"), ("990199", "nowhere")):
        with pytest.raises(AreaNotFound):
            chains(tiny_cube).chain(area, cell)


def test_a_code_that_was_taken_over_stands_for_the_other(tiny_cube: Cube) -> None:
    tree = chains(tiny_cube, **{"990109": "990108", "990108": "990101"})
    assert tree.chain("990109") == tree.chain("990101")
