"""Numbers that are made of several answers of one measure: change, mean, a part of a whole and what is left of it.

They are questions of their own, so that a sentence like "9 in A, 6 elsewhere" can be asked again word by word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dashboard.queries.answers import Answer
from dashboard.queries.cite import Question
from dashboard.queries.days import day_range, in_parts
from dashboard.queries.desk import COMPARED_DAYS, Day, Desk, Viewer
from dashboard.queries.hidden import HIDDEN, Made
from data.errors import BadQuestion
from data.words import Both
from grid.counts import COUNTS
from grid.measures import MEASURES
from grid.rates import REPORTED_SHARE


@dataclass(frozen=True)
class Change:
    """A measure now and ``days`` earlier; ``by``: the difference, ``share``: of what it was (None: nothing to compare
    with)."""

    now: Answer
    before: Answer
    by: Made | None
    share: Made | None

    @property
    def size(self) -> Made | None:
        """By how much, whichever way it went."""
        return None if self.by is None else abs(self.by)


@dataclass(frozen=True)
class Parts:
    """A whole and its areas of one level. ``known``: sum of those that are told; ``others``: of those told but not
    named; ``apart``: the whole less ``known``, None where either is not told; ``silent``, ``hidden``: how many are
    missing or suppressed."""

    whole: Answer
    parts: Sequence[Answer]
    known: float | None
    others: float | None
    apart: float | None
    silent: int
    hidden: int


def change(
    desk: Desk, viewer: Viewer, name: str, area: str, day: Day, as_of: dt.datetime | None = None,
    days: int = COMPARED_DAYS,
) -> Change:  # fmt: skip
    """A measure of an area against the same ``days`` before."""
    back = day - dt.timedelta(days=days)
    before, now = (desk.ask(viewer, name, area=area, days=[one], as_of=as_of)[0] for one in (back, day))
    if "suppressed" in (before.state, now.state):
        return Change(now, before, HIDDEN, HIDDEN)
    if before.value is None or now.value is None:
        return Change(now, before, None, None)
    by = now.value - before.value
    return Change(now, before, by, by / before.value if before.value else None)


def parts(
    desk: Desk, viewer: Viewer, name: str, area: str, day: Day, level: str, as_of: dt.datetime | None = None,
    named: Collection[str] = (), first: Day | None = None,
) -> Parts:  # fmt: skip
    """A measure of an area by its areas of ``level``; ``named``: codes of those that a sentence names; with ``first``
    all days from then on are added up."""
    days, total = day_range(first or day, day), first is not None
    whole = desk.ask(viewer, name, area=area, days=days, as_of=as_of, total=total)[0]
    below = desk.ask(viewer, name, area=area, days=days, level=level, as_of=as_of, total=total)
    found = [one for one in below if one.value is not None]
    known = sum(one.value or 0.0 for one in found) if found else None
    others = sum(one.value or 0.0 for one in found if one.area not in named) if found else None
    apart = None if whole.value is None or known is None else whole.value - known
    silent, hidden = (sum(one.state == state for one in below) for state in ("missing", "suppressed"))
    return Parts(whole, below, known, others, apart, silent, hidden)


def means(
    desk: Desk, viewer: Viewer, name: str, area: str, days: Sequence[Day], over: int, as_of: dt.datetime | None = None
) -> Mapping[Day, Made | None]:
    """For each of consecutive ``days`` the mean of the ``over`` days up to it that are told; None where the day itself
    or more than the usual share of them is not, HIDDEN where one of them is."""
    first = days[0] - dt.timedelta(days=over - 1)
    told = desk.series(viewer, name, area, first, days[-1], as_of)
    found = moving([HIDDEN if one.state == "suppressed" else one.value for one in told], over)
    return dict(zip(days, found[over - 1 :], strict=True))


def moving(values: Sequence[Made | None], days: int) -> list[Made | None]:
    """The same for every place of a series that has ``days`` values up to it; None before."""
    found: list[Made | None] = []
    for at, value in enumerate(values):
        known = [one for one in values[max(0, at - days + 1) : at + 1] if one is not None]
        enough = value is not None and at >= days - 1 and len(known) >= REPORTED_SHARE * days
        found.append(sum(known) / len(known) if enough else None)
    return found


@dataclass(frozen=True)
class Told:
    """Of how many ``days`` a measure is ``told``, and of how many it is not."""

    days: int
    told: int

    @property
    def silent(self) -> int:
        """Days without a report."""
        return self.days - self.told


def told(
    desk: Desk, viewer: Viewer, name: str, area: str, first: Day, last: Day, as_of: dt.datetime | None = None
) -> Told:
    """On how many days between two a measure of an area is told."""
    parts = in_parts(day_range(first, last))
    found = [one for days in parts for one in desk.series(viewer, name, area, days[0], days[-1], as_of)]
    return Told(len(found), sum(one.state != "missing" for one in found))


def count(
    desk: Desk, viewer: Viewer, name: str, area: str, day: Day, as_of: dt.datetime | None = None,
    first: Day | None = None,
) -> Made | None:  # fmt: skip
    """A count of grid.counts in an area on a day, or added up from ``first``; None where nobody states it."""
    if name not in COUNTS or (first is not None and COUNTS[name].stock):
        raise BadQuestion(detail=Both(f"没有可问的计数 {name}", f"there is no such count: {name}"))
    view = desk.cube.at(as_of)
    row = desk.row(view, viewer, area)
    sums = view.sums(name, day_range(first or day, day))
    if not (viewer.small_numbers or desk.hiding.public_count(name)) and sums.known[:, row].any():
        return _shown_count(desk, viewer, name, area, day, as_of, first)
    return float(sums.total[:, row].sum()) if sums.known[:, row].any() else None


def _shown_count(
    desk: Desk, viewer: Viewer, name: str, area: str, day: Day, as_of: dt.datetime | None, first: Day | None
) -> Made | None:
    """The same where the measure that is this count alone shows it; else HIDDEN."""
    if name not in MEASURES or MEASURES[name].counts != (name,) or MEASURES[name].back:
        return HIDDEN
    days = day_range(first or day, day)
    told = desk.ask(viewer, name, area=area, days=days, as_of=as_of, total=first is not None)[0]
    return HIDDEN if told.state == "suppressed" else told.value


@dataclass(frozen=True)
class Delivered:
    """All loads of a version together: how many, their rows, and how many of these were taken and sent back."""

    loads: int
    rows: int
    taken: int
    rejected: int


def delivered(desk: Desk, viewer: Viewer, as_of: dt.datetime | None, asked: Mapping[str, str]) -> Delivered:
    """What came in so far."""
    found = desk.arrived(viewer, as_of)
    return Delivered(len(found), *(sum(getattr(one, name) for one in found) for name in ("rows", "taken", "rejected")))


# as questions --------------------------------------------------------------------------------------

Asked = Mapping[str, str]


def _change(desk: Desk, viewer: Viewer, as_of: dt.datetime | None, asked: Asked) -> Change:
    return change(desk, viewer, asked["name"], asked["area"], _day(asked), as_of)


def _parts(desk: Desk, viewer: Viewer, as_of: dt.datetime | None, asked: Asked) -> Parts:
    named = asked.get("named", "").split(",")
    return parts(desk, viewer, asked["name"], asked["area"], _day(asked), asked["level"], as_of, named, _first(asked))


def _means(desk: Desk, viewer: Viewer, as_of: dt.datetime | None, asked: Asked) -> Mapping[Day, Made | None]:
    days = day_range(dt.date.fromisoformat(asked["first"]), dt.date.fromisoformat(asked["last"]))
    return means(desk, viewer, asked["name"], asked["area"], days, int(asked["over"]), as_of)


def _told(desk: Desk, viewer: Viewer, as_of: dt.datetime | None, asked: Asked) -> Told:
    return told(desk, viewer, asked["name"], asked["area"], dt.date.fromisoformat(asked["first"]), _day(asked), as_of)


def _count(desk: Desk, viewer: Viewer, as_of: dt.datetime | None, asked: Asked) -> Made | None:
    return count(desk, viewer, asked["name"], asked["area"], _day(asked), as_of, _first(asked))


def _day(asked: Asked) -> Day:
    return dt.date.fromisoformat(asked["day"])


def _first(asked: Asked) -> Day | None:
    return dt.date.fromisoformat(asked["first"]) if "first" in asked else None


#: These as questions of dashboard.queries.questions.
MADE: Mapping[str, Question] = {"change": _change, "parts": _parts, "means": _means, "told": _told, "count": _count,
                               "made.loads": delivered}  # fmt: skip


__all__ = [
    "MADE",
    "Change",
    "Delivered",
    "Parts",
    "Told",
    "change",
    "count",
    "delivered",
    "means",
    "moving",
    "parts",
    "told",
]
