"""Whose data is late: each source's newest day or delivery against its cadence, and what else is odd about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from zoneinfo import ZoneInfo

from data.city import Cadence, City, Source
from data.days import end_of
from data.faults import Fault
from data.store import Load
from data.words import Lang
from grid.freshness.cadence import Rhythm, clock_faults, rhythm
from grid.freshness.ledger import Found, faults

Day = dt.date
State = Literal["fresh", "warn", "error", "none"]

#: Kinds whose rows have no day by which to tell how new they are: the delivery itself is looked at.
WITHOUT_DAY = ("zones", "population")
#: A city whose newest day was this old when it was loaded is an archive: its clock stands at its data.
ARCHIVE_DAYS = 30


@dataclass(frozen=True)
class Freshness:
    """One source as of a moment. ``newest`` its last day with data, ``received`` its last delivery (UTC), ``age``
    hours since the end of that day (or that delivery); ``state`` as the cadence judges the age; ``found``: its
    faults. ``loads`` and ``rejected`` are of the whole city: None for whoever may not see every source."""

    source: Source
    newest: Day | None
    received: dt.datetime | None
    loads: int | None
    rejected: int | None
    age: float
    state: State
    rhythm: Rhythm = field(default_factory=lambda: Rhythm(Cadence()))
    found: tuple[Found, ...] = ()

    @property
    def faults(self) -> list[Fault]:
        """Those that still bear on what is shown."""
        return [one.fault for one in self.found if one.open]

    def name(self, lang: Lang) -> str:
        """What the source is called."""
        source = self.source
        return (source.title_en if lang == "en" else source.title) or source.title or source.name

    @property
    def over(self) -> float:
        """Hours by which the next delivery is overdue."""
        return max(0.0, self.age - self.rhythm.cadence.every)


@dataclass(frozen=True)
class Timeliness:
    """Every source, and in numbers: how many are on time, how many late, loads taken and rows sent back."""

    sources: Sequence[Freshness]

    @property
    def fresh(self) -> int:
        """Sources on time."""
        return sum(one.state == "fresh" for one in self.sources)

    @property
    def late(self) -> int:
        """Sources that are late or silent."""
        return sum(one.state in ("warn", "error") for one in self.sources)

    @property
    def loads(self) -> int:
        """Loads of all sources."""
        return sum(one.loads or 0 for one in self.sources)

    @property
    def rejected(self) -> int:
        """Rows that went back to their senders."""
        return sum(one.rejected or 0 for one in self.sources)


def freshness(city: City, loads: Sequence[Load], now: dt.datetime) -> list[Freshness]:
    """Every source of the city at ``now`` (UTC without zone), in the order of the city file.

    An archive was loaded long after its days: what was received after ``now`` counts, and is as old as its newest day.
    """
    by_source: dict[str, list[Load]] = {}
    for load in loads:
        by_source.setdefault(load.source, []).append(load)
    return [_one(city, source, by_source.get(source.name, []), now) for source in city.sources]


def _one(city: City, source: Source, loads: Sequence[Load], now: dt.datetime) -> Freshness:
    loads = sorted(loads, key=lambda load: (load.known, load.id))
    made = rhythm(source, loads, city.timezone)
    received = max((load.known for load in loads), default=None)
    days = [load.last_day for load in loads if load.last_day is not None]
    newest = max(days) if days and source.kind not in WITHOUT_DAY else None
    base = received if newest is None else end_of(newest, city.timezone)
    age = float("inf") if base is None else max(0.0, (now - base).total_seconds() / 3600)
    state = _judge(source, made.cadence, newest, age)
    clock = [] if state == "none" else clock_faults(made, loads, age, now, city.timezone)
    if any(fault.id == "stopped" for fault in clock):
        state = "error"
    found = (*(Found(fault, 0, True) for fault in clock), *faults(loads, _told(loads), newest))
    rejected = sum(load.rejected for load in loads)
    return Freshness(source, newest, received, len(loads), rejected, age, state, made, found)


def judged(one: Freshness, newest: Day | None, city: City, now: dt.datetime) -> Freshness:
    """The same by another newest day; None: by when the source was received last."""
    base = one.received if newest is None else end_of(newest, city.timezone)
    age = float("inf") if base is None else max(0.0, (now - base).total_seconds() / 3600)
    state = _judge(one.source, one.rhythm.cadence, newest, age)
    stopped = any(each.fault.id == "stopped" for each in one.found)
    return replace(one, newest=newest, age=age, state="error" if stopped else state)


def _told(loads: Sequence[Load]) -> set[Day]:
    """The days that the newest files of a source name alone: what fills a gap is a file of its own."""
    return {load.last_day for load in loads if load.last_day is not None and load.first_day == load.last_day}


def _judge(source: Source, cadence: Cadence, newest: Day | None, age: float) -> State:
    """``none``: it never came, or has said all that it will say."""
    if age == float("inf"):
        return "none"
    if source.days_to is not None and newest is not None and newest >= source.days_to:
        return "none"
    return "error" if age > cadence.error else "warn" if age > cadence.warn else "fresh"


def data_moment(city: City, loads: Sequence[Load]) -> dt.datetime | None:
    """The city's own now (UTC): when the newest load was known, or for an archive the end of its newest day."""
    dated = [load.last_day for load in loads if load.last_day is not None and load.kind not in WITHOUT_DAY]
    known = max((load.known for load in loads), default=None)
    if known is None or not dated:
        return known
    ended = end_of(max(dated), city.timezone)
    return ended if known - ended > dt.timedelta(days=ARCHIVE_DAYS) else known


def is_archive(city: City, loads: Sequence[Load]) -> bool:
    """Whether the newest day was already old when it was loaded. A city whose feeds have stopped is none: its data
    was new when it came, so it is shown as late, not as a still life."""
    newest = max(
        (load for load in loads if load.last_day and load.kind not in WITHOUT_DAY),
        key=lambda load: load.last_day or dt.date.min,
        default=None,
    )
    if newest is None or newest.last_day is None:
        return False
    return newest.loaded - end_of(newest.last_day, city.timezone) > dt.timedelta(days=ARCHIVE_DAYS)


def local(moment: dt.datetime, city: City) -> dt.datetime:
    """A moment of the store on the city's clocks."""
    return moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(city.timezone))


def worst(found: Mapping[str, Freshness], sources: Sequence[str]) -> Freshness | None:
    """The latest of some sources; None if none of them is late."""
    late = [found[name] for name in sources if name in found and found[name].state in ("warn", "error")]
    return max(late, key=lambda one: (one.state == "error", one.over), default=None)
