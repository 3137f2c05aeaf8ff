"""The three-hour rule: a key person who entered the city is known to their district within three hours.

A *push* is the moment at which the district has the entry: a message was delivered to it, or it fetched its list. An
entry is in time when it was pushed three hours after entering or sooner, to the microsecond; one that was not pushed
is pending as long as the three hours are not over, and a breach from then on. A breach stays one, however late the push
comes. What happens after ``now`` is not known yet, so the same rows tell what stood at any earlier moment.

How long pushes take is told as of any phase of a loop (:func:`grid.events.loop.quantile`): what still waits counts at
least as long as it has waited, else a district that pushes nothing would look quick.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np

from grid.events.ends import Share
from grid.events.loop import LATE, MEDIAN, Quantile, quantile

#: Within three hours of entry the list of key persons is with every district: what Zhengzhou's platform was held to.
LIMIT = dt.timedelta(hours=3)

_MINUTE = dt.timedelta(minutes=1)


class Entry(Protocol):
    """Somebody who entered."""

    @property
    def entered(self) -> dt.datetime:
        """When: UTC without zone."""

    @property
    def district(self) -> str:
        """Code of the district they go to."""

    @property
    def pushed(self) -> dt.datetime | None:
        """When that district had it; None: not yet."""


Of = TypeVar("Of", bound=Entry)


@dataclass(frozen=True)
class Breach(Generic[Of]):
    """An entry that was not pushed in time: ``state`` late or unpushed, ``over``: minutes beyond the limit so far."""

    entry: Of
    state: str
    over: float


@dataclass(frozen=True)
class Pushes:
    """Some entries by how they stand: numbers of ``in_time``, ``late``, ``unpushed`` (both breaches) and ``pending``
    ones, and the minutes within which half of them and all but one in twenty were pushed."""

    in_time: int
    late: int
    unpushed: int
    pending: int
    p50: Quantile
    p95: Quantile

    @property
    def entries(self) -> int:
        """Everybody who entered."""
        return self.in_time + self.late + self.unpushed + self.pending

    @property
    def breaches(self) -> int:
        """Who was not, or is not yet, pushed though three hours are over."""
        return self.late + self.unpushed

    @property
    def within(self) -> Share:
        """In time, of those of whom it is decided: what is pending is neither."""
        return Share(self.in_time, self.in_time + self.breaches)


@dataclass(frozen=True)
class Board(Generic[Of]):
    """The whole, each district (in order of code), and every breach, the longest first."""

    whole: Pushes
    districts: Mapping[str, Pushes]
    breaches: Sequence[Breach[Of]]


def state_of(entry: Entry, now: dt.datetime, limit: dt.timedelta = LIMIT) -> str:
    """How an entry stands at ``now``: an id of data.terms.PUSHES."""
    due, pushed = entry.entered + limit, _known(entry, now)
    if pushed is None:
        return "pending" if now <= due else "unpushed"
    return "in_time" if pushed <= due else "late"


def board(entries: Iterable[Of], now: dt.datetime, limit: dt.timedelta = LIMIT) -> Board[Of]:
    """The entries up to ``now``, counted."""
    there = [entry for entry in entries if entry.entered <= now]
    by_district: dict[str, list[Of]] = defaultdict(list)
    for entry in there:
        by_district[entry.district].append(entry)
    districts = {code: pushes(by_district[code], now, limit) for code in sorted(by_district)}
    return Board(pushes(there, now, limit), districts, breaches(there, now, limit))


def pushes(entries: Sequence[Entry], now: dt.datetime, limit: dt.timedelta = LIMIT) -> Pushes:
    """Some entries, all of which have entered, counted by state."""
    states = Counter(state_of(entry, now, limit) for entry in entries)
    known = [_known(entry, now) for entry in entries]
    took = [_took(entry, at or now) for entry, at in zip(entries, known, strict=True)]
    minutes, over = np.array(took, np.float64), np.array([at is not None for at in known], np.bool_)
    return Pushes(
        in_time=states["in_time"],
        late=states["late"],
        unpushed=states["unpushed"],
        pending=states["pending"],
        p50=quantile(minutes, over, MEDIAN),
        p95=quantile(minutes, over, LATE),
    )


def breaches(entries: Iterable[Of], now: dt.datetime, limit: dt.timedelta = LIMIT) -> list[Breach[Of]]:
    """The entries that broke the rule, the longest first."""
    found = [
        Breach(entry, state, ((_known(entry, now) or now) - entry.entered - limit) / _MINUTE)
        for entry in entries
        if (state := state_of(entry, now, limit)) in ("late", "unpushed") and entry.entered <= now
    ]
    return sorted(found, key=lambda one: (-one.over, one.entry.entered))


def _known(entry: Entry, now: dt.datetime) -> dt.datetime | None:
    """When an entry was pushed, as far as that is past."""
    return entry.pushed if entry.pushed is not None and entry.pushed <= now else None


def _took(entry: Entry, at: dt.datetime) -> float:
    """Minutes from entry to push. Who was announced before entering took no time."""
    return max(0.0, (at - entry.entered) / _MINUTE)


__all__ = ["LIMIT", "Board", "Breach", "Entry", "Pushes", "board", "breaches", "pushes", "state_of"]
