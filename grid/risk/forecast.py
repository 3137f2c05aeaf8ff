"""The next seven days, cell by cell, from what is known today.

The model is a self-exciting one (cases bring cases, near and soon: Mohler et al. 2011, JASA 106) in a form that can
be worked out in one pass: the share of the next week's cases that falls in a unit is in proportion to

    (own + c near) x trend^g x level^b

``own``    the unit's cases, each day counting d of the next (d in FADES);
``near``   the cases within 8 rings, by one over the squared distance, the last days counting most;
``trend``  cases within 8 rings of late over those of longer ago: where it grows, it goes on growing;
``level``  cases within 8 rings: how hard the infection presses on the neighbourhood.

d, c, g and b are taken from CHOICES anew for every forecast: those under which the forecasts of the last days whose
week is over would have hit most, the mean over 1, 5, 10 and 20 % of the units. The week's total goes on from the
last days', with half of their growth (a damped trend: Gardner and McKenzie 1985). Intervals are those of a negative
binomial whose dispersion fitted the last forecasts best.

A forecast of day t sees days before t and nothing else: every feature carries the day on which it was known, and one
stamped later is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy import special

from data.errors import BadQuestion, Both
from grid.arrays import Bools, Floats
from grid.rates import Part
from grid.risk.neighbours import Neighbours, smooth
from grid.risk.report_card import QUANTILES, SHARES, Issue

#: Days ahead.
AHEAD = 7
#: Rings of the neighbourhood: 2.6 km at resolution 9.
RINGS = 8
#: What a day counts of the next, for ``own``; and for the neighbourhood: of late, and for long.
FADES = (0.7, 0.8, 0.9)
NEAR_FADE, LATE, LONG = 0.6, 0.75, 0.9
#: Weights of the rings for ``near``, and for ``trend`` and ``level``.
_NEARER = (0.0, *(1 / ring**2 for ring in range(1, RINGS + 1)))
_WITHIN = (1.0,) * (RINGS + 1)
#: What is chosen from: (d, c, g, b).
CHOICES = tuple(product(FADES, (0.0, 0.01, 0.03, 0.08), (0.0, 0.5, 1.0), (0.0, 0.1, 0.2)))
#: What is taken before any week is over: the middle.
FIRST = CHOICES.index((0.8, 0.03, 0.5, 0.1))
#: Forecasts looked back at, and what each counts of the next.
LOOK_BACK, FORGET = 8, 0.5
#: Days of history before which nothing is forecast.
LEAST_DAYS = 4
#: Added to both sides of ``trend`` and to ``level``: cases in a neighbourhood below which they tell little.
CALM = 1.0
#: Days whose growth over as many before them is looked at, and the part of it that goes on.
SPAN, DAMPED = 3, 0.5
#: Sizes of the negative binomial that are tried.
SIZES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 100.0)
#: What a day counts of the next in the baseline "decay".
DECAY = 0.85


@dataclass(frozen=True)
class Feature:
    """A factor on each unit's risk (units; 1 changes nothing), known since ``known``: contacts, importation."""

    name: str
    value: Floats
    known: dt.date


@dataclass(frozen=True)
class Forecast:
    """The next AHEAD days from ``moment`` on: ``mean`` (units) cases, ``quantiles`` (5, units) those of QUANTILES.

    ``choice``: (d, c, g, b); ``size``: the negative binomial's; ``score`` ranks the units as ``mean`` does.
    """

    moment: dt.date
    mean: Floats
    quantiles: Floats
    choice: tuple[float, float, float, float]
    size: float


