"""A delivered file -> :class:`Frame`: its cells as text, nothing interpreted.

The way: bytes -> columns (data/formats, one file a format) -> blanks trimmed, empty lines dropped ->
wide headings turned into rows (`unpivot`) -> rows left out by `where`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.city import Format, Records, Source, Unpivot, Where
from data.errors import MissingColumns
from data.formats.base import (
    BLANKS,
    MAX_BYTES,
    MAX_BYTES_STREAMED,
    Rows,
    Sheet,
    Texts,
    check_cells,
    unreadable,
)
from data.formats.columnar import read_columnar
from data.formats.delimited import read_delimited
from data.formats.document import read_document
from data.formats.shapes import read_shapes, read_vector
from data.formats.workbook import read_workbook
from data.rejects import Reject
from data.sources import kind
from data.sources.base import plain_heading
from data.words import Both, quote

__all__ = ["FORMATS", "MAX_CELL", "Frame", "format_of", "read_frame", "read_shapes"]

#: Suffix -> format, where the source declares none.
FORMATS: Mapping[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv",
    ".xlsx": "excel", ".xlsm": "excel", ".xls": "excel",
    ".json": "json", ".parquet": "parquet",
    ".geojson": "vector", ".shp": "vector", ".gpkg": "vector", ".fgb": "vector", ".geoparquet": "vector",
}  # fmt: skip

#: Characters of one cell, Excel's own limit. Past it stands a document, or half a file behind a stray quote.
#: Shapes are exempt: an outline in WKT is longer.
MAX_CELL = 32_767


@dataclass(frozen=True)
class Frame:
    """A file as text.

    ``table``: columns of str or None (None: an empty cell). ``rows``: int64, the sender's row number of
    each line (the heading is row 1; of JSON and vector files the ordinal of the record from 1); unpivoted
    frames repeat it. ``headings``: column -> the sender's own heading. ``aside``: rows left out by `where`.
    ``geometry``: shapely objects of a vector file. ``bad``: lines that could not be split or held a cell
    beyond MAX_CELL. ``file``: its name. ``serials``: whether numbers may be Excel's days. ``unpivoted``:
    columns made from wide headings; ``wide``: the one that each line came from.
    """

    table: pd.DataFrame
    rows: Rows
    headings: Mapping[str, str]
    aside: int = 0
    geometry: Texts | None = None
    bad: list[Reject] = field(default_factory=list)
    file: str = ""
    serials: bool = False
    unpivoted: frozenset[str] = frozenset()
    wide: Texts | None = None

    def heading(self, column: str, line: int) -> str:
        """The sender's heading of a cell."""
        if self.wide is not None and column in self.unpivoted:
            return str(self.wide[line])
        return self.headings.get(column, column)

    def take(self, lines: Rows) -> Frame:
        """The frame of ``lines`` (positions) only."""
        return replace(
            self,
            table=self.table.take(lines).reset_index(drop=True),
            rows=self.rows[lines],
            geometry=None if self.geometry is None else self.geometry[lines],
            wide=None if self.wide is None else self.wide[lines],
        )


def format_of(path: Path, source: Source) -> Format:
    """The file's format: declared by the source, else by its suffix. Raises UnreadableFile for an unknown suffix."""
    found = source.format or FORMATS.get(path.suffix.lower())
    if found is None:
        raise unreadable(path, path.suffix or "?", "不认识的后缀", "an unknown suffix")
    return found


def read_frame(path: Path, source: Source) -> Frame:
    """The file as text. Raises FileError: UnreadableFile, WrongEncoding, FileTooLarge, MissingColumns."""
    frame = _frame(path, _sheet(path, source), _shape_headings(source))
    if source.unpivot is not None:
        frame = unpivot(frame, source.unpivot)
    return _where(frame, source.where)


def _sheet(path: Path, source: Source) -> Sheet:
    limit = MAX_BYTES_STREAMED if kind(source.kind).streamed else MAX_BYTES
    match format_of(path, source):
        case "csv":
            return read_delimited(path, source.encoding, limit)
        case "excel":
            return read_workbook(path, source.sheet)
        case "json":
            return read_document(path, source.encoding, source.records or Records(), _asked(source))
        case "parquet":
            return read_columnar(path, limit)
        case "vector":
            return read_vector(path, source.encoding, source.layer)


def _asked(source: Source) -> frozenset[str]:
    """Headings that the source's rules name."""
    return frozenset(source.columns.values()) | {rule.column for rule in source.where}


def _shape_headings(source: Source) -> set[str]:
    shapes = [each for each in kind(source.kind).fields if each.dtype == "shape"]
    mapped = {plain_heading(source.columns[each.id]) for each in shapes if each.id in source.columns}
    return mapped.union(*(each.headings() for each in shapes))


