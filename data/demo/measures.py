"""What follows from the outbreak by rule: zones, risk areas, codes and published addresses, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import h3.api.numpy_int as h3
import numpy as np
from numpy.typing import NDArray

from data.demo import rules
from data.demo.areas import Town
from data.demo.epidemic import Outbreak, homes
from data.demo.terrain import rng

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CONTACTS = 6.0  # close contacts a found person, on average
BUILDINGS = 6  # addresses in a cell or hamlet: two findings in one building are one address


@dataclass(frozen=True, eq=False)
class Measures:
    """``zones``, and ids of those ``forgotten`` for days; ``found``: (communities, days); ``blanket``; ``day``,
    ``place``: (n,) of the people found; ``index``, ``near``: (m,) of their close contacts: index of the person found,
    and the own home; ``locked``, ``controlled``: (places, days); ``addresses``: (places, days) newly published."""

    zones: list[rules.Zone]
    forgotten: list[str]
    found: Ints
    blanket: rules.Blanket
    day: Ints
    place: Ints
    index: Ints
    near: Ints
    locked: Bools
    controlled: Bools
    addresses: NDArray[np.int32]

    def last_found(self, day: int) -> Ints:
        """(communities,) last day with a finding up to ``day``, negative if none."""
        seen = self.found[:, : day + 1] > 0
        return np.where(seen.any(axis=1), day - seen[:, ::-1].argmax(axis=1), -1)

    def listed(self, day: int) -> Bools:
        """(communities,) whether at high or at middle risk on ``day``."""
        risk = np.zeros(len(self.found), dtype=bool)
        risk[np.concatenate(rules.risk(self.last_found(day), day))] = True
        return risk


def make_measures(town: Town, outbreak: Outbreak) -> Measures:
    """All measures of an outbreak."""
    random = rng(town.seed, "measures")
    days, known = outbreak.days, outbreak.found >= 0
    day, place, community = outbreak.found[known], outbreak.place[known], outbreak.community[known]
    found = np.zeros((len(town.communities), days), dtype=np.int64)
    np.add.at(found, (community, day), 1)
    on = place < town.size.cells
    by_rule = rules.make_zones(town, outbreak.levels, outbreak.neighbours, place[on], day[on], _rings(town, place[on]))
    zones = rules.forgotten(by_rule, days)
    by_district = np.array([_districts(town, found[:, d]) for d in range(days)])
    index = np.repeat(np.arange(day.size), random.poisson(CONTACTS, day.size))
    near = homes(town, community[index], random)
    return Measures(
        zones,
        [zone.id for zone, due in zip(zones, by_rule, strict=True) if zone.end != due.end],
        found,
        rules.make_blanket(by_district),
        day,
        place,
        index,
        near,
        *_closed(town, zones, days),
        _addresses(town, day, place, days, random),
    )


def _districts(town: Town, values: Ints) -> Ints:
    district = town.streets.parent[town.communities.parent]
    return np.bincount(district, values, len(town.districts)).astype(np.int64)


def _rings(town: Town, cells: Ints) -> dict[int, Ints]:
    """The compound around each of ``cells``: its neighbours in the grid and in the same community."""
    index = {cell: i for i, cell in enumerate(town.cells.h3.tolist())}
    home = town.cells.community
    rings = {}
    for cell in np.unique(cells).tolist():
        around = (index.get(int(h)) for h in h3.grid_disk(town.cells.h3[cell], 1))
        rings[cell] = np.array(sorted(i for i in around if i is not None and home[i] == home[cell]))
    return rings


def _closed(town: Town, zones: list[rules.Zone], days: int) -> tuple[Bools, Bools]:
    closed = {kind: np.zeros((town.people.size, days), dtype=bool) for kind in ("lockdown", "control")}
    order = np.argsort(town.place_community, kind="stable")
    first = np.searchsorted(town.place_community[order], np.arange(len(town.communities) + 1))
    for zone in zones:
        of = order[first[zone.community] : first[zone.community + 1]] if zone.cells is None else zone.cells
        closed[zone.kind][of, zone.start : zone.end] = True
    return closed["lockdown"], closed["control"]


def _addresses(town: Town, day: Ints, place: Ints, days: int, random: np.random.Generator) -> NDArray[np.int32]:
    building = random.integers(0, BUILDINGS, day.size)
    distinct = np.unique(np.column_stack([place, day, building]), axis=0)
    counts = np.zeros((town.people.size, days), dtype=np.int32)
    np.add.at(counts, (distinct[:, 0], distinct[:, 1]), 1)
    return counts


def codes(
    town: Town, measures: Measures, red: NDArray[np.int32], yellow: NDArray[np.int32]
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Day by day (green, yellow, red) people by place. Red comes before yellow; all add up to the residents.

    ``red``, ``yellow``: (places, days) people who are so on their own account, wherever they live.
    """
    of_blanket = town.place_district == measures.blanket.district
    for day in range(measures.locked.shape[1]):
        strictest = np.where(measures.locked[:, day], town.people, np.minimum(red[:, day], town.people))
        whole = measures.controlled[:, day].copy()
        if measures.blanket.start <= day < measures.blanket.end:
            whole |= of_blanket
        rest = town.people - strictest
        between = np.where(whole, rest, np.minimum(yellow[:, day], rest))
        yield rest - between, between, strictest
