"""Each process that serves learns of a purge, also of one that came before it served."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from data.access.book import Access
from data.access.tables import certificate, entry
from data.engine import utcnow
from data.settings import make_home
from data.store import Store
from tests.tiny import tiny_city

FOLLOWER = """
import sys
from pathlib import Path
from dashboard.following import follower
start = follower(Path(sys.argv[1]), lambda: print("purged", flush=True), 0.02)
print("made", flush=True)
sys.stdin.readline()
start()
sys.stdin.readline()
"""


@pytest.fixture
def book(database_url: str, tmp_path: Path) -> Iterator[Access]:
    make_home(tmp_path / "home", tiny_city(tmp_path / "city"), database_url)
    Store.create(database_url).close()
    access = Access.beside(database_url, tmp_path / "home")
    yield access
    access.close()


class Follower:
    """A process that follows, once it is told to."""

    def __init__(self, home: Path) -> None:
        arguments = [sys.executable, "-c", FOLLOWER, str(home)]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.said() == "made"

    def said(self) -> str:
        """Its next line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode().strip()

    def go(self) -> None:
        """It serves now; the second time it ends."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()


def test_a_purge_reaches_every_process(book: Access, tmp_path: Path) -> None:
    both = [Follower(tmp_path / "home") for _ in range(2)]
    with book.writing() as connection:
        values = {"id": 1, "at": utcnow(), "who": "cli:x", "plan": {}, "through": 0, "head": ""}
        connection.execute(insert(certificate).values(values))
    for one in both:
        one.go()
    assert [one.said() for one in both] == ["purged", "purged"]  # it was begun before they served
    with book.writing() as connection:
        connection.execute(update(certificate).values(done=utcnow(), said={}))
    assert [one.said() for one in both] == ["purged", "purged"]
    for one in both:
        one.go()
        assert one.process.wait(120) == 0
        assert one.process.communicate()[0] == b""  # and not once more
    with book.snapshot() as connection:
        told = connection.execute(select(entry.c.action)).scalars().all()
    assert sorted(told) == ["city", "rules", "settings"]
