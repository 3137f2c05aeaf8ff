"""Where a loop is broken: the turn of it that does not come though its time is over. One reason an event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from data.events.read import Standing
from grid.events.ends import Raised


@dataclass(frozen=True)
class Break:
    """A broken loop: ``reason`` an id of data.terms.BREAKS; ``minutes`` since it should have gone on."""

    row: Standing
    reason: str
    minutes: float


def why(row: Standing, raised: Raised, now: dt.datetime) -> tuple[str, dt.datetime] | None:
    """(reason, since when) a loop is broken; None where it is closed, or there is still time."""
    found = _stuck(row, raised)
    return found if found is not None and found[1] < now else None


def _stuck(row: Standing, raised: Raised) -> tuple[str, dt.datetime] | None:
    """What an event waits for, and until when it may. Who never took it on waits since its first deadline, however
    often it went up since then."""
    if row.state == "open" and row.reopened:
        return "returned", row.accept_by
    if row.state == "open":
        return "unanswered", row.accept_by if row.accepted else raised(row)
    if row.state == "accepted":
        return "undone", row.act_by
    if row.state == "acting":
        return "silent", row.close_by
    return ("unclosed", row.close_by) if row.state == "fed_back" else None


def breaks(rows: Iterable[Standing], raised: Raised, now: dt.datetime) -> list[Break]:
    """The broken loops, the longest broken first."""
    found = [(row, told) for row in rows if (told := why(row, raised, now)) is not None]
    minute = dt.timedelta(minutes=1)
    made = [Break(row, reason, (now - since) / minute) for row, (reason, since) in found]
    return sorted(made, key=lambda one: -one.minutes)


__all__ = ["Break", "breaks", "why"]
