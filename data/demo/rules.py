"""The rules of the demo city's authorities: zones, risk areas, codes. All days are indices, ends exclusive.

They imitate the published plans of 2021 and 2022 (lockdown for 14 days, risk for 7 + 3 days) and are
the demo's own: the product reads its rules from dated rule packs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from data.demo.areas import Town

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLOSED_DAYS = 14  # without a new finding before a lockdown is lifted
WHOLE_AT = 4  # findings of an episode that turn a locked compound into a locked community
HIGH_DAYS, MIDDLE_DAYS = 7, 3  # high risk, then middle risk, without a new finding
RED_DAYS, YELLOW_DAYS = 14, 7  # of a found person: central isolation, then watch at home
CONTACT_DAYS = 7  # red, then as many days yellow, of a close contact
FORGOTTEN, LATE_BY = 7, (2, 5, 9)  # one lockdown in so many is lifted so many days too late
FREE, COMPOUND, WHOLE = 0, 1, 2


@dataclass
class Watch:
    """What a community's findings so far mean for it. Arrays are (communities,)."""

    last: Ints
    total: Ints
    level: Ints

    @classmethod
    def new(cls, communities: int) -> Watch:
        """Nothing found anywhere."""
        zero = np.zeros(communities, dtype=np.int64)
        return cls(zero - 10_000, zero.copy(), zero.copy())

    def after(self, day: int, found: Ints, off_grid: Ints) -> Ints:
        """The levels in force on ``day`` + 1, given the findings of ``day``.

        A finding off the grid locks its whole village at once: there is no compound to lock.
        """
        self.last[found > 0] = day
        closed = (self.last >= 0) & (day + 1 - self.last <= CLOSED_DAYS)
        self.total = np.where(closed, self.total + found, 0)
        whole = closed & ((self.total >= WHOLE_AT) | (off_grid > 0) | (self.level == WHOLE))
        self.level = np.where(whole, WHOLE, np.where(closed, COMPOUND, FREE))
        return self.level


@dataclass(frozen=True)
class Zone:
    """One zone. ``start`` in force, ``end`` no longer (None: still in force after the last day).
    ``cells``: (k,) cell indices of a locked compound; None: the whole community."""

    id: str
    kind: str
    community: int
    start: int
    end: int | None
    cells: Ints | None = field(default=None, repr=False)


def runs(state: Bools) -> list[tuple[int, int, int | None]]:
    """(n, days) -> (row, start, end) of each unbroken run of True; end None where it lasts to the end."""
    padded = np.pad(state, ((0, 0), (1, 1))).astype(np.int8)
    row, start = np.nonzero(np.diff(padded, axis=1) == 1)
    end = np.nonzero(np.diff(padded, axis=1) == -1)[1]
    last = state.shape[1]
    return [(r, s, e if e < last else None) for r, s, e in zip(row.tolist(), start.tolist(), end.tolist(), strict=True)]


def control(levels: Ints, pairs: Ints) -> Bools:
    """(communities, days): the rest of a community with a locked compound, and the neighbours (``pairs``,
    (n, 2), both ways) of a locked community, unless locked themselves."""
    near = np.zeros(levels.shape, dtype=bool)
    np.logical_or.at(near, pairs[:, 0], levels[pairs[:, 1]] == WHOLE)
    return np.asarray((levels == COMPOUND) | (near & (levels < WHOLE)))


def make_zones(
    town: Town, levels: Ints, pairs: Ints, found_cell: Ints, found_day: Ints, rings: dict[int, Ints]
) -> list[Zone]:
    """Every zone of the outbreak. ``rings``: the compound around each cell (cells of its community)."""
    codes = town.communities.codes
    zones = [Zone(f"FK-{codes[c]}-{start:02}", "lockdown", c, start, end) for c, start, end in runs(levels == WHOLE)]
    zones += [
        Zone(f"GK-{codes[c]}-{start:02}", "control", c, start, end) for c, start, end in runs(control(levels, pairs))
    ]
    zones += _compounds(town, levels, found_cell, found_day, rings)
    return sorted(zones, key=lambda zone: (zone.start, zone.id))


def _compounds(town: Town, levels: Ints, found_cell: Ints, found_day: Ints, rings: dict[int, Ints]) -> list[Zone]:
    """One zone a cell and episode of a community that is not yet locked whole."""
    zones: dict[str, Zone] = {}
    episodes = {
        (c, day): (start, end) for c, start, end in runs(levels == COMPOUND) for day in range(start, end or 999)
    }
    for cell, day in sorted(zip(found_cell.tolist(), (found_day + 1).tolist(), strict=True), key=lambda x: x[::-1]):
        community = int(town.cells.community[cell])
        if (community, day) in episodes:
            start, end = episodes[community, day]
            key = f"FK-{town.cell_ids[cell]}-{start:02}"
            zones.setdefault(key, Zone(key, "lockdown", community, day, end, rings[cell]))
    return list(zones.values())


def forgotten(zones: list[Zone], days: int) -> list[Zone]:
    """``zones``, of which one in FORGOTTEN lockdowns that were lifted is lifted days too late, or not by the end."""
    lifted = [zone for zone in zones if zone.kind == "lockdown" and zone.end is not None][::FORGOTTEN]
    late = {zone.id: (zone.end or 0) + LATE_BY[number % len(LATE_BY)] for number, zone in enumerate(lifted)}
    return [replace(z, end=late[z.id] if late[z.id] < days else None) if z.id in late else z for z in zones]


def risk(last_found: Ints, day: int) -> tuple[Ints, Ints]:
    """Communities at high and at middle risk on ``day``; ``last_found``: (communities,), negative if never."""
    since = np.where(last_found >= 0, day - last_found, 10_000)
    return np.flatnonzero(since < HIGH_DAYS), np.flatnonzero((since >= HIGH_DAYS) & (since < HIGH_DAYS + MIDDLE_DAYS))


@dataclass(frozen=True)
class Blanket:
    """An over-reach: every code of one district turned yellow from ``start`` until ``end``."""

    district: int
    start: int
    end: int


def make_blanket(found: Ints) -> Blanket:
    """(days, districts) findings -> nine days in the district that had the fewest findings, yet one."""
    start = int(0.45 * len(found))
    so_far = found[:start].sum(axis=0)
    return Blanket(int(np.where(so_far > 0, so_far, so_far.max() + 1).argmin()), start, start + 9)
