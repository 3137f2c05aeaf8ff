"""The outbreak: a stochastic chain of infections between communities, and how it is found.

Seeds come in through the market by the port. Each infected person presses on the own community, the
street and, along commuting by gravity, the whole city; testing finds them; what is found locks
communities and slows districts; that bends the curve. Every infected person is one array row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.demo import rules
from data.demo.areas import Town
from data.demo.terrain import rng

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAD = 8  # days of silent spread before the first finding
SEEDS = 14  # at most, and one in 200,000 residents
REPRODUCTION = 3.4  # people infected by one, unhindered: between Delta's and Omicron's early estimates
#: Share of the pressure by days since infection (0..9): none while latent, most on days 3 to 5.
PRESSURE = np.array([0, 0, 0.10, 0.20, 0.23, 0.19, 0.13, 0.08, 0.05, 0.02])
OWN, STREET, CITY = 0.54, 0.27, 0.19  # where the pressure goes
REMOTE = 0.8  # share of outside contact that people off the grid, in villages and on islands, do not have
AT_RISK = 0.08  # share of a community that moves in one web: where clusters saturate
NOISE = 0.5  # shape of the gamma noise a community and day: clusters, not a fog
#: Contact left by a district's stage; findings of three days per 100,000 residents that call it.
STAGES = np.array([1.0, 0.82, 0.52, 0.24])
CALLS = (0.0, 9.0, 22.0)
#: Contact left inside (home) and outside (mix) when free, compound locked, all locked, controlled.
HOME = np.array([1.0, 0.8, 0.42, 0.9])
MIX = np.array([1.0, 0.6, 0.08, 0.5])
SYMPTOMS = 0.24  # share that ever has symptoms, among the vaccinated
SECOND_AT = 0.62  # of the days: the second spark, in a new town
PATIENCE = 350_000  # residents added to a district's own: a handful of findings stops no small district
HOLD = 12  # a stage is left when the rate is this many times below its call
DECAY = 0.22  # of the gravity law, in radii of the city


@dataclass(frozen=True, eq=False)
class Outbreak:
    """All infected people, in order of infection, and the state of communities.

    (n,) arrays: ``infected`` (day, may be negative), ``community``, ``place``, ``found`` (day, -1 never),
    ``symptomatic`` when found, ``turned`` (day re-classified as case, -1 never).
    ``levels``: (communities, days) lockdown levels in force; ``stages``: (days, districts);
    ``neighbours``: (m, 2) touching communities of a street, both ways.
    """

    days: int
    infected: Ints
    community: Ints
    place: Ints
    found: Ints
    symptomatic: Bools
    turned: Ints
    levels: Ints
    stages: Ints
    neighbours: Ints


@dataclass
class _Host:
    """People infected so far; all (n,)."""

    infected: Ints
    community: Ints
    onset: Ints
    found: Ints

    def add(self, day: int, counts: Ints, random: np.random.Generator) -> None:
        """``counts`` new infections by community on ``day``. Onset 99: never any symptoms."""
        new = np.repeat(np.arange(counts.size), counts)
        falls_ill = random.random(new.size) < SYMPTOMS
        onset = np.where(falls_ill, random.integers(3, 8, new.size), 99)
        self.infected = np.r_[self.infected, np.full(new.size, day)]
        self.community = np.r_[self.community, new]
        self.onset = np.r_[self.onset, onset]
        self.found = np.r_[self.found, np.full(new.size, -1)]


def spread(town: Town) -> Outbreak:
    """The outbreak of a town's seed over its ``size.days`` days."""
    random = rng(town.seed, "epidemic")
    days, n = town.size.days, len(town.communities)
    none = np.zeros(0, dtype=np.int64)
    hosts, watch = _Host(none, none, none, none), rules.Watch.new(n)
    flows, neighbours = _gravity(town), _neighbours(town)
    residents = town.per_community(town.people)
    levels = np.zeros((n, days), dtype=np.int64)
    stages = np.zeros((days, len(town.districts)), dtype=np.int64)
    off_grid = _off_grid_share(town)
    level, state, stage = watch.level, watch.level, stages[0]
    recent = np.zeros((3, len(town.districts)))
    for day in range(-LEAD, days):
        hosts.add(day, _imports(town, day, residents), random)
        hosts.add(day, _infections(town, hosts, day, state, stage, flows, residents, off_grid, random), random)
        if day < 0:
            continue
        levels[:, day], stages[day] = level, stage
        found = _test(town, hosts, day, level, stage, random)
        off = random.binomial(found, off_grid)
        level = watch.after(day, found, off).copy()
        state = np.where(rules.control(level[:, None], neighbours)[:, 0] & (level == 0), 3, level)
        recent[day % 3] = _by_district(town, found)
        stage = _stage(town, recent.sum(axis=0), residents, stage)
    return _outbreak(town, hosts, levels, stages, neighbours, random)


