"""Work that takes longer than a reader waits: done one by one beside the serving, asked after, cancelled, then fetched.

Whoever takes an order works on it; the board (:mod:`data.jobs`) tells every other process that serves how far it is.
The same order in the same version is the same job, because it makes the same bytes.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from dashboard.reports.model import File
from data.errors import OneScreenError, StoreError
from data.jobs import BEAT, Board, Job, JobsFull
from data.settings import SETTINGS_FILE, read_home
from data.words import Both

log = structlog.get_logger()

#: Told how far the work is: (steps done, steps). It raises Cancelled once nobody wants the rest.
Step = Callable[[int, int], None]
Work = Callable[[Step], Sequence[File]]


class Cancelled(Exception):
    """The work is not wanted any more."""


class Jobs:
    """A queue with one worker, which ends when there is nothing left to do. The board is that of ``home``; of this
    process alone where there is none. It is opened by whoever first asks: not before a process has become several.

    Owners and keys are told apart by their ``repr``, which must be the same in every process: no sets in them."""

    def __init__(self, home: Path | None = None, beat: float = BEAT) -> None:
        self._home, self._beat = home, beat
        self._lock = threading.Lock()
        self._opened: Board | None = None
        self._mine: deque[tuple[str, Work]] = deque()
        self._idle: threading.Event | None = None

    @property
    def board(self) -> Board:
        """The board; StoreError."""
        with self._lock:
            if self._opened is None:
                self._opened = _board(self._home)
            return self._opened

    def order(self, owner: object, key: object, work: Work, about: Mapping[str, Any] | None = None) -> Job:
        """The job of this key: the one that there is, unless it failed or was cancelled. ``about`` is JSON. JobsFull,
        StoreError."""
        job, new = self.board.order(_digest(owner), _digest(key), about or {})
        if new:
            self._take(job.id, work)
        return job

    def find(self, owner: object, id: str) -> Job:
        """The job of this id; JobNotFound also if it is somebody else's."""
        return self.board.find(_digest(owner), id)

    def cancel(self, owner: object, id: str) -> Job:
        """The job, which will not go on; one that is over stays as it is. JobNotFound."""
        return self.board.cancel(_digest(owner), id)

    def file(self, owner: object, id: str, name: str) -> bytes | None:
        """A file of a job; None where it has none of this name."""
        return self.board.file(_digest(owner), id, name)

    def _take(self, id: str, work: Work) -> None:
        with self._lock:
            self._mine.append((id, work))
            if self._idle is not None:
                return
            self._idle = threading.Event()
            for name, does in (("onescreen-jobs", self._run), ("onescreen-beat", self._beats)):
                threading.Thread(target=does, args=(self._idle,), name=name, daemon=True).start()

    def _run(self, idle: threading.Event) -> None:
        while True:
            with self._lock:
                if not self._mine:
                    self._idle = None
                    idle.set()
                    return
                id, work = self._mine[0]
            try:
                self._do(id, work)
            except Exception as wrong:  # the board is away: without a beat the job is soon lost, and the next begins
                log.exception("job", error=type(wrong).__name__)
            with self._lock:
                self._mine.popleft()

    def _beats(self, idle: threading.Event) -> None:
        """Says that this process is there, for as long as it has something to do."""
        while not idle.wait(self._beat):
            with self._lock:
                ids = [id for id, _ in self._mine]
            try:
                self.board.beat(ids)
            except OneScreenError as wrong:
                log.warning("beat", error=wrong.say("en"))

    def _do(self, id: str, work: Work) -> None:
        def step(done: int, steps: int) -> None:
            if not self.board.step(id, done, steps):
                raise Cancelled

        if not self.board.begin(id):
            return
        with suppress(Cancelled):
            files, error = _made(work, step)
            try:
                self.board.end(id, files, error)
            except StoreError as wrong:  # there may be room for words where there is none for files
                self.board.end(id, (), _words(wrong))


def _made(work: Work, step: Step) -> tuple[list[tuple[str, bytes]], Both | None]:
    """The files, or why there are none: in words where they are ours, else no more than its name. Cancelled."""
    try:
        return [(one.name, one.body) for one in work(step)], None
    except Cancelled:
        raise
    except OneScreenError as wrong:
        return [], _words(wrong)
    except Exception as wrong:
        log.exception("job", error=type(wrong).__name__)
        return [], _words(OneScreenError(detail=type(wrong).__name__))


def _words(wrong: OneScreenError) -> Both:
    return Both(wrong.say("zh"), wrong.say("en"))


def _board(home: Path | None) -> Board:
    if home is None or not (home / SETTINGS_FILE).exists():
        return Board.alone()
    return Board.beside(read_home(home).database, home)


def _digest(part: object) -> str:
    return hashlib.sha256(repr(part).encode()).hexdigest()


__all__ = ["Cancelled", "Job", "Jobs", "JobsFull", "Step", "Work"]
