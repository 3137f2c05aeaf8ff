"""Who is where: residents by registration, those of them who were near the infection, and who is out of the city."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.demo.areas import Town
from data.demo.clauses import LOOKBACK
from data.demo.measures import Measures
from data.demo.moments import Calendar
from data.demo.terrain import rng

Ints = NDArray[np.int64]

HEADINGS = ("日期", "户籍地", "人在市外", "社区编码", "有暴露", "人数")
AT_HOME, NEXT_DOOR = 0.86, 0.045  # of residents: registered in the own, in each of two other districts
ELSEWHERE_SHARE = 1 - AT_HOME - 2 * NEXT_DOOR
AWAY = 0.07  # people out of the city a resident registered in it
MET = 40  # people near each person found
ELSEWHERE = "市外"


@dataclass(frozen=True, eq=False)
class Where:
    """One day. (communities, districts + 1) people in the city by registration, the last column elsewhere; of them
    ``exposed``; ``away``: (districts,) people registered there who are out of the city."""

    day: int
    people: Ints
    exposed: Ints
    away: Ints


def make_presence(town: Town, found: Measures) -> list[Where]:
    """The eve of the blanket order, and the last day."""
    random = rng(town.seed, "presence")
    people = _registered(town, random)
    away = random.binomial(people.sum(axis=0)[:-1], AWAY)
    return [
        Where(day, people, _exposed(found, people, day, random), away)
        for day in (found.blanket.start, town.size.days - 1)
    ]


def _registered(town: Town, random: np.random.Generator) -> Ints:
    """Residents of each community by registration; they add up to the residents."""
    districts = len(town.districts)
    own = town.streets.parent[town.communities.parent]
    share = np.zeros((len(town.communities), districts + 1))
    for step, part in ((0, AT_HOME), (1, NEXT_DOOR), (2, NEXT_DOOR)):
        share[np.arange(len(own)), (own + step) % districts] = part
    share[:, -1] = ELSEWHERE_SHARE
    return np.asarray(random.multinomial(town.per_community(town.people), share), dtype=np.int64)


def _exposed(found: Measures, people: Ints, day: int, random: np.random.Generator) -> Ints:
    """People near those found in their community within the look-back, drawn from all who are there."""
    near = found.found[:, max(0, day - LOOKBACK + 1) : day + 1].sum(axis=1) * MET
    share = np.minimum(near / np.maximum(people.sum(axis=1), 1), 1)
    return np.asarray(random.binomial(people, share[:, None]), dtype=np.int64)


def write_presence(town: Town, days: Sequence[Where], calendar: Calendar, folder: Path) -> None:
    """CSV, a file a day."""
    folder.mkdir(parents=True)
    for where in days:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([HEADINGS, *_rows(town, where, calendar.day(where.day))])
        path = folder / f"presence_{calendar.moment(where.day, 6, 0)}.csv"
        path.write_bytes(text.getvalue().encode("utf-8-sig"))


def _rows(town: Town, where: Where, day: str) -> Iterator[list[str]]:
    names = [*(name.zh for name in town.districts.names), ELSEWHERE]
    for exposed, people in (("是", where.exposed), ("否", where.people - where.exposed)):
        for community, registered in np.argwhere(people).tolist():
            code = town.communities.codes[community]
            yield [day, names[registered], "否", code, exposed, str(people[community, registered])]
    for registered, people in enumerate(where.away.tolist()):
        yield [day, names[registered], "是", "", "否", str(people)]


def headings() -> dict[str, str]:
    """Field -> heading."""
    return dict(zip(("day", "registered", "elsewhere", "code", "exposed", "count"), HEADINGS, strict=True))


def document(town: Town, found: Measures, days: Sequence[Where], calendar: Calendar) -> dict[str, Any]:
    """Day -> totals, and what the blanket order comes to on it: everybody registered in its district."""
    of = found.blanket.district
    return {calendar.day(where.day): _proportion(town, found, where, of) for where in days}


def _proportion(town: Town, found: Measures, where: Where, of: int) -> dict[str, Any]:
    there = town.streets.parent[town.communities.parent] == of
    inside, away = where.people[:, of], int(where.away[of])
    return {
        "people": int(where.people.sum() + where.away.sum()),
        "in_city": int(where.people.sum()),
        "exposed": int(where.exposed.sum()),
        "hit": int(inside.sum()) + away,
        "hit_exposed": int(where.exposed[:, of].sum()),
        "hit_outside_city": away,
        "hit_in_other_districts": int(inside[~there].sum()),
        "missed": int(where.exposed.sum() - where.exposed[:, of].sum()),
        "missed_in_district": int(where.exposed[there].sum() - where.exposed[there, of].sum()),
    }
