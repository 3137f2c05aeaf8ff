"""What of a day's code ledgers somebody sees who may not see small numbers: see :mod:`grid.hiding.cut`.

The layers: assignments that are not green, overdue or not; people by system and colour; the former by age; of these
the doubtful grounds, and of the overdue those near a harm. Owners, batches, authorities and how colours combine split
the same people in other ways again, nearly always into small numbers: these tables are withheld as a whole, as is who
was assigned or cleared on a day, which would tie the days to each other.

Totals of codes that another source tells are another table (grid.hiding.bases); where the ledger itself tells them
they are decided on first, and bar what they hide.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache

from dashboard.queries.codes.lines import LATE
from dashboard.queries.codes.state import TAKEN_BACK, Ints, Rows, State
from dashboard.queries.codes.tickets import COLOURS, flagged, is_late, is_near
from data.terms import CODES, OVERDUE
from grid.areas import Areas
from grid.arrays import Bools
from grid.cube import View
from grid.hiding import Hiding
from grid.hiding.cut import cut, with_rest
from grid.measures import ask, measure
from grid.rates import SUPPRESSED

#: Flags of a ticket that doubt its grounds: the ones told; the others follow from colours, ages and combinations.
DOUBTS = ("no_evidence", "stale_evidence", "rule_not_in_force", "no_right", "never_exposed", "burst")

#: Days whose layers are kept: the last half year of a version, and a few that somebody looks back at.
DAYS = 256


@dataclass(frozen=True)
class Shown:
    """(areas,) where each layer is shown."""

    late: Bools
    colours: Bools
    ages: Bools
    grounds: Bools


class Sight:
    """What of a city's days may be shown, found once a day and version and kept."""

    def __init__(self, hiding: Hiding) -> None:
        self.hiding = hiding
        self._lock = threading.Lock()
        self._kept: LRUCache[tuple[int, dt.date], Shown] = LRUCache(DAYS)

    def of(self, view: View, state: State) -> Shown:
        """Where the layers of a day are shown."""
        key = view.version, state.day
        with self._lock:
            kept = self._kept.get(key)
        if kept is None:
            near = is_near(state.tickets, state.day) & is_late(state.tickets)
            kept = shown(state, view.areas, near, self.hiding.threshold, self._barred(view, state))
            with self._lock:
                self._kept[key] = kept
        return kept

    def _barred(self, view: View, state: State) -> Bools:
        """(areas,) where a measure of codes that the day's own ledgers tell is hidden: a table of the same people shows
        no more."""
        found, day, ledgers = np.zeros(len(view.areas), np.bool_), state.day, {source for source, *_ in state.parts}
        for count in (f"code_{colour}" for colour in COLOURS):
            if ledgers & {source for _, source in view.sources(count, day)}:
                made = measure(count)
                values = self.hiding.conceal(view, made, [day], ask(view, made, [day]))
                found |= values.state[0] == SUPPRESSED
        return found


def shown(state: State, areas: Areas, near: Bools, k: int, barred: Bools) -> Shown:
    """Where the layers of a day may be shown; ``near``: (tickets,) the overdue ones that are near a harm."""
    stand = state.groups[state.groups["today"] != TAKEN_BACK]
    systems = len(state.words["system"])
    colour = stand["system"].astype(np.int64) * len(CODES) + stand["colour"]
    held = stand[stand["colour"] > 0]
    by_colour = _sums(areas, stand["leaf"], colour, stand["n"], systems * len(CODES))
    by_age = _sums(areas, held["leaf"], held["overdue"].astype(np.int64), held["n"], len(OVERDUE))
    open_, late = by_age.sum(axis=1), by_age[:, [list(OVERDUE).index(bucket) for bucket in LATE]].sum(axis=1)
    grounds = _grounds(state.tickets, areas, near, open_, late)
    return Shown(*cut(areas, [with_rest(late, open_), by_colour, by_age, grounds], k, barred))


def _grounds(tickets: Rows, areas: Areas, near: Bools, open_: Ints, late: Ints) -> Ints:
    """(areas, columns) each doubt of what is open, and who is near a harm of the late, with what is left of both."""
    flags = [flagged(tickets, flag) for flag in DOUBTS]
    parts = [with_rest(_count(areas, tickets["leaf"][flag]), open_) for flag in flags]
    return np.concatenate([*parts, with_rest(_count(areas, tickets["leaf"][near]), late)], axis=1)


def _count(areas: Areas, leaf: Ints) -> Ints:
    return _sums(areas, leaf, np.zeros(len(leaf), np.int64), np.ones(len(leaf), np.int64), 1)[:, 0]


def _sums(areas: Areas, leaf: Ints, column: Ints, n: Ints, columns: int) -> Ints:
    """(areas, columns) sums of ``n`` by area and column."""
    leaves = int(areas.hi[0])
    flat = np.bincount(leaf.astype(np.int64) * columns + column, n, leaves * columns).astype(np.int64)
    total = np.concatenate([np.zeros((1, columns), np.int64), np.cumsum(flat.reshape(leaves, columns), axis=0)])
    return np.asarray(total[areas.hi] - total[areas.lo])
