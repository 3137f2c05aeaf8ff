"""The only place that divides: windows, rates, shares and growth from sums, with their states.

States are small integers: VALUE, ZERO, SUPPRESSED, MISSING, in the order of data.terms.STATES.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.terms import STATES

VALUE, ZERO, SUPPRESSED, MISSING = range(len(STATES))

#: A window is given from this share of reported days on: five of seven, ten of fourteen.
REPORTED_SHARE = 0.7

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Values:
    """Answers, days x units: ``value`` (NaN where there is none) and ``state``."""

    value: Floats
    state: NDArray[np.uint8]


@dataclass(frozen=True)
class Part:
    """A numerator or denominator: ``value`` and where it is ``known``, days x units."""

    value: Floats
    known: Mask


def settle(value: Floats, known: Mask) -> Values:
    """Values with their states: not known is missing, nought is zero, the rest is a value."""
    state = np.where(known, np.where(value == 0, ZERO, VALUE), MISSING).astype(np.uint8)
    return Values(np.where(known, value, np.nan), state)


def window(part: Part, days: int) -> Part:
    """Sums over the ``days`` days up to each day; the first ``days - 1`` days are cut off.

    Days that were not reported are left out and the sum is scaled to the whole window (the mean of the
    reported days times ``days``); known where the day itself and REPORTED_SHARE of the window are.
    """
    total = _moving(np.where(part.known, part.value, 0.0), days)
    reported = _moving(part.known.astype(np.float64), days)
    known = part.known[days - 1 :] & (reported >= REPORTED_SHARE * days)
    # exact sums where all days are reported: no factor at all rather than a factor of 1.0
    scaled = np.where(reported == days, total, total * days / np.maximum(reported, 1))
    return Part(scaled, known)


def _moving(value: Floats, days: int) -> Floats:
    total = np.cumsum(np.vstack([np.zeros((1, value.shape[1])), value]), axis=0)
    return np.asarray(total[days:] - total[:-days])


def ratio(top: Part, bottom: Part, per: float = 1.0) -> Part:
    """``per`` x top / bottom; not known where the bottom is zero or either is unknown."""
    known = top.known & bottom.known & (bottom.value > 0)
    return Part(per * top.value / np.where(known, bottom.value, 1.0), known)


def growth(now: Part, before: Part) -> Part:
    """now / before - 1; nought against nought is 0, anything against nought is not known."""
    both = now.known & before.known
    level = both & (before.value == 0) & (now.value == 0)
    known = level | (both & (before.value > 0))
    value = now.value / np.where(before.value > 0, before.value, 1.0) - 1
    return Part(np.where(level, 0.0, value), known)
