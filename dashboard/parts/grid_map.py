"""The map: a Dash component whose browser half is ``assets/painter/*.js``.

It draws one *layer of units* (districts, streets, communities, cells: 1 to 200,000), filled by class, under
the outlines and labels of the areas above, without a base map. It asks the server for five kinds of bytes
(:mod:`dashboard.wire` writes them) by the addresses it is given, keeps them by address, and recolours itself
without a further question. It never goes blank: the old picture stays until the new bytes are there.

Properties the page sets
========================
``shapes_url``     bytes of ``wire.encode_shapes`` / ``encode_cells``: the units.
``outlines_url``   bytes of ``wire.encode_outlines``: borders and labels of the areas above (or of the units).
``values_url``     bytes of ``wire.encode_values``: one day, exact, one number a unit.
``values_day``     the ``day_index`` that ``values_url`` is about; None (default): the one it came with.
``classes_url``    bytes of ``wire.encode_classes``: days x units, for replay; loaded after the first picture.
``flows_url``      bytes of ``wire.encode_flows``: arcs between areas, over the units and under the labels, with
                   light moving along them; under prefers-reduced-motion still, with heads. Needs outlines. A quiet
                   ground (few colours, or none) shows them best. None: no flows.
``flows_day``      the day of the flows shown; None (default): ``day_index``, the last one where it is beyond.
``flows_level``    the level between whose areas flows are added up; None (default): the finest that the view
                   has room for.
``flows_top``      how many of the largest arcs are drawn; default 1000. The rest, the flows inside one area
                   and those beyond the map are said with their sums in a line beside the scale bar.
``flows_format``   how a flow is written, as ``value_format``.
``day_index``      the day shown: row of the classes (0 = first). The map moves it during replay.
``playing``        True: replay from ``day_index`` on; the map sets it to False at the last day.
``speed``          days a second while playing; default 4.
``loop``           True: replay starts over instead of stopping; default False.
``ramp``           colours of the classes, low to high: 1 to 120 hex strings.
``breaks``         ascending lower bounds of classes 1.. (``len(ramp) - 1`` numbers): class = how many breaks
                   are <= the value as float32. ``wire.classify`` is the same rule in Python.
``class_labels``   words of each class (``len(ramp)`` strings), said in the tooltip during replay.
``value_format``   {"digits": 0, "scale": 1, "prefix": "", "suffix": ""}: how an exact value is written;
                   ``scale`` multiplies first (100 for per cent).
``words``          {key: text}: replaces single texts of ``assets/painter/words.js`` (zero, suppressed,
                   missing, outside, doubtful, land, late, ...); the defaults follow ``lang``.
``lang``           "zh" (default) or "en".
``theme``          colours, see :data:`DARK` and :data:`LIGHT`; keys left out are those of DARK.
``selected``       code of an area in the outlines: emphasised, the rest dimmed, fitted (gliding 250 ms, at
                   once under prefers-reduced-motion). None: the whole city, fitted.
``marked``         code of a unit that keeps an outline, whatever the pointer does: what the page is about.
``fit``            False: ``selected`` does not move the view; default True.
``view``           {"lon", "lat", "mpp"}: centre, and ground metres a CSS pixel there. The map writes it when
                   a movement ends; the page may set it (a shared address), then it wins over the first fit.
``padding``        [top, right, bottom, left] CSS pixels that panels cover; a fit leaves them free.
``label_levels``   levels whose labels may be drawn; None (default): all; []: none.
``label_values``   {area code: text}: a second line under a label.
``label_clear``    [[left, top, right, bottom]] CSS pixels of the map in which no label may stand: a wall's bezels.
``show_values``    True: labels of areas that are themselves units carry the value; default False.
``text_scale``     multiplies text, lines and patterns (default 1; they already grow on wide screens): a wall
                   read from 10 m computes it from its pixel pitch.
``line_scale``     multiplies the width of borders alone (default 1): a wall's large letters need no thick lines.
``interactive``    False (a wall): no pointer, no keys, no tooltip; default True.
``aria_label``     what a screen reader calls the map.
``className``, ``style``   of the host element; it needs a height, which the map fills.

Properties the map writes
=========================
``clicked``        {"unit", "code", "areas", "lon", "lat", "via", "n"} on click or tap, and on Enter for the
                   unit in the middle. ``unit`` is the row in the layer (-1: no unit there), ``code`` its code
                   or None, ``areas`` {level: code} of the outlines around that point, ``via`` "pointer" or
                   "key"; ``n`` counts up. A click outside the city is none.
``escaped``        counts the Escape key: the page goes up one level.
``day_index``      during replay at most four times a second, and exactly at its end.
``playing``        True and False as the person starts and stops replay (space bar), False when it ended.
``view``           as above.
``status``         "loading", "ready", or "late": some bytes did not arrive; a badge says so, and the map goes
                   on asking, with the old picture standing.

In the browser, without a round trip
====================================
``onescreen.maps[id]`` is the live map (dict ids: their JSON with sorted keys): ``setDay(i)``, ``play()``,
``pause()``, ``fit(code?, animated?)``, ``zoomBy(factor)``, ``setView({lon, lat, mpp})``, ``toBlob(callback,
{scale})`` (PNG with outlines and labels), ``flowSummary()`` (arcs with codes, and every sum), ``flowTotals()``
(what each area takes, gives and keeps), ``unitAt(x, y)`` and ``colourAt(x, y)`` (CSS pixels),
``counts()`` (units by class code, 256 numbers: for a legend), ``checksum()``, ``stats`` (see
``assets/painter/map.js``). The host element sends bubbling CustomEvents, whose ``detail`` holds ``id`` and

``onescreen:day``      {day, days, playing}, with every day that is set, at the speed of the frames
``onescreen:paint``    {day}, after the pixels changed (a legend then asks ``counts()``)
``onescreen:hover``    {unit, code, text}
``onescreen:view``     {lon, lat, mpp}
``onescreen:flows``    {text, level}, when the line about the flows changes (a wall says it larger)
``onescreen:status``   {status}

From a page::

    GridMap(id="map", shapes_url="/geo/city/cell.bin", outlines_url="/geo/city/outlines.bin",
            values_url="/paint/incidence/12.bin", values_day=12, classes_url="/paint/incidence/all.bin",
            day_index=12, ramp=RAMP, breaks=BREAKS, theme=grid_map.DARK, lang="zh",
            aria_label="发病率地图", style={"height": "100%"})

    # paints in one frame, no server
    app.clientside_callback("i => i", Output("map", "day_index"), Input("slider", "value"))
    app.clientside_callback("n => n % 2 === 1", Output("map", "playing"), Input("play", "n_clicks"))

    @app.callback(Output("map", "selected"), Input("map", "clicked"), prevent_initial_call=True)
    def drill(clicked): return clicked["areas"].get("district")

    // in assets/: the page's own date follows the replay, frame by frame
    document.addEventListener("onescreen:day", ({detail}) => { label.textContent = DAYS[detail.day]; });
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash.development.base_component import Component

#: Colours on a dark wall. ``missing``/``suppressed`` are [ground, mark]: hatch and dots.
DARK: Mapping[str, Any] = {
    "background": "#0f1417",
    "land": "#161d21",
    "zero": "#222d33",
    "suppressed": ["#1b2429", "#7f95a0"],
    "missing": ["#13191d", "#44535b"],
    "doubtful": "#0f1417",
    "ink": "#dfe7ea",
    "ink_soft": "#9fb0b8",
    "line": "#0f1417",
    "line_strong": "#aebfc7",
    "accent": "#f2f6f7",
    "panel": "#1b2327",
    "flow": "#86bfd6",
    "light": "#f2fbff",
}

#: The same on paper and in a bright room.
LIGHT: Mapping[str, Any] = {
    "background": "#f5f6f4",
    "land": "#eceeeb",
    "zero": "#e2e6e3",
    "suppressed": ["#e6e9e6", "#7d8b8c"],
    "missing": ["#f0f1ef", "#b6c0be"],
    "doubtful": "#f5f6f4",
    "ink": "#1d272b",
    "ink_soft": "#55646a",
    "line": "#f5f6f4",
    "line_strong": "#5d6f76",
    "accent": "#12191c",
    "panel": "#fbfcfa",
    "flow": "#2b6d88",
    "light": "#06293a",
}

#: Every property, in the order of the module's description.
PROPERTIES = [
    "id", "shapes_url", "outlines_url", "values_url", "values_day", "classes_url", "flows_url",
    "flows_day", "flows_level", "flows_top", "flows_format", "day_index", "playing", "speed",
    "loop", "ramp", "breaks", "class_labels", "value_format", "words", "lang", "theme", "selected",
    "fit", "view", "padding", "label_levels", "label_values", "label_clear", "show_values",
    "text_scale", "line_scale", "marked", "interactive", "aria_label", "className", "style", "clicked",
    "escaped", "status",
]  # fmt: skip


class GridMap(Component):
    """The map component; its properties are described in the module.

    Raises TypeError (Dash's own) on a property that does not exist.
    """

    _children_props: list[str] = []  # noqa: RUF012 (Dash declares them on instances)
    _base_nodes: list[str] = ["children"]  # noqa: RUF012
    _namespace = "onescreen"
    _type = "GridMap"
    _prop_names = PROPERTIES
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_properties = PROPERTIES
    available_wildcard_properties: list[str] = []  # noqa: RUF012

    def __init__(self, id: str | dict[str, Any], **properties: Any) -> None:
        given = {name: value for name, value in properties.items() if value is not None}
        super().__init__(id=id, **given)  # type: ignore[no-untyped-call]
