"""The questions about risk: scores with their parts, signals, clusters, the next seven days, and how good they were.

:class:`RiskDesk` asks them, :class:`RiskMap` those of its map, and both answer with the records of ``lines``.
``answers`` makes these of the boards of :mod:`grid.risk`, ``finenesses`` of what each fineness came to; ``asked`` is
who asks about which area.
"""

from __future__ import annotations

from dashboard.queries.risk.desk import RiskDesk
from dashboard.queries.risk.lines import (
    Ahead,
    Brief,
    CardLine,
    ClusterLine,
    GranularityLine,
    PartLine,
    RiskAnswer,
    RtLine,
    SignalLine,
    UnitLine,
)
from dashboard.queries.risk.map import LAYERS, RiskMap, RiskPaint

__all__ = [
    "LAYERS",
    "Ahead",
    "Brief",
    "CardLine",
    "ClusterLine",
    "GranularityLine",
    "PartLine",
    "RiskAnswer",
    "RiskDesk",
    "RiskMap",
    "RiskPaint",
    "RtLine",
    "SignalLine",
    "UnitLine",
]
