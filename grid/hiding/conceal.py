"""Answers for somebody who may not see small numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from data.city import SmallNumbers
from grid.cube import AREAS, Units, View
from grid.hiding.bases import Terms, bases, public
from grid.hiding.chain import Chains
from grid.hiding.nodes import Flags
from grid.measures.base import Measure
from grid.rates import MISSING, SUPPRESSED, Values

Day = dt.date

#: Numbers of people below this are small, unless ``[small_numbers] threshold`` of the city file says otherwise.
THRESHOLD = SmallNumbers().threshold


class Hiding:
    """Hides the small numbers of a city, and what would give them away; see :mod:`grid.hiding.decide`.

    A measure is shown where every base that it is made of is shown on every day that it looks back on, and nowhere
    else: so windows, rates, shares, growth and sums over days can be had from the daily numbers that are shown.
    """

    def __init__(self, threshold: int = THRESHOLD) -> None:
        self.threshold = threshold
        self.chains = Chains(threshold)

    def public(self, made: Measure, view: View) -> bool:
        """Whether a measure tells nothing of people who could be few."""
        return bases(made, view.stated_days) == ()

    def public_count(self, count: str) -> bool:
        """Whether a count is no number of people who could be few."""
        return public(count)

    def conceal(self, view: View, made: Measure, days: Sequence[Day], values: Values, units: Units = AREAS) -> Values:
        """``values`` of a measure on consecutive ``days`` (days x units) with what must be hidden SUPPRESSED; days
        that are held back are MISSING. A view of a single source is a part of the whole: all of it is withheld."""
        found = bases(made, view.stated_days)
        if found == ():
            return values
        if found is None or view.only is not None:
            return _with(values, values.state != MISSING, np.zeros_like(values.state, np.bool_))
        reach = [days[0] - dt.timedelta(n) for n in range(made.back, 0, -1)] + list(days)
        hidden, held = np.zeros((2, len(reach), values.state.shape[1]), np.bool_)
        for terms in found:
            for at, day in enumerate(reach):
                one = self._units(view, terms, day, units)
                if one is None:
                    held[at] = True
                else:
                    hidden[at] |= one
        return _with(values, _within(hidden, made.back), _within(held, made.back))

    def _units(self, view: View, terms: Terms, day: Day, units: Units) -> Flags | None:
        """What is hidden of a base on a day, by unit; None where it is held back. Nothing where it was never told."""
        hidden = self.chains.hidden(view, terms, day)
        if hidden is None:
            told = any(view.vectors(count, [day])[0] is not None for count, _ in terms)
            return None if told else np.zeros(_size(view, units), np.bool_)
        areas = len(view.areas)
        if units.kind == "areas":
            return hidden[:areas]
        leaves, place, cells = view.places(units.within)
        return np.bincount(place[hidden[areas + leaves]], minlength=len(cells)) > 0


def _size(view: View, units: Units) -> int:
    return len(view.areas) if units.kind == "areas" else len(view.cells_of(units.within))


def _within(flags: Flags, back: int) -> Flags:
    """Where a flag stands on any of the ``back`` days before, or on the day itself."""
    return np.asarray(np.logical_or.reduce([flags[n : len(flags) - back + n] for n in range(back + 1)]))


def _with(values: Values, hidden: Flags, held: Flags) -> Values:
    state = np.where(hidden, SUPPRESSED, values.state)
    state = np.where(held, MISSING, state).astype(np.uint8)
    return Values(np.where(hidden | held, np.nan, values.value), state)
