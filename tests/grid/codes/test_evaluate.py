"""Clocks of arrays against the one definition of a single row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.rules import OPEN
from data.rules.due import NONE, Due, Known, Terms, due_of, oldest_proof
from grid.codes.evaluate import Stage, clocks, proofs, table_of

DAY = 18_000
DAYS = st.one_of(st.just(NONE), st.integers(DAY - 40, DAY + 3))
TERMS = st.builds(
    Terms,
    days=st.sampled_from([OPEN, 1, 5, 7, 14]),
    tests=st.booleans(),
    fresh=st.sampled_from([0, 1, 2]),
    no_contact=st.booleans(),
    stop=DAYS,
)
ROWS = st.lists(st.tuples(st.integers(DAY - 40, DAY), TERMS, DAYS, DAYS, DAYS), min_size=1, max_size=40)


@pytest.mark.parametrize("use", ["1", "0"])
@settings(max_examples=300, deadline=None)
@given(rows=ROWS, tests=st.booleans())
def test_clocks_are_those_of_single_rows(use: str, rows: list[tuple[int, Terms, int, int, int]], tests: bool) -> None:
    since, terms, negative, positive, contact = zip(*rows, strict=True)
    table = table_of(terms)
    arrays = [np.array(days, np.int32) for days in (since, range(len(rows)), negative, positive, contact)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESCREEN_NUMBA", use)
        made = clocks(Stage(*arrays), table, DAY, tests)
    for at, row in enumerate(rows):
        want = due_of(row[1], Known(row[0], *row[2:], tests), DAY)
        assert Due(int(made.ends[at]), int(made.due[at]), int(made.bucket[at])) == want
    assert proofs(arrays[0], arrays[1], table).tolist() == [oldest_proof(row[1], row[0]) for row in rows]
