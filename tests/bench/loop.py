"""The closed loop: entries of days on a simulated clock, SIGKILL at random moments of intake, steps, ticks, fetches and
deliveries, on SQLite and on PostgreSQL; then every event, report, change and breach of the three-hour rule is held
against what tests.bench.loop_days reckons from the script alone.

What was not answered is sent again, as senders do. ``ONESCREEN_LOOP_ENTRIES`` and ``ONESCREEN_LOOP_KILLS`` scale it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from data.events import Events, tables, work
from data.events.arrivals import arrivals
from data.events.channels import Channel
from data.events.clock import tick
from data.events.deliver import deliver, signature
from data.events.intake import take
from data.events.outbox import fetch
from data.events.owner import Units
from data.events.rebuild import wrong
from data.events.report import Report
from data.store import sqlite_url
from tests import postgres
from tests.bench.loop_days import CITY, DISTRICTS, EACH, HOURS, Days, Scan, days, expected
from tests.bench.table import Verdict, show

ENTRIES = int(os.environ.get("ONESCREEN_LOOP_ENTRIES", "50000"))
KILLS = int(os.environ.get("ONESCREEN_LOOP_KILLS", "100"))

UNITS = Units({CITY: ("city", "")} | dict.fromkeys(DISTRICTS, ("district", CITY)))
SECRET = "sixteen letters!"


# --- who is killed -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Job:
    """A script on a book. ``done``: a file as long as there are steps that were finished; ``url``: the receiver."""

    database: str
    home: str
    entries: int
    seed: int
    done: str
    url: str
    hours: int = HOURS

    def script(self) -> Days:
        """What is to come."""
        return days(self.entries, self.seed, self.hours)


def play(job: Job) -> None:
    """Goes on with the script where its last step was finished; in a process of its own."""
    script = job.script()
    events = Events.beside(job.database, Path(job.home))
    channels = [Channel(name="city", area=CITY, kind="webhook", address=job.url, secret=SECRET, below=False)]
    with Path(job.done).open("ab", buffering=0) as done:
        for step in range(done.tell(), script.steps):
            _step(events, script, step, channels)
            done.write(b".")
    events.close()


def _step(events: Events, script: Days, step: int, channels: Sequence[Channel]) -> None:
    now = script.moment(step)
    scans = script.coming(step)
    if scans:
        take(events, [_report(scan) for scan in scans], UNITS, now)
    for district in script.fetches.get(step, ()):
        fetch(events, [district], now, classes=["arrival"], limit=10**6)
    for deed in script.deeds.get(step, ()):
        (taken,) = take(events, [_report(deed.scan)], UNITS, now)
        assert taken.event is not None
        key = f"{deed.name}-{deed.scan.key}"
        getattr(work, deed.name)(events, taken.event, by="wang", role="official", key=key, now=now)
    tick(events, UNITS, now)
    if step % 12 == 0:
        deliver(events, channels, now)


def _report(scan: Scan) -> Report:
    return Report(scan.source, scan.key, "arrival", scan.district, subject=scan.subject, happened=scan.happened)


# --- who is told ---------------------------------------------------------------------------------


@contextmanager
def receiver() -> Iterator[tuple[str, Counter[str]]]:
    """(address, how often each message came) of a real receiver that checks signatures."""
    told: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # one connection for many messages
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            good = self.headers["X-OneScreen-Signature"] == signature(SECRET, self.headers["X-OneScreen-Time"], body)
            told[json.loads(body)["message"] if good else "forged"] += 1
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- what must hold ------------------------------------------------------------------------------


def faults(events: Events, job: Job, told: Counter[str]) -> Counter[str]:
    """What is wrong at the end: by name, how many."""
    script = job.script()
    entries, found = expected(script), Counter[str]()
    reports = events._all(select(tables.report.c.source, tables.report.c.key, tables.report.c.event))
    keys = Counter((row.source, row.key) for row in reports)
    sent = {(scan.source, scan.key) for scan in script.scans}
    found["lost"] = len(sent - keys.keys())
    found["doubled"] = sum(number - 1 for number in keys.values()) + len(keys.keys() - sent)
    parts: dict[int, set[tuple[str, str]]] = {}
    for row in reports:
        parts.setdefault(row.event, set()).add((row.source, row.key))
    ours, theirs = {frozenset(part) for part in parts.values()}, {frozenset(entry.keys) for entry in entries}
    found["folded"] = len(ours ^ theirs)
    found["ownerless"] = ownerless(events)
    found["rows"] = len(wrong(events))
    listed = {(one.subject, one.entered) for one in arrivals(events, script.moment(0), script.moment(script.steps))
              if _breach(one.pushed(one.area), one.entered)}  # fmt: skip
    found["breaches"] = len(listed ^ {(entry.subject, entry.entered) for entry in entries if entry.breach})
    found["deeds"] = _deeds(events, script)
    found["untold"] = _untold(events, told)
    return +found


def ownerless(events: Events) -> int:
    """Events and changes whose owner is no unit of the city."""
    owners = events._all(select(tables.event.c.owner).union_all(select(tables.change.c.owner)))
    return sum(row.owner not in UNITS.units for row in owners)


def _breach(pushed: Any, entered: Any) -> bool:
    return pushed is None or (pushed - entered).total_seconds() > 3 * 3600


def _deeds(events: Events, script: Days) -> int:
    wanted = {f"{deed.name}-{deed.scan.key}" for each in script.deeds.values() for deed in each}
    made = Counter(row.key for row in events._all(select(tables.change.c.key).where(tables.change.c.key.is_not(None))))
    return len(wanted ^ made.keys()) + sum(number - 1 for number in made.values())


def _untold(events: Events, told: Counter[str]) -> int:
    """Messages that should have come by the channel and did not, or came though nobody wrote them."""
    table = tables.message
    rows = events._all(select(table.c.id, table.c.sent).where(table.c.area == CITY))
    return len({row.id for row in rows if row.sent is not None} ^ set(told))


# --- the kills -----------------------------------------------------------------------------------


@dataclass
class Line:
    """What a run was: kills and restarts, seconds, what came of it."""

    entries: int = 0
    scans: int = 0
    events: int = 0
    breaches: int = 0
    kills: int = 0
    seconds: float = 0
    twice: int = 0
    told: Counter[str] = field(default_factory=Counter)


def _start(job: Job) -> BaseProcess:
    process = multiprocessing.get_context("forkserver").Process(target=play, args=(job,))
    process.start()
    return process


def torture(job: Job, kills: int, chance: random.Random) -> int:
    """Plays the script to its end, killed at so many random moments; how many of them hit."""
    done, hits = Path(job.done), 0
    steps = job.script().steps
    moments = iter(sorted(chance.sample(range(1, steps - 1), kills)))
    while True:
        process, moment = _start(job), next(moments, None)
        while moment is not None and process.is_alive() and _size(done) < moment:
            time.sleep(0.002)
        if moment is not None:
            time.sleep(chance.uniform(0, 0.02))
            process.kill()
        process.join()
        if process.exitcode == 0:
            return hits
        if process.exitcode != -9:
            raise RuntimeError(f"a run ended with {process.exitcode}")
        hits += 1


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def measure(database: str, folder: Path, entries: int, kills: int, seed: int = 1, hours: int = HOURS) -> Line:
    """One run on one database."""
    folder.mkdir(exist_ok=True)
    start = time.perf_counter()
    with receiver() as (url, told):
        job = Job(database, str(folder), entries, seed, str(folder / "done"), url, hours)
        script = job.script()
        hits = torture(job, kills, random.Random(seed))
        seconds = time.perf_counter() - start
        events = Events.beside(database, folder)
        deliver(events, [Channel(name="city", area=CITY, kind="webhook", address=url, secret=SECRET, below=False)],
                script.moment(script.steps))  # fmt: skip
        found = faults(events, job, told)
        rows = int(events._all(text("SELECT count(*) FROM event"))[0][0])
        events.close()
    breaches, twice = sum(entry.breach for entry in expected(script)), sum(number - 1 for number in told.values())
    return Line(entries, len(script.scans), rows, breaches, hits, seconds, twice, found)


def run() -> Verdict:
    """The script with its kills on each database."""
    multiprocessing.get_context("forkserver").set_forkserver_preload([__name__])
    lines: dict[str, Line] = {}
    with tempfile.TemporaryDirectory() as scratch, postgres.serve() as server:
        backends: dict[str, Callable[[], AbstractContextManager[str]]] = {
            "sqlite": lambda: nullcontext(sqlite_url(Path(scratch) / "sqlite" / "onescreen.db")),
            "postgresql": server.database,
        }
        for name, database in backends.items():
            with database() as url:
                lines[name] = measure(url, Path(scratch) / name, ENTRIES, KILLS)
    heads = ("database", "entries", "scans sent", "events", "breaches", "kills", "told twice", "s", "faults")
    show(heads, ((name, one.entries, one.scans, one.events, one.breaches, one.kills, one.twice, f"{one.seconds:.0f}",
                  dict(one.told) or 0) for name, one in lines.items()))  # fmt: skip
    return verdict(lines)


def verdict(lines: dict[str, Line]) -> Verdict:
    """Whether every run was killed often enough and has no fault."""
    kills, entries = min(one.kills for one in lines.values()), min(one.entries for one in lines.values())
    told = sum((one.told for one in lines.values()), Counter[str]())
    breaches = " and ".join(str(one.breaches) for one in lines.values())
    words = ("lost", "doubled", "folded", "ownerless", "rows", "breaches", "deeds", "untold")
    figures = ", ".join(f"{told[word]} {word}" for word in words)
    return Verdict(
        f"{entries} entries on a clock of {EACH} min, {kills} kills on each database, {breaches} breaches; {figures}",
        f"{ENTRIES} entries, {KILLS} kills, 0 faults of each kind",
        not told and kills >= KILLS * 0.9,
    )
