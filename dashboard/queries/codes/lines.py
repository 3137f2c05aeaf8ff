"""What the questions about codes answer with: colours, ages, owners, conflicts, provenance, rates, tickets.

A count is None where no ledger speaks of the day or the system at all (missing), HIDDEN where it may not be shown;
nought is nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

from dashboard.queries.days import Day
from dashboard.queries.hidden import Count
from data.city import System
from data.notices import Notice
from data.rules import Clause, Pack
from data.rules.verdict import Verdict
from data.store import Load

#: Buckets of terms.OVERDUE that are overdue: every condition was met, and the code stands.
LATE = ("due", "week", "weeks", "stuck")

#: Systems that are held against each other person by person: rows, columns, panels of a matrix.
MATRIX = 3


@dataclass(frozen=True)
class SystemColours:
    """One code system and how many people have each colour in it (id of terms.CODES -> people, None: not told);
    ``assigned`` and ``cleared``: red and yellow of this day."""

    system: System
    counts: Mapping[str, int | None]
    assigned: Count | None
    cleared: Count | None

    @property
    def total(self) -> int | None:
        """People of any colour; None where no colour is told."""
        return sum_known(self.counts.values())


@dataclass(frozen=True)
class Ages:
    """Assignments that are not green by bucket of terms.OVERDUE."""

    counts: Mapping[str, Count]

    @property
    def late(self) -> Count:
        """How many are overdue."""
        return sum(self.counts[bucket] for bucket in LATE)

    @property
    def open(self) -> Count:
        """How many there are."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Whole(Ages):
    """The same where the buckets may not be shown: how many are overdue (``some``) of how many (``all_``)."""

    some: Count
    all_: Count

    @property
    def late(self) -> Count:
        """How many are overdue."""
        return self.some

    @property
    def open(self) -> Count:
        """How many there are."""
        return self.all_


@dataclass(frozen=True)
class Owner:
    """Who can mend: ``name``, and why it is they (``bases``: assigner, system, district, city); how many of theirs
    are overdue and ``near`` a harm's day (None: no ticket tells any more)."""

    name: str
    bases: Sequence[str]
    ages: Ages
    near: int | None = 0


@dataclass(frozen=True)
class Overdue:
    """What is overdue in an area: in all, by system (None: not told), by owner, most overdue first."""

    ages: Ages
    systems: Sequence[tuple[System, Ages | None]]
    owners: Sequence[Owner]
    near: Count | None

    @property
    def by_system(self) -> Mapping[str, Ages | None]:
        """Ages by the system's id."""
        return {system.id: ages for system, ages in self.systems}


@dataclass(frozen=True)
class CodesBelow:
    """One area below, or the part of the area that is known no finer (``code`` "")."""

    code: str
    name: str
    level: str
    ages: Ages
    conflicts: Count | None


@dataclass(frozen=True)
class Conflicts:
    """How people's colours combine: ``combinations`` (one number a system, see known_colours) -> people; ``people``
    whose systems disagree; ``blocked_by`` exactly one system; ``oldest``: days that the oldest disagreement stands.
    Where the systems of the day come in ledgers apart, persons cannot be compared: no combinations, all else None."""

    systems: Sequence[System]
    combinations: Mapping[tuple[int, ...], int]
    people: int | None
    blocked_by: Mapping[str, int | None]
    oldest: int | None

    @property
    def blocked(self) -> int | None:
        """People whom one system alone blocks."""
        known = [n for n in self.blocked_by.values() if n is not None]
        return sum(known) if self.people is not None else None

    @cached_property
    def shown(self) -> Mapping[str, int]:
        """People by their colours in the first MATRIX systems, as digits; those without a code in one left out."""
        return {digits: n for digits, n in self._digits.items() if "0" not in digits}

    @property
    def unknown(self) -> int:
        """People without a code in one of the first MATRIX systems."""
        return sum(n for digits, n in self._digits.items() if "0" in digits)

    @cached_property
    def _digits(self) -> Mapping[str, int]:
        found: dict[str, int] = dict.fromkeys(map("".join, product("123", repeat=min(MATRIX, len(self.systems)))), 0)
        for combination, n in self.combinations.items():
            digits = "".join(map(str, combination[:MATRIX]))
            found[digits] = found.get(digits, 0) + n
        return found


