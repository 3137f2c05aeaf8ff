"""Whose codes disagree: how the systems' colours of one person combine, and which system alone blocks them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from dashboard.pages.codes.written import glyph, number, system_name, tickets_href
from dashboard.pages.page import Look
from dashboard.parts import listing, matrix, note
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.codes import COLOURS, MATRIX, Conflicts
from dashboard.queries.codes.state import blocking
from data.city import System


def blocks(look: Look, told: Given[Conflicts]) -> list[Block]:
    """The matrix of the first three systems (of two: one panel), and who blocks alone; nothing for a single system."""
    systems = list(told.what.systems)[:MATRIX]
    if len(systems) < 2:
        return []
    if told.what.people is None:
        return [note.line(look.say("apart"))]
    key = [look.say("blocked_key")]
    if told.what.unknown:
        key.append(look.say("unknown_key", n=look.short(told["unknown"])))
    title = look.say("conflicts" if len(systems) == MATRIX else "conflicts_two")
    made = _panels(look, systems, told)
    return [matrix.panels(made, title, about=look.say("conflicts_about"), key=key, span=9), _blocked(look, told)]


def _panels(look: Look, systems: Sequence[System], told: Given[Conflicts]) -> list[dict[str, Any]]:
    """With three systems a panel for each colour of the first; rows of the second, columns of the third."""
    most = max((n for digits, n in told.what.shown.items() if len(set(digits)) > 1), default=0)
    fixed = list("123") if len(systems) == MATRIX else [""]
    marks = [glyph(look, colour, word=True) for colour in COLOURS]
    names = [system_name(look, system) for system in systems]
    return [
        matrix.panel(
            look.say("shows", system=names[0]) if first else "", marks, marks,
            [[_square(look, f"{first}{row}{column}", told, most) for column in "123"] for row in "123"],
            rows_name=names[-2], columns_name=names[-1], mark=marks[int(first) - 1] if first else None,
        )
        for first in fixed
    ]  # fmt: skip


def _square(look: Look, digits: str, told: Given[Conflicts], most: int) -> dict[str, Any]:
    one, agree = told[f"shown[{digits}]"], len(set(digits)) == 1
    n = one.value or 0
    weight = 0.0 if agree or not n or not most else 0.15 + 0.85 * math.log1p(n) / math.log1p(most)
    href = "" if agree or not n else tickets_href(look, colours=digits)
    alone = blocking([int(digit) for digit in digits]) is not None and n
    return matrix.square(look.short(one), weight=weight, href=href, quiet=agree, mark="⊣" if alone else "")


def _blocked(look: Look, told: Given[Conflicts]) -> Block:
    columns = [listing.column(look.say("blocked_by"), left=True, sort=False),
               listing.column(look.say("people"), bar=True, sort=False)]  # fmt: skip
    rows = [
        listing.row(
            [listing.cell(system_name(look, s), s.name), number(look, told[f"blocked_by[{s.id}]"])],
            href=tickets_href(look, flag="single_block", blocker=s.id) if told.what.blocked_by[s.id] else "",
        )
        for s in told.what.systems
    ]
    return listing.table(columns, rows, look.say("blocked"), sort=(1, True), span=3)
