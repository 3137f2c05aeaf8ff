"""Connections to PostgreSQL: how many a process keeps, how long it waits for one, how it notices that a server is gone.

A web process opens the store and the books beside it (users, events, jobs), each with a pool of its own, and one
connection on which it hears of new versions (:mod:`data.news`). A thread that answers uses one connection at a time,
now and then two, so a process needs about ``threads + 6`` and never has more than ``4 x (size + overflow) + 4``: with
the settings as they come 36, and two processes three quarters of what a server takes unless told otherwise (100).
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import URL, Engine, event
from sqlalchemy.exc import DisconnectionError

#: Given to libpq where the URL does not say otherwise. Seconds until a server that does not answer at all is given up;
#: and, on a connection that is open, until a machine that was switched off is noticed: 5 + 3 x 3, and as long for
#: what was sent and nobody took.
LIBPQ: dict[str, Any] = {
    "connect_timeout": 3, "keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3,
    "tcp_user_timeout": 14_000, "application_name": "onescreen",
}  # fmt: skip

#: A connection that was used this many seconds ago is taken to be open as long as nothing came on it unasked; one that
#: lay for longer is tried first.
FRESH = 2.0

#: A connection attempt that fails after this many seconds is one that others need not wait for as well.
SLOW = 0.5
#: Seconds for which they are told so without trying.
AGAIN = 1.0


@dataclass(frozen=True)
class Bounds:
    """Of each pool of a process: connections kept (``size``), more of them for a while (``overflow``), seconds that a
    thread waits for one (``wait``), and seconds after which a statement is given up (``statement``; 0: never, as a
    loader's may take their time)."""

    size: int = 4
    overflow: int = 4
    wait: float = 5.0
    statement: float = 0.0


class _Kept:
    """The bounds of this process."""

    bounds = Bounds()


def keep_to(bounds: Bounds) -> None:
    """The bounds of every pool that this process makes from now on."""
    _Kept.bounds = bounds


def options(url: URL) -> dict[str, Any]:
    """What ``create_engine`` is told for a server at ``url``."""
    bounds = _Kept.bounds
    return {
        "pool_size": bounds.size, "max_overflow": bounds.overflow, "pool_timeout": bounds.wait, "pool_use_lifo": True,
        "connect_args": arguments(url, bounds.statement),
    }  # fmt: skip


def arguments(url: URL, statement: float = 0.0) -> dict[str, Any]:
    """What libpq is told besides ``url``: what the URL says itself stays. ``statement``: see Bounds."""
    found = {name: value for name, value in LIBPQ.items() if name not in url.query}
    if statement:
        said = url.query.get("options", "")
        before = said if isinstance(said, str) else " ".join(said)
        found["options"] = f"{before} -cstatement_timeout={round(1000 * statement)}".strip()
    return found


def watch(engine: Engine) -> None:
    """Tries connections that lay for long, or that the server may have closed, before they are used; and a server that
    does not answer by one thread."""
    event.listen(engine, "do_connect", _Knock())
    event.listen(engine, "checkin", _left)
    event.listen(engine, "before_cursor_execute", _in_binary)

    def checkout(connection: Any, record: Any, _fairy: object) -> None:
        if time.monotonic() - record.info.get("left", 0.0) < FRESH and _quiet(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool makes another, once

    event.listen(engine, "checkout", checkout)


def _in_binary(connection: Any, cursor: Any, *_: object) -> None:
    """What is asked with the option ``binary`` is answered in binary, a blob as it lies: as the text of its digits it
    takes three times as long. Not everything is: SQLAlchemy reads the catalogue as text."""
    if connection.get_execution_options().get("binary"):
        from psycopg.pq import Format  # only where there is a server

        cursor.format = Format.BINARY


def _quiet(connection: Any) -> bool:
    """Whether nothing came on a connection that nobody asks: a server that stops, and one that is started anew, has
    closed what was open. Costs no trip to the server."""
    if connection.closed:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        return not selector.select(0)


def _left(_connection: object, record: Any) -> None:
    record.info["left"] = time.monotonic()


class _Knock:
    """Connects. While a server neither answers nor refuses, one thread at a time waits for it; the others are told at
    once, so that a process whose database is cut off still answers what it can from memory."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failed: tuple[type[Exception], tuple[Any, ...]] | None = None
        self._until = 0.0

    def __call__(self, dialect: Any, record: Any, given: Sequence[Any], named: dict[str, Any]) -> Any:
        began = time.monotonic()
        with self._lock:
            if self._failed is not None and began < self._until:
                raise self._failed[0](*self._failed[1])
            if self._failed is not None:
                self._until = began + AGAIN + LIBPQ["connect_timeout"]
        try:
            connection = dialect.connect(*given, **named)
        except dialect.loaded_dbapi.Error as error:
            self._missed(error, time.monotonic() - began)
            raise
        with self._lock:
            self._failed = None
        record.info["left"] = time.monotonic()
        return connection

    def _missed(self, error: Exception, took: float) -> None:
        with self._lock:
            self._failed = (type(error), error.args) if took > SLOW else None
            self._until = time.monotonic() + AGAIN


__all__ = ["FRESH", "LIBPQ", "Bounds", "arguments", "keep_to", "options", "watch"]
