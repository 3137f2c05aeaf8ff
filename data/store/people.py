"""People by registration and presence, and tables of flows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Row, func, select

from data import tables
from data.engine import Connected, newest
from data.flows import LAYOUTS, FlowDay
from data.presence import PRESENCE, Presence
from data.slabs import unpack_rows

Day = dt.date


class PeopleReader(Connected):
    """Questions about where people are registered, are, and go."""

    def presence_days(self, version: int) -> list[tuple[Day, str, int]]:
        """(day, source, load) of the tables of presence, as last stated up to ``version``, in order of day."""
        table = tables.presence
        query = (
            select(table.c.day, table.c.source, func.max(table.c.load))
            .where(table.c.load <= version)
            .group_by(table.c.day, table.c.source)
            .order_by(table.c.day, table.c.source)
        )
        return [(day, source, load) for day, source, load in map(tuple, self._all(query))]

    def presence(self, version: int, day: Day | None = None) -> list[Presence]:
        """People by registration and presence as last stated up to ``version``: of each source its newest day, or its
        newest up to ``day``; its first one where that is later."""
        chosen: dict[str, tuple[Day, int]] = {}
        for stated, source, load in self.presence_days(version):
            if source not in chosen or day is None or stated <= day:
                chosen[source] = stated, load
        return [self._presence(source, *found) for source, found in chosen.items()]

    def _presence(self, source: str, day: Day, load: int) -> Presence:
        table = tables.presence
        wanted = (table.c.source == source, table.c.day == day, table.c.load == load)
        row = self._all(select(table.c.geography, table.c.body).where(*wanted))[0]
        return Presence(source, day, row.geography, unpack_rows(row.body, PRESENCE))

    def flow_days(self, kind: str, version: int, first: Day = dt.date.min, last: Day = dt.date.max) -> list[FlowDay]:
        """The tables of one of the kinds of data.flows as last stated up to ``version``, in order of day."""
        table = tables.flow_day
        query = newest(table, version, "kind", "source", "day", only=(table.c.kind == kind,))
        wanted = query.where(table.c.day.between(first, last)).order_by(table.c.day, table.c.source)
        return [_flow_day(row) for row in self._all(wanted)]

    def flows_told(self, version: int) -> int:
        """The last load up to ``version`` that stated a table of any kind of data.flows; 0 where none did."""
        table = tables.flow_day
        return int(self._all(select(func.max(table.c.load)).where(table.c.load <= version))[0][0] or 0)

    def told_days(self, kind: str, version: int) -> list[Day]:
        """The days of which a table of one of these kinds speaks up to ``version``, ascending."""
        table = tables.flow_day
        query = select(table.c.day).where(table.c.kind == kind, table.c.load <= version).distinct()
        return [row.day for row in self._all(query.order_by(table.c.day))]


def _flow_day(row: Row[Any]) -> FlowDay:
    rows = unpack_rows(row.body, LAYOUTS[row.kind][0])
    return FlowDay(row.kind, row.source, row.day, tuple(row.words), rows)
