"""Taking data away: layers of units, zones and flows as files that other programs open.

A layer (:mod:`dashboard.exports.layers`) is what a map shows: rows with columns, a state beside every number, a shape.
A format writes it. A new format is one file with one ``FORMAT`` and its name in :data:`FORMATS`.
"""

from __future__ import annotations

from dashboard.exports import csv, flatgeobuf, geojson, geoparquet, shapefile, xlsx
from dashboard.exports.layer import Column, Format, Layer, Wish, file_name
from dashboard.exports.layers import LAYERS, layer_of
from dashboard.queries import Desk, Viewer
from data.errors import BadQuestion
from data.words import Both

FORMATS: tuple[Format, ...] = (
    geojson.FORMAT,
    geoparquet.FORMAT,
    flatgeobuf.FORMAT,
    shapefile.FORMAT,
    csv.FORMAT,
    xlsx.FORMAT,
)


def format_of(id: str) -> Format:
    """The format of an id; BadQuestion lists what there is."""
    found = next((one for one in FORMATS if one.id == id), None)
    if found is None:
        known = ", ".join(one.id for one in FORMATS)
        raise BadQuestion(detail=Both(f"没有格式 {id}；有：{known}", f"no format {id}; {known}"))
    return found


def written(desk: Desk, viewer: Viewer, layer: Layer, form: Format) -> bytes:
    """A layer as a file to be taken along. Forbidden, StoreError; the log is told first."""
    viewer.need("export")
    desk.noted(viewer, "export", layer.area, None, layer=layer.id, format=form.id, rows=len(layer), day=layer.day)
    return form.write(layer)


__all__ = ["FORMATS", "LAYERS", "Column", "Format", "Layer", "Wish", "file_name", "format_of", "layer_of", "written"]
