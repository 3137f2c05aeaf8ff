"""Cori's R against the table that EpiEstim prints for the flu of 2009."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from data.city import RiskSettings
from grid.risk.rt import LEAST, estimate, infectiousness, serial_interval
from tests.grid.risk.town import some, whole

#: Onsets by day in a school in Pennsylvania from 2009-04-27 on (Cauchemez et al. 2011), EpiEstim's data set Flu2009.
FLU = [1, 1, 0, 2, 5, 3, 3, 3, 6, 2, 5, 9, 13, 12, 13, 11, 12, 6, 6, 6, 3, 1, 0, 2, 0, 0, 0, 0, 2, 0, 2, 0]

#: head(estimate_R(Flu2009$incidence, method = "parametric_si", mean_si = 2.6, std_si = 1.5)$R), as printed:
#: t_end, mean, sd, quantiles 0.025, 0.5, 0.975.
TABLE = [
    (8, 1.735798, 0.4091314, 1.0287437, 1.703761, 2.624781),
    (9, 1.749168, 0.3647267, 1.1088223, 1.723884, 2.533119),
    (10, 1.537058, 0.3074116, 0.9947030, 1.516613, 2.195540),
    (11, 1.431839, 0.2705921, 0.9514466, 1.414830, 2.008849),
    (12, 1.422725, 0.2515046, 0.9731426, 1.407932, 1.956336),
    (13, 1.635373, 0.2523436, 1.1786332, 1.622413, 2.165745),
]
#: discr_si(0:20, mu = 2.6, sigma = 1.5), as printed.
INTERVAL = [0.0, 0.2331721, 0.3585794, 0.1981108, 0.1033427, 0.05290518, 0.02682146, 0.0135162, 0.006783438]


def flu() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array(FLU, np.float64)[:, None]


def test_the_serial_interval_of_the_table() -> None:
    found = serial_interval(2.6, 1.5)
    assert found[: len(INTERVAL)] == pytest.approx(INTERVAL, abs=1e-7)
    assert found.sum() == pytest.approx(1.0, abs=1e-6)
    assert (np.arange(len(found)) * found).sum() == pytest.approx(2.6, abs=1e-4)


#: Days -> pairs: S gene target failure, within households, infector's onset in week 50 of 2021 (Backer et al. 2022,
#: Eurosurveillance 27 (6), table S1).
PAIRS = {
    -4: 1, -3: 1, 0: 7, 1: 20, 2: 32, 3: 32, 4: 29, 5: 15, 6: 10, 7: 9, 8: 4, 10: 1, 11: 1, 12: 1, 14: 1,
}  # fmt: skip


def test_the_default_serial_interval_is_that_of_the_published_pairs() -> None:
    days = [day for day, pairs in PAIRS.items() for _ in range(pairs)]
    assert len(days) == 164
    assert round(statistics.mean(days), 1) == RiskSettings().serial_interval
    assert round(statistics.stdev(days), 1) == RiskSettings().serial_interval_sd


@pytest.mark.parametrize(("last", "mean", "sd", "low", "median", "high"), TABLE)
def test_r_of_the_table(last: int, mean: float, sd: float, low: float, median: float, high: float) -> None:
    found = estimate(whole(flu()), serial_interval(2.6, 1.5))
    row = last - 1
    got = [each[row, 0] for each in (found.mean, found.sd, found.low, found.median, found.high)]
    assert got == pytest.approx([mean, sd, low, median, high], abs=1e-6)


def test_r_is_told_only_where_the_counts_carry_it() -> None:
    interval = serial_interval(2.6, 1.5)
    slow = np.zeros((30, 1))
    slow[::3] = 1.0
    found = estimate(whole(slow), interval)
    assert not found.known.any()
    assert np.isnan(found.mean).all()
    found = estimate(whole(3 * slow), interval)
    assert np.cumsum(3 * slow)[found.known[:, 0]].min() >= LEAST
    assert found.known.any()
    assert not found.known[:7].any()


def test_constant_counts_have_an_r_of_one() -> None:
    found = estimate(whole(np.full((60, 2), 2000.0)), serial_interval(4.0, 2.0))
    assert found.mean[-1] == pytest.approx(1.0, abs=2e-3)
    assert (found.low[-1] < 1).all()
    assert (found.high[-1] > 1).all()


def test_a_growing_epidemic_has_the_r_of_its_own_renewal() -> None:
    interval = serial_interval(3.0, 1.5)
    cases = [500.0]
    for day in range(1, 50):
        cases.append(1.4 * sum(interval[s] * cases[day - s] for s in range(1, min(day, 30) + 1)))
    assert estimate(whole(np.array(cases)[:, None]), interval).mean[-1, 0] == pytest.approx(1.4, abs=5e-3)


def test_missing_days_leave_the_estimate_where_it_was() -> None:
    interval = serial_interval(3.0, 1.5)
    steady = np.full((40, 1), 500.0)
    holes = steady.copy()
    holes[[20, 25, 36]] = np.nan
    full, found = estimate(whole(steady), interval), estimate(some(holes), interval)
    assert found.mean[39, 0] == pytest.approx(full.mean[39, 0], rel=1e-3)
    assert found.sd[39, 0] > full.sd[39, 0]
    assert not estimate(some(np.full((40, 1), np.nan)), interval).known.any()


def test_infectiousness_is_the_weighted_past() -> None:
    interval = serial_interval(2.6, 1.5)
    found = infectiousness(whole(flu()), interval)
    for day in (1, 5, 20):
        assert found[day, 0] == pytest.approx(sum(interval[s] * FLU[day - s] for s in range(1, day + 1)))
