"""Which version is the newest, heard instead of asked: PostgreSQL tells whoever listens when a load is committed.

A web process has one connection on which it listens. What it hears says only *that* there is something new; what is new
it asks on that connection, also after every reconnecting and every :data:`LOOK` seconds, so that nothing told while
nobody listened is missed. In between the newest version, and how long ago the database last answered, are known from
memory: a sign of life costs the database nothing and is answered while it is away.

With a replica, which takes no listeners, questions go to it once it has what is shown, and a new version is shown once
it is whole *there*: the replica itself is asked for its newest load. Where it is away, or has been behind for longer
than it may, questions go to the primary again, and back only when the replica has all that was shown meanwhile. So no
version's number ever meets slabs that are not there yet.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import Connection, create_engine, func, select, text
from sqlalchemy.pool import NullPool

from data import tables
from data.engine import Connected, said
from data.errors import OneScreenError, StoreLost
from data.pool import arguments

log = structlog.get_logger()

#: Where loads, and links of walls, are told of; a notice reaches whoever listens to the same database.
CHANNEL = "onescreen"

#: Seconds after which whoever heard nothing asks.
LOOK = 5.0
#: Seconds after which it looks whether it shall stop.
SLICE = 0.5
#: Seconds between two looks at a replica that is behind.
BEHIND = 0.1
#: Seconds that a replica may be behind before the primary is asked instead.
PATIENCE = 30.0
#: Seconds between two attempts to listen.
AGAIN = 0.5
#: Seconds without an answer, beyond LOOK, after which the database counts as away.
SLACK = 4.0

_NEWEST = select(func.max(tables.load.c.id))


def tell(connection: Connection, what: str) -> None:
    """Tells all who listen once this transaction is committed; where nobody can listen (SQLite), nobody."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(CHANNEL, what)))


class News:
    """The newest version of the store ``primary``, as heard; ``replica``: its copy that questions go to. ``told`` is
    called with each new version, in the listening thread."""

    def __init__(
        self,
        primary: Connected,
        replica: Connected | None = None,
        told: Callable[[int], None] = lambda _: None,
        patience: float = PATIENCE,
    ) -> None:
        self.primary, self.replica, self.told, self.patience = primary, replica, told, patience
        #: The version that is shown; None until the database was first asked.
        self.version: int | None = None
        #: How many notices were heard: whatever was read before the last may be old.
        self.heard = 0
        #: Whether questions go to the replica.
        self.copied = False
        self._seen, self._behind, self._missed = 0.0, 0.0, 0
        self._away, self._alone = False, False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="onescreen-news", daemon=True)

    def start(self) -> News:
        """Listens from now on, in a thread that ends with the process or with :meth:`stop`."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Listens no more."""
        self._ended.set()
        self._thread.join(LOOK + SLACK)
        if self.replica is not None:
            self.replica.close()

    @property
    def lost(self) -> float:
        """Seconds since the database last answered; 0 while it does, and before it was ever asked."""
        if not self._seen:
            return 0.0
        silent = time.monotonic() - self._seen
        return silent if self._away or silent > LOOK + SLACK else 0.0

    def replica_lost(self) -> None:
        """The replica did not answer a question: they go to the primary until it has answered a look."""
        self.copied = False

    # the listening thread ----------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._ended.is_set():
            try:
                self._listen()
            except OneScreenError as error:
                if not self._away:  # told once, not twice a second for as long as it lasts
                    log.warning("news", error=error.say("en"))
            except Exception:  # a thread that dies here would show an old version for ever
                log.exception("news")
            self.heard += 1  # whatever was told meanwhile was not heard
            self._missed += 1
            if self._missed > 1:  # a connection alone may break: the database is away where none can be made either
                self._settle(None)
            self._ended.wait(AGAIN if self._missed > 1 else AGAIN / 10)

    def _listen(self) -> None:
        """Until the connection breaks, which raises, or the end."""
        url = self.primary.engine.url
        listening = arguments(url, LOOK)
        engine = create_engine(url, poolclass=NullPool, connect_args=listening, isolation_level="AUTOCOMMIT")
        with said(), engine.connect() as connection:
            connection.execute(text(f"LISTEN {CHANNEL}"))
            self.heard, self._missed = self.heard + 1, 0
            while not self._ended.is_set():
                lagging = self._settle(connection.execute(_NEWEST).scalar() or 0)
                try:
                    self._hear(connection, BEHIND if lagging else LOOK)
                except engine.dialect.loaded_dbapi.Error as error:
                    connection.invalidate()
                    raise StoreLost(detail=error) from error

    def _hear(self, connection: Connection, seconds: float) -> None:
        """Waits for a notice, at most so long."""
        driver: Any = connection.connection.driver_connection
        until = time.monotonic() + seconds
        while not self._ended.is_set() and (left := until - time.monotonic()) > 0:
            if found := len(list(driver.notifies(timeout=min(left, SLICE), stop_after=1))):
                self.heard += found
                return

    def _settle(self, newest: int | None) -> bool:
        """Decides what is shown and who is asked. ``newest``: of the primary, None while it is away. Whether the
        replica is to be looked at again soon."""
        there = self._of_replica()
        known = self.version if self.copied else newest if newest is not None else self.version
        whole = there is not None and there >= (known or 0)
        late = newest is not None and (not whole or (there or 0) < newest)
        now = time.monotonic()
        self._behind = (self._behind or now) if late else 0.0
        if whole and not (late and now - self._behind > self.patience):
            self._show(there, copied=True)
        elif newest is not None:
            self._show(newest, copied=False)
        else:
            self._away = True
        return late and there is not None

    def _of_replica(self) -> int | None:
        if self.replica is None:
            return None
        try:
            found: int = self.replica._all(_NEWEST)[0][0] or 0
        except OneScreenError as error:
            if not self._alone:
                log.warning("replica", error=error.say("en"))
            self._alone = True
            return None
        self._alone = False
        return found

    def _show(self, version: int | None, *, copied: bool) -> None:
        new = version != self.version
        # a question between the two lines must not ask the replica for what it lacks
        if copied:
            self.version, self.copied = version, True
        else:
            self.copied, self.version = False, version
        self._seen, self._away = time.monotonic(), False
        if new and version is not None:
            self.told(version)
