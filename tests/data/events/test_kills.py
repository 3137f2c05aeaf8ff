"""A short run of the bench of the loop on both databases; and that what it looks for, it finds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from data.events import Events
from tests.bench import loop
from tests.bench.loop import Job, Line, faults, measure, play, receiver, torture
from tests.bench.loop_days import days, expected

#: Twelve hours of the clock.
ENTRIES, HOURS = 60, 12


def test_sigkill_loses_and_doubles_nothing(database_url: str, tmp_path: Path) -> None:
    line = measure(database_url, tmp_path / "home", ENTRIES, 3, 3, HOURS)
    assert line.told == {}
    assert line.kills >= 1
    assert line.breaches
    assert line.events < line.entries < line.scans


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Job, Counter[str]]]:
    """A script that was played to its end, undisturbed: to be copied."""
    folder = tmp_path_factory.mktemp("played")
    with receiver() as (url, told):
        job = Job(f"sqlite:///{folder / 'a.db'}", str(folder), ENTRIES, 1, str(folder / "done"), url, HOURS)
        play(job)
        yield folder, job, told


@pytest.mark.parametrize(
    ("fault", "statement"),
    [
        ("lost", "DELETE FROM report WHERE id = (SELECT max(id) FROM report)"),
        ("doubled", "UPDATE report SET key = key || 'x' WHERE id = 1"),
        ("folded", "UPDATE report SET event = (SELECT max(id) FROM event) WHERE id = 1"),
        ("ownerless", "UPDATE event SET owner = '' WHERE id = 1"),
        ("rows", "UPDATE event SET state = 'acting' WHERE id = 1"),
        ("breaches", "UPDATE message SET fetched = NULL"),
        ("deeds", "UPDATE change SET key = 'accept-x' WHERE id = 1"),
        ("untold", "UPDATE message SET sent = made, area = '9901'"),
    ],
)
def test_what_is_wrong_is_found(
    played: tuple[Path, Job, Counter[str]], tmp_path: Path, fault: str, statement: str
) -> None:
    folder, job, told = played
    (tmp_path / "events.db").write_bytes((folder / "events.db").read_bytes())
    events = Events.beside(job.database, tmp_path)
    assert faults(events, job, told) == {}
    with events.writing() as connection:
        for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {row.name}"))
        connection.execute(text(statement))
    assert faults(events, job, told)[fault]
    events.close()


def test_a_run_that_fails_is_no_run(tmp_path: Path) -> None:
    job = Job("sqlite:///nowhere/a.db", str(tmp_path / "nowhere"), 10, 1, str(tmp_path / "done"), "http://127.0.0.1:1/")
    with pytest.raises(RuntimeError, match="ended with 1"):
        torture(job, 0, random.Random(1))


def test_the_script_has_what_it_is_to_try() -> None:
    script = days(2000)
    entries = expected(script)
    assert sum(map(len, (entry.keys for entry in entries))) == 2000
    assert 0.05 < sum(entry.breach for entry in entries) / len(entries) < 0.6
    assert max(len(entry.keys) for entry in entries) > 2
    assert len(entries) < 1900
    subjects = Counter(entry.subject for entry in entries)
    assert max(subjects.values()) > 1, "somebody enters again after the window"
    assert len({deed.name for each in script.deeds.values() for deed in each}) == 4


def test_a_bench_with_faults_or_too_few_kills_falls_short() -> None:
    whole = Line(loop.ENTRIES, 1, 1, 1, loop.KILLS)
    assert loop.verdict({"a": whole, "b": whole}).met
    assert not loop.verdict({"a": whole, "b": Line(loop.ENTRIES, 1, 1, 1, loop.KILLS // 2)}).met
    assert not loop.verdict({"a": whole, "b": Line(loop.ENTRIES, 1, 1, 1, loop.KILLS, told=Counter(lost=1))}).met
