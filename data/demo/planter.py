"""Puts planted people and their rows together one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data.demo.areas import Town
from data.demo.assigned import born
from data.demo.clauses import CLAUSES
from data.demo.homes import Homes, lived
from data.demo.measures import Measures
from data.demo.offices import Offices
from data.demo.records import (
    FAULTS,
    FIRST_BATCH,
    HARM,
    IDENTITY,
    NEVER,
    NO_DAY,
    OPERATORS,
    RED,
    ROW,
    YELLOW,
    Ints,
    Records,
    clause,
)  # fmt: skip

HARMED = 0.35  # share of the people who stand to lose something
NEAR = 7  # days: deadlines lie within so many of the last day


@dataclass
class Planter:
    """Puts people and their rows together one by one."""

    town: Town
    found: Measures
    random: np.random.Generator
    offices: Offices
    homes: Homes
    window: int
    first: int
    people: list[Records] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    tests: list[tuple[int, int, bool]] = field(default_factory=list)
    stays: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The last day."""
        return self.town.size.days - 1

    def someone(self, met: int | None, homes: Ints | None = None) -> int:
        """A new person, who met the infection on the day ``met`` (or never did); at home in one of ``homes``."""
        place = lived(self.town, 1, self.random)[0] if homes is None else self.random.choice(homes)
        person = born(self.random, self.town, np.array([place]), np.array([NO_DAY if met is None else met]))
        person["holds"] = 7
        self.people.append(person)
        return self.first + len(self.people) - 1

    def home(self, person: int) -> int:
        """The place where somebody lives."""
        return int(self.people[person - self.first]["place"][0])

    def district(self, person: int) -> int:
        """The district where somebody lives."""
        return int(self.town.place_district[self.home(person)])

    def assign(
        self, fault: str, person: int, systems: Iterable[int], stage: str, since: int, cleared: int = NEVER, **more: Any
    ) -> None:
        """Rows of one stage in ``systems``. ``more``: fields of a row that differ from what the stage says."""
        at = clause(stage)
        told = {
            "colour": RED if CLAUSES[at].colour == "red" else YELLOW, "clause": at, "word": at + 1,
            "identity": IDENTITY.index(CLAUSES[at].identity), "evidence": person + 1, "evidence_day": since - 1,
            "operator": person % OPERATORS + 1, "batch": max(since + FIRST_BATCH, 1), "deadline": NO_DAY, "group": 0,
            "harm": 0, "fault": FAULTS.index(fault), "person": person, "since": since, "cleared": cleared, **more,
        }  # fmt: skip
        for system in systems:
            told["system"] = system
            told["authority"] = more.get("authority", self.authority(system, person))
            self.rows.append(tuple(told[name] for name in ROW.names or ()))

    def authority(self, system: int, person: int) -> int:
        """One of those who may assign in a system, by turns."""
        may = self.offices.entitled(system, self.district(person))
        return may[person % len(may)]

    def tested(self, person: int, days: Iterable[int]) -> None:
        """Negative tests of somebody."""
        self.tests += [(person, day, False) for day in days]

    def harm(self) -> dict[str, int]:
        """What somebody stands to lose, for some."""
        if self.random.random() >= HARMED:
            return {}
        deadline = self.last + int(self.random.integers(-NEAR, NEAR + 1))
        return {"harm": int(self.random.integers(1, len(HARM))), "deadline": deadline}

    def day(self, first: int, last: int) -> int:
        """A day of ``first``..``last``."""
        return int(self.random.integers(first, last + 1))
