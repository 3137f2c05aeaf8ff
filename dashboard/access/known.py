"""Who is signed in, also while the book that says so is away.

Every request asks the book, so that signing out, disabling and changed rights hold at once, on whatever machine they
were done. Only where the book does not answer is a session good that it confirmed a short while ago: nobody can have
been told of anything since, and what is answered then comes from memory.
"""

from __future__ import annotations

import threading
import time

from cachetools import LRUCache

from data.access import Access
from data.access.sessions import hash_of, session_user
from data.access.users import User
from data.errors import StoreBusy, StoreLost

#: Seconds for which a session that the book confirmed is good without it: a database that is started anew is back by
#: then.
GRACE = 900.0
#: Sessions that are remembered.
MOST = 10_000


class Known:
    """The sessions of one book."""

    def __init__(self, access: Access, grace: float = GRACE) -> None:
        self.access, self.grace = access, grace
        self._seen: LRUCache[str, tuple[User, float]] = LRUCache(MOST)
        self._lock = threading.Lock()

    def user(self, token: str) -> User | None:
        """Who is signed in with this token; None if nobody is. StoreError where the book is away and knew nobody."""
        key = hash_of(token)
        try:
            user = session_user(self.access, token)
        except (StoreLost, StoreBusy):
            with self._lock:
                found = self._seen.get(key)
            if found is None or time.monotonic() - found[1] > self.grace:
                raise
            return found[0]
        with self._lock:
            if user is None:
                self._seen.pop(key, None)
            else:
                self._seen[key] = user, time.monotonic()
        return user
