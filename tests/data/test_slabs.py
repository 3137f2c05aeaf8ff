"""Vectors and statements come back from their bytes as they went in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from data.slabs import COVERED, MISSING, STATEMENT, pack, pack_rows, unpack, unpack_rows

LOW, HIGH = -(2**31), 2**31 - 1
#: The edges of every width, one step to both sides.
EDGES = [n + step for n in (LOW, -(2**15), -(2**7), 0, 2**7, 2**15, HIGH) for step in (-1, 0, 1)]
EDGES = [n for n in EDGES if LOW <= n <= HIGH]

values = st.one_of(st.sampled_from(EDGES), st.integers(-3, 3), st.just(LOW))


@given(st.lists(values, max_size=60))
def test_any_vector_comes_back(numbers: list[int]) -> None:
    vector = np.array(numbers, dtype=np.int32)
    found = unpack(pack(vector))
    assert found.dtype == np.int32
    assert found.tolist() == numbers


@pytest.mark.parametrize(("high", "width"), [(127, 1), (128, 2), (2**15 - 1, 2), (2**15, 4), (HIGH, 4)])
def test_missing_survives_every_width(high: int, width: int) -> None:
    vector = np.array([high, MISSING, 0], dtype=np.int32)
    body = pack(vector)
    assert len(body) == 1 + 3 * width
    assert unpack(body).tolist() == [high, LOW, 0]


@pytest.mark.parametrize("lowest", [-128, -(2**15)])
def test_the_number_that_stands_for_missing_is_no_value_of_its_width(lowest: int) -> None:
    assert unpack(pack(np.array([lowest, MISSING], dtype=np.int32))).tolist() == [lowest, LOW]


def test_runs_of_one_number_are_small() -> None:
    assert len(pack(np.zeros(50_000, np.int32))) < 300
    assert unpack(pack(np.full(50_000, MISSING))).tolist() == [LOW] * 50_000


@given(arrays.arrays(STATEMENT, st.integers(0, 20)), arrays.arrays(COVERED, st.integers(0, 20)))
def test_rows_come_back(statements: np.ndarray, covered: np.ndarray) -> None:
    assert unpack_rows(pack_rows(statements), STATEMENT).tobytes() == statements.tobytes()
    assert unpack_rows(pack_rows(covered), COVERED).tobytes() == covered.tobytes()
