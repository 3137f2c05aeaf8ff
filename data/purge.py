"""Destroying on purpose: tickets and delivered files of days long past, what was said of closed events, old lines of
the log, sessions; and what is no longer kept of days long past (data.retention).

First a plan: exactly what goes, with its fingerprints. With it the purge begins, in one transaction of the book: the
certificate, its line in the log, and what the log and the sessions lose. From then on it will be done: whoever is
killed in between, ``onescreen purge --finish`` goes on (every step may be done twice), and ``onescreen verify`` says
that it is not at its end. At last both databases are rewritten, so that the bytes are gone too, and the certificate is
closed and handed out.

What this cannot reach: backups, copies that others hold, the database's own archive of its journal, and what a disk
keeps of blocks that were given back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from data import tables
from data.access.audit import MACHINE, ORIGIN, Log, add_line, last_of
from data.access.certificates import Certificate, certificates, digest_of, keep_file, signed
from data.access.tables import certificate, entry, session
from data.chain import Segment, day_digest, key_of, purged_digest
from data.city import City
from data.code_days import TICKET
from data.engine import Connected, said, utcnow
from data.errors import BadQuestion, Both, StoreBusy, StoreError
from data.events.book import Events
from data.events.purge import TABLES as EVENT_TABLES
from data.events.purge import empty, plan_of
from data.files import sync
from data.inbox import DONE, FOLDER
from data.purged import PURGED, TICKETS_OWN, load_seal, named
from data.retention import plan_days, take_away
from data.slabs import pack_rows, unpack_rows
from data.sources import SOURCES
from data.store import Load, Store

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

#: Tables that lose rows or bytes, by database.
STORE_TABLES = ("code_day", "reject", "load")
BOOK_TABLES = ("entry", "session", "certificate")


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


# the plan ------------------------------------------------------------------------------------------


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
    prints = {path: _sha256(path) for path in every if path.is_file() and not path.is_symlink()}
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


# carrying it out -----------------------------------------------------------------------------------


def begin(log: Log, made: Plan, who: str) -> Certificate:
    """Writes the certificate and its line, and takes out lines and sessions: all at once. From here on it is done."""
    with log.access.writing() as connection:
        _secure(connection)
        _, before = last_of(connection)
        cut = made["log"] or {"through": 0, "head": ORIGIN}
        number = (connection.execute(select(func.max(certificate.c.id))).scalar() or 0) + 1
        whole = {**made, "heads": {"before": before}}
        connection.execute(insert(certificate).values(
            id=number, at=utcnow(), who=who, plan=whole, through=cut["through"], head=cut["head"]))  # fmt: skip
        _say(connection, who, number, whole, cut)
        connection.execute(delete(entry).where(entry.c.id <= cut["through"]))
        if made["sessions"]:
            connection.execute(delete(session))
    return certificates(log)[-1]


def _say(connection: Connection, who: str, number: int, made: Plan, cut: Mapping[str, Any]) -> None:
    add_line(
        connection, who, MACHINE, "purge", certificate=number, plan=digest_of(made), through=cut["through"],
        head=cut["head"], days=len(made["tickets"]), tickets=sum(one["rows"] for one in made["tickets"]),
        files=len(made["files"]), lines=cut.get("lines", 0), sessions=made["sessions"], wanted=made["wanted"],
        events=len((made["events"] or {}).get("events", ())),
    )  # fmt: skip


def carry_out(home: Path, store: Store, log: Log, one: Certificate, secret: str, events: Events | None = None) -> Path:
    """Everything else, as often as it takes; the certificate's file. StoreBusy where somebody reads all the time.
    ``events``: the book of events, which may lack where the plan takes nothing from it."""
    gone = one.plan.get("events")  # certificates of earlier releases know of none
    if gone:
        if events is None:
            raise StoreError(detail=Both("没有打开事件库", "the book of events is not open"))
        empty(events, gone, one.id, utcnow())
        rewrite(events, EVENT_TABLES)
    empty_days(store, one, secret)
    if one.plan.get("days"):
        take_away(store, one.plan["days"], one.id, secret)
    destroy_files(home, one)
    rewrite(store, STORE_TABLES if one.plan["loads"] or one.plan["tickets"] else ("reject",))
    rewrite(log.access, BOOK_TABLES)
    return close(home, log, one, secret)


def empty_days(store: Store, one: Certificate, secret: str) -> None:
    """The tickets of the plan's days, and what of their loads tells of persons: gone, in one transaction."""
    key = key_of(secret)
    with store.writing() as connection:
        _secure(connection)
        for each in one.plan["tickets"]:
            _empty(connection, store, each, one.id, key)
        for number in one.plan["loads"]:
            _mark_load(connection, number, one.id, key)


