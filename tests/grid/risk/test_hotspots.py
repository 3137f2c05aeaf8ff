"""Gi* against its definition unit by unit, the values its package prints, and that package where it is there."""

from __future__ import annotations

import importlib
import importlib.util
import math
import warnings

import numpy as np
import pytest
from scipy import sparse

from grid.arrays import Floats
from grid.rates import Part
from grid.risk.hotspots import discoveries, gi_star, p_high
from grid.risk.neighbours import of_hexes
from tests.grid.risk.town import some, town, whole


def by_definition(x: Floats, weights: Floats) -> Floats:
    """Ord and Getis 1995, equation 14, one unit at a time."""
    n = len(x)
    mean = math.fsum(x) / n
    spread = math.sqrt(math.fsum((v - mean) ** 2 for v in x) / n)
    found = []
    for row in weights:
        w, s1 = math.fsum(row), math.fsum(v * v for v in row)
        top = math.fsum(a * b for a, b in zip(row, x, strict=True)) - mean * w
        found.append(top / (spread * math.sqrt((n * s1 - w * w) / (n - 1))))
    return np.array(found)


def test_the_six_points_of_esda() -> None:
    """The points, values and binary Gi* that esda prints in the documentation of G_Local."""
    points = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)])
    near = (np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) <= 15).astype(np.float64)
    found = gi_star(whole([[2, 3, 3.2, 5, 8, 7]]), sparse.csr_array(near))
    told = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    assert found.value[0] == pytest.approx(told, abs=1e-8)


def test_many_days_are_as_the_definition() -> None:
    cells = town(6)
    weights = of_hexes(cells).weights([1.0, 1.0, 0.5])
    x = np.random.default_rng(3).poisson(2.0, (7, len(cells))).astype(np.float64)
    found = gi_star(whole(x), weights)
    assert found.known.all()
    for day in range(7):
        assert found.value[day] == pytest.approx(by_definition(x[day], weights.toarray()), abs=1e-10)


def test_units_that_are_not_known_take_no_part() -> None:
    cells = town(4)
    weights = of_hexes(cells).weights([1.0, 1.0])
    rng = np.random.default_rng(4)
    x = rng.poisson(3.0, (5, len(cells))).astype(np.float64)
    x[rng.random(x.shape) < 0.2] = np.nan
    found = gi_star(some(x), weights)
    assert (found.known == ~np.isnan(x)).all()
    for day in range(5):
        there = found.known[day]
        part = weights.toarray()[np.ix_(there, there)]
        assert found.value[day, there] == pytest.approx(by_definition(x[day, there], part), abs=1e-10)


def test_where_all_are_alike_nothing_is_hot() -> None:
    weights = of_hexes(town(2)).weights([1.0, 1.0])
    assert not gi_star(whole(np.full((2, 19), 0.3)), weights).known.any()
    assert not gi_star(some(np.full((2, 19), np.nan)), weights).known.any()


def test_the_package_says_the_same() -> None:
    if importlib.util.find_spec("esda") is None:
        return  # the definition above is the oracle; esda is a second one where a machine has it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        esda, graphs = importlib.import_module("esda"), importlib.import_module("libpysal.graph")
        cells = town(8)
        weights = of_hexes(cells).weights([1.0, 1.0, 1.0])
        x = np.random.default_rng(5).poisson(1.0, len(cells)).astype(np.float64)
        of, to = weights.nonzero()
        others = of != to
        graph = graphs.Graph.from_arrays(of[others], to[others], np.ones(others.sum()))
        expected = esda.G_Local(x, graph, transform="B", star=True, permutations=0).Zs
    assert np.abs(gi_star(whole([x]), weights).value[0] - expected).max() < 1e-10


def test_false_discoveries() -> None:
    p = np.array([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 1.0])
    assert discoveries(p[None, :]).sum() == 2  # ten tests of Benjamini and Hochberg's kind; 0.008 <= 0.05 x 2 / 10
    assert not discoveries(np.ones((1, 4))).any()
    rng = np.random.default_rng(6)
    quiet = rng.random((2000, 50))
    assert discoveries(quiet, 0.1).any(axis=1).mean() == pytest.approx(0.1, abs=0.02)


def test_p_values() -> None:
    z = Part(np.array([[0.0, 1.6448536269514722, 9.0]]), np.array([[True, True, False]]))
    assert p_high(z)[0] == pytest.approx([0.5, 0.05, 1.0])
