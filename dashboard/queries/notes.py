"""What the log is told of who looked at what. Nothing is answered before it is written down.

Answers that are kept for many readers keep their notes with them, which are written again for each reader.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from cachetools import LRUCache

from dashboard.queries.viewer import Viewer
from data.access.audit import Log
from data.engine import utcnow

#: Hourly lines of which a process remembers that they were written down this hour, so that it asks the log no more: a
#: thousand officials at ten pages.
MOST_HOURLY = 10_000

_kept: ContextVar[list[Noted] | None] = ContextVar("notes", default=None)


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing that is written down of whoever gets an answer."""

    action: str
    area: str
    people: int | None
    more: Mapping[str, object]


class Notes:
    """Writes to ``log``, if there is one, what users do; whoever has no name runs the program itself."""

    def __init__(self, log: Log | None) -> None:
        self.log = log
        self._hours: LRUCache[tuple[str, ...], dt.datetime] = LRUCache(MOST_HOURLY)
        self._lock = threading.Lock()

    def write(self, viewer: Viewer, noted: Noted) -> None:
        """One line. StoreError where it cannot be written: then nothing may be answered."""
        together = _kept.get()
        if together is not None:
            together.append(noted)
        if self.log is not None and viewer.user:
            self.log.add(viewer.user, viewer.role, noted.action, noted.area, noted.people, **noted.more)

    @contextmanager
    def together(self) -> Iterator[list[Noted]]:
        """What is noted inside, to be kept with the answer."""
        found: list[Noted] = []
        before = _kept.set(found)
        try:
            yield found
        finally:
            _kept.reset(before)

    def again(self, viewer: Viewer, notes: Sequence[Noted]) -> None:
        """The notes of a kept answer, for its next reader."""
        for noted in notes:
            self.write(viewer, noted)

    def looked(self, viewer: Viewer, area: str, page: str) -> None:
        """Somebody who sees small numbers looks at an area: once an hour for each user, area and kind of page."""
        if viewer.small_numbers:
            self.hourly(viewer, "small_numbers", area, page=page)

    def hourly(self, viewer: Viewer, action: str, area: str, **more: str) -> None:
        """One line an hour of what somebody does all the time. StoreError as :meth:`write`."""
        if self.log is None or not viewer.user:
            return
        key = (viewer.user, action, area, *more.values())
        hour = utcnow().replace(minute=0, second=0, microsecond=0)
        with self._lock:
            if self._hours.get(key) == hour:
                return
        self.log.add_once(hour, viewer.user, viewer.role, action, area, **more)
        with self._lock:
            self._hours[key] = hour
