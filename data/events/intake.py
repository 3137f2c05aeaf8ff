"""Reports come in: one transaction, one event a matter, each report once.

What several threads bring at the same time is kept in one transaction (:mod:`data.events.together`), in the order in
which they came, as if each had its own.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select

from data.errors import NotFound, OneScreenError, ReportRefused
from data.events import tables
from data.events.book import Events
from data.events.classes import EventClass
from data.events.outbox import message_rows
from data.events.owner import Tree, owner_of
from data.events.report import Report, check_report, more_of, refused, same_of
from data.events.rows import add, numbers, pieces, put
from data.events.state import Row, begun, joined, until


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a report: the number of its event, and whether that is ``new``, or it was ``folded`` into one, or
    it is ``repeated``: it was taken before. ``refused``: no event, and ``error`` says why (an InputError)."""

    event: int | None
    outcome: Literal["new", "folded", "repeated", "refused"]
    error: OneScreenError | None = None


def take(events: Events, reports: Sequence[Report], tree: Tree, now: dt.datetime, by: str = "") -> list[Taken]:
    """One Taken a report, in their order, all in one transaction: when this returns, they are kept. Bad ones are
    refused one by one and the others kept. ``by``: who sent them. StoreError, then none was taken."""
    found = [_placed(events, report, tree, now, by) for report in reports]
    good = [one for one in found if isinstance(one, _Placed)]
    taken = iter(events.together(_keep, good) if good else ())
    return [next(taken) if isinstance(one, _Placed) else Taken(None, "refused", one) for one in found]


def take_one(events: Events, report: Report, tree: Tree, now: dt.datetime, by: str = "") -> Taken:
    """The same of one; raises why it is refused."""
    (taken,) = take(events, [report], tree, now, by)
    if taken.error is not None:
        raise taken.error
    return taken


@dataclass(frozen=True, slots=True)
class _Placed:
    """A report that can be taken: its row without numbers, its class, and who owns what it opens."""

    report: Report
    row: dict[str, Any]
    klass: EventClass
    owner: tuple[str, str]

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by."""
        return self.row["source"], self.row["key"]


def _placed(events: Events, report: Report, tree: Tree, now: dt.datetime, by: str) -> _Placed | OneScreenError:
    try:
        check_report(report, now)
        klass = events.classes.get(report.klass)
        if klass is None:
            known = "、".join(events.classes)
            raise refused(report, f"没有事件类别 {report.klass}；有：{known}", f"no class {report.klass}: {known}")
        chain = tree.chain(report.area, report.cell)
    except NotFound as error:
        zh, en = error.say("zh"), error.say("en")
        return refused(report, f"{zh}；请按区划代码填写 area", f"{en}; give the area by its code")
    except OneScreenError as error:
        return error
    row = asdict(report) | {"area": report.area or chain[0][1], "happened": report.happened or now}
    row["more"] = json.loads(more_of(report))
    row |= {"received": now, "by": by, "same": same_of(report, klass)}
    return _Placed(report, row, klass, owner_of(klass, chain))


def _keep(connection: Connection, placed: Sequence[_Placed]) -> list[Taken]:
    """Inside of a transaction that writes."""
    return _Batch(connection).take(placed)


#: What a report says again whenever it is sent. Where that lies is worked out here, and words may be mended.
_SAID = ("klass", "subject", "place")

# put together once: they are asked of every report
_COLUMNS = ("source", "key", "event", "happened", *_SAID)
_KNOWN = select(*(tables.report.c[name] for name in _COLUMNS)).where(
    tables.report.c.source.in_(bindparam("sources", expanding=True)),
    tables.report.c.key.in_(bindparam("keys", expanding=True)),
)
_OPEN = (
    select(tables.event)
    .where(tables.event.c.same.in_(bindparam("same", expanding=True)), tables.event.c.state != "closed")
    .order_by(tables.event.c.id)
)


def _again(one: _Placed, before: Row) -> Taken:
    """What becomes of a report whose key was taken ``before``: nothing more; but who gives two matters one key, as one
    does that counts from 1 after each start, is told, or the second would be lost."""
    told = one.report.happened
    other = any(one.row[name] != before[name] for name in _SAID) or told not in (None, before["happened"])
    return Taken(None, "refused", of_another(one.report)) if other else Taken(before["event"], "repeated")


def of_another(report: Report) -> ReportRefused:
    """Why a report is not taken under a key that was another's; of what that one told it says nothing."""
    return refused(report, "编号已用于另一次上报，请换新编号", "the key was another report's: give this one its own")


