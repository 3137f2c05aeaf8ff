"""The map of risk: scores by grade, the findings expected in the next seven days, or hot spots.

Where the report card does not stand for the forecast, its map has no colour and says why, whatever the numbers are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard import colours
from dashboard.pages.page import Look
from dashboard.pages.risk.card import verdict
from dashboard.pages.risk.written import short
from dashboard.parts import map_block
from dashboard.parts.forecast_scale import forecast_scale, ranges
from dashboard.parts.map_block import Scale
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.risk import RiskAnswer, RiskDesk, UnitLine
from dashboard.queries.risk.map import LAYERS, RiskMap, RiskPaint
from dashboard.routes import moment_text
from dashboard.shown import Units
from data.terms import GRADES, TIERS
from grid.rates import MISSING
from grid.risk.grades import FLOORS, ORDER
from grid.risk.grids import LEAST_UNITS

#: Bounds of Gi* among the hot spots that are believed.
HOT_BREAKS = (3.0, 5.0)


def layer_of(look: Look) -> str:
    """The layer that is asked for; the score."""
    wish = look.wish("show")
    return wish if wish in LAYERS else LAYERS[0]


def level_of(look: Look, found: RiskAnswer) -> str:
    """The level that is drawn: the forecast and hot spots by units enough to point at; scores by what was asked for,
    else by the coarsest level with so many units, if they can be graded at all."""
    if layer_of(look) != "score":
        return found.card_level
    if look.wish("by") is not None:
        return found.level
    desk, area = look.desk.beside(RiskMap), look.area
    levels = look.desk.beside(RiskDesk).levels(look.viewer, area, look.day, look.as_of)
    graded = (desk.graded(look.viewer, one, area, found.day, look.as_of) for one in levels)
    return next((one for one, n in zip(levels, graded, strict=True) if n >= LEAST_UNITS), found.level)


def block(look: Look, told: Given[RiskAnswer], chosen: UnitLine | None, span: int) -> Block:
    """The map with its layers; a click chooses a unit, whose parts stand beside it."""
    found = told.what
    layer, level = layer_of(look), level_of(look, found)
    drawn = map_block.units(look.desk, look.spot, level)
    painted = look.desk.beside(RiskMap).paint(look.viewer, layer, level, drawn.within, found.day, look.as_of)
    name = look.say(f"layer_{layer}")
    own = chosen is not None and chosen.code == look.area
    grey = layer == "ahead" and (found.card is None or found.card.grey)
    return map_block.map_of(
        look.spot, map_block.place(drawn), _url(look, found, layer, drawn), _SCALES[layer](look, painted, grey),
        title=look.say("by_level", name=name, level=TIERS[level].name(look.lang)),
        switches=[_layers(look, layer), _levels(look, found, level) if layer == "score" else []],
        said=_said(look, told, layer, drawn, painted),
        tone="grey" if grey else "",
        choose=look.href(unit=map_block.UNIT),
        chosen="" if chosen is None or own else chosen.code,
        shows="own",
        up=look.href(unit=None) if not own else _above(look),
        span=span,
        id="map",
    )  # fmt: skip


def _url(look: Look, found: RiskAnswer, layer: str, drawn: Units) -> str:
    known = moment_text(look.as_of)
    return f"/risk/{look.spot.version}/{known}/{layer}/{drawn.level}/{drawn.within}/{found.day}.bin"


def _above(look: Look) -> str:
    path = look.place.path
    return look.href(area=path[-2][0] if len(path) > 2 else "city", unit=None, by=None, grade=None)


# --- what may be chosen ---------------------------------------------------------------------------------


def _layers(look: Look, layer: str) -> list[dict[str, Any]]:
    return [
        map_block.switch(
            look.say(f"layer_{one}"), look.href(show=None if one == LAYERS[0] else one, unit=None),
            here=one == layer, about=look.say(f"layer_{one}_about"),
        )
        for one in LAYERS
    ]  # fmt: skip


def _levels(look: Look, found: RiskAnswer, level: str) -> list[dict[str, Any]]:
    """The levels by which this area can be looked at."""
    levels = look.desk.beside(RiskDesk).levels(look.viewer, look.area, look.day, look.as_of)
    return [
        map_block.switch(TIERS[one].name(look.lang), look.href(by=one, unit=None), here=one == level) for one in levels
    ]


# --- what it says ---------------------------------------------------------------------------------------


def _said(look: Look, found: Given[RiskAnswer], layer: str, drawn: Units, painted: RiskPaint) -> str:
    """The sentence on the map: why it is grey, or what there is to see."""
    if not drawn.drawn:
        return look.say("no_borders", level=TIERS[drawn.level].name(look.lang))
    if layer == "ahead" and (found.what.card is None or found.what.card.grey):
        return verdict(look, found.at("card"))
    if (painted.state == MISSING).all():
        return look.say(f"{layer}_unknown")
    if layer == "hot":
        hot = look.ask("risk.hot", level=drawn.level, area=drawn.within, day=found.what.day)[""]
        return look.say("hot_spots", n=short(look, hot)) if hot.value else look.say("no_hot_spots")
    return ""


# --- what colours mean ----------------------------------------------------------------------------------


def _graded(look: Look, painted: RiskPaint, _grey: bool) -> Scale:
    """Grades with their fixed bounds; a score of nought is of the lowest."""
    breaks = [FLOORS[id] for id in ORDER[1:]]
    ramp = colours.graded(len(ORDER), look.theme)
    return Scale(
        look.say("score"), look.say("of_100"), ramp, breaks, [GRADES[id].name(look.lang) for id in ORDER],
        glyphs=[GRADES[id].glyph for id in ORDER],
        form={"digits": 1, "suffix": look.say("points_suffix")},
        said={"missing": look.say("unknown"), "doubtful": look.say("partly")},
        doubtful=True,
    )  # fmt: skip


def _expected(look: Look, painted: RiskPaint, grey: bool) -> Scale:
    made = forecast_scale(painted.value, look.theme, look.lang, grey=grey)
    return Scale(
        look.say("expected_7"), look.say("unit_people"), made.ramp, made.breaks, made.labels,
        form={"digits": 1}, said={"missing": look.say("no_forecast_here")},
    )  # fmt: skip


def _spots(look: Look, painted: RiskPaint, _grey: bool) -> Scale:
    said = {"zero": look.say("not_hot"), "missing": look.say("missing")}
    ramp = colours.graded(len(HOT_BREAKS) + 2, look.theme)[1:]
    return Scale(
        "Gi*", "", ramp, HOT_BREAKS, ranges(HOT_BREAKS, look.lang), form={"digits": 1, "prefix": "Gi* "}, said=said
    )


_SCALES: dict[str, Callable[[Look, RiskPaint, bool], Scale]] = {"score": _graded, "ahead": _expected, "hot": _spots}
