"""The list of loads, what each did not take or could not place, and the states of the geography."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, Row, bindparam, func, select

from data import tables
from data.engine import MAX_NUMBER, Connected
from data.errors import LoadNotFound, StoreError
from data.news import News
from data.rejects import Reject

Day = dt.date


@dataclass(frozen=True, slots=True)
class Load:
    """One line of the list of loads."""

    id: int
    known: dt.datetime
    loaded: dt.datetime
    source: str
    kind: str
    file: str
    sha256: str
    sender: str
    rows: int
    taken: int
    rejected: int
    aside: int
    first_day: Day | None
    last_day: Day | None
    notes: Mapping[str, Any]


#: The newest version, and the newest known at a moment: asked by every answer, and so put together once.
_NEWEST = select(func.max(tables.load.c.id))
_KNOWN = _NEWEST.where(tables.load.c.known <= bindparam("as_of"))


class LoadReader(Connected):
    """Questions about loads and geographies.

    ``news``: where a process that serves hears of versions, see :meth:`follow`; None where each question asks."""

    news: News | None = None

    def follow(self, replica: str = "", told: Callable[[int], None] = lambda _: None) -> None:
        """From now on versions are heard of rather than asked, and questions go to ``replica`` (a URL) if there is one.
        ``told`` is called with each new version. With SQLite nothing changes: nobody can listen there."""
        if self.engine.dialect.name == "postgresql" and self.news is None:
            self.news = News(self, Connected(replica) if replica else None, told).start()

    def close(self) -> None:
        """Give all connections back, and listen no more."""
        news, self.news = self.news, None
        if news is not None:
            news.stop()
        super().close()

    @property
    def lost(self) -> float:
        """Seconds since the database last answered; 0 while it does, and where nobody follows it."""
        return 0.0 if self.news is None else self.news.lost

    def version(self, as_of: dt.datetime | None = None) -> int:
        """The newest load's id, or the newest that was known at ``as_of`` (UTC); 0 if there is none. Who follows has
        the newest from memory, also while the database is away, and no moment has a newer one."""
        newest = None if self.news is None else self.news.version
        if as_of is None:
            return newest if newest is not None else self._all(_NEWEST)[0][0] or 0
        found = self._all(_KNOWN, {"as_of": as_of})[0][0] or 0
        return found if newest is None else min(found, newest)

    def _all(self, query: Executable, asked: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """As everywhere; of the replica where it is asked, and of the primary where that fails."""
        news = self.news
        if news is not None and news.replica is not None and news.copied:
            try:
                return news.replica._all(query, asked)
            except StoreError:
                news.replica_lost()
        return super()._all(query, asked)

    def loads(self, *, upto: int | None = None, source: str | None = None) -> list[Load]:
        """Loads in the order of their numbers."""
        query = select(tables.load).order_by(tables.load.c.id)
        if upto is not None:
            query = query.where(tables.load.c.id <= upto)
        if source is not None:
            query = query.where(tables.load.c.source == source)
        return [Load(**row._mapping) for row in self._all(query)]

    def moments(self, after: int, upto: int) -> list[tuple[int, dt.datetime]]:
        """(load, when it was known) of the loads later than ``after`` and up to a version."""
        table = tables.load
        rows = self._all(select(table.c.id, table.c.known).where(table.c.id > after, table.c.id <= upto))
        return [(row.id, row.known) for row in rows]

    def load(self, number: int) -> Load:
        """One load; LoadNotFound."""
        rows = self._all(select(tables.load).where(tables.load.c.id == number)) if 0 < number <= MAX_NUMBER else []
        if not rows:
            raise LoadNotFound(load=number)
        return Load(**rows[0]._mapping)

    def rejects(self, load: int) -> list[Reject]:
        """The rows that ``load`` did not take."""
        table = tables.reject
        rows = self._all(select(table).where(table.c.load == load).order_by(table.c.row, table.c.id))
        return [Reject(row.row, row.column, row.value, row.why, row.more) for row in rows]

    def unplaced(self, upto: int) -> list[tuple[str, str, str, str, int]]:
        """(source, area code, why, text, rows) of taken rows that could not be placed finely."""
        table = tables.unplaced
        query = (
            select(tables.load.c.source, table.c.area, table.c.why, table.c.text, func.sum(table.c.rows))
            .join(tables.load, tables.load.c.id == table.c.load)
            .where(table.c.load <= upto)
            .group_by(tables.load.c.source, table.c.area, table.c.why, table.c.text)
        )
        return [(str(s), str(a), str(w), str(t), int(n)) for s, a, w, t, n in map(tuple, self._all(query))]

    def geography(self, upto: int | None = None) -> tuple[int, bytes, bytes] | None:
        """(id, areas, leaves) of the newest geography, or of the newest up to a version."""
        table = tables.geography
        query = select(table.c.load, table.c.areas, table.c.leaves).order_by(table.c.load.desc()).limit(1)
        if upto is not None:
            query = query.where(table.c.load <= upto)
        rows = self._all(query)
        return (rows[0].load, rows[0].areas, rows[0].leaves) if rows else None

    def geography_id(self, upto: int | None = None) -> int | None:
        """The newest geography's load, or the newest up to a version; None if there is none."""
        query = select(func.max(tables.geography.c.load))
        if upto is not None:
            query = query.where(tables.geography.c.load <= upto)
        number: int | None = self._all(query)[0][0]
        return number

    def geography_report(self, number: int) -> Mapping[str, Any]:
        """What was noticed when geography ``number`` was made."""
        table = tables.geography
        rows = self._all(select(table.c.report).where(table.c.load == number))
        return rows[0].report if rows else {}

    def geography_leaves(self, number: int) -> tuple[bytes, bytes]:
        """(areas, leaves) of one geography."""
        table = tables.geography
        row = self._all(select(table.c.areas, table.c.leaves).where(table.c.load == number))[0]
        return row.areas, row.leaves
