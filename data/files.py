"""Files that are there whole or not at all, whoever dies meanwhile."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

#: What somebody's umask usually leaves of a new file's rights.
USUAL = 0o644


def write_whole(path: Path, write: Callable[[Path], None], mode: int = USUAL, *, new: bool = False) -> None:
    """What ``write`` puts into the file that it is given appears at ``path`` at once, and survives a power cut.

    ``new``: only if nothing lies there yet; FileExistsError.
    """
    handle, name = tempfile.mkstemp(prefix=".", suffix=f".part{path.suffix}", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        write(part)
        part.chmod(mode)
        sync(part)
        if new:
            path.hardlink_to(part)
        else:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync(path.parent)


def write_text(path: Path, text: str, mode: int = USUAL, *, new: bool = False) -> None:
    """``text`` in UTF-8 as :func:`write_whole` writes."""

    def write(part: Path) -> None:
        part.write_text(text, "utf-8")

    write_whole(path, write, mode, new=new)


def sync(path: Path) -> None:
    """What a file holds, or which names a folder has, is on the disk once this returns."""
    if os.name == "nt" and path.is_dir():  # Windows opens no folder, and needs no such thing
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
