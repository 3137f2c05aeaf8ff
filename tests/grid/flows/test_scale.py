"""The index as people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.flows.scale import Factor


def test_the_three_that_were_told() -> None:
    people = Factor().people(np.array([0.1, 0.2, 11.0]))
    assert np.round(people).tolist() == [3086, 6173, 339506]


@given(st.floats(1e-3, 1e3), st.floats(1e-6, 1e-3))
def test_there_and_back_and_within_its_band(index: float, per_person: float) -> None:
    factor = Factor(per_person)
    people = factor.people(np.array(index))
    assert float(factor.index(people)) == pytest.approx(index)
    low, high = factor.band(np.array(index))
    assert low < people < high
    assert np.isnan(factor.people(np.array(np.nan)))


@pytest.mark.parametrize(("per_person", "off"), [(0, 0.1), (-1, 0.1), (1, 1.0), (1, -0.1)])
def test_what_is_no_factor_is_refused(per_person: float, off: float) -> None:
    with pytest.raises(ValueError, match="no factor"):
        Factor(per_person, off)
