"""A small round town of H3 cells, and counts for it."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np

from grid.arrays import Cells, Floats
from grid.rates import Part


def town(rings: int, lat: float = 31.23, lon: float = 121.47, res: int = 9) -> Cells:
    """The cells within ``rings`` steps of a place, sorted."""
    return np.sort(np.array(h3.grid_disk(h3.latlng_to_cell(lat, lon, res), rings), np.uint64))


def whole(counts: object) -> Part:
    """Counts (days x units) that were all reported."""
    value: Floats = np.asarray(counts, np.float64)
    return Part(value, np.ones(value.shape, np.bool_))


def some(counts: object) -> Part:
    """Counts in which NaN was not reported; what a missing number holds must not matter."""
    value: Floats = np.asarray(counts, np.float64)
    return Part(np.nan_to_num(value, nan=777.0), ~np.isnan(value))
