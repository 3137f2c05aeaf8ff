"""A small city, written as files: two districts, six streets, a unit grid, and every kind of feed.

Borders are meridians and parallels, so that an oracle needs no geometry: a point's street follows from its
longitude alone. Points are written in GCJ-02, as the feeds of real cities are; everything else in WGS-84.
Its names and numbers are made up; its feeds have the faults that real ones have.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h3
import numpy as np
import shapely

from data.city import City, read_city
from data.store import Store
from grid.build import Built, build
from grid.crs import crs, from_wgs84
from grid.cube import Cube, View

Day = dt.date

FIRST = Day(2022, 3, 1)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(10)]
CITY = "990000"
SECRET = "0123456789abcdef"
SOUTH, NORTH = 30.0, 30.03
MIDDLE = 30.015

#: code -> (name, west, east); 东江镇 begins with the short name of its district.
DISTRICTS = {"990101": ("东江区", 110.00, 110.03), "990102": ("西山区", 110.03, 110.06)}
STREETS = {
    "990101001": ("江口街道", 110.000, 110.015),
    "990101002": ("东江镇", 110.015, 110.030),
    "990102001": ("石桥街道", 110.030, 110.040),
    "990102002": ("柳林街道", 110.040, 110.050),
    "990102003": ("上河镇", 110.050, 110.060),
}
#: On no map, as industrial parks are.
UNDRAWN = {"990102400": "西山工业园区"}
#: The first street's communities are drawn, south and north; two streets have a 新村 each.
COMMUNITIES = {
    "990101001001": "南滩居委会",
    "990101001002": "北滩居委会",
    "990101002001": "新村居委会",
    "990101002002": "塔下村村委会",
    "990102001001": "新村居委会",
    "990102002001": "柳荫居委会",
}
POPULATION = {
    "990101001": 40_000,
    "990101002": 30_001,
    "990102001": 20_000,
    "990102002": 15_000,
    "990102003": 9_999,
    "990102400": 0,
}


@dataclass(frozen=True)
class Person:
    """One row of the line list; ``lon`` and ``lat`` in WGS-84, None where the row has names only."""

    id: str
    day: Day
    status: str
    street: str
    lon: float | None
    lat: float | None


@dataclass
class Knobs:
    """What of the city can be turned."""

    grid: str = "h3"
    border: float = 110.015
    merged: bool = False
    sources: Sequence[str] = field(default_factory=lambda: tuple(SOURCES))
    people: int = 60


def street_at(lon: float, border: float = 110.015) -> str:
    """The code of the street at a longitude."""
    if lon < 110.03:
        return "990101001" if lon < border else "990101002"
    return next(code for code, (_, west, east) in STREETS.items() if west <= lon < east)


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


def write_csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Any]], encoding: str = "utf-8") -> Path:
    """A CSV file; None is an empty cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([heading, *rows])
    return path


def gcj(lon: float, lat: float) -> tuple[str, str]:
    """A point as a sender writes it: GCJ-02, 7 decimals."""
    x, y = from_wgs84(np.array([lon]), np.array([lat]), crs("GCJ-02"))
    return f"{x[0]:.7f}", f"{y[0]:.7f}"


def cells() -> list[str]:
    """The H3 cells of resolution 9 whose centre is in the city."""
    ring = [(SOUTH, 110.0), (SOUTH, 110.06), (NORTH, 110.06), (NORTH, 110.0)]
    return sorted(h3.polygon_to_cells(h3.LatLngPoly(ring), 9))


def write_people(path: Path, persons: Iterable[Person]) -> Path:
    """A line list as the city's centre for disease control would send it."""
    rows = []
    for each in persons:
        lon, lat = gcj(each.lon, each.lat) if each.lon is not None and each.lat is not None else (None, None)
        district, street = DISTRICTS[each.street[:6]][0], STREETS[each.street][0]
        rows.append((each.id, each.day, each.status, district, street, lon, lat))
    return write_csv(path, ["编号", "日期", "类别", "区", "街道", "经度", "纬度"], rows)


# --- maps and codes ------------------------------------------------------------------------------


