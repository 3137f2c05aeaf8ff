"""The witness: the heads of the log's lines, written down a second time in the home, beside the book.

A chain holds its own lines together, but not its end: whoever takes the newest lines away, or makes all of them anew,
leaves a chain that holds. The witness is another file (with PostgreSQL on another machine) that says what was there.
It is told after a line is kept, so it may lack the last lines of a process that was killed, and is never ahead.
``onescreen verify`` prints the newest head as well: written down elsewhere, it holds against whoever alters both.
A report's manifest has none: the same report is the same bytes at any time, and the log never stands still.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from data.files import write_text

FILE = "log.heads"

#: Bytes from which on only the newest KEPT lines stay: a line has some 75.
MOST_BYTES = 4 << 20
KEPT = 20_000

_LINE = re.compile(r"(\d{1,18}) ([0-9a-f]{64})")


class Witness:
    """The file of heads in ``home``."""

    def __init__(self, home: Path) -> None:
        self.path = home / FILE

    def saw(self, heads: Iterable[tuple[int, str]]) -> None:
        """Notes (line, head) pairs. A disk that is full costs the note, not the line: the next one catches up."""
        said = "".join(f"{line} {head}\n" for line, head in heads)
        with suppress(OSError):
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, said.encode())  # one write: lines of several processes do not mix
                full = os.fstat(handle).st_size > MOST_BYTES
            finally:
                os.close(handle)
            if full:
                self._shorten()

    def heads(self) -> dict[int, str]:
        """line -> head, as far as noted. Torn lines say nothing."""
        try:
            lines = self.path.read_text("ascii", errors="replace").splitlines()
        except OSError:
            return {}
        found = (_LINE.fullmatch(line) for line in lines)
        return {int(one[1]): one[2] for one in found if one}

    def _shorten(self) -> None:
        newest = sorted(self.heads().items())[-KEPT:]
        write_text(self.path, "".join(f"{line} {head}\n" for line, head in newest), 0o600)
