"""Whatever a sender sends, it ends in rows and rejects, or in one error that says what to do.

Files are made bad on purpose: wrong encodings, headings, types, days, codes and shapes, workbooks cut short or
blown up, formulas, huge cells, random bytes under every suffix. ONESCREEN_BAD_FILES sets how many.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pyarrow as pa
import pytest
import shapely
import xlsxwriter
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from data.check import Checked, check
from data.city import Source
from data.errors import FileError
from data.read import FORMATS, read_frame
from data.sources import SOURCES, kind

EXAMPLES = int(os.environ.get("ONESCREEN_BAD_FILES", "300"))
Delivery = tuple[str, bytes]

HEADINGS = [
    "日期", "day", "状态", "status", "类别", "数量", "count", "区县", "街道", "社区", "code", "cell", "lon", "lat",
    "id", "level",
    "kind", "start", "end", "until", "geometry", "text", "area", "person", "name", "姓名", "手机号", "", " ", "日期",
    "甲区_确诊", "a\nb", "=1",
]  # fmt: skip
CELLS = [
    "", " ", "2022-03-05", "2022/3/5", "2022年3月5日", "20220305", "05/03/22", "44625", "1899-12-31", "9999-12-31",
    "2022-02-30", "0", "1", "12.0", "1.5", "-3", "1,234", "１２", "1e9", "9" * 400, "9" * 5000, "nan", "inf", "NaN",
    "-0",
    "确诊", "无症状", "高", "封控", "green", "黄码", "浦东新区", "310101", "310101002001", "31010", "893098240afffff",
    "617700169958293503", "8.93E+14", "121.47", "31.2", "181", "-91", "POLYGON((0 0,1 0,1 1,0 0))", "POINT (1 1)",
    "POLYGON((0 0",
    '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}', '{"type":"Polygon"}', '{"type":', "POLYGON EMPTY",
    "POLYGON((0 0,nan 1,1 1,0 0))", "=SUM(A1)", "#REF!", "+1", "@x", '"', "'", ",", "\n", "a\tb", "\x00", "\x1b",
    "\u200b", "\u3000", "\ufeff",
    "\U0001f9a0", "e\u0301", "11010519491231002X", "13812345678", "x" * 40_000,
]  # fmt: skip

SOUND = {
    "day": "2022-03-05", "start": "2022-03-05", "end": "2022-03-09", "until": "2022-03-09", "count": "12",
    "code": "310101",
    "cell": "893098240afffff", "lon": "121.47", "lat": "31.2", "level": "高", "kind": "封控区", "district": "黄浦区",
    "geometry": "POLYGON((0 0,1 0,1 1,0 0))",
}  # fmt: skip
SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
CROSSED = [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]
Table = tuple[list[str], list[list[str]]]

cells = st.sampled_from(CELLS) | st.text(max_size=12)


@st.composite
def tables(draw: st.DrawFn, kind_id: str) -> Table:
    """Headings and rows, as this kind wants them but for some."""
    fields = kind(kind_id).all_fields()
    sound = [
        each
        for each in fields
        if each.required or each.id in draw(st.sampled_from([("code",), ("lon", "lat"), ("district",)]))
    ]
    sound += draw(st.lists(st.sampled_from(fields), max_size=2))
    headings = [draw(st.sampled_from([each.id, each.zh])) for each in dict.fromkeys(sound)]
    odd = st.sampled_from(HEADINGS) | st.text(max_size=5)
    headings = draw(
        st.sampled_from([headings, headings, headings, [*headings, draw(odd)], draw(st.lists(odd, max_size=8))])
    )
    columns = [_cells_of(kind_id, heading) for heading in headings]
    row = st.tuples(*columns).map(list)
    ragged = st.lists(cells, max_size=9)
    return headings, draw(st.lists(st.one_of(row, row, row, row, ragged), max_size=8))


def _cells_of(kind_id: str, heading: str) -> st.SearchStrategy[str]:
    found = next((each.id for each in kind(kind_id).all_fields() if heading in (each.id, each.zh)), "")
    status = {"cases": "确诊", "zones": "封控区"}.get(kind_id, "绿码")
    sound = st.just(SOUND.get(found, status))
    return st.one_of(sound, sound, sound, sound, sound, cells)


@st.composite
def delimited(draw: st.DrawFn, kind_id: str) -> Delivery:
    headings, rows = draw(tables(kind_id))
    delimiter = draw(st.sampled_from(",,,\t;|"))
    quoted = draw(st.booleans())
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if quoted else text

    text = end.join(delimiter.join(map(cell, row)) for row in [headings, *rows])
    encoding = draw(
        st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5", "latin-1"])
    )
    return draw(st.sampled_from([".csv", ".tsv", ".txt"])), text.encode(encoding, "replace")


@st.composite
def workbooks(draw: st.DrawFn, kind_id: str) -> Delivery:
    headings, rows = draw(tables(kind_id))
    numbers = draw(st.lists(st.floats(width=32) | st.booleans() | st.integers(-(10**18), 10**18), max_size=4))
    day = draw(st.datetimes(dt.datetime(1900, 3, 1)))
    top, formulas, merged = draw(st.integers(0, 3)), draw(st.booleans()), draw(st.booleans())
    result = draw(st.sampled_from([None, None, "#DIV/0!", "", 0, "x"]))
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"strings_to_formulas": formulas, "nan_inf_to_errors": True}) as book:
        book.set_properties({"created": dt.datetime(2022, 3, 5)})  # not now: an example must come again
        sheet = book.add_worksheet()
        for place, row in enumerate([headings, *rows], start=top):
            for column, value in enumerate(row):
                sheet.write(place, column, value[:32_767])
        below = top + len(rows) + 1
        for column, number in enumerate(numbers):
            sheet.write(below, column, number)
        sheet.write_datetime(below + 1, 0, day, book.add_format({"num_format": "yyyy-mm-dd"}))
        if merged:
            sheet.merge_range(below + 2, 0, below + 3, 2, "合计")
        if result is not None:
            sheet.write_formula(top + 1, 0, "=1/0", None, result)
    return draw(st.sampled_from([".xlsx", ".xls", ".xlsm"])), made.getvalue()


def _repacked(book: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """``book`` with one part changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return made.getvalue()


