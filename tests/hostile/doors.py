"""The doors, and what must hold at each: an answer or an error of ours in both languages, in time, nothing else.

A door takes one input at a time from a seeded stream; what went wrong is a line in its :class:`Tally`. Inputs that take
longer than PATIENCE end as faults of their own.
"""

from __future__ import annotations

import os
import random
import signal
import stat
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from dashboard.access import Rules
from dashboard.app import Screen, create_app
from dashboard.commands.inbox import once
from dashboard.queries import Desk
from dashboard.reports import schedule
from dashboard.wall import playlist
from data.access import Access
from data.access.audit import Log
from data.access.sessions import csrf_of, open_session
from data.access.users import add_user
from data.check import check
from data.city import City, Source, read_city
from data.deliveries import deliveries, delivery
from data.errors import CRSError, FileError, InputError, OneScreenError, SettingsError
from data.inbox import DONE, REJECTED
from data.read import read_frame
from data.reject_sheet import reject_sheet
from data.rules import city_rulebook
from data.rules.read import read_pack
from data.settings import SETTINGS_FILE, Settings, read_home
from data.sources import SOURCES, kind
from data.store import Store
from data.travel import read_travel
from data.walls import new_wall
from grid.build import Loader
from grid.cube import Cube
from grid.geography import fingerprint, open_geography
from tests.hostile import files, settings, web
from tests.hostile.web import Ask

#: Seconds that one input may take on a busy machine.
PATIENCE = 60


@dataclass
class Tally:
    """Inputs of a door, and what was wrong with which."""

    inputs: int = 0
    faults: list[str] = field(default_factory=list)


class Hang(BaseException):
    """An input took longer than PATIENCE: no ``except Exception`` may swallow it."""


@contextmanager
def patience(seconds: int = PATIENCE) -> Iterator[None]:
    """Ends what takes longer."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise Hang(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


PASSWORD = "nine lamps over the river"

Door = Callable[[random.Random], None]


def push(door: Door, number: int, seed: int) -> Tally:
    """So many inputs of a seeded stream through a door."""
    tally = Tally()
    for at in range(number):
        chance = random.Random(f"{seed} {at}")
        try:
            with patience():
                door(chance)
        except (Exception, Hang) as error:  # noqa: BLE001 - whatever leaves a door is the fault that is looked for
            where = traceback.extract_tb(error.__traceback__)[-1]
            tally.faults.append(f"#{seed}/{at} {type(error).__name__} {where.name}:{where.lineno} {str(error)[:300]}")
        tally.inputs += 1
    return tally


def told(error: OneScreenError) -> None:
    """An error of ours speaks both languages."""
    if not (error.say("zh") and error.say("en")):
        raise AssertionError(f"says nothing: {error!r}")


# --- files ---------------------------------------------------------------------------------------


class Reading:
    """Files as a source of any kind reads and checks them, and the sheet that goes back to the sender."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, chance: random.Random) -> None:
        """One file."""
        suffix, body = files.file(chance)
        path = self.folder / f"sent{suffix}"
        path.write_bytes(body)
        made = {"zones": "zones"}.get("zones" if "范围".encode() in body[:200] else "", chance.choice(SOURCES).id)
        source = Source(name="sent", kind=made, path=path.name, crs="EPSG:4490", max_bad_share=1)
        try:
            found = check(read_frame(path, source), kind(made), source)
        except FileError as error:
            told(error)
        else:
            said = [reject.say("zh") + reject.say("en") for reject in found.rejects]
            reject_sheet(found.rejects[:50], self.folder / "sheet.csv", "zh", said[0] if said else "")
        finally:
            path.unlink()


