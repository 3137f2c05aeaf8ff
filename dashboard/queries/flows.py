"""The questions about flows: who left, where to, what they may carry there, who was traced, what both sides ask.

People that are made of the migration index are an estimate, and every answer that holds any says so.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache

from dashboard.queries.desk import Day, Desk, Viewer, day_range
from data.terms import CODES
from data.travel import TravelPack, travel_packs
from grid.arrays import Floats, Ints
from grid.cube import View
from grid.flows import effective, import_risk, travel_rules
from grid.flows.book import FlowBook
from grid.flows.import_risk import Exported, Fit, Seen
from grid.flows.matrix import Balance, totals
from grid.flows.outflow import Net, Out, balance_of, comparable, net, out
from grid.flows.scale import Factor
from grid.flows.tracing import Tally, together
from grid.flows.travel_rules import Conflict, Need
from grid.statements import day_number, to_day

#: Days of travel that the import-risk table adds up, and the days of flows that the model is fitted on.
RISK_DAYS, FIT_DAYS = 14, 28

#: How many days before the asked one the model was made that is held against the cases found since.
CHECKED_DAYS = 14

#: A year before, on the same weekday.
YEAR = dt.timedelta(days=364)

#: Versions whose tables are kept as arrays.
KEPT = 4

#: For how long somebody carries the infection on unfound, days.
ONWARD_DAYS = float(import_risk.UNFOUND_DAYS)


@dataclass(frozen=True)
class DayOut:
    """People who left on a day; ``value`` None unless the state is value or zero. ``index``: None where there is none;
    ``estimate``: people made of the index; ``low``, ``high``: what it may stand for."""

    day: Day
    value: float | None
    state: str
    estimate: bool
    index: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Destination:
    """One destination: ``key`` an area's code or another city's name; None: not known."""

    key: str
    name: str
    inside: bool
    people: float | None
    share: float | None


@dataclass(frozen=True)
class Destinations:
    """The largest destinations of a day and the named rest: ``others`` listed ones that are not shown with their
    share, and the share of those below the list. All shares add up to one. ``state`` "missing": no table tells."""

    day: Day
    state: str
    rows: tuple[Destination, ...]
    others: int
    others_share: float
    unlisted: float
    whole: float | None
    estimate: bool


@dataclass(frozen=True, eq=False)
class Arcs:
    """People who went between areas inside the asked one on a day: (n,) rows of ``codes`` with their ``parents``."""

    codes: list[str]
    parents: list[str | None]
    origin: Ints
    destination: Ints
    people: Floats


@dataclass(frozen=True)
class Curve:
    """An index day by day; None: no report. ``of``: "own", "before" (the year before) or "reference"."""

    name: str
    of: str
    days: Sequence[Day]
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class RiskRow:
    """One other city, ``key`` its own name. ``people`` who went there within the days; infections expected to be
    carried there with their 90 % interval, P(at least one) with its band; ``further``: expected through other cities,
    none infected there; ``exposed``: P(at least one) x residents. ``distance``, ``rank``, ``via``: effective distance,
    place in the order of arrival, hubs on the way. ``cases`` known there against what the model expects with its 90 %
    band; ``outlier``: 1 above it, -1 below, 0 inside or not known. None: not known."""

    key: str
    name: str
    people: float | None
    expected: float | None
    low: float | None
    high: float | None
    one: float | None
    one_low: float | None
    one_high: float | None
    further: float | None
    residents: float | None
    exposed: float | None
    distance: float | None
    rank: int | None
    via: tuple[str, ...]
    cases: float | None
    model: float | None
    model_low: float | None
    model_high: float | None
    outlier: int


@dataclass(frozen=True)
class Checked:
    """A model of an earlier day held against the cases found since: its rank correlation, that of the flow alone, and
    how many places lay in its 90 % band, of how many."""

    made: Day
    spearman: float
    flow_alone: float
    inside: int
    places: int


@dataclass(frozen=True)
class Carried:
    """Infections expected to be carried to all destinations together, with their 90 % interval."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class RiskAnswer:
    """Import risk on a day. ``days``: those of travel that are added up; ``found``: cases here within a week, the
    measure of who carries the infection; ``whole``: None where it cannot be told; ``fit``: None where too little is
    known; ``checked``: how an earlier one did; ``estimate``: people made of the index. Rows by expected infections, the
    largest first."""

    day: Day
    days: tuple[Day, ...]
    found: float | None
    whole: Carried | None
    rows: tuple[RiskRow, ...]
    fit: Fit | None
    checked: Checked | None
    estimate: bool

    def outliers(self, sign: int) -> list[RiskRow]:
        """Those above (1) or below (-1) the band, the farthest first."""
        return sorted((row for row in self.rows if row.outlier == sign), key=_off, reverse=True)


