"""Coordinate systems: everything inside the product is WGS-84 longitude and latitude in degrees.

China's map services publish shifted coordinates (GCJ-02; Baidu shifts once more to BD-09). No
library that is still kept speaks them, so they are written here from their published definition:
an offset in metres on the Krasovsky 1940 ellipsoid, a polynomial plus sines of the distance to
105°E 35°N. Every other system is pyproj's. No coordinate and no datum grid is ever asked of a
network.

Axis order is always x, y (longitude, latitude), whatever a system's own definition says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pyproj
import pyproj.exceptions
import pyproj.network
import shapely

from data.errors import CRSError
from grid.arrays import Bools, Floats, Shapes

pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]  # its stubs do not re-export it

#: Semi-major axis (m) and squared eccentricity of Krasovsky 1940, as the shift is defined on it.
AXIS, ECCENTRICITY2 = 6378245.0, 0.00669342162296594323
#: The rectangle inside which GCJ-02 shifts (degrees): west, south, east, north. Outside it
#: nothing is shifted. It is coarser than the border: the services use the same rectangle.
CHINA = (72.004, 0.8293, 137.8347, 55.8271)
#: No shift is longer (degrees): GCJ-02 moves by 0.01 at most, BD-09 by 0.007 more.
LONGEST_SHIFT = 0.05
#: The inverse stops when the forward image is this close (degrees; 1e-11 is a micrometre).
SETTLED = 1e-11
#: Each round of the inverse gains two to three digits; six settle, the rest is for safety.
ROUNDS = 20
#: A projected system may be used this far (degrees) past its area of use: cities keep one
#: zone although a corner lies in the next.
PAST_THE_ZONE = 3.0

Pair = tuple[Floats, Floats]

_OWN = {
    "WGS-84": ("WGS84", "EPSG4326", "CRS84", "OGCCRS84", "GPS", "地球坐标", "地球坐标系"),
    "CGCS2000": ("EPSG4490", "国家2000", "2000国家大地坐标系", "国家大地坐标系2000"),
    "GCJ-02": ("GCJ02", "GCJ", "火星坐标", "火星坐标系", "国测局坐标"),
    "BD-09": ("BD09", "BD09LL", "百度坐标", "百度坐标系"),
}
#: BD09MC (Baidu's Mercator) has no published definition: refused rather than guessed.
_REFUSED = {"BD09MC", "BDMC"}


@dataclass(frozen=True, slots=True)
class CRS:
    """A known coordinate system. ``name`` is how it is printed; ``definition`` is pyproj's WKT,
    empty for the four that need no pyproj."""

    name: str
    definition: str = field(default="", repr=False)

    @property
    def shifted(self) -> bool:
        """GCJ-02 or BD-09: systems that no file format can name."""
        return self.name in ("GCJ-02", "BD-09")

    @property
    def degrees(self) -> bool:
        """Coordinates are longitude and latitude."""
        return not self.definition or pyproj.CRS(self.definition).is_geographic


def crs(name: str) -> CRS:
    """The coordinate system called ``name``: WGS-84, CGCS2000, GCJ-02, BD-09, EPSG:n, NAD83, WKT, ...

    Case, spaces, hyphens and underscores do not matter. Raises CRSError for an empty or unknown name.
    """
    text = (name or "").strip()
    if not text:
        raise CRSError(where="crs", detail="未声明 / not declared")
    return _resolve(text)


def _squeeze(text: str) -> str:
    return re.sub(r"[\s\-_:/.]+", "", text).upper()


@lru_cache(maxsize=256)
def _resolve(text: str) -> CRS:
    key = _squeeze(text)
    for own, spellings in _OWN.items():
        if key in (_squeeze(own), *spellings):
            return CRS(own)
    if key in _REFUSED:
        raise CRSError(where=text, detail="百度墨卡托无公开定义 / Baidu's Mercator has no published definition")
    return _from_pyproj(text, key)


def _from_pyproj(text: str, key: str) -> CRS:
    code = re.fullmatch(r"(?:EPSG)?(\d{4,6})", key)
    try:
        found = pyproj.CRS.from_user_input(f"EPSG:{code[1]}" if code else text)
    except pyproj.exceptions.CRSError as error:
        raise CRSError(where=text, detail="未知坐标系 / unknown system") from error
    plain = code is None and not re.search(r"[\[\]{}+:=]", text)
    if plain and _squeeze(found.name) != key:
        # PROJ guesses at part of a name ("Beijing" finds New Beijing); a guess is no declaration
        raise CRSError(where=text, detail="未知坐标系 / unknown system")
    if not (found.is_geographic or found.is_projected):
        raise CRSError(where=text, detail="不是平面或经纬度坐标 / neither longitude-latitude nor plane")
    epsg = found.to_epsg()
    known = {4326: "WGS-84", 4490: "CGCS2000"}.get(epsg or 0)
    if known or _is_crs84(found):
        return CRS(known or "WGS-84")
    definition = pyproj.CRS.from_epsg(epsg) if epsg else found
    return CRS(f"EPSG:{epsg}" if epsg else found.name, definition.to_wkt())


def _is_crs84(found: pyproj.CRS) -> bool:
    return found.is_geographic and found.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True)


def to_wgs84(x: Floats, y: Floats, system: CRS) -> Pair:
    """WGS-84 longitude and latitude (degrees, float64, shape of ``x``) of coordinates in ``system``.

    What is not finite, or has no image, comes back as NaN or inf and is nowhere.
    """
    x, y = _floats(x, y)
    if system.shifted:
        return _unshift(x, y, system)
    return _project(x, y, system, inverse=False)


def from_wgs84(lon: Floats, lat: Floats, system: CRS) -> Pair:
    """Coordinates in ``system`` of WGS-84 longitude and latitude; the inverse of :func:`to_wgs84`."""
    lon, lat = _floats(lon, lat)
    if system.shifted:
        lon, lat, inside = lon.copy(), lat.copy(), in_china(lon, lat)
        lon[inside], lat[inside] = _shift(lon[inside], lat[inside], system)
        return lon, lat
    return _project(lon, lat, system, inverse=True)


def _floats(x: Floats, y: Floats) -> Pair:
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def _project(x: Floats, y: Floats, system: CRS, *, inverse: bool) -> Pair:
    if not system.definition:
        return x.copy(), y.copy()
    direction = pyproj.enums.TransformDirection.INVERSE if inverse else pyproj.enums.TransformDirection.FORWARD
    out = _transformer(system.definition).transform(x, y, direction=direction)
    return _floats(*out)


@lru_cache(maxsize=64)
def _transformer(definition: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(definition, "EPSG:4326", always_xy=True)


def shapes_to_wgs84(geometries: Shapes, system: CRS) -> Shapes:
    """The same geometries (array of shapely objects, None allowed) in WGS-84; heights are dropped."""
    if not system.definition and not system.shifted:
        return shapely.force_2d(geometries)

    def move(points: Floats) -> Floats:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], system))

    return np.asarray(shapely.transform(geometries, move), dtype=object)


# --- the shift -----------------------------------------------------------------------------


def in_china(lon: Floats, lat: Floats, margin: float = 0.0) -> Bools:
    """Whether WGS-84 coordinates lie in the rectangle that GCJ-02 shifts, ``margin`` degrees included."""
    west, south, east, north = CHINA
    along = (lon >= west - margin) & (lon <= east + margin)
    return np.asarray(along & (lat >= south - margin) & (lat <= north + margin))


def _waves(t: Floats, *terms: tuple[float, float]) -> Floats:
    """Sum of amplitude * sin(frequency * pi * t) over ``terms``, times 2/3 (metres)."""
    total = np.zeros_like(t)
    for amplitude, frequency in terms:
        total += amplitude * np.sin(frequency * np.pi * t)
    return total * (2.0 / 3.0)


def _offset(x: Floats, y: Floats) -> Pair:
    """The offset of GCJ-02 (degrees east, degrees north) as its published polynomial gives it at a place."""
    a, b = x - 105.0, y - 35.0
    root = np.sqrt(np.abs(a))
    ripple = _waves(a, (20, 6), (20, 2))
    east = 300 + a + 2 * b + 0.1 * a * a + 0.1 * a * b + 0.1 * root + ripple
    east += _waves(a, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))
    north = -100 + 2 * a + 3 * b + 0.2 * b * b + 0.1 * a * b + 0.2 * root + ripple
    north += _waves(b, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))
    phi = np.radians(y)
    w2 = 1 - ECCENTRICITY2 * np.sin(phi) ** 2
    parallel = AXIS / np.sqrt(w2) * np.cos(phi)
    meridian = AXIS * (1 - ECCENTRICITY2) / w2**1.5
    return np.degrees(east / parallel), np.degrees(north / meridian)


def _wgs_of_gcj(x: Floats, y: Floats) -> Pair:
    """WGS-84 of GCJ-02, as if everywhere were China: the offset is read at the shifted place.

    Reading it at the true place instead, as the polynomial was published, differs by 5 m at most and 0.7 m
    in the median. Measured pairs (400 geocoded points of Shanghai) fit this reading within 0.08 m and the
    other within 2.3 m: this is how the points that people send were converted.
    """
    east, north = _offset(x, y)
    return x - east, y - north


def _bd_of_gcj(x: Floats, y: Floats) -> Pair:
    """BD-09 of GCJ-02: rippled, then moved by a constant."""
    rate = np.pi * 3000.0 / 180.0
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * rate)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * rate)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _solve(image: Callable[[Floats, Floats], Pair], goal_x: Floats, goal_y: Floats) -> Pair:
    """The place whose ``image`` is the goal, by repeated substitution: every image here is the place
    itself plus an offset whose slope is below 0.01, a contraction."""
    x, y = goal_x.copy(), goal_y.copy()
    for _ in range(ROUNDS):
        ahead = image(x, y)
        miss_x, miss_y = goal_x - ahead[0], goal_y - ahead[1]
        x, y = x + miss_x, y + miss_y
        if not (np.abs(miss_x) > SETTLED).any() and not (np.abs(miss_y) > SETTLED).any():
            break
    return x, y


def _shift(lon: Floats, lat: Floats, system: CRS) -> Pair:
    """``system``'s coordinates of WGS-84, as if everywhere were China."""
    x, y = _solve(_wgs_of_gcj, lon, lat)
    return _bd_of_gcj(x, y) if system.name == "BD-09" else (x, y)


