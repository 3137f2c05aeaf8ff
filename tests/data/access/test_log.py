"""The log: one chain whoever writes, and whatever is altered past the database is named."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from data.access.audit import Log, Sought, add_line
from data.access.book import FILE, Access
from data.access.proof import verify_log
from data.errors import OneScreenError

LINES = 12

WRITER = """
import sys
from pathlib import Path
from data.access.audit import Log
from data.access.book import Access
access = Access.beside(sys.argv[1], Path(sys.argv[2]))
for n in range(20):
    Log(access).add(sys.argv[3], "official", "tickets", "310101", n)
"""


@pytest.fixture
def log(database_url: str, tmp_path: Path) -> Iterator[Log]:
    access = Access.beside(database_url, tmp_path)
    yield Log(access)
    access.close()


def fill(log: Log, lines: int = LINES) -> None:
    for n in range(lines):
        log.add(f"u{n % 3}", "official", "tickets" if n % 2 else "export", f"3101{n % 4:02}", n, day="2022-04-13", n=n)


def told(log: Log) -> list[tuple[str, int]]:
    return [(one.what, one.line) for one in verify_log(log).breaks]


def test_a_whole_log_stands(log: Log) -> None:
    fill(log)
    proof = verify_log(log)
    newest = log.newest()
    assert newest is not None
    assert (proof.lines, proof.first, proof.witnessed, proof.head, proof.breaks) == (LINES, 1, LINES, newest.head, ())


def test_the_newest_lines_alone_are_tested_from_the_one_before(log: Log, database_url: str) -> None:
    fill(log)
    proof = verify_log(log, 5)
    assert (proof.first, proof.lines, proof.witnessed, proof.breaks) == (8, 5, 5, ())
    assert verify_log(log, 99).lines == LINES
    unguarded(database_url, log)
    with log.access.writing() as connection:
        connection.execute(text("UPDATE entry SET people = 77 WHERE id IN (3, 10)"))
    assert [one.line for one in verify_log(log, 5).breaks] == [10, 0]
    assert [one.line for one in verify_log(log).breaks] == [3, 0]


def test_an_empty_log_stands(log: Log) -> None:
    assert (verify_log(log).lines, told(log)) == (0, [])


@pytest.mark.parametrize(
    "statement",
    ["UPDATE entry SET who = 'nobody' WHERE id = 3", "DELETE FROM entry WHERE id = 12", "DELETE FROM entry"],
)
def test_the_database_refuses_to_alter_it(log: Log, statement: str) -> None:
    fill(log)
    with pytest.raises((DBAPIError, OneScreenError)), log.access.writing() as connection:
        connection.execute(text(statement))
    assert (verify_log(log).lines, told(log)) == (LINES, [])


def test_a_line_cannot_take_the_place_of_another(tmp_path: Path) -> None:
    access = Access.beside(f"sqlite:///{tmp_path / 'x.db'}", tmp_path)
    fill(Log(access))
    with pytest.raises(DBAPIError), access.writing() as connection:
        connection.execute(text("REPLACE INTO entry SELECT * FROM entry WHERE id = 3"))
    access.close()


def test_what_is_not_done_leaves_no_line(log: Log) -> None:
    fill(log)
    with pytest.raises(ZeroDivisionError), log.access.writing() as connection:
        assert add_line(connection, "u", "official", "export") / 0
    assert (verify_log(log).lines, verify_log(log).witnessed, told(log)) == (LINES, LINES, [])


def test_processes_write_one_chain(database_url: str, tmp_path: Path) -> None:
    Access.beside(database_url, tmp_path).close()
    running = [subprocess.Popen([sys.executable, "-c", WRITER, database_url, str(tmp_path), f"p{n}"]) for n in range(3)]
    assert [one.wait() for one in running] == [0, 0, 0]
    access = Access.beside(database_url, tmp_path)
    proof = verify_log(Log(access))
    assert (proof.lines, proof.witnessed, proof.breaks) == (60, 60, ())
    for n in range(3):  # each process's own lines are in its order
        lines, total = Log(access).search(Sought(who=f"p{n}"))
        assert (total, [line.people for line in lines]) == (20, list(range(20))[::-1])
    access.close()


def unguarded(url: str, log: Log) -> None:
    """Takes away what refuses, as somebody would who may do anything with the database."""
    sqlite = url.startswith("sqlite")
    for table, name in (("entry", "entry_unaltered"), ("entry", "entry_kept")):
        with log.access.writing() as connection:
            connection.execute(text(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {table}")))


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE entry SET who = 'nobody' WHERE id = 5", ("altered", 5)),
        ("UPDATE entry SET people = people + 1 WHERE id = 1", ("altered", 1)),
        ("UPDATE entry SET people = NULL WHERE id = 12", ("altered", 12)),
        ("DELETE FROM entry WHERE id = 7", ("missing", 7)),
        ("DELETE FROM entry WHERE id = 1", ("missing", 1)),
        ("DELETE FROM entry WHERE id > 9", ("cut", 10)),
        ("DELETE FROM entry", ("cut", 1)),
    ],
)
def test_what_was_done_past_the_database_is_named(
    log: Log, database_url: str, statement: str, found: tuple[str, int]
) -> None:
    fill(log)
    unguarded(database_url, log)
    with log.access.writing() as connection:
        connection.execute(text(statement))
    assert told(log) == [found, ("unguarded", 0)]


def test_a_chain_made_anew_is_found_by_the_witness(log: Log, database_url: str, tmp_path: Path) -> None:
    fill(log)
    lines, _ = log.search(Sought())
    unguarded(database_url, log)
    witness, log.access.witness = log.access.witness, None
    with log.access.writing() as connection:
        connection.execute(text("DELETE FROM entry WHERE id >= 6"))
        for line in lines[::-1][6:]:  # without the sixth, every head as it should be
            add_line(connection, line.who, line.role, line.action, line.area, line.people, **line.more)
    assert told(log) == [("unguarded", 0)]  # the chain alone knows nothing of it
    log.access.witness = witness
    assert told(log)[0] == ("altered", 6)


def test_lines_swapped_are_named(log: Log, database_url: str) -> None:
    fill(log)
    unguarded(database_url, log)
    with log.access.writing() as connection:
        for old, new in ((4, 99), (5, 4), (99, 5)):
            connection.execute(text(f"UPDATE entry SET id = {new} WHERE id = {old}"))
    assert told(log)[0] == ("altered", 4)


def test_a_torn_or_lost_witness_breaks_nothing(log: Log, tmp_path: Path) -> None:
    fill(log)
    path = tmp_path / "log.heads"
    path.write_text(path.read_text()[:-30] + "\n\xff garbage\n", "latin-1")
    assert (verify_log(log).witnessed, told(log)) == (LINES - 1, [])
    assert not verify_log(log).unwitnessed
    path.unlink()
    assert (verify_log(log).witnessed, told(log)) == (0, [])
    assert verify_log(log).unwitnessed
    fill(log)
    proof = verify_log(log)  # a witness that begins anew does not speak for what was before
    assert (proof.witnessed, proof.breaks, proof.unwitnessed) == (LINES, (), True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a log on SQLite, closed."""
    home = tmp_path_factory.mktemp("log")
    access = Access.beside(f"sqlite:///{home / 'x.db'}", home)
    fill(Log(access))
    access.close()
    connection = sqlite3.connect(home / FILE)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    return home