def geojson(path: Path, features: Iterable[tuple[dict[str, str], shapely.Geometry]]) -> None:
    """A GeoJSON file of features with their properties."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = [
        {"type": "Feature", "properties": about, "geometry": json.loads(shapely.to_geojson(shape))}
        for about, shape in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}, ensure_ascii=False), "utf-8")


def box(west: float, east: float, south: float = SOUTH, north: float = NORTH) -> shapely.Polygon:
    """A rectangle with corners every 0.001 degrees, so that neighbours share theirs."""
    return shapely.segmentize(shapely.box(west, south, east, north), 0.001)


def _maps(folder: Path, knobs: Knobs) -> None:
    streets = {code: (name, west, east) for code, (name, west, east) in STREETS.items()}
    streets["990101001"] = ("江口街道", 110.0, knobs.border)
    streets["990101002"] = ("东江镇", knobs.border, 110.03)
    if knobs.merged:
        del streets["990102003"]
        streets["990102002"] = ("柳林街道", 110.04, 110.06)
    geojson(folder / "maps/districts.geojson", ((({"adcode": c}), box(w, e)) for c, (_, w, e) in DISTRICTS.items()))
    named = {code: "江口" if code == "990101001" else name for code, (name, _, _) in streets.items()}
    areas = [
        ({"区": DISTRICTS[code[:6]][0], "街道": named[code]}, box(west, east))
        for code, (_, west, east) in streets.items()
    ]
    geojson(folder / "maps/streets.geojson", areas)
    drawn = {"990101001001": (SOUTH, MIDDLE), "990101001002": (MIDDLE, NORTH)}
    halves = [({"code": code}, box(110.0, knobs.border, south, north)) for code, (south, north) in drawn.items()]
    geojson(folder / "maps/communities.geojson", halves)
    names = {code: name for code, (name, _, _) in streets.items()} | UNDRAWN
    write_csv(folder / "codes/districts.csv", ["code", "name"], [(c, name) for c, (name, _, _) in DISTRICTS.items()])
    write_csv(
        folder / "codes/streets.csv", ["代码", "名称", "所属区"], [(c, n, c[:6]) for c, n in names.items()], "gb18030"
    )
    write_csv(folder / "codes/communities.csv", ["code", "name"], COMMUNITIES.items())


def imported_cells(knobs: Knobs | None = None) -> dict[str, tuple[str, shapely.Polygon]]:
    """The official grid: squares of 0.0025 degrees over the southern half, id -> (community, shape)."""
    found = {}
    for x in range(24):
        for y in range(6):
            west, south = 110 + 0.0025 * x, SOUTH + 0.0025 * y
            street = street_at(west + 0.001, knobs.border if knobs else 110.015)
            community = next((c for c in COMMUNITIES if c.startswith(street)), None)
            if community is not None:
                square = shapely.box(west, south, west + 0.0025, south + 0.0025)
                found[f"{community}{x:02}{y:03}"] = (community, square)
    return found


# --- feeds -----------------------------------------------------------------------------------------


def _population(folder: Path, _: Knobs) -> None:
    write_csv(folder / "in/population.csv", ["街道代码", "常住人口"], POPULATION.items())


def _cases(folder: Path, knobs: Knobs) -> None:
    write_people(folder / "in/cases.csv", people(knobs.people))


#: Street and day -> cases of the second district's own daily table; the eighth day is not reported.
TABLE = {
    (name, day): (n + 2 * d) % 5
    for n, name in enumerate(["石桥街道", "柳林街道", "上河镇"])
    for d, day in enumerate(DAYS)
    if d != 7
}


def _table(folder: Path, _: Knobs) -> None:
    rows = [(day, street, number) for (street, day), number in TABLE.items()]
    write_csv(folder / "in/table.csv", ["日期", "街道", "人数"], rows, "gb18030")


#: id, kind, first day, last day (inclusive), WKT or None, community or None, text or None.
ZONES: list[tuple[str, str, Day, Day | None, str | None, str | None, str | None]] = [
    ("Z1", "封控区", DAYS[1], DAYS[5], shapely.box(110.002, 30.002, 110.008, 30.010).wkt, None, None),
    ("Z2", "管控区", DAYS[1], None, None, "塔下村", None),
    ("Z3", "管控", DAYS[2], DAYS[3], None, None, "西山区柳林街道"),
    ("Z4", "封控", DAYS[4], DAYS[4], None, None, "西山区柳林街道1号楼"),
]


def _zones(folder: Path, _: Knobs) -> None:
    write_csv(folder / "in/zones.csv", ["编号", "类型", "起始日期", "结束日期", "范围", "社区", "位置描述"], ZONES)


#: day, grade, district, text.
RISKS = [
    (DAYS[0], "高风险区", "东江区", "江口街道南滩居委会1号楼"),
    (DAYS[0], "中风险区", "东江区", "东江镇塔下村"),
    (DAYS[0], "中风险区", "西山区", "柳林街道、上河镇"),
    (DAYS[0], "低风险区", "西山区", "其他区域"),
    (DAYS[3], "高风险区", "西山区", "西山区石桥街道新村"),
]


def _risks(folder: Path, _: Knobs) -> None:
    write_csv(folder / "in/risks.csv", ["日期", "风险等级", "区县", "地址"], RISKS)


def addresses() -> dict[tuple[str, Day], int]:
    """(cell, day) -> addresses."""
    chance = random.Random(7)
    return {(cell, day): chance.randrange(1, 4) for day in DAYS[:5] for cell in chance.sample(cells(), 12)}


def _addresses(folder: Path, _: Knobs) -> None:
    rows = [(day, cell, number) for (cell, day), number in addresses().items()]
    write_csv(folder / "in/addresses.csv", ["日期", "h3", "地址数"], rows)


def codes() -> dict[tuple[str, str, Day], int]:
    """(street, colour, day) -> people."""
    colours = {"绿码": 1000, "黄码": 20, "红码": 3}
    return {(s, c, day): n + d for s in POPULATION for c, n in colours.items() for d, day in enumerate(DAYS[:6])}


def _codes(folder: Path, _: Knobs) -> None:
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


def _ledger(folder: Path, _: Knobs) -> None:
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

_WRITERS = {
    "population": _population,
    "cases": _cases,
    "table": _table,
    "zones": _zones,
    "risks": _risks,
    "addresses": _addresses,
    "codes": _codes,
    "ledger": _ledger,
}

#: The colours come from two sources; one city has the one or the other.
USUAL = ("population", "cases", "table", "zones", "risks", "addresses", "codes")

_GRIDS = {
    "h3": "[grid]\nh3 = 9\n",
    "imported": '[grid]\nfile = "maps/grid.geojson"\nid = "网格"\narea = "居村"\ncrs = "WGS-84"\n',
    "none": "",
}


def city_text(knobs: Knobs, extra: str = "") -> str:
    """The city file."""
    levels = f"""
