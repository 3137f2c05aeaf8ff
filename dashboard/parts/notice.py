"""One calm line over the map: what was replaced in the address, or why there is nothing to paint."""

from __future__ import annotations

from typing import Any

from dashboard import numbers
from dashboard.parts.base import Part
from dashboard.queries.answers import Coarse
from dashboard.queries.cite import Given
from dashboard.said import number
from dashboard.shown import Shown
from dashboard.texts import say
from data.terms import TIERS
from data.words import Lang


class Notice(Part):
    """See :func:`describe`."""

    _type = "Notice"


#: From this share on it is said that numbers stand on no unit of the map.
TOLD_SHARE = 0.05


def describe(shown: Shown, painted: str, coarse: Given[Coarse] | None = None) -> dict[str, Any]:
    """``painted`` tells whether the layer has a number: "some", "none" (of this level), "not_today"; ``coarse``
    what is known to coarser places only than the map's units."""
    lang, made = shown.viewer.lang, shown.measure
    level = TIERS[shown.level].name(lang)
    lasting: str
    if not shown.status.days:
        lasting = say("empty_city", lang)
    elif shown.day is None or painted == "none":
        lasting = say("empty_layer", lang, measure=made.name(lang), level=level)
    elif painted == "not_today":
        lasting = say("empty_day", lang, measure=made.name(lang), day=numbers.day_text(shown.day, lang))
    elif coarse is not None and coarse.what.lost > TOLD_SHARE * coarse.what.whole:
        lost, whole = (number(coarse[name], numbers.plain, str) for name in ("lost", "whole"))
        share = number(coarse["share"], lambda part: numbers.plain(100 * part) + "%", str)
        lasting = say("coarse", lang, lost=lost, whole=whole, share=share, level=level)
    else:
        lasting = "" if shown.units.drawn else say("no_borders", lang, level=level)
    return {"lasting": lasting, "passing": list(shown.messages), "close": say("close", lang)}


def alone(text: str, lang: Lang, again: float = 0) -> dict[str, Any]:
    """A line and nothing else; ``again``: seconds after which the page asks by itself, 0 for never."""
    empty, close = say("store_empty", lang), say("close", lang)
    return {"lasting": text, "empty": empty, "passing": [], "close": close, "again": again}
