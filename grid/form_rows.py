"""Rows of an inventory of forms -> one table of no day, which a later delivery replaces as a whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.burden.form import FORM, TERMS, WORDS
from data.city import Source
from data.deliveries import Delivery
from data.flows import UNDATED, FlowDay
from data.sources.base import PLACE_IDS
from data.store import Writer
from grid import rows
from grid.ground import Figures, Ground
from grid.place import Placed
from grid.rows import Kept, Told

#: Fields that are numbers.
NUMBERS = ("minutes", "people")
#: Yes and no as they are stored; 2 where it is not stated.
PAPER = {"no": 0, "yes": 1}


def take(ground: Ground, load: Writer, delivery: Delivery) -> Figures:
    """Read a delivery and keep its inventory."""
    return rows.take(ground, load, delivery, keep, seat)


def seat(ground: Ground, good: pd.DataFrame, source: Source) -> Placed:
    """Rows that name a place are placed by it; the others hold for the whole city."""
    leaf, named = np.zeros(len(good), np.int32), somewhere(good)
    why, column, note, text = (np.full(len(good), None, object) for _ in range(4))
    if named.any():
        found = rows.by_words(ground, good[named].reset_index(drop=True), source)
        for all_of, some in zip(
            (leaf, why, column, note, text), (found.leaf, found.why, found.column, found.note, found.text), strict=True
        ):
            all_of[named] = some
    return Placed(leaf, why, column, note, text)


def somewhere(good: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows name a place."""
    places = [name for name in good.columns if name in PLACE_IDS]
    return good[places].notna().any(axis=1).to_numpy() if places else np.zeros(len(good), np.bool_)


def keep(ground: Ground, load: Writer, told: Told) -> Kept:
    """Keep the table of a checked frame."""
    areas, good = ground.geography.areas.code, told.good
    here = np.array([areas[row] for row in ground.geography.leaves.area[told.leaf]], object)
    city = "" if ground.whole is None else areas[0]  # what holds everywhere holds in its own city, not in all
    said = good.assign(area=np.where(somewhere(good), here, city))
    codes, distinct = pd.factorize(said[list(WORDS)].to_numpy(object).reshape(-1))
    table = np.zeros(len(said), FORM)
    for at, name in enumerate(WORDS):
        table[name] = codes.reshape(len(said), -1)[:, at]
    for name, listed in TERMS.items():
        table[name] = said[name].map(listed.index).to_numpy() if name in said else 0
    for name in NUMBERS:
        table[name] = said[name].to_numpy(np.float64) if name in said else np.nan
    table["paper"] = said["paper"].map(PAPER).fillna(2).to_numpy() if "paper" in said else 2
    load.flow_day(FlowDay("forms", told.source.name, UNDATED, tuple(map(str, distinct)), table))
    return Kept(None)
