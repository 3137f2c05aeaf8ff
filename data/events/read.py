"""What the book knows: queues, histories, loops, tallies. Areas are codes; all that begin with them are meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select

from data.errors import EventNotFound
from data.events import tables
from data.events.book import Events
from data.events.classes import EventClass
from data.events.outbox import Message, messages_of
from data.events.rows import Change

#: States of an event that is not closed.
RUNNING = ("open", "accepted", "acting", "fed_back")


@dataclass(frozen=True, slots=True)
class Standing:
    """An event as it stands; see data.events.tables.event. Times UTC without zone."""

    id: int
    klass: str
    state: str
    owner: str
    level: str
    area: str
    cell: str
    subject: str
    place: str
    reports: int
    latest: dt.datetime
    happened: dt.datetime
    sensed: dt.datetime
    accepted: dt.datetime | None
    acted: dt.datetime | None
    fed_back: dt.datetime | None
    closed: dt.datetime | None
    accept_by: dt.datetime
    act_by: dt.datetime
    close_by: dt.datetime
    missed: str
    due: dt.datetime | None
    deadline: dt.datetime | None
    actor: str
    changes: int
    escalations: int
    reopened: int
    handed_over: int
    satisfied: bool | None

    def overdue(self, now: dt.datetime) -> bool:
        """Whether a deadline of its state has passed."""
        return self.deadline is not None and self.deadline < now


@dataclass(frozen=True, slots=True)
class Loop:
    """One event's whole loop. ``pushed``: the first moment at which an area had word of it: a message was delivered,
    or its board fetched it; None: nobody yet. ``accept_by``: until when it was to be accepted as it was raised."""

    event: Standing
    pushed: dt.datetime | None
    accept_by: dt.datetime


@dataclass(frozen=True, slots=True)
class Sensed:
    """One report of an event; see data.events.tables.report."""

    id: int
    event: int
    source: str
    key: str
    klass: str
    area: str
    cell: str
    subject: str
    place: str
    note: str
    happened: dt.datetime
    received: dt.datetime
    by: str
    more: dict[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """All of one event, oldest first."""

    event: Standing
    reports: list[Sensed]
    changes: list[Change]
    messages: list[Message]


@dataclass(frozen=True, slots=True)
class Tally:
    """Running events of a class, owner and state: how many; how many are past a deadline, were escalated; when the
    oldest was sensed, and the first deadline."""

    klass: str
    owner: str
    level: str
    state: str
    events: int
    overdue: int
    escalated: int
    oldest: dt.datetime
    deadline: dt.datetime | None


def mark(events: Events) -> str:
    """Another text whenever a report or a change was taken: what was made of the book before is good while it is the
    same. One row is read."""
    row = next(iter(events._all(select(tables.number))), None)
    return f"{row.report}.{row.change}" if row is not None else "0.0"


def queue(
    events: Events, areas: Collection[str] | None, *, states: Collection[str] = RUNNING,
    classes: Collection[str] | None = None, since: dt.datetime | None = None, limit: int = 200, offset: int = 0,
) -> list[Standing]:  # fmt: skip
    """Events that ``areas`` own or that happened there (None: the city), first deadline first; closed ones, which have
    none, last, the last closed first. ``since``: sensed from then on."""
    table = tables.event
    query = select(*_COLUMNS).where(table.c.state.in_(states), *_within(areas), *_of(classes))
    if since is not None:
        query = query.where(table.c.sensed >= since)
    order = (table.c.deadline.is_(None), table.c.deadline, table.c.closed.desc(), table.c.id)
    query = query.order_by(*order).offset(offset).limit(limit)
    return [Standing(**row._mapping) for row in events._all(query)]


def last_closed(
    events: Events, areas: Collection[str] | None, *, classes: Collection[str] | None = None, limit: int = 200
) -> list[Standing]:
    """The closed events of ``areas``, the last closed first."""
    table = tables.event
    query = select(*_COLUMNS).where(table.c.state == "closed", *_within(areas), *_of(classes))
    rows = events._all(query.order_by(table.c.closed.desc(), table.c.id.desc()).limit(limit))
    return [Standing(**row._mapping) for row in rows]


def count(
    events: Events, areas: Collection[str] | None, *, states: Collection[str] = RUNNING,
    classes: Collection[str] | None = None,
) -> int:  # fmt: skip
    """How many events there are of which queue gives a page."""
    table = tables.event
    query = select(func.count()).select_from(table).where(table.c.state.in_(states), *_within(areas), *_of(classes))
    return int(events._all(query)[0][0])


def standing(events: Events, event: int) -> Standing:
    """One event; EventNotFound."""
    rows = events._all(select(*_COLUMNS).where(tables.event.c.id == event))
    if not rows:
        raise EventNotFound(event=event)
    return Standing(**rows[0]._mapping)


def history(events: Events, event: int) -> History:
    """All of one event; EventNotFound."""
    found = standing(events, event)
    reports = select(tables.report).where(tables.report.c.event == event).order_by(tables.report.c.id)
    return History(
        found,
        [Sensed(**row._mapping) for row in events._all(reports)],
        changes_of(events, event),
        messages_of(events, event),
    )


def changes_of(events: Events, event: int) -> list[Change]:
    """Its changes, oldest first."""
    table = tables.change
    query = select(table).where(table.c.event == event).order_by(table.c.number)
    return [Change(**row._mapping) for row in events._all(query)]


def loops(
    events: Events, *, since: dt.datetime, until: dt.datetime, areas: Collection[str] | None = None,
    classes: Collection[str] | None = None,
) -> list[Loop]:  # fmt: skip
    """Every event that was sensed from ``since`` to before ``until``, oldest first."""
    table, pushed = tables.event, _pushed()
    where = (table.c.sensed >= since, table.c.sensed < until, *_within(areas), *_of(classes))
    query: Select[Any] = select(*_COLUMNS, pushed.c.pushed.label("pushed_at")).where(*where)
    query = query.outerjoin(pushed, pushed.c.event == table.c.id).order_by(table.c.sensed, table.c.id)
    raised = _raised(events, where)
    return [_loop(row._mapping, events.classes, raised) for row in events._all(query)]


def _loop(row: Any, classes: Mapping[str, EventClass], raised: Mapping[int, dt.datetime]) -> Loop:
    values = dict(row)
    pushed, event = values.pop("pushed_at"), Standing(**values)
    return Loop(event, pushed, raised.get(event.id) or _unmoved(event, classes))


def _raised(events: Events, where: Sequence[ColumnElement[bool]]) -> dict[int, dt.datetime]:
    """Until when events were to be accepted first whose time to accept was moved since."""
    table, change = tables.event, tables.change
    moved = or_(table.c.escalations > 0, table.c.handed_over > 0, table.c.reopened > 0)
    query = select(change.c.event, change.c.until).join_from(change, table, change.c.event == table.c.id)
    rows = events._all(query.where(*where, moved, change.c.number == 1))
    return {row.event: dt.datetime.fromisoformat(row.until["accept"]) for row in rows}


def _unmoved(event: Standing, classes: Mapping[str, EventClass]) -> dt.datetime:
    """The time that it has, where that was never moved. Of an event whose history was purged nobody knows whether it
    was: it has no more than its class is given now."""
    if event.escalations or event.handed_over or event.reopened:
        return min(event.accept_by, event.sensed + dt.timedelta(minutes=classes[event.klass].accept))
    return event.accept_by


def _pushed() -> Any:
    table = tables.message
    sent, fetched = func.min(table.c.sent), func.min(table.c.fetched)
    first = case((fetched.is_(None), sent), (sent.is_(None), fetched), (sent < fetched, sent), else_=fetched)
    return select(table.c.event, first.label("pushed")).group_by(table.c.event).subquery()


def heard(events: Events, last: int = 200_000) -> dict[tuple[str, str, str], dt.datetime]:
    """(class, sender, code of the area) -> when that sender last reported of the class there, within the ``last``
    reports."""
    table = tables.report
    keys = (table.c.klass, table.c.by, table.c.area)
    query = select(*keys, func.max(table.c.received).label("at"))
    newest = select(tables.number.c.report - last).scalar_subquery()
    rows = events._all(query.where(table.c.id > newest).group_by(*keys))
    return {(row.klass, row.by, row.area): row.at for row in rows}


def tallies(
    events: Events, now: dt.datetime, areas: Collection[str] | None = None, classes: Collection[str] | None = None
) -> list[Tally]:
    """Running events by class, owner and state."""
    table = tables.event
    keys = (table.c.klass, table.c.owner, table.c.level, table.c.state)
    query = select(
        *keys,
        func.count().label("events"),
        func.sum(case((table.c.deadline < now, 1), else_=0)).label("overdue"),
        func.sum(case((table.c.escalations > 0, 1), else_=0)).label("escalated"),
        func.min(table.c.sensed).label("oldest"),
        func.min(table.c.deadline).label("deadline"),
    ).where(table.c.state.in_(RUNNING), *_within(areas), *_of(classes))
    rows: Sequence[Any] = events._all(query.group_by(*keys).order_by(*keys))
    return [Tally(**row._mapping) for row in rows]


_COLUMNS = tuple(column for column in tables.event.columns if column.name != "same")


def _within(areas: Collection[str] | None) -> list[ColumnElement[bool]]:
    if areas is None:
        return []
    table = tables.event.c
    sides = [column.startswith(code, autoescape=True) for code in areas for column in (table.owner, table.area)]
    return [or_(false(), *sides)]


def _of(classes: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if classes is None else [tables.event.c.klass.in_(classes)]
