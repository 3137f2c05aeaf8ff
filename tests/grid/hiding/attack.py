"""An attacker: what can be known of hidden numbers from every sum that is shown, by linear programming.

He is told more than anybody is: the tree, that counts are never negative, and which numbers each version changed.
Unknowns are the numbers of leaves, days and versions (one unknown while nothing changes it); each number shown is
an equation. Unknowns that stand in the same equations are put together: one of several can be nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csc_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

#: What the solver says of a program without an end.
UNBOUNDED = 3


@dataclass(frozen=True)
class Sum:
    """A number as a sum of unknowns: ``unknowns`` with ``weights`` (1 where None) make ``value``."""

    unknowns: NDArray[np.int64]
    value: float
    weights: Floats | None = None


@dataclass(frozen=True)
class Interval:
    """What is known of a number."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How much is left open."""
        return self.high - self.low


def bounds(unknowns: int, shown: Iterable[Sum], hidden: Sequence[Sum]) -> list[Interval]:
    """The interval of each of ``hidden`` (their ``value`` is not read), given the sums ``shown``."""
    shown = list(shown)
    matrix = _matrix(shown, unknowns)
    known = np.array([each.value for each in shown], np.float64)
    nought = _noughts(matrix, known)
    group, size = _groups(matrix, nought)
    small = _columns(matrix, group)
    solver = _Solver(small, known)
    return [solver.interval(*_spread(each, group, size)) for each in hidden]


def _matrix(sums: Sequence[Sum], unknowns: int) -> csr_matrix:
    row = np.repeat(np.arange(len(sums)), [len(each.unknowns) for each in sums])
    column = np.concatenate([each.unknowns for each in sums] or [np.zeros(0, np.int64)])
    weight = np.concatenate(
        [np.ones(len(each.unknowns)) if each.weights is None else each.weights for each in sums] or [np.zeros(0)]
    )
    return csr_matrix((weight, (row, column)), shape=(len(sums), unknowns))


def _noughts(matrix: csr_matrix, known: Floats) -> NDArray[np.bool_]:
    """Unknowns that stand in a sum of positive weights which is nought."""
    spans = pairwise(matrix.indptr.tolist())
    positive = np.array([bool(matrix.data[a:b].min(initial=1) > 0) for a, b in spans], np.bool_)
    return np.asarray((matrix[(known == 0) & positive] != 0).sum(axis=0)).ravel() > 0


def _groups(matrix: csr_matrix, nought: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The group of each unknown (-1: nought), and how many stand in each group."""
    columns = matrix.tocsc()
    keys: dict[bytes, int] = {}
    group = np.full(matrix.shape[1], -1, np.int64)
    for n in np.flatnonzero(~nought):
        at = slice(columns.indptr[n], columns.indptr[n + 1])
        key = columns.indices[at].tobytes() + columns.data[at].tobytes()
        group[n] = keys.setdefault(key, len(keys))
    return group, np.bincount(group[group >= 0], minlength=len(keys))


def _columns(matrix: csr_matrix, group: NDArray[np.int64]) -> csc_matrix:
    """One column a group."""
    kept = np.flatnonzero(group >= 0)
    _, first = np.unique(group[kept], return_index=True)
    return matrix.tocsc()[:, kept[first]]


def _spread(number: Sum, group: NDArray[np.int64], size: NDArray[np.int64]) -> tuple[dict[int, float], set[int]]:
    """A number as weights of groups, and the groups of which it holds a part only."""
    inside = group[number.unknowns]
    found, held = np.unique(inside[inside >= 0], return_counts=True)
    part = {int(g) for g, n in zip(found, held, strict=True) if n < size[g]}
    return {int(g): 1.0 for g in found}, part


class _Solver:
    """Least and greatest values of sums of groups, each in its own piece of the system."""

    def __init__(self, matrix: csc_matrix, known: Floats) -> None:
        self.rows, self.known = matrix.tocsr(), known
        rows, columns = matrix.shape
        at = matrix.tocoo()
        joined = csr_matrix((np.ones(len(at.row)), (at.row, rows + at.col)), shape=(rows + columns,) * 2)
        pieces, label = connected_components(joined, directed=False)
        self.piece = label[rows:]
        self.rows_of, self.columns_of = (_by(part, pieces) for part in (label[:rows], label[rows:]))
        self.free = np.diff(matrix.indptr) == 0
        self.seen: dict[tuple[object, ...], float] = {}

    def interval(self, weights: dict[int, float], part: set[int]) -> Interval:
        """A part of a group may be nought while the rest of it is not, or all of it."""
        low = self._best({g for g in weights if g not in part and not self.free[g]}, 1)
        high = float("inf") if any(self.free[g] for g in weights) else -self._best(set(weights), -1)
        return Interval(low, high)

    def _best(self, groups: set[int], sign: int) -> float:
        inside: dict[int, list[int]] = {}
        for group in sorted(groups):
            inside.setdefault(int(self.piece[group]), []).append(group)
        return sum(self._of_piece(piece, tuple(found), sign) for piece, found in inside.items())

    def _of_piece(self, piece: int, groups: tuple[int, ...], sign: int) -> float:
        key = (sign, groups)
        if key not in self.seen:
            self.seen[key] = self._solve(self.rows_of[piece], self.columns_of[piece], groups, sign)
        return self.seen[key]

    def _solve(self, rows: Rows, columns: Rows, groups: tuple[int, ...], sign: int) -> float:
        if len(rows) == 1 and (self.rows.data[self.rows.indptr[rows[0]] : self.rows.indptr[rows[0] + 1]] == 1).all():
            alone = len(groups) == len(columns)
            return sign * float(self.known[rows[0]]) if alone or sign < 0 else 0.0
        cost = sign * np.isin(columns, groups).astype(np.float64)
        equations = self.rows[rows][:, columns]
        found = linprog(cost, A_eq=equations, b_eq=self.known[rows], bounds=(0, None), method="highs")
        if found.status == UNBOUNDED:
            return -float("inf")
        if found.status:
            raise ValueError(f"the numbers shown contradict each other: {found.message}")
        return float(found.fun)


def _by(label: NDArray[np.integer], many: int) -> list[Rows]:
    """The places of each label."""
    order = np.argsort(label, kind="stable")
    return np.split(order, np.searchsorted(label[order], np.arange(1, many)))
