"""A seeded epidemic between made-up cities: people travel by gravity, some cities are hubs, chance decides.

Every city has its own susceptible, infectious and recovered people (whole numbers); every day some of each travel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grid.arrays import Floats, Ints

CITIES, DAYS = 80, 250
#: Share of people who travel on a day; infections a day of one infectious person; share who recover on a day.
TRAVELLING, INFECTING, RECOVERING = 0.001, 0.35, 0.12
#: Gravity: residents over distance ** FALL, times how much of a hub the city is, times what no law explains.
FALL, HUBS, NOISE = 1.5, 2.5, 0.3
SEEDS = 20
#: Chances that the epidemic is left to: one run of the same network tells another's arrivals with a rank correlation
#: of about 0.85, so that no forecast is held against a single one.
RUNS = 5


@dataclass(frozen=True, eq=False)
class Epidemic:
    """``where``: (n, 2) places; ``people``: (n,); ``share``: (n, n) of each city's travellers; ``arrived``: (RUNS, n) day
    of the first infectious person, NaN never; ``cases``: (days, n) infected up to each day, of the first run."""

    where: Floats
    people: Ints
    share: Floats
    arrived: Floats
    cases: Ints

    @property
    def arrival(self) -> Floats:
        """(n,) the middle one of all runs."""
        return np.asarray(np.median(np.where(np.isnan(self.arrived), DAYS, self.arrived), axis=0))

    @property
    def leaving(self) -> Floats:
        """(n,) travellers a day."""
        return np.asarray(self.people * TRAVELLING)

    @property
    def distance(self) -> Floats:
        """(n,) from city 0, where it begins, as the crow flies."""
        return np.asarray(np.hypot(*(self.where - self.where[0]).T))


def epidemic(seed: int, cities: int = CITIES, days: int = DAYS) -> Epidemic:
    """The epidemic of a seed; city 0 is of middling size, so that hubs are elsewhere."""
    random = np.random.default_rng([seed, 20200110])
    where = random.uniform(0, 1000, (cities, 2))
    people = np.maximum(np.round(random.lognormal(13.8, 1.5, cities)), 50_000).astype(np.int64)
    order = np.argsort(people)
    middle = np.r_[order[cities // 2], np.delete(order, cities // 2)]
    where, people = where[middle], people[middle]
    share = _gravity(where, people, random)
    runs = [_spread(people, share, days, random) for _ in range(RUNS)]
    return Epidemic(where, people, share, np.stack([arrived for _, arrived in runs]), runs[0][0])


def _gravity(where: Floats, people: Ints, random: np.random.Generator) -> Floats:
    apart = np.hypot(*(where[:, None] - where[None]).T) + 20
    pull = people[None] / apart**FALL * random.lognormal(0, HUBS, people.size)[None]
    pull *= random.lognormal(0, NOISE, pull.shape)
    np.fill_diagonal(pull, 0)
    return np.asarray(pull / pull.sum(axis=1, keepdims=True))


def _spread(people: Ints, share: Floats, days: int, random: np.random.Generator) -> tuple[Ints, Floats]:
    well, ill, over = people.copy(), np.zeros_like(people), np.zeros_like(people)
    well[0], ill[0] = well[0] - SEEDS, SEEDS
    cases, arrived = np.zeros((days, people.size), np.int64), np.full(people.size, np.nan)
    total = ill.copy()
    for day in range(days):
        arrived = np.where(np.isnan(arrived) & (ill > 0), day, arrived)
        new = random.binomial(well, -np.expm1(-INFECTING * ill / np.maximum(well + ill + over, 1)))
        healed = random.binomial(ill, RECOVERING)
        well, ill, over, total = well - new, ill + new - healed, over + healed, total + new
        well, ill, over = (_travel(kind, share, random) for kind in (well, ill, over))
        cases[day] = total
    return cases, arrived


def _travel(kind: Ints, share: Floats, random: np.random.Generator) -> Ints:
    leaving = random.binomial(kind, TRAVELLING)
    return np.asarray(kind - leaving + random.multinomial(leaving, share).sum(axis=0), np.int64)