class Loads:
    """Files as loads of a city with every kind of source: taken whole, or no trace of them in the store."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.about = folder, read_home(home)
        self.city = read_city(self.about.city)
        self.store = Store.open(self.about.database)
        geography = open_geography(self.store)
        assert geography is not None
        self.loader = Loader(self.store, self.city, geography, self.about.secret)

    def __call__(self, chance: random.Random) -> None:
        """One file."""
        suffix, body = files.file(chance)
        path = self.folder / files.name(chance, suffix)
        path.write_bytes(body)
        source = chance.choice(self.city.sources).model_copy(update={"max_bad_share": chance.choice((0.1, 1.0))})
        before = self.store.version()
        try:
            outcome = self.loader.attempt(delivery(source, path))
        finally:
            path.unlink()
        if outcome.error is not None:
            told(outcome.error)
        if self.store.version() != before + (outcome.error is None):
            raise AssertionError(f"version {before} became {self.store.version()}")


#: Things in an inbox that are no plain files.
def _link(path: Path, chance: random.Random) -> None:
    path.symlink_to(
        chance.choice(("/etc/passwd", "/dev/zero", "/proc/self/mem", path.name, "../../settings.toml", "/", "nowhere"))
    )


def _pipe(path: Path, _: random.Random) -> None:
    os.mkfifo(path)


def _device(path: Path, _: random.Random) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except PermissionError:
        path.symlink_to("/dev/zero")


def _folder(path: Path, chance: random.Random) -> None:
    path.mkdir()
    (path / files.name(chance, ".csv")).write_text("a,b\n1,2\n", "utf-8")


def _file(path: Path, chance: random.Random) -> None:
    path.write_bytes(files.file(chance)[1])


class Inbox:
    """Whatever lies in the inbox: each is loaded, comes back, or waits; nothing is followed out of the home."""

    #: Things of one pass.
    AT_ONCE = 12

    def __init__(self, home: Path) -> None:
        self.home, self.city = home, read_city(read_home(home).city)

    def __call__(self, chance: random.Random) -> None:
        """One pass over a dozen things."""
        inbox = self.home / "inbox"
        folders = [inbox, *(inbox / source.name for source in self.city.sources), inbox / "nobody"]
        for _ in range(self.AT_ONCE):
            folder = chance.choice(folders)
            folder.mkdir(exist_ok=True)
            path = folder / files.name(chance, chance.choice((".csv", ".csv", ".xlsx", ".json", ".shp", "")))
            put = chance.choices((_file, _link, _pipe, _device, _folder), (8, 2, 1, 1, 1))[0]
            if not os.path.lexists(path):
                put(path, chance)
        waiting = 0
        for settled in once(self.home, 0.0):
            if not (settled.said.zh and settled.said.en) or (settled.kept is None and settled.state != "waiting"):
                raise AssertionError(f"nothing said: {settled}")
            waiting += settled.state == "waiting"
        left = _left(inbox)
        if len(left) > waiting:
            raise AssertionError(f"left behind without a word: {left[:3]}")


def _left(inbox: Path) -> list[Path]:
    """What still lies in the inbox and is not hidden; it is taken away, so that the next pass has its own."""
    found = []
    for here, folders, names in os.walk(inbox):
        folders[:] = [name for name in folders if name not in (DONE, REJECTED) and not name.startswith(".")]
        found += [
            Path(here, name) for name in names if not name.startswith((".", "~$")) and Path(here, name).suffix != ".tmp"
        ]
    for path in found:
        path.unlink()
    return found


# --- addresses -----------------------------------------------------------------------------------


class Site:
    """The app over a home, without a socket; a status of 500 or more, or an exception that a page noted, is a fault."""

    def __init__(self, app: Screen, token: str = "", known: Sequence[str] = ()) -> None:
        self.app, self.token, self.known = app, token, known
        self.outputs = web.real_outputs(list(app.callback_map) + [one["output"] for one in app._callback_list])

    def ask(self, asked: Ask, address: str = "127.0.0.1") -> tuple[int, bytes]:
        """The answer's status and body, for somebody at an address."""
        with structlog.testing.capture_logs() as logs:
            made = EnvironBuilder(
                method=asked.method, query_string=asked.query, data=asked.body or None, headers=Headers(asked.headers)
            )
            environ = made.get_environ()
            environ |= {"PATH_INFO": _raw(asked.path), "REQUEST_URI": asked.path, "QUERY_STRING": asked.query}
            environ["REMOTE_ADDR"] = address
            pieces, status, _ = run_wsgi_app(self.app.server, environ, buffered=True)
            body, code = b"".join(pieces), int(status.split()[0])
        noted = [line for line in logs if line["log_level"] in ("error", "critical")]
        if (code >= 500 and not (code == 503 and asked.path in AWAY)) or noted:
            line = noted[0] if noted else {}
            cause = line.get("exc_info") or line.get("error") or body[:200]
            raise AssertionError(f"{code} {asked.method} {asked.path[:200]}?{asked.query[:300]} {cause!r:.300}")
        return code, body

    def page(self, chance: random.Random) -> None:
        """A page; what the address says is never markup in it."""
        _, body = self.ask(web.page(chance))
        if b"window.hostile" in body.replace(b"&#x27;", b"'") and b"<script>window.hostile" in body:
            raise AssertionError("markup of the address stands in the page")

    def bytes(self, chance: random.Random) -> None:
        """The map's bytes."""
        self.ask(web.bytes_(chance))

    def export(self, chance: random.Random) -> None:
        """A file to take away."""
        self.ask(web.export(chance))

    def api(self, chance: random.Random) -> None:
        """The API."""
        self.ask(web.api(chance))

    def wall(self, chance: random.Random) -> None:
        """A wall."""
        self.ask(web.wall(chance, self.token))

    def gate(self, chance: random.Random) -> None:
        """Signing in and what is behind it; from many addresses, for one alone is soon told to wait."""
        self.ask(web.gate(chance, *self.known), f"10.{chance.randrange(256)}.{chance.randrange(256)}.1")

    def callback(self, chance: random.Random) -> None:
        """A callback."""
        self.ask(web.callback_of(self.outputs, chance))


