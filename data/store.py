"""The one file that connects: a store of loads, statements and slabs on SQLite or PostgreSQL.

One load is one transaction is one version. Loaders take turns (a lock that ends with the transaction),
so versions are committed in the order of their numbers and ``version()`` never moves backwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    and_,
    bindparam,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import OperationalError

from data import tables
from data.code_days import COMBINATION, GROUP, TICKET, CodeDay
from data.errors import LoadNotFound, Reject, StoreBusy, StoreError
from data.flows import LAYOUTS, FlowDay
from data.migrate import check_revision, connect, upgrade
from data.notices import Notice
from data.presence import PRESENCE, Presence
from data.slabs import COVERED, STATEMENT, Vector, pack, pack_rows, unpack, unpack_rows

Day = dt.date

#: Loaders of one PostgreSQL database queue on this advisory lock; any constant of our own will do.
LOADER_LOCK = 0x15CEE

#: How long a loader waits for another one before it says that the store is busy.
LOCK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Load:
    """One line of the list of loads."""

    id: int
    known: dt.datetime
    loaded: dt.datetime
    source: str
    kind: str
    file: str
    sha256: str
    sender: str
    rows: int
    taken: int
    rejected: int
    aside: int
    first_day: Day | None
    last_day: Day | None
    notes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Slab:
    """One stored vector with what it is about."""

    count: str
    day: Day
    source: str
    geography: int
    vector: Vector


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone as its last load stated it; ``stop`` is the first day without it."""

    key: str
    source: str
    kind: str
    name: str
    area: str
    start: Day
    stop: Day | None
    geography: int
    covered: NDArray[np.void]
    shape: bytes | None

    @property
    def last(self) -> Day | None:
        """The last day of the zone, None while it is open."""
        return None if self.stop is None else self.stop - dt.timedelta(days=1)


def _newest_slabs() -> Select[Any]:
    """Of every (count, day, source) asked for its newest slab. Made once: putting a statement together
    takes SQLAlchemy four times as long as SQLite takes to answer it."""
    table = tables.slab
    wanted = (
        table.c.count.in_(bindparam("counts", expanding=True)),
        table.c.day.between(bindparam("first"), bindparam("last")),
        table.c.load <= bindparam("version"),
    )
    what = (table.c.count, table.c.day, table.c.source)
    newest = select(*what, func.max(table.c.load).label("load")).where(*wanted).group_by(*what).subquery()
    same = and_(*(table.c[name] == newest.c[name] for name in ("count", "day", "source", "load")))
    # ``count`` is a method of every row object: the column is read under another name
    return select(table.c.count.label("count_"), table.c.day, table.c.source, table.c.geography, table.c.body).join(
        newest, same
    )


_NEWEST_SLABS = _newest_slabs()


