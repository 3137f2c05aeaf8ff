"""Days of code ledgers, the slabs of their colours, and the chain over them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Select, and_, select

from data import tables
from data.code_days import COMBINATION, GROUP, TICKET, CodeDay
from data.engine import Connected
from data.errors import LoadNotFound
from data.slabs import unpack_rows

Day = dt.date

#: Which slabs are of colours, as a range that the primary key's index answers.
OF_COLOURS = and_(tables.slab.c.count >= "code", tables.slab.c.count < "codf")


class CodeReader(Connected):
    """Questions about code ledgers."""

    def code_days(self, version: int) -> list[tuple[Day, str, int]]:
        """(day, source, load) of the days of code ledgers, as last stated up to ``version``, in order of day. Of one
        source's loads of a day every one that tells a system of which no later one does (data.code_days.standing)."""
        table = tables.code_day
        query = (
            select(table.c.day, table.c.source, table.c.load, table.c.notes)
            .where(table.c.load <= version)
            .order_by(table.c.day, table.c.source, table.c.load.desc())
        )
        loads = groupby(self._all(query), key=lambda row: (row.day, row.source))
        return [(*key, load) for key, told in loads for load in _still_telling(told)]

    def code_tellings(self, version: int) -> list[tuple[Day, str, int]]:
        """Every (day, source, load) of code ledgers up to ``version``, oldest load first."""
        table = tables.code_day
        query = select(table.c.day, table.c.source, table.c.load).where(table.c.load <= version)
        return [(row.day, row.source, row.load) for row in self._all(query.order_by(table.c.load))]

    def code_day(self, day: Day, source: str, load: int) -> CodeDay:
        """One day of a code ledger; LoadNotFound."""
        table = tables.code_day
        query = select(table).where(table.c.day == day, table.c.source == source, table.c.load == load)
        rows = self._all(query)
        if not rows:
            raise LoadNotFound(load=load)
        return _code_day(rows[0])

    def code_groups(
        self, day: Day, source: str, load: int
    ) -> tuple[int, Mapping[str, Sequence[str]], NDArray[np.void]]:
        """(geography, words, groups) of a day of a code ledger, without the rest of it; LoadNotFound."""
        table = tables.code_day
        query = select(table.c.geography, table.c.words, table.c.groups)
        rows = self._all(query.where(table.c.day == day, table.c.source == source, table.c.load == load))
        if not rows:
            raise LoadNotFound(load=load)
        return rows[0].geography, rows[0].words, unpack_rows(rows[0].groups, GROUP)

    def code_notes(self, day: Day, source: str, load: int) -> Mapping[str, Any]:
        """The notes of a day of a code ledger, without the rest of it; LoadNotFound."""
        table = tables.code_day
        query = select(table.c.notes)
        rows = self._all(query.where(table.c.day == day, table.c.source == source, table.c.load == load))
        if not rows:
            raise LoadNotFound(load=load)
        notes: Mapping[str, Any] = rows[0].notes
        return notes

    def coded(self, load: int) -> Sequence[Row[Any]]:
        """The rows of the table code_day that ``load`` wrote, as they are stored."""
        return self._all(coded_rows(load))

    def coloured(self, load: int) -> Sequence[Row[Any]]:
        """The slabs of colours that ``load`` wrote, as they are stored."""
        return self._all(coloured_rows(load))

    def coded_keys(self) -> set[tuple[int, str, Day]]:
        """(load, source, day) of every row of the table code_day."""
        table = tables.code_day
        return {(row.load, row.source, row.day) for row in self._all(select(table.c.load, table.c.source, table.c.day))}

    def coloured_keys(self) -> set[tuple[int, str, Day]]:
        """(load, source, day) of every slab of colours."""
        table = tables.slab
        query = select(table.c.load, table.c.source, table.c.day).where(OF_COLOURS).distinct()
        return {(row.load, row.source, row.day) for row in self._all(query)}

    def chain(self, after: int = 0) -> Iterator[Row[Any]]:
        """The chain's segments in order: load, source, rows, before, head, body (see data.chain)."""
        table = tables.chain
        for number in self._all(select(table.c.load).where(table.c.load > after).order_by(table.c.load)):
            yield self._all(select(table).where(table.c.load == number.load))[0]


def _still_telling(newest_first: Iterable[Row[Any]]) -> list[int]:
    """The loads of one source about one day that are not replaced as a whole, oldest first."""
    found: list[int] = []
    newer: set[str] = set()
    for row in newest_first:
        told = row.notes.get("systems")
        if not found or (told is not None and not newer.issuperset(told)):
            found.append(row.load)
        if told is None:
            break
        newer.update(told)
    return found[::-1]


def coded_rows(load: int) -> Select[Any]:
    """What ``load`` wrote to the table code_day."""
    table = tables.code_day
    return select(table).where(table.c.load == load).order_by(table.c.day, table.c.source)


def coloured_rows(load: int) -> Select[Any]:
    """The slabs of colours that ``load`` wrote."""
    table = tables.slab
    kept = (table.c.day, table.c.source, table.c.geography, table.c.body)
    return select(table.c.count.label("count_"), *kept).where(OF_COLOURS, table.c.load == load)


def _code_day(row: Row[Any]) -> CodeDay:
    arrays = {"groups": GROUP, "combinations": COMBINATION, "tickets": TICKET}
    bodies = {name: unpack_rows(row._mapping[name], kind) for name, kind in arrays.items()}
    return CodeDay(row.source, row.day, row.geography, row.words, **bodies, load=row.load, notes=row.notes)
