"""Its feeds: what each says, the file it comes in, and its part of the city file."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from grid.crs import crs, from_wgs84
from tests.tiny.places import DISTRICTS, POPULATION, STREETS, cells, street_at, write_csv

Day = dt.date

FIRST = Day(2022, 3, 1)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(10)]


@dataclass(frozen=True)
class Person:
    """One row of the line list; ``lon`` and ``lat`` in WGS-84, None where the row has names only."""

    id: str
    day: Day
    status: str
    street: str
    lon: float | None
    lat: float | None


def people(number: int = 60) -> list[Person]:
    """The line list: most with coordinates, every sixth with names only."""
    chance = random.Random(20220301)
    found = []
    for n in range(number):
        lon, lat = chance.uniform(110.0005, 110.0595), chance.uniform(30.0005, 30.0295)
        status = chance.choice(["确诊", "无症状", "无症状", "转归"])
        here = None if n % 6 == 5 else (lon, lat)
        day = chance.choice(DAYS)
        found.append(Person(f"P{n:04}", day, status, street_at(lon), *(here or (None, None))))
    return found


def gcj(lon: float, lat: float) -> tuple[str, str]:
    """A point as a sender writes it: GCJ-02, 7 decimals."""
    x, y = from_wgs84(np.array([lon]), np.array([lat]), crs("GCJ-02"))
    return f"{x[0]:.7f}", f"{y[0]:.7f}"


def write_people(path: Path, persons: Iterable[Person]) -> Path:
    """A line list as the city's centre for disease control would send it."""
    rows = []
    for each in persons:
        lon, lat = gcj(each.lon, each.lat) if each.lon is not None and each.lat is not None else (None, None)
        district, street = DISTRICTS[each.street[:6]][0], STREETS[each.street][0]
        rows.append((each.id, each.day, each.status, district, street, lon, lat))
    return write_csv(path, ["编号", "日期", "类别", "区", "街道", "经度", "纬度"], rows)


def _population(folder: Path, _: int) -> None:
    write_csv(folder / "in/population.csv", ["街道代码", "常住人口"], POPULATION.items())


def _cases(folder: Path, number: int) -> None:
    write_people(folder / "in/cases.csv", people(number))


#: Street and day -> cases of the second district's own daily table; the eighth day is not reported.
TABLE = {
    (name, day): (n + 2 * d) % 5
    for n, name in enumerate(["石桥街道", "柳林街道", "上河镇"])
    for d, day in enumerate(DAYS)
    if d != 7
}


def _table(folder: Path, _: int) -> None:
    rows = [(day, street, number) for (street, day), number in TABLE.items()]
    write_csv(folder / "in/table.csv", ["日期", "街道", "人数"], rows, "gb18030")


#: id, kind, first day, last day (inclusive), WKT or None, community or None, text or None.
ZONES: list[tuple[str, str, Day, Day | None, str | None, str | None, str | None]] = [
    ("Z1", "封控区", DAYS[1], DAYS[5], shapely.box(110.002, 30.002, 110.008, 30.010).wkt, None, None),
    ("Z2", "管控区", DAYS[1], None, None, "塔下村", None),
    ("Z3", "管控", DAYS[2], DAYS[3], None, None, "西山区柳林街道"),
    ("Z4", "封控", DAYS[4], DAYS[4], None, None, "西山区柳林街道1号楼"),
]


def _zones(folder: Path, _: int) -> None:
    write_csv(folder / "in/zones.csv", ["编号", "类型", "起始日期", "结束日期", "范围", "社区", "位置描述"], ZONES)


#: day, grade, district, text.
RISKS = [
    (DAYS[0], "高风险区", "东江区", "江口街道南滩居委会1号楼"),
    (DAYS[0], "中风险区", "东江区", "东江镇塔下村"),
    (DAYS[0], "中风险区", "西山区", "柳林街道、上河镇"),
    (DAYS[0], "低风险区", "西山区", "其他区域"),
    (DAYS[3], "高风险区", "西山区", "西山区石桥街道新村"),
]


def _risks(folder: Path, _: int) -> None:
    write_csv(folder / "in/risks.csv", ["日期", "风险等级", "区县", "地址"], RISKS)


def addresses() -> dict[tuple[str, Day], int]:
    """(cell, day) -> addresses."""
    chance = random.Random(7)
    return {(cell, day): chance.randrange(1, 4) for day in DAYS[:5] for cell in chance.sample(cells(), 12)}


def _addresses(folder: Path, _: int) -> None:
    rows = [(day, cell, number) for (cell, day), number in addresses().items()]
    write_csv(folder / "in/addresses.csv", ["日期", "h3", "地址数"], rows)


def codes() -> dict[tuple[str, str, Day], int]:
    """(street, colour, day) -> people."""
    colours = {"绿码": 1000, "黄码": 20, "红码": 3}
    return {(s, c, day): n + d for s in POPULATION for c, n in colours.items() for d, day in enumerate(DAYS[:6])}


def _codes(folder: Path, _: int) -> None:
    rows = [(day, street, colour, number) for (street, colour, day), number in codes().items()]
    write_csv(folder / "in/codes.csv", ["日期", "代码", "码色", "人数"], rows)


def ledger(number: int = 400) -> list[tuple[str, Day, Day | None, str]]:
    """(cell, day, until, colour) of assignments."""
    chance = random.Random(11)
    here, found = cells(), []
    for _ in range(number):
        day = chance.choice(DAYS)
        until = chance.choice([None, day + dt.timedelta(days=chance.randrange(1, 5))])
        found.append((chance.choice(here), day, until, chance.choice(["红码", "黄", "green"])))
    return found


def _ledger(folder: Path, _: int) -> None:
    write_csv(folder / "in/ledger.csv", ["cell", "day", "until", "status"], ledger())


SOURCES: dict[str, str] = {
    "population": """
kind = "population"
path = "in/population.csv"
columns = { code = "街道代码", count = "常住人口" }
""",
    "cases": """
kind = "cases"
path = "in/cases.csv"
crs = "GCJ-02"
columns = { id = "编号", status = "类别", lon = "经度", lat = "纬度", district = "区", street = "街道" }
max_bad_share = 0.2
""",
    "table": """
kind = "cases"
path = "in/table.csv"
encoding = "gb18030"
columns = { day = "日期", street = "街道", count = "人数" }
constants = { district = "西山区", status = "case" }
""",
    "zones": """
kind = "zones"
path = "in/zones.csv"
crs = "WGS-84"
columns = { id = "编号", kind = "类型", start = "起始日期", end = "结束日期", geometry = "范围" }
""",
    "risks": """
kind = "risk_areas"
path = "in/risks.csv"
columns = { text = "地址" }
""",
    "addresses": """
kind = "addresses"
path = "in/addresses.csv"
columns = { cell = "h3" }
""",
    "codes": """
kind = "code_status"
path = "in/codes.csv"
columns = { code = "代码" }
""",
    "ledger": """
kind = "code_ledger"
path = "in/ledger.csv"
""",
}

_WRITERS: Mapping[str, Callable[[Path, int], None]] = {
    "population": _population,
    "cases": _cases,
    "table": _table,
    "zones": _zones,
    "risks": _risks,
    "addresses": _addresses,
    "codes": _codes,
    "ledger": _ledger,
}


def write_feed(folder: Path, name: str, number: int) -> None:
    """The file of one of SOURCES; ``number``: people in the line list."""
    _WRITERS[name](folder, number)
