"""Infections carried out, and the model of cases elsewhere: by hand, against scipy, against a made epidemic."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from grid.flows.import_risk import DECAY, Seen, carried, exported, fit, spearman
from tests.epidemic import TRAVELLING, epidemic


def test_carried_out_by_hand() -> None:
    share = carried(np.array([20.0, 0.0]), np.array([1e6, 1e6]))
    assert share[0] == pytest.approx([2e-5, 4e-5, 8e-5])
    found = exported(np.array([[50_000.0, 0.0, np.nan], [50_000.0, 10.0, np.nan]]), share)
    assert found.mean[:2] == pytest.approx([2.0, 0.0])
    assert found.one[0] == pytest.approx(1 - math.exp(-2))
    assert (found.one_low[0], found.one_high[0]) == pytest.approx((1 - math.exp(-1), 1 - math.exp(-4)))
    assert (found.low[0], found.high[0]) == (stats.poisson.ppf(0.05, 1), stats.poisson.ppf(0.95, 4))
    assert (found.low[1], found.high[1], found.one[1]) == (0, 0, 0)
    assert np.isnan([found.mean[2], found.low[2], found.one[2]]).all()
    assert found.days.tolist() == [2, 2, 0]


def test_days_that_cannot_be_told_add_nothing_and_are_counted() -> None:
    share = carried(np.array([10.0, np.nan]), np.array([1e5, 1e5]))
    found = exported(np.array([[1000.0], [1000.0]]), share)
    assert found.mean[0] == pytest.approx(0.2)
    assert found.days.tolist() == [1]
    assert np.isnan(carried(np.array([1.0]), np.array([0.0]))).all()


def made(noise: float = 0.4, places: int = 60, seed: int = 3) -> tuple[Seen, float]:
    """Places that follow the model with known coefficients, for 20 days."""
    random = np.random.default_rng(seed)
    flow, people = random.lognormal(5, 1.5, places), random.lognormal(14, 0.8, places)
    level = np.exp(-3 + 0.6 * np.log(flow) + 0.3 * np.log(people) + random.normal(0, noise, places))
    days = np.arange(100, 120)
    cases = np.round(level[None] * np.linspace(0.2, 1.2, 20)[:, None])
    return Seen(days, cases, np.arange(90, 100), np.tile(flow / 10, (10, 1)), people), noise


def test_known_coefficients_are_found_again() -> None:
    seen, noise = made()
    found = fit(seen, 115, (90, 99))
    assert found is not None
    assert found.coefficients[1:] == pytest.approx([0.6, 0.3], abs=0.15)
    assert found.spread == pytest.approx(noise, rel=0.3)
    assert found.quality.places == 60
    assert 0.8 <= found.quality.covered <= 0.98
    assert found.quality.spearman > found.quality.flow_alone > found.quality.population_alone


def test_the_interval_is_the_textbook_s() -> None:
    """Against the prediction interval of a simple regression, as scipy computes its parts."""
    seen, _ = made()
    seen = replace(seen, population=np.full(60, np.nan))
    found = fit(seen, 119, (90, 99))
    assert found is not None
    x, y = np.log(seen.carried(90, 99)), np.log(seen.at(119) + 0.5)
    line = stats.linregress(x, y)
    error = math.sqrt(((y - line.intercept - line.slope * x) ** 2).sum() / 58)
    half = stats.t.ppf(0.95, 58) * error * np.sqrt(1 + 1 / 60 + (x - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
    low, high = found.band(seen)
    middle = line.intercept + line.slope * x
    assert high == pytest.approx(np.exp(middle + half) - 0.5)
    assert low == pytest.approx(np.maximum(np.exp(middle - half) - 0.5, 0))


def test_left_out_is_left_out() -> None:
    """The coverage is that of 60 fits, each without one place."""
    seen, _ = made()
    found, inside = fit(seen, 119, (90, 99)), 0
    assert found is not None
    for place in range(60):
        without = np.array(seen.cases)
        without[:, place] = np.nan
        other = fit(replace(seen, cases=without), 119, (90, 99))
        assert other is not None
        low, high = other.band(seen)
        inside += bool(low[place] <= seen.at(119)[place] <= high[place])
    assert inside / 60 == pytest.approx(found.quality.covered, abs=1 / 59)


def test_a_planted_spread_is_above_and_silence_below() -> None:
    seen, _ = made(noise=0.2)
    cases = np.array(seen.cases)
    cases[:, 7], cases[:, 11] = cases[:, 7] * 30, 0
    found = fit(replace(seen, cases=cases), 119, (90, 99))
    assert found is not None
    sign = found.outliers(replace(seen, cases=cases))
    assert (sign[7], sign[11]) == (1, -1)


def test_nothing_later_is_read_and_little_is_no_fit() -> None:
    seen, _ = made()
    found = fit(seen, 110, (90, 99))
    spoilt = np.array(seen.cases)
    spoilt[seen.days > 110] = 1e6
    again = fit(replace(seen, cases=spoilt), 110, (90, 200))
    assert found is not None
    assert again is not None
    assert (found.coefficients == again.coefficients).all()
    assert again.window == (90, 110)
    assert fit(seen, 99, (90, 99)) is None
    few = Seen(seen.days, seen.cases[:, :5], seen.flow_days, seen.flow[:, :5], seen.population[:5])
    assert fit(few, 119, (90, 99)) is None


def test_growth_goes_on_and_falls_off() -> None:
    seen, _ = made()
    found = fit(seen, 115, (90, 99))
    assert found is not None
    assert found.growth() == 1
    assert found.growth(117) == pytest.approx(1 + found.pace * (DECAY + DECAY**2))
    assert (found.expected(seen, 117) >= found.expected(seen)).all()


def test_a_place_below_the_list_is_not_known() -> None:
    seen, _ = made()
    flow = np.array(seen.flow)
    flow[:, 4] = 0
    found = fit(replace(seen, flow=flow), 119, (90, 99))
    assert found is not None
    assert found.quality.places == 59
    assert np.isnan(found.expected(replace(seen, flow=flow))[4])
    assert found.outliers(replace(seen, flow=flow))[4] == 0


def test_it_ranks_a_made_epidemic_better_than_population() -> None:
    """Fitted on day 40 of it, held against day 60."""
    chance = epidemic(1)
    flow = np.tile(chance.share[0, 1:] * chance.people[0] * TRAVELLING, (41, 1))
    seen = Seen(
        np.arange(250),
        chance.cases[:, 1:].astype(np.float64),
        np.arange(41),
        flow,
        chance.people[1:].astype(np.float64),
    )
    found = fit(seen, 40, (0, 40))
    assert found is not None
    cases = seen.at(60)
    assert spearman(found.expected(seen, 60), cases) > 0.7
    assert spearman(seen.population, cases) < 0.5


def test_rank_correlation_is_scipy_s() -> None:
    random = np.random.default_rng(5)
    a, b = random.integers(0, 9, 50).astype(np.float64), random.normal(size=50)
    assert spearman(a, b) == pytest.approx(stats.spearmanr(a, b).statistic)
    assert np.isnan(spearman(a, np.full(50, np.nan)))
