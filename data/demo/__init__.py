"""A simulated city that delivers ledgers through the same door as a real one.

The names, the island, the people and the outbreak are invented. One folder holds city.toml, code lists,
maps, deliveries (file names tell the moment received) and truth.json, which tests compare with.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from data.demo import cases, feeds, truth
from data.demo.areas import Town, make_town
from data.demo.city_file import write_city_file
from data.demo.epidemic import Outbreak, spread
from data.demo.geography import Scale
from data.demo.maps import write_maps
from data.demo.measures import make_measures
from data.demo.moments import Calendar

__all__ = ["Scale", "simulate"]

CODE_DAYS: dict[Scale, int] = {"town": 3, "city": 1, "megacity": 1}


def simulate(scale: Scale, seed: int, folder: Path, progress: Callable[[str, float], None]) -> Path:
    """Writes the city of ``scale`` and ``seed`` into ``folder`` (made if absent) and returns its city.toml.

    The bytes depend on ``scale`` and ``seed`` only. ``progress`` hears (what, share done in 0..1).
    Raises FileExistsError if the folder holds a city already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress("geography", 0.0)
    town = make_town(scale, seed)
    write_maps(town, folder)
    progress("epidemic", 0.15)
    outbreak = spread(town)
    _deliver(town, outbreak, CODE_DAYS[scale], folder, progress)
    write_city_file(town, CODE_DAYS[scale], folder / "city.toml")
    progress("done", 1.0)
    return folder / "city.toml"


def _deliver(
    town: Town, outbreak: Outbreak, code_days: int, folder: Path, progress: Callable[[str, float], None]
) -> None:
    calendar, to = Calendar(outbreak.days), folder / "deliveries"
    found = make_measures(town, outbreak)
    progress("cases", 0.25)
    people = cases.make_cases(town, outbreak)
    rejects = {"cases": cases.write_line_list(town, people, calendar, to / "cases")}
    rejects["cases-*"] = cases.write_tables(town, people, calendar, to)
    progress("population", 0.35)
    feeds.write_population(town, calendar, to / "population")
    progress("zones", 0.45)
    feeds.write_zones(town, found, calendar, to / "zones")
    progress("codes", 0.6)
    codes = feeds.write_codes(town, found, calendar, code_days, to / "codes")
    progress("lists", 0.9)
    risk = feeds.write_risk(town, found, calendar, to / "risk")
    rejects["addresses"] = feeds.write_addresses(town, found, calendar, to / "addresses")
    truth.write_truth(town, outbreak, people, found, codes, risk, rejects, calendar, folder / "truth.json")
