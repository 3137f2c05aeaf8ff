"""Running events at hand in memory: what a hundred boards ask every other second is not read from the book each time.

The book's writers queue, so its numbers are given out in the order in which they are kept: what is new since the last
look is found by them alone, and only those rows are read again.
"""

from __future__ import annotations

import datetime as dt
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, union

from data.events import tables
from data.events.book import Events
from data.events.read import RUNNING, Standing

#: Values in one question: SQLite takes 32,766.
_ASKED = 5_000
#: More events that changed since the last look than this are read by reading all that run.
_MANY = 20_000

_COLUMNS = tuple(column for column in tables.event.columns if column.name != "same")
#: Those without a deadline stand last.
_NEVER = dt.datetime.fromisoformat("9999-01-01")


@dataclass(frozen=True, slots=True)
class Kept:
    """A running event; ``note`` and ``more``: what its first report says of it."""

    event: Standing
    note: str
    more: Mapping[str, Any]

    @property
    def turn(self) -> tuple[dt.datetime, int]:
        """By which it stands in a queue: first deadline first."""
        return self.event.deadline or _NEVER, self.event.id


class Shelf:
    """The running events of a book, first deadline first, and by the code of their area and owner."""

    def __init__(self, events: Events) -> None:
        self.events = events
        self.mark: tuple[int, int] | None = None
        self._kept: dict[int, Kept] = {}
        self._turns: list[tuple[dt.datetime, int]] = []
        self._at: dict[str, set[int]] = {}
        self._lock = threading.RLock()

    def forget(self) -> None:
        """The next look reads all anew."""
        with self._lock:
            self.mark = None

    def look(self) -> tuple[int, int]:
        """Catches up with the book; its mark: the last numbers of reports and changes. StoreError."""
        row = next(iter(self.events._all(select(tables.number))), None)
        mark = (row.report, row.change) if row is not None else (0, 0)
        with self._lock:
            if mark != self.mark:
                self._catch_up(mark)
            return mark

    def queue(self, fits: Callable[[Standing], bool], codes: Collection[str] | None = None) -> Iterator[Kept]:
        """Those that fit, in turn; ``codes``: of these areas and owners alone."""
        with self._lock:
            if codes is None:
                turns = list(self._turns)
            else:
                ids = set().union(*(self._at.get(code, ()) for code in codes))
                turns = sorted(self._kept[id].turn for id in ids)
        found = (self._kept.get(id) for _, id in turns)  # one that was closed since is gone
        return (kept for kept in found if kept is not None and fits(kept.event))

    # catching up ------------------------------------------------------------------------------------

    def _catch_up(self, mark: tuple[int, int]) -> None:
        changed = None if self.mark is None else self._changed(self.mark)
        if changed is None or len(changed) > _MANY:
            self._clear()
            changed = {row.id for row in self.events._all(select(tables.event.c.id).where(_RUNS))}
        for part in _parts(changed):
            self._replace(part)
        self.mark = mark

    def _changed(self, since: tuple[int, int]) -> set[int]:
        told = select(tables.report.c.event).where(tables.report.c.id > since[0])
        done = select(tables.change.c.event).where(tables.change.c.id > since[1])
        return {row.event for row in self.events._all(union(told, done))}

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
        for row in self.events._all(select(*_COLUMNS).where(tables.event.c.id.in_(ids), _RUNS)):
            self._add(Kept(Standing(**row._mapping), *words.get(row.id, ("", {}))))

    def _add(self, kept: Kept) -> None:
        self._kept[kept.event.id] = kept
        insort(self._turns, kept.turn)
        for code in _places(kept):
            self._at.setdefault(code, set()).add(kept.event.id)

    def _drop(self, id: int) -> None:
        kept = self._kept.pop(id, None)
        if kept is None:
            return
        del self._turns[bisect_left(self._turns, kept.turn)]
        for code in _places(kept):
            self._at[code].discard(id)


def words_of(events: Events, ids: Iterable[int]) -> dict[int, tuple[str, Mapping[str, Any]]]:
    """Number of an event -> (note, more) of its first report."""
    table = tables.report
    found: dict[int, tuple[str, Mapping[str, Any]]] = {}
    for part in _parts(ids):
        first = select(func.min(table.c.id)).where(table.c.event.in_(part)).group_by(table.c.event)
        query = select(table.c.event, table.c.note, table.c.more).where(table.c.id.in_(first))
        found |= {row.event: (row.note, row.more) for row in events._all(query)}
    return found


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    found = sorted(ids)
    return (found[at : at + _ASKED] for at in range(0, len(found), _ASKED))


def _places(kept: Kept) -> set[str]:
    return {kept.event.area, kept.event.owner}


_RUNS = tables.event.c.state.in_(RUNNING)
