"""What colours mean where findings are expected: on the page of risk and on the wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dashboard import colours
from dashboard.colours import Theme
from data.words import Lang
from grid.arrays import Floats
from grid.measures import MEASURES

#: A measure whose bounds are made as these are: round numbers in equal ratios.
PLAIN = MEASURES["incidence_7d"]
#: Fewer findings than this in a week are as good as none: they share the lowest class.
LEAST = 0.01


@dataclass(frozen=True)
class ForecastScale:
    """Colours of the classes, low to high, their lower bounds from the second on, and their words."""

    ramp: Sequence[str]
    breaks: Sequence[float]
    labels: Sequence[str]


def forecast_scale(values: Floats, theme: Theme, lang: Lang, *, grey: bool) -> ForecastScale:
    """For the findings expected in some units; ``grey``: the report card does not stand for them."""
    breaks = colours.breaks(PLAIN, values[values >= LEAST]) or [LEAST]
    ramp = colours.graded(len(breaks) + 1, theme)
    return ForecastScale(colours.greyed(ramp, theme) if grey else ramp, breaks, ranges(breaks, lang))


def ranges(breaks: Sequence[float], lang: Lang) -> list[str]:
    """The words of the classes between bounds."""
    between = "–" if lang == "zh" else " to "
    return [f"<{breaks[0]:g}", *(f"{low:g}{between}{high:g}" for low, high in pairwise(breaks)), f"≥{breaks[-1]:g}"]
