"""One field of one form, as an inventory of forms states it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.terms import FREQUENCIES, LEVELS, SUBJECTS

#: The words that are stored by their places. Levels above the city came later, and stand last.
TERMS: Mapping[str, Sequence[str]] = {
    "every": list(FREQUENCIES),
    "level": [*(level for level in LEVELS if level not in ("country", "province")), "country", "province"],
    "subject": list(SUBJECTS),
}

#: The fields of a row that are words, in the order of :data:`FORM`; ``area`` is a code, "" for the whole city.
WORDS = ("form", "department", "field", "area")

#: A row in the store: words by their place in a list, ``every``, ``level``, ``subject`` by theirs in :data:`TERMS`;
#: ``minutes`` one filling in of the whole form takes and ``people`` who do it, NaN: not stated;
#: ``paper`` 0 no, 1 yes, 2 not stated.
FORM = np.dtype([
    ("form", "<i4"), ("department", "<i4"), ("field", "<i4"), ("area", "<i4"), ("every", "u1"), ("level", "u1"),
    ("subject", "u1"), ("minutes", "<f8"), ("people", "<f8"), ("paper", "u1"),
])  # fmt: skip

#: Times a day that a form is filled in; what comes as it comes has no such number (None).
TIMES_A_DAY: Mapping[str, float | None] = {
    "twice_daily": 2.0, "daily": 1.0, "weekly": 1 / 7, "monthly": 12 / 365, "quarterly": 4 / 365, "yearly": 1 / 365,
    "as_needed": None,
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One field of a form. ``every`` of terms.FREQUENCIES, ``level`` of terms.LEVELS: who fills it in, ``subject`` of
    terms.SUBJECTS: about what; ``minutes`` of one filling in of the whole form and ``people`` who do it (None: not
    stated); ``paper`` None: not stated; ``area`` a code, "" for the whole city."""

    form: str
    department: str
    field: str
    every: str = "daily"
    level: str = "community"
    minutes: float | None = None
    people: float | None = None
    paper: bool | None = None
    subject: str = "person"
    area: str = ""

    @property
    def sheet(self) -> tuple[str, str, str]:
        """Which form it is on: department, form and area."""
        return self.department, self.form, self.area

    @property
    def times(self) -> float | None:
        """Times a day that its form is filled in."""
        return TIMES_A_DAY[self.every]


def items_of(words: Sequence[str], rows: NDArray[np.void]) -> list[Item]:
    """The items of a stored table; ``rows`` of layout FORM."""
    return [
        Item(
            form=words[row["form"]],
            department=words[row["department"]],
            field=words[row["field"]],
            every=TERMS["every"][row["every"]],
            level=TERMS["level"][row["level"]],
            minutes=_stated(row["minutes"]),
            people=_stated(row["people"]),
            paper=_answer(int(row["paper"])),
            subject=TERMS["subject"][row["subject"]],
            area=words[row["area"]],
        )
        for row in rows
    ]


def _stated(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _answer(value: int) -> bool | None:
    return None if value > 1 else bool(value)
