"""The questions about forms: what the people of an area fill in, what of it is asked twice, what that costs.

A form of the whole city is filled in by every unit of its level alike: of its people an area has the share that it has
of those units. Those who fill forms in are staff at work, whose numbers tell nothing of anybody's health: they are no
small numbers. Which rows a source had to have sent back is told to who sees every source.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cachetools import LRUCache

from dashboard.queries.deliveries import own_sources, part_of
from dashboard.queries.desk import Desk, Viewer
from data.burden import Group, Item, Ledger, digest, items_of, ledger
from data.store import Load
from grid.cube import View

Moment = dt.datetime | None

#: Ledgers that are kept: of the areas of a city that are looked at, as of a few moments.
KEPT = 64


@dataclass(frozen=True)
class FieldLine:
    """A field that is asked for more than once; ``key``: what tells it from the others; ``forms``: how many forms ask
    for it, of how many ``departments``."""

    key: str
    group: Group
    forms: int
    departments: int


@dataclass(frozen=True)
class Pair:
    """How many fields two departments both ask for; of one department with itself: that it asks for more than once."""

    key: str
    one: str
    other: str
    shared: int


@dataclass(frozen=True)
class Conformance:
    """How a source's deliveries keep to the format: ``rows`` of all of them, of which ``rejected`` went back and
    ``repaired`` were taken all the same, placed by a coarser area than they say; ``files`` came."""

    source: str
    title: str
    title_en: str
    files: int
    rows: int
    rejected: int
    repaired: int

    @property
    def conforming(self) -> float | None:
        """The share of the rows that needed nothing; None where none came."""
        return 1 - (self.rejected + self.repaired) / self.rows if self.rows else None


@dataclass(frozen=True)
class BurdenAnswer:
    """``ledger`` of the forms that an area fills in; ``fields`` that are asked for twice, most often asked first;
    ``pairs`` of departments and the fields that both ask for; ``received``: when the inventory came, None without."""

    ledger: Ledger
    fields: tuple[FieldLine, ...]
    pairs: tuple[Pair, ...]
    received: dt.datetime | None

    @property
    def forms(self) -> int:
        """How many forms there are."""
        return len(self.ledger.lines)

    @property
    def a_day(self) -> int:
        """Forms of every day."""
        return sum(line.every in ("daily", "twice_daily") for line in self.ledger.lines)


class BurdenDesk:
    """The questions, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._kept: LRUCache[tuple[int, int], BurdenAnswer] = LRUCache(KEPT)
        self._lock = threading.Lock()

    def burden(
        self, viewer: Viewer, area: str = "city", day: dt.date | None = None, as_of: Moment = None
    ) -> BurdenAnswer:
        """The forms that the people of an area fill in; an inventory is of no day. AreaNotFound outside the scope."""
        view = self.desk.cube.at(as_of)
        key = view.version, self.desk.row(view, viewer, area)
        with self._lock:
            kept = self._kept.get(key)
        if kept is None:
            kept = self._answer(view, key[1])
            with self._lock:
                self._kept[key] = kept
        return kept

    def conformance(
        self, viewer: Viewer, area: str = "city", day: dt.date | None = None, as_of: Moment = None
    ) -> list[Conformance]:
        """How every source keeps to its format, the worst first; of one city of many its own, and nothing to who sees a
        part of a city only, because what a delivery brought is of all areas. AreaNotFound outside the scope."""
        view = self.desk.cube.at(as_of)
        self.desk.row(view, viewer, area)
        if part_of(self.desk.city, viewer.scope) is None:
            return []
        own = own_sources(self.desk.city, viewer.scope)
        repaired: dict[str, int] = {}
        for source, _, _, _, n in view.unplaced:
            repaired[source] = repaired.get(source, 0) + n
        loads: dict[str, list[Load]] = {}
        for load in view.loads:
            loads.setdefault(load.source, []).append(load)
        found = [_conformance(one.name, one.title, one.title_en, loads[one.name], repaired.get(one.name, 0))
                 for one in self.desk.city.sources if one.name in loads and one.name in own]  # fmt: skip
        return sorted(found, key=lambda one: (1.0 if one.conforming is None else one.conforming, one.source))

    def _answer(self, view: View, row: int) -> BurdenAnswer:
        tables = self.desk.cube.store.flow_days("forms", view.version)
        items = [item for table in tables for item in items_of(table.words, table.rows)]
        made = ledger(_here(view, row, items))
        known = [load.known for load in view.loads if load.kind == "forms"]
        lines = [FieldLine(_key(group), group, len(group.sheets), len(group.departments)) for group in made.doubled]
        pairs = [Pair(digest(*pair), *pair, n) for pair, n in made.shared.items()]
        return BurdenAnswer(made, tuple(lines), tuple(pairs), max(known, default=None))


def _here(view: View, row: int, items: list[Item]) -> Iterator[Item]:
    """The items of the forms that are filled in inside an area, with their people there."""
    for item in items:
        home = view.areas.row_of.get(item.area, -1) if item.area else 0
        share = share_of(view, row, home, item.level) if home >= 0 else 0.0
        if share:
            yield replace(item, people=None if item.people is None else item.people * share)


def share_of(view: View, row: int, home: int, level: str) -> float:
    """The share of the units of a level in the area ``home`` that the area ``row`` has; where the city has no such
    level, of the units of its finest."""
    areas = view.areas
    if row <= home < areas.last[row]:
        return 1.0
    if not home <= row < areas.last[home]:
        return 0.0
    level = level if level in areas.levels else areas.levels[-1]
    return len(areas.of_level(level, row)) / max(1, len(areas.of_level(level, home)))


def _key(group: Group) -> str:
    """What tells a group from the others: where it is asked for first."""
    first = group.items[0]
    return digest(*first.sheet, first.field)


def _conformance(name: str, title: str | None, title_en: str | None, loads: list[Load], repaired: int) -> Conformance:
    rows, rejected = sum(load.rows for load in loads), sum(load.rejected for load in loads)
    return Conformance(name, title or name, title_en or title or name, len(loads), rows, rejected,
                       min(repaired, rows - rejected))  # fmt: skip
