"""The board of jobs: what was ordered, how far it is, and the files that came of it, for every process that serves.

It lies beside the store: with SQLite in a file of its own, ``jobs.db``, with PostgreSQL in the schema ``jobs``, on
whatever machine its readers ask. Whoever takes an order works on it, and says by a *beat* that it is still there; a job
without one for :data:`STALE` seconds is lost. Beats are told by the database's clock, which all share.

Nothing here is worth keeping: a backup has none of it, and where its tables are of another release's shape they are
made anew. What is gone is ordered again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.schema import CreateTable

from data.access.book import OWNER, book_url, go_to_schema
from data.engine import MEMORY, Connected
from data.errors import JobNotFound
from data.tables import metadata as _store
from data.words import Both

FILE = "jobs.db"
SCHEMA = "jobs"

State = Literal["waiting", "running", "done", "failed", "cancelled"]
LIVE = ("waiting", "running")

MOST_WAITING = 16
MOST_KEPT = 64
MOST_BYTES = 256_000_000

#: Seconds between two beats, and without one after which a process is taken for dead: five beats may be late, because a
#: large report or a full disk holds up the others.
BEAT = 5
STALE = 30

#: What is said of a job whose process is gone.
LOST = Both("制作它的进程已中断，请重新提交", "the process that worked on it is gone: order it anew")

metadata = MetaData(naming_convention=_store.naming_convention)

#: A job. ``owner`` and ``key`` are digests, ``about`` is what was said of it when it was ordered, ``error`` both
#: languages' words once it failed, ``beat`` the second in which somebody last worked on it.
job = Table(
    "job",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("owner", String(64), nullable=False),
    Column("key", String(64), nullable=False, index=True),
    Column("about", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("done", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("error", JSON),
    Column("beat", BigInteger, nullable=False),
)

#: One file of a job that is done; ``place`` among its files, ``size`` in bytes.
file = Table(
    "file",
    metadata,
    Column("job", Integer, ForeignKey("job.number", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

#: Which shape these tables have.
shape = Table("shape", metadata, Column("digest", String(64), primary_key=True))

SHAPE = hashlib.sha256("".join(str(CreateTable(one)) for one in metadata.sorted_tables).encode()).hexdigest()

_LIVE = job.c.state.in_(LIVE)


class JobsFull(Exception):
    """As many jobs wait as may."""


@dataclass(frozen=True)
class Job:
    """One piece of work as it stood when somebody asked: ``done`` of ``steps``; ``files``: (name, bytes) of each."""

    id: str
    about: Mapping[str, Any]
    state: State
    done: int = 0
    steps: int = 1
    files: tuple[tuple[str, int], ...] = ()
    error: Both | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in LIVE


class Board(Connected):
    """The board, open. Its writers queue on a lock of their own, so that no load is waited for."""

    lock = 0x15CF1

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._turn = RLock()
        self._make()

    @classmethod
    def beside(cls, database: str, home: Path) -> Board:
        """The board of an installation whose store is at ``database``; made where there is none."""
        if database.startswith("sqlite"):
            (home / FILE).touch(OWNER)  # reports are in it, for their readers alone
        return cls(book_url(database, home, FILE, SCHEMA))

    @classmethod
    def alone(cls) -> Board:
        """A board of this process, in memory."""
        return cls(MEMORY)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """As everywhere; the threads of one process take turns, so that none of them sleeps for long."""
        with self._turn, super().writing() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """As everywhere; what lies in memory has one connection, which one at a time can use."""
        if self.url != MEMORY:
            with super().snapshot() as connection:
                yield connection
            return
        with self._turn, super().snapshot() as connection:
            yield connection

    def _make(self) -> None:
        with self.writing() as connection:
            if connection.dialect.name == "postgresql":
                go_to_schema(connection, SCHEMA)
            if _shape_of(connection) != SHAPE:
                there = MetaData()
                there.reflect(connection)
                there.drop_all(connection)
                metadata.create_all(connection)
                connection.execute(insert(shape).values(digest=SHAPE))

    # who orders --------------------------------------------------------------------------------------

    def order(self, owner: str, key: str, about: Mapping[str, Any]) -> tuple[Job, bool]:
        """The job of this key, and whether it is new: the one that there is, unless it failed or was cancelled, or
        whoever worked on it is gone. Whoever is told of a new one works on it. JobsFull."""
        with self.writing() as connection:
            now = _lapsed(connection)
            known = select(job).where(job.c.owner == owner, job.c.key == key, _LIVE | (job.c.state == "done"))
            row = connection.execute(known).first()
            if row is not None:
                return _read(connection, row, now), False
            if _count(connection, job.c.state == "waiting") >= MOST_WAITING:
                raise JobsFull
            made = Job(secrets.token_urlsafe(12), about, "waiting")
            values = {"id": made.id, "owner": owner, "key": key, "about": dict(about), "state": made.state,
                      "done": made.done, "steps": made.steps, "beat": now}  # fmt: skip
            connection.execute(insert(job).values(values))
            _forget(connection)
            return made, True

    def find(self, owner: str, id: str) -> Job:
        """The job of this id; JobNotFound also if it is somebody else's."""
        with self.snapshot() as connection:
            row = connection.execute(select(job).where(job.c.id == id, job.c.owner == owner)).first()
            if row is None:
                raise JobNotFound(job=id)
            return _read(connection, row, _now(connection))

    def cancel(self, owner: str, id: str) -> Job:
        """The job, which will not go on; one that is over stays as it is. JobNotFound."""
        with self.writing() as connection:
            _lapsed(connection)
            mine = (job.c.id == id, job.c.owner == owner, _LIVE)
            connection.execute(update(job).where(*mine).values(state="cancelled"))
        return self.find(owner, id)

    def file(self, owner: str, id: str, name: str) -> bytes | None:
        """A file of a job; None where it has none of this name."""
        query = (
            select(file.c.body)
            .join(job, job.c.number == file.c.job)
            .where(job.c.id == id, job.c.owner == owner, file.c.name == name)
            .order_by(file.c.place)
        )
        with self.snapshot() as connection:
            row = connection.execute(query).first()
        return None if row is None else bytes(row.body)

    # who works ---------------------------------------------------------------------------------------

    def begin(self, id: str) -> bool:
        """Whether the job still waits: then it runs from now on."""
        with self.writing() as connection:
            return _moved(connection, id, "waiting", state="running", beat=_now(connection))

    def step(self, id: str, done: int, steps: int) -> bool:
        """Notes how far a running job is; False where nobody wants the rest."""
        with self.writing() as connection:
            return _moved(connection, id, "running", done=done, steps=steps, beat=_now(connection))

    def beat(self, ids: Collection[str]) -> None:
        """Somebody is still there for these."""
        with self.writing() as connection:
            connection.execute(update(job).where(job.c.id.in_(ids), _LIVE).values(beat=_now(connection)))

    def end(self, id: str, files: Sequence[tuple[str, bytes]], error: Both | None = None) -> None:
        """What became of a running job: its files (name, body), or why there are none. Dropped if nobody wants it."""
        with self.writing() as connection:
            if error is not None:
                _moved(connection, id, "running", state="failed", error=[error.zh, error.en])
            elif _moved(connection, id, "running", state="done", done=job.c.steps):
                number = connection.execute(select(job.c.number).where(job.c.id == id)).scalar_one()
                for place, (name, body) in enumerate(files):
                    values = {"job": number, "place": place, "name": name, "size": len(body), "body": body}
                    connection.execute(insert(file).values(values))
            _forget(connection)


