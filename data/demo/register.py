"""The figures of the ledger's days, for truth.json."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from data.demo.areas import Town
from data.demo.offices import SYSTEMS, Offices
from data.demo.records import HARM, Assigned, Records
from data.demo.verdicts import COLOURS, Day

KEYS = ("open", "overdue", "assigned", "cleared", "flags", "owners", "combinations", "harms")


class Register:
    """Adds up judged days, by code of the district."""

    def __init__(self, town: Town, assigned: Assigned, desk: Offices, days: range) -> None:
        self.town, self.assigned, self.desk, self.days = town, assigned, desk, days
        self.figures: dict[str, dict[tuple[str, ...], list[int]]] = {key: {} for key in KEYS}

    def note(self, day: int, judged: Day) -> None:
        """Adds one day."""
        rows, at = judged.open, day - self.days.start
        system, district = self._where(rows)
        self._add("open", at, zip(system, (COLOURS[c] for c in rows["colour"].tolist()), district, strict=True))
        self._add("overdue", at, zip(system, judged.bucket, district, strict=True))
        self._add("assigned", at, _at(np.flatnonzero(rows["since"] == day).tolist(), system, district))
        self._add("cleared", at, zip(*self._where(judged.cleared), strict=True))
        for flag, mask in judged.flags.items():
            self._add("flags", at, ((flag, *each) for each in _at(np.flatnonzero(mask).tolist(), system, district)))
        late = rows[judged.flags["overdue"]]
        self._add("owners", at, ((owner,) for owner in self._owners(late)))
        words: dict[int | None, str] = {None: "none", **dict(enumerate(COLOURS))}
        self._add("combinations", at, (("/".join(words[c] for c in each),) for each in judged.colours.values()))
        flagged = np.logical_or.reduce(list(judged.flags.values()))
        near = rows[flagged & (rows["harm"] > 0) & (rows["deadline"] >= day)]
        self._add("harms", at, ((HARM[harm],) for harm in near["harm"].tolist()))

    def document(self) -> dict[str, Any]:
        """Figure -> its words one in another -> by-day numbers."""
        return {key: _nested(figures) for key, figures in self.figures.items()}

    def _where(self, rows: Records) -> tuple[list[str], list[str]]:
        """System and district of each row."""
        district = self.town.place_district[self.assigned.people["place"][rows["person"]]]
        codes = self.town.districts.codes
        return [SYSTEMS[s] for s in rows["system"].tolist()], [codes[d] for d in district.tolist()]

    def _owners(self, rows: Records) -> list[str]:
        """Who can mend each of ``rows``: name, tab, basis."""
        district = self.town.place_district[self.assigned.people["place"][rows["person"]]]
        asked = zip(rows["system"].tolist(), rows["authority"].tolist(), district.tolist(), strict=True)
        return [self.desk.owner(*each) for each in asked]

    def _add(self, key: str, at: int, found: Iterable[tuple[str, ...]]) -> None:
        for words in found:
            self.figures[key].setdefault(words, [0] * len(self.days))[at] += 1


def _at(rows: list[int], system: list[str], district: list[str]) -> Iterable[tuple[str, str]]:
    return ((system[row], district[row]) for row in rows)


def _nested(figures: dict[tuple[str, ...], list[int]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for words, numbers in sorted(figures.items()):
        inner = made
        for word in words[:-1]:
            inner = inner.setdefault(word, {})
        inner[words[-1]] = numbers
    return made
