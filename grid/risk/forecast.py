"""The next seven days, cell by cell, from what is known today.

The model is a self-exciting one (cases bring cases, near and soon: Mohler et al. 2011, JASA 106) in a form that can
be worked out in one pass: the share of the next week's cases that falls in a unit is in proportion to

    (own + c near) x trend^g x level^b

``own``    the unit's cases, each day counting d of the next (d in FADES);
``near``   the cases within 8 rings, by one over the squared distance, the last days counting most;
``trend``  cases within 8 rings of late over those of longer ago: where it grows, it goes on growing;
``level``  cases within 8 rings: how hard the infection presses on the neighbourhood.

d, c, g and b are blended anew for every forecast: the geometric mean over all of CHOICES, each weighing the more, the
more it would have hit in the forecasts of the last days whose week is over, the mean over 1, 5, 10 and 20 % of the
units (the single best one changes from day to day by luck, and hits less). The week's total goes on from the
last days', with half of their growth (a damped trend: Gardner and McKenzie 1985). What that means for each unit, and
the intervals, are fitted to the outcomes of the last forecasts (:mod:`grid.risk.spread`).

A forecast of day t sees days before t and nothing else: every feature carries the day on which it was known, and one
stamped later is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np

from data.errors import BadQuestion
from data.words import Both
from grid.arrays import Bools, Floats
from grid.rates import Part
from grid.risk.neighbours import Neighbours, smooth
from grid.risk.report_card import SHARES, Issue
from grid.risk.spread import Outlook, Spread, fitted, likelihoods

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
_BARES = tuple(dict.fromkeys((fade, c) for fade, c, _, _ in CHOICES))
_TILTS = tuple(dict.fromkeys((g, b) for _, _, g, b in CHOICES))
#: What is taken before any week is over: the middle.
FIRST = CHOICES.index((0.8, 0.03, 0.5, 0.1))
#: Forecasts looked back at, and what each counts of the next.
LOOK_BACK, FORGET = 8, 0.5
#: By how much less a choice must have hit to weigh e times less; from 0.001 to 0.005 it makes hardly a difference.
SHARP = 0.002
#: Days of history before which nothing is forecast.
LEAST_DAYS = 4
#: Added to both sides of ``trend`` and to ``level``: cases in a neighbourhood below which they tell little.
CALM = 1.0
#: Days whose growth over as many before them is looked at, and the part of it that goes on.
SPAN, DAMPED = 3, 0.5
#: What forecasts: the model, and two that need none: the sum of the last AHEAD days, and each day counting DECAY of
#: the next.
MODEL, BASELINES = "forecast", ("persistence", "decay")
DECAY = 0.85


@dataclass(frozen=True)
class Feature:
    """A factor on each unit's risk (units; 1 changes nothing), known since ``known``: contacts, importation."""

    name: str
    value: Floats
    known: dt.date


