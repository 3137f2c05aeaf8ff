"""What travellers may have carried where, when it is expected there, and the model that the cases are held against."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.queries.days import Day
from dashboard.queries.flows.answers import Arrival, Arrived, Carried, Checked, Hub, RiskAnswer, RiskRow, plain
from dashboard.queries.flows.asked import Asked
from data.days import day_number, to_day
from grid.arrays import Bools, Floats, Ints
from grid.flows import effective, import_risk
from grid.flows.book import FlowBook
from grid.flows.effective import Reach, Velocity
from grid.flows.import_risk import Exported, Fit, Seen
from grid.flows.outflow import Net, comparable, net, out

#: Days of travel that the import-risk table adds up, and the days of flows that the model is fitted on.
RISK_DAYS, FIT_DAYS = 14, 28

#: How many days before the asked one the model was made that is held against the cases found since.
CHECKED_DAYS = 14

#: For how long somebody carries the infection on unfound, days.
ONWARD_DAYS = float(import_risk.UNFOUND_DAYS)

#: Beyond so many days an interval of arrival says nothing; a date of another year would only look exact.
FARTHEST = 200

Window = tuple[Day, Day] | None


def risk(asked: Asked, day: Day, made: Day, window: Window) -> RiskAnswer:
    """What the area's travellers of the last RISK_DAYS may have carried where, and the cases known there against a
    model of ``made`` with the flows of ``window``."""
    book = asked.book
    days = _travelled(book, day)
    flows = comparable(book, asked.row, days)[:, book.inside :]
    share, people = _carriers(asked, days)
    seen = seen_up_to(book, asked.row, day, window)
    fit = import_risk.fit(seen, day_number(made), _window(made, window))
    there = import_risk.exported(flows, share) if days else None
    web = net(book, asked.row, days) if days else None
    found = _Found(flows, there, _reached(book, web, day), _model(seen, fit, day))
    return RiskAnswer(
        day=day,
        days=tuple(days),
        found=asked.week([day])[0],
        residents=people[-1] if people else asked.residents([day])[0],
        whole=_whole(flows, share),
        rows=_rows(asked, found),
        fit=fit,
        checked=_checked(seen, day, window),
        estimate=any(out(book, asked.row, one).estimate for one in days[-1:]),
        arrivals=found.reached.line.known if found.reached.line else 0,
        arrived=_arrived(book, asked.row, day),
    )


def seen_up_to(book: FlowBook, row: int, day: Day, window: Window = None) -> Seen:
    """What is known up to ``day`` of cases in other cities, and of the flows that went there."""
    first, last = window or (day - dt.timedelta(days=FIT_DAYS + CHECKED_DAYS), day)
    days = [one for one in book.days if first <= one <= min(last, day)]
    at, cases = book.cases(day)
    flows, others = np.nan_to_num(comparable(book, row, days)), slice(book.inside, None)
    numbers = np.array([day_number(one) for one in days], np.int64)
    return Seen(at, cases[:, others], numbers, flows[:, others], book.people[others])


def check(seen: Seen, fit: Fit, day: Day) -> Checked:
    """A fit held against the cases known on ``day``."""
    number = day_number(day)
    cases, (low, high) = seen.at(number), fit.band(seen, number)
    known = np.isfinite(cases) & np.isfinite(low)
    inside = int(((cases >= low) & (cases <= high))[known].sum())
    flow = np.where(known, seen.carried(*fit.window), np.nan)
    model, alone = (import_risk.spearman(values, cases) for values in (fit.expected(seen, number), flow))
    return Checked(to_day(fit.moment), model, alone, inside, int(known.sum()))


def _checked(seen: Seen, day: Day, window: Window) -> Checked | None:
    before = day - dt.timedelta(days=CHECKED_DAYS)
    fit = import_risk.fit(seen, day_number(before), _window(before, window))
    return None if fit is None else check(seen, fit, day)


def _window(made: Day, window: Window) -> tuple[int, int]:
    first, last = window or (made - dt.timedelta(days=FIT_DAYS - 1), made)
    return day_number(first), day_number(last)


def _carriers(asked: Asked, days: Sequence[Day]) -> tuple[Floats, list[float | None]]:
    """(days, 3) share of the area's people who carry the infection unfound, and how many people there are."""
    people = asked.residents(days)
    return import_risk.carried(_array(asked.week(days)), _array(people)), people


