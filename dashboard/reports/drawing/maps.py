"""Maps on paper: units filled as the screen fills them, borders and names above them, legend and scale bar.

Without colour the classes are told apart by lightness, and by their numbers ①, ②, ... beside the names; falling
classes of a growth map, which get darker again, are lined. Zero is pale, suppressed dotted, missing hatched.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import shapely

from dashboard import numbers
from dashboard.reports.drawing import paper
from dashboard.reports.drawing.ground import MERGED, Frame, Ground, Name, ground, merged, path_of
from dashboard.reports.drawing.svg import POINT, Ink, circle, document, dots, hatch, line, rect, text, width_of
from dashboard.reports.model import Map, Report
from data.terms import TIERS
from data.words import Lang
from grid.cube import View
from grid.measures import MEASURES

ZERO, SUPPRESSED, MISSING = -1, -2, -3
#: Class below nought -> the state that it stands for.
STATE_OF = {ZERO: "zero", SUPPRESSED: "suppressed", MISSING: "missing"}

LEGEND_WIDTH = 38.0
_ROW = 4.6  # millimetres of a legend's line

#: Widths of borders, from the widest level down.
_BORDERS = (0.4, 0.25, 0.12, 0.08)

#: Where a name may go if its place is taken: turns and distances (millimetres), nearest first.
_TRIES = [(0.0, 0.0)] + [
    (distance * math.cos(turn), distance * math.sin(turn) * 0.8)
    for distance in (1.5, 3.0, 4.5, 6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 24.0)
    for turn in (math.pi * (0.5 + step / 8) for step in (0, 8, 4, 12, 2, 14, 6, 10, 1, 15, 3, 13, 5, 11, 7, 9))
]


def draw(block: Map, report: Report, view: View, width: float, height: float, font: str, titled: bool) -> bytes:
    """The map as SVG."""
    head, top = paper.head(block.title, titled)
    foot, bottom = paper.foot(report, block.day, width, height)
    beside = width > 1.1 * height
    below = 0.0 if beside else _legend_height(block, 2)
    frame = Frame(1.0, top + 1.0, width - 2.0 - (LEGEND_WIDTH if beside else 0.0), height - top - bottom - below - 2.0)
    lies = ground(view, block.area, block.level, frame, report.lang, block.labels)
    fills = _fills(block)
    place = (
        Frame(width - LEGEND_WIDTH + 1.5, frame.y + 1.0, LEGEND_WIDTH - 2.0, frame.height)
        if beside
        else Frame(1.0, frame.y + frame.height + 1.0, width - 2.0, below)
    )
    body = [
        *head, *_units(block, lies, fills), *_borders(lies), *_names(block, lies, frame),
        *_bar(lies, frame, report.lang), *_legend(block, lies, report.lang, place, 1 if beside else 2), *foot,
    ]  # fmt: skip
    return document(width, height, font, block.title, _patterns(lies, falling(block)), body)


# what fills a unit -----------------------------------------------------------------------------------


def falling(block: Map) -> int:
    """How many of the lowest classes get lighter upwards, as those of shrinking do: they are lined, so that without
    colour they are not taken for growth of the same lightness."""
    light = [luminance(step.colour) for step in block.steps]
    return light.index(max(light)) if light else 0


def luminance(colour: str) -> float:
    """How light #rrggbb is without its colour: relative luminance (WCAG 2), 0 to 1."""
    coded = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in coded)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _fills(block: Map) -> dict[int, tuple[str, ...]]:
    """Class -> what it is filled with, one over the other."""
    lined = falling(block)
    steps = {at: (step.colour, *(["url(#falling)"] if at < lined else [])) for at, step in enumerate(block.steps)}
    return steps | {ZERO: (paper.ZERO,), SUPPRESSED: ("url(#suppressed)",), MISSING: ("url(#missing)",)}


def _patterns(lies: Ground, lined: int) -> Iterator[str]:
    step = _grain(lies) * 100  # patterns are measured as paths are
    yield dots("suppressed", step, *paper.SUPPRESSED)
    yield hatch("missing", step, *paper.MISSING)
    if lined:
        yield hatch("falling", step, "none", "#ffffff", 0)


