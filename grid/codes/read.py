"""Large ledgers of assignments as they lie on disk: batches of checked columns, bad rows set aside.

All rows give their place, person, system and colour; only the rows that are not green are read further.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from data.code_days import NO_DAY
from data.days import day_number, to_day
from data.errors import MissingColumns, UnreadableFile, WrongEncoding
from data.privacy import guard
from data.rejects import BadCell, Reject
from data.sources.base import PLACE_IDS
from data.sources.parse import DAYS_AHEAD, FIRST_DAY, Manner, day
from data.words import quote
from grid import batches
from grid.arrays import Bools, Cells, Ints, Rows
from grid.batches import EXAMPLES, HEADING, REJECTS, Piece, cell_number
from grid.codes.columns import (
    COLOURS,
    DAYS,
    GONE,
    TERMS,
    WORDS,
    Columns,
    Fault,
    Small,
    any_of,
    empty_words,
    faults_of,
    taken_back,
)
from grid.codes.persons import person_keys
from grid.count import CellTable
from grid.jit import kernel, usable
from grid.located import LONLAT, Located, Note, Where

#: Rows decoded at once. Measured: half as many cost a tenth more processor time (calls), twice as many fresh memory.
BATCH_ROWS = 1 << 17
#: Rows of a file in which persons' data are looked for: a column of identity numbers shows in the first hundred.
LOOKED_AT = 500
#: Fields that every row has to state, besides where it is; the others may be absent as columns.
NEEDED = ("day", "person", "status")
#: Fields of places whose words hardly ever occur twice in a batch.
SCATTERED = ("cell", *LONLAT)
#: Fields read of every row, green ones as well.
LIGHT = (*sorted(PLACE_IDS), *NEEDED, "system")

#: In arrays of days: a text that writes none.
UNREAD = 2**31 - 1

#: In arrays of small numbers: a word of no vocabulary.
NONE = 255

_TEXT = pa.dictionary(pa.int32(), pa.string())
_EPOCH = np.datetime64("1970-01-01", "D")


@dataclass(frozen=True)
class Form:
    """How to read a ledger; small and picklable.

    ``columns``: field -> heading (``cell``, ``day``, ``person`` and ``status`` at least, unless constant; the kind
    ``assignments`` tells the others); ``constants``: field -> the text that it has in every row; ``day_format`` reads
    days that are text; ``allow``: headings that the guard of personal data lets pass; ``where``: what places rows by
    other fields than ``cell``.
    """

    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    day_format: str = "%Y-%m-%d"
    encoding: str = "utf-8"
    allow: tuple[str, ...] = ()
    where: Where | None = None


@dataclass(slots=True)
class Batch:
    """Good rows of a piece: the four arrays of every row, and ``open``, the columns of those that are not green.

    ``rows`` were read, good or bad. ``leaf`` -1 is an unknown place (0 in ``open``), ``lost`` examples of these;
    ``noted``: rows that were not placed finely.
    ``colour`` is GONE where a code other than green was taken back by the row's day; of these only the rows of the
    day itself are in ``open``.
    """

    rows: int
    day: Rows
    leaf: Rows
    person: Cells
    system: Small
    colour: Small
    open: Columns | None
    bad: int = 0
    rejects: list[Reject] = field(default_factory=list)
    lost: list[Reject] = field(default_factory=list)
    noted: Counter[Note] = field(default_factory=Counter)


# --- cells -> leaves -------------------------------------------------------------------------------------------


@kernel("void(const u8[::1], i8, u8, i8, i8, u8, u8[::1], i4[::1], i4[::1], i4[::1])", error_model="numpy")
def _find(
    cells: Cells, shift: int, low: np.uint64, page_bits: int, bits: int, multiplier: np.uint64, keys: Cells,
    page_of: Rows, table: Rows, leaves: Rows,
) -> None:  # fmt: skip
    """Leaf of each cell by the pages of a CellTable, -1 if unknown."""
    empty = np.int64(table.size >> page_bits) - 1
    mask_low, mask_page = (np.uint64(1) << np.uint64(shift)) - np.uint64(1), (1 << page_bits) - 1
    up, up_page, up_hash = np.uint64(shift), np.uint64(page_bits), np.uint64(64 - bits)
    for i in range(cells.size):
        rest = cells[i] >> up
        name = rest >> up_page
        at = np.uint64((name * multiplier) >> up_hash)
        page = np.int64(page_of[at]) if keys[at] == name else empty
        leaf = table[np.uint64((page << page_bits) + (np.int64(rest) & mask_page))]
        leaves[i] = leaf if (cells[i] & mask_low) == low else -1


def leaves_of(cells: Cells, table: CellTable) -> Rows:
    """The leaf of each cell, -1 if unknown."""
    if not (usable() and table.paged):
        return table.find(cells)
    leaves = np.empty(cells.size, np.int32)
    _find(
        cells, table.shift, np.uint64(table.low), table.page_bits, table.bits, np.uint64(table.multiplier), table.keys,
        table.page_of, table.table, leaves,
    )  # fmt: skip
    return leaves


# --- files -----------------------------------------------------------------------------------------------------


def guard_columns(file: str, columns: Mapping[str, Sequence[str | None]], form: Form) -> None:
    """Raises PersonalData for headings or values (heading -> some of its words) that are a person's."""
    fields = {heading: [name] for name, heading in form.columns.items()}
    guard(file, {heading: np.array(words, dtype=object) for heading, words in columns.items()}, fields, form.allow)


