"""What the sources complain of, planted in known numbers: codes that stay, systems that disagree, no source row.

Everybody here is a person of their own beside those of the outbreak, at home somewhere in the city.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from data.demo.areas import Town
from data.demo.assigned import by_rule
from data.demo.clauses import CLAUSES, FRESH, LOOKBACK
from data.demo.geography import Scale
from data.demo.homes import Homes
from data.demo.measures import Measures
from data.demo.offices import CITY, CITY_HQ, NATIONAL, PROVINCIAL, Offices
from data.demo.packs import order_number
from data.demo.planter import Planter
from data.demo.records import (
    FAULTS,
    GREEN,
    GROUPS,
    NEVER,
    NO_DAY,
    RED,
    ROW,
    STAY,
    TEST,
    YELLOW,
    Assigned,
    words,
)  # fmt: skip
from data.demo.terrain import rng

#: How many times the town's number of each fault a city has, and the size of the batch that shares an attribute:
#: 1,317 people in 25 million, and never below the 50 that make a batch suspicious.
TIMES: dict[Scale, int] = {"town": 1, "city": 4, "megacity": 12, "province": 1}
BURST: dict[Scale, int] = {"town": 66, "city": 316, "megacity": 1317, "province": 66}
#: People a fault in the town.
NUMBER = {
    "late": 70, "waiting": 24, "stuck": 25, "no_evidence": 20, "stale_evidence": 15, "fresh_evidence": 6,
    "rule_not_in_force": 15, "no_right": 12, "conflict": 2, "blanket": 40,
}  # fmt: skip
BURST_AGE: dict[Scale, int] = {
    "town": 9,
    "city": 5,
    "megacity": 2,
    "province": 5,
}  # days before the last on which the batch was entered
SPREAD = 32  # days before the last in which the time of the late was up
SHORT = 4  # days that a wrong row stands before somebody takes it back
#: Lateness on the last day that stands on either side of each border of the ages.
BORDERS = (0, 1, 7, 8, 20, 21)
#: Systems in which a late person is still held, in turn.
HELD = ((0,), (1,), (2,), (0, 1), (1, 2), (0, 2), (0, 1, 2))


def assign_all(town: Town, scale: Scale, found: Measures, window: int) -> Assigned:
    """Everybody of the outbreak, and everybody planted; ``window``: last days of which a ledger will tell."""
    people, rows, tests, stays = by_rule(town, found)
    planter = Planter(town, found, rng(town.seed, "faults"), Offices(town), Homes(town, found), window, len(people))
    for plant in (
        _late, _waiting, _stuck, _no_evidence, _stale, _rule_not_in_force, _no_right, _burst, _conflict, _blanket,
    ):  # fmt: skip
        plant(planter, scale)
    return Assigned(
        np.concatenate([people, *planter.people]),
        np.concatenate([rows, np.array(planter.rows, ROW)]),
        np.concatenate([tests, np.array(planter.tests, TEST)]),
        np.concatenate([stays, np.array(planter.stays, STAY)]),
        words(order_number(town, found.blanket), town.size.tag),
    )


def _count(scale: Scale, fault: str) -> range:
    return range(NUMBER[fault] * TIMES[scale])


def _late(planter: Planter, scale: Scale) -> None:
    """Contacts whose time was up, with every test negative, and who are still yellow somewhere."""
    for number in _count(scale, "late"):
        border = BORDERS[number] if number < len(BORDERS) else None
        due = planter.last - (planter.day(0, SPREAD) if border is None else border)
        since, gone = due - 7, due + planter.day(1, 25)
        retested = number % 9 == 8  # tested again only days after the time was up
        due = due + 4 if retested else due
        person = planter.someone(since - 8)
        harm = planter.harm()
        held = HELD[number % len(HELD)]
        planter.assign("late", person, range(3), "contact_red", since - 7, since)
        planter.assign("late", person, set(range(3)) - set(held), "contact_yellow", since, due)
        stays_on = border is not None or number % 3
        planter.assign("late", person, held, "contact_yellow", since, NEVER if stays_on else max(gone, due + 1), **harm)
        planter.tested(person, (since - 1, since + 2, due - number % 3 if not retested else due))


def _waiting(planter: Planter, scale: Scale) -> None:
    """People whose time is up, and whose proof is missing: no test, one too early, or a contact since."""
    for number in _count(scale, "waiting"):
        since = planter.last - planter.day(7, 20)
        again = number % 3 == 2
        person = planter.someone(since + 2 if again else since - 3, planter.homes.near(since) if again else None)
        planter.tested(person, ((), (since + 7 - FRESH - 1,), (since + 6,))[number % 3])
        planter.assign("waiting", person, range(3), "risk_yellow", since, **planter.harm())


def _stuck(planter: Planter, scale: Scale) -> None:
    """Yellow for weeks after the time was up, of people who never were near the infection."""
    for number in _count(scale, "stuck"):
        since = planter.last - planter.day(28, 38)
        person = planter.someone(None, planter.homes.far)
        systems = ((PROVINCIAL,), (CITY, PROVINCIAL), (CITY,))[number % 3]
        planter.assign("stuck", person, systems, "risk_yellow", since, evidence_day=NO_DAY, **planter.harm())
        planter.tested(person, (since + 3, since + 6))
        if number % 4 == 0:  # somewhere, but too long ago to count
            planter.stays.append((person, since - LOOKBACK - 6, planter.home(person)))


def _short(planter: Planter, fault: str, number: int, **more: Any) -> None:
    """Somebody yellow for a few days some time ago or now, in one system or in all."""
    back = number // 2 % SHORT if number % 2 else planter.day(0, planter.window + SHORT - 1)
    since = planter.last - back
    person = planter.someone(since - 3)
    systems = ((CITY,), (PROVINCIAL,), (CITY, PROVINCIAL, NATIONAL))[number % 3]
    if "evidence_age" in more:
        more["evidence_day"] = since - more.pop("evidence_age")
    if more.pop("street", False):
        street = planter.town.communities.parent[planter.town.place_community[planter.home(person)]]
        more["authority"] = planter.offices.street(int(street))
    planter.assign(fault, person, systems, "risk_yellow", since, since + SHORT, **more, **planter.harm())


def _no_evidence(planter: Planter, scale: Scale) -> None:
    for number in _count(scale, "no_evidence"):
        _short(planter, "no_evidence", number, evidence=0, batch=0, evidence_day=NO_DAY)


def _stale(planter: Planter, scale: Scale) -> None:
    """Evidence older than the look-back; and beside it some that is exactly as old as it may be."""
    for number in _count(scale, "stale_evidence"):
        _short(planter, "stale_evidence", number, evidence_age=LOOKBACK + 1 + number * 3 % 40)
    for number in _count(scale, "fresh_evidence"):
        _short(planter, "fresh_evidence", number, evidence_age=LOOKBACK)


def _rule_not_in_force(planter: Planter, scale: Scale) -> None:
    """A rule that was replaced, and one that nobody wrote."""
    old = len(words("")) - 2
    for number in _count(scale, "rule_not_in_force"):
        _short(planter, "rule_not_in_force", number, word=old + number % 2)


def _no_right(planter: Planter, scale: Scale) -> None:
    """Assigned by the office of a street."""
    for number in _count(scale, "no_right"):
        _short(planter, "no_right", number, street=True)


def _burst(planter: Planter, scale: Scale) -> None:
    """One day's batch by hand: red, in the city's system, of people who share what is no matter of health."""
    since = planter.last - BURST_AGE[scale]
    for _ in range(BURST[scale]):
        person = planter.someone(None, planter.homes.far)
        planter.assign(
            "burst", person, (CITY,), "home_red", since, authority=CITY_HQ, evidence=0, batch=0, evidence_day=NO_DAY,
            identity=0, group=len(GROUPS) - 1,
        )  # fmt: skip


def _conflict(planter: Planter, scale: Scale) -> None:
    """Every combination of three colours that differ: now, and some days ago."""
    stages = {YELLOW: "risk_yellow", RED: "home_red"}
    differ = [colours for colours in product((GREEN, YELLOW, RED), repeat=3) if len(set(colours)) > 1]
    for number, colours in product(_count(scale, "conflict"), differ):
        since = planter.last - 2 - 5 * (number % max(planter.window // 7, 1))
        person = planter.someone(since - 3)
        for system, colour in enumerate(colours):
            if colour != GREEN:
                planter.assign("conflict", person, (system,), stages[colour], since, since + SHORT)


def _blanket(planter: Planter, scale: Scale) -> None:
    """People registered in the district of the order whose code was also entered by hand; not all got it back."""
    order = planter.found.blanket
    for number in _count(scale, "blanket"):
        person = planter.someone(order.start - 3)
        planter.people[-1]["registered"] = order.district
        cleared = order.end if number % 5 < 3 else NEVER
        told = {"word": len(CLAUSES) + 1, "cleared": cleared}
        district = planter.offices.district(order.district)
        planter.assign("blanket", person, (CITY,), "order_yellow", order.start, authority=district, **told)
        planter.assign("blanket", person, (PROVINCIAL,), "order_yellow", order.start, **told)


def planted(assigned: Assigned, days: range) -> dict[str, dict[str, Any]]:
    """Fault -> how many persons of it the ledger of ``days`` names, and the pseudonyms of those of the last day."""
    made = {}
    for number, fault in enumerate(FAULTS[1:], 1):
        rows = assigned.rows[assigned.rows["fault"] == number]
        last = rows[(rows["since"] <= days[-1]) & (rows["cleared"] > days[-1])]
        ids = assigned.people["id"][np.unique(last["person"])]
        made[fault] = {"people": len(np.unique(rows["person"])), "last_day": [f"{id_:016x}" for id_ in ids.tolist()]}
    return made
