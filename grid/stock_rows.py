"""Rows of isolation places, supplies and workers -> tables of a day that name areas by their codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.deliveries import Delivery
from data.flows import FlowDay
from data.sources import kind
from data.stock import STOCK
from data.store import Store, Writer
from grid import rows
from grid.ground import Figures, Ground
from grid.rows import Kept, Told


def take(ground: Ground, load: Writer, delivery: Delivery) -> Figures:
    """Read a delivery and keep what it says of each day."""
    return rows.take(ground, load, delivery, keep)


def keep(ground: Ground, load: Writer, told: Told) -> Kept:
    """Keep the tables of a checked frame, a day each."""
    areas = ground.geography.areas.code
    said = told.good.assign(area=[areas[row] for row in ground.geography.leaves.area[told.leaf]])
    found = list(_tables(told, said))
    if (told.source.replaces or kind(told.source.kind).replaces) == "row":
        found = [_joined(ground.store, each, load.number) for each in found]
    for made in found:
        load.flow_day(made)
    return Kept((found[0].day, found[-1].day) if found else None)


def _tables(told: Told, said: pd.DataFrame) -> Iterator[FlowDay]:
    layout, about = STOCK[told.made.id]
    for name in layout.names or ():
        if name not in said:  # a field without a column
            said[name] = None if layout[name].kind == "i" else np.nan
    for day, rows_ in said.groupby("day", sort=True):
        yield _packed(told.made.id, told.source.name, pd.Timestamp(str(day)).date(), _single(rows_, about))


def _single(said: pd.DataFrame, about: Sequence[str]) -> pd.DataFrame:
    """One row for each thing: what is in store is added up, of everything else the last row stands."""
    if "stock" not in said:
        return said.drop_duplicates(list(about), keep="last")
    keys = said.groupby(list(about), sort=False)
    # a store that does not say what it used makes the use of its area unknown
    sums = keys[["stock", "used"]].sum()
    sums["used"] = sums["used"].where(keys["used"].count() == keys.size())
    return keys[["unit"]].last().join(sums).reset_index()


def _packed(made: str, source: str, day: dt.date, said: pd.DataFrame) -> FlowDay:
    layout = STOCK[made][0]
    named = [name for name in layout.names or () if layout[name].kind == "i"]
    codes, distinct = pd.factorize(said[named].fillna("").to_numpy(object).reshape(-1))
    found = np.zeros(len(said), layout)
    found[named] = np.array([tuple(row) for row in codes.reshape(len(said), -1).tolist()], found[named].dtype)
    for name in layout.names or ():
        if name not in named:
            found[name] = said[name].to_numpy(np.float64)
    return FlowDay(made, source, day, tuple(map(str, distinct)), found)


def spelt(table: FlowDay) -> pd.DataFrame:
    """The rows of a table with their words."""
    words = np.array([*table.words, ""], object)
    layout: np.dtype[np.void] = table.rows.dtype
    return pd.DataFrame({name: _column(table.rows[name], words) for name in layout.names or ()})


def _column(values: NDArray[np.generic], words: NDArray[np.object_]) -> NDArray[np.generic]:
    return words[values] if values.dtype.kind == "i" else values


def _joined(store: Store, made: FlowDay, load: int) -> FlowDay:
    """The table with those rows of the one before that it does not state again."""
    before = [each for each in store.flow_days(made.kind, load - 1, made.day, made.day) if each.source == made.source]
    both = pd.concat([spelt(each) for each in (*before, made)], ignore_index=True)
    return _packed(made.kind, made.source, made.day, both.drop_duplicates(list(STOCK[made.kind][1]), keep="last"))
