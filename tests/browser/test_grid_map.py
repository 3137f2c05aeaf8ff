"""The map in a real browser, against h3 and shapely, pixel by pixel."""

from __future__ import annotations

import base64
import itertools
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from dash import Dash, html
from flask import Response
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from pyproj import Transformer
from shapely.geometry import MultiPolygon, Point, Polygon

import dashboard
from dashboard import wire
from dashboard.parts import grid_map
from tests.serving import serving

LON, LAT = 121.47, 31.23
HERE = np.array([LON, LAT])
TO_DEGREES = Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True)
TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
RAMP = ["#224455", "#337777", "#66aa88", "#ccdd99"]
BREAKS = [1.0, 10.0, 100.0]
DAYS = 12
ASSETS = Path(dashboard.__file__).parent.parent / "assets"
LAND = 0xFFFFFFFF
Floats = NDArray[np.float64]


@dataclass
class Site:
    """A page with one map on loopback; ``files`` are its bytes, ``broken`` names answer 503, ``held`` wait."""

    files: dict[str, bytes] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    held: dict[str, threading.Event] = field(default_factory=dict)
    address: str = ""

    def answer(self, name: str) -> Response:
        """One file, as it is to be delivered now."""
        if name in self.held:
            self.held[name].wait(120)
        if name in self.broken:
            return Response("", 503)
        return Response(self.files[name], headers={"Cache-Control": "no-store"})


def hexagons() -> list[int]:
    return sorted(h3.grid_disk(h3.latlng_to_cell(LAT, LON, 9), 18))


def patches() -> list[Any]:
    """Irregular neighbours that share bent borders: one has a hole filled by another, one two parts, one none."""
    rng = np.random.default_rng(7)
    points = shapely.MultiPoint(rng.uniform(-0.06, 0.06, (60, 2)) + HERE)
    frame = Point(LON, LAT).buffer(0.055, 24)
    plain = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    whole = [shapely.intersection(part, frame) for part in plain if part.intersects(frame)]
    cut = [shapely.segmentize(part, 0.002) for part in whole]
    bent = [shapely.transform(part, _bend) for part in cut]
    hole = shapely.transform(Point(LON + 0.01, LAT + 0.01).buffer(0.006, 6), _bend)
    bent = [shapely.difference(part, hole) for part in bent]
    merged = MultiPolygon([bent[0], *(p for p in bent[1:] if not p.touches(bent[0]))][:2])
    others = [p for p in bent if not any(p.equals(one) for one in merged.geoms)]
    return [merged, None, hole, *others]


def _bend(coordinates: Floats) -> Floats:
    x, y = (coordinates - HERE).T
    bent: Floats = np.column_stack([x + 0.002 * np.sin(y * 400), y + 0.002 * np.sin(x * 500)]) + HERE
    return bent


def districts() -> list[wire.Outline]:
    halves = {"A": (-0.1, 0.0), "B": (0.0, 0.1)}
    disc = shapely.transform(Point(LON, LAT).buffer(0.055, 24), _bend)
    found = [wire.Outline("district", "city", "甲城区", "City", disc)]
    for code, (west, east) in halves.items():
        part = disc.intersection(shapely.box(LON + west, LAT - 0.1, LON + east, LAT + 0.1))
        found.append(wire.Outline("street", code, f"{code}街道", f"Street {code}", part, "city"))
    return found


def numbers(units: int, seed: int) -> tuple[Floats, NDArray[np.uint8]]:
    rng = np.random.default_rng(seed)
    return rng.lognormal(2, 2, (DAYS, units)), rng.choice(4, (DAYS, units), p=[0.7, 0.1, 0.1, 0.1]).astype(np.uint8)


def files() -> dict[str, bytes]:
    made = {"outlines": wire.encode_outlines(districts())}
    polygons = patches()
    layers = {
        "cells": (len(hexagons()), wire.encode_cells(hexagons())),
        "patches": (len(polygons), wire.encode_shapes(polygons, [f"p{i}" for i in range(len(polygons))])),
    }
    for seed, (name, (units, shapes)) in enumerate(layers.items()):
        values, states = numbers(units, seed)
        made[name] = shapes
        made[f"{name}.values"] = wire.encode_values(values[3], states[3])
        made[f"{name}.classes"] = wire.encode_classes(wire.classify(values, states, BREAKS))
    return made


