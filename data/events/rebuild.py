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
    """The row of every event as its history says it, in the order of their numbers; those that a purge took the history
    from are left out."""
    reports, changes = _by_event(connection, tables.report), _by_event(connection, tables.change)
    kept = tables.event.c.id.not_in(select(tables.purged.c.event))
    known = select(tables.event.c.id, tables.event.c.same).where(kept).order_by(tables.event.c.id)
    for event, same in connection.execute(known).all():
        first, *others = reports[event]
        row = begun({**first, "same": same}, changes[event][0])
        for change in changes[event][1:]:
            row = after(row, change)
        for report in others:
            row = joined(row, report)
        yield row


def _by_event(connection: Connection, table: Any) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(select(table).order_by(table.c.event, table.c.id)):
        found.setdefault(row.event, []).append(dict(row._mapping))
    return found


def wrong(events: Events) -> list[int]:
    """Events whose row is not what their history says; none, unless somebody altered a row past this program."""
    with events.snapshot() as connection:
        kept = {row.id: dict(row._mapping) for row in connection.execute(select(tables.event))}
        return [row["id"] for row in rebuilt(connection) if row != kept[row["id"]]]


def rebuild(events: Events) -> int:
    """Writes the row of every event as its history says it; how many were wrong."""
    with events.writing() as connection:
        kept = {row.id: dict(row._mapping) for row in connection.execute(select(tables.event))}
        other = [row for row in rebuilt(connection) if row != kept[row["id"]]]
        put(connection, other)
    return len(other)
