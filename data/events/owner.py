"""Whose an event is: the unit at the class's level, or the next coarser one that is known; never nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from data.errors import AreaNotFound
from data.events.classes import EventClass
from data.terms import LEVELS

#: (level, code) from the finest unit to the city; never empty.
Chain = tuple[tuple[str, str], ...]

_ORDER = list(LEVELS)


class Tree(Protocol):
    """The units of a city."""

    def chain(self, area: str, cell: str = "") -> Chain:
        """From ``area`` (or the area that holds ``cell``, where that is finer or no area is told) up to the city.
        AreaNotFound."""


@dataclass(frozen=True)
class Units:
    """A tree made of a table. ``units``: code -> (level, code of the unit above; "": the city); ``cells``: cell ->
    code of the finest area that holds it."""

    units: Mapping[str, tuple[str, str]]
    cells: Mapping[str, str] = field(default_factory=dict)

    def chain(self, area: str, cell: str = "") -> Chain:
        """See Tree."""
        code = self.cells.get(cell, area) if cell else area
        if area and code != area and area not in self.units:
            raise AreaNotFound(area=area, hint="")
        found: list[tuple[str, str]] = []
        while code:
            if code not in self.units:
                raise AreaNotFound(area=code, hint="")
            level, above = self.units[code]
            found.append((level, code))
            code = above
        if not found:
            raise AreaNotFound(area=area or cell, hint="")
        return tuple(found)


def owner_of(klass: EventClass, chain: Chain) -> tuple[str, str]:
    """(level, code) of who owns a new event of ``klass`` at the end of ``chain``: the unit of its level, else the next
    coarser one, and at last the city."""
    wanted = _ORDER.index(klass.level)
    return next((unit for unit in chain if _ORDER.index(unit[0]) <= wanted), chain[-1])


def superior(tree: Tree, owner: tuple[str, str]) -> tuple[str, str]:
    """(level, code) of the unit above; the owner itself where that is the city, or the tree knows it no more."""
    try:
        chain = tree.chain(owner[1])
    except AreaNotFound:
        return owner
    return chain[1] if len(chain) > 1 else owner
