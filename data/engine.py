"""The one file that connects: an engine on SQLite or PostgreSQL, one question, one transaction that writes."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Executable,
    Row,
    Select,
    and_,
    create_engine,
    event,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from data import pool
from data.errors import OneScreenError, StoreBusy, StoreCrowded, StoreError, StoreFull, StoreLost, StoreReplaced
from data.words import Both

#: Loaders of one PostgreSQL database queue on this advisory lock; any constant of our own will do.
LOADER_LOCK = 0x15CEE

#: How long a loader waits for another one before it says that the store is busy.
LOCK_SECONDS = 60


#: A database of one process, gone with it.
MEMORY = "sqlite://"

#: What a column of whole numbers holds: a larger one is nothing's number, and no database takes it as a question.
MAX_NUMBER = 2**31 - 1


#: Said of a URL that is none.
NO_ADDRESS = Both("数据库地址无法识别", "no database has such an address")


def utcnow() -> dt.datetime:
    """Now, in UTC without zone, as the store keeps times."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file."""
    return f"sqlite:///{path}"


def connect(url: str, **options: Any) -> Engine:
    """An engine for ``url``, not connected yet; StoreError where it names no database that we speak to."""
    try:
        return create_engine(url, **options)
    except (ArgumentError, ModuleNotFoundError) as error:
        raise StoreError(detail=NO_ADDRESS) from error


def _engine(url: str) -> Engine:
    engine = connect(url, **_pool(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
        if engine.url.database and engine.url.database != ":memory:":
            same = _Same(Path(engine.url.database))
            event.listen(engine, "do_connect", same.before)
            event.listen(engine, "checkout", same)
    else:
        pool.watch(engine)
    return engine


def _pool(url: str) -> dict[str, Any]:
    if url == MEMORY:  # what lies in memory is one connection's: whoever asks takes turns
        return {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    return {} if url.startswith("sqlite") else pool.options(address(url))


def address(url: str) -> URL:
    """The parts of ``url``; StoreError where it is none."""
    try:
        return make_url(url)
    except ArgumentError as error:
        raise StoreError(detail=NO_ADDRESS) from error


class _Same:
    """Refuses every connection from the moment on at which another file lies in the database's place: what is written
    to a file that was deleted is lost, and what is kept of one store must not be told of another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: tuple[int, int] | None = None

    def before(self, *_: object) -> None:
        """Before a connection is made: SQLite would begin a new file in the place of one that is gone."""
        if self.found is not None:
            self()

    def __call__(self, *_: object) -> None:
        try:
            state = self.path.stat()
        except OSError as error:
            raise StoreReplaced(file=self.path) from error
        found = state.st_dev, state.st_ino
        self.found = self.found or found
        if found != self.found:
            raise StoreReplaced(file=self.path)


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: see _sqlite_begin
    connection.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # a load that was reported as taken survives a power cut
    connection.execute("PRAGMA foreign_keys=ON")


def _sqlite_begin(connection: Connection) -> None:
    # a reader asks one statement at a time, and SQLite answers each from one snapshot without being told
    options = connection.get_execution_options()
    if options.get("writes"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif options.get("snapshot"):
        connection.exec_driver_sql("BEGIN")


#: Waits in line in one trip to the server: for so long, then for the lock. Both hold until the transaction ends.
_QUEUE = text(f"SELECT set_config('lock_timeout', '{LOCK_SECONDS}s', true), pg_advisory_xact_lock(:lock)")


class Connected:
    """An engine, and the two ways to use it; ``lock`` is what its writers queue on in PostgreSQL."""

    lock = LOADER_LOCK

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        server = self.engine.dialect.name == "postgresql"
        # one question is one trip to the server, without a transaction around it, answered in binary
        self._asking = (
            self.engine.execution_options(isolation_level="AUTOCOMMIT", binary=True) if server else self.engine
        )

    @property
    def name(self) -> str:
        """The URL as it may be shown: without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _all(self, query: Executable, asked: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """The rows of one question, which is asked anew where the connection turns out to be closed. StoreError."""
        with said():
            try:
                return self._ask(query, asked)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            return self._ask(query, asked)

    def _ask(self, query: Executable, asked: Mapping[str, Any] | None) -> Sequence[Row[Any]]:
        with self._asking.connect() as connection:
            return connection.execute(query, asked).all()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One state of the whole database for many questions, whatever is written meanwhile. StoreError."""
        options = {"snapshot": True} if self.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        with said(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, one at a time: it is kept whole, or not at all. StoreError."""
        with said(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(_QUEUE, {"lock": self.lock})
            yield connection


@contextmanager
def said() -> Iterator[None]:
    """What a database cannot do, as an error of ours; a question that is wrong in itself is left as it is."""
    try:
        yield
    except (DataError, IntegrityError, ProgrammingError):
        raise
    except DBAPIError as error:
        raise _failure(error) from error
    except PoolTimeout as error:
        raise StoreCrowded from error


#: Of each database the codes of: held by another, no room left.
_BUSY = ("55P03", sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_FULL = ("53100", sqlite3.SQLITE_FULL)
#: Given up: a statement that took longer than it may, or stood in the way of a replica.
_CROWDED = ("57014", "40001", "53300")


def _failure(error: DBAPIError) -> OneScreenError:
    """StoreBusy, StoreFull, StoreLost (the server went away), or StoreError with what the database says."""
    cause = error.orig
    # SQLite's extended codes have the plain one in their lowest byte
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return StoreBusy()
    if code in _FULL:
        return StoreFull()
    if code in _CROWDED:
        return StoreCrowded()
    gone = error.connection_invalidated or (isinstance(error, OperationalError) and code == 0)
    return StoreLost(detail=cause) if gone else StoreError(detail=cause)


def newest(table: Any, version: int, *key: str, only: Sequence[Any] = ()) -> Select[Any]:
    """The rows of ``table`` that no later load up to ``version`` stated again under the same ``key``; ``only``: of
    those for which these conditions hold."""
    columns = [table.c[name] for name in key]
    last = (
        select(*columns, func.max(table.c.load).label("load"))
        .where(table.c.load <= version, *only)
        .group_by(*columns)
        .subquery()
    )
    return select(table).join(last, and_(*(table.c[name] == last.c[name] for name in (*key, "load"))))
