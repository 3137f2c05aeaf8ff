"""Counting by other processes and machines, which see one folder: what each counted lies there until it is committed.

So neither a lost worker nor a lost driver loses what was counted, and parts are put together in the order of the
pieces, whoever counted which, and when. A part is one file of three pickles: how many rows it read, what of it is not
a sum (rejects, persons, clocks), and its sums by day. Each is read without the ones behind it.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import time
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib.metadata import version as release_of
from pathlib import Path
from typing import Any, Generic

from data.errors import InputError, SettingsError
from data.words import Both
from grid.batches import Piece
from grid.engine import Adding, ByDay, Part, Progress, Work, at_the_end

#: Pieces handed out at once for each worker of a cluster: one to work on, one to go on with.
AHEAD = 2
#: Seconds after which nobody goes on with the parts of an interrupted build: the nightly one has come seven times.
KEPT = 7 * 24 * 3600
#: The file beside the parts that says what is counted how.
PLAN = "plan"


# --- parts -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spool(Generic[Part]):
    """The parts of one build in their folder."""

    place: Path
    work: Work[Part]
    size: int

    @property
    def files(self) -> list[Path]:
        """Where the part of each piece lies, or will."""
        return [_file(self.place, number) for number in range(self.size)]

    def merged(self) -> Part:
        """The sum of all parts."""
        return self.work.merge(map(self._whole, self.files))

    def merged_rest(self) -> Part:
        """The sum of what is not :class:`grid.engine.Sums`; these are not even read."""
        return self.work.merge(_read(file, 2)[1] for file in self.files)

    def _whole(self, file: Path) -> Part:
        _, part, sums = _read(file, 3)
        self.work.sums.give(part, sums)
        made: Part = part
        return made


@contextmanager
def spooled(folder: Path, work: Work[Part], pieces: Sequence[Piece]) -> Iterator[Spool[Part]]:
    """A place for the parts of this build, with those that an interrupted one left there: builds are known by the plan
    and by the files as they are now. It is cleared away at the end (of lasting work when all is settled), also where a
    file was refused (InputError); whatever else ends the block leaves it to the next build."""
    found = [replace(piece, path=piece.path.absolute()) for piece in pieces]
    place = folder.absolute() / _name(work, found)
    place.mkdir(parents=True, exist_ok=True)
    keep(place / PLAN, (work, found))
    try:
        yield Spool(place, work, len(found))
    except InputError:
        _clear(place)
        raise
    if work.lasting:
        at_the_end(partial(_clear, place))
    else:
        _clear(place)


def sweep(folder: Path) -> None:
    """Clear away what lies in a folder of builds since KEPT: their plan or files have changed meanwhile."""
    for place in folder.iterdir() if folder.is_dir() else ():
        if time.time() - place.stat().st_mtime > KEPT:
            _clear(place)


def _clear(place: Path) -> None:
    # a worker that was thought lost may put its part there meanwhile: then the next sweep takes it
    shutil.rmtree(place, ignore_errors=True)


def _name(work: Work[Any], pieces: Sequence[Piece]) -> str:
    """Tells builds apart: by what is counted how by which release, and by the files' sizes and times."""
    digest = hashlib.blake2b(release_of("onescreen").encode(), digest_size=12)
    digest.update(pickle.dumps((work.partial, work.plan), protocol=pickle.HIGHEST_PROTOCOL))
    for piece in pieces:
        state = piece.path.stat()
        digest.update(repr((str(piece.path), piece.groups, state.st_size, state.st_mtime_ns)).encode())
    return digest.hexdigest()


def _file(place: Path, number: int) -> Path:
    return place / f"{number}.part"


def rows_of(file: Path) -> int:
    """How many rows a part has read."""
    return int(_read(file, 1)[0])


def sums_of(file: Path) -> ByDay:
    """The sums of a part."""
    sums: ByDay = _read(file, 3)[2]
    return sums


def _read(file: Path, pickles: int) -> list[Any]:
    with file.open("rb") as stream:
        return [pickle.load(stream) for _ in range(pickles)]  # noqa: S301  (written by the same build, for itself)


def keep(file: Path, *made: object) -> None:
    """Put pickles into a file: all of them, or there is no file."""
    aside = file.with_suffix(f".{uuid.uuid4().hex}")
    with aside.open("wb") as stream:
        for each in made:
            pickle.dump(each, stream, protocol=pickle.HIGHEST_PROTOCOL)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(file)


# --- workers -----------------------------------------------------------------------------------------------------


def count_piece(place: Path, number: int) -> Path:
    """The part of one piece of the build at ``place``, counted if it does not lie there yet."""
    file = _file(place, number)
    if not file.exists():
        work, pieces = _plan(place / PLAN)
        part = work.partial([pieces[number]], work.plan, None)
        sums = list(work.sums.take(part))
        keep(file, work.rows(part), part, sums)
    return file


@lru_cache(1)
def _plan(file: Path) -> tuple[Work[Any], list[Piece]]:
    work, pieces = _read(file, 1)[0]
    return work, pieces


# --- an executor -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """An executor of other processes or machines, ``workers`` of them, which see ``folder`` and the ledgers under the
    same paths. A build that was interrupted goes on with the parts that lie there. ``lost``: what the executor raises
    where it is no more, said as a SettingsError: the file is not to blame."""

    executor: Executor
    folder: Path
    workers: int
    lost: tuple[type[Exception], ...] = (CancelledError, BrokenExecutor)

    def count(self, work: Work[Part], pieces: Sequence[Piece], progress: Progress | None = None) -> Part:
        """See Engine."""
        if not pieces:
            return work.partial([], work.plan, None)
        tell = Adding(progress or (lambda _rows: None))
        with spooled(self.folder, work, pieces) as spool:
            try:
                for file in self._made(spool):
                    tell(rows_of(file))
            except self.lost as error:
                raise interrupted(self.folder, type(error).__name__) from error
            return spool.merged()

    def _made(self, spool: Spool[Any]) -> Iterator[Path]:
        """The file of each part, as soon as it is there; a few at a time are handed out."""
        there = [file.exists() for file in spool.files]
        yield from (file for file, done in zip(spool.files, there, strict=True) if done)
        waiting = deque(number for number, done in enumerate(there) if not done)
        going: set[Future[Path]] = set()
        while waiting or going:
            while waiting and len(going) < AHEAD * self.workers:
                going.add(self.executor.submit(count_piece, spool.place, waiting.popleft()))
            done, going = wait(going, return_when=FIRST_COMPLETED)
            yield from (each.result() for each in done)


def wrong(folder: Path, zh: str, en: str) -> SettingsError:
    """What is to be said where the scheduler of the settings does not serve; ``folder``: of the builds, in the home."""
    return SettingsError(home=folder.parent, where="scheduler", detail=Both(zh, en))


def interrupted(folder: Path, why: str) -> SettingsError:
    """What is to be said where a cluster is lost in the middle of a build."""
    zh, en = "已计的部分保留，再次运行即继续", "what was counted is kept, the next run goes on"
    return wrong(folder, f"计数中断（{why}），{zh}", f"the count was interrupted ({why}); {en}")
