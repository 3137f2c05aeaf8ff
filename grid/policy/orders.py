"""Whom an order takes in, told from people by where they are registered and where they are.

No list of persons is needed: people who are registered alike, stay alike and were exposed alike fare alike
under every order, so a table of such strata answers exactly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from data.notices import Notice
from data.presence import Presence
from grid.areas import Areas, successor
from grid.arrays import Bools, Ints, Rows
from grid.cube import View
from grid.geography import Geography

#: ``registered`` and ``leaf`` of people elsewhere; ``registered`` of those of whom nobody says.
ELSEWHERE, NOT_STATED = -1, -2


@dataclass(frozen=True)
class Strata:
    """People who fare alike, on one geography. ``registered``: area rows, ELSEWHERE or NOT_STATED; ``leaf``: leaves or
    ELSEWHERE; ``exposed``; ``n`` people. ``day``: the newest day of the tables that it was made of."""

    day: dt.date
    registered: Rows
    leaf: Rows
    exposed: Bools
    n: Ints

    def __len__(self) -> int:
        return len(self.n)

    @property
    def unknown(self) -> int:
        """People of whom nobody says where they are registered: no order by registration is known to take them in."""
        return int(self.n[self.registered == NOT_STATED].sum())


def strata(view: View, tables: Sequence[Presence]) -> Strata | None:
    """The tables side by side on the view's geography; None without any. A source that backs up another one
    (see data/city.py) is silent while that one speaks."""
    present = {table.source for table in tables}
    heard = [table for table in tables if view.backs.get(table.source, "") not in present]
    if not heard:
        return None
    rows = [table.rows for table in heard]
    return Strata(
        max(table.day for table in heard),
        np.concatenate([_registered(view, table) for table in heard]),
        np.concatenate([_leaf(view, table) for table in heard]),
        np.concatenate([each["exposed"] == 1 for each in rows]),
        np.concatenate([each["n"] for each in rows]).astype(np.int64),
    )


def _leaf(view: View, table: Presence) -> Rows:
    leaf = table.rows["leaf"].astype(np.int32)
    if table.geography == view.geography.id:
        return leaf
    return _moved(leaf, view.leaf_map(table.geography))


def _registered(view: View, table: Presence) -> Rows:
    rows = table.rows["registered"].astype(np.int32)
    if table.geography == view.geography.id:
        return rows
    areas, _ = view.store.geography_leaves(table.geography)
    old = Areas.from_bytes(areas)
    # an area that is gone for good still lies in the city: its people stay registered there
    return _moved(rows, np.array([view.row(code) for code in old.code], np.int32))


def _moved(index: Rows, to: Rows) -> Rows:
    """``to`` by ``index``; what is below nought (ELSEWHERE, NOT_STATED) stays."""
    return np.where(index < 0, index, to[np.maximum(index, 0)]).astype(np.int32)


def rows_of(view: View, codes: Iterable[str]) -> list[int]:
    """Rows of the areas with these codes, or of those that took them over; unknown codes are left out,
    because an order over an unknown place is not one over the city."""
    row_of = view.areas.row_of
    known = (row_of.get(code, row_of.get(successor(code, view.retired), -1)) for code in codes)
    return sorted({row for row in known if row >= 0})


def leaves_of(geography: Geography, rows: Iterable[int]) -> Bools:
    """Which leaves lie in any of the areas at ``rows``."""
    inside = np.zeros(len(geography.leaves), np.bool_)
    for row in rows:
        inside[geography.areas.lo[row] : geography.areas.hi[row]] = True
    return inside


def restricts(order: Notice) -> bool:
    """Whether a notice binds anybody: one that turns codes green lifts another."""
    return order.colour != "green"


def takes(order: Notice, people: Strata, view: View) -> Bools | None:
    """Which strata the order takes in; None where the table cannot tell.

    ``registration``: whoever is registered in its areas, wherever they are. ``area``: whoever is in them.
    ``time``: whoever was in them within its time: those who are there on the table's day, and of an order over
    the whole city those who left and had been exposed. Others came and went unseen, so the count is a lower
    bound; a table from before its time cannot tell.
    """
    rows = rows_of(view, order.areas)
    if not rows:
        return None
    if order.scope == "registration":
        return _lookup(_areas_in(view.areas, rows), people.registered)
    here = _lookup(leaves_of(view.geography, rows), people.leaf)
    if order.scope == "time":
        return _visitors(order, people, here, whole=rows[0] == 0)
    return here


def _visitors(order: Notice, people: Strata, here: Bools, *, whole: bool) -> Bools | None:
    if people.day < order.start or (order.stop is not None and people.day >= order.stop):
        return None
    return here | (people.exposed & (people.leaf < 0)) if whole else here


def _areas_in(areas: Areas, rows: Iterable[int]) -> Bools:
    inside = np.zeros(len(areas), np.bool_)
    for row in rows:
        inside[row : areas.last[row]] = True
    return inside


def _lookup(inside: Bools, index: Rows) -> Bools:
    """``inside`` by index; ELSEWHERE and NOT_STATED are never inside."""
    return np.asarray(inside[np.maximum(index, 0)] & (index >= 0), np.bool_)
