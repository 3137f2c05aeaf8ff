"""Files that are there whole or not at all, whoever dies meanwhile."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data.locks import held_by_nobody, hold

#: What reading a TOML file may raise: not there, no UTF-8, no TOML, a number of thousands of digits, lists in lists
#: beyond what a parser bears.
NO_TOML = (OSError, ValueError, RecursionError)

#: What :func:`write_whole` and :func:`scratch` call what they have not finished. Senders call theirs differently.
_PART = re.compile(r"\.[a-z0-9_]{8}\.part(\.[^.]*)?")
_SCRATCH = re.compile(r"\.(backup|restore)-[a-z0-9_]{8}")
_LOCK = ".lock"

#: Seconds between the making of a file and its lock, many times over.
_YOUNG = 5.0

#: What somebody's umask usually leaves of a new file's rights.
USUAL = 0o644


def write_whole(path: Path, write: Callable[[Path], None], mode: int = USUAL, *, new: bool = False) -> None:
    """What ``write`` puts into the file that it is given appears at ``path`` at once, and survives a power cut.

    ``new``: only if nothing lies there yet; FileExistsError.
    """
    handle, name = tempfile.mkstemp(prefix=".", suffix=f".part{path.suffix}", dir=path.parent)
    part = Path(name)
    hold(handle)
    try:
        write(part)
        part.chmod(mode)
        sync(part)
        if new:
            path.hardlink_to(part)
        else:
            part.replace(path)
    finally:
        os.close(handle)
        part.unlink(missing_ok=True)
    sync(path.parent)


def write_text(path: Path, text: str, mode: int = USUAL, *, new: bool = False) -> None:
    """``text`` in UTF-8 as :func:`write_whole` writes."""

    def write(part: Path) -> None:
        part.write_text(text, "utf-8")

    write_whole(path, write, mode, new=new)


def is_file(path: Path) -> bool:
    """Whether it can be read to its end: a device or a pipe has none, a name that no file can have neither."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def with_companions(path: Path) -> list[Path]:
    """A shapefile is several files of one name; any other file is itself."""
    return sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix == ".shp" else [path]


def sync(path: Path) -> None:
    """What a file holds, or which names a folder has, is on the disk once this returns."""
    if os.name == "nt" and path.is_dir():  # Windows opens no folder, and needs no such thing
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def scratch(folder: Path, name: str) -> Iterator[Path]:
    """A folder inside ``folder`` for what is not finished, gone afterwards; those that a killed program left there
    are taken away. ``name``: backup or restore."""
    clear(folder)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder) as made:
        handle = os.open(Path(made) / _LOCK, os.O_RDWR | os.O_CREAT)
        hold(handle)
        try:
            yield Path(made)
        finally:
            os.close(handle)


def clear(top: Path, *below: Path) -> list[Path]:
    """Takes away what a program that was killed left unfinished in ``top``, and in the folders ``below`` and all that
    is under them; what another one still writes to stays. The paths that are gone."""
    found = [*_unfinished(top), *(path for folder in below for path in folder.rglob(".*.part*") if _is_part(path))]
    left = [path for path in found if _abandoned(path)]
    for path in left:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    return left


def _unfinished(folder: Path) -> Iterator[Path]:
    for path in folder.glob(".*"):
        if _is_part(path) or (_SCRATCH.fullmatch(path.name) and path.is_dir() and not path.is_symlink()):
            yield path


def _is_part(path: Path) -> bool:
    return bool(_PART.fullmatch(path.name)) and path.is_file() and not path.is_symlink()


def _abandoned(path: Path) -> bool:
    """Whether nobody works on it: its lock is free, and it is older than it takes to lock it."""
    try:
        if time.time() - path.stat().st_mtime < _YOUNG:
            return False
        lock = path / _LOCK if path.is_dir() else path
        return not lock.exists() or held_by_nobody(lock)
    except OSError:  # taken away meanwhile
        return False
