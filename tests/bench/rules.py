"""The rule engine against an oracle written from the notices' text: histories that they see differently.

10,000 persons (identities, tests, contacts, in four cities) and 5,000 zones, seeded; each is looked at on several
days, which crowd around the boundaries (13/14 and 20/21 days of codes; 6/7, 9/10 and 4/5 of zones; the day on which
one notice takes another's place). The oracle walks through the calendar; the engine jumps from event to event.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from data.rules import Rulebook, rulebook
from data.rules.clock import History, colour_on
from data.rules.zone_clock import zone_in
from tests.bench.table import Verdict, show
from tests.data.rules.against import code_differences, zone_differences
from tests.data.rules.histories import CodeHistory, ZoneHistory, code_histories, zone_histories

PERSONS, ZONES, SEED = 10_000, 5_000, 2021


def run() -> Verdict:
    """How many histories were compared and how many differ."""
    rules = rulebook()
    persons, zones = [*code_histories(PERSONS, SEED)], [*zone_histories(ZONES, SEED)]
    start = time.perf_counter()
    wrong = [*code_differences(persons, rules)]
    middle = time.perf_counter()
    wrong_zones = [*zone_differences(zones, rules)]
    seconds = (middle - start, time.perf_counter() - middle)
    for line in (*wrong[:5], *wrong_zones[:5]):
        print(line)
    _tell(rules, persons, zones, (len(wrong), len(wrong_zones)), seconds)
    bad = len(wrong) + len(wrong_zones)
    figures = f"{bad} mismatches in {len(persons):,} histories of codes and {len(zones):,} of zones"
    return Verdict(figures, "goal: 0 in 10,000 and 5,000", bad == 0)


def _tell(
    rules: Rulebook,
    persons: Sequence[CodeHistory],
    zones: Sequence[ZoneHistory],
    wrong: tuple[int, int],
    seconds: tuple[float, float],
) -> None:
    rows = [
        ("codes", len(persons), sum(len(one.days) for one in persons), wrong[0], seconds[0], _colours(rules, persons)),
        ("zones", len(zones), sum(len(one.days) for one in zones), wrong[1], seconds[1], _risks(rules, zones)),
    ]
    show(
        ("", "histories", "looked at", "mismatches", "seconds", "what came out"),
        [(name, f"{n:,}", f"{looked:,}", bad, f"{s:.1f}", shares) for name, n, looked, bad, s, shares in rows],
    )


def _colours(rules: Rulebook, persons: Sequence[CodeHistory]) -> str:
    found = Counter(
        colour_on(History(one.identities, one.tests, one.contacts), rules, day, one.area).colour
        for one in persons[:1000]
        for day in one.days
    )
    return _shares(found)


def _risks(rules: Rulebook, zones: Sequence[ZoneHistory]) -> str:
    return _shares(Counter(zone_in(z.start, z.kind, z.cases, rules, day).state for z in zones[:1000] for day in z.days))


def _shares(found: Counter[str]) -> str:
    return ", ".join(f"{word} {100 * n / found.total():.0f} %" for word, n in found.most_common())
