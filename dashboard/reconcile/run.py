"""A whole reconciliation of a home: one desk shows, another one is asked."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from dashboard.queries import Day, Desk
from dashboard.reconcile.check import Checker
from dashboard.reconcile.feet import feet
from dashboard.reconcile.findings import Tally
from dashboard.reconcile.names import names
from dashboard.reconcile.screens import PARTS, Crawl, Screen
from data.city import City
from data.store import Store
from grid.cube import Cube

#: (screens so far, name of the next).
Progress = Callable[[int, str], None]


def reconcile(database: str, city: City, days: Sequence[Day] = (), progress: Progress | None = None) -> Tally:
    """Every screen of the newest version of a home, asked again. Raises NothingLoaded, StoreError.

    Each part of the crawl has two new desks, so that what one subject keeps in memory goes before the next comes.
    """
    tally = Tally()
    with _store(database) as one, _store(database) as other:
        known = names(_desk(one, city))
        for part in PARTS:
            crawl = Crawl(_desk(one, city), days)
            _checked(part(crawl), Checker(_desk(other, city), crawl.painter, known, tally), progress)
            del crawl
            gc.collect()  # desks and what stands beside them know each other
        fresh = _desk(other, city)
        for area in Crawl(fresh).areas():
            tally.findings += feet(fresh, area or "city", tally)
    return tally


def _checked(screens: Iterator[Screen], checker: Checker, progress: Progress | None) -> None:
    for screen in screens:
        if progress:
            progress(checker.tally.screens, screen.name)
        checker.check(screen)


def _desk(store: Store, city: City) -> Desk:
    """A desk with a cube and caches of its own."""
    return Desk(Cube(store, city))


@contextmanager
def _store(database: str) -> Iterator[Store]:
    store = Store.open(database)
    try:
        yield store
    finally:
        store.close()
