"""The sandbox over a store: days, what was known then, axes and estimates, scope, what is restricted first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dashboard.queries import Desk, Viewer
from dashboard.queries.sandbox import SandboxAnswer, SandboxDesk
from data.errors import AreaNotFound, BadQuestion
from data.slabs import Vector
from data.store import Store, sqlite_url
from grid.cube import Cube, View
from grid.policy.sandbox import STEPS
from tests import heihe
from tests.tiny import POPULATION, Knobs, Town

FIRST = dt.date(2022, 3, 1)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(42)]
CITY = Viewer()
EAST = Viewer(scope="990101")
SHARES = (0.05, 0.1, 0.2)


def evening(day: dt.date) -> dt.datetime:
    """23:00 in the city's zone, in UTC."""
    return dt.datetime.combine(day, dt.time(15))


def tell(store: Store, day: dt.date, geography: int, vector: Vector, known: dt.datetime | None = None) -> None:
    with store.loading(source="addresses", kind="addresses", file="-", sha256="-", known=known or evening(day)) as load:
        load.slabs(geography, [("addresses", day, vector)])
        load.close(first_day=day, last_day=day)


def found(view: View, day: dt.date, foci: NDArray[np.int64] | None, noise: int = 6) -> Vector:
    """Addresses of a day: most in the cells of the foci, some anywhere; without foci all anywhere, by ground."""
    chance = np.random.default_rng(day.toordinal())
    vector = np.zeros(len(view.leaves), np.int32)
    inside = np.flatnonzero(view.leaves.cell >= 0)
    if foci is None:
        np.add.at(vector, chance.choice(inside, 60, p=view.leaves.m2[inside] / view.leaves.m2[inside].sum()), 1)
        return vector
    np.add.at(vector, chance.choice(inside, noise), 1)
    np.add.at(vector, chance.choice(foci, 30), 1)
    return vector


class Outbreak:
    """The small city with addresses of six weeks, each told in the evening of its day."""

    def __init__(self, folder: Path, knobs: Knobs | None = None, foci: int | None = 6) -> None:
        self.town = Town(folder, sqlite_url(folder / "x.db"), knobs or Knobs(sources=("population", "addresses")))
        self.town.build()
        store = self.town.store
        with store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE load SET known = '2022-02-01 00:00:00.000000'")
        self.view = self.town.view()
        inside = np.flatnonzero(self.view.leaves.cell >= 0)
        self.foci = inside[:: len(inside) // foci][:foci] if foci else None
        for day in DAYS:
            tell(store, day, self.view.geography.id, found(self.view, day, self.foci))

    @property
    def desk(self) -> SandboxDesk:
        """The questions, as of now."""
        return SandboxDesk(Desk(Cube(self.town.store, self.town.city)))


@pytest.fixture(scope="module")
def outbreak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outbreak]:
    made = Outbreak(tmp_path_factory.mktemp("outbreak"))
    yield made
    made.town.store.close()


def points(answer: SandboxAnswer) -> Mapping[str, list[float]]:
    assert answer.frontier is not None
    return {curve.grain.id: [curve.at(share) for share in SHARES] for curve in answer.frontier.curves}


def test_days_of_choosing_are_a_week_apart_and_scored_on_the_next(outbreak: Outbreak) -> None:
    answer = outbreak.desk.sandbox(CITY, day=DAYS[34])
    assert answer.origins == (DAYS[34], DAYS[27], DAYS[20], DAYS[13])
    last = outbreak.desk.sandbox(CITY)
    assert (last.day, last.origins) == (DAYS[-1], (DAYS[34], DAYS[27], DAYS[20], DAYS[13]))
    early = outbreak.desk.sandbox(CITY, day=DAYS[3])
    assert (early.origins, early.frontier) == ((), None)


def test_a_few_foci_are_worth_a_border_by_cell(outbreak: Outbreak) -> None:
    answer = outbreak.desk.sandbox(CITY, day=DAYS[34])
    assert answer.frontier is not None
    assert answer.frontier.advantage
    assert answer.frontier.enough == "cell"
    assert [curve.grain.id for curve in answer.frontier.curves] == [
        "city", "district", "street", "cell+2", "cell+1", "cell",
    ]  # fmt: skip
    cell = answer.frontier.curves[-1]
    vector = np.zeros(len(outbreak.view.leaves))
    for day in DAYS[28:35]:
        vector += found(outbreak.view, day, outbreak.foci)
    by_cell = np.bincount(outbreak.view.leaves.cell[vector > 0], vector[vector > 0])
    assert cell.grain.size == len(outbreak.view.leaves.cells) >= len(by_cell)
    assert cell.at(0.2) > 0.8 > 0.2 == answer.frontier.curves[0].at(0.2)


def test_the_axis_is_people_where_they_are_known(outbreak: Outbreak, tmp_path: Path) -> None:
    answer = outbreak.desk.sandbox(CITY, day=DAYS[34])
    assert (answer.axis.id, answer.axes) == ("people", ("people", "cells", "area"))
    assert (answer.estimate, answer.counted, answer.total) == (True, "street", sum(POPULATION.values()))
    for axis in ("cells", "area"):
        other = outbreak.desk.sandbox(CITY, day=DAYS[34], axis=axis)
        assert (other.axis.id, other.estimate) == (axis, False)
        assert other.frontier is not None
        assert other.frontier.curves[-1].covered[-1] == 1
    assert outbreak.desk.sandbox(CITY, axis="cells").total == pytest.approx(len(outbreak.view.leaves.cells))
    nobody = Outbreak(tmp_path, Knobs(sources=("addresses",))).desk
    assert nobody.sandbox(CITY).axes == ("cells", "area")
    with pytest.raises(BadQuestion, match="people"):
        nobody.sandbox(CITY, axis="people")


