"""The report card of the forecast: how often it was right, beside what costs nothing to say, and the plain verdict."""

from __future__ import annotations

import math
from typing import Any

from dashboard.pages.page import Look
from dashboard.pages.risk.written import fixed, percent, share_of, whole_percent
from dashboard.parts import listing, note
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Cited, Given
from dashboard.queries.risk import CardLine
from dashboard.said import Said, join, words
from data.terms import GRADES, TIERS
from grid.risk.grids import LEAST_UNITS
from grid.risk.report_card import SHARES

#: Who is compared, the forecast first.
OWN = "forecast"
NAMES = (OWN, "persistence", "decay")
#: The share of people at which hits are told.
PEOPLE = 0.05


def blocks(look: Look, card: Given[CardLine | None]) -> list[Block]:
    """The verdict, and the card where there is one."""
    told = note.line(verdict(look, card), id="verdict")
    finer = note.line("", href=look.href("granularity"), word=look.say("how_fine"))
    return [told] if card.what is None else [told, _card(look, card), finer]


def verdict(look: Look, told: Given[CardLine | None]) -> Said:
    """The plain sentence, in view whatever else is."""
    card = told.what
    if card is None:
        return look.say("card_none", n=words(str(LEAST_UNITS)))
    if all(math.isnan(hit) for hit in card.hits["forecast"]):
        return join(" ", [GRADES["unknown"].glyph, look.say("card_nothing", n=look.whole(told["days"]))])
    low, high = (look.number(told[f"ahead.{end}"], lambda share: f"{100 * share:.1f}") for end in ("low", "high"))
    text = look.say(card.why, n=look.number(told["ahead.mean"], _points), low=low, high=high)
    return join(" ", [GRADES["unknown"].glyph, text]) if card.grey else text


def _points(share: float) -> str:
    return f"{abs(100 * share):.1f}"


def _card(look: Look, told: Given[Any]) -> Block:
    """Forecasters by shares: hit rates, of the people too where they are counted, and the interval score."""
    columns = [
        listing.column(look.say("hit_of"), left=True, sort=False),
        *(listing.column(look.say("at", n=share_of(share)), sort=False) for share in SHARES),
        *([listing.column(look.say("at_people", n=share_of(PEOPLE)), sort=False)] if told.what.people else []),
        listing.column("WIS", sort=False, about=look.say("wis_about")),
    ]
    rows = [_row(look, told, name) for name in NAMES]
    return listing.table(columns, rows, look.say("card"), about=_about(look, told), id="card")


def _row(look: Look, told: Given[Any], name: str) -> dict[str, Any]:
    cells = [listing.cell(look.say(name), small="" if name == OWN else look.say(f"{name}_about"))]
    for share in SHARES:
        pai = told[f"pai_by_share[{share}]"]
        small = look.say("pai", n=fixed(look, pai, 1)) if name == OWN and pai.value is not None else ""
        cells.append(_percent(look, told[f"by_share[{name}][{share}]"], small))
    if told.what.people:
        cells.append(_percent(look, told[f"people_by_share[{name}][{PEOPLE}]"]))
    return listing.row([*cells, _plain(look, told[f"wis[{name}]"])], key=name)


def _about(look: Look, told: Given[Any]) -> Said:
    card = told.what
    level = TIERS[card.level].name(look.lang)
    days = {"first": look.day_text(card.first), "last": look.day_text(card.last), "n": look.whole(told["days"])}
    made = [look.say("card_about", level=level, **days)]
    half, most = told["covered[50]"], told["covered[90]"]
    if half.value is not None and most.value is not None:
        made.append(look.say("coverage", half=whole_percent(look, half), most=whole_percent(look, most)))
    made.insert(1, _known(look, told))
    return join("" if look.lang == "zh" else " ", made)


def _known(look: Look, told: Given[Any]) -> Said:
    """What the forecasts were made from."""
    if not told.what.known:
        return look.say("card_all_cut")
    if not told.what.cut:
        return look.say("card_known")
    return look.say("card_cut", n=look.whole(told["cut"]), known=look.whole(told["known"]))


def _percent(look: Look, share: Cited, small: str = "") -> dict[str, Any]:
    if share.value is None:
        return listing.cell(look.say("nil"), tone="soft")
    return listing.number(percent(look, share, 1), small=small)


def _plain(look: Look, one: Cited) -> dict[str, Any]:
    if one.value is None:
        return listing.cell(look.say("nil"), tone="soft")
    return listing.number(look.number(one, lambda value: f"{value:.3g}"))
