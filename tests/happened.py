"""A small city's units, reports from it, and people who act: what tests of events begin with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from data.events import Events, intake, work
from data.events.owner import Units
from data.events.report import Report
from data.events.rows import Change

NOW = dt.datetime(2022, 4, 13, 8, 0)

CITY = "9901"
DISTRICTS = ("990101", "990102")
STREETS = tuple(f"{district}{n:03}" for district in DISTRICTS for n in (1, 2))
COMMUNITIES = tuple(f"{street}{n:03}" for street in STREETS for n in (1, 2))

UNITS = Units(
    {CITY: ("city", "")}
    | dict.fromkeys(DISTRICTS, ("district", CITY))
    | {code: ("street", code[:6]) for code in STREETS}
    | {code: ("community", code[:9]) for code in COMMUNITIES},
    {f"cell{n}": code for n, code in enumerate(COMMUNITIES)},
)

#: The steps of an event's life, in turn.
LIFE: tuple[Callable[..., Change], ...] = (work.accept, work.act, work.feed_back, work.close)


def minutes(number: float) -> dt.timedelta:
    """So many minutes."""
    return dt.timedelta(minutes=number)


def report(key: str = "1", klass: str = "gate_hit", area: str = COMMUNITIES[0], **more: Any) -> Report:
    """A gate's report of one pseudonym."""
    return Report(**{"source": "gate", "key": key, "klass": klass, "area": area, "subject": "p1"} | more)


def opened(events: Events, now: dt.datetime = NOW, **more: Any) -> int:
    """A new event's number."""
    taken = intake.take_one(events, report(**more), UNITS, now)
    assert taken.outcome == "new"
    assert taken.event is not None
    return taken.event


def step(
    events: Events, event: int, do: Callable[..., Change], by: str = "wang", now: dt.datetime = NOW, **more: Any
) -> Change:
    """A step under a key of its own."""
    said = {"key": f"{do.__name__}-{event}-{now:%m%d%H%M%S%f}", "role": "official"} | more
    return do(events, event, by=by, now=now, **said)


def lived(events: Events, event: int, until: Callable[..., Change] = work.close, now: dt.datetime = NOW) -> Change:
    """Walks an event through its life up to a step; somebody else closes it."""
    for do in LIFE[: LIFE.index(until)]:
        step(events, event, do, now=now, evidence=["已到访"] if do is work.feed_back else [])
    proof = ["已到访"] if until is work.feed_back else []
    return step(events, event, until, "li" if until is work.close else "wang", now, evidence=proof)
