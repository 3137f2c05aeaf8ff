"""Frames become typed good rows and rejects; nothing is lost and nothing is made up."""

from __future__ import annotations

import csv
import datetime as dt
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import python_calamine
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.check import Checked, check
from data.city import Source
from data.errors import CityFileError, MissingColumns, PersonalData, TooManyRejects
from data.read import Frame, read_frame
from data.reject_sheet import reject_sheet
from data.rejects import Reject
from data.sources import kind

Columns = dict[str, list[str | None]]

REAL = Path(__file__).parents[3] / "shared" / "data" / "shanghai"


def frame_of(columns: Columns, **more: Any) -> Frame:
    table = pd.DataFrame(columns, dtype=object)
    return Frame(table, np.arange(2, len(table) + 2), {name: name for name in columns}, file="x.csv", **more)


def checked(columns: Columns, frame: dict[str, Any] | None = None, /, **source: Any) -> Checked:
    made = Source(**{"name": "s", "kind": "cases", "path": "x.csv", "max_bad_share": 1, **source})
    return check(frame_of(columns, **(frame or {})), kind(made.kind), made)


CASES: Columns = {
    "日期": ["2022-03-05", "2022-03-06"], "类别": ["确诊", "无症状"], "区县": ["黄浦区", "徐汇区"],
    "数量": ["12", "1,000"],
}  # fmt: skip


def reasons(found: Checked) -> list[tuple[int, str, str]]:
    return [(reject.row, reject.column, reject.why) for reject in found.rejects]


def test_good_rows_are_typed() -> None:
    good = checked(CASES).good
    assert good["day"].to_numpy().astype("M8[D]").tolist() == [dt.date(2022, 3, 5), dt.date(2022, 3, 6)]
    assert good["count"].to_numpy().tolist() == [12, 1000]
    assert good["count"].dtype == good["row"].dtype == np.int64
    assert good["lon"].dtype == np.float64
    assert good["lon"].isna().all()
    assert good["status"].tolist() == ["case", "asymptomatic"]
    assert good["street"].tolist() == [None, None]
    assert good["district"].dtype == object
    assert set(good.columns) == {field.id for field in kind("cases").all_fields()} | {"row"}


def test_every_bad_cell_of_a_row_is_told() -> None:
    found = checked({
        "日期": ["x", "2022-03-06", "2022-03-07", None], "类别": ["其他", "确诊", "确诊", "确诊"],
        "区县": ["黄浦区", None, "黄浦区", "黄浦区"], "数量": ["-1", "1", "=A1", "1"],
    })  # fmt: skip
    assert reasons(found) == [
        (2, "日期", "not_a_day"), (2, "类别", "not_a_term"), (2, "数量", "negative"), (3, "", "no_place"),
        (4, "数量", "formula"), (5, "日期", "empty"),
    ]  # fmt: skip
    assert len(found.good) == 0
    assert all(reject.say("zh") and reject.say("en") for reject in found.rejects)


def test_empty_counts_are_missing_unless_the_source_says_zero() -> None:
    columns: Columns = {**CASES, "数量": ["3", None]}
    assert (len(checked(columns).good), checked(columns).aside) == (1, 1)
    assert checked(columns, empty="zero").good["count"].tolist() == [3, 0]
    assert checked({**columns, "日期": ["2022-03-05", "x"]}).aside == 0


def test_headings_by_mapping_name_or_constant() -> None:
    columns: Columns = {
        "Date": ["20220305"],
        "qu": ["黄浦"],
        "Ｌｎｇ": ["121.4"],
        "lat": ["31.2"],
        "n": ["-"],
    }
    good = checked(
        columns,
        columns={"district": "qu", "count": " n "},
        constants={"status": "确诊"},
        values={"count": {"-": "0"}, "district": {"黄浦": "黄浦区"}},
    ).good.iloc[0]
    assert (good["district"], good["status"], good["count"], good["lon"]) == ("黄浦区", "case", 0, 121.4)


def test_translation_to_nothing_is_an_empty_cell() -> None:
    assert checked({**CASES, "数量": ["…", "1"]}, values={"count": {"…": ""}}).aside == 1


def test_rows_are_one_thing_each_without_a_count() -> None:
    assert checked({key: CASES[key] for key in ("日期", "类别", "区县")}).good["count"].tolist() == [1, 1]
    good = checked({"区县": ["黄浦区"], "人口": ["662030"]}, kind="population").good
    assert good["day"].tolist() == [pd.Timestamp(1900, 1, 1)]


