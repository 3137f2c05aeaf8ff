"""The questions about codes: how many, who is overdue and who can mend it, whose systems disagree, on what grounds.

:class:`CodeDesk` asks them and answers with the records of ``lines``. ``shelf`` keeps what the ledgers left in the
store, ``state`` is one day of it, ``look`` one area on that day; ``tickets`` picks and orders single assignments,
``ticket`` tells one in full, ``counted`` makes lines of counts, ``hidden`` says what of it may be shown.
"""

from __future__ import annotations

from dashboard.queries.codes.desk import CodeDesk
from dashboard.queries.codes.lines import (
    LATE,
    MATRIX,
    Ages,
    Burst,
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
    Tickets,
    Wanted,
)
from dashboard.queries.codes.tickets import COLOURS

__all__ = [
    "COLOURS",
    "LATE",
    "MATRIX",
    "Ages",
    "Burst",
    "CodeDesk",
    "CodesBelow",
    "Conflicts",
    "Overdue",
    "Owner",
    "Provenance",
    "Rate",
    "Rates",
    "SystemColours",
    "TicketFull",
    "TicketLine",
    "Tickets",
    "Wanted",
]
