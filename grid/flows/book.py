"""All tables of flows of one version, as arrays over numbered places: areas of the city by their rows, then others."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.days import day_number, to_day
from data.flows import UNDATED, FlowDay
from data.terms import MODES
from data.words import Lang
from grid.areas import successor
from grid.arrays import Bools, Floats, Ints
from grid.cube import View
from grid.flows.matrix import Flows, top_stating
from grid.flows.scale import Factor
from grid.flows.tracing import Tally, tallies, together

Day = dt.date

_ROW = np.dtype([
    ("day", "<i8"), ("origin", "<i8"), ("destination", "<i8"), ("mode", "u1"), ("source", "<i4"), ("people", "<f8"),
    ("share", "<f8"),
])  # fmt: skip


@dataclass(frozen=True, eq=False)
class Rows:
    """Flows: day numbers, places, ``share`` in per cent where they were told so (NaN else), ``people``, and whether
    these are an ``estimate``; NaN people: there is no index to make them of."""

    day: Ints
    flows: Flows
    share: Floats
    estimate: Bools

    def only(self, rows: Bools) -> Rows:
        """Some of them."""
        return Rows(self.day[rows], self.flows.only(rows), self.share[rows], self.estimate[rows])

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True)
class City:
    """Another city: what is known of it. NaN: not stated."""

    name: str
    name_en: str = ""
    code: str = ""
    people: float = float("nan")
    lon: float = float("nan")
    lat: float = float("nan")

    def label(self, lang: Lang) -> str:
        """Its name in the reader's language, as far as it is stated."""
        return self.name if lang == "zh" else self.name_en or self.name


