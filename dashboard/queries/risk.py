"""The questions about risk: scores with their parts, signals, clusters, the next seven days, and how good they were."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from cachetools import LRUCache

from dashboard.queries.desk import Day, Desk, Viewer, day_range
from data.errors import BadQuestion, Both
from grid.arrays import Rows
from grid.cube import View
from grid.risk import grades
from grid.risk.board import BASELINES, SHARES, Alarms, Card, RiskBoard, RiskBook
from grid.risk.ground import CELL
from grid.risk.report_card import Interval
from grid.risk.score import TENTHS
from grid.risk.signals import KINDS

#: Books kept: the newest version's and a few that somebody looks back at.
BOOKS = 3
#: Rows that a list comes with at most; the figures count all.
MOST = 60
#: Units in the city from which on it can be told where a forecast points: one of twenty is five per cent.
LEAST_UNITS = 20
#: Hour of the city's day at which forecasts are issued: what was delivered in the morning is known.
NOON = 12


@dataclass(frozen=True)
class PartLine:
    """One part of a score: its id (terms.RISK_PARTS), its ``number`` (None: not known), its ``points`` and how many
    it can have; whole tenths all."""

    id: str
    number: float | None
    points: float
    full: float


@dataclass(frozen=True)
class RtLine:
    """The reproduction number of the last 7 days with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Ahead:
    """Findings expected in the next 7 days, with the 90 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class UnitLine:
    """One unit. ``least`` is its score, ``most`` what it would be if all that is missing were at its worst; ``grade``
    an id of terms.GRADES; ``hot``: Gi* believes it a hot spot; ``inside``: it can be looked into."""

    code: str
    name: str
    where: str
    grade: str
    least: float
    most: float
    parts: tuple[PartLine, ...]
    hot: bool
    rt: RtLine | None
    ahead: Ahead | None
    inside: bool


@dataclass(frozen=True)
class SignalLine:
    """A unit whose count is out of step: the methods that say so, and how often each is wrong on a quiet day."""

    code: str
    name: str
    where: str
    kinds: tuple[str, ...]
    count: float
    upper: float | None
    rates: Mapping[str, float]


@dataclass(frozen=True)
class ClusterLine:
    """A space-time cluster around a unit; ``recurrence``: days until chance alone brings one such."""

    code: str
    name: str
    where: str
    units: int
    days: int
    cases: int
    expected: float
    recurrence: float
    believed: bool


@dataclass(frozen=True)
class CardLine:
    """The report card of one level: ``hits`` by forecaster at SHARES of the units, ``people`` the same of the people
    (None where nobody counted them), ``pai``, ``coverage`` of the 50 and 90 % intervals, ``wis`` by forecaster,
    ``saved`` of the weighted interval score, ``ahead`` the mean lead over the better baseline."""

    level: str
    units: int
    first: Day
    last: Day
    days: int
    known: int
    why: str
    hits: Mapping[str, tuple[float, ...]]
    people: Mapping[str, tuple[float, ...]] | None
    pai: tuple[float, ...]
    coverage: tuple[float, ...]
    wis: Mapping[str, float]
    saved: Interval
    ahead: Interval

    @property
    def grey(self) -> bool:
        """Whether what the forecast shows must be drawn grey."""
        return self.why != "wins"


@dataclass(frozen=True)
class Brief:
    """How many units of ``level`` give a signal on ``day``, how many chance alone would bring, and the card."""

    level: str
    day: Day
    signals: int
    chance: float
    card: CardLine | None


@dataclass(frozen=True)
class RiskAnswer:
    """Risk in an area on a day by units of ``level``.

    ``own`` is the area itself; ``units`` the MOST with the highest score, by what is known of them; ``grades`` how
    many have each; ``chance`` false alarms expected by method over all units inside on a quiet day; ``forecasts``
    units of ``card_level``, highest first; ``card`` None where it cannot be made yet.
    """

    day: Day
    level: str
    basis: str
    own: UnitLine | None
    units: Sequence[UnitLine]
    grades: Mapping[str, int]
    signals: Sequence[SignalLine]
    chance: Mapping[str, float]
    clusters: Sequence[ClusterLine]
    card_level: str
    forecasts: Sequence[UnitLine]
    card: CardLine | None


class RiskDesk:
    """The questions about risk, over one desk. ``day`` None: the last day of which anything is known."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._books: LRUCache[int, RiskBook] = LRUCache(BOOKS)
        self._last: RiskBook | None = None
        self._lock = threading.RLock()

    def book(self, view: View) -> RiskBook:
        """Risk in a version; grown from the last one that was asked for."""
        with self._lock:
            if view.version not in self._books:
                self._last = self._books[view.version] = RiskBook(view, self._noon, self._last)
            return self._books[view.version]

    def _noon(self, day: Day) -> int:
        zone = ZoneInfo(self.desk.city.timezone)
        moment = dt.datetime.combine(day, dt.time(NOON), zone).astimezone(dt.UTC)
        return self.desk.cube.store.version(moment.replace(tzinfo=None))

    def days(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Sequence[Day]:
        """Every day that can be asked for; [] in a city without findings."""
        span = self.book(self.desk.cube.at(as_of)).span
        return day_range(*span) if span and span[0] <= span[1] else []

    def levels(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> tuple[str, ...]:
        """The levels by which an area can be scored: those below it that have findings of their own, coarsest first;
        its own where there is none."""
        view = self.desk.cube.at(as_of)
        row, book = self.desk.row(view, viewer, area), self.book(view)
        asked = self._day(book, day)
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
    ) -> RiskAnswer | None:
        """Risk in an area; None where nothing is known. ``level``: one of :meth:`levels`, else the first; ``grade``:
        only units of it. AreaNotFound outside the viewer's scope, BadQuestion of an unknown level."""
        view = self.desk.cube.at(as_of)
        row, book = self.desk.row(view, viewer, area), self.book(view)
        asked, levels = self._day(book, day), self.levels(viewer, area, day, as_of)
        if level is not None and level not in levels:
            known = ", ".join(levels)
            raise BadQuestion(detail=Both(f"没有层级 {level}；有：{known}", f"no level {level}; {known}"))
        board = book.board(level or levels[0], asked) if asked and levels else None
        if board is None or board.scored is None:
            return None
        deep = self._deep(book, levels, board)
        return _answer(_Asked(view, viewer, row), book, board, deep, grade)

    def brief(
        self,
        viewer: Viewer,
        area: str = "city",
        day: Day | None = None,
        as_of: dt.datetime | None = None,
        most: int | None = None,
    ) -> Brief | None:
        """Signals and report card of an area in a few numbers, of the finest units, of which there are ``most`` in the
        city at most; None where nothing is known."""
        view = self.desk.cube.at(as_of)
        row, book = self.desk.row(view, viewer, area), self.book(view)
        board = self._deepest(book, self._day(book, day), most)
        if board is None:
            return None
        inside = _Asked(view, viewer, row).inside(board)
        alarms = board.alarms
        on = np.logical_or.reduce([alarms.on[kind][inside] for kind in KINDS])
        chance = sum(float(np.nansum(alarms.rate[kind][inside])) for kind in KINDS)
        return Brief(board.here.level, board.day, int(on.sum()), chance, _card(board))

    def card(self, viewer: Viewer, as_of: dt.datetime | None = None, day: Day | None = None) -> CardLine | None:
        """The report card of the city's finest units."""
        book = self.book(self.desk.cube.at(as_of))
        found = self._deepest(book, self._day(book, day), None)
        return None if found is None else _card(found)

    # helpers ---------------------------------------------------------------------------------------

    def _day(self, book: RiskBook, day: Day | None) -> Day | None:
        """The day that is asked for, as far as there are findings."""
        if book.span is None or book.span[0] > book.span[1]:
            return None
        return min(max(day or book.span[1], book.span[0]), book.span[1])

    def _deepest(self, book: RiskBook, day: Day | None, most: int | None) -> RiskBoard | None:
        """The board of the finest units that have findings of their own."""
        if day is None:
            return None
        levels = [level for level in reversed(book.levels) if most is None or len(book.ground(level)) <= most]
        boards = (book.board(level, day) for level in levels)
        return next((board for board in boards if board is not None), None)

    def _deep(self, book: RiskBook, levels: Sequence[str], board: RiskBoard) -> RiskBoard:
        """The board whose forecast is shown: its own level's, or the finest if that has too few units to point at."""
        if len(board.here) >= LEAST_UNITS:
            return board
        return book.board(levels[-1], board.day) or board


@dataclass(frozen=True)
class _Asked:
    """Who asks about which area of which version."""

    view: View
    viewer: Viewer
    row: int

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
        chance={kind: float(np.nansum(alarms.rate[kind][inside])) for kind in KINDS},
        clusters=_clusters(asked, board, inside),
        card_level=deep.here.level,
        forecasts=_forecasts(asked, deep),
        card=_card(deep),
    )