class Reader:
    """Reads pieces as batches; remembers what each word means. One a thread.

    ``place``: what knows where a cell is, or a row. ``systems``: spelling in lower case -> place.
    """

    def __init__(self, form: Form, place: CellTable | Where, systems: Mapping[str, int]) -> None:
        self.form = form
        self.place = place
        self.systems = systems
        self.manner = Manner(form.day_format, today=dt.datetime.now(dt.UTC).date())
        self.first, self.last = day_number(FIRST_DAY), day_number(self.manner.today) + DAYS_AHEAD
        #: Of each file how many bad rows were told of.
        self.told: Counter[str] = Counter()
        self._known: dict[str, dict[str | None, int]] = {}
        self._tables: dict[str, tuple[Any, NDArray[Any]]] = {}
        #: Headings of which the row group says the same everywhere, and what; None for nothing.
        self.alike: dict[str, Any] = {}

    def batches(self, piece: Piece) -> Iterator[Batch]:
        """The piece's rows in order. Raises MissingColumns, UnreadableFile, WrongEncoding, PersonalData."""
        read = self._parquet if piece.path.suffix.lower() == ".parquet" else self._csv
        looked, self.alike = piece.first_row > 0, {}
        for table, numbers, broken in read(piece):
            if not looked and table is not None:
                self._guard_values(table, piece.path.name)
                looked = True
            yield self._batch(table, numbers, broken, piece.path.name)

    def _parquet(self, piece: Piece) -> Iterator[tuple[Any, Ints, list[Reject]]]:
        file = batches.open_parquet(piece.path)
        schema, metadata, row = file.schema_arrow, file.metadata, piece.first_row + HEADING
        self._need(schema.names, piece)
        alone, wanted = self._headings("person", *LONLAT), self.form.columns.values()
        texts = [name for name in wanted if name not in alone and batches.is_text(schema.field(name).type)]
        file = batches.open_parquet(piece.path, read_dictionary=texts)
        try:
            # a group at a time: many at once cost a third more processor time
            for group in piece.groups:
                self.alike = _alike(metadata.row_group(group), self.form)
                varied = [name for name in wanted if name not in self.alike]
                for table in file.iter_batches(BATCH_ROWS, [group], varied, use_threads=False):
                    yield table, np.arange(row, row + table.num_rows), []
                    row += table.num_rows
        except (OSError, pa.ArrowException) as error:
            raise UnreadableFile(file=piece.path.name, format="Parquet", detail=error) from error

    def _csv(self, piece: Piece) -> Iterator[tuple[Any, Ints, list[Reject]]]:
        broken: deque[Reject] = deque()
        row = HEADING
        try:
            with self._open_csv(piece, broken) as blocks:
                for block in blocks:
                    numbers, here = batches.number_rows(row, block.num_rows, broken)
                    yield block, numbers, here
                    row += block.num_rows + len(here)
        except UnicodeDecodeError as error:
            raise WrongEncoding(file=piece.path.name, encoding=self.form.encoding) from error
        except pa.ArrowInvalid as error:
            if "UTF8" in str(error):
                raise WrongEncoding(file=piece.path.name, encoding=self.form.encoding) from error
            raise UnreadableFile(file=piece.path.name, format="CSV", detail=error) from error
        yield None, np.empty(0, np.int64), list(broken)

    def _open_csv(self, piece: Piece, broken: deque[Reject]) -> Any:
        wanted, encoding = list(self.form.columns.values()), self.form.encoding
        with piece.path.open(encoding=encoding, newline="") as lines:
            first = next(iter(lines), "").lstrip("\ufeff").rstrip("\r\n").replace('"', "")
        self._need(first.split(","), piece)

        def note(row: Any) -> str:
            more = {"found": row.actual_columns, "wanted": row.expected_columns, "file": piece.path.name}
            broken.append(Reject(row.number or 0, "", "", "columns", more))
            return "skip"

        plain = dict.fromkeys(self._headings("person", *SCATTERED), pa.string())
        return pyarrow.csv.open_csv(
            piece.path,
            read_options=pyarrow.csv.ReadOptions(
                block_size=batches.CSV_BLOCK, encoding=encoding, use_threads=False
            ),
            parse_options=pyarrow.csv.ParseOptions(invalid_row_handler=note),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=wanted,
                column_types={**dict.fromkeys(wanted, _TEXT), **plain},
                strings_can_be_null=True,
            ),
        )  # fmt: skip

    def _headings(self, *fields: str) -> list[str]:
        """Those of the fields that have one: hardly any of their words occurs twice."""
        return [self.form.columns[name] for name in fields if name in self.form.columns]

    def _need(self, found: list[str], piece: Piece) -> None:
        """Refuse a file without the headings that are needed, or with one that announces persons' data."""
        given = self.form.columns.keys() | self.form.constants.keys()
        lacking = [name for name in self.form.columns.values() if name not in found]
        where = ("cell",) if isinstance(self.place, CellTable) else self.place.fields
        lacking += [name for name in (*where, *NEEDED) if name not in given]
        if lacking:
            raise MissingColumns(file=piece.path.name, columns=", ".join(lacking), found=", ".join(found))
        guard_columns(piece.path.name, dict.fromkeys(found, ()), self.form)

    def _guard_values(self, table: Any, file: str) -> None:
        """Refuse persons' data in the first rows of a file."""
        texts = {}
        for heading in self.form.columns.values() - self.alike.keys():
            column = table.column(heading).slice(0, LOOKED_AT)
            if batches.is_text(column.type):
                texts[heading] = column.to_pylist()
        guard_columns(file, texts, self.form)

    # values ------------------------------------------------------------------------------------------------------

    def _batch(self, table: Any, numbers: Ints, broken: list[Reject], file: str) -> Batch:
        if table is None:
            none = np.empty(0, np.int32)
            batch = Batch(0, none, none, none.astype(np.uint64), none.astype(np.uint8), none.astype(np.uint8), None)
        else:
            batch = _Rows(self, table, numbers, file).batch()
        batch.rows += len(broken)
        batch.bad += len(broken)
        batch.rejects = sorted([*broken[:REJECTS], *batch.rejects], key=lambda reject: reject.row)[:REJECTS]
        return batch

    def numbers(
        self, values: Any, name: str, meaning: Callable[[str], int], empty: int, kind: Any = np.int64
    ) -> NDArray[Any]:
        """Texts as numbers of ``kind``: each distinct text is understood once."""
        if not pa.types.is_dictionary(values.type):
            values = values.cast(pa.string()).dictionary_encode()
        table = self.table_of(values.dictionary, name, lambda words: self._meant(words, name, meaning, empty, kind))
        if len(table) == 2 and values.null_count == 0:
            return np.full(len(values), table[0])
        return gathered(values, table)

    def table_of(self, dictionary: Any, name: str, make: Callable[[Any], NDArray[Any]]) -> NDArray[Any]:
        """What ``make`` makes of a dictionary's words; batches of one row group share their dictionary."""
        kept = self._tables.get(name)
        if kept is None or not kept[0].equals(dictionary):
            kept = self._tables[name] = (dictionary, make(dictionary))
        return kept[1]

    def _meant(self, words: Any, name: str, meaning: Callable[[str], int], empty: int, kind: Any) -> NDArray[Any]:
        """The numbers of words, and at the end that of an empty cell."""
        known = self._known.setdefault(name, {None: empty})
        listed = words.to_pylist()
        for word in listed:
            if word not in known:
                known[word] = meaning(word)
        return np.array([*(known[word] for word in listed), empty], dtype=kind)

    def beyond(self, days: Rows) -> Bools:
        """Days that no ledger may name, NO_DAY among them."""
        return np.asarray((days < self.first) | (days > self.last))

    def why_of(self, why: str, value: object) -> str:
        """See batches.why_of."""
        return batches.why_of(why, value, self.manner)

    def day(self, text: str) -> int:
        """The day that ``text`` writes, UNREAD if none."""
        try:
            return int((day(text, self.manner) - _EPOCH).astype(np.int64))
        except BadCell:
            return UNREAD


