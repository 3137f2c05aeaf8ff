"""Days as numbers: days since 1970-01-01, as they stand in every array and in the store."""

from __future__ import annotations

import datetime as dt

from data.code_days import NO_DAY

_EPOCH = dt.date(1970, 1, 1)


def day_number(day: dt.date | None) -> int:
    """The number of a day; NO_DAY for None."""
    return int(NO_DAY) if day is None else (day - _EPOCH).days


def to_day(number: int) -> dt.date:
    """The day of a number."""
    return _EPOCH + dt.timedelta(days=int(number))
