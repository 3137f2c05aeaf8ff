"""统计用区划代码: what an area code says by its digits alone.

Layout (统计用区划代码和城乡划分代码编制规则): 2 digits province, 2 prefecture, 2 county, 3 township,
3 community. So a code's ancestors are its own beginnings. Grids below add digits of their own, in
lengths that every city chooses, hence no rule about them here but a longest length.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Digits of a code -> level of data.terms.LEVELS that it names. Province and prefecture codes both
#: name the whole city: four municipalities have the one, all other cities the other.
LEVEL_OF_DIGITS: Mapping[int, str] = {2: "city", 4: "city", 6: "district", 9: "street", 12: "community"}

#: The longest known grid code is 17 digits (a community and five more); 20 leaves room.
MAX_DIGITS = 20

#: Last three digits of a township code -> its type: (from, to inclusive, id, zh, en).
TOWNSHIPS = (
    (1, 99, "subdistrict", "街道", "Subdistrict"),
    (100, 199, "town", "镇", "Town"),
    (200, 399, "township", "乡", "Township"),
    (400, 599, "quasi", "类似乡级单位", "Quasi-township"),
)


def is_code(text: str) -> bool:
    """Whether ``text`` can be an area code of any level, or a grid's: ASCII digits of a length in use."""
    if not (text.isascii() and text.isdigit()):
        return False
    return len(text) in LEVEL_OF_DIGITS or 9 < len(text) <= MAX_DIGITS


def level_of(code: str) -> str | None:
    """The level that ``code`` names by its length, None for the codes of grids.

    Six digits that end in 00 are a city written long (310000 for 31).
    """
    level = LEVEL_OF_DIGITS.get(len(code))
    return "city" if level == "district" and code.endswith("00") else level


def parent_of(code: str) -> str | None:
    """The code of the level above: the beginning of this one. None above a city.

    A grid's code has its community (12 digits) as parent.
    """
    shorter = [digits for digits in LEVEL_OF_DIGITS if digits < len(code) and digits >= 4]
    return code[: max(shorter)] if shorter else None


def short(code: str) -> str:
    """``code`` without the zeros that fill it to 12 digits: 310101002000 -> 310101002, 310101000000 -> 310101.

    No township and no community is numbered 000, so nothing is lost.
    """
    while len(code) in (9, 12) and code.endswith("000"):
        code = code[:-3]
    return code


def township_type(code: str) -> str | None:
    """Id of the type in TOWNSHIPS that a code of nine or more digits falls under, None if it has none."""
    if len(code) < 9:
        return None
    number = int(code[6:9])
    return next((id_ for low, high, id_, *_ in TOWNSHIPS if low <= number <= high), None)
