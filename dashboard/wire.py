"""The bytes that the map in the browser reads; ``assets/painter/decode.js`` is the other end.

All numbers are little-endian. Places are Web-Mercator metres (EPSG:3857), because it is conformal: hexagons
stay regular and the aspect is right at every latitude. A *plane-coded* array of n k-byte integers is k runs
of n bytes, lowest byte first: neighbours differ little, so gzip finds the high planes nearly empty.

**Shapes** (``encode_shapes``, ``encode_cells``), magic ``OSS1``::

    0   4 bytes  magic            24  f64  x of the origin, EPSG:3857 metres
    4   u32      units N          32  f64  y of the origin
    8   u32      rings R          40  f64  step: EPSG:3857 metres of one quantum
    12  u32      vertices V       48  plane-coded u16[N]: rings of each unit (0: never drawn)
    16  u32      bytes of text    ..  plane-coded u32[R]: vertices of each ring, the last joins the first
    20  u32      0                ..  plane-coded i32[R] x 2: x, then y, of first vertices, each less the
                                      first vertex of the ring before
                                  ..  plane-coded i16[V-R] x 2: x, then y, of the others, each less the
                                      vertex before; sorted by number within the ring, then by ring
                                  ..  text: UTF-8 JSON {"codes", "zh", "en"}, each a list or null

Rings of a unit are filled even-odd, so holes and parts need no marks. A quantum is 0.25 m on the ground: a
vertex is off by at most 0.125 m along each axis, a quarter of a pixel at the deepest zoom (0.5 m a device
pixel). Edges longer than 8 km are cut, alike in both neighbours.

**Outlines** (``encode_outlines``), magic ``OSO1``: u32 length of the text; UTF-8 JSON {"levels", "codes",
"parents", "zh", "en", "x", "y", "r"}, one entry an area: ``x``, ``y`` the label's anchor and ``r`` its
distance to the border (EPSG:3857 metres); then shapes, one unit an area.

**Values** (``encode_values``), magic ``OSV1``: u32 N; f32[N] values (0 where the state is not VALUE, so that
a hidden number does not travel); u8[N] states, ``VALUE`` .. ``OUTSIDE``, plus ``DOUBTFUL``.

**Classes** (``encode_classes``), magic ``OSC1``: u32 days; u32 N; u8[days, N] codes: class 0..119,
``CLASS_OUTSIDE`` .. ``CLASS_MISSING``, plus ``DOUBTFUL``.
**Flows** (``encode_flows``), magic ``OSF1``: u32 flows F; u32 days D; u32 bytes of text; f64[D, F] values (0
where the state is not VALUE); u32[F] rows of the places they leave; u32[F] rows of the places they reach;
u8[D, F] states, as for values; text: UTF-8 JSON {"codes", "parents"}, one entry a place, ``parents`` codes
or null. Places are area codes and not rows of the outlines, so that flows fit whichever outlines are shown:
a place stands for itself or for the nearest area above it that is drawn.
"""

from __future__ import annotations

import gzip
import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from data.errors import BadQuestion

EARTH_RADIUS = 6378137.0  # metres: the sphere of EPSG:3857
#: Ground metres of one quantum: half of it is a quarter of a pixel at the deepest zoom of view.js.
QUANTUM = 0.25
LONGEST = 32767  # quanta that an i16 holds

VALUE, ZERO, SUPPRESSED, MISSING, OUTSIDE = range(5)
#: Added to a state or a class code: the number is there but stale or unreliable; it is hatched over.
DOUBTFUL = 0x80
CLASSES = 120
CLASS_OUTSIDE, CLASS_ZERO, CLASS_SUPPRESSED, CLASS_MISSING = 124, 125, 126, 127
_CLASS_OF_STATE = np.array([0, CLASS_ZERO, CLASS_SUPPRESSED, CLASS_MISSING, CLASS_OUTSIDE], np.uint8)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Geometries = Sequence[BaseGeometry | None]


