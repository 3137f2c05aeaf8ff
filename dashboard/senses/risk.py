"""Units whose count is out of step: one report a unit and day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dashboard.queries.desk import Desk, Viewer
from dashboard.queries.risk import RiskDesk
from dashboard.queries.risk.lines import SignalLine
from dashboard.senses.base import Sense, is_news, noted, of_version
from data.events.report import Report

#: A signal is kept only where two methods agree: one alone is wrong on every twentieth quiet day of a unit.
AGREE = 2


def says(desk: Desk, now: dt.datetime) -> Iterator[Report]:
    """Streets where there are any, else what the city has."""
    risk, viewer = desk.beside(RiskDesk), Viewer(desk.city.lang)
    levels = risk.levels(viewer)
    if not levels:
        return
    answer = risk.answer(viewer, level="street" if "street" in levels else levels[0])
    if answer is None or not is_news(desk, now, answer.day):
        return
    for signal in answer.signals:
        if len(signal.kinds) >= AGREE:
            yield _report(desk, signal, answer.day)


def _report(desk: Desk, signal: SignalLine, day: dt.date) -> Report:
    kinds, count = ", ".join(signal.kinds), f"{signal.count:g}"
    told = noted(
        desk.city.lang, f"{day}：{count} 例，高于常态（{kinds}）", f"{day}: {count} cases, more than usual ({kinds})"
    )
    return Report("risk", f"{signal.code}|{day}", "risk_signal", signal.code, **told)


RISK = Sense("risk", says, of_version)
