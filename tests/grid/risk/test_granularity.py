"""Coarser cells by hand; what is hidden and what is walked; a city in which a finer grid pays, and one in which not."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import cast

import h3.api.basic_int as h3
import numpy as np
import pytest

from grid.risk.granularity import Fineness, Grid, coarser, enough, explore, hidden_share, work_for
from grid.risk.neighbours import of_hexes
from tests.grid.risk.town import some, town, whole

FIRST = dt.date(2022, 3, 1)
CELLS = town(14)


def test_coarser_cells_hold_what_their_children_hold() -> None:
    counts = np.random.default_rng(0).poisson(1.0, (3, len(CELLS))).astype(np.float64)
    counts[1] = np.nan
    cells, found, row = coarser(CELLS, some(counts), 8)
    assert found.value[[0, 2]].sum(axis=1).tolist() == counts[[0, 2]].sum(axis=1).tolist()
    assert found.known.all(axis=1).tolist() == [True, False, True]
    for n, cell in enumerate(cells.tolist()):
        children = [h3.cell_to_parent(c, 8) == cell for c in CELLS.tolist()]
        assert found.value[0, n] == counts[0, children].sum()
        assert (row[children] == n).all()


def test_hidden_and_work_by_hand() -> None:
    found = np.array([0.0, 4.0, 6.0, 1.0, 9.0])
    assert hidden_share(found) == pytest.approx(5 / 20)
    assert hidden_share(np.zeros(3)) == 0.0
    assert work_for(np.array([5.0, 4.0, 3.0, 2.0, 1.0]), found) == 3.0  # 0, 4, 10 of 20
    assert work_for(found, found) == 2.0
    assert work_for(found, np.zeros(5)) == 0.0


def city(fine: bool) -> dict[str, Grid]:
    """Cases lie in a few cells, or spread over the whole town."""
    rng = np.random.default_rng(1)
    risk = rng.gamma(0.05, 20.0, len(CELLS)) if fine else np.ones(len(CELLS))
    counts = whole(rng.poisson(risk * 0.5, (45, len(CELLS))))
    coarse, summed, row = coarser(CELLS, counts, 7)
    people = np.full(len(CELLS), 100.0)
    return {
        "r7": Grid(summed, of_hexes(coarse), {"people": np.bincount(row, people).astype(np.float64)}),
        "r9": Grid(counts, of_hexes(CELLS), {"people": people}),
    }


def test_a_finer_grid_pays_where_cases_are_concentrated() -> None:
    found = explore(city(True), FIRST, 14)
    assert enough(found) == "r9"
    assert found["r9"].hits("people")[1] > 2 * found["r7"].hits("people")[1]
    assert found["r9"].units == len(CELLS)
    assert found["r7"].hidden < found["r9"].hidden


@pytest.mark.parametrize(
    ("hits", "best"),
    [((50.0, 51.0, 52.5), 1), ((50.0, 52.0, 53.0), 1), ((50.0, 40.0, 42.5), 0), ((50.0, 51.0, 53.5), 2), ((50.0,), 0)],
)
def test_enough_is_the_coarsest_beyond_which_nothing_is_gained(hits: tuple[float, ...], best: int) -> None:
    """Every finer one gives less than the gain more; each coarser one is beaten by as much by some finer one."""
    found = {str(at): SimpleNamespace(hits=lambda _, hit=hit: np.array([hit])) for at, hit in enumerate(hits)}
    assert enough(cast("dict[str, Fineness]", found), gain=2.0) == str(best)


def test_it_does_not_where_they_are_everywhere() -> None:
    found = explore(city(False), FIRST, 14)
    assert enough(found) == "r7"
    assert found["r9"].card.grey
