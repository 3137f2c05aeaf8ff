"""What a careful clerk would say of every assignment on a day, worked out day by day from what truly happened.

Plain and slow on purpose, and apart from the product's engine, which tests hold against it. It knows on each day
what had been told by then: rows come every day, tests and stays only with their ledgers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data.demo.areas import Town
from data.demo.clauses import CLAUSES, FRESH, LOOKBACK, OLD, called
from data.demo.homes import Homes
from data.demo.measures import Measures
from data.demo.offices import SYSTEMS, Offices
from data.demo.records import GREEN, NO_DAY, Assigned, Records

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

COLOURS = ("green", "yellow", "red")
BUCKETS = ("running", "waiting", "due", "week", "weeks", "stuck")
FLAGS = (
    "overdue", "waiting", "conflict", "single_block", "no_evidence", "stale_evidence", "rule_not_in_force", "no_right",
    "burst", "never_exposed",
)  # fmt: skip
BATCH = 50  # of one system, authority, day and shared attribute: suspicious if most have no source


@dataclass
class Day:
    """One day: ``open`` rows, those ``cleared`` on it; for each open row its age (of BUCKETS) and its ``flags``;
    ``colours``: person -> the colour in each system, None without a code there."""

    open: Records
    cleared: Records
    bucket: list[str]
    flags: dict[str, Bools]
    colours: dict[int, tuple[int | None, ...]] = field(default_factory=dict)


class Clerk:
    """Judges the days of a town's ledger in turn."""

    def __init__(self, town: Town, found: Measures, assigned: Assigned, desk: Offices) -> None:
        self.town, self.assigned, self.desk = town, assigned, desk
        self.homes = Homes(town, found)
        self.tests = _by_person(assigned.tests)
        self.stays = _by_person(assigned.stays)

    def day(self, day: int, told: int) -> Day:
        """``day`` as known when the ledgers of tests and stays had come up to the day ``told``."""
        rows = self.assigned.rows
        open_ = rows[(rows["since"] <= day) & (rows["cleared"] > day)]
        cleared = rows[(rows["since"] < day) & (rows["cleared"] == day)]
        colours = self._colours(open_)
        up = open_["since"] + np.array([clause.days for clause in CLAUSES])[open_["clause"]]
        bucket = ["running" if day < u else self._age(r, u, day, told) for r, u in zip(open_, up.tolist(), strict=True)]
        return Day(open_, cleared, bucket, self._flags(open_, bucket, colours, day, told), colours)

    def _colours(self, rows: Records) -> dict[int, tuple[int | None, ...]]:
        found = {}
        for person in dict.fromkeys(rows["person"].tolist()):
            holds = int(self.assigned.people["holds"][person])
            found[person] = [GREEN if holds >> s & 1 else None for s in range(len(SYSTEMS))]
        for person, system, colour in zip(*(rows[n].tolist() for n in ("person", "system", "colour")), strict=True):
            found[person][system] = colour
        return {person: tuple(each) for person, each in found.items()}

    def _age(self, row: np.void, up: int, day: int, told: int) -> str:
        """How long after its time, up on the day ``up``, a row still stands."""
        due = next((d for d in range(up, day + 1) if self._may_leave(row, d, told)), None)
        if due is None:
            return "waiting"
        over = day - due
        return "due" if over == 0 else "week" if over <= 7 else "weeks" if over <= 20 else "stuck"

    def _may_leave(self, row: np.void, day: int, told: int) -> bool:
        """Whether on ``day`` every condition of the row's stage is met, the time being up."""
        if not CLAUSES[row["clause"]].tests:
            return True
        since, contact = int(row["since"]), int(self.assigned.people["contact"][row["person"]])
        seen = [(d, positive) for d, positive in self.tests.get(int(row["person"]), ()) if since <= d <= min(day, told)]
        if any(positive for _, positive in seen) or since <= contact <= day:
            return False
        return any(d >= day - FRESH for d, _ in seen)

    def _flags(
        self, rows: Records, bucket: list[str], colours: dict[int, tuple[int | None, ...]], day: int, told: int
    ) -> dict[str, Bools]:
        of = [colours[person] for person in rows["person"].tolist()]
        known = [[c for c in each if c is not None] for each in of]
        none = (rows["evidence"] == 0) & (rows["batch"] == 0)
        entitled = np.array(
            [authority in self.desk.assigners(system) for system, authority in _pairs(rows, "system", "authority")],
            bool,
        )
        words = np.array([word.split("/")[0] for word in self.assigned.words])
        return {
            "overdue": np.isin(bucket, ["due", "week", "weeks", "stuck"]),
            "waiting": np.array([each == "waiting" for each in bucket], bool),
            "conflict": np.array([len(set(each)) > 1 for each in known], bool),
            "single_block": np.array([len(each) > 1 and sum(c != GREEN for c in each) == 1 for each in known], bool),
            "no_evidence": none,
            "stale_evidence": (rows["evidence_day"] != NO_DAY) & (rows["since"] - rows["evidence_day"] > LOOKBACK),
            "rule_not_in_force": np.isin(words[rows["word"]], [called(self.town.size.tag, OLD), "口头通知"]),
            "no_right": ~entitled,
            "burst": _burst(rows, none),
            "never_exposed": ~self._exposed(rows, day, told),
        }

    def _exposed(self, rows: Records, day: int, told: int) -> Bools:
        """Whether contact, stay or home tell of the infection within the look-back before each row."""
        since = rows["since"]
        contact = self.assigned.people["contact"][rows["person"]]
        hit = (contact >= since - LOOKBACK) & (contact <= since) & (contact <= day)
        for at in np.flatnonzero(~hit).tolist():
            stays = self.stays.get(int(rows["person"][at]), ())
            hit[at] = any(since[at] - LOOKBACK <= d <= min(since[at], told) for d, _ in stays)
        place = self.assigned.people["place"][rows["person"]]
        for first in np.unique(since[~hit]).tolist():
            these = ~hit & (since == first)
            hit[these] = self.homes.touched(first - LOOKBACK, first)[place[these]]
        return np.asarray(hit)


def _by_person(records: Records) -> dict[int, list[tuple[int, int]]]:
    """person -> (day, third field) of their records."""
    found: dict[int, list[tuple[int, int]]] = {}
    for person, day, what in records.tolist():
        found.setdefault(person, []).append((day, what))
    return found


def _pairs(rows: Records, *names: str) -> list[tuple[int, ...]]:
    return list(zip(*(rows[name].tolist() for name in names), strict=True))


def _burst(rows: Records, without: Bools) -> Bools:
    """Rows of a batch of at least BATCH that share an attribute, most of them without a source."""
    keys = _pairs(rows, "system", "authority", "since", "group")
    size, bare = Counter(keys), Counter(key for key, none in zip(keys, without.tolist(), strict=True) if none)
    return np.array([bool(k[3]) and size[k] >= BATCH and bare[k] * 2 > size[k] for k in keys], bool)
