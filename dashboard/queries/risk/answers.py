"""What boards of risk say, in the lines that the questions are answered with."""

from __future__ import annotations

import numpy as np

from dashboard.queries.hidden import HIDDEN
from dashboard.queries.risk.asked import Asked
from dashboard.queries.risk.lines import (
    Ahead,
    Brief,
    CardLine,
    ClusterLine,
    PartLine,
    RiskAnswer,
    RtLine,
    SignalLine,
    UnitLine,
)
from grid.arrays import Bools, Floats, Rows
from grid.risk import grades
from grid.risk.board import SHARES, Alarms, RiskBoard, RiskBook
from grid.risk.forecast import BASELINES, MODEL
from grid.risk.granularity import told_mean
from grid.risk.grids import LEAST_UNITS
from grid.risk.ground import CELL
from grid.risk.score import TENTHS
from grid.risk.signals import KINDS

#: Rows that a list comes with at most; the figures count all.
MOST = 60
#: Parts of a score whose numbers are those of the areas around a unit.
AROUND = ("neighbours", "exposed")


def answer(asked: Asked, book: RiskBook, board: RiskBoard, deep: RiskBoard, grade: str | None) -> RiskAnswer:
    """Risk in an area; ``deep`` is the board whose forecast is shown, ``grade`` that of the units that are listed."""
    scored, inside = board.scored, asked.inside(board)
    assert scored is not None
    own = book.board(asked.view.areas.level[asked.row], board.day)
    order = inside[np.lexsort((-scored.most[inside], -scored.least[inside]))]
    known = [int(unit) for unit in order if grade is None or grades.name(int(scored.grade[unit])) == grade]
    counted = {id: int((scored.grade[inside] == n).sum()) for n, id in enumerate(grades.ORDER)}
    counted["unknown"] = int((scored.grade[inside] < 0).sum())
    alarms = board.alarms
    return RiskAnswer(
        day=board.day,
        level=board.here.level,
        basis=board.basis,
        own=unit_line(asked, own, own.row(asked.view.areas.code[asked.row])) if own and own.scored else None,
        units=[unit_line(asked, board, unit) for unit in known[:MOST]],
        grades=counted,
        signals=_signals(asked, board, inside),
        signalled=int(any_on(alarms)[inside].sum()),
        chance={kind: float(np.nansum(alarms.rate[kind][inside])) for kind in KINDS},
        clusters=_clusters(asked, board, inside),
        card_level=deep.here.level,
        forecasts=_forecasts(asked, deep),
        card=card(asked.viewer.scope, deep),
    )


def unit_line(asked: Asked, board: RiskBoard, unit: int) -> UnitLine:
    """One unit in full."""
    scored = board.scored
    assert scored is not None
    code, name, where = asked.named(board, unit)
    return UnitLine(
        code, name, where, grades.name(int(scored.grade[unit])), float(scored.least[unit]), float(scored.most[unit]),
        _parts(asked, board, unit), bool(board.hot[1][unit]), _rt(board, unit), _ahead(board, unit),
        board.here.level != CELL,
    )  # fmt: skip


def _parts(asked: Asked, board: RiskBoard, unit: int) -> tuple[PartLine, ...]:
    """The parts of a score with their points. The number behind a part that is made of the areas around is HIDDEN from
    who may not see these: the points are a warning to the unit, the number is its neighbours'."""
    scored = board.scored
    assert scored is not None

    def number(n: int, id: str) -> float | None:
        if id in AROUND and asked.viewer.scope is not None:
            return HIDDEN
        return float(scored.numbers[n, unit]) if scored.known[n, unit] else None

    return tuple(
        PartLine(id, number(n, id), float(scored.tenths[n, unit] / TENTHS), float(scored.full[n] / TENTHS))
        for n, id in enumerate(scored.names)
    )


def _rt(board: RiskBoard, unit: int) -> RtLine | None:
    found = board.rt
    if not found.known[-1, unit]:
        return None
    return RtLine(float(found.mean[-1, unit]), float(found.low[-1, unit]), float(found.high[-1, unit]))