@pytest.mark.parametrize(
    ("columns", "source", "word"),
    [
        ({"日期": ["x"]}, {}, "status"), ({"日期": ["x"], "类别": ["x"]}, {}, "位置"),
        (CASES, {"columns": {"street": "街镇"}}, "街镇"),
        ({"人口": ["1"], "x": ["y"]}, {"kind": "population"}, "位置"),
        ({"id": ["1"], "kind": ["封控"], "区": ["x"]}, {"kind": "zones"}, "start"),
    ],
)  # fmt: skip
def test_missing_columns(columns: Columns, source: dict[str, Any], word: str) -> None:
    with pytest.raises(MissingColumns) as caught:
        checked(columns, **source)
    assert word in caught.value.say("zh")


def test_bad_constant_is_the_city_files_fault() -> None:
    with pytest.raises(CityFileError, match="status"):
        checked({key: CASES[key] for key in ("日期", "区县", "数量")}, constants={"status": "其他"})


def test_personal_columns_are_refused_mapped_or_not() -> None:
    with pytest.raises(PersonalData, match="姓名"):
        checked({**CASES, "姓名": ["张", "李"]})
    with pytest.raises(PersonalData, match="备注"):
        checked({**CASES, "备注": ["13812345678", "x"]})
    assert len(checked({**CASES, "姓名": ["张", "李"]}, allow=["姓名"]).good) == 2


def test_personal_data_in_lines_that_could_not_be_split() -> None:
    bad = [Reject(9, "", "张,13812345678", "columns", {"found": 2, "wanted": 4})]
    with pytest.raises(PersonalData):
        checked(CASES, {"bad": bad})


def test_points_are_whole_and_in_range() -> None:
    columns: Columns = {**CASES, "lon": ["121.4", "31.2"], "lat": [None, "121.4"]}
    assert reasons(checked(columns)) == [(2, "lon", "lonlat"), (3, "lat", "lonlat")]
    metres: Columns = {**CASES, "lon": ["40500000.5"] * 2, "lat": ["3456789"] * 2}
    assert len(checked(metres, crs="EPSG:4525").good) == 2
    assert len(checked(metres, crs="GCJ-02").good) == 0


def test_days_outside_the_window_are_set_aside() -> None:
    found = checked({**CASES, "数量": ["x", "1"]}, days_from="2022-03-06")
    assert (len(found.good), found.aside, found.rejects) == (1, 1, [])
    assert checked(CASES, days_to="2022-03-05").good["row"].tolist() == [2]


def test_serials_only_where_the_file_is_excels() -> None:
    columns: Columns = {**CASES, "日期": ["44625", "44626.5"]}
    assert checked(columns, {"serials": True}).good["day"].dt.day.tolist() == [5, 6]
    assert len(checked(columns).good) == 0


def test_line_lists_have_no_row_twice() -> None:
    columns = {key: [*values, values[0]] for key, values in CASES.items()}
    assert len(checked(columns).good) == 3
    listed = checked({**columns, "id": ["a", "b", "a"]})
    assert reasons(listed) == [(4, "id", "duplicate")]
    assert listed.rejects[0].more == {"other": 2}
    assert len(checked({**columns, "id": ["a", "b", "c"]}).good) == 3
    assert len(checked({**columns, "id": [None, "b", None]}).good) == 3


ZONES: Columns = {
    "id": ["1", "2"],
    "类型": ["封控", "管控区"],
    "开始日期": ["2022-04-01"] * 2,
    "结束日期": ["2022-04-14", None],
}


def test_zones_by_text_by_file_and_by_area() -> None:
    square = shapely.box(0, 0, 1, 1)
    good = checked({**ZONES, "图形": [square.wkt, shapely.to_geojson(square)]}, kind="zones").good
    assert all(shape.equals(square) for shape in good["geometry"])
    drawn = checked(ZONES, {"geometry": np.array([square, shapely.Point(1, 1)])}, kind="zones")
    assert reasons(drawn) == [(3, "geometry", "not_a_geometry")]
    assert checked({**ZONES, "社区": ["甲", "乙"]}, kind="zones").good["geometry"].tolist() == [None, None]
    none = checked(ZONES, {"geometry": np.array([square, None])}, kind="zones")
    assert reasons(none) == [(3, "", "no_place")]


def test_zones_do_not_end_before_they_start() -> None:
    found = checked({**ZONES, "社区": ["甲", "乙"], "结束日期": ["2022-03-31", "2022-04-01"]}, kind="zones")
    assert reasons(found) == [(2, "结束日期", "days_order")]


