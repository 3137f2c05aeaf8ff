"""The command events: the clock, the list, one event; and the events that the simulated city begins with."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.commands.events import begin_demo, opened
from dashboard.queries import Viewer
from dashboard.queries.events import EventDesk
from data.city import read_city
from data.events.channels import FILE
from data.settings import make_home
from data.store import Store
from grid.build import build
from tests import tiny
from tests.dashboard.test_cli import Run, refused, run

__all__ = ["run"]  # the fixture


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a small simulated city, with its events."""
    folder = tmp_path_factory.mktemp("events")
    path = tiny.tiny_city(folder / "city")
    path.write_text(path.read_text("utf-8").replace("\nname =", "\nsimulated = true\nname =", 1), "utf-8")
    settings = make_home(folder / "home", path)
    store = Store.create(settings.database)
    build(store, read_city(path), settings.secret)
    store.close()
    assert begin_demo(folder / "home", 1) > 0
    return folder / "home"


def test_the_demo_begins_once(home: Path) -> None:
    with opened(home) as desk:
        assert desk.city.simulated
        before = desk.beside(EventDesk).stamp()
    assert begin_demo(home, 2) == 0
    with opened(home) as desk:
        events = desk.beside(EventDesk)
        assert events.stamp() == before
        assert events.counts(Viewer()).all.late > 0


def test_a_list_of_an_area_and_one_event(run: Run, home: Path) -> None:
    every, east = run("events", "list", "--home", home), run("events", "list", "--home", home, "--area", "990101")
    assert every.code == east.code == 0
    assert 0 < len(east.out.splitlines()) < len(every.out.splitlines())
    number = every.out.split()[0]
    shown = run("events", "show", number, "--home", home, "--lang", "en")
    assert shown.out.splitlines()[0].split()[0] == number
    assert "Opened" in shown.out
    assert len(run("events", "list", "--home", home, "--closed").out) > len(every.out)
    assert "123456" in refused(run("events", "show", 123456, "--home", home))
    assert "990199" in refused(run("events", "list", "--home", home, "--area", "990199"))


def test_a_round_tells_what_it_did_and_fails_where_nobody_could_be_told(run: Run, home: Path) -> None:
    said = run("events", "tick", "--home", home)
    assert (said.code, len(said.out.splitlines())) == (0, 2)
    secret = "a word of sixteen letters"
    channel = f'[[channel]]\nname = "a"\narea = "99"\nkind = "webhook"\naddress = "http://127.0.0.1:9/"\nsecret = "{secret}"\n'
    (home / FILE).write_text(channel, "utf-8")
    failed = run("events", "tick", "--home", home)
    (home / FILE).unlink()
    assert failed.code == 1
    assert "not sent 0" not in failed.out
