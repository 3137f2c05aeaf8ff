"""Who asks about which area, as known when: what every question about flows begins with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.queries.days import day_range
from dashboard.queries.desk import Day, Desk, Viewer
from grid.flows import import_risk
from grid.flows.book import FlowBook


@dataclass(frozen=True, eq=False)
class Asked:
    """A viewer's question about area ``row`` of a book, on the desk, as known at ``as_of`` (None: now)."""

    desk: Desk
    viewer: Viewer
    book: FlowBook
    row: int
    as_of: dt.datetime | None

    @property
    def area(self) -> str:
        """The area's code."""
        return self.book.view.areas.code[self.row]

    def label(self, place: int) -> str:
        """The name of a place in the reader's language."""
        return self.book.label(place, self.viewer.lang)

    def week(self, days: Sequence[Day]) -> list[float | None]:
        """Cases found in the area in the week up to each of ``days`` (ascending), as if its silent days were like the
        others; None where no day was told."""
        if not days:
            return []
        back = import_risk.UNFOUND_DAYS - 1
        span = day_range(dt.date.fromordinal(days[0].toordinal() - back), days[-1])
        told = self.desk.ask(self.viewer, "positives", area=self.area, days=span, as_of=self.as_of)
        found = {answer.day: answer.value for answer in told}
        weeks = ([found[dt.date.fromordinal(day.toordinal() - n)] for n in range(back + 1)] for day in days)
        return [_as_if_told(week) for week in weeks]

    def residents(self, days: Sequence[Day]) -> list[float | None]:
        """People of the area on each of ``days`` (ascending)."""
        if not days:
            return []
        span = day_range(days[0], days[-1])
        told = self.desk.ask(self.viewer, "population", area=self.area, days=span, as_of=self.as_of)
        found = {answer.day: answer.value for answer in told}
        return [found[day] for day in days]


def _as_if_told(week: Sequence[float | None]) -> float | None:
    known = [value for value in week if value is not None]
    return sum(known) * len(week) / len(known) if known else None
