"""Codes assigned to the people of the outbreak one by one, and what all assignments come to by place.

Codes that follow from a place or a registration alone (zones, the blanket order) are not assigned one by one: they
stand in the notices and in the status by cell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.demo import offices
from data.demo.areas import Town
from data.demo.clauses import CLAUSES, Clause
from data.demo.measures import Measures
from data.demo.records import (
    IDENTITY,
    NO_DAY,
    OPERATORS,
    PERSON,
    RED,
    ROW,
    STAY,
    TEST,
    YELLOW,
    Assigned,
    Ints,
    Records,
    batch_of,
    clause,
)  # fmt: skip
from data.demo.terrain import rng

AT_HOME, OTHER_DISTRICT = 0.86, 0.95  # of residents: registered where they live; there or elsewhere in the city
GROUPED = 0.3  # share of the rows that name an attribute of the person
WITHOUT_CARD = 0.04  # of residents: no travel card


def born(random: np.random.Generator, town: Town, place: Ints, contact: Ints) -> Records:
    """Persons at home in ``place`` (n,) who met the infection on the day ``contact`` (n,)."""
    people = np.zeros(place.size, PERSON)
    draw, other = random.random(place.size), random.integers(0, len(town.districts), place.size)
    people["id"] = random.integers(0, 1 << 64, place.size, dtype=np.uint64)
    people["place"], people["contact"] = place, contact
    people["registered"] = np.where(
        draw < AT_HOME, town.place_district[place], np.where(draw < OTHER_DISTRICT, other, -1)
    )
    people["holds"] = np.where(random.random(place.size) < WITHOUT_CARD, 3, 7)
    return people


def by_rule(town: Town, found: Measures) -> tuple[Records, Records, Records, Records]:
    """(people, rows, tests, stays) of the found and of their close contacts, who move on exactly as the rule says."""
    random = rng(town.seed, "assigned")
    start = np.r_[found.day, found.day[found.index] + 1]
    case = np.arange(start.size) < found.day.size
    met = np.where(case, start - 3, start - 1)
    people = born(random, town, np.r_[found.place, found.near], met)
    first = _first(random, start, np.r_[np.arange(found.day.size), found.index] + 1)
    office = _offices(town, people, case)
    paths = [_path(kind, people, first[who], office) for kind, who in (("case", case), ("contact", ~case))]
    rows = [part for path, _ in paths for part in path]
    ill = _tests(np.arange(found.day.size), found.day - 1, positive=True)
    tests = [ill, *(part for _, path in paths for part in path)]
    return people, np.concatenate(rows), np.concatenate(tests), _met(met, np.r_[found.place, found.place[found.index]])


def _first(random: np.random.Generator, start: Ints, evidence: Ints) -> Records:
    """What all rows of a person have alike, with the day ``start`` of the first."""
    rows = np.zeros(start.size, ROW)
    rows["person"], rows["since"], rows["evidence"] = np.arange(start.size), start, evidence
    rows["group"] = np.where(random.random(start.size) < GROUPED, random.integers(1, 4, start.size), 0)
    rows["operator"], rows["deadline"] = rows["person"] % OPERATORS + 1, NO_DAY
    return rows


def _offices(town: Town, people: Records, case: NDArray[np.bool_]) -> Ints:
    """(n, 3) authority in each system: the found by the disease control, contacts by their district."""
    own = np.where(case, offices.CITY_CDC, offices.TRAVEL + 1 + town.place_district[people["place"]])
    return np.column_stack([own, np.full(case.size, offices.PROVINCE_HQ), np.full(case.size, offices.TRAVEL)])


def _path(kind: str, people: Records, first: Records, office: Ints) -> tuple[list[Records], list[Records]]:
    """(rows, tests) of the two stages of ``kind`` of the persons of the rows ``first``."""
    rows, tests, stage = [], [], first.copy()
    for at in (clause(f"{kind}_red"), clause(f"{kind}_yellow")):
        rows += [_in_system(stage, at, system, people, office) for system in range(len(offices.SYSTEMS))]
        tests += [_tests(stage["person"], stage["since"] + day) for day in _tested(CLAUSES[at])]
        stage["since"] += CLAUSES[at].days
    return rows, tests


def _in_system(stage: Records, at: int, system: int, people: Records, office: Ints) -> Records:
    """The rows of one stage in one system, of those who are in it."""
    rows: Records = stage[people["holds"][stage["person"]] >> system & 1 == 1]
    rows["system"], rows["clause"] = system, at
    rows["cleared"] = rows["since"] + CLAUSES[at].days
    rows["colour"] = RED if CLAUSES[at].colour == "red" else YELLOW
    rows["identity"] = IDENTITY.index(CLAUSES[at].identity)
    # half of the first stages name no rule: identity and day tell it
    rows["word"] = np.where((rows["person"] % 2 == 0) & CLAUSES[at].first, 0, at + 1)
    rows["evidence_day"], rows["batch"] = rows["since"] - 1, batch_of(rows["since"])
    rows["authority"] = office[rows["person"], system]
    return rows


def _met(met: Ints, place: Ints) -> Records:
    stays = np.zeros(met.size, STAY)
    stays["person"], stays["day"], stays["place"] = np.arange(met.size), met, place
    return stays


def _tested(stage: Clause) -> tuple[int, ...]:
    """Days of a stage on which people are tested; the last is the eve of the change."""
    return (3, 10, 13) if stage.days > 7 else (2, 6)


def _tests(who: Ints, day: Ints, *, positive: bool = False) -> Records:
    tests = np.zeros(day.size, TEST)
    tests["person"], tests["day"], tests["positive"] = who, day, positive
    return tests


def colours(town: Town, assigned: Assigned, days: int) -> dict[int, NDArray[np.int32]]:
    """Colour -> (places, days) people whose code of the city's own system has it by their own account."""
    found = {}
    for colour in (YELLOW, RED):
        rows = assigned.rows[(assigned.rows["system"] == offices.CITY) & (assigned.rows["colour"] == colour)]
        place = assigned.people["place"][rows["person"]]
        change = np.zeros((town.people.size, days + 1), dtype=np.int32)
        np.add.at(change, (place, np.clip(rows["since"], 0, days)), 1)
        np.add.at(change, (place, np.clip(rows["cleared"], 0, days)), -1)
        found[colour] = np.asarray(change.cumsum(axis=1, dtype=np.int32)[:, :days])
    return found
