"""Delivered files that are bombs, riddles or something else than they say; each is small on the disk."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import pickle
import random
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import xlsxwriter
from pyarrow import parquet

from tests.hostile.texts import CANARY, EVERY, FORMULAS, MARKUP, text

#: (suffix, bytes).
File = tuple[str, bytes]
Make = Callable[[random.Random], File]

#: Bytes to which a bomb grows: far beyond what a file may have.
GROWN = 3 << 30

_SPACES = zlib.compressobj(9, zlib.DEFLATED, -15)
_BLOCK = b" " * (1 << 20)

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"&a;") * 10) for n in range(12))
    + b"]>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>'


def _rows(chance: random.Random, headings: list[str], number: int = 5) -> list[list[str]]:
    sound = {"日期": "2022-03-05", "区": "东江区", "街道": "江口街道", "类别": "确诊", "人数": "3", "编号": "P1"}
    return [
        [text(chance) if chance.random() < 0.4 else sound.get(name, "x") for name in headings] for _ in range(number)
    ]


def _heads(chance: random.Random) -> list[str]:
    names = ["日期", "区", "街道", "类别", "人数", "编号"]
    return [text(chance) if chance.random() < 0.1 else name for name in names]


def table(chance: random.Random) -> File:
    """CSV with any of the texts, in any encoding."""
    sink, heads = io.StringIO(), _heads(chance)
    quoting: Any = chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    writer = csv.writer(sink, quoting=quoting, lineterminator=chance.choice(("\n", "\r\n", "\r")))
    writer.writerows([heads, *_rows(chance, heads)])
    codec = chance.choice(
        ("utf-8", "utf-8", "utf-8", "gb18030", "utf-16", "utf-16-be", "utf-32", "utf-7", "cp037", "big5")
    )
    return chance.choice((".csv", ".csv", ".tsv", ".txt")), sink.getvalue().encode(codec, "replace")


def wide(chance: random.Random) -> File:
    """A hundred thousand columns, alike or not, or as many rows of one sign."""
    number = chance.choice((16_384, 17_000, 100_000))
    heads = ",".join("a" if chance.random() < 0.3 else f"c{n}" for n in range(number))
    return ".csv", (heads + "\n" + "," * (number - 1) + "\n").encode()


def huge_cell(chance: random.Random) -> File:
    """A cell of ten megabytes, closed or not."""
    sign = chance.choice((b"9", b"x", b"(", b"[", b"-", "＝".encode(), b'""'))
    cell = sign * (10_000_000 // len(sign))
    return ".csv", "日期,街道,人数\n2022-03-05,江口街道,".encode() + b'"' + cell + (
        b'"\n' if chance.random() < 0.5 else b""
    )


def nested(chance: random.Random) -> File:
    """JSON and shapes far deeper than anybody reads."""
    depth = chance.choice((900, 5_000, 100_000))
    deep = chance.choice((
        "[" * depth, "[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth, '[{"日期":' + "[" * depth + "]" * depth + "}]",
    ))  # fmt: skip
    return chance.choice((".json", ".geojson", ".jsonl")), deep.encode()


def deep_shape(chance: random.Random) -> File:
    """Shapes in shapes, as WKT or GeoJSON in a cell of a table."""
    depth = chance.choice((50, 2_000, 9_000))
    inner = "POLYGON((0 0,1 0,1 1,0 0))"
    shape = chance.choice((
        "GEOMETRYCOLLECTION(" * depth + inner + ")" * depth,
        '{"type":"GeometryCollection","geometries":[' * depth + "]}" * depth,
        '{"type":"Polygon","coordinates":' + "[" * depth + "]" * depth + "}",
        "POLYGON(" + "(" * depth, "MULTIPOLYGON(" * depth, "POLYGON((" + "1e400 1e400," * 500 + "0 0))",
    ))  # fmt: skip
    return ".csv", f'编号,类型,起始日期,范围\nZ1,封控区,2022-03-05,"{shape.replace(chr(34), chr(34) * 2)}"\n'.encode()


def documents(chance: random.Random) -> File:
    """JSON with any of the texts as keys and values, numbers that are none, a key many times."""
    number = chance.choice((1, 5, 20_000))
    odd: Any = chance.choice((
        lambda: json.dumps([{text(chance): text(chance) for _ in range(4)} for _ in range(5)]),
        lambda: "[{" + ",".join(f'"k{n}":1' for n in range(number)) + ',"z":1,"z":2}]',
        lambda: '[{"人数":' + chance.choice(("1e99999", "-" * 50, "NaN", "9" * 100_000, "0x1", "Infinity")) + "}]",
        lambda: '[{"日期":"\\ud800","街道":"\\u0000","人数":"\\uffff"}]',
        lambda: '{"__proto__":{"x":1},"constructor":1,"日期":[[[]]]}',
    ))  # fmt: skip
    return ".json", odd().encode("utf-8", "replace")


def _book(chance: random.Random, formulas: bool) -> bytes:
    made, heads = io.BytesIO(), _heads(chance)
    with xlsxwriter.Workbook(made, {"strings_to_formulas": formulas, "strings_to_urls": formulas}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([heads, *_rows(chance, heads)]):
            for column, value in enumerate(row):
                sheet.write(at, column, value.encode("utf-8", "replace").decode()[:32_000])
        if formulas:
            sheet.write_formula(1, 4, chance.choice(FORMULAS[:3]), None, chance.choice((3, "#REF!", "=1")))
    return made.getvalue()


def _with(book: bytes, changed: Mapping[str, bytes], grown: str | None = None) -> bytes:
    """A workbook with some parts in place of its own, one of them grown to a bomb."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *changed]):
            if name != grown:
                new.writestr(name, changed.get(name) or old.read(name))
        if grown is not None:
            _grow(new, grown)
    return made.getvalue()


