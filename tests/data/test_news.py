"""New versions are heard of, and what a process may ask of a server has bounds."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from data import news, pool
from data.engine import Connected
from data.errors import StoreBusy, StoreError, StoreLost
from data.pool import Bounds, arguments, keep_to
from data.store import Store
from tests import postgres

DAY = dt.date(2022, 3, 1)


def take(store: Store, number: int, *, fail: bool = False) -> None:
    """One load with a slab that says its number."""
    values = {"source": "a", "kind": "cases", "file": f"{number}.csv", "sha256": f"{number:064}"}
    with store.loading(**values) as load:  # type: ignore[arg-type]
        load.slabs(1, [("cases", DAY, np.full(3, number, np.int32))])
        if fail:
            raise ZeroDivisionError


def until(holds: Callable[[], bool], seconds: float = 90) -> None:
    """Waits until it holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never held"
        time.sleep(0.01)


def shown(store: Store) -> tuple[int, int]:
    """The version, and the number that its slab says: the two are always the same."""
    version = store.version()
    return version, int(store.slabs(["cases"], DAY, DAY, version)[0].vector[0])


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.serve() as made:
        yield made


@pytest.fixture
def url(server: postgres.Server) -> Iterator[str]:
    with server.database() as made:
        yield f"{made}&options=-csynchronous_commit%3Don"


@pytest.fixture
def loader(url: str) -> Iterator[Store]:
    """Who loads, from another process as far as the server knows."""
    store = Store.create(url)
    take(store, 1)
    yield store
    store.close()


@pytest.fixture
def reader(url: str, loader: Store) -> Iterator[Store]:
    """Who serves."""
    store = Store.open(url)
    store.follow()
    until(lambda: store.news is not None and store.news.version == 1)
    yield store
    store.close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever listens from now on does not look by itself while a test lasts."""
    monkeypatch.setattr(news, "LOOK", 3600.0)


@pytest.mark.usefixtures("waits")  # before there is a reader
def test_a_version_is_heard_of_when_it_is_committed_and_not_before(reader: Store, loader: Store) -> None:
    assert reader.news is not None
    heard = reader.news.heard
    with pytest.raises(ZeroDivisionError):
        take(loader, 2, fail=True)
    with loader.loading(source="a", kind="cases", file="2.csv", sha256="2" * 64) as load:
        load.slabs(1, [("cases", DAY, np.full(3, 2, np.int32))])
        time.sleep(0.1)
        assert (reader.news.heard, reader.version()) == (heard, 1)
    until(lambda: reader.version() == 2)
    assert shown(reader) == (2, 2)
    assert reader.lost == 0


def test_the_newest_version_costs_the_database_nothing(reader: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(Connected, "_all", asked)
    assert reader.version() == 1


def test_whoever_listens_again_asks_what_it_missed(
    reader: Store, loader: Store, server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reader.news is not None
    began = threading.Event()
    listen = news.News._listen

    def later(self: news.News) -> None:
        began.wait(120)
        listen(self)

    monkeypatch.setattr(news.News, "_listen", later)
    server.do(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname LIKE 'test%'"
    )
    assert loader.version() == 1
    take(loader, 2)  # nobody hears of it
    take(loader, 3)
    began.set()
    until(lambda: reader.version() == 3)
    assert shown(reader) == (3, 3)


def test_while_the_server_is_away_the_version_and_its_age_are_known(
    reader: Store, loader: Store, server: postgres.Server
) -> None:
    with server.stopped():
        until(lambda: reader.lost > 0.5)
        assert reader.version() == 1
        with pytest.raises(StoreLost):
            reader.slabs(["cases"], DAY, DAY, 1)
        before = reader.lost
        until(lambda: reader.lost > before)
    until(lambda: reader.lost == 0)
    assert loader.version() == 1  # whoever reads asks twice; whoever writes does not
    take(loader, 2)
    until(lambda: reader.version() == 2)


def test_whoever_shows_is_called_once_a_version(url: str, loader: Store) -> None:
    told: list[int] = []
    store = Store.open(url)
    store.follow(told=told.append)
    until(lambda: told == [1])
    for number in (2, 3):
        take(loader, number)
        until(lambda: store.version() == number)  # noqa: B023
    store.close()
    assert told == [1, 2, 3]


def test_sqlite_keeps_its_way(tmp_path: object) -> None:
    store = Store.create(f"sqlite:///{tmp_path}/x.db")
    store.follow()
    assert (store.news, store.version(), store.lost) == (None, 0, 0)
    store.close()


# --- bounds ------------------------------------------------------------------------------------------


@pytest.fixture
def narrow() -> Iterator[None]:
    """Two connections at most, a tenth of a second to wait, and three seconds for a statement."""
    keep_to(Bounds(1, 1, 0.1, 3))
    yield
    keep_to(Bounds())


def test_a_process_keeps_to_its_bounds_and_says_that_it_is_busy(url: str, loader: Store, narrow: None) -> None:
    store = Store.open(url)
    with store.snapshot(), store.snapshot(), pytest.raises(StoreBusy) as busy:
        store.version()
    assert "busy" in busy.value.say("en")
    assert "忙" in busy.value.say("zh")
    assert store.version() == 1
    store.close()


def test_a_statement_that_takes_too_long_is_given_up(url: str, loader: Store, narrow: None) -> None:
    store = Store.open(url)
    with pytest.raises(StoreBusy):
        store._all(text("SELECT pg_sleep(20)"))
    assert store._all(text("SHOW statement_timeout")) == [("3s",)]
    assert store._all(text("SHOW synchronous_commit")) == [("on",)]  # what the URL says itself stays
    store.close()
    assert loader._all(text("SHOW statement_timeout")) == [("0",)]  # loaders take their time


def test_what_the_url_says_itself_holds() -> None:
    found = arguments(make_url("postgresql+psycopg://h/x?connect_timeout=9&application_name=mine"))
    assert "connect_timeout" not in found
    assert "application_name" not in found
    assert found["keepalives"] == 1


@pytest.mark.parametrize("fresh", [0.0, 3600.0])
def test_a_server_that_was_started_anew_costs_nobody_an_error(
    url: str, loader: Store, server: postgres.Server, monkeypatch: pytest.MonkeyPatch, fresh: float
) -> None:
    """Neither who writes nor who reads, one question or one state; whether connections are tried or only looked at."""

    def state() -> None:
        with loader.snapshot() as connection:
            assert connection.scalar(text("SELECT count(*) FROM load")) == 2

    monkeypatch.setattr(pool, "FRESH", fresh)
    for use in (lambda: take(loader, 2), state, loader.version):
        assert loader.version() in (1, 2)  # a connection lies in the pool
        with server.stopped():
            pass
        use()
    assert shown(loader) == (2, 2)


def test_a_connection_in_use_is_not_tried(loader: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question is one trip to the server."""
    monkeypatch.setattr(pool, "FRESH", 3600.0)
    monkeypatch.setattr(loader.engine.dialect, "do_ping", lambda *_: pytest.fail("one trip more"))
    assert {loader.version() for _ in range(3)} == {1}