@dataclass(frozen=True)
class _State:
    """What the days before one say: running means of ``own`` by fade, ``near``, ``late`` and ``long`` (units), and
    what a unit that does not report is taken to have (``usual``)."""

    own: dict[float, Floats]
    near: Floats
    late: Floats
    long: Floats
    usual: Floats
    total: float = 0.0

    def after(self, count: Floats, known: Bools, neighbours: Neighbours) -> _State:
        """The state one day on. A unit that did not report is taken to have had its usual: it does not stand still."""
        filled = np.where(known, count, self.usual)
        near, within = (smooth(filled[None, :], neighbours, by_ring)[0] for by_ring in (_NEARER, _WITHIN))
        return _State(
            {fade: _faded(own, filled, fade) for fade, own in self.own.items()},
            _faded(self.near, near, NEAR_FADE),
            _faded(self.late, within, LATE),
            _faded(self.long, within, LONG),
            _faded(self.usual, filled, 0.8),
            float(filled.sum()),
        )


def _faded(mean: Floats, value: Floats, fade: float) -> Floats:
    return np.asarray(fade * mean + (1 - fade) * value, np.float32)


class Forecaster:
    """Forecasts from ``counts`` (days x units, the first day is ``first``) among ``neighbours``.

    It may hold more days than a forecast may see: everything is worked out day by day from the days before, and kept,
    so that forecasts of many days cost little more than that of one. Not thread-safe.
    """

    def __init__(self, counts: Part, first: dt.date, neighbours: Neighbours) -> None:
        self.counts = counts
        self.first = first
        self.neighbours = neighbours
        self._value: Floats = np.where(counts.known, counts.value, 0.0)
        nought: Any = np.zeros(counts.value.shape[1], np.float32)
        self._states = [_State(dict.fromkeys(FADES, nought), nought, nought, nought, nought)]
        self._hits: dict[int, Floats] = {}
        self._means: dict[int, Floats] = {}

    def then(self, later: Part) -> Forecaster:
        """The forecaster that knows the ``later`` days (days x units) too, without doing the earlier ones again."""
        value = np.vstack([self.counts.value, later.value])
        return self.revised(Part(value, np.vstack([self.counts.known, later.known])))

    def revised(self, counts: Part) -> Forecaster:
        """The forecaster from other ``counts`` (days x units, the same first day and units): what the days say up to
        the first that differs is not worked out again."""
        grown = Forecaster(counts, self.first, self.neighbours)
        same = _alike(self.counts, counts)
        grown._states = self._states[: same + 1]
        grown._hits = {at: hit for at, hit in self._hits.items() if at + AHEAD <= same}
        grown._means = {at: mean for at, mean in self._means.items() if at <= same}
        return grown

    def _state(self, at: int) -> _State:
        """What the days before row ``at`` say."""
        while len(self._states) <= at:
            day = len(self._states) - 1
            self._states.append(self._states[-1].after(self._value[day], self.counts.known[day], self.neighbours))
        return self._states[at]

    def day(self, moment: dt.date) -> int:
        """The row of a day; raises BadQuestion where history does not reach up to the day before it."""
        at = (moment - self.first).days
        if not LEAST_DAYS <= at <= len(self.counts.value):
            told = self.first + dt.timedelta(len(self.counts.value))
            zh = f"预测起始日须在 {self.first + dt.timedelta(LEAST_DAYS)} 至 {told} 之间"
            raise BadQuestion(detail=Both(zh, f"a forecast starts between day {LEAST_DAYS} of the data and {told}"))
        return at

    def forecast(self, moment: dt.date, features: Sequence[Feature] = ()) -> Forecast:
        """The forecast of the days from ``moment`` on, from the days before it.

        Raises BadQuestion for a feature that was known only on ``moment`` or later.
        """
        refuse_later(moment, features)
        at = self.day(moment)
        mean = self.mean(at)
        for feature in features:
            mean = _tilted(mean, feature.value)
        size = self.size(at)
        return Forecast(moment, mean, quantiles(mean, size), CHOICES[self.choice(at)], size)

    def issue(self, at: int) -> Issue:
        """The forecast of row ``at`` as its report card sees it, with what came."""
        mean = self.mean(at)
        return Issue(mean, quantiles(mean, self.size(at)), self.found(at))

    def baseline(self, at: int, name: str) -> Issue:
        """The same for "persistence" or "decay", with intervals by the same rule from its own past."""
        mean, past = self._plain(at, name), self._past(at)
        pairs = [(self._plain(b, name), self.found(b)) for b in past[-LOOK_BACK:]]
        return Issue(mean, quantiles(mean, _size(pairs)), self.found(at))

    # what came, and what was there before ------------------------------------------------------------

    def found(self, at: int) -> Floats:
        """(units) the cases of the AHEAD days from row ``at`` on that were reported."""
        return np.asarray(self._value[at : at + AHEAD].sum(axis=0))

    def _past(self, at: int) -> range:
        """Rows whose forecasts could be looked back at from ``at``: their week was over."""
        return range(max(LEAST_DAYS, at - AHEAD + 1 - LOOK_BACK), at - AHEAD + 1)

    def _plain(self, at: int, name: str) -> Floats:
        if name == "persistence":
            return np.asarray(self._value[max(0, at - AHEAD) : at].sum(axis=0))
        weights = DECAY ** np.arange(at)[::-1]
        return np.asarray(weights @ self._value[:at]) * (AHEAD * (1 - DECAY))

    # the model ---------------------------------------------------------------------------------------

    def score(self, at: int, choice: int) -> Floats:
        """(units) what each unit's share of the next week is in proportion to."""
        fade, c, g, b = CHOICES[choice]
        return np.asarray(self._bare(at, fade, c) * self._tilt(at, g, b))

    def _bare(self, at: int, fade: float, c: float) -> Floats:
        state = self._state(at)
        # a millionth, so that where nothing ever was the neighbourhood still ranks
        return np.asarray(state.own[fade] + c * state.near + 1e-6)

    def _tilt(self, at: int, g: float, b: float) -> Floats:
        state = self._state(at)
        trend, level = (state.late + CALM) / (state.long + CALM), state.late / (1 - LATE) + CALM
        return np.asarray(trend**g * level**b)

    def _hit(self, at: int) -> Floats:
        """(CHOICES) mean hit rate of each choice for row ``at``, whose week is over."""
        if at not in self._hits:
            found = self.found(at)
            tilt = {choice[2:]: self._tilt(at, *choice[2:]) for choice in CHOICES[:9]}
            bare = {choice[:2]: self._bare(at, *choice[:2]) for choice in CHOICES[::9]}
            self._hits[at] = np.array([_quick_hits(bare[x[:2]] * tilt[x[2:]], found) for x in CHOICES])
        return self._hits[at]

    def choice(self, at: int) -> int:
        """The row of CHOICES that would have hit most in the last forecasts whose week was over."""
        past = [b for b in self._past(at) if self._value[b : b + AHEAD].any()]
        if not past:
            return FIRST
        weights = FORGET ** np.arange(len(past))[::-1]
        return int(np.argmax(weights @ np.stack([self._hit(b) for b in past])))

    def mean(self, at: int) -> Floats:
        """(units) cases expected in the AHEAD days from row ``at`` on."""
        if at not in self._means:
            score = self.score(at, self.choice(at)).astype(np.float64)
            self._means[at] = score * (self._total(at) / score.sum())
        return self._means[at]

    def _total(self, at: int) -> float:
        """The week's cases: the last days', with part of their growth over the days before continued."""
        self._state(at)
        daily = np.array([state.total for state in self._states[1 : at + 1]])
        span = min(SPAN, at // 2)
        last, before = daily[-span:].mean(), daily[-2 * span : -span].mean()
        growth = np.clip(last / before if before > 0 else 1.0, 0.1, 10.0) ** (DAMPED / span)
        # from the middle of the last days to the middle of the next
        return float(AHEAD * last * growth ** ((span + AHEAD) / 2))

    def size(self, at: int) -> float:
        """The negative binomial's size under which the last forecasts' outcomes were likeliest."""
        return _size([(self.mean(b), self.found(b)) for b in self._past(at)[-LOOK_BACK:]])


def _alike(one: Part, other: Part) -> int:
    """Days from the first on that are the same in both."""
    for day in range(min(len(one.value), len(other.value))):
        known = one.known[day]
        same = (known == other.known[day]).all() and (one.value[day] == other.value[day])[known].all()
        if not same:
            return day
    return min(len(one.value), len(other.value))


def refuse_later(moment: dt.date, features: Sequence[Feature]) -> None:
    """Raises BadQuestion for the first feature that was not known before ``moment``."""
    for feature in features:
        if feature.known >= moment:
            zh = f"特征 {feature.name} 在 {feature.known} 才已知，不能用于 {moment} 起的预测"
            en = f"{feature.name} was known only on {feature.known}: not for a forecast from {moment} on"
            raise BadQuestion(detail=Both(zh, en))


def _tilted(mean: Floats, factor: Floats) -> Floats:
    """``mean`` with its total kept, shifted to where ``factor`` is high."""
    tilted = mean * factor
    return np.asarray(tilted * (mean.sum() / tilted.sum())) if tilted.sum() > 0 else mean


def _quick_hits(score: Floats, found: Floats) -> float:
    """Mean hit rate over SHARES of units, as the report card's but by a partition in place of a sort, units whole."""
    n = len(score)
    take = [max(1, int(share * n)) for share in SHARES]
    cuts = np.partition(score, [n - k for k in take])
    return float(np.mean([_within(score, found, cuts[n - k], k) for k in take]) / max(found.sum(), 1.0))


def _within(score: Floats, found: Floats, cut: float, take: int) -> float:
    """``found`` in the ``take`` highest; of those that score just ``cut`` as many as there is room for."""
    above, even = score > cut, score == cut
    return float(found[above].sum() + found[even].sum() * (take - above.sum()) / max(even.sum(), 1))


def _size(pairs: Sequence[tuple[Floats, Floats]]) -> float:
    """The size of SIZES under which (mean, found) pairs are likeliest; the middle one where there are none."""
    if not pairs:
        return SIZES[len(SIZES) // 2]
    mean, found = np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])
    inside = mean > 1e-9
    mean, found = mean[inside], found[inside]
    return max(SIZES, key=lambda size: _likelihood(mean, found, size))