@dataclass(frozen=True)
class Forecast:
    """The next AHEAD days from ``moment`` on: ``mean`` (units) cases, ``quantiles`` (5, units) those of
    report_card.QUANTILES.

    ``choice``: the (d, c, g, b) that weighs most; ``spread``: of the outcomes around the mean.
    """

    moment: dt.date
    mean: Floats
    quantiles: Floats
    choice: tuple[float, float, float, float]
    spread: Spread


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
        self._scores: dict[tuple[str, int], tuple[Floats, float]] = {}
        self._likely: dict[tuple[str, int], Floats] = {}

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
        grown._scores = {key: score for key, score in self._scores.items() if key[1] <= same}
        grown._likely = {key: each for key, each in self._likely.items() if key[1] + AHEAD <= same}
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
        outlook = self.outlook(at)
        mean = outlook.mean
        for feature in features:
            mean = _tilted(mean, feature.value)
        spread = outlook.spread
        return Forecast(moment, mean, spread.quantiles(mean), CHOICES[int(np.argmax(self.weights(at)))], spread)

    def outlook(self, at: int, name: str = MODEL) -> Outlook:
        """The forecast of row ``at`` by the model or one of BASELINES, whose intervals follow the same rule from their
        own past."""
        spread = fitted([self._likelihoods(b, name) for b in self._past(at)])
        return Outlook(*self._scored(at, name), spread)

    def issue(self, at: int, name: str = MODEL) -> Issue:
        """The :meth:`outlook` of row ``at`` as its report card sees it, with what came."""
        return self.outlook(at, name).issue(self.found(at))

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
            bare = np.stack([self._bare(at, *choice) for choice in _BARES])
            tilt = np.stack([self._tilt(at, *choice) for choice in _TILTS])
            scores = (bare[:, None] * tilt).reshape(len(CHOICES), -1)
            self._hits[at] = _quick_hits(scores, self.found(at))
        return self._hits[at]

    def weights(self, at: int) -> Floats:
        """(CHOICES) what each weighs, together 1, by what it would have hit in the last forecasts whose week was over;
        FIRST alone where there are none."""
        past = [b for b in self._past(at) if self._value[b : b + AHEAD].any()]
        if not past:
            return np.asarray(np.arange(len(CHOICES)) == FIRST, np.float64)
        fresh = FORGET ** np.arange(len(past))[::-1]
        hits = np.average(np.stack([self._hit(b) for b in past]), axis=0, weights=fresh)
        weighs = np.exp((hits - hits.max()) / SHARP)
        return np.asarray(weighs / weighs.sum())

    def blend(self, at: int) -> Floats:
        """(units) the geometric mean of all choices' scores, by their weights."""
        weights = self.weights(at)
        _, _, g, b = weights @ np.array(CHOICES)
        bare = np.zeros(self._value.shape[1])
        for choice, weight in zip(_BARES, weights.reshape(len(_BARES), -1).sum(axis=1), strict=True):
            bare += weight * np.log(self._bare(at, *choice))
        return np.asarray(np.exp(bare) * self._tilt(at, g, b))

    def _scored(self, at: int, name: str) -> tuple[Floats, float]:
        """(units) what ranks them, and the week's cases, by the model or a baseline."""
        key = name, at
        if key not in self._scores:
            if name == MODEL:
                self._scores[key] = self.blend(at).astype(np.float32), self._total(at)
            else:
                plain = self._plain(at, name)
                self._scores[key] = plain.astype(np.float32), float(plain.sum())
        return self._scores[key]

    def _likelihoods(self, at: int, name: str) -> Floats:
        """How likely every spread makes what came after row ``at``."""
        key = name, at
        if key not in self._likely:
            self._likely[key] = likelihoods(*self._scored(at, name), self.found(at))
        return self._likely[key]

    def _total(self, at: int) -> float:
        """The week's cases: the last days', with part of their growth over the days before continued."""
        self._state(at)
        daily = np.array([state.total for state in self._states[1 : at + 1]])
        span = min(SPAN, at // 2)
        last, before = daily[-span:].mean(), daily[-2 * span : -span].mean()
        growth = np.clip(last / before if before > 0 else 1.0, 0.1, 10.0) ** (DAMPED / span)
        # from the middle of the last days to the middle of the next
        return float(AHEAD * last * growth ** ((span + AHEAD) / 2))


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


_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


def _tilted(mean: Floats, factor: Floats) -> Floats:
    """``mean`` with its total kept, shifted to where ``factor`` is high."""
    tilted = mean * factor
    return np.asarray(tilted * (mean.sum() / tilted.sum())) if tilted.sum() > 0 else mean


def _quick_hits(scores: Floats, found: Floats) -> Floats:
    """Mean hit rate over SHARES of units of each row of ``scores``, as the report card's but units whole; of those that
    score just what the last one does as many as there is room for."""
    size, there = len(found), found > 0
    ordered, at, came = np.sort(scores, axis=1), scores[:, there], found[there]
    total = np.zeros(len(scores))
    for take in (max(1, int(share * size)) for share in SHARES):
        cut = ordered[:, size - take, None]
        ends = [[np.searchsorted(row, c[0], side) for row, c in zip(ordered, cut, strict=True)] for side in _SIDES]
        first, last = np.array(ends)
        room = (take - (size - last)) / (last - first)
        inside, even = (np.einsum("ij,j->i", where, came) for where in (at > cut, at == cut))
        total += inside + room * even
    return np.asarray(total / (len(SHARES) * max(found.sum(), 1.0)))
