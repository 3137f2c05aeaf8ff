"""Reports that come as a table: through the inbox into the book, each once, and what cannot be taken goes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.commands.inbox import once
from data.city import read_city
from data.events import Events
from data.events.read import History, history, queue
from data.settings import make_home, read_home
from data.store import Store
from grid.build import build
from tests import tiny
from tests.tiny import Knobs, write_csv

HEADING = ["编号", "类别", "时间", "区划代码", "假名", "地点", "说明"]
GATE = ("G1", "门禁命中", "2022-03-05 08:30", "990101001", "p-01", "东门", "红码出门")
SOURCE = """
[[source]]
name = "gates"
kind = "events"
path = "in/gates*"
max_bad_share = 0.5
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose city has a source of reports."""
    path = tiny.tiny_city(tmp_path / "city", Knobs(sources=("population",)), SOURCE)
    settings = make_home(tmp_path / "home", path)
    store = Store.create(settings.database)
    build(store, read_city(path), settings.secret, home=tmp_path / "home")
    store.close()
    (tmp_path / "home/inbox/gates").mkdir()
    return tmp_path / "home"


@pytest.fixture
def book(home: Path) -> Iterator[Events]:
    """Its book of events."""
    made = Events.beside(read_home(home).database, home)
    yield made
    made.close()


def send(home: Path, name: str, *rows: tuple[str, ...]) -> list[tuple[str, str]]:
    """Puts a file into the inbox, and says what became of it."""
    write_csv(home / "inbox/gates" / name, HEADING, rows)
    return [(one.state, one.said.en) for one in once(home, 0.0)]


def found(book: Events) -> list[History]:
    """All events."""
    return [history(book, one.id) for one in sorted(queue(book, None), key=lambda one: one.id)]


def test_a_table_of_reports_opens_events(home: Path, book: Events) -> None:
    rows = (
        GATE,
        ("F1", "fever", "2022/3/5 9:05:10", "990102001001", "p-02", "", ""),
        ("H1", "热线诉求", "", "990102", "", "12345", ""),
    )
    assert [state for state, _ in send(home, "a.csv", *rows)] == ["loaded"]
    gate, fever, hotline = found(book)
    (report,) = gate.reports
    assert (report.source, report.key, report.by) == ("gates", "G1", "gates")
    assert (report.place, report.note, report.subject) == ("东门", "红码出门", "p-01")
    assert report.happened.isoformat() == "2022-03-05T00:30:00", "on the city's clocks"
    assert fever.event.happened.isoformat() == "2022-03-05T01:05:10"
    assert (fever.event.owner, fever.event.level) == ("990102001", "street")
    assert hotline.event.happened == hotline.event.sensed
    store = Store.open(read_home(home).database)
    load = store.loads()[-1]
    assert (load.kind, load.rows, load.taken, load.rejected) == ("events", 3, 3, 0)
    assert str(load.first_day) == str(load.last_day) == "2022-03-05"
    store.close()


def test_what_was_reported_is_not_reported_again(home: Path, book: Events) -> None:
    send(home, "a.csv", GATE)
    later = ("G2", *GATE[1:2], "2022-03-05 08:40", *GATE[3:])
    assert [state for state, _ in send(home, "b.csv", GATE, later)] == ["loaded"]
    (one,) = found(book)
    assert [report.key for report in one.reports] == ["G1", "G2"]


def test_bad_rows_go_back_with_their_reason(home: Path, book: Events) -> None:
    bad = [
        ("X1", "地震", "2022-03-05 08:30", "990101001", "", "", ""),
        ("X2", "门禁命中", "2022-03-05", "990101001", "", "", ""),
        ("X3", "门禁命中", "2022-03-05 08:30", "880101", "", "", ""),
        ("X4", "门禁命中", "2099-03-05 08:30", "990101001", "", "", ""),
    ]
    good = [(f"G{n}", *GATE[1:]) for n in range(6)]
    ((state, said),) = send(home, "a.csv", *good, *bad)
    assert state == "loaded", said
    assert "4 returned" in said
    store = Store.open(read_home(home).database)
    rejects = {reject.row: reject for reject in store.rejects(store.loads()[-1].id)}
    store.close()
    assert {row: reject.why for row, reject in rejects.items()} == {
        8: "not_a_term", 9: "not_a_moment", 10: "unknown_place", 11: "refused",
    }  # fmt: skip
    assert "将来" in rejects[11].say("zh")
    assert "future" in rejects[11].say("en")
    assert [report.key for report in found(book)[0].reports] == [f"G{n}" for n in range(6)]


def test_names_and_numbers_of_persons_are_refused(home: Path, book: Events) -> None:
    ((state, _),) = send(home, "a.csv", ("G1", *GATE[1:4], "13800138000", "", ""))
    assert state == "rejected"
    assert found(book) == []


def test_without_a_home_there_is_no_book(tmp_path: Path) -> None:
    path = tiny.tiny_city(tmp_path / "city", Knobs(sources=("population",)), SOURCE)
    write_csv(tmp_path / "city/in/gates.csv", HEADING, [GATE])
    store = Store.create(f"sqlite:///{tmp_path / 'x.db'}")
    (error,) = [one.error for one in build(store, read_city(path), tiny.SECRET).outcomes if one.error]
    store.close()
    assert "home" in error.say("en")
