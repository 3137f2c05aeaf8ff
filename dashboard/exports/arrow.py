"""A layer as one Arrow table with its shapes as WKB: what GeoParquet, FlatGeobuf and the shapefile are written from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from dashboard.exports.layer import Layer

GEOMETRY = "geometry"
TYPES = {"text": pa.string(), "state": pa.string(), "whole": pa.int64(), "real": pa.float64(), "day": pa.date32()}


def table(layer: Layer) -> pa.Table:
    """Columns in the layer's order, then ``geometry`` (WKB, null where nothing is drawn)."""
    columns: dict[str, Any] = {c.id: pa.array(layer.data[c.id], TYPES[c.kind]) for c in layer.columns}
    columns[GEOMETRY] = pa.array([None if s is None else shapely.to_wkb(s) for s in shapes(layer)], pa.binary())
    return pa.table(columns)


def shapes(layer: Layer) -> NDArray[np.object_]:
    """The shapes, all of one type: polygons become multipolygons of one."""
    found = np.array(list(layer.shapes), dtype=object)
    return np.array([_multi(shape) for shape in found] + [None], dtype=object)[:-1]


def _multi(shape: BaseGeometry | None) -> BaseGeometry | None:
    if shape is None or shape.is_empty:
        return None
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape


def geometry_type(layer: Layer) -> str:
    """The one type of the shapes."""
    return "MultiPolygon" if layer.geometry == "Polygon" else "LineString"
