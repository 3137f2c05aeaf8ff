"""Sums of flows against plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.flows.matrix import Flows, balance, strength, top, top_stating, totals

PLACES = 7
ROW = st.tuples(st.integers(0, PLACES - 1), st.integers(0, PLACES - 1), st.integers(0, 1000))


def flows(rows: list[tuple[int, int, int]]) -> Flows:
    columns = np.array(rows, np.int64).reshape(-1, 3)
    return Flows(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.float64))


@given(st.lists(st.floats(0, 100), max_size=30), st.integers(0, 12), st.floats(0, 50))
def test_the_first_and_the_rest_are_one(values: list[float], n: int, unlisted: float) -> None:
    whole = sum(values) + unlisted
    found = top(np.array(values, np.float64), n, whole)
    if whole > 1e-9:
        assert float(found.share.sum()) + found.rest == pytest.approx(1, abs=1e-12)
    assert found.others == max(0, sum(v > 0 for v in values) - n)
    expected = sorted((v for v in values if v > 0), reverse=True)[:n]
    assert [values[row] for row in found.rows] == expected


def test_parts_beyond_the_whole_are_refused() -> None:
    assert top(np.array([60.0, 41.0]), 2, 100.0).rest == 0
    with pytest.raises(ValueError, match="parts of"):
        top(np.array([60.0, 50.0]), 2, 100.0)


def test_what_is_missing_is_not_in_the_list() -> None:
    found = top(np.array([np.nan, 3.0, 0.0, 1.0]), 5)
    assert found.rows.tolist() == [1, 3]
    assert found.share.tolist() == [0.75, 0.25]


@given(st.lists(ROW, max_size=60), st.sets(st.integers(0, PLACES - 1)))
def test_in_out_within(rows: list[tuple[int, int, int]], inside: set[int]) -> None:
    found = balance(flows(rows), np.array([place in inside for place in range(PLACES)]))
    assert found.out == sum(n for a, b, n in rows if a in inside and b not in inside)
    assert found.into == sum(n for a, b, n in rows if a not in inside and b in inside)
    assert found.within == sum(n for a, b, n in rows if a in inside and b in inside)
    assert found.net == found.into - found.out


@given(st.lists(ROW, max_size=60))
def test_totals_agree_at_every_level(rows: list[tuple[int, int, int]]) -> None:
    fine, coarse = np.array([0, 0, 1, 1, 2, 3, -1]), np.array([0, 0, 1, 1])
    made = totals(flows(rows), fine, 4)
    up = np.zeros((2, 2))
    np.add.at(up, (coarse[:, None], coarse[None, :]), made)
    groups = np.array([*coarse, -1])[fine]
    assert (totals(flows(rows), groups, 2) == up).all()
    assert made.sum() == sum(n for a, b, n in rows if a != 6 and b != 6)


def test_missing_is_not_nought() -> None:
    rows = Flows(np.array([0, 0]), np.array([1, 2]), np.array([5.0, np.nan]))
    assert np.isnan(balance(rows, np.array([True, False, False])).out)
    assert strength(np.array([50.0]), np.array([2.0])).tolist() == [100.0]


def test_the_topmost_area_that_states_anything_speaks() -> None:
    parent = np.array([-1, 0, 1, 1, 0, 4], np.int32)
    last = np.array([6, 4, 3, 4, 6, 6], np.int32)

    def of(row: int, *stating: int) -> list[int]:
        told = np.isin(np.arange(6), stating)
        return np.flatnonzero(top_stating(told, parent, row, last)).tolist()

    assert of(0, 0, 2, 5) == [0]
    assert of(0, 1, 2, 3, 5) == [1, 5]
    assert of(1, 0, 2, 3) == [2, 3]
    assert of(4, 1) == []
