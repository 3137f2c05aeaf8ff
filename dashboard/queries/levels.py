"""What lies in an area: its levels, what one drills to, its cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grid.cube import View

#: Levels of areas that hold cities.
ABOVE_CITIES = ("country", "province")


def levels_inside(view: View, row: int) -> tuple[str, ...]:
    """The levels of an area and of what lies in it, coarsest first: not every city of a province has each."""
    levels = view.areas.levels
    below = levels[levels.index(view.areas.level[row]) + 1 :]
    return (view.areas.level[row], *(level for level in below if len(view.areas.of_level(level, row))))


def next_level(view: View, row: int) -> str | None:
    """The level one drills to from an area: its children's, then its cells; None at the bottom."""
    children = view.areas.children(row)
    if len(children):
        return str(view.areas.level[children[0]])
    return "cell" if len(cells_inside(view, row)) else None


def cells_inside(view: View, row: int) -> NDArray[np.int32]:
    """Rows of the cells that lie in an area, whole or in part."""
    return view.cells_of(row)
