"""What is scored: the areas of one level or the cells of a version, and what was found in them day by day.

Findings are new positives where the units' own are reported, else published addresses: in a city that gives its
findings by district and only places of residence by cell, cells are scored by the places.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from grid.arrays import Floats, Rows
from grid.cube import AREAS, Units, View
from grid.measures.base import Asked, plain, plus
from grid.measures.cases import POSITIVE_COUNTS, positives
from grid.rates import Part
from grid.risk import neighbours
from grid.risk.neighbours import Neighbours
from grid.risk.parts import in_use

Day = dt.date
CELL = "cell"
#: What findings are taken from, in this order: measure id -> (its counts, its formula).
BASES: dict[str, tuple[tuple[str, ...], Callable[[Asked], Part]]] = {
    "positives": (POSITIVE_COUNTS, positives),
    "addresses": (("addresses",), plain("addresses")),
}
CONTACTS = ("contacts_close", "contacts_secondary")
#: Days before the last one in which a count must have been stated to be in use.
LATELY = 28
#: Rings of the neighbourhood of cells, and of areas.
CELL_RINGS, AREA_RINGS = 2, 1


@dataclass(frozen=True)
class Ground:
    """The units of one level: ``rows`` of the area tree or of the cells, ``codes``, ``near``, ``m2`` (nought where not
    drawn), ``rings`` of a neighbourhood."""

    level: str
    rows: Rows
    codes: tuple[str, ...]
    near: Neighbours
    m2: Floats
    rings: int

    def __len__(self) -> int:
        return len(self.rows)

    def asked(self, view: View, days: Sequence[Day]) -> Asked:
        """These units on some days."""
        return Asked(view, days, Units("cells")) if self.level == CELL else Asked(view, days, AREAS, self.rows)


def ground(view: View, level: str) -> Ground:
    """The units of ``level`` of a version."""
    if level == CELL:
        cells, size = view.leaves.cells, len(view.leaves.cells)
        inside = view.leaves.cell >= 0
        m2: Floats = np.bincount(view.leaves.cell[inside], view.leaves.m2[inside], size).astype(np.float64)
        rows = np.arange(size, dtype=np.int32)
        return Ground(CELL, rows, tuple(cells.id), neighbours.of_cells(cells), m2, CELL_RINGS)
    rows = view.areas.of_level(level)
    shapes = np.array([view.areas.shape[row] for row in rows] + [None], dtype=object)[:-1]
    total = np.concatenate([[0.0], np.cumsum(view.leaves.m2, dtype=np.float64)])
    m2 = total[view.areas.hi[rows]] - total[view.areas.lo[rows]]
    codes = tuple(view.areas.code[row] for row in rows)
    return Ground(level, rows, codes, neighbours.of_shapes(shapes), m2, AREA_RINGS)


def basis(view: View, here: Ground, last: Day) -> str | None:
    """What findings of these units are taken from up to a day; None where nothing is reported of them."""
    days = _lately(last)
    parts = (days[-1:], days[:-1])  # one day is enough, and where there is one it is mostly the last
    return next((name for name in BASES if any(in_use(found(view, here, name, part)) for part in parts)), None)


def found(view: View, here: Ground, name: str, days: list[Day]) -> Part:
    """Findings, days x units. More re-classified than new on a day count as none."""
    part = BASES[name][1](here.asked(view, days))
    return Part(np.maximum(part.value, 0.0), part.known)


def people(view: View, here: Ground, day: Day) -> Part:
    """Inhabitants (units) as stated last."""
    part = here.asked(view, [day]).count("population")
    return Part(part.value[0], part.known[0])


def contacts(view: View, here: Ground, day: Day) -> Part | None:
    """Close and secondary contacts of the last four weeks, days x units; None where nobody reports them."""
    if not any(view.stated_days.get(count) for count in CONTACTS):
        return None
    asked = here.asked(view, _lately(day))
    return plus(*(asked.count(count) for count in CONTACTS))


def _lately(last: Day) -> list[Day]:
    return [last - dt.timedelta(days=n) for n in range(LATELY - 1, -1, -1)]
