"""How an event ended: whether it was answered in time, solved, to somebody's satisfaction, and where it arose.

The first three are those by which hotlines are judged (响应率 解决率 满意率). Each is a yes, a no, or None: what
is not due yet is neither a success nor a failure, and stands in no denominator. Deadlines are those that an event was
raised with: that it went up a level, was handed over or came back gives nobody a better rate, nor that the city's file
says something else by now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from data.events.read import Standing
from data.terms import LEVELS

#: Until when an event was to be taken on, by whomever, as it was raised.
Raised = Callable[[Standing], dt.datetime]

_FINENESS = {level: n for n, level in enumerate(LEVELS)}


@dataclass(frozen=True)
class Share:
    """``of``: the denominator; ``part``: the numerator."""

    part: int
    of: int

    @property
    def share(self) -> float | None:
        """Part by whole; None where there is nothing to divide by."""
        return self.part / self.of if self.of else None


def answered(row: Standing, raised: Raised, now: dt.datetime) -> bool | None:
    """Taken on by its deadline; None while nobody did and there is time."""
    due = raised(row)
    if row.accepted is None:
        return None if due >= now else False
    return row.accepted <= due


def solved(row: Standing, now: dt.datetime) -> bool | None:
    """Closed and never reopened; None while it is neither and there is time. Only whoever reopens it moves the time."""
    if row.reopened:
        return False
    if row.closed is None:
        return None if row.close_by >= now else False
    return True


def solved_low(row: Standing, first: str) -> bool | None:
    """Closed by the level that had it ``first`` (of data.terms.LEVELS), or by a finer one; None while it is open."""
    return None if row.closed is None else _FINENESS[row.level] >= _FINENESS[first]


__all__ = ["Raised", "Share", "answered", "solved", "solved_low"]
