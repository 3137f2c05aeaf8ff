"""A short run of the bench of kills; and that what it looks for, it finds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import text

from data.store import Store, sqlite_url
from tests import postgres
from tests.bench import kills
from tests.bench.kills import Line, Site, faults, kill, site, work


@pytest.mark.parametrize("role", ["build", "load", "inbox"])
def test_sigkill_loses_and_doubles_nothing(tmp_path: Path, role: str) -> None:
    with site(tmp_path, role, _sqlite) as made:
        kill(made, 2, random.Random(role), line := Line())
    assert (line.kills, line.told) == (2, {})


def test_sigkill_loses_and_doubles_nothing_on_postgresql(tmp_path: Path, postgres_server: postgres.Server) -> None:
    with site(tmp_path, "inbox", lambda _: postgres_server.database()) as made:
        kill(made, 4, random.Random(1), line := Line())
    assert (line.kills, line.told) == (4, {})


def _sqlite(folder: Path) -> nullcontext[str]:
    return nullcontext(sqlite_url(folder / "kills.db"))


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Site]:
    """An inbox of which all is loaded."""
    with site(tmp_path, "inbox", _sqlite) as made:
        made.send(random.Random(1))
        work("inbox", str(made.home), str(made.path), made.url)
        assert faults(made, finished=True) == []
        yield made


def _do(whole: Site, statement: str) -> None:
    store = Store(whole.url)
    with store.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(text(statement))
    store.close()


@pytest.mark.parametrize(
    ("fault", "statement"),
    [
        ("torn", "UPDATE load SET taken = 0 WHERE id = 2"),
        ("torn", "UPDATE load SET sha256 = 'x' WHERE id = 2"),
        ("sums", "DELETE FROM slab WHERE source = 'table'"),
        ("chain", "UPDATE chain SET head = 'x'"),
        ("chain", "DELETE FROM code_day"),
    ],
)
def test_what_is_wrong_in_the_store_is_found(whole: Site, fault: str, statement: str) -> None:
    _do(whole, statement)
    assert fault in faults(whole, finished=True)


def test_what_is_wrong_with_the_files_is_found(whole: Site) -> None:
    (path,) = (whole.home / "inbox/done").rglob("table*.csv")
    copy = path.with_name("copy.csv")
    copy.write_bytes(path.read_bytes())
    assert "lost" in faults(whole)
    copy.unlink()
    path.unlink()
    assert "lost" in faults(whole)


def test_a_file_that_is_loaded_twice_is_found(whole: Site) -> None:
    (path,) = (whole.home / "inbox/done").rglob("table*.csv")
    columns = (
        "known, loaded, source, kind, file, sha256, sender, rows, taken, rejected, aside, first_day, last_day, notes"
    )
    _do(whole, f"INSERT INTO load (id, {columns}) SELECT 5, {columns} FROM load WHERE source = 'table'")
    assert "doubled" in faults(whole)
    assert path.exists()


def test_a_bench_that_finds_faults_or_kills_too_little_falls_short() -> None:
    assert kills._verdict(kills.KILLS, Counter()).met
    assert not kills._verdict(kills.KILLS - 1, Counter()).met
    assert not kills._verdict(kills.KILLS, Counter(sums=1)).met
