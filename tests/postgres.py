"""A real PostgreSQL server for the tests: its own folder, its own socket, no port.

It answers on a Unix socket only, so that any number of servers run side by side, and it stops when
the process that started it ends in whatever way: the shell that holds it waits on a pipe.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from tests.needs import lacking

#: The oldest release with ICU as a database's collation.
OLDEST = 15

#: Nothing has to survive a power cut, and 2 workers x 16 MB is little on any machine.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "16MB",
    "max_connections": "40",
}

#: Chinese order, as on an office's server: sorting that leans on byte order shows here.
INITDB = ("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale-provider=icu", "--icu-locale=zh-Hans-CN")

#: Reading ends when the test process closes its end of the pipe, or dies. The shell has a session of its
#: own: a Ctrl-C in the terminal ends the tests, and only their end stops the server.
HOLD = """
"$0" -s -w -D data -l log start && echo up || exit
read -r _
"$0" -s -m immediate -D data stop
rm -rf data log
"""


def binaries() -> Path | None:
    """The folder of the newest installed server's programs, or None."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    newest = max(found, key=lambda path: float(path.parent.name), default=None)
    return newest if newest and float(newest.parent.name) >= OLDEST else None


def _connect(folder: Path) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(host=str(folder), user="onescreen", dbname="postgres", autocommit=True)


class Server:
    """A running server. Databases are made and dropped through it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names = (f"test_{number}" for number in itertools.count())
        self._admin = _connect(folder)

    @contextmanager
    def database(self) -> Iterator[str]:
        """A new, empty database's URL; dropped afterwards, whoever is still connected."""
        name = next(self._names)
        self._do("CREATE DATABASE {} TEMPLATE template0 STRATEGY wal_log", name)
        try:
            yield self.url(name)
        finally:
            self._do("DROP DATABASE {} WITH (FORCE)", name)

    def url(self, name: str) -> str:
        """The URL of a database here."""
        return f"postgresql+psycopg://onescreen@/{name}?host={self.folder}"

    def do(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        """What the server's own connection is told."""
        done = self._admin.execute(statement)
        return done.fetchall() if done.description else []

    @contextmanager
    def replica(self) -> Iterator[Server]:
        """A streaming copy of this server, which follows it as long as it is there."""
        programs = binaries()
        assert programs is not None
        with _folder() as (folder, user):
            subprocess.run(
                [programs / "pg_basebackup", "-h", self.folder, "-U", "onescreen", "-D", "data", "-R", "-c", "fast"],
                cwd=folder, user=user, check=True, capture_output=True,
            )  # fmt: skip
            _settle(folder, {"unix_socket_directories": str(folder)})
            with _held(programs, folder, user):
                made = Server(folder)
                yield made
                made.close()

    def close(self) -> None:
        """Ends the server's own connection."""
        self._admin.close()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The server is gone, as if its machine had been switched off; afterwards it is there again."""
        self.close()
        self._control("-m", "immediate", "stop")
        try:
            yield
        finally:
            self._control("-l", "log", "start")
            self._admin = _connect(self.folder)

    def _control(self, *words: str) -> None:
        programs, user = binaries(), "postgres" if os.getuid() == 0 else None
        assert programs is not None
        subprocess.run(
            [programs / "pg_ctl", "-s", "-w", "-D", "data", *words],
            cwd=self.folder, user=user, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def _do(self, statement: str, name: str) -> None:
        self._admin.execute(sql.SQL(statement).format(sql.Identifier(name)))


@contextmanager
def serve(settings: Mapping[str, str] = SETTINGS) -> Iterator[Server]:
    """Starts a server in a folder under the system's temporary folder; removes both afterwards. ``settings``: in place
    of these of SETTINGS."""
    programs = binaries()
    if programs is None:
        lacking(f"PostgreSQL {OLDEST} or newer", "postgresql")
    with _folder() as (folder, user):
        _initialise(programs, folder, user, SETTINGS | dict(settings))
        with _held(programs, folder, user):
            server = Server(folder)
            yield server
            server.close()


@contextmanager
def _folder() -> Iterator[tuple[Path, str | None]]:
    """A folder for a server and its socket, and whose it is; removed afterwards."""
    # Not pytest's own folder: a socket's path may have 107 characters, and another user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="onescreen-pg-"))
    try:
        yield folder, _give_away(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give_away(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root: the folder and its programs are then the user postgres's."""
    if os.getuid() != 0:
        return None
    shutil.chown(folder, "postgres", "postgres")
    folder.chmod(0o755)
    return "postgres"


def _initialise(programs: Path, folder: Path, user: str | None, settings: dict[str, str]) -> None:
    subprocess.run(
        [programs / "initdb", *INITDB, "--username=onescreen", "--pgdata=data"],
        cwd=folder, user=user, check=True, capture_output=True,
    )  # fmt: skip
    _settle(folder, settings | {"unix_socket_directories": str(folder)})


def _settle(folder: Path, settings: dict[str, str]) -> None:
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.writelines(f"{key} = '{value}'\n" for key, value in settings.items())


@contextmanager
def _held(programs: Path, folder: Path, user: str | None) -> Iterator[None]:
    with subprocess.Popen(
        ["sh", "-c", HOLD, programs / "pg_ctl"],
        cwd=folder, user=user, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    ) as shell:  # fmt: skip
        assert shell.stdin
        assert shell.stdout
        if shell.stdout.readline() != b"up\n":
            raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
        try:
            yield
        finally:
            shell.stdin.close()
            shell.wait(timeout=30)