@dataclass(frozen=True, slots=True)
class Outline:
    """One area whose border and label are drawn. ``geometry``: lon, lat in WGS-84 degrees, or None."""

    level: str
    code: str
    zh: str
    en: str
    geometry: BaseGeometry | None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class _Rings:
    """Open rings: ``unit`` i64[R] ascending, ``count`` i64[R] vertices of each, ``lonlat`` f64[V, 2]."""

    unit: Ints
    count: Ints
    lonlat: Floats


def encode_shapes(
    geometries: Geometries,
    codes: Sequence[str] | None = None,
    zh: Sequence[str] | None = None,
    en: Sequence[str] | None = None,
) -> bytes:
    """Units as polygons or multipolygons with holes, in WGS-84 degrees; None or empty is never drawn.

    ``codes``, ``zh``, ``en``: one text a unit, or None. Raises BadQuestion if lengths differ.
    """
    return _shapes(len(geometries), _rings_of(geometries), _text(len(geometries), codes, zh, en))


def encode_cells(
    cells: ArrayLike,
    zh: Sequence[str] | None = None,
    en: Sequence[str] | None = None,
) -> bytes:
    """Units as H3 cells of any resolution (uint64[N]; 0 is no cell); their hexadecimal text is the code."""
    numbers: list[int] = np.asarray(cells, np.uint64).tolist()
    borders = [h3.cell_to_boundary(cell) if cell else () for cell in numbers]
    count = np.array([len(border) for border in borders], np.int64)
    latlon = np.array([point for border in borders for point in border], np.float64).reshape(-1, 2)
    drawn = np.flatnonzero(count)
    rings = _Rings(drawn, count[drawn], latlon[:, ::-1])
    return _shapes(len(numbers), rings, _text(len(numbers), [f"{cell:x}" for cell in numbers], zh, en))


def encode_outlines(outlines: Sequence[Outline]) -> bytes:
    """Borders and labels of areas, levels from the top down (the first is the widest and drawn heaviest)."""
    geometries = [outline.geometry for outline in outlines]
    anchors = [_anchor(geometry) for geometry in geometries]
    text = {
        "levels": [outline.level for outline in outlines],
        "codes": [outline.code for outline in outlines],
        "parents": [outline.parent for outline in outlines],
        "zh": [outline.zh for outline in outlines],
        "en": [outline.en for outline in outlines],
        **{key: [round(anchor[i], 1) for anchor in anchors] for i, key in enumerate("xyr")},
    }
    head = json.dumps(text, ensure_ascii=False, separators=(",", ":")).encode()
    return struct.pack("<4sI", b"OSO1", len(head)) + head + encode_shapes(geometries)


def encode_values(values: ArrayLike, states: ArrayLike) -> bytes:
    """One day. ``values`` float[N] (read where the state is VALUE), ``states`` uint8[N].

    Raises BadQuestion if shapes differ or a VALUE is not finite.
    """
    numbers, codes = _checked(values, states)
    return struct.pack("<4sI", b"OSV1", len(codes)) + numbers.tobytes() + codes.tobytes()


def encode_classes(matrix: ArrayLike) -> bytes:
    """Days for replay: class codes uint8[days, N], as :func:`classify` makes them."""
    codes = np.ascontiguousarray(matrix, np.uint8)
    if codes.ndim != 2:
        raise BadQuestion(detail=f"classes have {codes.ndim} axes, wanted days x units")
    return struct.pack("<4sII", b"OSC1", *codes.shape) + codes.tobytes()


