"""Who is in the city, week by week, and how often the codes of places are scanned, day by day.

After the holiday people come back over weeks, the outer districts last; the centre has more people than residents once
they have. In one street in nine hardly anybody scans.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.demo.areas import Town
from data.demo.moments import Calendar
from data.demo.terrain import rng

Ints = NDArray[np.int64]

WEEK = 7
AWAY_FIRST = 0.3  # of residents, on the first day: about what large cities missed after the Spring Festival of 2020
CENTRE_MORE, OUTER_LESS = 0.08, 0.05  # once everybody is back: those who work in the centre, by its residents
SCANS = 1.7  # a person present and day: a market, a bus or a shop, and the way home
WEEKEND = 0.8
LAX, LAX_SHARE = 9, 0.35  # one street in so many scans so much of the rest

HEADINGS = {"present": ("日期", "社区编码", "在地人口"), "checkins": ("日期", "街道编码", "扫码人次")}


@dataclass(frozen=True, eq=False)
class Living:
    """``present``: (weeks, communities) people on the first day of each week; ``checkins``: (days, streets) scans."""

    present: Ints
    checkins: Ints


def make_living(town: Town) -> Living:
    """Of the whole time."""
    random = rng(town.seed, "living")
    present = _present(town, random)
    streets = np.stack([np.bincount(town.communities.parent, week, len(town.streets)) for week in present])
    weeks = np.arange(town.size.days) // WEEK
    lax = np.where(np.arange(len(town.streets)) % LAX == LAX // 2, LAX_SHARE, 1.0)
    rest = np.where(np.arange(town.size.days) % WEEK >= 5, WEEKEND, 1.0)
    return Living(present, random.poisson(SCANS * streets[weeks] * lax * rest[:, None]).astype(np.int64))


def _present(town: Town, random: np.random.Generator) -> Ints:
    """(weeks, communities): of the absent half return every ten days, in the outer districts every twenty."""
    people = town.per_community(town.people)
    district = town.streets.parent[town.communities.parent]
    weeks = np.arange(0, town.size.days, WEEK)
    outer = district / max(1, len(town.districts) - 1)
    away = AWAY_FIRST * 0.5 ** (weeks[:, None] / (10 + 10 * outer))
    settled = np.where(district == 0, 1 + CENTRE_MORE, 1 - OUTER_LESS * outer)
    return np.asarray(random.poisson(people * settled * (1 - away)), dtype=np.int64)


def write_living(town: Town, living: Living, calendar: Calendar, folder: Path) -> None:
    """CSV, a file a week each."""
    for name in HEADINGS:
        (folder / name).mkdir(parents=True)
    for week, people in enumerate(living.present):
        first = week * WEEK
        days = range(first, min(first + WEEK, town.size.days))
        rows = [(calendar.day(first), code, n) for code, n in zip(town.communities.codes, people.tolist(), strict=True)]
        scans = [
            (calendar.day(day), code, n)
            for day in days
            for code, n in zip(town.streets.codes, living.checkins[day].tolist(), strict=True)
        ]
        _write(folder, "present", rows, calendar.moment(first + 1, 5, 10 + week % 40))
        _write(folder, "checkins", scans, calendar.moment(days[-1] + 1, 5, 30 + week % 20))


def _write(folder: Path, name: str, rows: Iterable[Sequence[Any]], moment: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADINGS[name], *rows])
    (folder / name / f"{name}_{moment}.csv").write_bytes(text.getvalue().encode("utf-8-sig"))


def headings(name: str) -> dict[str, str]:
    """Field -> heading of one of the two."""
    return dict(zip(("day", "code", "count"), HEADINGS[name], strict=True))


def document(town: Town, living: Living, calendar: Calendar) -> dict[str, Any]:
    """day -> people present by district; day -> scans by district."""
    of = town.streets.parent[town.communities.parent]
    days = range(0, town.size.days, WEEK)
    size = len(town.districts)
    return {
        "present": {
            calendar.day(day): np.bincount(of, week, size).astype(int).tolist()
            for day, week in zip(days, living.present, strict=True)
        },
        "checkins": {
            calendar.day(day): np.bincount(town.streets.parent, scans, size).astype(int).tolist()
            for day, scans in enumerate(living.checkins)
        },
    }