@dataclass(frozen=True)
class Burst:
    """Assignments of one system, authority and day whose people share ``group``."""

    system: System
    authority: str
    day: Day
    group: str
    n: int
    without: int

    @property
    def id(self) -> str:
        """What tells it from the others."""
        return f"{self.system.id}|{self.authority}|{self.day}|{self.group}"


@dataclass(frozen=True)
class Provenance:
    """Tickets by flag (id of terms.EXCEPTIONS), and the bursts, largest first."""

    flags: Mapping[str, Count]
    bursts: Sequence[Burst]


@dataclass(frozen=True)
class Rate:
    """One authority: what it has open, and what it assigned and cleared on each of the days (None: no ledger)."""

    name: str
    open: Count
    late: Count
    assigned: Sequence[int | None]
    cleared: Sequence[int | None]

    @property
    def given(self) -> int:
        """Assigned on all of the days."""
        return sum(n for n in self.assigned if n)

    @property
    def lifted(self) -> int:
        """Cleared on all of them."""
        return sum(n for n in self.cleared if n)

    @property
    def ratio(self) -> float | None:
        """Cleared for each that was assigned; None where none was."""
        return self.lifted / self.given if self.given else None


@dataclass(frozen=True)
class Rates:
    """Assigning against clearing."""

    days: Sequence[Day]
    authorities: Sequence[Rate]

    @cached_property
    def assigned(self) -> Mapping[Day, int | None]:
        """By all authorities on each day."""
        return {day: sum_known(one.assigned[n] for one in self.authorities) for n, day in enumerate(self.days)}

    @cached_property
    def cleared(self) -> Mapping[Day, int | None]:
        """The same of what was cleared."""
        return {day: sum_known(one.cleared[n] for one in self.authorities) for n, day in enumerate(self.days)}

    @property
    def most(self) -> int:
        """The most of either on one day."""
        return max((n for one in (self.assigned, self.cleared) for n in one.values() if n is not None), default=0)


@dataclass(frozen=True)
class Wanted:
    """Which tickets: None or "" leaves open. ``flag``: of terms.EXCEPTIONS; ``system``: id; ``owner`` (its name),
    ``authority``, ``group``: words; ``overdue``: bucket or "late"; ``colour``: id of terms.CODES; ``colours``: a
    combination as digits; ``since``: day of assignment; ``near``: only those near a harm."""

    flag: str | None = None
    system: str | None = None
    owner: str | None = None
    authority: str | None = None
    group: str | None = None
    overdue: str | None = None
    colour: str | None = None
    colours: str | None = None
    since: Day | None = None
    near: bool = False


@dataclass(frozen=True)
class TicketLine:
    """One ticket in a list. ``place``: names from the district down; ``late``: days overdue, None while it is not."""

    id: str
    place: Sequence[str]
    system: System
    colour: str
    flags: Sequence[str]
    since: Day | None
    ends: Day | None
    due: Day | None
    late: int | None
    owner: str
    basis: str
    harm: str
    deadline: Day | None
    clause: str
    authority: str


class Tickets(NamedTuple):
    """A page of tickets, and how many there are in all."""

    lines: Sequence[TicketLine]
    total: int


@dataclass(frozen=True)
class TicketFull:
    """One assignment with everything that is known of it, and why it is as it is. ``colours``: in each system (None:
    no code); ``registered``: name of the area, "" not stated; ``elsewhere``: registered outside the city; ``notices``:
    those that the rule stands in; ``rules_changed``: the rulebook is no longer the one that the day was told by, as
    ``verdict`` is by today's."""

    line: TicketLine
    day: Day
    person: str
    identity: str
    operator: str
    evidence: str
    evidence_day: Day | None
    batch: str
    group: str
    negative: Day | None
    positive: Day | None
    contact: Day | None
    registered: str
    elsewhere: bool
    colours: Sequence[tuple[System, str | None]]
    verdict: Verdict
    clause: Clause | None
    pack: Pack | None
    notices: Sequence[Notice]
    load: Load
    row: int
    rules_changed: bool = False

    @property
    def days(self) -> int:
        """How many days it is overdue; while it is not, for how many it stands."""
        return self.line.late if self.line.late is not None else (self.day - (self.line.since or self.day)).days


def sum_known(numbers: Iterable[int | None]) -> int | None:
    """The sum of what is told; None where nothing is."""
    known = [n for n in numbers if n is not None]
    return sum(known) if known else None
