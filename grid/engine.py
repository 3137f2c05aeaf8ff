"""Where the pieces of a ledger are counted: on this machine's threads, or on any ``concurrent.futures.Executor``.

The counting has one definition, ``partial(pieces, plan)`` and ``merge``, and does not know where it runs. Threads take
from one queue and keep their parts in memory. Other processes and machines see the same folder: what each counted lies
there until the whole is done, so that neither a lost worker nor a lost driver loses what was counted, and parts are put
together in the order of the pieces, whoever counted which, and when.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from grid.batches import Piece

Part = TypeVar("Part")

#: Told the rows done so far, by one thread at a time.
Progress = Callable[[int], None]

#: Threads at most: a third core waits for memory on the machines measured.
THREADS = 4
#: Pieces handed out at once for each worker of a cluster: one to work on, one to go on with.
AHEAD = 2


@dataclass(frozen=True)
class Work(Generic[Part]):
    """What is to be counted: ``partial(pieces, plan, progress)`` is a function of a module and ``plan`` can be pickled,
    for both travel; ``rows``: how many a part has read."""

    partial: Callable[[Iterable[Piece], Any, Progress | None], Part]
    merge: Callable[[Iterable[Part]], Part]
    plan: Any
    rows: Callable[[Part], int]


class Engine(Protocol):
    """Counts the pieces of a ledger."""

    def count(self, work: Work[Part], pieces: Sequence[Piece], progress: Progress | None = None) -> Part:
        """The sum over all pieces, the same whichever engine counts. Raises what reading a piece raises."""
        ...


# --- this machine ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Threads:
    """Threads of this process, ``most`` at once; None: one for each core, up to THREADS."""

    most: int | None = None

    def count(self, work: Work[Part], pieces: Sequence[Piece], progress: Progress | None = None) -> Part:
        """See Engine."""
        queue, tell = deque(pieces), None if progress is None else _Sum(progress)
        workers = max(1, min(self.most or os.cpu_count() or 1, THREADS, len(queue)))
        with ThreadPoolExecutor(workers) as pool:
            running = [pool.submit(work.partial, _take(queue), work.plan, tell) for _ in range(workers)]
            return work.merge(job.result() for job in running)


def _take(queue: deque[Piece]) -> Iterator[Piece]:
    """Pieces as long as there are any; several workers take from one queue."""
    while queue:
        try:
            yield queue.popleft()
        except IndexError:  # another worker took the last one in between
            return


class _Sum:
    """Adds up what the workers report."""

    def __init__(self, tell: Progress) -> None:
        self._tell, self._done, self._lock = tell, 0, threading.Lock()

    def __call__(self, rows: int) -> None:
        with self._lock:
            self._done += rows
            self._tell(self._done)


# --- many machines -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """An executor of other processes or machines, ``workers`` of them, which see ``folder`` and the ledgers under the
    same paths. A build that was interrupted goes on with the parts that lie there: they are known by the plan and by
    the files as they are now."""

    executor: Executor
    folder: Path
    workers: int

    def count(self, work: Work[Part], pieces: Sequence[Piece], progress: Progress | None = None) -> Part:
        """See Engine."""
        if not pieces:
            return work.partial([], work.plan, None)
        place = self.folder / _name(work, pieces)
        place.mkdir(parents=True, exist_ok=True)
        _keep(place / _PLAN, (work.partial, work.plan))
        tell = _Sum(progress or (lambda _rows: None))
        files = [place / f"{number}.part" for number in range(len(pieces))]
        for file in self._made(files, pieces):
            tell(work.rows(_load(file)))
        made: Part = work.merge(_load(file) for file in files)
        shutil.rmtree(place)
        return made

    def _made(self, files: Sequence[Path], pieces: Sequence[Piece]) -> Iterator[Path]:
        """The file of each part, as soon as it is there; a few at a time are handed out."""
        waiting = deque((file, piece) for file, piece in zip(files, pieces, strict=True) if not file.exists())
        yield from (file for file in files if file.exists())
        going: dict[Future[None], Path] = {}
        while waiting or going:
            while waiting and len(going) < AHEAD * self.workers:
                file, piece = waiting.popleft()
                going[self.executor.submit(count_piece, file, piece)] = file
            for done in wait(going, return_when=FIRST_COMPLETED).done:
                done.result()
                yield going.pop(done)


_PLAN = "plan"


def count_piece(file: Path, piece: Piece) -> None:
    """Counts one piece by the plan that lies beside ``file``, and puts the part there: whole, or not at all."""
    if not file.exists():  # counted by a worker that was thought lost
        partial, plan = _plan(file.parent / _PLAN)
        _keep(file, partial([piece], plan, None))


@lru_cache(1)
def _plan(file: Path) -> tuple[Callable[..., Any], Any]:
    made: tuple[Callable[..., Any], Any] = _load(file)
    return made


def _load(file: Path) -> Any:
    with file.open("rb") as stream:
        return pickle.load(stream)  # noqa: S301  (written by the same build, in a folder of its own)


def _keep(file: Path, made: object) -> None:
    aside = file.with_suffix(f".{uuid.uuid4().hex}")
    with aside.open("wb") as stream:
        pickle.dump(made, stream, protocol=pickle.HIGHEST_PROTOCOL)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(file)


def _name(work: Work[Any], pieces: Sequence[Piece]) -> str:
    """Tells builds apart: by what is counted how, and by the files' sizes and times."""
    digest = hashlib.blake2b(digest_size=12)
    digest.update(pickle.dumps((work.partial, work.plan), protocol=pickle.HIGHEST_PROTOCOL))
    for piece in pieces:
        state = piece.path.stat()
        digest.update(repr((str(piece.path), piece.groups, state.st_size, state.st_mtime_ns)).encode())
    return digest.hexdigest()


# --- which one ---------------------------------------------------------------------------------------------------

_CURRENT: ContextVar[Engine | None] = ContextVar("engine", default=None)


def current() -> Engine:
    """What counts now: this machine's threads, unless :func:`using` says otherwise."""
    return _CURRENT.get() or Threads()


@contextmanager
def using(engine: Engine) -> Iterator[None]:
    """Within, ledgers are counted by ``engine``."""
    before = _CURRENT.set(engine)
    try:
        yield
    finally:
        _CURRENT.reset(before)
