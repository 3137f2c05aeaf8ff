"""A book of each kind of database, and everything that is written in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from data.access import Access
from data.backup.dump import tables_of


@pytest.fixture
def access(database_url: str, tmp_path: Path) -> Iterator[Access]:
    """An empty book, on SQLite and on PostgreSQL."""
    book = Access.beside(database_url, tmp_path)
    yield book
    book.close()


@pytest.fixture
def everything(access: Access, tmp_path: Path) -> Callable[[], str]:
    """Every word of every table, and of the files beside."""

    def read() -> str:
        with access.snapshot() as connection:
            rows = [repr(connection.execute(select(table)).all()) for table in tables_of(connection)]
        files = [path.read_bytes().decode("latin-1") for path in tmp_path.iterdir() if path.is_file()]
        return "\n".join(rows + files)

    return read
