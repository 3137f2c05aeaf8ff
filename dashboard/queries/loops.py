"""The questions about the closed loop: how long events take, where they end, which loops are broken.

Whoever may not see small numbers is told of the events that are about no person alone: a number of both, less those,
would tell the others.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TypeVar

import numpy as np
from cachetools import LRUCache

from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.event_lines import EventCounts, EventLine, EventTally, Unit
from dashboard.queries.events import PERSONS, EventDesk
from dashboard.queries.hidden import Count
from data.errors import BadQuestion
from data.events.classes import classes_of
from data.events.owner import owner_of
from data.events.read import Loop, Standing
from data.terms import BREAKS, EVENTS
from data.words import Both
from grid.cube import View
from grid.events.breaks import Break, breaks
from grid.events.measure import At, Part, measured

#: Broken loops that are listed; all of them are counted.
MOST_BREAKS = 200

#: Boards that are kept while nothing happens: of 50,000 events one takes a second.
KEPT = 32

#: Events that are looked through for those about no person.
MOST_LOOKED = 500

#: Levels too fine for a wall to name; of a class that is made of numbers of people, which may be small in a street.
_FINE = ("responsibility_grid", "community")
_FINER = {"risk_signal": ("street", *_FINE)}


@dataclass(frozen=True)
class BreakLine:
    """A broken loop: ``reason`` an id of terms.BREAKS, ``minutes`` since it should have gone on."""

    id: int
    klass: str
    reason: str
    minutes: float
    area: Unit
    owner: Unit


@dataclass(frozen=True)
class BelowLine:
    """An area directly below the one asked for."""

    unit: Unit
    part: Part


@dataclass(frozen=True)
class LoopBoard:
    """The loops of an area's events that were sensed from ``first`` to ``last``, as they stand at ``now``. ``below``:
    all areas, in the order of the tree; ``reasons``: broken loops by reason; ``breaks``: the longest broken first.
    ``partly``: events about persons are left out."""

    now: dt.datetime
    first: Day
    last: Day
    all: Part
    classes: Mapping[str, Part]
    below: Sequence[BelowLine]
    reasons: Mapping[str, int]
    breaks: Sequence[BreakLine]
    partly: bool


@dataclass(frozen=True)
class OpenBoard:
    """:class:`EventCounts` with the areas below by their codes, so that a number of them can be cited."""

    counts: EventCounts

    @property
    def below(self) -> Mapping[str, EventTally]:
        """The tally of each area directly below, by its code."""
        return {unit.code: tally for unit, tally in self.counts.below}

    @property
    def public(self) -> EventTally:
        """All that are about no person: the sum of their classes, which nobody may not see."""
        found = [tally for klass, tally in self.counts.classes.items() if klass not in PERSONS]
        oldest = min((tally.oldest for tally in found if tally.oldest), default=None)
        open_, late, escalated = (sum(getattr(one, name) for one in found) for name in ("open", "late", "escalated"))
        return EventTally(open_, late, escalated, oldest)

    @property
    def persons(self) -> Count:
        """How many are about persons; HIDDEN where one of their classes is."""
        return sum((self.counts.classes[klass].open for klass in PERSONS if klass in self.counts.classes), start=0)


@dataclass(frozen=True)
class PublicLine:
    """An event as a wall shows it: its class and state, in which street or district it is, what is due by when. No
    words of whoever reported it, and none that is about a person."""

    id: int
    klass: str
    state: str
    area: Unit
    step: str
    due: dt.datetime | None
    late: bool


class LoopDesk:
    """The questions, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._classes = classes_of(desk.city)
        self._kept: LRUCache[tuple[object, ...], LoopBoard] = LRUCache(KEPT)
        self._lock = threading.Lock()

    def board(
        self, viewer: Viewer, area: str, first: Day, last: Day, klass: str = "", now: dt.datetime | None = None
    ) -> LoopBoard:
        """Everything of the loop's page; ``klass``: of one class only; ``now``: until when what is open has waited
        (UTC; None: this moment). Forbidden without the right ``events``, BadQuestion, AreaNotFound."""
        if klass and klass not in EVENTS:
            raise BadQuestion(detail=Both(f"没有事件类别 {klass}", f"there is no class {klass}"))
        viewer.need("events")
        asked, view = self.desk.beside(EventDesk), self.desk.cube.at()
        now = now or asked.now()
        key = (asked.stamp(), view.version, self.desk.row(view, viewer, area), viewer, first, last, klass, now)
        with self._lock:
            kept = self._kept.get(key)
        if kept is None:
            kept = self._made(viewer, area, (first, last), klass, now)
            with self._lock:
                self._kept[key] = kept
        return kept

    def _made(self, viewer: Viewer, area: str, days: tuple[Day, Day], klass: str, now: dt.datetime) -> LoopBoard:
        loops = self.desk.beside(EventDesk).loops(viewer, area, *days)
        seen = [one for one in loops if viewer.small_numbers or one.event.klass not in PERSONS]
        return self._board(viewer, area, days, [one for one in seen if klass in ("", one.event.klass)], now)

    def standing(self, viewer: Viewer, area: str) -> OpenBoard:
        """What is open now in an area. AreaNotFound."""
        return OpenBoard(self.desk.beside(EventDesk).counts(viewer, area))

    def public(self, viewer: Viewer, area: str, most: int = 40) -> list[PublicLine]:
        """The first ``most`` open events of an area that are about no person, what is due first first: for everybody
        who may see the area. AreaNotFound."""
        seeing = replace(viewer, rights=viewer.rights | {"events"})
        asked = self.desk.beside(EventDesk)
        lines = (line for line in asked.queue(seeing, area, limit=MOST_LOOKED) if not line.person)
        return [self._public(viewer, line) for line in islice(lines, most)]

    def _public(self, viewer: Viewer, line: EventLine) -> PublicLine:
        view = self.desk.cube.at()
        top = self.desk.top(view, viewer)
        path = [at for at in view.areas.path(view.row(line.area.code)) if at >= top] if _within(view, line, top) else []
        fine = _FINER.get(line.klass, _FINE)
        coarse = [at for at in path if view.areas.level[at] not in fine]
        where = _unit(view, viewer, view.areas.code[coarse[-1] if coarse else top])
        return PublicLine(line.id, line.klass, line.state, where, line.step, line.due, line.late)

    def _board(
        self, viewer: Viewer, area: str, days: tuple[Day, Day], loops: Sequence[Loop], now: dt.datetime
    ) -> LoopBoard:
        view = self.desk.cube.at()
        top = self.desk.row(view, viewer, area)
        rows, accept_by = [one.event for one in loops], {one.event.id: one.accept_by for one in loops}

        def raised(row: Standing) -> dt.datetime:
            return accept_by[row.id]

        made = measured(rows, raised, self._first(view), now)
        by_class = _places([row.klass for row in rows])
        below_of = cache(lambda code: _below(view, top, code))
        by_area, none = _places([below_of(row.area) for row in rows]), np.array([], np.intp)
        below = [BelowLine(_unit(view, viewer, view.areas.code[at]), made.part(by_area.get(at, none)))
                 for at in view.areas.children(top).tolist()]  # fmt: skip
        broken = breaks(rows, raised, now)
        reasons = Counter(one.reason for one in broken)
        return LoopBoard(
            now, *days, made.part(), {id: made.part(by_class[id]) for id in EVENTS if id in by_class}, below,
            {reason: reasons[reason] for reason in BREAKS},
            [_line(view, viewer, one) for one in broken[:MOST_BREAKS]], not viewer.small_numbers,
        )  # fmt: skip

    def _first(self, view: View) -> Callable[[Standing], str]:
        """Of an event: the level of who had it first, that of its class or the next coarser one that is known of it."""
        areas = view.areas

        @cache
        def level(klass: str, area: str) -> str:
            path = areas.path(areas.row_of.get(area, 0))
            return owner_of(self._classes[klass], tuple((areas.level[at], areas.code[at]) for at in path[::-1]))[0]

        return lambda row: level(row.klass, row.area)


