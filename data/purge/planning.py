"""A purge's plan: exactly what goes, with its fingerprints."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from data import tables
from data.access.audit import Log
from data.access.tables import entry, session
from data.city import City
from data.code_days import TICKET
from data.deliveries import sha256_of
from data.engine import utcnow
from data.errors import BadQuestion
from data.events.book import Events
from data.events.purge import plan_of
from data.inbox import DONE, FOLDER
from data.purged import named
from data.retention import plan_days
from data.slabs import unpack_rows
from data.sources import SOURCES
from data.store import Load, Store
from data.words import Both

Day = dt.date
Plan = dict[str, Any]

#: Days that lines of the log are kept at least: six months.
LOG_DAYS = 183

#: Days that no number is left for.
FOR_EVER = 10**6

#: Line lists of cases join rows by an id of their own.
_LISTS = ("cases",)

#: Kinds whose files have a row a person.
PERSONAL = frozenset(
    kind.id for kind in SOURCES if kind.id in _LISTS or any(field.id == "person" for field in kind.fields)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to go: tickets and files of code days before a day, lines of the log before a day, all sessions, the
    histories of events that were closed before a day, all numbers of days before the first of a day's month, and what
    later loads had replaced before a day."""

    tickets_before: Day | None = None
    log_before: Day | None = None
    sessions: bool = False
    events_before: Day | None = None
    days_before: Day | None = None
    revisions_before: Day | None = None


def plan(
    store: Store, log: Log, home: Path, city: City, wanted: Wanted, now: dt.datetime | None = None,
    events: Events | None = None, reach: Callable[[str], int] = lambda _: FOR_EVER,
) -> Plan:  # fmt: skip
    """Exactly what goes; ``reach``: for how many days after its own a count stands, without it for ever. BadQuestion
    where lines would go that are to be kept."""
    today = (now or utcnow()).date()
    if wanted.log_before and wanted.log_before > today - dt.timedelta(days=LOG_DAYS):
        last = today - dt.timedelta(days=LOG_DAYS)
        zh, en = f"审计日志至少保留六个月，最晚可清到 {last}", f"the log is kept six months: the last day can be {last}"
        raise BadQuestion(detail=Both(zh, en))
    before = wanted.tickets_before
    files = list(_files(store, home, before)) if before else []
    return {
        "wanted": {name: value if isinstance(value, bool) else str(value) for name, value in asdict(wanted).items()
                   if value},
        "tickets": list(_tickets(store, before)) if before else [],
        "loads": _loads(store, before) if before else [],
        "files": files,
        "log": _lines(log, wanted.log_before, city) if wanted.log_before else None,
        "sessions": _count(log, session) if wanted.sessions else 0,
        "events": plan_of(events, _midnight(wanted.events_before, city)) if events and wanted.events_before else None,
        "days": plan_days(store, wanted.days_before, _known(wanted.revisions_before, city), reach),
    }  # fmt: skip


def holds_nothing(made: Plan) -> bool:
    """Whether there is nothing to destroy."""
    return not any(made[part] for part in ("tickets", "files", "loads", "log", "sessions", "events", "days"))


def _tickets(store: Store, before: Day) -> Iterator[Plan]:
    table = tables.code_day
    for load, source, day in sorted(key for key in store.coded_keys() if key[2] < before):
        row = store._all(select(table).where(table.c.load == load, table.c.source == source, table.c.day == day))[0]
        if named(row.notes) is None:
            body = bytes(row.tickets)
            yield {"load": load, "source": source, "day": day.isoformat(), "rows": len(unpack_rows(body, TICKET)),
                   "sha256": hashlib.sha256(body).hexdigest()}  # fmt: skip


def _past(store: Store, before: Day) -> Iterator[Load]:
    """Loads with a row a person that hold nothing later."""
    for load in store.loads():
        if load.kind in PERSONAL and load.last_day is not None and load.last_day < before:
            yield load


def _loads(store: Store, before: Day) -> list[int]:
    """Those of them that no certificate tells of yet."""
    return [load.id for load in _past(store, before) if named(load.notes) is None]


def _files(store: Store, home: Path, before: Day) -> Iterator[Plan]:
    """Their files in the inbox's done/, however often they were sent, with the sheets beside them. Files elsewhere are
    the sender's."""
    loads = {load.sha256: load.id for load in _past(store, before)}
    every = sorted((home.resolve() / FOLDER / DONE).rglob("*")) if loads else []
    prints = {path: sha256_of(path) for path in every if path.is_file() and not path.is_symlink()}
    gone = {path: loads[sha256] for path, sha256 in prints.items() if sha256 in loads}
    for path, sha256 in prints.items():
        load = gone.get(path) or next((n for one, n in gone.items() if _beside(path, one)), None)
        if load is not None:
            yield {"load": load, "path": path.relative_to(home.resolve()).as_posix(), "bytes": path.stat().st_size,
                   "sha256": sha256}  # fmt: skip


def _beside(path: Path, delivered: Path) -> bool:
    """Whether a file is a sheet of what was returned of another."""
    return path.parent == delivered.parent and path.name.startswith(f"{delivered.name}.")


def _lines(log: Log, before: Day, city: City) -> Plan | None:
    """The lines of the log that are older than a day of the city, from the first."""
    moment = _midnight(before, city)
    kept = log.access._all(select(func.min(entry.c.id)).where(entry.c.at >= moment))[0][0]
    query = select(entry.c.id, entry.c.head).where(entry.c.at < moment).order_by(entry.c.id)
    gone = [row for row in log.access._all(query) if kept is None or row.id < kept]
    if not gone:
        return None
    heads = hashlib.sha256("".join(row.head for row in gone).encode()).hexdigest()
    return {"first": gone[0].id, "through": gone[-1].id, "head": gone[-1].head, "lines": len(gone), "sha256": heads}


def _known(day: Day | None, city: City) -> dt.datetime | None:
    return None if day is None else _midnight(day, city)


def _midnight(day: Day, city: City) -> dt.datetime:
    """When a day of the city begins, in UTC without zone."""
    midnight = dt.datetime.combine(day, dt.time(), ZoneInfo(city.timezone))
    return midnight.astimezone(dt.UTC).replace(tzinfo=None)


def _count(log: Log, table: Any) -> int:
    return int(log.access._all(select(func.count()).select_from(table))[0][0])
