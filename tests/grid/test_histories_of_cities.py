"""A person's history looks over all cities of a province; of another city nothing is told but what the clock says."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.code_days import NO_DAY, CodeDay
from data.days import day_number
from data.terms import EXCEPTIONS
from grid.codes import Asked, person_keys
from grid.ground import Ground
from grid.histories import Histories
from tests import provinces
from tests.provinces import Home
from tests.tiny import SECRET, SOUTH, write_csv

PACK = """
id = "an"
zh = "安省规则"
en = "rules of An"
about = "codes"
notice = "安〔2022〕1号"
notice_en = "An 2022 No. 1"
authority = "安省指挥部"
authority_en = "An headquarters"
source = "test"
start = 2022-01-01
area = "98"

[identities]
close_contact = "red"

[[clause]]
id = "red"
colour = "red"
days = 3
tests = true
fresh = 2
no_contact = true
zh = "三天红码"
en = "three days of red"
"""
#: Of every city, in this order: who is judged stands before what is known.
KINDS = ("assignments", "tests", "stays")
FIRST, TODAY = dt.date(2022, 3, 1), dt.date(2022, 3, 7)
HEADS = {
    "assignments": ["日期", "假名", "码色", "赋码日期", "规则", "依据", "经度", "纬度"],
    "tests": ["日期", "假名", "结果", "经度", "纬度"],
    "stays": ["日期", "假名", "经度", "纬度"],
}
Row = tuple[Any, ...]


def day(n: int) -> dt.date:
    return FIRST + dt.timedelta(days=n)


def red(person: str, since: int = 0) -> Row:
    return TODAY, person, "红码", day(since), "an/red", "E1"


def negative(person: str, on: int) -> Row:
    return day(on), person, "阴性"


def province(folder: Path, *cities: dict[str, Sequence[Row]], head: str = "") -> Home:
    """A province whose cities have these ledgers."""
    for number, ledgers in enumerate(cities):
        here = folder / f"city{number}"
        lon, lat = f"{provinces.west_of(number) + 0.005:.4f}", f"{SOUTH + 0.01:.4f}"
        sources = "".join(
            f'[[source]]\nname = "{kind}"\nkind = "{kind}"\npath = "in/{kind}.csv"\ncrs = "WGS-84"\n\n'
            for kind in KINDS
            if kind in ledgers
        )
        provinces.write_city(here, number, extra=sources)
        for kind, rows in ledgers.items():
            write_csv(here / f"in/{kind}.csv", HEADS[kind], [(*row, lon, lat) for row in rows])
    (folder / "rules").mkdir(parents=True)
    (folder / "rules/an.toml").write_text(PACK, "utf-8")
    files = [f"city{number}/city.toml" for number in range(len(cities))]
    return Home(provinces.write_file(folder, files, head=f'rules = "rules"\n{head}'), folder / "store.db")


def judged(home: Home, number: int) -> CodeDay:
    """What became of the codes of a city."""
    source = f"{provinces.code_of(number)}-assignments"
    (found,) = [each for each in home.store.code_days(home.store.version()) if each[1] == source]
    return home.store.code_day(*found)


def verdicts(made: CodeDay) -> list[tuple[Any, ...]]:
    """All that a ticket says, but where it is."""
    names = [name for name in made.tickets.dtype.names or () if name != "leaf"]
    return [tuple(ticket[name].tolist() for name in names) for ticket in made.tickets]


def flags(made: CodeDay) -> list[set[str]]:
    return [{name for n, name in enumerate(EXCEPTIONS) if ticket["flags"] >> n & 1} for ticket in made.tickets]


def histories(home: Home, number: int) -> Histories:
    ground = Ground(home.store, home.city, home.view().geography, SECRET)
    of = ground.of(f"{provinces.code_of(number)}-population")
    found = Histories.known(of, home.store.version())
    assert found is not None
    return found


def asked(*persons: str) -> Asked:
    since = np.full(len(persons), day_number(day(3)), np.int32)
    return Asked(person_keys(np.array(persons, dtype=object)), since, since)


# --- the clock ---------------------------------------------------------------------------------------------------


OTHER: list[Row] = [negative("somebody", 1)]


@pytest.mark.parametrize("taken", [0, 1])
def test_a_test_counts_in_whichever_city_it_was_taken(tmp_path: Path, taken: int) -> None:
    """City ``taken`` made the test, the other one gave the code: as if it had been made there."""
    judge = 1 - taken
    codes: dict[str, Sequence[Row]] = {"assignments": [red("p1"), red("p2")]}
    found = []
    for name, where in (("sibling", taken), ("own", judge), ("none", None)):
        ledgers: list[dict[str, Sequence[Row]]] = [{"tests": OTHER}, {"tests": OTHER}]
        if where is not None:
            ledgers[where] = {"tests": [*OTHER, negative("p1", 3)]}
        ledgers[judge] |= codes
        home = province(tmp_path / name, *ledgers)
        found.append((verdicts(judged(home, judge)), flags(judged(home, judge)), judged(home, judge)))
        home.store.close()
    sibling, own, none = found
    assert sibling[:2] == own[:2]
    assert sibling[:2] != none[:2]
    assert [each & {"waiting", "overdue"} for each in sibling[1]] == [{"overdue"}, {"waiting"}]
    first = sibling[2].tickets[0]
    assert (first["negative"], first["due"]) == (day_number(day(3)), day_number(day(3)))


def test_cities_whose_pseudonyms_are_their_own_are_kept_apart(tmp_path: Path) -> None:
    ledgers: list[dict[str, Sequence[Row]]] = [
        {"tests": [negative("p1", 3)]},
        {"tests": OTHER, "assignments": [red("p1")]},
    ]
    home = province(tmp_path, *ledgers, head='persons = "apart"\n')
    (ticket,) = judged(home, 1).tickets
    assert ticket["negative"] == NO_DAY
    home.store.close()


def test_a_person_is_the_same_one_in_both_cities(tmp_path: Path) -> None:
    home = province(tmp_path, {"assignments": [red("p1")], "tests": OTHER}, {"assignments": [red("p1"), red("p2")]})
    one, two = judged(home, 0).tickets["person"].tolist(), judged(home, 1).tickets["person"].tolist()
    assert len({*one, *two}) == 2
    assert set(one) <= set(two)
    home.store.close()


def test_all_ledgers_of_all_cities_are_looked_into(tmp_path: Path) -> None:
    ledgers: list[dict[str, Sequence[Row]]] = [
        {"tests": [negative("a", 4), (day(5), "b", "阳性")], "assignments": []},
        {"tests": [negative("b", 2)], "stays": [(day(1), "c")]},
        {"stays": [(day(2), "a"), (day(6), "a")]},
    ]
    home = province(tmp_path, *ledgers)
    for number in range(3):
        known = histories(home, number)(asked("a", "b", "c", "d"), TODAY)
        told = [
            [None if at == NO_DAY else at - day_number(FIRST) for at in each.tolist()]
            for each in (known.negative, known.positive, known.exposed)
        ]
        assert told == [[4, 2, None, None], [None, 5, None, None], [2, None, 1, None]]
        assert (known.tests, known.stays) == (number < 2, number > 0), "what a city lacks, another's does not give it"
    home.store.close()


def test_what_another_city_lacks_is_told_without_its_names(tmp_path: Path) -> None:
    ledgers: list[dict[str, Sequence[Row]]] = [{"tests": OTHER}, {"tests": OTHER}, {"tests": OTHER, "assignments": []}]
    home = province(tmp_path, *ledgers)
    for number in range(3):
        (tmp_path / f"city{number}/in/tests.csv").unlink()
    told = histories(home, 2)
    told(asked("p1"), TODAY)
    own = [load for load in home.store.loads() if load.source == f"{provinces.code_of(2)}-tests"]
    assert sorted(told.notes, key=len) == [
        {"elsewhere": True, "why": "gone"},
        {"load": own[0].id, "file": "tests.csv", "why": "gone"},
    ]
    home.store.close()


def test_nothing_of_another_city_is_in_the_load(tmp_path: Path) -> None:
    home = province(tmp_path, {"tests": [*OTHER, negative("p1", 3)]}, {"tests": OTHER, "assignments": [red("p1")]})
    (load,) = home.store.loads(source=f"{provinces.code_of(1)}-assignments")
    said = json.dumps({**load.notes, "path": ""}, ensure_ascii=False)
    words = judged(home, 1).words
    for word in (provinces.code_of(0), "第0市", "somebody"):
        assert word not in said
        assert not any(word in told for each in words.values() for told in each)
    home.store.close()
