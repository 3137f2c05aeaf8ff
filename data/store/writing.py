"""What one load writes, and the transaction around it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, func, insert, select, update

from data import parts, tables
from data.code_days import CodeDay
from data.engine import Connected, utcnow
from data.errors import AlreadyLoaded
from data.flows import FlowDay
from data.news import tell
from data.notices import Notice
from data.presence import Presence
from data.rejects import Reject
from data.slabs import STATEMENT, Vector, pack, pack_rows, unpack_rows
from data.store.codes import coded_rows, coloured_rows
from data.store.orders import Zone

Day = dt.date


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a city's areas and leaves begin among those of the store: one of many counts its own from nought."""

    row: int = 0
    leaf: int = 0

    def among_all(self, rows: NDArray[np.void]) -> NDArray[np.void]:
        """Rows that number the city's own leaves and areas, with the store's numbers."""
        if not self.leaf:
            return rows
        moved = rows.copy()
        for name, start in (("leaf", self.leaf), ("registered", self.row)):
            if name in (rows.dtype.names or ()):
                moved[name][rows[name] >= 0] += start
        return moved


#: Of a store of one city.
WHOLE_STORE = Seat()


class Loading(Connected):
    """Where loads are written."""

    @contextmanager
    def loading(
        self,
        *,
        source: str,
        kind: str,
        file: str,
        sha256: str,
        known: dt.datetime | None = None,
        sender: str = "",
        after: int | None = None,
        own: Collection[int] = (),
        seat: Seat = WHOLE_STORE,
    ) -> Iterator[Writer]:
        """One load: everything written inside is there whole, or not at all. ``seat``: of the city that it is about.

        ``known`` is when we learned of it (UTC; now if not given); it never runs backwards, because
        what was known cannot be un-known: an earlier moment than the newest load's is moved up to it.
        Raises StoreBusy if another loader does not finish within LOCK_SECONDS; with ``after``, the version on which
        the caller chose what to load, AlreadyLoaded if another than its ``own`` loads has since taken this very file.
        """
        with self.writing() as connection:
            if after is not None:
                _refuse_twin(connection, source, file, sha256, after, own)
            newest = connection.execute(select(func.max(tables.load.c.id), func.max(tables.load.c.known))).one()
            now = utcnow()
            number = (newest[0] or 0) + 1
            moment = max(known or now, newest[1] or known or now)
            values = {"id": number, "known": moment, "loaded": now, "source": source, "kind": kind}
            values |= {"file": _storable(file), "sha256": sha256, "sender": sender, "notes": {}}
            connection.execute(insert(tables.load).values(**values))
            tell(connection, "load")
            yield Writer(connection, number, source, seat)


def _refuse_twin(connection: Connection, source: str, file: str, sha256: str, after: int, own: Collection[int]) -> None:
    table = tables.load
    query = select(table.c.id).where(table.c.source == source, table.c.sha256 == sha256, table.c.id > after)
    others = set(connection.execute(query).scalars()) - set(own)
    if others:
        raise AlreadyLoaded(file=file, load=min(others))


