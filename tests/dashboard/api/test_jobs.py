"""Jobs: one by one, told how far, cancelled, forgotten, and nobody else's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.api import reports
from dashboard.api.jobs import Job, Jobs, Step
from dashboard.reports.model import File
from data.errors import BadQuestion, JobNotFound, StoreFull
from data.settings import make_home
from tests.tiny import tiny_city

ME = ("990101", ["report"])
#: Seconds in which whatever nothing keeps from it is done, on a machine that does much else.
LONG = 60


def over(jobs: Jobs, job: Job) -> Job:
    """The job, once nothing more happens to it."""
    until(lambda: jobs.find(ME, job.id).over)
    return jobs.find(ME, job.id)


def until(holds: Callable[[], bool]) -> None:
    """Waits until it holds."""
    end = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < end, "it never held"
        time.sleep(0.005)


def three_steps(step: Step) -> Sequence[File]:
    for done in range(3):
        step(done, 3)
    return [File("a.txt", b"abc")]


class Long:
    """Work that takes until it is let go."""

    def __init__(self) -> None:
        self.started, self.go = threading.Event(), threading.Event()
        self.ended = False

    def __call__(self, step: Step) -> Sequence[File]:
        self.started.set()
        assert self.go.wait(LONG)
        step(1, 2)
        self.ended = True
        return [File("long.txt", b"long")]


@pytest.fixture(params=["alone", "home"])
def jobs(request: pytest.FixtureRequest, tmp_path: Path) -> Jobs:
    """Jobs of a process alone, and of an installation."""
    if request.param == "alone":
        return Jobs()
    make_home(tmp_path / "home", tiny_city(tmp_path / "city"))
    return Jobs(tmp_path / "home")


def test_a_job_is_done_and_the_same_order_is_the_same_job(jobs: Jobs) -> None:
    job = over(jobs, jobs.order(ME, "key", three_steps, {"area": "x"}))
    assert (job.state, job.done, job.steps, job.files, job.about) == ("done", 3, 3, (("a.txt", 3),), {"area": "x"})
    assert jobs.file(ME, job.id, "a.txt") == b"abc"
    assert jobs.order(ME, "key", three_steps) == job
    assert jobs.order(ME, "other", three_steps).id != job.id


def test_a_failure_is_told_and_may_be_tried_again(jobs: Jobs) -> None:
    wrong = BadQuestion(detail="no")

    def fails(step: Step) -> Sequence[File]:
        step(1, 4)
        raise wrong

    job = over(jobs, jobs.order(ME, "key", fails))
    assert (job.state, job.files, job.done, job.steps) == ("failed", (), 1, 4)
    assert job.error
    assert (job.error.zh, job.error.en) == (wrong.say("zh"), wrong.say("en"))
    assert over(jobs, jobs.order(ME, "key", three_steps)).state == "done"


def test_a_crash_ends_neither_worker_nor_queue(jobs: Jobs) -> None:
    def crashes(_: Step) -> Sequence[File]:
        raise ZeroDivisionError

    first, second = jobs.order(ME, 1, crashes), jobs.order(ME, 2, three_steps)
    assert (over(jobs, first).state, over(jobs, second).state) == ("failed", "done")


def test_a_board_that_fails_ends_neither_worker_nor_queue(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    long, end = Long(), jobs.board.end
    first = jobs.order(ME, 1, long)

    def fails(id: str, *what: Any) -> None:
        if id == first.id:
            raise ZeroDivisionError
        end(id, *what)

    assert long.started.wait(LONG)
    monkeypatch.setattr(jobs.board, "end", fails)
    long.go.set()
    assert over(jobs, jobs.order(ME, 2, three_steps)).state == "done"
    assert jobs.find(ME, first.id).state == "running"  # until its beat is too old


def test_a_full_disk_is_told(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    end = jobs.board.end

    def full(id: str, files: Sequence[tuple[str, bytes]], *error: Any) -> None:
        if files:
            raise StoreFull
        end(id, files, *error)

    monkeypatch.setattr(jobs.board, "end", full)
    job = over(jobs, jobs.order(ME, 1, three_steps))
    assert job.error
    assert (job.state, job.error.zh) == ("failed", StoreFull().say("zh"))


def test_cancelling_stops_a_running_and_a_waiting_one(jobs: Jobs) -> None:
    long = Long()
    running, waiting = jobs.order(ME, 1, long), jobs.order(ME, 2, three_steps)
    assert long.started.wait(LONG)
    assert jobs.cancel(ME, running.id).state == "cancelled"
    assert jobs.cancel(ME, waiting.id).state == "cancelled"
    long.go.set()
    assert over(jobs, jobs.order(ME, 3, three_steps)).state == "done"
    found = [jobs.find(ME, job.id) for job in (running, waiting)]
    assert [(job.state, job.files, job.done) for job in found] == [("cancelled", (), 0)] * 2
    assert not long.ended
    assert jobs.order(ME, 1, three_steps).id != running.id


def test_only_who_ordered_it_finds_it(jobs: Jobs) -> None:
    job = over(jobs, jobs.order(ME, "key", three_steps))
    for other in ((None, ["report"]), ("990102", ["report"]), ("990101", ["export", "report"])):
        for ask in (jobs.find, jobs.cancel):
            with pytest.raises(JobNotFound):
                ask(other, job.id)
        assert jobs.file(other, job.id, "a.txt") is None


def test_whoever_works_says_so_and_stops_saying_it(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, long = Jobs(beat=0.01), Long()
    told: list[list[str]] = []
    monkeypatch.setattr(jobs.board, "beat", lambda ids: told.append(list(ids)))
    first, second = jobs.order(ME, 1, long), jobs.order(ME, 2, three_steps)
    assert long.started.wait(LONG)
    until(lambda: told.count([first.id, second.id]) > 2)
    beats = [thread for thread in threading.enumerate() if thread.name == "onescreen-beat"]
    long.go.set()
    assert over(jobs, second).state == "done"
    for thread in beats:
        thread.join(LONG)
    assert not any(thread.is_alive() for thread in beats)


def test_a_report_is_ordered_followed_and_fetched(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_: object) -> list[File]:
        return [File("日报.docx", b"body")]

    monkeypatch.setattr(reports, "made", made)
    order = {"kind": "daily", "area": "东江区", "formats": ["docx"], "as_of": "2099-01-01"}
    reply = client.post("/api/v1/reports", json=order)
    assert reply.status_code == 202
    until(lambda: (client.get(reply.headers["Location"]).json or {})["state"] == "done")
    state: dict[str, Any] = client.get(reply.headers["Location"]).json or {}
    assert {name: state[name] for name in ("version", "as_of")} == {
        name: reply.get_json()[name] for name in ("version", "as_of")
    }
    assert state["as_of"] == "2099-01-01T15:59:59.999999Z"
    file = client.get(state["files"][0]["href"])
    assert file.data == b"body"
    assert "%E6%97%A5%E6%8A%A5.docx" in file.headers["Content-Disposition"]
    assert client.get(f"{state['href']}/other.docx").status_code == 404
    assert client.delete(state["href"]).json["state"] == "done"  # type: ignore[index]
