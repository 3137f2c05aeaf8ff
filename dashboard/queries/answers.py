"""What the questions about numbers of areas are answered with: plain records, in the reader's language."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dashboard.queries.days import Day
from data.terms import STATES
from grid.measures import Measure
from grid.measures.base import Goodness
from grid.rates import MISSING, SUPPRESSED, VALUE, ZERO, Values

Direction = Literal["up", "down", "flat", "none"]

_STATE_IDS = tuple(STATES)


@dataclass(frozen=True)
class Answer:
    """One number: ``level`` an id of terms.LEVELS, ``state`` an id of terms.STATES, ``value`` None
    unless the state is value or zero."""

    area: str
    name: str
    level: str
    day: Day
    value: float | None
    state: str


@dataclass(frozen=True)
class Place:
    """One area as a page shows it; ``path`` are the (code, name) pairs down to it: from the top, or for who sees a
    part only from the city in which that lies."""

    code: str
    name: str
    level: str
    path: tuple[tuple[str, str], ...]
    next_level: str | None
    bounds: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Figure:
    """A key figure of an area with its change over COMPARED_DAYS; ``goodness`` is of the change."""

    measure: Measure
    answer: Answer
    before: Answer
    change: float | None
    direction: Direction
    goodness: Goodness

    @property
    def relative(self) -> float | None:
        """The change as a part of what was before; None where that was nought or is not known."""
        return self.change / self.before.value if self.change is not None and self.before.value else None


@dataclass(frozen=True)
class Unlocated:
    """What is known of an area but of nothing below it: numbers by count measure, and why."""

    measure: Measure
    value: int
    share: float | None


@dataclass(frozen=True)
class Note:
    """Taken rows that could not be placed finely: why, the words at fault, how many."""

    source: str
    area: str
    why: str
    text: str
    rows: int

    @property
    def id(self) -> str:
        """What tells it from the others: made of its words, which may be anything."""
        return hashlib.sha256(f"{self.source}\t{self.area}\t{self.why}\t{self.text}".encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Coarse:
    """``lost``: what of the ``whole`` of an area is known to coarser places only than the units of a level."""

    lost: int
    whole: int

    @property
    def share(self) -> float:
        """The part that is lost."""
        return self.lost / self.whole if self.whole else 0.0


@dataclass(frozen=True)
class Status:
    """What the screen says of itself: city, version, when that was known, levels, days with data."""

    city: str
    code: str
    simulated: bool
    version: int
    known: dt.datetime
    levels: tuple[str, ...]
    has_cells: bool
    days: Mapping[str, tuple[Day, Day]]


@dataclass(frozen=True)
class Painted:
    """Values of all units of a level for the map: ``codes`` and ``names`` in the order of the columns of
    ``values`` (days x units)."""

    level: str
    codes: Sequence[str]
    names: Sequence[str]
    days: Sequence[Day]
    values: Values


def plain(value: float, state: int) -> tuple[float | None, str]:
    """(value, None unless it is told; id of its state)."""
    return (float(value) if state in (VALUE, ZERO) else None), _STATE_IDS[state]


def answers_of(painted: Painted) -> list[Answer]:
    """One answer a day and unit."""
    values = painted.values
    return [
        Answer(code, name, painted.level, day, *plain(values.value[d, u], values.state[d, u]))
        for d, day in enumerate(painted.days)
        for u, (code, name) in enumerate(zip(painted.codes, painted.names, strict=True))
    ]


def total_of(parts: Sequence[Painted]) -> Painted:
    """All days of some answers about the same units added up."""
    painted = parts[-1]
    states = np.concatenate([one.values.state for one in parts])
    known, hidden = states != MISSING, (states == SUPPRESSED).any(axis=0, keepdims=True)
    values = np.concatenate([one.values.value for one in parts])
    total = np.where(known, values, 0.0).sum(axis=0, keepdims=True)
    stated = known.any(axis=0, keepdims=True)
    state = np.where(stated, np.where(total == 0, ZERO, VALUE), MISSING)
    state = np.where(hidden, SUPPRESSED, state).astype(np.uint8)
    summed = Values(np.where(stated, total, np.nan), state)
    return Painted(painted.level, painted.codes, painted.names, [painted.days[-1]], summed)


def change_of(made: Measure, before: Answer, now: Answer) -> tuple[float | None, Direction, Goodness]:
    """(change, direction, goodness) from one answer to a later one; None where either is not told."""
    if before.value is None or now.value is None:
        return None, "none", "neutral"
    change = now.value - before.value
    direction: Direction = "up" if change > 0 else "down" if change < 0 else "flat"
    if not change or made.higher_is == "neutral":
        return change, direction, "neutral"
    better = (change > 0) == (made.higher_is == "good")
    return change, direction, "good" if better else "bad"
