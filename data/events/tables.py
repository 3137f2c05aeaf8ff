"""The tables of the book of events: what was reported, what was done about it, and who is still to be told.

They lie apart from the store, as the book of who may look does: with SQLite in ``events.db``, with PostgreSQL in the
schema ``events``. The revisions under ``data/migrations/events`` make exactly these tables (tests compare them). Times
are UTC without zone. Numbers of rows are given out by ``number``, so that none comes twice even after a purge.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import MetaData as _MetaData

from data.tables import metadata as _store

metadata = _MetaData(naming_convention=_store.naming_convention)

#: An event as it stands: one a matter, kept in step with its reports and changes in the same transaction, and made anew
#: from them by :mod:`data.events.rebuild`. ``owner`` and ``level``: whose it is now; ``area``, ``cell``: where it
#: happened; ``same``: what a report must say to be the same matter (None: no other is); ``latest``: when the newest of
#: its ``reports`` happened. ``sensed``: when the book learned of it; ``accepted``, ``acted``, ``fed_back``: when that
#: was first done; ``closed``: last time, None while it is not. ``accept_by``, ``act_by``, ``close_by``: deadlines of
#: this round; ``missed``: those of them that were escalated, as words; ``due``: the next one that will be,
#: ``deadline``: the first that the state still has to keep. ``actor``: who acted last.
event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("klass", String(30), nullable=False),
    Column("state", String(20), nullable=False),
    Column("owner", String(40), nullable=False),
    Column("level", String(20), nullable=False),
    Column("area", String(40), nullable=False),
    Column("cell", String(40), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("place", Text, nullable=False),
    Column("same", String(64)),
    Column("reports", Integer, nullable=False),
    Column("latest", DateTime, nullable=False),
    Column("happened", DateTime, nullable=False),
    Column("sensed", DateTime, nullable=False),
    Column("accepted", DateTime),
    Column("acted", DateTime),
    Column("fed_back", DateTime),
    Column("closed", DateTime),
    Column("accept_by", DateTime, nullable=False),
    Column("act_by", DateTime, nullable=False),
    Column("close_by", DateTime, nullable=False),
    Column("missed", String(30), nullable=False),
    Column("due", DateTime),
    Column("deadline", DateTime),
    Column("actor", String(200), nullable=False),
    Column("changes", Integer, nullable=False),
    Column("escalations", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("handed_over", Integer, nullable=False),
    Column("satisfied", Boolean),
    Index("ix_event_same", "same", "state"),
    Index("ix_event_due", "due"),
    Index("ix_event_state", "state", "deadline"),
    Index("ix_event_sensed", "sensed"),
)

#: What one sense said, once: append-only. (source, key) is what makes it itself.
report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("event", Integer, ForeignKey("event.id"), nullable=False, index=True),
    Column("source", String(100), nullable=False),
    Column("key", String(200), nullable=False),
    Column("klass", String(30), nullable=False),
    Column("area", String(40), nullable=False),
    Column("cell", String(40), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("place", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("happened", DateTime, nullable=False),
    Column("received", DateTime, nullable=False),
    Column("by", String(200), nullable=False),
    Column("more", JSON, nullable=False),
    UniqueConstraint("source", "key"),
)

#: One step of an event: append-only. ``number`` counts within the event, from one; ``what`` is an id of
#: data.terms.CHANGES_OF_EVENTS; ``state``, ``owner``, ``level`` and ``until`` (accept, act, close -> ISO time) are
#: those after it; ``at``: when it came. ``key``: what the phone's queue calls it. ``evidence``: SHA-256 of bodies, or
#: words. ``more``: which deadline was missed (``missed``), from whom it came (``was``), whether the citizen was
#: satisfied (``satisfied``), when the phone said that it was done (``said``), when it is believed to have been
#: (``done``).
change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("event", Integer, ForeignKey("event.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("what", String(20), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("by", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("key", String(200)),
    Column("note", Text, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("owner", String(40), nullable=False),
    Column("level", String(20), nullable=False),
    Column("until", JSON, nullable=False),
    Column("more", JSON, nullable=False),
    UniqueConstraint("event", "number"),
    UniqueConstraint("by", "key"),
)

#: What an ``area`` is to be told of a change. ``id`` is told to the receiver, who folds by it. ``took``: names of the
#: channels that took it; ``sent``: when the last of them did; ``fetched``: when the area asked for it by itself;
#: ``next``: when it is tried again; ``tries``, ``error``: how often in vain, and why.
message = Table(
    "message",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("event", Integer, ForeignKey("event.id"), nullable=False, index=True),
    Column("area", String(40), nullable=False),
    Column("what", String(20), nullable=False),
    Column("made", DateTime, nullable=False),
    Column("body", JSON, nullable=False),
    Column("took", JSON, nullable=False),
    Column("sent", DateTime),
    Column("fetched", DateTime),
    Column("next", DateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Index("ix_message_next", "sent", "next"),
    Index("ix_message_fetched", "fetched", "area"),
)

#: A photograph or a document: append-only. ``sha256`` of its ``body``; ``kind``: its media type.
evidence = Table(
    "evidence",
    metadata,
    Column("event", Integer, ForeignKey("event.id"), primary_key=True, autoincrement=False),
    Column("sha256", String(64), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("made", DateTime, nullable=False),
    Column("by", String(200), nullable=False),
)

#: One row: the last numbers given out of three tables.
number = Table(
    "number",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("event", Integer, nullable=False),
    Column("report", Integer, nullable=False),
    Column("change", Integer, nullable=False),
)

#: Events that a purge took out, under the certificate of that number: what of them may be deleted, and what they were.
purged = Table(
    "purged",
    metadata,
    Column("event", Integer, primary_key=True, autoincrement=False),
    Column("certificate", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)
