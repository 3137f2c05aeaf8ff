"""The demo city through the whole product: what the page would say equals what the simulator knows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dashboard.queries import Answer, Desk, Viewer
from data.city import read_city
from data.demo import simulate
from data.store import Store, sqlite_url
from grid.build import Built, build
from grid.cube import Cube

VIEWER = Viewer()


@dataclass(frozen=True)
class Town:
    desk: Desk
    truth: dict[str, Any]
    built: Built

    @property
    def days(self) -> list[dt.date]:
        return [dt.date.fromisoformat(day) for day in self.truth["days"]]

    def ask(self, measure: str, **asked: Any) -> list[Answer]:
        return self.desk.ask(VIEWER, measure, days=self.days, **asked)

    def numbers(self, measure: str, level: str) -> dict[str, list[float]]:
        """code -> value by day; what is not reported counts as none."""
        found: dict[str, list[float]] = {}
        for answer in self.ask(measure, level=level):
            found.setdefault(answer.area, []).append(answer.value or 0)
        return found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    file = simulate("town", 1, folder / "city", lambda *_: None)
    city, store = read_city(file), Store.create(sqlite_url(folder / "town.db"))
    built = build(store, city, "secret")
    truth = json.loads((Path(file).parent / "truth.json").read_text("utf-8"))
    yield Town(Desk(Cube(store, city)), truth, built)
    store.close()


def test_every_delivery_is_taken(town: Town) -> None:
    assert [outcome.error for outcome in town.built.outcomes if outcome.error] == []


@pytest.mark.parametrize("level", ["district", "street"])
@pytest.mark.parametrize(
    ("measure", "status"), [("cases", ("case", "reclassified")), ("asymptomatic", ("asymptomatic",))]
)
def test_cases_equal_the_simulators_truth(town: Town, level: str, measure: str, status: tuple[str, ...]) -> None:
    said = {code: days for code, days in town.numbers(measure, level).items() if any(days)}
    known: dict[str, list[int]] = {}
    for name in [s for s in status if measure != "cases" or s == "case"]:
        for code, days in town.truth["cases"][level].get(name, {}).items():
            known[code] = [a + b for a, b in zip(known.get(code, [0] * len(days)), days, strict=True)]
    assert said == known


def test_population_equals_the_register(town: Town) -> None:
    for level, known in town.truth["population"].items():
        answers = town.desk.ask(VIEWER, "population", level=level)
        assert {a.area: a.value for a in answers} == known


@pytest.mark.parametrize("colour", ["green", "yellow", "red"])
def test_codes_equal_the_simulators_truth(town: Town, colour: str) -> None:
    assert town.numbers(f"code_{colour}", "district") == town.truth["codes"][colour]


@pytest.mark.parametrize("grade", ["high", "middle", "low"])
def test_risk_lists_equal_the_rule(town: Town, grade: str) -> None:
    said = {code: days for code, days in town.numbers(f"risk_{grade}", "district").items() if any(days)}
    assert said == {code: days for code, days in town.truth["risk"][grade].items() if any(days)}


@pytest.mark.parametrize("kind", ["lockdown", "control"])
def test_zones_in_force_equal_the_rule(town: Town, kind: str) -> None:
    said = [answer.value or 0 for answer in town.ask(f"zone_{kind}_n")]
    assert said == town.truth["zones"][kind]


def test_the_missing_day_is_missing_where_only_the_line_list_tells(town: Town) -> None:
    day = dt.date.fromisoformat(town.truth["missing_day"])
    answers = town.desk.ask(VIEWER, "cases", days=[day], level="district")
    assert "missing" in {answer.state for answer in answers}
    assert not any(answer.value for answer in answers if answer.state == "missing")


def test_every_screen_can_say_that_it_is_simulated(town: Town) -> None:
    assert town.desk.status(VIEWER).simulated


def test_what_was_known_grows_with_the_loads(town: Town) -> None:
    day = town.days[6]
    moments = [dt.datetime.combine(day, dt.time()) + dt.timedelta(days=n) for n in (0, 2, 9)]
    known = [town.desk.ask(VIEWER, "positives", days=[day], as_of=moment)[0].value or 0 for moment in moments]
    assert known == sorted(known)
    assert known[0] < known[-1]
