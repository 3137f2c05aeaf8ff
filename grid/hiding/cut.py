"""Tables of people by many marks at once (codes by system, colour, age): shown down to a cut of the area tree.

**Rule.** A table has one row an area and one column a number. The columns are counts of people or assignments, in
*layers*: what a layer counts is split by a later one, or has nothing to do with it. A number is *safe* if it is nought
or at least the threshold k. A family is the areas below one area, with what of it is known no finer. An area is shown
in a layer only if every number of that layer is safe in its whole family, the area above it is shown in the layer, and
it is shown in the layers before. All or nothing: in a family nothing is hidden by itself. What two marks divide
together (has it, has it not) stands there with both halves.

**What is promised.** From all that is shown of a day, every hidden number that is small can be anything in an interval
at least k wide; but for noughts that a nought shown above holds, which are no secret.

**Proof.** Let area n be hidden in a layer with the number x of a mark, and p the nearest area above that is shown in
it; x(p) >= k or everything below is nought. Layers after this one are hidden at n too. Of the layers before it n may be
shown: let s be the number at n of those whom the layer splits, s(p) at p. Whoever stands in p as one of s(p) can change
the mark with anybody else of them without changing a number that is shown, because no shown number holds the mark
together with a place inside p. So x takes every value from max(0, s + x(p) - s(p)) to min(s, x(p)): as wide as the
least of s, s(p) - s, x(p) and s(p) - x(p). Each of these is a sum of safe numbers of one family or one layer, so
nought or at least k. Where one is nought, x is nought or all of s or x(p), which is shown and not small. Where n is
shown in no layer, x runs from nought to x(p). (tests/grid/hiding: linear programs over random cities.)

A layer may be *barred* from areas whose numbers another rule hides. Days are apart: no number that is shown says who
joined or left from one day to the next (:class:`First`: and a day is told once).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grid.areas import Areas
from grid.hiding.chain import Day, Tellings
from grid.hiding.nodes import Flags, Wide


def safe(numbers: NDArray[np.integer] | NDArray[np.floating], k: int) -> Flags:
    """Which numbers are nought or at least ``k``."""
    return np.asarray((numbers == 0) | (numbers >= k))


def cut(areas: Areas, layers: Sequence[Wide], k: int, barred: Flags | None = None) -> list[Flags]:
    """(areas,) where each layer is shown. ``layers``: (areas, columns) numbers each; ``barred``: (areas,) where none
    of them may be shown."""
    within = np.ones(len(areas), np.bool_)
    closed = np.zeros(len(areas), np.bool_) if barred is None else barred
    found = []
    for numbers in layers:
        within = _open(areas, safe(numbers, k).all(axis=1) & ~closed, _rest(areas, numbers), k) & within
        within = _downwards(areas, within)
        found.append(within)
    return found


def with_rest(part: Wide, whole: Wide) -> Wide:
    """(areas, 2) a part and what of the whole is not in it."""
    return np.stack([part, whole - part], axis=1)


def _rest(areas: Areas, numbers: Wide) -> Wide:
    """(areas, columns) what of each area is in none below it; nought where there are none."""
    below = np.zeros_like(numbers)
    np.add.at(below, areas.parent[1:], numbers[1:])
    has = np.zeros(len(areas), np.bool_)
    has[areas.parent[1:]] = True
    return np.asarray(np.where(has[:, None], numbers - below, 0))


def _open(areas: Areas, fine: Flags, rest: Wide, k: int) -> Flags:
    """Whether the family of each area is safe; the city is its own."""
    family: Flags = np.asarray(safe(rest, k).all(axis=1))
    family[areas.parent[1:][~fine[1:]]] = False
    return np.concatenate([fine[:1], family[areas.parent[1:]]])


def _downwards(areas: Areas, flags: Flags) -> Flags:
    """Those flagged whose areas above are all flagged; parents stand before their children."""
    found = flags.copy()
    for row in range(1, len(areas)):
        found[row] &= found[areas.parent[row]]
    return found


class First:
    """The one telling of each day that is shown: the first that was whole.

    What comes later about a day would tell, by its difference, whom it changed. Sources that are late are waited for
    as :mod:`grid.hiding.chain` waits; until then nothing of the day is shown. ``told``: (day, source, load) up to a
    version, oldest load first.
    """

    def __init__(self, told: Sequence[tuple[Day, str, int]]) -> None:
        self._tellings, self._newest = Tellings(told), max((load for *_, load in told), default=0)

    def load(self, day: Day) -> int | None:
        """The load as of which the day is shown; None while it is held back."""
        loads = (load for load in self._tellings.loads(day) if load <= self._newest)
        return next((load for load in loads if self._tellings.complete(day, load)), None)
