"""Ledgers as they lie on disk: pieces of files, and batches of checked numbers out of them.

A ledger has a row per person and may have hundreds of millions. It is read a batch at a time and only
in the columns that are counted; whatever else it holds (names, pseudonyms) is never decoded.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from data.errors import MissingColumns, UnreadableFile, WrongEncoding
from data.formats.footer import footer
from data.rejects import BadCell, Reject
from data.sources import parse
from data.sources.parse import Manner
from data.words import quote
from grid.arrays import Bools, Cells, Ints, Rows
from grid.located import LONLAT, Fault, Note, Where, places

EPOCH = dt.date(1970, 1, 1)
#: Days that can be counted, from the epoch on. An end on or past LAST says "still so".
FIRST, LAST = 0, (dt.date(2100, 1, 1) - EPOCH).days
#: From this day on an end is none, whatever the program that wrote it had to write.
NO_END = (parse.NO_END - EPOCH).days
#: A day that is none (null, not a date).
NO_DAY = -(2**31)
#: Rows decoded at once: 2 MB of numbers, which stay in a core's cache until they are counted.
BATCH_ROWS = 1 << 17
#: Bytes of CSV parsed at once. Measured: 16 MB costs twice the processor time of 4 MB (fresh memory for
#: every block), 1 MB more calls than it saves.
CSV_BLOCK = 1 << 22
#: The number of a file's first row of data: the heading is row 1.
HEADING = 2
#: Bad rows of which the sender is told, the first of a file: whoever mends them goes through them one by one.
REJECTS = 1_000
#: Unknown cells kept as examples.
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a ledger; picklable, so that it can travel to another process.

    ``columns``: field (cell, or those by which ``where`` places rows; day, status, and until if rows cover spans of
    days) -> heading; without a status every row has the first. ``statuses``: spelling in lower case -> number.
    ``day_format`` reads days that are text. ``inclusive``: a span lasts on its last day, too. ``lasting``: one without
    an end lasts on, else for its first day.
    """

    columns: Mapping[str, str]
    statuses: Mapping[str, int]
    day_format: str = "%Y-%m-%d"
    encoding: str = "utf-8"
    inclusive: bool = False
    lasting: bool = False
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file that one worker reads: some row groups of Parquet, or a whole CSV."""

    path: Path
    groups: tuple[int, ...] = ()
    first_row: int = 0


@dataclass(slots=True)
class Batch:
    """Good rows as numbers of one length, and what was found wrong beside them.

    ``cells`` 0 where none is stated, :func:`grid.located.places` where rows were placed; ``noted``: those not placed
    finely. ``days`` and ``until`` in days from the epoch; ``until`` is LAST for "still so" and the next day for a row
    without an end; None where the ledger has no ends.
    ``numbers`` count the file's rows as the sender's program does; ``rows`` were read, good or bad.
    """

    rows: int
    numbers: Ints
    cells: Cells
    days: Rows
    status: Ints
    until: Rows | None
    bad: int = 0
    rejects: list[Reject] = field(default_factory=list)
    noted: Counter[Note] = field(default_factory=Counter)


def pieces(path: Path, rows: int) -> list[Piece]:
    """The file in parts of about ``rows`` rows. Raises UnreadableFile."""
    if path.suffix.lower() != ".parquet":
        return [Piece(path)]
    metadata = open_parquet(path).metadata
    parts: list[Piece] = []
    groups: list[int] = []
    start = end = 0
    for group in range(metadata.num_row_groups):
        groups.append(group)
        end += metadata.row_group(group).num_rows
        if end - start >= rows or group == metadata.num_row_groups - 1:
            parts.append(Piece(path, tuple(groups), start))
            groups, start = [], end
    return parts


def open_parquet(path: Path, **options: Any) -> Any:
    """The Parquet file at ``path``; UnreadableFile if it is none."""
    try:
        return pyarrow.parquet.ParquetFile(path, metadata=footer(path), **options)
    except (OSError, pa.ArrowException) as error:
        raise UnreadableFile(file=path.name, format="Parquet", detail=error) from error


class Reader:
    """Reads pieces as batches; remembers what each text means. One a thread."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.manner = Manner(layout.day_format, today=dt.datetime.now(dt.UTC).date())
        self.last = min((self.manner.today - EPOCH).days + parse.DAYS_AHEAD, LAST - 1)
        self._known: dict[str, dict[str | None, int]] = {}
        self._told: Counter[str] = Counter()

    def batches(self, piece: Piece) -> Iterator[Batch]:
        """The piece's rows in order. Raises MissingColumns, UnreadableFile, WrongEncoding."""
        if piece.path.suffix.lower() != ".parquet":
            yield from self._csv(piece)
            return
        row = piece.first_row + HEADING
        for table in self._parquet(piece):
            yield self._check(table, np.arange(row, row + table.num_rows), piece.path.name)
            row += table.num_rows

    # files -----------------------------------------------------------------------------------------

    def _parquet(self, piece: Piece) -> Iterator[Any]:
        schema = open_parquet(piece.path).schema_arrow
        self._need(schema.names, piece.path)
        wanted = list(self.layout.columns.values())
        plain_ = {self.layout.columns.get(name) for name in LONLAT}  # hardly any occurs twice
        texts = [name for name in wanted if name not in plain_ and is_text(schema.field(name).type)]
        file = open_parquet(piece.path, read_dictionary=texts)
        try:
            yield from file.iter_batches(BATCH_ROWS, list(piece.groups), wanted, use_threads=False)
        except (OSError, pa.ArrowException) as error:
            raise UnreadableFile(file=piece.path.name, format="Parquet", detail=error) from error

    def _csv(self, piece: Piece) -> Iterator[Batch]:
        broken: deque[Reject] = deque()
        row = HEADING
        try:
            with self._open_csv(piece.path, broken) as blocks:
                for block in blocks:
                    numbers, here = number_rows(row, block.num_rows, broken)
                    yield _with_broken(self._check(block, numbers, piece.path.name), here)
                    row += block.num_rows + len(here)
        except UnicodeDecodeError as error:
            raise WrongEncoding(file=piece.path.name, encoding=self.layout.encoding) from error
        except pa.ArrowInvalid as error:
            if "UTF8" in str(error):
                raise WrongEncoding(file=piece.path.name, encoding=self.layout.encoding) from error
            raise UnreadableFile(file=piece.path.name, format="CSV", detail=error) from error
        yield _with_broken(_nothing(), list(broken))

    def _open_csv(self, path: Path, broken: deque[Reject]) -> Any:
        wanted = list(self.layout.columns.values())
        with path.open(encoding=self.layout.encoding, newline="") as lines:
            self._need(next(iter(lines), "").lstrip("\ufeff").rstrip("\r\n").replace('"', "").split(","), path)

        def note(row: Any) -> str:
            more = {"found": row.actual_columns, "wanted": row.expected_columns, "file": path.name}
            broken.append(Reject(row.number or 0, "", "", "columns", more))
            return "skip"

        text = pa.dictionary(pa.int32(), pa.string())
        alone = [heading for name, heading in self.layout.columns.items() if name in ("cell", *LONLAT)]
        return pyarrow.csv.open_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(
                block_size=CSV_BLOCK, encoding=self.layout.encoding, use_threads=False
            ),
            parse_options=pyarrow.csv.ParseOptions(invalid_row_handler=note),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=wanted,
                column_types={**dict.fromkeys(wanted, text), **dict.fromkeys(alone, pa.string())},
                strings_can_be_null=True,
            ),
        )

    def _need(self, found: Sequence[str], path: Path) -> None:
        lacking = [name for name in self.layout.columns.values() if name not in found]
        if lacking:
            raise MissingColumns(file=path.name, columns=", ".join(lacking), found=", ".join(found))

    # values ----------------------------------------------------------------------------------------

    def _check(self, table: Any, numbers: Ints, file: str) -> Batch:
        column = {name: table.column(heading) for name, heading in self.layout.columns.items()}
        located = None if self.layout.where is None else self.layout.where.located(column)
        cells = self._cells(column["cell"]) if located is None else places(located.leaf)
        days, status = self._days(column["day"], "day"), np.zeros(len(cells), np.int64)
        if "status" in column:
            status = self._numbers(column["status"], "status", self._status)
        faults: list[Fault] = [
            ("day", "day", (days < FIRST) | (days > self.last)),
            ("status", "not_a_term", status < 0),
        ]
        until = None
        if "until" in column:
            until, beyond = self._until(column["until"], days)
            faults += [("until", "day", beyond), ("until", "days_order", until < days + self.layout.inclusive)]
        faults += located.faults if located is not None else ()
        wrong = np.logical_or.reduce([mask for _, _, mask in faults])
        if wrong.any():
            rejects, ok = self._rejects(column, faults, numbers, file), ~wrong
            kept = until[ok] if until is not None else None
            batch = Batch(len(cells), numbers[ok], cells[ok], days[ok], status[ok], kept, int(wrong.sum()), rejects)
        else:
            batch = Batch(len(cells), numbers, cells, days, status, until)
        batch.noted = located.noted(~wrong) if located is not None else Counter()
        return batch

    def _rejects(self, column: Mapping[str, Any], faults: Sequence[Fault], numbers: Ints, file: str) -> list[Reject]:
        if self._told[file] >= REJECTS:  # pieces come in order: those that follow are not among the first
            return []
        found: dict[int, Reject] = {}
        for name, why, mask in faults:
            for at in np.flatnonzero(mask)[:REJECTS].tolist():
                if at not in found:
                    text, reason = self._said(name, why, column, at)
                    more = {"file": file, **self._more(name, column, at)}
                    found[at] = Reject(int(numbers[at]), self.layout.columns[name], text, reason, more)
        self._told[file] += len(found)
        return [found[at] for at in sorted(found)][:REJECTS]

    def _said(self, name: str, why: str, column: Mapping[str, Any], at: int) -> tuple[str, str]:
        """(the value of a row's reject, why it is one)."""
        where = self.layout.where
        if where is not None and name in where.fields:
            return where.said(name, why, {each: column[each][at] for each in where.fields})
        value = column[name][at].as_py()
        return "" if value is None else quote(value), why_of(why, value, self.manner)

    def _more(self, name: str, column: Mapping[str, Any], at: int) -> dict[str, Any]:
        if name == "status":
            return {"known": "、".join(self.layout.statuses)}
        last = (EPOCH + dt.timedelta(self.last)).isoformat()
        days = {"format": self.layout.day_format, "low": EPOCH.isoformat(), "high": last}
        return days | ({"start": column["day"][at].as_py()} if name == "until" else {})

    def _cells(self, values: Any) -> Cells:
        if pa.types.is_string(values.type) and (plain := hexadecimal(values)) is not None:
            return plain
        if is_text(values.type):
            return self._numbers(values, "cell", cell_number, empty=0).view(np.uint64)
        whole = values if values.null_count == 0 else values.fill_null(0)
        return np.asarray(whole.to_numpy(zero_copy_only=False)).astype(np.int64, copy=False).view(np.uint64)

    def _status(self, text: str) -> int:
        return self.layout.statuses.get(parse.plain(text).lower(), -1)

    def _until(self, values: Any, start: Rows) -> tuple[Rows, Bools]:
        """(first day on which each row counts no more, which of these cannot be meant)."""
        last = self._days(values, "until")
        nothing = np.asarray(values.is_null().to_numpy(zero_copy_only=False))
        beyond = ~nothing & ((last < FIRST) | ((last > self.last) & (last < NO_END)))
        until = np.minimum(np.where(last >= NO_END, LAST, last) + self.layout.inclusive, LAST)
        return np.where(nothing, LAST if self.layout.lasting else start + 1, until).astype(np.int32), beyond

    def _days(self, values: Any, name: str) -> Rows:
        if is_text(values.type):
            meaning = self._last if name == "until" else self._day
            return self._numbers(values, name, meaning, empty=NO_DAY).astype(np.int32)
        if not pa.types.is_date32(values.type):
            values = values.cast(pa.date32(), safe=False)
        days = values.view(pa.int32())
        return np.asarray((days if days.null_count == 0 else days.fill_null(NO_DAY)).to_numpy(zero_copy_only=False))

    def _day(self, text: str) -> int:
        return _number(parse.day, text, self.manner)

    def _last(self, text: str) -> int:
        return _number(parse.last_day, text, self.manner)

    def _numbers(self, values: Any, name: str, meaning: Callable[[str], int], empty: int = -1) -> Ints:
        """Texts as numbers: each distinct text is understood once."""
        if not pa.types.is_dictionary(values.type):
            values = values.cast(pa.string()).dictionary_encode()
        known = self._known.setdefault(name, {None: empty})
        words = values.dictionary.to_pylist()
        for word in words:
            if word not in known:
                known[word] = meaning(word)
        table = np.array([*(known[word] for word in words), empty], dtype=np.int64)
        # a null has index -1, which is the last entry: empty
        indices = values.indices if values.indices.null_count == 0 else values.indices.fill_null(-1)
        return np.asarray(table[indices.to_numpy(zero_copy_only=False)])