def _unit(asked: _Asked, board: RiskBoard, unit: int) -> UnitLine:
    scored = board.scored
    assert scored is not None
    code, name, where = asked.named(board, unit)
    return UnitLine(
        code, name, where, grades.name(int(scored.grade[unit])), float(scored.least[unit]), float(scored.most[unit]),
        _parts(board, unit), bool(board.hot[1][unit]), _rt(board, unit), _ahead(board, unit),
        board.here.level != CELL,
    )  # fmt: skip


def _parts(board: RiskBoard, unit: int) -> tuple[PartLine, ...]:
    scored = board.scored
    assert scored is not None
    return tuple(
        PartLine(
            id, float(scored.numbers[n, unit]) if scored.known[n, unit] else None,
            float(scored.tenths[n, unit] / TENTHS), float(scored.full[n] / TENTHS),
        )
        for n, id in enumerate(scored.names)
    )  # fmt: skip


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
    some = np.logical_or.reduce([alarms.on[kind] for kind in KINDS])
    units = inside[some[inside]]
    order = units[np.argsort(-np.nan_to_num(alarms.count[units]), kind="stable")][:MOST]
    return [_signal(asked, board, alarms, int(unit)) for unit in order]


def _signal(asked: _Asked, board: RiskBoard, alarms: Alarms, unit: int) -> SignalLine:
    code, name, where = asked.named(board, unit)
    kinds = tuple(kind for kind in KINDS if alarms.on[kind][unit])
    upper = alarms.upper[unit]
    rates = {kind: float(alarms.rate[kind][unit]) for kind in kinds}
    return SignalLine(
        code, name, where, kinds, float(alarms.count[unit]), None if np.isnan(upper) else float(upper), rates
    )


