"""What the simulated city has at hand: items in store by street, rooms for isolation, and people at work.

The outer districts have more than they need and the centre runs short; of one item there is not enough for anybody, one
street never tells what it uses, and a few responsibility areas have far too much to do.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.demo.areas import Town
from data.demo.measures import Measures
from data.demo.moments import Calendar
from data.demo.terrain import rng

Ints = NDArray[np.int64]

DAYS = 14  # days before the last one that the file of supplies tells of


@dataclass(frozen=True, slots=True)
class Item:
    """``use`` a thousand residents and day; ``days`` that the whole city's stock lasts on the last day."""

    name: str
    unit: str
    use: float
    days: float


ITEMS = (
    Item("医用防护服", "套", 0.6, 9.5),
    Item("N95口罩", "只", 24.0, 16.0),
    Item("医用外科口罩", "只", 260.0, 12.0),
    Item("抗原检测试剂", "人份", 90.0, 4.2),  # not enough for anybody's week
    Item("核酸采样管", "支", 130.0, 8.0),
    Item("84消毒液", "升", 7.0, 21.0),
    Item("生活物资包", "份", 11.0, 7.6),
)

SUPPLIES = {"day": "日期", "code": "街道编码", "item": "物资", "unit": "单位", "stock": "库存", "used": "日消耗"}
PLACES = {"day": "日期", "code": "街道编码", "place": "场所", "rooms": "房间数", "taken": "已用房间"}
WORKERS = {"day": "日期", "code": "区域编码", "people": "在岗人数", "capacity": "每人每日可办件数"}

RESIDENTS_A_WORKER = 3000  # who go from door to door; the others sit at gates and desks
CAPACITY = (3, 8)  # visits a day, with the suit put on and off for each
ROOMS = (40, 260)
NAMES = ("安澜酒店", "职工培训中心", "青年公寓", "临时隔离点")


def write_stock(town: Town, found: Measures, calendar: Calendar, to: Path) -> None:
    """A CSV file each of supplies, isolation places and workers."""
    last = town.size.days - 1
    _write(to / "supplies", f"supplies_{calendar.moment(last, 20, 30)}.csv", SUPPLIES, _supplies(town, calendar))
    _write(to / "places", f"places_{calendar.moment(last, 19, 30)}.csv", PLACES, _places(town, found, calendar))
    _write(to / "workers", f"workers_{calendar.moment(last, 7, 30)}.csv", WORKERS, _workers(town, calendar))


def _write(folder: Path, name: str, headings: dict[str, str], rows: Iterable[Sequence[object]]) -> None:
    folder.mkdir(parents=True)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([list(headings.values()), *rows])
    (folder / name).write_bytes(text.getvalue().encode("utf-8-sig"))


def _residents(town: Town) -> Ints:
    """By street."""
    return np.bincount(town.communities.parent, town.per_community(town.people), len(town.streets)).astype(np.int64)


def _supplies(town: Town, calendar: Calendar) -> Iterator[list[object]]:
    """Day by day backwards from the last stock: what was used came off it, and was made up for twice."""
    random, people = rng(town.seed, "supplies"), _residents(town)
    silent = int(random.integers(len(town.streets)))
    # richer towards the edge of the list of districts, which begins at the centre
    rich = np.linspace(0.35, 1.9, len(town.districts))[town.streets.parent]
    for item in ITEMS:
        used = random.poisson(np.maximum(people * item.use / 1000, 0.3), (DAYS, len(people)))
        mean = used[-7:].mean(axis=0)
        stock = np.rint(mean * item.days * rich * random.uniform(0.5, 1.5, len(people))).astype(np.int64)
        for ago in range(DAYS):
            day = calendar.day(town.size.days - 1 - ago)
            for street, code in enumerate(town.streets.codes):
                told = "" if street == silent and item is ITEMS[-1] else int(used[DAYS - 1 - ago, street])
                yield [day, code, item.name, item.unit, int(stock[street]), told]
            stock = stock + used[DAYS - 1 - ago]


def _places(town: Town, found: Measures, calendar: Calendar) -> Iterator[list[object]]:
    """One or two a street that had findings lately; the fuller, the more there were."""
    random = rng(town.seed, "places")
    last = town.size.days - 1
    lately = np.bincount(town.communities.parent, found.found[:, max(0, last - 13) :].sum(axis=1), len(town.streets))
    for street, code in enumerate(town.streets.codes):
        stem = town.streets.names[street].zh.removesuffix("街道").removesuffix("镇")
        for name in random.choice(NAMES, int(random.integers(0, 3)), replace=False):
            rooms = int(random.integers(*ROOMS))
            taken = min(rooms, int(random.poisson(rooms * min(0.98, 0.25 + 0.02 * lately[street]))))
            yield [calendar.day(last), code, f"{stem}{name}", rooms, taken]


def _workers(town: Town, calendar: Calendar) -> Iterator[list[object]]:
    """By responsibility grid, else by community."""
    random = rng(town.seed, "workers")
    layer = town.communities if town.grids is None else town.grids
    of = np.arange(len(town.communities)) if town.grids is None else town.pair
    people = np.bincount(of, town.per_community(town.people), len(layer))
    crew = np.maximum(1, random.poisson(people / RESIDENTS_A_WORKER))
    for code, n in zip(layer.codes, crew.tolist(), strict=True):
        yield [calendar.day(town.size.days - 1), code, n, int(random.integers(*CAPACITY))]
