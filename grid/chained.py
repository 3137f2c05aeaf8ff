"""The chained rows of a ledger (see data.chain.rows), picked out by whoever counts; in the order of the file.

Every cell of a chained row goes into its link, so that all columns have to be decoded once more: as much work as the
count itself, and as easily shared. The links alone are made one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from data.chain import Row
from data.chain.rows import chained_rows
from data.city import Source
from data.read import format_of
from grid.arrays import Ints
from grid.batches import Piece, pieces
from grid.engine import Work, current
from grid.picking import Picked, merge

#: Rows of a piece, as the count of the same file has them.
PIECE_ROWS = 1 << 20


#: Of a piece the numbers of its chained rows, and their cells as an Arrow array of bytes.
Chained = tuple[Ints, Any]


def picked_rows(path: Path, source: Source) -> Iterator[Row]:
    """(number, cells) of the chained rows of a file, in order. Raises FileError where it cannot be read."""
    if path.suffix.lower() != ".parquet" or format_of(path, source) != "parquet":
        return chained_rows(path, source)
    work = Work(partial, merge, source.model_dump_json(), attrgetter("rows"), lasting=True)
    return _in_order(current().count(work, pieces(path, PIECE_ROWS)))


def _in_order(found: Picked[Chained]) -> Iterator[Row]:
    for numbers, cells in found.in_order():
        yield from zip(numbers.tolist(), cells.to_pylist(), strict=True)


def partial(parts: Iterable[Piece], plan: str, progress: Callable[[int], None] | None = None) -> Picked[Chained]:
    """The chained rows of some pieces of a file; ``plan``: its source, as a text that is the same in every process."""
    found, source = Picked[Chained](), Source.model_validate_json(plan)
    for piece in parts:
        rows = list(chained_rows(piece.path, source, piece.groups))
        numbers = np.fromiter((number for number, _ in rows), np.int64, len(rows))
        found.parts[piece.first_row] = numbers, pa.array([cells for _, cells in rows], pa.large_binary())
        found.rows += len(rows)
        if progress is not None:
            progress(len(rows))
    return found
