"""How fine is fine enough: what each fineness came to, in words and numbers of the reader."""

from __future__ import annotations

import contextlib

import numpy as np

from dashboard.queries.days import Day
from dashboard.queries.risk.lines import GranularityLine
from data.errors import OneScreenError
from data.terms import LEVELS, TIERS
from data.words import Lang
from grid.risk.granularity import told_mean
from grid.risk.grids import Explorer, Line


def explore(explorer: Explorer, row: int, day: Day) -> None:
    """Compares the finenesses; what goes wrong is told to whoever asks for them."""
    with contextlib.suppress(OneScreenError):
        explorer.lines(row, day)


def granularity_line(line: Line, lang: Lang) -> GranularityLine:
    """One fineness beside the best of the baselines."""
    found, card = line.found, line.found.card
    baselines = {name: told_mean(marks.hits[line.of]) for name, marks in card.baselines.items()}
    best = max(baselines, key=lambda name: float(np.nan_to_num(baselines[name]).mean()))
    return GranularityLine(
        id=line.id,
        name=_fineness_name(line.id, lang),
        units=found.units,
        m2=_plain(line.m2),
        people=_plain(line.people),
        days=len(card.forecast.wis),
        of=line.of,
        hits=tuple(_plain(hit) for hit in found.hits(line.of)),
        baseline=tuple(_plain(hit) for hit in baselines[best]),
        best=best,
        ahead=card.leads[line.of],
        why=card.whys[line.of],
        hidden=found.hidden_counts,
        hidden_findings=found.hidden,
        work=found.work,
        work_people=_plain(line.work_people),
        enough=line.enough,
    )


def _fineness_name(id: str, lang: Lang) -> str:
    return TIERS[id].name(lang) if id in LEVELS else f"H3 {id.removeprefix('h3-')}"


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
