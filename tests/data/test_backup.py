"""A backup is one state of all that a home holds, and comes back whole, on either database, or not at all."""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert, select

from data import migrate
from data.access import Access, access_url, signing, users
from data.access.audit import Log
from data.access.proof import verify_log
from data.access.sessions import open_session
from data.access.tokens import new_token
from data.backup import MANIFEST, Manifest, backup, restore
from data.backup.dump import tables_of
from data.chain import verify
from data.chain.rows import delivered
from data.city import read_city
from data.engine import Connected
from data.errors import BackupError, StoreOutdated
from data.events import Events, events_url, evidence
from data.events.rebuild import wrong
from data.settings import read_home
from data.store import Store, sqlite_url
from data.walls import find_wall, new_wall
from grid.build import build
from tests import postgres
from tests.bench.kills import faults, site, work
from tests.happened import NOW, lived, opened

PHRASE = "correct horse battery staple"

Urls = Callable[[], AbstractContextManager[str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with loads, a chain, a wall, rules and a schedule: to be read only."""
    folder = tmp_path_factory.mktemp("kept")
    with site(folder, "load", lambda there: nullcontext(sqlite_url(there / "a.db"))) as made:
        for _ in range(3):
            made.send(random.Random(1))
        work("load", str(made.home), str(made.path), made.url)
        assert faults(made, finished=True) == []
        (made.home / "reports.toml").write_text("# 计划\n", "utf-8")
        (made.home / "templates").mkdir()
        (made.home / "templates/daily.docx").write_bytes(b"docx")
        store = Store.open(made.url)
        new_wall(store, "大厅", address="127.0.0.1", small_numbers=True)  # as every wall of an older release
        store.close()
        _let_in(made.home)
        yield made.home


def _let_in(home: Path) -> None:
    """Somebody who may look, who does, and a program of theirs."""
    access = Access.beside(read_home(home).database, home)
    user, _ = users.add_user(access, "wang", "王", "official", "990101", PHRASE, once=False)
    open_session(access, user, "127.0.0.1")
    new_token(access, "wang", "qgis", 30)
    Log(access).add("wang", "official", "tickets", "990101", 3, day=dt.date(2022, 3, 1))
    access.close()


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    database = Connected(url)
    with database.snapshot() as connection:
        found = {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in tables_of(connection)
        }
    database.close()
    return found


def book(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of who may look and who looked."""
    return contents(access_url(read_home(home).database, home))


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest) -> Urls:
    """Where a backup is restored: an empty database."""
    if request.param == "sqlite":
        return lambda: nullcontext("")
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.database


def test_a_backup_comes_back_whole_and_once_more_from_there(home: Path, tmp_path: Path, target: Urls) -> None:
    made = backup(home, tmp_path / "a.zip", secret=True)
    assert (made.version, made.revision, made.left) == (10, migrate.head(), [])
    assert (tmp_path / "a.zip").stat().st_mode & 0o777 == 0o600
    with target() as url:
        assert restore(tmp_path / "a.zip", tmp_path / "new", url or None) == made
        settings = read_home(tmp_path / "new")
        assert contents(settings.database) == contents(read_home(home).database)
        assert settings.secret == read_home(home).secret
        _goes_on(tmp_path / "new")
        backup(tmp_path / "new", tmp_path / "b.zip", secret=True)
        restore(tmp_path / "b.zip", tmp_path / "third")
        assert contents(read_home(tmp_path / "third").database) == contents(settings.database)


def test_the_delivered_files_come_along_if_wanted_and_the_chain_is_read_again(
    home: Path, tmp_path: Path, target: Urls
) -> None:
    made = backup(home, tmp_path / "a.zip", secret=True, deliveries=True)
    assert len(made.deliveries) == 9
    assert backup(home, tmp_path / "b.zip", secret=True).deliveries == {}
    with target() as url:
        restore(tmp_path / "a.zip", tmp_path / "new", url or None)
        settings = read_home(tmp_path / "new")
        store = Store.open(settings.database)
        paths = {load.id: Path(load.notes["path"]) for load in store.loads() if "path" in load.notes}
        assert {str(number) for number in paths} == made.deliveries.keys()
        assert all(path.is_relative_to(tmp_path / "new") and path.is_file() for path in paths.values())
        proof = verify(store, delivered(store, read_city(settings.city)), settings.secret)
        assert (proof.breaks, proof.gone, proof.unread) == ([], [], 0)
        assert proof.rows
        store.close()


@pytest.mark.parametrize("place", ["settings.toml", "../evil.csv", "onescreen.db"])
def test_a_delivered_file_comes_back_to_no_other_place(home: Path, tmp_path: Path, place: str) -> None:
    backup(home, tmp_path / "a.zip", secret=True, deliveries=True)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(members["manifest.json"])
    number, found = next(iter(told["deliveries"].items()))
    told["deliveries"][number] = place
    told["members"][f"deliveries/{place}"] = told["members"].pop(f"deliveries/{found}")
    members[f"deliveries/{place}"] = members.pop(f"deliveries/{found}")
    members["manifest.json"] = json.dumps(told).encode()
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    with pytest.raises(BackupError, match="not whole, or altered"):
        restore(tmp_path / "x.zip", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def _goes_on(home: Path) -> None:
    """Its chain holds, its walls are known, new loads and walls have new numbers."""
    settings = read_home(home)
    city, store = read_city(settings.city), Store.open(settings.database)
    proof = verify(store, delivered(store, city), settings.secret)
    assert (proof.breaks, proof.heads) == ([], 3)
    link, token = new_wall(store, "二号")
    assert (link.id, find_wall(store, token).name) == (2, "二号")
    with store.loading(source="table", kind="cases", file="x", sha256="y") as load:
        load.unplaced([("1", "x", "y", 1)])
    assert store.version() == 11
    store.close()
    assert (home / "reports.toml").read_text("utf-8") == "# 计划\n"
    assert (home / "templates/daily.docx").read_bytes() == b"docx"


def test_users_and_log_come_along_and_sessions_do_not(home: Path, tmp_path: Path, target: Urls) -> None:
    made = backup(home, tmp_path / "a.zip", secret=True)
    whole = book(home)
    assert (made.access, made.users["user"], made.users["entry"]) == (migrate.head("access"), 1, 3)
    assert not {"session", "guess"} & made.users.keys()
    with target() as url:
        restore(tmp_path / "a.zip", tmp_path / "new", url or None)
        assert book(tmp_path / "new") == whole | {"session": []}
        _lets_in(tmp_path / "new")
        backup(tmp_path / "new", tmp_path / "b.zip", secret=True)
        restore(tmp_path / "b.zip", tmp_path / "third")
        assert book(tmp_path / "third") == book(tmp_path / "new") | {"guess": []}
        assert _proof(tmp_path / "third") == (6, ())


def _lets_in(home: Path) -> None:
    """The log holds together and goes on, whoever had a password has it, new users have new numbers."""
    assert _proof(home) == (3, ())
    access = Access.beside(read_home(home).database, home)
    assert signing.sign_in(access, "wang", PHRASE, "127.0.0.1").scope == "990101"
    assert users.add_user(access, "li", "", "auditor")[0].id == 2
    assert new_token(access, "li", "x", 1)[0].id == 2
    access.close()


def _proof(home: Path) -> tuple[int, object]:
    access = Access.beside(read_home(home).database, home)
    proof = verify_log(Log(access))
    access.close()
    return proof.lines, proof.breaks


def test_a_home_that_nobody_may_look_into_yet(home: Path, tmp_path: Path, target: Urls) -> None:
    shutil.copytree(home, tmp_path / "bare", ignore=shutil.ignore_patterns("access.db*", "log.heads"))
    made = backup(tmp_path / "bare", tmp_path / "a.zip", secret=True)
    assert (made.access, made.users) == ("", {})
    assert not (tmp_path / "bare/access.db").exists()
    with target() as url:
        restore(tmp_path / "a.zip", tmp_path / "new", url or None)
        backup(tmp_path / "new", tmp_path / "b.zip", secret=True)
        access = Access.beside(read_home(tmp_path / "new").database, tmp_path / "new")
        assert users.list_users(access) == []
        access.close()


def test_events_come_along_and_go_on(home: Path, tmp_path: Path, target: Urls) -> None:
    shutil.copytree(home, tmp_path / "busy")
    settings = read_home(home)
    (tmp_path / "busy/channels.toml").write_text("# channels, with their secrets\n")
    events = Events.beside(settings.database, tmp_path / "busy")
    lived(events, opened(events, more={"gate": [1, None]}))
    evidence.keep(events, opened(events, key="2", subject="p2"), b"%PDF-1", by="wang", now=NOW)
    events.close()
    whole = contents(events_url(settings.database, tmp_path / "busy"))
    made = backup(tmp_path / "busy", tmp_path / "a.zip", secret=True)
    assert (made.events, made.happened["change"], made.happened["evidence"]) == (migrate.head("events"), 6, 1)
    with target() as url:
        restore(tmp_path / "a.zip", tmp_path / "new", url or None)
        database = read_home(tmp_path / "new").database
        assert contents(events_url(database, tmp_path / "new")) == whole
        assert (tmp_path / "new/channels.toml").exists()
        events = Events.beside(database, tmp_path / "new")
        assert opened(events, key="3", subject="p3") == 3
        assert wrong(events) == []
        events.close()
        restore(tmp_path / "a.zip", tmp_path / "third")
    backup(tmp_path / "busy", tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert "home/channels.toml" not in archive.namelist()


def test_a_backup_of_a_release_without_users_comes_back(bad: Path, tmp_path: Path) -> None:
    def older(manifest: dict[str, Any]) -> None:
        for word in ("access", "users"):
            del manifest[word]
        manifest["members"] = {name: told for name, told in manifest["members"].items() if name[:7] != "access/"}
        manifest["format"] = 1

    restore(_rewritten(bad, older), tmp_path / "new")
    assert not (tmp_path / "new/access.db").exists()
    assert Store.open(read_home(tmp_path / "new").database).version() == 10


def test_a_book_that_is_not_whole_or_of_a_later_release_is_refused(bad: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreOutdated):
        restore(_rewritten(bad, lambda manifest: manifest.update(access="a999")), tmp_path / "new")
    _refused(_rewritten(bad, lambda manifest: manifest["members"].pop("access/entry.parquet")), tmp_path / "new")


def test_a_database_that_holds_a_book_is_not_replaced(
    home: Path, tmp_path: Path, postgres_server: postgres.Server
) -> None:
    backup(home, tmp_path / "a.zip", secret=True)
    with postgres_server.database() as url:
        Access.beside(url, tmp_path).close()
        with pytest.raises(BackupError, match="not replaced"):
            restore(tmp_path / "a.zip", tmp_path / "new", url)
        assert contents(url) == {}, "neither the one nor the other"


def test_settings_come_along_without_the_keys(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "sso")
    with (tmp_path / "sso/settings.toml").open("a") as file:
        file.write('oidc_secret = "not-for-others"\noidc_roles = {"区 长" = "official"}\nhttps = true\n')
    backup(tmp_path / "sso", tmp_path / "a.zip")
    restore(tmp_path / "a.zip", tmp_path / "new", secret="0" * 32)
    backup(tmp_path / "sso", tmp_path / "b.zip", secret=True)
    restore(tmp_path / "b.zip", tmp_path / "second")
    told = [read_home(tmp_path / name) for name in ("new", "second")]
    assert [one.oidc_roles for one in told] == [{"区 长": "official"}] * 2
    assert [one.https for one in told] == [True, True]
    assert [one.oidc_secret for one in told] == ["", "not-for-others"]


def test_a_restored_home_builds_on(home: Path, tmp_path: Path) -> None:
    """Its maps and code lists came along: a build finds the same geography, and asks for nothing else."""
    backup(home, tmp_path / "a.zip", secret=True)
    restore(tmp_path / "a.zip", tmp_path / "new")
    settings = read_home(tmp_path / "new")
    store = Store.open(settings.database)
    built = build(store, read_city(settings.city), settings.secret)
    assert (built.new_geography, built.outcomes) == (False, [])
    store.close()


def test_the_secret_is_in_it_only_if_asked_for(home: Path, tmp_path: Path) -> None:
    made = backup(home, tmp_path / "a.zip")
    secret = read_home(home).secret
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert all(secret.encode() not in archive.read(name) for name in archive.namelist())
    assert not made.secret
    with pytest.raises(BackupError, match="ONESCREEN_SECRET"):
        restore(tmp_path / "a.zip", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    restore(tmp_path / "a.zip", tmp_path / "new", secret=secret)
    assert read_home(tmp_path / "new").secret == secret


def test_nothing_is_overwritten(home: Path, tmp_path: Path, postgres_server: postgres.Server) -> None:
    backup(home, tmp_path / "a.zip", secret=True)
    (tmp_path / "new").mkdir()
    restore(tmp_path / "a.zip", tmp_path / "new")  # an empty folder is none
    before = contents(read_home(tmp_path / "new").database)
    with pytest.raises(BackupError, match="not replaced"):
        restore(tmp_path / "a.zip", tmp_path / "new")
    assert contents(read_home(tmp_path / "new").database) == before
    with postgres_server.database() as url:
        restore(tmp_path / "a.zip", tmp_path / "second", url)
        with pytest.raises(BackupError, match="not replaced"):
            restore(tmp_path / "a.zip", tmp_path / "third", url)
        assert contents(url) == before
    assert not (tmp_path / "third").exists()


@pytest.fixture
def bad(home: Path, tmp_path: Path) -> Path:
    backup(home, tmp_path / "a.zip", secret=True)
    return tmp_path / "a.zip"


def _refused(file: Path, new: Path) -> None:
    with pytest.raises(BackupError):
        restore(file, new)
    assert [path.name for path in new.parent.iterdir() if path.name not in ("a.zip", "b.zip")] == []


def test_a_backup_that_is_cut_short_or_altered_anywhere_is_refused(bad: Path, tmp_path: Path) -> None:
    whole = bad.read_bytes()
    chance = np.random.default_rng(1)
    for at in chance.integers(0, len(whole), 12).tolist():
        bad.write_bytes(whole[:at])
        _refused(bad, tmp_path / "new")
    with zipfile.ZipFile(_put(bad, whole)) as archive:
        places = [(info.header_offset + 200, info) for info in archive.infolist() if info.compress_size > 400]
    for at, _ in places:
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        _refused(bad, tmp_path / "new")
    _refused(tmp_path / "b.zip", tmp_path / "new")


def _put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _rewritten(file: Path, told: Callable[[dict[str, Any]], None]) -> Path:
    """A backup with another manifest, and a byte in each member that only this one names."""
    to = file.with_name("b.zip")
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(to, "w") as other:
        manifest = json.loads(archive.read(MANIFEST))
        told(manifest)
        other.writestr(MANIFEST, json.dumps(manifest))
        for name in manifest["members"]:
            other.writestr(name, archive.read(name) if name in archive.namelist() else b"x")
    return to


def test_members_that_lead_outside_are_refused(bad: Path, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"evil-{tmp_path.name}"
    for name in ("../../evil", str(outside), "city/../../evil", "city\\..\\evil"):

        def told(manifest: dict[str, Any], name: str = name) -> None:
            manifest["members"][name] = [1, "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"]

        _refused(_rewritten(bad, told), tmp_path / "new")
    assert not outside.exists()


def test_a_member_larger_than_promised_or_not_there_is_refused(bad: Path, tmp_path: Path) -> None:
    _refused(
        _rewritten(bad, lambda manifest: manifest["members"]["tables/load.parquet"].__setitem__(0, 10)),
        tmp_path / "new",
    )
    _refused(_rewritten(bad, lambda manifest: manifest["tables"].update(another=1)), tmp_path / "new")


def test_a_backup_of_a_later_release_is_refused_by_name(bad: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreOutdated):
        restore(_rewritten(bad, lambda manifest: manifest.update(revision="9999")), tmp_path / "new")
    with pytest.raises(BackupError, match="later release"):
        restore(_rewritten(bad, lambda manifest: manifest.update(format=99)), tmp_path / "new")


def test_a_backup_while_loads_go_on_is_one_state(home: Path, tmp_path: Path, target: Urls) -> None:
    backup(home, tmp_path / "a.zip", secret=True)
    with target() as url:
        restore(tmp_path / "a.zip", tmp_path / "busy", url or None)
        stop = threading.Event()
        loader = threading.Thread(target=_load_on, args=(read_home(tmp_path / "busy").database, stop))
        loader.start()
        try:
            made = [backup(tmp_path / "busy", tmp_path / f"{n}.zip", secret=True) for n in range(3)]
            store = Store.open(read_home(tmp_path / "busy").database)
            while store.version() == made[0].version and loader.is_alive():  # there is always one more, however slowly
                time.sleep(0.01)
            store.close()
            made.append(backup(tmp_path / "busy", tmp_path / "3.zip", secret=True))
        finally:
            stop.set()
            loader.join()
    for n, manifest in enumerate(made):
        _is_one_state(tmp_path / f"{n}.zip", tmp_path / f"one-{n}", manifest)
    assert made[-1].version > made[0].version


def _load_on(url: str, stop: threading.Event) -> None:
    store = Store.open(url)
    while not stop.is_set():
        with store.loading(source="live", kind="cases", file="x", sha256="y") as load:
            load.unplaced([("1", "x", str(n), 1) for n in range(7)])
            load.close(rows=7, taken=7)
    store.close()


def _is_one_state(file: Path, home: Path, manifest: Manifest) -> None:
    """Of every load that is there all seven rows are, and of no other any."""
    restore(file, home)
    store = Store.open(read_home(home).database)
    live = {load.id for load in store.loads(source="live")}
    rows = [row for row in contents(store.url)["unplaced"] if row[1] in live or row[1] > manifest.version]
    assert store.version() == manifest.version == 10 + len(live)
    assert len(rows) == 7 * len(live)
    store.close()


def test_a_backup_of_every_earlier_revision_comes_back_in_this_one(home: Path, tmp_path: Path) -> None:
    whole = contents(read_home(home).database)
    for revision in migrate.revisions():
        old = tmp_path / revision
        shutil.copytree(home, old)
        _at_revision(read_home(home).database, sqlite_url(old / "old.db"), revision)
        settings = (
            (old / "settings.toml").read_text("utf-8").replace(read_home(home).database, sqlite_url(old / "old.db"))
        )
        (old / "settings.toml").write_text(settings, "utf-8")
        made = backup(old, tmp_path / f"{revision}.zip", secret=True)
        assert made.revision == revision
        restore(tmp_path / f"{revision}.zip", tmp_path / f"new-{revision}")
        now = contents(read_home(tmp_path / f"new-{revision}").database)
        assert {name: now[name] for name in made.tables} == {name: whole[name] for name in made.tables}


def _at_revision(url: str, old: str, revision: str) -> None:
    """The store at ``url`` as a release of that revision would hold it."""
    migrate.upgrade(old, revision)
    new, before = Connected(url), Connected(old)
    with new.snapshot() as source, before.writing() as there:
        for table in tables_of(there):
            rows = [dict(row._mapping) for row in source.execute(select(*table.columns))]
            if rows:
                there.execute(insert(table), rows)
    new.close()
    before.close()
