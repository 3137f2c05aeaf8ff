"""How long each turn of the loop takes: from what happened to who took it on, what was done, what was reported back.

An event (:class:`data.events.read.Standing`) passes its moments; between two of them lies a *phase*. Half of all events
(p50) and all but one in twenty (p95) are through a phase within a time that is read off the events themselves: the k-th
shortest of n, k = ceil(p n), so it is always a time that some event took (nearest rank; in numpy "inverted_cdf").

An event that still waits is not left out, else who never answers would look quick. It will take at least as long as it
has waited, so a p50 or p95 lies between the one that counts it at what it has waited (``least``) and the one that
counts it as never ending (``most``). Where the two agree it is exact.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from data.events.read import Standing
from grid.arrays import Bools, Floats

#: Half of the events, and all but one in twenty, in percent: whole numbers, so that ranks are exact.
MEDIAN, LATE = 50, 95

_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Span:
    """One event in one phase: ``minutes`` it took, or has waited so far where it is not ``over``."""

    minutes: float
    over: bool


@dataclass(frozen=True)
class Quantile:
    """Minutes within which a share of the events is through: from ``least`` to ``most``, which are the same where no
    event that waits can change it. ``most`` is None where it has no end yet, both where there are no events."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Phase:
    """A phase over many events: how many are ``done`` with it, how many are ``waiting`` in it, and its p50 and p95."""

    done: int
    waiting: int
    p50: Quantile
    p95: Quantile


#: The phases: id -> (moments at which it begins and ends). ``whole``: from the first word of it to its end.
PHASES: dict[str, tuple[str, str]] = {
    "sense": ("happened", "sensed"),
    "decide": ("sensed", "accepted"),
    "act": ("accepted", "acted"),
    "feedback": ("acted", "fed_back"),
    "whole": ("sensed", "closed"),
}


def span(row: Standing, phase: str, now: dt.datetime) -> Span | None:
    """One event in one phase. None where it has not begun, or ended before its beginning: a sense whose clock is ahead
    measures nothing."""
    first, last = PHASES[phase]
    begun, ended = getattr(row, first), getattr(row, last)
    if begun is None:
        return None
    minutes = ((ended or now) - begun) / _MINUTE
    return Span(minutes, ended is not None) if minutes >= 0 else None


def quantile(minutes: Floats, over: Bools, percent: int) -> Quantile:
    """The p50 or p95 of events that took ``minutes``, or have waited them where not ``over``; see the module."""
    if not len(minutes):
        return Quantile()
    rank = -(-len(minutes) * percent // 100)  # ceil in whole numbers
    least = float(np.partition(minutes, rank - 1)[rank - 1])
    ended = minutes[over]
    return Quantile(least, float(np.partition(ended, rank - 1)[rank - 1]) if rank <= len(ended) else None)


def phase(minutes: Floats, over: Bools) -> Phase:
    """A phase over many events; ``minutes`` is NaN where it has not begun."""
    begun = ~np.isnan(minutes)
    minutes, over = minutes[begun], over[begun]
    done = int(over.sum())
    return Phase(done, len(over) - done, quantile(minutes, over, MEDIAN), quantile(minutes, over, LATE))


__all__ = ["LATE", "MEDIAN", "PHASES", "Phase", "Quantile", "Span", "phase", "quantile", "span"]
