"""Flows over the map: sums against plain Python, light against the clock, in a real browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from dash import Dash, html
from numpy.typing import NDArray
from shapely.geometry import box

from dashboard import wire
from dashboard.parts import grid_map
from tests.browser.test_grid_map import ASSETS, BREAKS, LAT, LON, RAMP, Map, Site, hexagons, numbers
from tests.serving import serving

DAYS, FLOWS, TOP = 3, 90, 5
LEVELS = ("district", "street", "community")
STEP = 0.022  # degrees: twelve communities in four streets cover the hexagons
MAP = "onescreen.maps.map"

#: Places of the flows, communities first: one lies beyond the map, one is known to its street only.
COMMUNITIES = [f"{column}{row}" for column in "abcd" for row in "012"]
TREE: dict[str, str | None] = {
    **{code: code[0] for code in COMMUNITIES},
    "a": "W", "b": "W", "c": "E", "d": "E", "W": None, "E": None, "far": None, "a9": "a",
}  # fmt: skip
PLACES = list(TREE)
Table = list[tuple[str, str, list[float], list[int]]]  # from, to, value and state of each day


def outlines() -> list[wire.Outline]:
    west, south = LON - 2 * STEP, LAT - 1.5 * STEP
    shapes = {
        f"{column}{row}": box(west + i * STEP, south + row * STEP, west + (i + 1) * STEP, south + (row + 1) * STEP)
        for i, column in enumerate("abcd")
        for row in range(3)
    }
    for i, column in enumerate("abcd"):
        shapes[column] = box(west + i * STEP, south, west + (i + 1) * STEP, south + 3 * STEP)
    shapes["W"] = box(west, south, LON, south + 3 * STEP)
    shapes["E"] = box(LON, south, west + 4 * STEP, south + 3 * STEP)
    levels = {"W": "district", "E": "district", **dict.fromkeys("abcd", "street")}
    ranked = sorted(shapes, key=lambda code: LEVELS.index(levels.get(code, "community")))
    return [
        wire.Outline(levels.get(code, "community"), code, f"{code}地", f"Place {code}", shapes[code], TREE[code])
        for code in ranked
    ]


def table() -> Table:
    rng = np.random.default_rng(11)
    ends = rng.choice([*COMMUNITIES, "far", "a9", "b"], (FLOWS, 2))
    values = rng.integers(0, 10**9, (DAYS, FLOWS)).astype(float)
    states = rng.choice([0, 0, 0, 0, 1, 2, 3], (DAYS, FLOWS))
    return [(*ends[i], values[:, i].tolist(), states[:, i].tolist()) for i in range(FLOWS)]


def encoded(flows: Table) -> bytes:
    origin, destination, values, states = zip(*flows, strict=True)
    rows = [[PLACES.index(code) for code in codes] for codes in (origin, destination)]
    return wire.encode_flows(PLACES, list(TREE.values()), rows[0], rows[1], np.array(values).T, np.array(states).T)


def seat(code: str, level: str) -> str | None:
    """What stands for a place at a level: plain Python's answer."""
    if code == "far":
        return None
    chain = [code, *([TREE[code]] if TREE[code] else [])]
    if len(code) == 2:
        chain.append(TREE[code[0]])
    chain = [one for one in chain if one != "a9"]
    finest = {"district": 1, "street": 2, "community": 3}[level]
    return str(chain[-finest] if len(chain) >= finest else chain[0])


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    cells = hexagons()
    values, states = numbers(len(cells), 0)
    site = Site({
        "cells": wire.encode_cells(cells),
        "classes": wire.encode_classes(wire.classify(values, states, BREAKS)),
        "outlines": wire.encode_outlines(outlines()),
        "flows": encoded(table()),
        "one": encoded([("a0", "d2", [9.0], [0]), ("d2", "a0", [4.0], [0]), ("b1", "b1", [2.0], [0])]),
    })  # fmt: skip
    app = Dash("flows-test", assets_folder=str(ASSETS / "painter"))
    component = grid_map.GridMap(
        "map", shapes_url="/bytes/cells", classes_url="/bytes/classes", outlines_url="/bytes/outlines", day_index=0,
        ramp=RAMP, breaks=BREAKS, flows_top=TOP, loop=True, speed=30,
    )  # fmt: skip
    app.layout = html.Div(component, style={"position": "fixed", "inset": 0})
    app.server.add_url_rule("/bytes/<name>", "bytes", site.answer)
    with serving(app.server) as site.address:
        yield site