def _number(read: Callable[[str, Manner], np.datetime64], text: str, manner: Manner) -> int:
    """The day that ``text`` writes: NO_DAY for none, LAST for one that never comes."""
    try:
        found = read(text, manner)
    except BadCell:
        return NO_DAY
    return LAST if np.isnat(found) else int(found.astype("datetime64[D]").astype(np.int64))


def number_rows(first: int, good: int, broken: deque[Reject]) -> tuple[Ints, list[Reject]]:
    """(numbers of a block's rows, the broken lines between them, taken off the front of ``broken``)."""
    here: list[Reject] = []
    while broken and broken[0].row < first + good + len(here):
        here.append(broken.popleft())
    every = np.arange(first, first + good + len(here))
    return np.setdiff1d(every, [reject.row for reject in here], assume_unique=True), here


def _with_broken(batch: Batch, broken: list[Reject]) -> Batch:
    batch.rows += len(broken)
    batch.bad += len(broken)
    batch.rejects = sorted([*broken[:REJECTS], *batch.rejects], key=lambda reject: reject.row)[:REJECTS]
    return batch


def _nothing() -> Batch:
    none = np.empty(0, dtype=np.int64)
    return Batch(0, none, none.astype(np.uint64), none.astype(np.int32), none, None)


def is_text(kind: Any) -> bool:
    """Whether an Arrow type holds texts, as they are or by dictionary."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


#: Byte -> the hexadecimal digit that it writes, 255 for none.
_DIGIT = np.full(256, 255, dtype=np.uint8)
_DIGIT[np.frombuffer(b"0123456789abcdefABCDEF", np.uint8)] = [*range(16), *range(10, 16)]
#: Digits of an H3 cell in hexadecimal; a decimal number has more.
_DIGITS = (15, 16)


def hexadecimal(values: Any) -> Cells | None:
    """Cells of texts that all have 15 or all 16 digits, a column of digits at a time; None for others.

    A CSV has few repetitions in a block, so that understanding each distinct text is ten times slower.
    What is no number becomes 0; whether a number is a cell shows when its leaf is looked for.
    """
    n = len(values)
    if n == 0 or values.null_count:
        return None
    ends = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + n + 1]
    width = int(ends[1] - ends[0])
    if width not in _DIGITS or not (np.diff(ends) == width).all():
        return None
    text = np.frombuffer(values.buffers()[2], np.uint8)[ends[0] : ends[-1]].reshape(n, width)
    digits = _DIGIT[text.T]
    number = np.zeros(n, dtype=np.uint64)
    for digit in digits:
        number = (number << np.uint64(4)) | digit
    return np.where((digits > 15).any(axis=0), np.uint64(0), number)


def why_of(why: str, value: object, manner: Manner) -> str:
    """The reason (a key of data.rejects.WHY) as it is given for ``value``: empty, or a day's own kind of wrong."""
    if value is None:
        return "empty"
    if why != "day":
        return why
    try:
        parse.day(value if isinstance(value, str) else str(value)[:10], manner)
    except BadCell as error:
        return error.why
    return "day_range"


def cell_number(text: str) -> int:
    """The H3 cell that ``text`` writes, in hexadecimal or as a decimal number; 0 if it is none.

    Hexadecimal takes 15 digits (16 with a leading zero), decimal 18 or 19: they cannot be confused.
    """
    word = text.strip().lower().removeprefix("0x")
    try:
        number = int(word, 16 if len(word) <= 16 else 10)
    except ValueError:
        return 0
    return number if 0 < number < 1 << 63 and h3.is_valid_cell(number) else 0
