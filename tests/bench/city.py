"""Made cities for the benches: communities that share wobbly edges, points that gather in them; the demo's megacity."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import shapely
from scipy.spatial import Voronoi

from grid.arrays import Floats, Shapes

CENTRE = (121.47, 31.2)
#: Half the city's height in degrees (33 km); a degree of longitude is shorter by WIDTH.
RADIUS, WIDTH = 0.3, 1.17
#: The command line, whose script lies elsewhere on other systems.
COMMAND = (sys.executable, "-c", "from dashboard.cli import main; main()")

#: Points on each shared edge: six edges a community give a median of about 97 vertices.
BENDS = 16


def communities(count: int, seed: int) -> Shapes:
    """About ``count`` valid polygons (WGS-84) that cover a round, wobbly city without overlap."""
    rng = np.random.default_rng(seed)
    seeds = rng.uniform(-1.25, 1.25, (int(count * 1.25**2 * 4 / np.pi), 2))
    diagram = Voronoi(seeds)
    lines = {
        (min(a, b), max(a, b)): _wobble(diagram.vertices[min(a, b)], diagram.vertices[max(a, b)], rng)
        for a, b in diagram.ridge_vertices
        if a >= 0 and b >= 0
    }
    angle = np.arctan2(seeds[:, 1], seeds[:, 0])
    inside = np.hypot(*seeds.T) < 1 + 0.08 * np.sin(7 * angle)
    rings = [_ring(diagram, int(i), lines) for i in np.flatnonzero(inside)]
    return np.array([shapely.Polygon(_place(ring)) for ring in rings], dtype=object)


def _wobble(a: Floats, b: Floats, rng: np.random.Generator) -> Floats:
    """A line from a to b with bends that vanish at its ends, so that lines meet only there."""
    t = np.linspace(0, 1, BENDS + 1)[:, None]
    away = np.array([a[1] - b[1], b[0] - a[0]])
    sway = 0.08 * rng.uniform(-1, 1, 3) @ np.array([np.sin(np.pi * t[:, 0] * k) / k for k in (1, 2, 3)])
    return np.asarray(a + (b - a) * t + away * (sway * np.sin(np.pi * t[:, 0]))[:, None])


def _ring(diagram: Voronoi, seed: int, lines: dict[tuple[int, int], Floats]) -> Floats:
    corners = np.array(diagram.regions[diagram.point_region[seed]])
    around = diagram.vertices[corners] - diagram.points[seed]
    ordered = corners[np.argsort(np.arctan2(around[:, 1], around[:, 0]))].tolist()
    parts = []
    for a, b in zip(ordered, [*ordered[1:], ordered[0]], strict=True):
        line = lines[min(a, b), max(a, b)]
        parts.append((line if a < b else line[::-1])[:-1])
    return np.concatenate(parts)


def _place(points: Floats) -> Floats:
    return np.asarray(points * [RADIUS * WIDTH, RADIUS] + CENTRE)


def residents(count: int, seed: int) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of points in clusters; about a tenth lie outside the city."""
    rng = np.random.default_rng(seed)
    hubs = rng.normal(0, 0.45, (3_000, 2))
    points = hubs[rng.integers(0, len(hubs), count)] + rng.normal(0, 0.03, (count, 2))
    far = rng.random(count) < 0.06
    points[far] = rng.uniform(-1.3, 1.3, (int(far.sum()), 2))
    lon, lat = _place(points).T
    return lon.copy(), lat.copy()


def megacity() -> AbstractContextManager[Path]:
    """The home of the demo's city of 25 million: ``ONESCREEN_BENCH_HOME``, or one that is made and thrown away."""
    return _home("megacity", "ONESCREEN_BENCH_HOME")


def province() -> AbstractContextManager[Path]:
    """That of the demo's province of sixteen towns: ``ONESCREEN_BENCH_PROVINCE``, or one that is made."""
    return _home("province", "ONESCREEN_BENCH_PROVINCE")


@contextmanager
def _home(scale: str, variable: str) -> Iterator[Path]:
    given = os.environ.get(variable)
    if given:
        yield Path(given)
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        subprocess.run([*COMMAND, "demo", "--scale", scale, "--home", str(home)], check=True)
        yield home
