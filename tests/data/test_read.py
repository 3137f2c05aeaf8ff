"""Files of every format become the same text frame, or one clear error."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
import xlsxwriter

from data.city import Source
from data.errors import FileError, FileTooLarge, MissingColumns, UnreadableFile, WrongEncoding
from data.formats import archive
from data.formats.base import MAX_CELLS
from data.read import MAX_CELL, Frame, read_frame, read_shapes

HEAD = ["日期", "区县", "数量"]
ROWS = [["2022-03-05", "黄浦区", "12"], ["2022-03-06", "徐汇区", None]]
Write = Callable[[str, bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return make


def frame_of(path: Path, **more: Any) -> Frame:
    return read_frame(path, Source(**{"name": "s", "kind": "cases", "path": path.name, **more}))


def cells(frame: Frame) -> list[list[str | None]]:
    listed: list[list[str | None]] = frame.table.to_numpy().tolist()
    return listed


def said(path: Path, error: type[FileError], **more: Any) -> str:
    with pytest.raises(error) as caught:
        frame_of(path, **more)
    assert path.name in caught.value.say("en")
    return caught.value.say("zh")


# --- delimited ---

TEXT = "日期,区县,数量\n2022-03-05,黄浦区,12\n2022-03-06,徐汇区,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimited(write: Write, encoding: str, delimiter: str, end: str) -> None:
    frame = frame_of(write("x.csv", TEXT.replace(",", delimiter).replace("\n", end).encode(encoding)))
    assert (list(frame.table.columns), cells(frame)) == (HEAD, ROWS)
    assert frame.rows.tolist() == [2, 3]
    assert frame.rows.dtype == np.int64
    assert frame.file == "x.csv"
    assert all(frame.table[each].dtype == object for each in HEAD)


def test_declared_encoding_wins(write: Write) -> None:
    path = write("x.csv", TEXT.encode("big5", "replace"))
    assert "日期" in frame_of(path, encoding="big5").table.columns
    assert "utf-8" in said(write("y.csv", TEXT.encode("gb18030")), WrongEncoding, encoding="utf-8")
    assert "klingon" in said(path, WrongEncoding, encoding="klingon")


def test_rows_are_the_senders(write: Write) -> None:
    text = '\n日期,备注,数量\n2022-03-05,"两行\n一格",1\n\n2022-03-06\n'
    text += ' , ,\n2022-03-07,"说""好""了",3,4\n　2022-03-08 ,x,5'
    frame = frame_of(write("x.csv", text.encode()))
    assert cells(frame) == [["2022-03-05", "两行\n一格", "1"], ["2022-03-08", "x", "5"]]
    assert frame.rows.tolist() == [3, 8]
    assert [(bad.row, bad.why, bad.more["found"]) for bad in frame.bad] == [(5, "columns", 1), (7, "columns", 4)]


def test_first_line_may_hold_line_ends(write: Write) -> None:
    frame = frame_of(write("x.csv", '"日期\n(日)";数量\n2022-03-05;1\n'.encode()))
    assert cells(frame) == [["2022-03-05", "1"]]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空"), (b"\n\n \n", "表头"), (b"a,b,a\n1,2,3\n", "重复"), (b"a,b\n1,\x00\n", "NUL"),
        (b'a,b\n1,"2\n3,4\n', "引号"),
        (b'a,b\n1,2\n"3,4', "引号"),
    ],
)  # fmt: skip
def test_delimited_files_that_cannot_be(write: Write, content: bytes, word: str) -> None:
    assert word in said(write("x.csv", content), UnreadableFile)


def test_neither_encoding(write: Write) -> None:
    assert "gb18030" in said(write("x.csv", b"a,b\n\xff\xff\xff,1\n"), WrongEncoding)


def test_nameless_columns_are_kept_only_with_content(write: Write) -> None:
    assert list(frame_of(write("x.csv", b"a,,b,\n1,,2,3\n")).table.columns) == ["a", "b", "#4"]


def test_huge_cells_are_rejects_but_shapes_may_be_long(write: Write) -> None:
    long = "1" * (MAX_CELL + 1)
    frame = frame_of(write("x.csv", f"id,geometry\n{long},a\n1,{long}\n".encode()), kind="zones")
    assert [(bad.row, bad.column, bad.why) for bad in frame.bad] == [(2, "id", "cell_too_long")]
    assert frame.rows.tolist() == [3]
    assert len(frame.bad[0].value) <= 80


# --- Excel ---


def workbook(fill: Callable[[Any, Any], None], **options: Any) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"strings_to_formulas": False, **options}) as book:
        fill(book, book.add_worksheet("数据"))
    return made.getvalue()


def _plain(book: Any, sheet: Any) -> None:
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.merge_range(0, 0, 0, 2, "上海市日报")
    sheet.write_row(2, 0, [" 日期", "区县", "数量"])
    sheet.write_datetime(3, 0, dt.datetime(2022, 3, 5), day)
    sheet.write_row(3, 1, ["黄浦区", 12])
    sheet.write_row(5, 0, [44626, "徐汇区"])
    sheet.write_row(6, 0, [True, 6.177001699582935e17, 310101002001])
    sheet.write_datetime(7, 0, dt.datetime(2022, 3, 5, 8, 30), day)


@pytest.mark.parametrize("name", ["x.xlsx", "x.xls", "x.xlsm"])
def test_excel(write: Write, name: str) -> None:
    frame = frame_of(write(name, workbook(_plain)))
    assert list(frame.table.columns) == HEAD
    assert cells(frame) == [
        ["2022-03-05", "黄浦区", "12"],
        ["44626", "徐汇区", None],
        ["TRUE", "6.177001699582935e+17", "310101002001"],
        ["2022-03-05 08:30:00", None, None],
    ]
    assert frame.rows.tolist() == [4, 6, 7, 8]
    assert frame.serials
    assert not frame_of(write("y.xlsx", workbook(_plain, date_1904=True))).serials


def test_errors_and_uncomputed_formulas_are_told_apart_from_empty_cells(write: Write) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 0, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 0, "=1+1", None, "")
        sheet.write_formula(3, 0, "=1+1", None, 2)
        sheet.write_string(3, 1, "=1+1")
        sheet.write_string(4, 1, "x")
        sheet.write_formula(9, 5, "=1+1", None, "")

    frame = frame_of(write("x.xlsx", workbook(fill)))
    assert cells(frame) == [
        ["=?", None, None], ["=?", None, None], ["2", "=1+1", None], [None, "x", None], [None, None, "=?"]
    ]  # fmt: skip
    assert frame.rows.tolist() == [2, 3, 4, 5, 10]


def test_sheets_by_name_and_number(write: Write) -> None:
    path = write("x.xlsx", workbook(_plain))
    assert len(frame_of(path, sheet="数据").rows) == 4
    assert "数据" in said(path, UnreadableFile, sheet="没有")
    assert "数据" in said(path, UnreadableFile, sheet=3)


def repacked(book: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(part, old.read(part)))
    return made.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    return repacked(workbook(_plain), lambda name, xml: xml.replace(old, new) if "sheet1" in name else xml)


def test_bombs_are_refused_by_their_directory(write: Write) -> None:
    bomb = repacked(workbook(_plain), lambda name, xml: xml + b" " * 50_000_000 if "sheet1" in name else xml)
    assert len(bomb) < 100_000
    assert "炸弹" in said(write("x.xlsx", bomb), UnreadableFile)


def test_bombs_in_many_parts_are_refused_by_their_sum(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_INFLATED", 1_000)
    said(write("x.xlsx", workbook(_plain)), FileTooLarge)


@pytest.mark.parametrize("claimed", [10, 10**6])
def test_bombs_that_lie_about_their_size(write: Write, claimed: int) -> None:
    book = bytearray(workbook(_plain))
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        size = opened.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    for place in [n for n in range(len(book)) if book[n : n + 4] == size]:
        book[place : place + 4] = claimed.to_bytes(4, "little")
    assert "不符" in said(write("x.xlsx", bytes(book)), UnreadableFile)


def test_two_far_corners_are_no_table(write: Write) -> None:
    said(write("x.xlsx", in_sheet(b'r="C4"', b'r="XFD1048576"')), FileTooLarge)


def test_one_long_text_in_many_cells_is_no_table(write: Write) -> None:
    def fill(book: Any, sheet: Any) -> None:
        for row in range(40_000):
            sheet.write_string(row, 0, "长" * 30_000)

    said(write("x.xlsx", workbook(fill, constant_memory=False)), FileTooLarge)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("name", ["x.xlsx", "x.parquet", "x.gpkg", "x.fgb", "x.geojson"])
def test_truncated_files(write: Write, tmp_path: Path, name: str, keep: float) -> None:
    whole = workbook(_plain) if name == "x.xlsx" else _vector(tmp_path / name).read_bytes()
    said(write(name, whole[: int(len(whole) * keep)]), UnreadableFile)


def test_other_content_under_an_excel_name(write: Write) -> None:
    for content in (
        TEXT.encode(),
        b"<html><table></table></html>",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100,
    ):
        said(write("x.xls", content), UnreadableFile)


# --- JSON ---


def test_documents_keep_digits(write: Write) -> None:
    text = '[{"日期":"2022-03-05","数量":12.0,"lon":121.40000000000000001,"big":1e999,"none":null,'
    text += '"yes":true,"deep":{"a":[1.50]}},{"数量":7}]'
    frame = frame_of(write("x.json", text.encode()))
    assert cells(frame)[0] == ["2022-03-05", "12.0", "121.40000000000000001", "1e999", None, "true", '{"a":[1.50]}']
    assert frame.rows.tolist() == [1, 2]


def test_records_by_path_key_and_explosion(write: Write) -> None:
    document = {
        "code": 0,
        "data": {
            "time": "2022-03-05 11时",
            "n": 2,
            "high": [{"区": "甲", "c": ["x", "y"]}],
            "middle": [{"区": "乙", "c": []}, 5],
        },
    }
    records = {"path": "data", "key": "level", "explode": "c"}
    frame = frame_of(write("x.json", json.dumps(document).encode()), records=records, columns={"day": "time"})
    assert list(frame.table.columns) == ["time", "level", "区", "c"]
    assert cells(frame) == [["2022-03-05 11时", "high", "甲", "x"], ["2022-03-05 11时", "high", "甲", "y"]]
    assert frame.rows.tolist() == [1, 1]
    assert [(bad.row, bad.why) for bad in frame.bad] == [(3, "not_a_record")]


@pytest.mark.parametrize(
    "content",
    [b"[" * 200_000, b'[{"a":1,"a":2}]', b"[{}]", b"{}", b"7", b"[1", b'{"a":[{"b":1}]}', b'[{"a":"\\ud800"}]', b"[]"],
)
def test_documents_that_cannot_be(write: Write, content: bytes) -> None:
    said(write("x.json", content), UnreadableFile)


# --- Parquet and shapes ---


def test_parquet_types_become_text(tmp_path: Path) -> None:
    table = pd.DataFrame({
        "day": [dt.date(2022, 3, 5), None], "n": [1, 2], "x": [1.5, None], "区": pd.Categorical(["黄浦区", " "]),
        "h": np.array([617700169958293503] * 2, dtype=np.uint64), "t": [pd.Timestamp("2022-03-05 08:00"), pd.NaT],
    })  # fmt: skip
    table.to_parquet(tmp_path / "x.parquet")
    frame = frame_of(tmp_path / "x.parquet")
    assert cells(frame)[0][:5] == ["2022-03-05", "1", "1.5", "黄浦区", "617700169958293503"]
    assert str(cells(frame)[0][5]).startswith("2022-03-05 08:00:00")
    assert cells(frame)[1] == [None, "2", None, None, "617700169958293503", None]
    assert frame.rows.tolist() == [2, 3]


def test_parquet_that_claims_too_much(tmp_path: Path) -> None:
    pd.DataFrame({f"c{n}": np.zeros(MAX_CELLS // 50 + 1, dtype=bool) for n in range(50)}).to_parquet(
        tmp_path / "x.parquet"
    )
    said(tmp_path / "x.parquet", FileTooLarge)


def _vector(path: Path, **options: Any) -> Path:
    frame = geopandas.GeoDataFrame(
        {"name": ["封控一", "管控二"], "n": [1, 2]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2)],
        crs=4326,
    )
    if path.suffix in (".parquet", ".geoparquet"):
        frame.to_parquet(path)
    else:
        frame.to_file(path, **options)
    return path


@pytest.mark.parametrize("name", ["x.geojson", "x.shp", "x.gpkg", "x.fgb", "x.geoparquet"])
def test_shapes_of_every_format(tmp_path: Path, name: str) -> None:
    path = _vector(tmp_path / name, **({"encoding": "utf-8"} if name == "x.shp" else {}))
    geometry, table = read_shapes(path)
    order = np.argsort(table["n"].to_numpy())
    assert table["name"].to_numpy()[order].tolist() == ["封控一", "管控二"]
    assert [shape.area for shape in geometry] == [1, 1]
    frame = frame_of(path, kind="zones")
    assert frame.geometry is not None
    assert len(frame.geometry) == len(frame.table) == 2


def test_shapefiles_in_gbk(tmp_path: Path) -> None:
    path = _vector(tmp_path / "x.shp", encoding="GBK")
    assert read_shapes(path)[1]["name"].tolist() == ["封控一", "管控二"]  # by the .cpg file
    path.with_suffix(".cpg").write_text("936")
    assert read_shapes(path)[1]["name"].tolist() == ["封控一", "管控二"]
    path.with_suffix(".cpg").unlink()
    with pytest.raises(WrongEncoding):
        read_shapes(path)
    assert read_shapes(path, encoding="gbk")[1]["name"].tolist() == ["封控一", "管控二"]
    with pytest.raises(WrongEncoding):
        read_shapes(path, encoding="klingon")


@pytest.mark.parametrize("name", ["x.shp", "x.gpkg", "x.fgb", "x.geojson", "x.geoparquet"])
def test_no_format_that_opens_other_files(write: Write, tmp_path: Path, name: str) -> None:
    """GDAL would read this virtual layer under any name."""
    _vector(tmp_path / "secret.gpkg")
    layer = '<OGRVRTLayer name="secret"><SrcDataSource>secret.gpkg</SrcDataSource></OGRVRTLayer>'
    said(write(name, f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>".encode()), UnreadableFile)


# --- where, unpivot, errors in common ---


def test_unpivot_by_pattern(write: Write) -> None:
    text = "日期,甲区_确诊,甲区_无症状,乙区_确诊,来源\n2022-03-05,1,2,3,x\n2022-03-06,4,,6,y\n"
    rule = {"pattern": "(?P<district>.+区)_(?P<status>确诊|无症状)", "value": "count"}
    frame = frame_of(write("x.csv", text.encode()), unpivot=rule, where=[{"column": "status", "drop": ["无症状"]}])
    assert list(frame.table.columns) == ["日期", "来源", "district", "status", "count"]
    assert cells(frame)[1] == ["2022-03-05", "x", "乙区", "确诊", "3"]
    assert frame.rows.tolist() == [2, 2, 3, 3]
    assert frame.aside == 2
    assert (frame.heading("count", 1), frame.heading("日期", 1)) == ("乙区_确诊", "日期")


def test_unpivot_by_columns(write: Write) -> None:
    rule = {"columns": {"confirm": "case", "wzz": "asymptomatic"}, "name": "status"}
    frame = frame_of(write("x.csv", b"day,confirm,wzz\n2022-03-05,1,2\n"), unpivot=rule)
    assert cells(frame) == [["2022-03-05", "case", "1"], ["2022-03-05", "asymptomatic", "2"]]
    assert "wzz" in said(write("y.csv", b"day,confirm\n"), MissingColumns, unpivot=rule)


def test_where_keeps_by_own_columns(write: Write) -> None:
    path = write("x.csv", TEXT.encode())
    assert frame_of(path, where=[{"column": "区县", "only": ["黄浦区"]}]).aside == 1
    assert len(frame_of(path, where=[{"column": "数量", "drop": [""]}]).rows) == 1
    assert "来源" in said(path, MissingColumns, where=[{"column": "来源", "only": ["x"]}])


def test_files_that_are_none(tmp_path: Path, write: Write) -> None:
    said(tmp_path / "nowhere.csv", UnreadableFile)
    (tmp_path / "folder.csv").mkdir()
    said(tmp_path / "folder.csv", UnreadableFile)
    said(write("x.exe", b"MZ"), UnreadableFile)


def test_heading_alone_is_a_file_without_rows(write: Write) -> None:
    frame = frame_of(write("x.csv", "日期,数量".encode()))
    assert (len(frame.rows), frame.table.shape) == (0, (0, 2))