def _shape_of(connection: Connection) -> str:
    """Digest of the tables that there are; "" where there are none."""
    found = inspect(connection)
    return (connection.execute(select(shape.c.digest)).scalar() or "") if found.has_table(shape.name) else ""


def _now(connection: Connection) -> int:
    """The second that it is, by the database's clock."""
    sqlite = connection.dialect.name == "sqlite"
    query = "SELECT strftime('%s', 'now')" if sqlite else "SELECT extract(epoch FROM clock_timestamp())"
    return int(connection.execute(text(query)).scalar_one())


def _lapsed(connection: Connection) -> int:
    """Puts an end to jobs whose process is gone; the second that it is."""
    now = _now(connection)
    lost = {"state": "failed", "error": [LOST.zh, LOST.en]}
    connection.execute(update(job).where(_LIVE, job.c.beat < now - STALE).values(lost))
    return now


def _read(connection: Connection, row: Row[Any], now: int) -> Job:
    files = connection.execute(select(file.c.name, file.c.size).where(file.c.job == row.number).order_by(file.c.place))
    sizes = tuple((one.name, one.size) for one in files)
    error = Both(*row.error) if row.error else None
    found = Job(row.id, row.about, row.state, row.done, row.steps, sizes, error)
    return found if found.over or row.beat >= now - STALE else replace(found, state="failed", error=LOST)


def _moved(connection: Connection, id: str, was: State, **values: object) -> bool:
    """Whether the job was in that state, and is now as ``values`` say."""
    return connection.execute(update(job).where(job.c.id == id, job.c.state == was).values(values)).rowcount > 0


def _count(connection: Connection, *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(job).where(*where)).scalar_one())


def _forget(connection: Connection) -> None:
    """Drops the oldest that are over, while there are too many or their files too large; the last of them stays."""
    sizes = select(job.c.number, func.coalesce(func.sum(file.c.size), 0).label("size")).outerjoin(file)
    over = connection.execute(sizes.where(~_LIVE).group_by(job.c.number).order_by(job.c.number)).all()
    number, size = _count(connection), sum(one.size for one in over)
    for gone in over[:-1]:
        if number <= MOST_KEPT and size <= MOST_BYTES:
            return
        connection.execute(delete(job).where(job.c.number == gone.number))
        number, size = number - 1, size - gone.size
