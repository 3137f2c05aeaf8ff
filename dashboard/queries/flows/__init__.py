"""The questions about flows: who left, where to, what they may carry there, who was traced, what both sides ask.

:class:`FlowDesk` asks them. ``leaving`` (people and the index), ``carried`` (import risk), ``journeys`` (tracing and
rules) answer with the records of ``answers``. People that are made of the migration index are an estimate, and every
answer that holds any says so.
"""

from __future__ import annotations

from dashboard.queries.flows.answers import (
    PAIRS,
    AllRules,
    Arcs,
    Arrival,
    Arrived,
    Carried,
    Checked,
    Curve,
    DayOut,
    Destination,
    Destinations,
    Hub,
    Moved,
    Movement,
    Pair,
    Pairs,
    RiskAnswer,
    RiskRow,
    Rules,
    Traced,
    per_cents,
)
from dashboard.queries.flows.carried import CHECKED_DAYS, FIT_DAYS, RISK_DAYS, check
from dashboard.queries.flows.desk import FlowDesk

__all__ = [
    "CHECKED_DAYS",
    "FIT_DAYS",
    "PAIRS",
    "RISK_DAYS",
    "AllRules",
    "Arcs",
    "Arrival",
    "Arrived",
    "Carried",
    "Checked",
    "Curve",
    "DayOut",
    "Destination",
    "Destinations",
    "FlowDesk",
    "Hub",
    "Moved",
    "Movement",
    "Pair",
    "Pairs",
    "RiskAnswer",
    "RiskRow",
    "Rules",
    "Traced",
    "check",
    "per_cents",
]
