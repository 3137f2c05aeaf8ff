"""Signals: is today's count out of step with the last days? EARS C1, C2, C3 and CUSUM, each with its false-alarm rate.

EARS needs ten days of history and no model: Hutwagner, Thompson, Seeman and Treadwell (2003), The bioterrorism
preparedness and response Early Aberration Reporting System (EARS), Journal of Urban Health 80 (S1). CUSUM: Page
(1954); its run length by Brook and Evans (1972), Biometrika 59.

Counts are days x units (:class:`grid.rates.Part`). A baseline with missing days is that of the days that are
there, if they are enough; a missing day has no signal of its own, and CUSUM waits over it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from grid.arrays import Bools, Floats
from grid.rates import REPORTED_SHARE, Part

#: Days of the baseline.
BASELINE = 7
#: Days between the baseline and the day it judges, for C2 and C3: a slow rise does not raise its own baseline.
LAG = 2
#: Standard deviations above the baseline's mean from which C1 and C2 signal.
SIGMAS = 3.0
#: Sum over three days of what C2 exceeds 1 by, from which C3 signals.
C3_SUM = 2.0
#: Least standard deviation (Burkom's advice for sparse counts): a single case after seven noughts is no signal yet.
MIN_SIGMA = 0.5
#: CUSUM's slack and limit in standard deviations: a shift of one is found in about 8 days, a false alarm comes once
#: in 336 days if counts are normal.
SLACK, LIMIT = 0.5, 4.0

KINDS = ("C1", "C2", "C3", "CUSUM")


@dataclass(frozen=True)
class Signals:
    """``statistic`` days x units and the ``limit`` above which it signals."""

    statistic: Part
    limit: float

    @property
    def on(self) -> Bools:
        """Where the statistic is known and above its limit."""
        return self.statistic.known & (self.statistic.value > self.limit)


def baseline(counts: Part, lag: int = 0, days: int = BASELINE) -> tuple[Part, Floats]:
    """(mean, standard deviation) of the ``days`` days that end ``lag`` + 1 days before each day.

    Known where enough of those days were reported, the standard deviation with n - 1.
    """
    value = np.where(counts.known, counts.value, 0.0)
    n, total = _trailing(counts.known.astype(np.float64), lag, days), _trailing(value, lag, days)
    mean = total / np.maximum(n, 1)
    # sums of squares of whole numbers are exact: no cancellation to fear
    spread = np.maximum(_trailing(value**2, lag, days) - n * mean**2, 0.0) / np.maximum(n - 1, 1)
    return Part(mean, n >= REPORTED_SHARE * days), np.sqrt(spread)


def _trailing(value: Floats, lag: int, days: int) -> Floats:
    before = np.zeros((lag + days + 1, value.shape[1]))
    total = np.cumsum(np.vstack([before, value]), axis=0)
    return np.asarray(total[days : days + len(value)] - total[: len(value)])


def _standing(counts: Part, lag: int, min_sigma: float) -> Part:
    mean, spread = baseline(counts, lag)
    known = counts.known & mean.known
    gap = np.where(known, counts.value - mean.value, 0.0)
    scale = np.maximum(spread, min_sigma)
    far = np.where(gap > 0, np.inf, 0.0)  # without a least sigma: any case after days that were all alike
    return Part(np.where(scale > 0, gap / np.where(scale > 0, scale, 1.0), far), known)


def c1(counts: Part, sigmas: float = SIGMAS, min_sigma: float = MIN_SIGMA) -> Signals:
    """C1-MILD: (count - mean) / sd of the 7 days before."""
    return Signals(_standing(counts, 0, min_sigma), sigmas)


def c2(counts: Part, sigmas: float = SIGMAS, min_sigma: float = MIN_SIGMA) -> Signals:
    """C2-MEDIUM: the same with two days between the baseline and the day."""
    return Signals(_standing(counts, LAG, min_sigma), sigmas)


def c3(counts: Part, limit: float = C3_SUM, min_sigma: float = MIN_SIGMA) -> Signals:
    """C3-ULTRA: the sum over the last three days of max(0, C2 - 1). Known where all three are."""
    standing = _standing(counts, LAG, min_sigma)
    over = np.where(standing.known, np.maximum(standing.value - 1.0, 0.0), 0.0)
    value, known = over.copy(), standing.known.copy()
    for back in (1, 2):
        value[back:] += over[:-back]
        known[back:] &= standing.known[:-back]
    known[:2] = False
    return Signals(Part(value, known), limit)


def upper(counts: Part, lag: int = 0, sigmas: float = SIGMAS, min_sigma: float = MIN_SIGMA) -> Part:
    """The count above which C1 (``lag`` 0) or C2 (``lag`` 2) signals."""
    mean, spread = baseline(counts, lag)
    return Part(mean.value + sigmas * np.maximum(spread, min_sigma), mean.known)


def cusum(counts: Part, mean: Floats, slack: float = SLACK, limit: float = LIMIT) -> Signals:
    """The one-sided cumulative sum S = max(0, S + (count - mean) / sqrt(mean) - slack), begun anew after a signal.

    ``mean`` (units): what is usual, from days before those of ``counts``. The standard deviation is that of counts,
    the mean's root, at least MIN_SIGMA.
    """
    scale = np.maximum(np.sqrt(mean), MIN_SIGMA)
    found, state = np.zeros(counts.value.shape), np.zeros(len(mean))
    for day in range(len(found)):
        step = np.where(counts.known[day], (counts.value[day] - mean) / scale - slack, 0.0)
        state = found[day] = np.maximum(state + step, 0.0)
        state = np.where(state > limit, 0.0, state)
    return Signals(Part(found, counts.known), limit)


# --- how often each is wrong ---------------------------------------------------------------------------


def normal_rate(sigmas: float = SIGMAS, days: int = BASELINE) -> float:
    """Share of quiet days on which C1 or C2 signals if counts are normal, exactly.

    (count - mean) / (sd sqrt(1 + 1 / n)) of n independent days follows Student's t with n - 1 degrees of freedom.
    """
    return float(special.stdtr(days - 1, -sigmas / np.sqrt(1 + 1 / days)))


def run_length(slack: float = SLACK, limit: float = LIMIT, shift: float = 0.0, states: int = 400) -> float:
    """Mean days until CUSUM signals if standardised counts are normal with mean ``shift``.

    Brook and Evans: the sum as a Markov chain over ``states`` steps of its range. 335.4 for slack 0.5 and limit 4,
    930.9 for limit 5 (Hawkins and Olwell 1998, table 3.1).
    """
    width = 2 * limit / (2 * states - 1)
    middle = np.arange(states) * width
    edge = middle[None, :] - middle[:, None] + width / 2 + slack - shift
    below = special.ndtr(edge)
    step = np.column_stack([below[:, :1], np.diff(below, axis=1)])
    return float(np.linalg.solve(np.eye(states) - step, np.ones(states))[0])


#: Means of Poisson counts, and the share of independent quiet days with such a mean on which each method at standard
#: settings signals: measured by simulation of 400,000 days each (CUSUM 2 million), so that a rate of 1 % is known to
#: 0.02 % (one sigma). Between the means it is read off straight in their logarithm.
MEANS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 200.0)
RATES = {
    "C1": (0.00017, 0.00125, 0.00449, 0.01437, 0.03407, 0.03623, 0.03008, 0.02382, 0.02125, 0.01943, 0.01824, 0.01682),
    "C2": (0.00017, 0.00125, 0.00451, 0.01435, 0.03414, 0.03607, 0.02962, 0.02384, 0.02131, 0.01969, 0.01801, 0.01700),
    "C3": (0.00057, 0.00372, 0.01392, 0.04514, 0.11340, 0.12108, 0.10182, 0.08754, 0.08007, 0.07547, 0.07146, 0.06789),
    "CUSUM": (
        0.00003, 0.00038, 0.00150, 0.00811, 0.00774, 0.00531, 0.00537, 0.00427, 0.00413, 0.00367, 0.00345, 0.00322,
    ),
}  # fmt: skip


def false_alarms(kind: str, mean: Floats) -> Floats:
    """Share of quiet days on which ``kind`` signals, for Poisson counts of each ``mean``: what the screen states."""
    return np.interp(np.log(np.maximum(mean, MEANS[0])), np.log(MEANS), RATES[kind])
