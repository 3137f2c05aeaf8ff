"""The risk board: everything about risk on one day in one version, for the areas of a level or for the cells.

A :class:`RiskBook` is one version of a city; it makes boards and keeps them. What a board tells of day t uses days up
to t. Its forecast is of the seven days after t. Its report card looks back at the forecasts of the last 28 days whose
week is over: each made from what the store knew at noon of its first day, where it knew anything (an archive that was
loaded afterwards is cut by day instead, and the card says so), and judged by what is known now.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from cachetools import LRUCache

from data.city import RiskSettings
from data.store import Load
from grid.arrays import Bools, Floats, Ints, Rows
from grid.cube import View
from grid.flows.book import FlowBook
from grid.rates import Part
from grid.risk import ground as grounds
from grid.risk import hotspots, importation, rt, scan, score, signals
from grid.risk.forecast import AHEAD, BASELINES, LEAST_DAYS, MODEL, Forecast, Forecaster
from grid.risk.ground import BASES, CELL, Ground
from grid.risk.parts import WEEK, Facts, parts
from grid.risk.report_card import SHARES, ReportCard, report_card
from grid.risk.score import Scored
from grid.risk.spread import Outlook

Day = dt.date

#: Days of history that a forecast sees at least (if there are as many), and in what steps its first day moves on:
#: from one day to the next it stays, so that what was worked out can be kept.
HISTORY, STEP = 90, 30
#: Days of forecasting that the report card looks back at, and the least that make a card.
CARD_DAYS, LEAST_CARD = 28, 7
#: Days that a quiet level is taken from for CUSUM: the four weeks that end two weeks ago.
QUIET, QUIET_AGO = 28, 14
#: Days that the reproduction number is estimated from.
RT_DAYS = 42
#: Chance maxima drawn for a scan of so many units at most, and of more.
REPLICATES, FEW_REPLICATES, MANY_UNITS = 99, 39, 5000
#: Chance maxima are drawn again once the cases of the study period differ from those they were drawn for by more than
#: this: the maximum of so many cylinders hardly depends on how many cases there are.
REDRAWN = 0.1
#: Boards kept (a megacity's cells are 40 MB each), and bytes of past forecasts (0.5 MB each there).
BOARDS = 12
ISSUED_BYTES = 100_000_000


@dataclass(frozen=True)
class Found:
    """A space-time cluster: ``inside`` its units, whether it is believed (``recurrence`` in days long enough)."""

    cluster: scan.Cluster
    inside: Rows
    recurrence: float

    @property
    def believed(self) -> bool:
        """Whether chance alone brings such a cluster less often than scan.RECURRENCE."""
        return self.recurrence >= scan.RECURRENCE


@dataclass(frozen=True)
class Alarms:
    """What each method says of the day: ``on`` by kind (units), the ``rate`` of false alarms by kind (units, share of
    quiet days), ``count`` and the ``upper`` limit of C2 (NaN where there is no baseline)."""

    on: Mapping[str, Bools]
    rate: Mapping[str, Floats]
    count: Floats
    upper: Floats

    def by_chance(self, kind: str) -> float:
        """False alarms of a kind expected over all units on a quiet day."""
        return float(np.nansum(self.rate[kind]))


@dataclass(frozen=True)
class Card:
    """The report card: ``days`` on which the forecasts began, how many of them were ``known`` then (the others are
    cut by day), and the marks."""

    days: tuple[Day, ...]
    known: int
    marks: ReportCard
    people: bool


#: The version of the store at noon of a day; nought where nothing was known yet.
VersionAt = Callable[[Day], int]
#: The flows of a version, read when first asked for.
FlowsOf = Callable[[View], FlowBook]


class RiskBook:
    """Risk in one version. ``noon``: what the store knew when a day's forecast was issued; ``flows``: None where
    importation is not looked at; ``before``: the book of an earlier version, from which this one grows; ``settings``:
    what the city says of the pathogen. Thread-safe."""

    def __init__(
        self,
        view: View,
        noon: VersionAt,
        before: RiskBook | None = None,
        flows: FlowsOf | None = None,
        settings: RiskSettings | None = None,
    ) -> None:
        self.view = view
        self.noon = noon
        self.settings = settings or RiskSettings()
        self._flows = flows
        self.lock = threading.RLock()
        self._boards: LRUCache[tuple[str, Day], RiskBoard | None] = LRUCache(BOARDS)
        self._grounds: dict[str, Ground] = {}
        self._issued: LRUCache[tuple[str, Day, int], Made] = LRUCache(ISSUED_BYTES, getsizeof=_size)
        self._forecasters: dict[tuple[str, str, Day], Forecaster] = {}
        self._maxima: dict[tuple[str, str], tuple[int, Floats]] = {}
        if before is not None and before.view.geography.id == view.geography.id:
            # a forecaster is of one thread at a time: who shares it shares the lock
            self.lock, self._grounds, self._issued = before.lock, before._grounds, before._issued
            self._forecasters, self._maxima = dict(before._forecasters), dict(before._maxima)

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels with units, the city's own first, cells last."""
        return (*self.view.areas.levels, *((CELL,) if len(self.view.leaves.cells) else ()))

    @cached_property
    def span(self) -> tuple[Day, Day] | None:
        """First and last day on which a score can be asked for."""
        counts = [count for names, _ in BASES.values() for count in names]
        days = self.view.days(counts)
        return None if days is None else (days[0] + dt.timedelta(days=WEEK - 1), days[1])

    def ground(self, level: str) -> Ground:
        """The units of a level."""
        with self.lock:
            if level not in self._grounds:
                self._grounds[level] = grounds.ground(self.view, level)
            return self._grounds[level]

    def board(self, level: str, day: Day) -> RiskBoard | None:
        """The board of a level on a day; None where nothing is found out about such units."""
        with self.lock:
            if (level, day) not in self._boards:
                here = self.ground(level)
                name = grounds.basis(self.view, here, day) if self.span and len(here) else None
                self._boards[level, day] = None if name is None else RiskBoard(self, here, name, day)
            return self._boards[level, day]

    def start(self, day: Day) -> Day:
        """The first day of the history that is looked at for a day."""
        assert self.span is not None
        first = self.span[0] - dt.timedelta(days=WEEK - 1)
        return first + dt.timedelta(days=max(0, (day - first).days - HISTORY) // STEP * STEP)

    def imported(self, here: Ground, people: Part, day: Day) -> Part | None:
        """Infections that units expect from elsewhere in the 7 days after a day; None where no flows are told."""
        if self._flows is None:
            return None
        return importation.imported(self._flows(self.view), here, people, day)

    def maxima(self, board: RiskBoard, seen: scan.Window, rings: int) -> Floats:
        """The highest ratios that chance gives a scan, drawn once for about as many cases."""
        key, here = (board.here.level, board.basis), board.here
        total, kept = self._maxima.get(key, (0, np.empty(0)))
        if abs(seen.total - total) > REDRAWN * seen.total:
            many = FEW_REPLICATES if len(here) > MANY_UNITS else REPLICATES
            kept = scan.null_maxima(seen, here.near, rings, many, np.random.default_rng(0))
            self._maxima[key] = seen.total, kept
        return kept

    def forecaster(self, here: Ground, name: str, counts: Part, first: Day) -> Forecaster:
        """A forecaster that knows ``counts``, grown from the one at hand."""
        key = (here.level, name, first)
        kept = self._forecasters.get(key)
        made = Forecaster(counts, first, here.near) if kept is None else kept.revised(counts)
        if kept is None or len(counts.value) >= len(kept.counts.value):
            self._forecasters[key] = made
        return made


#: What was forecast of one day by the model and the baselines.
Made = Mapping[str, Outlook]


class RiskBoard:
    """The board of one level on one day; everything is worked out when first asked for. ``basis``: the measure that
    findings are taken from."""

    def __init__(self, book: RiskBook, here: Ground, name: str, day: Day) -> None:
        self.book, self.here, self.basis, self.day = book, here, name, day
        self.first = book.start(day)
        self.days = [self.first + dt.timedelta(days=n) for n in range((day - self.first).days + 1)]

    @cached_property
    def cases(self) -> Part:
        """Findings from the first day to the board's, days x units."""
        return grounds.found(self.book.view, self.here, self.basis, self.days)

    @cached_property
    def people(self) -> Part:
        """Inhabitants (units)."""
        return grounds.people(self.book.view, self.here, self.day)

    def row(self, code: str) -> int:
        """The row of a unit; KeyError."""
        return self._rows[code]

    def has(self, code: str) -> bool:
        """Whether a code is one of the units."""
        return code in self._rows

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {code: row for row, code in enumerate(self.here.codes)}

    # the score ---------------------------------------------------------------------------------------

    @cached_property
    def scored(self) -> Scored | None:
        """Scores with their parts; None before there is a week of findings, and without people."""
        if len(self.days) < WEEK:
            return None
        with self.book.lock:
            contacts = grounds.contacts(self.book.view, self.here, self.day)
            imported = self.book.imported(self.here, self.people, self.day)
            facts = Facts(self.cases, self.people, self.here.m2, self.here.near, self.here.rings, contacts, imported)
            found = parts(facts)
        return score.score(found) if found else None

    @cached_property
    def hot(self) -> tuple[Part, Bools]:
        """Gi* of the last 7 days' findings (one row), and which of the high ones to believe."""
        rows = slice(max(0, len(self.days) - WEEK), None)
        known = self.cases.known[rows].sum(axis=0)[None, :] > 0
        week = np.where(self.cases.known[rows], self.cases.value[rows], 0.0).sum(axis=0)[None, :]
        z = hotspots.gi_star(Part(week, known), self.here.near.weights((1.0,) * (self.here.rings + 1)))
        return z, hotspots.discoveries(hotspots.p_high(z))[0]

    @cached_property
    def clusters(self) -> tuple[Found, ...]:
        """The space-time clusters that still go on, strongest first; none where nobody's number is known."""
        with self.book.lock:
            seen = scan.window(self.cases, np.where(self.people.known, self.people.value, 0.0))
            if not seen.total or not seen.scale or len(self.here) < 2:
                return ()
            rings = scan.RINGS if self.here.level == CELL else 3
            best = scan.clusters(scan.scan(seen, self.here.near, rings), seen, self.here.near)
            maxima = self.book.maxima(self, seen, rings) if best else np.empty(0)
        return tuple(self._cluster(one, maxima) for one in best)

    def _cluster(self, one: scan.Cluster, maxima: Floats) -> Found:
        inside = self.here.near.disc(one.centre, one.rings)
        return Found(one, inside, scan.recurrence(scan.p_gumbel(one.ratio, maxima)))

    @cached_property
    def alarms(self) -> Alarms:
        """EARS and CUSUM on the board's day."""
        late = Part(self.cases.value[-QUIET_AGO:], self.cases.known[-QUIET_AGO:])
        usual, told = self._usual()
        sums = signals.cusum(late, usual)
        made = {"C1": signals.c1(late), "C2": signals.c2(late), "C3": signals.c3(late)}
        on = {kind: each.on[-1] for kind, each in made.items()} | {"CUSUM": sums.on[-1] & told}
        limit = signals.upper(late, signals.LAG)
        rate = {kind: np.where(late.known[-1], signals.false_alarms(kind, usual), np.nan) for kind in signals.KINDS}
        count = np.where(late.known[-1], late.value[-1], np.nan)
        return Alarms(on, rate, count, np.where(limit.known[-1], limit.value[-1], np.nan))

    def _usual(self) -> tuple[Floats, Bools]:
        """The mean of each unit's quiet weeks, and where there are such."""
        end = max(len(self.days) - QUIET_AGO, 0)
        rows = slice(max(0, end - QUIET), end)
        known = self.cases.known[rows].sum(axis=0)
        total = np.where(self.cases.known[rows], self.cases.value[rows], 0.0).sum(axis=0)
        return total / np.maximum(known, 1), known >= WEEK

    @cached_property
    def rt(self) -> rt.Rt:
        """The reproduction number of the board's day (one row), from RT_DAYS, where the counts carry it."""
        cases = Part(self.cases.value[-RT_DAYS:], self.cases.known[-RT_DAYS:])
        enough = np.flatnonzero(np.where(cases.known, cases.value, 0.0).sum(axis=0) >= rt.LEAST)
        few = Part(cases.value[:, enough], cases.known[:, enough])
        interval = rt.serial_interval(self.book.settings.serial_interval, self.book.settings.serial_interval_sd)
        return _last(rt.estimate(few, interval), enough, len(self.here))

    # the forecast ------------------------------------------------------------------------------------

    @cached_property
    def forecaster(self) -> Forecaster:
        """What forecasts these units; of whoever holds the book's lock."""
        return self.book.forecaster(self.here, self.basis, self.cases, self.first)

    @cached_property
    def forecast(self) -> Forecast | None:
        """Of the seven days after the board's; None where there are too few days before it."""
        if len(self.days) < LEAST_DAYS:
            return None
        with self.book.lock:
            return self.forecaster.forecast(self.day + dt.timedelta(days=1))

    @cached_property
    def card(self) -> Card | None:
        """How good the forecasts of the last weeks were; None where there are too few to tell."""
        last = len(self.days) - AHEAD
        rows = range(max(LEAST_DAYS + WEEK, last - CARD_DAYS + 1), last + 1)
        if len(rows) < LEAST_CARD:
            return None
        with self.book.lock:
            versions = [self._version(row) for row in rows]
            made = self._made(rows, versions)
        found = [self.forecaster.found(row) for row in rows]
        by = {name: [m[name].issue(f) for m, f in zip(made, found, strict=True)] for name in (MODEL, *BASELINES)}
        costs = self._costs()
        marks = report_card(by[MODEL], {name: by[name] for name in BASELINES}, costs)
        days = tuple(self.first + dt.timedelta(days=row) for row in rows)
        return Card(days, sum(version > 0 for version in versions), marks, "people" in costs)

    def _costs(self) -> dict[str, Floats]:
        costs = {"units": np.ones(len(self.here)), "area": self.here.m2}
        if self.people.known.any():
            costs["people"] = np.where(self.people.known, self.people.value, 0.0)
        return {name: cost for name, cost in costs.items() if cost.sum() > 0}

    def _version(self, row: int) -> int:
        """The version that the forecast of a row was made from; nought where nothing was known of the days before: a
        store that held the inhabitants alone knew no findings."""
        version = min(self.book.noon(self.first + dt.timedelta(days=row)), self.book.view.version)
        told = min((load.first_day or self.first for load in self._loads if load.id <= version), default=None)
        return version if told is not None and told < self.first + dt.timedelta(days=row) else 0

    def _made(self, rows: Sequence[int], versions: Sequence[int]) -> list[Made]:
        """The forecasts of some rows, each from its version; those of past versions are kept for good."""
        chain, found = self.forecaster, []
        for row, version in zip(rows, versions, strict=True):
            key = (f"{self.here.level} {self.basis} {self.first}", self.first + dt.timedelta(days=row), version)
            made = self.book._issued.get(key) if version else None
            if made is None:
                counts = self._known_then(row, version)
                chain = self.forecaster if counts is None else chain.revised(counts)
                made = _made(chain, row)
                if version and _size(made) <= ISSUED_BYTES:
                    self.book._issued[key] = made
            found.append(made)
        return found

    def _known_then(self, row: int, version: int) -> Part | None:
        """The days before a row as known at a version; None where the board's own say the same. Only the days that a
        later load may speak of are asked for again: the others are the board's own."""
        since = self._touched(version)
        if version == 0 or since is None or since >= self.first + dt.timedelta(days=row):
            return None
        own = max(0, (since - self.first).days)
        then = grounds.found(self.book.view.before(version), self.here, self.basis, self.days[own:row])
        own_value, own_known = self.cases.value[:own], self.cases.known[:own]
        return Part(np.vstack([own_value, then.value]), np.vstack([own_known, then.known]))

    def _touched(self, version: int) -> Day | None:
        """The first day that anything loaded after a version speaks of in the basis; None where nothing does."""
        return min((load.first_day or self.first for load in self._loads if load.id > version), default=None)

    @cached_property
    def _loads(self) -> list[Load]:
        """Those of the sources that speak of the basis."""
        stated = self.book.view.stated_days
        sources = {source for count in BASES[self.basis][0] for _, source in stated.get(count, [])}
        return [load for load in self.book.view.loads if load.source in sources]


def _last(found: rt.Rt, units: Ints, size: int) -> rt.Rt:
    """The last day's estimates of some units among all; the others are not known."""

    def put(values: Floats) -> Floats:
        whole = np.full((1, size), np.nan)
        whole[:, units] = values[-1:]
        return whole

    known = np.zeros((1, size), np.bool_)
    known[:, units] = found.known[-1:]
    return rt.Rt(put(found.mean), put(found.sd), put(found.low), put(found.median), put(found.high), known)


def _size(made: Made) -> int:
    """Bytes of a past forecast."""
    return sum(outlook.score.nbytes for outlook in made.values())


def _made(chain: Forecaster, row: int) -> Made:
    return {name: chain.outlook(row, name) for name in (MODEL, *BASELINES)}


__all__ = ["SHARES", "Alarms", "Card", "Found", "RiskBoard", "RiskBook"]
