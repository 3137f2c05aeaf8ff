"""Codes: how many, who is overdue and who can mend it, whose systems disagree, on what grounds, how fast it goes.

A module a subject: ``key_figures``, ``colours``, ``overdue`` (by age, and whose they are to mend), ``conflicts``,
``grounds``, ``rates``, ``below`` (the areas inside). ``tickets`` and ``ticket`` are pages of their own: the list of
assignments, and one of them. ``told``: the days, and what stands in place of numbers; ``written``: how codes are
written; ``words``: the texts.
"""

from __future__ import annotations

from functools import partial

from dashboard.pages.codes import below, colours, conflicts, grounds, key_figures, overdue, rates, tickets, told
from dashboard.pages.codes.words import WORDS
from dashboard.pages.page import Look, Page, as_far_as_shown
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.codes import CodeDesk, Overdue


def describe(look: Look) -> list[Block]:
    """Figures; colours, owners and ages; the most pressing tickets; conflicts, grounds, rates; the areas inside."""
    if not look.viewer.small_numbers:
        return _as_far_as_shown(look)
    systems, late, split = (look.ask(f"codes.{name}") for name in ("colours", "overdue", "conflicts"))
    if systems.what is None or late.what is None or split.what is None:
        return [told.nothing(look)]
    return [
        key_figures.strip(look, systems, late, split),
        colours.bars(look, systems),
        overdue.owners(look, late),
        overdue.ages(look, late),
        *tickets.first(look),
        *told.repeats(look),
        *conflicts.blocks(look, split),
        *grounds.blocks(look),
        *rates.blocks(look),
        *below.blocks(look),
    ]


def _as_far_as_shown(look: Look) -> list[Block]:
    """The same for who may not see small numbers: what is shown of it, and last what is not."""
    if not look.desk.beside(CodeDesk).days(look.viewer, look.as_of) or look.day not in look.spot.days:
        return [told.nothing(look)]
    return as_far_as_shown(
        look,
        lambda: _shown_overdue(look, look.ask("codes.overdue")),
        lambda: [colours.bars(look, look.ask("codes.colours"))],
        lambda: below.blocks(look),
        lambda: [grounds.doubts(look, look.ask("codes.provenance"))],
        *(partial(_withheld, look, name) for name in ("codes.conflicts", "codes.rates")),
    )


def _shown_overdue(look: Look, late: Given[Overdue]) -> list[Block]:
    return [key_figures.shown(look, late), *overdue.shown(look, late)]


def _withheld(look: Look, name: str) -> list[Block]:
    look.ask(name)
    return []


PAGE = Page(
    "codes",
    ("健康码", "Codes"),
    describe,
    about=(
        "谁的码该转没转、谁能改；几个码系统在谁身上不一致；哪些码来路存疑。",
        "Whose code is overdue and who can mend it; where systems disagree; which codes have doubtful grounds.",
    ),
    days=told.days,
    words=WORDS,
)
