"""Where people would live: an old town on the river, new towns around it, a thin countryside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.demo.terrain import Terrain, Warp, rng

Floats = NDArray[np.float64]

#: Sizes in radii of the island; weights relative to the old town's peak.
CORE = 0.13
COUNTRYSIDE = 0.006


@dataclass(frozen=True)
class Density:
    """People per area, relative, on the bent map. ``centres`` (n, 2), ``widths`` (n,), ``weights`` (n,)."""

    centres: Floats
    widths: Floats
    weights: Floats
    grain: Warp

    def __call__(self, points: Floats) -> Floats:
        """(n, 2) points of the map -> (n,) relative densities; the old town's is about 1."""
        total = np.full(len(points), COUNTRYSIDE)
        for centre, width, weight in zip(self.centres, self.widths, self.weights, strict=True):
            far = np.hypot(*(points - centre).T) / width
            total += weight * np.exp(-(far**1.35))
        return np.asarray(total * np.exp(self.roughness(points)))

    def roughness(self, points: Floats) -> Floats:
        """(n,) small-scale ups and downs of the logarithm: parks, works, quarters of their own."""
        return np.asarray((self.grain(points) - points).sum(axis=1))


def make_density(seed: int, terrain: Terrain, warp: Warp) -> Density:
    """The old town, two towns along the river, the port, and new towns spread over the land."""
    random = rng(seed, "density")
    towns = _spread(random, terrain, warp, 11)
    along = warp(terrain.river[[70, 105, 165]])
    centres = np.vstack([warp(terrain.old_town[None]), warp(terrain.port[None]), along, towns])
    widths = np.r_[CORE, 0.07, 0.06, 0.09, 0.08, random.uniform(0.035, 0.075, len(towns))]
    weights = np.r_[1.0, 0.5, 0.25, 0.4, 0.5, random.uniform(0.12, 0.5, len(towns))]
    return Density(centres, widths, weights, _grain(random))


def _spread(random: np.random.Generator, terrain: Terrain, warp: Warp, count: int) -> Floats:
    """``count`` places on the main land, each as far as can be from the others (of 60 tries)."""
    chosen = [terrain.old_town]
    box = random.uniform(-1.2, 1.2, (4000, 2))
    inner = shapely.buffer(shapely.union_all(terrain.banks), -0.06)
    land = box[shapely.contains_xy(inner, box)]
    for _ in range(count):
        tries = land[random.integers(len(land), size=60)]
        gaps = np.min([np.hypot(*(tries - c).T) for c in chosen], axis=0)
        chosen.append(tries[gaps.argmax()])
    return warp(np.array(chosen[1:]))


def _grain(random: np.random.Generator) -> Warp:
    lengths = np.repeat([0.16, 0.07, 0.03], 9)
    angle = random.uniform(0, 2 * np.pi, lengths.size)
    waves = (2 * np.pi / lengths * random.uniform(0.8, 1.2, lengths.size))[:, None]
    sizes = random.normal(0, 0.16, (lengths.size, 2))
    phases = random.uniform(0, 2 * np.pi, (lengths.size, 2))
    return Warp(waves * np.column_stack([np.cos(angle), np.sin(angle)]), phases, sizes)
