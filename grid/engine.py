"""Where the pieces of a ledger are counted: on this machine's threads, or on the machines of a cluster.

The counting has one definition, ``partial(pieces, plan)`` and ``merge``, and does not know where it runs: threads take
from one queue and keep their parts in memory; :mod:`grid.spread` hands pieces to other processes and machines. Whoever
counts which piece, and when, the sum is the same to the last byte.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from numpy.typing import NDArray

from data.errors import InputError
from grid.batches import Piece

Part = TypeVar("Part")

#: Told the rows done so far, by one thread at a time.
Progress = Callable[[int], None]
#: Arrays of one shape, by day.
ByDay = Iterable[tuple[int, NDArray[Any]]]

#: Threads at most: a third core waits for memory on the machines measured.
THREADS = 4


@dataclass(frozen=True)
class Sums(Generic[Part]):
    """What of a part adds up and nothing else: arrays of integers of one ``shape``, one for each day.

    ``take(part)`` takes them out; ``give(part, sums)`` puts others (integers of any width) in their place.
    """

    shape: tuple[int, ...]
    take: Callable[[Part], ByDay]
    give: Callable[[Part, ByDay], None]


def _nothing(_part: object) -> ByDay:
    return ()


def _same(_part: object, _sums: ByDay) -> None:
    """Nothing was taken."""


@dataclass(frozen=True)
class Work(Generic[Part]):
    """What is to be counted: ``partial(pieces, plan, progress)`` and the others are functions of modules and ``plan``
    can be pickled, for all of them travel. ``rows``: how many a part has read; ``sums``: what of it may be added up
    by somebody who knows nothing else of it. ``lasting``: its parts stay in their files until all is settled."""

    partial: Callable[[Iterable[Piece], Any, Progress | None], Part]
    merge: Callable[[Iterable[Part]], Part]
    plan: Any
    rows: Callable[[Part], int]
    sums: Sums[Part] = Sums((0,), _nothing, _same)
    lasting: bool = False


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
        queue, tell = deque(pieces), None if progress is None else Adding(progress)
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


class Adding:
    """Adds up the rows that several workers report, and tells the sum."""

    def __init__(self, tell: Progress) -> None:
        self._tell, self._done, self._lock = tell, 0, threading.Lock()

    def __call__(self, rows: int) -> None:
        """So many more."""
        with self._lock:
            self._done += rows
            self._tell(self._done)


# --- which one ---------------------------------------------------------------------------------------------------

_CURRENT: ContextVar[Engine | None] = ContextVar("engine", default=None)
_TOLD: ContextVar[Progress | None] = ContextVar("told", default=None)


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


def current_progress() -> Progress | None:
    """Who is told the rows of a ledger as they are counted: nobody, unless :func:`telling` says."""
    return _TOLD.get()


@contextmanager
def telling(progress: Progress) -> Iterator[None]:
    """Within, ledgers that are counted tell ``progress`` the rows done so far, each from 0."""
    before = _TOLD.set(progress)
    try:
        yield
    finally:
        _TOLD.reset(before)


# --- until it is committed ---------------------------------------------------------------------------------------

_LATER: ContextVar[list[Callable[[], None]] | None] = ContextVar("later", default=None)


@contextmanager
def settled() -> Iterator[None]:
    """Within, what is left to the end (:func:`at_the_end`) waits for it: a transaction goes inside. It is done where
    that is committed, or the file refused (InputError); not where the driver is lost on the way."""
    later: list[Callable[[], None]] = []
    before = _LATER.set(later)
    try:
        yield
    except InputError:
        _do(later)
        raise
    finally:
        _LATER.reset(before)
    _do(later)


def at_the_end(task: Callable[[], None]) -> None:
    """Does ``task`` when all is settled; at once where nobody says when that is."""
    later = _LATER.get()
    _do([task]) if later is None else later.append(task)


def _do(tasks: Iterable[Callable[[], None]]) -> None:
    for task in tasks:
        task()
