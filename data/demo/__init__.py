"""A simulated city that delivers ledgers through the same door as a real one.

The names, the island, the people and the outbreak are invented. One folder holds city.toml, code lists,
maps, deliveries (file names tell the moment received) and truth.json, which tests compare with.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from data.demo import (
    assigned,
    assignments,
    cases,
    feeds,
    flows,
    forms,
    histories,
    living,
    nets,
    notices,
    packs,
    presence,
    stock,
    truth,
)  # fmt: skip
from data.demo.abroad import make_abroad
from data.demo.areas import Town, make_town
from data.demo.city_file import write_city_file
from data.demo.epidemic import Outbreak, spread
from data.demo.faults import assign_all, planted
from data.demo.geography import Scale, Size
from data.demo.maps import write_maps
from data.demo.measures import Measures, make_measures
from data.demo.moments import Calendar
from data.demo.records import Assigned

__all__ = ["Scale", "simulate", "simulate_city"]

CODE_DAYS: dict[Scale, int] = {"town": 3, "city": 1, "megacity": 1, "province": 3}


def simulate(scale: Scale, seed: int, folder: Path, progress: Callable[[str, float], None]) -> Path:
    """Writes the city of ``scale`` and ``seed`` into ``folder`` (made if absent) and returns its city.toml.

    The bytes depend on ``scale`` and ``seed`` only. ``progress`` hears (what, share done in 0..1).
    Raises FileExistsError if the folder holds a city already.
    """
    return simulate_city(scale, seed, folder, progress)


def simulate_city(
    scale: Scale, seed: int, folder: Path, progress: Callable[[str, float], None], size: Size | None = None
) -> Path:
    """The same; ``size``: another one than the scale's own, as a city of a province has."""
    folder.mkdir(parents=True, exist_ok=True)
    progress("geography", 0.0)
    town = make_town(scale, seed, size)
    write_maps(town, folder)
    progress("epidemic", 0.15)
    outbreak = spread(town)
    _deliver(town, scale, outbreak, folder, progress)
    write_city_file(town, CODE_DAYS[scale], folder / "city.toml")
    progress("done", 1.0)
    return folder / "city.toml"


def _deliver(
    town: Town, scale: Scale, outbreak: Outbreak, folder: Path, progress: Callable[[str, float], None]
) -> None:
    calendar, to = Calendar(outbreak.days), folder / "deliveries"
    found = make_measures(town, outbreak)
    progress("cases", 0.25)
    people = cases.make_cases(town, outbreak)
    rejects = {"cases": cases.write_line_list(town, people, calendar, to / "cases")}
    rejects["cases-*"] = cases.write_tables(town, people, calendar, to)
    progress("population", 0.35)
    feeds.write_population(town, calendar, to / "population")
    forms.write_forms(town, calendar, to / "forms")
    nets.write_nets(town, found, calendar, to)
    progress("zones", 0.45)
    feeds.write_zones(town, found, calendar, to / "zones")
    progress("codes", 0.55)
    everyone = assign_all(town, scale, found, assignments.WINDOW[scale])
    own = assigned.colours(town, everyone, outbreak.days)
    codes = feeds.write_codes(town, found, own, calendar, CODE_DAYS[scale], to / "codes")
    progress("persons", 0.8)
    persons = _persons(town, scale, found, everyone, calendar, folder)
    abroad = make_abroad(town, outbreak, found, calendar.date(0).weekday())
    flows.write_flows(town, abroad, calendar, to)
    flows.write_travel(town, calendar, folder / "travel")
    persons["flows"] = flows.document(abroad)
    people_there = living.make_living(town)
    living.write_living(town, people_there, calendar, to)
    persons |= living.document(town, people_there, calendar)
    progress("lists", 0.95)
    stock.write_stock(town, found, calendar, to)
    risk = feeds.write_risk(town, found, calendar, to / "risk")
    rejects["addresses"] = feeds.write_addresses(town, found, calendar, to / "addresses")
    truth.write_truth(town, outbreak, people, found, codes, risk, rejects, persons, calendar, folder / "truth.json")


def _persons(
    town: Town, scale: Scale, found: Measures, everyone: Assigned, calendar: Calendar, folder: Path
) -> dict[str, Any]:
    """Writes whatever tells of persons, of rules and of orders; what is true of it, for truth.json."""
    to, days = folder / "deliveries", assignments.window(town, scale)
    told = everyone.only(days.start)
    register = assignments.write_assignments(town, found, told, days, calendar, to / "assignments")
    ledgers = histories.make_histories(town, told, days)
    histories.write_histories(town, ledgers, assignments.told(days), calendar, to)
    ordered = notices.make_notices(town, found)
    notices.write_notices(town, found, ordered, calendar, to / "notices")
    where = presence.make_presence(town, found)
    presence.write_presence(town, where, calendar, to / "presence")
    packs.write_packs(town, found.blanket, calendar, folder / "rules")
    return {
        "assignments": {"days": [calendar.day(d) for d in days], **register.document()},
        "planted": planted(told, days),
        "histories": histories.figures(town, ledgers, town.size.days),
        "notices": notices.document(ordered, calendar),
        "presence": presence.document(town, found, where, calendar),
    }
