"""Rows of presence -> people by where they are registered, where they are, and whether they were exposed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.days import to_day
from data.deliveries import Delivery
from data.presence import PRESENCE, Presence
from data.store import Writer
from grid import rows
from grid.areas import Areas, Rows
from grid.codes.context import registered_rows
from grid.ground import Figures, Ground
from grid.rows import Kept, Told
from grid.statements import day_numbers


def take(ground: Ground, load: Writer, delivery: Delivery) -> Figures:
    """Read a delivery and keep what it says of each day."""
    return rows.take(ground, load, delivery, keep)


def keep(ground: Ground, load: Writer, told: Told) -> Kept:
    """Keep the people of a checked frame."""
    days = list(_days(ground, told))
    for made in days:
        load.presence(made)
    return Kept((days[0].day, days[-1].day) if days else None)


def _days(ground: Ground, told: Told) -> Iterator[Presence]:
    numbers = day_numbers(told.good["day"])
    people = _people(told, ground.geography.areas)
    for number in np.unique(numbers).tolist():
        summed = _summed(people[numbers == number])
        yield Presence(told.source.name, to_day(number), ground.geography.id, summed)


def _people(told: Told, areas: Areas) -> NDArray[np.void]:
    people = np.zeros(len(told.good), PRESENCE)
    people["registered"] = _registered(told.good["registered"], areas)
    people["leaf"] = told.leaf
    people["exposed"] = (told.good["exposed"] == "yes").to_numpy()
    people["n"] = told.good["count"].to_numpy(np.int64)
    return people


def _registered(words: pd.Series, areas: Areas) -> Rows:
    """Row of the area of registration: -1 elsewhere, -2 not stated."""
    codes, distinct = pd.factorize(words.to_numpy(object))
    return np.append(registered_rows(distinct.tolist(), areas), np.int32(-2))[codes]


def _summed(people: NDArray[np.void]) -> NDArray[np.void]:
    """Rows that are alike as one, in order of where the people are."""
    about = ["leaf", "registered", "exposed"]
    kinds, first, of = np.unique(people[about], return_index=True, return_inverse=True)
    summed = people[first]
    summed["n"] = np.bincount(of.reshape(-1), people["n"], len(kinds)).astype(np.int64)
    return summed
