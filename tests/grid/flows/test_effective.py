"""Effective distance: by hand on a toy network, against plain search, and against a seeded epidemic."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.arrays import Floats
from grid.flows.effective import lengths, reach, second_order, shares, velocity
from grid.flows.import_risk import spearman
from tests.epidemic import TRAVELLING, epidemic

#: From A half goes to B, a quarter to C, a quarter to none of them; from B all but a tenth to C, the tenth to D.
TOY = np.array([
    [0.0, 0.5, 0.25, 0.0],
    [0.0, 0.0, 0.9, 0.1],
    [0.2, 0.0, 0.0, 0.8],
    [1.0, 0.0, 0.0, 0.0],
])  # fmt: skip


def test_the_toy_network_by_hand() -> None:
    found = reach(TOY, 0)
    b, c = 1 + math.log(2), 1 + math.log(4)
    d = c + 1 - math.log(0.8)
    assert found.distance == pytest.approx([0, b, c, d], abs=1e-12)
    assert c < b + 1 - math.log(0.9)
    assert d < b + 1 + math.log(10)
    assert found.path(3) == [0, 2, 3]
    assert found.order.tolist() == [1, 2, 3]
    back = reach(TOY, 3)
    assert back.distance == pytest.approx([1, 1 + b, 1 + c, 0], abs=1e-12)


def test_where_nobody_goes_is_never_reached() -> None:
    alone = np.zeros((3, 3))
    alone[0, 1] = 1.0
    found = reach(alone, 0)
    assert found.distance.tolist() == [0, 1, math.inf]
    assert found.path(2) == []
    assert found.order.tolist() == [1, 2]


@given(st.lists(st.floats(0, 1), min_size=16, max_size=16))
def test_every_path_is_as_long_or_longer(values: list[float]) -> None:
    flow = np.array(values).reshape(4, 4)
    probability = shares(flow)
    step, found = lengths(probability), reach(probability, 0)
    for place in range(1, 4):
        paths = [
            (0, *middle, place)
            for size in range(3)
            for middle in itertools.permutations([n for n in range(1, 4) if n != place], size)
        ]
        shortest = min(sum(step[a, b] for a, b in itertools.pairwise(path)) for path in paths)
        assert found.distance[place] == pytest.approx(shortest) or shortest == found.distance[place]


def test_shares_are_of_all_that_left() -> None:
    flow = np.array([[9.0, 3.0, 1.0], [0.0, 0.0, 0.0], [2.0, 2.0, 0.0]])
    assert shares(flow, np.array([4.0, 0.0, 0.0])).tolist() == [[0, 3 / 8, 1 / 8], [0, 0, 0], [0.5, 0.5, 0]]
    with pytest.raises(ValueError, match="shares"):
        lengths(np.array([[0.0, 1.5], [0.0, 0.0]]))


def test_an_arrival_line_is_found_again() -> None:
    distance = np.array([0.0, 2.0, 3.0, 5.0, math.inf])
    found = velocity(distance, np.array([1.0, 5.0, 7.0, np.nan, np.nan]))
    assert found is not None
    assert [found.start, found.speed, found.known] == pytest.approx([1, 0.5, 3])
    assert found.arrival(distance)[3] == pytest.approx(11)
    assert velocity(distance, np.array([1.0, np.nan, 2.0, np.nan, np.nan])) is None


def test_a_hub_carries_on_what_arrives_there() -> None:
    first = np.array([0.0, 4.0, 0.0, 0.0])
    further = second_order(first, TOY, np.array([0.0, 0.05, 0.0, 0.0]), 7.0)
    onward = 4 * (1 - math.exp(-0.35))
    assert further == pytest.approx([0, 0, 0.9 * onward, 0.1 * onward])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_gravity_epidemic_arrives_in_its_order(seed: int) -> None:
    made = epidemic(seed)
    others: Floats = reach(made.share, 0).distance[1:]
    assert spearman(others, made.arrival[1:]) >= 0.9
    assert spearman(made.distance[1:], made.arrival[1:]) < 0.6
    assert (made.leaving == made.people * TRAVELLING).all()
