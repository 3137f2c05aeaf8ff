"""Days as numbers: days since 1970-01-01, as they stand in every array and in the store."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from data.code_days import NO_DAY

_EPOCH = dt.date(1970, 1, 1)


def day_number(day: dt.date | None) -> int:
    """The number of a day; NO_DAY for None."""
    return int(NO_DAY) if day is None else (day - _EPOCH).days


def to_day(number: int) -> dt.date:
    """The day of a number."""
    return _EPOCH + dt.timedelta(days=int(number))


def end_of(day: dt.date, zone: str) -> dt.datetime:
    """The moment at which a day of the city ends, UTC without zone as the store keeps it."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(zone))
    return midnight.astimezone(dt.UTC).replace(tzinfo=None)