def test_ledger_until() -> None:
    columns: Columns = {
        "day": ["2022-04-01"] * 2,
        "until": ["2022-03-01", None],
        "status": ["红码", "red"],
        "code": ["310101"] * 2,
    }
    found = checked(columns, kind="code_ledger")
    assert reasons(found) == [(2, "until", "days_order")]
    assert found.good["until"].isna().all()


@pytest.mark.parametrize(
    ("good", "bad", "share", "refused"),
    [
        (0, 0, 0.1, False), (1, 1, 0, False), (0, 1, 0.1, True), (0, 1, 1, False),
        (9, 1, 0, False), (98, 2, 0, True), (90, 10, 0.1, False), (89, 11, 0.1, True),
    ],
)  # fmt: skip
def test_share_of_bad_rows(good: int, bad: int, share: float, refused: bool) -> None:
    days: list[str | None] = [*["2022-03-05"] * good, *["x"] * bad]
    columns: Columns = {"日期": days, "类别": ["确诊"] * len(days), "区县": ["黄浦区"] * len(days)}
    if refused:
        with pytest.raises(TooManyRejects, match=f"{bad} of {good + bad}"):
            checked(columns, max_bad_share=share)
    else:
        assert len(checked(columns, max_bad_share=share).good) == good


def test_lines_that_could_not_be_split_are_counted() -> None:
    bad = [Reject(9, "", "1,2", "columns", {"found": 2, "wanted": 4})]
    found = checked(CASES, {"bad": bad})
    assert (found.rows, found.rejects) == (3, bad)
    with pytest.raises(TooManyRejects):
        checked(CASES, {"bad": [*bad, Reject(10, "", "1", "columns", {"found": 1, "wanted": 4})]}, max_bad_share=0.1)


