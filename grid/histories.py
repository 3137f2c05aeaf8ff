"""What earlier deliveries tell of the persons whose code is not green: tests, contacts, stays, isolation.

No person is kept in the store. When a ledger of assignments is evaluated, the files of the ledgers that were loaded
before it are read again, a block at a time, and the rows of the wanted persons picked out by their hashed pseudonyms.
So a verdict rests on what was known then; a result that comes later changes it only when its day is delivered again.

Of many cities the ledgers of all are looked into, where their persons are ``shared``: who was tested in the next city
was tested. What is found are days and words, never where; a file of another city that cannot be read is not named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.code_days import NO_DAY
from data.days import day_number
from data.errors import FileError
from data.store import Load
from data.terms import ISOLATIONS
from grid.arrays import Cells, Ints, Rows
from grid.codes.context import Asked, Known
from grid.ground import Ground
from grid.history_rows import EVENT, LOOKED_UP
from grid.statements import Day

#: Days before the earliest assignment that still matter: the longest look-back of a rule is 21.
BEFORE = 28


@dataclass
class Histories:
    """The ledgers that a load may look into. ``notes``: what could not be read, one entry a file: its load, file, and
    why ("gone", "altered" or "unreadable"); of other cities one entry a reason, without load and file. It counts as
    unknown."""

    ground: Ground
    loads: list[Load]
    speaking: Mapping[str, Mapping[Day, int]]
    notes: list[dict[str, Any]] = field(default_factory=list)
    _files: dict[int, Path | None] = field(default_factory=dict)

    @classmethod
    def known(cls, ground: Ground, upto: int) -> Histories | None:
        """What the loads up to a version delivered; None if nothing of the sort."""
        loads = [load for load in _told(ground, upto) if load.kind in LOOKED_UP]
        newest = {load.source: load.id for load in loads}
        speaking = {source: ground.speaking(source, number) for source, number in newest.items()}
        return cls(ground, loads, speaking) if loads else None

    def __call__(self, asked: Asked, day: Day) -> Known:
        """What is known of some rows' persons at the end of ``day``."""
        wanted, place = np.unique(asked.person, return_inverse=True)
        days = int(asked.since.min(initial=day_number(day))) - BEFORE, day_number(day)
        tests, contacts, stays = (self._events(kind_, wanted, days) for kind_ in ("tests", "contacts", "stays"))
        exposed = np.concatenate([contacts, stays])
        now = np.full(len(place), days[1], np.int32)
        return Known(
            negative=_telling(tests[tests["what"] == 0], wanted, place, asked.proof, now),
            positive=_last(tests[tests["what"] == 1], wanted, place, now),
            contact=_last(contacts, wanted, place, now),
            exposed=_last(exposed, wanted, place, asked.since),
            tests=self._readable("tests"),
            stays=self._readable("stays", "contacts"),
        )

    def isolated(self, keys: Cells, day: Day, back: int = 60) -> tuple[Rows, NDArray[np.uint8]]:
        """(first day of each person's last isolation begun by ``day``, its place in terms.ISOLATIONS)."""
        wanted, place = np.unique(keys, return_inverse=True)
        events = self._events("isolation", wanted, (day_number(day) - back, day_number(day)))
        now = np.full(len(keys), day_number(day), np.int32)
        starts = [_last(events[events["what"] == what], wanted, place, now) for what in range(len(ISOLATIONS))]
        return np.max(starts, axis=0), np.argmax(starts, axis=0).astype(np.uint8)

    def _readable(self, *kinds: str) -> bool:
        """Whether a ledger that tells of this very city is there: from those of others nobody's lack follows."""
        return any(self._file(load) is not None for load in self.loads if load.kind in kinds and self._own(load))

    def _own(self, load: Load) -> bool:
        return _tells(self.ground, load.source)

    # files -----------------------------------------------------------------------------------------

    def _events(self, kind_: str, wanted: Cells, days: tuple[int, int]) -> NDArray[np.void]:
        """The events of the ``wanted`` persons on the days of a span, from every load that is still right about one."""
        found = [np.zeros(0, EVENT)]
        for load in self.loads:
            own = [day_number(d) for d, number in self.speaking[load.source].items() if number == load.id]
            own = [day for day in own if days[0] <= day <= days[1]]
            if load.kind == kind_ and own:
                events = self._read(load, wanted)
                found.append(events[np.isin(events["day"], own)])
        return np.concatenate(found)

    def _file(self, load: Load) -> Path | None:
        """The load's file as it was loaded; None, and a note, where it is there no more."""
        if load.id not in self._files:
            path, whole = Path(load.notes.get("path", "")), self.ground.of_all
            known = any(source.name == load.source for source in whole.city.sources)
            if not known or not path.is_file():
                self._miss(load, "gone")
            elif whole.sha256(path) != load.sha256:
                self._miss(load, "altered")
            else:
                self._files[load.id] = path
        return self._files[load.id]

    def _miss(self, load: Load, why: str) -> None:
        here = {"load": load.id, "file": load.file} if self._own(load) else {"elsewhere": True}
        note = {**here, "why": why}
        self.notes += [note] if note not in self.notes else []
        self._files[load.id] = None

    def _read(self, load: Load, wanted: Cells) -> NDArray[np.void]:
        path = self._file(load)
        if path is None:
            return np.zeros(0, EVENT)
        try:
            whole = self.ground.of_all
            return whole.shelf.picked(load.id, path, whole.city.source(load.source), wanted)
        except FileError:
            self._miss(load, "unreadable")
            return np.zeros(0, EVENT)


