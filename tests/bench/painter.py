"""The map against Plotly's own: the same 44,558 cells, 1920 x 1080, a change of all values to its painted frame.

Each side runs in the browser mode that suits it: the painter without a GPU and without WebGL; Plotly, which needs
WebGL, once as Chromium falls back by itself and once with all compositing in SwiftShader, and its best change counts.
The painter's change goes the product's way (a property set through Dash), and its median counts.
"""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h3.api.basic_int as h3
import numpy as np
from dash import Dash, html
from flask import Response
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright
from plotly.offline import get_plotlyjs

import dashboard
from dashboard import wire
from dashboard.parts import grid_map
from tests.bench.table import Verdict, show
from tests.serving import serving

CELLS, DAYS, SIZE, WALL = 44_558, 60, (1920, 1080), (3840, 2160)
GOAL_FASTER, GOAL_FRAMES = 300, 30
RAMP = ["#24465a", "#2a5f73", "#2f7a88", "#3d9596", "#62ae98", "#93c39a", "#c5d49c", "#efe2a0"]
BREAKS = [1, 2, 5, 10, 20, 50, 100]
PLAIN = ["--headless=new", "--no-sandbox", "--disable-gpu"]
SWIFTSHADER = ["--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"]
RIVAL_CHANGES = 2  # a change takes seconds, and the better one counts

DRAWN = "window.onescreen?.maps?.map?.picture.spans.length && !onescreen.maps.map.frame"

#: Sets a day through Dash; milliseconds until a task after the frame that shows it.
CHANGE = """day => new Promise(done => {
    const map = onescreen.maps.map, begun = performance.now();
    dash_clientside.set_props('map', {day_index: day});
    const look = () => map.day === day && map.stats.shown === map.stats.paints && !map.frame
        ? done(performance.now() - begun) : requestAnimationFrame(() => setTimeout(look));
    setTimeout(look);
})"""

#: Plays all days in a circle for three seconds; frames with a new day a second.
REPLAY = """() => new Promise(done => {
    let frames = 0, last = -1;
    document.addEventListener('onescreen:paint', ({detail}) => { frames += detail.day !== last; last = detail.day; });
    dash_clientside.set_props('map', {playing: true, loop: true, speed: 60});
    setTimeout(() => { const begun = performance.now(), from = frames;
        setTimeout(() => { done((frames - from) / (performance.now() - begun) * 1000);
            onescreen.maps.map.pause(); }, 3000); }, 300);
})"""

#: Restyles z; milliseconds until a rendered frame in which every probed pixel has its new colour.
RESTYLE = """level => new Promise(done => {
    const plot = document.getElementById('plot'), map = plot._fullLayout.map._subplot.map;
    const gl = map.getCanvas().getContext('webgl2'), { width, height } = map.getCanvas(), begun = performance.now();
    const probe = () => [0.35, 0.45, 0.5, 0.55, 0.65].map(share => { const pixel = new Uint8Array(4);
        gl.readPixels(width * share, height * share, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); return pixel.join(); });
    const seen = () => { const now = probe(); window.before = window.before || now;
        if (now.every((pixel, i) => pixel !== window.before[i])) {
            map.off('render', seen); window.before = now; done(performance.now() - begun); } };
    map.on('render', seen);
    Plotly.restyle(plot, {z: [window.codes.map((_, i) => level + (i * 7919 % 97) / 1000)]});
})"""

RIVAL = """<!doctype html><meta charset="utf-8"><style>html,body,#plot{margin:0;width:100%;height:100%}</style>
<div id="plot"></div><script src="/plotly.js"></script><script>
fetch('/codes').then(answer => answer.json()).then(codes => { window.codes = codes;
  Plotly.newPlot('plot', [{type: 'choroplethmap', geojson: '/cells.geojson', locations: codes,
    z: codes.map(() => 0), zmin: 0, zmax: 3, showscale: false, marker: {line: {width: 0}}}],
    {map: {style: 'white-bg', center: {lon: 121.47, lat: 31.23}, zoom: ZOOM}, margin: {l: 0, r: 0, t: 0, b: 0}},
    {plotlyServerURL: '', displayModeBar: false}).then(plot => {
      const map = plot._fullLayout.map._subplot.map;
      map.once('idle', () => { window.drawn = true; }); map.triggerRepaint(); }); });
</script>"""


def cells() -> NDArray[np.uint64]:
    """A round city."""
    return np.sort(np.array(h3.grid_disk(h3.latlng_to_cell(31.23, 121.47, 9), 122)[:CELLS], np.uint64))


