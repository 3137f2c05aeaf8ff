"""How often one may ask: so often that no person notices, and no guessing or flooding program gets far.

Counted by each process for itself, in memory: where several serve, as many times as much may be asked, and each has a
core's time for what it is asked. What keeps guesses off a single login (:mod:`data.access.attempts`) lies in the book
and holds for all of them together.

Counted in buckets: whoever asks is put into one of :data:`BUCKETS` by a keyed hash, so that no flood of made-up
addresses fills the memory. Two who share a bucket share its limit; it is generous enough for that.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import secrets
import threading
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from data.walls import address_of

BUCKETS = 4096

#: What is counted -> how often. A page asks one question a click and a replaying one none; a wall asks two things every
#: two seconds and a score more with each new scene, and twenty of them may share one address. 300 officials who come to
#: work behind one address sign in within minutes: so the address has room, and the account has little. "passwords" are
#: all together: each costs some 40 ms of a core, and a flood of them from everywhere leaves the others theirs.
LIMITS: dict[str, RateLimitItem] = {
    "ask": parse("3000/minute"),
    "wall": parse("6000/minute"),
    "heavy": parse("120/minute"),
    "sign_in": parse("120/minute"),
    "passwords": parse("600/minute"),
    "failed": parse("200/hour"),
    "login": parse("12/minute"),
}


class Limits:
    """Counts; ``limits`` in place of LIMITS."""

    def __init__(self, limits: dict[str, RateLimitItem] | None = None) -> None:
        self.limits = LIMITS | (limits or {})
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._salt = secrets.token_bytes(16)
        self._lock = threading.Lock()  # MemoryStorage starts a timer, which two threads may not do at once

    def hit(self, what: str, who: str) -> int:
        """Counts one; seconds until the next may come, 0 if this one may."""
        key = self._bucket(who)
        with self._lock:
            return 0 if self._counter.hit(self.limits[what], what, key) else self._wait(what, key)

    def test(self, what: str, who: str) -> int:
        """The same without counting."""
        key = self._bucket(who)
        with self._lock:
            return 0 if self._counter.test(self.limits[what], what, key) else self._wait(what, key)

    def _wait(self, what: str, key: str) -> int:
        reset = self._counter.get_window_stats(self.limits[what], what, key).reset_time
        return max(1, math.ceil(reset - time.time()))

    def _bucket(self, who: str) -> str:
        digest = hashlib.blake2b(who.encode(), key=self._salt, digest_size=4).digest()
        return str(int.from_bytes(digest) % BUCKETS)


def network_of(address: str | None) -> str:
    """Who an address counts as: itself, or with IPv6 its /64, of which one subscriber has all."""
    try:
        found = address_of(address)
    except ValueError:
        return ""
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))