def _alike(group: Any, form: Form) -> dict[str, Any]:
    """Headings whose statistics say that all rows of the group state the same word or nothing, and what.

    A ledger of a day says its day, and often its system, on every row, and hardly anybody has been cleared: what need
    not be decoded saves a tenth of the time.
    """
    columns = (group.column(at) for at in range(group.num_columns))
    told = {column.path_in_schema: column.statistics for column in columns}
    found: dict[str, Any] = {}
    for name, heading in form.columns.items():
        stats = told.get(heading)
        if stats is None or name in (*SCATTERED, "person", "status"):
            continue
        if stats.has_null_count and stats.null_count == group.num_rows and name not in LIGHT:
            found[heading] = None
        elif stats.has_null_count and not stats.null_count and stats.has_min_max and stats.min == stats.max:
            kind = dt.date if name in ("day", *DAYS) else str
            found |= {heading: stats.min} if type(stats.min) in (str, kind) else {}
    return found


def gathered(values: Any, table: NDArray[Any]) -> NDArray[Any]:
    """What a table, whose last entry is that of an empty cell, says of a dictionary array."""
    indices = values.indices if values.indices.type == pa.int32() else values.indices.cast(pa.int32())
    indices = indices if indices.null_count == 0 else indices.fill_null(len(table) - 1)
    at = np.asarray(indices.to_numpy(zero_copy_only=False))
    if not usable() or table.dtype not in _GATHER:
        return np.asarray(table[at])
    found = np.empty(len(at), table.dtype)
    _GATHER[table.dtype](at, table, found)
    return found


