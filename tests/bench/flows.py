"""Flows over the map: frames a second of moving light, with 44,558 cells underneath and without a GPU.

The bench ``wall`` uses :func:`site` and :func:`measure_flows`; by itself this module prints its own table.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h3.api.basic_int as h3
import numpy as np
import shapely
from dash import Dash, html
from flask import Response
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright

import dashboard
from dashboard import wire
from dashboard.parts import grid_map
from tests.bench import painter
from tests.bench.table import show
from tests.serving import serving

DISTRICTS, STREETS = 16, 215
QUIET = ["#182126", "#1b272d", "#1f2d34", "#24343c", "#293b44", "#2f434d", "#354b56", "#3c5460"]
ARCS = (1000, 5000)

#: Counts for three seconds; frames a second with new light, and with a new day.
FRAMES = """replay => new Promise(done => {
    const map = onescreen.maps.map; let last = -1, days = 0;
    const see = ({detail}) => { days += detail.day !== last; last = detail.day; };
    document.addEventListener('onescreen:paint', see);
    dash_clientside.set_props('map', {playing: replay, loop: true, speed: 60});
    setTimeout(() => { const begun = performance.now(), light = map.stats.lights, day = days;
        setTimeout(() => { const seconds = (performance.now() - begun) / 1000;
            map.pause(); document.removeEventListener('onescreen:paint', see);
            done([(map.stats.lights - light) / seconds, (days - day) / seconds]); }, 3000); }, 500);
})"""

MOVING = """arcs => { const map = window.onescreen?.maps?.map;
    return map?.flows?.of.count === arcs && map.picture.light.moves && map.bytes.get('classes'); }"""


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames a second: with new light, and with a new day (0 where nothing replays)."""

    light: float
    days: float


def areas(seed: int = 4) -> list[wire.Outline]:
    """The city's districts and streets: streets are cells of random points, districts the nearest centres."""
    rng = np.random.default_rng(seed)
    where = np.array([h3.cell_to_latlng(cell)[::-1] for cell in painter.cells().tolist()])
    disc = shapely.MultiPoint(where).convex_hull
    spread = where.mean(0) + rng.normal(0, where.std(0), (3 * STREETS, 2))
    points = spread[shapely.contains_xy(disc, spread)][:STREETS]
    parts = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=disc, ordered=True))
    streets = [shapely.intersection(part, disc) for part in parts]
    centres = points[rng.choice(len(points), DISTRICTS, replace=False)]
    home = ((points[:, None] - centres[None]) ** 2).sum(2).argmin(1)
    found = [wire.Outline("city", "c", "圆城", "Round city", disc)]
    for number in range(DISTRICTS):
        whole = shapely.union_all([street for street, its in zip(streets, home, strict=True) if its == number])
        found.append(wire.Outline("district", f"d{number:02}", f"{number + 1}区", f"District {number + 1}", whole, "c"))
    for number, street in enumerate(streets):
        name = (f"{number + 1}街道", f"Street {number + 1}")
        found.append(wire.Outline("street", f"s{number:03}", *name, street, f"d{home[number]:02}"))
    return found


def gravity(streets: list[wire.Outline], arcs: int, seed: int = 5) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The ``arcs`` largest flows between different streets, int[2, arcs] (from, to) and people int[arcs].

    Proportional to the inhabitants of both ends over the distance (plus 3 km).
    """
    rng = np.random.default_rng(seed)
    people = rng.lognormal(10.5, 0.8, len(streets))
    places = wire.mercator(np.array([street.geometry.centroid.coords[0] for street in streets if street.geometry]))
    apart = np.hypot(*(places[:, None] - places[None]).T) / 1000
    pull = people[:, None] * people[None] * rng.lognormal(0, 0.6, apart.shape) / (apart + 3)
    np.fill_diagonal(pull, 0)
    order = np.argsort(-pull, axis=None)[:arcs]
    return np.array(np.unravel_index(order, pull.shape)), np.ceil(pull.flat[order] * 2e4 / pull.max()).astype(np.int64)


def flows(outlines: list[wire.Outline], arcs: int) -> bytes:
    """Gravity flows between the streets as the map reads them."""
    streets = [outline for outline in outlines if outline.level == "street"]
    ends, people = gravity(streets, arcs)
    codes = [street.code for street in streets]
    return wire.encode_flows(codes, [street.parent for street in streets], ends[0], ends[1], people)


@contextmanager
def site() -> Iterator[str]:
    """The map with its cells, days and outlines on loopback; flows come at ``/flows-<arcs>``."""
    city, outlines = painter.cells(), areas()
    files = {
        "shapes": wire.encode_cells(city),
        "classes": wire.encode_classes(painter.classes(city)),
        "outlines": wire.encode_outlines(outlines),
        **{f"flows-{arcs}": flows(outlines, arcs) for arcs in ARCS},
    }
    app = Dash("bench-flows", assets_folder=str(Path(dashboard.__file__).parent.parent / "assets" / "painter"))
    component = grid_map.GridMap(
        "map", shapes_url="/shapes", classes_url="/classes", outlines_url="/outlines", day_index=20,
        ramp=QUIET, breaks=painter.BREAKS, flows_level="street", label_levels=["district"],
        flows_format={"suffix": " 人次"},
    )  # fmt: skip
    app.layout = html.Div(component, style={"position": "fixed", "inset": 0})

    def answer(name: str) -> Response:
        return Response(wire.gzipped(files[name]), headers={"Content-Encoding": "gzip"})

    for name in files:
        app.server.add_url_rule(f"/{name}", name, lambda name=name: answer(name))
    with serving(app.server) as address:
        yield address


def count_frames(page: Page, width: int, height: int, arcs: int, replay: bool) -> Frames:
    """Frames a second on a page that is open at :func:`site`, at a size in pixels; ``arcs`` is one of ARCS."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("what => dash_clientside.set_props('map', what)", {"flows_url": f"/flows-{arcs}", "flows_top": arcs})
    page.wait_for_function(MOVING, arg=arcs)
    page.wait_for_timeout(500)
    light, days = page.evaluate(FRAMES, replay)
    return Frames(float(light), float(days))


def measure_flows(page: Page, width: int, height: int, arcs: int, replay: bool) -> float:
    """Frames a second with new light; while the map replays, every one of them may carry a new day too."""
    return count_frames(page, width, height, arcs, replay).light


def main() -> int:
    """Prints a table: each size and number of arcs, still and in replay."""
    rows = []
    with site() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=painter.PLAIN)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(address)
        page.wait_for_function(painter.DRAWN)
        for size in (painter.SIZE, painter.WALL):
            for arcs in ARCS:
                for replay in (False, True):
                    found = count_frames(page, *size, arcs, replay)
                    how = "replay" if replay else "still"
                    work = page.evaluate("onescreen.maps.map.stats.last_light_ms")
                    rows.append((f"{arcs:,} arcs, {how}", f"{size[0]}x{size[1]}", f"{found.light:.1f}",
                                 f"{found.days:.1f}", f"{work:.1f}"))  # fmt: skip
        browser.close()
    show((f"{painter.CELLS:,} H3 cells", "pixels", "light, frames/s", "days, frames/s", "light alone, ms"), rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
