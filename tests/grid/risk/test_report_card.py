"""The card's figures worked out a second time, unit by unit; and its verdict on luck, on skill, on shuffled labels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from grid.arrays import Floats
from grid.risk import report_card as card
from grid.risk.report_card import QUANTILES, SHARES, Issue, hit_rates, weighted_interval_score

UNITS = 400


def hits_by_hand(score: Floats, found: Floats, cost: Floats, share: float) -> float:
    """Take blocks of equal score from the top; of the last one as large a part as there is room for."""
    room, inside = share * math.fsum(cost), 0.0
    for level in sorted(set(score.tolist()), reverse=True):
        block = score == level
        part = min(1.0, room / math.fsum(cost[block])) if math.fsum(cost[block]) else 1.0
        inside += part * math.fsum(found[block])
        room -= part * math.fsum(cost[block])
        if part < 1:
            break
    return inside / math.fsum(found)


@given(st.integers(0, 10**6), st.integers(1, 30), st.booleans())
def test_hit_rates_by_hand(seed: int, levels: int, even: bool) -> None:
    rng = np.random.default_rng(seed)
    score, found = rng.integers(0, levels, 60).astype(float), rng.poisson(0.5, 60).astype(float)
    found[0] += 1
    cost = np.ones(60) if even else rng.uniform(0.1, 5.0, 60)
    expected = [hits_by_hand(score, found, cost, share) for share in SHARES]
    assert hit_rates(score, found, cost) == pytest.approx(expected, abs=1e-9)


def test_hit_rates_of_nothing_are_not_there() -> None:
    assert np.isnan(hit_rates(np.ones(5), np.zeros(5), np.ones(5))).all()


@given(st.lists(st.integers(0, 50), min_size=5, max_size=5), st.integers(0, 60))
def test_wis_is_the_mean_quantile_loss(numbers: list[int], came: int) -> None:
    """Bracher et al. 2021, equation 2: WIS is twice the mean pinball loss over the quantiles."""
    quantiles, y = np.sort(np.array(numbers, float)), float(came)
    loss = [2 * ((y <= q) - p) * (q - y) for q, p in zip(quantiles, QUANTILES, strict=True)]
    found = weighted_interval_score(quantiles[:, None], np.array([y]))
    assert found[0] == pytest.approx(sum(loss) / 5)


def test_a_forecast_that_is_right_covers_just_what_it_says() -> None:
    """However rare the outcomes: whole numbers make no interval too wide, and noughts that came are not left out."""
    rng = np.random.default_rng(2)
    for mean in (rng.gamma(0.3, 0.05, 20_000), rng.gamma(0.5, 8.0, 20_000)):
        wide = []
        for size in (0.2, 2.0, 20.0):
            found = rng.negative_binomial(size, size / (size + mean)).astype(float)
            below, upto = (stats.nbinom.cdf(found - less, 2.0, 2 / (2 + mean)) for less in (1, 0))
            wide.append(card.covered(np.stack([below, upto]), mean))
        assert wide[1] == pytest.approx([0.5, 0.9], abs=0.02)
        assert wide[0][1] < 0.88 or mean.max() < 1  # it spread more than was told
        assert wide[0][1] <= wide[1][1] + 0.02 <= wide[2][1] + 0.04


def test_coverage_by_hand() -> None:
    """Chances below and up to the outcome, against [0.05, 0.95] and [0.25, 0.75]."""
    reached = np.array([[0.0, 0.9, 0.97, 0.3], [0.8, 0.97, 1.0, 0.4]])
    parts = np.array([[0.5 / 0.8, 0, 0, 1], [0.75 / 0.8, 0.05 / 0.07, 0, 1]])
    mean = np.array([1.0, 2.0, 3.0, 4.0])
    assert card.covered(reached, mean) == pytest.approx(parts @ mean / 10)
    assert np.isnan(card.covered(reached, np.zeros(4))).all()


def issue(score: Floats, found: Floats) -> Issue:
    return Issue(score, score, np.tile(score, (5, 1)), np.stack([np.zeros(UNITS), np.ones(UNITS)]), found)


def risk(rng: np.random.Generator) -> Floats:
    """A known generator: a few units carry most of the risk."""
    return rng.gamma(0.2, 5.0, UNITS)


def play(days: int, seed: int, noise: float) -> tuple[list[Issue], dict[str, list[Issue]]]:
    """A forecast that knows the true risk, against one that knows it with ``noise``."""
    rng = np.random.default_rng(seed)
    true = risk(rng)
    mine, theirs = [], []
    for _ in range(days):
        found = rng.poisson(true).astype(float)
        mine.append(issue(true, found))
        theirs.append(issue(true * rng.lognormal(0.0, noise, UNITS), found))
    return mine, {"persistence": theirs}


COSTS = {"units": np.ones(UNITS), "people": np.random.default_rng(0).uniform(50, 500, UNITS)}


def test_the_card_shows_what_a_known_generator_gives() -> None:
    mine, theirs = play(28, 1, 1.0)
    found = card.report_card(mine, theirs, COSTS)
    for of, cost in COSTS.items():
        expected = [[hits_by_hand(i.score, i.found, cost, share) for share in SHARES] for i in mine]
        assert np.abs(found.forecast.hits[of] - expected).max() < 1e-9
        assert found.pai(of) == pytest.approx(np.mean(expected, axis=0) / SHARES)
    assert found.why == "wins"
    assert not found.grey
    assert all(interval.above for interval in found.difference["units"])


def test_a_forecast_that_is_its_baseline_is_not_proven() -> None:
    mine, _ = play(28, 2, 1.0)
    found = card.report_card(mine, {"persistence": mine}, COSTS)
    assert (found.overall.mean, found.why, found.grey) == (0.0, "not proven", True)


def test_a_worse_forecast_loses() -> None:
    mine, theirs = play(28, 3, 1.0)
    found = card.report_card(theirs["persistence"], {"persistence": mine}, COSTS)
    assert (found.why, found.grey) == ("loses", True)


def test_the_better_baseline_counts() -> None:
    mine, theirs = play(28, 4, 0.3)
    weak = [issue(np.arange(UNITS, dtype=float), i.found) for i in mine]
    found = card.report_card(mine, {"weak": weak, **theirs}, COSTS)
    better = card.mark(theirs["persistence"], COSTS).hits["units"]
    assert found.difference["units"][1].mean == pytest.approx((found.forecast.hits["units"] - better)[:, 1].mean())


@pytest.mark.parametrize("seed", range(12))
def test_shuffled_labels_are_always_grey(seed: int) -> None:
    """Even against a baseline that is worse than chance."""
    mine, _ = play(28, seed, 1.0)
    rng = np.random.default_rng(seed)
    shuffled = [issue(i.score, rng.permutation(i.found)) for i in mine]
    bad = [issue(-i.found, i.found) for i in shuffled]
    for baseline in (bad, [issue(rng.random(UNITS), i.found) for i in shuffled]):
        found = card.report_card(shuffled, {"persistence": baseline}, COSTS)
        assert (found.why, found.grey) == ("no better than chance", True)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Independent days, each block of seven one draw in effect: a mean of nought lies inside in 8 to 10 of 10 cases."""
    rng = np.random.default_rng(5)
    inside = 0
    for n in range(200):
        draws = card.resample(56, np.random.default_rng(n))[:400]
        interval = card._interval(rng.normal(0.0, 1.0, 56), draws)
        inside += interval.low <= 0 <= interval.high
    assert 0.85 <= inside / 200 <= 0.99


def test_blocks_run_on_over_the_end() -> None:
    draws = card.resample(10, np.random.default_rng(0))
    assert draws.shape == (card.RESAMPLES, 10)
    assert ((np.diff(draws[:, :7], axis=1) % 10) == 1).all()