COLUMNS = ("id", "at", "who", "role", "action", "area", "people", "more", "before", "head")


def meant(column: str, value: Any) -> Any:
    """What a stored value says."""
    if column == "more":
        return json.loads(value)
    return dt.datetime.fromisoformat(value) if column == "at" else value


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_altered_byte_removed_or_added_line_is_named(whole: Path, tmp_path: Path, data: st.DataObject) -> None:
    shutil.copyfile(whole / FILE, tmp_path / FILE)
    shutil.copyfile(whole / "log.heads", tmp_path / "log.heads")
    connection = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    line = data.draw(st.integers(1, LINES))
    expected = tamper(connection, line, data)
    connection.close()
    access = Access.open(f"sqlite:///{tmp_path / FILE}")
    proof = verify_log(Log(access))
    access.close()
    assert ("unguarded" in {one.what for one in proof.breaks}, proof.breaks[0].line) == (True, expected)


def tamper(connection: sqlite3.Connection, line: int, data: st.DataObject) -> int:
    """Does something to a line; the number that must be named (0: none, what it says is the same)."""
    how = data.draw(st.sampled_from(["byte", "byte", "byte", "remove", "add"]))
    if how == "remove":
        connection.execute("DELETE FROM entry WHERE id = ?", [line])
        return line if line < LINES else 0  # without the witness a cut end is no break
    if how == "add":
        connection.execute("UPDATE entry SET id = -id WHERE id >= ?", [line])
        connection.execute("UPDATE entry SET id = 1 - id WHERE id < 0")
        connection.execute(f"INSERT INTO entry SELECT ?, {', '.join(COLUMNS[1:])} FROM entry WHERE id = ?",
                           [line, 1 if line > 1 else 3])  # fmt: skip
        return line
    column = data.draw(st.sampled_from(COLUMNS[1:]))
    (old,) = connection.execute(f'SELECT "{column}" FROM entry WHERE id = ?', [line]).fetchone()
    if isinstance(old, int):
        new: Any = old + data.draw(st.integers(1, 9))
    else:
        at, sign = data.draw(st.integers(0, len(old) - 1)), data.draw(st.characters(codec="ascii"))
        new = old[:at] + sign + old[at + 1 :]
    connection.execute(f'UPDATE entry SET "{column}" = ? WHERE id = ?', [new, line])
    try:
        same = meant(column, new) == meant(column, old)
    except ValueError:
        same = False
    return 0 if same else line


