"""Rows of notices -> notices: the rows of one number are one, and take in one area each."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

import pandas as pd

from data.city import Source
from data.deliveries import Delivery
from data.notices import Notice
from data.sources.base import PLACE_IDS
from data.store import Writer
from grid import rows
from grid.ground import Figures, Ground
from grid.place import Placed
from grid.rows import Kept, Told

#: Characters that the store keeps of a notice's number as its key.
KEY_CHARS = 200


def take(ground: Ground, load: Writer, delivery: Delivery) -> Figures:
    """Read a delivery and keep its notices."""
    return rows.take(ground, load, delivery, keep, place)


def place(ground: Ground, good: pd.DataFrame, source: Source) -> Placed:
    """By the words about the area; the text of a notice is read for one only where nothing else names it."""
    elsewhere = [name for name in PLACE_IDS - {"text"} if name in good]
    told = good.copy()
    if elsewhere and "text" in told:
        told["text"] = told["text"].where(told[elsewhere].isna().all(axis=1), None)
    return ground.placer(source).place(told)


def keep(ground: Ground, load: Writer, told: Told) -> Kept:
    """Keep the notices of a checked frame."""
    if told.good.empty:
        return Kept(None)
    found = list(_notices(ground, told))
    load.notices(found)
    return Kept((min(each.start for each in found), max(each.stop or each.start for each in found)))


def _notices(ground: Ground, told: Told) -> Iterator[Notice]:
    geography = ground.geography
    codes = [geography.areas.code[row] for row in geography.leaves.area[told.leaf].tolist()]
    for number, part in told.good.assign(_area=codes).groupby("number", sort=False):
        yield _notice(str(number), part, told.source.name)


def _notice(number: str, part: pd.DataFrame, source: str) -> Notice:
    """One notice: of each thing what its first row says that says anything."""
    said = {name: _first(part[name]) for name in part}
    start, end = _date(said["start"]), said.get("end")
    words = {name: str(said.get(name) or "") for name in ("title", "authority", "colour", "rule", "text")}
    return Notice(
        key=number if len(number) <= KEY_CHARS else hashlib.sha256(number.encode()).hexdigest(),
        source=source,
        number=number,
        issued=_date(said.get("issued")) or start,
        start=start,
        stop=None if end is None else _date(end) + dt.timedelta(days=1),
        scope=str(said["scope"]),
        areas=tuple(dict.fromkeys(part["_area"])),
        title=words["title"],
        authority=words["authority"],
        colour=words["colour"],
        rule=words["rule"],
        text=words["text"],
    )


def _first(values: pd.Series) -> Any:
    stated = values.dropna()
    return stated.iloc[0] if len(stated) else None


def _date(moment: Any) -> Any:
    return None if moment is None else pd.Timestamp(moment).date()
