"""Districts of one name in several cities of a province: 鼓楼区 of one is not 鼓楼区 of another, nor are those who act
for them. Where several cities are told of together, the name of the city stands before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from data.city import City
from data.words import Lang
from grid.areas import Areas


def namesakes(areas: Areas) -> tuple[str, ...]:
    """The names that several districts of the tree bear, each once."""
    many = Counter(areas.name[row] for row in areas.of_level("district").tolist())
    return tuple(name for name, n in many.items() if n > 1)


def in_city(areas: Areas, row: int, word: str, lang: Lang = "zh") -> str:
    """``word``, which names the area at ``row`` or somebody of it, with its city's name before; as it is where the area
    lies in no city, or is one."""
    city = areas.ancestor(row, "city")
    return word if city in (-1, row) else ("" if lang == "zh" else " ").join((areas.label(city, lang), word))


def told_apart(city: City, areas: Areas) -> Callable[[str, str], str]:
    """Of a source and somebody whom its file names: who that is among all that the cities of ``city`` name. Who is
    called after a district of a name that several cities have, or 市 without a name, is that city's own; any other is
    one authority, whoever writes it."""
    bound = ("市", *namesakes(areas)) if city.members else ()

    def named(source: str, word: str) -> str:
        owner = city.of(source)
        if owner is city or not word.startswith(bound):
            return word
        return owner.name + (word.removeprefix("市") if owner.name.endswith("市") else word)

    return named


__all__ = ["in_city", "namesakes", "told_apart"]
