"""The store's tables: what was delivered, what it said, and the slabs made of it.

Nothing is ever updated except a load's own closing figures inside its transaction: a correction is a
new load. ``load.id`` is the version; ``load.known`` is the second clock, when we learned of it. The
revisions under ``data/migrations`` make exactly these tables (tests compare them).
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

#: Tables with a column ``day`` that grow with every day: PostgreSQL keeps them in parts by month (data.parts).
BY_DAY = ("slab", "code_day", "presence", "flow_day")

#: The value of the option that says so; SQLite has no parts and does not read it.
_BY_DAY = "RANGE (day)"


def _load_key(*, primary_key: bool = False, index: bool = False) -> Column[int]:
    key = ForeignKey("load.id")
    return Column("load", Integer, key, nullable=False, primary_key=primary_key, index=index or None)


#: One delivered file (or one geography) taken whole. Times are UTC without zone.
load = Table(
    "load",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("known", DateTime, nullable=False),
    Column("loaded", DateTime, nullable=False),
    Column("source", String(100), nullable=False),
    Column("kind", String(50), nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("sender", String(200), nullable=False),
    Column("rows", BigInteger, nullable=False, default=0),
    Column("taken", BigInteger, nullable=False, default=0),
    Column("rejected", BigInteger, nullable=False, default=0),
    Column("aside", BigInteger, nullable=False, default=0),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("notes", JSON, nullable=False, default=dict),
    Index("ix_load_source", "source", "sha256"),
    Index("ix_load_known", "known"),
)

#: Rows that were not taken, as delivered, with why (a key of data.rejects.WHY).
reject = Table(
    "reject",
    metadata,
    Column("id", Integer, primary_key=True),
    _load_key(index=True),
    Column("row", BigInteger, nullable=False),
    Column("column", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("why", String(40), nullable=False),
    Column("more", JSON, nullable=False, default=dict),
)

#: Rows that were taken but could not be placed as finely as their source places others.
unplaced = Table(
    "unplaced",
    metadata,
    Column("id", Integer, primary_key=True),
    _load_key(index=True),
    Column("area", String(40), nullable=False),
    Column("why", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
)

#: The area tree and its leaves, one row a state of the geography; the load that made it is its id.
geography = Table(
    "geography",
    metadata,
    _load_key(primary_key=True),
    Column("areas", LargeBinary, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
    Column("report", JSON, nullable=False, default=dict),
)

#: What the rows of one load said: see data.store.STATEMENT for the layout of ``body``.
statement = Table(
    "statement",
    metadata,
    _load_key(primary_key=True),
    Column("source", String(100), nullable=False, index=True),
    Column("geography", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

#: One integer vector over the leaves for one count of one source on one day, as of one load.
slab = Table(
    "slab",
    metadata,
    Column("count", String(50), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("source", String(100), primary_key=True),
    _load_key(primary_key=True, index=True),
    Column("geography", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    postgresql_partition_by=_BY_DAY,
)

#: A zone: from ``start`` until the day before ``stop`` (open if empty). ``body`` holds (leaf, m2) pairs.
zone = Table(
    "zone",
    metadata,
    Column("id", Integer, primary_key=True),
    _load_key(index=True),
    Column("source", String(100), nullable=False),
    Column("key", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("area", String(40), nullable=False),
    Column("start", Date, nullable=False),
    Column("stop", Date),
    Column("geography", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("shape", LargeBinary),
    Index("ix_zone_key", "source", "key", "load"),
)

#: A day of a ledger of code assignments: sums and exceptions, see data.code_days for the layout.
code_day = Table(
    "code_day",
    metadata,
    Column("source", String(100), primary_key=True),
    Column("day", Date, primary_key=True),
    _load_key(primary_key=True),
    Column("geography", Integer, nullable=False),
    Column("words", JSON, nullable=False),
    Column("groups", LargeBinary, nullable=False),
    Column("combinations", LargeBinary, nullable=False),
    Column("tickets", LargeBinary, nullable=False),
    Column("notes", JSON, nullable=False, default=dict),
    postgresql_partition_by=_BY_DAY,
)

#: The chain over what ledgers of assignments said: ``body`` holds a (row, link) pair an assignment, ``head`` closes
#: them onto the heads before (see data.chain).
chain = Table(
    "chain",
    metadata,
    _load_key(primary_key=True),
    Column("source", String(100), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("before", String(64), nullable=False),
    Column("head", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

#: A public notice and what it orders, as last stated: see data.notices.
notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    _load_key(index=True),
    Column("source", String(100), nullable=False),
    Column("key", String(200), nullable=False),
    Column("number", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("issued", Date, nullable=False),
    Column("start", Date, nullable=False),
    Column("stop", Date),
    Column("scope", String(20), nullable=False),
    Column("areas", JSON, nullable=False),
    Column("colour", String(20), nullable=False),
    Column("rule", String(100), nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_notice_key", "source", "key", "load"),
)

#: People by where they are registered, where they are, and whether they were exposed: see data.presence.
presence = Table(
    "presence",
    metadata,
    Column("source", String(100), primary_key=True),
    Column("day", Date, primary_key=True),
    _load_key(primary_key=True),
    Column("geography", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    postgresql_partition_by=_BY_DAY,
)

#: A day of a table of flows, indices, tracing, other cities, or what areas have at hand; ``body`` holds its rows: see
#: data.flows.
flow_day = Table(
    "flow_day",
    metadata,
    Column("kind", String(50), primary_key=True),
    Column("source", String(100), primary_key=True),
    Column("day", Date, primary_key=True),
    _load_key(primary_key=True),
    Column("words", JSON, nullable=False),
    Column("body", LargeBinary, nullable=False),
    postgresql_partition_by=_BY_DAY,
)

#: A wall's link: the hash of its token, the area it may see, the address it is bound to, whether it shows small
#: numbers. Who may look is no part of what was reported: revoking sets ``revoked`` in place.
wall = Table(
    "wall",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("area", String(40)),
    Column("address", String(50)),
    Column("made", DateTime, nullable=False),
    Column("revoked", DateTime),
    Column("small_numbers", Boolean, nullable=False),
)