def classes(city: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Hot spots that rise and fall over noise, uint8[DAYS, CELLS]."""
    rng = np.random.default_rng(1)
    where = np.array([h3.cell_to_latlng(int(cell)) for cell in city])
    field = np.zeros((DAYS, len(city)))
    for spot in where[rng.integers(0, len(city), 14)]:
        near = np.exp(-((where - spot) ** 2).sum(1) / (2 * rng.uniform(0.01, 0.06) ** 2))
        field += 120 * np.exp(-(((np.arange(DAYS) - rng.uniform(8, 50)) / 10) ** 2))[:, None] * near
    field *= rng.lognormal(0, 0.35, field.shape)
    return wire.classify(field, np.where(field < 0.1, wire.ZERO, wire.VALUE), BREAKS)


def geojson(city: NDArray[np.uint64]) -> str:
    """The same cells as the rival reads them, to a metre."""
    features = []
    for cell in city.tolist():
        ring = [[round(lon, 5), round(lat, 5)] for lat, lon in h3.cell_to_boundary(cell)]
        shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        features.append({"type": "Feature", "id": f"{cell:x}", "properties": {}, "geometry": shape})
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))


@contextmanager
def site() -> Iterator[str]:
    """Both pages on loopback."""
    city = cells()
    files: dict[str, tuple[str, bytes]] = {
        "shapes": ("application/octet-stream", wire.encode_cells(city)),
        "classes": ("application/octet-stream", wire.encode_classes(classes(city))),
        "rival": ("text/html", RIVAL.replace("ZOOM", "9.6").encode()),
        "plotly.js": ("text/javascript", get_plotlyjs().encode()),
        "codes": ("application/json", json.dumps([f"{cell:x}" for cell in city.tolist()]).encode()),
        "cells.geojson": ("application/geo+json", geojson(city).encode()),
    }
    app = Dash("bench", assets_folder=str(Path(dashboard.__file__).parent.parent / "assets" / "painter"))
    component = grid_map.GridMap(
        "map", shapes_url="/shapes", classes_url="/classes", day_index=0, ramp=RAMP, breaks=BREAKS
    )
    app.layout = html.Div(component, style={"position": "fixed", "inset": 0})

    def answer(name: str) -> Response:
        kind, body = files[name]
        return Response(wire.gzipped(body), content_type=kind, headers={"Content-Encoding": "gzip"})

    for name in files:
        app.server.add_url_rule(f"/{name}", name, lambda name=name: answer(name))
    with serving(app.server) as address:
        yield address


def page_of(browser: Browser, size: tuple[int, int], address: str, ready: str) -> Page:
    """A page of a size, once ``ready`` holds there."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_default_timeout(180_000)
    page.goto(address)
    page.wait_for_function(ready)
    return page


def painter(browser: Browser, address: str, size: tuple[int, int]) -> tuple[list[float], float]:
    """Milliseconds of each change, and frames a second of a replay."""
    page = page_of(browser, size, address, DRAWN)
    page.wait_for_timeout(500)
    changes = [float(page.evaluate(CHANGE, day)) for day in range(1, DAYS)]
    frames = page.evaluate(REPLAY)
    page.close()
    return changes, float(frames)


def rival(browser: Browser, address: str) -> float:
    """Best milliseconds of a change of Plotly's map."""
    page = page_of(browser, SIZE, f"{address}/rival", "window.drawn")
    page.evaluate(RESTYLE, 1)  # the first finds the colours of before, and warms up
    changes = [page.evaluate(RESTYLE, 1 + number % 2 * 2) for number in range(1, RIVAL_CHANGES + 1)]
    page.close()
    return float(min(changes))


def measure() -> dict[str, tuple[float, float]]:
    """Milliseconds of a change and frames a second of each side; the painter before and after its rival."""
    chromium = shutil.which("chromium")
    with site() as address, sync_playwright() as play:
        plain = play.chromium.launch(executable_path=chromium, args=PLAIN)
        wall, wall_frames = painter(plain, address, WALL)
        before, frames_before = painter(plain, address, SIZE)
        fallback = rival(plain, address)
        after, frames_after = painter(plain, address, SIZE)
        plain.close()
        swift = play.chromium.launch(executable_path=chromium, args=SWIFTSHADER)
        shader = rival(swift, address)
        swift.close()
    return {
        "painter": (statistics.median(before + after), (frames_before + frames_after) / 2),
        "wall": (statistics.median(wall), wall_frames),
        "fallback": (fallback, 1000 / fallback),
        "swiftshader": (shader, 1000 / shader),
    }


def run() -> Verdict:
    """Prints the table; the verdict on both goals."""
    found = measure()
    sides = (
        ("painter, no GPU", SIZE, "painter"),
        ("painter, no GPU", WALL, "wall"),
        ("Plotly choroplethmap, Chromium's fallback WebGL", SIZE, "fallback"),
        ("Plotly choroplethmap, all in SwiftShader", SIZE, "swiftshader"),
    )
    show(
        (f"{CELLS:,} H3 cells, {DAYS} days", "pixels", "change, ms", "frames/s"),
        [(name, f"{w}x{h}", *(f"{figure:,.1f}" for figure in found[key])) for name, (w, h), key in sides],
    )
    change, frames = found["painter"]
    faster = min(found["fallback"][0], found["swiftshader"][0]) / change
    return Verdict(
        f"{faster:,.0f} times faster a change, {frames:.0f} frames/s",
        f"goal {GOAL_FASTER} times, {GOAL_FRAMES} frames/s",
        faster >= GOAL_FASTER and frames >= GOAL_FRAMES,
    )


def main() -> int:
    """Runs the bench by itself; 0 if both goals are met."""
    verdict = run()
    print(verdict.line("painter"))
    return 0 if verdict.met else 1


if __name__ == "__main__":
    raise SystemExit(main())
