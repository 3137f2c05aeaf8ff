"""The reproduction number from counts by day: how many each infected person infects, where the counts carry it.

Source: Cori, Ferguson, Fraser and Cauchemez (2013), A new framework and software to estimate time-varying
reproduction numbers during epidemics, American Journal of Epidemiology 178 (the package EpiEstim). Over a window of
days R has a gamma prior; with the cases I of the window and the infectiousness L = sum of I (t - s) w (s), the
posterior is gamma with shape a + sum I and scale 1 / (1 / b + sum L).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from grid.arrays import Bools, Floats
from grid.rates import REPORTED_SHARE, Part

#: Days of the window.
WINDOW = 7
#: Mean and standard deviation of the prior: wide and high, so that R below one is never the prior's own claim.
PRIOR = (5.0, 5.0)
#: Cumulative cases before which R is not told: with fewer its posterior is the prior (Cori et al., web appendix).
LEAST = 12.0
#: Days of a serial interval beyond which it is cut: 1e-6 is left of a mean of 2.6 days at 20.
LONGEST = 30


@dataclass(frozen=True)
class Rt:
    """R of the window that ends on each day, days x units; numbers are NaN where not ``known``."""

    mean: Floats
    sd: Floats
    low: Floats
    median: Floats
    high: Floats
    known: Bools


def serial_interval(mean: float, sd: float, days: int = LONGEST) -> Floats:
    """(days + 1) the chance that the serial interval is 0, 1 ... days: a gamma shifted by one day, made discrete.

    Cori et al. 2013, web appendix 11. ``mean`` above one day.
    """
    shape, scale = ((mean - 1) / sd) ** 2, sd**2 / (mean - 1)
    k = np.arange(days + 1, dtype=np.float64)

    def below(shift: int, more: int) -> Floats:
        return np.asarray(special.gammainc(shape + more, np.maximum(k - shift, 0.0) / scale))

    straight = k * below(0, 0) + (k - 2) * below(2, 0) - 2 * (k - 1) * below(1, 0)
    bent = shape * scale * (2 * below(1, 1) - below(2, 1) - below(0, 1))
    return np.maximum(straight + bent, 0.0)


def infectiousness(counts: Part, interval: Floats) -> Floats:
    """Sum of the earlier cases, each by the chance that its infections show today, days x units.

    A day that was not reported infects as the straight line between its neighbours does.
    """
    filled = _filled(counts)
    found = np.zeros(filled.shape)
    for step in range(1, min(len(interval), len(filled))):
        found[step:] += interval[step] * filled[:-step]
    return found


def _filled(counts: Part) -> Floats:
    value = np.where(counts.known, counts.value, 0.0)
    days = np.arange(len(value))
    for unit in np.flatnonzero(~counts.known.all(axis=0) & counts.known.any(axis=0)):
        there = counts.known[:, unit]
        value[:, unit] = np.interp(days, days[there], value[there, unit])
    return value


def estimate(counts: Part, interval: Floats, window: int = WINDOW, band: float = 0.95) -> Rt:
    """R with its ``band`` for every day and unit.

    Told where LEAST cases were seen up to the day, the window lies wholly after the first day (which has no past),
    REPORTED_SHARE of it was reported, and there was somebody to infect.
    """
    there = counts.known.astype(np.float64)
    cases = np.where(counts.known, counts.value, 0.0)
    infectious = infectiousness(counts, interval) * there
    n, total, force = (_window(each, window) for each in (there, cases, infectious))
    late = np.arange(len(cases))[:, None] >= window
    known = late & (np.cumsum(cases, axis=0) >= LEAST) & (n >= REPORTED_SHARE * window) & (force > 0)
    return _posterior(total, force, known, band)


def _window(value: Floats, days: int) -> Floats:
    total = np.cumsum(value, axis=0)
    total[days:] = total[days:] - total[:-days]
    return total


def _posterior(total: Floats, force: Floats, known: Bools, band: float) -> Rt:
    prior_shape, prior_scale = (PRIOR[0] / PRIOR[1]) ** 2, PRIOR[1] ** 2 / PRIOR[0]
    shape, scale = prior_shape + total[known], 1 / (1 / prior_scale + force[known])

    def put(values: Floats) -> Floats:
        whole = np.full(known.shape, np.nan)
        whole[known] = values
        return whole

    def quantile(p: float) -> Floats:
        return put(np.asarray(special.gammaincinv(shape, p)) * scale)

    tail = (1 - band) / 2
    return Rt(
        put(shape * scale), put(np.sqrt(shape) * scale), quantile(tail), quantile(0.5), quantile(1 - tail), known
    )  # fmt: skip
