"""A book of events of each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.events import Events


@pytest.fixture
def events(database_url: str, tmp_path: Path) -> Iterator[Events]:
    """An empty book, on SQLite and on PostgreSQL."""
    book = Events.beside(database_url, tmp_path)
    yield book
    book.close()


@pytest.fixture
def one_book(tmp_path: Path) -> Iterator[Events]:
    """An empty book on SQLite, for what does not depend on the database."""
    book = Events.beside(f"sqlite:///{tmp_path / 'onescreen.db'}", tmp_path)
    yield book
    book.close()
