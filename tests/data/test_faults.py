"""A full disk, a server that goes away, two builders at once: nothing half, one clear sentence, and it can be repeated."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event, text

from dashboard.commands.inbox import once
from data.backup import backup, restore
from data.city import read_city
from data.errors import StoreError, StoreFull, StoreLost, StoreReplaced
from data.settings import make_home, read_home
from data.store import Store, sqlite_url
from grid.build import Built, build
from tests import postgres, tiny
from tests.tiny import Knobs, people, write_people

DAY = dt.date(2022, 3, 18)


def take(store: Store, pages: int = 1) -> int:
    """A load of about so many times 100 kB."""
    chance = np.random.default_rng(1)
    with store.loading(source="a", kind="cases", file="a.csv", sha256="0" * 64) as load:
        for n in range(pages):
            vector = chance.integers(0, 1 << 30, 25_000).astype(np.int32)
            load.slabs(1, [("cases", DAY + dt.timedelta(days=n), vector)])
    return load.number


def both_languages(error: StoreError) -> bool:
    return bool(re.search(r"[\u4e00-\u9fff]", error.say("zh"))) and "\n" not in error.say("zh") + error.say("en")


# --- no room ---------------------------------------------------------------------------------------


def test_an_sqlite_file_that_may_not_grow(tmp_path: Path) -> None:
    store = Store.create(sqlite_url(tmp_path / "a.db"))
    take(store)
    store.close()

    @event.listens_for(store.engine, "connect")
    def limit(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count = 100")

    with pytest.raises(StoreFull) as full:
        take(store, 10)
    assert both_languages(full.value)
    assert store.version() == 1
    store.close()
    again = Store.open(store.url)
    assert take(again, 10) == 2
    again.close()


@pytest.fixture
def little() -> Iterator[Path]:
    """A disk of three megabytes, where any user may reach it: pytest's own folder is its owner's alone."""
    folder = Path(tempfile.mkdtemp(prefix="onescreen-little-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def test_a_full_disk_under_sqlite(little: Path) -> None:
    store = Store.create(sqlite_url(little / "a.db"))
    take(store)
    with pytest.raises(StoreFull):
        take(store, 40)
    assert (store.version(), len(store.slabs(["cases"], DAY, DAY, 1))) == (1, 1)
    assert take(store, 2) == 2
    with store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    store.close()


def test_a_full_disk_under_postgresql(little: Path, postgres_server: postgres.Server) -> None:
    if os.getuid() == 0:
        shutil.chown(little, "postgres", "postgres")
    with postgres_server.database() as url:
        store = Store.create(url)
        try:
            take(store)
            with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text(f"CREATE TABLESPACE little LOCATION '{little}'"))
                for part in connection.scalars(text("SELECT inhrelid::regclass FROM pg_inherits")).all():
                    if "slab" in part and "pk" not in part:
                        connection.execute(text(f"ALTER TABLE {part} SET TABLESPACE little"))
                connection.execute(text(f"ALTER DATABASE {store.engine.url.database} SET default_tablespace = little"))
            store.engine.dispose()  # whoever connects from now on makes the months that are missing there
            with pytest.raises(StoreFull) as full:
                take(store, 60)
            assert both_languages(full.value)
            assert store.version() == 1
            subprocess.run(["mount", "-o", "remount,size=30m", str(little)], check=True)
            assert take(store, 2) == 2
        finally:
            store.close()
    with postgres_server.database() as url:
        cleaner = Store(url)
        with cleaner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP TABLESPACE little"))
        cleaner.close()


def test_a_backup_or_a_restored_home_for_which_there_is_no_room_leaves_nothing(
    little: Path, tiny_home: Path, tmp_path: Path
) -> None:
    backup(tiny_home, tmp_path / "a.zip", secret=True)
    (little / "rest").write_bytes(b"x" * 3_110_000)
    with pytest.raises(StoreFull):
        backup(tiny_home, little / "a.zip")
    with pytest.raises(StoreFull):
        restore(tmp_path / "a.zip", little / "new")
    assert [path.name for path in little.iterdir()] == ["rest"]


# --- a server that goes away -------------------------------------------------------------------------


#: As a real server keeps what it has said to have committed.
KEPT = "&options=-csynchronous_commit%3Don"


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.serve() as made:
        yield made


def test_a_loader_whose_server_goes_away_can_be_repeated(server: postgres.Server) -> None:
    with server.database() as url:
        store = Store.create(url + KEPT)
        take(store)
        with pytest.raises(StoreLost) as lost:
            _interrupted(store, server)
        assert both_languages(lost.value)
        assert (store.version(), take(store)) == (1, 2)
        store.close()


def _interrupted(store: Store, server: postgres.Server) -> None:
    with store.loading(source="a", kind="cases", file="a.csv", sha256="1" * 64) as load:
        load.slabs(1, [("cases", DAY, np.zeros(3, np.int32))])
        with server.stopped():
            pass
        load.slabs(1, [("cases", DAY + dt.timedelta(days=1), np.zeros(3, np.int32))])


def test_readers_say_that_the_server_is_gone_and_go_on_when_it_is_back(server: postgres.Server) -> None:
    with server.database() as url:
        store = Store.create(url + KEPT)
        take(store)
        assert store.version() == 1  # a connection lies in the pool
        with server.stopped():
            for _ in range(2):
                with pytest.raises(StoreError) as gone:
                    store.version()
                assert both_languages(gone.value)
        assert store.version() == 1
        store.close()


def test_an_inbox_whose_server_is_gone_keeps_its_files(server: postgres.Server, tmp_path: Path) -> None:
    with server.database() as url:
        home = _home(tmp_path, url + KEPT)
        path = write_people(home / "inbox/cases.csv", people(10))
        with server.stopped(), pytest.raises(StoreError):
            list(once(home, 0))
        assert path.exists()
        assert [one.state for one in once(home, 0)] == ["loaded"]


# --- two at once -------------------------------------------------------------------------------------


SOURCES = ("population", "cases", "table", "zones", "codes")


def _home(folder: Path, url: str) -> Path:
    path = tiny.tiny_city(folder / "city", Knobs(grid="none", sources=("population", "cases", "table")))
    settings = make_home(folder / "home", path, url)
    (folder / "city/in/cases.csv").rename(folder / "city/cases.csv")
    city = read_city(path)
    store = Store.create(url)
    build(store, city.model_copy(update={"sources": [city.source("population")]}), settings.secret)
    store.close()
    return folder / "home"


def test_two_builders_at_once_load_each_file_once(tmp_path: Path, database_url: str) -> None:
    path = tiny.tiny_city(tmp_path / "city", Knobs(grid="none", sources=SOURCES))
    settings = make_home(tmp_path / "home", path, database_url)
    Store.create(database_url).close()
    start, built = threading.Barrier(2), list[Built]()

    def work() -> None:
        store = Store.open(database_url)
        start.wait()
        built.append(build(store, read_city(path), settings.secret))
        store.close()

    builders = [threading.Thread(target=work) for _ in range(2)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    store = Store.open(database_url)
    loaded = [(load.source, load.sha256) for load in store.loads()]
    assert sorted(set(loaded)) == sorted(loaded)
    assert len(loaded) == 1 + len(SOURCES)
    assert [outcome.error for each in built for outcome in each.outcomes] == [None] * len(SOURCES)
    assert sum(each.skipped for each in built) == len(SOURCES)
    store.close()


def test_the_secret_of_a_home_that_two_make_at_once_is_one(tmp_path: Path) -> None:
    path = tiny.tiny_city(tmp_path / "city", Knobs(grid="none", sources=()))
    for n in range(10):
        home, start, made = tmp_path / str(n), threading.Barrier(3), list[str]()

        def make(home: Path = home, start: threading.Barrier = start, made: list[str] = made) -> None:
            start.wait()
            made.append(make_home(home, path).secret)

        makers = [threading.Thread(target=make) for _ in range(3)]
        for maker in makers:
            maker.start()
        for maker in makers:
            maker.join()
        assert made == [read_home(home).secret] * 3
        assert (home / "settings.toml").stat().st_mode & 0o777 == 0o600
        assert sorted(file.name for file in home.iterdir()) == ["inbox", "settings.toml"]


def test_a_database_file_that_is_replaced_or_taken_away_is_noticed_by_whoever_uses_it(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    store = Store.create(sqlite_url(path))
    take(store)
    assert store.version() == 1
    shutil.copy(path, tmp_path / "other.db")
    (tmp_path / "other.db").replace(path)
    for _ in range(2):  # and it stays so
        with pytest.raises(StoreReplaced, match="Restart") as told:
            store.version()
        assert both_languages(told.value)
        with pytest.raises(StoreReplaced):
            take(store)
    path.unlink()
    with pytest.raises(StoreReplaced):
        store.version()
    store.close()
    assert not path.exists()  # nothing new is begun in its place
