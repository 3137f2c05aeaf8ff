"""Work that takes longer than a reader waits: done one by one beside the serving, asked after, cancelled, then fetched.

Jobs live in memory and are bounded in number and bytes; what is gone is ordered anew. The same order in the same
version is the same job, because it makes the same bytes.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog

from dashboard.reports.model import File
from data.errors import JobNotFound, OneScreenError

log = structlog.get_logger()

State = Literal["waiting", "running", "done", "failed", "cancelled"]
#: Told how far the work is: (steps done, steps). It raises Cancelled once nobody wants the rest.
Step = Callable[[int, int], None]
Work = Callable[[Step], Sequence[File]]

MOST_WAITING = 16
MOST_KEPT = 64
MOST_BYTES = 256_000_000


class Cancelled(Exception):
    """The work is not wanted any more."""


class JobsFull(Exception):
    """As many jobs wait as may."""


@dataclass(eq=False)
class Job:
    """One piece of work. ``done`` of ``steps``; ``error`` once it failed; ``owner``: who may ask after it;
    ``about``: what was said of it when it was ordered."""

    id: str
    owner: Hashable
    key: Hashable
    work: Work = field(repr=False)
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)
    state: State = "waiting"
    done: int = 0
    steps: int = 1
    files: Sequence[File] = field(default=(), repr=False)
    error: OneScreenError | None = None

    @property
    def bytes(self) -> int:
        """Size of its files."""
        return sum(len(one.body) for one in self.files)

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed", "cancelled")


class Jobs:
    """A queue with one worker, which ends when there is nothing left to do."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: deque[Job] = deque()
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None

    def order(self, owner: Hashable, key: Hashable, work: Work, about: Mapping[str, Any] | None = None) -> Job:
        """The job of this key: the one that there is, unless it failed or was cancelled. JobsFull."""
        with self._lock:
            for job in self._jobs.values():
                if job.key == key and job.state in ("waiting", "running", "done"):
                    return job
            if len(self._waiting) >= MOST_WAITING:
                raise JobsFull
            job = Job(secrets.token_urlsafe(12), owner, key, work, about or {})
            self._jobs[job.id] = job
            self._waiting.append(job)
            self._forget()
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, name="onescreen-jobs", daemon=True)
                self._worker.start()
            return job

    def find(self, owner: Hashable, id: str) -> Job:
        """The job of this id; JobNotFound also if it is somebody else's."""
        with self._lock:
            job = self._jobs.get(id)
        if job is None or job.owner != owner:
            raise JobNotFound(job=id)
        return job

    def cancel(self, owner: Hashable, id: str) -> Job:
        """The job, which will not go on; one that is over stays as it is."""
        job = self.find(owner, id)
        with self._lock:
            if not job.over:
                job.state = "cancelled"
            if job in self._waiting:
                self._waiting.remove(job)  # its place is free for another
        return job

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._worker = None
                    return
                job = self._waiting.popleft()
                if job.state == "waiting":
                    job.state = "running"
            if job.state == "running":
                self._do(job)

    def _do(self, job: Job) -> None:
        def step(done: int, steps: int) -> None:
            with self._lock:
                if job.state == "cancelled":
                    raise Cancelled
                job.done, job.steps = done, steps

        files: Sequence[File] = ()
        error: OneScreenError | None = None
        try:
            files = job.work(step)
        except Cancelled:
            pass
        except OneScreenError as wrong:
            error = wrong
        except Exception as wrong:
            log.exception("job", error=type(wrong).__name__)
            error = OneScreenError(detail=type(wrong).__name__)
        with self._lock:
            if job.state == "running":
                job.state, job.files, job.error = ("failed" if error else "done"), files, error
                job.done = job.steps if not error else job.done
            self._forget()

    def _forget(self) -> None:
        """Drops the oldest that are over, while there are too many or their files too large."""
        over = [job for job in self._jobs.values() if job.over]
        size = sum(job.bytes for job in over)
        while over and (len(self._jobs) > MOST_KEPT or size > MOST_BYTES) and len(over) > 1:
            gone = over.pop(0)
            size -= gone.bytes
            del self._jobs[gone.id]
