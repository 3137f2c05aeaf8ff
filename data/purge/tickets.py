"""The tickets of days, and what of their loads tells of persons: gone, and what is left of them sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, select, update

from data import tables
from data.access.certificates import Certificate
from data.chain import Segment, day_digest, key_of, purged_digest
from data.code_days import TICKET
from data.purge.planning import Plan
from data.purge.rewriting import secure
from data.purged import PURGED, TICKETS_OWN, load_seal, named
from data.slabs import pack_rows
from data.store import Store


def empty_days(store: Store, one: Certificate, secret: str) -> None:
    """The tickets of the plan's days, and what of their loads tells of persons: gone, in one transaction."""
    key = key_of(secret)
    with store.writing() as connection:
        secure(connection)
        for each in one.plan["tickets"]:
            _empty(connection, store, each, one.id, key)
        for number in one.plan["loads"]:
            _mark_load(connection, number, one.id, key)


def _empty(connection: Connection, store: Store, each: Plan, number: int, key: bytes) -> None:
    table = tables.code_day
    where = (table.c.load == each["load"], table.c.source == each["source"],
             table.c.day == dt.date.fromisoformat(each["day"]))  # fmt: skip
    row = connection.execute(select(table).where(*where)).one()
    if named(row.notes) is not None:
        return
    was, held = _chained(connection, row, key)
    words = {name: [""] if name in TICKETS_OWN else listed for name, listed in row.words.items()}
    purge = {"certificate": number, "rows": each["rows"], "sha256": each["sha256"], "held": held}
    values = {"words": words, "tickets": pack_rows(np.zeros(0, TICKET)), "notes": {**row.notes, PURGED: purge}}
    left = _Left({**row._mapping, **values})
    values["notes"] = {**row.notes, PURGED: {**purge, "digest": purged_digest(left, was, key)}}
    connection.execute(update(table).where(*where).values(**values))


class _Left:
    """A row of code_day as it will be."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)


def _chained(connection: Connection, row: Any, key: bytes) -> tuple[bytes, bool]:
    """(digest of the day as the chain closed it, whether the day is still what it closed)."""
    body = connection.execute(select(tables.chain.c.body).where(tables.chain.c.load == row.load)).scalar()
    if body is None:
        return b"", True
    table = tables.code_day
    query = select(table.c.source, table.c.day).where(table.c.load == row.load).order_by(table.c.day, table.c.source)
    days = [tuple(each) for each in connection.execute(query)]
    digests, at = Segment.from_bytes(bytes(body)).days, days.index((row.source, row.day))
    was = digests[at] if at < len(digests) else b""
    return was, was == day_digest(row, key)


def _mark_load(connection: Connection, number: int, certificate_: int, key: bytes) -> None:
    """The load's note, and its returned rows gone: they hold cells as they were delivered."""
    table = tables.load
    row = connection.execute(select(table.c.sha256, table.c.notes).where(table.c.id == number)).one()
    seal = load_seal(number, row.sha256, certificate_, key)
    notes = {**row.notes, PURGED: {"certificate": certificate_, "digest": seal}}
    connection.execute(update(table).where(table.c.id == number).values(notes=notes))
    connection.execute(delete(tables.reject).where(tables.reject.c.load == number))