@st.composite
def odd_workbooks(draw: st.DrawFn, kind_id: str) -> Delivery:
    """Workbooks whose XML or directory lies."""
    _, book = draw(workbooks(kind_id))
    sheet, shared = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
    name, change = draw(st.sampled_from([
        (sheet, lambda xml: xml.replace(b'r="A', b'r="XFD104857')),
        (sheet, lambda xml: xml.replace(b"<v>0</v>", b"<v>999999999</v>")),
        (sheet, lambda xml: xml[: len(xml) // 2]),
        (sheet, lambda xml: xml + b" " * 3_000_000),
        (sheet, lambda xml: xml.replace(b' r="', b' q="')),
        (shared, lambda xml: xml.replace(b"<si>", b"")),
        (shared, lambda xml: b""),
        ("xl/workbook.xml", lambda xml: b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + xml),
        ("xl/workbook.xml", lambda xml: xml.replace(b"r:id", b"r:no")),
        ("xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"worksheets", b"nowhere")),
    ]))  # fmt: skip
    made = _repacked(book, name, change)
    return ".xlsx", made.replace(b"PK\x01\x02", b"PK\x01\x03", 1) if draw(st.booleans()) else made


def nested(leaves: st.SearchStrategy[Any], depth: int) -> st.SearchStrategy[Any]:
    """JSON values at most ``depth`` lists or objects deep."""
    if depth == 0:
        return leaves
    inner = nested(leaves, depth - 1)
    objects = st.dictionaries(st.sampled_from(HEADINGS), inner, max_size=4)
    return st.one_of(leaves, st.lists(inner, max_size=3), objects)


values = nested(st.none() | st.booleans() | st.integers() | st.floats() | cells, 2)


@st.composite
def documents(draw: st.DrawFn, kind_id: str) -> Delivery:
    headings, rows = draw(tables(kind_id))
    text = draw(st.one_of(
        st.just(json.dumps([dict(zip(headings, row, strict=False)) for row in rows])),
        st.just(json.dumps([dict(zip(headings, row, strict=False)) for row in rows], ensure_ascii=False)),
        st.lists(st.dictionaries(st.sampled_from(HEADINGS), values, max_size=6) | values, max_size=6).map(json.dumps),
        values.map(json.dumps),
        st.sampled_from(["[" * 100_000, '[{"a":' * 20_000, '[{"day":1,"day":2}]',
                         '[{"count":1e999999}]', '[{"count":NaN}]',
                         '[{"count":' + "9" * 10_000 + "}]", '["\\ud800"]', '[{"\\ud800":"\\udfff"}]', "[{}]", "[]",
                         "{}", "7"]),
    ))  # fmt: skip
    return ".json", text.encode(draw(st.sampled_from(["utf-8", "utf-8", "gb18030", "utf-16"])), "replace")


@st.composite
def parquets(draw: st.DrawFn, kind_id: str) -> Delivery:
    headings, rows = draw(tables(kind_id))
    lines = draw(st.integers(0, 6))
    columns = draw(st.dictionaries(st.sampled_from([h for h in HEADINGS if h.strip()]), st.sampled_from([
        st.integers(-(2**63), 2**63 - 1), st.floats(), st.dates(), st.datetimes(), st.booleans(), cells,
        st.binary(max_size=4),
        st.lists(st.integers(0, 9), max_size=2), st.decimals(-1000, 1000, places=2), st.none(),
    ]), max_size=6))  # fmt: skip
    arrays = {name: draw(st.lists(each | st.none(), min_size=lines, max_size=lines)) for name, each in columns.items()}
    if draw(st.booleans()):
        arrays = {
            name: [row[place] if place < len(row) else None for row in rows] for place, name in enumerate(headings)
        }
    made = io.BytesIO()
    parquet.write_table(pa.table({name: pa.array(array) for name, array in arrays.items()}), made)
    return ".parquet", made.getvalue()


@st.composite
def shapes(draw: st.DrawFn, kind_id: str) -> Delivery:
    headings, rows = draw(tables(kind_id))
    sound = [dict(zip(headings, row, strict=False)) for row in rows]
    coordinates = nested(st.floats() | st.text(max_size=2), 3)
    objects = st.dictionaries(st.sampled_from(HEADINGS), values, max_size=6)
    features = draw(st.lists(st.fixed_dictionaries({
        "geometry": st.none() | st.fixed_dictionaries({
            "type": st.sampled_from(["Polygon"] * 5 + ["MultiPolygon", "Point", "GeometryCollection", "Circle"]),
            "coordinates": st.sampled_from([SQUARE, CROSSED]) | coordinates,
        }),
        "properties": st.none() | st.sampled_from([*sound, {}]) | objects,
    }), max_size=4))  # fmt: skip
    collection = {"type": draw(st.sampled_from(["FeatureCollection"] * 5 + ["Feature"])), "features": features}
    return ".geojson", json.dumps(collection).encode()


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One sound file of each format that is dear to make, to be spoilt."""
    folder = tmp_path_factory.mktemp("sound")
    frame = geopandas.GeoDataFrame(
        {"id": ["1", "2"], "kind": ["封控", "管控"], "start": ["2022-04-01"] * 2, "n": [1.5, None]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2)],
        crs=4326,
    )
    for suffix in (".gpkg", ".fgb", ".shp"):
        frame.to_file(folder / f"sound{suffix}", encoding="utf-8")
    frame.to_parquet(folder / "sound.geoparquet")
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


random_files = st.tuples(
    st.sampled_from([*FORMATS, ".zip", ""]),
    st.builds(
        bytes.__add__,
        st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1",
                         b"SQLite format 3\x00", b"fgb\x03fgb\x00",
                         b"\x00\x00\x27\x0a", b"{", b"[", b"\xef\xbb\xbf", b"\xff\xfe", b"day,count\n"]),
        st.binary(max_size=200),
    ),
)  # fmt: skip


def seldom(usual: Any, *odd: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([usual] * 9 * len(odd) + [*odd])


sources = st.fixed_dictionaries({
    "kind": st.sampled_from([each.id for each in SOURCES]),
    "encoding": seldom(None, "utf-8", "gb18030", "big5", "klingon"),
    "sheet": seldom(0, 1, -1, "数据"),
    "day_format": st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d/%m/%y"]),
    "empty": st.sampled_from(["missing", "zero"]),
    "max_bad_share": st.sampled_from([0, 0.1, 1, 1, 1]),
    "unpivot": seldom(None, {"pattern": "(?P<district>.+区)_(?P<status>.+)", "value": "count"},
                      {"columns": {"count": "确诊"}, "name": "status"}),
    "records": seldom(None, {"path": "a.b"}, {"key": "day"}, {"explode": "text"}),
    "where": seldom([], [{"column": "count", "drop": ["1"]}]),
    "crs": st.sampled_from([None, "GCJ-02", "EPSG:4490", "EPSG:2385"]),
    "days_from": st.sampled_from([None, dt.date(2022, 3, 1)]),
    "allow": seldom(["姓名", "手机号", "name", "", "id", "text"], []),
})  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn, whole: bytes) -> bytes:
    """``whole`` as it is, cut short, or with some bytes changed."""
    if not whole or draw(st.integers(0, 2)):
        return whole
    if draw(st.booleans()):
        return whole[: draw(st.integers(0, len(whole)))]
    changed = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        changed[draw(st.integers(0, len(whole) - 1))] = draw(st.integers(0, 255))
    return bytes(changed)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_file_ends_well(
    samples: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    chosen = data.draw(sources)
    makers = [delimited, delimited, workbooks, odd_workbooks, documents, parquets, shapes]
    dear = st.sampled_from(sorted(samples.items()))
    made = st.one_of([make(chosen["kind"]) for make in makers] + [dear, random_files])
    suffix, whole = data.draw(made)
    path = tmp_path_factory.getbasetemp() / f"bad{suffix}"
    path.write_bytes(data.draw(spoilt(whole)))
    event(f"{suffix} {type(ends_well(path, Source(name='bad', path=path.name, **chosen))).__name__}")


def ends_well(path: Path, source: Source) -> Checked | FileError:
    """What reading and checking came to; any other exception fails the test."""
    try:
        found = check(read_frame(path, source), kind(source.kind), source)
    except FileError as error:
        return speaks(path, error)
    assert all(reject.say("zh") and reject.say("en") for reject in found.rejects)
    assert len(found.good) <= found.rows
    assert found.rejects or len(found.good) + found.aside >= found.rows
    return found


def speaks(path: Path, error: FileError) -> FileError:
    assert path.name in error.say("zh")
    assert path.name in error.say("en")
    return error
