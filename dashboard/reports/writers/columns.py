"""How wide a table's columns must be, and on how many lines words stand: measured the same on every machine."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

from dashboard.reports import writing
from dashboard.reports.drawing.svg import width_of
from dashboard.reports.model import Table
from data.words import Lang

#: Fonts are wider or narrower than measured, and English breaks between words only.
_SLACK = {"zh": 1.05, "en": 1.12}
#: A column of words asks for no more than this part of the whole: what is longer stands on several lines.
_MOST_WORDS = 0.42


#: Word and typst set figures and Latin letters so much of an em off Chinese ones: 4月16日 is three gaps longer.
_GAP = 0.25


def _wide(text: str, size: float) -> float:
    """The width of words with the gaps that are set between two scripts."""
    return size * _ems(text)


@lru_cache(maxsize=50_000)  # a table is measured at several sizes
def _ems(text: str) -> float:
    gaps = sum(before.isascii() != after.isascii() for before, after in pairwise(text.replace(" ", "")))
    return width_of(text, 1.0) + _GAP * gaps


def lines_of(text: str, size: float, width: float, lang: Lang) -> int:
    """On how many lines words stand in this width (in the unit of ``size``)."""
    if lang == "zh":
        return max(1, math.ceil(_wide(text, size) * _SLACK[lang] / width))
    lines, used, gap = 1, 0.0, width_of(" ", size)
    for word in text.split(" "):
        wide = width_of(word, size) * _SLACK[lang]
        if used and used + gap + wide > width:
            lines, used = lines + 1, 0.0
        used += wide + (gap if used else 0.0)
        more = max(0, math.ceil(used / width) - 1)  # a word that is longer than a line is broken
        lines, used = lines + more, used - more * width
    return lines


def needed(table: Table, size: float, whole: float, side: float, lang: Lang, heads: int = 2) -> list[float]:
    """The least widths at a type size in a table that may be ``whole`` wide; ``side``: room left and right of a cell's
    words. Figures stand on one line, headings on ``heads``, and no word is broken."""
    found = []
    for place, column in enumerate(table.columns):
        widest = max((_wide(writing.text(row[place], lang), size) for row in table.rows), default=0.0)
        if column.left:
            widest = min(widest, whole * _MOST_WORDS)
        words = [_wide(word, size) for word in column.name.split()] if lang == "en" else []
        head = max(_wide(column.name, size) / heads, *words, 0.0)
        found.append(max(widest, head) * _SLACK[lang] + 2 * side)
    return found


def widths(
    table: Table, size: float, whole: float, side: float, lang: Lang, stretch: float = math.inf
) -> tuple[float, ...]:
    """Each column's width: what it needs, then what puts its heading on one line, then its share of the rest; less than
    needed where there is no room. ``stretch``: the table is no wider than so many times what it needs."""
    least, wished = (needed(table, size, whole, side, lang, heads) for heads in (2, 1))
    rest = min(whole, stretch * sum(wished)) - sum(least)
    if rest < 0:
        return tuple(whole * one / sum(least) for one in least)
    lacks = [wish - one for wish, one in zip(wished, least, strict=True)]
    part = min(1.0, rest / sum(lacks)) if sum(lacks) else 0.0
    left, shares = rest - part * sum(lacks), [one.share for one in table.columns]
    return tuple(
        one + part * lack + left * share / sum(shares) for one, lack, share in zip(least, lacks, shares, strict=True)
    )
