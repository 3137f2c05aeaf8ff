"""Small provinces, written as files: cities beside each other, whose districts and streets all bear the same names.

A city is a rectangle of two districts of two streets, divided by meridians; its east border is the next city's west
border, so that hexagons of the grid lie in both. Nothing tells the cities apart but their codes and where they are.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import h3

from data.city import City, read_city
from data.store import Store, sqlite_url
from grid.build import Built, build
from grid.cube import Cube, View
from tests.tiny import MIDDLE, NORTH, SECRET, SOUTH, box, geojson, write_csv

FIRST = dt.date(2022, 3, 1)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(3)]
PROVINCE = "980000"
#: Of every city: districts and streets by the ends of their codes.
DISTRICTS = {"01": "鼓楼区", "02": "西湖区"}
STREETS = {"01001": "中山街道", "01002": "新村街道", "02001": "中山街道", "02002": "石桥镇"}
#: Of every street of a city that has communities, south and north: the ends of their codes.
COMMUNITIES = {"001": "南滩社区", "002": "北滩社区"}
WIDTH, STREET = 0.04, 0.01
H3 = 8
GRIDS = {
    "h3": f"[grid]\nh3 = {H3}\n",
    "finer": "[grid]\nh3 = 9\n",
    "imported": '[grid]\nfile = "maps/grid.geojson"\nid = "id"\narea = "area"\ncrs = "WGS-84"\n',
    "none": "",
}
#: The same of every city: named by words, by points, by codes, by persons.
SOURCES = """
[[source]]
name = "population"
kind = "population"
path = "in/population.csv"

[[source]]
name = "cases"
kind = "cases"
path = "in/cases.csv"
crs = "WGS-84"

[[source]]
name = "codes"
kind = "code_status"
path = "in/codes.csv"

[[source]]
name = "zones"
kind = "zones"
path = "in/zones.csv"
crs = "WGS-84"
columns = { geometry = "shape" }

[[source]]
name = "risks"
kind = "risk_areas"
path = "in/risks.csv"

[[source]]
name = "ledger"
kind = "isolation"
path = "in/isolation.csv"
"""


#: How the areas of a level are drawn.
DRAWN = 'boundaries = {{ file = "maps/{}.geojson", code = "code", crs = "WGS-84" }}\n'


@dataclass(frozen=True)
class Case:
    """One finding: its ``street`` by the end of its code; ``point``: longitude within the city, or told by names."""

    day: dt.date
    street: str
    point: bool


def code_of(number: int) -> str:
    """The code of a city."""
    return f"98{number + 1:02}00"


def prefix_of(number: int) -> str:
    """What its districts' codes begin with."""
    return code_of(number)[:4]


def west_of(number: int) -> float:
    """Its west border."""
    return 110 + WIDTH * number


def cases(number: int, many: int = 12) -> list[Case]:
    """The findings of a city."""
    chance = random.Random(number)
    return [Case(chance.choice(DAYS), chance.choice(list(STREETS)), chance.random() < 0.6) for _ in range(many)]


def people(number: int) -> dict[str, int]:
    """Street -> residents."""
    return {street: 1000 * (number + 1) + 10 * at for at, street in enumerate(STREETS)}


def write_city(
    folder: Path,
    number: int,
    grid: str = "h3",
    found: Sequence[Case] | None = None,
    extra: str = "",
    *,
    communities: bool = False,
) -> Path:
    """Writes a city, whose streets have ``communities`` or not; returns its city file."""
    west, prefix = west_of(number), prefix_of(number)
    streets = {end: box(west + STREET * at, west + STREET * (at + 1)) for at, end in enumerate(STREETS)}
    geojson(folder / "maps/streets.geojson", (({"code": prefix + end}, shape) for end, shape in streets.items()))
    if grid == "imported":
        squares = [
            (f"C{at}", prefix + end, shape.centroid.buffer(0.002)) for at, (end, shape) in enumerate(streets.items())
        ]
        geojson(folder / "maps/grid.geojson", (({"id": id_, "area": area}, shape) for id_, area, shape in squares))
    if communities:
        _communities(folder, number)
    write_csv(
        folder / "codes/districts.csv", ["code", "name"], [(prefix + end, name) for end, name in DISTRICTS.items()]
    )
    write_csv(folder / "codes/streets.csv", ["code", "name"], [(prefix + end, name) for end, name in STREETS.items()])
    _feeds(folder, number, cases(number) if found is None else found, communities)
    levels = "".join(
        f'[[level]]\nid = "{level}"\ncodes = {{ file = "codes/{file}.csv" }}\n{drawn}[level.aliases]\n{aliases}\n'
        for level, file, drawn, aliases in (
            ("district", "districts", "", ""),
            ("street", "streets", DRAWN.format("streets"), f'"旧村{number}" = "新村街道"'),
            ("community", "communities", DRAWN.format("communities"), ""),
        )[: 3 if communities else 2]
    )  # fmt: skip
    head = f'[city]\ncode = "{code_of(number)}"\nname = "第{number}市"\n'
    path = folder / "city.toml"
    path.write_text("\n".join([head, levels, GRIDS[grid], SOURCES, extra]), "utf-8")
    return path


