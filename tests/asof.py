"""What was known at a moment, told twice more: by plain dictionaries over the delivered files, and by a second store
into which only what was known then was loaded.

A :class:`Story` is a small city whose files come in over weeks: rows that are corrected, persons who move from one
street and day to another, whole days that are stated again, rows that come late, a source that stands in for another,
and halfway a new map with a merged street.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path

import h3
import numpy as np

from data.city import City, read_city
from data.deliveries import delivery, received
from data.store import Store
from grid.build import Loader
from grid.counts import COUNTS
from grid.cube import AREAS, Units, View
from grid.geography import GEOGRAPHY, load_geography
from tests import tiny
from tests.tiny import DISTRICTS, SECRET, STREETS, Knobs, write_csv

Day = dt.date
Moment = dt.datetime

FIRST = Day(2022, 3, 1)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(24)]

Rows = list[tuple[object, ...]]

#: The street that the second map no longer has, and the one that it went to.
GONE, HEIR = "990102003", "990102002"

CITY_FILE = """
[[system]]
id = "city"
name = "安城通"
name_en = "Ancheng Code"
owner = "安城市数据局"
primary = true

[[source]]
name = "table"
kind = "cases"
path = "in/table*.csv"
columns = { day = "日期", code = "代码", status = "类别", count = "人数" }

[[source]]
name = "people"
kind = "cases"
path = "in/people*.csv"
columns = { id = "编号", day = "日期", code = "代码", status = "类别" }
max_bad_share = 0.5

[[source]]
name = "risk"
kind = "risk_areas"
path = "in/risk*.csv"
columns = { day = "日期", code = "代码", level = "等级" }

[[source]]
name = "codes"
kind = "code_status"
path = "in/codes*.csv"
columns = { day = "日期", code = "代码", status = "码色", count = "人数" }

[[source]]
name = "spare"
kind = "code_status"
path = "in/spare*.csv"
backs = "codes"
columns = { day = "日期", code = "代码", status = "码色", count = "人数" }

[[source]]
name = "addresses"
kind = "addresses"
path = "in/addresses*.csv"
columns = { day = "日期", cell = "h3", count = "地址数" }

[[source]]
name = "population"
kind = "population"
path = "in/population*.csv"
columns = { day = "日期", code = "代码", count = "常住人口" }

[[source]]
name = "zones"
kind = "zones"
path = "in/zones*.csv"
columns = { id = "编号", kind = "类型", start = "起始日期", end = "结束日期", code = "代码" }

[[source]]
name = "assignments"
kind = "assignments"
path = "in/assignments*.csv"
columns = { code = "代码" }
"""

HEADS: Mapping[str, Sequence[str]] = {
    "table": ("日期", "代码", "类别", "人数"),
    "people": ("编号", "日期", "代码", "类别"),
    "risk": ("日期", "代码", "等级"),
    "codes": ("日期", "代码", "码色", "人数"),
    "spare": ("日期", "代码", "码色", "人数"),
    "addresses": ("日期", "h3", "地址数"),
    "population": ("日期", "代码", "常住人口"),
    "zones": ("编号", "类型", "起始日期", "结束日期", "代码"),
    "assignments": ("日期", "假名", "码色", "赋码日期", "代码"),
}
#: Sender's word -> count.
WORDS = {
    "确诊": "cases", "无症状": "asymptomatic", "高风险区": "risk_high", "中风险区": "risk_middle",
    "低风险区": "risk_low", "绿码": "code_green", "黄码": "code_yellow", "红码": "code_red",
    "封控区": "zone_lockdown_n", "管控区": "zone_control_n",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One thing that became known: a file of a source, or (without a source) a state of the map."""

    path: Path
    told: Moment
    source: str = ""


@dataclass
class Story:
    """Steps in the order in which they came; ``told`` of one may be earlier than of the one before."""

    folder: Path
    steps: list[Step] = field(default_factory=list)

    @property
    def city(self) -> City:
        """The city as its last map has it."""
        return read_city([step.path for step in self.steps if not step.source][-1])

    def known(self) -> list[Moment]:
        """When each step was known: what came later cannot have been known before."""
        return list(accumulate((step.told for step in self.steps), max))

    def version(self, as_of: Moment) -> int:
        """How many steps were known at a moment."""
        return sum(known <= as_of for known in self.known())


# --- a story is made -----------------------------------------------------------------------------


