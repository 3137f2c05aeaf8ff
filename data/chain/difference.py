"""Where a delivered file first differs from what was chained, and how: what happened to its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from data.chain.breaks import Break
from data.chain.links import Row, Segment, next_link
from data.errors import InputError
from data.store import Load

#: How far ahead a row is looked for to tell one that is missing or was added from one that was altered.
AHEAD = 1_000


class _Ahead:
    """Rows one by one, with a look at those that follow; ``failed`` where the file cannot be read on."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = iter(rows)
        self.seen: list[Row] = []
        self.failed = False

    def look(self, number: int) -> list[Row]:
        """Up to ``number`` rows that follow."""
        try:
            self.seen.extend(islice(self.rows, number - len(self.seen)))
        except InputError:
            self.failed = True
        return self.seen[:number]

    def __iter__(self) -> Iterator[Row]:
        while self.look(1):
            yield self.seen[0]
            self.seen.pop(0)


def first_break(segment: Segment, rows: Iterable[Row], load: Load, key: bytes, start: bytes) -> Break:
    """Where the file first differs from what was chained; it does somewhere."""
    ahead, last, at, moved = _Ahead(rows), start, 0, None
    for number, row in ahead:
        link = next_link(last, row, key)
        if link != segment.link(at):
            return _at(load, *_told(segment, at, last, ahead, key))
        if moved is None and number != segment.rows[at]:
            moved = int(segment.rows[at])
        last, at = link, at + 1
    if at < len(segment.rows):
        return _at(load, "unreadable" if ahead.failed else "missing", int(segment.rows[at]))
    return _at(load, "file" if moved is None else "moved", moved)


def _at(load: Load, what: str, row: int | None) -> Break:
    return Break(what, load.id, load.source, load.file, row)


def _told(segment: Segment, at: int, last: bytes, ahead: _Ahead, key: bytes) -> tuple[str, int]:
    """What happened where the row at ``at`` does not follow: (what, number of the row)."""
    if at >= len(segment.rows):
        return "added", ahead.look(1)[0][0]
    number, row = ahead.look(1)[0]
    later = ahead.look(AHEAD)[1:]
    if _in_place(segment, at, later, key):
        return "altered", int(segment.rows[at])
    skipped = _fits_later(segment, at, row, key)
    delayed = any(next_link(last, other, key) == segment.link(at) for _, other in later)
    if skipped and delayed:
        return "swapped", number
    if skipped:
        return "missing", int(segment.rows[at])
    return ("added", number) if delayed else ("altered", int(segment.rows[at]))


def _in_place(segment: Segment, at: int, later: Sequence[Row], key: bytes) -> bool:
    """Whether what follows the row at ``at`` is what was chained after it."""
    if not later or at + 1 == len(segment.rows):
        return not later and at + 1 == len(segment.rows)
    return next_link(segment.link(at), later[0][1], key) == segment.link(at + 1)


def _fits_later(segment: Segment, at: int, row: bytes, key: bytes) -> bool:
    """Whether ``row`` is one of those chained after the one at ``at``."""
    last = min(len(segment.rows), at + AHEAD)
    return any(next_link(segment.link(n - 1), row, key) == segment.link(n) for n in range(at + 1, last))
