"""What a geography is, and what was noticed while it was made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grid.areas import Areas
from grid.leaves import Leaves


@dataclass(frozen=True)
class Geography:
    """One state of the city's areas and leaves; ``id`` is the load that made it."""

    id: int
    areas: Areas
    leaves: Leaves

    @cached_property
    def area_m2(self) -> NDArray[np.int64]:
        """Each area's size in whole square metres: the sum over its leaves."""
        total = np.concatenate([[0], np.cumsum(self.leaves.m2)])
        return np.asarray(total[self.areas.hi] - total[self.areas.lo], np.int64)


@dataclass
class Report:
    """What was noticed while a geography was made, per level."""

    levels: dict[str, dict[str, Any]] = field(default_factory=dict)

    def note(self, level: str, **found: Any) -> None:
        """Add to what is known of a level."""
        self.levels.setdefault(level, {}).update(found)

    def add(self, other: Report) -> None:
        """Add what was noticed of another city: numbers to numbers, lists to lists."""
        for level, found in other.levels.items():
            mine = self.levels.setdefault(level, {})
            for name, value in found.items():
                mine[name] = mine[name] + value if name in mine else value


#: An area tree, its leaves, and what was noticed.
Made: TypeAlias = tuple[Areas, Leaves, Report]
