"""A wall's geometry: how large its text must be, and where its panels stand.

**Text.** NUREG-0700 asks for characters of at least 16 minutes of arc at the farthest reader. A pixel of
``pitch`` millimetres seen from ``distance`` metres makes that ``distance * 1000 * tan(16') / pitch`` pixels of
*character height*. Character height is that of digits and capitals, which in Noto Sans CJK is 0.733 of the font
size (Chinese characters are taller, 0.92), so the smallest font is the height over 0.733, rounded up.

**Panels.** A scene is a grid of panels (:class:`Layout`), one for each :func:`aspect` of wall. Its tracks are
shares of the wall; cut into whole pixels they fill it exactly. A track's edge that falls near a bezel moves onto
it. What stands on a panel stays :data:`CLEAR` pixels away from every bezel: :func:`boxes` cuts a panel that a
bezel crosses into parts, and nothing is written across two of them. Only the map goes through.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

#: Minutes of arc of a character (NUREG-0700, the least for reading at the greatest distance).
ARC_MINUTES = 16.0
#: Height of digits and capitals in Noto Sans CJK, as a share of the font size.
CAPITAL = 0.733
#: A key figure is at least this many times the least font size.
KEY = 2.0
#: Rows of text that a wall is laid out for: fewer where the reader stands far away, never more.
ROWS = 40
#: The picture wanders by this many pixels, so that nothing burns in.
SHIFT = 4
#: Pixels between a bezel and the nearest figure: 8 where the picture stands still, and its wandering.
CLEAR = 8 + SHIFT
#: An edge moves onto its nearest bezel, if that is nearer than the wall's own side and this share of the wall.
SNAP = 1 / 6
#: Below this many rows a wall has room for the map and the key figures only.
SPARSE_ROWS = 24

Aspect = Literal["tall", "plain", "wide", "sparse"]


class Rect(NamedTuple):
    """Whole pixels from the wall's top left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First pixel column beyond."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First pixel row beyond."""
        return self.y + self.height


class Preset(NamedTuple):
    """A usual wall: its pixels, millimetres a pixel, and metres to the farthest reader."""

    width: int
    height: int
    pitch: float
    distance: float
    bezels_x: tuple[int, ...] = ()
    bezels_y: tuple[int, ...] = ()


PRESETS: Mapping[str, Preset] = {
    "1920x1080": Preset(1920, 1080, 0.744, 3),  # one panel of 65 inches
    "3840x2160": Preset(3840, 2160, 0.565, 4),  # one of 98 inches
    "3840x1080": Preset(3840, 1080, 0.744, 3, (1920,)),  # two of 65 inches side by side
    "5120x1440": Preset(5120, 1440, 1.5, 8),  # LED, 1.5 mm, without seams
    "6656x1792": Preset(6656, 1792, 1.25, 10),  # LED, 1.25 mm
    "11520x3240": Preset(11520, 3240, 0.63, 8, (1920, 3840, 5760, 7680, 9600), (1080, 2160)),  # 6 x 3 of 55 inches
}

#: A phone at arm's length, in CSS pixels; a window whose shorter side is below HELD of these is one.
HAND, HELD = Preset(390, 844, 0.16, 0.35), 600


@dataclass(frozen=True)
class Wall:
    """A wall: CSS pixels, millimetres a pixel, metres to the farthest reader, and the pixel columns and rows at
    which one panel ends and the next begins."""

    width: int
    height: int
    pitch: float
    distance: float
    bezels_x: tuple[int, ...] = ()
    bezels_y: tuple[int, ...] = ()

    @property
    def least(self) -> int:
        """The smallest font size in pixels."""
        return math.ceil(self.distance * 1000 * math.tan(math.radians(ARC_MINUTES / 60)) / self.pitch / CAPITAL)

    @property
    def em(self) -> int:
        """The font size of plain text: the smallest, or more where the wall has room for it."""
        side = min(self.height, self.width)
        return max(self.least, round(side / ROWS))

    @property
    def aspect(self) -> Aspect:
        """Which of a scene's layouts fits."""
        return aspect(self.width, self.height, self.em)


def aspect(width: int, height: int, em: int) -> Aspect:
    """``wide`` from 2.6 to 1 on, ``tall`` below 1 to 1, ``sparse`` where too few rows of text fit."""
    if min(width, height) < SPARSE_ROWS * em or max(width, height) < 40 * em:
        return "sparse"
    return "tall" if width < height else "wide" if width > 2.6 * height else "plain"


@dataclass(frozen=True)
class Layout:
    """A grid: ``areas`` as in CSS (a line a row, a name a cell), ``columns`` and ``rows`` as shares."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    areas: str

    @property
    def cells(self) -> list[list[str]]:
        """Names by row and column."""
        return [line.split() for line in self.areas.strip().splitlines()]

    def rects(self, wall: Wall) -> dict[str, Rect]:
        """Where each named panel stands; together they fill the wall."""
        xs = edges(self.columns, wall.width, wall.bezels_x)
        ys = edges(self.rows, wall.height, wall.bezels_y)
        spans: dict[str, tuple[list[int], list[int]]] = {}
        for row, names in enumerate(self.cells):
            for column, name in enumerate(names):
                found = spans.setdefault(name, ([], []))
                found[0].append(column)
                found[1].append(row)
        return {name: _rect(xs, ys, columns, rows) for name, (columns, rows) in spans.items()}


def _rect(xs: Sequence[int], ys: Sequence[int], columns: Sequence[int], rows: Sequence[int]) -> Rect:
    left, top = xs[min(columns)], ys[min(rows)]
    return Rect(left, top, xs[max(columns) + 1] - left, ys[max(rows) + 1] - top)


def edges(shares: Sequence[float], size: int, bezels: Sequence[int] = ()) -> list[int]:
    """``len(shares) + 1`` ascending whole pixels from 0 to ``size``; inner ones near a bezel stand on it."""
    whole = sum(shares)
    inner = [round(size * part / whole) for part in itertools.accumulate(shares)][:-1]
    taken: set[int] = set()
    for at, edge in enumerate(inner):
        near = min((b for b in bezels if b not in taken), key=lambda b: abs(b - edge), default=None)
        if near is not None and abs(near - edge) <= min(SNAP * size, edge, size - edge):
            inner[at] = near
            taken.add(near)
    return [0, *sorted(inner), size]


def boxes(rect: Rect, wall: Wall) -> list[Rect]:
    """The parts of a panel that no bezel comes near, down each column of panels, then the next."""
    columns = _parts(rect.x, rect.right, wall.bezels_x)
    rows = _parts(rect.y, rect.bottom, wall.bezels_y)
    return [Rect(x0, y0, x1 - x0, y1 - y0) for x0, x1 in columns for y0, y1 in rows]


def _parts(low: int, high: int, bezels: Sequence[int]) -> list[tuple[int, int]]:
    """[low, high) without CLEAR pixels on either side of each bezel."""
    parts = [(low, high)]
    for bezel in sorted(bezels):
        start, stop = parts[-1]
        if start - CLEAR < bezel < stop + CLEAR:
            parts[-1:] = [(start, min(stop, bezel - CLEAR)), (max(start, bezel + CLEAR), stop)]
    return [(a, b) for a, b in parts if b - a > 2 * CLEAR]
