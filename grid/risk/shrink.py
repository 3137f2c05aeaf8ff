"""Rates of small populations drawn towards the mean of many: empirical Bayes after Marshall.

Source: Marshall (1991), Mapping disease and mortality rates using empirical Bayes estimators, Applied Statistics 40.
The rate of a unit with c cases among p people becomes m + w (c / p - m), w = A / (A + m / p), where m is the mean
rate and A the variance between the units: the population-weighted variance of the rates minus m / mean(p).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from grid.arrays import Floats
from grid.rates import Part, ratio


def shrink(cases: Part, people: Part, clip: bool = True) -> Part:
    """Rates (per person) shrunk to each day's mean over all units, days x units.

    A can come out below nought where rates differ less than chance makes them. With ``clip`` it is then nought, and
    all units get the mean; without, it is used as it comes, as some packages do, and weights can be negative.
    """
    rate = ratio(cases, people)
    c, p, n = _masked(cases, rate), _masked(people, rate), rate.known.sum(axis=1, keepdims=True)
    whole = np.maximum(p.sum(axis=1, keepdims=True), 1e-300)
    mean = c.sum(axis=1, keepdims=True) / whole
    within = (p * (rate.value - mean) ** 2).sum(axis=1, keepdims=True) / whole
    return _drawn(rate, p, mean, within - mean * n / whole, clip)


def shrink_locally(cases: Part, people: Part, weights: sparse.csr_array, clip: bool = True) -> Part:
    """Rates shrunk to the mean of each unit's own neighbourhood, days x units.

    ``weights`` (units, units): ones for a unit's neighbours and itself. The sum over neighbours of
    p (rate - m)^2 is written out as sums of c^2 / p, c and p, so that it is three sparse products for all days.
    """
    rate = ratio(cases, people)
    c, p = _masked(cases, rate), _masked(people, rate)
    around_c, around_p = _around(c, weights), np.maximum(_around(p, weights), 1e-300)
    number = _around(rate.known.astype(np.float64), weights)
    mean = around_c / around_p
    # rounding leaves a trifle below nought where all rates of a neighbourhood are alike
    within = np.maximum(_around(c * rate.value, weights) - around_c * mean, 0.0) / around_p
    return _drawn(rate, p, mean, within - mean * number / around_p, clip)


def _masked(part: Part, rate: Part) -> Floats:
    return np.where(rate.known, part.value, 0.0)


def _around(values: Floats, weights: sparse.csr_array) -> Floats:
    # days on which nothing changed (a census) need no product of their own
    if len(values) > 1 and (values == values[:1]).all():
        return np.broadcast_to(np.asarray(weights @ values[0]), values.shape)
    return np.asarray((weights @ values.T).T)


def _drawn(rate: Part, people: Floats, mean: Floats, between: Floats, clip: bool) -> Part:
    variance = np.maximum(between, 0.0) if clip else between
    chance = mean / np.where(rate.known, people, 1.0)
    # a mean of nought leaves no variance either: weight nought, rate nought
    weight = variance / np.where(variance + chance == 0, 1.0, variance + chance)
    return Part(np.where(rate.known, mean + weight * (rate.value - mean), 0.0), rate.known)
