"""Ledgers of assignments through the loader: days, colours, the chain, and what was known of the persons then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import h3
import numpy as np
import pytest
import shapely

from data.chain import verify
from data.chain.rows import delivered
from data.code_days import NO_DAY, CodeDay
from data.days import day_number
from data.errors import PersonalData, RuleFileError
from data.store import sqlite_url
from data.terms import EXCEPTIONS
from grid.counts import count_of, system_count
from tests import tiny
from tests.tiny import DAYS, Day, Knobs, Town

CELLS = tiny.cells()
HEADS = ["日期", "码系统", "假名", "码色", "赋码日期", "转码日期", "规则", "依据", "赋码单位", "h3"]
SYSTEMS = """
[[system]]
id = "city"
name = "本市健康码"
owner = "市数据局"
correctors = ["市疾控"]
primary = true

[[system]]
id = "prov"
name = "省健康码"
owner = "省数据局"
"""
PACK = """
id = "an"
zh = "安城规则"
en = "rules of Ancheng"
about = "codes"
notice = "安〔2022〕1号"
notice_en = "An 2022 No. 1"
authority = "安城市指挥部"
authority_en = "Ancheng headquarters"
source = "test"
start = 2022-01-01
area = "99"

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
Row = tuple[Any, ...]


def row(person: str, colour: str, since: Day | None = None, day: Day = DAYS[6], cell: int = 0, **more: Any) -> Row:
    said = {"system": "city", "cleared": None, "rule": "an/red" if colour == "红码" else None} | more
    return (
        day, said["system"], person, colour, since, said["cleared"], said["rule"], said.get("evidence", "E1"), "市疾控", CELLS[cell],
    )  # fmt: skip


def town_of(folder: Path, url: str, text: str = "") -> Town:
    town = Town(folder, url, Knobs(sources=()))
    town.edit('name_en = "Ancheng"', 'name_en = "Ancheng"\nrules = "rules"')
    (folder / "rules").mkdir()
    (folder / "rules/an.toml").write_text(PACK, "utf-8")
    town.path.write_text(town.path.read_text("utf-8") + SYSTEMS, "utf-8")
    town.add("assignments", "assignments", text)
    return town


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    made = town_of(tmp_path, database_url)
    yield made
    made.store.close()


def deliver(town: Town, *rows: Row) -> None:
    town.write("assignments", HEADS, rows)
    outcomes = town.build().outcomes
    assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)


def histories(town: Town, **ledgers: tuple[Sequence[str], list[Row]]) -> None:
    """Gives the city ledgers that come before the assignments, each with an outsider's row."""
    for name, (heads, rows) in ledgers.items():
        town.write(name, heads, rows)
        if f'name = "{name}"' not in town.path.read_text("utf-8"):
            text = town.path.read_text("utf-8")
            source = f'[[source]]\nname = "{name}"\nkind = "{name}"\npath = "in/{name}.csv"\n\n'
            town.path.write_text(
                text.replace('[[source]]\nname = "assignments"', source + '[[source]]\nname = "assignments"'), "utf-8"
            )


def newest(town: Town) -> CodeDay:
    return town.store.code_day(*town.store.code_days(town.store.version())[-1])


def flags(made: CodeDay) -> list[set[str]]:
    return [{name for n, name in enumerate(EXCEPTIONS) if ticket["flags"] >> n & 1} for ticket in made.tickets]


TESTS = ["日期", "假名", "结果", "h3"]


def result_of(person: str, day: Day, result: str = "阴性") -> Row:
    return day, person, result, CELLS[0]


# --- days and colours ------------------------------------------------------------------------------


