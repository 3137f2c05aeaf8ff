"""The numbers of headings, annexes and list items: 一、（一）1.（1） as GB/T 9704-2012 has it, 1. 1.1 (1) in English.

They are text, not a word processor's automatic numbers: every format and every program shows the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboard.reports.model import Report, Section
from data.words import Lang

_DIGITS = "零一二三四五六七八九"
_DEEPEST = 4


def chinese(number: int) -> str:
    """1 to 99 in Chinese numerals: 九, 十, 十二, 二十, 九十九; greater ones in figures."""
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    return (_DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (_DIGITS[ones] if ones or not tens else "")


def label(path: Sequence[int], lang: Lang) -> str:
    """What stands before a heading; ``path``: its place among its neighbours, from the top down (1, 2, ...)."""
    number, depth = path[-1], min(len(path), _DEEPEST)
    if lang == "en":
        return f"({number}) " if depth == _DEEPEST else ".".join(map(str, path)) + (". " if depth == 1 else " ")
    return (f"{chinese(number)}、", f"（{chinese(number)}）", f"{number}.", f"（{number}）")[depth - 1]


def item(number: int, depth: int, lang: Lang) -> str:
    """What stands before an item of a list in a section at ``depth``: always of a lower order than its heading."""
    if lang == "en":
        return f"({number}) "
    return f"{number}." if depth < _DEEPEST - 1 else f"（{number}）"


def annex(number: int, of: int, lang: Lang) -> str:
    """The mark of an annex: 附件, 附件2; Annex, Annex 2. One alone has no number."""
    alone = of == 1
    return ("附件" + ("" if alone else str(number))) if lang == "zh" else ("Annex" + ("" if alone else f" {number}"))


def main_parts(report: Report) -> Iterator[tuple[tuple[int, ...], Section]]:
    """Every section of the text, in reading order, with its path; annexes are not among them."""
    yield from _numbered([one for one in report.sections if not one.annex], ())


def parts_below(section: Section) -> Iterator[tuple[tuple[int, ...], Section]]:
    """The sections below one, as if it were a document of its own: what an annex is."""
    yield from _numbered(section.sections, ())


def annexes(report: Report) -> list[Section]:
    """The annexes in their order."""
    return [one for one in report.sections if one.annex]


def _numbered(sections: Sequence[Section], above: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Section]]:
    for number, section in enumerate(sections, 1):
        path = (*above, number)
        yield path, section
        yield from _numbered(section.sections, path)
