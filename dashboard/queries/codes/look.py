"""One area on one day, as the ledgers of codes tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.queries.codes.state import Rows, State
from dashboard.queries.deliveries import part_of
from data.city import City, System
from data.code_days import WORDS
from data.words import Lang
from grid.cube import View


def systems_in(city: City, view: View, row: int) -> list[System]:
    """The systems in the order of the city file, each as it is called where an area lies: of a province's systems those
    of another city alone by their id, whose name and owner are nobody else's."""
    part = part_of(city, view.areas.code[max(view.areas.ancestor(row, "city"), 0)])
    if part is None or part is city:
        return list(city.systems)
    own = {system.id: system for system in part.systems}
    return [
        own.get(one.id) or (one if one.level != "city" else System(id=one.id, name=one.id, owner=""))
        for one in city.systems
    ]


@dataclass(frozen=True)
class Look:
    """One area on one day; ``named``: the systems as its people know them."""

    view: View
    row: int
    state: State
    named: Sequence[System]

    @property
    def systems(self) -> list[System]:
        """The systems by place in the words."""
        known = {system.id: system for system in self.named}
        return [known.get(id) or System(id=id, name=id, owner="") for id in self.state.words["system"]]

    @property
    def code(self) -> str:
        """The area's code."""
        return self.view.areas.code[self.row]

    @property
    def span(self) -> tuple[int, int]:
        """Leaves of the area."""
        return int(self.view.areas.lo[self.row]), int(self.view.areas.hi[self.row])

    @property
    def groups(self) -> Rows:
        """All groups of the area."""
        return self.state.groups[self.state.inside(self.state.groups, *self.span)]

    @property
    def open(self) -> Rows:
        """Those that stand."""
        return self.state.open_groups(*self.span)

    @property
    def combinations(self) -> Rows:
        """How colours combine in the area."""
        return self.state.combinations[self.state.inside(self.state.combinations, *self.span)]

    @property
    def tickets(self) -> Rows:
        """The tickets of the area."""
        return self.state.tickets[self.state.inside(self.state.tickets, *self.span)]

    @property
    def words(self) -> dict[str, list[str]]:
        """Of the words of its ledgers those that stand in the area's groups and tickets, by kind."""
        rows = (self.groups, self.tickets)
        kinds = ((name, [part[name] for part in rows if name in (part.dtype.names or ())]) for name in WORDS)
        used = {name: [np.unique(part) for part in parts] for name, parts in kinds}
        rows_of = {name: np.unique(np.concatenate(parts)) for name, parts in used.items()}
        return {name: [self.state.words[name][at] for at in at_rows] for name, at_rows in rows_of.items()}

    def origin(self, at: int) -> int:
        """Which code day the ticket at ``at`` of the area is of."""
        return int(self.state.origin[self.state.inside(self.state.tickets, *self.span)][at])

    def area_of(self, leaf: int) -> int:
        """Row of the area of a leaf."""
        return int(self.view.leaves.area[leaf])

    def place(self, leaf: int, lang: Lang) -> list[str]:
        """The names from the district down to a leaf's area; the city's where it is known no finer."""
        areas = self.view.areas
        path = areas.path(self.area_of(leaf))
        return [areas.label(row, lang) for row in path[1:] or path]
