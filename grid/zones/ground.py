"""What a clock runs for: the zones of the book and the risk areas of the daily lists, each with its ground and days.

A risk area is known by its area only, so one *stretch* stands for all entries of one level that an area has on
consecutive lists; two stretches that follow on each other (high, then medium) are one chain.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data.slabs import MISSING
from data.store import Zone
from data.terms import RISKS
from grid.counts import COUNTS
from grid.findings import FOUND, NONE, SILENT, DayFound, Findings
from grid.zones.book import WHOLE

if TYPE_CHECKING:
    from grid.cube import Key, View

Day = dt.date
Leaves = NDArray[np.int64]
Shares = NDArray[np.float64]

#: Risk levels that restrict anybody; a low-risk area is the rest of a district.
LEVELS = ("high", "middle")

#: Kinds from the strictest on, as one may be eased to a later one.
STRICT = ("lockdown", "high", "control", "middle", "precaution")

#: A finding on a leaf of which a zone covers at least this share lies in the zone; on less of it, perhaps.
SURE = 0.5

#: Covered shares below this are slivers of drawing.
SLIVER = 0.01


@dataclass(frozen=True)
class Stretch:
    """A zone, or a risk area at one level, from ``start`` until ``stop`` (the first day without it, None: it stands).

    ``kind``: id of terms.ZONES or terms.RISKS; ``row``: its area; ``entries``: how many the list names there.
    ``leaf`` and ``share``: its ground; ``vague``: the ground is not known, only that it lies in these leaves.
    ``since``: first day of its chain; ``open_start``: it stood before the first list, ``lost``: the lists ceased.
    """

    key: str
    source: str
    kind: str
    name: str
    row: int
    start: Day
    stop: Day | None
    leaf: Leaves = field(repr=False)
    share: Shares = field(repr=False)
    vague: bool = False
    entries: int = 1
    first_kind: str = ""
    since: Day | None = None
    next_kind: str = ""
    open_start: bool = False
    lost: bool = False
    shape: bytes | None = field(default=None, repr=False)

    @property
    def risk(self) -> bool:
        """Whether it is a risk area of a list."""
        return self.kind in RISKS

    def holds(self, day: Day) -> bool:
        """Whether it stands on ``day``."""
        return self.start <= day and (self.stop is None or day < self.stop)


def told(view: View) -> Key:
    """What is as it was while all stretches are."""
    return (view.zones_told, view.told([f"risk_{level}" for level in LEVELS]))


def stretches(view: View) -> list[Stretch]:
    """Everything that a clock can run for, by first day and key."""
    return view.shelves.books.made(("stretches", told(view)), lambda: _stretches(view))


def _stretches(view: View) -> list[Stretch]:
    book = [_of_zone(view, zone) for zone in view.zones.zones if zone.kind != "precaution"]
    found = [*_chained(book), *_of_lists(view)]
    return sorted(found, key=lambda one: (one.start, one.key, one.kind))


def _of_zone(view: View, zone: Zone) -> Stretch:
    leaf, share, vague = _ground(view, zone)
    return Stretch(
        zone.key, zone.source, zone.kind, zone.name, view.row(zone.area), zone.start, zone.stop,
        leaf, share, vague, first_kind=zone.kind, since=zone.start, shape=zone.shape,
    )  # fmt: skip


def _ground(view: View, zone: Zone) -> tuple[Leaves, Shares, bool]:
    covered = view.zones.covered(zone)
    leaf, at = np.unique(covered["leaf"].astype(np.int64), return_inverse=True)
    part = np.where(covered["m2"] == WHOLE, 1.0, covered["m2"] / np.maximum(view.leaves.m2[covered["leaf"]], 1))
    share = np.minimum(np.bincount(at, part, len(leaf)), 1.0)
    kept = share >= min(SLIVER, share.max(initial=1.0))
    if kept.any():
        return leaf[kept], share[kept], False
    return *_all_of(view, view.row(zone.area)), True


def _all_of(view: View, row: int) -> tuple[Leaves, Shares]:
    inside = np.arange(view.areas.lo[row], view.areas.hi[row], dtype=np.int64)
    return inside, np.ones(len(inside))


def _chained(book: Sequence[Stretch]) -> Iterator[Stretch]:
    """Stretches of one key of which one begins as the other ends, each with what came before and what comes next.

    One that is stricter than what came before is drawn anew: it begins a chain of its own.
    """
    by_key: dict[tuple[str, str], list[Stretch]] = {}
    for one in sorted(book, key=lambda one: (one.start, one.stop or Day.max)):
        by_key.setdefault((one.source, one.key), []).append(one)
    for chain in by_key.values():
        for at, one in enumerate(chain):
            before = chain[at - 1] if at else None
            if before and before.stop == one.start and STRICT.index(one.kind) >= STRICT.index(before.kind):
                one = replace(one, first_kind=before.first_kind, since=before.since)
                chain[at] = one
            follows = at + 1 < len(chain) and chain[at + 1].start == one.stop
            yield replace(one, next_kind=chain[at + 1].kind) if follows else one


# risk areas of daily lists --------------------------------------------------------------------------


def _of_lists(view: View) -> Iterator[Stretch]:
    """The stretches of every leaf that a list ever named, per level, chained per leaf."""
    days = sorted({day for level in LEVELS for day, _ in view.stated_days.get(f"risk_{level}", [])})
    found: list[Stretch] = []
    for level in LEVELS:
        found += _runs(view, level, days)
    yield from _chained(found)


def _runs(view: View, level: str, days: Sequence[Day]) -> Iterator[Stretch]:
    count = f"risk_{level}"
    standing: dict[int, tuple[Day, int]] = {}
    before: Day | None = None
    for day, vector in zip(days, view.vectors(count, days), strict=True):
        if before is not None and (day - before).days > COUNTS[count].carry:
            yield from _lost(view, level, standing, before, days[0])
        listed = {} if vector is None else _listed(vector)
        for leaf in [leaf for leaf in standing if leaf not in listed]:
            yield _of_list(view, level, leaf, *standing.pop(leaf), stop=day, first=days[0])
        for leaf, entries in listed.items():
            start = standing[leaf][0] if leaf in standing else day
            standing[leaf] = start, entries
        before = day
    if before is not None:
        yield from _lost(view, level, standing, before, days[0])


def _listed(vector: NDArray[np.int64]) -> dict[int, int]:
    at = np.flatnonzero((vector != MISSING) & (vector > 0))
    return dict(zip(at.tolist(), vector[at].tolist(), strict=True))


def _lost(view: View, level: str, standing: dict[int, tuple[Day, int]], last: Day, first: Day) -> Iterator[Stretch]:
    """What stood on the last list before a silence: it stands as long as that list may be carried on."""
    stop = last + dt.timedelta(days=COUNTS[f"risk_{level}"].carry + 1)
    for leaf, (start, entries) in standing.items():
        yield replace(_of_list(view, level, leaf, start, entries, stop=stop, first=first), lost=True)
    standing.clear()


def _of_list(view: View, level: str, leaf: int, start: Day, entries: int, *, stop: Day, first: Day) -> Stretch:
    areas, row = view.areas, int(view.leaves.area[leaf])
    own = leaf == areas.lo[row]
    ground = _all_of(view, row) if own else (np.array([leaf], np.int64), np.ones(1))
    key = areas.code[row] if own else view.leaves.cells.id[int(view.leaves.cell[leaf])]
    vague = bool(own) and len(areas.children(row)) > 0
    return Stretch(
        key, "", level, areas.name[row], row, start, stop, *ground, vague, entries,
        first_kind=level, since=start, open_start=start == first,
    )  # fmt: skip


# what was found inside ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """The leaves of some stretches, one after the other: each ``leaf``, whether a finding on it lies in its stretch for
    ``sure``, where each stretch ``begin``s, and (stretches, depth) the rows of the areas ``above`` each, -1: none."""

    leaf: Leaves
    sure: NDArray[np.bool_]
    begin: Leaves
    above: NDArray[np.int64]

    def read(self, day: DayFound) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """What was found inside each on a day: (word, loose), see :class:`Inside`."""
        said = day.word[self.leaf]
        hit = self.any((said == FOUND) & self.sure)
        perhaps = self.any((said == SILENT) | ((said == FOUND) & ~self.sure))
        loose = np.where(self.above >= 0, day.loose[self.above], 0).sum(axis=1)
        return np.where(hit, FOUND, np.where(perhaps, SILENT, NONE)).astype(np.uint8), loose

    def any(self, leaves: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether any leaf of each stretch is so."""
        return np.asarray(np.logical_or.reduceat(leaves, self.begin))


