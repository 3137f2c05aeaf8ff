"""The policy sandbox: with the same day's information, does a finer choice cover more than a coarser one?

A *grain* is how finely one may choose: the whole area, districts, streets, communities, cells, cells with the rings
around them. :func:`choose` ranks the units of a grain by what was found in them in the last days, and grows the
restricted set from the highest score down; it is never shown anything later. :func:`cover` then asks how much of
the following days' findings lay inside. Units of one score are one block, and of a block that is taken in
part every unit is as likely as the next: curves are straight between blocks, the whole area is the diagonal
("so many people, whoever they are"), and all grains can be compared at equal people restricted.

Shapes: L leaves, B blocks, P points. The forecast's hit rate at a given area is Chainey's (2008); here the
denominator is people where they are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grid.arrays import Floats, Ints, Rows

#: Shares of the people (or cells, or ground) restricted at which grains are compared.
POINTS = (0.01, 0.05, 0.1, 0.2)
#: Coverage that is asked for, and the share of the cost at which grains are compared and units listed.
COVERED, LISTED = 0.8, 0.1

_POINTS: Floats = np.array(POINTS)

#: Points of a drawn curve: every hundredth, and finer where the first few count.
STEPS: Floats = np.unique(np.round(np.concatenate([np.arange(0, 0.1, 0.005), np.arange(0.1, 1.005, 0.01)]), 3))

#: A gain of less than this share of the cases is not worth a border, however surely it is measured.
MIN_GAIN = 0.02

#: A gain is believed from this many standard errors on: one false alarm in forty.
ERRORS = 2.0


@dataclass(frozen=True)
class Edges:
    """Which cells touch: pairs sorted by ``of``, each cell its own neighbour too; ``start`` of each cell's run."""

    start: Ints
    to: Rows


@dataclass(frozen=True)
class Grain:
    """One fineness. ``unit`` (L): the unit of every leaf, -1 in none: such leaves are taken last, after every unit.
    ``size`` units; with ``rings`` a unit is taken with so many rings of its neighbours by ``edges``."""

    id: str
    unit: Rows
    size: int
    rings: int = 0
    edges: Edges | None = None


@dataclass(frozen=True)
class Choice:
    """The order in which leaves are restricted. ``block`` (L): when; ``before`` and ``cost`` (B): share of
    all cost before and in each block; ``units`` (B): units chosen up to and with it, those
    that are taken along by rings not counted."""

    block: Rows
    before: Floats
    cost: Floats
    units: Floats

    @property
    def blind(self) -> bool:
        """Whether nothing is told apart: any part is as good as another."""
        return bool((self.block == self.block[:1]).all())

    def taken(self, shares: Floats) -> Floats:
        """(P, B) the part of each block that is inside when ``shares`` of the cost are restricted."""
        room = np.asarray(shares, np.float64)[:, None] - self.before[None, :]
        whole = np.where(self.cost > 0, self.cost, 1.0)
        # a block that costs nothing comes with the one before it
        part = np.where(self.cost > 0, room / whole, room >= -1e-12)
        part[np.asarray(shares) >= 1.0] = 1.0
        return np.asarray(np.clip(part, 0.0, 1.0))

    def restricted(self, shares: Floats) -> Floats:
        """Units restricted at each of ``shares``, a part of a unit counted as a part."""
        return np.asarray(self.taken(shares) @ np.diff(self.units, prepend=0.0))


def choose(grain: Grain, score: Floats, cost: Floats) -> Choice:
    """Ranks the grain's units by ``score`` (L, summed to units), highest first.

    ``cost`` (L): what restricting a leaf costs; it does not steer the choice. Nothing of later days comes in here.
    """
    inside = grain.unit >= 0
    total = np.bincount(grain.unit[inside], score[inside], grain.size)
    levels, rank = np.unique(-total, return_inverse=True)
    units = np.cumsum(np.bincount(rank, minlength=len(levels) + 1)).astype(np.float64)
    turn = _ringed(rank.astype(np.int32), grain)
    block = np.where(inside, np.append(turn, 0)[grain.unit], len(levels)).astype(np.int32)
    spent = np.bincount(block, cost, len(levels) + 1)
    whole = spent.sum()
    share: Floats = np.asarray(spent / whole if whole else spent, np.float64)
    return Choice(block, np.cumsum(share) - share, share, units)


