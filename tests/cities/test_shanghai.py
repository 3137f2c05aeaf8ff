"""Shanghai 2022 as published, against csv, json and plain strings."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from dashboard.queries import Answer, Desk, Viewer, day_range
from data.city import read_city
from data.store import Store, sqlite_url
from grid.build import Built, build
from grid.cube import Cube, Units
from tests.cities import DATA, needed, rows

Day = dt.date
FILE = Path(__file__).parent / "shanghai" / "city.toml"
WAVE = day_range(Day(2022, 3, 18), Day(2022, 5, 11))
VIEWER = Viewer()


@dataclass
class Shanghai:
    """The built city."""

    desk: Desk
    built: Built

    def ask(
        self, measure: str, days: list[Day], level: str | None = None, source: str | None = None, *, total: bool = False
    ) -> list[Answer]:
        return self.desk.ask(VIEWER, measure, days=days, level=level, source=source, total=total)


@pytest.fixture(scope="module")
def shanghai(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shanghai]:
    needed("shanghai")
    city = read_city(FILE)
    store = Store.create(sqlite_url(tmp_path_factory.mktemp("shanghai") / "x.db"))
    built = build(store, city, "secret")
    yield Shanghai(Desk(Cube(store, city)), built)
    store.close()


def test_every_file_is_taken_without_a_reject(shanghai: Shanghai) -> None:
    assert [(outcome.error, outcome.rejected) for outcome in shanghai.built.outcomes] == [(None, 0)] * 7


def test_the_map_joins_the_code_list(shanghai: Shanghai) -> None:
    street = shanghai.built.report["street"]
    figures = {key: street[key] for key in ("areas", "polygons", "joined", "through_alias", "repaired", "unjoined")}
    assert figures == {
        "areas": 234, "polygons": 214, "joined": 214, "through_alias": 10, "repaired": ["嘉定区/徐行镇"], "unjoined": [],
    }  # fmt: skip
    assert shanghai.built.report["community"]["areas"] == len(rows("shanghai/codes/villages.csv"))


def test_positives_of_the_wave(shanghai: Shanghai) -> None:
    (whole,) = shanghai.ask("positives", WAVE, total=True)
    assert whole.value == 634_608
    by_day = {answer.day: answer.value for answer in shanghai.ask("positives", WAVE)}
    assert max(by_day.items(), key=lambda pair: pair[1] or 0) == (Day(2022, 4, 13), 27_719)
    published = {row["日期"]: int(row["本土阳性感染者"]) for row in rows("shanghai/cases/shanghai-daily.csv")}
    assert by_day == {day: published[day.isoformat()] for day in WAVE}


def test_sixteen_districts_add_up_to_the_city_on_each_day(shanghai: Shanghai) -> None:
    published = {row["日期"]: row for row in rows("shanghai/cases/shanghai-daily.csv")}
    sums: Counter[Day] = Counter()
    for answer in shanghai.ask("positives", WAVE, "district"):
        assert answer.value == int(published[answer.day.isoformat()][f"{answer.name}_阳性"])
        sums[answer.day] += int(answer.value)
    assert len(sums) == 55
    assert sums == {answer.day: answer.value for answer in shanghai.ask("positives", WAVE)}


def test_incidence_of_the_wave(shanghai: Shanghai) -> None:
    people = {
        row["district"]: int(row["population_2020"])
        for row in rows("shanghai/population/district_population_census2020.csv")
    }
    found = {answer.name: answer.value for answer in shanghai.ask("incidence", WAVE, "district", total=True)}
    told = {"黄浦区": 9_071, "徐汇区": 4_043, "浦东新区": 3_972, "金山区": 192}
    assert {name: round(found[name] or 0) for name in told} == told
    published = [row for row in rows("shanghai/cases/shanghai-daily.csv") if Day.fromisoformat(row["日期"]) in WAVE]
    for name, number in people.items():
        cases = sum(int(row[f"{name}_阳性"]) for row in published)
        assert found[name] == pytest.approx(cases / number * 100_000)


def test_before_the_districts_add_up_only_the_city_is_told(shanghai: Shanghai) -> None:
    days = [Day(2022, 3, 10)]
    published = {row["日期"]: row for row in rows("shanghai/cases/shanghai-daily.csv")}["2022-03-10"]
    assert shanghai.ask("asymptomatic", days)[0].value == int(published["本土无症状感染者"])
    assert {answer.state for answer in shanghai.ask("asymptomatic", days, "district")} == {"missing"}


def test_zero_filled_days_are_missing_and_confirmed_ones_are_zero(shanghai: Shanghai) -> None:
    document = json.loads((DATA / "shanghai/cases/dailyTotal.json").read_text("utf-8"))
    later = {day: found for day, found in document["regions"].items() if day > "2022-05-11"}
    silent = {day for day, found in later.items() if not any(each["confirm"] or each["wzz"] for each in found)}
    confirmed = {day for day in silent if document["daily"].get(day, {}).get("total") == 0}
    assert (len(silent), len(confirmed), len(silent - confirmed)) == (141, 33, 108)
    days = [Day.fromisoformat(day) for day in sorted(later)]
    for level in ("city", "district"):
        states: dict[Day, set[str]] = defaultdict(set)
        for answer in shanghai.ask("positives", days, level):
            states[answer.day].add(answer.state)
        assert {day.isoformat() for day, found in states.items() if found == {"missing"}} == silent - confirmed
        assert {day.isoformat() for day, found in states.items() if found == {"zero"}} == confirmed
    told = {answer.day: answer.value for answer in shanghai.ask("positives", days)}
    for day in set(later) - silent:
        assert told[Day.fromisoformat(day)] == sum(each["confirm"] + each["wzz"] for each in later[day])


def test_addresses_by_street_are_the_file(shanghai: Shanghai) -> None:
    expected: Counter[tuple[Day, str, str]] = Counter()
    for row in rows("shanghai/cases/positive_addresses_by_street_day.csv"):
        place = row["district"], _official(row["district"], row["street"])
        expected[Day.fromisoformat(row["date"]), *place] += int(row["addresses"])
    parents = {row["code"]: row["name"] for row in rows("shanghai/codes/areas.csv")}
    days = {day for day, _, _ in expected}
    found: Counter[tuple[Day, str, str]] = Counter()
    for answer in shanghai.ask("addresses", day_range(min(days), max(days)), "street", "addresses-street"):
        assert (answer.state == "missing") == (answer.day not in days)
        found[answer.day, parents[answer.area[:6]], answer.name] += int(answer.value or 0)
    assert +found == expected


def test_addresses_by_cell_are_the_file(shanghai: Shanghai) -> None:
    expected: Counter[tuple[Day, str]] = Counter()
    for row in rows("shanghai/cases/positive_addresses_by_h3r9_day.csv"):
        expected[Day.fromisoformat(row["date"]), row["h3_9"]] += int(row["addresses"])
    days = sorted({day for day, _ in expected})
    view = shanghai.desk.cube.at(source="addresses-cell")
    sums = view.sums("addresses", days, Units("cells"))
    assert sums.known.all()
    d, cell = sums.total.nonzero()
    ids = view.leaves.cells.id
    assert {(days[i], ids[j]): int(sums.total[i, j]) for i, j in zip(d, cell, strict=True)} == expected
    asked = {a.area: a.value for a in shanghai.ask("addresses", [days[3]], "cell", "addresses-cell") if a.value}
    assert asked == {name: number for (day, name), number in expected.items() if day == days[3]}


@cache
def _aliases() -> dict[str, str]:
    levels = tomllib.loads(FILE.read_text("utf-8"))["level"]
    return dict(next(level["aliases"] for level in levels if level["id"] == "street"))


def _official(district: str, street: str) -> str:
    return _aliases().get(f"{district}/{street}", street)


# --- risk areas ------------------------------------------------------------------------------------


def _street_of(district: str, text: str, names: dict[str, str]) -> str | None:
    """The official street that a text begins with; None where it begins with none, or names another as well."""
    rest = "".join(sign for sign in text if sign not in " ·,，。、()（）-\u3000\t\n")
    for word in (district, district.removesuffix("区").removesuffix("新"), "上海市"):
        if not any(rest.startswith(name) for name in names if len(name) > len(word)):
            rest = rest.removeprefix(word)
    begins = sorted((name for name in names if rest.startswith(name)), key=len)
    if not begins:
        return None
    after = rest[len(begins[-1]) :]
    others = {official for official in names.values() if official in after} - {names[begins[-1]]}
    return None if others else names[begins[-1]]


@pytest.mark.parametrize(
    "days", [[Day(2022, 7, 12)], day_range(Day(2022, 4, 15), Day(2022, 12, 12))], ids=["one", "all"]
)
@pytest.mark.parametrize("grade", ["high", "middle"])
def test_risk_areas_stand_on_their_street_or_unlocated_in_their_district(
    shanghai: Shanghai, grade: str, days: list[Day]
) -> None:
    listed = [row for row in rows("shanghai/risk/risk_areas_daily.csv") if row["level"] == grade]
    listed = [row for row in listed if Day.fromisoformat(row["day"]) in days]
    if len(days) == 1:
        assert len(listed) == {"high": 16, "middle": 234}[grade]
    districts = {row["code"]: row["name"] for row in rows("shanghai/codes/areas.csv")}
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows("shanghai/codes/streets.csv"):
        names[districts[row["areaCode"]]][row["name"]] = row["name"]
    for key, official in _aliases().items():
        district, spelling = key.split("/")
        names[district][spelling] = official
    streets: Counter[tuple[str, str, str | None]] = Counter()
    for row in listed:
        streets[row["day"], row["county"], _street_of(row["county"], row["community"], names[row["county"]])] += 1
    view = shanghai.desk.cube.at()
    stated = sorted({Day.fromisoformat(row["day"]) for row in listed})
    sums = view.sums(f"risk_{grade}", stated)
    for d, day in enumerate(stated):
        own = view.own(f"risk_{grade}", day)
        for row_ in view.areas.of_level("district"):
            name = view.areas.name[row_]
            assert own[row_] == streets[day.isoformat(), name, None]
            for child in view.areas.children(int(row_)):
                assert sums.total[d, child] == streets[day.isoformat(), name, view.areas.name[child]]
        assert sums.total[d, 0] == sum(row["day"] == day.isoformat() for row in listed)


def test_a_list_holds_for_a_week_of_days_without_one(shanghai: Shanghai) -> None:
    last = Day(2022, 12, 12)
    days = [last + dt.timedelta(days=n) for n in (0, 7, 8)]
    found = shanghai.ask("risk_high", days)
    assert [answer.state == "missing" for answer in found] == [False, False, True]
    assert found[0].value == found[1].value


def test_the_ledger_names_the_zero_filled_source_and_the_days_that_are_missing(shanghai: Shanghai) -> None:
    found = {
        (outcome.delivery.source.name, fault.id, fault.first, fault.last)
        for outcome in shanghai.built.outcomes
        for fault in outcome.faults
    }
    zeros = [(first, last) for name, id_, first, last in found if (name, id_) == ("cases-later", "zero_filled")]
    assert (Day(2022, 7, 2), Day(2022, 7, 9)) in zeros
    assert len(zeros) == 12
    missing = {(first, last) for name, id_, first, last in found if (name, id_) == ("addresses-street", "missing_day")}
    assert missing == {(Day(2022, 4, 2),) * 2, (Day(2022, 4, 19),) * 2}
    assert {id_ for _, id_, _, _ in found} == {"zero_filled", "missing_day", "incomplete"}
