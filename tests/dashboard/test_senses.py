"""What the numbers themselves report: of the small city, and said once however often it is asked."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Hashable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from dashboard.queries import CodeDesk, Desk, Viewer, ZoneDesk
from dashboard.queries.events import EventDesk
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.queries.risk import RiskDesk
from dashboard.queries.zones import OVERDUE
from dashboard.senses import SENSES, Senses
from dashboard.senses.base import NEWS, Sense, is_news
from dashboard.senses.risk import AGREE
from dashboard.ticking import Round, ticker, together
from data.city import City
from data.errors import BadQuestion
from data.events import Events
from data.events.channels import FILE
from data.events.report import Report, check_report
from grid.cube import Cube
from tests.dashboard.scope.town import Twin

VIEWER = Viewer()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Twin:
    """A city with zones, codes and findings, all of whose days end in March 2022."""
    return Twin(tmp_path_factory.mktemp("town"), "none")


def desk_of(town: Twin, folder: Path, **city: object) -> Desk:
    """Its desk over an empty book, on a clock that stands where its data end."""
    made: City = town.city.model_copy(update={"simulated": True, **city})
    desk = Desk(Cube(town.store, made))
    desk.events, desk.home = Events.beside(f"sqlite:///{folder / 'x.db'}", folder, made), folder
    return desk


@pytest.fixture
def desk(town: Twin, tmp_path: Path) -> Iterator[Desk]:
    """The same."""
    made = desk_of(town, tmp_path)
    yield made
    assert made.events is not None
    made.events.close()


def said(desk: Desk, name: str) -> list[Report]:
    """What one sense says."""
    sense = next(one for one in SENSES if one.id == name)
    return list(sense.says(desk, desk.beside(EventDesk).now()))


def test_every_sense_says_what_can_be_taken(desk: Desk) -> None:
    now = desk.beside(EventDesk).now()
    for sense in SENSES:
        for report in sense.says(desk, now):
            check_report(report, now)
            assert {"zh", "en"} <= report.more.keys()
            assert report.note == report.more["zh"]


def test_codes_and_zones_are_those_of_the_pages(desk: Desk) -> None:
    late = desk.beside(ZoneDesk).clocks(VIEWER)
    zones = [line for line in late if line.clock.state in OVERDUE and not line.clock.zone.risk]
    assert sorted(one.subject for one in said(desk, "zones")) == sorted(line.id for line in zones)
    codes = said(desk, "codes")
    overdue = desk.beside(CodeDesk).overdue(VIEWER, "city")
    assert overdue is not None
    assert sum(int(one.more["zh"].split(" 人")[0].split()[-1]) for one in codes) == overdue.ages.late > 0
    assert {desk.place(VIEWER, one.area).level for one in codes} == {"street"}


def test_signals_are_those_on_which_two_methods_agree(desk: Desk) -> None:
    answer = desk.beside(RiskDesk).answer(VIEWER, level="street")
    assert answer is not None
    agreed = {signal.code for signal in answer.signals if len(signal.kinds) >= AGREE}
    assert {one.area for one in said(desk, "risk")} == agreed


def test_sources_are_those_that_stopped(desk: Desk) -> None:
    stopped = {one.source.name for one in desk.beside(FreshnessDesk).feeds(VIEWER).sources if one.state == "error"}
    found = said(desk, "sources")
    assert {one.subject for one in found} == {f"source:{name}" for name in stopped}
    assert {one.area for one in found} <= {desk.city.code}


def test_an_archive_is_looked_at_and_not_acted_on(town: Twin, tmp_path: Path) -> None:
    desk = desk_of(town, tmp_path, simulated=False)
    assert [one for sense in ("risk", "codes", "zones") for one in said(desk, sense)] == []
    now = dt.datetime.fromisoformat("2022-04-10T12:00")
    days = [dt.date(2022, 4, 10) - dt.timedelta(days=n) for n in range(8)]
    assert [is_news(desk, now, day) for day in days] == [n <= NEWS for n in range(8)]
    assert not is_news(desk, now, None)


def test_a_round_says_it_once(desk: Desk) -> None:
    events, once = desk.beside(EventDesk), Round(desk)
    first = once()
    stamp = events.stamp()
    assert first["new"] == len(events.queue(VIEWER, limit=10_000)) > 0
    assert once()["new"] == 0
    assert Round(desk)()["new"] == 0, "another process says the same, under the same keys"
    assert events.stamp() == stamp
    later = events.now() + dt.timedelta(hours=3)
    assert once.tick(later) > 0
    assert once.tick(later) == 0


def test_a_sense_is_asked_when_its_stamp_changes(desk: Desk) -> None:
    asked: list[dt.datetime] = []

    def says(_: Desk, now: dt.datetime) -> list[Report]:
        asked.append(now)
        if len(asked) == 2:
            raise BadQuestion(detail="x")
        return []

    def stamp(_: Desk, now: dt.datetime) -> Hashable:
        return now.hour

    senses = Senses([Sense("x", says, stamp)])
    start = dt.datetime.fromisoformat("2022-03-22T08:00")
    with capture_logs() as logs:
        for minutes in (0, 10, 60, 70, 80):
            list(senses.reports(desk, start + dt.timedelta(minutes=minutes)))
    assert [one.hour * 60 + one.minute - 480 for one in asked] == [0, 60, 70], "one that failed is asked again"
    assert [one["sense"] for one in logs] == ["x"]


def test_the_rounds_go_on_beside_the_serving_whatever_fails(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A channels file that cannot be read stops neither senses nor deadlines."""
    assert desk.home is not None
    (desk.home / FILE).write_text("[[channel]]\nname = 1\n", "utf-8")
    stop, rounds = threading.Event(), {part: _counted(monkeypatch, part) for part in ("tick", "deliver")}
    with capture_logs() as logs:
        together([ticker(desk, every=0.05, stop=stop)])()
        assert all(part.acquire(timeout=60) for part in rounds.values() for _ in range(3))
        _end(stop)
    monkeypatch.undo()
    assert {one["part"] for one in logs if one["event"] == "tick"} == {"deliver"}
    assert desk.beside(EventDesk).counts(VIEWER).all.open > 0


def test_a_receiver_that_never_answers_holds_up_no_deadline(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, ticked, silent = threading.Event(), _counted(monkeypatch, "tick"), threading.Event()

    def hangs(_: Round, _now: dt.datetime) -> dict[str, int]:
        silent.wait(300)
        return {}

    monkeypatch.setattr(Round, "deliver", hangs)
    ticker(desk, every=0.05, stop=stop)()
    assert all(ticked.acquire(timeout=60) for _ in range(3))
    silent.set()
    _end(stop)


def _end(stop: threading.Event) -> None:
    """The rounds are over: none of them writes to a book that is closed, or in another test."""
    stop.set()
    for thread in threading.enumerate():
        if thread.name in ("onescreen-tick", "onescreen-deliver"):
            thread.join(60)
            assert not thread.is_alive()


def _counted(monkeypatch: pytest.MonkeyPatch, part: str) -> threading.Semaphore:
    """Told of each time that a part of a round begins."""
    begun, does = threading.Semaphore(0), getattr(Round, part)

    def told(self: Round, now: dt.datetime) -> object:
        begun.release()
        return does(self, now)

    monkeypatch.setattr(Round, part, told)
    return begun
