"""Several web processes on one PostgreSQL behind one address: ``onescreen serve``, as an installation runs it."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from data.access import Access
from data.access.users import add_user
from data.city import read_city
from data.settings import make_home
from data.store import Store
from data.walls import new_wall
from grid.build import build
from tests import tiny
from tests.balancer import Balancer, balancing
from tests.ports import free_port

PHRASE = "nine lamps over the river"


@dataclass
class Web:
    """One ``onescreen serve`` on a home of its own, as on a machine of its own."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serves from now on."""
        words = [
            sys.executable,
            "-c",
            "from dashboard.cli import main; main()",
            "serve",
            "--home",
            str(self.home),
            "--port",
            str(self.port),
        ]
        settings = os.environ | {"ONESCREEN_WORKERS": "1", "ONESCREEN_THREADS": "4"}
        with (self.home / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(words, env=settings, stdout=log, stderr=log, start_new_session=True)

    def kill(self) -> None:
        """As a machine that is switched off: nobody is told, and nobody of its processes answers a moment longer."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    @contextmanager
    def killed(self) -> Iterator[None]:
        """It is gone; afterwards it answers again, whatever happened meanwhile."""
        self.kill()
        try:
            yield
        finally:
            self.start()
            self.ready()

    def ready(self) -> None:
        """Waits until it answers, whether or not what its first readers ask for is made."""
        for _ in range(1200):
            with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as line:
                line.request("GET", "/readyz")
                if orjson.loads(line.getresponse().read())["checks"]["loaded"]:
                    return
            assert self.process is None or self.process.poll() is None, (self.home / "serve.log").read_text()
            time.sleep(0.1)
        raise TimeoutError((self.home / "serve.log").read_text())


@dataclass
class Site:
    """The small city on a PostgreSQL, two web processes, the address before them, and a wall."""

    database: str
    webs: tuple[Web, ...]
    balancer: Balancer
    store: Store
    wall: str

    @property
    def address(self) -> str:
        """Without a slash at its end."""
        return self.balancer.address

    def take(self, file: str) -> int:
        """One more load, of nothing that would change a number: a new version all the same."""
        with self.store.loading(
            source="cases", kind="cases", file=file, sha256=f"{hash(file) & 2**63 - 1:064x}"
        ) as load:
            load.close(rows=0, taken=0, rejected=0, aside=0)
            return load.number


@contextmanager
def several(database: str, folder: Path, count: int = 2) -> Iterator[Site]:
    """The site; what is in it is made anew in ``folder``."""
    city = tiny.tiny_city(folder / "city")
    webs = tuple(Web(folder / f"home{at}", free_port()) for at in range(count))
    first = make_home(webs[0].home, city, database)
    for web in webs[1:]:  # the same secret on every machine, as the sizing page says
        make_home(web.home, city, database)
        (web.home / "settings.toml").write_bytes((webs[0].home / "settings.toml").read_bytes())
    store = Store.create(database)
    assert not any(outcome.error for outcome in build(store, read_city(city), first.secret).outcomes)
    access = Access.beside(database, webs[0].home)
    for login, role in {"wang": "official", "li": "official"}.items():
        add_user(access, login, login, role, None if login == "wang" else "990101", PHRASE, once=False)
    access.close()
    _, token = new_wall(store, "hall", address="127.0.0.1", small_numbers=True)
    (webs[0].home / "wall.toml").write_text("shift = 0\nnight = []\n", "utf-8")
    (webs[1].home / "wall.toml").write_text("shift = 0\nnight = []\n", "utf-8")
    with ExitStack() as stack:
        for web in webs:
            web.start()
            stack.callback(web.kill)
        for web in webs:
            web.ready()
        balancer = stack.enter_context(balancing([web.port for web in webs]))
        stack.callback(store.close)
        yield Site(database, webs, balancer, store, f"/wall/{token}")


__all__ = ["PHRASE", "Site", "Web", "free_port", "several"]
