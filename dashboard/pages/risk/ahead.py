"""The next seven days in numbers; grey and without bars where the report card does not stand for them."""

from __future__ import annotations

from typing import Any

from dashboard.pages.page import Look
from dashboard.pages.risk.card import verdict
from dashboard.pages.risk.signals import ROWS
from dashboard.pages.risk.written import fixed, short
from dashboard.parts import listing
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.risk import RiskAnswer
from dashboard.queries.risk import UnitLine as Unit
from dashboard.said import quoted
from data.terms import TIERS


def table(look: Look, found: Given[RiskAnswer]) -> Block:
    """Expected findings with their interval; where the card does not stand for them, grey and without bars."""
    told = found.what
    grey = told.card is None or told.card.grey
    columns = [
        listing.column(look.say("area"), left=True),
        listing.column(look.say("expected"), bar=not grey),
        listing.column(look.say("within")),
    ]
    level = TIERS[told.card_level].name(look.lang)
    title = look.say("forecasts_grey" if grey else "forecasts", level=level)
    rows = [_expected(look, unit, "soft" if grey else "") for unit in found.each("forecasts", "code")]
    return listing.table(
        columns, rows, title, about=verdict(look, found.at("card")) if grey else "",
        none=look.say("no_forecast"), first=ROWS, id="forecast",
    )  # fmt: skip


def _expected(look: Look, told: Given[Unit], tone: str) -> dict[str, Any]:
    unit = told.what
    mean, low, high = (told[f"ahead.{name}"] for name in ("mean", "low", "high"))
    text = fixed(look, mean, 1) if (mean.value or 0.0) < 100 else short(look, mean)
    range_ = look.say("range", low=short(look, low), high=short(look, high))
    cells = [
        listing.cell(unit.name, unit.name, small=quoted(unit.where), tone=tone),
        listing.number(text, tone=tone),
        listing.cell(range_, high.value, tone=tone),
    ]
    return listing.row(cells, href=look.href(show="ahead", unit=unit.code), key=unit.code)
