"""Every question the product can answer: page, command line, wall and reports all ask here, and nowhere else.

Each question takes a :class:`Viewer`; the viewer's scope is enforced here and nowhere else. Each answer
carries its states: a value, zero, suppressed, missing. One file a subject.
"""

from __future__ import annotations

from dashboard.queries.answers import Answer, Figure, Note, Painted, Place, Status, Unlocated
from dashboard.queries.codes import (
    Ages,
    Burst,
    CodeDesk,
    CodesBelow,
    Conflicts,
    Overdue,
    Owner,
    Provenance,
    Rate,
    Rates,
    SystemColours,
    TicketFull,
    TicketLine,
    Wanted,
)
from dashboard.queries.days import MAX_DAYS, Day, day_range, days_of
from dashboard.queries.desk import COMPARED_DAYS, KEY_FIGURES, Desk
from dashboard.queries.levels import cells_inside, next_level
from dashboard.queries.notices import Changed, NoticeDesk, NoticeLine
from dashboard.queries.policy import Below, OrderLine, OrdersAnswer, PolicyDesk, Told
from dashboard.queries.risk import Brief, CardLine, RiskDesk
from dashboard.queries.risk.map import RiskMap
from dashboard.queries.sandbox import Chosen, SandboxAnswer, SandboxDesk
from dashboard.queries.viewer import Viewer
from dashboard.queries.zones import Total, ZoneDesk, ZoneLine, ZoneRow, ZoneSummary

__all__ = [
    "COMPARED_DAYS",
    "KEY_FIGURES",
    "MAX_DAYS",
    "Ages",
    "Answer",
    "Below",
    "Brief",
    "Burst",
    "CardLine",
    "Changed",
    "Chosen",
    "CodeDesk",
    "CodesBelow",
    "Conflicts",
    "Day",
    "Desk",
    "Figure",
    "Note",
    "NoticeDesk",
    "NoticeLine",
    "OrderLine",
    "OrdersAnswer",
    "Overdue",
    "Owner",
    "Painted",
    "Place",
    "PolicyDesk",
    "Provenance",
    "Rate",
    "Rates",
    "RiskDesk",
    "RiskMap",
    "SandboxAnswer",
    "SandboxDesk",
    "Status",
    "SystemColours",
    "TicketFull",
    "TicketLine",
    "Told",
    "Total",
    "Unlocated",
    "Viewer",
    "Wanted",
    "ZoneDesk",
    "ZoneLine",
    "ZoneRow",
    "ZoneSummary",
    "cells_inside",
    "day_range",
    "days_of",
    "next_level",
]
