"""Random histories, seeded; days crowd around the boundaries that the notices speak of."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

Day = dt.date
AREAS = ("410105", "410105003", "410305", "231102", "310101")
IDENTITIES = (
    "close_contact", "secondary_contact", "entrant", "risk_area", "stayer", "stay_home", "stay_in", "registered", "case",
)  # fmt: skip
EDGES = (0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22)


def after(day: Day, days: int) -> Day:
    return day + dt.timedelta(days)


@dataclass(frozen=True)
class CodeHistory:
    """Of one person, and the days on which it is looked at."""

    identities: tuple[tuple[Day, str, str], ...]
    tests: tuple[tuple[Day, bool], ...]
    contacts: tuple[Day, ...]
    area: str
    days: tuple[Day, ...]


@dataclass(frozen=True)
class ZoneHistory:
    """Of one zone, and the days on which it is looked at."""

    kind: str
    start: Day
    cases: tuple[Day, ...]
    days: tuple[Day, ...]


def code_histories(number: int, seed: int) -> Iterator[CodeHistory]:
    """Persons of August to November 2021."""
    rng = random.Random(seed)
    for _ in range(number):
        area = rng.choice(AREAS)
        first = Day(2021, 10, 25) if area.startswith("23") else Day(2021, 7, 29)
        start = after(first, rng.randrange(16))
        offsets = [0, *(rng.choice(EDGES) for _ in range(rng.choice((0, 0, 1, 2))))]
        identities = tuple(
            (after(start, d), rng.choice(IDENTITIES[:-1] if rng.random() < 0.97 else IDENTITIES), "") for d in offsets
        )
        marks = (12, 13, 14, 15, 16, 19, 20, 21, 22, 23)
        often = rng.choice((0.1, 0.35, 0.8))
        tested = sorted({d for d in (*marks, *(rng.randrange(40) for _ in range(4))) if rng.random() < often})
        tests = tuple((after(start, d), rng.random() < 0.02) for d in tested)
        contacts = tuple(after(start, rng.choice(EDGES)) for _ in range(rng.choice((0, 0, 0, 0, 1, 2))))
        at = sorted({*(rng.choice(EDGES) for _ in range(3)), 13, 14, 20, 21, rng.randrange(60)})
        yield CodeHistory(identities, tests, contacts, area, tuple(after(start, d) for d in at))


def zone_histories(number: int, seed: int) -> Iterator[ZoneHistory]:
    """Zones of the 9th plan, of the twenty measures, and of the days between."""
    rng = random.Random(seed)
    for _ in range(number):
        first = rng.choice((Day(2022, 7, 1), Day(2022, 11, 12), Day(2022, 10, 25), Day(2022, 11, 1)))
        start = after(first, rng.randrange(12))
        kind = rng.choice(("high", "high", "middle", "lockdown", "control"))
        offsets = [
            rng.choice((*EDGES, -1, -2, -4, -5, -6, -7, -8, 4, 17)) for _ in range(rng.choice((0, 1, 1, 2, 3, 5)))
        ]
        cases = tuple(after(start, d) for d in offsets)
        at = {6, 7, 9, 10, *(rng.choice(EDGES) for _ in range(3)), rng.randrange(32)}
        at |= {d + more for d in offsets for more in (4, 5, 6, 7, 9, 10) if d + more >= 0}
        yield ZoneHistory(kind, start, cases, tuple(after(start, d) for d in sorted(at)))
