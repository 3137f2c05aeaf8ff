"""The people who left as the city follows them up: the tracing board, and what both sides ask of a journey."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.queries.days import Day
from dashboard.queries.flows.answers import Rules, Traced
from dashboard.queries.flows.asked import Asked
from data.terms import CODES
from data.travel import TravelPack
from grid.flows import travel_rules
from grid.flows.tracing import together
from grid.flows.travel_rules import End


def tracing(asked: Asked, day: Day) -> Traced | None:
    """The newest tracing board up to ``day``. It is a whole city's: None for a part of one."""
    found = asked.book.traced(day, asked.row)
    if found is None:
        return None
    rows = [(asked.label(place), tally) for place, tally in found[1]]
    rows.sort(key=lambda pair: -np.nan_to_num(pair[1].open, nan=np.inf))
    return Traced(found[0], tuple(rows), together([tally for _, tally in found[1]]))


def rules(asked: Asked, packs: Sequence[TravelPack], day: Day, places: Sequence[str]) -> list[Rules]:
    """What both sides ask of journeys to each of ``places`` (other cities), where any does."""
    city, turned = asked.desk.city, _turned(asked, day)
    here = travel_rules.words_of(city.name, city.name_en, city.code, asked.area)
    holding = [pack for pack in packs if pack.holds(day)]
    found = []
    for place in places if holding else ():
        needs = travel_rules.needs(holding, here, _end(asked, place), day)
        if needs:
            number = asked.book.find(place)
            name = place if number is None else asked.label(number)
            found.append(Rules(name, tuple(needs), tuple(travel_rules.conflicts(needs, turned))))
    return found


def _end(asked: Asked, place: str) -> End:
    number = asked.book.find(place)
    city = None if number is None else asked.book.city(number)
    return travel_rules.words_of(place, *((city.name_en, city.code) if city else ()))


def _turned(asked: Asked, day: Day) -> frozenset[str]:
    """The colours to which orders in force turned everybody registered in the area."""
    return frozenset(
        notice.colour
        for notice in asked.book.view.notices
        if notice.holds(day)
        and notice.scope == "registration"
        and asked.area in notice.areas
        and notice.colour in CODES
    )
