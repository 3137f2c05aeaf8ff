"""Who may mend an assignment: never nobody.

The assigning authority where it may correct in the system; else the system's first corrector; else the district where
the person is; else the city. An owner is a word ``name<TAB>basis``, basis assigner, system, district or city.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.city import System
from grid.arrays import Bools
from grid.codes.columns import Columns
from grid.codes.context import Context
from grid.codes.words import Coded, distinct

#: What a city file writes for the name of the district where a person is.
PLACE = "{district}"


@dataclass(frozen=True, slots=True)
class Owned:
    """``owner``: who may mend each row; ``no_right``: rows whose authority may not assign in their system."""

    owner: Coded
    no_right: Bools


def owned(columns: Columns, authority: Coded, context: Context) -> Owned:
    """Owners of every row; each distinct (system, authority, district) is looked at once."""
    district = context.district[columns.leaf]
    areas, many = len(context.geography.areas), len(authority.words)
    key = (columns.system.astype(np.int64) * many + authority.code) * areas + district
    first, case = distinct(key)
    name = context.geography.areas.name
    cases = [
        (
            context.systems[columns.system[at]],
            authority.words[authority.code[at]],
            name[district[at]] if district[at] else "",
        )
        for at in first.tolist()
    ]
    found = [owner(*case, context.city) for case in cases]
    words = sorted({"", *found})
    place = {word: at for at, word in enumerate(words)}
    no_right = np.array([not may_assign(*case) for case in cases], np.bool_)[case]
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
