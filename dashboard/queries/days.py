"""Days that are asked for, and those that have data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from data.errors import BadQuestion
from grid.cube import View
from grid.measures import Measure

Day = dt.date

#: Longest span that one question may ask for: two years of days.
MAX_DAYS = 731


def day_range(first: Day, last: Day) -> list[Day]:
    """Every day from ``first`` to ``last``; BadQuestion if they are the wrong way round."""
    if last < first:
        raise BadQuestion(detail=f"{first} > {last}")
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def in_parts(days: Sequence[Day], most: int = MAX_DAYS) -> list[Sequence[Day]]:
    """Days, in parts of as many as one question may hold: sums over years are asked part by part."""
    return [days[at : at + most] for at in range(0, len(days), most)]


def days_of(view: View, made: Measure, row: int = 0) -> tuple[Day, Day] | None:
    """First and last day with data for a measure in the area at ``row``; people alone do not date a rate, but without
    people present there is none by them."""
    if "present" in made.counts and not view.stated_days.get("present"):
        return None
    counted = [count for count in made.counts if count != "population"] or list(made.counts)
    dated = [count for count in counted if count != "present"] or counted
    return view.days(dated, row)