Key = TypeVar("Key", str, int)


def _places(keys: Sequence[Key]) -> dict[Key, At]:
    """The places of each key."""
    found: dict[Key, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        found[key].append(at)
    return {key: np.array(places, np.intp) for key, places in found.items()}


def _below(view: View, top: int, code: str) -> int:
    """The row of the area directly below ``top`` that holds an area; -1 for ``top`` itself, or elsewhere."""
    path = view.areas.path(view.areas.row_of.get(code, 0))
    return path[path.index(top) + 1] if top in path[:-1] else -1


def _within(view: View, line: EventLine, top: int) -> bool:
    return top <= view.row(line.area.code) < int(view.areas.last[top])


def _unit(view: View, viewer: Viewer, code: str) -> Unit:
    """An area by its code; the code itself where the city has it no more."""
    row = view.areas.row_of.get(code)
    if row is None:
        return Unit(code, code, view.areas.level[0])
    return Unit(code, view.areas.label(row, viewer.lang), view.areas.level[row])


def _line(view: View, viewer: Viewer, one: Break) -> BreakLine:
    row = one.row
    where, owner = _unit(view, viewer, row.area), _unit(view, viewer, row.owner)
    return BreakLine(row.id, row.klass, one.reason, one.minutes, where, owner)


__all__ = ["BelowLine", "BreakLine", "LoopBoard", "LoopDesk", "OpenBoard", "Part", "PublicLine"]
