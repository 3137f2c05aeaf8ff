"""Columns of Parquet files: numbers that point into a list of words, as a database writes them out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.demo.areas import Town
from data.demo.moments import Calendar

Ints = NDArray[np.int64]


def words(index: Any, of: Sequence[str]) -> Any:
    """(n,) places in ``of``; negative: nothing."""
    index = np.asarray(index, dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(index, mask=index < 0), pa.array(of, pa.string()))


def numbered(numbers: Any, form: str) -> Any:
    """(n,) numbers written as ``form``; those below 1: nothing."""
    distinct, index = np.unique(np.asarray(numbers), return_inverse=True)
    return words(np.where(distinct[index] > 0, index, -1), [form.format(number) for number in distinct.tolist()])


def days(numbers: Any, calendar: Calendar, stated: Any = True) -> Any:
    """(n,) days as ISO dates; where not ``stated``: nothing."""
    numbers = np.where(stated, numbers, 0)
    distinct, index = np.unique(numbers, return_inverse=True)
    stated = np.broadcast_to(stated, numbers.shape)
    return words(np.where(stated, index, -1), [calendar.day(number) for number in distinct.tolist()])


def pseudonyms(ids: NDArray[np.uint64]) -> Any:
    """(n,) numbers as sixteen hexadecimal digits."""
    return pa.array([f"{number:016x}" for number in ids.tolist()], pa.string())


def places(town: Town, place: Any) -> dict[str, Any]:
    """The two columns that say where: community, and cell on the grid."""
    place = np.asarray(place)
    return {
        "社区编码": words(town.place_community[place], town.communities.codes),
        "网格编号": words(np.where(place < town.size.cells, place, -1), town.cell_ids),
    }


def write(path: Path, columns: dict[str, Any]) -> None:
    """Writes one file."""
    pq.write_table(pa.table(columns), path, compression="zstd")
