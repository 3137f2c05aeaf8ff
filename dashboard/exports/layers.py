"""Layers by id: every measure by units of a level, what the risk map shows, zones, and flows as lines.

Each asks the desk as the page does, so that what is exported is what is seen; the viewer's scope is the desk's to keep.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from dashboard.exports.layer import Column, Layer, Wish
from dashboard.queries import (
    Day,
    Desk,
    RiskDesk,
    RiskMap,
    Viewer,
    ZoneDesk,
    ZoneLine,
    cells_inside,
    next_level,
)
from dashboard.queries.flows import FlowDesk
from data.store import Zone
from data.terms import STATES, ZONES
from grid.cube import View
from grid.measures import Measure, measure
from grid.rates import VALUE, ZERO

_STATES = tuple(STATES)

UNIT_COLUMNS = (
    Column("code", "代码", "code"),
    Column("name", "名称", "name"),
    Column("level", "层级", "level"),
    Column("parent", "上级代码", "parent"),
    Column("day", "日期", "day", "day"),
)

ZONE_COLUMNS = (
    Column("code", "编号", "code"),
    Column("name", "名称", "name"),
    Column("kind", "类型", "kind"),
    Column("area", "所在区域代码", "area"),
    Column("area_name", "所在区域", "area name"),
    Column("start", "起始日期", "first day", "day"),
    Column("last", "结束日期", "last day", "day"),
    Column("ground", "范围依据", "ground"),
    Column("source", "来源", "source"),
)

CLOCK_COLUMNS = (
    *ZONE_COLUMNS,
    Column("clock", "期限状态", "clock"),
    Column("due", "最早解除", "due", "day"),
    Column("over", "超期天数", "days over", "whole"),
    Column("clause", "条款", "clause"),
    Column("people", "人口", "people", "whole"),
    Column("people_state", "人口：状态", "people: state", "state", "people"),
    Column("m2", "面积（平方米）", "square metres", "whole"),
)
_ZONES = ("封管控区与风险区", "Zones and risk areas")

FLOW_COLUMNS = (
    Column("code", "编号", "code"),
    Column("origin", "迁出地代码", "origin"),
    Column("origin_name", "迁出地", "origin name"),
    Column("destination", "迁入地代码", "destination"),
    Column("destination_name", "迁入地", "destination name"),
    Column("day", "日期", "day", "day"),
    Column("people", "人数", "people", "whole"),
    Column("people_state", "人数：状态", "people: state", "state", "people"),
)

#: Layers of the risk map: id -> (zh, en).
RISK_LAYERS: Mapping[str, tuple[str, str]] = {
    "score": ("风险评分", "Risk score"),
    "ahead": ("未来七日预计新增", "Expected in the next seven days"),
    "hot": ("热点 Gi*", "Hot spots Gi*"),
}


def layer_of(desk: Desk, viewer: Viewer, wish: Wish) -> Layer:
    """The layer that is wished for. MeasureNotFound, AreaNotFound (also outside the viewer's scope), BadQuestion."""
    if wish.layer in LAYERS:
        return LAYERS[wish.layer](desk, viewer, wish)
    return of_measures(desk, viewer, wish, [measure(wish.layer)])


# units of a level ----------------------------------------------------------------------------------


def of_measures(desk: Desk, viewer: Viewer, wish: Wish, measures: Sequence[Measure]) -> Layer:
    """Several measures of the same units on the same day; ``wish.day`` None: the last day of any of them."""
    view = desk.cube.at(wish.as_of)
    row = desk.row(view, viewer, wish.area)
    level = wish.level or next_level(view, row) or view.areas.level[row]
    day = wish.day or max((span[1] for made in measures if (span := desk.span(view, viewer, made))), default=None)
    data: dict[str, Any] = {}
    columns: list[Column] = []
    for made in measures:
        whole = made.form in ("count", "area") and not made.digits
        columns += _number_columns(made.id, (made.zh, made.en), whole)
        if day is not None and desk.span(view, viewer, made):
            values = desk.paint(viewer, made.id, level, [day], area=wish.area, as_of=wish.as_of).values
            data |= _numbers(made.id, values.value[0], values.state[0], whole)
    title = " + ".join(made.name(viewer.lang) for made in measures)
    return _units(desk, viewer, wish, (view, row, level, day), title, columns, data)


def _of_risk(desk: Desk, viewer: Viewer, wish: Wish) -> Layer:
    view = desk.cube.at(wish.as_of)
    row = desk.row(view, viewer, wish.area)
    level = wish.level or next_level(view, row) or view.areas.level[row]
    days = desk.beside(RiskDesk).days(viewer, wish.as_of)
    day = wish.day or (days[-1] if days else None)
    name = RISK_LAYERS[wish.layer]
    data: dict[str, Any] = {}
    if day is not None:
        painted = desk.beside(RiskMap).paint(viewer, wish.layer, level, wish.area, day, wish.as_of)
        state = np.where(painted.state < len(_STATES), painted.state, _STATES.index("missing"))
        data = _numbers(wish.layer, painted.value, state, False)
        data["least"] = ["yes" if least else "no" for least in painted.least.tolist()]
    columns = [*_number_columns(wish.layer, name, False), Column("least", "仅为下限", "only the least")]
    title = name[0 if viewer.lang == "zh" else 1]
    return _units(desk, viewer, wish, (view, row, level, day), title, columns, data)


def _number_columns(id: str, names: tuple[str, str], whole: bool) -> list[Column]:
    state = Column(f"{id}_state", f"{names[0]}：状态", f"{names[1]}: state", "state", id)
    return [Column(id, *names, "whole" if whole else "real"), state]


def _numbers(id: str, value: NDArray[Any], state: NDArray[Any], whole: bool) -> dict[str, list[Any]]:
    """A number only where the state is value or zero: a hidden one does not travel."""
    shown = (state == VALUE) | (state == ZERO)
    typed = np.where(shown, value, 0).astype(np.int64 if whole else np.float64).tolist()
    return {
        id: [number if told else None for number, told in zip(typed, shown.tolist(), strict=True)],
        f"{id}_state": [_STATES[at] for at in state.tolist()],
    }


def _units(
    desk: Desk, viewer: Viewer, wish: Wish, where: tuple[View, int, str, Day | None], title: str,
    columns: Sequence[Column], data: Mapping[str, Sequence[Any]],
) -> Layer:  # fmt: skip
    view, row, level, day = where
    codes, names, parents, shapes = _places(desk, view, viewer, row, level)
    size = len(codes)
    plain: dict[str, Sequence[Any]] = {
        "code": codes,
        "name": names,
        "parent": parents,
        "level": [level] * size,
        "day": [day] * size,
    }
    missing = {column.id: ["missing" if column.kind == "state" else None] * size for column in columns}
    return _layer(desk, viewer, wish, view, row, title, (*UNIT_COLUMNS, *columns), {**missing, **plain, **data},
                  shapes, "Polygon", level, day)  # fmt: skip


def _places(
    desk: Desk, view: View, viewer: Viewer, row: int, level: str
) -> tuple[list[str], list[str], list[str | None], list[BaseGeometry | None]]:
    """Codes, names, codes of the areas above, shapes of the units, in the order of the desk's columns."""
    areas = view.areas
    if level == "cell" and len(view.leaves.cells):
        cells = view.leaves.cells
        inside = cells_inside(view, row) if row else np.arange(len(cells))
        home = view.leaves.area[view.leaves.home[inside]]
        home = np.where((home >= row) & (home < areas.last[row]), home, row)  # a border cell is here, whoever has most
        codes = [cells.id[at] for at in inside.tolist()]
        return codes, codes, [areas.code[at] for at in home.tolist()], list(cells.shapes[inside])
    rows = areas.of_level(level, row).tolist()
    top = desk.row(view, viewer, "city")
    above = [None if at == top else areas.code[areas.parent[at]] for at in rows]
    return (
        [areas.code[at] for at in rows], [areas.label(at, viewer.lang) for at in rows], above,
        [areas.shape[at] for at in rows],
    )  # fmt: skip


# zones ---------------------------------------------------------------------------------------------


def _of_zones(desk: Desk, viewer: Viewer, wish: Wish) -> Layer:
    """The zones and risk areas of the page with their clocks: those that stand on the day, those released on it."""
    view = desk.cube.at(wish.as_of)
    row = desk.row(view, viewer, wish.area)
    zones = desk.beside(ZoneDesk)
    day = wish.day or zones.last_day(viewer, wish.as_of)
    lines = zones.clocks(viewer, wish.area, day, wish.as_of) if day else []
    rows = [_clock(view, viewer, line) for line in lines]
    data = {column.id: [one[column.id] for one in rows] for column in CLOCK_COLUMNS}
    shapes = [_shape(view, line.clock.zone.shape, line.clock.zone.row)[0] for line in lines]
    return _layer(desk, viewer, wish, view, row, _ZONES[0 if viewer.lang == "zh" else 1], CLOCK_COLUMNS, data, shapes,
                  "Polygon", "", day)  # fmt: skip


def _clock(view: View, viewer: Viewer, line: ZoneLine) -> dict[str, Any]:
    clock, zone = line.clock, line.clock.zone
    people = clock.size.people
    return {
        "code": line.id, "name": line.name, "kind": zone.kind, "area": line.area[0], "area_name": line.area[1],
        "start": zone.start, "last": None if zone.stop is None else zone.stop - dt.timedelta(days=1),
        "ground": _shape(view, zone.shape, zone.row)[1], "source": zone.source or None, "clock": clock.state,
        "due": clock.due,
        "over": clock.over, "clause": clock.clause.id if clock.clause else None, "people": people,
        "people_state": "missing" if people is None else "value" if people else "zero", "m2": clock.size.m2,
    }  # fmt: skip


def zones_between(desk: Desk, viewer: Viewer, wish: Wish, first: Day | None, last: Day | None) -> Layer:
    """Zones of the area that stand on any day from ``first`` to ``last``; None: an open end."""
    view = desk.cube.at(wish.as_of)
    row = desk.row(view, viewer, wish.area)
    inside = range(row, int(view.areas.last[row]))
    found = [zone for zone in view.zones.zones if view.row(zone.area) in inside and _stands(zone, first, last)]
    found.sort(key=lambda zone: (zone.start, zone.source, zone.key))
    rows = [_zone(view, viewer, zone) for zone in found]
    data = {column.id: [one[column.id] for one in rows] for column in ZONE_COLUMNS}
    shapes = [_shape(view, zone.shape, view.row(zone.area))[0] for zone in found]
    title = _ZONES[0 if viewer.lang == "zh" else 1]
    return _layer(desk, viewer, wish, view, row, title, ZONE_COLUMNS, data, shapes, "Polygon", "",
                  last if first == last else None)  # fmt: skip


def _stands(zone: Zone, first: Day | None, last: Day | None) -> bool:
    return (last is None or zone.start <= last) and (first is None or zone.stop is None or zone.stop > first)


def _zone(view: View, viewer: Viewer, zone: Zone) -> dict[str, Any]:
    at = view.row(zone.area)
    return {
        "code": f"{zone.source}.{zone.key}", "name": zone.name or view.areas.label(at, viewer.lang),
        "kind": ZONES[zone.kind].id, "area": view.areas.code[at], "area_name": view.areas.label(at, viewer.lang),
        "start": zone.start, "last": zone.last, "ground": _shape(view, zone.shape, at)[1], "source": zone.source,
    }  # fmt: skip


def _shape(view: View, shape: bytes | None, row: int) -> tuple[BaseGeometry | None, str]:
    """A zone's own border, else that of its area; and which of the two it is."""
    return (shapely.from_wkb(shape), "own") if shape is not None else (view.areas.shape[row], "area")


# flows ---------------------------------------------------------------------------------------------


def _of_flows(desk: Desk, viewer: Viewer, wish: Wish) -> Layer:
    """Who went between the areas inside, as lines between points inside them."""
    view = desk.cube.at(wish.as_of)
    row = desk.row(view, viewer, wish.area)
    flows = desk.beside(FlowDesk)
    days = flows.days(viewer, wish.as_of)
    day = wish.day or (days[-1] if days else None)
    found = _pairs(desk, viewer, wish, day) if day else {}
    rows = [(view.areas.row_of[a], view.areas.row_of[b]) for a, b in found]
    people = [round(number) for number in found.values()]
    code, label = view.areas.code, view.areas.label
    data: dict[str, list[Any]] = {
        "code": [f"{code[a]}-{code[b]}" for a, b in rows],
        "origin": [code[a] for a, _ in rows],
        "origin_name": [label(a, viewer.lang) for a, _ in rows],
        "destination": [code[b] for _, b in rows],
        "destination_name": [label(b, viewer.lang) for _, b in rows],
        "day": [day] * len(rows),
        "people": people,
        "people_state": ["value" if number else "zero" for number in people],
    }
    title = ("人员流动", "Flows")[0 if viewer.lang == "zh" else 1]
    return _layer(desk, viewer, wish, view, row, title, FLOW_COLUMNS, data, _lines(view, rows), "LineString", "",
                  day)  # fmt: skip


def _pairs(desk: Desk, viewer: Viewer, wish: Wish, day: Day) -> dict[tuple[str, str], float]:
    """(origin, destination) -> people, all modes together, in order of the codes."""
    arcs = desk.beside(FlowDesk).arcs(viewer, wish.area, day, wish.as_of)
    found: defaultdict[tuple[str, str], float] = defaultdict(float)
    for origin, destination, people in zip(arcs.origin.tolist(), arcs.destination.tolist(), arcs.people, strict=True):
        found[arcs.codes[origin], arcs.codes[destination]] += float(people)
    return dict(sorted(found.items()))


def _lines(view: View, ends: Sequence[tuple[int, int]]) -> list[BaseGeometry | None]:
    points = {row: _point(view, row) for pair in ends for row in pair}
    pairs = [(points[a], points[b]) for a, b in ends]
    return [None if a is None or b is None else shapely.LineString([a, b]) for a, b in pairs]


def _point(view: View, row: int) -> tuple[float, float] | None:
    """A point inside an area, or inside the nearest one above that is drawn."""
    for step in reversed(view.areas.path(row)):
        shape = view.areas.shape[step]
        if shape is not None and not shape.is_empty:
            point = shapely.point_on_surface(shape)
            return float(point.x), float(point.y)
    return None


# all of them ---------------------------------------------------------------------------------------


def _layer(
    desk: Desk, viewer: Viewer, wish: Wish, view: View, row: int, title: str, columns: tuple[Column, ...],
    data: Mapping[str, Sequence[Any]], shapes: Sequence[BaseGeometry | None],
    geometry: Literal["Polygon", "LineString"], level: str, day: Day | None,
) -> Layer:  # fmt: skip
    areas = view.areas
    return Layer(
        id=wish.layer, title=title, columns=columns, data=data, shapes=shapes, geometry=geometry,
        city=areas.label(desk.home_of(view, viewer), viewer.lang), area=areas.code[row],
        place=areas.label(row, viewer.lang), level=level, day=day, lang=viewer.lang,
        version=view.version, as_of=wish.as_of, known=view.known,
        simulated=desk.city.simulated,
    )  # fmt: skip


#: Layers that are no measure's.
LAYERS: Mapping[str, Callable[[Desk, Viewer, Wish], Layer]] = {
    "zones": _of_zones,
    "flows": _of_flows,
    **dict.fromkeys(RISK_LAYERS, _of_risk),
}


__all__ = ["LAYERS", "layer_of", "of_measures", "zones_between"]
