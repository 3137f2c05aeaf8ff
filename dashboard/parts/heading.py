"""The map's heading: where one is, which layer is painted, and by which units."""

from __future__ import annotations

from typing import Any

from dashboard import numbers
from dashboard.parts.base import Part
from dashboard.shown import Shown
from dashboard.texts import say, words
from data.terms import TIERS
from grid.measures import FAMILIES, by


class Heading(Part):
    """See :func:`describe`."""

    _type = "Heading"


def describe(shown: Shown) -> dict[str, Any]:
    """Breadcrumb, layers by family (those without data are there, but not to be chosen), levels."""
    lang, made = shown.viewer.lang, shown.measure
    path = [{"code": code if n else "city", "name": name} for n, (code, name) in enumerate(shown.place.path)]
    families = [
        {
            "name": family.name(lang),
            "layers": [
                {"id": m.id, "name": m.name(lang), "about": m.about(lang), "has": m.id in shown.status.days}
                for m in dict.fromkeys(by(member, shown.state.per) for member in members)
            ],
        }
        for family, members in FAMILIES
    ]
    return {
        "path": path,
        "layer": {
            "id": made.id,
            "name": made.name(lang),
            "unit": numbers.unit(made, lang),
            "about": made.about(lang),
        },
        "estimate": say("estimate", lang) if made.estimate else None,
        "families": families,
        "level": shown.level,
        "chosen": shown.state.level,
        "levels": [{"id": level, "name": TIERS[level].name(lang)} for level in shown.levels],
        "words": words(("path", "back", "layer_choose", "granularity", "auto", "no_data_yet", "close", "by"), lang),
    }
