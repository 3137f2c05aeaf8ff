"""Computes the table of deploy/SIZING.md from its unit costs: ``python -m tests.sizing`` prints it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[1] / "deploy" / "SIZING.md"

#: Counts told a day, by density: see the page.
DENSE, SOME, RARE = 6, 12, 42
DAYS = 730
#: People for one official, and the share of officials at work at once.
PEOPLE, AT_WORK = 10_000, 0.5
#: Points (tests, check-ins) of a person a day.
POINTS = 0.5


@dataclass(frozen=True)
class Place:
    """``apart``: stores of its own, with web processes of its own, that it is divided into; ``cities`` that tell."""

    name: str
    people: int
    leaves: int
    cities: int = 1
    apart: int = 1


PLACES = (
    Place("town", 500_000, 3_200),
    Place("city of 25 million", 25_000_000, 56_000),
    Place("province of 16 cities", 60_000_000, 250_000, cities=16),
    Place("country of 31 provinces", 1_400_000_000, 5_000_000, cities=336, apart=31),
)


def units(page: str | None = None) -> dict[str, float]:
    """id -> cost, as the page says."""
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([0-9.]+) \|", page or PAGE.read_text("utf-8"), re.MULTILINE)
    return {name: float(cost) for name, cost in rows}


def row(place: Place, cost: dict[str, float]) -> str:
    """The line of a place."""
    bodies = place.leaves * (DENSE * cost["dense"] + SOME * cost["some"] + RARE * cost["rare"])
    slabs = (DENSE + SOME + RARE) * place.cities
    counting = (place.people * cost["code"] + place.people * POINTS * cost["point"]) / 1e6
    store = DAYS * ((bodies + place.leaves * cost["said"]) * cost["stored"] + slabs * cost["row"]) / 1e9
    chain = DAYS * place.people * cost["red"] * cost["chain"] / 1e9
    readers = math.ceil(place.people / PEOPLE * AT_WORK)
    cores = place.apart * max(2, math.ceil(readers / place.apart * cost["asks"] / cost["reader"]))
    memory = cores * (cost["web"] + place.leaves / place.apart * cost["shown"] / 1e3) / 1e3
    figures = (f"{place.people:,}", f"{place.leaves:,}", f"{counting / 60:.1f}", f"{slabs:,}", f"{store:,.1f}",
               f"{chain:,.1f}", f"{readers:,}", f"{cores:,}", f"{memory:,.1f}", f"{cores * cost['linked']:,.0f}")  # fmt: skip
    return f"| {place.name} | {' | '.join(figures)} |"


if __name__ == "__main__":
    print(*(row(place, units()) for place in PLACES), sep="\n")
