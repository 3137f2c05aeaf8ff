"""Who left and came, where to, and the index: answers about the people who move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dashboard.queries.days import Day, day_range
from dashboard.queries.flows.answers import Arcs, Curve, DayOut, Destination, Destinations, Moved, Movement, plain
from dashboard.queries.flows.asked import Asked
from data.days import day_number
from grid.arrays import Floats
from grid.flows.book import FlowBook, Rows
from grid.flows.matrix import totals
from grid.flows.outflow import Out, moved, out

#: Stands for all areas of the city outside of the viewer's scope where a place stands.
REST = -1
REST_NAME = {
    "city": ("本市其他区域", "elsewhere in the city"),
    "province": ("省内其他区域", "elsewhere in the province"),
    "country": ("国内其他区域", "elsewhere in the country"),
}
#: A year before, on the same weekday.
YEAR = dt.timedelta(days=364)


def outflow(asked: Asked, days: Sequence[Day], mode: str | None) -> list[DayOut]:
    """People who left, day by day."""
    return [_day_out(asked.book, out(asked.book, asked.row, day, mode), day) for day in days]


def _day_out(book: FlowBook, told: Out, day: Day) -> DayOut:
    value, index = plain(told.whole), plain(told.index)
    state = "missing" if value is None else "zero" if value == 0 else "value"
    low, high = (None, None)
    if told.estimate and value is not None:
        low, high = (float(end) for end in book.factor.band(book.factor.index(np.array(value))))
    return DayOut(day, value, state, told.estimate, index, low, high)


def destinations(asked: Asked, day: Day, n: int, mode: str | None) -> Destinations:
    """The ``n`` largest destinations and the rest; areas that the viewer may not see are one."""
    told = _seen(asked, out(asked.book, asked.row, day, mode))
    if not told.told or not np.isfinite(told.share).any() or told.overfull:
        return Destinations(day, "missing", (), 0, 0.0, 0.0, plain(told.whole), told.estimate)
    first = told.top(n)
    shares = zip(first.rows.tolist(), first.share.tolist(), strict=True)
    rows = tuple(_destination(asked, told, at, share) for at, share in shares)
    state, whole = "value" if rows else "zero", plain(told.whole)
    return Destinations(day, state, rows, first.others, first.listed, first.unlisted, whole, told.estimate)


def _seen(asked: Asked, told: Out) -> Out:
    """The same with all areas of the city outside of the viewer's scope taken together: whoever sees one district may
    know how many left it for the rest of the city, not for which of it."""
    areas, top = asked.book.view.areas, asked.desk.top(asked.book.view, asked.viewer)
    places = told.places
    unseen = (places < asked.book.inside) & ~((places >= top) & (places < areas.last[top]))
    if not unseen.any():
        return told
    people, share = (np.r_[part[~unseen], part[unseen].sum()] for part in (told.people, told.share))
    return replace(told, places=np.r_[places[~unseen], REST], people=people, share=share)


def _destination(asked: Asked, told: Out, at: int, share: float) -> Destination:
    place, book = int(told.places[at]), asked.book
    if place == REST:
        name = REST_NAME[book.view.areas.level[0]][0 if asked.viewer.lang == "zh" else 1]
        return Destination("rest", name, True, plain(told.people[at]), share)
    return Destination(book.key(place), asked.label(place), place < book.inside, plain(told.people[at]), share)


# in, out and between -------------------------------------------------------------------------------


def movement(asked: Asked, day: Day, mode: str | None) -> Movement | None:
    """In, out and within of the area and of those below it; None where nothing is told of any."""
    book, areas = asked.book, asked.book.view.areas
    rows = book.rows(day, day, mode)
    children = areas.children(asked.row).tolist() if len(rows) else []
    whole, below = _moved(asked, rows, asked.row, day, mode), [_moved(asked, rows, at, day, mode) for at in children]
    told = tuple(one for one in below if (one.out, one.into, one.within) != (None, None, None))
    if not told and (whole.out, whole.into, whole.within) == (None, None, None):
        return None
    kept = [at for at, one in zip(children, below, strict=True) if one in told]
    matrix = between(book, rows, kept)
    return Movement(day, whole, told, matrix if matrix.any() else None)


def _moved(asked: Asked, rows: Rows, row: int, day: Day, mode: str | None) -> Moved:
    told = moved(asked.book, rows, row, day, mode)
    out_, into, within = plain(told.out), plain(told.into), plain(told.within)
    estimates = told.out_estimate, told.into_estimate
    return Moved(asked.book.key(row), asked.label(row), out_, into, within, *estimates)


def nets(asked: Asked, level: str, day: Day) -> Floats:
    """(units,) net inflow of each area of ``level`` inside the area; NaN where either side is not told."""
    book = asked.book
    rows, units = book.rows(day, day), book.view.areas.of_level(level, asked.row).tolist()
    told = (moved(book, rows, unit, day) for unit in units)
    return np.array([one.net for one in told], np.float64)


def between(book: FlowBook, rows: Rows, areas: Sequence[int]) -> Floats:
    """(areas, areas) people who went from each of some areas to each other one."""
    last, group = book.view.areas.last, np.full(book.places, -1, np.int64)
    heard = np.zeros(book.places, np.bool_)
    for at, area in enumerate(areas):
        group[area : last[area]] = at
        heard |= book.speaking(rows, area)
    return totals(rows.only(heard[rows.flows.origin]).flows, group, len(areas))


def arcs(asked: Asked, day: Day) -> Arcs:
    """Who went between the areas inside the asked one on a day, as finely as it is told."""
    book, areas = asked.book, asked.book.view.areas
    flows, inside = book.rows(day, day).flows, book.within(asked.row)
    kept = flows.only(inside[flows.origin] & inside[flows.destination] & (flows.origin != flows.destination))
    kept = kept.only(kept.value > 0)
    rows = np.unique(np.r_[kept.origin, kept.destination])
    parents = [None if areas.parent[r] < 0 else areas.code[areas.parent[r]] for r in rows.tolist()]
    origin, destination = (np.searchsorted(rows, ends).astype(np.int64) for ends in (kept.origin, kept.destination))
    return Arcs([areas.code[r] for r in rows.tolist()], parents, origin, destination, kept.value)


# the index -----------------------------------------------------------------------------------------


def curves(asked: Asked, first: Day, last: Day, most: int, inward: bool) -> list[Curve]:
    """The area's index, the same a year before, and that of other places: the city's reference, then the ``most``
    largest (known cities before what is only a name, which may be a whole province)."""
    book, days = asked.book, day_range(first, last)
    own = _curve(asked, asked.row, "own", days, inward)
    before = _curve(asked, asked.row, "before", [day - YEAR for day in days], inward)
    others = [place for place in book.indexed(inward=inward) if place >= book.inside]
    chosen = book.find(asked.desk.city.flows.reference)
    found = {place: _curve(asked, place, "reference", days, inward) for place in others}
    order = sorted(found, key=lambda place: (place != chosen, not _known(book, place), -_sum(found[place])))
    references = [found[place] for place in order[:most]]
    return [one for one in (own, before, *references) if any(value is not None for value in one.values)]


def _known(book: FlowBook, place: int) -> bool:
    city = book.city(place)
    return city is not None and (bool(city.code) or city.people == city.people)


def _sum(curve: Curve) -> float:
    return sum(value or 0.0 for value in curve.values)


def _curve(asked: Asked, place: int, of: str, days: Sequence[Day], inward: bool) -> Curve:
    known = asked.book.index(place, inward=inward)
    return Curve(asked.label(place), of, days, tuple(known.get(day_number(day)) for day in days), inward)
