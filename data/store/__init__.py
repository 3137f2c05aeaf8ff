"""The store of loads, statements and slabs on SQLite or PostgreSQL.

One load is one transaction is one version. Loaders take turns (a lock that ends with the transaction),
so versions are committed in the order of their numbers and ``version()`` never moves backwards.
"""

from __future__ import annotations

from data.engine import LOADER_LOCK, LOCK_SECONDS, sqlite_url, utcnow
from data.migrate import check_revision, upgrade
from data.store.codes import CodeReader
from data.store.loads import Load, LoadReader
from data.store.orders import OrderReader, Zone
from data.store.people import PeopleReader
from data.store.slabs import Slab, SlabReader
from data.store.writing import WHOLE_STORE, Loading, Seat, Writer

__all__ = [
    "LOADER_LOCK", "LOCK_SECONDS", "WHOLE_STORE", "Load", "Seat", "Slab", "Store", "Writer", "Zone", "sqlite_url",
    "utcnow",
]  # fmt: skip


class Store(LoadReader, SlabReader, OrderReader, CodeReader, PeopleReader, Loading):
    """A database of one city (or more), open for questions and loads."""

    @classmethod
    def create(cls, url: str) -> Store:
        """The store at ``url``, made or brought up to this release's revision."""
        upgrade(url)
        return cls(url)

    @classmethod
    def open(cls, url: str) -> Store:
        """The store at ``url``; StoreOutdated if another release made it."""
        check_revision(url)
        return cls(url)
