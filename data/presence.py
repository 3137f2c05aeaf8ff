"""People by where they are registered and where they are: the table that an order is held against."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: ``registered``: row of the area of registration, -1 elsewhere; ``leaf``: where they are, -1 outside the city;
#: ``exposed``: whether they were where the infection was within the look-back.
PRESENCE = np.dtype([("registered", "<i4"), ("leaf", "<i4"), ("exposed", "u1"), ("n", "<i8")])


@dataclass(frozen=True)
class Presence:
    """One day of it; ``rows`` has dtype PRESENCE."""

    source: str
    day: dt.date
    geography: int
    rows: NDArray[np.void]
