"""Tables of a day that speak of other places too: who went where, how many, and what is known of the places there.

A table names places by words: the code of an area inside the city, else the name or code that the sender wrote. Its
rows are a structured array of the kind's layout that points into the words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.burden.form import FORM
from data.stock import STOCK

#: The day of tables that are of no day: what holds from the beginning.
UNDATED = dt.date(1900, 1, 1)

#: ``people`` or, where that is NaN, ``share`` of the origin's outflow in per cent; ``mode``: place in data.terms.MODES.
FLOW = np.dtype([("origin", "<i4"), ("destination", "<i4"), ("mode", "u1"), ("people", "<f8"), ("share", "<f8")])

#: The migration scale index of a place; ``inward``: of those who came, else of those who left.
INDEX = np.dtype([("place", "<i4"), ("inward", "u1"), ("value", "<f8")])

#: Of the people who left for a destination so far: how many there are, were found, tested and cleared. NaN: not stated.
TRACED = np.dtype([("destination", "<i4"), ("left", "<f8"), ("found", "<f8"), ("tested", "<f8"), ("cleared", "<f8")])

#: Another city: its names and ``code`` are words; residents and WGS-84 degrees, NaN: not stated.
CITY = np.dtype([
    ("name", "<i4"), ("name_en", "<i4"), ("code", "<i4"), ("people", "<f8"), ("lon", "<f8"), ("lat", "<f8"),
])  # fmt: skip

#: Confirmed cases of another city up to the day, all together.
CASES = np.dtype([("place", "<i4"), ("n", "<f8")])

#: Kind of source -> layout of its rows, and the fields that name what a row is about.
LAYOUTS: Mapping[str, tuple[np.dtype[np.void], tuple[str, ...]]] = {
    "flows": (FLOW, ("origin", "destination", "mode")),
    "flow_index": (INDEX, ("place", "inward")),
    "traced": (TRACED, ("destination",)),
    "elsewhere": (CITY, ("name",)),
    "elsewhere_cases": (CASES, ("place",)),
    "forms": (FORM, ("form", "department", "field", "area")),
    **STOCK,
}


@dataclass(frozen=True, eq=False)
class FlowDay:
    """One day of one source; ``rows`` has the layout of its ``kind``."""

    kind: str
    source: str
    day: dt.date
    words: tuple[str, ...]
    rows: NDArray[np.void]
