"""Senses from inside: what the numbers themselves say that somebody must act on. One small file each.

A sense is asked every half minute, so it says first what its answer depends on (``stamp``); it is asked again only when
that has changed. What it says bears a key of its own and the day, so that saying it twice says it once.
"""

from __future__ import annotations

from dashboard.senses.base import Sense, Senses
from dashboard.senses.codes import CODES
from dashboard.senses.risk import RISK
from dashboard.senses.sources import SOURCES
from dashboard.senses.zones import ZONES

SENSES: tuple[Sense, ...] = (RISK, CODES, ZONES, SOURCES)

__all__ = ["SENSES", "Sense", "Senses"]
