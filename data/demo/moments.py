"""Days and moments of the demo: fixed, and never the clock's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

END = dt.date(2026, 4, 29)
STAMP = "%Y%m%dT%H%M"


@dataclass(frozen=True)
class Calendar:
    """``days`` days, the last of which is END. Moments are in the city's time, as file names write them."""

    days: int

    def date(self, day: int) -> dt.datetime:
        """Midnight of day ``day`` (0 is the first)."""
        return dt.datetime.combine(END, dt.time()) + dt.timedelta(days=day - self.days + 1)

    def day(self, day: int) -> str:
        """ISO date of day ``day``."""
        return self.date(day).date().isoformat()

    def moment(self, day: int, hour: int, minute: int) -> str:
        """A moment of day ``day`` as STAMP writes it."""
        return (self.date(day) + dt.timedelta(hours=hour, minutes=minute)).strftime(STAMP)

    def morning(self, day: int) -> str:
        """The moment when the list of ``day`` comes: the next morning, never at quite the same minute."""
        return self.moment(day + 1, 7, 5 + day * 17 % 40)

    def evening(self, day: int) -> str:
        """The moment when a table of ``day`` comes."""
        return self.moment(day, 18, 10 + day * 7 % 30)
