"""Reports of two processes behind one address: whichever is asked, it knows what the other was told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import update

from data.jobs import LOST, Board, job
from data.settings import make_home
from tests.ports import free_port
from tests.tiny import Knobs, Town

#: Serves a home by two processes, which tell who answers. A report in English is never ready by itself.
SERVER = """
import os, sys, time
from pathlib import Path
from dashboard.api import reports
from dashboard.api.jobs import Cancelled
from dashboard.app import create_app
from dashboard.queries import Desk
from dashboard.serve import serve
from data.city import read_city
from data.settings import read_home
from data.store import Store
from grid.cube import Cube

home = Path(sys.argv[1])
made = reports.made

def slow(door, viewer, order, formats, step):
    if order.lang == "zh":
        return made(door, viewer, order, formats, step)
    try:
        for n in range(100_000):
            step(n, 100_000)
            time.sleep(0.02)
    except Cancelled:
        (home / f"cancelled.{os.getpid()}").touch()
        raise
    return []

def named(answer):
    answer.headers["X-Process"] = str(os.getpid())
    return answer

reports.made = slow
settings = read_home(home)
app = create_app(Desk(Cube(Store.open(settings.database), read_city(settings.city))), home=home)
app.server.after_request(named)
serve(app, port=int(sys.argv[2]), threads=4, workers=2, ready=lambda: print("ready", flush=True))
"""

URL = "/api/v1/reports"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="one process serves there")


@dataclass
class Said:
    """An answer, and which process gave it."""

    status: int
    process: int
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Site:
    """Two processes behind one address."""

    port: int
    home: Path
    database: str

    def __call__(self, path: str, method: str = "GET", body: object = None) -> Said:
        """An answer over a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Content-Type": "application/json", "Connection": "close"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        said = Said(answer.status, int(answer.headers["X-Process"]), answer.read())
        connection.close()
        return said

    def order(self, **more: object) -> tuple[str, int]:
        """(address of the job, the process that took it)."""
        said = self(URL, "POST", {"kind": "brief", "area": "city", "formats": ["xlsx"], **more})
        assert said.status == 202, said.body
        return f"{URL}/{said.json['job']}", said.process

    def by(self, fits: Callable[[int], bool], path: str, method: str = "GET") -> Said:
        """What a process of this kind answers: asked until it is its turn."""
        for _ in range(400):
            said = self(path, method)
            if fits(said.process):
                return said
        raise AssertionError(f"{path}: only one process answers")

    def until(self, path: str, *states: str) -> dict[str, Any]:
        """The job, once it is in one of these states."""
        found: dict[str, Any] = {}
        for _ in range(2400):
            found = self(path).json
            if found["state"] in states:
                return found
            time.sleep(0.05)
        raise AssertionError(found)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    town = Town(tmp_path / "city", database_url, Knobs())
    town.build()
    town.store.close()
    home = tmp_path / "home"
    make_home(home, town.path, database_url)
    port = free_port()
    arguments = [sys.executable, "-c", SERVER, str(home), str(port)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield Site(port, home, database_url)
        server.terminate()


def test_every_process_knows_every_job(site: Site) -> None:
    # a report is made by one, followed and fetched by both
    path, taker = site.order()
    assert site.order()[0] == path
    found = site.until(path, "done", "failed")
    assert (found["state"], found["error_en"]) == ("done", None)
    file = urlsplit(found["files"][0]["href"]).path
    for fits in (taker.__eq__, taker.__ne__):
        assert site.by(fits, path).json == found
        assert len(site.by(fits, file).body) == found["files"][0]["bytes"]
        assert site.by(fits, f"{file}.no").status == 404

    # it is cancelled by the other, and stops where it runs
    path, taker = site.order(lang="en")
    site.until(path, "running")
    assert site.by(taker.__ne__, path, "DELETE").json["state"] == "cancelled"
    mark = site.home / f"cancelled.{taker}"
    for _ in range(2400):
        if mark.exists():
            break
        time.sleep(0.05)
    assert mark.exists()

    # the same order is a new job now, which is lost with its process
    again, taker = site.order(lang="en")
    assert again != path
    site.until(again, "running")
    os.kill(taker, signal.SIGKILL)
    board = Board.beside(site.database, site.home)
    with board.writing() as connection:
        connection.execute(update(job).values(beat=0))  # time passes
    board.close()
    found = site.by(taker.__ne__, again).json
    assert (found["state"], found["error_zh"], found["error_en"]) == ("failed", LOST.zh, LOST.en)
    third, _ = site.order(lang="en")
    assert third != again
    assert site(third, "DELETE").json["state"] == "cancelled"
