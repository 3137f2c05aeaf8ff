"""Empirical Bayes against Marshall's formulas written out unit by unit, and against a package where it is there."""

from __future__ import annotations

import importlib
import importlib.util
import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from grid.arrays import Floats
from grid.risk.neighbours import of_hexes
from grid.risk.shrink import shrink, shrink_locally
from tests.grid.risk.town import some, town, whole

CELLS = town(5)
SIZE = len(CELLS)


def data(seed: int = 0, spread: float = 0.6) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    people = rng.integers(20, 3000, SIZE).astype(np.float64)
    return rng.poisson(people * 0.004 * rng.gamma(1 / spread, spread, SIZE)).astype(np.float64), people


def marshall(cases: Floats, people: Floats, at: int, clip: bool, around: NDArray[np.integer]) -> float:
    """The rate of unit ``at`` drawn to the mean of the units ``around`` (rows)."""
    c, p = cases[around], people[around]
    mean = c.sum() / p.sum()
    between = (p * (c / p - mean) ** 2).sum() / p.sum() - mean / p.mean()
    between = max(between, 0.0) if clip else between
    rate = cases[at] / people[at]
    return float(mean + between / (between + mean / people[at]) * (rate - mean))


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("spread", [0.6, 1e-3])
def test_drawn_to_the_mean_of_all(clip: bool, spread: float) -> None:
    cases, people = data(1, spread)
    found = shrink(whole([cases]), whole([people]), clip)
    everyone = np.arange(SIZE)
    expected = [marshall(cases, people, at, clip, everyone) for at in range(SIZE)]
    assert found.value[0] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("clip", [True, False])
def test_drawn_to_the_mean_around(clip: bool) -> None:
    cases, people = data(2)
    near = of_hexes(CELLS)
    found = shrink_locally(whole([cases, cases]), whole([people, people]), near.weights([1.0, 1.0, 1.0]), clip)
    expected = [marshall(cases, people, at, clip, near.disc(at, 2)) for at in range(SIZE)]
    assert found.value[0] == pytest.approx(expected, rel=1e-9)
    assert found.value[1] == pytest.approx(expected, rel=1e-9)


def test_chance_alone_leaves_the_mean_when_clipped_and_runs_past_it_when_not() -> None:
    people = np.full(SIZE, 1000.0)
    cases = np.full(SIZE, 5.0)
    cases[0] += 1
    clipped, bare = (shrink(whole([cases]), whole([people]), clip).value[0] for clip in (True, False))
    assert clipped == pytest.approx(cases.sum() / people.sum())
    assert bare[0] < bare[1]  # a negative weight: the highest rate becomes the lowest


def test_the_unknown_and_the_empty_take_no_part() -> None:
    cases, people = data(3)
    people[3], cases[5] = 0.0, np.nan
    found = shrink(some([cases]), some([people]))
    there = np.setdiff1d(np.arange(SIZE), [3, 5])
    assert not found.known[0, [3, 5]].any()
    assert found.known[0, there].all()
    assert found.value[0, there] == pytest.approx(
        [marshall(cases, people, at, True, there) for at in there], rel=1e-10
    )  # fmt: skip


def test_no_cases_are_a_rate_of_nought() -> None:
    people = whole(np.full((1, SIZE), 500.0))
    none = whole(np.zeros((1, SIZE)))
    assert (shrink(none, people).value == 0).all()
    assert (shrink_locally(none, people, of_hexes(CELLS).weights([1.0, 1.0])).value == 0).all()


def test_the_package_says_the_same() -> None:
    if importlib.util.find_spec("esda") is None:
        return  # the formulas above are the oracle; esda is a second one where a machine has it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        esda, weights = (importlib.import_module(name) for name in ("esda.smoothing", "libpysal.weights"))
        cases, people = data(4)
        near = of_hexes(CELLS)
        around = {at: near.disc(at, 1)[1:].tolist() for at in range(SIZE)}
        whole_city = esda.Empirical_Bayes(cases, people).r.ravel()
        local = esda.Spatial_Empirical_Bayes(cases, people, weights.W(around, id_order=list(range(SIZE)))).r.ravel()
    assert shrink(whole([cases]), whole([people]), clip=False).value[0] == pytest.approx(whole_city, rel=1e-12)
    found = shrink_locally(whole([cases]), whole([people]), near.weights([1.0, 1.0]))
    assert found.value[0] == pytest.approx(local, rel=1e-9)
