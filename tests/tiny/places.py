"""Its ground: districts, streets, communities and cells, as code lists and maps."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import h3
import shapely

CITY = "990000"
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


#: The meridian between the first two streets.
BORDER = 110.015


def street_at(lon: float, border: float = BORDER) -> str:
    """The code of the street at a longitude."""
    if lon < 110.03:
        return "990101001" if lon < border else "990101002"
    return next(code for code, (_, west, east) in STREETS.items() if west <= lon < east)


def cells() -> list[str]:
    """The H3 cells of resolution 9 whose centre is in the city."""
    ring = [(SOUTH, 110.0), (SOUTH, 110.06), (NORTH, 110.06), (NORTH, 110.0)]
    return sorted(h3.polygon_to_cells(h3.LatLngPoly(ring), 9))


def write_csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Any]], encoding: str = "utf-8") -> Path:
    """A CSV file; None is an empty cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([heading, *rows])
    return path


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


def write_maps(folder: Path, border: float = BORDER, merged: bool = False) -> None:
    """Its maps and code lists; ``merged``: 上河镇 is a part of 柳林街道."""
    streets = {code: (name, west, east) for code, (name, west, east) in STREETS.items()}
    streets["990101001"] = ("江口街道", 110.0, border)
    streets["990101002"] = ("东江镇", border, 110.03)
    if merged:
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
    halves = [({"code": code}, box(110.0, border, south, north)) for code, (south, north) in drawn.items()]
    geojson(folder / "maps/communities.geojson", halves)
    names = {code: name for code, (name, _, _) in streets.items()} | UNDRAWN
    write_csv(folder / "codes/districts.csv", ["code", "name"], [(c, name) for c, (name, _, _) in DISTRICTS.items()])
    write_csv(
        folder / "codes/streets.csv", ["代码", "名称", "所属区"], [(c, n, c[:6]) for c, n in names.items()], "gb18030"
    )
    write_csv(folder / "codes/communities.csv", ["code", "name"], COMMUNITIES.items())


def imported_cells(border: float = BORDER) -> dict[str, tuple[str, shapely.Polygon]]:
    """The official grid: squares of 0.0025 degrees over the southern half, id -> (community, shape)."""
    found = {}
    for x in range(24):
        for y in range(6):
            west, south = 110 + 0.0025 * x, SOUTH + 0.0025 * y
            street = street_at(west + 0.001, border)
            community = next((c for c in COMMUNITIES if c.startswith(street)), None)
            if community is not None:
                square = shapely.box(west, south, west + 0.0025, south + 0.0025)
                found[f"{community}{x:02}{y:03}"] = (community, square)
    return found
