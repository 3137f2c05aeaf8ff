"""Jobs: one by one, told how far, cancelled, forgotten, and nobody else's."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.api import jobs as module
from dashboard.api import reports
from dashboard.api.jobs import Job, Jobs, JobsFull, Step
from dashboard.reports.model import File
from data.errors import BadQuestion, JobNotFound


def over(job: Job) -> Job:
    """The job, once nothing more happens to it."""
    for _ in range(2000):
        if job.over:
            return job
        time.sleep(0.005)
    raise AssertionError(job)


def three_steps(step: Step) -> Sequence[File]:
    for done in range(3):
        step(done, 3)
    return [File("a.txt", b"abc")]


def test_a_job_is_done_and_the_same_order_is_the_same_job() -> None:
    jobs = Jobs()
    job = over(jobs.order(None, "key", three_steps))
    assert (job.state, job.done, job.steps, job.bytes) == ("done", 3, 3, 3)
    assert jobs.order(None, "key", three_steps) is job
    assert jobs.order(None, "other", three_steps) is not job


def test_a_failure_is_told_and_may_be_tried_again() -> None:
    jobs = Jobs()

    def fails(step: Step) -> Sequence[File]:
        step(1, 4)
        raise BadQuestion(detail="no")

    job = over(jobs.order(None, "key", fails))
    assert (job.state, job.files) == ("failed", ())
    assert isinstance(job.error, BadQuestion)
    assert over(jobs.order(None, "key", three_steps)).state == "done"


def test_a_crash_ends_neither_worker_nor_queue() -> None:
    jobs = Jobs()

    def crashes(_: Step) -> Sequence[File]:
        raise ZeroDivisionError

    first, second = jobs.order(None, 1, crashes), jobs.order(None, 2, three_steps)
    assert (over(first).state, over(second).state) == ("failed", "done")


def test_cancelling_stops_a_running_and_a_waiting_one() -> None:
    jobs, started, go = Jobs(), threading.Event(), threading.Event()
    reached = []

    def long(step: Step) -> Sequence[File]:
        started.set()
        go.wait(10)
        step(1, 2)
        reached.append("never")
        return []

    running, waiting = jobs.order(None, 1, long), jobs.order(None, 2, three_steps)
    started.wait(10)
    assert jobs.cancel(None, running.id).state == "cancelled"
    assert jobs.cancel(None, waiting.id).state == "cancelled"
    go.set()
    assert over(jobs.order(None, 3, three_steps)).state == "done"
    assert (running.state, running.files, waiting.state, waiting.done, reached) == ("cancelled", (), "cancelled", 0, [])
    assert jobs.order(None, 1, three_steps) is not running


def test_a_cancelled_job_makes_room_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 1)
    jobs, started, go = Jobs(), threading.Event(), threading.Event()

    def long(_: Step) -> Sequence[File]:
        started.set()
        go.wait(10)
        return []

    running = jobs.order(None, 1, long)
    started.wait(10)
    unwanted = jobs.order(None, 2, three_steps)
    with pytest.raises(JobsFull):
        jobs.order(None, 3, three_steps)
    jobs.cancel(None, unwanted.id)
    wanted = jobs.order(None, 3, three_steps)
    go.set()
    assert (over(running).state, over(wanted).state, unwanted.state) == ("done", "done", "cancelled")


def test_only_who_ordered_it_finds_it() -> None:
    jobs = Jobs()
    job = over(jobs.order("990101", "key", three_steps))
    assert jobs.find("990101", job.id) is job
    for other in (None, "990102"):
        with pytest.raises(JobNotFound):
            jobs.find(other, job.id)
        with pytest.raises(JobNotFound):
            jobs.cancel(other, job.id)


def test_jobs_are_bounded_in_number_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 250)
    jobs = Jobs()
    made = [over(jobs.order(None, n, lambda _: [File("x", bytes(100))])) for n in range(5)]
    kept = [job for job in made if job.id in jobs._jobs]
    assert kept == made[-2:]
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    started, go = threading.Event(), threading.Event()

    def holds(_: Step) -> Sequence[File]:
        started.set()
        go.wait(10)
        return []

    first = jobs.order(None, "hold", holds)
    started.wait(10)
    jobs.order(None, "a", three_steps)
    last = jobs.order(None, "b", three_steps)
    with pytest.raises(JobsFull):
        jobs.order(None, "c", three_steps)
    go.set()
    assert (over(first).state, over(last).state) == ("done", "done")


def test_a_report_is_ordered_followed_and_fetched(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_: object) -> list[File]:
        return [File("日报.docx", b"body")]

    monkeypatch.setattr(reports, "made", made)
    order = {"kind": "daily", "area": "东江区", "formats": ["docx"], "as_of": "2099-01-01"}
    reply = client.post("/api/v1/reports", json=order)
    assert reply.status_code == 202
    state: dict[str, Any] = {}
    for _ in range(400):
        state = client.get(reply.headers["Location"]).json or {}
        if state["state"] == "done":
            break
        time.sleep(0.005)
    assert {name: state[name] for name in ("version", "as_of")} == {
        name: reply.get_json()[name] for name in ("version", "as_of")
    }
    assert state["as_of"] == "2099-01-01T15:59:59.999999Z"
    file = client.get(state["files"][0]["href"])
    assert file.data == b"body"
    assert "%E6%97%A5%E6%8A%A5.docx" in file.headers["Content-Disposition"]
    assert client.get(f"{state['href']}/other.docx").status_code == 404
    assert client.delete(state["href"]).json["state"] == "done"  # type: ignore[index]
