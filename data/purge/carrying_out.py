"""Carrying a plan out: begun all at once, done as often as it takes, closed with a certificate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from data.access.audit import MACHINE, ORIGIN, Log, add_line, last_of
from data.access.certificates import Certificate, certificates, digest_of, keep_file, signed
from data.access.tables import certificate, entry, session
from data.engine import utcnow
from data.errors import StoreError
from data.events.book import Events
from data.events.purge import TABLES as EVENT_TABLES
from data.events.purge import empty
from data.purge.planning import Plan
from data.purge.rewriting import destroy_files, rewrite, secure
from data.purge.tickets import empty_days
from data.retention import take_away
from data.store import Store
from data.words import Both

#: Tables that lose rows or bytes, by database.
STORE_TABLES = ("code_day", "reject", "load")
BOOK_TABLES = ("entry", "session", "certificate")


def begin(log: Log, made: Plan, who: str) -> Certificate:
    """Writes the certificate and its line, and takes out lines and sessions: all at once. From here on it is done."""
    with log.access.writing() as connection:
        secure(connection)
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
