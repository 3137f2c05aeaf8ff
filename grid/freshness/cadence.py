"""How often a source comes, and what only the clock can tell: it is late, it has stopped, it came later than usual."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from data.city import Cadence, Source
from data.days import end_of
from data.faults import Fault
from data.store import Load

#: Deliveries that a rhythm is learned from, and how many it takes; so many of their distances must be alike, by half.
LOOKED, LEAST, ALIKE, NEAR = 15, 5, 0.8, 0.5
#: What part of its rhythm a source may be later than usual, and hours that are always granted.
GRACE, GRACE_HOURS = 0.25, 2.0
#: A delivery this long after its days is one of an archive: its moment tells nothing of the rhythm.
ARCHIVE_HOURS = 30 * 24.0


@dataclass(frozen=True)
class Rhythm:
    """``cadence``: as the city file says, else as learned (``learned``), else the default; ``lag``: hours after the end
    of its newest day at which a delivery usually comes, None where that cannot be told."""

    cadence: Cadence
    learned: bool = False
    lag: float | None = None

    @property
    def grace(self) -> float:
        """Hours by which a delivery may be later than usual without being called so."""
        return max(GRACE_HOURS, GRACE * self.cadence.every)


def rhythm(source: Source, loads: Sequence[Load], timezone: str) -> Rhythm:
    """The rhythm of a source, from its loads in the order in which they were known."""
    lags = lags_of(loads[-LOOKED:], timezone)
    lag = float(np.median(lags)) if len(lags) >= LEAST else None
    if "cadence" in source.model_fields_set:
        return Rhythm(source.cadence, False, lag)
    hours = _steady([_hours(b.known - a.known) for a, b in pairwise(loads[-LOOKED:]) if b.known > a.known])
    if hours is None:
        return Rhythm(source.cadence, False, lag)
    return Rhythm(Cadence(every=hours, warn=1.5 * hours, error=3 * hours), True, lag)


def _steady(distances: Sequence[float]) -> float | None:
    """The usual distance of deliveries in whole hours; None where they come as they like."""
    if len(distances) < LEAST:
        return None
    middle = float(np.median(distances))
    alike = np.abs(np.array(distances) - middle) <= NEAR * middle
    return max(1.0, float(round(middle))) if alike.mean() >= ALIKE else None


def lags_of(loads: Sequence[Load], timezone: str) -> list[float]:
    """Hours from the end of its newest day to each delivery; those of an archive are left out."""
    found = [_hours(load.known - end_of(load.last_day, timezone)) for load in loads if load.last_day]
    return [lag for lag in found if lag <= ARCHIVE_HOURS]


def clock_faults(made: Rhythm, loads: Sequence[Load], age: float, now: dt.datetime, timezone: str) -> list[Fault]:
    """Late or stopped at ``now``; else whether the last delivery came later than usual. ``age``: hours since the end
    of the newest day; of a source that is done it is nought."""
    every = made.cadence.every
    known = loads[-1].known if loads else now
    since = _hours(now - known) if known <= now else age
    steady = len(loads) > LEAST and made.lag is not None
    more = {"hours": round(since), "every": round(every)}
    if age > made.cadence.error or (steady and since > 2 * every + made.grace and age > every):
        return [Fault("stopped", more={**more, "missed": max(1, int((since - made.grace) // every))})]
    if age > made.cadence.warn:
        return [Fault("late", more=more)]
    return _delayed(made, loads, timezone)


def _delayed(made: Rhythm, loads: Sequence[Load], timezone: str) -> list[Fault]:
    """The last delivery came later than those before it ever did, by more than is granted."""
    before, last = lags_of(loads[-LOOKED - 1 : -1], timezone), lags_of(loads[-1:], timezone)
    if len(before) < LEAST or not last:
        return []
    usual = float(np.median(before))
    if last[0] <= max(usual, max(before)) + made.grace:
        return []
    day = loads[-1].last_day
    return [Fault("delayed", day, day, more={"hours": round(last[0], 1), "usual": round(usual, 1)})]


def _hours(span: dt.timedelta) -> float:
    return span.total_seconds() / 3600
