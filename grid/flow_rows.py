"""Rows of flows, indices, tracing and other cities -> tables of a day that name places by words.

A place inside the city goes by the code of its area, every other one by the words of its sender.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.city import Source
from data.days import to_day
from data.deliveries import Delivery
from data.flows import LAYOUTS, UNDATED, FlowDay
from data.rejects import Reject
from data.sources import kind
from data.store import Store, Writer
from data.terms import MODES
from grid import crs, rows
from grid.codes.context import registered_rows
from grid.ground import Figures, Ground
from grid.place import Placed
from grid.rows import Kept, Told
from grid.statements import day_numbers

#: Fields that name places, by kind.
PLACES: Mapping[str, tuple[str, ...]] = {
    "flows": ("origin", "destination"),
    "flow_index": ("place",),
    "traced": ("destination",),
    "elsewhere": ("name", "name_en", "code"),
    "elsewhere_cases": ("place",),
}

#: Fields of a layout that a row calls otherwise.
_CALLED = {"value": "index", "n": "count"}


def take(ground: Ground, load: Writer, delivery: Delivery) -> Figures:
    """Read a delivery and keep what it says of each day."""
    return rows.take(ground, load, delivery, keep, nowhere)


def nowhere(ground: Ground, good: pd.DataFrame, source: Source) -> Placed:
    """Every row is taken: its places are its own fields', here or elsewhere."""
    none = np.full(len(good), None, object)
    return Placed(np.zeros(len(good), np.int32), none, none.copy(), none.copy(), none.copy())


def keep(ground: Ground, load: Writer, told: Told) -> Kept:
    """Keep the tables of a checked frame."""
    rejects = list(_empty(told))
    good = told.good[~told.good["row"].isin([reject.row for reject in rejects])].reset_index(drop=True)
    if told.made.id == "elsewhere":
        good = _located(good, told.source)
    words, layout = _words(ground, good, told.made.id), _rows(good, told.made.id)
    layout[list(words.columns)] = 0
    days = day_numbers(good["day"]) if "day" in good else np.zeros(len(good), np.int32)
    found = list(_tables(told, words, layout, days))
    if (told.source.replaces or kind(told.source.kind).replaces) == "row":
        found = [_joined(ground.store, each, load.number) for each in found]
    for made in found:
        load.flow_day(made)
    dated = [made.day for made in found if made.day != UNDATED]
    return Kept((min(dated), max(dated)) if dated else None, rejects)


def _empty(told: Told) -> Iterator[Reject]:
    """Flows of which nobody says how large they were."""
    if told.made.id == "flows":
        silent = told.good["people"].isna() & told.good["share"].isna()
        for row in told.good["row"][silent].tolist():
            yield Reject(int(row), told.source.columns.get("people", "people"), "", "empty")


def _located(good: pd.DataFrame, source: Source) -> pd.DataFrame:
    """With coordinates in WGS-84."""
    lon, lat = crs.to_wgs84(good["lon"].to_numpy(), good["lat"].to_numpy(), crs.crs(source.crs or "WGS-84"))
    return good.assign(lon=lon, lat=lat)


def _words(ground: Ground, good: pd.DataFrame, made: str) -> pd.DataFrame:
    """The place fields as words: the code of an area of the city, else as delivered; "" where nothing is."""
    return pd.DataFrame({name: _keys(ground, good[name]) for name in PLACES[made]}, dtype=object)


def _keys(ground: Ground, words: pd.Series) -> NDArray[np.object_]:
    codes, distinct = pd.factorize(words.to_numpy(object))
    areas = ground.geography.areas
    inside = registered_rows(distinct.tolist(), areas).tolist()
    keys = [areas.code[row] if row >= 0 else str(word).strip() for row, word in zip(inside, distinct, strict=True)]
    named: NDArray[np.object_] = np.array([*keys, ""], object)[codes]
    return named


def _rows(good: pd.DataFrame, made: str) -> NDArray[np.void]:
    """Rows of the kind's layout without their places."""
    layout = LAYOUTS[made][0]
    found = np.zeros(len(good), layout)
    for name in layout.names or ():
        column = _CALLED.get(name, name)
        if name == "mode":
            found[name] = good["mode"].map(list(MODES).index)
        elif name == "inward":
            found[name] = good["direction"] == "in"
        elif column in good and name not in PLACES[made]:
            found[name] = good[column].to_numpy(np.float64)
    return found


def _tables(told: Told, words: pd.DataFrame, layout: NDArray[np.void], days: NDArray[np.int32]) -> Iterator[FlowDay]:
    for number in np.unique(days).tolist():
        here = days == number
        day = to_day(number) if "day" in told.good else UNDATED
        yield _table(told.made.id, told.source.name, day, words[here], layout[here])


def _table(made: str, source: str, day: dt.date, words: pd.DataFrame, layout: NDArray[np.void]) -> FlowDay:
    """The table of a day: people of equal rows are added up, of everything else the last one stands."""
    codes, distinct = pd.factorize(words.to_numpy(object).reshape(-1))
    found = layout.copy()
    for at, name in enumerate(words.columns):
        found[name] = codes.reshape(words.shape)[:, at]
    return FlowDay(made, source, day, tuple(distinct.tolist()), _single(found, LAYOUTS[made][1]))


def _single(found: NDArray[np.void], about: Sequence[str]) -> NDArray[np.void]:
    kinds, of = np.unique(found[list(about)], return_inverse=True)
    last = np.zeros(len(kinds), np.int64)
    last[of.reshape(-1)] = np.arange(len(found))
    single = found[last]
    for name in ("people", "share"):
        if name in (found.dtype.names or ()) and "origin" in about:
            single[name] = _sums(found[name], of.reshape(-1), len(kinds))
    return single


def _sums(values: NDArray[np.float64], of: NDArray[np.int64], kinds: int) -> NDArray[np.float64]:
    """Sums by kind; NaN where nothing was stated."""
    stated = ~np.isnan(values)
    total = np.bincount(of[stated], values[stated], kinds)
    return np.where(np.bincount(of[stated], minlength=kinds) > 0, total, np.nan)


def _joined(store: Store, made: FlowDay, load: int) -> FlowDay:
    """The table with those rows of the one before that it does not state again."""
    before = [each for each in store.flow_days(made.kind, load - 1, made.day, made.day) if each.source == made.source]
    parts = [(each.words, each.rows) for each in (*before, made)]
    names = PLACES[made.kind]
    words = pd.concat([_spelt(words, found, names) for words, found in parts], ignore_index=True)
    both = np.concatenate([found for _, found in parts])
    kept = _last(words, both, LAYOUTS[made.kind][1])
    return _table(made.kind, made.source, made.day, words[kept], both[kept])


def _spelt(words: Sequence[str], found: NDArray[np.void], names: Iterable[str]) -> pd.DataFrame:
    spelt = np.array([*words, ""], object)
    return pd.DataFrame({name: spelt[found[name]] for name in names}, dtype=object)


def _last(words: pd.DataFrame, found: NDArray[np.void], about: Sequence[str]) -> NDArray[np.bool_]:
    keys = words.copy()
    for name in about:
        if name not in keys:
            keys[name] = found[name]
    kept: NDArray[np.bool_] = ~keys.duplicated(list(about), keep="last").to_numpy()
    return kept
