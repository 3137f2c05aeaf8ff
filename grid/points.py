"""Columns of coordinates -> leaves, some thousand rows at a time, as :mod:`grid.place` places the rows of a frame.

For ledgers too large to be read whole: rows that say where they are by longitude and latitude, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.rejects import BadCell
from data.sources.base import PLACE_FIELDS
from data.sources.parse import MAX_METRES, Manner, is_formula
from data.words import quote
from grid import crs
from grid.areas import Areas
from grid.arrays import Floats
from grid.geography import Geography
from grid.leaves import Leaves
from grid.located import BAD, LONLAT, Fault, Located, trimmed, word
from grid.lookup import Lookup

#: Texts that Arrow reads as data.sources.parse does. Others are few, and are read one by one.
_PLAIN = r"^-?[0-9]{1,15}(\.[0-9]+)?$"
_FIELDS = {each.id: each for each in PLACE_FIELDS if each.id in LONLAT}


class Coordinates:
    """Reads columns ``lon`` and ``lat`` of a ``system``. Raises CRSError."""

    def __init__(self, system: str) -> None:
        self.crs = crs.crs(system)
        self.manner = Manner(projected=not self.crs.degrees)
        self._limit = {"lon": 180.0, "lat": 90.0} if self.crs.degrees else dict.fromkeys(LONLAT, MAX_METRES)

    def read(self, columns: Mapping[str, Any]) -> tuple[Floats, Floats, list[Fault]]:
        """(lon, lat, their faults): NaN for an empty cell, infinite for one that is no coordinate."""
        lon, lat = (self._coordinates(name, columns[name]) for name in LONLAT)
        half = (np.isnan(lon) & np.isfinite(lat)) | (np.isnan(lat) & np.isfinite(lon))
        return lon, lat, [("lon", BAD, np.isinf(lon)), ("lat", BAD, np.isinf(lat)), ("lon", "lonlat", half)]

    def _coordinates(self, name: str, values: Any) -> Floats:
        found = self._numbers(name, values)
        beyond = np.abs(found) > self._limit[name]
        return np.where(beyond, np.inf, found) if beyond.any() else found

    def _numbers(self, name: str, values: Any) -> Floats:
        if not (pa.types.is_float64(values.type) or pa.types.is_integer(values.type)):
            return self._texts(name, trimmed(values))
        found = np.asarray(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
        none = np.isnan(found)
        if int(none.sum()) > values.null_count:  # a number that is none is not an empty cell
            found = np.where(none & values.is_valid().to_numpy(zero_copy_only=False), np.inf, found)
        return found

    def _texts(self, name: str, texts: Any) -> Floats:
        plain = pc.match_substring_regex(texts, _PLAIN)
        numbers = pc.cast(pc.if_else(plain, texts, pa.scalar(None, pa.string())), pa.float64())
        found = np.array(numbers.to_numpy(zero_copy_only=False), np.float64)
        stated = pc.fill_null(pc.greater(pc.binary_length(texts), 0), fill_value=False)
        odd = pc.and_(stated, pc.fill_null(pc.invert(plain), fill_value=False))
        for at in np.flatnonzero(odd.to_numpy(zero_copy_only=False)).tolist():
            found[at] = self._one(name, texts[at].as_py())
        return found

    def _one(self, name: str, text: str) -> float:
        try:
            return float(_FIELDS[name].parse(text, self.manner))
        except BadCell:
            return np.inf

    def said(self, name: str, why: str, cells: Mapping[str, Any]) -> tuple[str, str]:
        """See Where."""
        told = {each: quote(word(cells[each])) for each in LONLAT}
        if why == BAD:
            return told[name], self._reason(name, told[name])
        if why == "outside":
            told = {each: str(self._one(each, cell)) for each, cell in told.items()}
        return "" if why == "no_place" else ", ".join(told.values()), why

    def _reason(self, name: str, text: str) -> str:
        if is_formula(text):
            return "formula"
        try:
            _FIELDS[name].parse(text, self.manner)
        except BadCell as error:
            return error.why
        return "not_a_number"


class Points:
    """Where the points of a source lie in one geography; ``system``: in which they are written. Travels as bytes and a
    name, and makes its locators where it arrives, when they are first needed. Raises CRSError. See Where."""

    fields = LONLAT

    def __init__(self, lookup: Lookup, system: str) -> None:
        self.lookup = lookup
        self.system = system
        self.coordinates = Coordinates(system)

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrived, (*self._body, self.system)

    @cached_property
    def _body(self) -> tuple[bytes, bytes]:
        return body_of(self.lookup.geography)

    def located(self, columns: Mapping[str, Any]) -> Located:
        """See Where."""
        lon, lat, faults = self.coordinates.read(columns)
        leaf, coarse, outside = (
            np.full(len(lon), -1, np.int32),
            np.zeros(len(lon), np.bool_),
            np.zeros(len(lon), np.bool_),
        )
        at = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        x, y = crs.to_wgs84(lon[at], lat[at], self.coordinates.crs)
        area, fine = self.lookup.areas_at(x, y)
        outside[at], coarse[at] = area < 0, (area >= 0) & ~fine
        inside = np.flatnonzero(area >= 0)
        cell = self.lookup.cells_at(x[inside], y[inside])
        leaf[at[inside]] = self.lookup.leaf_at(area[inside], fine[inside], cell)
        nowhere = np.isnan(lon) & np.isnan(lat)
        noted = np.flatnonzero(coarse)
        note, text = np.full(len(noted), "point_unmapped", object), np.full(len(noted), "", object)
        every = (*faults, ("lon", "no_place", nowhere), ("lon", "outside", outside))
        return Located(leaf, every, noted, note, text)

    def said(self, name: str, why: str, cells: Mapping[str, Any]) -> tuple[str, str]:
        """See Where."""
        return self.coordinates.said(name, why, cells)


def body_of(geography: Geography) -> tuple[bytes, bytes]:
    """A geography as it travels."""
    return geography.areas.to_bytes(), geography.leaves.to_bytes()


def lookup_of(areas: bytes, leaves: bytes) -> Lookup:
    """The locators of a geography that travelled."""
    return Lookup(Geography(0, Areas.from_bytes(areas), Leaves.from_bytes(leaves)))


def _arrived(areas: bytes, leaves: bytes, system: str) -> Points:
    return Points(lookup_of(areas, leaves), system)
