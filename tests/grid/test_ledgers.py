"""Ledgers of persons: tests, isolation, contacts, stays; streamed and row by row they come to the same."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.errors import PersonalData
from data.store import sqlite_url
from grid.measures import ask, measure
from tests import stated, tiny
from tests.tiny import DAYS, Day, Knobs, Town

CELLS = tiny.cells()
HEADS = {
    "tests": ["日期", "假名", "结果", "h3"],
    "isolation": ["假名", "隔离方式", "开始日期", "结束日期", "h3"],
    "contacts": ["日期", "假名", "接触类型", "h3"],
    "stays": ["日期", "假名", "停留小时", "h3"],
}


def rows_of(kind: str, number: int = 300) -> list[tuple[object, ...]]:
    """A ledger with every spelling."""
    chance = random.Random(kind)
    found: list[tuple[object, ...]] = []
    for n in range(number):
        day, cell = chance.choice(DAYS[:6]), chance.choice(CELLS)
        end = chance.choice([None, day + dt.timedelta(days=chance.randrange(4))])
        row = {
            "tests": (day, f"P{n % 90}", chance.choice(["阴性", "阳性", "negative", "阳"]), cell),
            "isolation": (f"P{n}", chance.choice(["集中", "居家隔离", "home"]), day, end, cell),
            "contacts": (day, f"P{n}", chance.choice(["密接", "次密接"]), cell),
            "stays": (day, f"P{n % 50}", "1.5", cell),
        }
        found.append(row[kind])
    return found


def expected(kind: str, rows: list[tuple[object, ...]]) -> Counter[tuple[str, Day]]:
    """(count, day) -> people, by a loop over days."""
    found: Counter[tuple[str, Day]] = Counter()
    last = max(d for row in rows for d in row if isinstance(d, dt.date))
    for row in rows:
        if kind == "tests":
            found["tests_taken", row[0]] += 1  # type: ignore[index]
            found["tests_positive", row[0]] += str(row[2]).startswith("阳")  # type: ignore[index]
        elif kind == "contacts":
            found["contacts_close" if row[2] == "密接" else "contacts_secondary", row[0]] += 1  # type: ignore[index]
        elif kind == "stays":
            found["stays", row[0]] += 1  # type: ignore[index]
        else:
            day, stop = row[2], row[3] or last
            assert isinstance(day, dt.date)
            assert isinstance(stop, dt.date)
            while day <= stop:
                found["isolated_central" if row[1] == "集中" else "isolated_home", day] += 1
                day += dt.timedelta(days=1)
    return found


def town_of(folder: Path, kind: str, text: str = "", url: str = "", parquet: bool = False) -> Town:
    town = Town(folder, url or sqlite_url(folder / "x.db"), Knobs(sources=()))
    rows = rows_of(kind)
    town.write(kind, HEADS[kind], rows)
    if parquet:
        columns = dict(zip(HEADS[kind], zip(*rows, strict=True), strict=True))
        pq.write_table(pa.table(columns), folder / f"in/{kind}.parquet")
    town.add(kind, kind, text, f"in/{kind}.parquet" if parquet else None)
    (outcome,) = town.build().outcomes
    assert (outcome.error, outcome.rows, outcome.taken) == (None, len(rows), len(rows))
    return town


@pytest.mark.parametrize("kind", HEADS)
def test_a_ledger_comes_to_the_same_whichever_way_it_is_read(tmp_path: Path, kind: str) -> None:
    towns = [
        town_of(tmp_path / "a", kind),
        town_of(tmp_path / "b", kind, "days_from = 2000-01-01"),  # a rule that only the reader of rows knows
        town_of(tmp_path / "c", kind, parquet=True),
    ]
    numbers = expected(kind, rows_of(kind))
    days = sorted({day for _, day in numbers})
    for count in {count for count, _ in numbers}:
        vectors = [town.view().vectors(count, days) for town in towns]
        for n, day in enumerate(days):
            found = [None if each[n] is None else each[n].tolist() for each in vectors]  # type: ignore[union-attr]
            assert found[0] == found[1] == found[2]
            assert sum(found[0] or []) == numbers[count, day]
    for town in towns:
        assert b"P1" not in (town.folder / "x.db").read_bytes()
        town.store.close()


def test_ledgers_on_either_database_and_the_rate_of_positives(tmp_path: Path, database_url: str) -> None:
    town = town_of(tmp_path, "tests", url=database_url)
    numbers = expected("tests", rows_of("tests"))
    rate = ask(town.view(), measure("positive_rate"), [DAYS[0]])
    positive, taken = numbers["tests_positive", DAYS[0]], numbers["tests_taken", DAYS[0]]
    assert rate.value[0, 0] == pytest.approx(100 * positive / taken)
    town.store.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=()))
    yield made
    made.store.close()


def test_a_ledger_is_placed_by_names_where_it_names_no_cells(town: Town) -> None:
    town.write("tests", ["日期", "结果", "区", "街道"], [(DAYS[0], "阴性", "西山区", "柳林街道")] * 3)
    town.add("tests", "tests")
    town.build()
    assert {code: n for code, n in town.count("tests_taken", DAYS[0]).items() if n} == {"990102002": 3}
    assert town.count("tests_positive", DAYS[0], "city") == {"990000": 0}


def test_a_later_file_is_the_whole_truth_about_its_days(town: Town) -> None:
    town.write("tests", HEADS["tests"], [(DAYS[0], "P1", "阴性", CELLS[0]), (DAYS[1], "P1", "阳性", CELLS[0])])
    town.add("tests", "tests")
    town.build()
    town.write("tests", HEADS["tests"], [(DAYS[1], "P1", "阴性", CELLS[0])])
    town.build()
    assert town.count("tests_positive", DAYS[1], "city") == {"990000": 0}
    assert town.count("tests_taken", DAYS[0], "city") == {"990000": 1}


def test_an_isolation_without_an_end_may_say_so_with_a_day_beyond_any_plan(town: Town, tmp_path: Path) -> None:
    other = Town(tmp_path / "rows", sqlite_url(tmp_path / "y.db"), Knobs(sources=()))
    for each, text in ((town, ""), (other, "days_from = 2000-01-01")):
        rows = [("P", "居家", DAYS[0], end, CELLS[0]) for end in (None, "2099-12-31", "9999-12-31")]
        each.write("isolation", HEADS["isolation"], [*rows, ("Q", "居家", DAYS[3], DAYS[3], CELLS[0])])
        each.add("isolation", "isolation", text)
        each.build()
        assert each.loads() == [("isolation", 4, 0)]
        assert each.count("isolated_home", DAYS[3], "city") == {"990000": 4}
    other.store.close()


def test_an_isolation_that_ends_before_it_starts_is_a_reject_either_way(town: Town, tmp_path: Path) -> None:
    rows = [(f"P{n}", "居家", DAYS[3], DAYS[3], CELLS[0]) for n in range(20)] + [
        ("Q", "居家", DAYS[3], DAYS[2], CELLS[0])
    ]
    town.write("isolation", HEADS["isolation"], rows)
    town.add("isolation", "isolation")
    town.build()
    other = Town(tmp_path / "o", sqlite_url(tmp_path / "o.db"), Knobs(sources=()))
    other.write("isolation", HEADS["isolation"], rows)
    other.add("isolation", "isolation", "days_from = 2000-01-01")
    other.build()
    for each in (town, other):
        assert each.loads() == [("isolation", 20, 1)]
        (reject,) = each.store.rejects(2)
        assert (reject.row, reject.why) == (22, "days_order")
        assert each.count("isolated_home", DAYS[3], "city") == {"990000": 20}
    other.store.close()


@pytest.mark.parametrize("text", ["", "days_from = 2000-01-01"])
@pytest.mark.parametrize("person", ["张伟", "Zhang Wei", "310101198005170129", "13912345678"])
def test_names_identity_numbers_and_telephones_are_no_pseudonyms(town: Town, text: str, person: str) -> None:
    if person.startswith("3101"):
        person = "11010519491231002X"
    town.write("tests", HEADS["tests"], [(DAYS[0], person, "阴性", CELLS[0])])
    town.add("tests", "tests", text)
    (outcome,) = town.build().outcomes
    assert isinstance(outcome.error, PersonalData)
    assert town.loads() == []


@pytest.mark.parametrize("more", ["", "days_from = 2000-01-01"], ids=["streamed", "row by row"])
def test_a_planned_end_says_nothing_of_days_to_come(tmp_path: Path, more: str) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=()))
    start, received = DAYS[0], DAYS[0] + dt.timedelta(days=3)
    rows = [("P1", "集中", start, start + dt.timedelta(days=13), CELLS[0])]
    town.write(f"isolation_{received:%Y%m%d}", HEADS["isolation"], rows)
    pattern = 'received = "isolation_%Y%m%d"\n'
    town.add("isolation", "isolation", pattern + more, f"in/isolation_{received:%Y%m%d}.csv")
    town.build()
    load = town.store.loads(source="isolation")[0]
    assert (load.first_day, load.last_day) == (start, received)
    days = stated.days(town.store, town.store.version())["isolated_central"]
    assert [day for day, _ in days] == [start + dt.timedelta(days=n) for n in range(4)]