def test_search_filters_pages_and_counts(log: Log) -> None:
    fill(log)
    log.add("审计", "auditor", "log_read", "310199", None, words="中文 100%_\\")
    page, total = log.search(Sought(action="tickets"), offset=2, limit=2)
    assert (total, [line.people for line in page]) == (6, [7, 5])
    for word, lines in (("中文", 1), ("100%_\\", 1), ("审计", 1), ("_read", 1), ("LOG_READ", 1), ("nothing", 0)):
        assert log.search(Sought(word=word))[1] == lines, word
    assert log.search(Sought(who="\0", action="\0\ud800", word="\0中\0文"))[1] == 0
    assert log.search(Sought(areas=["310101", "310199"]))[1] == 4
    assert log.search(Sought(areas=["310199"], users=["u0"]))[1] == 5
    assert log.search(Sought(areas=[], users=[]))[1] == 0
    newest = log.newest()
    assert newest is not None
    assert log.search(Sought(stop=newest.at))[1] == LINES
    assert log.search(Sought(first=newest.at))[1] == 1
    assert [(one.who, one.lines, one.people) for one in log.lookers(Sought(), 2)] == [("u2", 4, 26), ("u1", 4, 22)]
    assert sum(one.lines for one in log.tallies(Sought(), 480)) == LINES + 1
    assert {one.action: one.people for one in log.tallies(Sought(), -600)} == {
        "tickets": 36, "export": 30, "log_read": 0,
    }  # fmt: skip


def test_no_line_fills_a_disk(log: Log) -> None:
    log.add("u", "official", "token_made", "", None, name="x" * 100_000, deep={"y" * 5000: ["z" * 5000]})
    (line,), _ = log.search(Sought())
    assert line.more == {"name": "x" * 1000, "deep": {"y" * 1000: ["z" * 1000]}}
    assert told(log) == []


def test_words_that_no_database_holds_are_written_as_far_as_they_can(log: Log) -> None:
    log.add("u\0\ud800" * 200, "official", "export", "3101" * 20, 1, text="a\0b\ud800", deep={"x": ["\0", "\\u0000"]})
    (line,), _ = log.search(Sought())
    assert (len(line.who), len(line.area), line.more) == (200, 40, {"text": "ab?", "deep": {"x": ["", "\\u0000"]}})
    assert told(log) == []
