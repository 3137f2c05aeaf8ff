"""The questions about key persons who entered: the three-hour rule, and each district's list of who comes to it.

The rule is held per district, whatever is asked: a street's entries were in time when its district had them in time.
Whoever asks as a district (their scope is that district) has by that fetched its list, and that is noted twice: in the
book as the push, and in the log. A look by the city pushes nothing: the city is not who must act.

All of it is of few persons, so who may not see small numbers is told none of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.event_lines import Unit
from dashboard.queries.events import EventDesk
from dashboard.queries.freshness import local
from dashboard.queries.hidden import need_small
from data.days import end_of
from data.events import arrivals as book
from data.events.arrivals import Arrival
from grid.cube import View
from grid.events.arrivals import LIMIT, Pushes, board, pushes, state_of

#: Days of the trend, the asked one last: two working weeks.
TREND = 14
#: Lines of a list that are shown; all of them are counted.
MOST_LINES = 500


@dataclass(frozen=True)
class Entered:
    """An entry as the rule sees it: ``district`` is the unit of the asked area's next level that it goes to."""

    arrival: Arrival
    entered: dt.datetime
    district: str
    pushed: dt.datetime | None


@dataclass(frozen=True)
class EntryLine:
    """An entry as it is listed: ``subject`` a pseudonym; ``gate`` in words, ``origin`` where they came from as the
    gate says; ``to`` where they go; ``state`` an id of terms.PUSHES; ``over`` minutes beyond the limit."""

    event: int
    subject: str
    entered: dt.datetime
    pushed: dt.datetime | None
    gate: str
    origin: str
    to: Unit
    district: Unit
    state: str
    over: float


@dataclass(frozen=True)
class ArrivalBoard:
    """The entries of an area on a day, as they stand at ``now``. ``below``: code -> those of each unit below;
    ``units``: its name; ``trend``: day -> those of each of the last days with any; ``breaches``: the longest first, at
    most MOST_LINES."""

    area: Unit
    day: Day
    now: dt.datetime
    all: Pushes
    below: Mapping[str, Pushes]
    units: Mapping[str, Unit]
    trend: Mapping[Day, Pushes]
    breaches: Sequence[EntryLine]


@dataclass(frozen=True)
class PushList:
    """Who comes to an area, the newest first, a page of ``total``; ``push``: asking for it was the push."""

    area: Unit
    now: dt.datetime
    lines: Sequence[EntryLine]
    total: int
    push: bool


