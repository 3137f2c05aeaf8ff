"""Fifty thousand hostile inputs at every door: files, the inbox, settings, pages, bytes, exports, the wall, the API and
callbacks. An input may be taken or refused in both languages; it may not end in a server error or an exception, take
longer than a minute, leave a trace of having been executed, write outside of the home, or swell the process.
"""

from __future__ import annotations

import logging
import os
import resource
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from data.city import read_city
from data.settings import Settings, make_home
from data.store import Store
from grid.build import build
from tests import tiny
from tests.bench.table import Verdict, show
from tests.hostile.doors import Door, Files, Inbox, Loads, Reading, Site, gated, push, site
from tests.hostile.texts import traces

#: Door -> inputs. Of the inbox a dozen lie there at once.
INPUTS: Mapping[str, int] = {
    "reading": 13_000, "loads": 3_000, "inbox": 3_000, "settings": 6_000, "page": 4_000, "bytes": 7_000, "export": 3_000,
    "api": 5_000, "wall": 2_000, "callback": 2_500, "gate": 1_500,
}  # fmt: skip
GOAL = 50_000
#: Megabytes of the process at its largest: a file may have 200, and as text ten times that.
MOST_MB = 2_500
#: Bytes of address space, most of which libraries only reserve.
ROOM = 8 << 30
#: Faults of a door that are printed.
SHOWN = 5


def run() -> Verdict:
    """Prints a line a door."""
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))  # what swells is told, and does not take the machine along
    lines, told = [], 0
    with tempfile.TemporaryDirectory() as name, standing(Path(name)) as (about, sites):
        before = outside(Path(name))
        for door, send in doors(Path(name), about, sites).items():
            each = Inbox.AT_ONCE if door == "inbox" else 1
            tally = push(send, INPUTS[door] // each, seed=7)
            for fault in tally.faults[:SHOWN]:
                print(door, fault)
            lines.append((door, f"{tally.inputs * each:,}", len(tally.faults), f"{peak():,}"))
            told += len(tally.faults)
        strays = sorted({*traces(Path(name)), *(outside(Path(name)) - before)})
    print(*(f"outside of the home: {path}" for path in strays), sep="\n")
    show(("door", "inputs", "faults", "MB at the peak"), lines)
    sent = sum(INPUTS.values())
    wrong = told + len(strays)
    return Verdict(f"{sent:,} inputs, {wrong} errors", "goal 0", wrong == 0 and sent >= GOAL and peak() < MOST_MB)


def peak() -> int:
    """Megabytes of this process at its largest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@contextmanager
def standing(folder: Path) -> Iterator[tuple[Settings, tuple[Site, Site]]]:
    """A home in ``folder`` with the small city in it, and its sites, open and gated; the working directory is a folder beside it."""
    about = make_home(folder / "home", tiny.tiny_city(folder / "city"))
    store = Store.create(about.database)
    build(store, read_city(about.city), about.secret)
    store.close()
    for name in ("sent", "beside"):
        (folder / name).mkdir()
    back = Path.cwd()
    os.chdir(folder / "beside")
    try:
        with site(folder / "home") as here, gated(folder / "home") as there:
            yield about, (here, there)
    finally:
        os.chdir(back)


def doors(folder: Path, about: Settings, sites: tuple[Site, Site]) -> dict[str, Door]:
    """Every door of a home."""
    made: dict[str, Callable[[], Door]] = {
        "reading": lambda: Reading(folder / "sent"),
        "loads": lambda: Loads(folder / "sent", folder / "home"),
        "inbox": lambda: Inbox(folder / "home"),
        "settings": lambda: Files(folder / "sent", about.city),
    }
    sent = {name: make() for name, make in made.items()}
    return sent | {name: getattr(sites[name == "gate"], name) for name in INPUTS if name not in made}


def outside(folder: Path) -> set[str]:
    """What lies beside the home, in it, and among the files that everybody's programs make."""
    found = {str(path) for name in ("city", "beside") for path in (folder / name).rglob("*")}
    with suppress(OSError):
        found |= {str(path) for path in Path(tempfile.gettempdir()).glob("onescreen-c*")}
    return found
