"""The other deliveries: register of residents, zones, risk areas, codes, addresses."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
import xlsxwriter
from numpy.typing import NDArray

from data.demo import measures as by_rule
from data.demo import rules
from data.demo.areas import Town
from data.demo.measures import Measures
from data.demo.moments import Calendar
from data.demo.records import RED, YELLOW
from data.demo.terrain import rng

Ints = NDArray[np.int64]
COLOURS = ("绿码", "黄码", "红码")
ZONE_NAMES = {"lockdown": ("封控区", "compound"), "control": ("管控区", "community")}


def write_population(town: Town, calendar: Calendar, folder: Path) -> None:
    """One Excel file: residents by cell, and by community for the land off the grid."""
    folder.mkdir(parents=True)
    path = folder / f"population_{calendar.moment(-9, 9, 30)}.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": calendar.date(0), "comments": "模拟数据 simulated"})
        sheet = book.add_worksheet("常住人口")
        sheet.write_row(0, 0, ["区", "街道", "社区", "社区编码", "网格编号", "常住人口"])
        for line, row in enumerate(_residents(town), 1):
            sheet.write_row(line, 0, row)


def _residents(town: Town) -> Iterator[list[str | int]]:
    districts, streets, communities = town.districts, town.streets, town.communities
    cell_ids = [*town.cell_ids, *[""] * len(communities)]
    for place in np.argsort(town.place_community, kind="stable").tolist():
        c = int(town.place_community[place])
        s = int(communities.parent[c])
        names = [districts.names[streets.parent[s]].zh, streets.names[s].zh, communities.names[c].zh]
        yield [*names, communities.codes[c], cell_ids[place], int(town.people[place])]


def write_codes(
    town: Town, found: Measures, own: dict[int, NDArray[np.int32]], calendar: Calendar, every: int, folder: Path
) -> dict[str, list[list[int]]]:
    """Parquet, ``every`` days a file; a row a place and colour that has people. ``own``: see assigned.colours.

    Returns the truth: colour -> (days, districts) people.
    """
    folder.mkdir(parents=True)
    truth: dict[str, list[list[int]]] = {"green": [], "yellow": [], "red": []}
    tables: list[pa.Table] = []
    names = _place_columns(town)
    for day, colours in enumerate(by_rule.codes(town, found, own[RED], own[YELLOW])):
        for colour, people in zip(truth, colours, strict=True):
            truth[colour].append(np.bincount(town.place_district, people, len(town.districts)).astype(int).tolist())
        tables.append(_codes_table(colours, calendar.day(day), names))
        if (day + 1) % every == 0 or day == town.size.days - 1:
            path = folder / f"codes_{calendar.moment(day, 23, 40)}.parquet"
            pq.write_table(pa.concat_tables(tables), path, compression="zstd")
            tables = []
    return truth


def _place_columns(town: Town) -> tuple[pa.DictionaryArray, pa.DictionaryArray]:
    """Community code and cell of every place; no cell off the grid."""
    cells = pa.array([*range(town.size.cells), *[None] * len(town.communities)], pa.int32())
    return (
        pa.DictionaryArray.from_arrays(pa.array(town.place_community, pa.int32()), town.communities.codes),
        pa.DictionaryArray.from_arrays(cells, town.cell_ids),
    )


def _codes_table(colours: Sequence[Ints], day: str, names: tuple[pa.DictionaryArray, pa.DictionaryArray]) -> pa.Table:
    where = [np.flatnonzero(people) for people in colours]
    place = np.concatenate(where)
    colour = np.repeat(np.arange(3, dtype=np.int32), [w.size for w in where])
    return pa.table(
        {
            "日期": pa.DictionaryArray.from_arrays(np.zeros(place.size, dtype=np.int32), [day]),
            "社区编码": names[0].take(pa.array(place)),
            "网格编号": names[1].take(pa.array(place)),
            "码色": pa.DictionaryArray.from_arrays(colour, COLOURS),
            "人数": pa.array(np.concatenate([people[w] for people, w in zip(colours, where, strict=True)]), pa.int32()),
        }
    )


def write_zones(town: Town, found: Measures, calendar: Calendar, folder: Path) -> None:
    """GeoJSON, a file an evening on which zones are announced for the next day or announced lifted."""
    folder.mkdir(parents=True)
    for day in range(town.size.days):
        news = [zone for zone in found.zones if day + 1 in (zone.start, zone.end)]
        if news:
            features = ",\n".join(_feature(town, zone, day + 1, calendar) for zone in news)
            text = f'{{"type":"FeatureCollection","name":"zones","features":[\n{features}\n]}}\n'
            (folder / f"zones_{calendar.moment(day, 21, 30)}.geojson").write_text(text, "utf-8")


def zone_shape(town: Town, zone: rules.Zone) -> shapely.Geometry:
    """The polygon of a zone."""
    if zone.cells is None:
        whole: shapely.Geometry = town.communities.shapes[zone.community]
        return whole
    return shapely.normalize(shapely.coverage_union_all(town.cells.shapes[zone.cells]))


def _feature(town: Town, zone: rules.Zone, day: int, calendar: Calendar) -> str:
    kind, _ = ZONE_NAMES[zone.kind]
    last = calendar.day(zone.end - 1) if zone.end is not None and zone.end <= day else None
    about = {
        "编号": zone.id,
        "名称": town.communities.names[zone.community].zh + ("部分小区" if zone.cells is not None else ""),
        "类型": kind,
        "起始日期": calendar.day(zone.start),
        "结束日期": last,
    }
    properties = json.dumps(about, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","properties":{properties},"geometry":{shapely.to_geojson(zone_shape(town, zone))}}}'


def write_risk(town: Town, found: Measures, calendar: Calendar, folder: Path) -> dict[str, list[list[int]]]:
    """JSON, the whole list of each day that has one. Returns level -> (days, districts) listed areas."""
    folder.mkdir(parents=True)
    truth: dict[str, list[list[int]]] = {"high": [], "middle": [], "low": []}
    for day in range(town.size.days):
        high, middle = rules.risk(found.last_found(day), day)
        listed = [_per_district(town, communities) for communities in (high, middle)]
        low = (listed[0] + listed[1] > 0).astype(int)
        for level, counts in zip(truth, (*listed, low), strict=True):
            truth[level].append(counts.tolist())
        if low.any():
            _write_risk_day(town, (high, middle, np.flatnonzero(low)), calendar, day, folder)
    return truth


def _per_district(town: Town, communities: Ints) -> Ints:
    district = town.streets.parent[town.communities.parent[communities]]
    return np.bincount(district, minlength=len(town.districts)).astype(np.int64)


def _write_risk_day(town: Town, lists: tuple[Ints, Ints, Ints], calendar: Calendar, day: int, folder: Path) -> None:
    high, middle, low = lists
    rest = [f"{town.districts.names[d].zh}其他区域" for d in low]
    texts = {
        "高风险区": [_address(town, c) for c in high],
        "中风险区": [_address(town, c) for c in middle],
        "低风险区": rest,
    }
    date = calendar.day(day)
    areas = {level: [{"日期": date, "地区": text} for text in named] for level, named in texts.items()}
    document = {
        "标题": f"{town.size.name}风险区域（模拟）",
        "数据": {"截至": f"{date} 08:00", "风险区": areas},
    }
    path = folder / f"risk_{calendar.moment(day, 8, 30)}.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _address(town: Town, community: int) -> str:
    street = int(town.communities.parent[community])
    district = town.districts.names[town.streets.parent[street]].zh
    return f"{district}{town.streets.names[street].zh}{town.communities.names[community].zh}"


def write_addresses(town: Town, found: Measures, calendar: Calendar, folder: Path) -> dict[str, int]:
    """CSV, a file a week; places with no new address are not named. Returns bad rows by file name."""
    folder.mkdir(parents=True)
    random = rng(town.seed, "addresses")
    rejects = {}
    for first in range(0, town.size.days, 7):
        days = range(first, min(first + 7, town.size.days))
        rows = [row for day in days for row in _address_rows(town, found, calendar, day)]
        path = folder / f"addresses_{calendar.moment(days[-1], 20, 0)}.csv"
        bad = _bad_rows(town, found, calendar, days[-1], random) if len(rows) > 40 else []
        text = io.StringIO(newline="")
        csv.writer(text).writerows([["日期", "网格编号", "社区编码", "涉疫地址数"], *rows, *bad])
        path.write_bytes(text.getvalue().encode("utf-8"))
        if bad:
            rejects[path.name] = len(bad)
    return rejects


def _address_rows(town: Town, found: Measures, calendar: Calendar, day: int) -> list[list[str]]:
    counts = found.addresses[:, day]
    return [[calendar.day(day), *_place(town, p), str(counts[p])] for p in np.flatnonzero(counts).tolist()]


def _place(town: Town, place: int) -> list[str]:
    cell = town.cell_ids[place] if place < town.size.cells else ""
    return [cell, town.communities.codes[town.place_community[place]]]


def _bad_rows(
    town: Town, found: Measures, calendar: Calendar, day: int, random: np.random.Generator
) -> list[list[str]]:
    """A negative count and a word, on cells without addresses: a reader that takes neither loses nothing."""
    free = random.choice(np.flatnonzero(found.addresses[: town.size.cells, day] == 0), 2, replace=False)
    return [[calendar.day(day), *_place(town, int(p)), count] for p, count in zip(free, ("-2", "若干"), strict=True)]
