"""The risk score: points of named parts that add up exactly, tenth by tenth, as the screen shows them.

A part's points rise with its number on a logarithmic scale with fixed ends (nothing on one day is measured against the
other units of that day) and are whole tenths, so that what the screen shows adds up to what it shows. The parts in use
share 100 points in proportion to WEIGHTS. A part that is not known has no points, and its points are not lost: the
score is then at least the sum, at most the sum and all the missing parts' points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grid.arrays import Bools, Floats, Ints, Rows
from grid.rates import Part
from grid.risk import grades

#: Points of 100 where all parts are in use.
WEIGHTS: Mapping[str, int] = {
    "incidence": 35, "neighbours": 20, "growth": 15, "contacts": 10, "importation": 10, "exposed": 10
}  # fmt: skip

#: part -> (number at which it begins to weigh, number at which it has all its points). Points are
#: log(1 + x / begin) / log(1 + full / begin); growth from 1 (nothing grew) to fourfold, by its logarithm. Importation
#: has twice the ends of incidence: it counts the infected, of whom one in two is found (grid.flows.import_risk.UNSEEN).
SCALES: Mapping[str, tuple[float, float]] = {
    "incidence": (5.0, 1000.0), "neighbours": (5.0, 1000.0), "growth": (1.0, 4.0),
    "contacts": (50.0, 5000.0), "importation": (10.0, 2000.0), "exposed": (0.05, 20.0),
}  # fmt: skip

#: Points are whole numbers of these.
TENTHS = 10


@dataclass(frozen=True)
class Scored:
    """The scores of units: ``names`` of the parts in use, their ``numbers`` (parts x units, NaN where not known),
    ``tenths`` of points (nought where not known), where they are ``known``, and the tenths that each can have."""

    names: tuple[str, ...]
    numbers: Floats
    tenths: Ints
    known: Bools
    full: Ints

    @property
    def points(self) -> Floats:
        """(parts, units) points."""
        return np.asarray(self.tenths / TENTHS)

    @cached_property
    def least(self) -> Floats:
        """(units) the score: the sum of what is known."""
        return np.asarray(self.tenths.sum(axis=0) / TENTHS)

    @cached_property
    def most(self) -> Floats:
        """(units) the score if every missing part had all its points."""
        return np.asarray((self.tenths + np.where(self.known, 0, self.full[:, None])).sum(axis=0) / TENTHS)

    @cached_property
    def grade(self) -> Rows:
        """(units) rows of grades.ORDER, -1 where no grade can be given; none without its own incidence."""
        told = grades.grade(self.least, self.most)
        here = self.known[self.names.index("incidence")] if "incidence" in self.names else np.zeros(len(told), bool)
        return np.where(here, told, -1).astype(np.int32)


def score(parts: Mapping[str, Part]) -> Scored:
    """The scores from parts of one row each (:func:`grid.risk.parts.parts`), which are those in use."""
    names = tuple(name for name in WEIGHTS if name in parts)
    known = np.concatenate([parts[name].known for name in names])
    value = np.concatenate([parts[name].value for name in names])
    numbers = np.where(known, value, np.nan)
    full = shares(names)
    points = np.stack([share(name, row) for name, row in zip(names, np.where(known, value, 0.0), strict=True)])
    tenths = np.where(known, np.rint(points * full[:, None]), 0).astype(np.int64)
    return Scored(names, numbers, tenths, known, full)


def shares(names: tuple[str, ...]) -> Ints:
    """Tenths of points for each part in use, 1,000 together; the largest remainders get what is left over."""
    exact = np.array([WEIGHTS[name] for name in names], np.float64)
    exact *= 100 * TENTHS / exact.sum()
    whole = np.floor(exact).astype(np.int64)
    short = 100 * TENTHS - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:short]] += 1
    return whole


def share(name: str, value: Floats) -> Floats:
    """How much of its points a part has at a number, from 0 to 1; never less at a higher number."""
    begin, full = SCALES[name]
    if name == "growth":
        return np.asarray(np.clip(np.log(np.maximum(value, begin)) / np.log(full), 0.0, 1.0))
    return np.asarray(np.clip(np.log1p(np.maximum(value, 0.0) / begin) / np.log1p(full / begin), 0.0, 1.0))
