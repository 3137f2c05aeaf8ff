"""Posts: the areas with people of their own, and what they have to do.

A task belongs to the post that lies at its place or above it. What is known no finer than an area above the posts, and
what lies where there is no post, is nobody's: it is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grid.areas import Areas
from grid.rebalance import MOST, Post
from grid.stock import Crew

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Posts:
    """The posts of an area in tree order: their ``rows``, ``people``, and ``capacity`` (0: not told)."""

    areas: Areas
    rows: Ints
    people: Ints
    capacity: Ints

    def __len__(self) -> int:
        return len(self.rows)

    def place(self, rows: Ints) -> Ints:
        """Which post each of some areas belongs to; -1 for none."""
        above = np.searchsorted(self.rows, rows, side="right") - 1
        last = self.areas.last.astype(np.int64)[self.rows]
        inside = (above >= 0) & (rows < np.append(last, 0)[above])
        return np.where(inside, above, -1)

    def gather(self, rows: Ints, n: Ints) -> tuple[Ints, int]:
        """Tasks ``n`` at areas ``rows`` by post, and those that are nobody's."""
        of = self.place(rows)
        by_post = np.bincount(of[of >= 0], n[of >= 0], len(self)).astype(np.int64)
        return by_post, int(n[of < 0].sum())

    def to_balance(self, tasks: Ints, level: str) -> list[Post]:
        """The posts with their tasks, of those whose capacity is told; those inside one area of ``level`` may lend each
        other people."""
        code, group = self.areas.code, groups(self.areas, self.rows, level)
        return [
            Post(code[row], int(min(n, MOST - 1)), int(people), int(able), group[at])
            for at, (row, n, people, able) in enumerate(
                zip(self.rows.tolist(), tasks.tolist(), self.people.tolist(), self.capacity.tolist(), strict=True))
            if able
        ]  # fmt: skip


def make_posts(areas: Areas, crews: Iterable[Crew], top: int) -> Posts:
    """The posts at or below the area at ``top``. Where one lies inside another, the inner one has its own people and
    the outer one is left out: its people would be counted for the same places. Several sources of one area add up."""
    found: dict[int, tuple[int, int]] = {}
    for crew in crews:
        if top <= crew.row < areas.last[top]:
            people, capacity = found.get(crew.row, (0, 0))
            found[crew.row] = people + crew.people, max(capacity, crew.capacity or 0)
    rows = sorted(found)
    inner = [row for at, row in enumerate(rows) if at + 1 == len(rows) or rows[at + 1] >= areas.last[row]]
    told = np.array([found[row] for row in inner], np.int64).reshape(-1, 2)
    return Posts(areas, np.array(inner, np.int64), told[:, 0], told[:, 1])


def groups(areas: Areas, rows: Ints, level: str) -> list[str]:
    """The code of the area of ``level`` that each row lies in; "" where it lies in none."""
    above = areas.of_level(level).astype(np.int64)
    at = np.searchsorted(above, rows, side="right") - 1
    return [_inside(areas, above, one, row) for one, row in zip(at.tolist(), rows.tolist(), strict=True)]


def _inside(areas: Areas, above: Sequence[int] | Ints, at: int, row: int) -> str:
    return areas.code[int(above[at])] if at >= 0 and row < areas.last[int(above[at])] else ""


def summed(parts: Mapping[str, Ints], size: int) -> Ints:
    """All kinds of tasks together."""
    total = np.zeros(size, np.int64)
    for part in parts.values():
        total += part
    return total
