"""What a measure is: one record that pages, legends, API, sheets and help all read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from data.words import Lang
from grid.cube import AREAS, Units, View
from grid.rates import Part, Values, settle

Day = dt.date
Goodness = Literal["bad", "good", "neutral"]
Form = Literal["count", "rate", "share", "growth", "area"]
Formula = Callable[["Asked"], Part]


@dataclass(frozen=True)
class Asked:
    """What a formula computes from: the view, the days asked (with ``back`` days before them), units, and ``at`` which
    places among these (None: all)."""

    view: View
    days: Sequence[Day]
    units: Units
    at: NDArray[np.int32] | None = None

    def count(self, count: str) -> Part:
        """The sums of one count on every day, those before the asked ones first."""
        sums = self.view.sums(count, self.days, self.units, self.at)
        return Part(sums.total.astype(np.float64), sums.known)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One measure. ``counts`` it is made of, ``back`` days it looks back, ``higher_is`` what more of it
    means, ``stock`` whether adding days makes no sense, ``family`` the group of selectors, ``per`` by which people a
    rate is told (an id of data.terms.DENOMINATORS, "" where there is no choice)."""

    id: str
    family: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    unit_zh: str
    unit_en: str
    form: Form = "count"
    digits: int = 0
    higher_is: Goodness = "bad"
    counts: tuple[str, ...]
    back: int = 0
    stock: bool = False
    estimate: bool = False
    per: str = ""
    formula: Formula

    def name(self, lang: Lang) -> str:
        """The measure's name in the reader's language."""
        return self.zh if lang == "zh" else self.en

    def about(self, lang: Lang) -> str:
        """What it is and how it is made, in the reader's language."""
        return self.about_zh if lang == "zh" else self.about_en

    def unit(self, lang: Lang) -> str:
        """Its unit in the reader's language."""
        return self.unit_zh if lang == "zh" else self.unit_en


def ask(view: View, measure: Measure, days: Sequence[Day], units: Units = AREAS) -> Values:
    """The measure on consecutive ``days`` for all ``units``: values and states, days x units."""
    first = days[0]
    before = [first - dt.timedelta(days=n) for n in range(measure.back, 0, -1)]
    part = measure.formula(Asked(view, [*before, *days], units))
    return settle(part.value[-len(days) :], part.known[-len(days) :])


def plain(count: str) -> Formula:
    """The formula of a measure that is one count."""
    return lambda asked: asked.count(count)


def plus(*parts: Part) -> Part:
    """Sum of parts, known where one of them is."""
    value = sum((np.where(part.known, part.value, 0.0) for part in parts), np.zeros(1))
    known = np.logical_or.reduce([part.known for part in parts])
    return Part(np.asarray(value), known)
