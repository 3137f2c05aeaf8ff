"""Loads, rules and settings reach the log once each, whoever is killed when."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.access.audit import Line, Log, Sought
from data.access.book import Access
from data.access.caught_up import catch_up
from data.access.proof import verify_log
from data.files import write_text
from data.settings import Settings, make_home, read_home
from data.store import Store
from tests.tiny import Knobs, Town

FOLLOWER = """
import random, sys, time
from pathlib import Path
from data.access.audit import Log
from data.access.book import Access
from data.access.caught_up import catch_up
from data.settings import read_home
from data.store import Store
home, slow = Path(sys.argv[1]), float(sys.argv[2])

class Slow(Store):
    def loads(self, **asked):
        found = super().loads(**asked)
        time.sleep(random.random() * slow)
        return found

settings = read_home(home)
access, store = Access.beside(settings.database, home), Slow.open(settings.database)
print("ready", flush=True)
while True:
    catch_up(Log(access), store, home, "cli:x")
"""


@pytest.fixture
def town(database_url: str, tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path / "city", database_url, Knobs())
    make_home(tmp_path / "home", town.path, database_url)
    yield town
    town.store.close()


@pytest.fixture
def log(town: Town, database_url: str, tmp_path: Path) -> Iterator[Log]:
    access = Access.beside(database_url, tmp_path / "home")
    yield Log(access)
    access.close()


def settings(tmp_path: Path) -> Settings:
    return read_home(tmp_path / "home")


def lines(log: Log, action: str) -> list[Line]:
    return log.search(Sought(action=action), limit=1000)[0][::-1]


def test_each_load_gets_one_line(town: Town, log: Log, tmp_path: Path) -> None:
    town.build()
    made = catch_up(log, town.store, tmp_path / "home", "cli:x")
    told, loads = lines(log, "load"), town.store.loads()
    assert made == len(told) + 3  # and one each of rules, city file and settings
    assert [(one.more["load"], one.more["sha256"], one.more["taken"], one.more["rejected"]) for one in told] == [
        (load.id, load.sha256, load.taken, load.rejected) for load in loads
    ]
    assert {one.who for one in told} == {"cli:x"}
    assert catch_up(log, town.store, tmp_path / "home") == 0
    town.people()
    town.build()
    assert catch_up(log, town.store, tmp_path / "home") == 1
    assert lines(log, "load")[-1].more["load"] == town.store.version()


def test_changes_of_rules_and_settings_are_named_and_their_values_are_not(town: Town, log: Log, tmp_path: Path) -> None:
    catch_up(log, town.store, tmp_path / "home")
    assert set(lines(log, "rules")[0].more["came"]) >= {"henan-2", "measures-20"}
    path = tmp_path / "home/settings.toml"
    secret = settings(tmp_path).secret
    path.write_text(path.read_text() + 'report_organ = "某某指挥部"\noidc_secret = "hush-hush"\n')
    town.path.write_text(town.path.read_text("utf-8") + "\n[risk]\nserial_interval = 4.5\n", "utf-8")
    assert catch_up(log, town.store, tmp_path / "home") == 2
    changed = lines(log, "settings")[-1]
    assert changed.more["changed"] == ["oidc_secret", "report_organ"]
    assert lines(log, "city")[-1].more["came"] == ["risk.serial_interval"]
    said = str(log.search(Sought(), limit=1000))
    assert all(word not in said for word in (secret, "hush-hush", "某某指挥部"))


def test_another_store_is_told(town: Town, log: Log, tmp_path: Path) -> None:
    town.build()
    catch_up(log, town.store, tmp_path / "home")
    before = town.store.loads()
    other = Town(tmp_path / "other", f"sqlite:///{tmp_path / 'other.db'}", Knobs(people=3))
    other.build()
    catch_up(log, other.store, tmp_path / "home")
    assert [one.more["was"] for one in lines(log, "store_replaced")] == [before[-1].id]
    told = {(one.more["load"], one.more["loaded"]) for one in lines(log, "load")}
    assert told == {(load.id, load.loaded.isoformat()) for load in (*before, *other.store.loads())}
    assert len(told) == len(lines(log, "load"))
    other.store.close()


def follower(tmp_path: Path, slow: float = 0.0) -> subprocess.Popen[bytes]:
    """A process that follows; what it reads of the store may be ``slow`` seconds old before it goes on."""
    arguments = [sys.executable, "-c", FOLLOWER, str(tmp_path / "home"), str(slow)]
    running = subprocess.Popen(arguments, stdout=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stdout.readline() == b"ready\n"
    return running


def stop(running: subprocess.Popen[bytes]) -> None:
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert running.stdout is not None
    running.stdout.close()


def until(holds: Callable[[], bool]) -> None:
    """Waits until it holds."""
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end, "it never held"
        time.sleep(0.05)


def deliver(town: Town, n: int) -> None:
    rows = f"编号,日期,类别,区,街道,经度,纬度\nP{n},2022-03-01,确诊,东江区,江口街道,,\n"
    (town.folder / "in/cases.csv").write_text(rows, "utf-8")
    town.build()


def test_a_kill_loses_no_line_and_doubles_none(town: Town, log: Log, tmp_path: Path) -> None:
    for n in range(4):
        running = follower(tmp_path)
        deliver(town, n)
        time.sleep(0.003 * n)
        stop(running)
    catch_up(log, town.store, tmp_path / "home")
    assert [one.more["load"] for one in lines(log, "load")] == [load.id for load in town.store.loads()]
    assert verify_log(log).breaks == ()


def test_several_at_once_write_each_line_once(town: Town, log: Log, tmp_path: Path) -> None:
    both = [follower(tmp_path, 0.05) for _ in range(2)]
    until(lambda: bool(lines(log, "settings")))  # as they are before they change
    path, was = tmp_path / "home/settings.toml", (tmp_path / "home/settings.toml").read_text("utf-8")
    for n in range(6):
        write_text(path, f"{was}session_minutes = {70 + n}\n", 0o600)
        deliver(town, n)
    until(lambda: len(lines(log, "load")) >= town.store.version())
    assert all(one.poll() is None for one in both)
    for one in both:
        stop(one)
    assert [one.more["load"] for one in lines(log, "load")] == [load.id for load in town.store.loads()]
    assert lines(log, "store_replaced") == []
    told = [one.more["digest"] for one in lines(log, "settings")]
    assert 1 < len(told) == len(set(told))  # a change is told once, and never taken back
    assert verify_log(log).breaks == ()


def test_the_store_and_the_log_know_each_other_by_home(tmp_path: Path, tiny_home: Path) -> None:
    known = read_home(tiny_home)
    access = Access.beside(f"sqlite:///{tmp_path / 'x.db'}", tmp_path)
    store = Store.open(known.database)
    assert catch_up(Log(access), store, tiny_home) == len(store.loads()) + 3
    store.close()
    access.close()
