"""Rows whose numbers are those of the row beside them: a column that was pasted one line too low, or too high.

Each number is held against what its own place, and what the place of the row beside it, told lately. Square roots make
the scatter of a count the same for large and small ones, so that their squared distances may be added up.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from data.faults import Fault
from grid.ground import Order

Roots = NDArray[np.float64]

#: Rows without which nothing can be told.
LEAST_ROWS = 8
#: A shift is believed where it explains twice as much, and by a distance that no scatter brings: a count scatters by a
#: quarter in squared roots, a hundred rows by 25 more or less 5.
TIMES, CLEAR = 0.5, 20.0


def shift_of(order: Order, usual: NDArray[np.float64]) -> Fault | None:
    """The fault of a delivery whose rows are off by one; ``usual``: what the place of each row usually tells (NaN: not
    known)."""
    known = ~np.isnan(usual)
    if known.sum() < LEAST_ROWS or np.ptp(order.value) == 0 or not np.nansum(usual):
        return None
    scale = order.value[known].sum() / max(float(usual[known].sum()), 1.0)
    value, wanted = np.sqrt(order.value), np.sqrt(np.where(known, usual * scale, 0.0))
    own = _misfit(value, wanted, known)
    best = min(_shifts(order, value, wanted, known), default=own)
    if best >= TIMES * own or own - best < CLEAR:
        return None
    return Fault("shifted_rows", more={"own": round(own), "shifted": round(best)})


def _shifts(order: Order, value: Roots, wanted: Roots, known: NDArray[np.bool_]) -> Iterator[float]:
    """The misfit of each way to be off by one: in the file as a whole, among the rows of a day, of a count, of both."""
    for keys in ((), (order.day,), (order.count,), (order.day, order.count)):
        rows = np.lexsort((np.arange(len(value)), *keys))
        new = np.zeros(len(rows), bool)
        for key in keys:
            new[1:] |= key[rows][1:] != key[rows][:-1]
        here, beside = rows[1:][~new[1:]], rows[:-1][~new[1:]]
        both = known[here] & known[beside]
        if both.sum() < LEAST_ROWS:
            continue
        part = len(value) / both.sum()  # what the ends of the blocks leave out
        yield part * _misfit(value[here], wanted[beside], both)
        yield part * _misfit(value[beside], wanted[here], both)


def _misfit(value: Roots, wanted: Roots, among: NDArray[np.bool_]) -> float:
    return float(((value[among] - wanted[among]) ** 2).sum())
