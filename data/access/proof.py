"""The test of the log: names the first line that was altered, is missing or was added, and an end that was cut off.

The lines are walked from the first (or from the newest cut that a certificate tells of, and a line of the log itself
confirms); each must have the next number, be chained onto the line before, be what its head was made of, and have the
head that the witness noted (:mod:`data.access.witness`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from data.access.audit import ORIGIN, Log, head_of
from data.access.tables import certificate, entry
from data.access.witness import KEPT
from data.engine import said
from data.words import Lang

#: Lines read at once.
_PIECE = 2_000

#: First lines of which the witness may know nothing: a process that is killed costs it one.
_SLACK = 10

#: What refuses to alter the log, by database.
GUARDS = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        {"entry_unaltered", "entry_kept", "entry_not_replaced", "certificate_kept", "certificate_unaltered"},
    ),
    "postgresql": (
        """SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND c.relnamespace = current_schema()::regnamespace""",
        {"entry_unaltered", "entry_kept", "entry_not_emptied", "certificate_kept", "certificate_not_emptied",
         "certificate_unaltered"},
    ),
}  # fmt: skip

_SAID: Mapping[str, tuple[str, str]] = {
    "altered": ("日志第 {line} 条被改动", "line {line} of the log was altered"),
    "missing": ("日志第 {line} 条不见了", "line {line} of the log is missing"),
    "added": ("日志第 {line} 条是后加的", "line {line} of the log was added"),
    "cut": ("日志自第 {line} 条起的末尾被截去", "the log was cut off from line {line} on"),
    "unproven": (
        "日志第 {line} 条及以前被删去，而没有一条日志证实其销毁证书",
        "the log up to line {line} was taken out, and no line confirms a certificate of it",
    ),
    "unguarded": (
        "日志的防改触发器被拆除；请先查明原因，再运行 onescreen init --upgrade",
        "what keeps the database from altering the log was taken away",
    ),
}


@dataclass(frozen=True, slots=True)
class LogBreak:
    """Where the log does not hold: ``what`` a key of the sentences above, ``line`` the number."""

    what: str
    line: int = 0

    def say(self, lang: Lang) -> str:
        """It in a sentence of the reader's language."""
        return _SAID[self.what][0 if lang == "zh" else 1].format(line=self.line)


@dataclass(frozen=True, slots=True)
class LogProof:
    """What a test came to: how many ``lines`` hold before the first of ``breaks``; the first line that should be
    there (after a cut: not 1), the newest head, how many lines the witness confirms, and whether it was there from the
    beginning: a witness that somebody took away cannot tell of an end that was cut off."""

    lines: int
    first: int
    head: str
    witnessed: int
    breaks: tuple[LogBreak, ...] = ()
    unwitnessed: bool = False


def verify_log(log: Log, newest: int | None = None) -> LogProof:
    """Hold every line against its head, the line before, and the witness; or the ``newest`` so many. StoreError."""
    through, anchor = _cut(log)
    start, head = _start(log, newest) or (through, anchor)
    noted = log.access.witness.heads() if log.access.witness else {}
    held, found = start, None
    confirmed = through == 0 or start > through
    for row in _rows(log, start):
        found = _broken(row, held + 1, head, noted)
        if found:
            break
        held, head = held + 1, row["head"]
        confirmed = confirmed or _confirms(row, through, anchor)
    if found is None:
        found = _ending(held, noted, confirmed, through)
    breaks = ([found] if found else []) + ([] if _guarded(log) else [LogBreak("unguarded")])
    seen = sum(start < line <= held for line in noted)
    alone = log.access.witness is not None and _unwitnessed(noted, through + 1, held)
    return LogProof(held - start, start + 1, head, seen, tuple(breaks), alone)


def _unwitnessed(noted: Mapping[int, str], first: int, last: int) -> bool:
    """Whether the witness knows nothing of lines that it would know of, had nobody made it anew."""
    return min(noted, default=last + 1) > max(first, last - KEPT + 1) + _SLACK


def _start(log: Log, newest: int | None) -> tuple[int, str] | None:
    """(number, head) of the line before the newest so many; None where there are no more than these."""
    if newest is None:
        return None
    rows = log.access._all(select(entry.c.id, entry.c.head).order_by(entry.c.id.desc()).offset(newest).limit(1))
    return (rows[0].id, rows[0].head) if rows else None


def _cut(log: Log) -> tuple[int, str]:
    """(last line that was taken out, its head)."""
    table = certificate
    rows = log.access._all(select(table.c.through, table.c.head).order_by(table.c.through.desc()).limit(1))
    return (int(rows[0].through), rows[0].head) if rows and rows[0].through else (0, ORIGIN)


def _broken(row: Mapping[str, Any], number: int, before: str, noted: Mapping[int, str]) -> LogBreak | None:
    """What is wrong with the line that should be the ``number``-th."""
    line = row["id"]
    if not isinstance(line, int) or line < number:
        return LogBreak("added", line if isinstance(line, int) else number)
    if line > number:
        return LogBreak("missing", number)
    if noted.get(line, row["head"]) != row["head"]:
        return LogBreak("altered", line)
    own = head_of(row) == row["head"]
    if own and row["before"] == before:
        return None
    return LogBreak("added" if own else "altered", line)


def _confirms(row: Mapping[str, Any], through: int, head: str) -> bool:
    """Whether a line tells of the cut after ``through``."""
    more = row["more"]
    return row["action"] == "purge" and (more.get("through"), more.get("head")) == (through, head)


def _ending(held: int, noted: Mapping[int, str], confirmed: bool, through: int) -> LogBreak | None:
    if max(noted, default=0) > held:
        return LogBreak("cut", held + 1)
    return None if confirmed else LogBreak("unproven", through)


def _guarded(log: Log) -> bool:
    query, names = GUARDS[log.access.engine.dialect.name]
    with said(), log.access.engine.connect() as connection:
        return names <= set(connection.execute(text(query)).scalars())


def _rows(log: Log, after: int) -> Iterator[Mapping[str, Any]]:
    """The lines in order, in one snapshot; a line that cannot be read as one comes with what could."""
    with log.access.snapshot() as connection:
        query = select(entry.c.id).order_by(entry.c.id)
        query = query.where(entry.c.id > after) if after else query
        numbers = [row.id for row in connection.execute(query)]
        for at in range(0, len(numbers), _PIECE):
            yield from _read(connection, numbers[at : at + _PIECE])


def _read(connection: Any, numbers: list[Any]) -> Iterator[Mapping[str, Any]]:
    query = select(entry).where(entry.c.id.in_(numbers)).order_by(entry.c.id)
    try:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    except (ValueError, TypeError):  # somebody wrote what is no moment, or no JSON
        if len(numbers) == 1:
            yield {"id": numbers[0], **dict.fromkeys(("head", "before", "at", "who", "role", "action", "area"), ""),
                   "people": None, "more": {}}  # fmt: skip
            return
        for number in numbers:
            yield from _read(connection, [number])
        return
    yield from rows
