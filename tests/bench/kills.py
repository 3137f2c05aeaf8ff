"""SIGKILL at random moments of a build, a load and a pass over the inbox, on SQLite and on PostgreSQL, while another
process does the same; after each the store and the files are held against what was sent, counted by itself.

A kill counts if its process was still at work. After each: the store opens, its versions are whole and without a gap,
every file lies in one place and is loaded at most once (and if it is done, it is), the sums of the cube are those of
the files' rows, and the chain holds. Every so often all is left to finish: then every file is loaded, once.
"""

from __future__ import annotations

import csv
import datetime as dt
import multiprocessing
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import text

from dashboard.commands.inbox import once
from data.chain import verify
from data.chain.rows import delivered
from data.city import read_city
from data.deliveries import sha256_of
from data.engine import Connected
from data.migrate import revision_of
from data.settings import make_home, read_home
from data.store import Store, sqlite_url
from grid.build import build
from grid.cube import Cube
from tests import postgres
from tests.bench.table import Verdict, show
from tests.tiny import DISTRICTS, STREETS, Knobs, tiny_city, write_csv

KILLS = 300
#: Kills after which all is left to finish, and a new city begun.
EACH = 25

Day = dt.date
FIRST = Day(2022, 3, 1)

SOURCES = """
[[system]]
id = "city"
name = "安城通"
name_en = "Ancheng Code"
owner = "安城市数据局"
primary = true

[[source]]
name = "table"
kind = "cases"
path = "in/table*.csv"
columns = { day = "日期", district = "区", street = "街道", count = "人数" }
constants = { status = "case" }

[[source]]
name = "people"
kind = "cases"
path = "in/people*.csv"
columns = { id = "编号", day = "日期", status = "类别", district = "区", street = "街道" }

[[source]]
name = "assignments"
kind = "assignments"
path = "in/assignments*.csv"
columns = { code = "代码" }
"""
HEADS = {
    "table": ["日期", "区", "街道", "人数"],
    "people": ["编号", "日期", "类别", "区", "街道"],
    "assignments": ["日期", "假名", "码色", "赋码日期", "代码"],
}


@dataclass(frozen=True)
class Sent:
    """A file as it was sent: its rows, cases by street, and rows that are not green."""

    source: str
    day: Day
    rows: int
    cases: Counter[str]
    chained: int


@dataclass
class Site:
    """A home whose city gets files, either where its city file looks for them or by inbox."""

    home: Path
    path: Path
    url: str
    role: str
    sent: dict[str, Sent] = field(default_factory=dict)
    days: int = 0

    def send(self, chance: random.Random) -> None:
        """A day's file of each source."""
        day = FIRST + dt.timedelta(days=self.days)
        self.days += 1
        for source, rows in _rows(day, chance).items():
            folder = self.home / "inbox" / source if self.role == "inbox" else self.path.parent / "in"
            file = write_csv(folder / f".{source}-{day}.csv", HEADS[source], rows)
            file = file.rename(folder / f"{source}-{day}.csv")
            self.sent[sha256_of(file)] = _counted(source, day, file)

    def files(self) -> Iterator[tuple[str, bool]]:
        """(fingerprint, whether it is done) of every file that lies where one may."""
        if self.role != "inbox":
            yield from ((sha256_of(path), False) for path in (self.path.parent / "in").glob("*.csv"))
            return
        for path in (self.home / "inbox").rglob("*.csv"):
            yield sha256_of(path), path.is_relative_to(self.home / "inbox/done")


def _rows(day: Day, chance: random.Random) -> dict[str, Sequence[Sequence[object]]]:
    places = [(DISTRICTS[code[:6]][0], name) for code, (name, _, _) in STREETS.items()]
    table = [(day, *place, chance.randrange(50)) for place in places]
    people = [(f"P{day}-{n}", day, "确诊", *chance.choice(places)) for n in range(40)]
    colours = chance.choices(["绿码", "黄码", "红码"], [6, 1, 1], k=200)
    codes = [
        (day, f"{n:08}", colour, None if colour == "绿码" else day, chance.choice(list(STREETS)))
        for n, colour in enumerate(colours)
    ]
    return {"table": table, "people": people, "assignments": codes}


