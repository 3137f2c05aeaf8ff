"""Windows, ratios and growth by hand; missing is never zero."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.terms import STATES
from grid.rates import MISSING, REPORTED_SHARE, VALUE, ZERO, Part, growth, ratio, settle, window

Numbers = list[float | None]


def part(*units: Numbers) -> Part:
    """A part of some units' series, None where nothing is known."""
    columns = np.array([[math.nan if n is None else n for n in unit] for unit in units], dtype=float).T
    return Part(np.nan_to_num(columns, nan=99.0), ~np.isnan(columns))


def told(found: Part, unit: int = 0) -> Numbers:
    return [float(v) if k else None for v, k in zip(found.value[:, unit], found.known[:, unit], strict=True)]


def test_a_window_adds_the_days_up_to_each_day() -> None:
    assert told(window(part([1, 2, 3, 4, 5]), 3)) == [6, 9, 12]
    assert told(window(part([1, 2, 3]), 1)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([1, 2, 3, 4, 5, 6, 7], 28),
        ([None, 2, 3, 4, 5, 6, 7], 27 * 7 / 6),
        ([None, None, 3, 4, 5, 6, 7], 25 * 7 / 5),
        ([None, None, None, 4, 5, 6, 7], None),  # four of seven
        ([1, 2, 3, 4, 5, 6, None], None),  # the day itself is not there
        ([0, 0, None, 0, 0, 0, 0], 0),
        ([None] * 7, None),
    ],
)
def test_a_week_with_days_missing_is_scaled_or_missing(days: Numbers, expected: float | None) -> None:
    (found,) = told(window(part(days), 7))
    assert found == (None if expected is None else pytest.approx(expected))


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**7)), min_size=14, max_size=40), st.sampled_from([1, 7, 14]))
def test_any_window_is_the_mean_of_its_reported_days_times_its_length(series: list[int | None], days: int) -> None:
    found = told(window(part(list(series)), days))
    for n, value in enumerate(found):
        here = series[n : n + days]
        reported = [number for number in here if number is not None]
        enough = here[-1] is not None and len(reported) >= REPORTED_SHARE * days
        assert value == (pytest.approx(sum(reported) * days / len(reported), rel=1e-12) if enough else None)
        if enough and len(reported) == days:
            assert value == sum(reported)  # to the unit


def test_a_ratio_needs_both_sides_and_a_bottom() -> None:
    top, bottom = part([5, 0, 5, None, 5]), part([10, 10, 0, 10, None])
    assert told(ratio(top, bottom, 100)) == [50, 0, None, None, None]


def test_growth_is_against_what_was_there_before() -> None:
    now, before = part([6, 0, 0, 5, None, 5]), part([4, 4, 0, 0, 4, None])
    assert told(growth(now, before)) == [0.5, -1, 0, None, None, None]


def test_states_are_in_the_order_of_the_vocabulary() -> None:
    values = settle(np.array([[3.0, 0.0, 7.0]]), np.array([[True, True, False]]))
    assert values.state.tolist() == [[VALUE, ZERO, MISSING]]
    assert [tuple(STATES)[state] for state in values.state[0]] == ["value", "zero", "missing"]
    assert values.value[0, :2].tolist() == [3.0, 0.0]
    assert math.isnan(values.value[0, 2])
