"""The tiny city with an outbreak of forty days in its line list, told in two deliveries: the second corrects the first."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path

from tests import tiny
from tests.tiny import FIRST, Day, Knobs, Person, Town

LENGTH = 40
DAYS = [FIRST + dt.timedelta(days=n) for n in range(LENGTH)]
LAST = DAYS[-1]
#: Where it goes on, in the eastern street and later in the western one (longitude, latitude).
CENTRES = ((110.006, 30.008), (110.045, 30.020))


def persons(seed: int = 5) -> list[Person]:
    """The line list: two places that grow and pass, and a few anywhere."""
    chance = random.Random(seed)
    found = []
    for n, day in enumerate(DAYS):
        for centre, peak in zip(CENTRES, (14, 30), strict=True):
            size = 9 * 0.87 ** abs(n - peak)
            found += [
                (day, chance.gauss(centre[0], 0.003), chance.gauss(centre[1], 0.003))
                for _ in range(int(size + chance.random()))
            ]
        found.append((day, chance.uniform(110.001, 110.059), chance.uniform(30.001, 30.029)))
    return [
        Person(f"P{n:05}", day, "确诊", tiny.street_at(lon), lon, lat)
        for n, (day, lon, lat) in enumerate(found)
        if 110.0005 < lon < 110.0595 and 30.0005 < lat < 30.0295
    ]


def town(folder: Path) -> Town:
    """Loads the list without its last day of the eastern street, then all of it."""
    made = Town(folder, f"sqlite:///{folder / 'town.db'}", Knobs(sources=("population", "cases"), people=0))
    listed = persons()
    deliver(made, [one for one in listed if one.day != DAYS[24] or one.street != "990101001"])
    deliver(made, listed)
    return made


def deliver(made: Town, listed: Sequence[Person]) -> None:
    """Writes a line list and loads it."""
    tiny.write_people(made.folder / "in/cases.csv", listed)
    made.build()


__all__ = ["CENTRES", "DAYS", "LAST", "Day", "deliver", "persons", "town"]