def _grain(lies: Ground) -> float:
    """Distance of dots and hatches: as fine as the units, but never so fine that print fills it in."""
    known = [shape for shape in lies.units[:: max(1, len(lies.units) // 200)] if shape is not None]
    typical = float(np.median(shapely.area(known))) if known else 1.0
    return min(max(0.8 * math.sqrt(typical), 0.45), 1.2)


# marks -----------------------------------------------------------------------------------------------


def _units(block: Map, lies: Ground, fills: dict[int, tuple[str, ...]]) -> Iterator[str]:
    classes = np.array(block.classes, np.int64)
    assert len(classes) == len(lies.units), "a map's classes are those of its level's units"
    rim = "" if len(classes) > MERGED else f' stroke="{paper.LINE}" stroke-width="{_rim(lies)}"'
    drawn = np.array([shape is not None for shape in lies.units], dtype=bool)
    yield '<g transform="scale(.01)" fill-rule="evenodd" stroke-linejoin="round">'
    for one in sorted(set(classes.tolist())):
        shapes = lies.units[(classes == one) & drawn]
        path = path_of(merged(shapes) if len(classes) > MERGED and len(shapes) else shapes)
        yield from (f'<path d="{path}" fill="{fill}"{rim}/>' for fill in fills[one] if path)
    yield "</g>"


def _rim(lies: Ground) -> int:
    """Width of the lines between units, in hundredths of a millimetre."""
    return 10 if len(lies.units) <= 600 else 5


def _borders(lies: Ground) -> Iterator[str]:
    yield f'<g transform="scale(.01)" fill="none" stroke="{paper.LINE_STRONG}" stroke-linejoin="round">'
    for shapes, width in reversed(list(zip(lies.borders, _BORDERS, strict=False))):
        yield f'<path d="{path_of(shapes)}" stroke-width="{width * 100:.0f}"/>'
    yield "</g>"


def class_number(at: int) -> str:
    """①, ②, ...: the number of a class, beside a name and in the legend."""
    return chr(0x2460 + at)


# words -----------------------------------------------------------------------------------------------


def _names(block: Map, lies: Ground, frame: Frame) -> Iterator[str]:
    """Names where there is room, the largest area first; one that had to move is led back to its area by a line."""
    taken: list[tuple[float, float, float, float]] = []
    for name in lies.names:
        number = block.classes[name.unit] if name.unit >= 0 else -1
        words = name.words + (class_number(number) if number >= 0 else "")
        ink = Ink((8 if name.reach > 4 else 7) * POINT, paper.INK, halo="#ffffff")
        size = width_of(words, ink.size), ink.size * 1.15
        move = next((to for to in _TRIES if _free(_box(name, to, size), taken, frame)), None)
        if move is None:
            continue
        box = _box(name, move, size)
        taken.append(box)
        yield from _led(name, box, move)
        yield text((box[0] + box[2]) / 2, box[3] - ink.size * 0.27, words, ink, "middle")


def _box(name: Name, move: tuple[float, float], size: tuple[float, float]) -> tuple[float, float, float, float]:
    x, y = name.x + move[0], name.y + move[1]
    if abs(move[0]) > 2:  # beside its place, not over it
        x += math.copysign(size[0] / 2, move[0])
    return x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2


def _free(
    box: tuple[float, float, float, float], taken: Sequence[tuple[float, float, float, float]], frame: Frame
) -> bool:
    west, top, east, low = box
    inside = frame.x <= west and east <= frame.x + frame.width and frame.y <= top and low <= frame.y + frame.height
    return inside and all(west > e or east < w or top > s or low < n for w, n, e, s in taken)


def _led(name: Name, box: tuple[float, float, float, float], move: tuple[float, float]) -> Iterator[str]:
    if math.hypot(*move) <= max(name.reach, 3.2):
        return
    near = min(max(name.x, box[0]), box[2]), min(max(name.y, box[1]), box[3])
    yield line([(name.x, name.y), near], "#ffffff", 0.5)
    yield line([(name.x, name.y), near], paper.INK, 0.15)
    yield circle(name.x, name.y, 0.35, paper.INK)


def _bar(lies: Ground, frame: Frame, lang: Lang) -> Iterator[str]:
    """A round distance, at most a quarter of the map's width."""
    reach = frame.width * 0.25 * lies.metres
    power = 10 ** math.floor(math.log10(reach))
    metres = max(n * power for n in (1, 2, 5) if n * power <= reach)
    length, x, y = metres / lies.metres, frame.x + 1.0, frame.y + frame.height - 1.0
    yield line([(x, y - 1.2), (x, y), (x + length, y), (x + length, y - 1.2)], paper.SOFT, 0.25)
    unit = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    yield text(x + length / 2, y - 1.0, unit, Ink(paper.SMALL.size, paper.SOFT, halo="#ffffff"), "middle")


def _rows(block: Map, lang: Lang) -> list[tuple[int, str, int]]:
    """(class, words, units that have it), the highest class first, then the three states without a class."""
    steps = [(at, f"{class_number(at)} {step.text}", step.units) for at, step in enumerate(block.steps)]
    states = [(state, paper.say(word, lang), block.classes.count(state)) for state, word in STATE_OF.items()]
    return steps[::-1] + states


def _legend_height(block: Map, columns: int) -> float:
    """Millimetres of a legend with its heading and its remarks."""
    return 7.0 + _ROW * (math.ceil((len(block.steps) + len(STATE_OF)) / columns) + 2 + bool(falling(block)))


def _legend(block: Map, lies: Ground, lang: Lang, place: Frame, columns: int) -> Iterator[str]:
    measure = MEASURES.get(block.measure)
    if measure is not None:
        yield text(place.x, place.y + 1.4, measure.name(lang), Ink(8 * POINT, paper.INK, bold=True))
        yield text(place.x, place.y + 4.6, numbers.unit(measure, lang), paper.SMALL)
    rows, fills = _rows(block, lang), _fills(block)
    wide, each = place.width / columns, math.ceil(len(rows) / columns)
    for at, (number, words, units) in enumerate(rows):
        x, y = place.x + wide * (at // each), place.y + 6.2 + _ROW * (at % each)
        ink = paper.PLAIN if units else paper.SMALL
        yield from _swatch(x, y, fills[number])
        yield text(x + 7.4, y + 2.7, words, ink)
        yield text(x + wide - 2.0, y + 2.7, f"{units:,}", ink, "end")
    for at, words in enumerate(_remarks(block, lies, lang)):
        yield text(place.x, place.y + 8.9 + _ROW * (each + at), words, paper.SMALL)


def _remarks(block: Map, lies: Ground, lang: Lang) -> Iterator[str]:
    """How many units there are, how many of them no border is known of, and what lines over a class mean."""
    undrawn = sum(shape is None for shape in lies.units)
    level = TIERS[block.level].name(lang).lower()
    yield paper.say("units", lang, n=f"{len(block.classes):,}", level=level)
    if undrawn:
        yield paper.say("undrawn", lang, n=f"{undrawn:,}")
    if falling(block):
        yield paper.say("falling", lang)


def _swatch(x: float, y: float, fills: tuple[str, ...]) -> Iterator[str]:
    yield '<g transform="scale(.01)">'
    yield from (rect(x * 100, y * 100, 600, 340, fill, paper.SOFT, 12) for fill in fills)
    yield "</g>"
