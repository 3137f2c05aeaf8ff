"""Vector files: shapes and their text columns.

GDAL recognises a file by its content, whatever it is called, and some of its formats (VRT, a stored
pipeline) open other files or addresses. So each file must first show the mark of the format that its
suffix claims, and GeoJSON is read without GDAL.
"""

from __future__ import annotations

import codecs
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pyogrio.raw
import shapely

from data.errors import WrongEncoding
from data.formats import document
from data.formats.base import (
    MAX_BYTES,
    Sheet,
    Texts,
    check_cells,
    check_size,
    headings,
    parsing,
    strings,
    unreadable,
)
from data.formats.columnar import read_columnar

#: Suffix -> (format's name, the bytes that it starts with). Through GDAL.
_MARKS = {
    ".shp": ("Shapefile", b"\x00\x00\x27\x0a"),
    ".gpkg": ("GeoPackage", b"SQLite format 3\x00"),
    ".fgb": ("FlatGeobuf", b"fgb\x03"),
}
_GEOJSON = (".geojson", ".json")
_PARQUET = (".parquet", ".geoparquet")

SUFFIXES = (*_MARKS, *_GEOJSON, *_PARQUET)


def read_vector(path: Path, encoding: str | None, layer: str | None) -> Sheet:
    """Shapes and columns of a vector file; features are numbered from 1.

    Raises UnreadableFile, WrongEncoding (a shapefile whose table is in an encoding that nothing states), FileTooLarge.
    """
    suffix = path.suffix.lower()
    if suffix in _GEOJSON:
        return _geojson(path, encoding)
    if suffix in _PARQUET:
        return _geoparquet(path)
    if suffix in _MARKS:
        return _gdal(path, encoding, layer)
    raise unreadable(path, "GIS", f"不认识后缀 {suffix}", f"its suffix {suffix} is unknown")


def read_shapes(path: Path, *, encoding: str | None = None, layer: str | None = None) -> tuple[Texts, pd.DataFrame]:
    """Shapes (object array, None where a feature has none) and text columns (str or None), line by line.

    Errors as :func:`read_vector`.
    """
    sheet = read_vector(path, encoding, layer)
    assert sheet.geometry is not None
    texts = {name: column.to_numpy(zero_copy_only=False) for name, column in sheet.columns.items()}
    return sheet.geometry, pd.DataFrame(texts, dtype=object, index=range(len(sheet.rows)))


def _geojson(path: Path, encoding: str | None) -> Sheet:
    found = document.load(path, encoding)
    features = found.get("features") if isinstance(found, dict) and found.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise unreadable(path, "GeoJSON", "不是 FeatureCollection", "it is no FeatureCollection")
    with parsing(path, "GeoJSON"):
        shapes = [document.text_of(each.get("geometry")) for each in features]
        records = [each.get("properties") if isinstance(each.get("properties"), dict) else {} for each in features]
        geometry = shapely.from_geojson(np.array(shapes, dtype=object))
        keys = list(dict.fromkeys(key for record in records for key in record))
        check_cells(path, len(records), len(keys))
        columns = {key: strings([document.text_of(record.get(key)) for record in records]) for key in keys}
    return Sheet(_named(path, "GeoJSON", columns), _numbers(len(records)), geometry=geometry)


def _geoparquet(path: Path) -> Sheet:
    sheet = read_columnar(path, MAX_BYTES)
    if sheet.geometry is None:
        raise unreadable(path, "GeoParquet", "没有图形列", "it has no geometry")
    return Sheet(sheet.columns, _numbers(len(sheet.rows)), geometry=sheet.geometry)


def _gdal(path: Path, encoding: str | None, layer: str | None) -> Sheet:
    name, mark = _MARKS[path.suffix.lower()]
    check_size(path, name)
    with parsing(path, name), path.open("rb") as stream:
        if stream.read(len(mark)) != mark:
            raise unreadable(path, name, f"内容不是 {name}", f"its content is no {name}")
    stated = _encoding_of(path, encoding) if name == "Shapefile" else None
    meta, wkb, fields = _read(path, name, stated, layer)
    with parsing(path, name):
        shapes = shapely.from_wkb(wkb)
        columns = {str(key): _text(values) for key, values in zip(meta["fields"], fields, strict=True)}
    return Sheet(_named(path, name, columns), _numbers(len(shapes)), geometry=shapes)


def _read(path: Path, name: str, encoding: str | None, layer: str | None) -> tuple[Any, Any, Any]:
    # GDAL's remarks on a file that it reads all the same (an open ring) would go to nobody
    with parsing(path, name), warnings.catch_warnings(action="ignore"):
        try:
            meta, _, wkb, fields = pyogrio.raw.read(
                path, layer=layer, encoding=encoding, force_2d=True, datetime_as_string=True
            )
        except UnicodeDecodeError as error:
            raise WrongEncoding(file=path.name, encoding=encoding or "UTF-8") from error
        if wkb is None:
            raise unreadable(path, name, "没有图形", "it has no geometry")
        stated = int(pyogrio.read_info(path, layer=layer, encoding=encoding)["features"])
    if stated not in (-1, len(wkb)):  # GDAL reads as far as a file goes and says nothing of the rest
        raise unreadable(
            path, name, f"应有 {stated} 个图形，只有 {len(wkb)} 个", f"{len(wkb)} of {stated} shapes are there"
        )
    return meta, wkb, fields


def _encoding_of(path: Path, declared: str | None) -> str:
    """The table's encoding: declared, else stated by the .cpg file, else UTF-8, in which GBK is invalid and
    so told, where GDAL's own default would turn it into Latin letters."""
    stated = declared or _code_page(path) or "UTF-8"
    try:
        return codecs.lookup(stated).name
    except (LookupError, ValueError) as error:
        raise WrongEncoding(file=path.name, encoding=stated) from error


def _code_page(path: Path) -> str | None:
    """What the .cpg file beside a shapefile says: ``UTF-8``, ``GBK``, ``936``, ``ANSI 936``."""
    beside = next((each for each in (path.with_suffix(".cpg"), path.with_suffix(".CPG")) if each.is_file()), None)
    if beside is None:
        return None
    with parsing(path, "Shapefile"):
        said = beside.read_bytes()[:40].decode("ascii", "replace").strip()
    page = re.fullmatch(r"(?:ANSI|OEM|CP)?\s*([0-9]{3,5})", said, re.IGNORECASE)
    if page is None:
        return said or None
    return "UTF-8" if page[1] == "65001" else f"cp{page[1]}"


def _text(values: Any) -> Any:
    """A field's values as strings; None, NaN and NaT are empty, whole floats lose their point."""
    column = pa.array(values, from_pandas=True)
    if pa.types.is_floating(column.type):
        whole = [
            None if each is None else str(int(each)) if each.is_integer() else repr(each) for each in column.to_pylist()
        ]
        return strings(whole)
    if pa.types.is_binary(column.type) or pa.types.is_nested(column.type):
        return strings([None if each is None else str(each) for each in column.to_pylist()])
    return column.cast(pa.large_string())


def _named(path: Path, format_: str, columns: dict[str, Any]) -> dict[str, Any]:
    return dict(zip(headings(path, format_, list(columns)), columns.values(), strict=True)) if columns else {}


def _numbers(count: int) -> Any:
    return np.arange(1, count + 1, dtype=np.int64)