def _frame(path: Path, sheet: Sheet, shape_headings: set[str]) -> Frame:
    """Trims every cell, drops lines and nameless columns without any, and lines with a cell beyond MAX_CELL."""
    columns = {name: _trimmed(column) for name, column in sheet.columns.items()}
    columns = {name: column for name, column in columns.items() if name[0] != "#" or column.null_count < len(column)}
    filled = np.zeros(len(sheet.rows), dtype=bool)
    if sheet.geometry is not None:
        filled[:] = True
    long, bad = np.zeros(len(sheet.rows), dtype=bool), list(sheet.bad)
    for name, column in columns.items():
        filled |= column.is_valid().to_numpy(zero_copy_only=False)
        if plain_heading(name) not in shape_headings:
            bad += _too_long(name, column, sheet.rows, long)
    table = pd.DataFrame({name: _objects(column) for name, column in columns.items()}, dtype=object)
    headings = {name: name for name in columns}
    frame = Frame(table, sheet.rows, headings, 0, sheet.geometry, bad, path.name, sheet.serials)
    keep = filled & ~long
    return frame if keep.all() else frame.take(np.flatnonzero(keep))


def _trimmed(column: Any) -> Any:
    """``column`` as one array without blanks around its cells; empty cells are null."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    bare = pc.utf8_trim(whole, characters=BLANKS)
    return pc.if_else(pc.equal(pc.binary_length(bare), 0), pa.scalar(None, bare.type), bare)


def _too_long(name: str, column: Any, rows: Rows, long: Any) -> list[Reject]:
    """A reject for each cell beyond MAX_CELL, whose lines are set in the mask ``long``."""
    sizes = pc.fill_null(pc.utf8_length(column), 0).to_numpy()
    lines = np.flatnonzero(sizes > MAX_CELL)
    long[lines] = True
    return [
        Reject(int(rows[line]), name, quote(column[line].as_py()), "cell_too_long", {"size": int(sizes[line])})
        for line in lines.tolist()
    ]


def _objects(column: Any) -> Texts:
    """``column`` as an object array of str and None; equal cells share one object, which compares fast."""
    coded = column.dictionary_encode()
    distinct = np.append(coded.dictionary.to_numpy(zero_copy_only=False), np.array([None], dtype=object))
    shared: Texts = distinct[pc.fill_null(coded.indices, len(distinct) - 1).to_numpy()]
    return shared


def unpivot(frame: Frame, rule: Unpivot) -> Frame:
    """Wide headings -> rows, as data.city.Unpivot tells; all columns that are not turned stay beside.

    Raises MissingColumns where no heading fits the rule, FileTooLarge.
    """
    turned = _turned(frame, rule)
    lines, wide = len(frame.rows), list(turned)
    made = list(dict.fromkeys([*(name for each in turned.values() for name in each), rule.value]))
    kept = [column for column in frame.table.columns if column not in turned and column not in made]
    check_cells(Path(frame.file), lines * len(wide), len(kept) + len(made))
    long = replace(frame, table=frame.table[kept]).take(np.repeat(np.arange(lines), len(wide)))
    table = long.table
    for name in made[:-1]:
        table[name] = pd.Series(np.tile(_column([each.get(name) for each in turned.values()]), lines), dtype=object)
    values = frame.table[wide].to_numpy(dtype=object).reshape(-1)
    table[rule.value] = pd.Series(values, dtype=object)
    headings = {column: frame.headings.get(column, column) for column in table.columns}
    return replace(long, table=table, headings=headings, unpivoted=frozenset(made), wide=np.tile(_column(wide), lines))


def _turned(frame: Frame, rule: Unpivot) -> dict[str, dict[str, str]]:
    """Wide heading -> the columns that it stands for."""
    found: dict[str, dict[str, str]] = {}
    for heading in frame.table.columns:
        match = re.fullmatch(rule.pattern, heading) if rule.pattern is not None else None
        if match is not None:
            found[heading] = {name: text for name, text in match.groupdict().items() if text is not None}
        elif heading in rule.columns:
            found[heading] = {rule.name: rule.columns[heading]}
    missing = [heading for heading in rule.columns if heading not in found]
    if missing or not found:
        raise MissingColumns(
            file=frame.file, columns=_listed(missing or [rule.pattern]), found=_listed(frame.table.columns)
        )
    return found


def _column(values: Iterable[str | None]) -> Texts:
    made = np.array([*values, None], dtype=object)  # the None keeps numpy from making it two-dimensional text
    return made[:-1]


def _listed(names: Iterable[Any]) -> Both:
    texts = [str(name) for name in names]
    return Both("、".join(texts), ", ".join(texts))


def _where(frame: Frame, rules: Sequence[Where]) -> Frame:
    keep = np.ones(len(frame.rows), dtype=bool)
    for rule in rules:
        if rule.column not in frame.table.columns:
            raise MissingColumns(file=frame.file, columns=rule.column, found=_listed(frame.table.columns))
        cells = frame.table[rule.column].fillna("")
        if rule.only:
            keep &= cells.isin(rule.only).to_numpy()
        keep &= ~cells.isin(rule.drop).to_numpy()
    if keep.all():
        return frame
    return replace(frame.take(np.flatnonzero(keep)), aside=int((~keep).sum()))
