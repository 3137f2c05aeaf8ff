"""The map block: the product's own painter inside a further page; drawn by ``assets/sheet/map.js``.

A page says what is drawn (:func:`place`: the units of a level with borders and names), what the colours mean
(:class:`Scale`) and where the values are: an address of :mod:`dashboard.routes`, or the bytes themselves
(:func:`inline`)::

    units = map_block.units(look.desk, look.spot, "street")
    map_block.map_of(
        look.spot, map_block.place(units), f"/paint/{version}/now/positives/street/{units.within}/{day}.bin",
        Scale("新增阳性", "例", ramp, breaks, labels), title=..., choose=look.href(unit=map_block.UNIT), id="where",
    )

The block keeps its map while the page's data change: it glides and recolours, and is never empty. With ``flows`` arcs
lie over the units (``flows_url``, ``flows_level``, ``flows_format``, ... of :mod:`dashboard.parts.grid_map`). The wheel
zooms while the map has the keyboard's focus or Ctrl is held; otherwise the page scrolls.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.parts import grid_map
from dashboard.parts.sheet import Block, block
from dashboard.queries import Desk
from dashboard.shown import Spot, Units, units_of
from dashboard.texts import say, words

#: Stands for the code of the unit that was clicked in the address of ``choose``.
UNIT = "UNIT"

#: The three states beside a value, in the order of a legend, with their words in dashboard.texts.
STATES = ("zero", "suppressed", "missing")


@dataclass(frozen=True)
class Scale:
    """What colours mean: ``ramp`` low to high, ``breaks`` the lower bounds of classes 1.., ``labels`` of each class.

    ``glyphs`` stand on the swatches where colour alone would carry a meaning; ``form`` is the painter's
    ``value_format``; ``said`` replaces words of the states ("zero", "missing", "doubtful", ...); ``doubtful``:
    numbers that lack something may occur and are in the legend.
    """

    name: str
    unit: str
    ramp: Sequence[str]
    breaks: Sequence[float]
    labels: Sequence[str]
    glyphs: Sequence[str] = ()
    form: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    doubtful: bool = False


def units(desk: Desk, spot: Spot, level: str) -> Units:
    """The units of ``level`` around the shown area, for the borders and values of a map; scope as the viewer's."""
    view = desk.cube.at(spot.as_of)
    top = 0 if spot.viewer.scope is None else view.areas.find(spot.viewer.scope)
    return units_of(view, view.areas.row_of[spot.place.code], level, top)


def place(drawn: Units) -> dict[str, Any]:
    """The painter's properties for the borders and names of units."""
    base = f"/geo/{drawn.geography}/{drawn.level}"
    return {
        "shapes_url": f"{base}/{drawn.within}/shapes.bin",
        "outlines_url": f"{base}/{drawn.around}/outlines.bin",
        "label_levels": list(drawn.labels),
    }


def inline(body: bytes) -> str:
    """Bytes of :mod:`dashboard.wire` (not gzipped) as an address of their own, for what is small and has no route."""
    return "data:application/octet-stream;base64," + base64.b64encode(body).decode()


def switch(name: str, href: str, *, here: bool, about: str = "") -> dict[str, Any]:
    """One of the ways in which the same map may be coloured."""
    return {"name": name, "href": href, "here": here, "about": about}


def map_of(
    spot: Spot,
    drawn: Mapping[str, Any],
    values_url: str | None,
    scale: Scale,
    *,
    switches: Sequence[Sequence[Mapping[str, Any]]] = (),
    said: str = "",
    tone: str = "",
    choose: str = "",
    chosen: str = "",
    shows: str = "",
    up: str = "",
    flows: Mapping[str, Any] | None = None,
    about_map: str = "",
    id: str = "map",
    **more: Any,
) -> Block:
    """The block. ``drawn``: :func:`place`, or addresses of the page's own; ``values_url`` None: outlines alone.

    ``switches``: ways to colour it, in rows of :func:`switch`. ``said``: a sentence that stands on the map; with
    ``tone`` "grey" it says why there is no colour. ``choose``: where a click leads, with :data:`UNIT` for the unit's
    code; ``chosen``: the unit that keeps an outline; ``shows``: id of the block that tells about it (on a phone it is
    brought into view); ``up``: where Escape leads. ``about_map``: what a screen reader calls the map. The rest is
    every block's own.
    """
    lang = spot.viewer.lang
    properties = {
        **drawn,
        "values_url": values_url,
        "values_day": 0,
        "day_index": 0,
        "ramp": list(scale.ramp),
        "breaks": list(scale.breaks),
        "class_labels": list(scale.labels),
        "value_format": dict(scale.form),
        "words": {"doubtful": say("doubtful", lang), **scale.said},
        "lang": lang,
        "theme": dict(grid_map.DARK if spot.state.theme == "dark" else grid_map.LIGHT),
        "selected": None if len(spot.place.path) == 1 else spot.place.code,
        "marked": chosen or None,
        "aria_label": about_map or f"{spot.place.name} {scale.name}",
        **(flows or {}),
    }
    rows = [list(row) for row in switches if len(row) > 1]
    return block(
        "map", map=properties, legend=_legend(spot, scale), switches=rows, said=said, tone=tone,
        choose=choose, unit=UNIT, shows=shows, up=up, id=id, words=words(("zoom_in", "zoom_out", "zoom_fit"), lang),
        **more,
    )  # fmt: skip


def _legend(spot: Spot, scale: Scale) -> dict[str, Any]:
    """Classes low to high, then the states; the browser counts the units of each from the picture itself."""
    lang = spot.viewer.lang
    glyphs = list(scale.glyphs) or [""] * len(scale.labels)
    states = [*STATES, *(("doubtful",) if scale.doubtful else ())]
    return {
        "name": scale.name,
        "unit": scale.unit,
        "classes": [
            {"label": label, "colour": colour, "glyph": glyph}
            for label, colour, glyph in zip(scale.labels, scale.ramp, glyphs, strict=True)
        ],
        "states": [
            {"id": state, "label": scale.said.get(state) or say(state, lang), "about": say(f"{state}_about", lang)}
            for state in states
        ],
    }