# --- a replica ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def copy(server: postgres.Server) -> Iterator[postgres.Server]:
    with server.replica() as made:
        yield made


@pytest.fixture
def copied(url: str, loader: Store, copy: postgres.Server) -> Iterator[Store]:
    """Who serves from the replica."""
    name = url.split("/")[3].split("?")[0]
    replica = copy.url(name)
    other = Connected(replica)
    until(lambda: _newest(other) == 1)
    other.close()
    store = Store.open(url)
    store.follow(replica)
    until(lambda: store.news is not None and store.news.copied)
    yield store
    store.close()


def _newest(there: Connected) -> int:
    try:
        found: int = there._all(news._NEWEST)[0][0]
    except StoreError:
        return 0
    except ProgrammingError:  # its tables have not arrived there yet
        return 0
    return found


def test_a_version_is_shown_when_it_is_whole_on_the_replica(
    copied: Store, loader: Store, copy: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    ask = Connected._ask

    def noted(self: Connected, *given: Any) -> Any:
        asked.append(self)
        return ask(self, *given)

    monkeypatch.setattr(Connected, "_ask", noted)
    copy.do("SELECT pg_wal_replay_pause()")
    take(loader, 2)
    until(lambda: copied.news is not None and copied.news._behind > 0)
    asked.clear()
    assert shown(copied) == (1, 1)
    assert copied.version(dt.datetime(2099, 1, 1)) == 1  # no moment has more than is shown
    assert copied not in asked
    copy.do("SELECT pg_wal_replay_resume()")
    until(lambda: copied.version() == 2)
    assert shown(copied) == (2, 2)
    assert copied not in asked


def test_a_replica_that_stays_behind_or_away_is_not_waited_for(
    copied: Store, loader: Store, copy: postgres.Server
) -> None:
    assert copied.news is not None
    copied.news.patience = 0.3
    copy.do("SELECT pg_wal_replay_pause()")
    take(loader, 2)
    until(lambda: copied.version() == 2)
    assert shown(copied) == (2, 2)  # of the primary
    assert not copied.news.copied
    copy.do("SELECT pg_wal_replay_resume()")
    until(lambda: copied.news is not None and copied.news.copied)
    with copy.stopped():
        assert shown(copied) == (2, 2)
        take(loader, 3)
        until(lambda: copied.version() == 3)
        assert shown(copied) == (3, 3)
        assert copied.lost == 0
    until(lambda: copied.news is not None and copied.news.copied)
    assert shown(copied) == (3, 3)


def test_a_replica_answers_while_the_primary_is_away(copied: Store, server: postgres.Server) -> None:
    with server.stopped():
        time.sleep(0.5)
        assert shown(copied) == (1, 1)
        assert copied.lost == 0