def test_a_ledger_is_kept_as_days_and_colours_and_no_person(town: Town) -> None:
    deliver(
        town,
        row("甲001", "红码", DAYS[0]), row("甲001", "绿码", system="prov"), row("乙", "绿码", cell=1), row("丙", "黄码", DAYS[2], cell=2),
        row("丁", "黄码", DAYS[1], cleared=DAYS[6], cell=2), row("甲001", "黄码", DAYS[3], day=DAYS[7], cell=3),
    )  # fmt: skip
    assert [(day, source) for day, source, _ in town.store.code_days(9)] == [(d, "assignments") for d in DAYS[6:8]]
    shown = {
        (system, colour): [town.count(system_count(system, colour), day, "city").get("990000") for day in DAYS[5:8]]
        for system in ("city", "prov") for colour in ("green", "yellow", "red")
    }  # fmt: skip
    assert shown == {
        ("city", "green"): [None, 2, 0], ("city", "yellow"): [None, 1, 1], ("city", "red"): [None, 1, 0],
        ("prov", "green"): [None, 1, 1], ("prov", "yellow"): [None, 0, 0], ("prov", "red"): [None, 0, 0],
    }  # fmt: skip
    assert town.count("code_red", DAYS[6], "city") == {"990000": 1}
    assert town.loads() == [("assignments", 6, 0)]
    assert not any("甲001" in str(town.store.code_day(*each).words) for each in town.store.code_days(9))


def test_a_count_of_a_system_stands_for_a_week_and_says_its_name() -> None:
    assert count_of("code.city.red").carry == 7
    assert count_of("cases").carry == 0
    assert "city" in count_of("code.city.red").zh
    with pytest.raises(KeyError):
        count_of("code.city.blue")


def test_colours_that_another_source_tells_are_not_told_twice(town: Town) -> None:
    town.add("codes", "code_status")
    town.write("codes", ["日期", "代码", "码色", "人数"], [(DAYS[6], "990101001", "红码", 50)])
    town.edit('path = "in/codes.csv"', 'path = "in/codes.csv"\ncolumns = { code = "代码" }')
    deliver(town, row("a1", "红码", DAYS[0]))
    assert town.count("code_red", DAYS[6], "city") == {"990000": 50}
    assert town.count("code.city.red", DAYS[6], "city") == {"990000": 1}