def _grow(archive: zipfile.ZipFile, name: str, size: int = 300 << 20) -> None:
    with archive.open(name, "w", force_zip64=True) as part:
        part.write(b"<?xml version='1.0'?><sst>")
        for _ in range(size >> 20):
            part.write(_BLOCK)


_KEPT: dict[str, bytes] = {}


def _once(name: str, make: Callable[[], bytes]) -> bytes:
    """What takes long to make is made once."""
    if name not in _KEPT:
        _KEPT[name] = make()
    return _KEPT[name]


def workbook(chance: random.Random) -> File:
    """Excel with formulas, links and any of the texts."""
    return chance.choice((".xlsx", ".xlsm", ".xls")), _book(chance, chance.random() < 0.5)


def laughing(chance: random.Random) -> File:
    """XML whose entities grow or read other files, in workbooks, KML and GML."""
    head = chance.choice((LAUGHS, OUTSIDE))
    point = b"<Placemark><name>&a11;</name><Point><coordinates>110,30</coordinates></Point></Placemark>"
    match chance.randrange(4):
        case 0:
            return (
                ".kml",
                head + b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>' + point + b"</Document></kml>",
            )
        case 1:
            return ".gml", head + b"<gml>&a11;</gml>"
        case 2:
            cell = b"<si><t>&a11;</t></si>"
            changed = {
                "xl/sharedStrings.xml": head
                + b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                + cell
                + b"</sst>"
            }
            return ".xlsx", _with(_book(chance, formulas=False), changed)
        case _:
            return ".xlsx", _with(
                _book(chance, formulas=False), {"xl/workbook.xml": head + b"<workbook>&a11;</workbook>"}
            )


def bomb(chance: random.Random) -> File:
    """Few bytes that grow: workbooks, archives, archives in archives, gzip."""
    match chance.randrange(4):
        case 0:
            part = chance.choice(("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"))
            return ".xlsx", _once(part, lambda: _with(_book(random.Random(1), formulas=False), {}, part))
        case 1:
            return ".zip", _once("zip", lambda: _zipped({}, "cases.csv"))
        case 2:
            return ".zip", _once(
                "zips", lambda: _zipped({f"{n}.zip": _once("zip", lambda: _zipped({}, "a.csv")) for n in range(9)})
            )
        case _:
            return chance.choice((".csv.gz", ".gz", ".csv")), _once("gzip", lambda: gzip.compress(_BLOCK * 200, 9))


def _zipped(parts: Mapping[str, bytes], grown: str | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name), body)
        if grown is not None:
            _grow(archive, grown)
    return made.getvalue()


def archive(chance: random.Random) -> File:
    """ZIP whose members have names that lead elsewhere, are links, the same twice, or are not there."""
    shapes = dict.fromkeys(("a.shp", "a.dbf", "a.shx"), bytes(100))
    names = [
        "../../" + CANARY,
        "/var/tmp/" + CANARY,  # noqa: S108
        "..\\" + CANARY,
        "a/../../" + CANARY + ".shp",
        "C:" + CANARY,
        "a\x00b.shp",
        "x" * 300,
    ]
    made = _zipped({**shapes, chance.choice(names): b"x", chance.choice(names): b"y"})
    match chance.randrange(4):
        case 0:
            return ".zip", made[: chance.randrange(len(made))]
        case 1:
            return ".zip", made.replace(b"PK\x01\x02", b"PK\x01\x03", 1)
        case 2:
            link = zipfile.ZipInfo("a.shp")
            link.external_attr = 0o120777 << 16
            sink = io.BytesIO()
            with zipfile.ZipFile(sink, "w") as new:
                new.writestr(link, "/etc/passwd")
            return chance.choice((".zip", ".kmz")), sink.getvalue()
        case _:
            return chance.choice((".zip", ".kmz", ".xlsx", ".csv")), made


