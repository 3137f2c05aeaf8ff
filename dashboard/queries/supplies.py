"""What an area has in store, how long it lasts, and who should give whom what; and rooms for isolation.

Things are no persons and are shown to everybody in whose scope they lie. How many rooms are taken tells how many people
are isolated, often a few in one place: that is for who may see small numbers.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from cachetools import LRUCache

from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.hidden import HIDDEN, Count, Made
from data.errors import BadQuestion
from data.words import Both
from grid import stock
from grid.cube import View
from grid.stock import Rooms, Store
from grid.transfer import Holding, Ints, Line, Plan, distances, plan

#: Days of stock that every area should have where nothing else is asked for: until the next week's delivery.
TARGET = 7
#: The longest that may be asked for: no emergency store holds more than a quarter.
MOST_TARGET = 90
#: Days, versions and areas whose tables and distances are kept.
KEPT = 64


@dataclass(frozen=True)
class Have:
    """What one area has of an item. ``used`` a day and the ``days`` that it lasts: None where a part of it does not
    tell; ``stock`` None: no part of it tells anything. ``rest``: the asked area itself, what is known no finer."""

    area: str
    name: str
    stock: int | None
    used: float | None
    days: float | None
    rest: bool = False


@dataclass(frozen=True)
class ItemLine:
    """One item in an area, and in each area below it. ``short``: how many of these have less than the target;
    ``silent``: how many tell no stock or no use of it."""

    item: str
    unit: str
    stock: int
    used: float | None
    days: float | None
    short: int
    silent: int
    areas: tuple[Have, ...]


@dataclass(frozen=True)
class StockAnswer:
    """What there is on a day, what runs out first first; ``told``: the newest day that a store tells of."""

    day: Day
    told: Day | None
    target: int
    items: tuple[ItemLine, ...]

    @property
    def short(self) -> int:
        """Pairs of area and item below the target."""
        return sum(line.short for line in self.items)


@dataclass(frozen=True)
class GiveLine:
    """One area in a plan: ``before + received - given == after`` units; its days before and after (None: it uses
    nothing), and the units that it needs for the target."""

    area: str
    name: str
    used: float
    need: int
    before: int
    received: int
    given: int
    after: int
    days_before: float | None
    days_after: float | None


@dataclass(frozen=True)
class Give:
    """One step of a plan: ``units`` over ``km``; ``unit_km`` is their product."""

    id: str
    origin: str
    destination: str
    units: int
    km: float
    unit_km: float


@dataclass(frozen=True)
class ItemPlan:
    """The proposal for one item. ``enough``: all reach the target; ``needed``, ``stock``, ``missing``: units that all
    need for it, have, and lack. ``left_out``: names of areas that do not tell stock and use."""

    item: str
    unit: str
    enough: bool
    needed: int
    stock: int
    missing: int
    used: float
    units: int
    unit_km: float
    received: int
    given: int
    least_before: float | None
    least_after: float | None
    lines: tuple[GiveLine, ...]
    moves: tuple[Give, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class PlansAnswer:
    """The proposals for all items of a day, in the order of :class:`StockAnswer`."""

    day: Day
    target: int
    items: tuple[ItemPlan, ...]

    @property
    def units(self) -> int:
        """Units that are moved, of all items together."""
        return sum(one.units for one in self.items)

    @property
    def lacking(self) -> int:
        """Items of which all together do not reach the target."""
        return sum(not one.enough for one in self.items)

    @property
    def moves(self) -> int:
        """Steps of all plans."""
        return sum(len(one.moves) for one in self.items)

    @property
    def unit_km(self) -> float:
        """Kilometres x units of all plans."""
        return sum(one.unit_km for one in self.items)


@dataclass(frozen=True)
class RoomLine:
    """Rooms of an area, or of one place (``place``; ``where``: the areas around it). ``free`` and ``share`` (taken of
    all) follow from the taken."""

    id: str
    name: str
    place: bool
    places: int
    rooms: int
    taken: Count | None
    where: str = ""

    @property
    def free(self) -> Count | None:
        """Rooms that are not taken."""
        return None if self.taken is None else self.rooms - self.taken

    @property
    def share(self) -> Made | None:
        """The part that is taken."""
        return None if self.taken is None or not self.rooms else self.taken / self.rooms


@dataclass(frozen=True)
class RoomsAnswer:
    """The isolation places of an area: all, by area below it, and one by one."""

    day: Day
    told: Day | None
    all: RoomLine
    areas: tuple[RoomLine, ...]
    places: tuple[RoomLine, ...]


class SupplyDesk:
    """The questions, over one desk. ``day`` None: the last day of which a table speaks."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._stores: LRUCache[tuple[int, Day], list[Store]] = LRUCache(KEPT)
        self._metres: LRUCache[tuple[int, tuple[int, ...]], Ints] = LRUCache(KEPT)
        self._lock = threading.RLock()

    def days(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Sequence[Day]:
        """The days of which tables of supplies or isolation places speak, ascending."""
        view = self.desk.cube.at(as_of)
        return sorted({*stock.told_days(view, "supplies"), *stock.told_days(view, "places")})

    def stock(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None,
        target: str | int = TARGET,
    ) -> StockAnswer:  # fmt: skip
        """Stock, use and days left of every item in an area. BadQuestion of a target beyond MOST_TARGET."""
        view, asked, target = self.desk.cube.at(as_of), self._day(viewer, day, as_of), _target(target)
        row = self.desk.row(view, viewer, area)
        found = self._inside(view, row, asked)
        lines = [_item(view, viewer, row, parts, target) for parts in _by_item(found).values()]
        lines.sort(key=lambda line: (line.days is None, line.days or 0.0, line.item))
        return StockAnswer(asked, max((one.day for one in found), default=None), target, tuple(lines))

    def plans(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None,
        target: str | int = TARGET,
    ) -> PlansAnswer:  # fmt: skip
        """For every item who of the areas below should give whom how much. See :mod:`grid.transfer`."""
        view, told = self.desk.cube.at(as_of), self.stock(viewer, area, day, as_of, target)
        parts = _by_item(self._inside(view, self.desk.row(view, viewer, area), told.day))
        return PlansAnswer(
            told.day, told.target, tuple(self._plan(view, line, parts[line.item], told.target) for line in told.items)
        )

    def rooms(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> RoomsAnswer:
        """Isolation places and their rooms; how many are taken is HIDDEN from who may not see small numbers."""
        view, asked = self.desk.cube.at(as_of), self._day(viewer, day, as_of)
        row = self.desk.row(view, viewer, area)
        areas, hide = view.areas, not viewer.small_numbers
        found = [one for one in stock.rooms(view, asked) if row <= one.row < areas.last[row]]
        below = [(child, [one for one in found if child <= one.row < areas.last[child]])
                 for child in areas.children(row).tolist()]  # fmt: skip
        return RoomsAnswer(
            asked, max((one.day for one in found), default=None), _rooms("all", "", found, hide),
            tuple(_rooms(areas.code[at], areas.label(at, viewer.lang), inside, hide) for at, inside in below if inside),
            tuple(replace(_rooms(f"{areas.code[one.row]} {one.place}", one.place, [one], hide, place=True),
                          where=_where(view, viewer, row, one.row)) for one in found),
        )  # fmt: skip

    # helpers ---------------------------------------------------------------------------------------

    def _day(self, viewer: Viewer, day: Day | None, as_of: dt.datetime | None) -> Day:
        found = day or max(self.days(viewer, as_of), default=None)
        if found is None:
            raise BadQuestion(detail=Both("还没有物资和隔离场所数据", "no supplies and isolation places yet"))
        return found

    def _inside(self, view: View, row: int, day: Day) -> list[Store]:
        with self._lock:
            if (view.version, day) not in self._stores:
                self._stores[view.version, day] = stock.stores(view, day)
            found = self._stores[view.version, day]
        return [one for one in found if row <= one.row < view.areas.last[row]]

    def _plan(self, view: View, line: ItemLine, parts: Iterable[Store], target: int) -> ItemPlan:
        rows = {view.areas.row_of[have.area]: have for have in line.areas if _planned(view, have)}
        used = {row: Fraction() for row in rows}
        for one in parts:
            above = next((row for row in rows if row <= one.row < view.areas.last[row]), None)
            if above is not None:
                used[above] += one.used or 0
        holdings = [Holding(have.area, have.stock or 0, used[row]) for row, have in rows.items()]
        made = plan(holdings, self._distances(view, tuple(rows)), target)
        out = tuple(have.name for have in line.areas if not have.rest and view.areas.row_of[have.area] not in rows)
        return _told(line, made, {have.area: have.name for have in line.areas}, out)

    def _distances(self, view: View, rows: tuple[int, ...]) -> Ints:
        key = view.geography.id, rows
        with self._lock:
            if key not in self._metres:
                self._metres[key] = distances([shape for row in rows if (shape := view.areas.shape[row]) is not None])
            return self._metres[key]


def _target(target: str | int) -> int:
    """The days that are asked for, from an address as well."""
    found = target if isinstance(target, int) else int(target) if target.isascii() and target.isdigit() else 0
    if not 1 <= found <= MOST_TARGET:
        detail = Both(f"目标天数须为 1 到 {MOST_TARGET}", f"the target is 1 to {MOST_TARGET} days")
        raise BadQuestion(detail=detail)
    return found


def _by_item(found: Iterable[Store]) -> Mapping[str, list[Store]]:
    items: dict[str, list[Store]] = {}
    for one in found:
        items.setdefault(one.item, []).append(one)
    return items


def _item(view: View, viewer: Viewer, row: int, parts: Sequence[Store], target: int) -> ItemLine:
    """One item of the area at ``row``: all of it, and what each area below has."""
    areas = view.areas
    below = [_have(view, viewer, child, [one for one in parts if child <= one.row < areas.last[child]])
             for child in areas.children(row).tolist()]  # fmt: skip
    own = [one for one in parts if one.row == row]
    rest = [_have(view, viewer, row, own, rest=True)] if own else []
    everything = _have(view, viewer, row, parts)
    short = sum(have.days is not None and have.days < target for have in below)
    silent = sum(have.stock is None or have.used is None for have in below)
    return ItemLine(
        parts[-1].item, parts[-1].unit, everything.stock or 0, everything.used, everything.days, short, silent,
        (*below, *rest),
    )  # fmt: skip


def _have(view: View, viewer: Viewer, row: int, parts: Sequence[Store], *, rest: bool = False) -> Have:
    """Stores added up; one that does not tell its use leaves the days unknown."""
    areas, rates = view.areas, [one.used for one in parts]
    held = sum(one.stock for one in parts) if parts else None
    used = sum((rate for rate in rates if rate is not None), Fraction()) if rates and None not in rates else None
    days = float(held / used) if held is not None and used else None
    return Have(areas.code[row], areas.label(row, viewer.lang), held, None if used is None else float(used), days, rest)


def _planned(view: View, have: Have) -> bool:
    """Whether an area can take part: it tells stock and use, and is on a map."""
    known = have.stock is not None and have.used is not None and not have.rest
    return known and view.areas.shape[view.areas.row_of[have.area]] is not None


def _told(line: ItemLine, made: Plan, names: Mapping[str, str], left_out: tuple[str, ...]) -> ItemPlan:
    moves = tuple(
        Give(f"{one.origin}-{one.destination}", names[one.origin], names[one.destination], one.units,
             one.metres / 1000, one.unit_km) for one in made.moves
    )  # fmt: skip
    return ItemPlan(
        line.item, line.unit, made.enough, made.needed, made.stock, max(made.needed - made.stock, 0),
        float(sum((one.used for one in made.lines), Fraction())), made.units, made.unit_km,
        sum(one.received for one in made.lines), sum(one.given for one in made.lines), _float(made.least_before),
        _float(made.least_after), tuple(_line(one, names[one.code], made.target) for one in made.lines), moves,
        left_out,
    )  # fmt: skip


def _line(one: Line, name: str, target: int) -> GiveLine:
    need = int(-(-one.used * target // 1))
    return GiveLine(one.code, name, float(one.used), need, one.before, one.received, one.given, one.after,
                    _float(one.days_before), _float(one.days_after))  # fmt: skip


def _where(view: View, viewer: Viewer, top: int, row: int) -> str:
    """The names of the areas from below the asked one down to the place's."""
    return " ".join(view.areas.label(step, viewer.lang) for step in view.areas.path(row) if step > top)


def _float(days: Fraction | None) -> float | None:
    return None if days is None else float(days)


def _rooms(id: str, name: str, found: Sequence[Rooms], hide: bool, *, place: bool = False) -> RoomLine:
    """Places added up; one that does not tell how many are taken leaves it unknown."""
    taken = [one.taken for one in found if one.taken is not None]
    known = len(taken) == len(found)
    told: Count | None = HIDDEN if hide and known else sum(taken) if known else None
    return RoomLine(id, name, place, len(found), sum(one.rooms for one in found), told)


__all__ = [
    "TARGET", "Give", "GiveLine", "Have", "ItemLine", "ItemPlan", "PlansAnswer", "RoomLine", "RoomsAnswer",
    "StockAnswer", "SupplyDesk",
]  # fmt: skip