def layer(name: str) -> dict[str, Any]:
    """Properties of a layer on day 3."""
    return {
        "shapes_url": f"/bytes/{name}",
        "values_url": f"/bytes/{name}.values",
        "classes_url": f"/bytes/{name}.classes",
        "values_day": 3,
        "day_index": 3,
    }


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    site = Site(files())
    app = Dash("painter-test", assets_folder=str(ASSETS / "painter"))
    component = grid_map.GridMap(
        "map", **layer("cells"), outlines_url="/bytes/outlines", ramp=RAMP, breaks=BREAKS, speed=60,
        theme=dict(grid_map.DARK), value_format={"digits": 1}, class_labels=["a", "b", "c", "d"],
        label_values={"A": "12"}, aria_label="甲城地图",
    )  # fmt: skip
    app.layout = html.Div(component, id="page", style={"position": "fixed", "inset": 0})
    app.server.add_url_rule("/bytes/<name>", "bytes", site.answer)
    with serving(app.server) as site.address:
        yield site


@pytest.fixture
def site(served: Site) -> Site:
    served.broken.clear()
    served.held.clear()
    return served


MAP = "onescreen.maps.map"
READY = f"""() => window.onescreen && onescreen.maps && {MAP} && {MAP}.status === 'ready'
    && {MAP}.bytes.get('classes') && {MAP}.picture.view && !{MAP}.glide && !Object.keys({MAP}.dirty).length"""


