"""Excel workbooks, xlsx and xls: one sheet -> text columns.

calamine reads the sheet. What it does not tell is read from the sheet's XML first: how far the sheet
reaches (it would allot every cell between two far corners), error values and formulas that were never
computed (it gives both as empty, and empty must mean that nobody stated anything).
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree  # parts are of bounded size

import numpy as np
from python_calamine import CalamineSheet, CalamineWorkbook

from data.errors import FileTooLarge
from data.formats.archive import inflate, inspect
from data.formats.base import (
    BLANKS,
    MAX_COLUMNS,
    Sheet,
    check_cells,
    check_size,
    headings,
    parsing,
    strings,
    unreadable,
)

FORMAT = "Excel"

#: Cells of a sheet: it is read through Python objects, which take four times what a text file's cells take.
MAX_CELLS = 20_000_000

#: Characters of all text cells together, as a parser copies them: a shared string of 32,767
#: characters can stand in a million cells.
MAX_TEXT = 1_000_000_000

#: Whole numbers up to here are exact in a spreadsheet (2**53); longer ones have lost their last digits.
MAX_EXACT = 2**53

#: What stands in a cell whose value is an error or was never computed; check() rejects it as a formula.
UNCOMPUTED = "=?"

_XLSX, _XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_COLUMNS = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})[0-9]""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROWS = re.compile(rb"""\sr\s*=\s*["'](?:[A-Z]{1,3})?([0-9]{1,9})["']""")
_REF = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_SHARED = re.compile(rb"""\st\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v[^>]*>\s*([0-9]{1,9})\s*<""")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\bt\s*=\s*["']e["'][^>]*>""")
_UNCOMPUTED = re.compile(
    rb"""<(?:\w+:)?c(?=\s)(?![^>]*\st\s*=\s*["']str["'])[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"""
    rb"""\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)


@dataclass(frozen=True)
class _Notes:
    """What the XML says besides the values: zero-based (row, column) of ``broken`` cells; the date system."""

    broken: list[tuple[int, int]] = field(default_factory=list)
    since_1904: bool = False


def read_workbook(path: Path, sheet: str | int) -> Sheet:
    """The table of one sheet, by name or by number from 0.

    The heading row is the first with at least half of its cells filled: titles above it are tolerated.
    Raises UnreadableFile, FileTooLarge.
    """
    check_size(path, FORMAT)
    with parsing(path, FORMAT), path.open("rb") as file:
        start = file.read(8)
    if not start.startswith((_XLSX, _XLS)):
        raise unreadable(path, FORMAT, "内容不是 xlsx 或 xls", "its content is neither xlsx nor xls")
    notes = _look_inside(path, sheet) if start.startswith(_XLSX) else _Notes()
    with parsing(path, FORMAT), path.open("rb") as file:
        workbook = CalamineWorkbook.from_filelike(file)  # by content: a path would be judged by its suffix
    name = _sheet_name(path, workbook.sheet_names, sheet)
    with parsing(path, FORMAT):
        grid = _grid(path, workbook.get_sheet_by_name(name))
    _mark(grid, notes.broken)
    return _table(path, grid, serials=not notes.since_1904)


def _sheet_name(path: Path, names: list[str], sheet: str | int) -> str:
    if isinstance(sheet, int) and 0 <= sheet < len(names):
        return names[sheet]
    if sheet not in names:
        found = " ".join(names)
        raise unreadable(path, FORMAT, f"没有工作表 {sheet}，现有：{found}", f"no sheet {sheet}; there are: {found}")
    return str(sheet)


def _grid(path: Path, sheet: CalamineSheet) -> list[list[str | None]]:
    """All cells from A1 on as text; short rows are filled up by calamine."""
    check_cells(path, sheet.total_height, sheet.total_width, MAX_CELLS)
    return [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]


def _mark(grid: list[list[str | None]], places: list[tuple[int, int]]) -> None:
    """Writes UNCOMPUTED at ``places``, also past the last cells that hold a value."""
    height = max([len(grid), *(row + 1 for row, _ in places)])
    width = max([len(grid[0]) if grid else 0, *(column + 1 for _, column in places)])
    grid.extend([] for _ in range(height - len(grid)))
    for cells in grid:
        cells.extend([None] * (width - len(cells)))
    for row, column in places:
        grid[row][column] = UNCOMPUTED


def _table(path: Path, grid: list[list[str | None]], *, serials: bool) -> Sheet:
    top = _heading_row(path, grid)
    names = headings(path, FORMAT, grid[top])
    with parsing(path, FORMAT):
        columns = {name: strings([row[place] for row in grid[top + 1 :]]) for place, name in enumerate(names)}
    rows = np.arange(top + 2, len(grid) + 1, dtype=np.int64)
    return Sheet(columns, rows, serials=serials)


def _heading_row(path: Path, grid: list[list[str | None]]) -> int:
    used = sum(any(cells) for cells in zip(*grid, strict=True))
    for number, row in enumerate(grid):
        if used and 2 * sum(cell is not None and bool(cell.strip(BLANKS)) for cell in row) >= used:
            return number
    raise unreadable(path, FORMAT, "没有表头", "it has no headings")


def _text(value: Any) -> str | None:
    return _WRITERS.get(type(value), str)(value)


def _whole(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) <= MAX_EXACT else repr(value)


def _moment(value: dt.datetime) -> str:
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")


_WRITERS: Mapping[type, Callable[[Any], str | None]] = {
    str: lambda value: value or None,
    float: _whole,
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.datetime: _moment,
    dt.date: dt.date.isoformat,
}


def _look_inside(path: Path, sheet: str | int) -> _Notes:
    parts = inspect(path, FORMAT)
    xml = {name: inflate(path, FORMAT, part) for name, part in parts.items() if _is_read(name)}
    chosen = xml.get(_part_of(path, xml, sheet), b"")
    _check_reach(path, chosen)
    _check_text(
        path,
        chosen,
        next((text for name, text in xml.items() if name.lower() == "xl/sharedstrings.xml"), b""),
    )
    workbook = xml.get("xl/workbook.xml", b"")
    return _Notes(_broken(path, chosen), re.search(rb"""date1904\s*=\s*["'](1|true)""", workbook) is not None)


def _is_read(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _part_of(path: Path, xml: Mapping[str, bytes], sheet: str | int) -> str:
    """Name of the part that holds ``sheet``."""
    with parsing(path, FORMAT):
        sheets = [each for each in _tree(xml["xl/workbook.xml"]).iter() if each.tag.endswith("}sheet")]
        links = _tree(xml["xl/_rels/workbook.xml.rels"])
        name = _sheet_name(path, [each.attrib["name"] for each in sheets], sheet)
        element = next(each for each in sheets if each.attrib["name"] == name)
        link = next(value for key, value in element.attrib.items() if key.endswith("}id"))
        target = next(each.attrib["Target"] for each in links if each.attrib["Id"] == link)
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _tree(xml: bytes) -> ElementTree.Element:
    """A part's XML. ValueError for a part that declares entities: no spreadsheet program writes any."""
    if b"<!" in xml.replace(b"<!--", b""):
        raise ValueError("document type declarations are not read")
    return ElementTree.fromstring(xml)  # noqa: S314 - without entities there is nothing to expand


def _check_reach(path: Path, xml: bytes) -> None:
    """Raises FileTooLarge where the cells' own references span more than MAX_CELLS."""
    columns = max((_column(letters) + 1 for letters in set(_COLUMNS.findall(xml))), default=0)
    rows = max((int(digits) for digits in set(_ROWS.findall(xml))), default=0)
    unnumbered = len(_CELL.findall(xml)) - len(_REF.findall(xml))
    check_cells(path, rows, max(columns, min(unnumbered, MAX_COLUMNS)), MAX_CELLS)


def _column(letters: bytes) -> int:
    """Zero-based number of a column: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _check_text(path: Path, xml: bytes, shared: bytes) -> None:
    """Raises FileTooLarge where shared strings, copied into every cell that names them, exceed MAX_TEXT."""
    sizes = np.diff([match.start() for match in re.finditer(rb"<(?:\w+:)?si\b", shared)] + [len(shared)])
    if not len(sizes):
        return
    named = np.array(_SHARED.findall(xml), dtype=np.int64)
    total = int(sizes[named[named < len(sizes)]].sum(dtype=np.int64))
    if total > MAX_TEXT:
        raise FileTooLarge(file=path.name, size=f"{total:,}", limit=f"{MAX_TEXT:,}")


def _broken(path: Path, xml: bytes) -> list[tuple[int, int]]:
    """Places of error values and of formulas that were never computed."""
    found = [match.group() for match in _ERROR.finditer(xml)]
    if b"<f" in xml or b":f" in xml:
        found += [match.group() for match in _UNCOMPUTED.finditer(xml)]
    places = [_REF.search(cell) for cell in found]
    if not all(places):
        raise unreadable(path, FORMAT, "有公式错误的单元格没有编号", "an error value stands in a cell without a number")
    return [(int(place[2]) - 1, _column(place[1])) for place in places if place]
