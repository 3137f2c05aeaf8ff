"""Guesses at passwords: how many in a row, and one at a time for each login.

A login that nobody has is counted and locked like any other, so that the lock does not tell which exist. This is kept
in memory: one process serves, and what is typed there may be a password, which must not be kept anywhere else.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from weakref import WeakValueDictionary

from cachetools import TTLCache

#: How long somebody is locked out after FAILURES wrong passwords in a row, and how long those are remembered: 100,000
#: guesses take 200 days then, and who mistypes is back after a cup of tea.
LOCK_MINUTES = 15
FAILURES = 5

#: Logins of nobody that are remembered.
UNKNOWN = 10_000


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
    """The guesses of one process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._turns: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._unknown: TTLCache[str, Count] = TTLCache(UNKNOWN, LOCK_MINUTES * 60)

    def turn(self, login: str) -> threading.Lock:
        """What guesses at one login queue on: many at once are not more than the limit."""
        with self._guard:
            return self._turns.setdefault(login, threading.Lock())

    def of(self, login: str) -> Count:
        """What is remembered of a login that nobody has."""
        with self._guard:
            return self._unknown.get(login, NONE)

    def failed(self, login: str, count: Count) -> None:
        """Remembers a guess at it."""
        with self._guard:
            self._unknown[login] = count
