"""Importation: infections expected to come into each unit from outside it within the next 7 days.

For every origin whose flows into the city are told: people who came on a day of the last week (the mean of the days
that were told) x 7 x the share of the origin's people who carry the infection unfound. The share is that of
:func:`grid.flows.import_risk.carried`, its middle: findings of the last week x infections for each one found, over
residents. Another city's findings are what its cumulative cases grew by, an area's own its new positives.

A journey is counted at the level at which it was told: inside a unit it brings nothing; to an area above the units it
is split among these by inhabitants, so that the units' numbers add up to the area's. An origin of which people, cases
or residents are not known adds nothing: the number is a lower bound, and where no origin is known it is missing.
Whoever commutes comes every day: arrivals of those infected are counted, not persons.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from data.days import day_number
from grid.areas import Areas
from grid.arrays import Bools, Floats, Ints
from grid.cube import AREAS, View
from grid.flows.book import FlowBook, Rows
from grid.flows.import_risk import UNFOUND_DAYS, carried
from grid.measures.base import Asked
from grid.measures.cases import positives
from grid.rates import REPORTED_SHARE, Part, window
from grid.risk.ground import CELL, LATELY, Ground
from grid.risk.parts import IN_USE, WEEK

Day = dt.date


def imported(book: FlowBook, here: Ground, people: Part, day: Day) -> Part | None:
    """(units) infections expected within the 7 days after ``day``; ``people``: inhabitants (units).

    None where in the last four weeks the flows into less than IN_USE of the units were told.
    """
    told = book.rows(day - dt.timedelta(days=LATELY - 1), day)
    rows = told.only(_arriving(book, told))
    units = _Units.of(book.view.areas, here, people, book.view)
    if not len(rows) or units.put(rows, np.ones(len(rows))).known.mean() < IN_USE:
        return None
    return units.put(rows, _a_week(book, told, rows, day) * carriers(book, day)[rows.flows.origin])


def carriers(book: FlowBook, day: Day) -> Floats:
    """(places,) share of the people of an area or another city who carry the infection unfound on a day; NaN: not
    known."""
    view = book.view
    days = [day - dt.timedelta(days=back) for back in range(UNFOUND_DAYS - 1, -1, -1)]
    week = window(positives(Asked(view, days, AREAS)), UNFOUND_DAYS)
    lived = Asked(view, [day], AREAS).count("population")
    found = np.concatenate([_told(week), _grown(book, day)[book.inside :]])
    return carried(np.maximum(found, 0.0), np.concatenate([_told(lived), book.people[book.inside :]]))[:, 1]


def _told(part: Part) -> Floats:
    return np.asarray(np.where(part.known[-1], part.value[-1], np.nan))


def _grown(book: FlowBook, day: Day) -> Floats:
    """(places,) cases of other cities within the last UNFOUND_DAYS; NaN where either end was not told."""
    days, cases = book.cases(day)
    ends = [_last(cases[days <= day_number(day) - ago]) for ago in (0, UNFOUND_DAYS)]
    return np.asarray(ends[0] - ends[1])


def _last(cases: Floats) -> Floats:
    """(places,) the last number told; NaN: none."""
    found = np.full(cases.shape[1], np.nan)
    for row in cases:
        found = np.where(np.isnan(row), found, row)
    return found


# journeys ----------------------------------------------------------------------------------------------


def _arriving(book: FlowBook, rows: Rows) -> Bools:
    """Rows that end in the city and begin outside of where they end; of an origin and day those to the topmost areas,
    and of a destination those from the topmost: what is told below is the same people again."""
    origin, destination = rows.flows.origin, rows.flows.destination
    inward = destination < book.inside
    parent = np.concatenate([book.view.areas.parent, np.full(book.places - book.inside, -1)]).astype(np.int64)
    apart = inward & ~_above(parent, origin, destination) & ~_above(parent, destination, origin)
    key = _key(book, rows.day, origin, destination)
    told = np.unique(key[apart])
    for step, of in ((book.places, origin), (1, destination)):
        above = parent[of]
        while (above >= 0).any():
            apart &= ~((above >= 0) & np.isin(key + (above - of) * step, told))
            above = np.where(above >= 0, parent[above], -1)
    return apart


def _key(book: FlowBook, day: Ints, origin: Ints, destination: Ints) -> Ints:
    return np.asarray((day * book.places + origin) * book.places + destination, np.int64)


def _above(parent: Ints, upper: Ints, lower: Ints) -> Bools:
    """Whether ``upper`` is ``lower`` or lies above it."""
    found: Bools = upper == lower
    at = lower
    while (at >= 0).any():
        found |= upper == at
        at = np.where(at >= 0, parent[at], -1)
    return found


def _a_week(book: FlowBook, told: Rows, rows: Rows, day: Day) -> Floats:
    """(rows) what each adds to the arrivals of 7 days: its people / days of the last week on which its origin told x 7;
    nought before that week; NaN where the origin told less than REPORTED_SHARE of it."""
    begin = day_number(day) - WEEK
    finite = np.isfinite(told.flows.value) & (told.day > begin)
    pairs = np.unique(np.stack([told.flows.origin[finite], told.day[finite]]), axis=1)
    days = np.bincount(pairs[0], minlength=book.places)[rows.flows.origin]
    people = np.where((rows.day > begin) & np.isfinite(rows.flows.value), rows.flows.value, 0.0)
    return np.asarray(np.where(days >= REPORTED_SHARE * WEEK, people * WEEK / np.maximum(days, 1), np.nan))


# to units ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Units:
    """Where each unit lies: ``within`` (areas) the unit that an area is or lies in, -1: none; ``above`` (units) the
    lowest area that a unit is a part of, -1: none; ``people`` (units, NaN: not known)."""

    areas: Areas
    within: Ints
    above: Ints
    people: Floats

    @staticmethod
    def of(areas: Areas, here: Ground, people: Part, view: View) -> _Units:
        lived = np.where(people.known, people.value, np.nan)
        within = np.full(len(areas), -1, np.int64)
        if here.level == CELL:
            return _Units(areas, within, view.leaves.area[view.leaves.home].astype(np.int64), lived)
        for unit, row in enumerate(here.rows.tolist()):
            within[row : int(areas.last[row])] = unit
        return _Units(areas, within, areas.parent[here.rows].astype(np.int64), lived)

    def put(self, rows: Rows, number: Floats) -> Part:
        """(units) sums of the rows' numbers (NaN: not known); known where any of them is."""
        size = len(self.people)
        told = np.isfinite(number)
        origin, destination, number = rows.flows.origin[told], rows.flows.destination[told], number[told]
        into = self.within[destination]
        begin = np.full(len(origin), -1)
        inside = origin < len(self.areas)
        begin[inside] = self.within[origin[inside]]
        straight = (into >= 0) & (into != begin)
        value = np.bincount(into[straight], number[straight], size).astype(np.float64)
        known = np.bincount(into[straight], minlength=size) > 0
        return self._split(destination[into < 0], number[into < 0], value, known)

    def _split(self, destination: Ints, number: Floats, value: Floats, known: Bools) -> Part:
        """Adds what came to areas above the units, by inhabitants."""
        size, steps = len(self.areas), self._steps()
        total, came = np.bincount(destination, number, size), np.bincount(destination, minlength=size) > 0
        lived = np.zeros(size)
        for lies, at in steps:
            lived += np.bincount(at[lies], self.people[lies], size)
        rate = np.where(lived > 0, total / np.maximum(lived, 1e-9), 0.0)
        for lies, at in steps:
            reached = lies & came[at]
            value[reached] += self.people[reached] * rate[at[reached]]
            known = known | reached
        return Part(value, known)

    def _steps(self) -> list[tuple[Bools, Ints]]:
        """The area above each unit, the one above that, and so on, each with where there is one and who lives in the
        unit is known. Units lie at different depths."""
        found, at = [], self.above
        while (at >= 0).any():
            found.append(((at >= 0) & np.isfinite(self.people), at))
            at = np.where(at >= 0, self.areas.parent[at], -1)
        return found
