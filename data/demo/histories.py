"""The ledgers that tell what happened to people: tests, isolation, contacts, stays.

They hold the people of the ledger of assignments, and a small sample of everybody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.demo import columns
from data.demo.areas import Town
from data.demo.clauses import CLAUSES
from data.demo.homes import lived
from data.demo.moments import Calendar
from data.demo.records import NO_DAY, RED, Assigned
from data.demo.terrain import rng

Ints = NDArray[np.int64]

SAMPLE = 1e-4  # tests and stays of other people a resident and day
RESULTS, ISOLATIONS, CONTACTS = ("阴性", "阳性"), ("集中隔离", "居家隔离"), ("密接", "次密接")


@dataclass(frozen=True, eq=False)
class Ledger:
    """(n,) arrays: ``id`` of the person, ``day`` (of isolation the first), ``last`` day, ``what`` (index into the
    words of its kind), ``place``."""

    id: NDArray[np.uint64]
    day: Ints
    last: Ints
    what: Ints
    place: Ints

    def take(self, mask: Any) -> Ledger:
        """The rows of a mask."""
        return Ledger(self.id[mask], self.day[mask], self.last[mask], self.what[mask], self.place[mask])

    def and_(self, other: Ledger) -> Ledger:
        """Both."""
        return Ledger(*(np.concatenate([getattr(self, n), getattr(other, n)]) for n in self.__dataclass_fields__))


def make_histories(town: Town, assigned: Assigned, days: range) -> dict[str, Ledger]:
    """The four ledgers up to the last day."""
    random = rng(town.seed, "histories")
    made = {
        "tests": _tests(assigned).and_(_others(town, days, random)),
        "isolation": _isolation(assigned),
        "contacts": _contacts(town, assigned, days, random),
        "stays": _stays(assigned).and_(_others(town, days, random)),
    }
    return {name: ledger.take(ledger.day <= days[-1]) for name, ledger in made.items()}


def _ledger(id_: Any, day: Any, what: Any, place: Any, last: Any = None) -> Ledger:
    day = np.asarray(day, np.int64)
    what, place = (np.broadcast_to(np.asarray(each, np.int64), day.shape) for each in (what, place))
    return Ledger(np.asarray(id_), day, day if last is None else np.asarray(last, np.int64), what, place)


def _tests(assigned: Assigned) -> Ledger:
    tests = assigned.tests
    who = assigned.people[tests["person"]]
    return _ledger(who["id"], tests["day"], tests["positive"], who["place"])


def _stays(assigned: Assigned) -> Ledger:
    stays = assigned.stays
    return _ledger(assigned.people["id"][stays["person"]], stays["day"], 0, stays["place"])


def _isolation(assigned: Assigned) -> Ledger:
    """Every red or yellow stage with a clock that keeps somebody somewhere, once for all systems."""
    kept = np.array([bool(clause.confined) for clause in CLAUSES])
    rows = assigned.rows[kept[assigned.rows["clause"]]]
    _, first = np.unique(rows[["person", "since"]], return_index=True)
    rows = rows[first]
    who = assigned.people[rows["person"]]
    last = rows["since"] + np.array([clause.days for clause in CLAUSES])[rows["clause"]] - 1
    central = (rows["colour"] == RED) & np.array([c.confined == "central" for c in CLAUSES])[rows["clause"]]
    return _ledger(who["id"], rows["since"], ~central, who["place"], last)


def _contacts(town: Town, assigned: Assigned, days: range, random: np.random.Generator) -> Ledger:
    """The close contacts of the ledger; and as many contacts of theirs in its days, whose codes stay green."""
    people = assigned.people[np.unique(assigned.rows["person"])]
    people = people[people["contact"] != NO_DAY]
    close = _ledger(people["id"], people["contact"], 0, people["place"])
    near = people[people["contact"] >= days.start]
    other = random.integers(0, 1 << 64, near.size, dtype=np.uint64)
    return close.and_(_ledger(other, near["contact"], 1, near["place"]))


def _others(town: Town, days: range, random: np.random.Generator) -> Ledger:
    """Other people on the ledger's days, at home."""
    number = int(town.size.people * SAMPLE)
    day = np.repeat(np.array(days), number)
    return _ledger(random.integers(0, 1 << 64, day.size, dtype=np.uint64), day, 0, lived(town, day.size, random))


def write_histories(
    town: Town, ledgers: dict[str, Ledger], told: Sequence[int], calendar: Calendar, folder: Path
) -> None:
    """A file of each at the evening of every day of ``told``: what is new since the last; of isolation, everything
    so far, since a stay belongs to many days."""
    for name, ledger in ledgers.items():
        (folder / name).mkdir(parents=True)
        for before, day in zip([-10_000, *told], told, strict=False):
            new = ledger.take((ledger.day <= day) & ((ledger.day > before) | (name == "isolation")))
            path = folder / name / f"{name}_{calendar.moment(day, 22, 30)}.parquet"
            columns.write(path, _columns(town, name, new, day, calendar))


def _columns(town: Town, name: str, ledger: Ledger, told: int, calendar: Calendar) -> dict[str, Any]:
    who = {"人员假名": columns.pseudonyms(ledger.id)}
    where = columns.places(town, ledger.place)
    day = columns.days(ledger.day, calendar)
    if name == "isolation":
        kind, last = columns.words(ledger.what, ISOLATIONS), columns.days(ledger.last, calendar, ledger.last <= told)
        return {**who, "隔离方式": kind, "开始日期": day, "结束日期": last, **where}
    if name == "stays":
        return {"日期": day, **who, **where}
    heading, of = {"tests": ("检测结果", RESULTS), "contacts": ("接触类型", CONTACTS)}[name]
    return {"日期": day, **who, heading: columns.words(ledger.what, of), **where}


def headings(name: str) -> dict[str, str]:
    """Field -> heading of one of the ledgers."""
    place = {"person": "人员假名", "code": "社区编码", "cell": "网格编号"}
    own = {
        "tests": {"day": "日期", "result": "检测结果"},
        "isolation": {"kind": "隔离方式", "start": "开始日期", "end": "结束日期"},
        "contacts": {"day": "日期", "kind": "接触类型"},
        "stays": {"day": "日期"},
    }
    return {**own[name], **place}


def figures(town: Town, ledgers: dict[str, Ledger], days: int) -> dict[str, dict[str, list[int]]]:
    """Count -> district -> by-day numbers."""
    of = {
        "tests_taken": ledgers["tests"],
        "tests_positive": ledgers["tests"].take(ledgers["tests"].what == 1),
        "contacts_close": ledgers["contacts"].take(ledgers["contacts"].what == 0),
        "contacts_secondary": ledgers["contacts"].take(ledgers["contacts"].what == 1),
        "stays": ledgers["stays"],
        "isolated_central": ledgers["isolation"].take(ledgers["isolation"].what == 0),
        "isolated_home": ledgers["isolation"].take(ledgers["isolation"].what == 1),
    }
    return {name: _by_day(town, ledger, days) for name, ledger in of.items()}


def _by_day(town: Town, ledger: Ledger, days: int) -> dict[str, list[int]]:
    district = town.place_district[ledger.place]
    change = np.zeros((len(town.districts), days + 1), dtype=np.int64)
    within = (ledger.last >= 0) & (ledger.day < days)
    np.add.at(change, (district[within], np.maximum(ledger.day[within], 0)), 1)
    np.add.at(change, (district[within], np.minimum(ledger.last[within] + 1, days)), -1)
    counts = change.cumsum(axis=1)[:, :days]
    return {code: counts[at].tolist() for at, code in enumerate(town.districts.codes) if counts[at].any()}
