"""Heihe 2022: a second city, of one file and no code; without streets on any map."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.queries import Desk, Viewer, ZoneDesk
from data.city import read_city
from data.store import Store, sqlite_url
from grid.build import build
from grid.cube import Cube
from tests.cities import needed, rows

Day = dt.date
FILE = Path(__file__).parent / "heihe" / "city.toml"
GRADES = ("high", "middle", "low")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    needed("heihe")
    city = read_city(FILE)
    store = Store.create(sqlite_url(tmp_path_factory.mktemp("heihe") / "x.db"))
    assert [(outcome.error, outcome.rejected) for outcome in build(store, city, "secret").outcomes] == [(None, 0)]
    yield Desk(Cube(store, city))
    store.close()


def test_risk_areas_are_the_files(desk: Desk) -> None:
    listed = rows("heihe/risk/risk_areas_daily.csv")
    expected: Counter[tuple[str, str, str]] = Counter()
    for row in listed:
        for place in (row["county"], "黑河市"):
            expected[row["day"], row["level"], place] += int(row["entries"])
    days = sorted({Day.fromisoformat(row["day"]) for row in listed})
    assert len(days) == 114
    found: Counter[tuple[str, str, str]] = Counter()
    for day in days:
        for grade in GRADES:
            for level in ("city", "district"):
                for answer in desk.ask(Viewer(), f"risk_{grade}", days=[day], level=level):
                    found[day.isoformat(), grade, answer.name] += int(answer.value or 0)
    assert +found == +expected


def test_a_text_that_begins_with_its_street_is_counted_there(desk: Desk) -> None:
    streets: dict[str, list[str]] = {}
    counties = {row["code"]: row["name"] for row in rows("heihe/codes/areas.csv")}
    for row in rows("heihe/codes/streets.csv"):
        streets.setdefault(counties[row["areaCode"]], []).append(row["name"])
    expected: Counter[tuple[str, str]] = Counter()
    for row in rows("heihe/risk/risk_areas_daily.csv"):
        text = row["community"].removeprefix("黑龙江省").removeprefix("黑河市").removeprefix(row["county"])
        begins = [name for name in streets[row["county"]] if text.startswith(name)]
        if begins and row["level"] == "high":
            expected[row["day"], max(begins, key=len)] += int(row["entries"])
    found: Counter[tuple[str, str]] = Counter()
    for day in sorted({Day.fromisoformat(day) for day, _ in expected}):
        for answer in desk.ask(Viewer(), "risk_high", days=[day], level="street"):
            found[day.isoformat(), answer.name] += int(answer.value or 0)
    assert +found == expected


def test_what_has_no_polygon_is_on_the_list_all_the_same(desk: Desk) -> None:
    view = desk.cube.at()
    assert {level: len(view.areas.of_level(level)) for level in view.areas.levels} == {
        "city": 1, "district": 6, "street": len(rows("heihe/codes/streets.csv")), "community": len(rows("heihe/codes/villages.csv")),
    }  # fmt: skip
    assert desk.place(Viewer(), "爱辉区").bounds is not None
    assert desk.place(Viewer(), "231102001").bounds is None
    with_text = [note for note in desk.notes(Viewer("en"), "city") if note.why == "the name is not in the code list"]
    assert sum(note.rows for note in with_text) > 0


def test_without_cases_no_risk_area_is_called_quiet(desk: Desk) -> None:
    """No cases are published by community here: a clock may run, or be unknown, but nothing is ever due for release."""
    zones = desk.beside(ZoneDesk)
    days = [day for day in zones.days(Viewer()) if day < Day(2022, 11, 11)]
    assert len(days) == 83
    states = {line.clock.state for day in days for line in zones.clocks(Viewer(), day=day) if line.clock.standing}
    assert states == {"running", "unknown"}


def test_the_twenty_measures_end_medium_risk_whatever_was_found(desk: Desk) -> None:
    lines = desk.beside(ZoneDesk).clocks(Viewer(), day=Day(2022, 11, 12))
    over = {line.area[0]: line.clock for line in lines if line.clock.over}
    middle = [line for line in lines if line.clock.zone.kind == "middle" and line.clock.standing]
    assert len(over) == len(middle) == 6
    assert {(clock.over, clock.due) for clock in over.values()} == {(1, Day(2022, 11, 11))}
