"""What the nets gather by street and day: registrations at arrival and at compounds, calls, visits to fever clinics.

Enterprises report nothing here: a city has nets that nobody has cast yet. The calls stop three weeks before the end,
and in the last days the clinics of one district are silent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.demo.areas import Town
from data.demo.measures import Measures
from data.demo.moments import Calendar
from data.demo.terrain import rng

Ints = NDArray[np.int64]

EVERY = 7  # days a file
CLINIC = 3  # one street in so many has a fever clinic, that of the streets around it
SILENT_DAYS = 21  # since the last calls
MUTE_DAYS = 3  # for which the clinics of the last district tell nothing

#: Kind of source -> title, and times a resident and day.
SOURCES: Mapping[str, tuple[str, str, float]] = {
    "arrivals": ("来市人员登记", "Registration of arrivals", 0.0015),
    "compounds": ("小区门岗登记", "Registration at compounds", 0.85),
    "calls": ("智能外呼", "Outbound calls", 0.006),
    "fever_clinics": ("发热门诊日报", "Daily table of fever clinics", 0.0009),
}
#: How calls end, and how many in one.
ENDS = {"接通": 0.71, "未接通": 0.26, "需跟进": 0.03}


def write_nets(town: Town, found: Measures, calendar: Calendar, folder: Path) -> None:
    """CSV, a file a week of each."""
    people = np.bincount(town.communities.parent, town.per_community(town.people), len(town.streets))
    for name, (_, _, share) in SOURCES.items():
        (folder / name).mkdir(parents=True)
        told = rng(town.seed, f"nets {name}").poisson(people * share, (town.size.days, len(town.streets)))
        if name == "fever_clinics":
            told = _clinics(town, found, told)
        last = town.size.days - (SILENT_DAYS if name == "calls" else 0)
        for first in range(0, last, EVERY):
            days = range(first, min(first + EVERY, last))
            text = io.StringIO(newline="")
            csv.writer(text).writerows(_table(town, name, told, calendar, days))
            path = folder / name / f"{name}_{calendar.moment(days[-1] + 1, 6, 10 + first % 40)}.csv"
            path.write_bytes(text.getvalue().encode("utf-8-sig"))


def _clinics(town: Town, found: Measures, told: Ints) -> Ints:
    """Visits where there is a clinic, -1 elsewhere; half of those found came by one."""
    visits = np.full(told.shape, -1, np.int64)
    visits[:, ::CLINIC] = told[:, ::CLINIC] * CLINIC
    ill = np.zeros((len(town.streets), told.shape[0]), np.int64)
    np.add.at(ill, town.communities.parent, found.found[:, : told.shape[0]])
    visits[:, ::CLINIC] += ill.T[:, ::CLINIC] // 2
    mute = town.streets.parent == len(town.districts) - 1
    visits[-MUTE_DAYS:, mute] = -1
    return visits


def _table(town: Town, name: str, told: Ints, calendar: Calendar, days: range) -> Iterator[tuple[Any, ...]]:
    ends = list(ENDS) if name == "calls" else [None]
    yield tuple(headings(name).values())
    for day in days:
        for street, n in enumerate(told[day].tolist()):
            for end in ends if n >= 0 else ():
                part = n if end is None else round(n * ENDS[end])
                yield (calendar.day(day), town.streets.codes[street], *([end] if end else []), part)


def headings(name: str) -> dict[str, str]:
    """Field -> heading."""
    result = {"result": "外呼结果"} if name == "calls" else {}
    return {"day": "日期", "code": "街道编码", **result, "count": "数量"}
