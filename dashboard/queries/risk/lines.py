"""What the questions about risk are answered with: plain records, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.queries.days import Day
from grid.risk.granularity import GAIN, HIDDEN_BELOW, WORK_FOR
from grid.risk.report_card import SHARES, Interval


@dataclass(frozen=True)
class PartLine:
    """One part of a score: its id (terms.RISK_PARTS), its ``number`` (None: not known), its ``points`` and how many
    it can have; whole tenths all."""

    id: str
    number: float | None
    points: float
    full: float


@dataclass(frozen=True)
class RtLine:
    """The reproduction number of the last 7 days with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Ahead:
    """Findings expected in the next 7 days, with the 90 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class UnitLine:
    """One unit. ``least`` is its score, ``most`` what it would be if all that is missing were at its worst; ``grade``
    an id of terms.GRADES; ``hot``: Gi* believes it a hot spot; ``inside``: it can be looked into."""

    code: str
    name: str
    where: str
    grade: str
    least: float
    most: float
    parts: tuple[PartLine, ...]
    hot: bool
    rt: RtLine | None
    ahead: Ahead | None
    inside: bool

    @property
    def lacking(self) -> float:
        """Points of the parts that are missing."""
        return self.most - self.least


@dataclass(frozen=True)
class SignalLine:
    """A unit whose count is out of step: the methods that say so, and how often each is wrong on a quiet day."""

    code: str
    name: str
    where: str
    kinds: tuple[str, ...]
    count: float
    upper: float | None
    rates: Mapping[str, float]

    @property
    def rate(self) -> float:
        """How often the surest of its methods is wrong."""
        return min(self.rates.values())


@dataclass(frozen=True)
class ClusterLine:
    """A space-time cluster around a unit; ``recurrence``: days until chance alone brings one such."""

    code: str
    name: str
    where: str
    units: int
    days: int
    cases: int
    expected: float
    recurrence: float
    believed: bool


@dataclass(frozen=True)
class CardLine:
    """The report card of one level: ``hits`` by forecaster at SHARES of the units, ``people`` the same of the people
    (None where nobody counted them), ``pai``, ``coverage`` of the 50 and 90 % intervals, ``wis`` by forecaster,
    ``saved`` of the weighted interval score, ``ahead`` the mean lead over the better baseline."""

    level: str
    units: int
    first: Day
    last: Day
    days: int
    known: int
    why: str
    hits: Mapping[str, tuple[float, ...]]
    people: Mapping[str, tuple[float, ...]] | None
    pai: tuple[float, ...]
    coverage: tuple[float, ...]
    wis: Mapping[str, float]
    saved: Interval
    ahead: Interval

    @property
    def by_share(self) -> Mapping[str, Mapping[float, float]]:
        """``hits`` by forecaster and share."""
        return {name: dict(zip(SHARES, hits, strict=True)) for name, hits in self.hits.items()}

    @property
    def people_by_share(self) -> Mapping[str, Mapping[float, float]]:
        """``people`` by forecaster and share; {} where nobody counted them."""
        return {name: dict(zip(SHARES, hits, strict=True)) for name, hits in (self.people or {}).items()}

    @property
    def pai_by_share(self) -> Mapping[float, float]:
        """``pai`` by share."""
        return dict(zip(SHARES, self.pai, strict=True))

    @property
    def covered(self) -> Mapping[int, float]:
        """``coverage`` by the interval's per cent."""
        return dict(zip((50, 90), self.coverage, strict=True))

    @property
    def cut(self) -> int:
        """Forecasts that were made from what was delivered later."""
        return self.days - self.known

    @property
    def grey(self) -> bool:
        """Whether what the forecast shows must be drawn grey."""
        return self.why != "wins"


@dataclass(frozen=True)
class Brief:
    """How many units of ``level`` give a signal on ``day``, how many chance alone would bring, and the card."""

    level: str
    day: Day
    signals: int
    chance: float
    card: CardLine | None


@dataclass(frozen=True)
class RiskAnswer:
    """Risk in an area on a day by units of ``level``.

    ``own`` is the area itself; ``units`` the MOST with the highest score, by what is known of them; ``grades`` how
    many have each; ``signals`` the MOST with the highest counts of all that are ``signalled``; ``chance`` false alarms
    expected by method over all units inside on a quiet day; ``forecasts`` units of ``card_level``, highest first;
    ``card`` None where it cannot be made yet.
    """

    day: Day
    level: str
    basis: str
    own: UnitLine | None
    units: Sequence[UnitLine]
    grades: Mapping[str, int]
    signals: Sequence[SignalLine]
    signalled: int
    chance: Mapping[str, float]
    clusters: Sequence[ClusterLine]
    card_level: str
    forecasts: Sequence[UnitLine]
    card: CardLine | None

    @property
    def counted(self) -> int:
        """How many units there are."""
        return sum(self.grades.values())

    @property
    def alarming(self) -> int:
        """How many have one of the two highest grades."""
        return self.grades["severe"] + self.grades["high"]

    @property
    def by_chance(self) -> float:
        """False alarms of all methods that are expected on a quiet day: of units at most so many, for what one method
        takes for a signal another may, too."""
        return sum(self.chance.values())

    @property
    def believed(self) -> int:
        """Clusters that are no chance."""
        return sum(one.believed for one in self.clusters)

    @property
    def doubted(self) -> int:
        """Clusters that may be chance."""
        return len(self.clusters) - self.believed


@dataclass(frozen=True)
class GranularityLine:
    """One fineness of the same findings, over the last forecasts whose week is over.

    ``id``: a level of terms.LEVELS ("cell": the city's own grid) or "h3-7" to "h3-10"; ``units`` inside the area;
    ``m2`` and ``people`` of a unit, means. ``hits`` of the forecast and of the better ``baseline`` ("persistence" or
    "decay", named in ``best``) at SHARES of what ``of`` says: "people", else "area", else "units"; the same for every
    fineness, so that a small unit does not win by being small; None where nothing was found. ``ahead``: the mean lead
    with its interval; ``why`` as in :class:`CardLine`. ``hidden``: share of the weeks' counts other than nought that
    are below ``hidden_below`` and would be hidden where small numbers are, ``hidden_findings``: share of the findings
    in them. ``work``: units to look at a day, highest first, that hold ``work_for`` of what comes; ``work_people``:
    inhabitants there, None where nobody counted them. ``enough``: the coarsest fineness beyond which no finer one
    finds ``gain`` more (mean over SHARES); none where nothing was found.
    """

    id: str
    name: str
    units: int
    m2: float | None
    people: float | None
    days: int
    of: str
    hits: tuple[float | None, ...]
    baseline: tuple[float | None, ...]
    best: str
    ahead: Interval
    why: str
    hidden: float
    hidden_findings: float
    work: float
    work_people: float | None
    enough: bool
    hidden_below: int = HIDDEN_BELOW
    work_for: float = WORK_FOR
    gain: float = GAIN

    @property
    def by_share(self) -> Mapping[float, float | None]:
        """``hits`` by share."""
        return dict(zip(SHARES, self.hits, strict=True))

    @property
    def baseline_by_share(self) -> Mapping[float, float | None]:
        """``baseline`` by share."""
        return dict(zip(SHARES, self.baseline, strict=True))

    @property
    def grey(self) -> bool:
        """Whether the forecast with this fineness does not stand."""
        return self.why != "wins"
