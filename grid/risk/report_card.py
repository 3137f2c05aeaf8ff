"""The report card of a forecast: how much of what came lay where it pointed, and was it better than doing nothing?

Hit rate: the share of the later findings inside the highest-ranked units that make up 1, 5, 10, 20 % of all units, of
the ground, or of the people. PAI: hit rate over that share (Chainey, Tompson and Uhlig 2008, The utility of hotspot
mapping, Security Journal 21). Intervals: the share of outcomes inside (:func:`covered`), and the weighted interval
score of Bracher, Ray, Gneiting and Reich (2021), Evaluating epidemic forecasts in an interval format, PLoS
Computational Biology 17.

Every figure stands beside those of two forecasts that need no model: persistence (the sum of the last 7 days) and
decay (each day counts 0.85 of the next). Differences are judged by a paired bootstrap over blocks of days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from grid.arrays import Floats, Ints

#: Shares of units, ground and people at which hits are counted.
SHARES = (0.01, 0.05, 0.1, 0.2)
#: Levels of the intervals.
LEVELS = (0.5, 0.9)
#: Days of a block in the bootstrap: forecasts of 7 days that start less than 7 days apart share outcomes.
BLOCK = 7
#: Resamples of the bootstrap, and the level of its interval.
RESAMPLES, SURE = 2000, 0.95
#: A map must surely find this many times what chance finds, or nothing it shows is worth a colour.
LEAST_PAI = 1.5
#: The share of units that the chance test looks at.
CHANCE_AT = 0.05

#: Why a map is grey, or that it is not.
Why = Literal["wins", "no better than chance", "loses", "not proven"]


@dataclass(frozen=True)
class Interval:
    """A mean over the days of forecasting with its bootstrap interval."""

    mean: float
    low: float
    high: float

    @property
    def above(self) -> bool:
        """Whether the whole interval lies above nought."""
        return self.low > 0


@dataclass(frozen=True)
class Issue:
    """One forecast as issued on one day, and what came: ``score`` (units) ranks them; ``mean`` (units) findings
    expected; ``quantiles`` (5, units) are those of QUANTILES; ``found`` (units) the findings of the following days, for
    scoring alone; ``reached`` (2, units) the chance that the forecast gave to fewer than that, and to no more."""

    score: Floats
    mean: Floats
    quantiles: Floats
    reached: Floats
    found: Floats


#: Quantiles of an issue: the ends of both intervals and the median.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Marks:
    """The marks of one forecaster, each a row per day of forecasting: ``hits`` (days, SHARES) by denominator
    ("units", "area", "people"), ``coverage`` (days, LEVELS) see :func:`covered`, ``wis`` (days) mean weighted interval
    score over all units."""

    hits: Mapping[str, Floats]
    coverage: Floats
    wis: Floats


@dataclass(frozen=True)
class ReportCard:
    """Marks of the forecast and of what it must beat; differences are the forecast's minus the better of the two.

    By denominator: ``difference`` one Interval a share of SHARES, ``leads`` their mean over all shares, ``whys`` what
    that comes to. ``wis``: the saving against the better baseline.
    """

    forecast: Marks
    baselines: Mapping[str, Marks]
    difference: Mapping[str, tuple[Interval, ...]]
    leads: Mapping[str, Interval]
    whys: Mapping[str, Why]
    wis: Interval

    @property
    def overall(self) -> Interval:
        """The mean lead over all shares of units."""
        return self.leads["units"]

    @property
    def why(self) -> Why:
        """Whether the map is shown in colour: by units, which are what it points at."""
        return self.whys["units"]

    @property
    def grey(self) -> bool:
        """Whether the map must be drawn grey."""
        return self.why != "wins"

    def pai(self, of: str = "units") -> Floats:
        """(SHARES) the prediction accuracy index: mean hit rate over the share."""
        return np.asarray(np.nanmean(self.forecast.hits[of], axis=0) / np.array(SHARES))


def hit_rates(score: Floats, found: Floats, cost: Floats, shares: Sequence[float] = SHARES) -> Floats:
    """(shares) the share of ``found`` in the units of the highest ``score`` that make up each share of ``cost``.

    Units of one score are one block, inside which every order is as likely: the rate rises straight through it, and
    through a unit that is taken in part. NaN where nothing was found.
    """
    total = float(found.sum())
    if not total or not cost.sum():
        return np.full(len(shares), np.nan)
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    spent, gained = np.cumsum(cost[order])[ends], np.cumsum(found[order])[ends]
    at = np.array(shares) * spent[-1]
    rate: Floats = np.interp(at, np.append(0.0, spent), np.append(0.0, gained)) / total
    return rate


def interval_score(low: Floats, high: Floats, level: float, found: Floats) -> Floats:
    """(high - low) + 2 / a (low - y)+ + 2 / a (y - high)+ with a = 1 - ``level``."""
    a = 1 - level
    outside: Floats = np.maximum(low - found, 0) + np.maximum(found - high, 0)
    return np.asarray(high - low + 2 / a * outside)


def weighted_interval_score(quantiles: Floats, found: Floats) -> Floats:
    """(units) WIS of the median and both intervals: (|y - m| / 2 + sum of a_k / 2 IS_k) / (K + 1 / 2)."""
    low90, low50, middle, high50, high90 = quantiles
    total = 0.5 * np.abs(found - middle)
    total += 0.5 / 2 * interval_score(low50, high50, 0.5, found)
    total += 0.1 / 2 * interval_score(low90, high90, 0.9, found)
    return np.asarray(total / 2.5)


def covered(reached: Floats, mean: Floats) -> Floats:
    """(LEVELS) the share of outcomes inside, each unit counting as much as was expected of it; NaN where nothing was.

    Of a count that is drawn on the rim of an interval the part of its chance inside counts (the randomised probability
    integral transform, its mean: Czado, Gneiting and Held 2009, Predictive model assessment for count data, Biometrics
    65): an interval of whole numbers holds more than its level, and a forecast that is right covers just the level.
    Weights are from the forecast alone. To leave out units where nought was forecast and nought came would choose by
    the outcome, and count the misses among them only: a forecast that is right would look wrong.
    """
    if not mean.sum():
        return np.full(len(LEVELS), np.nan)
    below, upto = reached
    tails = [(1 - level) / 2 for level in LEVELS]
    inside = [np.maximum(np.minimum(upto, 1 - tail) - np.maximum(below, tail), 0.0) for tail in tails]
    part = np.stack(inside) / np.maximum(upto - below, 1e-300)
    return np.asarray(np.minimum(part, 1.0) @ mean / mean.sum())


def mark(issues: Sequence[Issue], costs: Mapping[str, Floats]) -> Marks:
    """The marks of a forecaster's ``issues``; ``costs``: denominator -> what each unit costs."""
    hits = {name: np.stack([hit_rates(i.score, i.found, cost) for i in issues]) for name, cost in costs.items()}
    coverage = np.stack([covered(i.reached, i.mean) for i in issues])
    wis = np.array([weighted_interval_score(i.quantiles, i.found).mean() for i in issues])
    return Marks(hits, coverage, wis)