def _unshift(x: Floats, y: Floats, system: CRS) -> Pair:
    """WGS-84 of ``system``'s coordinates. Where the place lies outside China nothing had been shifted, so
    the coordinates stand. On the rectangle's rim two places share one image; the inner one is given."""
    out_x, out_y = x.copy(), y.copy()
    near = in_china(x, y, margin=LONGEST_SHIFT)
    gcj = _solve(_bd_of_gcj, x[near], y[near]) if system.name == "BD-09" else (x[near], y[near])
    lon, lat = _wgs_of_gcj(*gcj)
    inside = in_china(lon, lat)
    out_x[near], out_y[near] = np.where(inside, lon, x[near]), np.where(inside, lat, y[near])
    return out_x, out_y


# --- what a file says against what was declared ----------------------------------------------


def same_crs(declared: str, found: str | None, where: str) -> CRS:
    """The system to read a file with: the declared one, once the file does not contradict it.

    ``found`` is what the file says of itself (WKT, EPSG, urn) or None; ``where`` names the file.
    Raises CRSError when both speak and mean different ground ("mixed input refused").

    No format can say GCJ-02 or BD-09: such files carry WGS-84, CGCS2000 or nothing, so with these
    the declaration rules. WGS-84 and CGCS2000 differ by centimetres to decimetres, under a cell's
    hundred metres: equal here.
    """
    wanted = crs(declared)
    if not (found or "").strip():
        return wanted
    carried = crs(found or "")
    unmarked = {"WGS-84", "CGCS2000"}
    if wanted.name == carried.name or (carried.name in unmarked and (wanted.shifted or wanted.name in unmarked)):
        return wanted
    if wanted.definition and carried.definition and _equal(wanted.definition, carried.definition):
        return wanted
    raise CRSError(
        where=where,
        detail=f"声明为 {wanted.name}，文件自带 {carried.name}，不混用 / "
        f"declared {wanted.name} but the file carries {carried.name}; mixed input is refused",
    )