@dataclass
class _Batch:
    """The reports of one transaction. ``open``: what makes events the same -> rows of those that are not closed;
    ``fresh``, ``grown``: rows of events that are new, or have more reports, by number."""

    connection: Connection
    open: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    fresh: dict[int, dict[str, Any]] = field(default_factory=dict)
    grown: dict[int, dict[str, Any]] = field(default_factory=dict)
    reports: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def take(self, placed: Sequence[_Placed]) -> list[Taken]:
        known = self._known(placed)
        new = [one for one in placed if one.key not in known]
        if not new:
            return [_again(one, known[one.key]) for one in placed]
        self._find_open(new)
        self._number(len({one.key for one in new}))
        taken = []
        for one in placed:
            before = known.get(one.key)
            taken.append(self._one(one, known) if before is None else _again(one, before))
        self._write()
        return taken

    def _known(self, placed: Sequence[_Placed]) -> dict[tuple[str, str], Row]:
        sources, found = sorted({one.row["source"] for one in placed}), dict[tuple[str, str], Row]()
        for part in pieces(sorted({one.row["key"] for one in placed})):
            rows = self.connection.execute(_KNOWN, {"sources": sources, "keys": part})
            found |= {(row.source, row.key): dict(row._mapping) for row in rows}
        return found

    def _find_open(self, new: Sequence[_Placed]) -> None:
        for part in pieces(sorted({one.row["same"] for one in new if one.row["same"]})):
            for row in self.connection.execute(_OPEN, {"same": part}):
                self.open.setdefault(row.same, []).append(dict(row._mapping))

    def _number(self, most: int) -> None:
        first = numbers(self.connection, events=most, reports=most, changes=most)
        self._events, self._reports, self._changes = (iter(range(one + 1, one + 1 + most)) for one in first)

    def _one(self, one: _Placed, known: dict[tuple[str, str], Row]) -> Taken:
        row = self._same(one)
        report = {**one.row, "id": next(self._reports)}
        if row is None:
            event, outcome = self._begin(report, one), "new"
        else:
            event, outcome = self._join(row, report), "folded"
        known[one.key] = {**report, "event": event}
        self.reports.append({**{name: value for name, value in report.items() if name != "same"}, "event": event})
        return Taken(event, outcome)  # type: ignore[arg-type]

    def _same(self, one: _Placed) -> dict[str, Any] | None:
        """The newest open event of the same matter within the window."""
        window, happened = dt.timedelta(minutes=one.klass.fold), one.row["happened"]
        near = [row for row in self.open.get(one.row["same"], ()) if abs(happened - row["latest"]) <= window]
        return near[-1] if near else None

    def _begin(self, report: Mapping[str, Any], one: _Placed) -> int:
        event, now = next(self._events), report["received"]
        change = {
            "id": next(self._changes), "event": event, "number": 1, "what": "opened", "at": now,
            "by": report["by"], "role": "", "key": None, "note": "", "evidence": [], "state": "open",
            "level": one.owner[0], "owner": one.owner[1], "more": {}, "until": until(one.klass, now),
        }  # fmt: skip
        self.changes.append(change)
        self.fresh[event] = begun(report, change)
        if report["same"]:
            self.open.setdefault(report["same"], []).append(self.fresh[event])
        return event

    def _join(self, row: dict[str, Any], report: Mapping[str, Any]) -> int:
        row.update(joined(row, report))
        if row["id"] not in self.fresh:
            self.grown[row["id"]] = row
        return int(row["id"])

    def _write(self) -> None:
        add(self.connection, tables.event, list(self.fresh.values()))
        put(self.connection, list(self.grown.values()))
        add(self.connection, tables.report, self.reports)
        add(self.connection, tables.change, self.changes)
        add(self.connection, tables.message, list(self._messages()))

    def _messages(self) -> Iterator[dict[str, Any]]:
        for change in self.changes:
            yield from message_rows(self.fresh[change["event"]], change, [change["owner"]])