def _counted(source: str, day: Day, path: Path) -> Sent:
    """What a file says, read by nothing of ours."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cases: Counter[str] = Counter()
    for row in rows if source != "assignments" else ():
        cases[row["街道"]] += int(row.get("人数") or 1) if source == "people" else int(row["人数"])
    chained = sum(row["码色"] != "绿码" for row in rows) if source == "assignments" else 0
    return Sent(source, day, len(rows), cases, chained)


# --- who is killed -------------------------------------------------------------------------------


def work(role: str, home: str, city: str, url: str) -> None:
    """A pass over the inbox, or a build from whatever is there; in a process of its own."""
    if role == "inbox":
        list(once(Path(home), 0.0))
        return
    settings = make_home(Path(home), Path(city), url)
    store = Store.create(settings.database)
    build(store, read_city(settings.city), settings.secret)
    store.close()


def _start(site: Site) -> BaseProcess:
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=work, args=(site.role, str(site.home), str(site.path), site.url))
    process.start()
    return process


def _finish(site: Site) -> float:
    """Everything that was sent is loaded; the seconds that it took."""
    start = time.perf_counter()
    process = _start(site)
    process.join()
    if process.exitcode:
        raise RuntimeError(f"a run that nobody disturbed ended with {process.exitcode}")
    return time.perf_counter() - start


def _kill(site: Site, seconds: float, rival: bool) -> bool:
    """Kills a run after some seconds, while a rival goes on if wanted; whether it was still at work."""
    victim = _start(site)
    other = _start(site) if rival else None
    time.sleep(seconds)
    victim.kill()
    victim.join()
    if other is not None:
        other.join()
        if other.exitcode:
            raise RuntimeError(f"the rival ended with {other.exitcode}")
    return victim.exitcode == -signal.SIGKILL


# --- what must hold ------------------------------------------------------------------------------


def faults(site: Site, *, finished: bool = False) -> list[str]:
    """What is wrong: lost, doubled, torn, sums, chain, damaged."""
    if not (site.home / "settings.toml").exists() or not _made(site.url):
        return ["lost"] if finished else []
    settings = read_home(site.home)
    store = Store.open(site.url)
    try:
        loads = store.loads()
        taken = [load for load in loads if load.kind != "geography"]
        found = ["torn"] if [load.id for load in loads] != list(range(1, len(loads) + 1)) else []
        found += ["torn" for load in taken if load.sha256 not in site.sent or load.taken != site.sent[load.sha256].rows]
        ours = Counter(load.sha256 for load in taken)
        found += ["doubled" for number in ours.values() if number > 1]
        found += _misplaced(site, ours, finished)
        if not found and taken:
            found += _sums(site, store, ours)
            proof = verify(store, delivered(store, read_city(settings.city)), settings.secret)
            chained = sum(site.sent[sha256].chained for sha256 in ours)
            waiting = site.role == "inbox" and not finished  # a load's file is on its way to where it is to lie
            unread = sum(gone.rows for gone in proof.gone)
            found += ["chain"] if proof.breaks or (unread and not waiting) or proof.rows + unread != chained else []
        return found + _damage(store)
    finally:
        store.close()


def _made(url: str) -> bool:
    """Whether a store has been made: a kill may come before."""
    database = Connected(url)
    try:
        with database.engine.connect() as connection:
            return revision_of(connection) is not None
    finally:
        database.close()


def _misplaced(site: Site, loaded: Counter[str], finished: bool) -> list[str]:
    """Files that lie nowhere or twice, are done without a load, or are not loaded though all has finished."""
    lying = Counter(sha256 for sha256, _ in site.files())
    found = ["lost" for sha256 in site.sent if lying[sha256] != 1]
    found += ["lost" for sha256, done in site.files() if done and sha256 not in loaded]
    if finished:
        found += ["lost" for sha256 in site.sent if sha256 not in loaded]
        found += ["lost" for _, done in site.files() if not done and site.role == "inbox"]
    return found


def _sums(site: Site, store: Store, loaded: Counter[str]) -> list[str]:
    """Cases of each source by street and day, against the rows of the files whose loads are there."""
    cube, found = Cube(store, read_city(site.path)), []
    for source in ("table", "people"):
        files = [sent for sha256, sent in site.sent.items() if sent.source == source and sha256 in loaded]
        if not files:
            continue
        view = cube.at(source=source)
        sums = view.sums("cases", [sent.day for sent in files])
        for number, sent in enumerate(files):
            rows = {name: view.areas.row_of[code] for code, (name, _, _) in STREETS.items()}
            made = {name: int(sums.total[number, row]) for name, row in rows.items()}
            if made != {name: sent.cases[name] for name in rows} or int(sums.total[number, 0]) != sent.cases.total():
                found.append("sums")
    return found


def _damage(store: Store) -> list[str]:
    if store.engine.dialect.name != "sqlite":
        return []
    with store.engine.connect() as connection:
        return [] if connection.execute(text("PRAGMA integrity_check")).scalar() == "ok" else ["damaged"]


# --- the bench -----------------------------------------------------------------------------------

Urls = Callable[[Path], AbstractContextManager[str]]


@contextmanager
def site(folder: Path, role: str, urls: Urls) -> Iterator[Site]:
    """A city that is new for a ``build``, and has its areas already for ``load`` and ``inbox``."""
    path = tiny_city(folder / "city", Knobs(grid="none", sources=()), SOURCES)
    (folder / "city/in").mkdir(exist_ok=True)
    with urls(folder) as url:
        made = Site(folder / "home", path, url, role)
        if role != "build":
            work("build", str(made.home), str(path), url)
            for name in HEADS:
                (made.home / "inbox" / name).mkdir()
        yield made


@dataclass
class Line:
    """A line of the table: kills, those of them that left some of the waiting files loaded and others not, kills that
    came too late, files, and faults by name."""

    kills: int = 0
    midway: int = 0
    late: int = 0
    files: int = 0
    told: Counter[str] = field(default_factory=Counter)


def kill(site_: Site, kills: int, chance: random.Random, line: Line) -> None:
    """So many kills at one city, then all is left to finish; entered into ``line``."""
    hits, seconds = 0, 1.0
    while hits < kills:
        before = _loaded(site_)
        site_.send(chance)
        rival = chance.random() < 0.5
        hit = _kill(site_, chance.uniform(0, seconds), rival)
        # most of the moments shall lie inside of the work, whatever else the machine does
        seconds *= 1.1 if hit else 0.8
        hits += hit
        line.late += not hit
        line.midway += hit and not rival and before < _loaded(site_) < len(site_.sent)
        line.told.update(faults(site_))
    _finish(site_)
    line.told.update(faults(site_, finished=True))
    line.kills += kills
    line.files += len(site_.sent)


def _loaded(site_: Site) -> int:
    """How many files are loaded."""
    if not _made(site_.url):
        return 0
    store = Store.open(site_.url)
    try:
        return sum(load.kind != "geography" for load in store.loads())
    finally:
        store.close()


def run(kills: int = KILLS, each: int = EACH) -> Verdict:
    """Kills in turn at each kind of work on each database."""
    multiprocessing.get_context("forkserver").set_forkserver_preload([__name__])
    chance = random.Random(20220701)
    lines: dict[tuple[str, str], Line] = {}
    with tempfile.TemporaryDirectory() as scratch, postgres.serve() as server:
        backends: dict[str, Urls] = {
            "sqlite": lambda folder: nullcontext(sqlite_url(folder / "kills.db")),
            "postgresql": lambda _: server.database(),
        }
        cases = [(role, name) for role in ("build", "load", "inbox") for name in backends]
        done = 0
        while done < kills:
            for role, name in cases:
                now = min(each, kills - done)
                with site(Path(scratch) / f"{done}", role, backends[name]) as made:
                    kill(made, now, chance, lines.setdefault((role, name), Line()))
                done += now
                if done >= kills:
                    break
    heads = ("work", "database", "kills", "midway", "too late", "files", "faults")
    rows = ((*case, one.kills, one.midway, one.late, one.files, one.told.total()) for case, one in lines.items())
    show(heads, rows)
    return _verdict(done, sum((one.told for one in lines.values()), Counter()))


def _verdict(kills: int, told: Counter[str]) -> Verdict:
    words: Sequence[str] = ("lost", "doubled", "torn", "sums", "chain", "damaged")
    figures = f"{kills} kills, " + ", ".join(f"{told[word]} {word}" for word in words)
    return Verdict(figures, f"{KILLS} kills, 0 of each", kills >= KILLS and not told)