def test_streamed_and_row_by_row_it_is_the_same(tmp_path: Path) -> None:
    rows = [
        row(f"p{n % 40}", ("绿码", "红码", "黄码")[n % 3], None if n % 3 == 0 else DAYS[n % 5], cell=n % len(CELLS), system=("city", "prov")[n % 2],
            rule=None, cleared=DAYS[6] if n % 11 == 1 else None, evidence=None if n % 4 else "E")
        for n in range(80)
    ]  # fmt: skip
    made = []
    for n, text in enumerate(["", "days_from = 2000-01-01"]):
        each = town_of(tmp_path / str(n), sqlite_url(tmp_path / f"{n}.db"), text)
        deliver(each, *rows)
        made.append((newest(each), each))
    (a, one), (b, two) = made
    for name in ("groups", "combinations", "tickets"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    assert a.words == b.words
    count = "code.prov.yellow"
    assert one.count(count, DAYS[6]) == two.count(count, DAYS[6])
    one.store.close()
    two.store.close()


def test_bad_rows_are_rejects_either_way(tmp_path: Path) -> None:
    rows = [row(f"p{n}", "绿码") for n in range(30)] + [
        row("x", "红码"),
        row("y", "红码", DAYS[8]),
        row("z", "红码", DAYS[1], system="火星"),
    ]
    for n, text in enumerate(["", "days_from = 2000-01-01"]):
        each = town_of(tmp_path / str(n), sqlite_url(tmp_path / f"{n}.db"), text)
        deliver(each, *rows)
        assert each.loads() == [("assignments", 30, 3)]
        assert [(r.row, r.why) for r in each.store.rejects(2)] == [
            (32, "empty"),
            (33, "days_order"),
            (34, "not_a_term"),
        ]
        each.store.close()


def test_who_has_no_cell_is_where_the_other_columns_say(town: Town) -> None:
    rows = [(*row("a1", "红码", DAYS[0])[:-1], None, "石桥街道", "西山区"), (*row("a2", "绿码"), None, None)]
    town.write("assignments", [*HEADS, "街道", "区"], rows)
    assert [outcome.error for outcome in town.build().outcomes] == [None]
    areas = town.view().areas
    (ticket,) = newest(town).tickets
    assert areas.name[town.view().leaves.area[ticket["leaf"]]] == "石桥街道"


DATED = [*HEADS, "依据日期"]


@pytest.mark.parametrize("text", ["", "days_from = 1900-01-01"], ids=["streamed", "rows"])
def test_days_have_the_same_limits_and_order_either_way(tmp_path: Path, text: str) -> None:
    town = town_of(tmp_path, sqlite_url(tmp_path / "x.db"), text)
    green = [(*row(f"g{n}", "绿码"), None) for n in range(40)]
    bad = [
        (*row("a", "红码")[:4], "二月十号", *row("a", "红码")[5:], None),
        (*row("b", "红码", DAYS[2], cleared=DAYS[1]), None),
        (*row("c", "红码", DAYS[2]), "1850-01-01"),
        (*row("d", "红码", DAYS[2], cleared="二月"), None),
    ]
    good = [(*row("e", "红码", Day(1930, 5, 1)), "1929-12-31"), (*row("f", "红码", DAYS[2]), "1950-01-01")]
    town.write("assignments", DATED, [*green, *bad, *good])
    assert [outcome.error for outcome in town.build().outcomes] == [None]
    assert [(r.row, r.column, r.why) for r in town.store.rejects(2)] == [
        (42, "赋码日期", "not_a_day"), (43, "转码日期", "days_order"), (44, "依据日期", "day_range"), (45, "转码日期", "not_a_day"),
    ]  # fmt: skip
    assert newest(town).tickets["row"].tolist() == [46, 47]
    town.store.close()


def test_evidence_that_came_after_the_code_is_no_ground_for_it(town: Town) -> None:
    days = [DAYS[2], DAYS[3], DAYS[8], None]
    rows = [(*row(f"a{n}", "红码", DAYS[2], evidence=f"E{n}"), day) for n, day in enumerate(days)]
    histories(town, stays=(["日期", "假名", "h3"], [(DAYS[0], "other", CELLS[0])]))
    town.write("assignments", DATED, rows)
    town.build()
    made = newest(town)
    said = dict(zip(made.tickets["row"].tolist(), flags(made), strict=True))
    asked = {"stale_evidence", "never_exposed"}
    assert {n: said.get(n, set()) & asked for n in range(2, 6)} == {2: set(), 3: asked, 4: asked, 5: {"never_exposed"}}


def test_nobody_was_never_exposed_where_no_stay_and_no_contact_is_known(town: Town) -> None:
    text = town.path.read_text("utf-8")
    zones = f'[[source]]\nname = "zones"{tiny.SOURCES["zones"]}\n'
    town.path.write_text(
        text.replace('[[source]]\nname = "assignments"', zones + '[[source]]\nname = "assignments"'), "utf-8"
    )
    shape = shapely.box(110.002, 30.002, 110.003, 30.003).wkt
    heads = ["编号", "类型", "起始日期", "结束日期", "范围", "社区", "位置描述"]
    tiny.write_csv(town.folder / "in/zones.csv", heads, [("Z1", "封控区", DAYS[1], DAYS[5], shape, None, None)])
    deliver(town, row("a1", "红码", DAYS[2], cell=5))
    assert not any("never_exposed" in said for said in flags(newest(town)))


ZONES = """
id = "anz"
zh = "安城划区规则"
en = "zone rules of Ancheng"
about = "zones"
notice = "安〔2022〕2号"
notice_en = "An 2022 No. 2"
authority = "安城市指挥部"
authority_en = "Ancheng headquarters"
source = "test"
start = 2022-01-01
area = "99"
unit = "community"

[identities]
high = "high"

[[clause]]
id = "high"
risk = "high"
days = 1
zh = "一天"
en = "one day"
"""


def test_a_rule_that_gives_another_colour_or_none_sets_no_clock(town: Town) -> None:
    (town.folder / "rules/anz.toml").write_text(ZONES, "utf-8")
    yellow = PACK.partition("[[clause]]")[2].replace('"red"', '"yellow"').replace("days = 3", "days = 1")
    (town.folder / "rules/an.toml").write_text(
        PACK.replace('contact = "red"\n', 'contact = "red"\nrisk_area = "yellow"\n') + "\n[[clause]]" + yellow, "utf-8"
    )
    words = ["an/red", "an/yellow", "anz/high", "anz", "an"]
    deliver(town, *(row(f"a{n}", "红码", DAYS[5], rule=word) for n, word in enumerate(words)))
    made = newest(town)
    found = {
        int(t["row"]) - 2: (made.words["clause"][t["clause"]], int(t["ends"]) - day_number(DAYS[5]), "rule_not_in_force" in said)
        for t, said in zip(made.tickets, flags(made), strict=True)
    }  # fmt: skip
    assert found == {n: ("an/red", 3, word not in ("an/red", "an")) for n, word in enumerate(words) if n in found}
    assert {1, 2, 3} <= set(found)


def test_a_city_without_systems_has_one_of_its_own(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=()))
    town.add("assignments", "assignments")
    deliver(town, row("a1", "红码", DAYS[0], system=None, rule=None))
    assert town.count("code.code.red", DAYS[6], "city") == town.count("code_red", DAYS[6], "city") == {"990000": 1}
    town.store.close()


