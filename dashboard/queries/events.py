"""The questions about events, and the one way in which they are changed: scope and rights are held here.

An event belongs to its area and to its owner. Whoever's scope covers neither is not told that there is one: it is
answered as a number that nobody gave. The book itself (:mod:`data.events`) knows no viewer.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice
from typing import Any

from cachetools import LRUCache

from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.event_clock import EventClock
from dashboard.queries.event_counts import Counted, counted
from dashboard.queries.event_lines import Done, EventCounts, EventFull, EventLine, Took, Unit
from dashboard.queries.event_records import PERSONS, STEPS, Records
from data.days import end_of
from data.errors import AreaNotFound, BadQuestion, EventNotFound, OneScreenError
from data.events import Events, evidence, intake, read, work
from data.events.report import Report
from data.events.shelf import Kept, Shelf, words_of
from data.terms import EVENTS, STATES_OF_EVENTS
from data.words import Both
from grid.chains import Chains
from grid.cube import View

#: States of events that are not closed.
OPEN = read.RUNNING
#: Events that a list comes with where nothing else is asked.
MOST = 200
#: Closed events that are looked through for those of an area whose code no other's begins with.
MOST_CLOSED = 20_000
#: Answers about numbers that are kept.
KEPT = 400


class EventDesk:
    """The questions, over one desk; its book is ``desk.events``. Without one there are no events, and none is taken.

    ``area``: code, name or ``city``, which means all that the viewer may see. AreaNotFound outside the scope.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk, self.clock = desk, EventClock(desk)
        self._counts: LRUCache[tuple[object, ...], tuple[float, float, object, Counted]] = LRUCache(KEPT)
        self._trees: LRUCache[int, Chains] = LRUCache(2)
        self._lock = threading.Lock()

    @cached_property
    def _shelf(self) -> Shelf:
        return Shelf(self._book)

    @property
    def _book(self) -> Events:
        if self.desk.events is None:
            zh, en = (
                "这里没有事件台账，请用 onescreen serve 打开",
                "no book of events is open here: onescreen serve opens it",
            )
            raise BadQuestion(detail=Both(zh, en))
        return self.desk.events

    @property
    def is_open(self) -> bool:
        """Whether there is a book of events."""
        return self.desk.events is not None

    def now(self) -> dt.datetime:
        """The moment that deadlines are held against (UTC), see EventClock."""
        return self.clock.now()

    def tree(self) -> Chains:
        """The units that events belong to."""
        geography = self.desk.cube.at().geography
        with self._lock:
            if geography.id not in self._trees:
                self._trees[geography.id] = Chains(geography, self.desk.city)
            return self._trees[geography.id]

    def stamp(self) -> str:
        """Another text whenever anything was reported or done: what was made of the book before is good while it is
        the same."""
        return read.mark(self._book) if self.is_open else ""

    def forget(self) -> None:
        """What was read of the book is read anew: events were destroyed."""
        if self.is_open:
            self._shelf.forget()

    # seeing ------------------------------------------------------------------------------------------

    def queue(
        self,
        viewer: Viewer,
        area: str = "city",
        states: Collection[str] = OPEN,
        klass: str = "",
        limit: int = MOST,
        offset: int = 0,
    ) -> list[EventLine]:
        """The events of an area or owned in it, what is due first first (the closed ones last, the last closed of them
        first). ``klass``: of this class only. Forbidden without the right ``events``; BadQuestion of an unknown class
        or state."""
        page = list(islice(self._found(viewer, area, states, klass), offset, offset + limit))
        records = self._records(viewer) if page else None
        return [records.line(kept) for kept in page] if records else []

    def count(self, viewer: Viewer, area: str = "city", states: Collection[str] = OPEN, klass: str = "") -> int:
        """Of how many events :meth:`queue` gives a page."""
        if klass or set(states) != set(OPEN) or not self.is_open:
            return sum(1 for _ in self._found(viewer, area, states, klass))
        viewer.need("events")
        view = self.desk.cube.at()
        self._shelf.look()
        return self._shelf.number(_codes(view, self.desk.row(view, viewer, area)))

    def event(self, viewer: Viewer, id: int) -> EventFull:
        """One event with its history. The log is told where it is about a person. EventNotFound, Forbidden without the
        right ``events``."""
        viewer.need("events")
        self._seen(viewer, id)
        found = read.history(self._book, id)
        if found.event.klass in PERSONS:
            self.desk.noted(viewer, "event", found.event.area, 1, event=id)
        return self._records(viewer).full(found)

    def counts(self, viewer: Viewer, area: str = "city") -> EventCounts:
        """How many events of an area are not closed, by class, state, area below and level of the owner. Whoever may
        not see small numbers is told none of events about persons that is small, or would tell one that is."""
        view = self.desk.cube.at()
        row, now = self.desk.row(view, viewer, area), self.now()
        made = self._counted(view, row, now)
        if not viewer.small_numbers:
            made = made.hiding(PERSONS, self.desk.hiding.threshold)
        records = Records(view, viewer, row, {}, now)
        below = tuple((records.unit(code), tally) for code, tally in made.below.items())
        unit = records.unit(view.areas.code[row])
        return EventCounts(unit, now, made.all, made.classes, made.states, below, made.levels)

    def loops(self, viewer: Viewer, area: str, first: Day, last: Day) -> list[read.Loop]:
        """The loops of the events of an area that were sensed from ``first`` to ``last``, on the city's clocks, oldest
        first. Forbidden without the right ``events``."""
        viewer.need("events")
        view, zone = self.desk.cube.at(), self.desk.city.timezone
        row = self.desk.row(view, viewer, area)
        if not self.is_open:
            return []
        since = end_of(first - dt.timedelta(days=1), zone)
        found = read.loops(self._book, since=since, until=end_of(last, zone), areas=_beginnings(view, row))
        return [loop for loop in found if _belongs(view, loop.event, row)]

    def evidence(self, viewer: Viewer, id: int, sha256: str) -> evidence.Evidence:
        """A photograph or document of an event; the log is told. EventNotFound, Forbidden as :meth:`event`."""
        viewer.need("events")
        seen = self._seen(viewer, id)
        found = evidence.body_of(self._book, id, sha256)
        self.desk.noted(viewer, "event", seen.area, 1 if seen.klass in PERSONS else None, event=id, evidence=sha256)
        return found

    # changing ----------------------------------------------------------------------------------------

    def take(self, viewer: Viewer, reports: Sequence[Report]) -> list[Took]:
        """Takes reports into the book, in one transaction: one outcome each, in their order; bad ones are refused one
        by one and the others kept. ``area`` of a report may be a name, or ``city``; one outside the scope is none.
        Forbidden without the right ``sense``. Each report stands in the book with who sent it, and that is never
        rewritten; so the log is told once an hour that somebody does."""
        viewer.need("sense")
        view, book = self.desk.cube.at(), self._book
        self.desk.noting.hourly(viewer, "events_reported", view.areas.code[self.desk.top(view, viewer)])
        placed = [self._placed(view, viewer, report) for report in reports]
        good = [one for one in placed if isinstance(one, Report)]
        taken = iter(intake.take(book, good, self.tree(), self.now(), viewer.user))
        return [
            Took(None, "refused", one) if isinstance(one, OneScreenError) else self._took(viewer, one, next(taken))
            for one in placed
        ]

    def step(
        self,
        viewer: Viewer,
        id: int,
        action: str,
        key: str,
        note: str = "",
        evidence: Sequence[str] = (),
        to: str = "",
        satisfied: bool | None = None,
        done: dt.datetime | None = None,
    ) -> Done:
        """Does one of STEPS with an event. ``key``: the same one of the same user again changes nothing more and is
        answered the same, also where the event is not theirs any more; ``to``: the unit that it is handed to (code or
        name), in the scope or above it; ``satisfied``: what whoever it was about says, where it is closed or commented;
        ``done``: when it was done (UTC), where it could not be sent before.

        EventNotFound, EventStateError (409: somebody was quicker, or the state does not allow it), AreaNotFound,
        BadQuestion, ReportRefused (a note with somebody's number), Forbidden without the right ``act``.
        """
        again = self.again(viewer, id, action, key)
        if again is not None:
            return again
        seen, now = self._seen(viewer, id), self.now()
        said: dict[str, Any] = {"by": viewer.user, "role": viewer.role, "key": key, "now": now, "note": note}
        said |= {"evidence": tuple(evidence), "done": done}
        if action == "hand_over":
            said |= {"to": self._receiver(viewer, to), "tree": self.tree()}
        if action in ("close", "comment"):
            said |= {"satisfied": satisfied}
        change = getattr(work, action)(self._book, id, **said)
        people = 1 if seen.klass in PERSONS else None
        self.desk.noted(viewer, "event_changed", seen.area, people, event=id, step=action)
        return Done(id, change.state, change.at, change.at != now)

    def again(self, viewer: Viewer, id: int, action: str, key: str) -> Done | None:
        """The step that was done under a ``key`` before; None where none was. EventStateError where that was another
        step, BadQuestion, Forbidden without the right ``act``."""
        viewer.need("act")
        if action not in STEPS or not key:
            known = ", ".join(STEPS)
            raise BadQuestion(
                detail=Both(f"操作 {action} 须为 {known} 之一，并带编号", f"{action}: one of {known}, with a key")
            )
        change = work.earlier(self._book, id, STEPS[action], viewer.user, key) if self.is_open else None
        return None if change is None else Done(id, change.state, change.at, True)

    def keep_evidence(self, viewer: Viewer, id: int, body: bytes, action: str = "") -> str:
        """Keeps a photograph or document of an event; the SHA-256 by which a step names it. ``action``: for this one of
        STEPS, so that nothing is kept where it cannot be done. EventNotFound, EventStateError, ReportRefused, Forbidden
        without the right ``act``."""
        viewer.need("act")
        seen = self._seen(viewer, id)
        if action:
            work.check_state(id, seen.state, STEPS[action])
        return evidence.keep(self._book, id, body, by=viewer.user, now=self.now())

    def units(self, viewer: Viewer, id: int) -> list[Unit]:
        """To whom an event can be handed over most likely: the units above and directly below its owner, as far as the
        viewer may name them. EventNotFound, Forbidden without the right ``act``."""
        viewer.need("act")
        seen, view = self._seen(viewer, id), self.desk.cube.at()
        row = view.row(seen.owner)
        near = [*reversed(view.areas.path(row)[:-1]), *view.areas.children(row).tolist()]
        top, records = self.desk.top(view, viewer), self._records(viewer)
        return [records.unit(view.areas.code[at]) for at in near if _may_name(view, top, at)]

    # helpers -----------------------------------------------------------------------------------------

    def _records(self, viewer: Viewer) -> Records:
        view = self.desk.cube.at()
        return Records(view, viewer, self.desk.top(view, viewer), self._book.classes, self.now())

    def _found(self, viewer: Viewer, area: str, states: Collection[str], klass: str) -> Iterator[Kept]:
        viewer.need("events")
        _check(states, STATES_OF_EVENTS)
        _check([klass] if klass else [], EVENTS)
        view = self.desk.cube.at()
        row = self.desk.row(view, viewer, area)
        if not self.is_open:
            return iter(())
        last = self._closed(view, row, klass) if "closed" in states else []
        return chain(self._running(view, row, states, klass), last)

    def _running(self, view: View, row: int, states: Collection[str], klass: str = "") -> Iterator[Kept]:
        self._shelf.look()
        return self._shelf.queue(lambda one: one.state in states and klass in ("", one.klass), _codes(view, row))

    def _closed(self, view: View, row: int, klass: str) -> list[Kept]:
        """The MOST last closed ones."""
        areas, classes = _beginnings(view, row), [klass] if klass else None
        most = MOST if areas or not row else MOST_CLOSED
        found = read.last_closed(self._book, areas, classes=classes, limit=most)
        last = [one for one in found if _belongs(view, one, row)][:MOST]
        words = words_of(self._book, [one.id for one in last])
        return [Kept(one, *words.get(one.id, ("", {}))) for one in last]

    def _seen(self, viewer: Viewer, id: int) -> read.Standing:
        """An event that the viewer may know of; EventNotFound."""
        view = self.desk.cube.at()
        try:
            found = read.standing(self._book, id) if self.is_open else None
        except EventNotFound:
            found = None
        if found is None or not _belongs(view, found, self.desk.top(view, viewer)):
            raise EventNotFound(event=id)
        return found

    def _counted(self, view: View, row: int, now: dt.datetime) -> Counted:
        """Kept while nothing was reported or done within the second, and else for ten times as long as it took: a
        hundred boards that ask every second and a half take a tenth of a core at most."""
        key, mark = (view.version, row), (self.stamp(), now.replace(microsecond=0))
        with self._lock:
            kept = self._counts.get(key)
        if kept is not None and (kept[2] == mark or time.monotonic() < kept[1]):
            return kept[3]
        began = time.monotonic()
        made = counted(view, row, [one.event for one in self._running(view, row, OPEN)] if self.is_open else [], now)
        done = time.monotonic()
        with self._lock:
            self._counts[key] = began, done + 10 * (done - began), mark, made
        return made

    def _placed(self, view: View, viewer: Viewer, report: Report) -> Report | OneScreenError:
        """The report with the code of its area, the finest that its cell tells; AreaNotFound outside the scope, and of
        a cell of elsewhere: what is said of that is one matter with what others said there."""
        try:
            row = self.desk.row(view, viewer, report.area) if report.area or not report.cell else None
            code = "" if row is None else view.areas.code[row]
            tree = self.tree()
            finest = tree.chain(code, report.cell)[0][1]
            if not _inside(view, finest, self.desk.top(view, viewer)) or not tree.meets(finest, report.cell):
                raise AreaNotFound(area=report.cell, hint="")
        except OneScreenError as error:
            return error
        return replace(report, area=finest)

    def _took(self, viewer: Viewer, report: Report, taken: intake.Taken) -> Took:
        """What the sender is told: not even whether it was the same, of what somebody elsewhere said under that key."""
        elsewhere = taken.outcome == "repeated" or (taken.outcome == "folded" and report.cell)  # a cell has two sides
        if taken.event is None or not elsewhere or self._knows(viewer, taken.event):
            return Took(taken.event, taken.outcome, taken.error)
        if taken.outcome == "folded":
            return Took(None, "folded")
        return Took(None, "refused", intake.of_another(report))

    def _knows(self, viewer: Viewer, id: int) -> bool:
        if viewer.scope is None:
            return True
        try:
            self._seen(viewer, id)
        except EventNotFound:
            return False
        return True

    def _receiver(self, viewer: Viewer, to: str) -> str:
        """The code of a unit in the scope, or above it."""
        view = self.desk.cube.at()
        top = self.desk.top(view, viewer)
        above = {word: at for at in view.areas.path(top) for word in (view.areas.code[at], view.areas.name[at])}
        return view.areas.code[above[to] if to in above else self.desk.row(view, viewer, to or "?")]