@pytest.fixture
def open_map(site: Site, new_context: Callable[..., Any]) -> Callable[..., Map]:
    def make(flows: str | None = None, motion: str = "no-preference", **properties: Any) -> Map:
        page = new_context(viewport={"width": 800, "height": 560}, reduced_motion=motion).new_page()
        page.goto(site.address)
        shown = Map(page).ready()
        if flows:
            shown.set(flows_url=f"/bytes/{flows}", **properties)
            shown.wait("map.flows && !map.dirty.over")
        return shown

    return make


@pytest.mark.parametrize("level", LEVELS)
def test_flows_add_up_to_the_areas_of_a_level_and_every_remainder_is_said(
    open_map: Callable[..., Map], level: str
) -> None:
    shown = open_map("flows", flows_level=level, flows_day=1)
    pairs: Counter[tuple[str, str]] = Counter()
    within = beyond = 0.0
    for origin, destination, values, states in table():
        ends = seat(origin, level), seat(destination, level)
        value = values[1] if states[1] == wire.VALUE else 0
        if None in ends:
            beyond += value
        elif ends[0] == ends[1]:
            within += value
        else:
            pairs[str(ends[0]), str(ends[1])] += int(value)
    ranked = [(ends, value) for ends, value in pairs.most_common() if value]
    found = shown.js("map.flowSummary()")
    assert (found["level"], found["day"]) == (level, 1)
    assert [((arc["from"], arc["to"]), arc["value"]) for arc in found["arcs"]] == ranked[:TOP]
    assert (found["within"]["total"], found["beyond"]["total"]) == (within, beyond)
    assert found["rest"]["total"] == sum(value for _, value in ranked[TOP:])
    assert found["others"] == max(len(ranked) - TOP, 0)
    parts = ("within", "beyond", "drawn", "rest")
    assert sum(found[part]["total"] for part in parts) == found["all"]["total"]
    assert sum(found[part]["flows"] for part in parts) == sum(states[1] == wire.VALUE for *_, states in table())
    for state, key in ((wire.SUPPRESSED, "suppressed"), (wire.MISSING, "missing")):
        assert found[key] == sum(row[3][1] == state for row in table())
    for area in shown.js("map.flowTotals()"):
        assert area["in"] == sum(value for (_, to), value in pairs.items() if to == area["code"])
        assert area["out"] == sum(value for (start, _), value in pairs.items() if start == area["code"])


def test_the_level_follows_the_zoom_and_the_whole_stays(open_map: Callable[..., Map]) -> None:
    shown = open_map("flows", text_scale=4)  # a level needs room for letters and lines of that size
    levels, totals = [], set()
    for metres in (30.0, 20.0, 8.0):
        shown.look(LON, LAT, metres)
        shown.wait("!map.dirty.over && !map.glide")
        found = shown.js("map.flowSummary()")
        levels.append(found["level"])
        totals.add(found["all"]["total"])
    assert levels == list(LEVELS)
    assert len(totals) == 1


def test_flows_go_with_the_day_unless_told_otherwise(open_map: Callable[..., Map]) -> None:
    shown = open_map("flows")
    for day in (2, 0, 1):
        shown.js(f"map.setDay({day})")
        shown.wait(f"map.flows.day === {day}")
    shown.set(flows_day=2)
    shown.wait("map.flows.day === 2")
    shown.js("map.setDay(0)")
    shown.wait("!map.dirty.codes")
    assert shown.js("map.flows.day") == 2


def test_the_caption_says_what_is_not_drawn(open_map: Callable[..., Map]) -> None:
    shown = open_map("flows", flows_level="community", flows_day=1, flows_format={"suffix": " 人次"})
    text = shown.page.locator(".onescreen-map-caption").inner_text()
    found = shown.js("map.flowSummary()")
    for part in ("drawn", "rest", "within", "beyond"):
        assert f"{found[part]['total']:,.0f} 人次" in text
    assert f"{found['suppressed']} 项隐去小数" in text
    assert f"{found['missing']} 项未报" in text
    shown.set(flows_url=None)
    shown.wait("!map.flows")
    assert not shown.page.locator(".onescreen-map-caption").is_visible()
    assert shown.js("map.picture.light.count") == 0


def test_a_pointer_reads_what_an_area_takes_and_gives(open_map: Callable[..., Map]) -> None:
    shown = open_map("one", flows_level="district")
    shown.page.mouse.move(300, 280)
    tip = shown.page.locator(".onescreen-map-tip-flows")
    tip.wait_for()
    assert tip.inner_text() == "W地 流入 4 · 流出 9 · 内部 2"


