"""Who moves inside: trips between areas over the map, in, out and net of every area, and from each to each."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from dashboard import numbers, wire
from dashboard.colours import Theme
from dashboard.pages.outflow.written import count, signed, tenths, valued
from dashboard.pages.page import Look
from dashboard.parts import listing, map_block, matrix
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Cited, Given
from dashboard.queries.days import Day
from dashboard.queries.flows import PAIRS, FlowDesk, Moved, Movement, Pair, Pairs
from dashboard.routes import moment_text
from dashboard.said import Said, quoted, words
from dashboard.shown import Units
from grid.arrays import Floats
from grid.rates import MISSING, VALUE, ZERO

#: Areas up to which everything from each to each stands in a matrix; of more the PAIRS largest pairs are named.
SQUARES = 8

#: Classes of the net on the map: bounds as shares of the largest net; from leaving to coming.
_BOUNDS = (0.5, 0.1)

#: Quiet colours, for the light of flows lies over them.
_QUIET: Mapping[Theme, tuple[str, ...]] = {
    "dark": ("#1b4650", "#1b3138", "#20262a", "#3a2e22", "#54391f"),
    "light": ("#b4d9df", "#d9ebee", "#f0f0ec", "#f5e6d2", "#ebcda4"),
}


# --- the map ----------------------------------------------------------------------------------------------


def moving(look: Look, desk: FlowDesk, day: Day) -> list[Block]:
    """Trips as moving light over the net of each area: of the smallest area on the way up inside which any are told."""
    codes = [code for code, _ in look.place.path]
    top = codes.index(look.viewer.scope) if look.viewer.scope in codes else 0
    for code, name in reversed(look.place.path[top:]):
        on = desk.arcs_day(look.viewer, code, day, look.as_of)
        level = look.desk.place(look.viewer, code, look.as_of).next_level if on else None
        if on is not None and level is not None and level != "cell":
            return [_map(look, desk, on, code, level, name)]
    return []


def _map(look: Look, desk: FlowDesk, day: Day, within: str, level: str, name: str) -> Block:
    units = map_block.units(look.desk, look.spot, level)
    net = desk.nets(look.viewer, units.within, level, day, look.as_of)
    states = np.where(np.isnan(net), MISSING, np.where(net == 0, ZERO, VALUE)).astype(np.uint8)
    values = map_block.inline(wire.encode_values(np.nan_to_num(net), states))
    return map_block.map_of(
        look.spot,
        map_block.place(units),
        values,
        _scale(look, net),
        title=look.say("moving"),
        about=look.say("moving_day", day=look.day_text(day)),
        choose=look.href(area=map_block.UNIT) if _drills(units) else "",
        about_map=look.say("map_of", place=name),
        flows={
            "flows_url": f"/flows/{look.spot.version}/{moment_text(look.as_of)}/{within}/{day}.bin",
            "flows_day": 0,
            "flows_level": level,
            "flows_format": {"suffix": look.say("trips_unit")},
        },
        span=7,
        id="moving",
    )


def _drills(units: Units) -> bool:
    return units.level != "cell"


def _scale(look: Look, net: Floats) -> map_block.Scale:
    most = float(np.nanmax(np.abs(net), initial=0.0))
    steps = sorted({float(f"{most * share:.1g}") for share in _BOUNDS} - {0.0}) or [1.0]
    breaks = [*(-step for step in reversed(steps)), *steps]
    names = [numbers.signed(bound) for bound in breaks]
    labels = [f"< {names[0]}", *(f"{low} … {high}" for low, high in pairwise(names)), f"≥ {names[-1]}"]
    quiet = _QUIET[look.theme]
    ramp = quiet if len(labels) == len(quiet) else (quiet[0], quiet[2], quiet[-1])
    return map_block.Scale(look.say("net_people"), look.say("people_unit"), ramp, breaks, labels, form={"digits": 0})


# --- in, out, net -------------------------------------------------------------------------------------------


def movement(look: Look, told: Given[Movement | None]) -> list[Block]:
    """The whole and its areas, each of which leads to its own; beside it who went from each to each."""
    found = told.what
    if found is None or not found.areas:
        return []
    columns = [
        listing.column(look.say("area"), left=True),
        listing.column(look.say("out"), bar=True),
        listing.column(look.say("in")),
        listing.column(look.say("net")),
        listing.column(look.say("within"), least=True),
    ]
    rows = [_moved(look, told.at("whole"), "")]
    rows += [_moved(look, one, look.href(area=one.what.key)) for one in told.each("areas", "key")]
    table = listing.table(
        columns, rows, look.say("moves"), about=look.say("moves_about"), first=SQUARES + PAIRS, span=5, id="moves"
    )
    return [table, *_between(look, told, found)]


def _moved(look: Look, told: Given[Moved], href: str) -> dict[str, Any]:
    estimate, one = look.say("est"), told.what
    cells = [
        listing.cell(one.name, one.name),
        count(look, told["out"], estimate if one.out_estimate else ""),
        count(look, told["into"], estimate if one.into_estimate else ""),
        valued(look, told["net"], signed),
        count(look, told["within"]),
    ]
    return listing.row(cells, href=href, key=one.key)


# --- from each to each --------------------------------------------------------------------------------------


def _between(look: Look, told: Given[Any], found: Movement) -> list[Block]:
    if found.between is None or len(found.areas) < 2:
        return []
    if len(found.areas) <= SQUARES:
        return [_matrix(look, told, found)]
    return [_pairs(look, told.at("pairs"))]


def _matrix(look: Look, told: Given[Any], found: Movement) -> Block:
    """With the sums of its rows and columns."""
    assert found.between is not None
    most = float(np.nanmax(found.between, initial=0.0)) or 1.0
    names = [*((one.key, one.name) for one in found.areas), ("all", look.say("together"))]
    heads = [{"glyph": "", "colour": "", "word": name, "shown": "yes"} for _, name in names]
    squares = [
        [_square(look, told[f"squares[{one}][{other}]"], most, quiet="all" in (one, other)) for other, _ in names]
        for one, _ in names
    ]
    return matrix.panels([matrix.panel(look.say("from_to"), heads, heads, squares)], look.say("between"), span=7)


def _square(look: Look, one: Cited, most: float, *, quiet: bool) -> dict[str, Any]:
    weight = 0.0 if quiet or one.value is None else one.value / most
    return matrix.square(look.short(one), weight=weight, quiet=quiet)


def _pairs(look: Look, told: Given[Pairs]) -> Block:
    """The largest pairs and the named rest; shares of all trips between areas."""
    rows = [_pair(look, one, look.say("other_pairs", n=look.whole(told["others"]))) for one in told.each("rows", "key")]
    whole = [listing.cell(look.say("together")), listing.cell(words("100.0%")), count(look, told["whole"])]
    columns = [
        listing.column(look.say("pair"), left=True),
        listing.column(look.say("share"), bar=True),
        listing.column(look.say("people")),
    ]
    about = look.say("between_about")
    return listing.table(columns, [*rows, listing.row(whole)], look.say("between"), about=about, span=7)


def _pair(look: Look, told: Given[Pair], others: Said) -> dict[str, Any]:
    name = quoted(told.what.name) if told.what.name else others
    share = listing.number(tenths(look, told["per_cent"]))
    return listing.row([listing.cell(name), share, count(look, told["people"])])
