"""truth.json: what the simulator knows, for tests that load its deliveries.

Computed from the state of the outbreak, never by reading the deliveries back.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.demo.areas import Layer, Town
from data.demo.cases import STATUS, Cases
from data.demo.epidemic import Outbreak
from data.demo.measures import Measures
from data.demo.moments import Calendar

Ints = NDArray[np.int64]

ABOUT = {
    "days": "ISO days; every list below that is called by-day has one number a day",
    "cases": (
        "what is known after the last file, all case sources together. The line list tells each "
        "person once, on the day and with the status of the last correction (asymptomatic people "
        "found ill later became cases of their first day). A district's own table keeps "
        "asymptomatic people on their day and counts one re-classified later as a case, and as "
        "reclassified, of that later day: people are case + asymptomatic - reclassified. Everyone "
        "is in the place that the accepted row gives. Left out: people never delivered (lost), "
        "people whose only row is bad (rejected_people). district: by-day totals of a district "
        "and all below, including people known only by district. street: by-day totals of a "
        "street and all below, including people known only by street. district_only, street_only: "
        "numbers known by district or street and no finer. Codes without anyone are omitted. "
        "community: totals over all days of people located to a community or finer. "
    ),
    "cell": "total over all days of people located to a cell of the grid",
    "missing_day": (
        "the day whose line list never came: districts that keep no table of their own know "
        "nothing of it; no row of any file names it"
    ),
    "found": "district -> by-day people found in the outbreak itself, delivered or not",
    "infected": "by-day new infections in the outbreak itself",
    "rejects": (
        "source -> file name -> bad rows; source cases-*: bad cells of a wide table, set right by the next file"
    ),
    "population": "residents by code",
    "codes": "colour -> district -> by-day people",
    "zones": (
        "kind -> by-day zones in force. stays: [id, kind, community, first day, last day], last day "
        "null while in force. A locked compound has the shape of some cells, every other zone that "
        "of its community. forgotten: ids of lockdowns that were lifted days too late, or not by the end"
    ),
    "risk": (
        "level -> district -> by-day listed areas; high and middle are communities, low is the rest of a district"
    ),
    "addresses": "district -> by-day newly published addresses",
    "assignments": (
        "by-day figures of the ledger of assignments, a number a day of its own days; as a careful clerk would judge "
        "with what had been told by then. open: system -> colour -> district; overdue: system -> age -> district, of "
        "open rows; assigned, cleared (on that day): system -> district; flags: flag -> system -> district; owners: "
        "name, tab, basis -> overdue rows; combinations: colours of the systems in order -> people with a colour other "
        "than green; harms: harm -> flagged rows whose deadline is still to come"
    ),
    "planted": (
        "fault -> people: how many the ledger names on any of its days; last_day: pseudonyms of those of them who "
        "still have a row on the last day"
    ),
    "histories": "count -> district -> by-day numbers",
    "notices": "number -> what it says after the last file; stop: the first day without it",
    "flows": (
        "other cities: by-day travellers out of the city, the same a year before, where they went (to), cases reported "
        "there (all together), trips between districts (inside); traced on the last day: left, found, tested, cleared, "
        "-1 not told; spread: the city with an outbreak of its own, silent: the one that tells of few of its cases"
    ),
    "presence": "day -> people by the table of registration and place, and what the blanket order comes to there",
    "present": "first day of each week -> people who are there, by district",
    "checkins": "day -> scans of place codes by district",
    "blanket": ("the over-reach: all codes of the district that were not red were yellow from start until before end"),
}


def write_truth(
    town: Town,
    outbreak: Outbreak,
    cases: Cases,
    found: Measures,
    codes: dict[str, list[list[int]]],
    risk: dict[str, list[list[int]]],
    rejects: dict[str, dict[str, int]],
    persons: dict[str, Any],
    calendar: Calendar,
    path: Path,
) -> None:
    """Writes ``path``."""
    days = outbreak.days
    blanket = found.blanket
    document = {
        "simulated": True,
        "about": ABOUT,
        "days": [calendar.day(d) for d in range(days)],
        **_cases(town, cases, days),
        "missing_day": calendar.day(cases.missing),
        "found": _by_day(town.districts, town.place_district[cases.place], cases.day, days),
        "infected": np.bincount(outbreak.infected[outbreak.infected >= 0], minlength=days).tolist(),
        "lost": int(cases.lost.sum()),
        "rejected_people": int((~cases.lost & ~cases.accepted).sum()),
        "rejects": rejects,
        "population": _population(town),
        "codes": {colour: _columns(town, rows) for colour, rows in codes.items()},
        "zones": _zones(town, found, calendar, days),
        "risk": {level: _columns(town, rows) for level, rows in risk.items()},
        "addresses": _columns(town, _addresses(town, found)),
        "blanket": {
            "district": town.districts.codes[blanket.district],
            "start": calendar.day(blanket.start),
            "end": calendar.day(blanket.end),
        },
        **persons,
    }
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def _cases(town: Town, cases: Cases, days: int) -> dict[str, Any]:
    who, day, status = cases.told()
    fine, place = cases.precision()[who], cases.place[who]
    community = town.place_community[place]
    street = town.communities.parent[community]
    district = town.streets.parent[street]
    result: dict[str, Any] = {key: {} for key in ("district", "street", "district_only", "street_only", "community")}
    for number, name in enumerate(STATUS):
        this = status == number
        result["district"][name] = _by_day(town.districts, district[this], day[this], days)
        only = this & (fine == 2)
        result["district_only"][name] = _by_day(town.districts, district[only], day[only], days)
        known = this & (fine < 2)
        result["street"][name] = _by_day(town.streets, street[known], day[known], days)
        only = this & (fine == 1)
        result["street_only"][name] = _by_day(town.streets, street[only], day[only], days)
        exact = this & (fine == 0)
        result["community"][name] = _totals(town.communities, np.bincount(community[exact]))
    on = ~cases.own[who] & (cases.how[who] == 0) & (place < town.size.cells)
    return {"cases": result, "cell": int(on.sum())}


def _by_day(layer: Layer, area: Ints, day: Ints, days: int) -> dict[str, list[int]]:
    counts = np.zeros((len(layer), days), dtype=np.int64)
    np.add.at(counts, (area, day), 1)
    return {layer.codes[i]: counts[i].tolist() for i in np.flatnonzero(counts.any(axis=1))}


def _totals(layer: Layer, counts: Ints) -> dict[str, int]:
    return {layer.codes[i]: int(counts[i]) for i in np.flatnonzero(counts)}


def _columns(town: Town, rows: list[list[int]]) -> dict[str, list[int]]:
    return dict(zip(town.districts.codes, np.array(rows).T.tolist(), strict=True))


def _population(town: Town) -> dict[str, dict[str, int]]:
    community = town.per_community(town.people)
    street = np.bincount(town.communities.parent, community, len(town.streets)).astype(int)
    district = np.bincount(town.streets.parent, street, len(town.districts)).astype(int)
    levels = ((town.districts, district), (town.streets, street), (town.communities, community))
    return {
        name: {code: int(n) for code, n in zip(layer.codes, people, strict=True)}
        for name, (layer, people) in zip(("district", "street", "community"), levels, strict=True)
    }


def _zones(town: Town, found: Measures, calendar: Calendar, days: int) -> dict[str, Any]:
    force = {"lockdown": np.zeros(days, dtype=int), "control": np.zeros(days, dtype=int)}
    for zone in found.zones:
        force[zone.kind][zone.start : zone.end] += 1
    stays = [
        [z.id, z.kind, town.communities.codes[z.community], calendar.day(z.start),
         None if z.end is None else calendar.day(z.end - 1)]
        for z in found.zones
    ]  # fmt: skip
    return {**{kind: counts.tolist() for kind, counts in force.items()}, "stays": stays, "forgotten": found.forgotten}


def _addresses(town: Town, found: Measures) -> list[list[int]]:
    days = found.addresses.shape[1]
    return [
        np.bincount(town.place_district, found.addresses[:, d], len(town.districts)).astype(int).tolist()
        for d in range(days)
    ]