def utcnow() -> dt.datetime:
    """Now, in UTC without zone, as the store keeps times."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _engine(url: str) -> Engine:
    engine = connect(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: see _sqlite_begin
    connection.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # a load that was reported as taken survives a power cut
    connection.execute("PRAGMA foreign_keys=ON")


def _sqlite_begin(connection: Connection) -> None:
    # a reader asks one statement at a time, and SQLite answers each from one snapshot without being told
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


class Store:
    """A database of one city (or more), open for questions and loads."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)

    @classmethod
    def create(cls, url: str) -> Store:
        """The store at ``url``, made or brought up to this release's revision."""
        upgrade(url)
        return cls(url)

    @classmethod
    def open(cls, url: str) -> Store:
        """The store at ``url``; StoreOutdated if another release made it."""
        check_revision(url)
        return cls(url)

    @property
    def name(self) -> str:
        """The URL as it may be shown: without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    # questions -------------------------------------------------------------------------------------

    def version(self, as_of: dt.datetime | None = None) -> int:
        """The newest load's id, or the newest that was known at ``as_of`` (UTC); 0 if there is none."""
        query = select(func.max(tables.load.c.id))
        if as_of is not None:
            query = query.where(tables.load.c.known <= as_of)
        return self._all(query)[0][0] or 0

    def loads(self, *, upto: int | None = None, source: str | None = None) -> list[Load]:
        """Loads in the order of their numbers."""
        query = select(tables.load).order_by(tables.load.c.id)
        if upto is not None:
            query = query.where(tables.load.c.id <= upto)
        if source is not None:
            query = query.where(tables.load.c.source == source)
        return [Load(**row._mapping) for row in self._all(query)]

    def load(self, number: int) -> Load:
        """One load; LoadNotFound."""
        rows = self._all(select(tables.load).where(tables.load.c.id == number))
        if not rows:
            raise LoadNotFound(load=number)
        return Load(**rows[0]._mapping)

    def rejects(self, load: int) -> list[Reject]:
        """The rows that ``load`` did not take."""
        table = tables.reject
        rows = self._all(select(table).where(table.c.load == load).order_by(table.c.row, table.c.id))
        return [Reject(row.row, row.column, row.value, row.why, row.more) for row in rows]

    def unplaced(self, upto: int) -> list[tuple[str, str, str, str, int]]:
        """(source, area code, why, text, rows) of taken rows that could not be placed finely."""
        table = tables.unplaced
        query = (
            select(tables.load.c.source, table.c.area, table.c.why, table.c.text, func.sum(table.c.rows))
            .join(tables.load, tables.load.c.id == table.c.load)
            .where(table.c.load <= upto)
            .group_by(tables.load.c.source, table.c.area, table.c.why, table.c.text)
        )
        return [(str(s), str(a), str(w), str(t), int(n)) for s, a, w, t, n in map(tuple, self._all(query))]

    def geography(self, upto: int | None = None) -> tuple[int, bytes, bytes] | None:
        """(id, areas, leaves) of the newest geography, or of the newest up to a version."""
        table = tables.geography
        query = select(table.c.load, table.c.areas, table.c.leaves).order_by(table.c.load.desc()).limit(1)
        if upto is not None:
            query = query.where(table.c.load <= upto)
        rows = self._all(query)
        return (rows[0].load, rows[0].areas, rows[0].leaves) if rows else None

    def geography_id(self, upto: int | None = None) -> int | None:
        """The newest geography's load, or the newest up to a version; None if there is none."""
        query = select(func.max(tables.geography.c.load))
        if upto is not None:
            query = query.where(tables.geography.c.load <= upto)
        number: int | None = self._all(query)[0][0]
        return number

    def geography_report(self, number: int) -> Mapping[str, Any]:
        """What was noticed when geography ``number`` was made."""
        table = tables.geography
        rows = self._all(select(table.c.report).where(table.c.load == number))
        return rows[0].report if rows else {}

    def geography_leaves(self, number: int) -> tuple[bytes, bytes]:
        """(areas, leaves) of one geography."""
        table = tables.geography
        row = self._all(select(table.c.areas, table.c.leaves).where(table.c.load == number))[0]
        return row.areas, row.leaves

    def slabs(self, counts: Iterable[str], first: Day, last: Day, version: int) -> list[Slab]:
        """The vectors of ``counts`` on the days from ``first`` to ``last`` as of ``version``."""
        asked = {"counts": list(counts), "first": first, "last": last, "version": version}
        return [
            Slab(row.count_, row.day, row.source, row.geography, unpack(row.body))
            for row in self._all(_NEWEST_SLABS, asked)
        ]

    def days(self, version: int) -> dict[str, list[tuple[Day, str]]]:
        """count -> the (day, source) pairs that have a slab as of ``version``, in order of day."""
        table = tables.slab
        query = (
            select(table.c.count.label("count_"), table.c.day, table.c.source)
            .where(table.c.load <= version)
            .distinct()
            .order_by(table.c.day, table.c.source)
        )
        found: dict[str, list[tuple[Day, str]]] = {}
        for row in self._all(query):
            found.setdefault(row.count_, []).append((row.day, row.source))
        return found

    def speaking(self, source: str, version: int) -> dict[Day, int]:
        """day -> the load that was the last, up to ``version``, to state anything of ``source`` about it."""
        table = tables.slab
        query = select(table.c.day, func.max(table.c.load).label("newest")).group_by(table.c.day)
        found = self._all(query.where(table.c.source == source, table.c.load <= version))
        return {row.day: row.newest for row in found}

    def zones(self, version: int) -> list[Zone]:
        """Every zone as last stated up to ``version``."""
        table = tables.zone
        query = _newest(table, version, "source", "key")
        return [_zone(row) for row in self._all(query.order_by(table.c.start, table.c.id))]

    def notices(self, version: int) -> list[Notice]:
        """Every notice as last stated up to ``version``, in order of its first day."""
        table = tables.notice
        query = _newest(table, version, "source", "key")
        return [_notice(row) for row in self._all(query.order_by(table.c.start, table.c.id))]

    def code_days(self, version: int) -> list[tuple[Day, str, int]]:
        """(day, source, load) of the days of code ledgers, as last stated up to ``version``, in order of day. Of one
        source's loads of a day every one that tells a system of which no later one does (data.code_days.standing)."""
        table = tables.code_day
        query = (
            select(table.c.day, table.c.source, table.c.load, table.c.notes)
            .where(table.c.load <= version)
            .order_by(table.c.day, table.c.source, table.c.load.desc())
        )
        loads = groupby(self._all(query), key=lambda row: (row.day, row.source))
        return [(*key, load) for key, told in loads for load in _still_telling(told)]

    def code_day(self, day: Day, source: str, load: int) -> CodeDay:
        """One day of a code ledger; LoadNotFound."""
        table = tables.code_day
        query = select(table).where(table.c.day == day, table.c.source == source, table.c.load == load)
        rows = self._all(query)
        if not rows:
            raise LoadNotFound(load=load)
        return _code_day(rows[0])

    def code_groups(
        self, day: Day, source: str, load: int
    ) -> tuple[int, Mapping[str, Sequence[str]], NDArray[np.void]]:
        """(geography, words, groups) of a day of a code ledger, without the rest of it; LoadNotFound."""
        table = tables.code_day
        query = select(table.c.geography, table.c.words, table.c.groups)
        rows = self._all(query.where(table.c.day == day, table.c.source == source, table.c.load == load))
        if not rows:
            raise LoadNotFound(load=load)
        return rows[0].geography, rows[0].words, unpack_rows(rows[0].groups, GROUP)

    def code_notes(self, day: Day, source: str, load: int) -> Mapping[str, Any]:
        """The notes of a day of a code ledger, without the rest of it; LoadNotFound."""
        table = tables.code_day
        query = select(table.c.notes)
        rows = self._all(query.where(table.c.day == day, table.c.source == source, table.c.load == load))
        if not rows:
            raise LoadNotFound(load=load)
        notes: Mapping[str, Any] = rows[0].notes
        return notes

    def coded(self, load: int) -> Sequence[Row[Any]]:
        """The rows of the table code_day that ``load`` wrote, as they are stored."""
        return self._all(_coded(load))

    def coloured(self, load: int) -> Sequence[Row[Any]]:
        """The slabs of colours that ``load`` wrote, as they are stored."""
        return self._all(_coloured(load))

    def coded_keys(self) -> set[tuple[int, str, Day]]:
        """(load, source, day) of every row of the table code_day."""
        table = tables.code_day
        return {(row.load, row.source, row.day) for row in self._all(select(table.c.load, table.c.source, table.c.day))}

    def coloured_keys(self) -> set[tuple[int, str, Day]]:
        """(load, source, day) of every slab of colours."""
        table = tables.slab
        query = select(table.c.load, table.c.source, table.c.day).where(_OF_COLOURS).distinct()
        return {(row.load, row.source, row.day) for row in self._all(query)}

    def chain(self, after: int = 0) -> Iterator[Row[Any]]:
        """The chain's segments in order: load, source, rows, before, head, body (see data.chain)."""
        table = tables.chain
        for number in self._all(select(table.c.load).where(table.c.load > after).order_by(table.c.load)):
            yield self._all(select(table).where(table.c.load == number.load))[0]

    def presence_days(self, version: int) -> list[tuple[Day, str, int]]:
        """(day, source, load) of the tables of presence, as last stated up to ``version``, in order of day."""
        table = tables.presence
        query = (
            select(table.c.day, table.c.source, func.max(table.c.load))
            .where(table.c.load <= version)
            .group_by(table.c.day, table.c.source)
            .order_by(table.c.day, table.c.source)
        )
        return [(day, source, load) for day, source, load in map(tuple, self._all(query))]

    def presence(self, version: int, day: Day | None = None) -> list[Presence]:
        """People by registration and presence as last stated up to ``version``: of each source its newest day, or its
        newest up to ``day``; its first one where that is later."""
        chosen: dict[str, tuple[Day, int]] = {}
        for stated, source, load in self.presence_days(version):
            if source not in chosen or day is None or stated <= day:
                chosen[source] = stated, load
        return [self._presence(source, *found) for source, found in chosen.items()]

    def _presence(self, source: str, day: Day, load: int) -> Presence:
        table = tables.presence
        wanted = (table.c.source == source, table.c.day == day, table.c.load == load)
        row = self._all(select(table.c.geography, table.c.body).where(*wanted))[0]
        return Presence(source, day, row.geography, unpack_rows(row.body, PRESENCE))

    def flow_days(self, kind: str, version: int, first: Day = dt.date.min, last: Day = dt.date.max) -> list[FlowDay]:
        """The tables of one of the kinds of data.flows as last stated up to ``version``, in order of day."""
        table = tables.flow_day
        query = _newest(table, version, "kind", "source", "day", only=(table.c.kind == kind,))
        wanted = query.where(table.c.day.between(first, last)).order_by(table.c.day, table.c.source)
        return [_flow_day(row) for row in self._all(wanted)]

    def _all(self, query: Select[Any], asked: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        try:
            with self.engine.connect() as connection:
                return connection.execute(query, asked).all()
        except OperationalError as error:
            raise StoreError(detail=error.orig) from error

    # loads -----------------------------------------------------------------------------------------

    @contextmanager
    def loading(
        self,
        *,
        source: str,
        kind: str,
        file: str,
        sha256: str,
        known: dt.datetime | None = None,
        sender: str = "",
    ) -> Iterator[Writer]:
        """One load: everything written inside is there whole, or not at all.

        ``known`` is when we learned of it (UTC; now if not given); it never runs backwards, because
        what was known cannot be un-known: an earlier moment than the newest load's is moved up to it.
        Raises StoreBusy if another loader does not finish within LOCK_SECONDS.
        """
        with self._writing() as connection:
            newest = connection.execute(select(func.max(tables.load.c.id), func.max(tables.load.c.known))).one()
            now = utcnow()
            number = (newest[0] or 0) + 1
            moment = max(known or now, newest[1] or known or now)
            values = {"id": number, "known": moment, "loaded": now, "source": source, "kind": kind}
            values |= {"file": file, "sha256": sha256, "sender": sender, "notes": {}}
            connection.execute(insert(tables.load).values(**values))
            yield Writer(connection, number, source)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
                    connection.execute(select(func.pg_advisory_xact_lock(LOADER_LOCK)))
                yield connection
        except OperationalError as error:
            busy = "locked" in str(error.orig) or "lock timeout" in str(error.orig)
            raise (StoreBusy() if busy else StoreError(detail=error.orig)) from error


def _newest(table: Any, version: int, *key: str, only: Sequence[Any] = ()) -> Select[Any]:
    """The rows of ``table`` that no later load up to ``version`` stated again under the same ``key``; ``only``: of
    those for which these conditions hold."""
    columns = [table.c[name] for name in key]
    newest = (
        select(*columns, func.max(table.c.load).label("load"))
        .where(table.c.load <= version, *only)
        .group_by(*columns)
        .subquery()
    )
    return select(table).join(newest, and_(*(table.c[name] == newest.c[name] for name in (*key, "load"))))


def _flow_day(row: Row[Any]) -> FlowDay:
    rows = unpack_rows(row.body, LAYOUTS[row.kind][0])
    return FlowDay(row.kind, row.source, row.day, tuple(row.words), rows)


def _still_telling(newest_first: Iterable[Row[Any]]) -> list[int]:
    """The loads of one source about one day that are not replaced as a whole, oldest first."""
    found: list[int] = []
    newer: set[str] = set()
    for row in newest_first:
        told = row.notes.get("systems")
        if not found or (told is not None and not newer.issuperset(told)):
            found.append(row.load)
        if told is None:
            break
        newer.update(told)
    return found[::-1]


def _coded(load: int) -> Select[Any]:
    table = tables.code_day
    return select(table).where(table.c.load == load).order_by(table.c.day, table.c.source)


#: Which slabs are of colours, as a range that the primary key's index answers.
_OF_COLOURS = and_(tables.slab.c.count >= "code", tables.slab.c.count < "codf")


def _coloured(load: int) -> Select[Any]:
    table = tables.slab
    kept = (table.c.day, table.c.source, table.c.geography, table.c.body)
    return select(table.c.count.label("count_"), *kept).where(_OF_COLOURS, table.c.load == load)


def _notice(row: Row[Any]) -> Notice:
    values = {name: value for name, value in row._mapping.items() if name not in ("id", "areas")}
    return Notice(**values, areas=tuple(row.areas))


def _code_day(row: Row[Any]) -> CodeDay:
    arrays = {"groups": GROUP, "combinations": COMBINATION, "tickets": TICKET}
    bodies = {name: unpack_rows(row._mapping[name], kind) for name, kind in arrays.items()}
    return CodeDay(row.source, row.day, row.geography, row.words, **bodies, load=row.load, notes=row.notes)


def _zone(row: Row[Any]) -> Zone:
    covered = unpack_rows(row.body, COVERED)
    return Zone(
        row.key,
        row.source,
        row.kind,
        row.name,
        row.area,
        row.start,
        row.stop,
        row.geography,
        covered,
        row.shape,
    )


class Writer:
    """What one load may write; made by :meth:`Store.loading`."""

    def __init__(self, connection: Connection, number: int, source: str) -> None:
        self.connection = connection
        self.number = number
        self.source = source

    def close(self, **figures: Any) -> None:
        """State the load's closing figures: rows, taken, rejected, aside, first_day, last_day, notes."""
        self.connection.execute(update(tables.load).where(tables.load.c.id == self.number).values(**figures))

    def rejects(self, rejects: Sequence[Reject]) -> None:
        """Keep the rows that were not taken."""
        self._many(
            tables.reject,
            [
                {
                    "row": r.row,
                    "column": _storable(r.column),
                    "value": _storable(r.value),
                    "why": r.why,
                    "more": {name: _storable(str(value)) for name, value in r.more.items()},
                }
                for r in rejects
            ],
        )

    def unplaced(self, notes: Iterable[tuple[str, str, str, int]]) -> None:
        """Keep (area code, why, text, rows) of rows that were taken but not placed finely."""
        self._many(tables.unplaced, [{"area": a, "why": w, "text": _storable(t), "rows": n} for a, w, t, n in notes])

    def geography(self, areas: bytes, leaves: bytes, report: Mapping[str, Any]) -> None:
        """Keep a new state of the geography."""
        self._many(tables.geography, [{"areas": areas, "leaves": leaves, "report": dict(report)}])

    def statements(self, geography: int, counts: Sequence[str], rows: NDArray[np.void]) -> None:
        """Keep what the rows said; ``rows`` has dtype STATEMENT."""
        body = pack_rows(rows)
        values = {"source": self.source, "geography": geography, "counts": list(counts), "body": body}
        self._many(tables.statement, [values])

    def earlier_statements(self, days: tuple[Day, Day] | None = None) -> list[tuple[int, list[str], NDArray[np.void]]]:
        """(geography, counts, rows) of this source's earlier loads, oldest first; with ``days`` only of
        loads that say something about the days between the two."""
        table = tables.statement
        query = select(table).where(table.c.source == self.source).order_by(table.c.load)
        if days is not None:
            query = query.join(tables.load, tables.load.c.id == table.c.load)
            query = query.where(tables.load.c.first_day <= days[1], tables.load.c.last_day >= days[0])
        return [(row.geography, row.counts, unpack_rows(row.body, STATEMENT)) for row in self.connection.execute(query)]

    def stated(self, first: Day, last: Day) -> set[tuple[str, Day]]:
        """(count, day) of the slabs that this source has on the days from ``first`` to ``last``."""
        table = tables.slab
        query = select(table.c.count.label("count_"), table.c.day).distinct()
        query = query.where(table.c.source == self.source, table.c.day.between(first, last))
        return {(row.count_, row.day) for row in self.connection.execute(query)}

    def slabs(self, geography: int, slabs: Iterable[tuple[str, Day, Vector]]) -> None:
        """Keep (count, day, vector) triples."""
        self._many(
            tables.slab,
            [
                {"count": c, "day": d, "source": self.source, "geography": geography, "body": pack(v)}
                for c, d, v in slabs
            ],
        )

    def zones(self, zones: Iterable[Zone]) -> None:
        """Keep zones."""
        self._many(tables.zone, [_zone_row(zone) for zone in zones])

    def notices(self, notices: Iterable[Notice]) -> None:
        """Keep notices."""
        self._many(tables.notice, [_notice_row(notice) for notice in notices])

    def code_day(self, made: CodeDay) -> None:
        """Keep a day of a code ledger."""
        bodies = {name: pack_rows(getattr(made, name)) for name in ("groups", "combinations", "tickets")}
        words = {name: [_storable(word) for word in listed] for name, listed in made.words.items()}
        values = {"source": made.source, "day": made.day, "geography": made.geography, "notes": dict(made.notes)}
        self._many(tables.code_day, [values | bodies | {"words": words}])

    def code_days(self) -> Sequence[Row[Any]]:
        """The rows of the table code_day that this load wrote, as they are stored."""
        return self.connection.execute(_coded(self.number)).all()

    def coloured(self) -> Sequence[Row[Any]]:
        """The slabs of colours that this load wrote, as they are stored."""
        return self.connection.execute(_coloured(self.number)).all()

    @property
    def known(self) -> dt.datetime:
        """When we learned of it, as it is stored."""
        query = select(tables.load.c.known).where(tables.load.c.id == self.number)
        moment: dt.datetime = self.connection.execute(query).scalar_one()
        return moment

    def chain_head(self) -> str:
        """The head of the chain's newest segment; 64 zeros before the first."""
        table = tables.chain
        query = select(table.c.head).order_by(table.c.load.desc()).limit(1)
        return self.connection.execute(query).scalar() or "0" * 64

    def chain(self, rows: int, before: str, head: str, body: bytes) -> None:
        """Keep a segment of the chain (see data.chain)."""
        self._many(tables.chain, [{"source": self.source, "rows": rows, "before": before, "head": head, "body": body}])

    def presence(self, made: Presence) -> None:
        """Keep people by registration and presence."""
        values = {"source": made.source, "day": made.day, "geography": made.geography}
        self._many(tables.presence, [values | {"body": pack_rows(made.rows)}])

    def flow_day(self, made: FlowDay) -> None:
        """Keep a table of a day."""
        values = {"kind": made.kind, "source": made.source, "day": made.day}
        words = [_storable(word) for word in made.words]
        self._many(tables.flow_day, [values | {"words": words, "body": pack_rows(made.rows)}])

    def _many(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.connection.execute(insert(table), [{"load": self.number, **row} for row in rows])


def _notice_row(notice: Notice) -> dict[str, Any]:
    names = ("source", "issued", "start", "stop", "scope", "colour", "rule")
    words = {name: _storable(getattr(notice, name)) for name in ("key", "number", "title", "authority", "text")}
    return {name: getattr(notice, name) for name in names} | words | {"areas": list(notice.areas)}


def _zone_row(zone: Zone) -> dict[str, Any]:
    names = ("source", "kind", "area", "start", "stop", "geography", "shape")
    words = {"key": _storable(zone.key), "name": _storable(zone.name)}
    return {name: getattr(zone, name) for name in names} | words | {"body": pack_rows(zone.covered)}


def _storable(text: str) -> str:
    """``text`` with a sign in place of NUL, which PostgreSQL does not keep."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}")


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file."""
    return f"sqlite:///{path}"