def _likelihood(mean: Floats, found: Floats, size: float) -> float:
    """Log likelihood of a negative binomial up to a constant; the gamma functions only where cases came."""
    there = found > 0
    m, y = mean[there], found[there]
    total = size * np.sum(np.log(size / (size + mean)))
    return float(total + np.sum(special.gammaln(y + size) - special.gammaln(size) + y * np.log(m / (size + m))))


#: Means at which quantiles are worked out; a mean between two takes the nearer: 2 % apart.
_GRID: Floats = np.exp(np.arange(np.log(1e-4), np.log(1e5), 0.02))


def quantiles(mean: Floats, size: float) -> Floats:
    """(QUANTILES, units) of the negative binomial with ``mean`` and ``size``: variance mean + mean^2 / size."""
    at = np.clip(np.rint((np.log(np.maximum(mean, 1e-4)) - np.log(1e-4)) / 0.02), 0, len(_GRID) - 1).astype(np.int64)
    return np.stack([_quantile(p, size)[at] for p in QUANTILES])


def _quantile(p: float, size: float) -> Floats:
    """The least count whose distribution function reaches ``p``, at every mean of _GRID."""
    chance = size / (size + _GRID)
    low, high = np.full(len(_GRID), -1.0), np.ceil(20 * (_GRID + np.sqrt(_GRID + _GRID**2 / size)) + 20)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = special.betainc(size, middle + 1, chance) >= p
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(high)
