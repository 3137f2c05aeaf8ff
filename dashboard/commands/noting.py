"""What a command leaves in the log: it is noted as ``cli:`` and the name of whoever is signed in to the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.queries import Viewer
from data.access import Access
from data.access.audit import MACHINE, Log, operator
from data.access.caught_up import catch_up
from data.settings import Settings, read_home
from data.store import Store
from data.words import Lang


def machine(lang: Lang = "zh") -> Viewer:
    """Whoever runs a command: all rights, and a name for the log."""
    return Viewer(lang, user=operator(), role=MACHINE)


@contextmanager
def opened_log(home: Path, settings: Settings | None = None) -> Iterator[Log]:
    """The log of a home. StoreError."""
    known = settings or read_home(home)
    access = Access.beside(known.database, home, known.limits)
    try:
        yield Log(access)
    finally:
        access.close()


def note(home: Path, action: str, area: str = "", settings: Settings | None = None, **more: object) -> None:
    """One line of a command."""
    with opened_log(home, settings) as log:
        log.add(operator(), MACHINE, action, area, None, **more)


def follow(home: Path, store: Store) -> None:
    """The loads that a command just made, and what rules and settings it went by."""
    with opened_log(home) as log:
        catch_up(log, store, home, operator())