def _check(words: Iterable[str], known: Mapping[str, object]) -> None:
    unknown = [word for word in words if word not in known]
    if unknown:
        told = ", ".join(known)
        raise BadQuestion(detail=Both(f"没有 {unknown[0]}；有：{told}", f"there is no {unknown[0]}; {told}"))


def _inside(view: View, code: str, row: int) -> bool:
    return row <= view.row(code) < int(view.areas.last[row])


def _belongs(view: View, one: read.Standing, row: int) -> bool:
    """Whether an event happened in the area at ``row``, or is owned there."""
    return row == 0 or _inside(view, one.area, row) or _inside(view, one.owner, row)


def _may_name(view: View, top: int, row: int) -> bool:
    """Whether a viewer who sees what is below ``top`` may name an area: what is below it, and the way down to it."""
    return top <= row < int(view.areas.last[top]) or row in view.areas.path(top)


def _codes(view: View, row: int) -> Sequence[str] | None:
    """The area's code and those of all areas below; None: every event is in it."""
    return view.areas.code[row : int(view.areas.last[row])] if row else None


def _beginnings(view: View, row: int) -> list[str] | None:
    """The area's code where those of all areas below begin with it; else nothing narrows what the book looks through,
    and what was found is looked through here."""
    codes = view.areas.code[row : int(view.areas.last[row])]
    return [codes[0]] if row and all(code.startswith(codes[0]) for code in codes) else None


__all__ = ["MOST", "OPEN", "PERSONS", "STEPS", "EventDesk"]