def encode_flows(
    codes: Sequence[str],
    parents: Sequence[str | None],
    origin: ArrayLike,
    destination: ArrayLike,
    values: ArrayLike,
    states: ArrayLike | None = None,
) -> bytes:
    """Flows between areas, of one day or of many.

    ``codes``, ``parents``: the area tree of the places (areas above may be given too; None: nothing above).
    ``origin``, ``destination``: int[F] rows of ``codes``. ``values``: float[F] or float[days, F], people or an
    index, never negative. ``states``: uint8 of the same shape; None: all are VALUE.

    Raises BadQuestion if lengths differ, a row is none of ``codes`` or a value is negative or not finite.
    """
    numbers = np.atleast_2d(np.asarray(values, np.float64))
    coded = np.full(numbers.shape, VALUE, np.uint8) if states is None else np.atleast_2d(np.asarray(states, np.uint8))
    _checked(numbers, coded)
    shown = np.where(coded & 0x7F == VALUE, numbers, 0.0)
    ends = [_rows(rows, len(codes), numbers.shape[1]) for rows in (origin, destination)]
    if len(parents) != len(codes) or (shown < 0).any():
        raise BadQuestion(detail="flows with a negative value, or places without a parent's entry")
    text = json.dumps({"codes": list(codes), "parents": list(parents)}, ensure_ascii=False, separators=(",", ":"))
    head = struct.pack("<4sIII", b"OSF1", numbers.shape[1], len(numbers), len(text.encode()))
    body = (shown.astype("<f8"), *ends, np.ascontiguousarray(coded))
    return head + b"".join(part.tobytes() for part in body) + text.encode()


def _rows(rows: ArrayLike, places: int, flows: int) -> NDArray[np.uint32]:
    numbers = np.asarray(rows, np.int64)
    if numbers.shape != (flows,) or (numbers < 0).any() or (numbers >= places).any():
        raise BadQuestion(detail=f"wanted {flows} rows below {places}")
    return numbers.astype("<u4")


def classify(values: ArrayLike, states: ArrayLike, breaks: Sequence[float]) -> Bytes:
    """Class codes uint8 of values and states of one shape: how many ``breaks`` are <= the float32 value.

    The browser does the same to :func:`encode_values`. Raises BadQuestion on too many or unsorted breaks.
    """
    if len(breaks) >= CLASSES or list(breaks) != sorted(breaks):
        raise BadQuestion(detail=f"breaks must ascend and be fewer than {CLASSES}")
    numbers, codes = _checked(values, states)
    state, doubt = codes & 0x7F, codes & DOUBTFUL
    classes = np.searchsorted(np.asarray(breaks, np.float64), numbers.astype(np.float64), side="right")
    coded: Bytes = np.where(state == VALUE, classes.astype(np.uint8), _CLASS_OF_STATE[state]) | doubt
    return coded


def gzipped(data: bytes) -> bytes:
    """``data`` for ``Content-Encoding: gzip``; the same bytes always, so that its hash can be its address."""
    return gzip.compress(data, 6, mtime=0)


def _checked(values: ArrayLike, states: ArrayLike) -> tuple[NDArray[np.float32], Bytes]:
    numbers, codes = np.asarray(values, np.float64), np.ascontiguousarray(states, np.uint8)
    if numbers.shape != codes.shape:
        raise BadQuestion(detail=f"values {numbers.shape} and states {codes.shape} differ in shape")
    state = codes & 0x7F
    if (state > OUTSIDE).any():
        raise BadQuestion(detail=f"{int(state.max())} is no state")
    with np.errstate(over="ignore"):
        single = np.where(state == VALUE, numbers, 0).astype(np.float32)
    if not np.isfinite(single).all():
        raise BadQuestion(detail="a value that is not finite; say that it is missing")
    return np.ascontiguousarray(single), codes


def _text(units: int, *columns: Sequence[str] | None) -> bytes:
    if any(column is not None and len(column) != units for column in columns):
        raise BadQuestion(detail=f"{units} units, but codes or names of another number")
    named = {
        key: None if column is None else list(column)
        for key, column in zip(("codes", "zh", "en"), columns, strict=True)
    }
    return json.dumps(named, ensure_ascii=False, separators=(",", ":")).encode()


