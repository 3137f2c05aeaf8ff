"""The rows of events made anew from their reports and changes alone: what they are held against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from data.events import tables
from data.events.book import Events
from data.events.rows import put
from data.events.state import after, begun, joined


def rebuilt(connection: Connection) -> Iterator[dict[str, Any]]:
    """The row of every event as its history says it, in the order of their numbers. Those without one are left out: a
    purge took it, or somebody did past this program."""
    reports, changes = _by_event(connection, tables.report), _by_event(connection, tables.change)
    known = select(tables.event.c.id, tables.event.c.same).order_by(tables.event.c.id)
    for event, same in connection.execute(known).all():
        if event in reports and event in changes:
            yield _rebuilt(same, reports[event], changes[event])


def _rebuilt(same: str | None, reports: list[dict[str, Any]], changes: list[dict[str, Any]]) -> dict[str, Any]:
    row = begun({**reports[0], "same": same}, changes[0])
    for change in changes[1:]:
        row = after(row, change)
    for report in reports[1:]:
        row = joined(row, report)
    return row


def _by_event(connection: Connection, table: Any) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(select(table).order_by(table.c.event, table.c.id)):
        found.setdefault(row.event, []).append(dict(row._mapping))
    return found


def wrong(events: Events) -> list[int]:
    """Events whose row is not what their history says, or that lost it without a purge; none, unless somebody altered
    the book past this program."""
    with events.snapshot() as connection:
        kept, said = _kept(connection), {row["id"]: row for row in rebuilt(connection)}
        purged = set(connection.execute(select(tables.purged.c.event)).scalars())
    return [event for event, row in kept.items() if event not in purged and row != said.get(event)]


def rebuild(events: Events) -> int:
    """Writes the row of every event as its history says it; how many were wrong."""
    with events.writing() as connection:
        kept = _kept(connection)
        other = [row for row in rebuilt(connection) if row != kept[row["id"]]]
        put(connection, other)
    return len(other)


def _kept(connection: Connection) -> dict[int, dict[str, Any]]:
    query = select(tables.event).order_by(tables.event.c.id)
    return {row.id: dict(row._mapping) for row in connection.execute(query)}
