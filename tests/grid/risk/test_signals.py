"""EARS and CUSUM against published values, hand-worked days and their own stated false-alarm rates."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from grid.arrays import Floats
from grid.rates import Part
from grid.risk.signals import KINDS, MEANS, RATES, c1, c2, c3, cusum, false_alarms, normal_rate, run_length, upper
from tests.grid.risk.town import some, whole

NAN = float("nan")


def column(series: Sequence[float]) -> Part:
    return some(np.array(series)[:, None])


@pytest.mark.parametrize("lag", [0, 2])
@pytest.mark.parametrize(
    ("week", "published"),
    [
        ([0, 1, 2, 2, 2, 2, 3], 3.278854),
        ([1, 1, 1, 1, 2, 3, 3], 3.278854),
        ([0, 0, 2, 2, 2, 2, 3], 3.436517),
        ([1, 1, 1, 1, 2, 3, 4], 3.855617),
    ],
)
def test_upper_bounds_of_the_package_surveillance(week: list[float], published: float, lag: int) -> None:
    """The C1 bounds (alpha 0.05) that its own tests give for Salmonella Newport in Germany, 2011; the baselines are
    weeks of small counts that lead to just these. C2's bound is C1's of two days before: the same baseline."""
    found = upper(column([*week, *[0.0] * (lag + 1)]), lag, sigmas=float(stats.norm.isf(0.05)), min_sigma=0.0)
    assert found.value[-1, 0] == pytest.approx(published, abs=1e-6)


def standings(series: list[int]) -> list[float | None]:
    """C2 of every day with a whole baseline, in plain steps: Fricker, Hegler and Dunfee 2008, Comparing syndromic
    surveillance detection methods, Statistics in Medicine 27; the standard deviation is at least 0.5."""
    weeks = [series[max(0, day - 9) : max(0, day - 2)] for day in range(len(series))]
    return [
        (series[day] - statistics.mean(week)) / max(statistics.stdev(week), 0.5) if len(week) == 7 else None
        for day, week in enumerate(weeks)
    ]


@given(st.lists(st.integers(0, 40), min_size=12, max_size=30))
def test_c2_and_c3_are_their_definitions(series: list[int]) -> None:
    """No published numbers of C2's statistic or of C3 were found: the package's own tests give none, the papers only
    rates. So they are worked out a second time from what Fricker et al. define: C3 is the sum over three days of what
    C2 exceeds one by."""
    two, three = c2(column(series)), c3(column(series))
    each = standings(series)
    for day in range(9, len(series)):
        assert two.statistic.value[day, 0] == pytest.approx(each[day], abs=1e-9)
    for day in range(11, len(series)):
        over = sum(max(0.0, (each[back] or 0.0) - 1) for back in (day - 2, day - 1, day))
        assert three.statistic.value[day, 0] == pytest.approx(over, abs=1e-9)
        assert three.on[day, 0] == (three.statistic.value[day, 0] > 2)


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


def signalled(kind: str, mean: float, rng: np.random.Generator) -> tuple[float, int]:
    """The share of fresh quiet days on which a method signals, and of how many independent ones."""
    days, units = (200, 600) if kind == "CUSUM" else (12, 60_000)
    counts = whole(rng.poisson(mean, (days, units)))
    usual: Floats = np.full(units, mean)
    found = {"C1": c1, "C2": c2, "C3": c3}[kind](counts) if kind != "CUSUM" else cusum(counts, usual)
    rows = slice(0, None) if kind == "CUSUM" else slice(-1, None)
    return float(found.on[rows].mean()), found.on[rows].size


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mean", [MEANS[2], MEANS[5], MEANS[9]])
def test_what_is_stated_is_what_happens(kind: str, mean: float) -> None:
    """Measured anew, with other chances; the stated rate is rounded to five digits."""
    stated = float(false_alarms(kind, np.array([mean]))[0])
    found, days = signalled(kind, mean, np.random.default_rng(99))
    assert found == pytest.approx(stated, abs=5 * (stated / days) ** 0.5 + 1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_between_the_measured_means_it_is_about_right(kind: str) -> None:
    stated = float(false_alarms(kind, np.array([3.0]))[0])
    assert signalled(kind, 3.0, np.random.default_rng(98))[0] == pytest.approx(stated, rel=0.15)
    assert len(MEANS) == len(RATES[kind])
