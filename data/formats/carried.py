"""The coordinate system that a vector file says it has, whatever the city file declares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyogrio

from data.errors import UnreadableFile


def carried_crs(path: Path, layer: str | None = None) -> str | None:
    """WKT, PROJJSON, EPSG or urn as it stands in the file; None if it says nothing.

    Raises UnreadableFile.
    """
    try:
        match path.suffix.lower():
            case ".geojson" | ".json":
                return _of_geojson(path)
            case ".parquet" | ".geoparquet":
                return _of_geoparquet(path)
            case _:
                found = pyogrio.read_info(path, layer=layer)["crs"]
                return None if found is None else str(found)
    except (OSError, ValueError, KeyError, TypeError, pyogrio.errors.DataSourceError) as error:
        raise UnreadableFile(file=path.name, format=path.suffix, detail=error) from error


def _of_geojson(path: Path) -> str | None:
    document: Any = json.loads(path.read_bytes())
    stated = document.get("crs") if isinstance(document, dict) else None
    return None if not stated else str(stated["properties"]["name"])


def _of_geoparquet(path: Path) -> str | None:
    metadata = pq.read_schema(path).metadata or {}
    geo = json.loads(metadata.get(b"geo", b"{}"))
    if not geo:
        return None
    stated = geo["columns"][geo["primary_column"]].get("crs")
    return None if stated is None else json.dumps(stated)
