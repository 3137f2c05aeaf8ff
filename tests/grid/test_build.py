"""Files -> loads -> numbers, end to end on both databases; and everything an official does wrong on the way."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.deliveries import Delivery, sha256_of
from data.errors import CityFileError, CRSError, MissingColumns, PersonalData, TooManyRejects
from data.store import sqlite_url
from grid.build import Loader
from grid.cube import Cube
from tests import tiny
from tests.tiny import DAYS, Day, Knobs, Person, Town

PERSON = Person("P1", DAYS[0], "确诊", "990102002", 110.045, 30.01)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("cases",), people=0))
    made.people(PERSON)
    yield made
    made.store.close()


def streets(day: dt.date, persons: list[Person], status: str) -> Counter[str]:
    return Counter(each.street for each in persons if each.day == day and each.status in status)


def test_everything_comes_in_and_a_second_run_loads_nothing(tmp_path: Path, database_url: str) -> None:
    town = Town(tmp_path, database_url, Knobs(sources=tiny.USUAL))
    built = town.build()
    assert [(o.delivery.source.name, o.error) for o in built.outcomes] == [(name, None) for name in tiny.USUAL]
    assert town.loads() == [
        ("population", 6, 0), ("cases", 60, 0), ("table", 27, 0), ("zones", 4, 0), ("risks", 5, 0),
        ("addresses", 60, 0), ("codes", 108, 0),
    ]  # fmt: skip
    persons = tiny.people()
    for day in DAYS:
        asymptomatic = town.count("asymptomatic", day)
        assert +Counter(asymptomatic) == streets(day, persons, "无症状")
        reported = dict.fromkeys(asymptomatic, 0)
        for (street, when), number in tiny.TABLE.items():
            code = next(code for code, (name, _, _) in tiny.STREETS.items() if name == street)
            reported[code] += number if when == day else 0
        assert Counter(town.count("cases", day)) == Counter(reported) + streets(day, persons, "确诊")
        assert town.count("reclassified", day, "city") == {"990000": sum(streets(day, persons, "转归").values())}
    again = town.build()
    assert (again.outcomes, again.skipped, again.new_geography) == ([], 7, False)
    assert town.store.version() == 8
    town.store.close()


def test_a_new_file_loads_only_itself(town: Town) -> None:
    town.edit('path = "in/cases.csv"', 'path = "in/cases_*.csv"')
    tiny.write_people(town.folder / "in/cases_1.csv", [PERSON])
    town.build()
    tiny.write_people(town.folder / "in/cases_2.csv", [replace(PERSON, id="P2")])
    built = town.build()
    assert [outcome.delivery.path.name for outcome in built.outcomes] == ["cases_2.csv"]
    assert town.count("cases", DAYS[0])["990102002"] == 2


def test_a_correction_moves_a_person_to_another_day_street_and_finding(town: Town) -> None:
    town.build()
    town.people(replace(PERSON, day=DAYS[3], street="990101002", lon=110.02, status="无症状"))
    town.build()
    assert town.count("cases", DAYS[0], "city") == {"990000": 0}
    assert town.count("cases", DAYS[3], "city") == {"990000": 0}
    assert +Counter(town.count("asymptomatic", DAYS[3])) == {"990101002": 1}


def test_a_correction_leaves_no_trace_where_silence_means_missing(town: Town) -> None:
    town.edit("max_bad_share = 0.2", 'max_bad_share = 0.2\nabsent = "missing"')
    town.build()
    assert town.count("cases", DAYS[0]) == {"990102002": 1}
    town.people(replace(PERSON, day=DAYS[3]))
    town.build()
    assert town.count("cases", DAYS[0]) == {}
    assert town.count("cases", DAYS[3]) == {"990102002": 1}


def test_a_later_line_list_adds_to_the_earlier_one_and_its_double_adds_nothing(town: Town) -> None:
    town.build()
    town.people(replace(PERSON, id="P2"))
    town.build()
    town.people(PERSON, replace(PERSON, id="P2"))  # the whole list once more
    town.build()
    assert town.count("cases", DAYS[0])["990102002"] == 2


def test_a_wrong_file_put_right_again_is_taken_again(town: Town) -> None:
    town.build()
    town.people(replace(PERSON, street="990101001", lon=110.002))
    town.build()
    assert town.count("cases", DAYS[0])["990102002"] == 0
    town.people(PERSON)
    built = town.build()
    assert (len(built.outcomes), built.skipped) == (1, 0)
    assert town.count("cases", DAYS[0])["990102002"] == 1
    assert town.build().skipped == 1


def test_a_correction_of_the_same_name_from_elsewhere_is_not_undone_by_the_next_build(
    town: Town, tmp_path: Path
) -> None:
    town.build()
    late = tiny.write_people(tmp_path / "mail/cases.csv", [replace(PERSON, street="990101001", lon=110.002)])
    loader = Loader(town.store, town.city, town.view().geography, tiny.SECRET)
    loader.take(Delivery(town.city.source("cases"), late, sha256_of(late), None))
    assert town.build().skipped == 1
    assert +Counter(town.count("cases", DAYS[0])) == {"990101001": 1}


def test_the_same_rows_under_two_names_count_once(town: Town) -> None:
    town.edit('path = "in/cases.csv"', 'path = "in/*.csv"')
    (town.folder / "in/copy of cases.csv").write_bytes((town.folder / "in/cases.csv").read_bytes())
    built = town.build()
    assert (len(built.outcomes), built.skipped) == (1, 1)
    assert town.count("cases", DAYS[0])["990102002"] == 1
    assert town.build().skipped == 2


def test_rows_without_an_id_replace_only_rows_that_say_the_same_of_the_same_place(town: Town) -> None:
    two = tiny.write_csv(town.folder / "in/cases.csv", ["编号", "日期", "类别", "区", "街道", "经度", "纬度"], [
        (None, DAYS[0], "确诊", "西山区", "柳林街道", None, None),
        (None, DAYS[1], "确诊", "西山区", "石桥街道", None, None),
    ])  # fmt: skip
    town.build()
    two.write_text(two.read_text("utf-8").replace(str(DAYS[1]), str(DAYS[2])), "utf-8")
    town.build()
    assert [+Counter(town.count("cases", day)) for day in DAYS[:3]] == [
        {"990102002": 1},
        {"990102001": 1},
        {"990102001": 1},
    ]


def daily(town: Town, name: str, *rows: tuple[Any, ...]) -> None:
    tiny.write_csv(town.folder / f"in/{name}", ["日期", "街道", "人数"], rows, "gb18030")


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Town]:
    """A town with one source: a daily table of counts by street, a file a day."""
    made = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("table",)))
    made.edit('path = "in/table.csv"', 'path = "in/table*.csv"')
    (tmp_path / "in/table.csv").unlink()
    yield made
    made.store.close()


def test_tables_of_two_days_stand_side_by_side(table: Town) -> None:
    daily(table, "table1.csv", (DAYS[0], "石桥街道", 3), (DAYS[0], "柳林街道", 0))
    table.build()
    daily(table, "table2.csv", (DAYS[1], "石桥街道", 5))
    table.build()
    assert table.count("cases", DAYS[0]) == {"990102001": 3, "990102002": 0}  # the third street said nothing
    assert table.count("cases", DAYS[1]) == {"990102001": 5}
    daily(table, "table3.csv", (DAYS[0], "石桥街道", 4), (DAYS[0], "上河镇", 1))
    table.build()
    assert table.count("cases", DAYS[0]) == {"990102001": 4, "990102002": 0, "990102003": 1}
    assert table.count("cases", DAYS[2]) == {}


def test_an_empty_cell_is_missing_unless_the_source_says_zero(table: Town) -> None:
    daily(table, "table1.csv", (DAYS[0], "石桥街道", None), (DAYS[0], "柳林街道", 2))
    table.build()
    assert table.count("cases", DAYS[0]) == {"990102002": 2}
    assert table.store.loads()[-1].aside == 1
    table.edit("constants = { district", 'empty = "zero"\nconstants = { district')
    daily(table, "table2.csv", (DAYS[1], "石桥街道", None))
    table.build()
    assert table.count("cases", DAYS[1]) == {"990102001": 0}


def test_a_headings_only_file_is_a_load_of_nothing(table: Town) -> None:
    daily(table, "table1.csv")
    (outcome,) = table.build().outcomes
    assert (outcome.error, outcome.rows) == (None, 0)
    load = table.store.loads()[-1]
    assert (load.rows, load.first_day, load.last_day) == (0, None, None)


def test_rejects_are_kept_with_row_column_value_and_why(table: Town) -> None:
    rows = [(DAYS[0], "石桥街道", n) for n in range(8)]
    daily(table, "table1.csv", *rows, (DAYS[0], "石桥街道", "三"))
    table.build()
    (reject,) = table.store.rejects(2)
    assert (reject.row, reject.column, reject.value, reject.why) == (10, "人数", "三", "not_a_count")
    assert table.loads() == [("table", 8, 1)]
    assert table.count("cases", DAYS[0]) == {"990102001": sum(range(8))}  # equal keys of one file add up


def test_notes_past_those_that_are_kept_are_still_counted(table: Town) -> None:
    rows = [(DAYS[0], f"火星{n}街道", 1) for n in range(250)]
    daily(table, "table1.csv", *rows, (DAYS[0], "火星0街道", 1))
    table.build()
    notes = table.store.unplaced(2)
    assert len(notes) == 201
    assert {rows for *_, text, rows in notes if text == "火星0街道"} == {2}
    assert {rows for *_, text, rows in notes if text == "…"} == {50}
    assert sum(note[-1] for note in notes) == 251


def test_a_place_that_is_not_ours_is_a_reject_with_the_senders_heading(town: Town) -> None:
    town.people(*(replace(PERSON, id=f"P{n}") for n in range(9)))
    with (town.folder / "in/cases.csv").open("a", encoding="utf-8") as file:
        file.write(f"P9,{DAYS[0]},确诊,火星区,,,\nP10,{DAYS[0]},确诊,,,10.5,20.5\n")
    town.build()
    found = town.store.rejects(2)
    assert [(r.row, r.column, r.value, r.why) for r in found] == [
        (11, "区", "火星区", "unknown_place"),
        (12, "经度", "10.5, 20.5", "outside"),
    ]
    assert town.loads() == [("cases", 9, 2)]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("编号,日期,类别,区,街道,经度,纬度\n" + f"P1,{DAYS[0]},确诊,火星区,,,\n" * 3, TooManyRejects),
        ("编号,日期,类别,区,街道,经度,纬度\n" + "P1,三月一日,确诊,西山区,,,\n" * 3, TooManyRejects),
        ("日期,类别,区,街道\n", MissingColumns),
        (f"编号,日期,类别,区,街道,经度,纬度,姓名\nP1,{DAYS[0]},确诊,西山区,,,,张三\n", PersonalData),
    ],
)
def test_a_file_that_cannot_be_taken_leaves_no_trace_and_the_others_go_on(
    tmp_path: Path, database_url: str, text: str, error: type[Exception]
) -> None:
    town = Town(tmp_path, database_url, Knobs(sources=("cases", "table")))
    (town.folder / "in/cases.csv").write_text(text, "utf-8")
    built = town.build()
    assert [type(outcome.error) for outcome in built.outcomes] == [error, type(None)]
    assert town.loads() == [("table", 27, 0)]
    town.people(PERSON)
    assert [outcome.delivery.source.name for outcome in town.build().outcomes] == ["cases"]
    town.store.close()


def test_too_much_at_one_place_is_refused_rather_than_wrapped(table: Town) -> None:
    daily(table, "table1.csv", *[(DAYS[0], "石桥街道", 2_000_000_000)] * 2)
    (outcome,) = table.build().outcomes
    assert outcome.error is not None
    assert "add up to too much" in outcome.error.say("en")
    assert table.loads() == []


def test_what_the_city_file_gets_wrong_stops_the_build_before_anything_is_written(town: Town) -> None:
    for old, new, error in [
        ('kind = "cases"', 'kind = "deaths"', CityFileError),
        ('crs = "GCJ-02"', 'crs = "火星"', CRSError),
        ('id = "编号"', 'ident = "编号"', CityFileError),
    ]:
        town.edit(old, new)
        with pytest.raises(error):
            town.build()
        town.edit(new, old)
    assert town.store.version() == 0


def test_points_without_a_declared_system_send_only_their_file_back(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("cases", "table")))
    town.edit('crs = "GCJ-02"\n', "")
    built = town.build()
    assert [type(outcome.error) for outcome in built.outcomes] == [CRSError, type(None)]
    town.store.close()


# --- two clocks ----------------------------------------------------------------------------------


def test_archives_are_known_from_the_moment_in_their_names_and_later_files_from_now(town: Town) -> None:
    town.edit('path = "in/cases.csv"', 'path = "in/cases_*.csv"\nreceived = "cases_%Y%m%d%H"')
    town.path.write_text(
        town.path.read_text("utf-8") + '[[source]]\nname = "population"' + tiny.SOURCES["population"], "utf-8"
    )
    tiny.write_csv(town.folder / "in/population.csv", ["街道代码", "常住人口"], tiny.POPULATION.items())
    for n in range(3):
        tiny.write_people(town.folder / f"in/cases_202203{n + 2:02}08.csv", [replace(PERSON, id=f"P{n}")])
    town.build()
    first = dt.datetime(2022, 3, 2, 0)  # 8 o'clock in Shanghai
    known = [(load.source, load.known) for load in town.store.loads()]
    assert known == [("geography", first), ("population", first)] + [
        ("cases", first + dt.timedelta(days=n)) for n in range(3)
    ]
    tiny.write_csv(town.folder / "in/population.csv", ["街道代码", "常住人口"], [("990101001", 1)])
    town.build()
    assert abs(town.store.loads()[-1].known - dt.datetime.now(dt.UTC).replace(tzinfo=None)) < dt.timedelta(minutes=5)
    cube = Cube(town.store, town.city)
    for n in range(3):
        view = cube.at(first + dt.timedelta(days=n, hours=1))
        assert view.sums("cases", [DAYS[0]]).total[0, 0] == n + 1
        assert view.sums("population", [DAYS[0]]).total[0, 0] == sum(tiny.POPULATION.values())


# --- ledgers -------------------------------------------------------------------------------------


def ledger_town(folder: Path, *, streamed: bool, parquet: bool = False) -> Town:
    town = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=("ledger",)))
    if not streamed:  # a rule that only the reader of rows knows
        town.edit('path = "in/ledger.csv"', 'path = "in/ledger.csv"\ndays_from = 2000-01-01')
    if parquet:
        cells, days, until, status = zip(*tiny.ledger(), strict=True)
        pq.write_table(
            pa.table({"cell": cells, "day": days, "until": until, "status": status}), folder / "in/ledger.parquet"
        )
        town.edit("in/ledger.csv", "in/ledger.parquet")
    town.build()
    return town


def test_a_ledger_streamed_is_the_ledger_read_row_by_row(tmp_path: Path) -> None:
    towns = [
        ledger_town(tmp_path / "a", streamed=True),
        ledger_town(tmp_path / "b", streamed=False),
        ledger_town(tmp_path / "c", streamed=True, parquet=True),
    ]
    expected: Counter[tuple[str, dt.date]] = Counter()
    words = {"红码": "red", "黄": "yellow", "green": "green"}
    for _, day, until, colour in tiny.ledger():
        for n in range((until - day).days if until else 1):
            expected[words[colour], day + dt.timedelta(n)] += 1
    views = [Cube(town.store, town.city).at() for town in towns]
    for colour in words.values():
        count, days = f"code_{colour}", sorted({day for _, day in expected})
        vectors = [view.vectors(count, days) for view in views]
        for n, day in enumerate(days):
            found = [None if each[n] is None else each[n].tolist() for each in vectors]  # type: ignore[union-attr]
            assert found[0] == found[1] == found[2]
            assert sum(found[0] or []) == expected[colour, day]
    for town in towns:
        assert town.store.loads()[-1].taken == 400
        town.store.close()


def test_a_ledgers_rules_about_rows_are_kept(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("ledger",)))
    town.edit('path = "in/ledger.csv"', 'path = "in/ledger.csv"\nwhere = [{ column = "status", only = ["红码"] }]')
    town.build()
    assert town.store.loads()[-1].taken == sum(colour == "红码" for *_, colour in tiny.ledger())
    town.store.close()


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_a_ledger_with_names_of_persons_is_refused(tmp_path: Path, format_: str) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("ledger",)))
    if format_ == "csv":
        rows = [(*row, "张三") for row in tiny.ledger(5)]
        tiny.write_csv(tmp_path / "in/ledger.csv", ["cell", "day", "until", "status", "姓名"], rows)
    else:
        cell, day, until, status = tiny.ledger(1)[0]
        table = pa.table({"cell": [cell], "day": [day], "until": [until], "status": [status], "身份证号": ["x"]})
        pq.write_table(table, tmp_path / "in/ledger.parquet")
        town.edit("in/ledger.csv", "in/ledger.parquet")
    (outcome,) = town.build().outcomes
    assert isinstance(outcome.error, PersonalData)
    assert town.loads() == []
    town.store.close()


def test_bad_rows_of_a_parquet_ledger_are_kept_as_rejects(tmp_path: Path, database_url: str) -> None:
    town = Town(tmp_path, database_url, Knobs(sources=("ledger",)))
    rows: list[tuple[str, Day, Day | None, str]]
    rows = [(cell, day, None, colour) for cell, day, _, colour in tiny.ledger(50)]
    rows[7] = (rows[7][0], DAYS[3], DAYS[1], "red")  # it ends before it starts
    cells, days, until, status = zip(*rows, strict=True)
    table = pa.table({"cell": cells, "day": days, "until": pa.array(until, pa.date32()), "status": status})
    pq.write_table(table, tmp_path / "in/ledger.parquet")
    town.edit("in/ledger.csv", "in/ledger.parquet")
    town.build()
    assert town.loads() == [("ledger", 49, 1)]
    (reject,) = town.store.rejects(2)
    assert (reject.row, reject.why, reject.more["start"]) == (9, "days_order", str(DAYS[3]))
    town.store.close()


# --- imported grids --------------------------------------------------------------------------------


def test_a_point_in_an_imported_cell_counts_for_its_community_drawn_or_not(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(grid="imported", sources=("cases",), people=0))
    town.people(replace(PERSON, lon=110.0451, lat=30.0011))
    town.build()
    assert +Counter(town.count("cases", DAYS[0], "community")) == {"990102002001": 1}
    view = Cube(town.store, town.city).at()
    (vector,) = view.vectors("cases", [DAYS[0]])
    assert vector is not None
    (leaf,) = vector.nonzero()[0].tolist()
    assert view.leaves.cells.id[view.leaves.cell[leaf]] == "990102002001" + "18" + "000"
    town.store.close()


def test_a_json_feed_with_a_nul_in_it_is_kept_on_both_databases(tmp_path: Path, database_url: str) -> None:
    town = Town(tmp_path, database_url, Knobs(sources=("table",)))
    good = [{"日期": str(DAYS[0]), "街道": "石桥街道", "人数": "1"}] * 9
    rows = [*good, {"日期": "x\0y", "街道": "石桥街道", "人数": "1"}]
    (tmp_path / "in/table.json").write_text(json.dumps(rows), "utf-8")
    town.edit('path = "in/table.csv"\nencoding = "gb18030"', 'path = "in/table.json"')
    town.build()
    assert town.loads() == [("table", 9, 1)]
    assert "x" in town.store.rejects(2)[0].value
    town.store.close()
