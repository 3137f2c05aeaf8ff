"""Whose every delivery somebody is told of: all sources of the city, or those of their own city of a province.

What a load brought is of all areas of its source. So whoever sees a part of a city is told of no load, and whoever sees
one city of many of that city's own: its files, rows sent back and held deliveries are nobody else's but the province's.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.city import City
from data.words import Lang
from grid.areas import Areas


def part_of(city: City, scope: str | None) -> City | None:
    """The city, or the member of a province, that a scope covers all of; None where it is a part of one only."""
    if scope is None:
        return city
    return next((part for part in city.parts if part.code == scope), None)


def own_sources(city: City, scope: str | None) -> frozenset[str]:
    """The names of the sources that speak of nothing outside a scope."""
    part = part_of(city, scope)
    return frozenset() if part is None else frozenset(source.name for source in part.sources)


def title_of(city: City, name: str, lang: Lang) -> str:
    """What a source is called, its name where there is none of it any more."""
    source = next((one for one in city.sources if one.name == name), None)
    return ((source.title_en if lang == "en" else source.title) if source else "") or name


def names_of(areas: Areas, codes: Sequence[str], lang: Lang) -> list[str]:
    """Areas by their names; the code of one that there is no more."""
    return [areas.label(areas.row_of[code], lang) if code in areas.row_of else code for code in codes]


__all__ = ["names_of", "own_sources", "part_of", "title_of"]
