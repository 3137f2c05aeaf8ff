"""Where the load falls on: one SQLite file and the processes of one ``onescreen serve``, or a PostgreSQL and two of them.

``ONESCREEN_BENCH_DATABASE`` names an empty database of a PostgreSQL, or is ``postgresql``: then a server of its own runs
as long as the bench. What is in the home is taken there by a backup that is restored.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from data.access import Access
from data.backup import backup, restore
from tests import postgres
from tests.bench.city import COMMAND
from tests.ports import free_port

DATABASE = os.environ.get("ONESCREEN_BENCH_DATABASE", "")
#: Web processes on a PostgreSQL, each of its own ``onescreen serve``.
WEBS = 2
#: As on a server of its own: what was committed is kept, and its memory is enough for the newest days.
SETTINGS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on",
            "shared_buffers": "512MB", "max_connections": "100"}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A home, the book of who may look, and what serves it on which port. ``alone``: each with one process."""

    home: Path
    access: Access
    commands: Sequence[tuple[int, Sequence[str]]]
    alone: bool = False

    @contextmanager
    def served(self) -> Iterator[tuple[list[int], list[psutil.Process]]]:
        """Serves; (ports, processes)."""
        with ExitStack() as stack:
            running = [stack.enter_context(_running(words, self.alone)) for _, words in self.commands]
            for (port, _), process in zip(self.commands, running, strict=True):
                _wait(port, process)
            yield [port for port, _ in self.commands], [psutil.Process(process.pid) for process in running]


@contextmanager
def place(home: Path, folder: Path, database: str = DATABASE) -> Iterator[Place]:
    """Where the environment, or ``database``, says; ``folder`` is for what is made."""
    with _on_postgresql(home, folder, database) if database else _on_sqlite(home, folder) as made:
        try:
            yield made
        finally:
            made.access.close()


@contextmanager
def _on_sqlite(home: Path, folder: Path) -> Iterator[Place]:
    port = free_port()
    words = [sys.executable, "-m", "tests.bench.load.server", str(home), str(folder), str(port)]
    yield Place(home, Access.beside(f"sqlite:///{folder}/store.db", folder), [(port, words)])


@contextmanager
def _on_postgresql(home: Path, folder: Path, database: str) -> Iterator[Place]:
    with _database(database) as url:
        backup(home, folder / "home.zip", secret=True)
        homes = [folder / f"home{at}" for at in range(WEBS)]
        restore(folder / "home.zip", homes[0], url)
        for other in homes[1:]:
            shutil.copytree(homes[0], other)
        ports = [free_port() for _ in homes]
        commands = [
            (port, [*COMMAND, "serve", "--home", str(own), "--port", str(port)])
            for own, port in zip(homes, ports, strict=True)
        ]
        yield Place(homes[0], Access.beside(url, homes[0]), commands, alone=True)


@contextmanager
def _database(named: str) -> Iterator[str]:
    if named != "postgresql":
        yield named
        return
    with postgres.serve(SETTINGS) as server, server.database() as url:
        yield url


@contextmanager
def _running(words: Sequence[str], alone: bool) -> Iterator[subprocess.Popen[bytes]]:
    settings = {"ONESCREEN_WORKERS": "1"} if alone else {}
    with subprocess.Popen(words, env=os.environ | settings) as process:
        try:
            yield process
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the server has made what its first readers ask for."""
    for _ in range(900):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            if process.poll() is not None:
                raise
        time.sleep(0.2)
    raise TimeoutError(port)
