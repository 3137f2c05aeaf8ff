"""The tracing board: of the people who left, how many were found, tested and cleared, per destination and together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from grid.arrays import Floats

STEPS = ("left", "found", "tested", "cleared")


@dataclass(frozen=True)
class Tally:
    """One destination, or all of them; NaN: not reported."""

    left: float
    found: float
    tested: float
    cleared: float

    def share(self, step: str) -> float:
        """What part of those who left has come to a step; NaN where it cannot be told."""
        return float(getattr(self, step)) / self.left if self.left else float("nan")

    @property
    def shares(self) -> dict[str, float]:
        """The same of every step."""
        return {step: self.share(step) for step in STEPS}

    @property
    def open(self) -> float:
        """Who is not cleared yet."""
        return self.left - self.cleared

    @property
    def lost(self) -> float:
        """Who was not found yet."""
        return self.left - self.found

    @property
    def contradicts(self) -> bool:
        """Whether more came to a step than to the one before it."""
        steps = [value for value in (self.left, self.found, self.tested, self.cleared) if not np.isnan(value)]
        return any(later > earlier for earlier, later in pairwise(steps))


def tallies(left: Floats, found: Floats, tested: Floats, cleared: Floats) -> list[Tally]:
    """One a destination."""
    columns = (column.tolist() for column in (left, found, tested, cleared))
    return [Tally(*row) for row in zip(*columns, strict=True)]


def together(each: list[Tally]) -> Tally:
    """All destinations; a step that one of them does not report is missing, not less."""
    return Tally(*(float(np.sum([getattr(one, step) for one in each])) for step in STEPS))