@pytest.mark.parametrize("text", ["", "days_from = 2000-01-01"])
def test_names_of_persons_are_refused(tmp_path: Path, text: str) -> None:
    town = town_of(tmp_path, sqlite_url(tmp_path / "x.db"), text)
    town.write("assignments", HEADS, [row("张伟", "绿码"), row("李小红", "绿码")])
    (outcome,) = town.build().outcomes
    assert isinstance(outcome.error, PersonalData)
    assert (town.loads(), list(town.store.chain())) == ([], [])
    town.store.close()


def test_a_broken_rule_pack_stops_the_build_before_anything_is_written(town: Town) -> None:
    (town.folder / "rules/an.toml").write_text("id = 1", "utf-8")
    town.write("assignments", HEADS, [row("a1", "绿码")])
    with pytest.raises(RuleFileError):
        town.build()
    assert town.store.version() == 0


# --- what was known then ---------------------------------------------------------------------------


def test_a_test_that_is_loaded_later_changes_nothing_until_the_day_is_delivered_again(town: Town) -> None:
    histories(town, tests=(TESTS, [result_of("other", DAYS[1])]))
    deliver(town, row("a1", "红码", DAYS[0]))
    before = newest(town)
    assert flags(before)[0] & {"waiting", "overdue"} == {"waiting"}
    histories(town, tests=(TESTS, [result_of("a1", DAYS[3]), result_of("a1", DAYS[5])]))
    town.build()
    assert np.array_equal(newest(town).tickets, before.tickets)
    deliver(town, row("a1", "红码", DAYS[0]), row("a2", "绿码"))
    after = newest(town)
    assert flags(after)[0] & {"waiting", "overdue"} == {"overdue"}
    (ticket,) = after.tickets
    assert (ticket["due"], ticket["ends"]) == (day_number(DAYS[3]), day_number(DAYS[3]))
    (then,) = town.store.code_day(DAYS[6], "assignments", before.load).tickets
    assert (then["negative"], then["due"]) == (NO_DAY, NO_DAY)


def test_the_last_word_on_a_day_is_its_newest_delivery(town: Town) -> None:
    histories(town, tests=(TESTS, [result_of("a1", DAYS[4], "阳性"), result_of("a1", DAYS[2])]))
    deliver(town, row("a1", "红码", DAYS[0], evidence=None))
    assert newest(town).tickets["positive"].tolist() == [day_number(DAYS[4])]
    histories(town, tests=(TESTS, [result_of("a1", DAYS[4])]))  # the positive was a mistake; the file lies where it lay
    town.edit('path = "in/tests.csv"', 'path = "in/tests*.csv"')
    (town.folder / "in/tests.csv").rename(town.folder / "in/tests2.csv")
    deliver(town, row("a1", "红码", DAYS[0], evidence=None), row("a2", "绿码"))
    (ticket,) = newest(town).tickets
    assert (ticket["positive"], ticket["negative"]) == (NO_DAY, day_number(DAYS[4]))


