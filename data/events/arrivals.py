"""Key persons who entered: who they are by pseudonym, where they went, and when whom was told.

A district has an entry from the moment on at which a message about it was delivered to it, its board fetched it, or it
accepted the event. What is told to the city, because a deadline passed, is no push to the district.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from data.events import tables
from data.events.book import Events
from data.events.outbox import mark_fetched
from data.events.rows import pieces

#: The class of these events.
ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One entry. ``entered``: the first scan; ``area``, ``cell``: where they go; ``place``: the gate; ``told``: (area,
    when it had word) of every area that has; ``owner`` and ``accepted`` as of the event. Times UTC without zone."""

    event: int
    entered: dt.datetime
    area: str
    cell: str
    subject: str
    place: str
    owner: str
    accepted: dt.datetime | None
    told: tuple[tuple[str, dt.datetime], ...]

    def pushed(self, district: str) -> dt.datetime | None:
        """When a district (its code) had it; None: not yet."""
        moments = [at for area, at in self.told if area.startswith(district)]
        if self.accepted is not None and self.owner.startswith(district):
            moments.append(self.accepted)
        return min(moments, default=None)


def arrivals(
    events: Events, since: dt.datetime, until: dt.datetime, areas: Collection[str] | None = None
) -> list[Arrival]:
    """Who entered from ``since`` to before ``until`` and goes to ``areas`` (codes or their beginnings; None: all), in
    order of entry."""
    table, where = tables.event.c, [tables.event.c.klass == ARRIVAL, *_to(areas)]
    where += [tables.event.c.happened >= since, tables.event.c.happened < until]
    told = _told(events, where)
    columns = (
        table.id,
        table.happened,
        table.area,
        table.cell,
        table.subject,
        table.place,
        table.owner,
        table.accepted,
    )
    rows = events._all(select(*columns).where(*where).order_by(table.happened, table.id))
    return [
        Arrival(
            row.id, row.happened, row.area, row.cell, row.subject, row.place, row.owner, row.accepted,
            tuple(told.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip


def span(events: Events, areas: Collection[str] | None = None) -> tuple[dt.datetime, dt.datetime] | None:
    """The first and the last entry; None where nobody entered."""
    column = tables.event.c.happened
    query = select(func.min(column).label("first"), func.max(column).label("last"))
    row = events._all(query.where(tables.event.c.klass == ARRIVAL, *_to(areas)))[0]
    return None if row.first is None else (row.first, row.last)


def fetched(events: Events, entries: Collection[int], district: str, now: dt.datetime) -> None:
    """A district has these entries from ``now`` on, of which it had not fetched all messages before."""
    table = tables.message
    with events.writing() as connection:
        found: list[str] = []
        for part in pieces(sorted(entries)):
            mine = (table.c.event.in_(part), table.c.area.startswith(district, autoescape=True))
            found += connection.execute(select(table.c.id).where(*mine, table.c.fetched.is_(None))).scalars()
        mark_fetched(connection, found, now)


def said(events: Events, entries: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """What the first report of each entry says besides: event -> its ``more``."""
    table, found = tables.report, dict[int, Mapping[str, Any]]()
    for part in pieces(entries):
        query = select(table.c.event, table.c.more).where(table.c.event.in_(part)).order_by(table.c.id)
        for row in events._all(query):
            found.setdefault(row.event, row.more)
    return found


def _told(events: Events, where: Sequence[ColumnElement[bool]]) -> Mapping[int, list[tuple[str, dt.datetime]]]:
    table = tables.message.c
    query = select(table.event, table.area, table.sent, table.fetched).join_from(
        tables.message, tables.event, table.event == tables.event.c.id
    )
    had = or_(table.sent.is_not(None), table.fetched.is_not(None))
    found: dict[int, list[tuple[str, dt.datetime]]] = defaultdict(list)
    for row in events._all(query.where(had, *where)):
        found[row.event].append((row.area, min(at for at in (row.sent, row.fetched) if at is not None)))
    return found


def _to(areas: Collection[str] | None) -> list[ColumnElement[bool]]:
    if areas is None:
        return []
    return [or_(tables.event.c.id.is_(None), *(tables.event.c.area.startswith(c, autoescape=True) for c in areas))]


__all__ = ["ARRIVAL", "Arrival", "arrivals", "fetched", "said", "span"]