class ArrivalDesk:
    """The questions, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.zone = desk.city.timezone

    def days(self, viewer: Viewer) -> list[Day]:
        """Every day from the first entry to the last one in the viewer's scope; [] without the right ``events``."""
        if self.desk.events is None or not viewer.may("events"):
            return []
        found = book.span(self.desk.events, _codes(viewer.scope))
        if found is None:
            return []
        first, last = (local(moment, self.desk.city).date() for moment in found)
        return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]

    def board(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, now: dt.datetime | None = None
    ) -> ArrivalBoard | None:
        """The rule on a day (None: the last one with entries); None where nobody entered ever. ``now``: as of that
        moment, UTC. Forbidden without the right ``events``; Withheld; AreaNotFound."""
        self._may(viewer)
        view = self.desk.cube.at()
        row, days = self.desk.row(view, viewer, area), self.days(viewer)
        if not days:
            return None
        day, now = day or days[-1], now or self._now()
        entries = self._entries(view, row, day - dt.timedelta(days=TREND - 1), day, now)
        by_day: dict[Day, list[Entered]] = {}
        for one in entries:
            by_day.setdefault(local(one.entered, self.desk.city).date(), []).append(one)
        found = board(by_day.get(day, []), now)
        return ArrivalBoard(
            _unit(view, viewer, row), day, now, found.whole, found.districts,
            {code: _unit(view, viewer, view.row(code)) for code in found.districts},
            {day: pushes(by_day[day], now) for day in sorted(by_day)},
            self._lines(view, viewer, [(one.entry, one.state, one.over) for one in found.breaches[:MOST_LINES]]),
        )  # fmt: skip

    def push_list(
        self,
        viewer: Viewer,
        area: str = "city",
        since: dt.datetime | None = None,
        limit: int = MOST_LINES,
        offset: int = 0,
        now: dt.datetime | None = None,
    ) -> PushList:
        """Who entered since ``since`` (UTC; None: a day ago) and comes to an area. Asked by the district itself it is
        the push of those that are listed. The log is told. Forbidden without the right ``events``; Withheld;
        AreaNotFound."""
        self._may(viewer)
        view, now = self.desk.cube.at(), now or self._now()
        row = self.desk.row(view, viewer, area)
        span = since or now - dt.timedelta(days=1), now + dt.timedelta(microseconds=1)
        found = self._between(view, row, *span)[::-1]
        listed = found[offset : offset + limit]
        self.desk.noted(viewer, "arrivals", view.areas.code[row], len(listed))
        push = self._push(view, viewer, row, listed, now)
        told = self._between(view, row, *span)[::-1][offset : offset + limit] if push else listed
        lines = [(one, state_of(one, now), _over(one, now)) for one in told]
        return PushList(_unit(view, viewer, row), now, self._lines(view, viewer, lines), len(found), push)

    # helpers ---------------------------------------------------------------------------------------

    def _may(self, viewer: Viewer) -> None:
        viewer.need("events")
        need_small(viewer, "重点人员抵达", "key persons who entered")

    def _now(self) -> dt.datetime:
        return self.desk.beside(EventDesk).now()

    def _push(self, view: View, viewer: Viewer, row: int, entries: Sequence[Entered], now: dt.datetime) -> bool:
        """Whether who asks is the district that ``row`` lies in; then it has these entries from now on."""
        district = view.areas.code[_district(view, row)]
        if self.desk.events is None or not entries or viewer.scope != district:
            return False
        book.fetched(self.desk.events, [one.arrival.event for one in entries], district, now)
        return True

    def _entries(self, view: View, row: int, first: Day, last: Day, now: dt.datetime) -> list[Entered]:
        """The entries of some days, as far as ``now`` knows of them."""
        until = min(end_of(last, self.zone), now + dt.timedelta(microseconds=1))
        return self._between(view, row, _start(first, self.zone), until)

    def _between(self, view: View, row: int, since: dt.datetime, until: dt.datetime) -> list[Entered]:
        if self.desk.events is None:
            return []
        found = book.arrivals(self.desk.events, since, until, _codes(view.areas.code[row] if row else None))
        return [self._entered(view, row, one) for one in found]

    def _entered(self, view: View, row: int, one: Arrival) -> Entered:
        at = view.row(one.area)
        pushed = one.pushed(view.areas.code[_district(view, at)])
        return Entered(one, one.entered, view.areas.code[_below(view, row, at)], pushed)

    def _lines(self, view: View, viewer: Viewer, found: Sequence[tuple[Entered, str, float]]) -> list[EntryLine]:
        """Entries with their state and the minutes beyond the limit, as they are listed."""
        if self.desk.events is None:
            return []
        said = book.said(self.desk.events, [one.arrival.event for one, _, _ in found])
        return [
            EntryLine(
                one.arrival.event, one.arrival.subject, one.entered, one.pushed, one.arrival.place,
                str(said.get(one.arrival.event, {}).get("from", "")), _unit(view, viewer, at),
                _unit(view, viewer, _district(view, at)), state, over,
            )
            for one, state, over in found
            for at in [view.row(one.arrival.area)]
        ]  # fmt: skip


def _over(one: Entered, now: dt.datetime) -> float:
    """Minutes beyond the limit so far."""
    return max(0.0, ((one.pushed or now) - one.entered - LIMIT) / dt.timedelta(minutes=1))


def _codes(code: str | None) -> list[str] | None:
    return None if code is None else [code]


def _start(day: Day, zone: str) -> dt.datetime:
    """The moment at which a day of the city begins, UTC without zone."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC).replace(tzinfo=None)


def _unit(view: View, viewer: Viewer, row: int) -> Unit:
    return Unit(view.areas.code[row], view.areas.label(row, viewer.lang), view.areas.level[row])


def _district(view: View, row: int) -> int:
    """The area of the first level below a city that ``row`` lies in; itself for a city, and what is above."""
    path = view.areas.path(row)
    below = [n + 1 for n, step in enumerate(path) if view.areas.level[step] == "city"]
    return next(iter(path[below[0] :]), row) if below else row


def _below(view: View, row: int, at: int) -> int:
    """The child of ``row`` that ``at`` lies in; ``row`` where it lies in none."""
    path = list(view.areas.path(at))
    after = path[path.index(row) + 1 :] if row in path else []
    return next(iter(after), row)
