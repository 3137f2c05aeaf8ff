"""What must add up, whatever page shows it: asked of a fresh desk, area by area.

Each of :data:`FEET` tells sums of an area on a day: what it is, the whole, and what its parts come to. What one side
does not know (None) is not held against the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dashboard.queries import CodeDesk, Desk, PolicyDesk, RiskDesk, Viewer, ZoneDesk, next_level
from dashboard.queries.days import Day
from dashboard.queries.flows import FlowDesk
from dashboard.queries.zones import OVERDUE
from dashboard.reconcile.findings import Finding, Tally
from data.errors import OneScreenError, RuleFileError
from grid.counts import COUNTS
from grid.measures import MEASURES, Measure

#: Sums of floats may differ in their last bits.
CLOSE = 1e-6

#: What of it, the whole, what the parts come to.
Sum = tuple[str, float | None, float | None]


@dataclass(frozen=True)
class Foot:
    """One kind of sums: ``name``, and what tells them for an area (None of them where nothing is known)."""

    name: str
    sums: Callable[[Desk, str], Iterator[Sum]]


def feet(desk: Desk, area: str, tally: Tally) -> list[Finding]:
    """The sums of an area that do not hold; how many were tried is counted in the tally."""
    found = []
    for foot in FEET:
        for what, whole, parts in _tried(foot, desk, area):
            if whole is None or parts is None:
                continue
            tally.sums += 1
            if not math.isclose(whole, parts, rel_tol=CLOSE, abs_tol=CLOSE):
                found.append(Finding("sum", f"{foot.name} {area}", what, f"{whole:g}", f"{parts:g}"))
    return found


def _tried(foot: Foot, desk: Desk, area: str) -> list[Sum]:
    """None where the city has no such data, or its rules cannot be read, which the pages tell."""
    try:
        return list(foot.sums(desk, area))
    except (OneScreenError, RuleFileError):
        return []


# areas ---------------------------------------------------------------------------------------------


def _areas(desk: Desk, area: str) -> Iterator[Sum]:
    """Children and what is known of none of them make their parent, on the last day of every count."""
    view, viewer = desk.cube.at(), Viewer()
    row = desk.row(view, viewer, area)
    level = next_level(view, row)
    if level is None or level == "cell":
        return
    for name, (_, day) in desk.status(viewer).days.items():
        made = MEASURES[name]
        if made.form != "count" or not all(count in COUNTS for count in made.counts):
            continue
        below = [one.value for one in desk.ask(viewer, name, area=area, days=[day], level=level)]
        whole = desk.ask(viewer, name, area=area, days=[day])[0].value
        known = [value for value in below if value is not None]
        yield f"{name} {day}", whole, sum(known) + _own(desk, made, row, day)


def _own(desk: Desk, made: Measure, row: int, day: Day) -> int:
    """What of a count is known of an area and of nothing below it."""
    view = desk.cube.at()
    signs = {count: -1 if count == "reclassified" else 1 for count in made.counts}
    return sum(sign * int(view.own(count, day)[row]) for count, sign in signs.items())


def _colours(desk: Desk, area: str) -> Iterator[Sum]:
    """The three shares of colours are all of it."""
    names = [f"code_{colour}_share" for colour in ("green", "yellow", "red")]
    days = desk.status(Viewer()).days
    if all(name in days for name in names):
        shares = [desk.ask(Viewer(), name, area=area, days=[days[name][1]])[0].value for name in names]
        yield "shares", 100.0, _sum(shares)


# codes and zones -----------------------------------------------------------------------------------


def _codes(desk: Desk, area: str) -> Iterator[Sum]:
    """What is overdue, by area, system and owner."""
    codes, viewer = desk.beside(CodeDesk), Viewer()
    overdue, below, conflicts = (getattr(codes, name)(viewer, area) for name in ("overdue", "below", "conflicts"))
    if overdue is None:
        return
    late = overdue.ages.late
    yield "overdue by system", late, _sum([ages.late for _, ages in overdue.systems if ages])
    yield "overdue by owner", late, sum(owner.ages.late for owner in overdue.owners)
    if below:
        yield "overdue by area", late, sum(one.ages.late for one in below)
        yield "conflicts by area", conflicts.people, _sum([one.conflicts for one in below])
    yield "people by colours", sum(conflicts.combinations.values()), sum(conflicts.shown.values()) + conflicts.unknown


def _zones(desk: Desk, area: str) -> Iterator[Sum]:
    """Zones by state and kind."""
    found = desk.beside(ZoneDesk).summary(Viewer(), area)
    standing = {id: total.zones for id, total in found.states.items() if id not in ("released", "moved")}
    yield "zones by state", found.standing.zones, sum(standing.values())
    yield "zones by kind", found.standing.zones, sum(total.zones for total in found.kinds.values())
    yield "overdue by state", found.overdue.zones, sum(standing.get(state, 0) for state in OVERDUE)


# risk ----------------------------------------------------------------------------------------------


def _risk(desk: Desk, area: str) -> Iterator[Sum]:
    """The parts of every score add up to it, and to a hundred where they are full."""
    found = desk.beside(RiskDesk).answer(Viewer(), area)
    if found is None:
        return
    for unit in (*([found.own] if found.own else []), *found.units):
        yield f"score {unit.code}", unit.least, sum(part.points for part in unit.parts)
        if unit.parts:
            yield f"full score {unit.code}", 100.0, sum(part.full for part in unit.parts)


# orders and people who leave -----------------------------------------------------------------------


def _orders(desk: Desk, area: str) -> Iterator[Sum]:
    """Orders by area, and their shares."""
    policy, viewer = desk.beside(PolicyDesk), Viewer()
    for line in policy.orders(viewer, area).lines:
        told, name = line.told, line.notice.number
        below = policy.below(viewer, line.notice.key, area)
        if below:
            yield f"{name} hit by area", told.hit.value, _sum([one.hit.value for one in below])
        if told.hit.value and told.both.value is not None:
            yield f"{name} not exposed", told.over.value, 1 - told.both.value / told.hit.value
        if told.hit.value is not None and told.cases.value:
            yield f"{name} per case", told.per_case.value, told.hit.value / told.cases.value


def _flows(desk: Desk, area: str) -> Iterator[Sum]:
    """Shares of destinations are all of it."""
    flows, viewer = desk.beside(FlowDesk), Viewer()
    days = flows.days(viewer)
    if days:
        found = flows.destinations(viewer, area, days[-1])
        if found.state != "missing":
            rows = sum(row.share or 0.0 for row in found.rows)
            yield f"destinations {days[-1]}", 1.0, rows + found.others_share + found.unlisted


def _sum(parts: list[float | None]) -> float | None:
    """None where any is not known."""
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


FEET: tuple[Foot, ...] = (
    Foot("areas", _areas),
    Foot("colours", _colours),
    Foot("codes", _codes),
    Foot("zones", _zones),
    Foot("risk", _risk),
    Foot("orders", _orders),
    Foot("flows", _flows),
)
