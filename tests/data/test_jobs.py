"""The board of jobs: one for every process, nobody else's, bounded, and no longer than whoever works on it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text, update

from data import jobs as module
from data.engine import Connected
from data.errors import JobNotFound
from data.jobs import LOST, STALE, Board, JobsFull, job
from data.words import Both


@pytest.fixture
def one(database_url: str, tmp_path: Path) -> Iterator[Board]:
    """The board as one process has it."""
    board = Board.beside(database_url, tmp_path)
    yield board
    board.close()


@pytest.fixture
def other(one: Board, database_url: str, tmp_path: Path) -> Iterator[Board]:
    """The same as another has it."""
    board = Board.beside(database_url, tmp_path)
    yield board
    board.close()


def silent(board: Board, seconds: int = STALE + 1) -> None:
    """Nobody has said for so long that they are there."""
    with board.writing() as connection:
        connection.execute(update(job).values(beat=job.c.beat - seconds))


def done(board: Board, key: str, size: int = 3) -> str:
    made, new = board.order("o", key, {})
    assert new
    assert board.begin(made.id)
    board.end(made.id, [("a.txt", bytes(size))])
    return made.id


def test_what_one_process_does_every_other_knows(one: Board, other: Board) -> None:
    made, new = one.order("o", "k", {"area": "东江区"})
    assert (new, made.state) == (True, "waiting")
    again, new = other.order("o", "k", {"area": "another"})
    assert (new, again) == (False, made)
    assert one.begin(made.id)
    assert not other.begin(made.id)
    assert one.step(made.id, 2, 5)
    found = other.find("o", made.id)
    assert (found.about, found.state, found.done, found.steps) == ({"area": "东江区"}, "running", 2, 5)
    one.end(made.id, [("日报.docx", b"\0body"), ("b", b"")])
    found = other.find("o", made.id)
    assert (found.state, found.done, found.files) == ("done", 5, (("日报.docx", 5), ("b", 0)))
    assert [other.file("o", made.id, name) for name in ("日报.docx", "b", "c")] == [b"\0body", b"", None]
    assert other.cancel("o", made.id) == found == other.order("o", "k", {})[0]


def test_it_is_nobody_elses(one: Board, other: Board) -> None:
    id = done(one, "k")
    for ask in (other.find, other.cancel):
        with pytest.raises(JobNotFound):
            ask("p", id)
    assert other.file("p", id, "a.txt") is None
    assert other.order("p", "k", {})[0].id != id


def test_a_failure_is_told_in_both_languages_and_may_be_tried_again(one: Board, other: Board) -> None:
    made, _ = one.order("o", "k", {})
    one.begin(made.id)
    one.end(made.id, (), Both("不行", "no"))
    found = other.find("o", made.id)
    assert (found.state, found.error, found.files) == ("failed", Both("不行", "no"), ())
    assert other.order("o", "k", {})[1]


def test_cancelling_reaches_whoever_works_on_it(one: Board, other: Board) -> None:
    running, waiting = one.order("o", "r", {})[0], one.order("o", "w", {})[0]
    one.begin(running.id)
    assert [other.cancel("o", each.id).state for each in (running, waiting)] == ["cancelled", "cancelled"]
    assert not one.step(running.id, 1, 2)
    assert not one.begin(waiting.id)
    one.end(running.id, [("a", b"late")])
    assert (other.find("o", running.id).state, other.file("o", running.id, "a")) == ("cancelled", None)
    assert other.order("o", "r", {})[1]


def test_a_job_is_lost_with_its_process_and_may_be_ordered_again(one: Board, other: Board) -> None:
    kept, lost = one.order("o", "kept", {})[0], one.order("o", "lost", {})[0]
    one.begin(lost.id)
    silent(one)
    one.beat([kept.id])
    assert other.find("o", kept.id).state == "waiting"
    found = other.find("o", lost.id)
    assert (found.state, found.error) == ("failed", LOST)
    assert other.cancel("o", lost.id) == found
    again, new = other.order("o", "lost", {})
    assert (new, again.id != lost.id) == (True, True)
    assert not one.step(lost.id, 1, 2)  # whoever was only held up learns that it is no longer wanted
    one.end(lost.id, [("a", b"late")])
    assert (other.find("o", lost.id).error, other.file("o", lost.id, "a")) == (LOST, None)


def test_they_are_bounded_in_number_and_bytes(one: Board, other: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 250)
    made = [done((one, other)[n % 2], str(n), 100) for n in range(5)]

    def kept(ids: list[str]) -> list[str]:
        return [id for id in ids if one.file("o", id, "a.txt") is not None]

    assert kept(made) == made[-2:]
    large = done(one, "large", 1000)
    assert kept([*made, large]) == [large]
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    made = [done(one, f"more {n}", 1) for n in range(5)]
    assert kept([large, *made]) == made[-3:]


def test_those_that_wait_are_bounded_too(one: Board, other: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    running = one.order("o", "running", {})[0]
    assert one.begin(running.id)
    first = one.order("o", "1", {})[0]
    assert other.order("o", "2", {})[1]
    for board in (one, other):
        with pytest.raises(JobsFull):
            board.order("o", "3", {})
    assert other.order("o", "1", {}) == (first, False)
    other.cancel("o", first.id)
    assert one.order("o", "3", {})[1]
    with pytest.raises(JobsFull):
        one.order("o", "4", {})
    silent(one)  # those whose process is gone wait for nothing
    assert one.order("o", "4", {})[1]


def test_many_who_order_the_same_at_once_get_one_job(one: Board, database_url: str, tmp_path: Path) -> None:
    boards = [Board.beside(database_url, tmp_path) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda board: board.order("o", "k", {}), boards))
    assert (len({made.id for made, _ in found}), sum(new for _, new in found)) == (1, 1)
    for board in boards:
        board.close()


def test_boards_that_are_made_at_once_are_one(database_url: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        boards = list(pool.map(lambda _: Board.beside(database_url, tmp_path), range(4)))
    id = done(boards[0], "k")
    assert [board.find("o", id).state for board in boards] == ["done"] * 4
    for board in boards:
        board.close()


def test_tables_of_another_release_are_made_anew(one: Board, database_url: str, tmp_path: Path) -> None:
    id = done(one, "k")
    Board.beside(database_url, tmp_path).close()
    assert one.find("o", id).state == "done"
    with one.writing() as connection:
        connection.execute(text("ALTER TABLE job DROP COLUMN steps"))
        connection.execute(text("CREATE TABLE further (job INTEGER REFERENCES job (number))"))
        connection.execute(text("UPDATE shape SET digest = 'of another release'"))
    board = Board.beside(database_url, tmp_path)
    with pytest.raises(JobNotFound):
        board.find("o", id)
    assert done(board, "k")
    board.close()


def test_neither_a_load_nor_the_board_waits_for_the_other(database_url: str, tmp_path: Path) -> None:
    store = Connected(database_url)
    with store.writing():
        board = Board.beside(database_url, tmp_path)
        assert board.find("o", done(board, "k")).state == "done"
        with board.writing(), store.engine.connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
    board.close()
    store.close()


def test_it_is_its_owners_alone(tmp_path: Path) -> None:
    board = Board.beside(f"sqlite:///{tmp_path / 'onescreen.db'}", tmp_path)
    done(board, "k")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "jobs.db" in modes
    board.close()


def test_without_a_home_it_lies_in_memory() -> None:
    board, another = Board.alone(), Board.alone()
    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(lambda n: done(board, str(n)), range(12)))
        assert {found.state for found in pool.map(lambda id: board.find("o", id), ids)} == {"done"}
    with pytest.raises(JobNotFound):
        another.find("o", ids[0])
    board.close()
