"""Locks between processes on one machine; they end with the process that holds them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

#: Between two tries.
_WAIT_SECONDS = 0.2


class StillWritten(OSError):
    """Another program holds a file."""


if os.name == "nt":
    import msvcrt

    def _lock(file: IO[Any]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import fcntl

    def _lock(file: IO[Any]) -> None:
        # a file that is open for reading can be locked for sharing alone where it lies on a network
        fcntl.flock(file, (fcntl.LOCK_EX if file.writable() else fcntl.LOCK_SH) | fcntl.LOCK_NB)


def hold(handle: int) -> None:
    """Locks an open file of our own until it is closed, so that others see that somebody works on it; where its file
    system has no locks, or a lock would keep the holder out too (Windows), nothing happens."""
    if os.name != "nt":
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def held_by_nobody(path: Path) -> bool:
    """Whether no living process holds a file that was locked by :func:`hold`. OSError where it cannot be opened."""
    if os.name == "nt":
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@contextmanager
def only(path: Path) -> Iterator[None]:
    """Waits until nobody else is inside; ``path`` is a file of our own that stays."""
    with path.open("a") as file:
        while True:
            try:
                _lock(file)
                break
            except (BlockingIOError, PermissionError):
                time.sleep(_WAIT_SECONDS)
        yield


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """A file of somebody else's that nobody else holds; StillWritten. OSError where it cannot be read."""
    with path.open("rb") as file:
        try:
            _lock(file)
        except (BlockingIOError, PermissionError) as error:
            raise StillWritten(str(path)) from error
        yield