def story(folder: Path, files: int = 48, seed: int = 1) -> Story:
    """A random story of so many files, the new map in its middle."""
    chance, made = random.Random(seed), Story(folder)
    now = Moment(2022, 3, 1, 8)
    names = [*WRITERS, *chance.choices(list(WRITERS), k=files - len(WRITERS))]
    for number, name in enumerate(names):
        if number in (0, files // 2):
            made.steps.append(Step(_map(folder, merged=number > 0), now))
        now += dt.timedelta(minutes=chance.randrange(5, 1500))
        streets = [code for code in STREETS if code != GONE or number < files // 2]
        rows = WRITERS[name](Sender(chance, number, streets))
        path = write_csv(folder / f"in/{name}-{number:03}.csv", HEADS[name], rows)
        late = dt.timedelta(days=chance.choice([0, 0, 0, 2]))  # stamped before what came before it
        made.steps.append(Step(path, now - late, name))
    return made


def _map(folder: Path, *, merged: bool) -> Path:
    knobs = Knobs(sources=(), merged=merged, border=110.012 if merged else 110.015)
    return tiny.tiny_city(folder / ("after" if merged else "before"), knobs, CITY_FILE)


@dataclass(frozen=True)
class Sender:
    """Writes the rows of the ``number``-th file, about days around the one on which it comes."""

    chance: random.Random
    number: int
    streets: Sequence[str]

    def day(self) -> Day:
        """A day around the one on which the file comes."""
        return DAYS[max(0, min(len(DAYS) - 1, self.number // 3 % len(DAYS) + self.chance.randrange(-4, 3)))]

    def place(self) -> str:
        """A street, or sometimes only a district or the city, or as much as a community."""
        return self.chance.choice([*self.streets, *DISTRICTS, "990101001001", "990102001001", "990000"])

    def table(self) -> Rows:
        """Cases by place, now and then in two rows."""
        keys = [(self.day(), self.place(), self.chance.choice(["确诊", "无症状"])) for _ in range(6)]
        return [(*key, self.chance.randrange(9)) for key in keys for _ in range(self.chance.choice([1, 1, 2]))]

    def people(self) -> Rows:
        """A line list of few persons, so that many come again, and some with a word that is none."""
        words = ["确诊", "无症状", "无症状", "不明"]
        named = [(f"P{self.chance.randrange(60):03}", self.day()) for _ in range(12)]
        return [(*one, self.place(), self.chance.choice(words)) for one in named]

    def risk(self) -> Rows:
        """The lists of a day or two."""
        days, words = sorted({self.day(), self.day()}), ["高风险区", "中风险区", "低风险区"]
        return [(day, self.chance.choice(self.streets), self.chance.choice(words)) for day in days for _ in "ab"]

    def colours(self) -> Rows:
        """Codes of some streets."""
        day, streets = self.day(), self.chance.sample(self.streets, 3)
        return [(day, code, word, self.chance.randrange(99)) for code in streets for word in ("绿码", "红码")]

    def addresses(self) -> Rows:
        """Addresses by cell."""
        return [(self.day(), cell, self.chance.randrange(1, 5)) for cell in self.chance.sample(sorted(inner()), 8)]

    def population(self) -> Rows:
        """People of some streets."""
        day = self.day()
        return [(day, code, self.chance.randrange(1000, 9000)) for code in self.chance.sample(self.streets, 3)]

    def zones(self) -> Rows:
        """Zones that are drawn, ended, drawn elsewhere."""
        found: Rows = []
        for _ in range(3):
            start = self.day()
            last = self.chance.choice([None, start + dt.timedelta(days=self.chance.randrange(5))])
            kind = self.chance.choice(["封控区", "管控区"])
            found.append((f"Z{self.chance.randrange(9)}", kind, start, last, self.chance.choice(self.streets)))
        return found

    def assignments(self) -> Rows:
        """A day of a ledger, far from the days of the other colours: of these nothing is asked."""
        day = Day(2022, 6, 1) + dt.timedelta(days=self.number % 4)
        drawn = [(f"{self.chance.randrange(200):08}", self.chance.choice(["绿码", "黄码", "红码"])) for _ in range(80)]
        return [
            (day, who, colour, None if colour == "绿码" else day, self.chance.choice(self.streets))
            for who, colour in dict(drawn).items()
        ]


WRITERS: Mapping[str, Callable[[Sender], Rows]] = {
    "population": Sender.population, "table": Sender.table, "people": Sender.people, "risk": Sender.risk,
    "codes": Sender.colours, "spare": Sender.colours, "addresses": Sender.addresses, "zones": Sender.zones,
    "assignments": Sender.assignments,
}  # fmt: skip


@cache
def inner() -> frozenset[str]:
    """Cells that lie in one district, whole."""
    edges = (110.0, 110.03, 110.06)
    found = {cell: [lon for _, lon in h3.cell_to_boundary(cell)] for cell in tiny.cells()}
    inside = {cell for cell, lons in found.items() if not any(min(lons) <= edge <= max(lons) for edge in edges)}
    return frozenset(inside)


# --- the oracle: dictionaries over the files ------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One statement: so many of a count on a day, known to an area."""

    key: object
    count: str
    day: Day
    code: str
    value: int


#: Sources whose silence about a place means nought; whose later file replaces whole days; the counts of each.
ZERO, BY_DAY = {"people", "risk", "addresses"}, {"risk"}
FEEDS: Mapping[str, Sequence[str]] = {
    "table": ("cases", "asymptomatic", "reclassified"),
    "people": ("cases", "asymptomatic", "reclassified"),
    "risk": ("risk_high", "risk_middle", "risk_low"),
    "codes": ("code_green", "code_yellow", "code_red"),
    "spare": ("code_green", "code_yellow", "code_red"),
    "addresses": ("addresses",),
    "population": ("population",),
}
CARRY = {**dict.fromkeys((*FEEDS["risk"], *FEEDS["codes"]), 7), "population": 10**6}


@cache
def read(source: str, path: Path) -> tuple[Said, ...]:
    """What a file says, bad rows and repetitions left out."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if source == "people":
        rows = [dict(pairs) for pairs in dict.fromkeys(tuple(row.items()) for row in rows if row["类别"] in WORDS)]
    return tuple(_said(source, row) for row in rows)


def _said(source: str, row: Mapping[str, str]) -> Said:
    day = Day.fromisoformat(row["日期"])
    word = next((row[name] for name in ("类别", "等级", "码色") if name in row), "")
    count = WORDS.get(word, source)
    if source == "addresses":
        lon = h3.cell_to_latlng(row["h3"])[1]
        return Said((day, row["h3"]), count, day, "990101" if lon < 110.03 else "990102", int(row["地址数"]))
    number = next((int(row[name]) for name in ("人数", "常住人口") if name in row), 1)
    key = row.get("编号") or (day, row["代码"], word)
    return Said(key, count, day, row["代码"], number)


class Told:
    """What was known after so many steps."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.merged = sum(not step.source for step in steps) > 1
        self.held: dict[str, dict[object, list[Said]]] = defaultdict(dict)
        self.spoken: dict[str, set[Day]] = defaultdict(set)
        self.zones: dict[str, list[Mapping[str, str]]] = {}
        for step in steps:
            if step.source == "zones":
                self._redraw(step.path)
            elif step.source in FEEDS:
                self._hear(step.source, read(step.source, step.path))

    def _hear(self, source: str, told: Iterable[Said]) -> None:
        fresh: dict[object, list[Said]] = defaultdict(list)
        for said in told:
            fresh[said.day if source in BY_DAY else said.key].append(said)
            self.spoken[source].add(said.day)
        self.held[source] |= fresh

    def _redraw(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.zones |= {key: [row for row in rows if row["编号"] == key] for key in {row["编号"] for row in rows}}

    def _inside(self, code: str, area: str) -> bool:
        if self.merged and code.startswith(GONE):
            code = HEIR
        return area == "990000" or code.startswith(area)

    def _days(self, source: str, count: str) -> set[Day]:
        """The days on which a source says anything of a count."""
        if source in ZERO:
            return self.spoken[source]
        return {said.day for held in self.held[source].values() for said in held if said.count == count}

    def _speaking(self, count: str, day: Day) -> Iterator[tuple[str, Day]]:
        """(source, day of its statement) of those who are heard on a day."""
        found: dict[str, Day] = {}
        for source in (name for name, counts in FEEDS.items() if count in counts):
            days = self._days(source, count)
            fit = [one for one in days if 0 <= (day - one).days <= CARRY.get(count, 0)]
            if fit or (count == "population" and days):
                found[source] = max(fit) if fit else min(days)
        if "codes" in found and "spare" in found:  # who stands in is heard where the other says nothing newer
            del found["codes" if found["spare"] > found["codes"] else "spare"]
        yield from found.items()

    def ask(self, count: str, day: Day, area: str) -> int | None:
        """The number of an area on a day; None where nobody stated anything."""
        if count.startswith("zone_"):
            return self._zones(count, day, area)
        total: int | None = None
        for source, when in self._speaking(count, day):
            said = [one for held in self.held[source].values() for one in held if (one.count, one.day) == (count, when)]
            inside = [one.value for one in said if self._inside(one.code, area)]
            if inside or source in ZERO:
                total = (total or 0) + sum(inside)
        return total

    def _zones(self, count: str, day: Day, area: str) -> int | None:
        rows = [row for told in self.zones.values() for row in told]
        days = [Day.fromisoformat(row[name]) for row in rows for name in ("起始日期", "结束日期") if row[name]]
        if not days or day < min(days):
            return None
        stands = [row for row in rows if row["起始日期"] <= day.isoformat() <= (row["结束日期"] or "9999")]
        return sum(WORDS[row["类型"]] == count and self._inside(row["代码"], area) for row in stands)


@dataclass(frozen=True)
class Question:
    """So many of a count in an area on a day, as known at a moment."""

    count: str
    day: Day
    area: str
    as_of: Moment


def questions(made: Story, number: int, seed: int) -> list[Question]:
    """Random questions about a story, at moments around those at which something became known."""
    chance, known = random.Random(seed), made.known()
    counts = sorted({count for counts in FEEDS.values() for count in counts} | {"zone_lockdown_n", "zone_control_n"})
    areas = ["990000", *DISTRICTS, *(code for code in STREETS if code != GONE)]
    return [
        Question(count, chance.choice(DAYS), _coarse(chance.choice(areas), count), chance.choice(known) + after)
        for count in chance.choices(counts, k=number)
        for after in (dt.timedelta(minutes=chance.choice([0, 0, 1, 400])),)
    ]


def _coarse(area: str, count: str) -> str:
    """Which street a cell that was reported alone belongs to, only the map tells: the oracle asks for its district."""
    return area[:6] if count == "addresses" else area


# --- the second store -----------------------------------------------------------------------------


def loaded(store: Store, made: Story) -> Iterator[int]:
    """Loads a story step by step; yields the version after each."""
    loader: Loader | None = None
    for step in made.steps:
        if not step.source:
            city = read_city(step.path)
            loader = Loader(store, city, load_geography(store, city, step.told)[0], SECRET)
        else:
            assert loader is not None
            source = loader.ground.city.source(step.source)
            loader.take(delivery(source, step.path), step.told)
        yield store.version()


def reloaded(store: Store, whole: Store, city: City, secret: str) -> Iterator[int]:
    """Loads what ``whole`` took, from the files as they lie there; yields the version after each load. For a city whose
    map did not change."""
    loader: Loader | None = None
    for load in whole.loads():
        if load.source == GEOGRAPHY:
            loader = Loader(store, city, load_geography(store, city, load.known)[0], secret)
        else:
            assert loader is not None
            source, path = city.source(load.source), Path(load.notes["path"])
            loader.take(delivery(source, path, received(path, source, city.timezone)), load.known)
        yield store.version()


def differences(then: View, now: View, days: Sequence[Day]) -> list[str]:
    """Where two views differ: any count of any area or cell on ``days``, zones, days of code ledgers."""
    found = [name for name in ("code", "level") if getattr(then.areas, name) != getattr(now.areas, name)]
    if then.stated_days != now.stated_days:
        found.append("stated days")
    for count in {*COUNTS, *then.stated_days, *now.stated_days}:
        for units in (AREAS, Units("cells")):
            one, other = then.sums(count, days, units), now.sums(count, days, units)
            if not (np.array_equal(one.total, other.total) and np.array_equal(one.stated, other.stated)):
                found.append(f"{count} {units.kind}")
    return found + _rest(then, now)


def _rest(then: View, now: View) -> list[str]:
    found = []
    if _zones(then) != _zones(now):
        found.append("zones")
    if list(_ledgers(then)) != list(_ledgers(now)):
        found.append("code days")
    if then.store.notices(then.version) != now.store.notices(now.version):
        found.append("notices")
    if sorted(then.store.unplaced(then.version)) != sorted(now.store.unplaced(now.version)):
        found.append("unplaced")
    return found


def _zones(view: View) -> list[tuple[object, ...]]:
    return [
        (zone.key, zone.source, zone.kind, zone.area, zone.start, zone.stop, zone.covered.tobytes(), zone.shape)
        for zone in view.store.zones(view.version)
    ]


def _ledgers(view: View) -> Iterator[tuple[object, ...]]:
    for day, source, load in view.store.code_days(view.version):
        made = view.store.code_day(day, source, load)
        bodies = (made.groups, made.combinations, made.tickets)
        yield day, source, load, *(body.tobytes() for body in bodies), {k: list(v) for k, v in made.words.items()}
