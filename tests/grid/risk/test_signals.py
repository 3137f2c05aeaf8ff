"""EARS and CUSUM against published values, hand-worked days and their own stated false-alarm rates."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from grid.arrays import Floats
from grid.rates import Part
from grid.risk import signals
from grid.risk.signals import KINDS, MEANS, c1, c2, c3, cusum, false_alarms, normal_rate, run_length, upper
from tests.grid.risk.town import some, whole

NAN = float("nan")


def column(series: Sequence[float]) -> Part:
    return some(np.array(series)[:, None])


@pytest.mark.parametrize(
    ("week", "published"),
    [
        ([0, 1, 2, 2, 2, 2, 3], 3.278854),
        ([1, 1, 1, 1, 2, 3, 3], 3.278854),
        ([0, 0, 2, 2, 2, 2, 3], 3.436517),
        ([1, 1, 1, 1, 2, 3, 4], 3.855617),
    ],
)
def test_upper_bounds_of_the_package_surveillance(week: list[float], published: float) -> None:
    """The C1 bounds (alpha 0.05) that its own tests give for Salmonella Newport in Germany, 2011; the baselines are
    weeks of small counts that lead to just these."""
    found = upper(column([*week, 0.0]), sigmas=float(stats.norm.isf(0.05)), min_sigma=0.0)
    assert found.value[-1, 0] == pytest.approx(published, abs=1e-6)


#: Ten quiet days, then a rise, by hand: the baseline of C1 on day 12 is days 5-11, that of C2 days 3-9.
RISE: list[float] = [4, 5, 3, 6, 4, 5, 3, 4, 6, 5, 7, 12, 20]


def by_hand(series: list[float], day: int, lag: int) -> float:
    week = series[day - lag - 7 : day - lag]
    return (series[day] - statistics.mean(week)) / max(statistics.stdev(week), 0.5)


def test_c1_and_c2_by_hand() -> None:
    one, two = c1(column(RISE)), c2(column(RISE))
    assert one.statistic.known[:, 0].tolist() == [False] * 5 + [True] * 8  # five of seven days are enough
    for day in range(9, 13):
        assert one.statistic.value[day, 0] == pytest.approx(by_hand(RISE, day, 0))
        assert two.statistic.value[day, 0] == pytest.approx(by_hand(RISE, day, 2))
    # 20 after 5 3 4 6 5 7 12: mean 6, squares 52
    assert one.statistic.value[12, 0] == pytest.approx((20 - 6) / (52 / 6) ** 0.5, abs=1e-9)
    assert one.on[12, 0]
    assert two.on[11:, 0].all()


def test_c3_adds_what_c2_exceeds_one_by() -> None:
    found = c3(column(RISE))
    for day in range(11, 13):
        each = [max(0.0, by_hand(RISE, d, 2) - 1) for d in (day - 2, day - 1, day)]
        assert found.statistic.value[day, 0] == pytest.approx(sum(each))
    assert found.on[-1, 0]


def test_missing_days_are_left_out_of_the_baseline_and_have_no_signal() -> None:
    series: list[float] = [4, NAN, 3, 6, NAN, 5, 3, 20, NAN]
    found = c1(column(series))
    week: list[float] = [4, 3, 6, 5, 3]
    expected = (20 - statistics.mean(week)) / statistics.stdev(week)
    assert found.statistic.value[7, 0] == pytest.approx(expected)
    assert not found.statistic.known[8, 0]
    too_few = c1(column([4, NAN, 3, NAN, NAN, 5, 3, 20]))
    assert not too_few.statistic.known[7, 0]


def test_a_single_case_after_quiet_days_is_no_signal_unless_asked() -> None:
    series = [0.0] * 7 + [1.0]
    assert not c1(column(series)).on.any()
    assert c1(column(series), min_sigma=0.0).on[-1, 0]
    assert not c1(column([0] * 8), min_sigma=0.0).on.any()


def test_cusum_by_hand_waits_over_missing_days_and_begins_anew() -> None:
    found = cusum(column([5, 9, NAN, 8, 9, 12, 4]), np.array([4.0]))
    steps: list[float] = []
    state = 0.0
    for count in (5, 9, None, 8, 9, 12, 4):
        state = max(0.0, state + ((count - 4) / 2 - 0.5 if count is not None else 0.0))
        steps.append(state)
        state = 0.0 if state > 4 else state
    assert found.statistic.value[:, 0].tolist() == steps == [0.0, 2.0, 2.0, 3.5, 5.5, 3.5, 3.0]
    assert found.on[:, 0].tolist() == [False, False, False, False, True, False, False]
    assert not found.statistic.known[2, 0]


@pytest.mark.parametrize(("limit", "shift", "published"), [(4, 0, 335.4), (5, 0, 930.9), (4, 1, 8.38), (5, 1, 10.4)])
def test_run_lengths_of_the_tables(limit: float, shift: float, published: float) -> None:
    """Montgomery, Introduction to Statistical Quality Control, table 9.3: one-sided, slack 0.5 (two-sided 168, 465)."""
    assert run_length(limit=limit, shift=shift) == pytest.approx(published, abs=0.05)


def test_the_rate_for_normal_counts_is_exact() -> None:
    drawn = np.random.default_rng(0).normal(1000.0, 30.0, (8, 200_000))
    measured = c1(whole(drawn)).on[-1].mean()
    assert normal_rate() == pytest.approx(0.01545, abs=1e-5)
    assert measured == pytest.approx(normal_rate(), abs=4 * (normal_rate() / 200_000) ** 0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_stated_is_what_happens(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fresh quiet days at a mean between the measured ones."""
    monkeypatch.setattr(signals, "QUIET_DAYS", 40_000)
    signals._measured.cache_clear()
    mean, rng = 3.0, np.random.default_rng(99)
    stated = float(false_alarms(kind, np.array([mean]))[0])
    signals._measured.cache_clear()
    counts = whole(rng.poisson(mean, (212, 300)))
    usual: Floats = np.full(300, mean)
    found = {"C1": c1, "C2": c2, "C3": c3}[kind](counts) if kind != "CUSUM" else cusum(counts, usual)
    assert found.on[12:].mean() == pytest.approx(stated, rel=0.15)
    assert len(MEANS) == 12
