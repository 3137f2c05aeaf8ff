"""What the questions about events are answered with: plain records, in the reader's language. Moments are UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.queries.hidden import Count
from data.errors import OneScreenError
from data.events.report import AHEAD

#: What came within so long came when it was done.
LATER = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Unit:
    """An area or an owner: ``level`` an id of terms.LEVELS."""

    code: str
    name: str
    level: str


@dataclass(frozen=True)
class EventLine:
    """One event as it is listed.

    ``klass``: id of terms.EVENTS, ``name``: what that is called; ``state``: id of terms.STATES_OF_EVENTS; ``where``:
    the areas above its own, city and what lies above the viewer's scope left out; ``person``: it is about a person,
    whom :class:`EventFull` names by pseudonym; ``evidence``: closing needs some. ``step``: what is due next (id of
    terms.DEADLINES_OF_EVENTS, "" where nothing is), ``due`` by when, ``late``: that is past. ``reports``: how many were
    folded into it. ``may``: what the viewer can do with it now (of events.STEPS).
    """

    id: int
    klass: str
    name: str
    state: str
    urgent: bool
    evidence: bool
    area: Unit
    cell: str
    where: str
    owner: Unit
    place: str
    note: str
    person: bool
    happened: dt.datetime
    opened: dt.datetime
    closed: dt.datetime | None
    step: str
    due: dt.datetime | None
    late: bool
    reports: int
    escalated: int
    reopened: int
    may: tuple[str, ...]


@dataclass(frozen=True)
class EventStep:
    """One line of an event's history: ``what`` was done (id of terms.CHANGES_OF_EVENTS), when, ``by`` which user ("":
    the clock, or a sense), with which words and evidence (SHA-256, or words), and the ``state`` and ``owner`` that
    followed. ``at``: when it came, ``done``: when it was done, ``said``: when a phone said that it was (None: nothing).
    ``missed``: which deadline was, where it was escalated; ``satisfied``: None where nobody was asked."""

    id: int
    what: str
    at: dt.datetime
    done: dt.datetime
    said: dt.datetime | None
    by: str
    role: str
    state: str
    owner: Unit
    note: str
    evidence: tuple[str, ...]
    missed: str
    satisfied: bool | None

    @property
    def came_later(self) -> bool:
        """Whether it came so much later than it was done that one is told both."""
        return self.at - self.done >= LATER

    @property
    def disbelieved(self) -> bool:
        """Whether what the phone said of the time cannot be."""
        return self.said is not None and abs(self.said - self.done) > AHEAD


@dataclass(frozen=True)
class EventReport:
    """One report of an event: which sense said so (``source``, ``key``), when it came and when it happened."""

    source: str
    key: str
    received: dt.datetime
    happened: dt.datetime
    place: str
    note: str


@dataclass(frozen=True)
class EventTold:
    """Whom the product told of which change (``what``), and when that unit had it: ``sent`` to its channels, or
    ``fetched`` by it; None: not yet."""

    unit: Unit
    what: str
    made: dt.datetime
    sent: dt.datetime | None
    fetched: dt.datetime | None


@dataclass(frozen=True)
class EventFull:
    """One event with all that is known of it, oldest first; ``subject``: the pseudonym of whom or what it is about."""

    line: EventLine
    subject: str
    history: tuple[EventStep, ...]
    reports: tuple[EventReport, ...]
    told: tuple[EventTold, ...]


@dataclass(frozen=True)
class Took:
    """What became of one report: its event (None: it was refused, or folded into one across a border that is not the
    viewer's to know), and ``outcome`` new, folded, repeated, or refused for an ``error``."""

    event: int | None
    outcome: str
    error: OneScreenError | None = None


@dataclass(frozen=True)
class Done:
    """A step as it was kept, with the state that followed; ``again``: the same key had come before, nothing was
    added."""

    event: int
    state: str
    at: dt.datetime
    again: bool


@dataclass(frozen=True)
class EventTally:
    """Events that are not closed: how many, how many past a deadline (``late``), how many were ``escalated``, when the
    ``oldest`` was opened."""

    open: Count
    late: Count
    escalated: Count
    oldest: dt.datetime | None


@dataclass(frozen=True)
class EventCounts:
    """The events of an area at ``now`` that are not closed: all together, by class, by state, by the areas directly
    below (in their order; nought where none is open), and by the level of the owner."""

    area: Unit
    now: dt.datetime
    all: EventTally
    classes: Mapping[str, EventTally]
    states: Mapping[str, Count]
    below: tuple[tuple[Unit, EventTally], ...]
    levels: Mapping[str, Count]
