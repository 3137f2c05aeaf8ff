"""The report card of a forecast: how much of what came lay where it pointed, and was it better than doing nothing?

Hit rate: the share of the later findings inside the highest-ranked units that make up 1, 5, 10, 20 % of all units, of
the ground, or of the people. PAI: hit rate over that share (Chainey, Tompson and Uhlig 2008, The utility of hotspot
mapping, Security Journal 21). Intervals: the share of outcomes inside, and the weighted interval score of Bracher,
Ray, Gneiting and Reich (2021), Evaluating epidemic forecasts in an interval format, PLoS Computational Biology 17.

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
    """One forecast as issued on one day, and what came: ``score`` (units) ranks them; ``quantiles`` (5, units) are
    those of QUANTILES; ``found`` (units) the findings of the following days, for scoring alone."""

    score: Floats
    quantiles: Floats
    found: Floats


#: Quantiles of an issue: the ends of both intervals and the median.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Marks:
    """The marks of one forecaster, each a row per day of forecasting: ``hits`` (days, SHARES) by denominator
    ("units", "area", "people"), ``coverage`` (days, LEVELS) over the units where anything was expected or came,
    ``wis`` (days) mean weighted interval score over all units."""

    hits: Mapping[str, Floats]
    coverage: Floats
    wis: Floats


@dataclass(frozen=True)
class ReportCard:
    """Marks of the forecast and of what it must beat; differences are the forecast's minus the better of the two.

    ``difference`` by denominator: one Interval a share of SHARES; ``overall`` is the mean over all shares of units;
    ``wis`` the saving against the better baseline. ``why`` says whether the map is shown in colour.
    """

    forecast: Marks
    baselines: Mapping[str, Marks]
    difference: Mapping[str, tuple[Interval, ...]]
    overall: Interval
    wis: Interval
    why: Why

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


def covered(quantiles: Floats, found: Floats) -> Floats:
    """(LEVELS) the share of outcomes inside, over the units where the upper end is not nought or something came.

    Where nought is forecast for sure and nought comes, there is nothing to praise.
    """
    open_ = (quantiles[4] > 0) | (found > 0)
    if not open_.any():
        return np.full(len(LEVELS), np.nan)
    q, y = quantiles[:, open_], found[open_]
    return np.array([np.mean((y >= q[1]) & (y <= q[3])), np.mean((y >= q[0]) & (y <= q[4]))])


def mark(issues: Sequence[Issue], costs: Mapping[str, Floats]) -> Marks:
    """The marks of a forecaster's ``issues``; ``costs``: denominator -> what each unit costs."""
    hits = {name: np.stack([hit_rates(i.score, i.found, cost) for i in issues]) for name, cost in costs.items()}
    coverage = np.stack([covered(i.quantiles, i.found) for i in issues])
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
    overall = _against(mine.hits["units"].mean(axis=1), [m.hits["units"].mean(axis=1) for m in theirs.values()], draws)
    wis = _against(-mine.wis, [-m.wis for m in theirs.values()], draws)
    chance = _interval(mine.hits["units"][:, SHARES.index(CHANCE_AT)] / CHANCE_AT - LEAST_PAI, draws)
    return ReportCard(mine, theirs, difference, overall, wis, _why(chance, overall))


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