def _rings_of(geometries: Geometries) -> _Rings:
    parts, unit = shapely.get_parts(np.array(geometries, dtype=object), return_index=True)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part = shapely.get_rings(parts[areal], return_index=True)
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    closing = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.zeros(0, bool)
    count = np.bincount(ring, minlength=len(rings)) - 1
    return _Rings(unit[areal][part], count, lonlat[~closing])


def mercator(lonlat: Floats) -> Floats:
    """WGS-84 degrees f64[n, 2] -> EPSG:3857 metres f64[n, 2]."""
    radians = np.radians(lonlat)
    north = np.log(np.tan(math.pi / 4 + radians[:, 1] / 2))
    return EARTH_RADIUS * np.column_stack([radians[:, 0], north])


def _shapes(units: int, rings: _Rings, text: bytes) -> bytes:
    metres = mercator(rings.lonlat)
    origin = (metres.min(0) + metres.max(0)) / 2 if len(metres) else np.zeros(2)
    step = QUANTUM * math.cosh(origin[1] / EARTH_RADIUS)  # 1 / cos(latitude)
    points = np.rint((metres - origin) / step).astype(np.int64)
    points, count = _cut_long_edges(points, rings.count)
    first = np.cumsum(count) - count
    starts = np.diff(points[first], axis=0, prepend=np.zeros((1, 2), np.int64))
    edges = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int64))[_others(first, count)]
    head = struct.pack("<4sIIIIIddd", b"OSS1", units, len(count), len(points), len(text), 0, origin[0], origin[1], step)
    body = [
        _planes(np.bincount(rings.unit, minlength=units), "<u2"),
        _planes(count, "<u4"),
        *(_planes(starts[:, axis], "<i4") for axis in (0, 1)),
        *(_planes(edges[:, axis], "<i2") for axis in (0, 1)),
    ]
    return head + b"".join(body) + text


def _others(first: Ints, count: Ints) -> Ints:
    """Rows of all vertices but the first of each ring, by number within the ring, then by ring."""
    number = np.arange(count.sum()) - np.repeat(first, count)
    order = np.argsort(number, kind="stable")
    return order[len(count) :]


def _planes(numbers: NDArray[Any], kind: str) -> bytes:
    column = np.ascontiguousarray(numbers.astype(kind))
    return column.view(np.uint8).reshape(-1, column.itemsize).T.tobytes()


def _cut_long_edges(points: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Rings whose edges all fit in an i16. An edge and its reverse are cut at the same points."""
    ring = np.repeat(np.arange(len(count)), count)
    last = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.zeros(0, bool)
    step = np.append(points[1:], points[:1], axis=0) - points
    step[last] = 0  # the closing edge is implied, never written
    pieces = np.maximum(1, -(-np.abs(step).max(1, initial=0) // LONGEST))
    if (pieces == 1).all():
        return points, count
    base = np.repeat(np.arange(len(points)), pieces)
    part = np.arange(len(base)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    # floor from either end gives the same points: a + floor(s j / k) = b + floor(-s (k - j) / k)
    cut = part[:, None] * step[base] // pieces[base][:, None]
    return points[base] + cut, np.bincount(ring[base], minlength=len(count))


#: Label places that are remembered: all areas of the largest city, which stand in many outlines.
ANCHORS = 20_000


@lru_cache(ANCHORS)
def _anchor(geometry: BaseGeometry | None) -> tuple[float, float, float]:
    """Centre x, y and radius of the widest circle inside the widest part (EPSG:3857 metres), to 2 %."""
    if geometry is None or geometry.is_empty:
        return 0.0, 0.0, 0.0
    flat = shapely.transform(geometry, mercator)
    part = max(shapely.get_parts(flat).tolist(), key=lambda one: one.area)
    reach = shapely.maximum_inscribed_circle(part, tolerance=0.02 * math.sqrt(max(part.area, 1.0)))
    x, y = shapely.get_coordinates(reach)[0]
    return float(x), float(y), float(reach.length)
