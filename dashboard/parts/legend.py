"""What the colours mean, and how many units have each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import colours, numbers
from dashboard.parts.base import Part
from dashboard.shown import Shown
from dashboard.texts import say
from data.terms import TIERS
from data.words import Lang
from grid.measures import Measure


class Legend(Part):
    """See :func:`describe`; the counts are made in the browser from the picture itself."""

    _type = "Legend"


def class_labels(shown: Shown, breaks: Sequence[float]) -> list[str]:
    """The words of each class of the shown layer."""
    return class_words(shown.measure, shown.viewer.lang, breaks)


def class_words(made: Measure, lang: Lang, breaks: Sequence[float]) -> list[str]:
    """The words of each class: ``10 – 20``, or a single number where a class holds no other."""
    if not breaks:
        return [say("any", lang)]
    bounds = colours.class_bounds(breaks)
    if made.form == "count":
        return [_whole(low, high, lang, n == 0) for n, (low, high) in enumerate(bounds)]
    return [_range(made, lang, low, high) for low, high in bounds]


def _whole(low: float | None, high: float | None, lang: Lang, first: bool) -> str:
    start = 1 if first else low or 0
    if high is None:
        return numbers.short(start, lang) + "+"
    end = high - 1
    return numbers.short(start, lang) if end <= start else f"{numbers.short(start, lang)} – {numbers.short(end, lang)}"


def _range(made: Measure, lang: Lang, low: float | None, high: float | None) -> str:
    texts = ["" if b is None else _bound(b, made, lang == "zh") for b in (low, high)]
    key = "below" if low is None else "above" if high is None else "between"
    return say(key, lang, low=texts[0], high=texts[1])


def _bound(value: float, made: Measure, zh: bool) -> str:
    """A bound is a round number: no digits that say nothing."""
    if made.form == "growth":
        return numbers.signed(value * 100) + "%"
    text = numbers.short(value, "zh" if zh else "en", 2 if value < 10 else 1)
    text = text.rstrip("0").rstrip(".") if "." in text and text[-1].isdigit() else text
    return text + ("%" if made.form == "share" else "")


def describe(shown: Shown, breaks: Sequence[float]) -> dict[str, Any]:
    """Classes with colours, the three other states, and which rows of the layer are counted."""
    lang, made = shown.viewer.lang, shown.measure
    labels = class_labels(shown, breaks) if shown.day else []
    ramp = colours.ramp(made, len(breaks) + 1, shown.state.theme)[: len(labels)]
    term = colours.term_of(made)
    zero = "zero_growth" if made.form == "growth" else "zero"
    return {
        "name": made.name(lang),
        "unit": numbers.unit(made, lang),
        "glyph": term.glyph if term else "",
        "classes": [{"label": label, "colour": colour} for label, colour in zip(labels, ramp, strict=True)],
        "states": [
            {"id": state, "label": say(key, lang), "about": say(f"{state}_about", lang)}
            for state, key in (("zero", zero), ("suppressed", "suppressed"), ("missing", "missing"))
        ]
        + [{"id": "doubtful", "label": say("source_doubtful", lang), "about": say("source_doubtful_about", lang)}],
        "inside": [shown.units.lo, shown.units.hi],
        "units": say("units_of", lang, n="{n}", level=TIERS[shown.level].name(lang)),
        "title": say("legend", lang),
        "theme": shown.state.theme,
    }
