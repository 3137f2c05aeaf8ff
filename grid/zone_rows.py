"""Rows of a zone source -> zones: which leaves each covers, and how much of each."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.city import Source
from data.deliveries import Delivery
from data.slabs import COVERED
from data.store import Writer, Zone
from grid import crs, rows
from grid.geography import Geography, finest_drawn
from grid.ground import Figures, Ground
from grid.lookup import Lookup
from grid.place import Placed
from grid.rows import Kept, Told
from grid.zones import WHOLE

Day = dt.date

#: Characters that the store keeps of a zone's id.
KEY_CHARS = 200


def take(ground: Ground, load: Writer, delivery: Delivery) -> Figures:
    """Read a delivery and keep its zones."""
    return rows.take(ground, load, delivery, keep, place)


def keep(ground: Ground, load: Writer, told: Told) -> Kept:
    """Keep the zones of a checked frame."""
    if told.good.empty:
        return Kept(None)
    zones = list(_zones(told.good, told.leaf, told.source, Cover(ground.geography)))
    load.zones(zones)
    return Kept((min(zone.start for zone in zones), max(zone.last or zone.start for zone in zones)))


def place(ground: Ground, good: pd.DataFrame, source: Source) -> Placed:
    """By words, and where there are none by what is drawn."""
    placed = rows.by_words(ground, good, source)
    seat_drawn(good, placed, source, ground.lookup)
    return placed


def seat_drawn(good: pd.DataFrame, placed: Placed, source: Source, lookup: Lookup) -> None:
    """Place the drawn zones that say nothing in words: by a point of them inside the city."""
    if "geometry" not in good:
        return
    at = np.flatnonzero((placed.leaf < 0) & good["geometry"].notna().to_numpy() & (placed.why == None))  # noqa: E711
    if at.size:
        shapes = crs.shapes_to_wgs84(good["geometry"].to_numpy()[at], crs.crs(source.crs or ""))
        points = shapely.point_on_surface(_inside(shapes, lookup.geography.areas.shape[0]))
        lonlat = np.full((2, at.size), np.nan)
        lonlat[:, ~shapely.is_empty(points)] = shapely.get_coordinates(points).T
        area, _ = lookup.areas_at(*lonlat)
        leaves = lookup.geography.leaves
        own = leaves.find(np.maximum(area, 0), np.full(len(area), -1, np.int32))
        placed.leaf[at] = np.where(area >= 0, own, -1)
        placed.why[at[area < 0]] = "outside"
        placed.column[at[area < 0]] = "geometry"


def _inside(shapes: Any, outline: BaseGeometry | None) -> Any:
    """The parts of ``shapes`` inside ``outline``; all of them where none is drawn."""
    return shapes if outline is None else shapely.intersection(shapes, outline)


def _zones(good: pd.DataFrame, leaf: NDArray[np.int32], source: Source, cover: Cover) -> Iterator[Zone]:
    geography = cover.geography
    for at, row in enumerate(good.itertuples(index=False)):
        drawn = getattr(row, "geometry", None)
        seat = int(geography.leaves.area[leaf[at]])
        if drawn is not None:
            drawn = crs.shapes_to_wgs84(np.array([drawn], dtype=object), crs.crs(source.crs or ""))[0]
            covered = cover.of_shape(drawn)
            seat = cover.seat(drawn, seat)
        else:
            covered = cover.of_leaf(int(leaf[at]), whole=_whole(row, geography.areas.name[seat]))
        end = getattr(row, "end", None)
        yield Zone(
            key=_key(str(row.id)),
            source=source.name,
            kind=str(row.kind),
            name=str(getattr(row, "name", None) or row.id),
            area=geography.areas.code[seat],
            start=_date(row.start),
            stop=None if pd.isna(end) else _date(end) + dt.timedelta(days=1),
            geography=geography.id,
            covered=covered,
            shape=None if drawn is None else shapely.to_wkb(drawn),
        )


def _key(words: str) -> str:
    """A zone's id as it is stored: one longer than the column, such as an address, by its fingerprint."""
    return words if len(words) <= KEY_CHARS else hashlib.sha256(words.encode()).hexdigest()


