"""What a forecast may see, what it says of a generator that is known, and that its intervals are what they claim."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from data.errors import BadQuestion
from grid.arrays import Floats, Rows
from grid.rates import Part
from grid.risk import forecast
from grid.risk.forecast import AHEAD, BASELINES, CHOICES, Feature, Forecaster
from grid.risk.neighbours import Neighbours, of_hexes
from grid.risk.report_card import SHARES, report_card
from tests.grid.risk.town import some, town, whole

FIRST = dt.date(2022, 3, 1)
CELLS = town(12)
NEAR: Neighbours = of_hexes(CELLS)
DAYS = 50


def outbreak(seed: int = 0, contagion: float = 0.4) -> Floats:
    """Cases bring cases in their own cell and the ring around it, a share of them each day."""
    rng = np.random.default_rng(seed)
    spread = NEAR.weights([0.85, 0.15 / 6])
    counts = np.zeros((DAYS, NEAR.size))
    counts[:3, rng.integers(0, NEAR.size, 12)] = 4
    for day in range(3, DAYS):
        force = contagion * counts[day - 3 : day].sum(axis=0)
        counts[day] = rng.poisson(spread @ force * min(1.0, 900 / max(force.sum(), 1)) + 1e-4)
    return counts


def forecaster(counts: Floats) -> Forecaster:
    return Forecaster(some(counts), FIRST, NEAR)


def day(row: int) -> dt.date:
    return FIRST + dt.timedelta(row)


def test_nothing_of_later_days_comes_in() -> None:
    counts = outbreak()
    changed = counts.copy()
    changed[30:] = np.random.default_rng(9).poisson(30.0, changed[30:].shape)
    one, two = forecaster(counts).forecast(day(30)), forecaster(changed).forecast(day(30))
    cut = forecaster(counts[:30]).forecast(day(30))
    for other in (two, cut):
        assert (one.mean == other.mean).all()
        assert (one.quantiles == other.quantiles).all()
        assert (one.choice, one.spread) == (other.choice, other.spread)


def test_asking_for_later_days_first_changes_nothing() -> None:
    counts = outbreak()
    used = forecaster(counts)
    for row in (43, 20):
        used.issue(row)
    assert (used.forecast(day(30)).mean == forecaster(counts).forecast(day(30)).mean).all()


def test_a_new_day_goes_on_from_the_old_ones() -> None:
    counts = outbreak()
    old = forecaster(counts[:35])
    old.forecast(day(35))
    grown = old.then(some(counts[35:37]))
    assert (grown.forecast(day(37)).mean == forecaster(counts).forecast(day(37)).mean).all()
    assert len(old.counts.value) == 35


def test_a_feature_known_too_late_is_refused() -> None:
    used = forecaster(outbreak())
    told = Feature("contacts", np.ones(NEAR.size), day(29))
    assert (used.forecast(day(30), [told]).mean == used.forecast(day(30)).mean).all()
    for late in (30, 31, 45):
        with pytest.raises(BadQuestion, match="contacts"):
            used.forecast(day(30), [told, Feature("contacts", np.ones(NEAR.size), day(late))])


def test_a_feature_shifts_the_risk_and_keeps_the_total() -> None:
    used = forecaster(outbreak())
    bare = used.forecast(day(30)).mean
    factor = np.ones(NEAR.size)
    factor[7] = 5.0
    tilted = used.forecast(day(30), [Feature("importation", factor, day(12))]).mean
    assert tilted.sum() == pytest.approx(bare.sum())
    assert tilted[7] / tilted[8] == pytest.approx(5 * bare[7] / bare[8])


@pytest.mark.parametrize("row", [0, forecast.LEAST_DAYS - 1, DAYS + 1])
def test_days_that_cannot_be_forecast(row: int) -> None:
    with pytest.raises(BadQuestion):
        forecaster(outbreak()).forecast(day(row))


def test_the_first_day_takes_the_middle_choice() -> None:
    found = forecaster(outbreak()).forecast(day(forecast.LEAST_DAYS))
    assert found.choice == CHOICES[forecast.FIRST] == (0.8, 0.03, 0.5, 0.1)


def score_of(used: Forecaster, at: int, choice: int) -> Floats:
    """(own + c near) x trend^g x level^b of one choice."""
    fade, c, g, b = CHOICES[choice]
    return np.asarray(used._bare(at, fade, c) * used._tilt(at, g, b))


def test_choices_weigh_by_what_they_hit_of_late() -> None:
    used, at = forecaster(outbreak(3)), 33
    rows = range(at - AHEAD + 1 - forecast.LOOK_BACK, at - AHEAD + 1)
    fresh = np.array([forecast.FORGET ** (at - AHEAD - b) for b in rows])
    skill = []
    for choice in range(len(CHOICES)):
        hits = []
        for b in rows:
            score, found = score_of(used, b, choice), used.found(b)
            order = np.argsort(-score, kind="stable")
            hits.append(np.mean([found[order[: max(1, int(s * NEAR.size))]].sum() for s in SHARES]) / found.sum())
        skill.append(np.dot(fresh, hits) / fresh.sum())
    weights = used.weights(at)
    assert weights.sum() == pytest.approx(1.0)
    told = np.log(weights / weights.max()) * forecast.SHARP
    assert told == pytest.approx(np.array(skill) - max(skill), abs=2e-3)  # ties at the cut are shared out


def test_the_blend_is_the_geometric_mean_of_all_choices() -> None:
    used, at = forecaster(outbreak(3)), 33
    weights = used.weights(at)
    logs = sum(weight * np.log(score_of(used, at, n).astype(np.float64)) for n, weight in enumerate(weights))
    assert used.blend(at) == pytest.approx(np.exp(logs), rel=1e-4)


def test_a_day_without_reports_does_not_stop_the_world() -> None:
    counts = outbreak()
    holes = counts.copy()
    holes[[22, 29]] = np.nan
    full, found = forecaster(counts).forecast(day(30)), forecaster(holes).forecast(day(30))
    assert found.mean.sum() == pytest.approx(full.mean.sum(), rel=0.35)
    assert np.corrcoef(found.mean, full.mean)[0, 1] > 0.95


def test_no_cases_forecast_none() -> None:
    found = Forecaster(whole(np.zeros((20, NEAR.size))), FIRST, NEAR).forecast(day(20))
    assert not found.mean.any()
    assert not found.quantiles.any()


def card_of(counts: Floats) -> tuple[Forecaster, range]:
    return forecaster(counts), range(DAYS - AHEAD - 27, DAYS - AHEAD + 1)


def test_on_its_own_kind_of_outbreak_the_intervals_hold_and_hits_are_recomputed() -> None:
    counts = outbreak(5)
    used, rows = card_of(counts)
    baselines = {name: [used.issue(row, name) for row in rows] for name in BASELINES}
    found = report_card([used.issue(row) for row in rows], baselines, {"units": np.ones(NEAR.size)})
    for n, row in enumerate(rows):
        score, came = used.forecast(day(row)).mean, counts[row : row + AHEAD].sum(axis=0)
        order = np.argsort(-score, kind="stable")
        whole_units, part = divmod(0.05 * NEAR.size, 1)
        inside = came[order[: int(whole_units)]].sum() + part * came[order[int(whole_units)]]
        assert found.forecast.hits["units"][n, 1] == pytest.approx(inside / came.sum(), abs=1e-9)
        plain = counts[row - AHEAD : row].sum(axis=0)
        assert (used.issue(row, "persistence").score == plain).all()
    assert found.forecast.coverage.mean(axis=0) == pytest.approx([0.5, 0.9], abs=0.06)
    assert found.forecast.wis.mean() < max(m.wis.mean() for m in found.baselines.values())


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_labels_are_always_grey(seed: int) -> None:
    """Each day's cases dealt out anew: the past says nothing of the future."""
    rng = np.random.default_rng(seed)
    used, rows = card_of(np.stack([rng.permutation(row) for row in outbreak(seed)]))
    baselines = {name: [used.issue(row, name) for row in rows] for name in BASELINES}
    found = report_card([used.issue(row) for row in rows], baselines, {"units": np.ones(NEAR.size)})
    assert found.grey
    assert found.why == "no better than chance"


def test_polygons_are_forecast_too() -> None:
    """Any neighbours do: here the same town without its lattice."""
    bare = Neighbours(NEAR.size, lambda steps: _pairs(steps))
    counts = Part(outbreak()[:25], np.ones((25, NEAR.size), np.bool_))
    one, two = (Forecaster(counts, FIRST, near).forecast(day(25)).mean for near in (NEAR, bare))
    assert one == pytest.approx(two, rel=1e-4)


def _pairs(steps: int) -> tuple[Rows, Rows]:
    of, to = NEAR.ring(steps).nonzero()
    return of, to
