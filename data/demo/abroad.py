"""The invented cities around the demo city: who goes there, what is carried there, and who of them was traced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.demo.areas import Town
from data.demo.epidemic import STAGES, Outbreak
from data.demo.geography import LAT, LON
from data.demo.measures import Measures
from data.demo.names import Name
from data.demo.terrain import rng

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Name, residents in 10,000, bearing in degrees and kilometres from the demo city. None of them exists.
CITIES = (
    (Name("枫陵市", "Fengling"), 1_180, 285, 210),
    (Name("桐浦市", "Tongpu"), 860, 310, 150),
    (Name("鹭原市", "Luyuan"), 640, 250, 180),
    (Name("荻川市", "Dichuan"), 420, 332, 120),
    (Name("澄泽市", "Chengze"), 510, 228, 260),
    (Name("岚阳市", "Lanyang"), 380, 268, 330),
    (Name("沐台市", "Mutai"), 210, 215, 150),
    (Name("苇林市", "Weilin"), 160, 350, 170),
    (Name("晴滩市", "Qingtan"), 290, 296, 300),
    (Name("杏原市", "Xingyuan"), 330, 255, 420),
    (Name("霜渡市", "Shuangdu"), 140, 320, 260),
    (Name("芷湾市", "Zhiwan"), 95, 205, 230),
    (Name("榆关岭市", "Yuguanling"), 450, 302, 560),
    (Name("雁泽市", "Yanze"), 120, 276, 640),
    (Name("蓼汀市", "Liaoting"), 240, 240, 140),
    (Name("菱川市", "Lingchuan"), 310, 263, 240),
    (Name("棠岭市", "Tangling"), 270, 325, 390),
    (Name("曦渡市", "Xidu"), 180, 288, 380),
    (Name("松渚市", "Songzhu"), 220, 222, 370),
    (Name("涧原市", "Jianyuan"), 350, 306, 430),
    (Name("鹤坪市", "Heping"), 130, 245, 520),
    (Name("虹埠市", "Hongbu"), 200, 338, 230),
    (Name("茗坞市", "Mingwu"), 150, 271, 480),
    (Name("霞矶市", "Xiaji"), 110, 232, 450),
)  # fmt: skip
HUBS = (0, 1)  # those whose own outflow is delivered, too
LISTED = 18  # destinations that a day's list names
SPREAD, SILENT = 3, 2  # the city with an outbreak of its own; the one that tells of few of its cases
LEAVING = 0.014  # of residents, on a day: as many as of Shanghai
WEEK = (0.96, 0.93, 0.94, 1.0, 1.22, 1.12, 0.9)  # Monday to Sunday
PER_PERSON = 3.24e-5  # of the index
UNSEEN, LAG, LOCAL = 2.0, 5, 24.0  # infections for each one found; days until found there; further cases of each
OWN_WAY = 0.3  # how differently the cities look for cases (lognormal)
WATCHED, TO_TRACE = 14, 0.04  # days of travellers that are traced, and which share of them
YEAR = 364  # the same weekday a year before


@dataclass(frozen=True, eq=False)
class Abroad:
    """(days,) ``travellers`` who left the city, ``before`` the same a year before; (days, cities) where they went:
    ``to``; (cities + 1, cities + 1) ``pull``: shares of travellers between all cities, the demo city last; (days,
    cities) ``reported``: cumulative cases there; (cities, 4) left, found, tested, cleared by the last day, -1 not told;
    ``hub``: (days,) travellers of the largest city; (days, districts, districts) ``inside``: who went between
    districts."""

    travellers: Ints
    before: Ints
    to: Ints
    pull: Floats
    reported: Ints
    traced: Ints
    hub: Ints
    inside: Ints


def places() -> Floats:
    """(cities, 2) longitude and latitude."""
    bearing = np.radians([bearing for _, _, bearing, _ in CITIES])
    km = np.array([km for *_, km in CITIES])
    lat = LAT + km * np.cos(bearing) / 111.2
    return np.round(np.column_stack([LON + km * np.sin(bearing) / 111.2 / np.cos(np.radians(LAT)), lat]), 4)


def residents() -> Ints:
    """(cities,)"""
    return np.array([people for _, people, _, _ in CITIES], np.int64) * 10_000


def make_abroad(town: Town, outbreak: Outbreak, found: Measures, weekday: int) -> Abroad:
    """What the outbreak does elsewhere. ``weekday``: of the first day, Monday is 0."""
    random = rng(town.seed, "abroad")
    people = town.per_community(town.people)
    district = np.bincount(town.streets.parent[town.communities.parent], people, len(town.districts)).astype(np.float64)
    contact = STAGES[outbreak.stages] @ (district / district.sum())
    days = town.size.days
    week = np.array(WEEK)[(weekday + np.arange(days)) % 7]
    base = town.size.people * LEAVING * week
    travellers = np.round(base * contact**2 * random.normal(1, 0.02, days)).astype(np.int64)
    before = np.round(base * 0.94 * random.normal(1, 0.02, days)).astype(np.int64)
    pull = _pull(town, random)
    to = random.multinomial(travellers, pull[-1, :-1])
    hub = np.round(residents()[0] * LEAVING * 1.2 * week * random.normal(1, 0.02, days)).astype(np.int64)
    per_day = found.found.sum(axis=0)
    reported = _reported(to, per_day, town.size.people, random)
    return Abroad(travellers, before, to, pull, reported, _traced(to, random), hub, _inside(district, contact, random))


def _pull(town: Town, random: np.random.Generator) -> Floats:
    where = np.r_[places(), [[town.size.lon, town.size.lat]]]
    east, north = np.cos(np.radians(LAT)) * where[:, 0] * 111.2, where[:, 1] * 111.2
    km = np.hypot(east[:, None] - east, north[:, None] - north) + 20
    people = np.r_[residents(), town.size.people] / 1e6
    pull = people**0.9 / km**1.2 * random.lognormal(0, 0.35, km.shape)
    np.fill_diagonal(pull, 0)
    return np.asarray(pull / pull.sum(axis=1, keepdims=True))


def _reported(to: Ints, per_day: Ints, people: int, random: np.random.Generator) -> Ints:
    """Cases that the other cities report, all together up to each day."""
    week = np.convolve(per_day, np.ones(7))[: len(per_day)]
    came = to * (UNSEEN * week / people)[:, None] * random.lognormal(0, OWN_WAY, to.shape[1])
    cases = random.poisson(came * (1 + LOCAL))
    late = np.r_[np.zeros((LAG, to.shape[1]), np.int64), cases[:-LAG]]
    late[:, SPREAD] += random.poisson(late[:, SPREAD] * 14 + 2)
    late[:, SILENT] = random.binomial(late[:, SILENT], 0.02)
    return np.asarray(late.cumsum(axis=0), np.int64)


def _traced(to: Ints, random: np.random.Generator) -> Ints:
    left = random.binomial(to[-WATCHED:].sum(axis=0), TO_TRACE)
    found = random.binomial(left, random.uniform(0.75, 0.98, len(left)))
    found[SILENT] = random.binomial(left[SILENT], 0.31)
    tested = random.binomial(found, random.uniform(0.8, 0.99, len(left)))
    cleared = random.binomial(tested, random.uniform(0.7, 0.96, len(left)))
    traced = np.column_stack([left, found, tested, cleared])
    traced[-2, 2:] = -1  # one destination tells no more than whom it found
    return np.asarray(traced, np.int64)


def _inside(district: Floats, contact: Floats, random: np.random.Generator) -> Ints:
    """Half of the people work in another district, at random but for its size, as far as restrictions let them."""
    pull = district[None] * random.lognormal(0, 0.4, (len(district),) * 2)
    np.fill_diagonal(pull, 0)
    share = pull / np.maximum(pull.sum(axis=1, keepdims=True), 1)
    mean = 0.3 * district[:, None] * share * contact[:, None, None]
    return np.asarray(random.poisson(mean), np.int64)
