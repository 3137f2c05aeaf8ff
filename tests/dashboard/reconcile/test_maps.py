"""The numbers of maps: read back from the bytes, and held against a fresh desk's."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard import wire
from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.reconcile.maps import Drawn, Maps, decode, differences, urls
from grid.cube import Cube
from grid.measures import MEASURES
from grid.rates import MISSING, VALUE, ZERO
from tests.tiny import CITY, DAYS


@given(st.lists(st.tuples(st.floats(0, 1e6, width=32), st.sampled_from([VALUE, ZERO, MISSING])), max_size=30))
def test_units_are_read_as_they_were_written(units: list[tuple[float, int]]) -> None:
    value, state = (np.array([unit[at] for unit in units]) for at in (0, 1))
    read = decode(wire.encode_values(value, state.astype(np.uint8)))
    assert read.size == len(units)
    assert read.states.tolist() == state.tolist()
    assert read.values.tolist() == [v if s == VALUE else 0.0 for v, s in units]


def test_arcs_are_read_as_they_were_written() -> None:
    body = wire.encode_flows(["a", "b", "c"], [None, "a", "a"], [0, 1], [1, 2], [[3.0, 0.5], [4.0, 2.0]])
    assert decode(body).values.tolist() == [3.0, 0.5, 4.0, 2.0]
    other = wire.encode_flows(["a", "b", "c"], [None, "a", "a"], [0, 1], [2, 2], [[3.0, 0.5], [4.0, 2.0]])
    assert list(differences(decode(body), decode(body))) == []
    assert list(differences(decode(body), decode(other))) == [("", "", "other bytes")]


def test_what_differs_is_told_unit_by_unit() -> None:
    one = Drawn(np.array([1.0, 2.0, 0.0]), np.array([VALUE, VALUE, ZERO], np.uint8), b"")
    other = Drawn(np.array([1.0, 3.0, 0.0]), np.array([VALUE, VALUE, MISSING], np.uint8), b"")
    assert list(differences(one, other)) == [("1", "2", "3"), ("2", "0", "0")]
    assert list(differences(one, Drawn(np.zeros(2), np.zeros(2, np.uint8), b""))) == [("", "3", "2")]


def test_addresses_are_found_wherever_they_stand() -> None:
    content = {
        "map": {"values_url": f"/paint/1/now/cases/cell/{CITY}/{DAYS[1]}.bin", "classes_url": "/paint/1/now/all.bin"},
        "panels": [{"properties": {"flows_url": "flows/1/now/city/x.bin", "values_url": "data:x;base64,AA"}}],
    }
    assert list(urls(content)) == [f"/paint/1/now/cases/cell/{CITY}/{DAYS[1]}.bin", "/flows/1/now/city/x.bin"]


def test_a_picture_that_was_kept_too_long_is_found(tiny_cube: Cube) -> None:
    """The painter of the screen holds bytes of another day under this day's address."""
    shown, fresh = Desk(tiny_cube), Desk(tiny_cube)
    painter = Painter(shown)
    version = tiny_cube.at().version
    url = f"/paint/{version}/now/cases/district/{CITY}/{DAYS[4]}.bin"
    one, other = Maps(painter, fresh, Viewer()).numbers(url)
    assert one.size == 2
    assert list(differences(one, other)) == []
    made = MEASURES["cases"]
    stale = painter.day(Viewer(), made, "district", CITY, DAYS[3], None)
    (key,) = [key for key in painter._bodies if DAYS[4] in key]
    painter._bodies[key] = stale
    assert list(differences(*Maps(painter, fresh, Viewer()).numbers(url))) != []