class FlowBook:
    """The tables of a view. ``order``: sources, the first of which is heard where two tell of one origin and day."""

    def __init__(self, view: View, order: Sequence[str], factor: Factor | None = None) -> None:
        self.view, self.factor = view, factor or Factor()
        self._turn = {source: turn for turn, source in enumerate(order)}
        self._read: dict[str, list[FlowDay]] = {}
        self._speaking: dict[tuple[bytes, int], Bools] = {}
        self._grouped: dict[int, Ints] = {}
        self.inside = len(view.areas)
        self.others: list[City] = []
        self._number: dict[str, int] = {}
        for city in self._stated_cities():
            self._enter(city)
        for kind in ("flows", "flow_index", "elsewhere_cases", "traced"):  # now: numbers do not change any more
            for table in self._tables(kind):
                self._numbers(table.words)

    def known_to(self, view: View) -> FlowBook:
        """The same tables in another version, to which nothing was added: what was read of them is shared."""
        other = copy.copy(self)
        other.view = view
        return other

    # places ----------------------------------------------------------------------------------------

    @property
    def places(self) -> int:
        """How many places have a number."""
        return self.inside + len(self.others)

    def _stated_cities(self) -> list[City]:
        found = {}
        for table in self._tables("elsewhere"):
            words = [*table.words, ""]
            for name, name_en, code, people, lon, lat in table.rows.tolist():
                found[words[name]] = City(words[name], words[name_en], words[code], people, lon, lat)
        return [city for name, city in found.items() if self._area(name) < 0]

    def _enter(self, city: City) -> int:
        number = self.places
        self.others.append(city)
        self._number |= {word: number for word in (city.name, city.code) if word}
        return number

    def _area(self, word: str) -> int:
        row_of = self.view.areas.row_of
        return row_of.get(word, row_of.get(successor(word, self.view.retired), self._cities.get(word, -1)))

    @cached_property
    def _cities(self) -> dict[str, int]:
        """The cities of a province by their names: one that another city's table tells of is no place elsewhere."""
        areas = self.view.areas
        return {areas.name[row]: row for row in areas.of_level("city").tolist() if row}

    def _number_of(self, word: str) -> int:
        row = self._area(word)
        if row >= 0:
            return row
        found = self._number.get(word)
        return self._enter(City(word)) if found is None else found

    def find(self, word: str) -> int | None:
        """The number of a known place, None for an unknown one."""
        row = self._area(word)
        return row if row >= 0 else self._number.get(word)

    def city(self, place: int) -> City | None:
        """What is known of another city; None for an area of this one."""
        return self.others[place - self.inside] if place >= self.inside else None

    def label(self, place: int, lang: Lang) -> str:
        """The name of a place."""
        other = self.city(place)
        return other.label(lang) if other else self.view.areas.label(place, lang)

    def key(self, place: int) -> str:
        """The code of an area, the name of another city."""
        other = self.city(place)
        return other.name if other else self.view.areas.code[place]

    @cached_property
    def people(self) -> Floats:
        """(places,) residents of other cities; NaN: not stated, or an area of this one."""
        return np.array([*[np.nan] * self.inside, *(city.people for city in self.others)])

    # tables ----------------------------------------------------------------------------------------

    def _tables(self, kind: str) -> list[FlowDay]:
        """In order of day; of one day the source that is heard comes last."""
        if kind in self._read:
            return self._read[kind]
        found = self.view.store.flow_days(kind, self.view.version)
        self._read[kind] = sorted(found, key=lambda table: (table.day, -self._turn.get(table.source, len(self._turn))))
        return self._read[kind]

    def _numbers(self, words: Sequence[str]) -> Ints:
        return np.array([*(self._number_of(word) for word in words), -1], np.int64)

    @cached_property
    def _rows(self) -> NDArray[np.void]:
        """In order of day; of each origin and day only the rows of the source that is heard."""
        parts = [self._numbered(table) for table in self._tables("flows")]
        rows = np.concatenate(parts) if parts else np.zeros(0, _ROW)
        return rows[_first_heard(rows, self._trip(rows))]

    @cached_property
    def _valued(self) -> tuple[Floats, Bools]:
        """People of all rows, and where they are made of share x index."""
        rows = self._rows
        estimate = np.isnan(rows["people"])
        _, first, of = np.unique(self._trip(rows), return_index=True, return_inverse=True)
        asked = zip(rows["origin"][first].tolist(), rows["day"][first].tolist(), strict=True)
        index = [self._index.get((place, False), {}).get(day, np.nan) for place, day in asked]
        whole = self.factor.people(np.array(index, np.float64))[of]
        return np.where(estimate, rows["share"] / 100 * whole, rows["people"]), estimate

    @cached_property
    def _whole(self) -> Bools:
        """The rows that are asked for without a mode: those of all modes, else every mode."""
        rows = self._rows
        whole = np.asarray(rows["mode"] == list(MODES).index("all"))
        kinds, of = np.unique(self._trip(rows), return_inverse=True)
        told = np.zeros(len(kinds), np.bool_)
        told[of[whole]] = True
        return np.asarray(whole | ~told[of])

    def _trip(self, rows: NDArray[np.void]) -> Ints:
        """One number for a day and origin."""
        return np.asarray(rows["day"] * self.places + rows["origin"], np.int64)

    def _numbered(self, table: FlowDay) -> NDArray[np.void]:
        number, rows = self._numbers(table.words), np.zeros(len(table.rows), _ROW)
        rows["day"], rows["source"] = day_number(table.day), self._turn.get(table.source, len(self._turn))
        for name in ("origin", "destination"):
            rows[name] = number[table.rows[name]]
        for name in ("mode", "people", "share"):
            rows[name] = table.rows[name]
        return rows

    @cached_property
    def _index(self) -> dict[tuple[int, bool], dict[int, float]]:
        found: dict[tuple[int, bool], dict[int, float]] = {}
        for table in self._tables("flow_index"):
            number, day = self._numbers(table.words), day_number(table.day)
            for place, inward, value in table.rows.tolist():
                found.setdefault((int(number[place]), bool(inward)), {})[day] = value
        return found

    @cached_property
    def _cases(self) -> dict[int, dict[int, float]]:
        found: dict[int, dict[int, float]] = {}
        for table in self._tables("elsewhere_cases"):
            number = self._numbers(table.words)
            for place, n in table.rows.tolist():
                found.setdefault(int(number[place]), {})[day_number(table.day)] = n
        return found

    @cached_property
    def days(self) -> Sequence[Day]:
        """Every day with flows or an index of this city, in order."""
        own = [day for (place, _), values in self._index.items() if place < self.inside for day in values]
        return [to_day(day) for day in sorted({*np.unique(self._rows["day"]).tolist(), *own})]

    @cached_property
    def modes(self) -> tuple[str, ...]:
        """The modes that any flow is told by, "all" aside."""
        told = set(np.unique(self._rows["mode"]).tolist())
        return tuple(mode for at, mode in enumerate(MODES) if at in told and mode != "all")

    def index(self, place: int, *, inward: bool = False) -> Mapping[int, float]:
        """Day number -> index of a place."""
        return self._index.get((place, inward), {})

    def indexed(self, *, inward: bool = False) -> list[int]:
        """The places that have an index of outflow (of inflow), in order."""
        return sorted(place for place, into in self._index if into == inward)

    def rows(self, first: Day, last: Day, mode: str | None = None) -> Rows:
        """Flows of some days. Without ``mode`` what is told for all modes, else the sum of them."""
        begin, end = np.searchsorted(self._rows["day"], [day_number(first), day_number(last) + 1]).tolist()
        found, (people, estimate) = self._rows[begin:end], self._valued
        kept = self._whole[begin:end] if mode is None else found["mode"] == list(MODES).index(mode)
        flows = Flows(found["origin"], found["destination"], people[begin:end])
        return Rows(found["day"], flows, found["share"], estimate[begin:end]).only(kept)

    def speaking(self, rows: Rows, row: int, *, inward: bool = False) -> Bools:
        """(places,) which areas speak for area ``row`` in these rows: see matrix.top_stating."""
        ends = rows.flows.destination if inward else rows.flows.origin
        stating = np.zeros(self.places, np.bool_)
        stating[ends] = True
        key = (stating[: self.inside].tobytes(), row)
        if key not in self._speaking:
            areas = self.view.areas
            self._speaking[key] = top_stating(stating[: self.inside], areas.parent, row, areas.last)
        speaks = np.zeros(self.places, np.bool_)
        speaks[: self.inside] = self._speaking[key]
        return speaks

    def grouped(self, row: int) -> Ints:
        """(places,) the place itself, or the area above it that is as deep in the tree as ``row``."""
        areas, depth = self.view.areas, int(self.view.areas.depth[row])
        if depth not in self._grouped:
            group = np.arange(self.places, dtype=np.int64)
            for area in np.flatnonzero(areas.depth > depth).tolist():
                group[area] = group[areas.parent[area]]
            self._grouped[depth] = group
        return self._grouped[depth]

    def within(self, row: int) -> Bools:
        """(places,) which places lie in an area."""
        inside = np.zeros(self.places, np.bool_)
        inside[row : int(self.view.areas.last[row])] = True
        return inside

    def cases(self, upto: Day | None = None) -> tuple[Ints, Floats]:
        """((days,) day numbers, (days, places) cumulative cases elsewhere, NaN: not reported)."""
        last = None if upto is None else day_number(upto)
        days = sorted({day for values in self._cases.values() for day in values if last is None or day <= last})
        at = {day: n for n, day in enumerate(days)}
        found = np.full((len(days), self.places), np.nan)
        for place, values in self._cases.items():
            for day, n in values.items():
                if day in at:
                    found[at[day], place] = n
        return np.array(days, np.int64), found

    def first_cases(self, upto: Day) -> tuple[Floats, Bools]:
        """((places,) day number of the first case that was reported up to a day, NaN: none; (places,) whether it was
        there already when the first table came, so that it is that day at the latest)."""
        days, found = self.cases(upto)
        if not len(days):
            return np.full(self.places, np.nan), np.zeros(self.places, np.bool_)
        seen = found > 0
        first = np.where(seen.any(axis=0), days[seen.argmax(axis=0)], np.nan)
        return first, first == days[0]

    def traced(self, day: Day, row: int = 0) -> tuple[Day, list[tuple[int, Tally]]] | None:
        """The newest tracing board up to ``day``: its day, and a tally a destination; None if there is none. A board is
        a whole city's: of many cities those of all together (each city's newest), or of the one at ``row``."""
        areas, owners = self.view.areas, self.view.owners
        boards: dict[str, FlowDay] = {}
        for table in self._tables("traced"):
            owner = owners.get(table.source, areas.code[0])
            if table.day <= day and row in (0, areas.row_of.get(owner, 0)):
                boards[owner] = table
        if not boards:
            return None
        found: dict[int, list[Tally]] = {}
        for board in boards.values():
            columns = (board.rows[name] for name in ("left", "found", "tested", "cleared"))
            number = self._numbers(board.words)[board.rows["destination"]]
            for place, tally in zip(number.tolist(), tallies(*columns), strict=True):
                found.setdefault(place, []).append(tally)
        newest = max(board.day for board in boards.values())
        return newest, [(place, each[0] if len(each) == 1 else together(each)) for place, each in found.items()]

    def traced_days(self) -> list[Day]:
        """The days of tracing boards."""
        return sorted({table.day for table in self._tables("traced")} - {UNDATED})


def _first_heard(rows: NDArray[np.void], trip: Ints) -> Bools:
    """Of each origin and day only the rows of the source that comes first."""
    kinds, of = np.unique(trip, return_inverse=True)
    first = np.full(len(kinds), np.iinfo(np.int32).max)
    np.minimum.at(first, of, rows["source"])
    return np.asarray(rows["source"] == first[of])
