"""Zones and notices, as their last loads stated them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, func, select

from data import tables
from data.engine import Connected, newest
from data.notices import Notice
from data.slabs import COVERED, unpack_rows

Day = dt.date


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone as its last load stated it; ``stop`` is the first day without it."""

    key: str
    source: str
    kind: str
    name: str
    area: str
    start: Day
    stop: Day | None
    geography: int
    covered: NDArray[np.void]
    shape: bytes | None

    @property
    def last(self) -> Day | None:
        """The last day of the zone, None while it is open."""
        return None if self.stop is None else self.stop - dt.timedelta(days=1)


class OrderReader(Connected):
    """Questions about zones and notices."""

    def zones(self, version: int) -> list[Zone]:
        """Every zone as last stated up to ``version``."""
        table = tables.zone
        query = newest(table, version, "source", "key")
        return [_zone(row) for row in self._all(query.order_by(table.c.start, table.c.id))]

    def zones_told(self, version: int) -> int:
        """The last load up to ``version`` that stated any zone; 0 where none did."""
        return int(self._all(select(func.max(tables.zone.c.load)).where(tables.zone.c.load <= version))[0][0] or 0)

    def notices(self, version: int) -> list[Notice]:
        """Every notice as last stated up to ``version``, in order of its first day."""
        table = tables.notice
        query = newest(table, version, "source", "key")
        return [_notice(row) for row in self._all(query.order_by(table.c.start, table.c.id))]


def _zone(row: Row[Any]) -> Zone:
    covered = unpack_rows(row.body, COVERED)
    return Zone(
        row.key,
        row.source,
        row.kind,
        row.name,
        row.area,
        row.start,
        row.stop,
        row.geography,
        covered,
        row.shape,
    )


def _notice(row: Row[Any]) -> Notice:
    values = {name: value for name, value in row._mapping.items() if name not in ("id", "areas")}
    return Notice(**values, areas=tuple(row.areas))
