"""Columns of codes, names, cells and points together -> leaves, some thousand rows at a time.

:mod:`grid.place` does it, as for the rows of a frame: what is said of places repeats, and each distinct text is
understood once. For ledgers of persons in Parquet, whose pieces are counted wherever the engine counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.city import City, Source
from data.rejects import BadCell
from data.sources.base import PLACE_FIELDS
from data.sources.parse import Manner, is_formula
from data.words import quote
from grid.arrays import Bools
from grid.located import BAD, LONLAT, Fault, Located, Words, trimmed, word
from grid.lookup import Lookup
from grid.place import Placed, Placer
from grid.points import Coordinates, body_of, lookup_of

_FIELDS = {each.id: each for each in PLACE_FIELDS}
_MANNER = Manner()
#: Texts of a field that are remembered from batch to batch: as many as a city has cells, and some.
REMEMBERED = 1 << 18


class Worded:
    """Where the rows of a source are by some place fields (``lon`` and ``lat`` both or neither, with the source's crs).
    Travels as bytes and texts. See :class:`grid.located.Where`. Raises CRSError."""

    def __init__(self, lookup: Lookup, city: City, source: Source, fields: Sequence[str]) -> None:
        self.lookup, self.city, self.source = lookup, city, source
        self._fields = tuple(fields)
        self._coordinates = Coordinates(source.crs or "") if "lon" in fields else None
        self._known: dict[str, dict[str, str | BadCell | None]] = {}

    @property
    def fields(self) -> tuple[str, ...]:
        """See Where."""
        return self._fields

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrived, self._travels

    @cached_property
    def _travels(self) -> tuple[Any, ...]:
        city, source = _bare(self.city).model_dump_json(), self.source.model_dump_json()
        return (*body_of(self.lookup.geography), city, source, self._fields)

    @cached_property
    def _placer(self) -> Placer:
        return Placer(self.lookup, self.city, self.source)

    # rows ------------------------------------------------------------------------------------------

    def located(self, columns: Mapping[str, Any]) -> Located:
        """See Where."""
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for name in (name for name in self._fields if name not in LONLAT):
            values[name], bad = self._texts(name, columns[name])
            faults.append((name, BAD, bad))
        empty = [~faults[at][2] & pd.isna(words) for at, words in enumerate(values.values())]
        if self._coordinates is not None:
            lon, lat, wrong = self._coordinates.read(columns)
            faults += wrong
            empty += [np.isnan(lon), np.isnan(lat)]
            values |= {"lon": np.where(np.isinf(lon), np.nan, lon), "lat": np.where(np.isinf(lat), np.nan, lat)}
        nowhere = np.logical_and.reduce(empty)
        placed = self._placer.place(pd.DataFrame(values))
        faults.append((self._fields[0], "no_place", nowhere))
        faults += self._astray(placed, nowhere)
        at = np.flatnonzero((placed.note != None) & (placed.leaf >= 0))  # noqa: E711  (elementwise)
        text = np.where(placed.text[at] == None, "", placed.text[at])  # noqa: E711
        return Located(placed.leaf, tuple(faults), at, placed.note[at], text)

    def _astray(self, placed: Placed, nowhere: Bools) -> list[Fault]:
        """What the placer could not place, by field and reason."""
        lost = np.flatnonzero((placed.leaf < 0) & ~nowhere)
        reasons = [(placed.column[at] or self._fields[0], placed.why[at] or "no_place") for at in lost.tolist()]
        faults = []
        for name, why in dict.fromkeys(reasons):
            wrong = np.zeros(len(placed.leaf), np.bool_)
            wrong[[at for at, reason in zip(lost.tolist(), reasons, strict=True) if reason == (name, why)]] = True
            faults.append((name, why, wrong))
        return faults

    def _texts(self, name: str, values: Any) -> tuple[Words, Bools]:
        """(what each cell says, None for nothing; which of them say nothing that the field means)."""
        coded = trimmed(values).dictionary_encode()
        known = self._known.get(name)
        if known is None or len(known) > REMEMBERED:
            known = self._known[name] = {}  # another thread may go on with the old one
        words = coded.dictionary.to_pylist()
        for each in words:
            if each not in known:
                known[each] = _read(name, each)
        meant = [known[each] for each in words]
        at = np.asarray(coded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False))
        bad = np.array([*(isinstance(each, BadCell) for each in meant), False], np.bool_)
        said = np.array([*(None if isinstance(each, BadCell) else each for each in meant), None], object)
        return said[at], bad[at]

    # what is wrong ---------------------------------------------------------------------------------

    def said(self, name: str, why: str, cells: Mapping[str, Any]) -> tuple[str, str]:
        """See Where."""
        if name in LONLAT and self._coordinates is not None:
            return self._coordinates.said(name, why, cells)
        text = word(cells[name])
        found = _read(name, text)
        if isinstance(found, BadCell):
            return quote(text), found.why
        return "" if why == "no_place" else quote(found or ""), why


def _read(name: str, text: str) -> str | BadCell | None:
    """What a cell of a field says; the reason where it is none."""
    if not text:
        return None
    if is_formula(text):
        return BadCell("formula")
    try:
        return str(_FIELDS[name].parse(text, _MANNER))
    except BadCell as reason:
        return reason


def _bare(city: City) -> City:
    """What of a city is needed to understand places."""
    members = tuple(map(_bare, city.members))
    return city.model_copy(update={"sources": [], "systems": [], "members": members})


def _arrived(areas: bytes, leaves: bytes, city: str, source: str, fields: tuple[str, ...]) -> Worded:
    found = City.model_validate_json(city), Source.model_validate_json(source)
    return Worded(lookup_of(areas, leaves), *found, fields)
