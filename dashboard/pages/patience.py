"""Work that may take long is done beside the serving: nobody's page holds up the others, who wait for a free thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from cachetools import TTLCache

from dashboard.turns import TURNS

Made = TypeVar("Made")

#: Seconds that a reader waits for an answer before being told that it is worked on: more than a page takes alone (20 to
#: 50 ms in the largest city), less than half a second, within which an answer is to be there.
WAIT = 0.3
#: Works at once: one for each core that may be spared.
AT_ONCE = 2
#: What nobody waited for is kept so many seconds for whoever asks again, and so many of it.
KEPT_SECONDS, KEPT = 60, 200


class Patience(Generic[Made]):
    """Does each work once at a time, beside the serving."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=name)
        self._going: dict[Hashable, Future[Made]] = {}
        self._done: TTLCache[Hashable, Future[Made]] = TTLCache(KEPT, KEPT_SECONDS)
        self._lock = threading.Lock()

    def __call__(self, key: Hashable, work: Callable[[], Made]) -> Made | None:
        """What the work makes, or None where that takes longer than WAIT: then it goes on, and may be asked for again.
        What the work raises is raised here."""
        future = self._future(key, work)
        try:
            with TURNS.aside():
                made = future.result(WAIT)
        except TimeoutError:
            if not future.done():
                return None
            made = future.result()  # done meanwhile, or the work itself ran into a limit of time, which is raised here
        finally:
            if future.done():
                self._taken(key, future)
        return made

    def _future(self, key: Hashable, work: Callable[[], Made]) -> Future[Made]:
        """What goes on, or was done and not taken yet, or begins now."""
        with self._lock:
            known = self._going.get(key) or self._done.get(key)
            if known is not None:
                return known
            made = self._going[key] = self._pool.submit(_in_turn, work)
        made.add_done_callback(lambda future: self._finished(key, future))
        return made

    def _finished(self, key: Hashable, future: Future[Made]) -> None:
        """Kept for who asks again, unless somebody has taken it already: he is woken before this is called."""
        with self._lock:
            if self._going.get(key) is future:
                self._done[key] = self._going.pop(key)

    def _taken(self, key: Hashable, future: Future[Made]) -> None:
        with self._lock:
            for kept in (self._going, self._done):
                if kept.get(key) is future:
                    kept.pop(key)


def _in_turn(work: Callable[[], Made]) -> Made:
    with TURNS.one():
        return work()
