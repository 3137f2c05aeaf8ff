"""What a purge takes from the book of events: whom closed events were about, and what was said and shown of them.

An event's row stays, without person, place and actor, so that loops and rates of the past can still be told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from data.events import tables
from data.events.book import Events
from data.events.rows import pieces

#: Tables that lose rows or words.
TABLES = ("event", "report", "change", "message", "evidence")


def plan_of(events: Events, before: dt.datetime) -> dict[str, Any] | None:
    """Exactly which events: those that were closed before a moment (UTC) and still have a history. None of none."""
    table = tables.event.c
    gone = select(tables.purged.c.event)
    with events.snapshot() as connection:
        query = select(table.id).where(table.state == "closed", table.closed < before, table.id.not_in(gone))
        ids = list(connection.execute(query.order_by(table.id)).scalars())
        if not ids:
            return None
        prints = [_print(connection, event) for event in ids]
    return {"events": ids, "sha256": prints}


def _print(connection: Connection, event: int) -> str:
    """Fingerprint of an event's reports and changes."""
    digest = hashlib.sha256()
    for table in (tables.report, tables.change):
        rows = connection.execute(select(table).where(table.c.event == event).order_by(table.c.id))
        digest.update(json.dumps([list(row) for row in rows], default=str, ensure_ascii=True).encode())
    return digest.hexdigest()


def empty(events: Events, made: Mapping[str, Any], certificate: int, now: dt.datetime) -> None:
    """Takes out what a plan says, in one transaction; as often as it takes."""
    prints = dict(zip(made["events"], made["sha256"], strict=True))
    with events.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        for part in pieces(made["events"]):
            _empty(connection, part, prints, certificate, now)


def _empty(
    connection: Connection, part: Sequence[int], prints: Mapping[int, str], certificate: int, now: dt.datetime
) -> None:
    done = set(connection.execute(select(tables.purged.c.event).where(tables.purged.c.event.in_(part))).scalars())
    rows = [{"event": event, "certificate": certificate, "sha256": prints[event], "at": now}
            for event in part if event not in done]  # fmt: skip
    if rows:
        connection.execute(insert(tables.purged), rows)
    for table in (tables.message, tables.evidence, tables.change, tables.report):
        connection.execute(delete(table).where(table.c.event.in_(part)))
    nameless = {"subject": "", "place": "", "actor": "", "same": None}
    connection.execute(update(tables.event).where(tables.event.c.id.in_(part)).values(nameless))
