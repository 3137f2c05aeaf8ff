"""Who may mend an assignment: never nobody.

The assigning authority where it may correct in the system; else the system's first corrector; else the district where
the person is; else the city. An owner is a word ``name<TAB>basis``, basis assigner, system, district or city. In a
ledger of several cities one that is called after a district whose name several bear has its city's name before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.city import System
from grid.arrays import Bools
from grid.codes.columns import Columns
from grid.codes.context import Context
from grid.codes.words import Coded, distinct
from grid.namesakes import in_city, namesakes

#: What a city file writes for the name of the district where a person is.
PLACE = "{district}"


@dataclass(frozen=True, slots=True)
class Owned:
    """``owner``: who may mend each row; ``no_right``: rows whose authority may not assign in their system."""

    owner: Coded
    no_right: Bools


def owned(columns: Columns, authority: Coded, context: Context) -> Owned:
    """Owners of every row; each distinct (system, authority, district) is looked at once."""
    district, areas = context.district[columns.leaf], context.geography.areas
    key = columns.system.astype(np.int64) * len(authority.words) + authority.code
    first, case = distinct(key * len(areas) + district)
    rows = district[first].tolist()
    cases = [
        (context.systems[columns.system[at]], authority.words[authority.code[at]], areas.name[row] if row else "")
        for at, row in zip(first.tolist(), rows, strict=True)
    ]
    twice = namesakes(areas)
    found = [
        in_city(areas, row, word) if word.startswith(twice) else word
        for row, word in zip(rows, (owner(*each, context.city) for each in cases), strict=True)
    ]
    words = sorted({"", *found})
    place = {word: at for at, word in enumerate(words)}
    no_right = np.array([not may_assign(*each) for each in cases], np.bool_)[case]
    return Owned(Coded(np.array([place[word] for word in found], np.int32)[case], words), no_right)


def owner(system: System, authority: str, district: str, city: str) -> str:
    """Who may mend what ``authority`` (its name, "" if unknown) assigned; ``district``: name or ""."""
    correctors = _named(system.correctors, district)
    trusted = correctors if system.correctors else _named(system.assigners, district)
    if authority and authority in trusted:
        return f"{authority}\tassigner"
    if correctors:
        return f"{correctors[0]}\tsystem"
    return f"{district}\tdistrict" if district else f"{city}\tcity"


def may_assign(system: System, authority: str, district: str) -> bool:
    """Whether the authority may assign in the system. One that nobody named is not doubted."""
    return not system.assigners or not authority or authority in _named(system.assigners, district)


def _named(names: list[str], district: str) -> list[str]:
    """The names with the district's filled in; what names a district is no one where there is none."""
    return [name.replace(PLACE, district) for name in names if district or PLACE not in name]
