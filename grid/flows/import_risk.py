"""Import risk: infections carried out by travellers, and a model of cases elsewhere that is held against those found.

Carried out: travellers of a day x the share of people who carry the infection unfound (a band), Poisson numbers, so
that P(at least one) = 1 - exp(-mean).

The model is that of a risk source (Jia and others, Nature 582, 2020, in its plainest form): cumulative cases of
place i up to a day follow log(y + 1/2) = a + b log(flow) + c log(population) + error, least squares, with the usual
prediction interval of Student's t. A place outside its 90 % band has more than what was carried there explains (local
spread), or less (better control, or cases that are not reported). ``fit`` never looks past its moment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from grid.arrays import Bools, Floats, Ints

#: Width of every interval here.
LEVEL = 0.90

#: Days from infection to being found: the unfound are about as many as are found in so many days.
UNFOUND_DAYS = 7

#: Infections for each one found: least, middle and most. Surveys of the first months saw two to five.
UNSEEN = (1.0, 2.0, 4.0)

#: How fast new cases elsewhere are taken to fall off, as a share kept from day to day: the plainest forecast.
DECAY = 0.85

#: Days whose new cases are the pace from which that goes on.
PACE_DAYS = 3

#: Places with cases and flows below which nothing is fitted.
FEWEST = 8


def carried(found: Floats, people: Floats, unseen: tuple[float, float, float] = UNSEEN) -> Floats:
    """(days, 3) share of travellers who carry the infection unfound: least, middle, most.

    ``found``: (days,) cases within UNFOUND_DAYS up to each day, among ``people`` residents; NaN: not known.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = found[:, None] * np.array(unseen) / people[:, None]
    return np.asarray(np.where(people[:, None] > 0, np.minimum(share, 1.0), np.nan))


@dataclass(frozen=True, eq=False)
class Exported:
    """(places,) infections carried there: expected number with its 90 % interval, P(at least one) with its band.
    ``days``: (places,) how many days could be told; where there is none everything is NaN."""

    mean: Floats
    low: Floats
    high: Floats
    one: Floats
    one_low: Floats
    one_high: Floats
    days: Ints


def exported(people: Floats, share: Floats) -> Exported:
    """Of (days, places) travellers, NaN where their number is missing, and (days, 3) shares of carriers; all days
    together. Days that cannot be told add nothing, so that the numbers are lower bounds where ``days`` is short."""
    each = people[:, :, None] * share[:, None, :]
    told = np.isfinite(each[:, :, 1])
    known = told.any(axis=0)
    least, mean, most = np.where(known, np.nansum(each, axis=0).T, np.nan)
    tail = (1 - LEVEL) / 2
    low, high = stats.poisson.ppf(tail, least), stats.poisson.ppf(1 - tail, most)
    # scipy gives no quantile of a mean of nought: nothing is carried
    low, high = np.where(least == 0, 0.0, low), np.where(most == 0, 0.0, high)
    one, one_low, one_high = (-np.expm1(-number) for number in (mean, least, most))
    return Exported(mean, low, high, one, one_low, one_high, told.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Seen:
    """What is known of cases elsewhere. ``days``: (days,) day numbers; ``cases``: (days, places) cumulative, NaN not
    reported; ``flow_days``, ``flow`` (days, places): comparable flow from the source, nought where below the list;
    ``population``: (places,), NaN not known."""

    days: Ints
    cases: Floats
    flow_days: Ints
    flow: Floats
    population: Floats

    def at(self, moment: int) -> Floats:
        """(places,) cumulative cases as last reported up to ``moment``."""
        upto = np.flatnonzero(self.days <= moment)
        found = np.full(self.cases.shape[1], np.nan)
        for day in upto.tolist():
            found = np.where(np.isnan(self.cases[day]), found, self.cases[day])
        return found

    def carried(self, first: int, last: int) -> Floats:
        """(places,) flow from day ``first`` to day ``last``; missing days add nothing."""
        inside = (self.flow_days >= first) & (self.flow_days <= last)
        return np.asarray(np.nansum(self.flow[inside], axis=0))


@dataclass(frozen=True)
class Quality:
    """How well a fit describes what it was fitted on. ``places``; r of logarithms; Spearman's of the model, of the flow
    alone and of the population alone; ``covered``: share of places inside the 90 % band that was made without them."""

    places: int
    r: float
    spearman: float
    flow_alone: float
    population_alone: float
    covered: float


@dataclass(frozen=True, eq=False)
class Fit:
    """The model as fitted at ``moment`` (day number) on flows of ``window``. ``terms``: what coefficients are of."""

    moment: int
    window: tuple[int, int]
    terms: tuple[str, ...]
    coefficients: Floats
    spread: float
    freedom: int
    core: Floats
    pace: float
    quality: Quality

    def expected(self, seen: Seen, day: int | None = None) -> Floats:
        """(places,) cumulative cases on ``day`` (None: at the moment), NaN where nothing is known of the flow."""
        return np.maximum(np.exp(self._line(seen)) * self.growth(day) - 0.5, 0.0)

    def band(self, seen: Seen, day: int | None = None) -> tuple[Floats, Floats]:
        """The 90 % band of :meth:`expected`."""
        rows = _design(self.terms, seen, self.window)
        wide = stats.t.ppf((1 + LEVEL) / 2, self.freedom) * self.spread
        half = wide * np.sqrt(1 + np.einsum("ij,jk,ik->i", rows, self.core, rows))
        line, grown = self._line(seen), self.growth(day)
        low, high = (np.exp(line + sign * half) * grown - 0.5 for sign in (-1, 1))
        return np.maximum(low, 0.0), high

    def outliers(self, seen: Seen, day: int | None = None) -> Ints:
        """(places,) 1 above the band, -1 below, 0 inside it or not known, by the cases up to ``day``."""
        low, high = self.band(seen, day)
        cases = seen.at(self.moment if day is None else day)
        return np.asarray((cases > high).astype(np.int64) - (cases < low).astype(np.int64))

    def growth(self, day: int | None = None) -> float:
        """By how much all cases together are taken to grow from the moment to ``day``: the pace of the last
        PACE_DAYS, falling off by DECAY from day to day."""
        ahead = 0 if day is None else max(0, day - self.moment)
        return 1 + self.pace * float((DECAY ** np.arange(1, ahead + 1)).sum())

    def _line(self, seen: Seen) -> Floats:
        return np.asarray(_design(self.terms, seen, self.window) @ self.coefficients)


def fit(seen: Seen, moment: int, window: tuple[int, int]) -> Fit | None:
    """The model on what is known up to ``moment``; None where fewer than FEWEST places tell.

    ``window``: first and last day of the flows; its end is moved back to the moment. Nothing of ``seen`` that bears
    a later day is read.
    """
    window = window[0], min(window[1], moment)
    cases = seen.at(moment)
    terms = ("one", "flow", "population") if np.isfinite(seen.population).sum() >= FEWEST else ("one", "flow")
    rows = _design(terms, seen, window)
    known = np.isfinite(cases) & np.isfinite(rows).all(axis=1)
    freedom = int(known.sum()) - len(terms)
    if known.sum() < FEWEST or np.ptp(rows[known, 1]) == 0:
        return None
    x, y = rows[known], np.log(cases[known] + 0.5)
    coefficients = np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], np.float64)
    core = np.asarray(np.linalg.pinv(x.T @ x), np.float64)
    error = y - x @ coefficients
    spread = float(np.sqrt((error**2).sum() / freedom))
    quality = _quality(x, y, coefficients, core)
    return Fit(moment, window, terms, coefficients, spread, freedom, core, _pace(seen, moment, known), quality)


