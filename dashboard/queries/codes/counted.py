"""Counts of an area, brought into the lines that the questions about codes are answered with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dashboard.queries.codes.lines import Ages, Owner, Rate
from dashboard.queries.codes.state import Rows, known_colours
from data.terms import OVERDUE
from grid.arrays import Ints


def ages_of(counts: Ints) -> Ages:
    """(buckets,) by name."""
    return Ages({bucket: int(n) for bucket, n in zip(OVERDUE, counts, strict=True)})


def owners_of(words: Sequence[str], counts: Ints, near: Ints | None) -> list[Owner]:
    """Owners by name; ``counts``: words x buckets, ``near``: a number a word (None: not known any more)."""
    places: dict[str, list[int]] = {}
    for at in np.flatnonzero(counts.sum(axis=1)).tolist():
        places.setdefault(words[at].partition("\t")[0], []).append(at)
    return [
        Owner(
            name,
            [words[at].partition("\t")[2] for at in each],
            ages_of(counts[each].sum(axis=0)),
            None if near is None else int(near[each].sum()),
        )
        for name, each in places.items()
    ]


def combined(rows: Rows, systems: int) -> dict[tuple[int, ...], int]:
    """People by combination of colours, one number a system: see :func:`known_colours`."""
    kinds, at = np.unique(rows["colours"], return_inverse=True)
    people = np.bincount(at.reshape(-1), rows["n"], len(kinds)).astype(np.int64)
    return {known_colours(int(c), systems): int(n) for c, n in zip(kinds, people, strict=True)}


def rate_of(name: str, ages: Ages | None, turned: Sequence[Mapping[str, tuple[int, int]] | None]) -> Rate:
    """An authority over some days; ``turned``: authority -> (assigned, cleared) a day, None where nothing is known."""
    pairs = [(None, None) if day is None else day.get(name, (0, 0)) for day in turned]
    return Rate(name, ages.open if ages else 0, ages.late if ages else 0, [a for a, _ in pairs], [b for _, b in pairs])
