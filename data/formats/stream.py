"""Large CSV and Parquet files, a block of rows at a time; nothing is interpreted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from data.formats.base import Rows, headings, parsing
from data.formats.columnar import FORMAT as PARQUET
from data.formats.delimited import FORMAT as CSV
from data.formats.delimited import decode, heading_of
from data.formats.footer import footer

#: Formats that can be read in blocks.
STREAMED = ("csv", "parquet")

#: Bytes of CSV parsed at once: a block stays in the cache, and no cell is longer.
CSV_BLOCK = 1 << 22

#: Rows of Parquet decoded at once.
ROWS = 1 << 16

#: Bytes a row takes on average up to which a column of texts is read as its dictionary: its words are few, or most
#: cells are empty. Of a column of pseudonyms a dictionary would have to be made.
CODED = 4

#: Bytes by which an encoding is told: as many as hold the heading and some thousand rows.
HEAD = 1 << 20


@dataclass(frozen=True)
class Block:
    """Some rows of a file.

    ``columns``: heading -> Arrow array, of CSV strings, of Parquet as it is stored or by dictionary (null: empty; see
    :func:`text`), but for lists, structures and bytes, which are left out. ``rows``: the sender's number of each.
    ``broken``: number and text of the lines among them that could not be split.
    """

    columns: dict[str, Any]
    rows: Rows
    broken: list[tuple[int, str]] = field(default_factory=list)


def text(column: Any) -> Any:
    """A column as Arrow strings; days are ISO, numbers shortest. Take the wanted rows first: it costs."""
    return pc.cast(column, pa.string())


def stream(
    path: Path,
    format_: str,
    encoding: str | None = None,
    only: Collection[str] | None = None,
    groups: Collection[int] | None = None,
) -> Iterator[Block]:
    """The blocks of a file, with all columns or ``only`` some; of Parquet all row groups or some. Raises
    UnreadableFile, WrongEncoding."""
    blocks = _csv(path, encoding, only) if format_ == "csv" else _parquet(path, only, groups)
    while True:
        with parsing(path, CSV if format_ == "csv" else PARQUET):
            block = next(blocks, None)
        if block is None:
            return
        yield block


def names(path: Path, format_: str, encoding: str | None = None) -> list[str]:
    """The headings of a file."""
    if format_ == "csv":
        return opening(path, encoding)[2]
    with parsing(path, PARQUET):
        return headings(path, PARQUET, parquet.read_schema(path).names)


def opening(path: Path, encoding: str | None) -> tuple[str, str, list[str], int]:
    """(encoding, delimiter, headings, row of the headings) of a CSV file. Raises WrongEncoding, UnreadableFile."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if len(head) == HEAD:
        head = head[: head.rfind(b"\n") + 1]
    text, found = decode(head, path, encoding)
    delimiter, cells, row = heading_of(path, text)
    return found, delimiter, headings(path, CSV, cells), row


def _csv(path: Path, encoding: str | None, only: Collection[str] | None) -> Iterator[Block]:
    found, delimiter, every, heading = opening(path, encoding)
    broken: list[Any] = []

    def skip(line: Any) -> str:
        broken.append((line.number, line.text))
        return "skip"

    wanted = [name for name in every if only is None or name in only]
    blocks = arrow_csv.open_csv(
        path,
        arrow_csv.ReadOptions(use_threads=False, block_size=CSV_BLOCK, column_names=every, encoding=found),
        arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=skip
        ),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(every, pa.string()), include_columns=wanted, strings_can_be_null=True
        ),
    )
    row = 1
    for batch in blocks:
        numbers, here = _numbered(row, batch.num_rows, broken)
        row += batch.num_rows + len(here)
        yield _after(heading, batch, numbers, here)
    if broken:
        yield Block({name: pa.array([], pa.string()) for name in wanted}, np.empty(0, np.int64), broken)


def _numbered(first: int, good: int, broken: list[tuple[int, str]]) -> tuple[Rows, list[tuple[int, str]]]:
    """(numbers of a block's rows, the broken lines between them, taken off the front of ``broken``)."""
    here: list[tuple[int, str]] = []
    while broken and broken[0][0] < first + good + len(here):
        here.append(broken.pop(0))
    every = np.arange(first, first + good + len(here), dtype=np.int64)
    return np.setdiff1d(every, [number for number, _ in here], assume_unique=True), here


def _after(heading: int, batch: Any, numbers: Rows, broken: list[tuple[int, str]]) -> Block:
    """A block without the heading and what stands before it."""
    start = int(np.searchsorted(numbers, heading, side="right"))
    columns = {name: batch.column(name)[start:] for name in batch.schema.names}
    return Block(columns, numbers[start:], [line for line in broken if line[0] > heading])


def _parquet(path: Path, only: Collection[str] | None, groups: Collection[int] | None) -> Iterator[Block]:
    row, metadata = 2, footer(path)
    here = [group for group in range(metadata.num_row_groups) if groups is None or group in groups]
    with parquet.ParquetFile(path, metadata=metadata) as plain:
        every = headings(path, PARQUET, plain.schema_arrow.names)
        own = dict(zip(every, plain.schema_arrow.names, strict=True))
        wanted = [name for name in every if (only is None or name in only) and _plain(plain, own[name])]
        texts = [own[name] for name in wanted if pa.types.is_string(plain.schema_arrow.field(own[name]).type)]
    coded = _coded(metadata, texts, here)
    with parquet.ParquetFile(path, metadata=metadata, read_dictionary=coded) as file:
        # a group at a time: many at once cost a tenth more processor time, and more the more there are
        for group in range(metadata.num_row_groups):
            if groups is None or group in groups:
                yield from _group(file, group, {name: own[name] for name in wanted}, row)
            row += metadata.row_group(group).num_rows


def _group(file: Any, group: int, wanted: Mapping[str, str], row: int) -> Iterator[Block]:
    """The blocks of a row group, whose first row is ``row``; ``wanted``: heading -> the file's own name."""
    for batch in file.iter_batches(ROWS, row_groups=[group], columns=list(wanted.values()), use_threads=False):
        columns = {name: batch.column(of) for name, of in wanted.items()}
        yield Block(columns, np.arange(row, row + batch.num_rows, dtype=np.int64))
        row += batch.num_rows


def _coded(metadata: Any, texts: Sequence[str], groups: Iterable[int]) -> list[str]:
    """The columns of texts that take few bytes a row in these row groups."""
    rows, size = 0, Counter[str]()
    for group in map(metadata.row_group, groups):
        rows += group.num_rows
        for at in range(group.num_columns):
            size[group.column(at).path_in_schema] += group.column(at).total_uncompressed_size
    return [name for name in texts if size[name] <= CODED * rows]


def _plain(file: Any, name: str) -> bool:
    """Whether a column of Parquet can be written as text."""
    type_ = file.schema_arrow.field(name).type
    kind = type_.value_type if pa.types.is_dictionary(type_) else type_
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
