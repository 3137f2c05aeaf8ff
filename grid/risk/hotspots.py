"""Hot spots: the local statistic Gi* of Getis and Ord, and how many of them to believe.

Source: Ord and Getis (1995), Local spatial autocorrelation statistics, Geographical Analysis 27, equations 12-14:
for weights w that include the unit itself, z = (sum w x - mean W) / (s sqrt((n S1 - W^2) / (n - 1))), with W the
sum of a unit's weights, S1 that of their squares, and s^2 the mean square minus the squared mean.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse, special

from grid.arrays import Bools, Floats
from grid.rates import Part

#: Days that are worked out at a time.
BLOCK = 8


def gi_star(values: Part, weights: sparse.csr_array) -> Part:
    """z of each unit on each day, days x units; one sparse product for all days.

    ``weights`` (units, units) include the units themselves. A unit that is not known takes no part: neither as a
    neighbour nor in the mean. Not known where the unit itself is not, or where all units are alike.
    """
    whole = bool(values.known.all())
    x = values.value if whole else np.where(values.known, values.value, 0.0)
    n = np.maximum(values.known.sum(axis=1, keepdims=True), 1).astype(np.float64)
    mean = x.sum(axis=1, keepdims=True) / n
    spread = np.sqrt(np.maximum(np.einsum("ij,ij->i", x, x)[:, None] / n - mean**2, 0.0))
    total, squares = _weight_sums(values.known[:1] if whole else values.known, weights)
    root = np.sqrt(np.maximum(n * squares - total**2, 0.0) / np.maximum(n - 1, 1))
    alike = spread <= 1e-12 * np.abs(mean)
    found = np.empty(x.shape)
    flat, root = np.where(alike, 1.0, spread), np.where(root > 0, root, np.inf)
    # some days at a time stay in the cache: a city's 90 days are 32 MB, and every pass over them costs as much again
    for start in range(0, len(x), BLOCK):
        rows = slice(start, start + BLOCK)
        part = _product(x[rows], weights)
        part -= mean[rows] * (total if whole else total[rows])
        part /= flat[rows]
        np.divide(part, root if len(root) == 1 else root[rows], out=found[rows])
    return Part(found, values.known & ~alike & np.isfinite(root))


def _product(values: Floats, weights: sparse.csr_array) -> Floats:
    return np.asarray((weights @ np.ascontiguousarray(values.T)).T)


def _weight_sums(known: Bools, weights: sparse.csr_array) -> tuple[Floats, Floats]:
    """Sums of the weights and of their squares over the known neighbours; one row where all days are alike."""
    there = known.astype(np.float64)
    return _product(there, weights), _product(there, weights.multiply(weights).tocsr())


def p_high(z: Part) -> Floats:
    """One-sided p of so high a z under the normal approximation; 1 where z is not known."""
    return np.where(z.known, special.ndtr(-z.value), 1.0)


def discoveries(p: Floats, share: float = 0.05) -> Bools:
    """Which of each day's p values to believe, so that on average ``share`` of those believed are false.

    The step-up rule of Benjamini and Hochberg (1995), which also holds for positively dependent tests such as
    these (Benjamini and Yekutieli 2001). Values of 1 (not tested) count as no test.
    """
    return np.stack([_step_up(row, share) for row in np.atleast_2d(p)])


def _step_up(p: Floats, share: float) -> Bools:
    tested = np.sort(p[p < 1.0])
    under = np.flatnonzero(tested <= share * np.arange(1, len(tested) + 1) / max(len(tested), 1))
    return p <= tested[under[-1]] if len(under) else np.zeros(len(p), np.bool_)
