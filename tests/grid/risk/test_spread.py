"""Means that keep order and total, intervals of the negative binomial, and a fit that finds what made the outcomes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from grid.arrays import Floats
from grid.risk import spread
from grid.risk.report_card import QUANTILES
from grid.risk.spread import CHOICES, Outlook, Spread, fitted, likelihoods

CHOSEN = st.sampled_from(CHOICES)


def scores(number: int, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).gamma(0.3, 1.0, number)


@given(CHOSEN, st.floats(0.1, 1e5))
def test_order_and_total_stay(choice: tuple[float, ...], total: float) -> None:
    score = scores(300)
    mean = Spread(*choice).mean(score, total)
    assert mean.sum() == pytest.approx(total)
    assert (np.diff(mean[np.argsort(score)]) >= 0).all()


def test_of_nothing_comes_nothing() -> None:
    for choice in CHOICES[::97]:
        found = Outlook(np.zeros(10), 0.0, Spread(*choice))
        assert not found.mean.any()
        assert not found.issue(np.zeros(10)).quantiles.any()
    assert np.isfinite(likelihoods(np.zeros(10), 0.0, np.zeros(10))).all()


@given(CHOSEN)
def test_quantiles_are_those_of_the_negative_binomial(choice: tuple[float, ...]) -> None:
    made = Spread(*choice)
    mean = np.exp(np.log(1e-4) + spread.STEP * np.array([0, 40, 170, 230, 280, 360, 430]))
    size = made.sizes(mean)
    expected = np.stack([stats.nbinom.ppf(p, size, size / (size + mean)) for p in QUANTILES])
    assert np.abs(made.quantiles(mean) - expected).max() <= 1e-9 * mean.max()


@given(CHOSEN)
def test_the_chance_of_what_came(choice: tuple[float, ...]) -> None:
    made, mean = Spread(*choice), np.array([1e-3, 0.4, 3.0, 3.0, 90.0])
    found = np.array([0.0, 2.0, 0.0, 5.0, 60.0])
    size = made.sizes(mean)
    below, upto = made.reached(mean, found)
    assert upto == pytest.approx(stats.nbinom.cdf(found, size, size / (size + mean)), abs=1e-9)
    assert below == pytest.approx(stats.nbinom.cdf(found - 1, size, size / (size + mean)), abs=1e-9)


def played(choice: Sequence[float], days: int, units: int = 4000) -> list[tuple[Floats, float, Floats]]:
    """Outcomes that a choice makes, day by day."""
    rng, made = np.random.default_rng(7), Spread(*choice)
    found = []
    for day in range(days):
        score, total = scores(units, day), 3000.0
        mean = made.mean(score, total)
        size = made.sizes(mean)
        found.append((score, total, rng.negative_binomial(size, size / (size + mean)).astype(float)))
    return found


@pytest.mark.parametrize("choice", [(1.0, 0.0, 0.0, 0.45), (0.6, 0.2, 0.7, 1.0), (0.8, 0.05, 0.35, 0.3)])
def test_what_made_the_outcomes_is_found(choice: tuple[float, ...]) -> None:
    found = fitted([likelihoods(*day) for day in played(choice, 8)])
    assert (found.flat, found.stray) == pytest.approx(choice[:2], abs=0.21)
    score, total, _ = played(choice, 1)[0]
    true, mean = Spread(*choice).mean(score, total), found.mean(score, total)
    assert np.abs(mean - true).sum() < 0.1 * total
    heavy = true > 0.5
    assert found.sizes(mean)[heavy] == pytest.approx(Spread(*choice).sizes(true)[heavy], rel=0.5)


def test_likelihoods_are_those_of_the_distribution() -> None:
    """Up to a constant, and to the width of the bins."""
    (score, total, found), *_ = played((0.8, 0.1, 0.35, 0.3), 1)
    told = likelihoods(score, total, found)
    rows = [CHOICES.index(one) for one in ((1.0, 0.0, 0.0, 0.45), (0.8, 0.1, 0.35, 0.3), (0.6, 0.2, 0.9, 1.5))]
    exact = []
    for row in rows:
        made = Spread(*CHOICES[row])
        mean = made.mean(score, total)
        size = made.sizes(mean)
        exact.append(stats.nbinom.logpmf(found, size, size / (size + np.maximum(mean, 1e-9))).sum())
    assert np.diff(told[rows]) == pytest.approx(np.diff(exact), rel=0.02)


def test_before_any_week_is_over() -> None:
    assert fitted([]) == Spread(*spread.FIRST)
