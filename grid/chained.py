"""The chained rows of a ledger (see data.chain_rows), picked out by whoever counts; in the order of the file.

Every cell of a chained row goes into its link, so that all columns have to be decoded once more: as much work as the
count itself, and as easily shared. The links alone are made one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from data.chain import Row
from data.chain_rows import chained_rows
from data.city import Source
from data.read import format_of
from grid.arrays import Ints
from grid.batches import Piece, pieces
from grid.engine import Work, current

#: Rows of a piece, as the count of the same file has them.
PIECE_ROWS = 1 << 20


@dataclass
class Picked:
    """Chained rows by the first row of their piece: their numbers, and their cells as an Arrow array of bytes."""

    parts: dict[int, tuple[Ints, Any]] = field(default_factory=dict)
    rows: int = 0


def picked_rows(path: Path, source: Source) -> Iterator[Row]:
    """(number, cells) of the chained rows of a file, in order. Raises FileError where it cannot be read."""
    if path.suffix.lower() != ".parquet" or format_of(path, source) != "parquet":
        return chained_rows(path, source)
    work = Work(partial, merge, source.model_dump_json(), attrgetter("rows"))
    return _in_order(current().count(work, pieces(path, PIECE_ROWS)))


def _in_order(found: Picked) -> Iterator[Row]:
    for first in sorted(found.parts):
        numbers, cells = found.parts.pop(first)
        yield from zip(numbers.tolist(), cells.to_pylist(), strict=True)


def partial(parts: Iterable[Piece], plan: str, progress: Callable[[int], None] | None = None) -> Picked:
    """The chained rows of some pieces of a file; ``plan``: its source, as a text that is the same in every process."""
    found, source = Picked(), Source.model_validate_json(plan)
    for piece in parts:
        rows = list(chained_rows(piece.path, source, piece.groups))
        numbers = np.fromiter((number for number, _ in rows), np.int64, len(rows))
        found.parts[piece.first_row] = numbers, pa.array([cells for _, cells in rows], pa.large_binary())
        found.rows += len(rows)
        if progress is not None:
            progress(len(rows))
    return found


def merge(parts: Iterable[Picked]) -> Picked:
    """All of them."""
    total = Picked()
    for part in parts:
        total.parts |= part.parts
        total.rows += part.rows
    return total
