"""Every question the product can answer: page, command line, wall and reports all ask here, and nowhere else.

Each question takes a :class:`Viewer`; the viewer's scope is enforced here and nowhere else. Each answer
carries its states: a value, zero, suppressed, missing. One file a subject.
"""

from __future__ import annotations

from dashboard.queries.desk import (
    COMPARED_DAYS,
    KEY_FIGURES,
    MAX_DAYS,
    Answer,
    Day,
    Desk,
    Figure,
    Note,
    Painted,
    Place,
    Status,
    Unlocated,
    Viewer,
    cells_inside,
    day_range,
    days_of,
    next_level,
)
from dashboard.queries.policy import Below, OrderLine, OrdersAnswer, PolicyDesk, Told
from dashboard.queries.sandbox import Chosen, SandboxAnswer, SandboxDesk

__all__ = [
    "COMPARED_DAYS",
    "KEY_FIGURES",
    "MAX_DAYS",
    "Answer",
    "Below",
    "Chosen",
    "Day",
    "Desk",
    "Figure",
    "Note",
    "OrderLine",
    "OrdersAnswer",
    "Painted",
    "Place",
    "PolicyDesk",
    "SandboxAnswer",
    "SandboxDesk",
    "Status",
    "Told",
    "Unlocated",
    "Viewer",
    "cells_inside",
    "day_range",
    "days_of",
    "next_level",
]
