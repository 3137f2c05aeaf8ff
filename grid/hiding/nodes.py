"""The tree that numbers are hidden on: every area, and below each area its leaves.

A *node* is an area or a leaf: nodes ``0 .. A-1`` are the areas by row, ``A .. A+L-1`` the leaves. Children of
an area are the areas directly below it and the leaves that name it: its cells, and its own leaf, which holds
what is known of it and of nothing below (the unlocated remainder is a child like any other, so that parent
and children are one equation without a slack).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grid.areas import Areas, Rows
from grid.leaves import Leaves

Wide = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Nodes:
    """``parent`` node of each node (-1: the city), ``depth`` steps below the city, ``lo``, ``hi`` the slice of
    leaves of each node; ``areas`` how many nodes are areas."""

    parent: Rows
    depth: Rows
    lo: Rows
    hi: Rows
    areas: int

    def __len__(self) -> int:
        return len(self.parent)

    @property
    def leaves(self) -> int:
        """How many nodes are leaves."""
        return len(self.parent) - self.areas

    @cached_property
    def by_depth(self) -> list[Rows]:
        """Nodes of each depth, the city's first."""
        return [np.flatnonzero(self.depth == step).astype(np.int32) for step in range(int(self.depth.max()) + 1)]

    def sums(self, leaves: NDArray[np.int64] | NDArray[np.bool_]) -> Wide:
        """The sum over the leaves of each node, of a vector over the leaves."""
        total = np.concatenate([[0], np.cumsum(leaves, dtype=np.int64)])
        return np.asarray(total[self.hi] - total[self.lo])

    def above(self, node: int) -> list[int]:
        """The node and everything above it, upwards."""
        path = [node]
        while self.parent[path[-1]] >= 0:
            path.append(int(self.parent[path[-1]]))
        return path


def nodes_of(areas: Areas, leaves: Leaves) -> Nodes:
    """The nodes of a city."""
    rows = np.arange(len(leaves), dtype=np.int32)
    return Nodes(
        parent=np.concatenate([areas.parent, leaves.area]).astype(np.int32),
        depth=np.concatenate([areas.depth, areas.depth[leaves.area] + 1]).astype(np.int32),
        lo=np.concatenate([areas.lo, rows]).astype(np.int32),
        hi=np.concatenate([areas.hi, rows + 1]).astype(np.int32),
        areas=len(areas),
    )
