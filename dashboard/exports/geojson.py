"""GeoJSON (RFC 7946): WGS-84 longitude and latitude, outer rings counter-clockwise, seven decimals (a centimetre)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from dashboard.exports.layer import Format, Layer, moment_text

DECIMALS = 7


def write(layer: Layer) -> bytes:
    """One FeatureCollection; what the layer is stands beside the features."""
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "name": layer.id,
            "title": layer.title,
            "version": layer.version,
            "known": moment_text(layer.known),
            "as_of": moment_text(layer.as_of) or None,
            "simulated": layer.simulated,
            "features": features(layer, range(len(layer))),
        }
    )


def features(layer: Layer, rows: Iterable[int]) -> list[dict[str, Any]]:
    """Features of some rows, for orjson; ``id`` is the row's code."""
    rows = list(rows)
    shapes = geometries([layer.shapes[row] for row in rows])
    return [
        {
            "type": "Feature",
            "id": layer.data["code"][row],
            "geometry": None if shape is None else orjson.Fragment(shape),
            "properties": layer.row(row),
        }
        for row, shape in zip(rows, shapes, strict=True)
    ]


def geometries(shapes: Iterable[BaseGeometry | None]) -> list[str | None]:
    """GeoJSON geometries as text; None where there is none or it is empty."""
    array = np.array(list(shapes), dtype=object)
    if not len(array):
        return []
    array[shapely.is_empty(array)] = None
    turned = shapely.orient_polygons(array)
    return list(shapely.to_geojson(shapely.transform(turned, _rounded)))


def _rounded(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(lonlat, DECIMALS)


FORMAT = Format("geojson", "geojson", "application/geo+json", "GeoJSON", "GeoJSON", write)
