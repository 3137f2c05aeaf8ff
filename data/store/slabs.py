"""Slabs: what was counted, by count, day and source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select

from data import tables
from data.engine import Connected
from data.slabs import Vector, start_of, unpack

Day = dt.date


@dataclass(frozen=True, slots=True)
class Slab:
    """One stored vector with what it is about: ``vector`` over the leaves of ``geography`` from ``start`` on."""

    count: str
    day: Day
    source: str
    geography: int
    vector: Vector
    start: int = 0


def _newest_slabs() -> Select[Any]:
    """Of every (count, day, source) asked for its newest slab. Made once: putting a statement together
    takes SQLAlchemy four times as long as SQLite takes to answer it."""
    table = tables.slab
    wanted = (
        table.c.count.in_(bindparam("counts", expanding=True)),
        table.c.day.between(bindparam("first"), bindparam("last")),
        table.c.load <= bindparam("version"),
    )
    what = (table.c.count, table.c.day, table.c.source)
    newest = select(*what, func.max(table.c.load).label("load")).where(*wanted).group_by(*what).subquery()
    same = and_(
        *(table.c[name] == newest.c[name] for name in ("count", "day", "source", "load")),
        table.c.day.between(bindparam("first"), bindparam("last")),  # PostgreSQL then opens the parts of these days
    )
    # ``count`` is a method of every row object: the column is read under another name
    return select(table.c.count.label("count_"), table.c.day, table.c.source, table.c.geography, table.c.body).join(
        newest, same
    )


_NEWEST_SLABS = _newest_slabs()


class SlabReader(Connected):
    """Questions about what was counted."""

    def slabs(self, counts: Iterable[str], first: Day, last: Day, version: int) -> list[Slab]:
        """The vectors of ``counts`` on the days from ``first`` to ``last`` as of ``version``."""
        asked = {"counts": list(counts), "first": first, "last": last, "version": version}
        return [
            Slab(row.count_, row.day, row.source, row.geography, unpack(row.body), start_of(row.body))
            for row in self._all(_NEWEST_SLABS, asked)
        ]

    def tellings(self, counts: Iterable[str] | None, version: int, after: int = 0) -> list[tuple[str, Day, str, int]]:
        """Every (count, day, source, load) that told anything of ``counts``, or of any count, later than load ``after``
        and up to ``version``, oldest load first."""
        table = tables.slab
        query = (
            select(table.c.count.label("count_"), table.c.day, table.c.source, table.c.load)
            .where(table.c.load > after, table.c.load <= version)
            .order_by(table.c.load)
        )
        if counts is not None:
            query = query.where(table.c.count.in_(list(counts)))
        return [(row.count_, row.day, row.source, row.load) for row in self._all(query)]

    def speaking(self, source: str, version: int) -> dict[Day, int]:
        """day -> the load that was the last, up to ``version``, to state anything of ``source`` about it."""
        table = tables.slab
        query = select(table.c.day, func.max(table.c.load).label("newest")).group_by(table.c.day)
        found = self._all(query.where(table.c.source == source, table.c.load <= version))
        return {row.day: row.newest for row in found}