def _imports(town: Town, day: int, residents: Ints) -> Ints:
    """Seeds at the port's market before the first day; later a spark far out, in the last district."""
    counts = np.zeros(len(town.communities), dtype=np.int64)
    seeds = min(SEEDS, town.size.people // 200_000)
    if day == -LEAD:
        counts[town.port] = seeds
    if day == int(SECOND_AT * town.size.days):
        far = town.streets.parent[town.communities.parent] == len(town.districts) - 1
        counts[np.where(far, residents, -1).argmax()] = seeds // 2 + 1
    return counts


def _infections(
    town: Town,
    hosts: _Host,
    day: int,
    state: Ints,
    stage: Ints,
    flows: Floats,
    residents: Ints,
    off_grid: Floats,
    random: np.random.Generator,
) -> Ints:
    """(communities,) new infections of ``day``."""
    age = day - hosts.infected
    loose = (age < PRESSURE.size) & ((hosts.found < 0) | (hosts.found >= day))
    n, street = len(town.communities), town.communities.parent
    press = REPRODUCTION * np.bincount(hosts.community[loose], PRESSURE[age[loose]], n)
    out = press * MIX[state]
    of_street = np.bincount(street, out, len(town.streets))
    mixing = residents * MIX[state] * (1 - REMOTE * off_grid)
    share = mixing / np.maximum(np.bincount(street, residents, len(town.streets))[street], 1)
    force = OWN * press * HOME[state] + share * (STREET * of_street + CITY * (of_street @ flows))[street]
    force *= STAGES[stage[town.streets.parent[street]]]
    ever = np.bincount(hosts.community, minlength=n)
    force *= np.clip(1 - ever / np.maximum(AT_RISK * residents, 1), 0, 1)
    return np.asarray(random.poisson(force * random.gamma(NOISE, 1 / NOISE, n)), dtype=np.int64)


def _test(town: Town, hosts: _Host, day: int, level: Ints, stage: Ints, random: np.random.Generator) -> Ints:
    """Finds people on ``day``; returns (communities,) findings.

    By symptoms, by tracing, by rounds of testing every third day from stage 2 on, and every second
    day in locked communities.
    """
    open_ = np.flatnonzero((hosts.found < 0) & (day - hosts.infected <= 14))
    where = hosts.community[open_]
    age = day - hosts.infected[open_]
    own = stage[town.streets.parent[town.communities.parent[where]]]
    ill = (age >= hosts.onset[open_]) * 0.30
    traced = ((own >= 1) & (age >= 3)) * 0.05
    round_ = ((own >= 2) & (age >= 2)) * (0.42 if day % 3 == 0 else 0.10)
    gate = ((level[where] > 0) & (age >= 2)) * (0.24 if day % 2 else 0.12)
    missed = (1 - ill) * (1 - traced) * (1 - round_) * (1 - gate)
    hit = open_[random.random(open_.size) > missed]
    hosts.found[hit] = day
    return np.bincount(hosts.community[hit], minlength=level.size).astype(np.int64)


def _by_district(town: Town, found: Ints) -> Floats:
    district = town.streets.parent[town.communities.parent]
    return np.bincount(district, found, len(town.districts)).astype(float)


def _stage(town: Town, recent: Floats, residents: Ints, stage: Ints) -> Ints:
    """Stages of the next day: up at once, down far below the call; 1 at least once anything was found."""
    rate = recent / (_by_district(town, residents) + PATIENCE) * 1e5
    called = np.searchsorted(CALLS, rate, side="left") * (rate > 0)
    low = np.searchsorted(CALLS, rate * HOLD, side="left") * (rate > 0)
    return np.maximum(np.maximum(called, np.minimum(stage, low)), int(recent.sum() > 0 or stage.max() > 0))


def _gravity(town: Town) -> Floats:
    """(streets, streets) shares of a street's outward contacts, by people and distance; rows add up to 1."""
    at = shapely.get_coordinates(shapely.centroid(town.streets.shapes))
    at = at * [np.cos(np.radians(at[:, 1].mean())), 1.0]
    scale = DECAY * np.degrees(town.size.radius / 6_371_008.8)
    far = np.hypot(*(at[:, None] - at).transpose(2, 0, 1)) / scale
    people = np.bincount(town.communities.parent, town.per_community(town.people), len(town.streets))
    pull = people**0.9 * np.exp(-far)
    return np.asarray(pull / pull.sum(axis=1, keepdims=True))


def _neighbours(town: Town) -> Ints:
    shapes, street = town.communities.shapes, town.communities.parent
    pairs = shapely.STRtree(shapes).query(shapes, "touches").T
    return np.asarray(pairs[street[pairs[:, 0]] == street[pairs[:, 1]]], dtype=np.int64)


def _off_grid_share(town: Town) -> Floats:
    cells = town.size.cells
    return town.people[cells:] / np.maximum(town.per_community(town.people), 1)


def _outbreak(
    town: Town, hosts: _Host, levels: Ints, stages: Ints, neighbours: Ints, random: np.random.Generator
) -> Outbreak:
    days = town.size.days
    age = hosts.found - hosts.infected
    symptomatic = (hosts.found >= 0) & (age >= hosts.onset)
    onset = hosts.infected + hosts.onset + 1
    later = (hosts.found >= 0) & ~symptomatic & (hosts.onset < 99)
    turned = np.where(later, np.maximum(onset, hosts.found + 1), -1)
    turned[turned >= days] = -1
    place = homes(town, hosts.community, random)
    return Outbreak(
        days,
        hosts.infected,
        hosts.community,
        place,
        hosts.found,
        symptomatic,
        turned,
        levels,
        stages,
        neighbours,
    )


def homes(town: Town, community: Ints, random: np.random.Generator) -> Ints:
    """(n,) communities -> (n,) places of residents, drawn by people."""
    order = np.argsort(town.place_community, kind="stable")
    edge = np.r_[0, np.cumsum(town.people[order])]
    first = np.searchsorted(town.place_community[order], np.arange(len(town.communities) + 1))
    low, high = edge[first[community]], edge[first[community + 1]]
    resident = low + (random.random(community.size) * (high - low)).astype(np.int64)
    return np.asarray(order[np.searchsorted(edge, resident, side="right") - 1])
