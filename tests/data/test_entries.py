"""The simulated city's key persons: some in time, some late, some not at all, nothing after the end, never twice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import func, select

from data.demo.entries import DAYS, FEWEST, play
from data.events import Events, tables
from data.events.arrivals import arrivals
from grid.events.arrivals import LIMIT
from tests.happened import COMMUNITIES, NOW, UNITS


def test_the_last_days_are_played_once(tmp_path: Path) -> None:
    book = Events.beside(f"sqlite:///{tmp_path / 'x.db'}", tmp_path)
    for _ in range(2):
        play(book, UNITS, COMMUNITIES, 600_000, NOW, seed=1)
    found = arrivals(book, NOW - dt.timedelta(days=DAYS), NOW + dt.timedelta(days=1))
    assert len(found) == DAYS * FEWEST
    assert max(one.entered for one in found) <= NOW
    for column in (tables.change.c.at, tables.message.c.fetched):
        assert book._all(select(func.max(column)))[0][0] <= NOW
    waits = [pushed - one.entered for one in found if (pushed := one.pushed(one.area[:6])) is not None]
    assert min(waits) >= dt.timedelta()
    late = sum(wait > LIMIT for wait in waits)
    assert 0 < late < len(waits) < len(found)
    assert all(one.subject.startswith("K") for one in found)
    book.close()
