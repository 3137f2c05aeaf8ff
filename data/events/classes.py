"""What kinds of events there are, where each is solved first, and by when.

Deadlines stand in the city's own words where it has them (``[event.CLASS]`` in city.toml); these are the house's. From
the field: danger to life or property 2 h, supplies of a household 24 h, a general matter 7 days; to sign for it 2 h, to
advise 1 day, to help 5 days; the key persons of a checkpoint reach their district within 3 hours of entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from data.city import City
from data.terms import EVENTS, Term

HOUR, DAY = 60, 1440


@dataclass(frozen=True, slots=True)
class EventClass:
    """One kind of event. ``level``: where it is solved first (of data.terms.LEVELS); ``accept``, ``act``, ``close``:
    minutes from when it was sensed; ``fold``: minutes within which reports of the same matter are one event;
    ``evidence``: closing needs some; ``urgent``: drawn first; ``check``: somebody else than who acted closes it;
    ``same``: what, beside class and cell, two reports must both say to be the same matter."""

    term: Term
    level: str
    accept: int
    act: int
    close: int
    fold: int
    evidence: bool = False
    urgent: bool = False
    check: bool = True
    same: Literal["subject", "place", "area"] = "subject"

    @property
    def id(self) -> str:
        """The term's id."""
        return self.term.id


CLASSES: tuple[EventClass, ...] = (
    # a signal stands for days and is told anew each day
    EventClass(EVENTS["risk_signal"], "district", 2 * HOUR, DAY, 7 * DAY,
               3 * DAY, same="area"),
    # to help takes 5 days at most; told once a day while it lasts
    EventClass(EVENTS["code_overdue"], "street", 2 * HOUR, DAY, 5 * DAY,
               7 * DAY),
    # a street behind a barrier without a reason: a day
    EventClass(EVENTS["zone_overdue"], "district", 2 * HOUR, 12 * HOUR, DAY,
               7 * DAY, same="place"),
    # somebody who should not be here walks about: danger to life, 2 h to the visit
    EventClass(EVENTS["gate_hit"], "community", 30, 2 * HOUR, DAY, 12 * HOUR,
               evidence=True, urgent=True),
    EventClass(EVENTS["parking_hit"], "community", 30, 2 * HOUR, DAY, 12 * HOUR,
               evidence=True, urgent=True),
    # the door stands open now
    EventClass(EVENTS["home_alarm"], "community", 15, HOUR, DAY,
               6 * HOUR, evidence=True, urgent=True),
    # the list reaches the district within 3 h of entry; whoever registers them is the check. The same person scans
    # several times on the way in
    EventClass(EVENTS["arrival"], "district", 3 * HOUR, DAY, 3 * DAY,
               DAY, check=False),
    EventClass(EVENTS["fever"], "street", HOUR, 2 * HOUR, DAY, DAY, urgent=True),
    EventClass(EVENTS["hotline"], "street", 2 * HOUR, DAY, 7 * DAY, DAY,
               same="place"),
    # whether it comes again is seen by itself
    EventClass(EVENTS["stale_source"], "district", 2 * HOUR, DAY, 5 * DAY,
               7 * DAY, check=False, same="place"),
    EventClass(EVENTS["citizen"], "community", 2 * HOUR, DAY, 7 * DAY,
               DAY, same="place"),
    EventClass(EVENTS["grid_worker"], "community", 2 * HOUR, DAY,
               7 * DAY, DAY, evidence=True, same="place"),
)  # fmt: skip

#: id -> class, as the house has them.
BY_ID: Mapping[str, EventClass] = {one.id: one for one in CLASSES}


def classes_of(city: City) -> Mapping[str, EventClass]:
    """id -> class, with what the city's file says instead."""
    said = {name: own.model_dump(exclude_none=True) for name, own in city.events.items()}
    return {one.id: replace(one, **said.get(one.id, {})) for one in CLASSES}