def test_unpivoted_rejects_name_the_wide_heading(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("日期,甲区_确诊,乙区_确诊\n2022-03-05,1,x\n", "utf-8")
    rule = {"pattern": "(?P<district>.+区)_(?P<status>确诊)", "value": "count"}
    source = Source(name="s", kind="cases", path="x.csv", unpivot=rule)
    found = check(read_frame(path, source), kind("cases"), source)
    assert reasons(found) == [(2, "乙区_确诊", "not_a_count")]


@given(st.lists(st.tuples(
    st.sampled_from(["2022-03-05", "x", None]), st.sampled_from(["确诊", "?", None]),
    st.sampled_from(["1", "-1", None]), st.sampled_from(["甲", None]),
), max_size=30))  # fmt: skip
def test_every_row_is_good_or_rejected_or_aside(rows: list[tuple[str | None, ...]]) -> None:
    names = ("日期", "类别", "数量", "区县")
    found = checked({name: [row[place] for row in rows] for place, name in enumerate(names)})
    good = [row == ("2022-03-05", "确诊", "1", "甲") for row in rows]
    aside = [row == ("2022-03-05", "确诊", None, "甲") for row in rows]
    assert found.good["row"].tolist() == [place + 2 for place, each in enumerate(good) if each]
    assert found.aside == sum(aside)
    assert len({reject.row for reject in found.rejects}) + len(found.good) + found.aside == found.rows == len(rows)


# --- the sheet for the sender ---

REJECTS = [
    Reject(2, "=cmd|'/c calc'!A0", "=HYPERLINK(\"http://x\")", "formula"), Reject(3, "数量", "-5", "negative"),
    Reject(4, "备注", "x" * 40_000, "cell_too_long", {"size": 40_000}), Reject(5, "@a", "\x01\t+1", "not_a_count"),
]  # fmt: skip


def test_sheet_is_harmless_in_excel(tmp_path: Path) -> None:
    reject_sheet(REJECTS, tmp_path / "x.xlsx", "zh")
    lines = python_calamine.load_workbook(tmp_path / "x.xlsx").get_sheet_by_index(0).to_python()
    assert lines[0] == ["行", "列", "值", "原因"]
    assert lines[1][:3] == [2.0, "'=cmd|'/c calc'!A0", '\'=HYPERLINK("http://x")']
    assert len(lines) == 5
    assert lines[2][2:] == ["'-5", "'-5 为负数"]


def test_sheet_is_harmless_as_csv(tmp_path: Path) -> None:
    reject_sheet(REJECTS, tmp_path / "x.csv", "en")
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["Row", "Column", "Value", "Why"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)
    with pytest.raises(ValueError, match=r"\.pdf"):
        reject_sheet(REJECTS, tmp_path / "x.pdf", "en")


# --- speed, as a ratio ---


def test_distinct_texts_are_parsed_once() -> None:
    def seconds(lines: int) -> float:
        columns = {name: (values * lines)[:lines] for name, values in CASES.items()}
        frame, source = frame_of(columns), Source(name="s", kind="cases", path="x")
        start = time.thread_time()  # not the clock, which goes on while others have the machine
        check(frame, kind("cases"), source)
        return time.thread_time() - start

    seconds(100)
    assert seconds(100_000) < 300 * seconds(1_000)


# --- the real files of one city ---

real = pytest.mark.skipif(not REAL.exists(), reason="the real data are not beside this checkout")


def real_file(name: str, **source: Any) -> Checked:
    made = Source(**{"name": "s", "path": name, **source})
    return check(read_frame(REAL / name, made), kind(made.kind), made)


@real
def test_real_daily_figures_unpivoted() -> None:
    rule = {"pattern": "(?P<district>.+[区])_(?P<status>确诊|无症状)", "value": "count"}
    found = real_file("cases/shanghai-daily.csv", kind="cases", unpivot=rule, days_from="2022-03-18")
    assert found.rejects == []
    assert found.good["district"].nunique() == 16
    assert found.rows == 165 * 32 == len(found.good) + found.aside


@real
def test_real_regions_of_a_document() -> None:
    rule = {"columns": {"confirm": "case", "wzz": "asymptomatic"}, "name": "status", "value": "count"}
    found = real_file("cases/dailyTotal.json", kind="cases", records={"path": "regions", "key": "day"}, unpivot=rule)
    assert (len(found.good), found.rejects) == (279 * 16 * 2, [])


@real
@pytest.mark.parametrize(("name", "rows"), [("2022041511-b38a8084", 189 + 14), ("2022071011-eef7428c", 618)])
def test_real_national_snapshots(name: str, rows: int) -> None:
    found = real_file(
        f"risk/raw_national_snapshots/{name}.json", kind="risk_areas", day_format="%Y-%m-%d %H时",
        records={"path": "data", "key": "list", "explode": "communitys"},
        columns={"day": "end_update_time", "level": "list", "text": "communitys"},
        values={"level": {"highlist": "high", "middlelist": "middle"}},
    )  # fmt: skip
    assert (len(found.good), found.rejects) == (rows, [])
    assert set(found.good["level"]) == {"high", "middle"}


@real
def test_real_long_figures_without_the_reclassified() -> None:
    where = [{"column": "source", "drop": ["此前报告的本土无症状感染"]}]
    found = real_file("cases/shanghai_district_data.csv", kind="cases", columns={"status": "is_patient"}, where=where)
    assert (found.rows, found.aside, found.rejects) == (2826, 634, [])


@real
def test_real_risk_areas() -> None:
    found = real_file("risk/risk_areas_daily.csv", kind="risk_areas", columns={"text": "community"})
    assert (len(found.good), found.rejects) == (10_714, [])


@real
def test_real_addresses_by_cell() -> None:
    found = real_file("cases/positive_addresses_by_h3r9_day.csv", kind="addresses", columns={"cell": "h3_9"})
    assert (len(found.good), found.good["cell"].nunique()) == (104_670, 10_669)


def test_an_assignment_says_since_when_unless_it_is_green() -> None:
    columns: Columns = {
        "day": ["2022-03-01"] * 4, "person": ["a", "b", "c", None], "status": ["绿码", "红码", "黄码", "绿码"],
        "since": [None, None, "2022-02-01", None], "cleared": [None, None, "2022-01-31", None], "area": ["x"] * 4,
    }  # fmt: skip
    found = checked(columns, kind="assignments", max_bad_share=1)
    assert reasons(found) == [(3, "since", "empty"), (4, "cleared", "days_order"), (5, "person", "empty")]
    assert found.good["person"].tolist() == ["a"]


def test_people_outside_the_city_need_no_place() -> None:
    columns: Columns = {
        "day": ["2022-03-01"] * 3, "registered": ["x", None, "市外"], "elsewhere": ["是", "否", None], "exposed": ["yes", None, "无"],
        "count": ["3", "4", "5"], "area": [None, None, "x"],
    }  # fmt: skip
    found = checked(columns, kind="presence", max_bad_share=1)
    assert reasons(found) == [(3, "", "no_place")]
    assert found.good[["elsewhere", "exposed"]].to_numpy().tolist() == [["yes", "yes"], ["no", "no"]]
