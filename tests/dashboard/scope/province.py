"""The app over a small province of two cities, asked through every entry point as the town is: see :mod:`asks`.

What lies in the second city is known by words that nothing else bears: its codes and names, those of its sources, and
in its events, held files and lines of the log the word :data:`ITS`.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import insert

from dashboard.app import create_app
from dashboard.queries import Desk, Viewer
from dashboard.queries.events import EventDesk
from data import held
from data.access import Access
from data.access.audit import Log
from data.access.users import add_user
from data.city import City
from data.events import Events, intake, tables
from data.events.report import Report
from data.faults import Fault
from data.store import Store, sqlite_url
from grid.chains import Chains
from grid.cube import Cube
from tests.dashboard.scope import asks
from tests.dashboard.scope.site import FIRST_EVENT, NO_EVENT, Site
from tests.provinces import COMMUNITIES, DAYS, PROVINCE, STREETS, Home, code_of, prefix_of

FIRST, SECOND = code_of(0), code_of(1)
PROVINCE_NAME = "安省"
#: A word of each city's own.
OURS, ITS = "甲城密语", "乙城密语"
#: A code of no area, and none that could be the beginning of one.
NOWHERE = "979999"
#: What is odd about a held file.
JUMP = Fault(
    "jump", DAYS[-1], DAYS[-1], (), {"count": ["确诊", "confirmed cases"], "value": 90, "peak": 9, "limit": 27}
)
#: When the events were sensed: at the end of the last day.
NOW = dt.datetime.combine(DAYS[-1], dt.time(15))

#: What nobody of the first city may read: names, codes, sources and words of the second, its people and all together.
ELSEWHERE = re.compile(
    rf"第1市|{PROVINCE_NAME}|{ITS}|(?<![\d.]){prefix_of(1)}(?:00|0[12](?:\d{{3}}(?:\d{{3}})?)?)(?![\d])|{SECOND}-\w+"
    rf"|{'|'.join(COMMUNITIES.values())}|(?<![\d.,])(?:8,?060|12,?120)(?![\d,])"
)


class ProvinceSite(Site):
    """The app, over a store and books of its own."""

    def __init__(self, home: Home, folder: Path) -> None:
        with closing(sqlite3.connect(home.database)) as old, closing(sqlite3.connect(folder / "x.db")) as new:
            old.backup(new)
        store = Store.open(sqlite_url(folder / "x.db"))
        self.twin = cast(Any, SimpleNamespace(store=store))
        cube = Cube(store, home.city)
        self.plan = cast(Any, SimpleNamespace(codes=dict.fromkeys([FIRST, SECOND]), streets=[]))
        self.desk = Desk(cube, _log(folder))
        self.desk.home = folder
        for number, word in ((0, OURS), (1, ITS)):
            hold(folder, f"{code_of(number)}-cases", f"{word}.csv")
        self.viewer = Viewer()
        self.events = Events.beside(sqlite_url(folder / "x.db"), folder, home.city)
        self.of = _happened(self.events, self.desk, home.city)
        self.app = create_app(self.desk, viewer_of=lambda: self.viewer, events=self.events)
        self.desk.beside(EventDesk).clock.now = lambda: NOW  # type: ignore[method-assign]
        self.client = self.app.server.test_client()
        self._walls: dict[str | None, str] = {}
        self.jobs: dict[str, str] = {}

    def close(self) -> None:
        """The end of its store and book."""
        self.events.close()
        self.desk.cube.store.close()


@contextmanager
def asked_of_its_days(of: dict[str, int]) -> Iterator[None]:
    """The ways of asking, about the days of the province and its events by the area."""
    with pytest.MonkeyPatch.context() as patch:
        days = [DAYS[-1] - dt.timedelta(days=n) for n in range(20, -1, -1)]
        patch.setattr(asks, "DAYS", days)
        patch.setattr(asks, "DAY", days[-1])
        patch.setattr(asks, "RECEIVED", NOW)
        patch.setattr(asks, "event_id", lambda site, area: of.get(area, FIRST_EVENT + NO_EVENT))
        yield


def hold(folder: Path, source: str, name: str, faults: Sequence[Fault] = ()) -> Path:
    """A file of a source that is held back."""
    path = folder / "inbox/held/2022-03-04" / source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("日期,人数\n", "utf-8")
    held.keep(path, source, faults or [JUMP])
    return path


def _log(folder: Path) -> Log:
    """A log in which somebody of each city looked at it."""
    log = Log(Access.beside(sqlite_url(folder / "x.db"), folder))
    for number, word in ((0, OURS), (1, ITS)):
        who = f"u-{prefix_of(number)}"
        add_user(log.access, who, word, "official", code_of(number), "A long phrase of nobody 7", by="")
        log.add(who, "official", "tickets", code_of(number), 20, number=word)
    return log


def _happened(events: Events, desk: Desk, city: City) -> dict[str, int]:
    """An event in each street of both cities; the last of each city by its code."""
    tree, of = Chains(desk.cube.at().geography, city), {}
    with events.writing() as connection:  # of six digits, as no other word of an answer has
        connection.execute(insert(tables.number).values(id=1, event=FIRST_EVENT - 1, report=0, change=0))
    for number, word in ((0, OURS), (1, ITS)):
        for klass in ("gate_hit", "arrival", "hotline"):
            for end in STREETS:
                area = prefix_of(number) + end
                report = Report("gate", f"{klass}{area}", klass, area, subject=f"p-{word}{end}", place=word, note=word,
                                more={"from": word} if klass == "arrival" else {})  # fmt: skip
                of[code_of(number)] = intake.take_one(events, report, tree, NOW, by=f"u-{word}").event or 0
    return of


__all__ = [
    "ELSEWHERE",
    "FIRST",
    "ITS",
    "NOWHERE",
    "OURS",
    "PROVINCE",
    "PROVINCE_NAME",
    "SECOND",
    "ProvinceSite",
    "asked_of_its_days",
]
