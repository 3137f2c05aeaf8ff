"""The moment that an event's deadlines are held against."""

from __future__ import annotations

import datetime as dt
import threading
import time

from sqlalchemy import func, select

from dashboard.queries.desk import Desk
from dashboard.queries.freshness_desk import FreshnessDesk
from data.engine import utcnow
from data.events import Events, tables


class EventClock:
    """Now, in UTC. A simulated city's clock begins where its data end, or its last event did, and goes on while it is
    served: else every deadline of its events would have passed years ago."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._began: tuple[dt.datetime, float] | None = None
        self._lock = threading.Lock()

    def now(self) -> dt.datetime:
        """The moment. StoreError."""
        if not self.desk.city.simulated:
            return utcnow()
        with self._lock:
            if self._began is None:
                self._began = self._start(), time.monotonic()
            moment, since = self._began
        return moment + dt.timedelta(seconds=time.monotonic() - since)

    def _start(self) -> dt.datetime:
        moment = self.desk.beside(FreshnessDesk).now()
        last = None if self.desk.events is None else last_change(self.desk.events)
        return moment if last is None else max(moment, last)


def last_change(events: Events) -> dt.datetime | None:
    """When the last step of any event was taken; None in an empty book."""
    rows = events._all(select(func.max(tables.change.c.at).label("at")))
    found: dt.datetime | None = rows[0].at
    return found