def _ringed(turn: Rows, grain: Grain) -> Rows:
    """A cell is restricted as soon as any cell within ``rings`` steps is chosen."""
    for _ in range(grain.rings):
        assert grain.edges is not None
        turn = np.minimum.reduceat(turn[grain.edges.to], grain.edges.start).astype(np.int32)
    return turn


def cover(choice: Choice, found: Floats, shares: Floats) -> Floats:
    """(P) the share of ``found`` (L, later findings) inside the restricted set at each of ``shares`` of the
    cost; NaN where nothing was found."""
    total = found.sum()
    if not total:
        return np.full(len(shares), np.nan)
    inside = np.bincount(choice.block, found, len(choice.cost))
    return np.asarray(np.clip(choice.taken(shares) @ inside / total, 0.0, 1.0))


def _error(inside: Floats, found: Floats, place: Rows) -> float:
    """The standard error of ``inside @ found / found.sum()`` (F each), itself a share or a difference of two.

    That of a ratio over clusters by linearisation (Cochran 1977, 6.4 and 9A): the findings of one ``place`` (F)
    are one draw, because an outbreak in one street is one event. However well few places agree, the next one may
    differ: with probability 1 / (k + 2) after k of them (Laplace's rule of succession), which is the least error.
    """
    total, k = found.sum(), len(np.unique(place))
    drawn = np.bincount(place, found * (inside - inside @ found / total))
    differs = 1 / (k + 2)
    least = float(np.sqrt(differs * (1 - differs) / k))
    spread = float(np.sqrt((drawn**2).sum()) / total)
    return max(least, spread * float(np.sqrt(k / (k - 1)))) if k > 1 else least


# --- several days of choosing --------------------------------------------------------------------------


@dataclass(frozen=True)
class Origin:
    """One day of choosing: ``past`` (L) findings of the days up to it, ``future`` (L) of those after it, for
    scoring alone; ``future`` holds at least one."""

    past: Floats
    future: Floats

    def scored(self, place: Rows) -> Scored:
        """What a choice is held against, with the clusters of ``place`` (L)."""
        at = np.flatnonzero(self.future)
        return Scored(at, self.future[at], place[at])


@dataclass(frozen=True)
class Scored:
    """The later findings of an origin where there are any (F of the L leaves): ``at`` which leaf, how many were
    ``found``, in which ``place``."""

    at: Ints
    found: Floats
    place: Rows

    def inside(self, choice: Choice) -> Floats:
        """(P, F) the part of each finding's leaf that is restricted at POINTS."""
        return choice.taken(_POINTS)[:, choice.block[self.at]]

    def estimate(self, inside: Floats, *, certain: bool) -> Estimate:
        """The share of the findings ``inside`` (F); ``certain``: it is the same wherever they may lie."""
        value = float(inside @ self.found / self.found.sum())
        return Estimate(value, 0.0 if certain else _error(inside, self.found, self.place))


@dataclass(frozen=True)
class Estimate:
    """A mean over origins with its standard error out of sample."""

    value: float
    error: float


@dataclass(frozen=True)
class Against:
    """A grain against the coarser grain ``than`` at equal cost: ``gain`` at each of POINTS in share of the
    findings covered, and their mean with its error."""

    than: str
    gain: tuple[float, ...]
    mean: Estimate

    @property
    def pays(self) -> bool:
        """Whether the finer choice surely covers so much more that it is worth its borders."""
        return self.mean.value >= MIN_GAIN and self.mean.value > ERRORS * self.mean.error

    @property
    def unsure(self) -> bool:
        """Whether it would be worth them, but its error leaves that open."""
        return self.mean.value >= MIN_GAIN and not self.pays


