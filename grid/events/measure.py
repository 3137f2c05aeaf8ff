"""Many events measured at once: what each of them says is worked out once, and added up for any part of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.events.read import Standing
from data.terms import LEVELS
from grid.arrays import Bools, Floats
from grid.events.breaks import why
from grid.events.ends import Raised, Share, answered, solved, solved_low
from grid.events.loop import PHASES, Phase, phase, span

#: Which of the events: their places.
At = NDArray[np.intp]

#: A yes (1), a no (0), or neither (-1) of each event.
Says = NDArray[np.int8]


@dataclass(frozen=True)
class Part:
    """Some events: how many; their phases by id; the three rates; how many of the closed ones were solved where they
    arose (``low``), and by which levels they were closed; how many loops are ``broken``."""

    events: int
    phases: Mapping[str, Phase]
    answered: Share
    solved: Share
    satisfied: Share
    low: Share
    levels: Mapping[str, int]
    broken: int


@dataclass(frozen=True)
class Measured:
    """What each of some events says: ``minutes`` (NaN: not begun) and ``over`` are phases x events; ``level``: place in
    LEVELS of who closed it, -1 while it is open."""

    minutes: Floats
    over: Bools
    answered: Says
    solved: Says
    satisfied: Says
    low: Says
    level: Says
    broken: Bools

    def part(self, at: At | None = None) -> Part:
        """Some of the events; None: all."""
        one = np.arange(len(self.broken)) if at is None else at
        levels = np.bincount(self.level[one][self.level[one] >= 0], minlength=len(LEVELS))
        return Part(
            len(one),
            {name: phase(self.minutes[n, one], self.over[n, one]) for n, name in enumerate(PHASES)},
            _share(self.answered[one]), _share(self.solved[one]), _share(self.satisfied[one]), _share(self.low[one]),
            {level: int(levels[n]) for n, level in enumerate(LEVELS) if levels[n]},
            int(self.broken[one].sum()),
        )  # fmt: skip


def measured(rows: Sequence[Standing], raised: Raised, first: Callable[[Standing], str], now: dt.datetime) -> Measured:
    """Some events as they stand at ``now`` (UTC); ``first``: the level of who had one first."""
    spans = [[span(row, name, now) for row in rows] for name in PHASES]
    order = list(LEVELS)
    return Measured(
        np.array([[np.nan if one is None else one.minutes for one in line] for line in spans], np.float64),
        np.array([[one is not None and one.over for one in line] for line in spans], np.bool_),
        _says([answered(row, raised, now) for row in rows]),
        _says([solved(row, now) for row in rows]),
        _says([row.satisfied for row in rows]),
        _says([solved_low(row, first(row)) for row in rows]),
        np.array([order.index(row.level) if row.closed else -1 for row in rows], np.int8),
        np.array([why(row, raised, now) is not None for row in rows], np.bool_),
    )


def _says(told: Sequence[bool | None]) -> Says:
    return np.array([-1 if one is None else int(one) for one in told], np.int8)


def _share(says: Says) -> Share:
    return Share(int((says == 1).sum()), int((says >= 0).sum()))


__all__ = ["At", "Measured", "Part", "Share", "measured"]
