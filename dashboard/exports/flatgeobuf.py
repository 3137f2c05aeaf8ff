"""FlatGeobuf: one binary file that desktop programs open at once, with a spatial index where every row is drawn."""

from __future__ import annotations

import io

import pyogrio

from dashboard.exports import arrow
from dashboard.exports.layer import Format, Layer


def write(layer: Layer) -> bytes:
    """The rows; with an index they stand in its order, which is always the same."""
    made = arrow.table(layer)
    index = len(layer) > 0 and made[arrow.GEOMETRY].null_count == 0  # the format indexes no row without a shape
    sink = io.BytesIO()
    pyogrio.write_arrow(
        made, sink, driver="FlatGeobuf", layer=layer.id, geometry_name=arrow.GEOMETRY,
        geometry_type=arrow.geometry_type(layer), crs="EPSG:4326",
        layer_options={"SPATIAL_INDEX": "YES" if index else "NO"},
    )  # fmt: skip
    return sink.getvalue()


FORMAT = Format("fgb", "fgb", "application/vnd.flatgeobuf", "FlatGeobuf", "FlatGeobuf", write)