def test_both_ways_of_a_pair_are_apart(open_map: Callable[..., Map]) -> None:
    shown = open_map("one")
    x0, y0, cx, cy, x1, y1 = (
        shown.js(f"[...map.picture.arcs.{name}]") for name in ("x0", "y0", "cx", "cy", "x1", "y1")
    )
    side = [(x1[i] - x0[i]) * (cy[i] - y0[i]) - (y1[i] - y0[i]) * (cx[i] - x0[i]) for i in range(2)]
    assert side[0] < 0
    assert side[1] < 0  # left of its own way, so on opposite sides of the line between the two
    assert shown.js("[...map.picture.arcs.strength]") == pytest.approx([1, 2 / 3])  # roots of 9 and 4


#: Where the head of each light of each arc is at a time, [[x, y], ...], drawn onto a buffer of its own.
HEADS = """now => { const { picture } = onescreen.maps.map, light = new onescreen.painter.Light(), heads = [];
    light.set(picture.arcs, picture.grain, 0xffffffff);
    light.comet = (pixels, a, b, ua, ub, tail, radius, peak, step) => heads.push(step === 1 ? [a, b] : [b, a]);
    light.shine(new Uint32Array(1), picture.size, now); return heads; }"""


def test_light_runs_equally_fast_on_every_arc(open_map: Callable[..., Map]) -> None:
    shown = open_map("flows", flows_level="community", flows_top=60)
    before, after = (np.array(shown.page.evaluate(HEADS, now)) for now in (1_000_000, 1_000_050))
    way = np.hypot(*(after - before).T)
    assert len(way) > 40
    moved = way[way < 20]  # not those that began anew
    assert len(moved) > 0.9 * len(way)
    assert moved == pytest.approx(np.full(len(moved), np.median(moved)), rel=0.03)


def pixels(shown: Map, now: float) -> NDArray[np.int64]:
    shown.js(f"map.picture.shine({now})")
    return shown.words("pixels")


def test_light_depends_on_the_time_alone_and_leaves_no_trace(open_map: Callable[..., Map]) -> None:
    shown = open_map("flows", flows_level="community", flows_day=0)
    shown.js("(map.ticked = () => {}, cancelAnimationFrame(map.frame))")
    dark = shown.pixels()
    first, later, again = (pixels(shown, now) for now in (5e6, 5.5e6, 5e6))
    assert (first != later).sum() > 200
    assert (first == again).all()
    assert (first >> 24 == 255).all()
    assert shown.pixels() == dark
    assert shown.js("map.picture.light.count") == 0
    bright = shown.js("(map.picture.shine(5e6), map.picture.light.count)")
    assert bright < 0.02 * first.size  # thin


def test_light_moves_on_while_days_replay_and_nothing_grows(open_map: Callable[..., Map]) -> None:
    shown = open_map("flows", flows_level="community", flows_day=0)
    shown.set(playing=True)
    shown.wait("map.stats.lights > 40 && map.stats.days > 10")
    session = shown.page.context.new_cdp_session(shown.page)
    session.send("Performance.enable")

    def heap() -> tuple[float, int, int]:
        session.send("HeapProfiler.collectGarbage")
        metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
        return metrics["JSHeapUsedSize"], int(metrics["Nodes"]), shown.js("map.picture.light.at.length")

    size, nodes, room = heap()
    lights = shown.js("map.stats.lights")
    shown.wait(f"map.stats.lights > {lights + 120}")  # frames, however slowly they come
    after = heap()
    assert after[0] - size < 150_000
    assert after[1:] == (nodes, room)


def test_who_wants_no_motion_gets_arrows(open_map: Callable[..., Map]) -> None:
    moving, still = open_map("one", flows_day=0), open_map("one", "reduce", flows_day=0)
    assert still.js("map.picture.light.moves") is False
    still.wait("!map.frame")
    assert still.js("map.stats.lights") == 0
    ink = "(() => { const { width, height } = map.picture.over; let sum = 0; const { data } ="
    ink += " map.picture.overContext.getImageData(0, 0, width, height);"
    ink += " for (let i = 3; i < data.length; i += 4) sum += data[i]; return sum; })()"
    assert still.js(ink) > moving.js(ink)
    still.page.emulate_media(reduced_motion="no-preference")
    still.wait("map.stats.lights > 3")
    assert still.js(ink) == moving.js(ink)