def _told(ground: Ground, upto: int) -> list[Load]:
    """The loads up to a version; of many cities only those that can be looked into."""
    city = ground.of_all.city
    if not city.members:
        return ground.store.loads(upto=upto)
    kinds = (source.name for source in city.sources if source.kind in LOOKED_UP)
    names = [name for name in kinds if city.persons == "shared" or _tells(ground, name)]
    found = (load for name in names for load in ground.store.loads(upto=upto, source=name))
    return sorted(found, key=lambda load: load.id)


def _tells(ground: Ground, source: str) -> bool:
    """Whether a source tells of the city: it is its own, of one below it, or of the province around it."""
    city, owner = ground.city, ground.of_all.city.of(source)
    return any(part is owner for part in city.parts) or any(part is city for part in owner.parts)


def _moments(place: Ints, day: Rows) -> Ints:
    """A person's place and a day as one number that sorts by both."""
    return np.asarray((place.astype(np.int64).reshape(-1) << 32) + (day.astype(np.int64) - NO_DAY))


def _days_at(order: Ints, at: Ints, place: Ints) -> Rows:
    """The days of the moments at ``at``; NO_DAY where there is none, or one of another person."""
    inside = (at >= 0) & (at < len(order))
    found = np.append(order, -1)[np.where(inside, at, len(order))]
    known = found >> 32 == place.reshape(-1)
    return np.where(known, (found & 0xFFFFFFFF) + NO_DAY, NO_DAY).astype(np.int32)


def _last(events: NDArray[np.void], wanted: Cells, place: Ints, upto: Rows) -> Rows:
    """For each asked person (``place`` among ``wanted``) the day of the last event by the day ``upto``, or NO_DAY."""
    order = np.sort(_moments(np.searchsorted(wanted, events["key"]), events["day"]))
    return _days_at(order, np.searchsorted(order, _moments(place, upto), side="right") - 1, place)


def _telling(events: NDArray[np.void], wanted: Cells, place: Ints, since: Rows, upto: Rows) -> Rows:
    """The day of the first event from the day ``since`` on, else that of the last; all of them by ``upto``."""
    order = np.sort(_moments(np.searchsorted(wanted, events["key"]), events["day"]))
    first = _days_at(order, np.searchsorted(order, _moments(place, since), side="left"), place)
    last = _last(events, wanted, place, upto)
    return np.where((first != NO_DAY) & (first <= upto), first, last).astype(np.int32)
