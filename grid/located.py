"""What streamed rows say of where they are: their leaves, what is wrong with them, and what is to be noted.

Who places rows of a file a batch at a time is a :class:`Where`: :mod:`grid.points` for points alone, as fast as they
are read; :mod:`grid.worded` for whatever else says where. Ledgers of H3 cells need nobody: a table does it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.formats.base import BLANKS
from grid.arrays import Bools, Cells, Ints, Rows

#: The fields of a point.
LONLAT = ("lon", "lat")
#: (field, key of errors.WHY, rows where it is wrong).
Fault = tuple[str, str, Bools]
#: (leaf, key of grid.place.NOTES, words) of rows that were taken, but not placed finely.
Note = tuple[int, str, str]
Words = NDArray[np.object_]
#: Why a cell is refused whose text says nothing that its field means; its text tells the reason.
BAD = "bad"

_NO_ROWS, _NO_WORDS = np.empty(0, np.int64), np.empty(0, object)


@dataclass(frozen=True, slots=True)
class Located:
    """``leaf`` of each row, -1 where one of the ``faults`` is. The rows ``at`` were not placed finely: ``note``,
    ``text``."""

    leaf: Rows
    faults: tuple[Fault, ...] = ()
    at: Ints = field(default_factory=lambda: _NO_ROWS)
    note: Words = field(default_factory=lambda: _NO_WORDS)
    text: Words = field(default_factory=lambda: _NO_WORDS)

    def noted(self, taken: Bools) -> Counter[Note]:
        """How many rows there are of each note, of those that were ``taken``."""
        kept = taken[self.at]
        if not kept.any():
            return Counter()
        said = {"leaf": self.leaf[self.at[kept]], "note": self.note[kept], "text": self.text[kept]}
        sizes: Any = pd.DataFrame(said).groupby(list(said)).size()
        return Counter(sizes.to_dict())


class Where(Protocol):
    """Places the rows of one source in one geography; it travels, and is the same bytes wherever it comes from."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The place fields that it goes by."""
        ...

    def located(self, columns: Mapping[str, Any]) -> Located:
        """Rows by an Arrow column of each of its fields."""
        ...

    def said(self, name: str, why: str, cells: Mapping[str, Any]) -> tuple[str, str]:
        """(value, key of errors.WHY) to be told of a row with these cells (Arrow scalars) and this fault."""
        ...


def trimmed(values: Any) -> Any:
    """An Arrow column as text without blanks at the ends, as data.read gives it; null or empty where there is none."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return pc.utf8_trim(values.cast(pa.string()), characters=BLANKS)


def word(cell: Any) -> str:
    """An Arrow scalar as text, as data.read gives it; empty where there is none."""
    value = cell.as_py()
    if value is None:
        return ""
    return str(value if isinstance(value, str) else cell.cast(pa.string()).as_py()).strip(BLANKS)


# --- leaves as places that are counted --------------------------------------------------------------


def places(leaf: Rows) -> Cells:
    """Leaves as what a ledger of cells names: a number from 1 on, 0 for nowhere."""
    return (leaf.astype(np.int64) + 1).astype(np.uint64)


def every_place(leaves: int) -> tuple[Cells, Rows]:
    """All places that there are, and the leaf of each."""
    leaf = np.arange(leaves, dtype=np.int32)
    return places(leaf), leaf
