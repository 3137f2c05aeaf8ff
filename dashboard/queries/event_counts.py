"""Running events in numbers: one pass over those of an area."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from dashboard.queries.event_lines import EventTally
from dashboard.queries.hidden import HIDDEN, Count
from data.events.read import Standing
from data.terms import EVENTS, LEVELS, STATES_OF_EVENTS
from grid.cube import View

Key = TypeVar("Key", bound=Hashable)

NONE = EventTally(0, 0, 0, None)
UNTOLD = EventTally(HIDDEN, HIDDEN, HIDDEN, None)


@dataclass(frozen=True)
class Counted:
    """The numbers of an area. ``below``: by the code of the areas directly below, nought where none is open;
    ``apart`` by the same and class: how many."""

    all: EventTally
    classes: Mapping[str, EventTally]
    states: Mapping[str, Count]
    below: Mapping[str, EventTally]
    levels: Mapping[str, Count]
    apart: Mapping[tuple[str, str], int]

    def hiding(self, persons: Collection[str], threshold: int) -> Counted:
        """The same without small numbers of the classes ``persons``, and without what would tell them: the sum, where
        one class alone is not told or those that are not are few together, and the areas below, where any is few."""

        def few(number: int) -> bool:
            return 0 < number < threshold

        untold = [id for id in persons if few(int(self.classes[id].open))]
        together = sum(int(self.classes[id].open) for id in untold)
        classes = {id: UNTOLD if id in untold else tally for id, tally in self.classes.items()}
        area = Counter[str]()
        for (code, klass), number in self.apart.items():
            area[code] += number if klass in persons else 0
        made = replace(self, classes=classes, below={} if any(map(few, area.values())) else self.below)
        if not untold or (len(untold) > 1 and not few(together)):
            return made
        states, levels = dict.fromkeys(self.states, HIDDEN), dict.fromkeys(self.levels, HIDDEN)
        return replace(made, all=UNTOLD, below={}, states=states, levels=levels)


def counted(view: View, row: int, events: Sequence[Standing], now: dt.datetime) -> Counted:
    """The running ``events`` of the area at ``row``."""
    children = view.areas.children(row).tolist()
    child = {at: view.areas.code[top] for top in children for at in range(top, int(view.areas.last[top]))}
    below = _by(events, lambda one: child.get(view.row(one.area)), now)
    by_class = _by(events, lambda one: one.klass, now)
    states, levels = Counter(one.state for one in events), Counter(one.level for one in events)
    return Counted(
        tally(events, now),
        {id: by_class.get(id, NONE) for id in EVENTS},
        {id: states[id] for id in STATES_OF_EVENTS if id != "closed"},
        {view.areas.code[top]: below.get(view.areas.code[top], NONE) for top in children},
        {id: levels[id] for id in LEVELS if id in view.areas.levels},
        Counter((child.get(view.row(one.area)) or "", one.klass) for one in events),
    )


def tally(events: Iterable[Standing], now: dt.datetime) -> EventTally:
    """How many, how many late, how many escalated, since when the oldest."""
    found = list(events)
    late, escalated = sum(one.overdue(now) for one in found), sum(one.escalations > 0 for one in found)
    return EventTally(len(found), late, escalated, min((one.sensed for one in found), default=None))


def _by(events: Iterable[Standing], key: Callable[[Standing], Key | None], now: dt.datetime) -> dict[Key, EventTally]:
    groups: dict[Key, list[Standing]] = {}
    for one in events:
        at = key(one)
        if at is not None:
            groups.setdefault(at, []).append(one)
    return {at: tally(found, now) for at, found in groups.items()}
