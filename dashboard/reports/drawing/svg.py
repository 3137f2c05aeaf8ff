"""Scalable vector pictures as text, in millimetres: the few marks that maps and curves are made of.

Everything is written with fixed digits and in a fixed order, so that the same picture is the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal
from unicodedata import east_asian_width

Anchor = Literal["start", "middle", "end"]

POINT = 25.4 / 72  # millimetres of a typographic point

#: Share of the type size that a character takes, for what has to fit: wide ones are a full em.
_NARROW = {
    **dict.fromkeys(" .,:;il|j", 0.28), **dict.fromkeys("ftr()[]-", 0.36), **dict.fromkeys("mwMW%—", 0.9),
}  # fmt: skip
#: What XML cannot hold.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def width_of(words: str, size: float) -> float:
    """About how wide words are set, in the unit of ``size``: within a tenth for Noto Sans and its like."""
    return size * sum(1.0 if east_asian_width(letter) in "WF" else _narrow(letter) for letter in words)


def _narrow(letter: str) -> float:
    return _NARROW.get(letter, 0.64 if letter.isupper() else 0.56)


def said(words: str) -> str:
    """Words as XML writes them."""
    return escape(_CONTROL.sub("", words))


def number(value: float) -> str:
    """A coordinate: hundredths of a millimetre, no trailing noughts."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@dataclass(frozen=True)
class Ink:
    """How words are set: ``size`` in millimetres, ``halo`` the colour of a rim that lifts them off a map."""

    size: float = 8 * POINT
    colour: str = "#1d272b"
    bold: bool = False
    halo: str = ""


def text(x: float, y: float, words: str, ink: Ink, anchor: Anchor = "start") -> str:
    """Words whose baseline starts, centres or ends at a point."""
    more = ' font-weight="700"' if ink.bold else ""
    more += "" if anchor == "start" else f' text-anchor="{anchor}"'
    if ink.halo:
        rim = number(ink.size * 0.28)
        more += f' stroke="{ink.halo}" stroke-width="{rim}" stroke-linejoin="round" paint-order="stroke"'
    look = f'x="{number(x)}" y="{number(y)}" font-size="{number(ink.size)}" fill="{ink.colour}"'
    return f"<text {look}{more}>{escape(_CONTROL.sub('', words))}</text>"


def rect(x: float, y: float, width: float, height: float, fill: str, edge: str = "", rim: float = 0.1) -> str:
    """A box; ``edge``: colour of its border."""
    size = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect {size} fill="{fill}"' + (f' stroke="{edge}" stroke-width="{number(rim)}"/>' if edge else "/>")


def line(points: Iterable[tuple[float, float]], colour: str, width: float, dash: str = "") -> str:
    """An open line through points."""
    path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
    more = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{number(width)}"'
        f' stroke-linejoin="round" stroke-linecap="{"butt" if dash else "round"}"{more}/>'
    )


def circle(x: float, y: float, radius: float, fill: str, edge: str = "") -> str:
    """A disc."""
    more = f' stroke="{edge}" stroke-width="0.2"' if edge else ""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"{more}/>'


def hatch(name: str, step: float, ground: str, mark: str, turn: int = 45) -> str:
    """A fill of slanting lines ``step`` apart; ``ground`` "none" lets through what lies below."""
    side = number(step)
    return (
        f'<pattern id="{name}" width="{side}" height="{side}" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate({turn})">{rect(0, 0, step, step, ground) if ground != "none" else ""}'
        f'<rect width="{side}" height="{number(step * 0.22)}" fill="{mark}"/></pattern>'
    )


def dots(name: str, step: float, ground: str, mark: str) -> str:
    """A fill of dots in rows that are set off against each other."""
    side, radius = number(step), step * 0.17
    return (
        f'<pattern id="{name}" width="{side}" height="{side}" patternUnits="userSpaceOnUse">'
        f"{rect(0, 0, step, step, ground)}{circle(step / 4, step / 4, radius, mark)}"
        f"{circle(step * 0.75, step * 0.75, radius, mark)}</pattern>"
    )


def document(width: float, height: float, font: str, about: str, defs: Iterable[str], body: Iterable[str]) -> bytes:
    """The picture: a white sheet of this size, ``about`` told to those who cannot see it."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}mm" height="{number(height)}mm"'
        f' viewBox="0 0 {number(width)} {number(height)}" font-family="{escape(font)}" role="img">'
        f"<title>{said(about)}</title><defs>{''.join(defs)}</defs>"
    )
    return (head + rect(0, 0, width, height, "#ffffff") + "".join(body) + "</svg>").encode()
