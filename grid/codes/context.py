"""What stands beside a ledger of assignments: areas, systems, rules, and what is known of the persons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from data.city import System
from data.errors import AreaNotFound
from data.rules import Rulebook
from grid.areas import Areas
from grid.arrays import Bools, Cells, Rows
from grid.geography import Geography
from grid.statements import Day


@dataclass(frozen=True, slots=True)
class Known:
    """What the histories say of some rows, arrays of one length; data.code_days.NO_DAY where nothing.

    ``negative``: of the person's negative tests up to the day asked for the first on or after the row's ``proof``, else
    the last (data.rules.due.telling); ``positive``, ``contact``: the last positive test and the last contact up to that
    day. ``exposed``: the last day with a stay or a contact on or before the row's ``since``. ``tests``, ``stays``:
    whether any ledger of tests, of stays or contacts, is there at all; without one nobody waits for a test, and nobody
    is said never to have been exposed.
    """

    negative: Rows
    positive: Rows
    contact: Rows
    exposed: Rows
    tests: bool
    stays: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows about whose persons something is asked, arrays of one length.

    ``person``: see :func:`grid.codes.persons.person_keys` (one may occur more than once); ``since``: when the code was
    assigned; ``proof``: the earliest day of a negative test that would turn it.
    """

    person: Cells
    since: Rows
    proof: Rows


#: (rows, day) -> what is known of them on that day, in their order.
Histories = Callable[[Asked, Day], Known]

#: (leaves, first days, last days), arrays of one length -> whether a zone or a risk area touched each leaf on one of
#: its days; None: nothing of the sort is known.
Risky = Callable[[Rows, Rows, Rows], "Bools | None"]


@dataclass(frozen=True)
class Context:
    """All that an evaluation needs besides the rows.

    ``systems``: the city's, in order (their place is a row's ``system``). ``city``: its name. ``secret``: key of the
    pseudonyms that are kept. ``histories`` and ``risky``: None where nothing of the sort was ever loaded.
    """

    source: str
    geography: Geography
    systems: Sequence[System]
    city: str
    rulebook: Rulebook
    secret: str
    histories: Histories | None = None
    risky: Risky | None = None
    notes: dict[str, object] = field(default_factory=dict)

    @property
    def leaves(self) -> int:
        """How many leaves there are."""
        return len(self.geography.leaves)

    @cached_property
    def district(self) -> Rows:
        """Each leaf's district: row of the areas; 0, the city, for a leaf of none."""
        areas = self.geography.areas
        owner = np.zeros(len(areas), np.int32)
        for row in areas.of_level("district") if "district" in areas.levels else ():
            owner[row : areas.last[row]] = row
        return np.asarray(owner[self.geography.leaves.area], np.int32)

    @cached_property
    def governed(self) -> tuple[Rows, list[str]]:
        """(class of each leaf, an area code of each class): leaves of one class lie under the same packs."""
        areas = self.geography.areas
        prefixes = sorted({pack.area for pack in self.rulebook.packs})
        under = np.array([[code.startswith(prefix) for prefix in prefixes] for code in areas.code])
        _, first, kind = np.unique(under, axis=0, return_index=True, return_inverse=True)
        codes = [areas.code[row] for row in first.tolist()]
        return np.asarray(kind.reshape(-1)[self.geography.leaves.area], np.int32), codes


def registered_rows(words: Iterable[str | None], areas: Areas) -> Rows:
    """Row of the area that each word names, -1 for elsewhere, -2 where nothing is stated.

    A name that several areas of the city bear stands for the city: it is not elsewhere.
    """
    names = {*areas.name, *areas.name_en}

    def row(word: str | None) -> int:
        if not word:
            return -2
        try:
            return areas.find(word)
        except AreaNotFound:
            return 0 if word in names else -1

    return np.array([row(word) for word in words], np.int32)
