"""Guesses at passwords: how many in a row.

A login that nobody has is counted and locked like any other, so that the lock does not tell which exist. What is typed
there may be a password, so that it is kept as a keyed digest only, for a quarter of an hour, and in no backup. Each
guess is counted in the book before it is looked at: of many at once, by however many processes, no more than FAILURES
are.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from hashlib import blake2b
from weakref import WeakValueDictionary

from sqlalchemy import Connection, delete, insert, select

from data.access.tables import guess

#: How long somebody is locked out after FAILURES wrong passwords in a row, and how long those are remembered: 100,000
#: guesses take 200 days then, and who mistypes is back after a cup of tea.
LOCK_MINUTES = 15
FAILURES = 5


@dataclass(frozen=True, slots=True)
class Count:
    """Wrong passwords in a row; they are forgotten at ``until``, LOCK_MINUTES after the last one."""

    failed: int
    until: dt.datetime | None

    def minutes_left(self, now: dt.datetime) -> int:
        """How long the login is locked, begun minutes; 0 if it is not."""
        if self.failed < FAILURES or self.until is None:
            return 0
        return max(0, -(-(self.until - now) // dt.timedelta(minutes=1)))

    def once_more(self, now: dt.datetime) -> Count:
        """With another wrong one."""
        before = self.failed if self.until is not None and self.until > now else 0
        return Count(before + 1, now + dt.timedelta(minutes=LOCK_MINUTES))


#: Nothing is remembered.
NONE = Count(0, None)


class Attempts:
    """The guesses at logins of nobody, by digests under ``key``."""

    def __init__(self, key: str = "") -> None:
        self._key = blake2b(key.encode(), digest_size=32, person=b"guesses").digest()
        self._guard = threading.Lock()
        self._turns: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    def turn(self, login: str) -> threading.Lock:
        """What the guesses of this process at one login queue on: a person's own haste locks nobody out."""
        with self._guard:
            return self._turns.setdefault(login, threading.Lock())

    def of(self, connection: Connection, login: str) -> Count:
        """What is remembered of a login that nobody has."""
        row = connection.execute(select(guess).where(guess.c.digest == self._digest(login))).first()
        return NONE if row is None else Count(row.failed, row.until)

    def keep(self, connection: Connection, login: str, count: Count, now: dt.datetime) -> None:
        """Remembers that instead, and forgets what is past."""
        digest = self._digest(login)
        connection.execute(delete(guess).where((guess.c.digest == digest) | (guess.c.until <= now)))
        connection.execute(insert(guess).values(digest=digest, failed=count.failed, until=count.until))

    def _digest(self, login: str) -> str:
        return blake2b(login.encode("utf-8", "surrogatepass"), key=self._key, digest_size=32).hexdigest()
