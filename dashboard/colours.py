"""Ramps, classes and their bounds.

Ramps are made in OKLCH (Ottosson 2020): lightness rises in equal steps, so neighbours are told apart by
lightness alone, whatever colours a reader sees. On a dark ground more is lighter, on paper more is darker.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data.terms import CODES, RISKS, ZONES, Term
from grid.measures import Measure

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")

#: Classes of a ramp: as many as can be told apart at a glance in a legend.
CLASSES = 6


@dataclass(frozen=True)
class Sweep:
    """A path through OKLCH from the lowest to the highest class: lightness, hue in degrees, and chroma
    at the start, middle and end."""

    lightness: tuple[float, float]
    hue: tuple[float, float]
    chroma: tuple[float, float, float]


#: The one scale for more or less of something: ember on a dark ground, wine on paper.
_EMBER: Mapping[Theme, Sweep] = {
    "dark": Sweep((0.42, 0.94), (352, 457), (0.085, 0.15, 0.075)),
    "light": Sweep((0.90, 0.30), (95, -15), (0.055, 0.14, 0.10)),
}

#: Shrinking is cool, growing is warm, about the same is grey: (lightness, chroma, hue), most shrinking first.
_GROWTH: Mapping[Theme, tuple[tuple[float, float, float], ...]] = {
    "dark": (
        (0.84, 0.09, 200), (0.68, 0.085, 215), (0.52, 0.065, 228), (0.40, 0.012, 240),
        (0.56, 0.12, 40), (0.72, 0.14, 58), (0.89, 0.10, 88),
    ),
    "light": (
        (0.38, 0.075, 235), (0.56, 0.085, 222), (0.74, 0.065, 212), (0.90, 0.008, 200),
        (0.80, 0.09, 70), (0.63, 0.14, 45), (0.43, 0.13, 25),
    ),
}  # fmt: skip

#: Lower bounds of the growth classes: halved, down a fifth, down a twentieth, level, up a twentieth, half, doubled.
GROWTH_BREAKS = (-0.5, -0.2, -0.05, 0.05, 0.5, 1.0)

#: Lightness and chroma of a single-hue ramp.
_TINT: Mapping[Theme, tuple[tuple[float, float], tuple[float, float, float]]] = {
    "dark": ((0.42, 0.95), (0.08, 0.125, 0.05)),
    "light": ((0.83, 0.29), (0.085, 0.12, 0.08)),
}

#: Lightness that a sign beside a text may have: at least 3:1 on the ground (WCAG 1.4.11).
_MARK: Mapping[Theme, tuple[float, float]] = {"dark": (0.6, 0.85), "light": (0.35, 0.6)}


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """An OKLCH colour (hue in degrees) as #rrggbb; chroma is lowered until sRGB has the colour."""
    for _ in range(40):
        rgb = _linear_rgb(lightness, chroma, math.radians(hue))
        if rgb.min() >= -1e-4 and rgb.max() <= 1 + 1e-4:
            break
        chroma *= 0.96
    rgb = np.clip(rgb, 0, 1)
    coded = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in coded)


_LMS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def _linear_rgb(lightness: float, chroma: float, hue: float) -> NDArray[np.float64]:
    lab = np.array([lightness, chroma * math.cos(hue), chroma * math.sin(hue)])
    return np.asarray(_RGB @ (_LMS @ lab) ** 3)


def hue_of(colour: str) -> float:
    """The OKLCH hue in degrees of #rrggbb."""
    _, a, b = _oklab(colour)
    return math.degrees(math.atan2(b, a)) % 360


def _oklab(colour: str) -> tuple[float, float, float]:
    coded = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    lightness, a, b = np.linalg.solve(_LMS, np.cbrt(np.linalg.solve(_RGB, linear))).tolist()
    return lightness, a, b


@lru_cache(256)
def mark(colour: str, theme: Theme) -> str:
    """A term's colour as a sign in front of a text: as it is, but light or dark enough for the theme's ground."""
    lightness, a, b = _oklab(colour)
    low, high = _MARK[theme]
    return oklch(min(max(lightness, low), high), math.hypot(a, b), math.degrees(math.atan2(b, a)))


def _swept(sweep: Sweep, size: int) -> list[str]:
    share = np.linspace(0, 1, size)
    lightness = np.interp(share, [0, 1], sweep.lightness)
    hue = np.interp(share, [0, 1], sweep.hue)
    chroma = np.interp(share, [0, 0.5, 1], sweep.chroma)
    return [oklch(*one) for one in zip(lightness.tolist(), chroma.tolist(), hue.tolist(), strict=True)]


