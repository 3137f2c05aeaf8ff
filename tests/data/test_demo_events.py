"""The demo city's events: some of everything, and always the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from data.demo.events import HOURS, SAID, play
from data.events import Events, tables
from data.events.owner import Units
from data.events.read import Standing, changes_of, loops

NOW = dt.datetime.fromisoformat("2026-04-29T23:22:00")
TREE = Units(
    {"c": ("city", "")}
    | {f"c{d}": ("district", "c") for d in range(3)}
    | {f"c{d}{s}": ("street", f"c{d}") for d in range(3) for s in range(3)}
    | {f"c{d}{s}{v}": ("community", f"c{d}{s}") for d in range(3) for s in range(3) for v in range(3)}
)
PLACES = [(code, "") for code, (level, _) in TREE.units.items() if level == "community"]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Events]:
    """A book as it is played."""
    folder = tmp_path_factory.mktemp("played")
    made = Events.beside(f"sqlite:///{folder / 'x.db'}", folder)
    play(made, TREE, PLACES, NOW, 1)
    yield made
    made.close()


def every(book: Events) -> list[Standing]:
    """All events."""
    whole = dt.timedelta(hours=HOURS + 1)
    return [loop.event for loop in loops(book, since=NOW - whole, until=NOW + dt.timedelta(seconds=1))]


def test_there_is_some_of_everything(book: Events) -> None:
    found = every(book)
    assert {one.klass for one in found} == set(SAID)
    assert {one.state for one in found} == {"open", "accepted", "acting", "fed_back", "closed"}
    assert 60 < len(found) <= 100
    assert sum(one.overdue(NOW) for one in found) > 3
    for what in ("escalations", "reopened", "handed_over"):
        assert sum(getattr(one, what) > 0 for one in found) > 1, what
    assert sum(one.reports > 1 for one in found) > 3
    assert {one.satisfied for one in found} == {True, False, None}
    assert {one.level for one in found} >= {"community", "street", "district"}


def test_nothing_happens_after_now_or_before_its_report(book: Events) -> None:
    for one in every(book):
        moments = [change.at for change in changes_of(book, one.id)]
        assert moments == sorted(moments)
        assert moments[0] == one.sensed
        assert NOW - dt.timedelta(hours=HOURS) <= moments[0] <= moments[-1] <= NOW


def test_nobody_checks_their_own_work(book: Events) -> None:
    for one in every(book):
        by = {change.what: change.by for change in changes_of(book, one.id)}
        assert by.get("closed", "-") != by.get("acting", "")


def test_some_entries_reach_their_district_late_and_most_in_time(book: Events) -> None:
    whole = dt.timedelta(hours=HOURS + 1)
    found = loops(book, since=NOW - whole, until=NOW, classes=["arrival"])
    waits = [(loop.pushed - loop.event.happened).total_seconds() / 3600 for loop in found if loop.pushed]
    assert sum(wait <= 3 for wait in waits) > len(waits) / 2
    assert len(waits) > 10


def test_the_same_seed_makes_the_same_events(tmp_path: Path) -> None:
    books = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        books.append(Events.beside(f"sqlite:///{tmp_path / name / 'x.db'}", tmp_path / name))
        play(books[-1], TREE, PLACES, NOW, seed, events=12)
    for table in (tables.event, tables.report, tables.change, tables.message):
        query = select(table).order_by(*table.primary_key.columns)
        one, two, three = (book._all(query) for book in books)
        assert one == two
        assert one != three
    for book in books:
        book.close()