def test_contacts_and_stays_are_looked_up(town: Town) -> None:
    histories(
        town,
        contacts=(
            ["日期", "假名", "类型", "h3"],
            [(DAYS[2], "a1", "密接", CELLS[0]), (DAYS[9], "a2", "密接", CELLS[0])],
        ),
        stays=(["日期", "假名", "h3"], [(DAYS[0], "a3", CELLS[0]), (DAYS[5], "a4", CELLS[0])]),
        tests=(TESTS, [result_of(f"a{n}", DAYS[6]) for n in range(1, 6)]),
    )
    deliver(town, *(row(f"a{n}", "红码", DAYS[2], cell=n) for n in range(1, 6)))
    made = newest(town)
    by_row = dict(
        zip(made.tickets["row"].tolist(), zip(made.tickets["contact"].tolist(), flags(made), strict=True), strict=True)
    )
    assert by_row[2][0] == day_number(DAYS[2])
    assert by_row[3][0] == NO_DAY  # a contact after the day of the ledger is not known yet
    assert {n: "never_exposed" in by_row[n][1] for n in by_row} == {2: False, 3: True, 4: False, 5: True, 6: True}


@pytest.mark.parametrize("why", ["gone", "altered"])
def test_a_file_that_is_gone_or_altered_is_unknown_and_said(town: Town, why: str) -> None:
    histories(town, tests=(TESTS, [result_of("a1", DAYS[1])]))
    town.write("assignments", HEADS, [row("a2", "绿码")])
    town.build()
    file = town.folder / "in/tests.csv"
    if why == "gone":
        text = town.path.read_text("utf-8")
        town.path.write_text(text.replace('path = "in/tests.csv"', 'path = "in/tests*.csv"'), "utf-8")
        file.unlink()
    else:
        file.write_text(file.read_text("utf-8").replace("a1", "a9"), "utf-8")
    town.write("assignments", HEADS, [row("a1", "红码", DAYS[0])])
    from data.deliveries import Delivery, sha256_of
    from grid.build import Loader

    loader = Loader(town.store, town.city, town.view().geography, tiny.SECRET)
    path = town.folder / "in/assignments.csv"
    loader.take(Delivery(town.city.source("assignments"), path, sha256_of(path), None))
    notes = town.store.loads()[-1].notes
    assert [(note["file"], note["why"]) for note in notes["histories"]] == [("tests.csv", why)]
    assert flags(newest(town))[0] & {"waiting", "overdue"} == {
        "overdue"
    }  # nothing is known of tests: the clock decides


