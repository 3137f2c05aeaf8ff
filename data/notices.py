"""A public notice: who ordered what, for whom, where, from when until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

Day = dt.date


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as its last load stated it.

    ``scope``: id of terms.SCOPES; ``areas``: codes of the areas that it takes in; ``colour``: id of terms.CODES, ""
    if it turns no codes; ``rule``: id of the rule pack that it enacts, "" if none. ``stop`` is the first day
    without it.
    """

    key: str
    source: str
    number: str
    title: str
    authority: str
    issued: Day
    start: Day
    stop: Day | None
    scope: str
    areas: tuple[str, ...]
    colour: str = ""
    rule: str = ""
    text: str = ""
    load: int = 0

    def holds(self, day: Day) -> bool:
        """Whether it is in force on ``day``."""
        return self.start <= day and (self.stop is None or day < self.stop)
