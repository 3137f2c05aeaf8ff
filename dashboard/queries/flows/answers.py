"""What the flow desk answers: one record a question. None stands for what is not known, never nought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grid.arrays import Floats, Ints
from grid.flows.import_risk import Fit
from grid.flows.tracing import Tally
from grid.flows.travel_rules import Conflict, Need

Day = dt.date

#: A rest of less than this share of the whole is not told.
LEAST = 5e-5
#: Pairs of areas that are named.
PAIRS = 10


@dataclass(frozen=True)
class DayOut:
    """People who left on a day; ``value`` None unless the state is value or zero. ``index``: None where there is none;
    ``estimate``: people made of the index; ``low``, ``high``: what it may stand for."""

    day: Day
    value: float | None
    state: str
    estimate: bool
    index: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Destination:
    """One destination: ``key`` an area's code or another city's name; None: not known."""

    key: str
    name: str
    inside: bool
    people: float | None
    share: float | None


@dataclass(frozen=True)
class Destinations:
    """The largest destinations of a day and the named rest: ``others`` listed ones that are not shown with their
    share, and the share of those below the list. All shares add up to one. ``state`` "missing": no table tells."""

    day: Day
    state: str
    rows: tuple[Destination, ...]
    others: int
    others_share: float
    unlisted: float
    whole: float | None
    estimate: bool

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """Shares by key, and of the ``others`` and what is ``unlisted`` where there are any."""
        rest = {"others": self.others_share, "unlisted": self.unlisted}
        return {row.key: row.share or 0.0 for row in self.rows} | {k: v for k, v in rest.items() if v > LEAST}

    @cached_property
    def per_cents(self) -> Mapping[str, float]:
        """The same as they are written: they add up to the digit."""
        return dict(zip(self.shares, per_cents(list(self.shares.values())), strict=True))

    @property
    def people(self) -> Mapping[str, float | None]:
        """People of each share."""
        return {key: None if self.whole is None else self.whole * share for key, share in self.shares.items()}


@dataclass(frozen=True, eq=False)
class Arcs:
    """People who went between areas inside the asked one on a day: (n,) rows of ``codes`` with their ``parents``."""

    codes: list[str]
    parents: list[str | None]
    origin: Ints
    destination: Ints
    people: Floats


@dataclass(frozen=True)
class Moved:
    """Of one area on a day: people who left it, came into it, moved within it (None: not told), and which of the first
    two are an estimate."""

    key: str
    name: str
    out: float | None
    into: float | None
    within: float | None
    out_estimate: bool = False
    into_estimate: bool = False

    @property
    def net(self) -> float | None:
        """Who came less who left."""
        return None if self.out is None or self.into is None else self.into - self.out


@dataclass(frozen=True)
class Pair:
    """From one area to another one (``key``, ``name``; "rest": all other pairs): people, and their share of all as it
    is written, in per cent."""

    key: str
    name: str
    people: float
    per_cent: float


@dataclass(frozen=True)
class Pairs:
    """The largest pairs, the rest of which there are ``others`` as the last one, and all people."""

    rows: tuple[Pair, ...]
    others: int
    whole: float


@dataclass(frozen=True, eq=False)
class Movement:
    """In, out and within of an area and of the ``areas`` one level below it; ``between``: (areas, areas) people from
    each to each other one, None where nobody tells."""

    day: Day
    whole: Moved
    areas: tuple[Moved, ...]
    between: Floats | None

    @cached_property
    def squares(self) -> Mapping[str, Mapping[str, float]]:
        """``between`` by the keys of where from and where to, with its sums under "all"."""
        assert self.between is not None
        keys = [one.key for one in self.areas] + ["all"]
        whole = np.concatenate([self.between, self.between.sum(axis=0, keepdims=True)])
        whole = np.concatenate([whole, whole.sum(axis=1, keepdims=True)], axis=1)
        return {key: dict(zip(keys, row, strict=True)) for key, row in zip(keys, whole.tolist(), strict=True)}

    @cached_property
    def pairs(self) -> Pairs:
        """The largest of ``between``, and the rest of them."""
        assert self.between is not None
        known = np.nan_to_num(self.between)
        order = np.argsort(-known, axis=None, kind="stable")
        order = order[known.flat[order] > 0]
        values, whole, n = known.flat[order], float(known.sum()), len(self.areas)
        told = [*values[:PAIRS].tolist(), *([float(values[PAIRS:].sum())] if len(order) > PAIRS else [])]
        written = per_cents([value / whole for value in told])
        ends = [(self.areas[at // n], self.areas[at % n]) for at in order[:PAIRS].tolist()]
        keys = [(f"{one.key} {other.key}", f"{one.name} → {other.name}") for one, other in ends]
        keys += [("rest", "")] * (len(told) - len(ends))
        rows = (Pair(*key, *row) for key, row in zip(keys, zip(told, written, strict=True), strict=True))
        return Pairs(tuple(rows), max(0, len(order) - PAIRS), whole)


@dataclass(frozen=True)
class Curve:
    """An index day by day; None: no report. ``of``: "own", "before" (the year before) or "reference"; ``inward``: of
    those who came, else of those who left."""

    name: str
    of: str
    days: Sequence[Day]
    values: tuple[float | None, ...]
    inward: bool = False

    @cached_property
    def by_day(self) -> Mapping[Day, float | None]:
        """``values`` by their days."""
        return dict(zip(self.days, self.values, strict=True))


@dataclass(frozen=True)
class Arrival:
    """When the first case of a city is expected by its effective distance, with the 90 % interval (None: no line could
    be laid through the arrivals known so far), and when it was reported (None: not yet; ``before``: it was there when
    the reports began)."""

    expected: Day | None = None
    low: Day | None = None
    high: Day | None = None
    reported: Day | None = None
    before: bool = False


@dataclass(frozen=True)
class Hub:
    """The city through which most of what comes further comes, and what part of it."""

    name: str
    share: float


@dataclass(frozen=True)
class RiskRow:
    """One other city, ``key`` its own name. ``people`` who went there within the days; infections expected to be
    carried there with their 90 % interval, P(at least one) with its band; ``further``: expected through other cities,
    none infected there, most of them through ``hub``; ``exposed``: P(at least one) x residents. ``distance``, ``rank``,
    ``via``: effective distance, place in the order of arrival, hubs on the way; ``arrival``: when. ``cases`` known
    there against what the model expects with its 90 % band; ``outlier``: 1 above it, -1 below, 0 inside or not known.
    None: not known."""

    key: str
    name: str
    people: float | None
    expected: float | None
    low: float | None
    high: float | None
    one: float | None
    one_low: float | None
    one_high: float | None
    further: float | None
    hub: Hub | None
    residents: float | None
    exposed: float | None
    distance: float | None
    rank: int | None
    via: tuple[str, ...]
    arrival: Arrival
    cases: float | None
    model: float | None
    model_low: float | None
    model_high: float | None
    outlier: int


@dataclass(frozen=True)
class Checked:
    """A model of an earlier day held against the cases found since: its rank correlation, that of the flow alone, and
    how many places lay in its 90 % band, of how many."""

    made: Day
    spearman: float
    flow_alone: float
    inside: int
    places: int


@dataclass(frozen=True)
class Arrived:
    """The arrivals that were expected on an earlier day held against the first cases since: how many came inside their
    90 % interval, of how many ``places``."""

    made: Day
    inside: int
    places: int


@dataclass(frozen=True)
class Carried:
    """Infections expected to be carried to all destinations together, with their 90 % interval."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class RiskAnswer:
    """Import risk on a day. ``days``: those of travel that are added up; ``found``: cases here within a week, the
    measure of who carries the infection; ``residents``: people here; ``whole``: None where it cannot be told; ``fit``:
    None where too little is known; ``checked``: how an earlier one did; ``estimate``: people made of the index;
    ``arrivals``: known first cases that the expected ones rest on (0: none can be told), ``arrived``: how earlier ones
    did. Rows by expected infections,
    the largest first."""

    day: Day
    days: tuple[Day, ...]
    found: float | None
    residents: float | None
    whole: Carried | None
    rows: tuple[RiskRow, ...]
    fit: Fit | None
    checked: Checked | None
    estimate: bool
    arrivals: int = 0
    arrived: Arrived | None = None

    @property
    def reached(self) -> int | None:
        """Destinations that at least one infection has reached with an even chance; None where none can be told."""
        known = [row.one for row in self.rows if row.one is not None]
        return sum(one >= 0.5 for one in known) if known else None

    @property
    def above(self) -> int:
        """Destinations above the model's band."""
        return len(self.outliers(1))

    @property
    def below(self) -> int:
        """Destinations below it."""
        return len(self.outliers(-1))

    @property
    def odd(self) -> int | None:
        """Destinations outside of it; None without a model."""
        return self.above + self.below if self.fit else None

    @property
    def times(self) -> Mapping[str, float]:
        """By key, how many times as many people live there as here, where both are known."""
        here = self.residents
        return {row.key: row.residents / here for row in self.rows if row.residents is not None} if here else {}

    def outliers(self, sign: int) -> list[RiskRow]:
        """Those above (1) or below (-1) the band, the farthest first."""
        return sorted((row for row in self.rows if row.outlier == sign), key=_off, reverse=True)


