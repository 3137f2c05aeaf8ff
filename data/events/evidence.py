"""Photographs and documents that show what was done."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import select

from data.errors import EventNotFound, ReportRefused
from data.events import tables
from data.events.book import Events
from data.events.rows import add, row_of
from data.words import Both

#: A telephone's photograph, reduced before it is sent.
MOST_BYTES = 4 << 20

#: Media type -> how such a body begins.
KINDS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n", "application/pdf": b"%PDF-"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One body; see data.events.tables.evidence."""

    event: int
    sha256: str
    kind: str
    body: bytes
    made: dt.datetime
    by: str


def keep(events: Events, event: int, body: bytes, *, by: str, now: dt.datetime) -> str:
    """Keeps a body with its event; its SHA-256, by which a step names it. The same body again is kept once.
    ReportRefused where it is no photograph or document, or too large; EventNotFound."""
    kind = next((kind for kind, begin in KINDS.items() if body.startswith(begin)), None)
    sha256 = hashlib.sha256(body).hexdigest()
    if kind is None or len(body) > MOST_BYTES:
        zh = f"凭证须为 JPEG、PNG 或 PDF，不超过 {MOST_BYTES >> 20} MB"
        en = f"evidence is a JPEG, PNG or PDF of at most {MOST_BYTES >> 20} MB"
        raise ReportRefused(key=sha256[:12], detail=Both(zh, en))
    table = tables.evidence
    with events.writing() as connection:
        row_of(connection, event)
        known = select(table.c.event).where(table.c.event == event, table.c.sha256 == sha256)
        if connection.execute(known).first() is None:
            values = {"event": event, "sha256": sha256, "kind": kind, "body": body, "made": now, "by": by}
            add(connection, table, [values])
    return sha256


def body_of(events: Events, event: int, sha256: str) -> Evidence:
    """A body; EventNotFound."""
    table = tables.evidence
    rows = events._all(select(table).where(table.c.event == event, table.c.sha256 == sha256))
    if not rows:
        raise EventNotFound(event=f"{event}/{sha256[:12]}")
    return Evidence(**rows[0]._mapping)
