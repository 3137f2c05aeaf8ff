"""Beside the serving: loads, rules and settings are followed into the log, whoever loads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from data.access import Access
from data.access.audit import Log
from data.access.caught_up import catch_up
from data.access.certificates import certificates
from data.city import read_city
from data.errors import OneScreenError
from data.settings import read_home
from data.store import Store

log = structlog.get_logger()

#: Seconds between two looks.
EVERY = 30.0


def follower(home: Path, purged: Callable[[], None], every: float = EVERY) -> Callable[[], None]:
    """What starts the following, once a process serves. ``purged``: told of a purge by another process, after which
    nothing may be shown that was read before."""

    def start() -> None:
        threading.Thread(target=_follow, args=(home, purged, every), name="onescreen-follow", daemon=True).start()

    return start


def _follow(home: Path, purged: Callable[[], None], every: float) -> None:
    settings, known = read_home(home), None  # how far purges are, begun and done
    access, store = Access.beside(settings.database, home, settings.limits), Store.open(settings.database)
    pause = threading.Event()
    while True:
        try:
            settings = read_home(home)
            catch_up(Log(access), store, read_city(settings.city), settings)
            purges = [one.done for one in certificates(Log(access))]
            if known is not None and purges != known:
                purged()
            known = purges
        except OneScreenError as error:
            log.warning("follow", error=error.say("en"))
        pause.wait(every)