def _communities(folder: Path, number: int) -> None:
    west, prefix = west_of(number), prefix_of(number)
    halves = {
        prefix + end + part: box(west + STREET * at, west + STREET * (at + 1), *sides)
        for at, end in enumerate(STREETS)
        for part, sides in zip(COMMUNITIES, ((SOUTH, MIDDLE), (MIDDLE, NORTH)), strict=True)
    }
    geojson(folder / "maps/communities.geojson", (({"code": code}, shape) for code, shape in halves.items()))
    rows = [(code, COMMUNITIES[code[9:]]) for code in halves]
    write_csv(folder / "codes/communities.csv", ["code", "name"], rows)


def _feeds(folder: Path, number: int, found: Sequence[Case], communities: bool) -> None:
    write_csv(folder / "in/population.csv", ["区", "街道", "人口"],
              [(DISTRICTS[end[:2]], STREETS[end], n) for end, n in people(number).items()])  # fmt: skip
    _findings(folder, number, found, communities)
    west = west_of(number)
    codes = [(day, prefix_of(number) + end, "红码", 10 * (number + 1)) for day in DAYS for end in STREETS]
    write_csv(folder / "in/codes.csv", ["日期", "code", "码色", "人数"], codes)
    zones = [("Z1", "封控区", DAYS[0], DAYS[1], box(west + 0.002, west + 0.008).wkt, ""),
             ("Z2", "管控区", DAYS[1], "", "", f"鼓楼区旧村{number}")]  # fmt: skip
    write_csv(folder / "in/zones.csv", ["编号", "类型", "起始日期", "结束日期", "shape", "位置描述"], zones)
    write_csv(folder / "in/risks.csv", ["日期", "风险等级", "地址"], [(DAYS[0], "高风险区", "西湖区中山街道")])
    write_csv(folder / "in/isolation.csv", ["person", "district", "street", "start", "end", "kind"],
              [(f"p{n}", "鼓楼区", "中山街道", DAYS[0], DAYS[1], "集中隔离") for n in range(number + 1)])  # fmt: skip


def _findings(folder: Path, number: int, found: Sequence[Case], communities: bool) -> None:
    """Every other one in a northern community, where there are any."""
    west, at, rows = west_of(number), list(STREETS), []
    for n, case in enumerate(found):
        north = communities and n % 2 == 1
        lon = west + STREET * (at.index(case.street) + 0.5) if case.point else ""
        lat = (NORTH - 0.01 if north else SOUTH + 0.01) if case.point else ""
        names = DISTRICTS[case.street[:2]], STREETS[case.street], list(COMMUNITIES.values())[north]
        rows.append((case.day, "确诊", *names[: 3 if communities else 2], lon, lat))
    heading = ["区", "街道", "居村"][: 3 if communities else 2]
    write_csv(folder / "in/cases.csv", ["日期", "类别", *heading, "经度", "纬度"], rows)


def write_province(
    folder: Path,
    grids: Sequence[str] = ("h3", "h3"),
    extra: str = "",
    head: str = "",
    *,
    communities: Collection[int] = (),
) -> Path:
    """Writes a province with a city of each grid, some of them (by number) with ``communities``; returns its file."""
    for number, grid in enumerate(grids):
        write_city(folder / f"city{number}", number, grid, communities=number in communities)
    return write_file(folder, [f"city{number}/city.toml" for number in range(len(grids))], extra, head)


def write_file(folder: Path, cities: Sequence[str], extra: str = "", head: str = "") -> Path:
    """Writes the file of a province alone."""
    path = folder / "province.toml"
    listed = ", ".join(f'"{city}"' for city in cities)
    about = f'[city]\ncode = "{PROVINCE}"\nname = "安省"\nlevel = "province"\ncities = [{listed}]\n{head}'
    path.write_text(f"{about}\n{extra}", "utf-8")
    return path


@dataclass(frozen=True)
class Finding:
    """A finding as its file tells it: ``area`` the finest that the row names, ``cell`` that of its point ("": none)."""

    day: str
    area: str
    cell: str

    def within(self, area: str) -> bool:
        """Whether it lies in an area of the province."""
        return area == PROVINCE or self.area.startswith(area.removesuffix("00"))


def findings(folder: Path) -> list[Finding]:
    """All that the files of a province tell: read once more, as text."""
    found = []
    for number in range(len(list(folder.glob("city*")))):
        with (folder / f"city{number}/in/cases.csv").open(encoding="utf-8") as file:
            found += [_finding(number, row) for row in csv.DictReader(file)]
    return found


def _finding(number: int, row: Mapping[str, str]) -> Finding:
    district = next(end for end, name in DISTRICTS.items() if name == row["区"])
    street = next(end for end, name in STREETS.items() if name == row["街道"] and end.startswith(district))
    community = next((end for end, name in COMMUNITIES.items() if name == row.get("居村")), "")
    cell = h3.latlng_to_cell(float(row["纬度"]), float(row["经度"]), H3) if row["纬度"] else ""
    return Finding(row["日期"], prefix_of(number) + street + community, cell)


class Home:
    """A store of a city or a province."""

    def __init__(self, file: Path, database: Path) -> None:
        self.file, self.database = file, database
        self.store = Store.create(sqlite_url(database))
        self.built = self.build()

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return self.file.parent

    @property
    def city(self) -> City:
        """As its file says now."""
        return read_city(self.file)

    def build(self) -> Built:
        """Loads what is new."""
        made = build(self.store, self.city, SECRET)
        assert [outcome.error for outcome in made.outcomes if outcome.error] == []
        return made

    def view(self) -> View:
        """As it is known now."""
        return Cube(self.store, self.city).at()
