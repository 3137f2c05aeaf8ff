"""Units, zones and flows in the shape of OGC API Features 1.0 (core and GeoJSON), for QGIS and the city's own platform.

A unit of a level is one feature whatever the day: its numbers are those of one day, the last with data in ``datetime``.
A zone stands on days of its own, and ``datetime`` picks those that stand on any of its days.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import flask
import numpy as np
import orjson
import shapely
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.schema import Schema
from flask_openapi3.models.tag import Tag
from flask_openapi3.utils import get_model_schema
from pydantic import BaseModel

from dashboard.api.asking import Door, Question, address
from dashboard.api.door import DOCS, PREFIX
from dashboard.api.features import (
    Collection,
    CollectionAnswer,
    CollectionPath,
    Collections,
    Conformance,
    Extent,
    FeatureAnswer,
    FeatureCollection,
    ItemAsked,
    ItemPath,
    ItemsAsked,
    Landing,
    Link,
    Spatial,
    Temporal,
)
from dashboard.api.records import Asked, read_day
from dashboard.exports import Layer, Wish, geojson, layer_of
from dashboard.exports.layer import moment_text
from dashboard.exports.layers import of_measures, zones_between
from dashboard.queries.flows import FlowDesk
from data.errors import BadQuestion, LayerNotFound
from data.terms import LEVELS, TIERS
from data.words import Both
from grid.measures import MEASURES, Measure, measure

TAG = Tag(name="collections", description="OGC API Features：要素 / features")
GEOJSON = "application/geo+json"
CONFORMANCE = tuple(f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" for part in ("core", "geojson"))
#: Measures that a feature has where none are asked, as far as the city has them.
PLAIN = ("positives", "incidence_7d", "risk_areas", "code_red", "code_yellow", "population")
MOST_MEASURES = 12


@dataclass(frozen=True)
class Span:
    """The days of ``datetime``; None: open."""

    first: dt.date | None = None
    last: dt.date | None = None


# reading parameters --------------------------------------------------------------------------------


def span_of(text: str) -> Span:
    """What ``datetime`` asks for; BadQuestion if it cannot be read."""
    ends = text.split("/")
    if not text:
        return Span()
    try:
        first, last = (_end(end) for end in (ends if len(ends) == 2 else [text, text]))
    except (ValueError, OverflowError) as error:
        raise _bad("datetime", text) from error
    if len(ends) > 2 or (first and last and last < first) or (first is None and last is None):
        raise _bad("datetime", text)
    return Span(first, last)


def _end(text: str) -> dt.date | None:
    if text in ("", ".."):
        return None
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", text, re.ASCII):
        dt.datetime.fromisoformat(text)
        text = text[:10]
    return read_day(text)  # type: ignore[no-any-return]


def boxes_of(text: str) -> list[Any]:
    """The boxes of ``bbox``: none, one, or two where it crosses the antimeridian. BadQuestion if it cannot be read."""
    if not text:
        return []
    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError as error:
        raise _bad("bbox", text) from error
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise _bad("bbox", text)
    west, south, east, north = (*numbers[:2], *numbers[2:4]) if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    if south > north or not all(-90 <= lat <= 90 for lat in (south, north)) or max(abs(west), abs(east)) > 180:
        raise _bad("bbox", text)
    if west <= east:
        return [shapely.box(west, south, east, north)]
    return [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]


def _bad(name: str, text: str) -> BadQuestion:
    return BadQuestion(detail=Both(f"{name} 无法识别：{text}", f"{name} cannot be read: {text}"))


def _measures(question: Question, text: str) -> list[Measure]:
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if len(names) > MOST_MEASURES:
        raise BadQuestion(detail=Both(f"最多 {MOST_MEASURES} 个指标", f"at most {MOST_MEASURES} measures"))
    return [measure(name) for name in names] or [MEASURES[n] for n in PLAIN if _span(question, MEASURES[n])]


def _span(question: Question, made: Measure) -> tuple[dt.date, dt.date] | None:
    return question.desk.span(question.view, question.viewer, made)


# features ------------------------------------------------------------------------------------------


def _ids(question: Question) -> list[str]:
    levels = list(question.view.areas.levels)
    cells = ["cell"] if len(question.view.leaves.cells) else []
    return [*levels, *cells, "zones", "flows"]


def _layer(question: Question, id: str, asked: ItemAsked, area: str) -> Layer:
    if id not in _ids(question):
        raise LayerNotFound(layer=id, known=", ".join(_ids(question)))
    span = span_of(asked.datetime)
    wish = Wish(id, area, None, None, question.as_of)
    if id == "zones":
        return zones_between(question.desk, question.viewer, wish, span.first, span.last)
    if id == "flows":
        days = question.desk.beside(FlowDesk).days(question.viewer, question.as_of)
        day = _day_in(days[-1] if days else None, span)
        return layer_of(question.desk, question.viewer, Wish(id, area, None, day, question.as_of))
    return _units(question, id, wish, _measures(question, asked.measures), span)


def _units(question: Question, level: str, wish: Wish, measures: list[Measure], span: Span) -> Layer:
    """The units of a level; none where the area lies below it."""
    spans = [found for made in measures if (found := _span(question, made))]
    day = _day_in(max((days[1] for days in spans), default=None), span)
    row = question.desk.row(question.view, question.viewer, wish.area)
    levels = (*question.view.areas.levels, "cell")
    if levels.index(level) < levels.index(question.view.areas.level[row]):
        raise BadQuestion(detail=Both(f"{wish.area} 低于层级 {level}", f"{wish.area} lies below the level {level}"))
    return of_measures(question.desk, question.viewer, Wish(wish.layer, wish.area, level, day, wish.as_of), measures)


def _day_in(last: dt.date | None, span: Span) -> dt.date | None:
    """The last day with data in a span; its own end where it holds none."""
    day = span.last if last is None else min(last, span.last or last)
    return max(day, span.first) if day and span.first else day or span.first


def _inside(layer: Layer, boxes: Sequence[Any]) -> list[int]:
    """Rows whose shape meets a box; all where none is asked."""
    if not boxes:
        return list(range(len(layer)))
    shapes = np.array([*layer.shapes, None], dtype=object)[:-1]
    met = np.logical_or.reduce([shapely.intersects(shapes, box) for box in boxes]) if len(shapes) else np.zeros(0, bool)
    return [int(row) for row in np.flatnonzero(met)]


def _stamp(question: Question) -> dict[str, Any]:
    base = question.base
    return {**base, "known": moment_text(question.view.known),
            "as_of": moment_text(question.as_of) or None}  # fmt: skip


def _items(question: Question, id: str, asked: ItemsAsked) -> bytes:
    boxes = boxes_of(asked.bbox)
    layer = _layer(question, id, asked, asked.area)
    rows = _inside(layer, boxes)
    picked = rows[asked.offset : asked.offset + asked.limit]
    links = [_link(address(), "self", GEOJSON, "本页 / this page"), _collection_link(id)]
    if asked.offset + asked.limit < len(rows):
        links.append(_link(address(offset=asked.offset + asked.limit), "next", GEOJSON, "下一页 / next page"))
    if asked.offset:
        before = max(0, min(asked.offset, len(rows)) - asked.limit)
        links.append(_link(address(offset=before), "prev", GEOJSON, "上一页 / previous page"))
    stamp = _stamp(question)
    return orjson.dumps({
        **stamp, "type": "FeatureCollection", "numberMatched": len(rows), "numberReturned": len(picked),
        "timeStamp": stamp["known"], "features": geojson.features(layer, picked),
        "links": [link.model_dump() for link in links],
    })  # fmt: skip


def _item(question: Question, path: ItemPath, asked: ItemAsked) -> bytes:
    layer = _layer(question, path.id, asked, "city")
    at = next((row for row, code in enumerate(layer.data["code"]) if code == path.item), None)
    if at is None:
        raise LayerNotFound(layer=path.item, known=f"{path.id}/items")
    links = [_link(address(), "self", GEOJSON, "本要素 / this feature"), _collection_link(path.id)]
    (feature,) = geojson.features(layer, [at])
    return orjson.dumps({**_stamp(question), **feature, "links": [link.model_dump() for link in links]})


# descriptions --------------------------------------------------------------------------------------


def _link(href: str, rel: str, type: str = "application/json", title: str = "") -> Link:
    return Link(href=href, rel=rel, type=type, title=title or rel)


def _collection_link(id: str) -> Link:
    return _link(address(f"{PREFIX}/collections/{id}"), "collection", title="要素集 / its collection")


def _title(id: str, lang: Literal["zh", "en"]) -> str:
    words = {"zones": ("封管控区", "Zones"), "flows": ("人员流动", "Flows")}
    return words[id][0 if lang == "zh" else 1] if id in words else TIERS[id].name(lang)


def _collection(question: Question, id: str) -> Collection:
    href = f"{PREFIX}/collections/{id}"
    title = _title(id, question.viewer.lang)
    about = "每个数字旁有其状态 / a state stands beside every number" if id in LEVELS else ""
    return Collection(
        id=id, title=title, description=about or title, extent=_extent(question, id),
        links=[
            _link(address(href), "self", title="要素集 / this collection"),
            _link(address(f"{href}/items"), "items", GEOJSON, "要素 / its features"),
        ],
    )  # fmt: skip


def _extent(question: Question, id: str) -> Extent:
    bounds = question.desk.place(question.viewer, "city", question.as_of).bounds
    return Extent(
        spatial=None if bounds is None else Spatial(bbox=[bounds]),
        temporal=Temporal(interval=[_interval(question, id)]),
    )


def _interval(question: Question, id: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    if id == "zones":
        wish = Wish("zones", as_of=question.as_of)
        days: Sequence[dt.date] = zones_between(question.desk, question.viewer, wish, None, None).data["start"]
    elif id == "flows":
        days = question.desk.beside(FlowDesk).days(question.viewer, question.as_of)
    else:
        names = [name for name in PLAIN if name != "population"]  # a census dates nothing
        days = [day for name in names if (span := _span(question, MEASURES[name])) for day in span]
    if not days:
        return None, None
    ends = (min(days), dt.time()), (max(days), dt.time(23, 59, 59))
    first, last = (dt.datetime.combine(day, time, dt.UTC) for day, time in ends)
    return first, None if id == "zones" else last


def _landing(question: Question) -> Landing:
    status = question.desk.status(question.viewer, question.as_of)
    return Landing(
        **question.base, title="一屏 OneScreen", description="疫情网格数据 / epidemic data by grid cell",
        city=status.city,
        links=[
            _link(address(PREFIX), "self", title="本页 / this page"),
            _link(address(f"{DOCS}/openapi.json"), "service-desc", "application/vnd.oai.openapi+json;version=3.1",
                  "接口说明 / the API's description"),
            _link(address(f"{DOCS}/swagger"), "service-doc", "text/html", "接口文档 / the API's page"),
            _link(address(f"{PREFIX}/conformance"), "conformance", title="所守标准 / what is conformed to"),
            _link(address(f"{PREFIX}/collections"), "data", title="要素集 / collections"),
        ],
    )  # fmt: skip


def _all(question: Question) -> Collections:
    return Collections(
        **question.base, collections=[_collection(question, id) for id in _ids(question)],
        links=[_link(address(), "self", title="本页 / this page")],
    )  # fmt: skip


def _one(question: Question, id: str) -> CollectionAnswer:
    if id not in _ids(question):
        raise LayerNotFound(layer=id, known=", ".join(_ids(question)))
    return CollectionAnswer(**question.base, **dict(_collection(question, id)))


def _geojson_answer(model: type[BaseModel]) -> dict[str, Any]:
    return {
        "description": "GeoJSON",
        "content": {GEOJSON: {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}},
    }


def _describe(api: APIBlueprint, *models: type[BaseModel]) -> None:
    """Makes the models known to the description, which learns by itself only of those written as plain JSON."""
    for model in models:
        schema = get_model_schema(model, mode="serialization")
        for name, definition in {**schema.pop("$defs", {}), model.__name__: schema}.items():
            api.components_schemas[name] = Schema(**definition)


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the questions on the API."""
    _describe(api, FeatureCollection, FeatureAnswer)

    @api.get("/", strict_slashes=False, tags=[TAG], responses={200: Landing}, summary="首页 / landing page")
    def landing(query: Asked) -> flask.Response:
        return door.answer(query, _landing)

    @api.get("/conformance", tags=[TAG], responses={200: Conformance}, summary="所守标准 / conformance")
    def conformance(query: Asked) -> flask.Response:
        return door.answer(query, lambda question: Conformance(**question.base, conformsTo=list(CONFORMANCE)))

    @api.get("/collections", tags=[TAG], responses={200: Collections}, summary="要素集 / collections")
    def collections(query: Asked) -> flask.Response:
        return door.answer(query, _all)

    @api.get("/collections/<id>", tags=[TAG], responses={200: CollectionAnswer}, summary="一个要素集 / one collection")
    def collection(path: CollectionPath, query: Asked) -> flask.Response:
        return door.answer(query, lambda question: _one(question, path.id))

    @api.get("/collections/<id>/items", tags=[TAG], responses={200: _geojson_answer(FeatureCollection)},
             summary="要素 / features")  # fmt: skip
    def items(path: CollectionPath, query: ItemsAsked) -> flask.Response:
        return door.answer(query, lambda question: _items(question, path.id, query), GEOJSON)

    @api.get("/collections/<id>/items/<path:item>", tags=[TAG], responses={200: _geojson_answer(FeatureAnswer)},
             summary="一个要素 / one feature")  # fmt: skip
    def item(path: ItemPath, query: ItemAsked) -> flask.Response:
        return door.answer(query, lambda question: _item(question, path, query), GEOJSON)


__all__ = ["boxes_of", "register", "span_of"]
