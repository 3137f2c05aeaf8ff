"""From a score to what may come: the mean of every unit, and how widely outcomes spread around it.

    mean = total x ((1 - stray) x score^flat / sum of score^flat + stray / units)

``stray`` is the share of the cases that come where nothing points to, the same everywhere; ``flat`` draws high and low
scores together. Neither changes the order of the units: what a forecast hits stays as it is. Outcomes are negative
binomial with size = k x mean^p: p = 0 is the usual form (variance mean + mean^2 / k), p = 1 that of a variance in
proportion to the mean (Cameron and Trivedi 1986, Econometric models based on count data, Journal of Applied
Econometrics 1): units with many cases spread less, in proportion, than units with few.

All four are those under which the outcomes of the last forecasts were likeliest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from scipy import special

from grid.arrays import Floats, Ints
from grid.risk.report_card import QUANTILES, Issue

#: What is tried of each, and all together: (flat, stray, p, k).
FLATS, STRAYS = (0.4, 0.6, 0.8, 1.0), (0.0, 0.02, 0.05, 0.1, 0.2, 0.4)
POWERS, SIZES = (0.0, 0.35, 0.7, 0.9), (0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 3.0, 10.0, 100.0)
CHOICES = tuple(product(FLATS, STRAYS, POWERS, SIZES))
#: What is taken before any week is over: few forecasts are sure, and none knows where strays come.
FIRST = (1.0, 0.1, 0.0, 0.3)
#: Width of the bins of scores, in logarithms, that likelihoods are summed over.
BIN = 0.2
#: A mean below which nothing is expected.
LEAST = 1e-9


@dataclass(frozen=True)
class Spread:
    """One of CHOICES."""

    flat: float
    stray: float
    power: float
    size: float

    def mean(self, score: Floats, total: float) -> Floats:
        """(units) cases expected, ``total`` together."""
        raised = score.astype(np.float64) ** self.flat
        shared = raised / raised.sum() if raised.any() else np.full(len(score), 1 / len(score))
        return np.asarray(total * ((1 - self.stray) * shared + self.stray / len(score)))

    def sizes(self, mean: Floats) -> Floats:
        """(units) the negative binomial's size."""
        return np.asarray(self.size * np.maximum(mean, LEAST) ** self.power)

    def quantiles(self, mean: Floats) -> Floats:
        """(QUANTILES, units), each for the nearest mean of _GRID."""
        at = np.rint((np.log(np.clip(mean, _GRID[0], _GRID[-1])) - np.log(_GRID[0])) / STEP).astype(np.int64)
        return _table(self.power, self.size)[:, at]

    def reached(self, mean: Floats, found: Floats) -> Floats:
        """(2, units) the chance of fewer than ``found``, and of no more."""
        size = self.sizes(mean)
        chance = size / (size + np.maximum(mean, LEAST))
        below, upto = np.zeros(len(mean)), chance**size
        some = np.flatnonzero(found > 0)
        for ends, more in ((below, 0.0), (upto, 1.0)):
            ends[some] = special.betainc(size[some], found[some] + more, chance[some])
        return np.stack([below, upto])


@dataclass(frozen=True)
class Outlook:
    """What is forecast: ``score`` (units, it ranks them), the ``total`` of cases expected, and their spread."""

    score: Floats
    total: float
    spread: Spread

    @property
    def mean(self) -> Floats:
        """(units) cases expected."""
        return self.spread.mean(self.score, self.total)

    def issue(self, found: Floats) -> Issue:
        """With what came."""
        mean = self.mean
        return Issue(self.score, mean, self.spread.quantiles(mean), self.spread.reached(mean, found), found)


def fitted(tables: Sequence[Floats]) -> Spread:
    """The likeliest choice, by the :func:`likelihoods` of past forecasts; FIRST where there are none."""
    return Spread(*(CHOICES[int(np.argmax(sum(tables)))] if tables else FIRST))


def likelihoods(score: Floats, total: float, found: Floats) -> Floats:
    """(CHOICES) log likelihoods of ``found`` up to a constant, scores taken in bins of BIN."""
    bins = np.rint(np.log(np.maximum(score.astype(np.float64), 1e-12)) / BIN).astype(np.int64)
    at, of, units = np.unique(bins, return_inverse=True, return_counts=True)
    there = found > 0
    pairs = np.stack([of[there], np.rint(found[there]).astype(np.int64)])
    (row, came), times = np.unique(pairs, axis=1, return_counts=True)
    mean = np.maximum(_means(np.exp(BIN * at), units, total), LEAST)
    sides = [_likelihood(mean, power, units, (row, came, times)) for power in POWERS]
    return np.stack(sides, axis=1).reshape(-1)  # flat x stray, power, size: as CHOICES


def _means(score: Floats, units: Ints, total: float) -> Floats:
    """(flat x stray, bins)."""
    raised = score ** np.array(FLATS)[:, None]
    shared = (raised / (raised @ units)[:, None])[:, None, :]
    stray = np.array(STRAYS)[:, None]
    return np.asarray(total * ((1 - stray) * shared + stray / units.sum())).reshape(-1, len(score))


def _likelihood(mean: Floats, power: float, units: Ints, came: tuple[Ints, Ints, Ints]) -> Floats:
    """(means, SIZES)."""
    row, y, times = came
    size = np.array(SIZES)[:, None] * (mean**power)[:, None, :]
    none = np.einsum("msb,b->ms", size * np.log(size / (size + mean[:, None, :])), units)
    s, m = size[:, :, row], mean[:, None, row]
    some = special.gammaln(y + s) - special.gammaln(s) + y * np.log(m / (s + m))
    return np.asarray(none + np.einsum("msp,p->ms", some, times))


#: Distance of the means at which quantiles are worked out, in logarithms: a mean between two takes the nearer.
STEP = 0.04
_GRID: Floats = np.exp(np.arange(np.log(1e-4), np.log(1e5), STEP))


@cache
def _table(power: float, size: float) -> Floats:
    """(QUANTILES, _GRID)."""
    sizes = size * _GRID**power
    return np.stack([_quantile(p, sizes) for p in QUANTILES])


def _quantile(p: float, size: Floats) -> Floats:
    """The least count whose distribution function reaches ``p``, at every mean of _GRID."""
    chance = size / (size + _GRID)
    low, high = np.full(len(_GRID), -1.0), np.ceil(20 * (_GRID + np.sqrt(_GRID + _GRID**2 / size)) + 20)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = special.betainc(size, middle + 1, chance) >= p
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(high)
