"""``onescreen inbox``: load what has arrived in the home's inbox, once or as long as it is watched."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer
import watchfiles
from rich.console import Console

from dashboard.commands.noting import follow
from dashboard.commands.terminal import HOME, Home, out
from data.city import City, read_city
from data.deliveries import Delivery
from data.errors import NothingLoaded, OneScreenError
from data.inbox import DONE, FOLDER, HELD, REJECTED, SETTLE, Inbox, Settled
from data.settings import Settings, read_home
from data.store import Store
from grid.build import Loader
from grid.cluster import COUNTING, counting_on
from grid.geography import open_geography

err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

SIGNS = {"loaded": "✓", "again": "=", "held": "◧", "rejected": "✗", "waiting": "…"}

#: Exit code of a program that was told to stop: 128 and the number of the interrupt.
STOPPED = 130

#: Milliseconds after which a watched inbox is looked through even if nothing was told: of a network folder nothing is,
#: and a file that had not settled has by then.
LOOK_MS = 15_000


def command(
    home: Home = HOME,
    watch: Annotated[bool, typer.Option("--watch", help="一直看着，到一份装一份 / stay, and load what comes")] = False,
    settle: Annotated[float, typer.Option(help="不再变化多少秒算到齐 / seconds without a change")] = SETTLE,
) -> None:
    """装入收件箱中到齐的文件 / Load what has arrived in the inbox: it moves to done/, held/, or back through rejected/.

    有文件退回或扣留时退出码为 1 / Exit code 1 where a file was returned or held back.
    """
    if watch:
        _watch(home, settle)
        return
    states = [say(settled) for settled in once(home, settle)]
    if {"rejected", "held"} & set(states):
        raise typer.Exit(1)


def once(home: Path, settle: float = SETTLE) -> Iterator[Settled]:
    """One pass over the inbox of a home."""
    with Opened(home) as opened:
        yield from opened.inbox.run(settle)
        follow(home, opened.store)


class Opened:
    """The inbox of a home with its store and whatever counts, closed at the end."""

    def __init__(self, home: Path) -> None:
        self.settings = read_home(home)
        self.city = read_city(self.settings.city)
        self._open = ExitStack()
        self.store = Store.open(self.settings.database)
        self._open.callback(self.store.close)
        take = _Take(self.store, self.city, self.settings, home, self._open)
        self.inbox = Inbox(home, self.city, self.store, take, self.settings.lang)

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()


class _Take:
    """Loads a delivery; what every load stands on is made by the first, the session on a cluster included, which ends
    with ``opened``: a pass over an empty inbox asks for none."""

    def __init__(self, store: Store, city: City, settings: Settings, home: Path, opened: ExitStack) -> None:
        self._about, self._home, self._opened = (store, city, settings), home, opened
        self._after = store.version()
        self._loader: Loader | None = None

    def __call__(self, delivery: Delivery, accepted: Mapping[str, str] = MappingProxyType({})) -> int:
        if self._loader is None:
            store, city, settings = self._about
            geography = open_geography(store)
            if geography is None:
                raise NothingLoaded
            self._opened.enter_context(counting_on(settings.scheduler, self._home / COUNTING))
            self._loader = Loader(store, city, geography, settings.secret, after=self._after, home=self._home)
        made = self._loader.take(delivery, delivery.known, holds=True, accepted=accepted or None).load
        assert made is not None
        return made


def _watch(home: Path, settle: float) -> None:
    """Until it is told to stop, which it does between two passes: what is being loaded is loaded to its end."""
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    folder = home.resolve() / FOLDER
    folder.mkdir(exist_ok=True)
    told: set[tuple[str, str]] = set()
    _pass(home, settle, told)
    ours = tuple(f"{folder / name}{os.sep}" for name in (DONE, HELD, REJECTED))
    changes = watchfiles.watch(
        folder, watch_filter=lambda _, path: not path.startswith(ours), rust_timeout=LOOK_MS, yield_on_timeout=True,
        stop_event=stop,
    )  # fmt: skip
    for _ in changes:
        if not stop.is_set():
            _pass(home, settle, told)
    raise typer.Exit(STOPPED)


def _pass(home: Path, settle: float, told: set[tuple[str, str]]) -> None:
    """One pass that outlives a store or settings that cannot serve; what waits, and why, is said once."""
    try:
        for settled in once(home, settle):
            line = settled.name, settled.said.en
            if settled.state != "waiting" or line not in told:
                say(settled)
            if settled.state == "waiting":
                told.add(line)
    except OneScreenError as error:
        err.print(f"✗ {error.say('zh')}\n  {error.say('en')}")


def say(settled: Settled) -> str:
    """Prints what became of a file; its state."""
    out.print(f"{SIGNS[settled.state]} {settled.name}  {settled.said.zh} / {settled.said.en}")
    return settled.state