def test_the_future_scores_and_never_chooses(outbreak: Outbreak, tmp_path: Path) -> None:
    """Another future under the same past: other figures, the same units restricted."""
    other = Outbreak(tmp_path)
    view, chance = other.view, np.random.default_rng(0)
    for day in DAYS[35:]:
        tell(other.town.store, day, view.geography.id, chance.permutation(found(view, day, other.foci)))
    mine, theirs = outbreak.desk.sandbox(CITY, day=DAYS[34]), other.desk.sandbox(CITY, day=DAYS[34])
    assert mine.frontier is not None
    assert theirs.frontier is not None
    for one, two in zip(mine.frontier.curves, theirs.frontier.curves, strict=True):
        assert one.units == two.units
        assert np.array_equal(one.promised, two.promised)
    assert points(mine)["cell"] != points(theirs)["cell"]
    chosen = [each.desk.chosen(CITY, "cell", 0.1, day=DAYS[34]) for each in (outbreak, other)]
    assert chosen[0] == chosen[1]
    other.town.store.close()


def test_what_came_in_late_does_not_choose_either(tmp_path: Path) -> None:
    """A correction of a past day that came a month later scores nothing and chooses nothing on that day."""
    made = Outbreak(tmp_path)
    before = made.desk.sandbox(CITY, day=DAYS[34])
    assert before.as_then == 4
    chosen = made.desk.chosen(CITY, "cell", 0.1, day=DAYS[34])
    late = np.zeros(len(made.view.leaves), np.int32)
    late[np.flatnonzero(made.view.leaves.cell >= 0)[3]] = 10_000
    tell(made.town.store, DAYS[33], made.view.geography.id, late, known=evening(DAYS[41]))
    after = made.desk.sandbox(CITY, day=DAYS[34])
    assert made.desk.chosen(CITY, "cell", 0.1, day=DAYS[34]) == chosen
    assert before.frontier is not None
    assert after.frontier is not None
    newest = [answer.frontier.curves[-1].units for answer in (before, after) if answer.frontier]
    assert newest[0] == newest[1]
    made.town.store.close()


def test_days_told_long_after_are_used_and_said_to_be(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("population", "addresses")))
    town.build()
    view = town.view()
    foci = np.flatnonzero(view.leaves.cell >= 0)[:3]
    for day in DAYS:
        tell(town.store, day, view.geography.id, found(view, day, foci), known=dt.datetime(2099, 1, 1))
    answer = SandboxDesk(Desk(Cube(town.store, town.city))).sandbox(CITY, day=DAYS[34])
    assert (len(answer.origins), answer.as_then) == (4, 0)
    town.store.close()


def test_a_viewer_of_a_district_asks_about_it_alone(outbreak: Outbreak) -> None:
    answer = outbreak.desk.sandbox(EAST, day=DAYS[34])
    assert (answer.area, answer.name) == ("990101", "东江区")
    assert answer.total == POPULATION["990101001"] + POPULATION["990101002"]
    assert next(iter(points(answer))) == "district"
    own = outbreak.view.areas
    row = own.row_of["990101"]
    cells = set(outbreak.view.leaves.cell[own.lo[row] : own.hi[row]].tolist())
    chosen, _ = outbreak.desk.chosen(EAST, "cell", 0.3, day=DAYS[34])
    assert chosen
    assert all(outbreak.view.leaves.cells.row_of[each.area] in cells for each in chosen)
    with pytest.raises(AreaNotFound):
        outbreak.desk.sandbox(EAST, "990102")


def test_the_units_restricted_first_are_those_with_most(outbreak: Outbreak) -> None:
    chosen, total = outbreak.desk.chosen(CITY, "street", 0.9, day=DAYS[34])
    assert total == len(chosen) > 0
    assert [each.score for each in chosen] == sorted((each.score for each in chosen), reverse=True)
    assert all(each.cost == POPULATION[each.area] for each in chosen)
    few, many = outbreak.desk.chosen(CITY, "cell", 0.9, day=DAYS[34], limit=2)
    assert len(few) == 2 < many
    assert outbreak.desk.chosen(CITY, "parish", 0.5, day=DAYS[34]) == ([], 0)


def test_a_city_of_drawn_cells_knows_its_rings(tmp_path: Path) -> None:
    made = Outbreak(tmp_path, Knobs(grid="imported", sources=("population", "addresses")))
    answer = made.desk.sandbox(CITY, day=DAYS[34], axis="cells")
    assert "cell+1" in points(answer)
    assert answer.frontier is not None
    assert answer.frontier.curves[0].covered == pytest.approx(STEPS)
    made.town.store.close()


def test_a_city_without_the_data_says_so(tmp_path: Path) -> None:
    cube = heihe.cube(tmp_path)
    desk = SandboxDesk(Desk(cube))
    with pytest.raises(BadQuestion):
        desk.sandbox(CITY, signal="addresses")
    with pytest.raises(BadQuestion):
        desk.sandbox(CITY, axis="cells")
    answer = desk.sandbox(CITY, day=heihe.DAY)
    assert (answer.frontier, answer.origins, answer.axis.id) == (None, (), "people")
    cube.store.close()


def test_an_area_where_nobody_lives_is_not_measured_by_people(outbreak: Outbreak) -> None:
    """The industrial park is on no map and has no inhabitants: there is nothing to restrict."""
    with pytest.raises(BadQuestion):
        outbreak.desk.sandbox(CITY, "西山工业园区")