def _design(terms: tuple[str, ...], seen: Seen, window: tuple[int, int]) -> Floats:
    """(places, terms); NaN where the flow is nought (below the list) or the population is not known."""
    flow = seen.carried(*window)
    columns = {"one": np.ones(len(flow)), "flow": flow, "population": seen.population}
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = [columns[name] if name == "one" else np.log(columns[name]) for name in terms]
    rows = np.stack(logs, axis=1)
    return np.where(np.isfinite(rows), rows, np.nan)


def _pace(seen: Seen, moment: int, known: Bools) -> float:
    """New cases a day over the last PACE_DAYS as a share of all; nought where they are not known."""
    now, before = seen.at(moment)[known], seen.at(moment - PACE_DAYS)[known]
    whole = float(np.nansum(now))
    return max(0.0, float(np.nansum(now - before)) / PACE_DAYS / whole) if whole else 0.0


def _quality(x: Floats, y: Floats, coefficients: Floats, core: Floats) -> Quality:
    line = x @ coefficients
    return Quality(
        len(y),
        float(np.corrcoef(x[:, 1], y)[0, 1]),
        spearman(line, y),
        spearman(x[:, 1], y),
        spearman(x[:, 2], y) if x.shape[1] > 2 else float("nan"),
        float((np.abs(_left_out(x, y - line, core)) <= _limit(x)).mean()),
    )


def _left_out(x: Floats, error: Floats, core: Floats) -> Floats:
    """Errors of a fit without the place itself, over their spread (externally studentised residuals)."""
    lever = np.einsum("ij,jk,ik->i", x, core, x)
    freedom = len(x) - x.shape[1] - 1
    without = ((error**2).sum() - error**2 / (1 - lever)) / freedom
    return np.asarray(error / np.sqrt(np.maximum(without * (1 - lever), 1e-300)))


def _limit(x: Floats) -> float:
    return float(stats.t.ppf((1 + LEVEL) / 2, len(x) - x.shape[1] - 1))


def spearman(a: Floats, b: Floats) -> float:
    """Rank correlation of what both know; NaN where that is not told."""
    both = np.isfinite(a) & np.isfinite(b)
    if both.sum() < 3 or np.ptp(a[both]) == 0 or np.ptp(b[both]) == 0:
        return float("nan")
    ranks = [stats.rankdata(values[both]) for values in (a, b)]
    return float(np.corrcoef(*ranks)[0, 1])
