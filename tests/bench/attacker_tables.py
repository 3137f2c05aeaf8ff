"""What the attacker finds in the tables of the other desks: codes, orders, flows, tracing, risk; see attacker.py.

He reads every answer of every area down to the streets, on every day that a ledger tells of, as a viewer without the
right gets it. Of a code ledger he knows that each assignment has one system, colour, age and set of doubts, and lies in
one area: one unknown for each of these together, so that all tables of a day are sums of the same unknowns. Nothing
that is published says who joined or left between two days, so each day is attacked by itself.

Beside it the same answers with the numbers 1 to k - 1 alone hidden, down to the districts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.queries import CodeDesk, Desk, PolicyDesk, RiskDesk, RiskMap, Viewer
from dashboard.queries.cite import fact
from dashboard.queries.codes.hidden import DOUBTS
from dashboard.queries.flows import FlowDesk
from data.errors import Withheld
from data.terms import CODES, OVERDUE
from grid.hiding import THRESHOLD
from grid.rates import SUPPRESSED
from tests.grid.hiding.attack import Interval, Sum, bounds

Day = dt.date
Rows = NDArray[np.int64]

FULL, PUBLIC = Viewer(), Viewer(rights=frozenset())
EXACT, SLACK = 0.5, 1e-6
AGES = tuple(OVERDUE)
LATE = ("due", "week", "weeks", "stuck")
#: Levels that are read, from the city down.
LEVELS = 3

#: One kind of assignment: system, colour, age ("" of a green one), doubts, near a harm.
Kind = tuple[str, str, str, frozenset[str], bool]


@dataclass
class Attack:
    """Numbers published in one kind of table, how many are shown, what is left of the hidden ones that are small."""

    name: str
    numbers: int = 0
    seen: int = 0
    intervals: list[Interval] = field(default_factory=list)

    @property
    def exact(self) -> int:
        """How many are known."""
        return sum(each.width < EXACT for each in self.intervals)

    @property
    def narrowest(self) -> float:
        """The least that is left open."""
        return min((each.width for each in self.intervals), default=float("inf"))

    def row(self) -> tuple[str, ...]:
        """A line of the table."""
        within = sum(each.width < THRESHOLD - SLACK for each in self.intervals)
        told = f"{self.numbers:,}", f"{self.seen / max(1, self.numbers):.1%}", f"{len(self.intervals):,}"
        return self.name, *told, f"{self.exact:,}", f"{within:,}", f"{self.narrowest:.3g}"


HEADS = ("tables", "numbers", "shown", "hidden, small", "found exactly", f"within less than {THRESHOLD}", "narrowest")


def attacks(desk: Desk) -> tuple[list[Attack], Attack]:
    """Every kind of table as published, and the codes with small numbers alone hidden."""
    days = desk.beside(CodeDesk).days(FULL)
    whole = Attack("codes: colours, ages, doubts")
    for day in days:
        _codes(desk, day, PUBLIC, LEVELS, whole)
    custom = Attack(f"the same, 1 to {THRESHOLD - 1} alone hidden")
    for day in days[-3:]:
        _codes(desk, day, None, LEVELS - 1, custom)
    return [whole, _orders(desk, days), _flows(desk), _risk(desk, days[-1])], custom


# codes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Number:
    """One number of an area: what is told to everybody (None: it is hidden), what it is, which kinds it counts."""

    told: float | None
    true: float
    of: Callable[[Kind], bool]


def _codes(desk: Desk, day: Day, viewer: Viewer | None, levels: int, found: Attack) -> None:
    view = desk.cube.at()
    kinds = list(_kinds([system.id for system in desk.city.systems]))
    rows = [row for row in range(len(view.areas)) if view.areas.depth[row] < levels]
    unknown = np.arange(len(rows) * len(kinds)).reshape(len(rows), len(kinds))
    shown, hidden = list[Sum](), list[Sum]()
    for row in rows:
        inside = [at for at, one in enumerate(rows) if row <= one < view.areas.last[row]]
        for number in _published(desk, view.areas.code[row], day, viewer):
            which = [at for at, kind in enumerate(kinds) if number.of(kind)]
            one = Sum(unknown[np.ix_(inside, which)].ravel(), number.true)
            found.numbers += 1
            if number.told is not None:
                assert number.told == number.true, "what is shown is true"
                found.seen += 1
                shown.append(one)
            elif 0 < number.true < THRESHOLD:
                hidden.append(one)
    found.intervals += bounds(unknown.size, shown, hidden)


def _kinds(systems: Sequence[str]) -> Iterator[Kind]:
    """All kinds of assignments, with at most two doubts each: the fewer there are, the more is known."""
    doubts = [frozenset(some) for n in range(3) for some in combinations(DOUBTS, n)]
    for system in systems:
        yield system, "green", "", frozenset(), False
        for colour, age, some in product(("yellow", "red"), AGES, doubts):
            for near in (False, True) if age in LATE else (False,):
                yield system, colour, age, some, near


def _published(desk: Desk, area: str, day: Day, viewer: Viewer | None) -> Iterator[_Number]:
    """All numbers of an area; without a viewer small ones alone are hidden."""
    codes = desk.beside(CodeDesk)
    true = (codes.colours(FULL, area, day), codes.overdue(FULL, area, day), codes.provenance(FULL, area, day))
    told = true if viewer is None else tuple(
        _as_far_as(ask, viewer, area, day) for ask in (codes.colours, codes.overdue, codes.provenance)
    )  # fmt: skip
    for made, (ways, of) in _ways(desk):
        whole, seen = true[made], told[made]
        number = ways(whole)
        said = None if seen is None else fact(ways(seen)).value
        yield _Number(said if viewer is not None or not 0 < number < THRESHOLD else None, number, of)


def _as_far_as(ask: Callable[..., object], viewer: Viewer, area: str, day: Day) -> object:
    try:
        return ask(viewer, area, day)
    except Withheld:
        return None


Way = tuple[int, tuple[Callable[[Any], float], Callable[[Kind], bool]]]


def _ways(desk: Desk) -> Iterator[Way]:
    """(which answer, (the number in it, the kinds that it counts))."""
    for at, system in enumerate(desk.city.systems):
        yield from (_colour(at, system.id, colour) for colour in CODES)
    yield from (_age(age) for age in AGES)
    yield 1, (lambda told: told.near, lambda kind: kind[4])
    yield 1, (lambda told: told.ages.late, lambda kind: kind[2] in LATE)
    yield 1, (lambda told: told.ages.open, lambda kind: kind[2] != "")
    yield from (_doubt(doubt) for doubt in DOUBTS)


def _colour(at: int, system: str, colour: str) -> Way:
    return 0, (lambda told: told[at].counts[colour] or 0, lambda kind: kind[:2] == (system, colour))


def _age(age: str) -> Way:
    return 1, (lambda told: told.ages.counts[age], lambda kind: kind[2] == age)


def _doubt(doubt: str) -> Way:
    return 2, (lambda told: told.flags[doubt], lambda kind: doubt in kind[3])


# orders, flows, risk -----------------------------------------------------------------------------------


def _orders(desk: Desk, days: Sequence[Day]) -> Attack:
    """People hit, exposed, outside and so on, of each order in every district and in the whole city."""
    found, orders, areas = Attack("orders: people hit"), desk.beside(PolicyDesk), desk.cube.at().areas
    names = ("hit", "exposed", "both", "missed", "outside", "adds", "alone")
    children = [areas.code[row] for row in areas.children(0).tolist()]
    for day in days:
        true = {area: _told(orders, FULL, area, day) for area in ("city", *children)}
        told = {area: _told(orders, PUBLIC, area, day) for area in ("city", *children)}
        for key, name in product(true["city"], names):
            numbers = [getattr(true[area][key], name).value if key in true[area] else 0 for area in true]
            seen = [getattr(told[area][key], name).value if key in told[area] else None for area in told]
            _sum(found, numbers, seen)
    return found


def _told(orders: PolicyDesk, viewer: Viewer, area: str, day: Day) -> dict[str, object]:
    return {line.notice.key: line.told for line in orders.orders(viewer, area, day).lines}


def _sum(found: Attack, numbers: Sequence[float | None], seen: Sequence[float | None]) -> None:
    """A whole and its parts: those that are seen, and what that leaves of the others."""
    if numbers[0] is None:
        return
    rest = len(numbers) - 1  # and what of the whole is in no part
    parts = [Sum(np.array([n]), float(numbers[n + 1] or 0)) for n in range(rest)]
    sums = [Sum(np.arange(rest + 1), float(numbers[0])), *parts]
    found.numbers += len(sums)
    shown = [one for one, value in zip(sums, seen, strict=True) if value is not None]
    found.seen += len(shown)
    hidden = [one for one, value in zip(sums, seen, strict=True) if value is None and 0 < one.value < THRESHOLD]
    found.intervals += bounds(rest + 1, shown, hidden)


def _flows(desk: Desk) -> Attack:
    """Rows of the tables of people between places: shown where the whole day is."""
    found, flows = Attack("flows between places"), desk.beside(FlowDesk)
    book = flows.book(desk.cube.at())
    for day in flows.days(FULL)[-30:]:
        rows = book.rows(day, day)
        people = rows.flows.value[~rows.estimate & np.isfinite(rows.flows.value)]
        found.numbers += len(people)
        if _as_far_as(flows.arcs, PUBLIC, "city", day) is not None:
            found.seen += len(people)
            found.intervals += [Interval(one, one) for one in people.tolist() if 0 < one < THRESHOLD]
        else:
            small = int(((people > 0) & (people < THRESHOLD)).sum())
            found.intervals += [Interval(0, float("inf"))] * small
    return found


def _risk(desk: Desk, day: Day) -> Attack:
    """Scores by unit: none is shown."""
    found = Attack("risk: scores and forecasts")
    for level in desk.beside(RiskDesk).levels(FULL, "city", day):
        painted = desk.beside(RiskMap).paint(PUBLIC, "score", level, "city", day)
        found.numbers += len(painted.state)
        found.seen += int((painted.state < SUPPRESSED).sum())
    return found


def rows(found: Iterable[Attack]) -> list[tuple[str, ...]]:
    """Lines of the table under HEADS."""
    return [one.row() for one in found]


__all__ = ["HEADS", "Attack", "attacks", "rows"]