_SEQUENTIAL = {theme: _swept(_EMBER[theme], CLASSES) for theme in THEMES}
_DIVERGING = {theme: [oklch(*stop) for stop in _GROWTH[theme]] for theme in THEMES}


def term_of(made: Measure) -> Term | None:
    """The code colour, zone or risk grade that a measure is about: it brings its own hue and glyph."""
    for family, vocabulary, prefix in (
        ("codes", CODES, "code_"),
        ("zones", ZONES, "zone_"),
        ("risk_areas", RISKS, "risk_"),
    ):
        if made.family == family:
            return vocabulary.get(made.id.removeprefix(prefix).split("_")[0])
    return None


def full_ramp(made: Measure, theme: Theme) -> list[str]:
    """The colours of a measure's classes, low to high."""
    if made.form == "growth":
        return _DIVERGING[theme]
    term = term_of(made)
    if term is None:
        return _SEQUENTIAL[theme]
    lightness, chroma = _TINT[theme]
    hue = hue_of(term.colour)
    return _swept(Sweep(lightness, (hue, hue), chroma), CLASSES)


def ramp(made: Measure, classes: int, theme: Theme) -> list[str]:
    """The colours of ``classes`` classes, spread over the full ramp."""
    full = full_ramp(made, theme)
    if classes == 1:
        return [full[len(full) // 2]]
    return [full[round(at)] for at in np.linspace(0, len(full) - 1, classes)]


#: The lowest class of risk is no alarm: near the ground and cool, before the scale begins (lightness, chroma, hue).
_CALM: Mapping[Theme, tuple[float, float, float]] = {"dark": (0.36, 0.025, 205), "light": (0.925, 0.022, 190)}


def graded(classes: int, theme: Theme) -> list[str]:
    """The colours of classes of risk, low to high: calm, then the one scale."""
    full = _SEQUENTIAL[theme][1:]
    return [oklch(*_CALM[theme]), *(full[round(at)] for at in np.linspace(0, len(full) - 1, classes - 1))]


#: How much of a ramp's distance from the ground is left where it has no colour: it is there, and does not alarm.
_GREY = 0.8


def greyed(ramp: Sequence[str], theme: Theme) -> list[str]:
    """A ramp without colour and nearer to the ground: what is shown although it is not proven."""
    steps = [_oklab(colour)[0] for colour in ramp]
    return [oklch(_GREY * step if theme == "dark" else 1 - _GREY * (1 - step), 0.0, 0.0) for step in steps]


_NICE = np.array([1, 1.5, 2, 3, 5, 7, 10])


def breaks(made: Measure, values: ArrayLike) -> list[float]:
    """Lower bounds of classes 1.. for values of many units and days (NaN, zero and below are left out).

    Round numbers; in equal ratios where values span more than a factor of four, else in equal steps.
    Growth has the same bounds always.
    """
    if made.form == "growth":
        return list(GROWTH_BREAKS)
    known = np.asarray(values, np.float64).ravel()
    known = known[np.isfinite(known) & (known > 0)]
    whole = made.form == "count"
    if not len(known):
        return []
    low, high = np.quantile(known, [0.2, 0.99]).tolist()
    if whole and high <= CLASSES + 1:
        return [float(n) for n in range(2, min(math.ceil(high), CLASSES) + 1)]
    found = _ratios(low, high) if high > 4 * low else _steps(low, high)
    least = 1.0 if whole else 0.0
    return [b for b in dict.fromkeys(found) if b > least]


def _ratios(low: float, high: float) -> list[float]:
    ratio = (high / low) ** (1 / CLASSES)
    return sorted({_round(low * ratio**n) for n in range(1, CLASSES)})


def _round(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    nice = float(_NICE[np.abs(np.log(_NICE * power / value)).argmin()])
    return float(f"{nice * power:.6g}")


def _steps(low: float, high: float) -> list[float]:
    if high <= low:
        return []
    raw = (high - low) / CLASSES
    step = 10.0 ** math.floor(math.log10(raw))
    step *= next(nice for nice in (1, 2, 2.5, 5, 10) if nice * step >= raw)
    first = math.floor(low / step) + 1
    found = [float(f"{(first + n) * step:.10g}") for n in range(CLASSES - 1)]
    return [b for b in found if b <= high]


def class_bounds(bounds: Sequence[float]) -> list[tuple[float | None, float | None]]:
    """(lowest, first not in it) of each class; None where it is open."""
    return list(zip([None, *bounds], [*bounds, None], strict=True))
