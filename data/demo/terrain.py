"""The land of the demo city: an invented island with a bay, a river, a lake and an archipelago.

Everything is drawn in the unit plane (the main island's mean radius is 1) and bent afterwards by
:class:`Warp`. Because the warp is a smooth one-to-one map, whatever is cut exactly in the plane
stays cut exactly on the map, and straight cuts become streets that follow the land.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Polygon

Floats = NDArray[np.float64]

#: (wave length in radii, share of the largest slope) of the warp's octaves. The long ones bend
#: districts, the short ones keep streets from being rulers.
OCTAVES = ((1.15, 1.0), (0.48, 0.8), (0.19, 0.7), (0.075, 0.6), (0.028, 0.55))
WAVES = 7  # plane waves per octave and axis: fewer look woven, more cost time
COAST_POINTS = 1600  # the coast's step is then about a third of the shortest warp wave


def rng(seed: int, subject: str) -> np.random.Generator:
    """An own stream of random numbers for each subject, so that one part's draws never move another's."""
    return np.random.default_rng([seed, *subject.encode()])


#: Digits of the unit plane that count: a hundredth of what parts are joined on, and a million times the last digits, in
#: which processors differ: the same city everywhere.
EXACT = 9


def settled(values: Floats) -> Floats:
    """Numbers that no processor's sines and sums put elsewhere."""
    return np.asarray(np.round(values, EXACT))


def along(points: Floats, way: Floats) -> Floats:
    """(n,) how far (n, 2) points lie along a way: product by product, as the last digit of a matrix product is the
    processor's own."""
    return np.asarray(points[:, 0] * way[0] + points[:, 1] * way[1])


@dataclass(frozen=True)
class Warp:
    """A smooth displacement of the plane: sums of plane waves, octave by octave.

    ``waves``: (n, 2) wave vectors; ``phases``, ``sizes``: (n, 2), one column per axis.
    """

    waves: Floats
    phases: Floats
    sizes: Floats

    def __call__(self, points: Floats) -> Floats:
        """(n, 2) points -> their places after the warp."""
        moved = points.copy()
        for wave, phase, size in zip(self.waves, self.phases, self.sizes, strict=True):
            moved += size * np.cos(along(points, wave)[:, None] + phase)
        return settled(moved)


