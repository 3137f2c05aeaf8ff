"""The questions about risk: scores with their parts, signals, clusters, the next seven days, and how good they were."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
from cachetools import LRUCache

from dashboard.queries.desk import Day, Desk, Viewer, day_range
from dashboard.queries.flows import FlowDesk
from dashboard.queries.hidden import HIDDEN, need_small
from dashboard.queries.risk_lines import (
    Ahead,
    Brief,
    CardLine,
    ClusterLine,
    GranularityLine,
    PartLine,
    RiskAnswer,
    RtLine,
    SignalLine,
    UnitLine,
)
from data.errors import BadQuestion, Both, OneScreenError
from data.terms import LEVELS, TIERS
from grid.arrays import Bools, Floats, Rows
from grid.cube import View
from grid.measures import measure
from grid.risk import grades
from grid.risk.board import SHARES, Alarms, Card, RiskBoard, RiskBook
from grid.risk.forecast import BASELINES, MODEL
from grid.risk.granularity import told_mean
from grid.risk.grids import LEAST_UNITS, Explorer, Line
from grid.risk.ground import CELL
from grid.risk.score import TENTHS
from grid.risk.signals import KINDS

#: Books kept: the newest version's and a few that somebody looks back at.
BOOKS = 3
#: Rows that a list comes with at most; the figures count all.
MOST = 60
#: Seconds that a reader waits for the finenesses to be compared before the page says that this takes a while.
PATIENCE = 1.5
#: Parts of a score whose numbers are those of the areas around a unit.
AROUND = ("neighbours", "exposed")
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
        return self.desk.cube.store.version(moment.replace(tzinfo=None))

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
        below = [level for level in book.levels[book.levels.index(own) + 1 :] if len(_inside(view, level, row))]
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
        return _answer(_Asked(view, viewer, row), book, board, deep, grade)

    def unit(
        self, viewer: Viewer, level: str, code: str, day: Day | None = None, as_of: dt.datetime | None = None
    ) -> UnitLine | None:
        """One unit of a level in full; None where there is no such unit in the viewer's scope, or nothing is known.
        Withheld."""
        _need(viewer)
        view = self.desk.cube.at(as_of)
        asked, book = _Asked(view, viewer, self.desk.row(view, viewer, "city")), self.book(view)
        when = self._day(viewer, book, day)
        board = book.board(level, when) if when and level in book.levels else None
        if board is None or board.scored is None or not board.has(code) or board.row(code) not in asked.inside(board):
            return None
        return _unit(asked, board, board.row(code))

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
        board = self._deep(book, levels, first, most)
        inside = _Asked(view, viewer, row).inside(board)
        alarms = board.alarms
        chance = sum(float(np.nansum(alarms.rate[kind][inside])) for kind in KINDS)
        return Brief(board.here.level, board.day, int(_on(alarms)[inside].sum()), chance, _card(viewer, board))

    def card(self, viewer: Viewer, as_of: dt.datetime | None = None, day: Day | None = None) -> CardLine | None:
        """The report card of the city's finest units; None for who sees a part of the city. Withheld."""
        _need(viewer)
        book = self.book(self.desk.cube.at(as_of))
        found = self._deepest(book, self._day(viewer, book, day), None)
        return None if found is None else _card(viewer, found)

    def granularity(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> list[GranularityLine]:
        """How fine is fine enough: the same findings by every fineness inside an area, coarsest first; [] where too
        little is known to tell. Kept by version: the first question of a day tries them all."""
        explorer, row, asked = self._explored(viewer, area, day, as_of)
        return [] if asked is None else [_granularity(line, viewer) for line in explorer.lines(row, asked)]

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
                self._working[key] = threading.Thread(target=_explore, args=(explorer, row, asked), daemon=True)
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
        if len(board.here) >= LEAST_UNITS:
            return board
        small = [level for level in levels if most is None or len(book.ground(level)) <= most]
        return (book.board(small[-1], board.day) if small else None) or board


@dataclass(frozen=True)
class _Asked:
    """Who asks about which area of which version."""

    view: View
    viewer: Viewer
    row: int

    @property
    def whole(self) -> _Asked:
        """The same about all that the viewer may see."""
        return replace(self, row=0 if self.viewer.scope is None else self.view.areas.find(self.viewer.scope))

    def named(self, board: RiskBoard, unit: int) -> tuple[str, str, str]:
        """Code, name and whereabouts of a unit."""
        areas, code, lang = self.view.areas, board.here.codes[unit], self.viewer.lang
        if board.here.level != CELL:
            path = areas.path(int(board.here.rows[unit]))
            return code, areas.label(path[-1], lang), " ".join(areas.label(step, lang) for step in path[1:-1])
        home = areas.path(int(self.view.leaves.area[self.view.leaves.home[unit]]))
        return code, code, " ".join(areas.label(step, lang) for step in home[1:])

    def inside(self, board: RiskBoard) -> Rows:
        """Rows of the board's units that lie in the area."""
        inside = _inside(self.view, board.here.level, self.row)
        return inside if board.here.level == CELL else np.searchsorted(board.here.rows, inside).astype(np.int32)


def _need(viewer: Viewer) -> None:
    """Withheld from who may not see small numbers."""
    need_small(viewer, "风险评分、信号与预测", "Risk scores, signals and forecasts")


def _inside(view: View, level: str, row: int) -> Rows:
    """Rows of the units of a level in an area. A cell is a whole: it is that area's which holds most of it."""
    if level != CELL:
        return view.areas.of_level(level, row)
    home = view.leaves.home
    return np.flatnonzero((home >= view.areas.lo[row]) & (home < view.areas.hi[row])).astype(np.int32)


def _answer(asked: _Asked, book: RiskBook, board: RiskBoard, deep: RiskBoard, grade: str | None) -> RiskAnswer:
    scored, inside = board.scored, asked.inside(board)
    assert scored is not None
    own = book.board(asked.view.areas.level[asked.row], board.day)
    order = inside[np.lexsort((-scored.most[inside], -scored.least[inside]))]
    known = [int(unit) for unit in order if grade is None or grades.name(int(scored.grade[unit])) == grade]
    counted = {id: int((scored.grade[inside] == n).sum()) for n, id in enumerate(grades.ORDER)}
    counted["unknown"] = int((scored.grade[inside] < 0).sum())
    alarms = board.alarms
    return RiskAnswer(
        day=board.day,
        level=board.here.level,
        basis=board.basis,
        own=_unit(asked, own, own.row(asked.view.areas.code[asked.row])) if own and own.scored else None,
        units=[_unit(asked, board, unit) for unit in known[:MOST]],
        grades=counted,
        signals=_signals(asked, board, inside),
        signalled=int(_on(alarms)[inside].sum()),
        chance={kind: float(np.nansum(alarms.rate[kind][inside])) for kind in KINDS},
        clusters=_clusters(asked, board, inside),
        card_level=deep.here.level,
        forecasts=_forecasts(asked, deep),
        card=_card(asked.viewer, deep),
    )


def _unit(asked: _Asked, board: RiskBoard, unit: int) -> UnitLine:
    scored = board.scored
    assert scored is not None
    code, name, where = asked.named(board, unit)
    return UnitLine(
        code, name, where, grades.name(int(scored.grade[unit])), float(scored.least[unit]), float(scored.most[unit]),
        _parts(asked, board, unit), bool(board.hot[1][unit]), _rt(board, unit), _ahead(board, unit),
        board.here.level != CELL,
    )  # fmt: skip


def _parts(asked: _Asked, board: RiskBoard, unit: int) -> tuple[PartLine, ...]:
    """The parts of a score with their points. The number behind a part that is made of the areas around is HIDDEN from
    who may not see these: the points are a warning to the unit, the number is its neighbours'."""
    scored = board.scored
    assert scored is not None

    def number(n: int, id: str) -> float | None:
        if id in AROUND and asked.viewer.scope is not None:
            return HIDDEN
        return float(scored.numbers[n, unit]) if scored.known[n, unit] else None

    return tuple(
        PartLine(id, number(n, id), float(scored.tenths[n, unit] / TENTHS), float(scored.full[n] / TENTHS))
        for n, id in enumerate(scored.names)
    )


def _rt(board: RiskBoard, unit: int) -> RtLine | None:
    found = board.rt
    if not found.known[-1, unit]:
        return None
    return RtLine(float(found.mean[-1, unit]), float(found.low[-1, unit]), float(found.high[-1, unit]))


def _ahead(board: RiskBoard, unit: int) -> Ahead | None:
    found = board.forecast
    if found is None or not board.cases.known[-7:, unit].any():
        return None
    return Ahead(float(found.mean[unit]), float(found.quantiles[0, unit]), float(found.quantiles[4, unit]))


def _forecasts(asked: _Asked, deep: RiskBoard) -> list[UnitLine]:
    if deep.forecast is None or deep.scored is None:
        return []
    inside = asked.inside(deep)
    order = inside[np.argsort(-deep.forecast.mean[inside], kind="stable")][:MOST]
    lines = (_unit(asked, deep, int(unit)) for unit in order)
    return [line for line in lines if line.ahead is not None]


def _signals(asked: _Asked, board: RiskBoard, inside: Rows) -> list[SignalLine]:
    alarms = board.alarms
    units = inside[_on(alarms)[inside]]
    order = units[np.argsort(-np.nan_to_num(alarms.count[units]), kind="stable")][:MOST]
    return [_signal(asked, board, alarms, int(unit)) for unit in order]


def _on(alarms: Alarms) -> Bools:
    """(units) where any method signals."""
    return np.asarray(np.logical_or.reduce([alarms.on[kind] for kind in KINDS]))


def _signal(asked: _Asked, board: RiskBoard, alarms: Alarms, unit: int) -> SignalLine:
    code, name, where = asked.named(board, unit)
    kinds = tuple(kind for kind in KINDS if alarms.on[kind][unit])
    upper = alarms.upper[unit]
    rates = {kind: float(alarms.rate[kind][unit]) for kind in kinds}
    return SignalLine(
        code, name, where, kinds, float(alarms.count[unit]), None if np.isnan(upper) else float(upper), rates
    )


def _clusters(asked: _Asked, board: RiskBoard, inside: Rows) -> list[ClusterLine]:
    """Those whose centre lies in the area, and that lie in what the viewer may see as a whole: their numbers are."""
    here = set(inside.tolist())
    seen = set(asked.whole.inside(board).tolist())
    return [
        ClusterLine(
            *asked.named(board, one.cluster.centre), len(one.inside), one.cluster.days, one.cluster.cases,
            one.cluster.expected, one.recurrence, one.believed,
        )
        for one in board.clusters
        if one.cluster.centre in here and seen.issuperset(one.inside)
    ]  # fmt: skip


def _card(viewer: Viewer, board: RiskBoard) -> CardLine | None:
    """The report card: it is the whole city's, hence None for who sees a part of it."""
    card = board.card if viewer.scope is None and len(board.here) >= LEAST_UNITS else None
    if card is None:
        return None
    marks = card.marks
    by = {MODEL: marks.forecast, **{name: marks.baselines[name] for name in BASELINES}}
    return CardLine(
        level=board.here.level,
        units=len(board.here),
        first=card.days[0],
        last=card.days[-1],
        days=len(card.days),
        known=card.known,
        why=marks.why,
        hits={name: _mean(one.hits["units"]) for name, one in by.items()},
        people={name: _mean(one.hits["people"]) for name, one in by.items()} if card.people else None,
        pai=tuple(hit / share for hit, share in zip(_mean(marks.forecast.hits["units"]), SHARES, strict=True)),
        coverage=_mean(marks.forecast.coverage),
        wis={name: float(one.wis.mean()) for name, one in by.items()},
        saved=marks.wis,
        ahead=marks.overall,
    )


def _mean(rows: Floats) -> tuple[float, ...]:
    return tuple(told_mean(rows).tolist())


def _explore(explorer: Explorer, row: int, day: Day) -> None:
    """Compares the finenesses; what goes wrong is told to whoever asks for them."""
    with contextlib.suppress(OneScreenError):
        explorer.lines(row, day)


def _granularity(line: Line, viewer: Viewer) -> GranularityLine:
    found, card = line.found, line.found.card
    baselines = {name: told_mean(marks.hits[line.of]) for name, marks in card.baselines.items()}
    best = max(baselines, key=lambda name: float(np.nan_to_num(baselines[name]).mean()))
    return GranularityLine(
        id=line.id,
        name=_fineness_name(line.id, viewer),
        units=found.units,
        m2=_plain(line.m2),
        people=_plain(line.people),
        days=len(card.forecast.wis),
        of=line.of,
        hits=tuple(_plain(hit) for hit in found.hits(line.of)),
        baseline=tuple(_plain(hit) for hit in baselines[best]),
        best=best,
        ahead=card.leads[line.of],
        why=card.whys[line.of],
        hidden=found.hidden_counts,
        hidden_findings=found.hidden,
        work=found.work,
        work_people=_plain(line.work_people),
        enough=line.enough,
    )


def _fineness_name(id: str, viewer: Viewer) -> str:
    return TIERS[id].name(viewer.lang) if id in LEVELS else f"H3 {id.removeprefix('h3-')}"


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


__all__ = [
    "Ahead",
    "Brief",
    "Card",
    "CardLine",
    "ClusterLine",
    "GranularityLine",
    "PartLine",
    "RiskAnswer",
    "RiskDesk",
    "RtLine",
    "SignalLine",
    "UnitLine",
]