#: Where an identity provider is asked, which is away: that may be said.
AWAY = ("/sign-in/provider", "/sign-in/back")


def _raw(path: str) -> str:
    """A quoted path as a server hands it on: unquoted bytes, one character each."""
    return unquote_to_bytes(path).decode("latin-1")


@contextmanager
def site(home: Path) -> Iterator[Site]:
    """The app over a home that may be written to."""
    about = read_home(home)
    store = Store.open(about.database)
    desk = Desk(Cube(store, read_city(about.city)))
    _, token = new_wall(store, name="<img src=x onerror=window.hostile=1>", area="990000")
    try:
        yield Site(create_app(desk, home=home), token)
    finally:
        store.close()


@contextmanager
def gated(home: Path) -> Iterator[Site]:
    """The same behind the gate, with an administrator signed in and a provider that does not answer."""
    about = read_home(home)
    store, access = Store.open(about.database), Access.beside(about.database, home)
    people = [
        add_user(access, login, login, "administrator", None, PASSWORD, once=False)[0] for login in ("boss", "li")
    ]
    session = open_session(access, people[0], "127.0.0.1")
    rules = Rules(sign_in="both", oidc_issuer="http://127.0.0.1:9", oidc_client="x", oidc_secret="x")
    try:
        desk = Desk(Cube(store, read_city(about.city)), Log(access))
        yield Site(create_app(desk, home=home, access=access, rules=rules), known=(session, csrf_of(session)))
    finally:
        access.close()
        store.close()


# --- settings ------------------------------------------------------------------------------------


class Files:
    """Settings files, each by what reads it."""

    def __init__(self, folder: Path, city: Path) -> None:
        self.folder, self.beside = folder, city.parent
        self.kinds: list[tuple[str, Path, Callable[[Path], Any]]] = [
            (settings.CITY, self.beside / "hostile.toml", self._city),
            (settings.WALL, folder / "wall.toml", lambda path: playlist.read(path, "x").wall(1920, 1080)),
            (settings.REPORTS, folder / "reports.toml", lambda path: schedule.read(path.parent)),
            (settings.RULES, folder / "pack.toml", read_pack),
            (settings.RULES, folder / "travel.toml", read_travel),
            ('city = "x"\ndatabase = "sqlite:///x"\nsecret = "x"\nport = 80\n', folder / SETTINGS_FILE, self._home),
        ]

    def __call__(self, chance: random.Random) -> None:
        """One file."""
        sound, path, read = chance.choice(self.kinds)
        path.write_bytes(settings.spoilt(chance, sound))
        try:
            read(path)
        except (InputError, SettingsError) as error:
            told(error)
        finally:
            path.unlink()

    def _home(self, path: Path) -> Settings:
        return read_home(path.parent)

    def _city(self, path: Path) -> City:
        city = read_city(path)
        try:
            fingerprint(city)
            deliveries(city)
            city_rulebook(city)
        except (CRSError, InputError) as error:
            told(error)
        return city
