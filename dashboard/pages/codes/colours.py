"""How many people have which colour, system by system."""

from __future__ import annotations

from typing import Any

from dashboard import colours
from dashboard.pages.codes.written import system_name
from dashboard.pages.page import Look
from dashboard.parts import stack
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.codes import COLOURS, SystemColours
from data.terms import CODES

#: Colours as a reader looks for them.
STRICT_FIRST = tuple(reversed(COLOURS))


def bars(look: Look, told: Given[list[SystemColours]]) -> Block:
    """A bar a system, with who owns it."""
    rows = []
    for one in told.each("", "system.id"):
        system = one.what.system
        owner = system.owner if look.lang == "zh" else system.owner_en or system.owner
        total = look.short(one["total"])
        rows.append(stack.bar(system_name(look, system), _coloured(look, one), total, small=owner))
    about = look.say("colours_about")
    return stack.bars(rows, look.say("colours"), about=about, equal=True, legend=False, labels=True, span=7)


def _coloured(look: Look, one: Given[SystemColours]) -> list[dict[str, Any]]:
    return [
        stack.part(CODES[colour].name(look.lang), n.value or 0, look.short(n) if n.value is not None else "",
                   colour=colours.mark(CODES[colour].colour, look.theme), glyph=CODES[colour].glyph)
        for colour in STRICT_FIRST
        for n in (one[f"counts[{colour}]"],)
    ]  # fmt: skip
