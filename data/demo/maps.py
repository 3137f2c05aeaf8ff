"""The city's own files: code lists, boundaries, the unit grid."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import geopandas
import shapely

from data.demo.areas import Layer, Town

CRS = "EPSG:4490"  # CGCS2000, which surveys of Chinese cities use; within a decimetre of WGS-84


def write_maps(town: Town, folder: Path) -> None:
    """codes/*.csv, maps/*.geojson and maps/grid.parquet. Communities' codes are in gb18030, as often met."""
    (folder / "codes").mkdir(parents=True)
    (folder / "maps").mkdir()
    levels = [("district", town.districts, None), ("street", town.streets, town.districts)]
    above = town.streets
    if town.grids is not None:
        levels.append(("responsibility_grid", town.grids, town.streets))
        above = town.grids
    levels.append(("community", town.communities, above))
    for level, layer, upper in levels:
        parent = town.pair if level == "community" and town.grids is not None else layer.parent
        encoding = "gb18030" if level == "community" else "utf-8-sig"
        parents = [upper.codes[i] for i in parent] if upper else []
        _write_codes(folder / "codes" / f"{level}.csv", layer, parents, encoding)
        if level != "responsibility_grid":
            _write_shapes(folder / "maps" / f"{level}.geojson", layer)
    _write_grid(town, folder / "maps" / "grid.parquet")


def _write_codes(path: Path, layer: Layer, parents: list[str], encoding: str) -> None:
    rows = [["代码", "名称", "英文名", *(["上级代码"] if parents else [])]]
    for i, (code, name) in enumerate(zip(layer.codes, layer.names, strict=True)):
        rows.append([code, name.zh, name.en, *parents[i : i + 1]])
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def _write_shapes(path: Path, layer: Layer) -> None:
    lines = []
    shapes = shapely.to_geojson(layer.shapes)
    for code, name, shape in zip(layer.codes, layer.names, shapes, strict=True):
        about = json.dumps({"代码": code, "名称": name.zh}, ensure_ascii=False, separators=(",", ":"))
        lines.append(f'{{"type":"Feature","properties":{about},"geometry":{shape}}}')
    body = ",\n".join(lines)
    path.write_text(f'{{"type":"FeatureCollection","name":"{path.stem}","features":[\n{body}\n]}}\n', "utf-8")


def _write_grid(town: Town, path: Path) -> None:
    """GeoParquet: official number, community, responsibility grid where there is one, H3 index."""
    community = town.cells.community
    columns = {"网格编号": town.cell_ids, "社区编码": [town.communities.codes[c] for c in community]}
    if town.grids is not None:
        columns["责任网格编码"] = [town.grids.codes[town.pair[c]] for c in community]
    columns["H3"] = [f"{index:x}" for index in town.cells.h3]
    geopandas.GeoDataFrame(columns, geometry=town.cells.shapes, crs=CRS).to_parquet(path, index=False)
