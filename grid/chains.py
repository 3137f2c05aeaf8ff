"""Who is above whom: the units that an event can belong to, from the finest that is known of it up to the city."""

from __future__ import annotations

from data.city import City
from data.errors import AreaNotFound
from grid.areas import Areas, successor
from grid.geography import Geography


class Chains:
    """The area tree as the book of events asks it (data.events.owner.Tree)."""

    def __init__(self, geography: Geography, city: City) -> None:
        self.areas: Areas = geography.areas
        self.leaves, self.retired = geography.leaves, city.retired

    def chain(self, area: str, cell: str = "") -> tuple[tuple[str, str], ...]:
        """(level, code) from the area up to the city, or from the area that holds most of the cell, where that lies in
        it or no area is told. A code that another took over stands for that one. AreaNotFound."""
        row = self._row(area) if area else None
        held = self._held(cell)
        if row is None and held is None:
            raise AreaNotFound(area=area or cell, hint="")
        if row is None or (held is not None and row <= held < self.areas.last[row]):
            row = held
        assert row is not None
        return tuple((self.areas.level[step], self.areas.code[step]) for step in reversed(self.areas.path(row)))

    def meets(self, area: str, cell: str) -> bool:
        """Whether a cell lies in an area, if only with a part of it; one that the city's grid does not have may.
        AreaNotFound."""
        row, held = self._row(area), self._held(cell)
        if held is None or row <= held < self.areas.last[row]:
            return True
        parts = self.leaves.area[self.leaves.cell == self.leaves.cells.row_of[cell]]
        return bool(((parts >= row) & (parts < self.areas.last[row])).any())

    def _row(self, code: str) -> int:
        row_of = self.areas.row_of
        row = row_of.get(code, row_of.get(successor(code, self.retired)))
        if row is None:
            raise AreaNotFound(area=code, hint="")
        return row

    def _held(self, cell: str) -> int | None:
        """The row of the finest area that holds most of a cell; None of one that the city's grid does not have."""
        at = self.leaves.cells.row_of.get(cell)
        return None if at is None else int(self.leaves.area[self.leaves.home[at]])
