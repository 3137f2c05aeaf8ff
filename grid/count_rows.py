"""Rows of aggregates and line lists -> statements and slabs; the way of every kind that has no way of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.city import Source
from data.days import day_number, to_day
from data.deliveries import Delivery
from data.sources import Kind
from data.store import Writer
from data.terms import CALLS, CODES, RISKS
from grid import rows
from grid.ground import Figures, Ground, Order
from grid.rows import Kept, Told
from grid.statements import Speech, day_numbers, keys, latest, renumber, slabs, speak, touched_days

#: field whose value picks the count, by kind of source: value -> count id
_PICKED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "cases": (
        "status",
        {"case": "cases", "asymptomatic": "asymptomatic", "reclassified": "reclassified"},
    ),
    "risk_areas": ("level", {grade: f"risk_{grade}" for grade in RISKS}),
    "code_status": ("status", {colour: f"code_{colour}" for colour in CODES}),
    "calls": ("result", {result: f"calls_{result}" for result in CALLS}),
}

_PLACE = ("code", "area", "district", "street", "community", "text", "cell", "lon", "lat")


def take(ground: Ground, load: Writer, delivery: Delivery) -> Figures:
    """Read a delivery, and keep what its rows say and the slabs that change by it."""
    return rows.take(ground, load, delivery, keep)


def keep(ground: Ground, load: Writer, told: Told) -> Kept:
    """Keep the statements of rows and the slabs that change by them."""
    if told.good.empty and told.covered is None:
        return Kept(None)
    days = say(ground, load, told, speech_of(told.good, told.leaf, told.made, ground.secret))
    return Kept(days, order=_order(told) if "count" in told.fields else None)


def _order(told: Told) -> Order:
    """The numbers as they stand, row by row."""
    counts, count = _counted(told.good, told.made)
    day = day_numbers(told.good["day"].to_numpy())
    return Order(counts, count, told.leaf, day, told.good["count"].to_numpy(np.int64))


def say(ground: Ground, load: Writer, told: Told, speech: Speech) -> tuple[rows.Day, rows.Day]:
    """Keep what ``speech`` says as the source's kind would have it; the first and last day spoken of."""
    source, made = told.source, told.made
    if told.covered is not None:
        speech = replace(speech, covered=(*speech.covered, day_number(told.covered)))
    said, days = speech.rows, speech.spoken_days
    # who keeps persons apart by no key can only be replaced by whole days
    if (made.replaces if made.streamed else source.replaces or made.replaces) == "row":
        earlier = _earlier(ground, load, speech, by_id=has_ids(told.good))
        said, days = latest([*earlier, said]), np.union1d(days, touched_days(earlier, said))
        load.statements(ground.geography.id, speech.counts, speech.rows)
    stated = load.stated(to_day(days[0]), to_day(days[-1]))
    vectors = slabs(said, speech.counts, days.tolist(), silence(ground, source, _absent(told)), stated)
    load.slabs(ground.geography.id, vectors)
    return speech.days


def _absent(told: Told) -> str | None:
    """What the source's silence about a place means."""
    line_list = has_ids(told.good) or "id" in told.source.columns
    return told.source.absent or ("zero" if line_list else told.made.absent)


def silence(ground: Ground, source: Source, absent: str | None) -> NDArray[np.bool_]:
    """The leaves about which the source's silence means zero: those of the areas that it speaks for, if it does."""
    areas = ground.geography.areas
    silent = np.zeros(len(ground.geography.leaves), np.bool_)
    for row in [areas.find(words) for words in source.areas] or [0]:
        silent[areas.lo[row] : areas.hi[row]] = absent == "zero"
    return silent


def _earlier(ground: Ground, load: Writer, speech: Speech, *, by_id: bool) -> list[NDArray[np.void]]:
    """This source's earlier statements that the new ones may replace.

    Without ids a row's day is part of its key, so only loads about the same days matter.
    """
    return [
        renumber(_moved(ground, geography, said), counts, speech.counts)
        for geography, counts, said in load.earlier_statements(None if by_id else speech.days)
    ]


def _moved(ground: Ground, geography: int, said: NDArray[np.void]) -> NDArray[np.void]:
    """Stored statements on the leaves of this ground."""
    moved = said.copy()
    moved["leaf"] = ground.local(geography, said["leaf"])
    return moved


def speech_of(good: pd.DataFrame, leaf: NDArray[np.int32], made: Kind, secret: str) -> Speech:
    """Checked and placed rows of an aggregate or line list as statements.

    The key of a row is its id; of a row without one its day, its words about the place and its count.
    """
    field_name, picked = _PICKED.get(made.id, ("", {}))
    counts, count = _counted(good, made)
    spoken = ["day", *([field_name] if picked else []), *(c for c in _PLACE if c in good)]
    value = good["count"].to_numpy(np.int64)
    key = keys(good, spoken, secret)
    if has_ids(good):
        key = np.where(good["id"].notna().to_numpy(), keys(good, ["id"], secret), key)
    return speak(counts, key, day_numbers(good["day"].to_numpy()), count.astype(np.uint8), leaf, value)


def _counted(good: pd.DataFrame, made: Kind) -> tuple[tuple[str, ...], NDArray[np.uint8]]:
    """The counts that the rows of a kind are of, and which of them each row is of."""
    field_name, picked = _PICKED.get(made.id, ("", {}))
    if not picked:
        return made.counts, np.zeros(len(good), np.uint8)
    numbers = good[field_name].map({v: i for i, v in enumerate(picked)}).to_numpy()
    return tuple(picked.values()), numbers.astype(np.uint8)


def has_ids(good: pd.DataFrame) -> bool:
    """Whether the rows are a line list: each finding has an id of its own."""
    return "id" in good and bool(good["id"].notna().any())