def _empty(connection: Connection, store: Store, each: Plan, number: int, key: bytes) -> None:
    table = tables.code_day
    where = (table.c.load == each["load"], table.c.source == each["source"],
             table.c.day == Day.fromisoformat(each["day"]))  # fmt: skip
    row = connection.execute(select(table).where(*where)).one()
    if named(row.notes) is not None:
        return
    was, held = _chained(connection, row, key)
    words = {name: [""] if name in TICKETS_OWN else listed for name, listed in row.words.items()}
    purge = {"certificate": number, "rows": each["rows"], "sha256": each["sha256"], "held": held}
    values = {"words": words, "tickets": pack_rows(np.zeros(0, TICKET)), "notes": {**row.notes, PURGED: purge}}
    left = _Left({**row._mapping, **values})
    values["notes"] = {**row.notes, PURGED: {**purge, "digest": purged_digest(left, was, key)}}
    connection.execute(update(table).where(*where).values(**values))


class _Left:
    """A row of code_day as it will be."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)


def _chained(connection: Connection, row: Any, key: bytes) -> tuple[bytes, bool]:
    """(digest of the day as the chain closed it, whether the day is still what it closed)."""
    body = connection.execute(select(tables.chain.c.body).where(tables.chain.c.load == row.load)).scalar()
    if body is None:
        return b"", True
    table = tables.code_day
    query = select(table.c.source, table.c.day).where(table.c.load == row.load).order_by(table.c.day, table.c.source)
    days = [tuple(each) for each in connection.execute(query)]
    digests, at = Segment.from_bytes(bytes(body)).days, days.index((row.source, row.day))
    was = digests[at] if at < len(digests) else b""
    return was, was == day_digest(row, key)


def _mark_load(connection: Connection, number: int, certificate_: int, key: bytes) -> None:
    """The load's note, and its returned rows gone: they hold cells as they were delivered."""
    table = tables.load
    row = connection.execute(select(table.c.sha256, table.c.notes).where(table.c.id == number)).one()
    seal = load_seal(number, row.sha256, certificate_, key)
    notes = {**row.notes, PURGED: {"certificate": certificate_, "digest": seal}}
    connection.execute(update(table).where(table.c.id == number).values(notes=notes))
    connection.execute(delete(tables.reject).where(tables.reject.c.load == number))


def destroy_files(home: Path, one: Certificate) -> None:
    """Overwrites the plan's files, then takes them away."""
    for each in one.plan["files"]:
        path = home.resolve() / each["path"]
        with suppress(FileNotFoundError):
            with path.open("r+b") as file:
                file.write(b"\0" * each["bytes"])
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            sync(path.parent)


def rewrite(database: Connected, names: Sequence[str]) -> None:
    """Writes a database's files anew, without what was deleted. StoreBusy where a reader does not let go."""
    with said(), database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            for name in names:
                connection.execute(text(f'VACUUM FULL "{name}"'))
            with suppress(DBAPIError):  # an office's account may not; the next one comes by itself
                connection.execute(text("CHECKPOINT"))
            return
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
        _emptied(connection)  # zeros over what was freed, before the file gets shorter
        connection.exec_driver_sql("PRAGMA temp_store=MEMORY")
        connection.exec_driver_sql("VACUUM")
        _emptied(connection)


