"""GeoParquet 1.1: a Parquet file whose ``geo`` metadata say which column is the shape.

Without a ``crs`` the coordinates are OGC:CRS84 (WGS-84, longitude first), as the specification has it.
"""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as parquet
import shapely

from dashboard.exports import arrow
from dashboard.exports.layer import Format, Layer, about


def write(layer: Layer) -> bytes:
    """One row group, compressed with zstd."""
    made = arrow.table(layer)
    metadata = {"geo": json.dumps(_geo(layer)), "onescreen": json.dumps(dict(about(layer)), ensure_ascii=False)}
    sink = pa.BufferOutputStream()
    parquet.write_table(made.replace_schema_metadata(metadata), sink, compression="zstd")
    return bytes(sink.getvalue())


def _geo(layer: Layer) -> dict[str, object]:
    drawn = [shape for shape in arrow.shapes(layer) if shape is not None]
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": [arrow.geometry_type(layer)] if drawn else []}
    if drawn:
        column["bbox"] = [float(edge) for edge in shapely.total_bounds(drawn)]
    return {"version": "1.1.0", "primary_column": arrow.GEOMETRY, "columns": {arrow.GEOMETRY: column}}


FORMAT = Format("parquet", "parquet", "application/vnd.apache.parquet", "GeoParquet", "GeoParquet", write)