def make_warp(seed: int, slope: float) -> Warp:
    """The warp of ``seed``. ``slope``: root mean square of the longest octave's; above 0.35 maps may fold."""
    random = rng(seed, "warp")
    lengths = np.repeat([length for length, _ in OCTAVES], WAVES)
    slopes = slope * np.repeat([share for _, share in OCTAVES], WAVES)
    numbers = 2 * np.pi / lengths * random.uniform(0.8, 1.2, lengths.size)
    angle = random.uniform(0, 2 * np.pi, lengths.size)
    waves = numbers[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    sizes = (slopes / numbers / np.sqrt(WAVES))[:, None] * random.normal(0, 0.6, (lengths.size, 2))
    return Warp(waves, random.uniform(0, 2 * np.pi, (lengths.size, 2)), sizes)


def blob(random: np.random.Generator, radius: float, points: int, rough: float) -> Floats:
    """(points, 2) outline of a star-shaped island around the origin; ``rough``: share of the radius."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    circle = np.column_stack([np.cos(angle), np.sin(angle)]) * [1.35, 0.75]
    turn = random.uniform(0, np.pi)
    outline = radius * (_ring(random, angle, rough, 1.9)[:, None] * circle)
    across = (
        along(outline, np.array([np.cos(turn), -np.sin(turn)])),
        along(outline, np.array([np.sin(turn), np.cos(turn)])),
    )
    return settled(np.column_stack(across))


def _ring(random: np.random.Generator, angle: Floats, rough: float, decay: float) -> Floats:
    waves = np.arange(2, max(12, angle.size // 5))
    sizes = rough * waves**-decay * random.normal(0, 1, waves.size)
    phases = random.uniform(0, 2 * np.pi, waves.size)
    wobble = (sizes * np.cos(np.outer(angle, waves) + phases)).sum(axis=1)
    return np.asarray(1 + np.clip(wobble, -0.6, 0.6))


def ribbon(line: Floats, widths: Floats) -> shapely.Geometry:
    """The polygon of a watercourse with a width at every point of ``line``."""
    discs = shapely.buffer(shapely.points(line), widths / 2, quad_segs=6)
    hulls = [shapely.union(a, b).convex_hull for a, b in pairwise(discs)]
    return shapely.union_all(hulls)


def meander(start: Floats, end: Floats, swing: Floats, points: int) -> Floats:
    """A winding line: ``swing`` holds the sizes of the first sine waves across the straight way."""
    t = np.linspace(0, 1, points)
    way = end - start
    across = np.array([-way[1], way[0]])
    offset = sum(size * np.sin(np.pi * (i + 1) * t) for i, size in enumerate(swing))
    return settled(start + t[:, None] * way + np.asarray(offset)[:, None] * across)


@dataclass(frozen=True)
class Terrain:
    """Land and water in the unit plane.

    ``banks``: the main island cut along its rivers and on through the hills to the far coast;
    ``islands``: the archipelago, largest first; ``old_town``, ``port``: places of the story;
    ``river``: the (n, 2) course of the main river, source first.
    """

    banks: tuple[Polygon, ...]
    islands: tuple[Polygon, ...]
    old_town: Floats
    port: Floats
    river: Floats

    @cached_property
    def land(self) -> MultiPolygon:
        """All land as one shape."""
        return MultiPolygon([*self.banks, *self.islands])


def make_terrain(seed: int) -> Terrain:
    """The island of ``seed``."""
    random = rng(seed, "terrain")
    bay = random.uniform(-0.75, -0.25)
    coast, head = _coast(random, bay)
    mouth = head * 1.25
    source = _polar(bay + np.pi + random.uniform(-0.5, 0.5), 0.62)
    river = meander(source, mouth, random.choice([-1, 1]) * np.array([0.04, 0.10, 0.06, 0.045, 0.03]), 220)
    joint = river[random.integers(105, 125)]
    side = np.sign(random.normal())
    lake_at = _polar(bay + np.pi + side * random.uniform(0.9, 1.2), 0.56)
    creek = meander(lake_at, joint, random.normal(0, 1, 4) * [0.06, 0.06, 0.03, 0.02], 120)
    water = shapely.union_all([*_water(river, creek), _lake(random, lake_at)])
    cuts = [LineString([_beyond(lake_at), *creek[::4]]), LineString([_beyond(source), *river[::4]])]
    banks = _banks(coast, water, cuts)
    town, port = river[np.searchsorted(np.linspace(0, 1, 220), 0.63)], head
    return Terrain(banks, _islands(random, bay, coast), town, port, river)


def _polar(angle: float, radius: float) -> Floats:
    return settled(radius * np.array([np.cos(angle), np.sin(angle)]))


def _beyond(point: Floats) -> Floats:
    return settled(point / np.hypot(*point) * 2.5)


def _coast(random: np.random.Generator, bay: float) -> tuple[Polygon, Floats]:
    """The main island's outline, and the head of its bay."""
    angle = np.linspace(-np.pi, np.pi, COAST_POINTS, endpoint=False)
    radius = _ring(random, angle, 0.24, 1.4)
    turn = np.angle(np.exp(1j * (angle - bay)))
    radius *= 1 - 0.52 * np.exp(-((turn / 0.30) ** 2))
    for at, depth, width in ((1.5, 0.16, 0.10), (-1.7, 0.12, 0.16), (2.5, 0.20, 0.07)):
        radius *= 1 - depth * np.exp(-((np.angle(np.exp(1j * (turn - at))) / width) ** 2))
    radius *= 1 + 0.13 * np.exp(-(((np.abs(turn) - 0.62) / 0.22) ** 2))
    stretch = np.array([1.22, 0.88])
    outline = settled(radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]) * stretch)
    return Polygon(outline), outline[np.argmin(np.abs(turn))]


def _water(river: Floats, creek: Floats) -> tuple[shapely.Geometry, shapely.Geometry]:
    t = np.linspace(0, 1, len(river))
    widths = 0.004 + 0.016 * t + 0.10 * np.clip((t - 0.72) / 0.28, 0, 1) ** 2
    return ribbon(river, widths), ribbon(creek, np.linspace(0.006, 0.011, len(creek)))


def _lake(random: np.random.Generator, at: Floats) -> Polygon:
    return Polygon(blob(random, 0.075, 120, 0.6) + at)


def _banks(coast: Polygon, water: shapely.Geometry, cuts: list[LineString]) -> tuple[Polygon, ...]:
    land = shapely.difference(coast, water)
    lines = shapely.union_all([land.boundary, *cuts])
    faces = shapely.get_parts(shapely.polygonize([lines]))
    inside = shapely.contains(land, shapely.point_on_surface(faces))
    return tuple(sorted((f for f in faces[inside] if f.area > 1e-3), key=lambda f: -f.area))


def _islands(random: np.random.Generator, bay: float, coast: Polygon) -> tuple[Polygon, ...]:
    """A chain of islands before the bay and one group off the far coast, clear of all other land."""
    found: list[Polygon] = []
    chain = bay + random.choice([-1, 1]) * np.linspace(-0.25, 0.95, 9) + random.normal(0, 0.05, 9)
    group = bay + 2.4 + random.normal(0, 0.12, 4)
    for angle, order in [*zip(chain, range(9), strict=True), *zip(group, range(9, 13), strict=True)]:
        radius = (0.095, 0.05, 0.03, 0.075, 0.022, 0.04, 0.06, 0.028, 0.018)[order % 9]
        for reach in np.arange(0.75, 1.9, 0.03) + random.uniform(0, 0.1):
            island = Polygon(blob(random, radius, 160, 0.8) + _polar(angle, reach) * [1.22, 0.88])
            if all(shapely.distance(island, other) > 0.035 for other in [coast, *found]):
                found.append(island)
                break
    return tuple(sorted(found, key=lambda island: -island.area))
