"""The rows of a delivered ledger of assignments that are chained, as they lie in the file: see data.chain.

A row is chained unless its colour is green and it says of no change; a line that cannot be split is chained, too. How
far a row can be understood otherwise plays no part, so that rules of the loader may change and the chain still holds.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from heapq import merge
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.chain.links import Row
from data.chain.proof import Delivered, Replaced
from data.city import City, Source
from data.deliveries import sha256_of
from data.formats.base import BLANKS
from data.formats.delimited import ENCODINGS
from data.formats.stream import STREAMED, Block, stream, text
from data.read import format_of, read_frame
from data.sources import kind
from data.sources.parse import plain
from data.store import Load, Store
from data.terms import CODES, spelling

#: Between the cells of a row (unit separator); inside a cell it is written as two characters, as is the first of them.
_BETWEEN = "\x1f"
_WRITTEN = (("\x1e", "\x1e0"), (_BETWEEN, "\x1e1"))

#: The encoding in which every byte is a character.
BYTES = "latin-1"

Bools: TypeAlias = NDArray[np.bool_]

_GREEN = {word for word, colour in spelling(CODES).items() if colour == "green"}


def delivered(store: Store, city: City) -> Callable[[Load], Delivered]:
    """What reads the files of ``store``'s loads again. One in whose place another delivery lies is Replaced."""
    taken = {load.sha256 for load in store.loads()}

    def read(load: Load) -> Delivered:
        path, source = Path(load.notes["path"]), city.source(load.source)
        if not path.is_file():
            raise LookupError(load.file)
        found = sha256_of(path)
        if found == load.sha256:
            return Delivered(same=True)
        if found in taken:
            raise Replaced(load.file)
        return Delivered(same=False, rows=chained_rows(path, source))

    return read


def chained_rows(path: Path, source: Source, groups: Collection[int] | None = None) -> Iterator[Row]:
    """(number, cells) of the chained rows of a file, or of some row groups of Parquet, in order. Raises FileError where
    it cannot be read."""
    for block in _blocks(path, source, groups):
        at = _chained(block, source)
        good = zip(block.rows[at].tolist(), _cells(block, at), strict=True)
        yield from merge(good, ((number, line.encode()) for number, line in block.broken))


def _blocks(path: Path, source: Source, groups: Collection[int] | None) -> Iterator[Block]:
    """The file as it lies there. CSV is read as Latin-1, in which every byte is a character, so that no byte of an
    altered file is refused (but for UTF-16, whose commas are no bytes)."""
    format_ = format_of(path, source)
    if format_ in STREAMED:
        wide = (source.encoding or _mark(path)).lower().startswith("utf-16")
        yield from stream(path, format_, (source.encoding or "utf-16") if wide else BYTES, groups=groups)
        return
    frame = read_frame(path, source.model_copy(update={"where": [], "unpivot": None}))
    columns = {name: pa.array(frame.table[name].to_numpy(), pa.string()) for name in frame.table.columns}
    yield Block(columns, frame.rows, sorted((reject.row, reject.value) for reject in frame.bad))


def _mark(path: Path) -> str:
    """The encoding that a file's first bytes declare; "" for none that matters here."""
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ""


def _word(cell: str, source: Source) -> str:
    """What a cell of a file read as Latin-1 says: by itself, for an altered file need not be of one encoding."""
    for encoding in (source.encoding,) if source.encoding else ENCODINGS:
        with suppress(UnicodeError, LookupError):
            return cell.encode(BYTES).decode(encoding).strip(BLANKS)
    return cell.strip(BLANKS)


def _chained(block: Block, source: Source) -> NDArray[np.intp]:
    """Places of the rows of a block that are: none that is wholly empty."""
    green = _that(block, source, "status", lambda word: _is_green(word, source))
    at = np.flatnonzero(~green | _that(block, source, "cleared", bool))
    filled = np.zeros(len(at), np.bool_)
    for column in block.columns.values():
        if filled.all():
            break
        filled |= column.take(pa.array(at)).is_valid().to_numpy(zero_copy_only=False)
    return at[filled]


def _that(block: Block, source: Source, field: str, holds: Callable[[str], bool]) -> Bools:
    """In which rows a field's word (as delivered, without blanks around it) is one for which ``holds``."""
    column = _column(block, source, field)
    if column is None:
        return np.full(len(block.rows), holds(source.constants.get(field, "")))
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    words = [_word(word or "", source) for word in text(coded.dictionary).to_pylist()]
    told = np.array([*map(holds, words), holds("")], np.bool_)
    return np.asarray(told[coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)])


def _is_green(word: str, source: Source) -> bool:
    return plain(source.values.get("status", {}).get(word, word)).lower() in _GREEN


def _column(block: Block, source: Source, field: str) -> Any | None:
    """The column of a field, as mapped or by the headings that it is known by; None if there is none."""
    named = {_word(name, source).strip('"'): column for name, column in block.columns.items()}
    heading = kind(source.kind).heading(field, source.columns, named)
    return None if heading is None else named[heading]


def _cells(block: Block, at: NDArray[np.intp]) -> list[bytes]:
    """The rows at these places: all cells of each, one after the other."""
    cells = [text(column.take(pa.array(at))) for column in block.columns.values()]
    # two plain searches take a third of the time of one for either sign
    if any(pc.any(pc.match_substring(cell, sign)).as_py() for cell in cells for sign, _ in _WRITTEN):
        for sign, written in _WRITTEN:
            cells = [pc.replace_substring(cell, sign, written) for cell in cells]
    between = pa.scalar(_BETWEEN, pa.string())
    joined = pc.binary_join_element_wise(*cells, between, null_handling="replace", null_replacement="")
    return list(joined.cast(pa.binary()).to_pylist())