@dataclass(frozen=True)
class Traced:
    """The tracing board of a day: a tally a destination, the most open first, and all together."""

    day: Day
    rows: tuple[tuple[str, Tally], ...]
    whole: Tally


@dataclass(frozen=True)
class Rules:
    """What journeys to a place and back must satisfy, and where the two sides contradict each other."""

    place: str
    needs: tuple[Need, ...]
    conflicts: tuple[Conflict, ...]


class FlowDesk:
    """The questions about flows, over one desk. ``factor``: the index of one person."""

    def __init__(self, desk: Desk, factor: Factor | None = None) -> None:
        self.desk, self.factor = desk, factor or Factor()
        self._books: LRUCache[int, FlowBook] = LRUCache(KEPT)
        self._lock = threading.Lock()

    def book(self, view: View) -> FlowBook:
        """The tables of a view, made once a version."""
        with self._lock:
            if view.version not in self._books:
                order = [source.name for source in self.desk.city.sources]
                self._books[view.version] = FlowBook(view, order, self.factor)
            return self._books[view.version]

    def days(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Sequence[Day]:
        """Every day from the first to the last of this season's flows; a year without any ends a season."""
        known = self.book(self.desk.cube.at(as_of)).days
        if not known:
            return []
        first = len(known) - 1
        while first and (known[first] - known[first - 1]).days < YEAR.days // 4:
            first -= 1
        return day_range(known[first], known[-1])

    def modes(self, viewer: Viewer, as_of: dt.datetime | None = None) -> tuple[str, ...]:
        """The modes of travel that any flow is told by."""
        return self.book(self.desk.cube.at(as_of)).modes

    # outflow ---------------------------------------------------------------------------------------

    def outflow(
        self,
        viewer: Viewer,
        area: str,
        first: Day,
        last: Day,
        mode: str | None = None,
        as_of: dt.datetime | None = None,
    ) -> list[DayOut]:
        """People who left an area, day by day."""
        book, row = self._asked(viewer, area, as_of)
        return [self._day_out(book, out(book, row, day, mode), day) for day in day_range(first, last)]

    def _day_out(self, book: FlowBook, told: Out, day: Day) -> DayOut:
        value, index = _plain(told.whole), _plain(told.index)
        state = "missing" if value is None else "zero" if value == 0 else "value"
        low, high = (None, None)
        if told.estimate and index is not None:
            low, high = (float(end) for end in book.factor.band(np.array(index)))
        return DayOut(day, value, state, told.estimate, index, low, high)

    def destinations(
        self,
        viewer: Viewer,
        area: str,
        day: Day,
        n: int = 10,
        mode: str | None = None,
        as_of: dt.datetime | None = None,
    ) -> Destinations:
        """Where people went on a day: the ``n`` largest and the rest."""
        book, row = self._asked(viewer, area, as_of)
        told = out(book, row, day, mode)
        if not told.told or not np.isfinite(told.share).any():
            return Destinations(day, "missing", (), 0, 0.0, 0.0, _plain(told.whole), told.estimate)
        first = told.top(n)
        rows = tuple(
            Destination(
                book.key(place), book.label(place, viewer.lang), place < book.inside, _plain(told.people[at]), share
            )
            for at, place, share in zip(
                first.rows.tolist(), told.places[first.rows].tolist(), first.share.tolist(), strict=True
            )
        )
        state = "value" if rows else "zero"
        whole = _plain(told.whole)
        return Destinations(day, state, rows, first.others, first.listed, first.unlisted, whole, told.estimate)

    def balance(
        self, viewer: Viewer, area: str, day: Day, mode: str | None = None, as_of: dt.datetime | None = None
    ) -> Balance | None:
        """In, out, net and within; None where nothing is told of the area."""
        book, row = self._asked(viewer, area, as_of)
        return balance_of(book, row, day, mode)

    def between(
        self, viewer: Viewer, area: str, day: Day, mode: str | None = None, as_of: dt.datetime | None = None
    ) -> tuple[list[str], Floats]:
        """(codes, matrix) of the people who went from each area one level below to each other one."""
        book, row = self._asked(viewer, area, as_of)
        areas, rows = book.view.areas, book.rows(day, day, mode)
        children = areas.children(row).tolist()
        group = np.full(book.places, -1, np.int64)
        for at, child in enumerate(children):
            group[child : areas.last[child]] = at
        heard = np.zeros(book.places, np.bool_)
        for child in children:
            heard |= book.speaking(rows, child)
        matrix = totals(rows.only(heard[rows.flows.origin]).flows, group, len(children))
        return [areas.code[child] for child in children], matrix

    def arcs(self, viewer: Viewer, area: str, day: Day, as_of: dt.datetime | None = None) -> Arcs:
        """Who went between the areas inside ``area`` on a day, as finely as it is told."""
        book, row = self._asked(viewer, area, as_of)
        areas, flows = book.view.areas, book.rows(day, day).flows
        inside = book.within(row)
        kept = flows.only(inside[flows.origin] & inside[flows.destination] & (flows.origin != flows.destination))
        kept = kept.only(kept.value > 0)
        rows = np.unique(np.r_[kept.origin, kept.destination])
        parents = [None if areas.parent[r] < 0 else areas.code[areas.parent[r]] for r in rows.tolist()]
        origin, destination = (np.searchsorted(rows, ends).astype(np.int64) for ends in (kept.origin, kept.destination))
        return Arcs([areas.code[r] for r in rows.tolist()], parents, origin, destination, kept.value)

    def arcs_day(self, viewer: Viewer, area: str, day: Day, as_of: dt.datetime | None = None) -> Day | None:
        """The newest day up to ``day``, of the last RISK_DAYS, on which anybody is told to have gone inside it."""
        days = (day - dt.timedelta(days=back) for back in range(RISK_DAYS))
        return next((one for one in days if len(self.arcs(viewer, area, one, as_of).people)), None)

    def curves(
        self, viewer: Viewer, area: str, first: Day, last: Day, as_of: dt.datetime | None = None, most: int = 1
    ) -> list[Curve]:
        """The area's index, the same a year before, and that of the ``most`` largest other places that have one."""
        book, row = self._asked(viewer, area, as_of)
        days = day_range(first, last)
        found = [
            self._curve(book, viewer, row, "own", days),
            self._curve(book, viewer, row, "before", [day - YEAR for day in days]),
        ]
        others = [place for place in book.indexed() if place >= book.inside]
        found += [self._curve(book, viewer, place, "reference", days) for place in others]
        references = sorted(found[2:], key=lambda curve: -sum(value or 0.0 for value in curve.values))
        return [curve for curve in (*found[:2], *references[:most]) if any(v is not None for v in curve.values)]

    def _curve(self, book: FlowBook, viewer: Viewer, place: int, of: str, days: Sequence[Day]) -> Curve:
        known = book.index(place)
        return Curve(book.label(place, viewer.lang), of, days, tuple(known.get(day_number(day)) for day in days))

    # import risk -----------------------------------------------------------------------------------

    def risk(
        self,
        viewer: Viewer,
        area: str,
        day: Day,
        as_of: dt.datetime | None = None,
        *,
        fitted: Day | None = None,
        window: tuple[Day, Day] | None = None,
    ) -> RiskAnswer:
        """What the area's travellers of the last RISK_DAYS may have carried where, and the cases known there against
        a model that was ``fitted`` on what was known up to a day (the asked one) with the flows of ``window``."""
        book, row = self._asked(viewer, area, as_of)
        made = fitted or day
        days = [one for one in book.days if day - dt.timedelta(days=RISK_DAYS) < one <= day]
        flows = comparable(book, row, days) if days else np.full((0, book.places), np.nan)
        found = self._found(viewer, area, days, as_of)
        there = import_risk.exported(flows[:, book.inside :], found) if days else None
        whole = _whole(flows[:, book.inside :], found)
        seen = self.seen(book, row, day, window)
        fit = import_risk.fit(seen, day_number(made), _window(made, window))
        web = net(book, row, days) if days else None
        estimate = any(out(book, row, one).estimate for one in days[-1:])
        rows = _risk_rows(book, viewer, flows, there, web, seen, fit, day)
        checked = self._checked(seen, day, window)
        week = self._week(viewer, area, day, as_of)
        return RiskAnswer(day, tuple(days), week, whole, rows, fit, checked, estimate)

    def seen(self, book: FlowBook, row: int, day: Day, window: tuple[Day, Day] | None = None) -> Seen:
        """What is known up to ``day`` of cases in other cities, and of the flows that went there."""
        first, last = window or (day - dt.timedelta(days=FIT_DAYS + CHECKED_DAYS), day)
        days = [one for one in book.days if first <= one <= min(last, day)]
        at, cases = book.cases(day)
        flows = np.nan_to_num(comparable(book, row, days)) if days else np.zeros((0, book.places))
        numbers = np.array([day_number(one) for one in days], np.int64)
        others = slice(book.inside, None)
        return Seen(at, cases[:, others], numbers, flows[:, others], book.people[others])

    def _checked(self, seen: Seen, day: Day, window: tuple[Day, Day] | None) -> Checked | None:
        before = day - dt.timedelta(days=CHECKED_DAYS)
        fit = import_risk.fit(seen, day_number(before), _window(before, window))
        return None if fit is None else check(seen, fit, day)

    def _found(self, viewer: Viewer, area: str, days: Sequence[Day], as_of: dt.datetime | None) -> Floats:
        """(days, 3) share of the area's people who carry the infection unfound."""
        week = [self._week(viewer, area, day, as_of) for day in days]
        people = [self._residents(viewer, area, day, as_of) for day in days]
        return import_risk.carried(_array(week), _array(people))

    def _week(self, viewer: Viewer, area: str, day: Day, as_of: dt.datetime | None) -> float | None:
        first = day - dt.timedelta(days=import_risk.UNFOUND_DAYS - 1)
        told = self.desk.ask(viewer, "positives", area=area, days=day_range(first, day), as_of=as_of)
        known = [answer.value for answer in told if answer.value is not None]
        return sum(known) * len(told) / len(known) if known else None

    def _residents(self, viewer: Viewer, area: str, day: Day, as_of: dt.datetime | None) -> float | None:
        return self.desk.ask(viewer, "population", area=area, days=[day], as_of=as_of)[0].value

    # the two boards --------------------------------------------------------------------------------

    def tracing(self, viewer: Viewer, area: str, day: Day, as_of: dt.datetime | None = None) -> Traced | None:
        """The newest tracing board up to ``day``. It is the whole city's: None for a part of it."""
        book, row = self._asked(viewer, area, as_of)
        found = book.traced(day)
        if found is None or row != 0:
            return None
        rows = [(book.label(place, viewer.lang), tally) for place, tally in found[1]]
        rows.sort(key=lambda pair: -np.nan_to_num(pair[1].open, nan=np.inf))
        return Traced(found[0], tuple(rows), together([tally for _, tally in found[1]]))

    @property
    def packs(self) -> tuple[TravelPack, ...]:
        """The rules of travel that the city goes by; RuleFileError."""
        return travel_packs(self.desk.city)

    def rules(
        self, viewer: Viewer, area: str, day: Day, places: Sequence[str], as_of: dt.datetime | None = None
    ) -> list[Rules]:
        """What both sides ask of journeys from the area to each of ``places`` (other cities), where any does."""
        book, row = self._asked(viewer, area, as_of)
        here = travel_rules.words_of(self.desk.city.name, self.desk.city.code, book.view.areas.code[row])
        turned, packs, found = self._turned(book, row, day), self.packs, []
        for place in places:
            number = book.find(place)
            city = None if number is None else book.city(number)
            there = travel_rules.words_of(place, city.code if city else None)
            asked = travel_rules.needs(packs, here, there, day)
            if asked:
                name = city.label(viewer.lang) if city else place
                found.append(Rules(name, tuple(asked), tuple(travel_rules.conflicts(asked, turned))))
        return found

    def _turned(self, book: FlowBook, row: int, day: Day) -> frozenset[str]:
        """The colours to which orders in force turned everybody registered in the area."""
        code = book.view.areas.code[row]
        known = self.desk.cube.store.notices(book.view.version)
        return frozenset(
            notice.colour
            for notice in known
            if notice.holds(day) and notice.scope == "registration" and code in notice.areas and notice.colour in CODES
        )

    def _asked(self, viewer: Viewer, area: str, as_of: dt.datetime | None) -> tuple[FlowBook, int]:
        view = self.desk.cube.at(as_of)
        return self.book(view), self.desk.row(view, viewer, area)


def check(seen: Seen, fit: Fit, day: Day) -> Checked:
    """A fit held against the cases known on ``day``."""
    number = day_number(day)
    cases, (low, high) = seen.at(number), fit.band(seen, number)
    known = np.isfinite(cases) & np.isfinite(low)
    inside = int(((cases >= low) & (cases <= high))[known].sum())
    flow = np.where(known, seen.carried(*fit.window), np.nan)
    model, alone = (import_risk.spearman(values, cases) for values in (fit.expected(seen, number), flow))
    return Checked(to_day(fit.moment), model, alone, inside, int(known.sum()))


def _whole(flows: Floats, found: Floats) -> Carried | None:
    """Of (days, places) flows, all places together."""
    if not len(flows):
        return None
    people = np.where(np.isnan(flows).all(axis=1), np.nan, np.nansum(flows, axis=1))[:, None]
    there = import_risk.exported(people, found)
    return Carried(*(float(part[0]) for part in (there.mean, there.low, there.high))) if there.days[0] else None


def _risk_rows(
    book: FlowBook,
    viewer: Viewer,
    flows: Floats,
    there: Exported | None,
    web: Net | None,
    seen: Seen,
    fit: Fit | None,
    day: Day,
) -> tuple[RiskRow, ...]:
    number, count = day_number(day), len(book.others)
    none = np.full(count, np.nan)
    told = np.isfinite(flows).any(axis=0)
    people = np.where(told, np.nansum(flows, axis=0), np.nan)[book.inside :]
    model = fit.expected(seen, number) if fit else none
    low, high = fit.band(seen, number) if fit else (none, none)
    outlier = fit.outliers(seen, number) if fit else np.zeros(count, np.int64)
    cases, residents = seen.at(number), seen.population
    reach = effective.reach(web.share, 0) if web else None
    further = _further(there, web)
    rank = _ranks(reach)
    rows = [
        RiskRow(
            key=city.name, name=city.label(viewer.lang), people=_plain(people[at]),
            expected=_of(there, "mean", at), low=_of(there, "low", at),
            high=_of(there, "high", at), one=_of(there, "one", at), one_low=_of(there, "one_low", at),
            one_high=_of(there, "one_high", at), further=_plain(further[at]) if further is not None else None,
            residents=_plain(residents[at]), exposed=_times(_of(there, "one", at), _plain(residents[at])),
            distance=_plain(reach.distance[at + 1]) if reach else None, rank=rank.get(at + 1),
            via=tuple(book.others[node - 1].label(viewer.lang) for node in reach.path(at + 1)[1:-1]) if reach else (),
            cases=_plain(cases[at]), model=_plain(model[at]), model_low=_plain(low[at]), model_high=_plain(high[at]),
            outlier=int(outlier[at]),
        )
        for at, city in enumerate(book.others)
        if (people[at] > 0) or (cases[at] > 0) or rank.get(at + 1)
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-(row.expected or 0.0), -(row.people or 0.0), row.name)))


def _further(there: Exported | None, web: Net | None) -> Floats | None:
    if there is None or web is None:
        return None
    first = np.r_[0.0, np.nan_to_num(there.mean)]
    return effective.second_order(first, web.share, web.leaving, ONWARD_DAYS)[1:]


def _ranks(reach: effective.Reach | None) -> dict[int, int]:
    """Node -> its place in the order of arrival, from 1 on; unreachable ones have none."""
    if reach is None:
        return {}
    order: Ints = reach.order
    return {node: at for at, node in enumerate(order.tolist(), 1) if np.isfinite(reach.distance[node])}


def _of(there: Exported | None, name: str, at: int) -> float | None:
    return None if there is None else _plain(getattr(there, name)[at])


def _times(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _array(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _off(row: RiskRow) -> float:
    """How far outside its band."""
    cases, low, high = row.cases or 0.0, row.model_low or 0.0, row.model_high or 0.0
    return (cases + 0.5) / (high + 0.5) if row.outlier > 0 else (low + 0.5) / (cases + 0.5)


def _window(made: Day, window: tuple[Day, Day] | None) -> tuple[int, int]:
    first, last = window or (made - dt.timedelta(days=FIT_DAYS - 1), made)
    return day_number(first), day_number(last)