def report_card(
    forecast: Sequence[Issue], baselines: Mapping[str, Sequence[Issue]], costs: Mapping[str, Floats], seed: int = 0
) -> ReportCard:
    """The card of ``forecast`` against ``baselines`` on the same days, oldest first; ``costs`` as in :func:`mark`."""
    mine = mark(forecast, costs)
    theirs = {name: mark(issues, costs) for name, issues in baselines.items()}
    draws = resample(len(forecast), np.random.default_rng(seed))
    difference = {
        of: tuple(_against(mine.hits[of][:, n], [m.hits[of][:, n] for m in theirs.values()], draws) for n in range(4))
        for of in costs
    }
    leads = {
        of: _against(mine.hits[of].mean(axis=1), [m.hits[of].mean(axis=1) for m in theirs.values()], draws)
        for of in costs
    }
    wis = _against(-mine.wis, [-m.wis for m in theirs.values()], draws)
    at = SHARES.index(CHANCE_AT)
    chance = {of: _interval(hits[:, at] / CHANCE_AT - LEAST_PAI, draws) for of, hits in mine.hits.items()}
    return ReportCard(mine, theirs, difference, leads, {of: _why(chance[of], leads[of]) for of in costs}, wis)


def _why(chance: Interval, overall: Interval) -> Why:
    if not chance.above:
        return "no better than chance"
    if overall.above:
        return "wins"
    return "loses" if overall.mean < 0 else "not proven"


def resample(days: int, rng: np.random.Generator) -> Ints:
    """(RESAMPLES, days) days drawn in blocks of BLOCK running days (Kuensch 1989), round the end to the start."""
    blocks = -(-days // BLOCK)
    start = rng.integers(0, days, (RESAMPLES, blocks))
    drawn = (start[:, :, None] + np.arange(BLOCK)) % days
    return np.asarray(drawn.reshape(RESAMPLES, -1)[:, :days])


def _against(mine: Floats, theirs: Sequence[Floats], draws: Ints) -> Interval:
    """The difference to the best of the baselines: the one with the highest mean over these days."""
    best = max(theirs, key=lambda marks: float(np.nanmean(marks)) if np.isfinite(marks).any() else -np.inf)
    return _interval(mine - best, draws)


def _interval(values: Floats, draws: Ints) -> Interval:
    if not np.isfinite(values).any():
        return Interval(np.nan, np.nan, np.nan)
    there = np.isfinite(values)
    n = np.maximum(there[draws].sum(axis=1), 1)
    means = np.where(there, values, 0.0)[draws].sum(axis=1) / n
    tail = 50 * (1 - SURE)
    low, high = np.percentile(means, [tail, 100 - tail])
    return Interval(float(np.nanmean(values)), float(low), float(high))
