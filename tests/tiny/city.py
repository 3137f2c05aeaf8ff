"""The city as a whole: what of it can be turned, its file, and a store to load it into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.city import City, read_city
from data.store import Store
from grid.build import Built, build
from grid.cube import Cube, View
from tests.tiny.feeds import SOURCES, Day, Person, write_feed, write_people
from tests.tiny.places import BORDER, CITY, geojson, imported_cells, write_csv, write_maps

SECRET = "0123456789abcdef"

#: The colours come from two sources; one city has the one or the other.
USUAL = ("population", "cases", "table", "zones", "risks", "addresses", "codes")

_GRIDS = {
    "h3": "[grid]\nh3 = 9\n",
    "imported": '[grid]\nfile = "maps/grid.geojson"\nid = "网格"\narea = "居村"\ncrs = "WGS-84"\n',
    "none": "",
}


@dataclass
class Knobs:
    """What of the city can be turned."""

    grid: str = "h3"
    border: float = BORDER
    merged: bool = False
    sources: Sequence[str] = field(default_factory=lambda: tuple(SOURCES))
    people: int = 60


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
    write_maps(folder, knobs.border, knobs.merged)
    if knobs.grid == "imported":
        squares = imported_cells(knobs.border).items()
        geojson(folder / "maps/grid.geojson", (({"网格": id_, "居村": c}, shape) for id_, (c, shape) in squares))
    for name in knobs.sources:
        write_feed(folder, name, knobs.people)
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
