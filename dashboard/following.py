"""Beside the serving: loads, rules and settings are followed into the log, whoever loads; new versions are heard of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from dashboard.wall.picture import Gallery
from data.access import Access
from data.access.audit import Log
from data.access.caught_up import catch_up
from data.access.certificates import certificates
from data.errors import OneScreenError
from data.settings import read_home
from data.store import Store

if TYPE_CHECKING:
    from dashboard.app import Screen

log = structlog.get_logger()

#: Seconds between two looks.
EVERY = 30.0


def follower(home: Path, purged: Callable[[], None], every: float = EVERY) -> Callable[[], None]:
    """What starts the following, in every process that serves. ``purged``: told of a purge by another process, after
    which nothing may be shown that was read before: since now, which is to be before anything is read."""
    settings = read_home(home)
    access = Access.beside(settings.database, home, settings.limits)
    known = _purges(access)
    access.close()  # whoever serves opens connections of its own

    def start() -> None:
        work = threading.Thread(target=_follow, args=(home, purged, every, known), name="onescreen-follow", daemon=True)
        work.start()

    return start


def listener(app: Screen, replica: str = "") -> Callable[[], None]:
    """What starts the hearing of new versions, in every process that serves. A new one is made ready for the walls at
    once: they ask for it within a second. ``replica``: URL of the copy that questions go to."""
    store: Store = app.sheets.desk.cube.store
    gallery: Gallery = app.server.extensions["onescreen_wall"]

    def renew() -> None:
        try:
            gallery.renew()
        except OneScreenError as error:
            log.warning("news", error=error.say("en"))

    def told(_version: int) -> None:
        threading.Thread(target=renew, name="onescreen-renew", daemon=True).start()

    return lambda: store.follow(replica, told)


def _follow(home: Path, purged: Callable[[], None], every: float, known: list[object]) -> None:
    books: tuple[Access, Store] | None = None
    pause = threading.Event()
    while True:
        try:
            access, store = books = books or _opened(home)
            purges = _purges(access)
            if purges != known:
                purged()
            known = purges
            catch_up(Log(access), store, home)
        except OneScreenError as error:
            log.warning("follow", error=error.say("en"))
        pause.wait(every)


def _opened(home: Path) -> tuple[Access, Store]:
    settings = read_home(home)
    return Access.beside(settings.database, home, settings.limits), Store.open(settings.database)


def _purges(access: Access) -> list[object]:
    """How far purges are, begun and done."""
    return [one.done for one in certificates(Log(access))]
