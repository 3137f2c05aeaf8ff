"""Codes that stand although every condition for turning them is met: one report a street and day.

Nobody is named: who it is stands on the list of assignments, for those who may read it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dashboard.queries.codes import CodeDesk, CodesBelow
from dashboard.queries.desk import Desk, Viewer
from dashboard.senses.base import Sense, is_news, noted, of_version
from data.events.report import Report

#: The finest level that is reported: below it a day has more reports than anybody reads.
FINEST = "street"


def says(desk: Desk, now: dt.datetime) -> Iterator[Report]:
    """The streets in which codes are overdue, on the last day of which a ledger speaks."""
    viewer = Viewer(desk.city.lang)
    day = desk.beside(CodeDesk).last_day(viewer)
    if day is None or not is_news(desk, now, day):
        return
    for line in _streets(desk, viewer, "city", day):
        if line.ages.late:
            yield _report(desk, line, day)


def _streets(desk: Desk, viewer: Viewer, area: str, day: dt.date) -> Iterator[CodesBelow]:
    """The lines of the streets in an area, and of what is known no finer than one of the areas above them."""
    levels = desk.cube.at().areas.levels
    for line in desk.beside(CodeDesk).below(viewer, area, day) or ():
        deeper = line.code and FINEST in levels and levels.index(line.level) < levels.index(FINEST)
        if deeper and line.ages.late:
            yield from _streets(desk, viewer, line.code, day)
        elif line.code:
            yield line


def _report(desk: Desk, line: CodesBelow, day: dt.date) -> Report:
    late, stuck = line.ages.late, line.ages.counts["stuck"]
    told = noted(
        desk.city.lang,
        f"{day}：应转未转 {late} 人，其中超期 20 天以上 {stuck} 人",
        f"{day}: {late} people whose code should have been turned, {stuck} of them for more than 20 days",
    )
    return Report("codes", f"{line.code}|{day}", "code_overdue", line.code, subject=f"codes:{line.code}", **told)


CODES = Sense("codes", says, of_version)