@lru_cache(maxsize=256)
def _equal(one: str, other: str) -> bool:
    return pyproj.CRS(one).equals(pyproj.CRS(other), ignore_axis_order=True)


def plausible(x: Floats, y: Floats, system: CRS) -> Bools:
    """Which coordinates (same shape) can belong to ``system``: inside the globe for degrees, inside
    its area of use plus PAST_THE_ZONE degrees for a plane system. NaN is not plausible."""
    x, y = _floats(x, y)
    if system.degrees:
        return np.asarray((np.abs(x) <= 180) & (np.abs(y) <= 90))
    lon, lat = to_wgs84(x, y, system)
    area = pyproj.CRS(system.definition).area_of_use
    if area is None:
        return np.isfinite(lon) & np.isfinite(lat)
    half = ((area.east - area.west) % 360 or 360) / 2
    with np.errstate(invalid="ignore"):
        far = np.abs((lon - (area.west + half) + 180) % 360 - 180)
    south, north = area.south - PAST_THE_ZONE, area.north + PAST_THE_ZONE
    return np.asarray((far <= half + PAST_THE_ZONE) & (lat >= south) & (lat <= north))


def check_plausible(x: Floats, y: Floats, system: CRS, where: str) -> None:
    """Raise CRSError, naming ``where`` and the first culprit, if any finite coordinate is not plausible."""
    x, y = _floats(x, y)
    bad = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ~plausible(x, y, system))
    if bad.size:
        first = f"({x.flat[bad[0]]:.6g}, {y.flat[bad[0]]:.6g})"
        raise CRSError(
            where=where,
            detail=f"坐标 {first} 不在 {system.name} 的范围内 / {first} is outside the bounds of {system.name}",
        )