def _array(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _whole(flows: Floats, share: Floats) -> Carried | None:
    """Of (days, places) flows, all places together."""
    if not len(flows):
        return None
    people = np.where(np.isnan(flows).all(axis=1), np.nan, np.nansum(flows, axis=1))[:, None]
    there = import_risk.exported(people, share)
    return Carried(*(float(part[0]) for part in (there.mean, there.low, there.high))) if there.days[0] else None


# by place: arrays over the other cities --------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Model:
    """(cities,) cases, the model's number with its band, and the sign of those outside it."""

    cases: Floats
    expected: Floats
    low: Floats
    high: Floats
    outlier: Ints


@dataclass(frozen=True, eq=False)
class _Reached:
    """The network and how far everything is in it, with the line of arrivals, and the first cases known."""

    web: Net | None
    reach: Reach | None
    line: Velocity | None
    first: Floats
    before: Bools


@dataclass(frozen=True, eq=False)
class _Found:
    """Everything that the rows are made of. ``flows``: (days, cities)."""

    flows: Floats
    there: Exported | None
    reached: _Reached
    model: _Model


def _model(seen: Seen, fit: Fit | None, day: Day) -> _Model:
    number, cases = day_number(day), seen.at(day_number(day))
    if fit is None:
        none = np.full(len(cases), np.nan)
        return _Model(cases, none, none, none, np.zeros(len(cases), np.int64))
    return _Model(cases, fit.expected(seen, number), *fit.band(seen, number), fit.outliers(seen, number))


def _reached(book: FlowBook, web: Net | None, day: Day) -> _Reached:
    first, before = book.first_cases(day)
    first, before = first[book.inside :], before[book.inside :]
    if web is None:
        return _Reached(None, None, None, first, before)
    reach = effective.reach(web.share, 0)
    distance = np.where(before, np.nan, reach.distance[1:])
    line = effective.velocity(distance, np.where(before, np.nan, first), day_number(day))
    return _Reached(web, reach, line, first, before)


def _travelled(book: FlowBook, day: Day) -> list[Day]:
    """The days of travel up to a day."""
    return [one for one in book.days if day - dt.timedelta(days=RISK_DAYS) < one <= day]


def _arrived(book: FlowBook, row: int, day: Day) -> Arrived | None:
    """What was expected CHECKED_DAYS before, of what was known then, against the first cases since; None where nothing
    was expected or none came."""
    made = day - dt.timedelta(days=CHECKED_DAYS)
    days = _travelled(book, made)
    then = _arrivals(_reached(book, net(book, row, days), made)) if days else []
    since = [_day(number) for number in book.first_cases(day)[0][book.inside :].tolist()]
    told = [
        one.low <= came <= one.high
        for one, came in zip(then, since, strict=bool(then))
        if came is not None and came > made and one.low is not None and one.high is not None
    ]
    return Arrived(made, sum(told), len(told)) if told else None


def _rows(asked: Asked, found: _Found) -> tuple[RiskRow, ...]:
    """The cities to which anything leads or where there are cases, the most expected first."""
    told = np.isfinite(found.flows).any(axis=0)
    people = np.where(told, np.nansum(found.flows, axis=0), np.nan)
    rank, hubs, arrivals = _ranks(found.reached.reach), _hubs(asked, found), _arrivals(found.reached)
    kept = (people > 0) | (found.model.cases > 0) | np.array([at + 1 in rank for at in range(len(people))], np.bool_)
    rows = [_row(asked, found, at, plain(people[at]), rank, hubs, arrivals) for at in np.flatnonzero(kept).tolist()]
    return tuple(sorted(rows, key=lambda row: (-(row.expected or 0.0), -(row.people or 0.0), row.name)))


def _row(
    asked: Asked,
    found: _Found,
    at: int,
    people: float | None,
    rank: dict[int, int],
    hubs: tuple[Floats, list[Hub | None]] | None,
    arrivals: list[Arrival],
) -> RiskRow:
    book, reach, model = asked.book, found.reached.reach, found.model
    residents, one = plain(book.others[at].people), _of(found.there, "one", at)
    return RiskRow(
        key=book.others[at].name,
        name=asked.label(book.inside + at),
        people=people,
        expected=_of(found.there, "mean", at),
        low=_of(found.there, "low", at),
        high=_of(found.there, "high", at),
        one=one,
        one_low=_of(found.there, "one_low", at),
        one_high=_of(found.there, "one_high", at),
        further=None if hubs is None else plain(hubs[0][at]),
        hub=None if hubs is None else hubs[1][at],
        residents=residents,
        exposed=None if one is None or residents is None else one * residents,
        distance=plain(reach.distance[at + 1]) if reach else None,
        rank=rank.get(at + 1),
        via=tuple(asked.label(book.inside + node - 1) for node in reach.path(at + 1)[1:-1]) if reach else (),
        arrival=arrivals[at],
        cases=plain(model.cases[at]),
        model=plain(model.expected[at]),
        model_low=plain(model.low[at]),
        model_high=plain(model.high[at]),
        outlier=int(model.outlier[at]),
    )


def _of(there: Exported | None, name: str, at: int) -> float | None:
    return None if there is None else plain(getattr(there, name)[at])


def _ranks(reach: Reach | None) -> dict[int, int]:
    """Node -> its place in the order of arrival, from 1 on; unreachable ones have none."""
    if reach is None:
        return {}
    order: Ints = reach.order
    return {node: at for at, node in enumerate(order.tolist(), 1) if np.isfinite(reach.distance[node])}


def _hubs(asked: Asked, found: _Found) -> tuple[Floats, list[Hub | None]] | None:
    """What comes to each city through others, and through which most of it; None where it cannot be told."""
    there, web = found.there, found.reached.web
    if there is None or web is None or np.isnan(there.mean).all():
        return None
    first = np.r_[0.0, np.nan_to_num(there.mean)]
    parts = effective.onward(first, web.share, web.leaving, ONWARD_DAYS)[1:, 1:]
    whole, most = parts.sum(axis=0), parts.argmax(axis=0)
    share = parts.max(axis=0, initial=0.0) / np.where(whole > 0, whole, 1.0)
    label = asked.label
    named = [Hub(label(asked.book.inside + int(hub)), float(part)) for hub, part in zip(most, share, strict=True)]
    return whole, [hub if total > 0 else None for hub, total in zip(named, whole.tolist(), strict=True)]


def _arrivals(reached: _Reached) -> list[Arrival]:
    first, before = reached.first, reached.before
    none = np.full(len(first), np.nan)
    expected, low, high = none, none, none
    if reached.line is not None and reached.reach is not None:
        distance = np.where(np.isfinite(reached.reach.distance[1:]), reached.reach.distance[1:], np.nan)
        expected, (low, high) = reached.line.arrival(distance), reached.line.interval(distance)
    wide = ~(high - low < FARTHEST)
    expected, low, high = (np.where(wide, np.nan, values) for values in (expected, low, high))
    days = [map(_day, values.tolist()) for values in (expected, low, high, first)]
    return [Arrival(*row) for row in zip(*days, before.tolist(), strict=True)]


def _day(number: float) -> Day | None:
    return to_day(round(number)) if np.isfinite(number) else None
