"""The questions about risk: scores with their parts, signals, clusters, the next seven days, and how good they were."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from cachetools import LRUCache

from dashboard.queries.days import day_range
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.flows import FlowDesk
from dashboard.queries.hidden import need_small
from dashboard.queries.risk import answers
from dashboard.queries.risk.asked import Asked, inside_of
from dashboard.queries.risk.finenesses import explore, granularity_line
from dashboard.queries.risk.lines import (
    Brief,
    CardLine,
    GranularityLine,
    RiskAnswer,
    UnitLine,
)
from data.errors import BadQuestion
from data.words import Both
from grid.cube import View
from grid.measures import measure
from grid.risk.board import RiskBoard, RiskBook
from grid.risk.grids import Explorer

#: Books kept: the newest version's and a few that somebody looks back at.
BOOKS = 3
#: Seconds that a reader waits for the finenesses to be compared before the page says that this takes a while.
PATIENCE = 1.5
#: Hour of the city's day at which forecasts are issued: what was delivered in the morning is known.
NOON = 12


class RiskDesk:
    """The questions about risk, over one desk. ``day`` None: the last day of which anything is known.

    Scores, signals and forecasts are made of small numbers of places and of their neighbours over weeks: who may not
    see these is shown none of them (Withheld).
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._books: LRUCache[int, RiskBook] = LRUCache(BOOKS)
        self._explorers: LRUCache[int, Explorer] = LRUCache(BOOKS)
        self._working: dict[tuple[int, int, Day], threading.Thread] = {}
        self._last: RiskBook | None = None
        self._lock = threading.RLock()

    def book(self, view: View) -> RiskBook:
        """Risk in a version; grown from the last one that was asked for."""
        with self._lock:
            if view.version not in self._books:
                flows = self.desk.beside(FlowDesk).book
                self._last = self._books[view.version] = RiskBook(
                    view, self._noon, self._last, flows, self.desk.city.risk
                )
            return self._books[view.version]

    def _noon(self, day: Day) -> int:
        zone = ZoneInfo(self.desk.city.timezone)
        moment = dt.datetime.combine(day, dt.time(NOON), zone).astimezone(dt.UTC)
        return self.desk.cube.version(moment.replace(tzinfo=None))

    def days(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Sequence[Day]:
        """Every day that can be asked for; [] in a city without findings."""
        span = self._span(viewer, self.book(self.desk.cube.at(as_of)))
        return day_range(*span) if span else []

    def levels(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> tuple[str, ...]:
        """The levels by which an area can be scored: those below it that have findings of their own, coarsest first;
        its own where there is none."""
        view = self.desk.cube.at(as_of)
        row, book = self.desk.row(view, viewer, area), self.book(view)
        asked = self._day(viewer, book, day)
        if asked is None:
            return ()
        own = view.areas.level[row]
        below = [level for level in book.levels[book.levels.index(own) + 1 :] if len(inside_of(view, level, row))]
        return tuple(level for level in below if book.board(level, asked)) or (own,)

    def answer(
        self,
        viewer: Viewer,
        area: str = "city",
        day: Day | None = None,
        as_of: dt.datetime | None = None,
        level: str | None = None,
        grade: str | None = None,
        most: int | None = None,
    ) -> RiskAnswer | None:
        """Risk in an area; None where nothing is known. ``level``: one of :meth:`levels`, else the first; ``grade``:
        only units of it; ``most``: the forecast is of units of which there are so many in the city at most.
        AreaNotFound outside the viewer's scope, BadQuestion of an unknown level, Withheld."""
        _need(viewer)
        view = self.desk.cube.at(as_of)
        row, book = self.desk.row(view, viewer, area), self.book(view)
        asked, levels = self._day(viewer, book, day), self.levels(viewer, area, day, as_of)
        if level is not None and level not in levels:
            known = ", ".join(levels)
            raise BadQuestion(detail=Both(f"没有层级 {level}；有：{known}", f"no level {level}; {known}"))
        board = book.board(level or levels[0], asked) if asked and levels else None
        if board is None or board.scored is None:
            return None
        deep = self._deep(book, levels, board, most)
        return answers.answer(Asked(view, viewer, row), book, board, deep, grade)

    def unit(
        self, viewer: Viewer, level: str, code: str, day: Day | None = None, as_of: dt.datetime | None = None
    ) -> UnitLine | None:
        """One unit of a level in full; None where there is no such unit in the viewer's scope, or nothing is known.
        Withheld."""
        _need(viewer)
        view = self.desk.cube.at(as_of)
        asked, book = Asked(view, viewer, self.desk.row(view, viewer, "city")), self.book(view)
        when = self._day(viewer, book, day)
        board = book.board(level, when) if when and level in book.levels else None
        if board is None or board.scored is None or not board.has(code) or board.row(code) not in asked.inside(board):
            return None
        return answers.unit_line(asked, board, board.row(code))

    def brief(
        self,
        viewer: Viewer,
        area: str = "city",
        day: Day | None = None,
        as_of: dt.datetime | None = None,
        most: int | None = None,
    ) -> Brief | None:
        """Signals and report card of an area in a few numbers, of the units whose forecast :meth:`answer` tells; None
        where nothing is known. Withheld."""
        _need(viewer)
        view = self.desk.cube.at(as_of)
        row, book = self.desk.row(view, viewer, area), self.book(view)
        asked, levels = self._day(viewer, book, day), self.levels(viewer, area, day, as_of)
        first = book.board(levels[0], asked) if asked and levels else None
        if first is None:
            return None
        return answers.brief(Asked(view, viewer, row), self._deep(book, levels, first, most))

    def card(self, viewer: Viewer, as_of: dt.datetime | None = None, day: Day | None = None) -> CardLine | None:
        """The report card of the city's finest units; None for who sees a part of the city. Withheld."""
        _need(viewer)
        book = self.book(self.desk.cube.at(as_of))
        found = self._deepest(book, self._day(viewer, book, day), None)
        return None if found is None else answers.card(viewer.scope, found)

    def granularity(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> list[GranularityLine]:
        """How fine is fine enough: the same findings by every fineness inside an area, coarsest first; [] where too
        little is known to tell. Kept by version: the first question of a day tries them all."""
        explorer, row, asked = self._explored(viewer, area, day, as_of)
        return [] if asked is None else [granularity_line(line, viewer.lang) for line in explorer.lines(row, asked)]

    def compared(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> bool:
        """Whether :meth:`granularity` can answer at once. Where it cannot, that is worked out from now on beside the
        serving, and waited for PATIENCE seconds at most."""
        explorer, row, asked = self._explored(viewer, area, day, as_of)
        if asked is None or explorer.knows(row, asked):
            return True
        with self._lock:
            key = explorer.book.view.version, row, asked
            self._working = {one: work for one, work in self._working.items() if work.is_alive()}
            if key not in self._working:
                self._working[key] = threading.Thread(target=explore, args=(explorer, row, asked), daemon=True)
                self._working[key].start()
            work = self._working[key]
        work.join(PATIENCE)
        return not work.is_alive()

    def _explored(
        self, viewer: Viewer, area: str, day: Day | None, as_of: dt.datetime | None
    ) -> tuple[Explorer, int, Day | None]:
        """What compares the finenesses of a version, the row of the area, and the day that is asked for; Withheld."""
        _need(viewer)
        view = self.desk.cube.at(as_of)
        row, book = self.desk.row(view, viewer, area), self.book(view)
        with self._lock:
            if view.version not in self._explorers:
                self._explorers[view.version] = Explorer(book)
            return self._explorers[view.version], row, self._day(viewer, book, day)

    # helpers ---------------------------------------------------------------------------------------

    def _span(self, viewer: Viewer, book: RiskBook) -> tuple[Day, Day] | None:
        """First and last day with findings in what the viewer may see, as far as the book goes."""
        told = self.desk.span(book.view, viewer, measure("positives")) if viewer.scope else book.span
        if told is None or book.span is None:
            return None
        span = max(told[0], book.span[0]), min(told[1], book.span[1])
        return span if span[0] <= span[1] else None

    def _day(self, viewer: Viewer, book: RiskBook, day: Day | None) -> Day | None:
        """The day that is asked for, as far as there are findings."""
        span = self._span(viewer, book)
        return None if span is None else min(max(day or span[1], span[0]), span[1])

    def _deepest(self, book: RiskBook, day: Day | None, most: int | None) -> RiskBoard | None:
        """The board of the finest units that have findings of their own."""
        if day is None:
            return None
        levels = [level for level in reversed(book.levels) if most is None or len(book.ground(level)) <= most]
        boards = (book.board(level, day) for level in levels)
        return next((board for board in boards if board is not None), None)

    def _deep(self, book: RiskBook, levels: Sequence[str], board: RiskBoard, most: int | None) -> RiskBoard:
        """The board whose forecast is shown: its own level's, or the finest if that has too few units to point at."""
        if answers.many(board):
            return board
        small = [level for level in levels if most is None or len(book.ground(level)) <= most]
        return (book.board(small[-1], board.day) if small else None) or board


def _need(viewer: Viewer) -> None:
    """Withheld from who may not see small numbers."""
    need_small(viewer, "风险评分、信号与预测", "Risk scores, signals and forecasts")
