"""This machine's threads: the sum over all pieces, and which engine counts now."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from data.city import read_city
from data.store import Store, sqlite_url
from grid.batches import Piece
from grid.build import build
from grid.engine import Progress, Threads, Work, current, using
from tests import tiny
from tests.grid.nights import GROUP, city, first

PIECES = [Piece(Path("a"), (), row) for row in range(50)]


def rows(some: Iterable[Piece], most: int, progress: Progress | None) -> list[int]:
    """First rows, no more of a worker than ``most``."""
    found = []
    for piece in some:
        found.append(piece.first_row)
        if progress is not None:
            progress(1)
        if len(found) > most:
            raise ValueError(most)
    return found


def together(parts: Iterable[list[int]]) -> list[int]:
    return sorted(row for part in parts for row in part)


def work(most: int = 50) -> Work[list[int]]:
    return Work(rows, together, most, len)


@pytest.mark.parametrize("most", [1, 3, None])
def test_each_piece_is_counted_once_and_told_as_it_is_done(most: int | None) -> None:
    told: list[int] = []
    assert Threads(most).count(work(), PIECES, told.append) == list(range(50))
    assert told == list(range(1, 51))


def test_no_pieces_are_nothing() -> None:
    assert Threads().count(work(), []) == []


def test_what_a_piece_raises_comes_through() -> None:
    with pytest.raises(ValueError, match="3"):
        Threads(2).count(work(3), PIECES)


def test_an_engine_counts_as_long_as_it_is_used() -> None:
    other: Any = Threads(1)
    with using(other):
        assert current() is other
        with pytest.raises(KeyError), using(Threads(2)):
            raise KeyError
        assert current() is other
    assert current() == Threads()


def test_a_build_tells_the_rows_of_a_file_as_they_are_counted(tmp_path: Path) -> None:
    path, store, said = city(tmp_path), Store.create(sqlite_url(tmp_path / "store.db")), list[str]()
    for name, table in first():
        pq.write_table(table, tmp_path / "in" / f"{name}.parquet", row_group_size=GROUP)
    build(store, read_city(path), tiny.SECRET, lambda name, _done, _total: said.append(name))
    store.close()
    at = said.index("tests-1.parquet")
    assert "1,200 · tests-1.parquet" in said[at:]
    assert "823 · assignments-1.parquet" in said