@dataclass(frozen=True)
class Traced:
    """The tracing board of a day: a tally a destination, the most open first, and all together."""

    day: Day
    rows: tuple[tuple[str, Tally], ...]
    whole: Tally

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """``rows`` by destination."""
        return dict(self.rows)


@dataclass(frozen=True)
class Rules:
    """What journeys to a place and back must satisfy, and where the two sides contradict each other."""

    place: str
    needs: tuple[Need, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True)
class AllRules:
    """The rules of all journeys from an area, and how many conflicts there are, and places that ``agree``; of journeys
    without any, one is ``shown`` as an example."""

    asked: tuple[Rules, ...]

    @property
    def shown(self) -> Sequence[Rules]:
        """Those with a conflict, else the first."""
        return [one for one in self.asked if one.conflicts] or self.asked[:1]

    @property
    def conflicts(self) -> int:
        """Conflicts of all of them."""
        return sum(len(one.conflicts) for one in self.asked)

    @property
    def agreeing(self) -> int:
        """Places that are not shown."""
        return len(self.asked) - len(self.shown)


def _off(row: RiskRow) -> float:
    """How far outside its band."""
    cases, low, high = row.cases or 0.0, row.model_low or 0.0, row.model_high or 0.0
    return (cases + 0.5) / (high + 0.5) if row.outlier > 0 else (low + 0.5) / (cases + 0.5)


def per_cents(shares: Sequence[float]) -> list[float]:
    """Shares of one whole in per cent, to a tenth, that add up to exactly as much as the shares do: the largest
    remainders are rounded up (Hamilton's method)."""
    tenths = np.array(shares, np.float64) * 1000
    whole = np.floor(tenths + 1e-9).astype(np.int64)
    left = round(float(tenths.sum())) - int(whole.sum())
    whole[np.argsort(-(tenths - whole), kind="stable")[: max(0, left)]] += 1
    return [one / 10 for one in whole.tolist()]


def plain(value: float) -> float | None:
    """A number of an array; None for NaN and infinity."""
    return float(value) if np.isfinite(value) else None
