"""The registry holds together, and each formula gives what a pencil gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import MeasureNotFound
from data.store import sqlite_url
from grid import measures
from grid.counts import COUNTS
from grid.measures import FAMILIES, MEASURES, Measure, ask, measure
from grid.rates import MISSING, VALUE, ZERO
from tests import tiny
from tests.tiny import DAYS, Day, Knobs, Town

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("made", MEASURES.values(), ids=lambda made: made.id)
def test_every_measure_is_told_in_both_languages(made: Measure) -> None:
    assert CHINESE.search(made.name("zh"))
    assert CHINESE.search(made.about("zh"))
    for words in (made.name("en"), made.about("en"), made.unit("en")):
        assert words
        assert not CHINESE.search(words)
    assert made.unit("zh")
    assert set(made.counts) <= set(COUNTS)
    assert made.digits >= 0
    assert made.back >= 0
    assert made.family in {family.id for family, _ in FAMILIES}
    assert measure(made.id) is made


def test_names_stand_for_one_measure_each() -> None:
    for lang in ("zh", "en"):
        names = [made.name(lang) for made in MEASURES.values()]
        assert len(set(names)) == len(names)
    with pytest.raises(TypeError):
        MEASURES["mine"] = MEASURES["cases"]  # type: ignore[index]


def test_doubles_and_strays_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (term, members), *rest = FAMILIES
    for wrong in ((*members, members[0]), (*members, replace(members[0], id="new", family="zones"))):
        monkeypatch.setattr(measures, "FAMILIES", ((term, wrong), *rest))
        with pytest.raises(ValueError, match="stands twice or in a wrong family"):
            measures._registry()


def test_a_measure_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(MeasureNotFound) as unknown:
        measure("deaths")
    assert all(name in unknown.value.say("zh") for name in ("positives", "incidence_7d", "code_red_share"))


# --- by hand ---------------------------------------------------------------------------------------

STREET = "990102001"
LATER = [DAYS[0].replace(day=1 + n) for n in range(21)]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One street's numbers: cases 1, 2, 3 ... by day, half of them re-classified from an earlier asymptomatic."""
    folder = tmp_path_factory.mktemp("town")
    made = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=("population", "codes")))
    source = tiny.SOURCES["codes"].replace("code_status", "cases").replace("in/codes.csv", "in/findings.csv")
    made.path.write_text(made.path.read_text("utf-8") + f'[[source]]\nname = "findings"{source}', "utf-8")
    rows = [(day, STREET, status, number) for n, day in enumerate(LATER) for status, number in findings(n)]
    tiny.write_csv(folder / "in/findings.csv", ["日期", "代码", "类别", "人数"], rows)
    assert [outcome.error for outcome in made.build().outcomes if outcome.error] == []
    yield made
    made.store.close()


def findings(n: int) -> list[tuple[str, int]]:
    """Of day n: none reported on the fifth, all zero on the sixth."""
    if n == 4:
        return []
    if n == 5:
        return [("确诊", 0), ("无症状", 0)]
    return [("确诊", n + 1), ("无症状", 10), ("转归", (n + 1) // 2)]


def positives(n: int) -> int | None:
    told = dict(findings(n))
    return told["确诊"] + told["无症状"] - told.get("转归", 0) if told else None


def value(town: Town, name: str, day: Day, area: str = STREET) -> float | None:
    view = town.view()
    found = ask(view, measure(name), [day])
    row = view.areas.row_of[area]
    state, number = found.state[0, row], float(found.value[0, row])
    assert (state == ZERO) == (number == 0)
    return None if state == MISSING else number


@pytest.mark.parametrize("n", [0, 1, 4, 5, 9])
def test_a_person_reclassified_counts_once(town: Town, n: int) -> None:
    assert value(town, "positives", LATER[n]) == positives(n)
    told = dict(findings(n))
    assert value(town, "cases", LATER[n]) == told.get("确诊")
    assert value(town, "asymptomatic", LATER[n]) == told.get("无症状")


def week(last: int, days: int = 7) -> list[int]:
    return [number for n in range(last - days + 1, last + 1) if n >= 0 and (number := positives(n)) is not None]


@pytest.mark.parametrize(("name", "days"), [("incidence", 1), ("incidence_7d", 7), ("incidence_14d", 14)])
@pytest.mark.parametrize("n", [0, 4, 5, 6, 10, 13, 20])
def test_incidence_is_positives_in_a_hundred_thousand(town: Town, name: str, days: int, n: int) -> None:
    reported, people = week(n, days), tiny.POPULATION[STREET]
    enough = positives(n) is not None and len(reported) >= 0.7 * days
    expected = sum(reported) * days / len(reported) / people * 100_000 if enough else None
    assert value(town, name, LATER[n]) == (None if expected is None else pytest.approx(expected))
    everyone = sum(tiny.POPULATION.values())
    city = value(town, name, LATER[n], "990000")
    assert city == (None if expected is None else pytest.approx(expected * people / everyone))


def test_weekly_growth_is_against_the_week_before(town: Town) -> None:
    assert value(town, "growth", LATER[20]) == pytest.approx(sum(week(20)) / sum(week(13)) - 1)
    assert value(town, "growth", LATER[17]) == pytest.approx(sum(week(17)) / (sum(week(10)) * 7 / 6) - 1)
    assert value(town, "growth", LATER[11]) is None  # its last week ends on the day that was not reported
    assert value(town, "growth", LATER[5]) is None


def test_colours_and_their_shares(town: Town) -> None:
    told = tiny.codes()
    red, all_ = told[STREET, "红码", DAYS[2]], sum(told[STREET, c, DAYS[2]] for c in ("红码", "黄码", "绿码"))
    assert value(town, "code_red", DAYS[2]) == red
    assert value(town, "code_red_share", DAYS[2]) == pytest.approx(100 * red / all_)
    assert value(town, "code_green", LATER[5 + 7]) == told[STREET, "绿码", DAYS[5]]  # holds for a week
    assert value(town, "code_green", LATER[5 + 8]) is None


def test_a_share_is_not_known_where_a_colour_was_not_reported(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("codes",)))
    rows = [(DAYS[0], STREET, "红码", 5), (DAYS[0], STREET, "黄码", 5)]
    tiny.write_csv(tmp_path / "in/codes.csv", ["日期", "代码", "码色", "人数"], rows)
    town.build()
    assert value(town, "code_red", DAYS[0]) == 5
    assert value(town, "code_red_share", DAYS[0]) is None
    town.store.close()


def test_people_risk_areas_addresses_and_ground(tiny_cube: object, town: Town) -> None:
    from grid.cube import Cube

    assert isinstance(tiny_cube, Cube)
    view = tiny_cube.at()

    def city(name: str, day: Day) -> tuple[float, int]:
        found = ask(view, measure(name), [day])
        return float(found.value[0, 0]), int(found.state[0, 0])

    assert value(town, "population", DAYS[0]) == tiny.POPULATION[STREET]
    assert city("risk_areas", DAYS[0]) == (3, VALUE)
    assert [city(f"risk_{grade}", DAYS[0])[0] for grade in ("high", "middle", "low")] == [1, 2, 1]
    assert city("risk_middle", DAYS[3]) == (0, ZERO)
    assert city("addresses", DAYS[1])[0] == sum(n for (_, day), n in tiny.addresses().items() if day == DAYS[1])
    ground = view.geography.area_m2[view.areas.row_of["990102002"]]
    assert city("zone_control_km2", DAYS[2])[0] == pytest.approx(ground / 1e6)
    assert city("zone_lockdown_n", DAYS[4])[0] == 2
