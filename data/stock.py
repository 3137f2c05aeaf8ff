"""What areas have at hand on a day: rooms of isolation places, items in store, people at work.

They are kept as the tables of :mod:`data.flows` are, a :class:`data.flows.FlowDay` a day whose words are codes of areas
and names of things. NaN is what was not stated.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

#: Rooms of one isolation place, and how many are taken.
PLACE = np.dtype([("area", "<i4"), ("place", "<i4"), ("rooms", "<f8"), ("taken", "<f8")])

#: Units of an item in store in an area, and used there on the day.
SUPPLY = np.dtype([("area", "<i4"), ("item", "<i4"), ("unit", "<i4"), ("stock", "<f8"), ("used", "<f8")])

#: People at work in an area, and tasks that one of them can do in a day.
WORKER = np.dtype([("area", "<i4"), ("people", "<f8"), ("capacity", "<f8")])

#: Kind of source -> layout of its rows, and the fields that name what a row is about.
STOCK: Mapping[str, tuple[np.dtype[np.void], tuple[str, ...]]] = {
    "places": (PLACE, ("area", "place")),
    "supplies": (SUPPLY, ("area", "item")),
    "workers": (WORKER, ("area",)),
}
