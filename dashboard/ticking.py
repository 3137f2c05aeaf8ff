"""Beside the serving: senses are asked, deadlines escalated, and units told, every half minute."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence

import structlog

from dashboard.queries import Desk, Viewer
from dashboard.queries.events import EventDesk
from dashboard.senses import SENSES, Senses
from data.access.audit import MACHINE
from data.errors import OneScreenError
from data.events import clock
from data.events.channels import read_channels
from data.events.deliver import Relay, deliver
from data.settings import read_home

log = structlog.get_logger()

#: Seconds between two rounds.
EVERY = 30.0


class Round:
    """One round after the other over one desk that has a book of events."""

    def __init__(self, desk: Desk, senses: Senses | None = None) -> None:
        self.desk, self.events = desk, desk.beside(EventDesk)
        self.senses = senses or Senses(SENSES)

    def __call__(self) -> dict[str, int]:
        """All of it, once: how many reports were new, how many deadlines escalated, messages sent, messages that could
        not be. StoreError, ChannelsFileError."""
        now = self.events.now()
        return {"new": self.sense(now), "escalated": self.tick(now), **self.deliver(now)}

    def sense(self, now: dt.datetime) -> int:
        """What is felt from inside; how many events that opened."""
        viewer, new = Viewer(self.desk.city.lang, role=MACHINE), 0
        for sense, reports in self.senses.reports(self.desk, now):
            taken = self.events.take(viewer, reports) if reports else []
            new += sum(one.outcome == "new" for one in taken)
            for one in taken:
                if one.error is not None:
                    log.warning("sense", sense=sense.id, error=one.error.say("en"))
        return new

    def tick(self, now: dt.datetime) -> int:
        """Deadlines that have passed."""
        book = self.desk.events
        return 0 if book is None else len(clock.tick(book, self.events.tree(), now))

    def deliver(self, now: dt.datetime) -> dict[str, int]:
        """What units are to be told, by the channels of the home."""
        home = self.desk.home
        channels = [] if home is None else read_channels(home)
        if self.desk.events is None or home is None or not channels:
            return {"sent": 0, "failed": 0}
        settings = read_home(home)
        relay = Relay(settings.mail_host, settings.mail_port, settings.mail_from)
        done = deliver(self.desk.events, channels, now, relay)
        return {"sent": done.sent, "failed": done.failed}


def ticker(desk: Desk, every: float = EVERY, stop: threading.Event | None = None) -> Callable[[], None]:
    """What starts the rounds, once a process serves; they end once ``stop`` is set, with the process without it. Units
    are told by a thread of its own: whoever is slow to listen holds up no deadline."""
    ended = stop or threading.Event()

    def start() -> None:
        once = Round(desk)
        for parts in ({"tick": once.tick, "sense": once.sense}, {"deliver": once.deliver}):
            given = (parts, once.events.now, every, ended)
            threading.Thread(target=_go_on, args=given, name=f"onescreen-{next(iter(parts))}", daemon=True).start()

    return start


def together(starts: Sequence[Callable[[], None]]) -> Callable[[], None]:
    """One call for several."""

    def all_of_them() -> None:
        for start in starts:
            start()

    return all_of_them


def _go_on(
    parts: Mapping[str, Callable[[dt.datetime], object]],
    moment: Callable[[], dt.datetime],
    every: float,
    ended: threading.Event,
) -> None:
    """Round after round. What fails is told in the log and done in the next one; deadlines do not wait for a sense."""
    while not ended.is_set():
        now = moment()
        for name, part in parts.items():
            try:
                part(now)
            except OneScreenError as error:
                log.warning("tick", part=name, error=error.say("en"))
            except Exception:  # a thread that dies here would leave every later deadline unwatched
                log.exception("tick", part=name)
        ended.wait(every)