def _clusters(asked: _Asked, board: RiskBoard, inside: Rows) -> list[ClusterLine]:
    """Those whose centre lies in the area."""
    here = set(inside.tolist())
    return [
        ClusterLine(
            *asked.named(board, one.cluster.centre), len(one.inside), one.cluster.days, one.cluster.cases,
            one.cluster.expected, one.recurrence, one.believed,
        )
        for one in board.clusters
        if one.cluster.centre in here
    ]  # fmt: skip


def _card(board: RiskBoard) -> CardLine | None:
    card = board.card if len(board.here) >= LEAST_UNITS else None
    if card is None:
        return None
    marks = card.marks
    by = {"forecast": marks.forecast, **{name: marks.baselines[name] for name in BASELINES}}
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


def _mean(rows: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[float, ...]:
    """Means of the columns over the days that tell anything; NaN where none does."""
    there = np.isfinite(rows)
    total = np.where(there, rows, 0.0).sum(axis=0)
    means = np.where(there.any(axis=0), total / np.maximum(there.sum(axis=0), 1), np.nan)
    return tuple(float(mean) for mean in means)


__all__ = [
    "Ahead",
    "Brief",
    "Card",
    "CardLine",
    "ClusterLine",
    "PartLine",
    "RiskAnswer",
    "RiskDesk",
    "RtLine",
    "SignalLine",
    "UnitLine",
]
