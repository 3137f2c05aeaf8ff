"""Planted faults that got their right name, over seeds and sizes of the demo city, and alarms on its clean days."""

from __future__ import annotations

import tempfile
from pathlib import Path

from data.demo import Scale
from tests.bench.table import Verdict
from tests.planted import FAULTS, copied, plant_city, read

#: The demo city leaves out one file of its line list on purpose.
WANTED = [("cases", "missing_day", 1)]
#: What is simulated: thirty days of clean deliveries and more, and the faults in the last ones.
CITIES: tuple[tuple[Scale, int], ...] = (("town", 1), ("town", 2), ("town", 3), ("city", 1))


def run() -> Verdict:
    """Plants every fault in every city; what is named wrongly is printed."""
    right = alarms = 0
    for scale, seed in CITIES:
        with tempfile.TemporaryDirectory() as folder:
            one, other = _city(scale, seed, Path(folder))
            right, alarms = right + one, alarms + other
    wanted = len(CITIES) * len(FAULTS)
    figures = f"{right} of {wanted} faults rightly named, {alarms} false alarms"
    return Verdict(figures, "all, none", right == wanted and alarms == 0)


def _city(scale: Scale, seed: int, folder: Path) -> tuple[int, int]:
    """(faults that got their name, false alarms) of one city."""
    city = plant_city(scale, seed, folder)
    false = [alarm for alarm in city.alarms() if alarm not in WANTED]
    for alarm in false:
        print(f"{scale} {seed}: false alarm {alarm}")
    right = 0
    for number, (name, case) in enumerate(FAULTS.items()):
        place = folder / f"trial{number}"
        place.mkdir()
        file = getattr(city, case.file)[case.source]
        if case.plant is copied and read(file)["日期"].nunique() < 2:  # no day before it in the file to copy
            right += 1
            continue
        found = [fault.id for fault in city.found(place, case.source, case.plant, file)]
        right += found == case.names
        if found != case.names:
            print(f"{scale} {seed}: {name}: {found}, wanted {case.names}")
    return right, len(false)