def _emptied(connection: Connection) -> None:
    """The journal's pages are in the database and the journal is empty."""
    busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    if busy:
        raise StoreBusy


def _secure(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def close(home: Path, log: Log, one: Certificate, secret: str) -> Path:
    """The certificate as it is handed out, and the line that closes it; its file."""
    with log.access.writing() as connection:
        row = connection.execute(select(certificate).where(certificate.c.id == one.id)).one()
        if row.done is None:
            done = utcnow()
            body = {
                "certificate": one.id, "of": str(home.resolve()), "begun": one.at.isoformat(),
                "done": done.isoformat(), "by": one.who,
                **one.plan, "heads": {**one.plan["heads"], "after": _head_of_purge(connection, one.id)},
            }  # fmt: skip
            whole = signed(body, secret)
            add_line(connection, one.who, MACHINE, "purge_done", certificate=one.id, sha256=whole["sha256"])
            connection.execute(update(certificate).where(certificate.c.id == one.id).values(done=done, said=whole))
    return keep_file(home, next(each for each in certificates(log) if each.id == one.id))


def _head_of_purge(connection: Connection, number: int) -> str:
    """Head of the line with which a purge began."""
    rows = connection.execute(select(entry.c.head, entry.c.more).where(entry.c.action == "purge"))
    return next((row.head for row in rows if row.more.get("certificate") == number), "")


def say(made: Plan) -> list[Both]:
    """A plan in a few lines."""
    tickets, cut = made["tickets"], made["log"]
    found = []
    if tickets:
        days, rows = sorted({one["day"] for one in tickets}), sum(one["rows"] for one in tickets)
        found.append(Both(
            f"赋码记录 {rows:,} 条，{len(days)} 天：{days[0]} 至 {days[-1]}；汇总数保留",
            f"{rows:,} tickets of {len(days)} days from {days[0]} to {days[-1]}; their sums stay"))  # fmt: skip
    if made["loads"]:
        size = sum(one["bytes"] for one in made["files"])
        found.append(Both(
            f"{len(made['loads'])} 批个人级台账：已送文件 {len(made['files'])} 个（{size:,} 字节）及其退回行",
            f"{len(made['loads'])} loads of persons: {len(made['files'])} delivered files ({size:,} bytes), and their "
            "returned rows"))  # fmt: skip
    if cut:
        found.append(Both(f"审计日志第 {cut['first']}–{cut['through']} 条，共 {cut['lines']:,} 条",
                          f"lines {cut['first']}-{cut['through']} of the log, {cut['lines']:,} in all"))  # fmt: skip
    if made["events"]:
        number = len(made["events"]["events"])
        zh, en = (
            f"已办结事件 {number:,} 件的上报、经过和凭证",
            f"reports, steps and evidence of {number:,} closed events",
        )
        found.append(Both(f"{zh}；用时和满意度保留", f"{en}; times and rates stay"))
    found += _say_days(made["days"]) if made["days"] else []
    if made["sessions"]:
        found.append(Both(f"登录会话 {made['sessions']:,} 个", f"{made['sessions']:,} sessions"))
    return found


def _say_days(days: Plan) -> list[Both]:
    number = sum(days["rows"].values())
    found = []
    if days["before"]:
        found.append(Both(f"{days['before']} 之前各日的数据，日后仍要用的除外",
                          f"all of days before {days['before']}, but what later days stand on"))  # fmt: skip
    if days["through"]:
        zh, en = "已被更正的数据；此前的“当时所知”不能再问", "and what was known before cannot be asked any more"
        found.append(Both(f"第 {days['through']} 版之前{zh}", f"what was replaced by version {days['through']}, {en}"))
    return [*found, Both(f"共 {number:,} 片", f"{number:,} slabs and tables of a day in all")]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


__all__ = ["LOG_DAYS", "PERSONAL", "Wanted", "begin", "carry_out", "holds_nothing", "plan", "say"]
