"""Measures of every area on every day, kept until more is told: a curve is one column of a sheet, a map a row."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from cachetools import LRUCache

from dashboard.queries.days import Day, day_range, days_of
from grid.cube import AREAS, Key, View
from grid.measures import Measure, ask
from grid.rates import Values

#: One measure on all days and areas is kept whole up to this size; all such sheets together up to the second.
SHEET_BYTES = 100_000_000
SHEETS_BYTES = 300_000_000

#: First and last days that are kept: every measure of some hundred areas beyond which somebody sees nothing.
SPANS = 10_000


@dataclass(frozen=True)
class Sheet:
    """A measure on every day from ``first`` to ``last``: days x areas."""

    first: Day
    last: Day
    values: Values

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self.values.value.nbytes + self.values.state.nbytes

    def between(self, first: Day, last: Day) -> Values | None:
        """Its days from ``first`` to ``last``; None where it does not hold them all."""
        if not self.first <= first <= last <= self.last:
            return None
        at = slice((first - self.first).days, (last - self.first).days + 1)
        return Values(self.values.value[at], self.values.state[at])


class Measured:
    """The sheets of one city, and the days on which its measures have data."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sheets: LRUCache[tuple[Key, str], Sheet] = LRUCache(SHEETS_BYTES, getsizeof=lambda sheet: sheet.nbytes)
        self._spans: LRUCache[tuple[Key, int, str], tuple[Day, Day] | None] = LRUCache(SPANS)

    def sheet(self, view: View, made: Measure) -> Sheet | None:
        """A measure for every area on every day, kept from now on; None where it would not fit into SHEET_BYTES, or
        where there are no days."""
        span = days_of(view, made)
        if span is None or ((span[1] - span[0]).days + 1) * len(view.areas) * 9 > SHEET_BYTES:
            return None
        key = (view.told(made.counts), made.id)
        with self._lock:
            kept = self._sheets.get(key)
        if kept is None:
            kept = Sheet(*span, ask(view, made, day_range(*span), AREAS))
            with self._lock:
                self._sheets[key] = kept
        return kept

    def areas(self, view: View, made: Measure, days: Sequence[Day]) -> Values:
        """A measure for every area on consecutive days: from its sheet if that is at hand."""
        with self._lock:
            kept = None if view.only else self._sheets.get((view.told(made.counts), made.id))
        found = kept.between(days[0], days[-1]) if kept else None
        return ask(view, made, days, AREAS) if found is None else found

    def span(self, view: View, made: Measure, top: int) -> tuple[Day, Day] | None:
        """First and last day with data for a measure in the area at ``top``."""
        key = view.told(made.counts), top, made.id
        with self._lock:
            if view.only is None and key in self._spans:
                return self._spans[key]
        found = days_of(view, made, top)
        with self._lock:
            if view.only is None:
                self._spans[key] = found
        return found