[city]
code = "{CITY}"
name = "安城市"
name_en = "Ancheng"

[[level]]
id = "district"
codes = {{ file = "codes/districts.csv" }}
boundaries = {{ file = "maps/districts.geojson", code = "adcode", crs = "WGS-84" }}

[[level]]
id = "street"
codes = {{ file = "codes/streets.csv", code = "代码", name = "名称", parent = "所属区", encoding = "gb18030" }}
boundaries = {{ file = "maps/streets.geojson", name = "街道", parent_name = "区", crs = "WGS-84" }}

[level.aliases]
"东江区/江口" = "江口街道"

{"[level.merged]" if knobs.merged else ""}
{'"990102003" = "990102002"' if knobs.merged else ""}

[[level]]
id = "community"
codes = {{ file = "codes/communities.csv" }}
boundaries = {{ file = "maps/communities.geojson", code = "code", crs = "WGS-84" }}

{_GRIDS[knobs.grid]}
"""
    return levels + "".join(f'[[source]]\nname = "{name}"{SOURCES[name]}\n' for name in knobs.sources) + extra


def tiny_city(folder: Path, knobs: Knobs | None = None, extra: str = "") -> Path:
    """Writes the city into ``folder``; returns its city file."""
    knobs = knobs or Knobs(sources=USUAL)
    folder.mkdir(parents=True, exist_ok=True)
    _maps(folder, knobs)
    if knobs.grid == "imported":
        squares = imported_cells(knobs).items()
        geojson(folder / "maps/grid.geojson", (({"网格": id_, "居村": c}, shape) for id_, (c, shape) in squares))
    for name in knobs.sources:
        _WRITERS[name](folder, knobs)
    path = folder / "city.toml"
    path.write_text(city_text(knobs, extra), "utf-8")
    return path


class Town:
    """A tiny city whose files are written one by one, and its store."""

    def __init__(self, folder: Path, url: str, knobs: Knobs) -> None:
        self.folder = folder
        self.path = tiny_city(folder, knobs)
        self.store = Store.create(url)

    @property
    def city(self) -> City:
        """As its file says now."""
        return read_city(self.path)

    def build(self) -> Built:
        """Loads what is new."""
        return build(self.store, self.city, SECRET)

    def loads(self) -> list[tuple[str, int, int]]:
        """(source, rows taken, rejected) of each load but the geography's."""
        return [(each.source, each.taken, each.rejected) for each in self.store.loads()[1:]]

    def view(self) -> View:
        """As it is known now."""
        return Cube(self.store, self.city).at()

    def count(self, count: str, day: Day, level: str = "street") -> dict[str, int]:
        """Areas of a level that state ``count`` on a day."""
        view = self.view()
        sums = view.sums(count, [day])
        rows = [int(row) for row in view.areas.of_level(level) if sums.known[0, row]]
        return {view.areas.code[row]: int(sums.total[0, row]) for row in rows}

    def people(self, *persons: Person) -> None:
        """Writes the line list."""
        write_people(self.folder / "in/cases.csv", persons)

    def add(self, name: str, kind: str, text: str = "", file: str | None = None) -> None:
        """Gives the city another source, a CSV file in its inbox unless ``file`` says where."""
        source = f'[[source]]\nname = "{name}"\nkind = "{kind}"\npath = "{file or f"in/{name}.csv"}"\n{text}\n'
        self.path.write_text(self.path.read_text("utf-8") + source, "utf-8")

    def write(self, name: str, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
        """Writes a CSV file of its inbox."""
        return write_csv(self.folder / f"in/{name}.csv", heading, rows)

    def edit(self, old: str, new: str) -> None:
        """Changes the city file."""
        text = self.path.read_text("utf-8")
        assert text.count(old) == 1
        self.path.write_text(text.replace(old, new), "utf-8")