def _date(moment: Any) -> Day:
    return pd.Timestamp(moment).date()


def _whole(row: object, name: str) -> bool:
    """Whether the words of a row mean the whole area: a text that goes on names only a part of it."""
    text = getattr(row, "text", None)
    return not isinstance(text, str) or text.strip().endswith(name)


class Cover:
    """Which leaves a zone covers, in square metres."""

    def __init__(self, geography: Geography) -> None:
        self.geography = geography
        leaves = geography.leaves
        self._finest = finest_drawn(geography.areas)
        shapes = [geography.areas.shape[row] for row in self._finest]
        self._area_tree = shapely.STRtree(shapes)
        self._cell_tree = shapely.STRtree(leaves.cells.shapes)
        order = np.argsort(leaves.cell, kind="stable")
        self._leaves_of_cell = np.split(order, np.searchsorted(leaves.cell[order], np.arange(len(leaves.cells))))[1:]

    def of_leaf(self, leaf: int, *, whole: bool) -> NDArray[np.void]:
        """A zone told in words: its cell, or the whole of its area; nothing where the words name a
        part of an area that no polygon shows."""
        leaves, areas = self.geography.leaves, self.geography.areas
        if leaves.cell[leaf] >= 0:
            parts = self._leaves_of_cell[leaves.cell[leaf]]  # of a cell that a border cuts all of them
            return _rows(parts, np.full(len(parts), WHOLE))
        if not whole:
            return _rows([], [])
        area = leaves.area[leaf]
        inside = np.arange(areas.lo[area], areas.hi[area])
        return _rows(inside, np.full(len(inside), WHOLE))

    def of_shape(self, shape: BaseGeometry) -> NDArray[np.void]:
        """A drawn zone: its share of each cell, and of each area's ground outside cells."""
        leaves, areas = self.geography.leaves, self.geography.areas
        found: dict[int, int] = {}
        for cell in self._cell_tree.query(shape, predicate="intersects"):
            self._add_cell(shape, int(cell), found)
        for at in self._area_tree.query(shape, predicate="intersects"):
            row = int(self._finest[at])
            outline = areas.shape[row]
            size = int(leaves.m2[areas.lo[row] : areas.hi[row]].sum())
            inside = shapely.area(shapely.intersection(shape, outline)) / shapely.area(outline) * size
            taken = sum(m2 for leaf, m2 in found.items() if areas.lo[row] <= leaf < areas.hi[row])
            own = int(areas.lo[row])
            rest = min(int(leaves.m2[own]), round(inside - taken))
            if rest > 0:
                found[own] = found.get(own, 0) + rest
        return _rows(list(found), list(found.values()))

    def _add_cell(self, shape: BaseGeometry, cell: int, found: dict[int, int]) -> None:
        leaves, areas = self.geography.leaves, self.geography.areas
        outline = leaves.cells.shapes[cell]
        parts = self._leaves_of_cell[cell]
        scale = leaves.m2[parts].sum() / shapely.area(outline)
        common = shapely.intersection(shape, outline)
        for leaf in parts:
            part = common if len(parts) == 1 else shapely.intersection(common, areas.shape[leaves.area[leaf]])
            m2 = min(int(leaves.m2[leaf]), round(shapely.area(part) * scale))
            if m2 > 0:
                found[int(leaf)] = m2

    def seat(self, shape: BaseGeometry, stated: int) -> int:
        """The area that a drawn zone is counted in: the finest that holds a point of it, inside the
        stated one if there is any."""
        point = shapely.point_on_surface(_inside(shape, self.geography.areas.shape[stated]))
        for at in self._area_tree.query(point, predicate="intersects"):
            row = int(self._finest[at])
            if stated <= row < self.geography.areas.last[stated]:
                return row
        return stated


def _rows(leaf: object, m2: object) -> NDArray[np.void]:
    found = np.zeros(len(leaf), COVERED)  # type: ignore[arg-type]
    found["leaf"], found["m2"] = leaf, m2
    return found