class Writer:
    """What one load may write; made by :meth:`Store.loading`. Leaves and areas are numbered from its ``seat``."""

    def __init__(self, connection: Connection, number: int, source: str, seat: Seat = WHOLE_STORE) -> None:
        self.connection = connection
        self.number = number
        self.source = source
        self.seat = seat
        self.wrote: dict[str, list[dict[str, Any]]] = {}

    def close(self, **figures: Any) -> None:
        """State the load's closing figures: rows, taken, rejected, aside, first_day, last_day, notes."""
        self.connection.execute(update(tables.load).where(tables.load.c.id == self.number).values(**figures))

    def rejects(self, rejects: Sequence[Reject]) -> None:
        """Keep the rows that were not taken."""
        self._many(
            tables.reject,
            [
                {
                    "row": r.row,
                    "column": _storable(r.column),
                    "value": _storable(r.value),
                    "why": r.why,
                    "more": {name: _storable(str(value)) for name, value in r.more.items()},
                }
                for r in rejects
            ],
        )

    def unplaced(self, notes: Iterable[tuple[str, str, str, int]]) -> None:
        """Keep (area code, why, text, rows) of rows that were taken but not placed finely."""
        self._many(tables.unplaced, [{"area": a, "why": w, "text": _storable(t), "rows": n} for a, w, t, n in notes])

    def geography(self, areas: bytes, leaves: bytes, report: Mapping[str, Any]) -> None:
        """Keep a new state of the geography."""
        self._many(tables.geography, [{"areas": areas, "leaves": leaves, "report": dict(report)}])

    def statements(self, geography: int, counts: Sequence[str], rows: NDArray[np.void]) -> None:
        """Keep what the rows said; ``rows`` has dtype STATEMENT."""
        body = pack_rows(self.seat.among_all(rows))
        values = {"source": self.source, "geography": geography, "counts": list(counts), "body": body}
        self._many(tables.statement, [values])

    def earlier_statements(self, days: tuple[Day, Day] | None = None) -> list[tuple[int, list[str], NDArray[np.void]]]:
        """(geography, counts, rows) of this source's earlier loads, oldest first; with ``days`` only of
        loads that say something about the days between the two."""
        table = tables.statement
        query = select(table).where(table.c.source == self.source).order_by(table.c.load)
        if days is not None:
            query = query.join(tables.load, tables.load.c.id == table.c.load)
            query = query.where(tables.load.c.first_day <= days[1], tables.load.c.last_day >= days[0])
        return [(row.geography, row.counts, unpack_rows(row.body, STATEMENT)) for row in self.connection.execute(query)]

    def stated(self, first: Day, last: Day) -> set[tuple[str, Day]]:
        """(count, day) of the slabs that this source has on the days from ``first`` to ``last``."""
        table = tables.slab
        query = select(table.c.count.label("count_"), table.c.day).distinct()
        query = query.where(table.c.source == self.source, table.c.day.between(first, last))
        return {(row.count_, row.day) for row in self.connection.execute(query)}

    def slabs(self, geography: int, slabs: Iterable[tuple[str, Day, Vector]]) -> None:
        """Keep (count, day, vector) triples."""
        self._many(
            tables.slab,
            [
                {"count": c, "day": d, "source": self.source, "geography": geography, "body": pack(v, self.seat.leaf)}
                for c, d, v in slabs
            ],
        )

    def zones(self, zones: Iterable[Zone]) -> None:
        """Keep zones."""
        self._many(tables.zone, [_zone_row(zone, self.seat) for zone in zones])

    def notices(self, notices: Iterable[Notice]) -> None:
        """Keep notices."""
        self._many(tables.notice, [_notice_row(notice) for notice in notices])

    def code_day(self, made: CodeDay) -> None:
        """Keep a day of a code ledger."""
        arrays = {name: self.seat.among_all(getattr(made, name)) for name in ("groups", "combinations", "tickets")}
        bodies = {name: pack_rows(rows) for name, rows in arrays.items()}
        words = {name: [_storable(word) for word in listed] for name, listed in made.words.items()}
        values = {"source": made.source, "day": made.day, "geography": made.geography, "notes": dict(made.notes)}
        self._many(tables.code_day, [values | bodies | {"words": words}])

    def code_days(self) -> Sequence[Row[Any]]:
        """The rows of the table code_day that this load wrote, as they are stored."""
        return self.connection.execute(coded_rows(self.number)).all()

    def coloured(self) -> Sequence[Row[Any]]:
        """The slabs of colours that this load wrote, as they are stored."""
        return self.connection.execute(coloured_rows(self.number)).all()

    @property
    def known(self) -> dt.datetime:
        """When we learned of it, as it is stored."""
        query = select(tables.load.c.known).where(tables.load.c.id == self.number)
        moment: dt.datetime = self.connection.execute(query).scalar_one()
        return moment

    def chain_head(self) -> str:
        """The head of the chain's newest segment; 64 zeros before the first."""
        table = tables.chain
        query = select(table.c.head).order_by(table.c.load.desc()).limit(1)
        return self.connection.execute(query).scalar() or "0" * 64

    def chain(self, rows: int, before: str, head: str, body: bytes) -> None:
        """Keep a segment of the chain (see data.chain)."""
        self._many(tables.chain, [{"source": self.source, "rows": rows, "before": before, "head": head, "body": body}])

    def presence(self, made: Presence) -> None:
        """Keep people by registration and presence."""
        values = {"source": made.source, "day": made.day, "geography": made.geography}
        self._many(tables.presence, [values | {"body": pack_rows(self.seat.among_all(made.rows))}])

    def flow_day(self, made: FlowDay) -> None:
        """Keep a table of a day."""
        values = {"kind": made.kind, "source": made.source, "day": made.day}
        words = [_storable(word) for word in made.words]
        self._many(tables.flow_day, [values | {"words": words, "body": pack_rows(made.rows)}])

    def told(self, first: Day, last: Day) -> dict[tuple[str, Day], int]:
        """(count, day) -> the earlier load that was the last to tell it of this source, between two days."""
        table = tables.slab
        query = (
            select(table.c.count.label("count_"), table.c.day, func.max(table.c.load).label("newest"))
            .where(table.c.source == self.source, table.c.day.between(first, last), table.c.load < self.number)
            .group_by(table.c.count, table.c.day)
        )
        return {(row.count_, row.day): row.newest for row in self.connection.execute(query)}

    def bodies(self, load: int, days: Collection[Day]) -> list[tuple[str, Day, int, bytes]]:
        """(count, day, geography, packed vector) of what an earlier load of this source told of some days."""
        table = tables.slab
        query = select(table.c.count.label("count_"), table.c.day, table.c.geography, table.c.body)
        query = query.where(table.c.source == self.source, table.c.load == load, table.c.day.in_(list(days)))
        return [(row.count_, row.day, row.geography, row.body) for row in self.connection.execute(query)]

    def _many(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if table.name in _REMEMBERED:
            self.wrote.setdefault(table.name, []).extend(rows)
        if rows:
            parts.make(self.connection, table.name, {row["day"] for row in rows if "day" in row})
            self.connection.execute(insert(table), [{"load": self.number, **row} for row in rows])


#: What a load remembers of what it wrote, so that it can be weighed before it is committed.
_REMEMBERED = ("slab", "statement", "flow_day", "presence")


def _notice_row(notice: Notice) -> dict[str, Any]:
    names = ("source", "issued", "start", "stop", "scope", "colour", "rule")
    words = {name: _storable(getattr(notice, name)) for name in ("key", "number", "title", "authority", "text")}
    return {name: getattr(notice, name) for name in names} | words | {"areas": list(notice.areas)}


def _zone_row(zone: Zone, seat: Seat) -> dict[str, Any]:
    names = ("source", "kind", "area", "start", "stop", "geography", "shape")
    words = {"key": _storable(zone.key), "name": _storable(zone.name)}
    return {name: getattr(zone, name) for name in names} | words | {"body": pack_rows(seat.among_all(zone.covered))}


def _storable(text: str) -> str:
    """``text`` with signs in place of NUL, which PostgreSQL does not keep, and of what is text in no database: bytes of
    a file's name that its system could not read."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()
