"""Running events at hand in memory: what a hundred boards ask all the time is not read from the book each time.

The book's writers queue, so its numbers are given out in the order in which they are kept: what is new since the last
look is found by them alone, and only those rows are read again.
"""

from __future__ import annotations

import datetime as dt
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select, union

from data.events import tables
from data.events.book import Events
from data.events.read import RUNNING, Standing

#: Values in one question: SQLite takes 32,766.
_ASKED = 5_000
#: More events that changed since the last look than this are read by reading all that run.
_MANY = 20_000

#: Those without a deadline stand last.
_NEVER = dt.datetime.fromisoformat("9999-01-01")


#: By which an event stands in a queue.
Turn = tuple[dt.datetime, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """A running event; ``note`` and ``more``: what its first report says of it."""

    event: Standing
    note: str
    more: Mapping[str, Any]

    @property
    def turn(self) -> Turn:
        """First deadline first."""
        return self.event.deadline or _NEVER, self.event.id


class Shelf:
    """The running events of a book, first deadline first, and by the code of their area and owner."""

    def __init__(self, events: Events) -> None:
        self.events = events
        self.mark: tuple[int, int] | None = None
        self._kept: dict[int, Kept] = {}
        self._turns: list[Turn] = []
        self._at: dict[str, list[Turn]] = {}
        self._lock = threading.RLock()

    def forget(self) -> None:
        """The next look reads all anew."""
        with self._lock:
            self.mark = None

    def look(self) -> tuple[int, int]:
        """Catches up with the book; its mark: the last numbers of reports and changes. StoreError."""
        row = next(iter(self.events._all(_MARK)), None)
        mark = (row.report, row.change) if row is not None else (0, 0)
        with self._lock:
            if mark != self.mark:
                self._catch_up(mark)
            return mark

    def queue(self, fits: Callable[[Standing], bool], codes: Collection[str] | None = None) -> Iterator[Kept]:
        """Those that fit, in turn; ``codes``: of these areas and owners alone. Whoever wants the first fifty pays for
        no more of them."""
        with self._lock:
            lines = [self._turns[:]] if codes is None else [self._at[code][:] for code in codes if code in self._at]
        turns = lines[0] if len(lines) == 1 else _once(merge(*lines))
        found = (self._kept.get(id) for _, id in turns)  # one that was closed since is gone
        return (kept for kept in found if kept is not None and fits(kept.event))

    def number(self, codes: Collection[str] | None = None) -> int:
        """How many a queue of all that run has."""
        with self._lock:
            if codes is None:
                return len(self._turns)
            return len({turn for code in codes for turn in self._at.get(code, ())})

    # catching up ------------------------------------------------------------------------------------

    def _catch_up(self, mark: tuple[int, int]) -> None:
        changed = None if self.mark is None else self._changed(self.mark, mark)
        if changed is None or len(changed) > _MANY:
            self._clear()
            changed = {row.id for row in self.events._all(_ALL)}
        for part in _parts(changed):
            self._replace(part)
        self.mark = mark

    def _changed(self, since: tuple[int, int], mark: tuple[int, int]) -> set[int]:
        asked = {"told": since[0] + 1, "last_told": mark[0], "done": since[1] + 1, "last_done": mark[1]}
        return {row.event for row in self.events._all(_CHANGED, asked)}

    def _clear(self) -> None:
        """Whatever fails from here on, the next look reads all anew."""
        self.mark = None
        self._kept.clear()
        self._turns.clear()
        self._at.clear()

    def _replace(self, ids: Collection[int]) -> None:
        for id in ids:
            self._drop(id)
        words = words_of(self.events, ids)
        for row in self.events._all(_RUNNING, {"ids": list(ids)}):
            self._add(Kept(Standing(**row._mapping), *words.get(row.id, ("", {}))))

    def _add(self, kept: Kept) -> None:
        self._kept[kept.event.id] = kept
        insort(self._turns, kept.turn)
        for code in _places(kept):
            insort(self._at.setdefault(code, []), kept.turn)

    def _drop(self, id: int) -> None:
        kept = self._kept.pop(id, None)
        if kept is None:
            return
        for turns in (self._turns, *(self._at[code] for code in _places(kept))):
            del turns[bisect_left(turns, kept.turn)]


def words_of(events: Events, ids: Iterable[int]) -> dict[int, tuple[str, Mapping[str, Any]]]:
    """Number of an event -> (note, more) of its first report."""
    found: dict[int, tuple[str, Mapping[str, Any]]] = {}
    for part in _parts(ids):
        found |= {row.event: (row.note, row.more) for row in events._all(_WORDS, {"ids": part})}
    return found


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    found = sorted(ids)
    return (found[at : at + _ASKED] for at in range(0, len(found), _ASKED))


def _once(turns: Iterable[Turn]) -> Iterator[Turn]:
    """What stands in order, each once: an event is in the line of its area and in that of its owner."""
    return (turn for turn, _ in groupby(turns))


def _places(kept: Kept) -> set[str]:
    return {kept.event.area, kept.event.owner}


# Asked some fifty times a second, so put together once; whatever is new has a number between two others, so that no
# database, however little it knows of its tables, reads one from end to end.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_RUNS = tables.event.c.state.in_(RUNNING)
_MARK = select(tables.number)
_ALL = select(tables.event.c.id).where(_RUNS)
_RUNNING = select(*(column for column in tables.event.columns if column.name != "same")).where(
    tables.event.c.id.in_(_IDS), _RUNS
)
_CHANGED = union(
    select(tables.report.c.event).where(tables.report.c.id.between(bindparam("told"), bindparam("last_told"))),
    select(tables.change.c.event).where(tables.change.c.id.between(bindparam("done"), bindparam("last_done"))),
)
_FIRST = select(func.min(tables.report.c.id)).where(tables.report.c.event.in_(_IDS)).group_by(tables.report.c.event)
_WORDS = select(tables.report.c.event, tables.report.c.note, tables.report.c.more).where(tables.report.c.id.in_(_FIRST))
