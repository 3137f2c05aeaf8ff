"""How fast it goes: what each authority assigned and cleared."""

from __future__ import annotations

import math
from typing import Any

from dashboard.pages.codes.written import number, tickets_href
from dashboard.pages.page import Look
from dashboard.parts import lines, listing
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.codes import Rate, Rates
from dashboard.said import join


def blocks(look: Look) -> list[Block]:
    """The authorities, largest first, beside what was given and lifted day by day; nothing where there are none."""
    told = look.ask("codes.rates")
    if told.what is None or not told.what.authorities:
        return []
    columns = [
        listing.column(look.say("authority"), left=True),
        listing.column(look.say("open")),
        listing.column(look.say("late"), least=True),
        listing.column(look.say("assigned"), bar=True),
        listing.column(look.say("cleared"), bar=True),
        listing.column(look.say("ratio")),
    ]
    rows = [_rate(look, one) for one in told.each("authorities", "name")]
    about = look.say("rates_about", n=look.whole(told["days"]))
    table = listing.table(columns, rows, look.say("rates"), about=about, sort=(1, True), first=8, span=7)
    return [table, _rates_chart(look, told)]


def _rate(look: Look, told: Given[Rate]) -> dict[str, Any]:
    name, ratio = told.what.name, told["ratio"]
    share = look.number(ratio, lambda value: f"{100 * value:.0f}%") if ratio.value is not None else "–"
    cells = [
        listing.cell(name or look.say("not_stated"), name, tone="" if name else "soft"),
        *(number(look, told[way]) for way in ("open", "late", "given", "lifted")),
        listing.cell(share, ratio.value),
    ]
    return listing.row(cells, href=tickets_href(look, authority=name) if name else "")


def _rates_chart(look: Look, told: Given[Rates]) -> Block:
    days = told.what.days
    given, lifted = ([told[f"{name}[{day}]"] for day in days] for name in ("assigned", "cleared"))
    words = [look.day_text(day) for day in days]
    texts = [
        join(" ", [look.say("assigned"), look.short(a), "·", look.say("cleared"), look.short(b)])
        for a, b in zip(given, lifted, strict=True)
    ]
    ticks = [(n, words[n]) for n in range(0, len(words), max(1, math.ceil(len(words) / 4)))]
    made = [lines.line(look.say("assigned"), [n.value for n in given], tone="mark"),
            lines.line(look.say("cleared"), [n.value for n in lifted])]  # fmt: skip
    top = look.short(told["most"]) if told.what.most else ""
    return lines.chart(made, words, look.say("curve"), ticks=ticks, top=top, texts=texts, index=len(words) - 1, span=5)