@dataclass(frozen=True)
class Inside:
    """What was found inside some stretches: ``word`` (stretches x days) of FOUND, NONE, SILENT, and ``loose``
    likewise: findings of the areas above that could not be located, so may lie inside."""

    days: Sequence[Day]
    word: NDArray[np.uint8]
    loose: NDArray[np.int64]
    held: Held = field(repr=False)
    found: Sequence[DayFound] = field(repr=False)

    def days_of(self, at: int, word: int) -> list[Day]:
        """The days of one stretch that have this word."""
        return [self.days[d] for d in np.flatnonzero(self.word[at] == word).tolist()]

    def known_now(self, findings: Findings) -> tuple[Inside, NDArray[np.bool_]]:
        """The same of what another version knows, and the stretches of which it knows anything else on any leaf."""
        word, loose, found = self.word.copy(), self.loose.copy(), findings.on(self.days)
        other = np.zeros(len(word), np.bool_)
        for d, (then, now) in enumerate(zip(self.found, found, strict=True)):
            if now is not then:
                word[:, d], loose[:, d] = self.held.read(now)
                other |= self.held.any((now.word != then.word)[self.held.leaf]) | (loose[:, d] != self.loose[:, d])
        return Inside(self.days, word, loose, self.held, found), other


def inside(findings: Findings, asked: Sequence[Stretch], days: Sequence[Day]) -> Inside:
    """What was found inside ``asked``, one stretch at least, on ``days``."""
    leaf = np.concatenate([one.leaf for one in asked])
    sure = np.concatenate([_sure(one) for one in asked])
    begin = np.concatenate([[0], np.cumsum([len(one.leaf) for one in asked])[:-1]])
    held, found = Held(leaf, sure, begin, _above(findings.view, asked)), findings.on(days)
    read = [held.read(day) for day in found]
    word, loose = (np.stack(columns, axis=1) for columns in zip(*read, strict=True))
    return Inside(days, word, loose, held, found)


def _sure(one: Stretch) -> NDArray[np.bool_]:
    """Of which of its leaves a finding lies in the stretch for certain: at least of the one it holds most of."""
    if one.vague:
        return np.zeros(len(one.leaf), np.bool_)
    return one.share >= min(SURE, float(one.share.max()))


def _above(view: View, asked: Sequence[Stretch]) -> NDArray[np.int64]:
    """(stretches, depth) rows of the areas below the city that hold each, its own if it is not all of it; -1: none."""
    above = np.full((len(asked), max(1, int(view.areas.depth.max()))), -1, np.int64)
    for at, one in enumerate(asked):
        own = int(view.areas.lo[one.row]) in one.leaf
        path = view.areas.path(one.row)[1 : -1 if own else None]
        above[at, : len(path)] = path
    return above