class _Runs:
    """A pickle that leaves a trace where it is opened."""

    def __reduce__(self) -> Any:
        return (open, (CANARY, "w"))


def disguised(chance: random.Random) -> File:
    """A pickle, a page, a program, a database, a picture under the name of a table."""
    body = chance.choice((
        pickle.dumps(_Runs()), b"\x80\x04" + pickle.dumps(_Runs()), b"<html><script>1</script></html>", b"#!/bin/sh\ntouch " + CANARY.encode(),
        b"\x7fELF" + bytes(200), b"MZ" + bytes(200), b"SQLite format 3\x00" + bytes(500), b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"GIF89a",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), b"PAR1" + bytes(50) + b"PAR1", b"fgb\x03fgb\x00" + bytes(60), b"\x93NUMPY\x01\x00",
        b"PK\x03\x04" + bytes(80), b"\xff\xfe\x00\x00", b"\x1f\x8b" + bytes(30), b"BZh9", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd",
    ))  # fmt: skip
    suffixes = (
        ".csv",
        ".xlsx",
        ".xls",
        ".json",
        ".parquet",
        ".geojson",
        ".gpkg",
        ".fgb",
        ".shp",
        ".zip",
        ".kml",
        ".txt",
        "",
        ".pkl",
    )
    return chance.choice(suffixes), body + bytes(chance.randrange(256) for _ in range(chance.randrange(40)))


def columnar(chance: random.Random) -> File:
    """Parquet cut short, with bytes changed, with types that nobody sends, with any of the texts."""
    columns = {
        "日期": pa.array(chance.choice(([None] * 3, [-(2**60)] * 3, ["2022-03-05"] * 3, [b"\xff"] * 3, [[1]] * 3))),
        "街道": pa.array([text(chance).encode("utf-8", "replace").decode() for _ in range(3)]),
        "人数": pa.array(
            chance.choice(([float("nan")] * 3, [2**62] * 3, [-1] * 3, [1e300] * 3, [True] * 3, [{"a": 1}] * 3))
        ),
    }
    made = io.BytesIO()
    parquet.write_table(pa.table(columns), made)
    return ".parquet", spoilt(chance, made.getvalue())


def spoilt(chance: random.Random, whole: bytes) -> bytes:
    """As it is, cut short, or with some bytes changed."""
    match chance.randrange(3):
        case 0:
            return whole
        case 1:
            return whole[: chance.randrange(len(whole))]
        case _:
            changed = bytearray(whole)
            for _ in range(chance.randrange(1, 8)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            return bytes(changed)


def features(chance: random.Random) -> File:
    """GeoJSON of odd shapes and any of the texts."""
    geometry = chance.choice((
        None, {}, {"type": "Polygon"}, {"type": "Polygon", "coordinates": [[[1e308, 1e308]] * 5]}, {"type": "GeometryCollection", "geometries": []},
        {"type": "Polygon", "coordinates": [[[0, 0]] * 4]}, {"type": "Point", "coordinates": ["x"]}, {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[110, 30], [110.01, 30], [110.01, 30.01], [110, 30]]]},
    ))  # fmt: skip
    properties = {name: chance.choice(EVERY) for name in ("编号", "类型", "起始日期", "name")}
    made = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": geometry, "properties": properties}] * 3,
    }
    return ".geojson", json.dumps(made).encode()


def scribble(chance: random.Random) -> File:
    """Any bytes."""
    return chance.choice((".csv", ".xlsx", ".json", ".parquet", ".shp", ".gpkg")), chance.randbytes(
        chance.randrange(300)
    )


#: Maker -> how often it comes; the dear ones seldom.
MAKERS: Mapping[Make, int] = {
    table: 300, workbook: 90, documents: 100, columnar: 120, features: 60, archive: 60, disguised: 150, scribble: 100,
    deep_shape: 30, nested: 25, laughing: 40, wide: 3, huge_cell: 2, bomb: 4,
}  # fmt: skip


def file(chance: random.Random) -> File:
    """One of them."""
    make = chance.choices(list(MAKERS), list(MAKERS.values()))[0]
    return make(chance)


def name(chance: random.Random, suffix: str) -> str:
    """A name that a file system takes, as somebody chooses it who means harm; now and then bytes that are no text."""
    words = text(chance) or chance.choice(MARKUP)
    plain = words.encode("utf-8", "replace").replace(b"/", "\u2215".encode()).replace(b"\0", b"") or b"x"
    odd = b"\xff\xfe\x80" if chance.random() < 0.1 or not plain.strip(b".") else b""
    return os.fsdecode(plain[:120] + odd) + suffix