def _ahead(board: RiskBoard, unit: int) -> Ahead | None:
    found = board.forecast
    if found is None or not board.cases.known[-7:, unit].any():
        return None
    return Ahead(float(found.mean[unit]), float(found.quantiles[0, unit]), float(found.quantiles[4, unit]))


def _forecasts(asked: Asked, deep: RiskBoard) -> list[UnitLine]:
    if deep.forecast is None or deep.scored is None:
        return []
    inside = asked.inside(deep)
    order = inside[np.argsort(-deep.forecast.mean[inside], kind="stable")][:MOST]
    lines = (unit_line(asked, deep, int(unit)) for unit in order)
    return [line for line in lines if line.ahead is not None]


def _signals(asked: Asked, board: RiskBoard, inside: Rows) -> list[SignalLine]:
    alarms = board.alarms
    units = inside[any_on(alarms)[inside]]
    order = units[np.argsort(-np.nan_to_num(alarms.count[units]), kind="stable")][:MOST]
    return [_signal(asked, board, alarms, int(unit)) for unit in order]


def any_on(alarms: Alarms) -> Bools:
    """(units) where any method signals."""
    return np.asarray(np.logical_or.reduce([alarms.on[kind] for kind in KINDS]))


def _signal(asked: Asked, board: RiskBoard, alarms: Alarms, unit: int) -> SignalLine:
    code, name, where = asked.named(board, unit)
    kinds = tuple(kind for kind in KINDS if alarms.on[kind][unit])
    upper = alarms.upper[unit]
    rates = {kind: float(alarms.rate[kind][unit]) for kind in kinds}
    return SignalLine(
        code, name, where, kinds, float(alarms.count[unit]), None if np.isnan(upper) else float(upper), rates
    )


def _clusters(asked: Asked, board: RiskBoard, inside: Rows) -> list[ClusterLine]:
    """Those whose centre lies in the area, and that lie in what the viewer may see as a whole: their numbers are."""
    here = set(inside.tolist())
    seen = set(asked.whole.inside(board).tolist())
    return [
        ClusterLine(
            *asked.named(board, one.cluster.centre), len(one.inside), one.cluster.days, one.cluster.cases,
            one.cluster.expected, one.recurrence, one.believed,
        )
        for one in board.clusters
        if one.cluster.centre in here and seen.issuperset(one.inside)
    ]  # fmt: skip


def card(scope: str | None, board: RiskBoard) -> CardLine | None:
    """The report card: it is the whole city's, hence None for who sees a part of it."""
    told = board.card if scope is None and many(board) else None
    if told is None:
        return None
    marks = told.marks
    by = {MODEL: marks.forecast, **{name: marks.baselines[name] for name in BASELINES}}
    return CardLine(
        level=board.here.level,
        units=len(board.here),
        first=told.days[0],
        last=told.days[-1],
        days=len(told.days),
        known=told.known,
        why=marks.why,
        hits={name: _mean(one.hits["units"]) for name, one in by.items()},
        people={name: _mean(one.hits["people"]) for name, one in by.items()} if told.people else None,
        pai=tuple(hit / share for hit, share in zip(_mean(marks.forecast.hits["units"]), SHARES, strict=True)),
        coverage=_mean(marks.forecast.coverage),
        wis={name: float(one.wis.mean()) for name, one in by.items()},
        saved=marks.wis,
        ahead=marks.overall,
    )


def _mean(rows: Floats) -> tuple[float, ...]:
    return tuple(told_mean(rows).tolist())


def brief(asked: Asked, board: RiskBoard) -> Brief:
    """Signals and report card of an area in a few numbers."""
    inside, alarms = asked.inside(board), board.alarms
    chance = sum(float(np.nansum(alarms.rate[kind][inside])) for kind in KINDS)
    told = card(asked.viewer.scope, board)
    return Brief(board.here.level, board.day, int(any_on(alarms)[inside].sum()), chance, told)


def many(board: RiskBoard) -> bool:
    """Whether there are units enough to point at some of them."""
    return len(board.here) >= LEAST_UNITS
