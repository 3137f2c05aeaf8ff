"""What left an area of the city on a day, where to, and by which ways it goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.days import day_number
from grid.arrays import Floats, Ints
from grid.flows.book import FlowBook, Rows
from grid.flows.effective import shares
from grid.flows.matrix import ROUNDING, Balance, Top, top

Day = dt.date


@dataclass(frozen=True, eq=False)
class Out:
    """Out of an area on a day. (n,) ``places`` with ``people`` and ``share`` of the outflow (0..1); NaN: not known.

    ``whole``: people who left, NaN where it is missing; ``estimate``: made from the index. ``told``: whether any table
    says where to; ``index``: the migration index of the day, NaN: none, as of a single mode.
    """

    places: Ints
    people: Floats
    share: Floats
    whole: float
    estimate: bool
    told: bool
    index: float

    @property
    def overfull(self) -> bool:
        """Whether the shares add up to more than all of it, so that they cannot be those of one day's outflow."""
        return bool(np.nansum(self.share) > ROUNDING)

    def top(self, n: int) -> Top:
        """The ``n`` largest destinations and the rest; ValueError where it is ``overfull``."""
        known = np.where(np.isfinite(self.share), self.share, 0.0)
        return top(known, n, 1.0 if known.sum() else None)


def out(book: FlowBook, row: int, day: Day, mode: str | None = None) -> Out:
    """What left area ``row``. Shares are of all that left, listed or not; of people, or of one mode, of those listed.

    A table of trips inside the area says nothing of those who leave it: without a row that does, none is told.
    """
    rows = book.rows(day, day, mode)
    speaks = book.speaking(rows, row)
    index = float(book.index(row).get(day_number(day), np.nan)) if mode is None else np.nan
    left = rows.only(speaks[rows.flows.origin] & ~book.within(row)[rows.flows.destination])
    places, people, share = _by_destination(book, row, left)
    told = bool(speaks[row]) or len(left) > 0
    whole = float(people.sum())
    estimate = bool(left.estimate.any())
    if speaks[row] and mode is None and len(left) and left.estimate.all():
        whole, share = float(book.factor.people(np.array(index))), share / 100
    elif not told:
        whole, estimate = float(book.factor.people(np.array(index))), True
    else:
        share = people / whole if whole else np.zeros(len(people))
    return Out(places, people, share, whole, estimate, told, index)


def _by_destination(book: FlowBook, row: int, left: Rows) -> tuple[Ints, Floats, Floats]:
    """Places with their people and shares (per cent): areas of this city at the level of the asked one."""
    group = book.grouped(row)[left.flows.destination]
    places, of = np.unique(group, return_inverse=True)
    people = np.bincount(of, left.flows.value, len(places))
    share = np.bincount(of, left.share, len(places))
    return places.astype(np.int64), np.asarray(people, np.float64), np.asarray(share, np.float64)


@dataclass(frozen=True)
class Moves(Balance):
    """A balance, and which of its sides are people made of the index."""

    out_estimate: bool = False
    into_estimate: bool = False


def moved(book: FlowBook, rows: Rows, row: int, day: Day, mode: str | None = None) -> Moves:
    """In, out and within of an area by the ``rows`` of a day; NaN where a part is missing.

    Who came is what tables count, else what the index of inflow stands for: shares of the outflow of some other cities
    do not tell how many came. A trip inside the area is one whatever its level.
    """
    left = out(book, row, day, mode)
    within = book.within(row)
    leaving, coming = within[rows.flows.origin], within[rows.flows.destination]
    came = rows.only(~leaving & coming & book.speaking(rows, row, inward=True)[rows.flows.destination])
    inner = rows.only(leaving & coming)
    stay = float(inner.flows.value[book.speaking(inner, row)[inner.flows.origin]].sum()) if len(inner) else np.nan
    if len(came) and not came.estimate.any():
        return Moves(left.whole, float(came.flows.value.sum()), stay, left.estimate)
    told = book.index(row, inward=True).get(day_number(day), np.nan) if mode is None else np.nan
    into = float(book.factor.people(np.array(told)))
    return Moves(left.whole, into, stay, left.estimate, into_estimate=True)


def balance_of(book: FlowBook, row: int, day: Day, mode: str | None = None) -> Moves | None:
    """:func:`moved` of the day's tables; None where they and the index say nothing of the area."""
    told = moved(book, book.rows(day, day, mode), row, day, mode)
    return None if np.isnan([told.out, told.into, told.within]).all() else told


@dataclass(frozen=True, eq=False)
class Net:
    """The network seen from an area: node 0 is the area, the others are ``places``. ``share``: (nodes, nodes) of each
    node's outflow; ``leaving``: (nodes,) share of residents who leave a node on a day (nought where not known)."""

    places: Ints
    share: Floats
    leaving: Floats


def net(book: FlowBook, row: int, days: Sequence[Day]) -> Net:
    """Of all flows on ``days``, each origin's days weighing alike."""
    rows = book.rows(days[0], days[-1])
    others = np.arange(book.inside, book.places)
    node = np.full(book.places, -1)
    node[book.within(row)], node[others] = 0, np.arange(1, len(others) + 1)
    speaks = book.speaking(rows, row)
    speaks[book.inside :] = True
    kept = rows.only(speaks[rows.flows.origin])
    flow, size = np.zeros((len(others) + 1,) * 2), len(others) + 1
    unlisted = np.zeros(size)
    origin, destination = node[kept.flows.origin], node[kept.flows.destination]
    weight = _weights(kept, origin)
    known = (origin >= 0) & np.isfinite(weight)
    listed = known & (destination >= 0)
    np.add.at(flow, (origin[listed], destination[listed]), weight[listed])
    np.add.at(unlisted, origin[known & (destination < 0)], weight[known & (destination < 0)])
    unlisted += _below(kept, origin, flow.sum(axis=1) + unlisted)
    return Net(np.r_[row, others], shares(flow, unlisted), _leaving(book, others, days))


def _weights(rows: Rows, origin: Ints) -> Floats:
    """Shares where an origin tells them (a day is a whole), else people."""
    return np.where(np.isfinite(rows.share), rows.share / 100, rows.flows.value)


def _below(rows: Rows, origin: Ints, listed: Floats) -> Floats:
    """What the lists of shares leave out, by origin: each of its days is one whole."""
    told = np.isfinite(rows.share) & (origin >= 0)
    pairs = np.unique(np.stack([origin[told], rows.day[told]]), axis=1)
    days = np.bincount(pairs[0], minlength=len(listed))
    return np.asarray(np.where(days > 0, np.maximum(days - listed, 0.0), 0.0), np.float64)


def _leaving(book: FlowBook, others: Ints, days: Sequence[Day]) -> Floats:
    numbers = [day_number(day) for day in days]
    found = np.zeros(len(others) + 1)
    for at, place in enumerate(others.tolist(), 1):
        index = book.index(place)
        told = [index[n] for n in numbers if n in index]
        residents = book.people[place]
        if told and residents > 0:
            found[at] = float(book.factor.people(np.array(told)).mean()) / residents
    return found


def comparable(book: FlowBook, row: int, days: Sequence[Day]) -> Floats:
    """(days, places) flows that compare over days: people, or share x index where the index makes people of it; nought
    where a place is below the list, NaN where the day was not told. A list of nothing but places inside the city does
    not tell of others."""
    found = np.full((len(days), book.places), np.nan)
    for at, day in enumerate(days):
        told = out(book, row, day)
        if told.told:
            found[at, : book.inside] = 0.0
            if (told.places >= book.inside).any():
                found[at, book.inside :] = 0.0
            found[at, told.places] = told.people
    return found