def test_pseudonyms_meet_whatever_the_ledgers_look_like(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    town = town_of(tmp_path, sqlite_url(tmp_path / "x.db"))
    columns = 'columns = { person = "号" }\nvalues = { result = { N = "阴性" } }'
    text = town.path.read_text("utf-8")
    source = f'[[source]]\nname = "tests"\nkind = "tests"\npath = "in/tests.parquet"\n{columns}\n\n'
    town.path.write_text(
        text.replace('[[source]]\nname = "assignments"', source + '[[source]]\nname = "assignments"'), "utf-8"
    )
    table = pa.table({"日期": [DAYS[4]] * 2, "号": [17, 18], "结果": ["N", "阳性"], "h3": [CELLS[0]] * 2})
    (tmp_path / "in").mkdir(exist_ok=True)
    pq.write_table(table, tmp_path / "in/tests.parquet")
    deliver(town, *(row(word, "红码", DAYS[0], evidence=None) for word in ("17", " １８")))
    made = newest(town).tickets
    told = {int(t["row"]): (int(t["negative"]), int(t["positive"])) for t in made}
    assert told == {2: (day_number(DAYS[4]), NO_DAY), 3: (NO_DAY, day_number(DAYS[4]))}
    town.store.close()


# --- where the infection was -----------------------------------------------------------------------


def test_whoever_was_where_a_zone_or_risk_area_was_is_exposed(tmp_path: Path) -> None:
    town = town_of(tmp_path, sqlite_url(tmp_path / "x.db"))
    text = town.path.read_text("utf-8")
    more = "".join(f'[[source]]\nname = "{name}"{tiny.SOURCES[name]}\n' for name in ("zones", "risks"))
    town.path.write_text(
        text.replace('[[source]]\nname = "assignments"', more + '[[source]]\nname = "assignments"'), "utf-8"
    )
    tiny.write_csv(tmp_path / "in/zones.csv", ["编号", "类型", "起始日期", "结束日期", "范围", "社区", "位置描述"], [
        ("Z1", "封控区", DAYS[1], DAYS[5], shapely.box(110.002, 30.002, 110.008, 30.010).wkt, None, None),
    ])  # fmt: skip
    tiny.write_csv(
        tmp_path / "in/risks.csv",
        ["日期", "风险等级", "区县", "地址"],
        [(DAYS[0], "高风险区", "西山区", "西山区石桥街道")],
    )
    histories(town, stays=(["日期", "假名", "h3"], [(DAYS[0], "other", CELLS[0])]))
    places = {"zone": (110.005, 30.006), "risk": (110.035, 30.02), "free": (110.055, 30.02)}
    cells = {name: h3.latlng_to_cell(lat, lon, 9) for name, (lon, lat) in places.items()}
    heads = [*HEADS[:-1], "h3", "街道", "区"]
    rows = [(*row(name, "黄码", DAYS[4])[:-1], cell, None, None) for name, cell in cells.items()]
    rows.append((*row("street", "黄码", DAYS[4])[:-1], None, "江口街道", "东江区"))
    rows.append((*row("far", "黄码", DAYS[4])[:-1], None, "上河镇", "西山区"))
    town.edit('path = "in/assignments.csv"', 'path = "in/assignments.csv"\ndays_from = 2000-01-01')
    town.write("assignments", heads, rows)
    town.build()
    made = newest(town)
    never = {int(t["row"]) for t, said in zip(made.tickets, flags(made), strict=True) if "never_exposed" in said}
    assert never == {4, 6}
    town.store.close()


# --- the chain -------------------------------------------------------------------------------------


def test_what_is_loaded_is_chained_and_an_altered_file_is_named(town: Town) -> None:
    deliver(town, row("a1", "红码", DAYS[0]), row("a2", "绿码"), row("a3", "黄码", DAYS[1]))
    assert town.store.loads()[-1].notes["chained"] == 2
    proof = verify(town.store, delivered(town.store, town.city), tiny.SECRET)
    assert (proof.rows, proof.heads, proof.breaks) == (2, 1, [])
    file = town.folder / "in/assignments.csv"
    file.write_text(file.read_text("utf-8").replace("a3", "a4"), "utf-8")
    (found,) = verify(town.store, delivered(town.store, town.city), tiny.SECRET).breaks
    assert (found.what, found.file, found.row) == ("altered", "assignments.csv", 4)


def test_nothing_of_a_person_is_in_the_database(tmp_path: Path) -> None:
    town = town_of(tmp_path, sqlite_url(tmp_path / "x.db"))
    histories(town, tests=(TESTS, [result_of("pseudonym-a1", DAYS[1])]))
    deliver(town, row("pseudonym-a1", "红码", DAYS[0]), row("pseudonym-a2", "绿码"), row("pseudonym-a3", "红码"))
    town.store.close()
    for file in tmp_path.glob("x.db*"):
        assert b"pseudonym-a" not in file.read_bytes()


def test_the_first_system_is_primary_where_none_is(tmp_path: Path) -> None:
    town = town_of(tmp_path, sqlite_url(tmp_path / "x.db"))
    town.edit("primary = true\n", "")
    deliver(town, row("a", "红码", DAYS[2]), row("b", "绿码"), row("c", "绿码", system="prov"))
    for colour in ("red", "green"):
        assert town.count(f"code_{colour}", DAYS[6], "city") == {"990000": 1}
    town.store.close()


def test_headings_with_blanks_at_their_ends_are_matched(tmp_path: Path) -> None:
    town = town_of(tmp_path, sqlite_url(tmp_path / "x.db"))
    town.write("assignments", [f" {head} " for head in HEADS], [row("a", "红码", DAYS[2]), row("b", "绿码")])
    assert [outcome.error for outcome in town.build().outcomes] == [None]
    assert town.loads() == [("assignments", 2, 0)]
    town.store.close()
