"""The index as people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.city import City, FlowSettings
from grid.flows.scale import Factor, factor_of


def test_the_three_that_were_told() -> None:
    people = Factor().people(np.array([0.1, 0.2, 11.0]))
    assert np.round(people).tolist() == [3086, 6173, 339506]


def test_the_factor_is_the_city_s() -> None:
    city = City(code="1", name="甲", levels=[], flows=FlowSettings(index_per_person=1e-4, off_by=0.5))
    factor = factor_of(city)
    assert factor.people(np.array([0.1, 11.0])).tolist() == pytest.approx([1000, 110_000])
    assert list(map(float, factor.band(np.array(0.1)))) == pytest.approx([1000 / 1.5, 2000])
    assert factor_of(City(code="1", name="甲", levels=[])) == Factor()


@given(st.floats(1e-3, 1e3), st.floats(1e-6, 1e-3))
def test_there_and_back_and_within_its_band(index: float, per_person: float) -> None:
    factor = Factor(per_person)
    people = factor.people(np.array(index))
    assert float(factor.index(people)) == pytest.approx(index)
    low, high = factor.band(np.array(index))
    assert low < people < high
    assert np.isnan(factor.people(np.array(np.nan)))


@pytest.mark.parametrize(("factor", "said"), [(3.24e-5, "3.24×10⁻⁵"), (0.0123, "0.0123"), (1e-5, "1×10⁻⁵")])
def test_the_factor_as_people_write_it(factor: float, said: str) -> None:
    assert Factor(factor).written == said


@pytest.mark.parametrize(("per_person", "off"), [(0, 0.1), (-1, 0.1), (1, 1.0), (1, -0.1)])
def test_what_is_no_factor_is_refused(per_person: float, off: float) -> None:
    with pytest.raises(ValueError, match="no factor"):
        Factor(per_person, off)
