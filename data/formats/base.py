"""What every reader of a format gives, the limits they share, and how a foreign parser's failure is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.errors import FileTooLarge, OneScreenError, UnreadableFile
from data.rejects import Reject
from data.words import Both

#: Bytes of a file that is read whole: text columns of Python objects take about ten times as much
#: memory, which a machine with 4 GB still has.
MAX_BYTES = 200_000_000

#: Bytes of a file of a streamed kind: 25 million ledger rows are about 1.2 GB of CSV.
MAX_BYTES_STREAMED = 2_000_000_000

#: Cells of one table: a million rows of fifty columns. Formats that repeat values for nothing
#: (Parquet, Excel) can claim any number of cells in a few bytes.
MAX_CELLS = 50_000_000

#: Columns of one table; Excel's own limit.
MAX_COLUMNS = 16_384

#: Blanks as senders leave them around values: ASCII, no-break and ideographic space, byte order mark,
#: zero-width space.
BLANKS = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b"

Texts = npt.NDArray[np.object_]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sheet:
    """One table as its format holds it.

    ``columns``: heading -> pyarrow string array; ``rows``: the sender's number of each line, int64;
    ``bad``: lines that could not be split; ``geometry``: shapely objects of a vector file;
    ``serials``: whether numbers may be Excel's days.
    """

    columns: dict[str, Any]
    rows: Rows
    bad: list[Reject] = field(default_factory=list)
    geometry: Texts | None = None
    serials: bool = False


def unreadable(path: Path, format_: str, zh: str, en: str) -> UnreadableFile:
    """The error for a file that breaks its format's rules."""
    return UnreadableFile(file=path.name, format=format_, detail=Both(zh, en))


@contextmanager
def parsing(path: Path, format_: str) -> Iterator[None]:
    """Tells any failure of a parser as UnreadableFile.

    Parsers of foreign bytes fail in more ways than their documentation lists (Rust panics of calamine
    are not even Exceptions), and every one of them means the same to the sender.
    """
    try:
        with np.errstate(invalid="ignore"):  # corners that are NaN are told later, one by one
            yield
    except OneScreenError:
        raise
    except (Exception, RecursionError) as error:
        raise UnreadableFile(file=path.name, format=format_, detail=error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile(file=path.name, format=format_, detail=error) from error


def read_bytes(path: Path, format_: str, limit: int = MAX_BYTES) -> bytes:
    """The file's bytes. Raises UnreadableFile (absent, a folder, empty), FileTooLarge past ``limit``."""
    check_size(path, format_, limit)
    with parsing(path, format_):
        return path.read_bytes()


def check_size(path: Path, format_: str, limit: int = MAX_BYTES) -> None:
    """Raises UnreadableFile for a path that is no file or an empty one, FileTooLarge past ``limit`` bytes."""
    if not path.is_file():
        raise unreadable(path, format_, "没有这个文件", "there is no such file")
    size = path.stat().st_size
    if size == 0:
        raise unreadable(path, format_, "文件是空的", "the file is empty")
    if size > limit:
        raise FileTooLarge(file=path.name, size=f"{size:,} B", limit=f"{limit:,} B")


def check_cells(path: Path, rows: int, columns: int, limit: int = MAX_CELLS) -> None:
    """Raises FileTooLarge for a table of more than ``limit`` cells or MAX_COLUMNS columns."""
    if columns > MAX_COLUMNS:
        size = Both(f"{columns:,} 列", f"{columns:,} columns")
        raise FileTooLarge(file=path.name, size=size, limit=f"{MAX_COLUMNS:,}")
    if rows * columns > limit:
        size = Both(f"{rows:,} 行 {columns:,} 列", f"{rows:,} rows of {columns:,} columns")
        raise FileTooLarge(file=path.name, size=size, limit=Both(f"{limit:,} 单元格", f"{limit:,} cells"))


def headings(path: Path, format_: str, names: Sequence[str | None]) -> list[str]:
    """Headings without blanks around them; a column without one is called by its number, ``#4``.

    Raises UnreadableFile where two are alike or none is there.
    """
    bare = [(name or "").strip(BLANKS) for name in names]
    if not any(bare):
        raise unreadable(path, format_, "没有表头", "it has no headings")
    named = [name or f"#{number}" for number, name in enumerate(bare, start=1)]
    if any("\ud800" <= sign <= "\udfff" for sign in "".join(named)):
        raise unreadable(path, format_, "表头含有半个字符（代理项）", "a heading holds half of a surrogate pair")
    twice = sorted(name for name, times in Counter(named).items() if times > 1)
    if twice:
        raise unreadable(path, format_, f"表头重复：{'、'.join(twice)}", f"repeated headings: {', '.join(twice)}")
    return named


def strings(values: Sequence[str | None]) -> Any:
    """A pyarrow array of ``values``. ValueError for halves of surrogate pairs, which are no text."""
    return pa.array(values, pa.large_string())