class Map:
    """The map on a page, as a test drives it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def js(self, expression: str) -> Any:
        return self.page.evaluate(f"() => {{ const map = {MAP}; return {expression}; }}")

    def set(self, **properties: Any) -> None:
        self.page.evaluate("what => dash_clientside.set_props('map', what)", properties)

    def ready(self) -> Map:
        self.page.wait_for_function(READY)
        return self

    def wait(self, expression: str) -> None:
        self.page.wait_for_function(f"() => {{ const map = {MAP}; return {expression}; }}")

    def words(self, name: str) -> NDArray[np.int64]:
        """A buffer of the picture, one number a device pixel, int64[height, width]."""
        text = self.js(
            f"(() => {{ const bytes = new Uint8Array(map.picture.{name}.buffer); let text = '';"
            " for (let i = 0; i < bytes.length; i += 32768)"
            " text += String.fromCharCode(...bytes.subarray(i, i + 32768)); return btoa(text); })()"
        )
        words = np.frombuffer(base64.b64decode(text), "<u4").astype(np.int64)
        return words.reshape(self.js("map.picture.size.height"), -1)

    def ids(self) -> NDArray[np.int64]:
        """Row of the unit of every device pixel, -1 land or outside, int64[height, width]."""
        ids = self.words("target.ids")
        return np.where(ids == LAND, 0, ids) - 1

    def metres(self) -> tuple[Floats, Floats, float]:
        """EPSG:3857 metres of pixel centres, x f64[width], y f64[height], and of one pixel."""
        view, size = self.js("map.picture.view"), self.js("map.picture.size")
        x = view["x"] + (np.arange(size["width"]) + 0.5 - size["width"] / 2) / view["scale"]
        y = view["y"] - (np.arange(size["height"]) + 0.5 - size["height"] / 2) / view["scale"]
        return x, y, 1 / view["scale"]

    def look(self, lon: float, lat: float, metres: float) -> None:
        self.js(f"map.setView({{lon: {lon}, lat: {lat}, mpp: {metres}}})")
        self.wait(f"map.picture.view && !map.glide && Math.abs(map.metres() - {metres}) < 1e-3 * {metres}")
        self.ready()

    def pixels(self) -> int:
        return int(self.js("map.checksum()"))


@pytest.fixture
def open_map(site: Site, new_context: Callable[..., Any]) -> Callable[..., Map]:
    def make(width: int = 800, height: int = 560, **options: Any) -> Map:
        options = {"reduced_motion": "reduce", **options}
        page = new_context(viewport={"width": width, "height": height}, **options).new_page()
        page.goto(site.address)
        return Map(page).ready()

    return make


def edge_distance(shape: Any, x: float, y: float) -> float:
    return float(shapely.distance(shape.boundary, Point(x, y)))


def true_metres(geometry: Any) -> Any:
    return shapely.transform(geometry, lambda c: np.column_stack(TO_METRES.transform(c[:, 0], c[:, 1])))


def cell_polygon(cell: int) -> Any:
    return true_metres(Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]))


def test_a_pixel_belongs_to_the_cell_that_h3_says(open_map: Callable[..., Map]) -> None:
    shown = open_map(700, 500)
    cells = hexagons()
    row = {cell: i for i, cell in enumerate(cells)}
    rng = np.random.default_rng(3)
    for metres in (40.0, 7.3, 1.0):
        shown.look(LON + 0.0101, LAT - 0.0057, metres)
        ids, (x, y, pixel) = shown.ids(), shown.metres()
        wrong = 0
        for px, py in rng.integers(0, [700, 500], (4000, 2)):
            lon, lat = TO_DEGREES.transform(x[px], y[py])
            true = row.get(h3.latlng_to_cell(lat, lon, 9), -1)
            if ids[py, px] != true:
                wrong += 1
                nearest = cell_polygon(cells[max(true, int(ids[py, px]))])
                assert edge_distance(nearest, x[px], y[py]) < pixel / 2
        assert wrong < 20


def test_a_pixel_belongs_to_the_polygon_that_shapely_says(open_map: Callable[..., Map]) -> None:
    shown = open_map(700, 500)
    shown.set(**layer("patches"))
    shown.wait("map.shapes.units < 100")
    shown.ready()
    ids, (x, y, pixel) = shown.ids(), shown.metres()
    grid_x, grid_y = np.meshgrid(x, y)
    wrong = np.zeros(ids.shape, bool)
    for unit, shape in enumerate(patches()):
        if shape is None:
            assert not (ids == unit).any()
            continue
        true = true_metres(shape)
        inside = shapely.contains_xy(true, grid_x, grid_y)
        assert inside.any()
        for py, px in np.argwhere(inside != (ids == unit)):
            assert edge_distance(true, x[px], y[py]) < pixel / 2
            wrong[py, px] = True
    assert wrong.mean() < 0.001


def test_nothing_shows_between_neighbours(open_map: Callable[..., Map]) -> None:
    shown = open_map(700, 500)
    polygons = [true_metres(shape) for shape in patches() if shape is not None]
    for name, shapes in (("cells", [cell_polygon(cell) for cell in hexagons()]), ("patches", polygons)):
        shown.set(**layer(name))
        shown.wait(f"map.bytes.now.shapes.url.endsWith('{name}')")
        whole = shapely.buffer(shapely.union_all(shapes), 0.01)
        for metres in (25, 3.1):
            shown.look(LON, LAT, metres)
            ids, (x, y, pixel) = shown.ids(), shown.metres()
            inside = shapely.contains_xy(whole.buffer(-pixel), *np.meshgrid(x, y))
            assert inside.sum() > 50_000
            assert (ids[inside] >= 0).all()


def test_the_four_states_are_drawn_apart(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    shown.look(LON, LAT, 6)
    ids = shown.ids()
    values, states = numbers(len(hexagons()), 0)
    classes = wire.classify(values[3], states[3], BREAKS)
    colours = shown.words("pixels")
    seen: dict[int, set[str]] = {}
    for unit in np.unique(ids[ids >= 0]):
        of_unit = {f"#{c & 255:02x}{c >> 8 & 255:02x}{c >> 16 & 255:02x}" for c in colours[ids == unit].tolist()}
        if (ids == unit).sum() > 400:
            seen.setdefault(int(classes[unit]), set()).update(of_unit)
    dark = grid_map.DARK
    assert {code: seen[code] for code in range(4)} == {code: {RAMP[code]} for code in range(4)}
    assert seen[wire.CLASS_ZERO] == {dark["zero"]}
    for code, key in ((wire.CLASS_SUPPRESSED, "suppressed"), (wire.CLASS_MISSING, "missing")):
        assert set(dark[key]) <= seen[code]
        assert not seen[code] & {*RAMP, dark["zero"]}
    dots, hatch = (colours[ids == unit] for unit in _two(ids, classes))
    assert (dots == dots.min()).mean() > 0.5  # mostly ground, here and there a dot
    assert len(set(hatch.tolist())) > 2


def _two(ids: NDArray[np.int64], classes: NDArray[np.uint8]) -> list[int]:
    drawn = [unit for unit in np.unique(ids[ids >= 0]).tolist() if (ids == unit).sum() > 400]
    return [next(u for u in drawn if classes[u] == code) for code in (wire.CLASS_SUPPRESSED, wire.CLASS_MISSING)]


def test_doubtful_numbers_are_hatched_over(site: Site, open_map: Callable[..., Map]) -> None:
    units = len(hexagons())
    site.files["doubt"] = wire.encode_values(np.full(units, 5.0), np.full(units, wire.VALUE | wire.DOUBTFUL))
    shown = open_map()
    shown.set(values_url="/bytes/doubt")
    shown.wait("map.bytes.now.values.url.endsWith('doubt')")
    shown.ready()
    colours = shown.js("new Set(map.picture.pixels).size")
    assert colours > 4  # background, the class, and soft steps of the hatch over it
    assert shown.js(f"map.counts()[{1 | wire.DOUBTFUL}]") == units


def test_a_pan_ends_in_the_picture_that_a_fresh_raster_makes(open_map: Callable[..., Map]) -> None:
    shown = open_map(device_scale_factor=2)
    before = shown.js("map.view")
    mouse = shown.page.mouse
    mouse.move(300, 300)
    mouse.down()
    mouse.move(340.5, 283, steps=4)
    mouse.move(371, 262, steps=3)
    mouse.up()
    shown.wait(f"!map.stack.style.transform && map.view.x !== {before['x']} && map.picture.view.x === map.view.x")
    shown.ready()
    view = shown.js("map.picture.view")
    assert (view["x"] - before["x"]) * view["scale"] == pytest.approx(-142, abs=0.51)
    assert (view["y"] - before["y"]) * view["scale"] == pytest.approx(-76, abs=0.51)
    assert shown.js("map.props.clicked") is None
    same_as_fresh(shown)


def test_the_wheel_zooms_about_the_pointer(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    before, spot = shown.js("map.metres()"), shown.js("map.at(520, 180)")
    shown.page.mouse.move(520, 180)
    for _ in range(5):
        shown.page.mouse.wheel(0, -120)
    shown.wait("!map.stack.style.transform && map.fitted === false && map.picture.view.scale === map.view.scale")
    shown.ready()
    after = shown.js("map.at(520, 180)")
    assert shown.js("map.metres()") < 0.6 * before
    assert (after["lon"], after["lat"]) == pytest.approx((spot["lon"], spot["lat"]), abs=3e-6)
    same_as_fresh(shown)


def same_as_fresh(shown: Map) -> None:
    """The picture after a gesture is the one that a new canvas makes of the same view at once."""
    fresh = shown.js(
        """(() => { const { size, dpr, grain } = map.picture, fresh = new onescreen.painter.Picture();
            fresh.resize(size.width, size.height, dpr, grain);
            fresh.raster(map.view, map.shapes, map.outlines);
            fresh.paint(map.codes(), map.palette, true);
            const data = fresh.baseContext.getImageData(0, 0, size.width, size.height).data;
            const shown = map.picture.baseContext.getImageData(0, 0, size.width, size.height).data;
            return [fresh.checksum(), data.every((byte, i) => byte === shown[i])]; })()"""
    )
    assert fresh == [shown.pixels(), True]


def test_two_fingers_zoom_and_one_pans(open_map: Callable[..., Map]) -> None:
    shown = open_map(has_touch=True)
    metres, spot = shown.js("map.metres()"), shown.js("map.at(400, 280)")
    touch = shown.page.context.new_cdp_session(shown.page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]},
        )

    send("touchStart", (350, 280))
    send("touchStart", (350, 280), (450, 280))
    for step in range(1, 11):
        send("touchMove", (350 - 5 * step, 280), (450 + 5 * step, 280))
    send("touchEnd")
    shown.ready()
    assert shown.js("map.metres()") == pytest.approx(metres / 2, rel=0.02)
    after = shown.js("map.at(400, 280)")
    assert (after["lon"], after["lat"]) == pytest.approx((spot["lon"], spot["lat"]), abs=2e-4)
    send("touchStart", (400, 280))
    for step in range(1, 6):
        send("touchMove", (400 + 20 * step, 280))
    send("touchEnd")
    shown.ready()
    assert shown.js("map.at(500, 280)")["lon"] == pytest.approx(after["lon"], abs=1e-4)
    shown.page.touchscreen.tap(420, 300)
    shown.wait("map.props.clicked")
    expect(shown.page.locator(".onescreen-map-tip")).to_be_visible()


def test_a_click_says_unit_code_and_areas(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    cells = hexagons()
    spot = shown.js("map.at(330, 250)")
    shown.page.mouse.click(330, 250)
    shown.wait("map.props.clicked")
    clicked = shown.js("map.props.clicked")
    cell = h3.latlng_to_cell(clicked["lat"], clicked["lon"], 9)
    assert clicked["code"] == h3.int_to_str(cell)
    assert clicked["unit"] == cells.index(cell) == spot["unit"]
    assert clicked["areas"] == {"district": "city", "street": "A" if clicked["lon"] < LON else "B"}
    assert (clicked["via"], clicked["n"]) == ("pointer", 1)
    shown.page.mouse.click(3, 3)  # outside the city
    shown.page.mouse.click(335, 255)
    shown.wait("map.props.clicked.n === 2")


def test_keys_pan_zoom_fit_and_drill(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    fitted = shown.js("map.view")
    host = shown.page.locator("#map")
    shown.page.keyboard.press("Tab")
    expect(host).to_be_focused()
    expect(host).to_have_attribute("aria-label", "甲城地图")
    shown.page.keyboard.press("+")
    shown.page.keyboard.press("ArrowRight")
    shown.ready()
    assert shown.js("map.view.scale") == pytest.approx(fitted["scale"] * 1.5)
    assert shown.js("map.view.x") > fitted["x"]
    middle = shown.js("map.at(400, 280)")
    expect(host.locator("[aria-live]")).to_contain_text(middle["code"])
    shown.page.keyboard.press("Enter")
    shown.wait("map.props.clicked")
    clicked = shown.js("map.props.clicked")
    assert (clicked["code"], clicked["via"]) == (middle["code"], "key")
    shown.page.keyboard.press("Escape")
    shown.wait("map.props.escaped === 1")
    shown.page.keyboard.press("Home")
    shown.ready()
    assert shown.js("map.view") == pytest.approx(fitted)


def test_a_resized_window_keeps_the_city_fitted(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    mounted = shown.js("map.stats")["rasters"]
    shown.page.set_viewport_size({"width": 390, "height": 700})
    shown.wait("map.picture.size.width === 390")
    shown.ready()
    assert shown.js("[map.picture.base.width, map.picture.base.height]") == [390, 700]
    assert shown.js("map.stats.rasters") > mounted
    same = open_map(390, 700)
    assert shown.pixels() == same.pixels()


#: Notes the days that are shown, and the picture of one of them between the first and the last, while it is there.
NOTED = f"""last => {{ window.seen = [];
    document.addEventListener('onescreen:day', ({{detail}}) => seen.push(detail.day));
    document.addEventListener('onescreen:paint', ({{detail}}) => {{
        if (detail.day > 0 && detail.day < last && {MAP}.clock.running) window.middle ??= {MAP}.checksum(); }}); }}"""


def test_replay_asks_the_server_nothing(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    asked: list[str] = []
    shown.page.on("request", lambda request: asked.append(request.url))
    shown.page.evaluate(NOTED, DAYS - 1)
    sums = {shown.pixels()}
    shown.set(day_index=0, speed=6, playing=True)
    shown.wait("map.props.playing === false")
    shown.wait(f"map.props.day_index === {DAYS - 1}")
    shown.ready()
    sums.add(shown.pixels())
    seen, middle = shown.page.evaluate("seen"), shown.page.evaluate("window.middle")
    sums.add(middle)
    assert asked == []
    assert len(sums) == 3
    assert [day for day, _ in itertools.groupby(seen)] == sorted(set(seen))
    assert seen[-1] == DAYS - 1
    values, states = numbers(len(hexagons()), 0)
    last = np.bincount(wire.classify(values[-1], states[-1], BREAKS), minlength=256)
    assert shown.js("Array.from(map.counts())") == last.tolist()


def test_the_exact_day_and_its_classes_are_one_picture(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    exact = shown.pixels()
    shown.set(values_url=None)
    shown.wait("!map.bytes.get('values')")
    shown.ready()
    assert shown.pixels() == exact
    shown.set(day_index=5)
    shown.wait("map.day === 5")
    shown.ready()
    assert shown.pixels() != exact


def test_the_tooltip_speaks_the_states(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    values, states = numbers(len(hexagons()), 0)
    ids = shown.ids()
    wanted = {0: None, 1: "零", 2: "隐去小数", 3: "未报"}
    for state, words in wanted.items():
        unit = next(u for u in np.unique(ids[ids >= 0]).tolist() if states[3][u] == state and (ids == u).sum() > 60)
        y, x = np.argwhere(ids == unit).mean(0)
        shown.page.mouse.move(float(x) + 0.5, float(y) + 0.5)
        tip = shown.page.locator(".onescreen-map-tip-value")
        expect(tip).to_have_text(words or f"{values[3][unit]:,.1f}")
        assert shown.js("map.stats.unit") == unit
    shown.page.mouse.move(2, 2)
    expect(shown.page.locator(".onescreen-map-tip")).to_be_hidden()


def test_bytes_that_do_not_come_leave_the_old_picture(site: Site, open_map: Callable[..., Map]) -> None:
    shown = open_map()
    before = shown.pixels()
    site.broken.add("patches.values")
    shown.set(**layer("patches"))
    badge = shown.page.locator(".onescreen-map-badge")
    expect(badge).to_have_text("数据未送达")
    assert shown.pixels() == before
    assert shown.js("map.shapes.units") == len(hexagons())
    site.broken.clear()
    shown.wait("map.status === 'ready'")
    shown.ready()
    expect(badge).to_be_hidden()
    assert shown.js("map.shapes.units") == len(patches())
    assert shown.pixels() != before


def test_an_old_answer_never_paints_over_a_new_question(site: Site, open_map: Callable[..., Map]) -> None:
    shown = open_map()
    before = shown.pixels()
    gate = site.held["patches"] = threading.Event()
    shown.set(**layer("patches"))
    shown.page.wait_for_timeout(100)
    shown.set(**layer("cells"))
    gate.set()
    shown.page.wait_for_timeout(150)
    shown.ready()
    assert shown.pixels() == before
    assert shown.js("map.bytes.now.shapes.url") == "/bytes/cells"


def test_colours_change_with_the_numbers_they_belong_to(site: Site, open_map: Callable[..., Map]) -> None:
    units = len(hexagons())
    site.files["calm"] = wire.encode_values(np.full(units, 5.0), np.full(units, wire.VALUE))
    gate = site.held["calm"] = threading.Event()
    shown = open_map()
    before, ramp = shown.pixels(), ["#111111", "#eeaa33"]
    shown.set(values_url="/bytes/calm", ramp=ramp, breaks=[2.0])
    shown.wait("map.status === 'loading'")
    shown.page.wait_for_timeout(100)
    assert shown.pixels() == before
    gate.set()
    shown.wait("map.bytes.now.values.url === '/bytes/calm'")
    shown.ready()
    assert shown.js("map.colourAt(400, 300)") == ramp[1]
    assert shown.js("map.counts()[1]") == units


def test_a_day_beyond_the_exact_one_waits_for_its_classes(site: Site, open_map: Callable[..., Map]) -> None:
    shown = open_map()
    site.files["later"] = site.files["cells.classes"]
    gate = site.held["later"] = threading.Event()
    before = shown.pixels()
    shown.set(classes_url="/bytes/later")
    shown.set(day_index=9, values_url="/bytes/cells.values?")
    shown.page.wait_for_timeout(100)
    gate.set()
    shown.wait("map.bytes.now.classes.url === '/bytes/later'")
    shown.ready()
    assert shown.pixels() != before
    values, states = numbers(units := len(hexagons()), 0)
    wanted = np.bincount(wire.classify(values[9], states[9], BREAKS), minlength=256)
    assert shown.js("Array.from(map.counts())") == wanted.tolist()
    assert units == wanted.sum()


def test_the_selected_area_is_fitted_and_the_rest_dimmed(open_map: Callable[..., Map]) -> None:
    shown = open_map(reduced_motion="no-preference")
    whole = shown.js("map.view")
    shown.set(selected="A")
    shown.wait("map.props.selected === 'A' && !map.glide && map.picture.view.scale === map.view.scale")
    shown.ready()
    assert shown.js("map.view.scale") > whole["scale"] * 1.01
    area = next(one for one in districts() if one.code == "A")
    inside, outside = true_metres(area.geometry).representative_point(), TO_METRES.transform(LON + 0.02, LAT)
    alphas = [
        shown.js(
            f"(() => {{ const [x, y] = onescreen.painter.view.toScreen(map.view, map.picture.size, {x}, {y});"
            " return map.picture.overContext.getImageData(x + 9, y + 25, 1, 1).data[3]; })()"
        )
        for x, y in ((inside.x, inside.y), outside)
    ]
    assert alphas[0] < 60
    assert alphas[1] > 140
    shown.set(selected=None)
    shown.wait(f"!map.glide && Math.abs(map.picture.view.scale / {whole['scale']!r} - 1) < 1e-9")


def test_labels_stay_apart_and_carry_values(open_map: Callable[..., Map]) -> None:
    shown = open_map(1366, 768)
    labels = shown.js("map.labels")
    assert {label["name"] for label in labels} >= {"甲城区", "A街道", "B街道"}
    assert next(label["value"] for label in labels if label["name"] == "A街道") == "12"
    for a, b in itertools.combinations([label["box"] for label in labels], 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    shown.set(lang="en")
    shown.wait("map.labels.some(label => label.name === 'Street B')")


def test_a_picture_can_be_saved(open_map: Callable[..., Map]) -> None:
    shown = open_map(500, 400)
    size = shown.page.evaluate(
        f"""() => new Promise(done => {MAP}.toBlob(async blob => {{
            const image = await createImageBitmap(blob);
            done([blob.type, image.width, image.height]);
        }}, {{scale: 2}}))"""
    )
    assert size == ["image/png", 1000, 800]


def test_the_view_can_be_shared(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    shown.set(view={"lon": LON + 0.01, "lat": LAT, "mpp": 8.0})
    shown.wait("Math.abs(map.metres() - 8) < 1e-3")
    shown.page.mouse.move(300, 300)
    shown.page.mouse.wheel(0, -200)
    shown.wait("map.props.view.mpp < 7")
    shared = shown.js("map.props.view")
    there = shown.ready().js("map.at(300, 300)")["code"]
    shown.page.keyboard.press("Tab")
    shown.page.keyboard.press("0")
    shown.ready()
    assert shown.js("map.metres()") > 20
    shown.set(view=shared)
    shown.wait(f"Math.abs(map.metres() - {shared['mpp']}) < 1e-3")
    assert shown.ready().js("map.at(300, 300)")["code"] == there


def test_the_deepest_zoom_is_half_a_metre(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    shown.js("map.setView({lon: 121.47, lat: 31.23, mpp: 0.001})")
    shown.ready()
    assert shown.js("map.metres()") == pytest.approx(0.5, rel=1e-3)
    assert math.isclose(wire.QUANTUM / 2, 0.125)


def test_a_map_that_leaves_the_page_lets_go(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    errors: list[str] = []
    shown.page.on("pageerror", lambda error: errors.append(str(error)))
    shown.page.evaluate("() => { window.old = onescreen.maps.map; old.play(); }")
    shown.page.evaluate("() => dash_clientside.set_props('page', {children: 'gone'})")
    shown.page.wait_for_function("() => !onescreen.maps.map && old.gone")
    rasters = shown.page.evaluate("old.stats.paints")
    shown.page.set_viewport_size({"width": 600, "height": 400})
    shown.page.wait_for_timeout(150)
    assert shown.page.evaluate("old.stats.paints") == rasters
    assert errors == []


def test_a_wall_takes_no_input(open_map: Callable[..., Map]) -> None:
    shown = open_map()
    shown.set(interactive=False)
    shown.wait("!map.gestures")
    view = shown.js("map.view")
    shown.page.mouse.move(300, 300)
    shown.page.mouse.wheel(0, -400)
    shown.page.mouse.click(300, 300)
    shown.page.wait_for_timeout(150)
    assert shown.js("map.view") == view
    assert shown.js("map.props.clicked") is None
    expect(shown.page.locator(".onescreen-map-tip")).to_be_hidden()
