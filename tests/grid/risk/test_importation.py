"""Infections from elsewhere by hand: who tells, at what level, and that missing never counts as nought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest

from data.store import sqlite_url
from grid.cube import Cube
from grid.flows.book import FlowBook
from grid.rates import Part
from grid.risk import ground as grounds
from grid.risk.importation import carriers, imported
from tests.tiny import DAYS, POPULATION, STREETS, Knobs, Person, Town, write_people

DAY = DAYS[7]
WEEK = DAYS[1:8]
EAST, WEST = "990101", "990102"
#: Seven findings a day in the west, one every other day in the east, none later than DAY.
FOUND = {"990102001": 7 * 7, "990101001": 4}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlowBook]:
    folder = tmp_path_factory.mktemp("importation")
    made = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=("population", "cases"), people=0))
    _write(made)
    made.build()
    yield FlowBook(Cube(made.store, made.city).at(), [source.name for source in made.city.sources])
    made.store.close()


def _write(made: Town) -> None:
    days = [(street, WEEK[n % 7]) for street, number in FOUND.items() for n in range(number)]
    later = [("990102001", DAYS[8])] * 500
    every = [Person(f"P{n}", day, "确诊", street, None, None) for n, (street, day) in enumerate([*days, *later])]
    write_people(made.folder / "in/cases.csv", every)
    made.add("elsewhere", "elsewhere", 'columns = { code = "代码" }')
    cities = [("北山市", "", "980100", 1_000_000), ("南海市", "", "980200", None), ("西陵市", "", "980300", 500_000)]
    made.write("elsewhere", ["城市", "英文名", "代码", "人口"], cities)
    made.add("there", "elsewhere_cases")
    there = [(DAYS[0], "北山市", 100), (DAY, "北山市", 350), (DAYS[8], "北山市", 99_999)]
    there += [(DAYS[0], "南海市", 0), (DAY, "南海市", 50)]
    made.write("there", ["日期", "城市", "累计确诊"], there)
    made.add("flows", "flows")
    made.write("flows", ["日期", "出发地", "目的地", "人数"], _flows())


def _flows() -> list[tuple[object, ...]]:
    """Told by the day: two days of the week lack, and the last is after the board's day."""
    rows: list[tuple[object, ...]] = []
    for day in (*WEEK[:3], *WEEK[5:], DAYS[8]):
        rows += [
            (day, "北山市", "东江区", 2000),
            (day, "北山市", "江口街道", 1500),  # of the same people
            (day, "西山区", "东江区", 900),
            (day, "石桥街道", "东江区", 400),  # of the same people
            (day, "石桥街道", "柳林街道", 50),
            (day, "东江区", "江口街道", 5555),  # inside
            (day, "南海市", "西山区", 10),  # nobody knows how many live there
            (day, "西陵市", "西山区", 10),  # nor how many cases there are
        ]
    return rows


def units(book: FlowBook, level: str) -> tuple[grounds.Ground, Part]:
    here = grounds.ground(book.view, level)
    return here, grounds.people(book.view, here, DAY)


def told(book: FlowBook, level: str) -> dict[str, float]:
    """code -> infections, of the units that are known."""
    here, people = units(book, level)
    part = imported(book, here, people, DAY)
    assert part is not None
    return {code: part.value[n] for n, code in enumerate(here.codes) if part.known[n]}


def lived(*codes: str) -> int:
    return sum(number for code, number in POPULATION.items() if code.startswith(codes))


#: Infections that come to the east: 5 of 7 days are told, each counts 7/5; two infected for each one found.
FROM_NORTH = 7 * 2000 * (2 * 250 / 1_000_000)
FROM_WEST = 7 * 900 * (2 * 49 / lived(WEST))


def test_who_carries_the_infection(book: FlowBook) -> None:
    share = carriers(book, DAY)
    north, south, far = (share[book.find(name)] for name in ("北山市", "南海市", "西陵市"))
    assert north == pytest.approx(2 * 250 / 1_000_000)
    assert np.isnan(south)
    assert np.isnan(far)
    rows = book.view.areas.row_of
    assert share[rows[WEST]] == pytest.approx(2 * 49 / lived(WEST))
    assert share[rows[EAST]] == pytest.approx(2 * 4 / lived(EAST))


def test_districts_by_hand(book: FlowBook) -> None:
    assert told(book, "district") == {EAST: pytest.approx(FROM_NORTH + FROM_WEST)}


def test_the_city_counts_what_comes_from_outside_alone(book: FlowBook) -> None:
    (found,) = told(book, "city").values()
    assert found == pytest.approx(FROM_NORTH)


def test_streets_share_by_inhabitants_and_add_up(book: FlowBook) -> None:
    found = told(book, "street")
    bridge = 7 * 50 * (2 * 49 / POPULATION["990102001"])
    assert found.pop("990102002") == pytest.approx(bridge)
    assert set(found) == {code for code in STREETS if code.startswith(EAST)}
    assert sum(found.values()) == pytest.approx(FROM_NORTH + FROM_WEST)
    assert found["990101001"] / found["990101002"] == pytest.approx(40_000 / 30_001)


def test_cells_without_inhabitants_are_missing_and_the_part_is_not_in_use(book: FlowBook) -> None:
    here, people = units(book, "cell")
    assert imported(book, here, people, DAY) is None
    everyone = Part(np.ones(len(here)), np.ones(len(here), np.bool_))
    part = imported(book, here, everyone, DAY)
    assert part is not None
    assert part.value.sum() == pytest.approx(FROM_NORTH + FROM_WEST + 7 * 50 * (2 * 49 / POPULATION["990102001"]))
    assert 0 < part.known.mean() < 1


def test_a_feed_that_stopped_is_missing_and_one_that_never_was_is_not_in_use(book: FlowBook) -> None:
    here, people = units(book, "district")
    late = imported(book, here, people, DAY + dt.timedelta(days=9))
    assert late is not None
    assert not late.known.any()
    assert imported(book, here, people, DAY + dt.timedelta(days=60)) is None
    assert imported(book, here, people, DAYS[0]) is None