@dataclass(frozen=True)
class Curve:
    """What a grain covered. ``covered``, ``low``, ``high`` at STEPS: mean, least and most over the origins;
    ``promised``: mean share of the findings that the choice was made by, which is what it seems to cover to
    those who do not wait. ``points``: covered at POINTS, with errors; ``units``: units restricted at POINTS by
    the newest choice. ``whole``, ``coarser``: against the whole area, against the best coarser grain."""

    grain: Grain
    covered: Floats
    low: Floats
    high: Floats
    promised: Floats
    points: tuple[Estimate, ...]
    units: tuple[float, ...]
    whole: Against | None
    coarser: Against | None

    def at(self, share: float) -> float:
        """The share of the findings covered with ``share`` of the cost restricted."""
        return float(np.interp(share, STEPS, self.covered))

    def needs(self, covered: float) -> float:
        """The share of the cost that must be restricted to cover so much, to the next of STEPS."""
        return float(STEPS[int(np.searchsorted(self.covered, covered - 1e-9))])

    @cached_property
    def estimates(self) -> Mapping[str, Estimate]:
        """``points`` by the share of the cost: "0.01"."""
        return {str(share): point for share, point in zip(POINTS, self.points, strict=True)}

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """What is covered by every whole per cent of the cost: "0.00" to "1.00"."""
        return {f"{n / 100:.2f}": self.at(n / 100) for n in range(101)}

    @property
    def needed(self) -> float:
        """The share of the cost that covers :data:`COVERED` of the findings."""
        return self.needs(COVERED)

    @property
    def seemed(self) -> float:
        """The share of the findings of the choice itself that lie in :data:`LISTED` of the cost."""
        return float(np.interp(LISTED, STEPS, self.promised))

    @property
    def optimism(self) -> float:
        """By how much the findings of the choice promise more than came, mean over POINTS."""
        promised = np.interp(POINTS, STEPS, self.promised)
        return float(np.mean(promised - np.interp(POINTS, STEPS, self.covered)))


@dataclass(frozen=True)
class Frontier:
    """All curves, from the coarsest grain; ``enough``: the grain beyond which a finer one does not pay."""

    curves: tuple[Curve, ...]
    enough: str
    origins: int

    @property
    def advantage(self) -> bool:
        """Whether any choice pays against taking people whoever they are."""
        return self.enough != self.curves[0].grain.id


def frontier(grains: Sequence[Grain], cost: Floats, place: Rows, origins: Sequence[Origin]) -> Frontier:
    """Every grain (coarsest first) over the days of choosing, newest first.

    ``cost`` (L) what restricting a leaf costs, ``place`` (L) the cluster that its findings are drawn with.
    """
    chosen = [[choose(grain, origin.past, cost) for origin in origins] for grain in grains]
    scored = [origin.scored(place) for origin in origins]
    curves, best = [], 0
    for at, grain in enumerate(grains):
        whole = _against(grains[0], chosen[at], chosen[0], scored) if at else None
        coarser = _against(grains[best], chosen[at], chosen[best], scored) if at else None
        curves.append(_curve(grain, chosen[at], origins, scored, (whole, coarser)))
        best = at if coarser is not None and coarser.pays else best
    return Frontier(tuple(curves), grains[best].id, len(origins))


def _curve(
    grain: Grain,
    chosen: Sequence[Choice],
    origins: Sequence[Origin],
    scored: Sequence[Scored],
    against: tuple[Against | None, Against | None],
) -> Curve:
    pairs = list(zip(chosen, origins, strict=True))
    covered = np.stack([cover(choice, origin.future, STEPS) for choice, origin in pairs])
    promised = [cover(choice, origin.past, STEPS) if origin.past.any() else STEPS for choice, origin in pairs]
    points = [
        [seen.estimate(each, certain=choice.blind) for each in seen.inside(choice)]
        for choice, seen in zip(chosen, scored, strict=True)
    ]
    return Curve(
        grain,
        covered.mean(axis=0),
        covered.min(axis=0),
        covered.max(axis=0),
        np.mean(promised, axis=0),
        tuple(_pooled(each) for each in zip(*points, strict=True)),
        tuple(chosen[0].restricted(_POINTS).tolist()),
        *against,
    )


def _against(than: Grain, fine: Sequence[Choice], coarse: Sequence[Choice], scored: Sequence[Scored]) -> Against:
    gains, means = [], []
    for mine, theirs, seen in zip(fine, coarse, scored, strict=True):
        more = seen.inside(mine) - seen.inside(theirs)
        gains.append(more @ seen.found / seen.found.sum())
        means.append(seen.estimate(more.mean(axis=0), certain=mine.blind and theirs.blind))
    return Against(than.id, tuple(np.mean(gains, axis=0).tolist()), _pooled(means))


def _pooled(each: Sequence[Estimate]) -> Estimate:
    """The mean of the origins; its error is the larger of what each has by itself and what they differ by."""
    values = np.array([one.value for one in each])
    within = float(np.sqrt(sum(one.error**2 for one in each))) / len(each)
    between = float(values.std(ddof=1) / np.sqrt(len(each))) if len(each) > 1 else 0.0
    return Estimate(float(values.mean()), max(within, between))