@kernel("void(const i4[::1], i4[::1], i4[::1])")
def _gather(at: Rows, table: Rows, found: Rows) -> None:
    for i in range(at.size):
        found[i] = table[np.uint64(at[i])]


@kernel("void(const i4[::1], u1[::1], u1[::1])")
def _gather_small(at: Rows, table: Small, found: Small) -> None:
    for i in range(at.size):
        found[i] = table[np.uint64(at[i])]


#: numpy's own way widens the indices first, which takes four times as long.
_GATHER: Mapping[Any, Callable[[Any, Any, Any], None]] = {
    np.dtype(np.int32): _gather,
    np.dtype(np.uint8): _gather_small,
}


def cells_of(values: Any) -> Cells:
    """The H3 cells that a column of text or whole numbers writes; 0 for none."""
    if batches.is_text(values.type):
        plain = batches.hexadecimal(values)
        return np.array([cell_number(text or "") for text in values.to_pylist()], np.uint64) if plain is None else plain
    whole = values if values.null_count == 0 else values.fill_null(0)
    return np.asarray(whole.to_numpy(zero_copy_only=False)).astype(np.int64, copy=False).view(np.uint64)


class _Rows:
    """One table of a file on its way to a batch."""

    def __init__(self, reader: Reader, table: Any, numbers: Ints, file: str) -> None:
        self.reader = reader
        self.form = reader.form
        self.table = table
        self.rows = numbers
        self.file = file

    def batch(self) -> Batch:
        """The batch: every row's four arrays, and the columns of those that are not green."""
        located, colour, system = self._where(), self._status(), self._system()
        day, person = self._days("day", self.table), person_keys(self._values("person", self.table))
        faults: list[Fault] = [
            ("day", "day", self.reader.beyond(day)),
            ("status", "not_a_term", colour == NONE),
            ("system", "not_a_term", system == NONE),
            ("person", "empty", person == 0),
            *located.faults,
        ]
        wrong = any_of(faults)
        made = Batch(len(day), day, located.leaf, person, system, colour, None)
        if wrong.any():
            made.bad, made.rejects = int(wrong.sum()), self._rejects(faults, self.table, self.rows)
        self._open(made, np.flatnonzero((colour > 0) & ~wrong), wrong)
        self._note_lost(made, wrong)
        made.noted = located.noted(~wrong)
        if wrong.any():
            for name in ("day", "leaf", "person", "system", "colour"):
                setattr(made, name, getattr(made, name)[~wrong])
        return made

    def _open(self, made: Batch, at: Ints, wrong: Bools) -> None:
        """Read the rows at ``at`` further; those that cannot be are marked ``wrong``."""
        if not at.size:
            return
        alike = self.reader.alike
        further_on = {name: heading for name, heading in self.form.columns.items() if name not in LIGHT}
        heavy = [heading for heading in further_on.values() if heading not in alike]
        table, rows = self.table.select(heavy).take(pa.array(at)), self.rows[at]
        further: dict[str, Any] = {name: self._days(name, table) for name in DAYS}
        further |= {name: self._terms(name, table) for name in TERMS}
        columns = Columns(
            day=made.day[at],
            leaf=np.maximum(made.leaf[at], 0),
            person=made.person[at],
            system=made.system[at],
            colour=made.colour[at],
            row=rows,
            **further,
            words={name: self._words(name, table) for name in WORDS},
            tested=bool({"negative", "positive"} & self.form.columns.keys()),
        )
        faults = [*self._day_faults(columns), *faults_of(columns, made.system[at].astype(np.int32))]
        bad = any_of(faults)
        if bad.any():
            found = self._rejects(faults, self.table.take(pa.array(at)), rows)
            made.rejects = sorted([*made.rejects, *found], key=lambda reject: reject.row)[:REJECTS]
            made.bad += int(bad.sum())
            wrong[at[bad]] = True
            at, columns = at[~bad], columns.take(~bad)
        gone = taken_back(columns)
        made.colour[at[gone]] = GONE
        made.open = columns.take(~gone | (columns.cleared == columns.day)) if gone.any() else columns

    def _note_lost(self, made: Batch, wrong: Bools) -> None:
        if not isinstance(self.reader.place, CellTable):
            return
        values, heading = self._values("cell", self.table), self.form.columns.get("cell", "cell")
        for at in np.flatnonzero((made.leaf < 0) & ~wrong)[:EXAMPLES].tolist():
            cell = values[at].as_py()
            text = f"{cell:x}" if isinstance(cell, int) else quote(cell or "")
            why = "unknown_place" if cell else "no_place"
            made.lost.append(Reject(int(self.rows[at]), heading, text, why, {"file": self.file}))

    def _values(self, name: str, table: Any) -> Any:
        """The column of a field, or its constant; None if there is neither."""
        heading = self.form.columns.get(name)
        if heading is not None and heading not in self.reader.alike:
            return table.column(heading)
        value = self._constant(name)
        if value is None:
            return None
        indices = pa.array(np.zeros(table.num_rows, np.int32))
        return pa.DictionaryArray.from_arrays(indices, pa.array([value]))

    def _constant(self, name: str) -> Any:
        """What all rows state, None if they differ or state nothing."""
        heading = self.form.columns.get(name)
        return self.form.constants.get(name) if heading is None else self.reader.alike.get(heading)

    def _where(self) -> Located:
        place = self.reader.place
        if isinstance(place, CellTable):
            return Located(self._leaf(place))
        return place.located({name: self._values(name, self.table) for name in place.fields})

    def _leaf(self, table: CellTable) -> Rows:
        """The leaf of each row's cell, -1 if unknown."""
        values = self._values("cell", self.table)
        if not pa.types.is_dictionary(values.type):
            return leaves_of(cells_of(values), table)

        def leaves(words: Any) -> Rows:
            return np.append(leaves_of(cells_of(words), table), np.int32(-1))

        return gathered(values, self.reader.table_of(values.dictionary, "cell", leaves))

    def _status(self) -> Small:
        values = self._values("status", self.table)
        return self.reader.numbers(
            values, "status", lambda text: COLOURS.get(text.strip().lower(), NONE), NONE, np.uint8
        )

    def _system(self) -> Small:
        def place(text: str) -> int:
            return self.reader.systems.get(text.strip().lower(), NONE)

        same = self._constant("system")
        values = None if same is not None else self._values("system", self.table)
        if values is None:
            return np.full(self.table.num_rows, 0 if same is None else place(same), np.uint8)
        return self.reader.numbers(values, "system", place, 0, np.uint8)

    def _days(self, name: str, table: Any) -> Rows:
        same = self._constant(name)
        if same is not None:
            number = self.reader.day(same) if isinstance(same, str) else (same - batches.EPOCH).days
            return np.full(table.num_rows, number, np.int32)
        values = self._values(name, table)
        if values is None or values.null_count == len(values):
            return np.full(table.num_rows, NO_DAY, np.int32)
        if batches.is_text(values.type):
            return self.reader.numbers(values, name, self.reader.day, int(NO_DAY), np.int32)
        if not pa.types.is_date32(values.type):
            values = values.cast(pa.date32(), safe=False)
        days = values.view(pa.int32())
        return np.asarray((days if days.null_count == 0 else days.fill_null(int(NO_DAY))).to_numpy())

    def _terms(self, name: str, table: Any) -> Small:
        values = self._values(name, table)
        if values is None:
            return np.zeros(table.num_rows, np.uint8)
        terms = TERMS[name]
        return self.reader.numbers(values, name, lambda text: terms.get(text.strip().lower(), NONE), 0, np.uint8)

    def _words(self, name: str, table: Any) -> Any:
        values = self._values(name, table)
        if values is None:
            return empty_words(table.num_rows)
        if pa.types.is_dictionary(values.type) and len(values.dictionary) <= len(values):
            return values if values.type == _TEXT else values.cast(_TEXT)
        # a dictionary of many more words than there are rows here would be carried along with each batch
        return values.cast(pa.string()).dictionary_encode()

    # rejects -----------------------------------------------------------------------------------------------------

    def _day_faults(self, columns: Columns) -> list[Fault]:
        """Days beyond reason or not understood, words of no vocabulary: wrong only where they are used."""
        days = ((name, getattr(columns, name)) for name in DAYS)
        beyond: list[Fault] = [(name, "day", self.reader.beyond(days_) & (days_ != NO_DAY)) for name, days_ in days]
        return [*beyond, *((name, "not_a_term", getattr(columns, name) == NONE) for name in TERMS)]

    def _rejects(self, faults: Sequence[Fault], table: Any, rows: Ints) -> list[Reject]:
        if self.reader.told[self.file] >= REJECTS:  # pieces come in order: those that follow are not among the first
            return []
        found: dict[int, Reject] = {}
        for name, why, mask in faults:
            for at in np.flatnonzero(mask)[:REJECTS].tolist():
                if at not in found:
                    found[at] = self._reject(name, why, table, at, int(rows[at]))
        self.reader.told[self.file] += len(found)
        return [found[at] for at in sorted(found)][:REJECTS]

    def _reject(self, name: str, why: str, table: Any, at: int, row: int) -> Reject:
        text, reason = self._said(name, why, table, at)
        heading = self.form.columns.get(name, name)
        return Reject(row, heading, "" if name == "person" else text, reason, self._more(name, table, at))

    def _said(self, name: str, why: str, table: Any, at: int) -> tuple[str, str]:
        """(the value of a row's reject, why it is one)."""
        place = self.reader.place
        if not isinstance(place, CellTable) and name in place.fields:
            return place.said(name, why, {each: self._values(each, table)[at] for each in place.fields})
        values = self._values(name, table)
        value = None if values is None else values[at].as_py()
        return "" if value is None else quote(value), self.reader.why_of(why, value) if why != "empty" else why

    def _more(self, name: str, table: Any, at: int) -> dict[str, Any]:
        known = {"status": COLOURS, "system": self.reader.systems, **TERMS}.get(name, {})
        since = self._values("since", table)
        return {
            "file": self.file,
            "known": "、".join(known),
            "format": self.form.day_format,
            "low": to_day(self.reader.first).isoformat(),
            "high": to_day(self.reader.last).isoformat(),
            "start": "" if since is None else since[at].as_py(),
        }
