"""CSV, TSV and semicolon files: bytes -> text columns."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from data.errors import FileTooLarge, WrongEncoding
from data.formats.base import (
    BLANKS,
    MAX_BYTES,
    MAX_COLUMNS,
    Sheet,
    check_cells,
    headings,
    parsing,
    read_bytes,
    unreadable,
)
from data.rejects import Reject
from data.words import quote

FORMAT = "CSV"

#: Tried in this order where none is declared. UTF-8 first: text in GB18030 is hardly ever valid UTF-8,
#: while almost anything is valid GB18030. No detector: on short files of names they guess wrong.
ENCODINGS = ("utf-8-sig", "gb18030")

#: A byte order mark is a declaration by the writer; Excel's "Unicode text" has one of these.
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

#: Characters in which the heading line must end: 16,384 headings of a hundred characters.
HEAD_CHARS = 1_638_400

_DELIMITERS = ",\t;"


def decode(raw: bytes, path: Path, encoding: str | None) -> tuple[str, str]:
    """(text of ``raw``, its encoding). A declared encoding wins, then a byte order mark, then ENCODINGS.

    Raises WrongEncoding, naming what was tried.
    """
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    candidates = (encoding,) if encoding else (marked,) if marked else ENCODINGS
    for candidate in candidates:
        try:
            return raw.decode(candidate).removeprefix("\ufeff"), candidate
        except (UnicodeError, LookupError):
            continue
    raise WrongEncoding(file=path.name, encoding=" / ".join(candidates))


def read_delimited(path: Path, encoding: str | None, limit: int = MAX_BYTES) -> Sheet:
    """The table of a delimited file. Raises UnreadableFile, WrongEncoding, FileTooLarge."""
    text, _ = decode(read_bytes(path, FORMAT, limit), path, encoding)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise unreadable(path, FORMAT, f"第 {line} 行有空字符（NUL）", f"line {line} holds a NUL character")
    delimiter, names, heading_row = heading_of(path, text)
    return _split(path, text, delimiter, headings(path, FORMAT, names), heading_row)


def heading_of(path: Path, text: str) -> tuple[str, list[str], int]:
    """Delimiter, headings and row number of the first record that says anything.

    The delimiter is the one that splits it into most columns, a comma where none does.
    """
    with parsing(path, FORMAT):
        found = [(delimiter, *_first_record(text[:HEAD_CHARS], delimiter)) for delimiter in _DELIMITERS]
    delimiter, cells, number = max(found, key=lambda each: len(each[1]))
    if not cells:
        raise unreadable(path, FORMAT, "没有表头", "it has no headings")
    if len(cells) > MAX_COLUMNS:
        raise FileTooLarge(file=path.name, size=len(cells), limit=MAX_COLUMNS)
    return delimiter, cells, number


def _first_record(head: str, delimiter: str) -> tuple[list[str], int]:
    for number, cells in enumerate(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), start=1):
        if any(cell.strip(BLANKS + _DELIMITERS) for cell in cells):
            return cells, number
    return [], 0


def _split(path: Path, text: str, delimiter: str, names: list[str], heading_row: int) -> Sheet:
    # two line ends make the last record a blank one, unless an open quote swallows it
    data = text.encode() + b"\n\n"
    ragged: list[Any] = []

    def skip(line: Any) -> str:
        ragged.append(line)
        return "skip"

    with parsing(path, FORMAT):
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            # one block and one thread, so that the parser counts records and no cell is cut by a block's end
            arrow_csv.ReadOptions(use_threads=False, block_size=len(data), column_names=names),
            arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=skip,
            ),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=True),
        ).combine_chunks()
    check_cells(path, table.num_rows, len(names))
    rows = _numbers(table.num_rows, [line.number for line in ragged])
    _refuse_open_quote(path, table, rows, ragged)
    after = rows > heading_row
    bad = [_ragged(line) for line in ragged if line.number > heading_row]
    columns = {name: table.column(name).filter(pa.array(after)) for name in names}
    return Sheet(columns, rows[after], bad)


def _numbers(kept: int, skipped: list[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Row numbers from 1 of the ``kept`` records among which the ``skipped`` numbers are missing."""
    numbers = np.arange(1, kept + len(skipped) + 1, dtype=np.int64)
    return np.delete(numbers, np.array(skipped, dtype=np.int64) - 1)


def _refuse_open_quote(path: Path, table: Any, rows: Any, ragged: list[Any]) -> None:
    last_is_blank = len(rows) and all(column[-1].as_py() is None for column in table.columns)
    if not last_is_blank or (ragged and ragged[-1].number > rows[-1]):
        row = max([*rows[-1:], *[line.number for line in ragged[-1:]]])
        raise unreadable(path, FORMAT, f"第 {row} 行的引号没有结束", f"a quote opened in row {row} is never closed")


def _ragged(line: Any) -> Reject:
    more = {"found": line.actual_columns, "wanted": line.expected_columns}
    return Reject(line.number, "", quote(line.text), "columns", more)
