"""The same findings by every fineness: nothing is lost between them, and what is told is what anybody would count."""

from __future__ import annotations

from collections.abc import Iterator

import h3
import numpy as np
import pytest

from dashboard.queries import Desk, Viewer
from dashboard.queries.risk import RiskDesk
from data.errors import AreaNotFound
from grid.cube import Cube
from grid.risk.forecast import AHEAD
from grid.risk.granularity import GAIN
from grid.risk.grids import LEAST_UNITS, Explorer
from tests.outbreak import DAYS, LAST, town

CITY, EAST = Viewer(), Viewer(scope="990101")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RiskDesk]:
    made = town(tmp_path_factory.mktemp("grids"))
    yield Desk(Cube(made.store, made.city)).beside(RiskDesk)
    made.store.close()


@pytest.fixture(scope="module")
def explorer(desk: RiskDesk) -> Explorer:
    return Explorer(desk.book(desk.desk.cube.at()))


def test_every_fineness_sees_the_same_findings(explorer: Explorer) -> None:
    board = explorer.book.board("cell", LAST)
    assert board is not None
    fine = explorer._all(board)
    assert [one.id for one in fine if one.id.startswith("h3")] == ["h3-8"]
    for one in fine:
        for issue, own in zip(one.tried.forecast, fine[-1].tried.forecast, strict=True):
            assert issue.found.sum() == own.found.sum()


def test_a_coarse_cell_has_what_its_cells_have(explorer: Explorer) -> None:
    board = explorer.book.board("cell", LAST)
    assert board is not None
    coarse = next(one for one in explorer._all(board) if one.id == "h3-8")
    names = sorted({h3.cell_to_parent(cell, 8) for cell in board.here.codes})
    last = len(board.cases.value) - AHEAD
    for n, name in enumerate(names):
        rows = [row for row, cell in enumerate(board.here.codes) if h3.cell_to_parent(cell, 8) == name]
        assert coarse.tried.forecast[-1].found[n] == board.cases.value[last:, rows].sum()
        assert coarse.tried.grid.costs["area"][n] == pytest.approx(board.here.m2[rows].sum())


def test_lines_by_hand(desk: RiskDesk, explorer: Explorer) -> None:
    lines = desk.granularity(CITY)
    assert [line.units for line in lines] == sorted(line.units for line in lines)
    own = lines[-1]
    assert (own.id, own.name, own.of) == ("cell", "单元网格", "area")
    board = explorer.book.board("cell", LAST)
    assert board is not None
    issues = explorer._all(board)[-1].tried.forecast
    small = [np.mean(issue.found[issue.found > 0] < own.hidden_below) for issue in issues]
    assert own.hidden == pytest.approx(float(np.mean(small)))
    visited = []
    for issue in issues:
        found = np.cumsum(issue.found[np.argsort(-issue.score, kind="stable")])
        visited.append(int(np.argmax(found >= own.work_for * found[-1])) + 1)
    assert own.work == pytest.approx(np.mean(visited))
    assert own.people is None
    assert own.work_people is None
    assert own.days == len(issues)


def test_the_one_that_is_enough_keeps_the_rule(desk: RiskDesk) -> None:
    lines = desk.granularity(CITY)
    (enough,) = (n for n, line in enumerate(lines) if line.enough)
    means = [np.mean([hit for hit in line.hits if hit is not None]) for line in lines]
    assert all(mean < means[enough] + GAIN for mean in means[enough + 1 :])
    assert all(line.gain == GAIN for line in lines)


def test_a_part_of_the_city_is_judged_by_its_own_units(desk: RiskDesk) -> None:
    east, whole = desk.granularity(EAST), desk.granularity(CITY)
    assert all(line.units >= LEAST_UNITS for line in east)
    assert east[-1].units < whole[-1].units
    with pytest.raises(AreaNotFound):
        desk.granularity(EAST, "990102")


def test_it_is_kept_and_told_only_where_there_is_enough(desk: RiskDesk, explorer: Explorer) -> None:
    assert explorer.lines(0, LAST) is explorer.lines(0, LAST)
    assert desk.granularity(CITY, day=DAYS[9]) == []
    assert desk.granularity(Viewer("en"))[-1].name == "Cell"
