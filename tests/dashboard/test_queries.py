"""The questions: states, scopes, figures, and what could not be located."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.queries import MAX_DAYS, Desk, Viewer, day_range
from data.errors import AreaNotFound, BadQuestion, MeasureNotFound
from data.store import sqlite_url
from grid.cube import Cube
from grid.measures import MEASURES
from tests import tiny
from tests.tiny import DAYS, Day, Knobs, Town

CITY = Viewer()
EAST = Viewer(scope="990101")
LEVELS = ("city", "district", "street", "community", "cell")


@pytest.fixture(scope="module")
def desk(tiny_cube: Cube) -> Desk:
    return Desk(tiny_cube)


def test_a_number_is_a_value_zero_or_missing(desk: Desk) -> None:
    days = day_range(DAYS[3], DAYS[5])
    found = desk.ask(CITY, "addresses", area="东江区", days=days)
    expected = [sum(n for (cell, when), n in tiny.addresses().items() if when == day) for day in days]
    whole = desk.ask(CITY, "addresses", days=days)
    assert [(answer.value, answer.state) for answer in whole] == [
        (expected[0], "value"), (expected[1], "value"), (None, "missing"),
    ]  # fmt: skip
    assert found[0].value is not None
    (none,) = desk.ask(CITY, "risk_middle", days=[DAYS[3]])
    assert (none.value, none.state) == (0, "zero")
    answer = whole[0]
    assert (answer.area, answer.name, answer.level, answer.day) == ("990000", "安城市", "city", DAYS[3])


def test_without_days_the_last_day_with_data_is_meant(desk: Desk) -> None:
    assert desk.ask(CITY, "addresses")[0].day == DAYS[4]
    assert desk.ask(CITY, "zone_lockdown_n")[0].day == DAYS[5]


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_answers_on_every_level(desk: Desk, name: str) -> None:
    for level in LEVELS:
        found = desk.ask(CITY, name, days=[DAYS[1]], level=level)
        assert {answer.level for answer in found} == {level}
        assert all((answer.value is None) == (answer.state == "missing") for answer in found)
        assert all((answer.value == 0) == (answer.state == "zero") for answer in found)


def test_days_add_up_only_where_that_means_something(desk: Desk) -> None:
    days = day_range(DAYS[0], DAYS[9])
    (whole,) = desk.ask(CITY, "positives", days=days, total=True)
    assert whole.value == sum(answer.value or 0 for answer in desk.ask(CITY, "positives", days=days))
    assert whole.day == DAYS[9]
    (rate,) = desk.ask(CITY, "incidence", days=days, total=True)
    assert rate.value == pytest.approx(whole.value / sum(tiny.POPULATION.values()) * 100_000)
    for stock in ("population", "growth", "incidence_7d", "code_red", "zone_lockdown_people"):
        with pytest.raises(BadQuestion, match="cannot be added up"):
            desk.ask(CITY, stock, days=days, total=True)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"name": "deaths"}, MeasureNotFound),
        ({"area": "火星"}, AreaNotFound),
        ({"area": "新村居委会"}, AreaNotFound),
        ({"level": "province"}, BadQuestion),
        ({"level": "city", "area": "东江区"}, BadQuestion),
        ({"days": [DAYS[0] + dt.timedelta(days=n) for n in range(MAX_DAYS + 1)]}, BadQuestion),
        ({"as_of": dt.datetime(1999, 1, 1)}, BadQuestion),
        ({"source": "deaths"}, BadQuestion),
        ({"source": "population"}, BadQuestion),
    ],
)
def test_what_cannot_be_asked(desk: Desk, asked: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        desk.ask(CITY, **({"name": "positives"} | asked))  # type: ignore[arg-type]


def test_the_wrong_way_round_is_no_span() -> None:
    assert day_range(DAYS[1], DAYS[1]) == [DAYS[1]]
    with pytest.raises(BadQuestion):
        day_range(DAYS[1], DAYS[0])


def test_a_city_without_a_grid_has_no_cells_to_ask_for(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(grid="none", sources=("table",)))
    town.build()
    desk = Desk(Cube(town.store, town.city))
    with pytest.raises(BadQuestion, match=r"city, district, street, community$"):
        desk.ask(CITY, "cases", level="cell")
    assert desk.status(CITY).has_cells is False
    assert desk.place(CITY, "石桥街道").next_level == "community"
    assert desk.place(CITY, "上河镇").next_level is None
    town.store.close()


# --- scope -----------------------------------------------------------------------------------------


def test_a_viewer_sees_nothing_beyond_their_area(desk: Desk) -> None:
    for outside in ("990000", "安城市", "西山区", "990102001", "西山区/石桥街道", "990102001001"):
        for question in (
            lambda area: desk.ask(EAST, "positives", area=area),
            lambda area: desk.place(EAST, area),
            lambda area: desk.figures(EAST, area, DAYS[1]),
            lambda area: desk.series(EAST, "positives", area, DAYS[0], DAYS[1]),
            lambda area: desk.children(EAST, ["positives"], area, DAYS[1]),
            lambda area: desk.unlocated(EAST, area, DAYS[1]),
            lambda area: desk.notes(EAST, area),
            lambda area: desk.paint(EAST, "positives", "street", [DAYS[1]], area=area),
        ):
            with pytest.raises(AreaNotFound):
                question(outside)


def test_a_viewers_city_is_their_area(desk: Desk) -> None:
    (own,) = desk.ask(EAST, "population", days=[DAYS[0]])
    assert (own.area, own.value) == ("990101", 70_001)
    for level in ("street", "community"):
        found = desk.ask(EAST, "cases", days=[DAYS[0]], level=level)
        assert {answer.area[:6] for answer in found} == {"990101"}
    cells = desk.paint(EAST, "addresses", "cell", [DAYS[0]])
    view = desk.cube.at()
    row = view.areas.row_of["990101"]
    inside = view.leaves.cell[view.areas.lo[row] : view.areas.hi[row]]
    assert set(cells.codes) == {view.leaves.cells.id[cell] for cell in inside if cell >= 0}
    assert len(cells.codes) < len(view.leaves.cells)


def test_a_cut_cell_shows_a_viewer_only_their_side(desk: Desk) -> None:
    both = (desk.paint(viewer, "addresses", "cell", DAYS[:5]) for viewer in (EAST, Viewer(scope="990102")))
    sums: Counter[str] = Counter()
    for painted in both:
        sums.update({code: painted.values.value[:, n].sum() for n, code in enumerate(painted.codes)})
    whole = desk.paint(CITY, "addresses", "cell", DAYS[:5])
    assert sums == {code: whole.values.value[:, n].sum() for n, code in enumerate(whole.codes)}


# --- one area --------------------------------------------------------------------------------------


def test_a_place_tells_its_path_and_where_one_drills_to(desk: Desk) -> None:
    place = desk.place(CITY, "东江区/江口街道")
    assert (place.code, place.level, place.next_level) == ("990101001", "street", "community")
    assert place.path == (("990000", "安城市"), ("990101", "东江区"), ("990101001", "江口街道"))
    assert place.bounds == pytest.approx((110.0, 30.0, 110.015, 30.03))
    assert desk.place(CITY, "南滩居委会").next_level == "cell"
    assert desk.place(CITY, "西山工业园区").bounds is None
    assert desk.place(CITY, "city").next_level == "district"
    assert desk.place(Viewer("en"), "city").name == "Ancheng"


def test_a_series_is_the_days_asked_one_by_one(desk: Desk) -> None:
    for name in ("positives", "incidence_7d", "risk_areas"):
        for first, last in ((DAYS[0], DAYS[9]), (DAYS[2], DAYS[4]), (Day(2022, 2, 20), Day(2022, 4, 1))):
            series = desk.series(CITY, name, "西山区", first, last)
            assert series == desk.ask(CITY, name, area="西山区", days=day_range(first, last))
            assert [answer.day for answer in series] == day_range(first, last)


def test_children_and_the_unlocated_make_up_the_area(desk: Desk) -> None:
    for area in ("city", "东江区", "西山区"):
        for day in DAYS[:5]:
            for name in ("cases", "risk_middle", "risk_low"):
                (whole,) = desk.ask(CITY, name, area=area, days=[day])
                below = sum(row[0].value or 0 for row in desk.children(CITY, [name], area, day))
                rest = sum(each.value for each in desk.unlocated(CITY, area, day) if each.measure.id == name)
                assert below + rest == (whole.value or 0)


def test_what_was_not_located_is_told_with_its_reason(desk: Desk) -> None:
    found = {each.measure.id: (each.value, each.share) for each in desk.unlocated(CITY, "西山区", DAYS[0])}
    assert found["risk_middle"] == (1, 1.0)
    assert found["risk_low"] == (1, 1.0)
    notes = {(note.area, note.text): (note.why, note.rows) for note in desk.notes(CITY, "西山区")}
    assert notes["西山区", "柳林街道、上河镇"] == ("文字提到多个区域", 1)
    assert desk.notes(Viewer("en"), "city")[0].why in (
        "the text names several areas",
        "the name is not in the code list",
    )
    assert desk.notes(CITY, "东江区") == []


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Desk]:
    """Two Tuesdays: more cases, fewer green codes and as many inhabitants."""
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("population", "cases", "codes"), people=0))
    persons = [tiny.Person(f"P{n}", DAYS[0 if n < 2 else 7], "确诊", "990101001", 110.002, 30.01) for n in range(5)]
    town.people(*persons)
    rows = [(day, "990101001", "红码", number) for day, number in ((DAYS[0], 9), (DAYS[7], 4))]
    tiny.write_csv(tmp_path / "in/codes.csv", ["日期", "代码", "码色", "人数"], rows)
    town.build()
    yield Desk(Cube(town.store, town.city))
    town.store.close()


def test_figures_tell_direction_and_whether_that_is_good(week: Desk) -> None:
    found = {figure.measure.id: figure for figure in week.figures(CITY, "东江区", DAYS[7])}
    told: dict[str, tuple[object, ...]]
    told = {name: (figure.change, figure.direction, figure.goodness) for name, figure in found.items()}
    assert told["positives"] == (1, "up", "bad")
    assert told["code_red"] == (-5, "down", "good")
    assert told["population"] == (0, "flat", "neutral")
    assert (told["incidence_7d"], told["growth"]) == ((None, "none", "neutral"), (None, "none", "neutral"))
    assert found["positives"].answer.value == 3
    assert found["positives"].before.day == DAYS[0]
    assert "zone_lockdown_people" not in found  # the city has no zones to tell of
    assert MEASURES["code_green"].higher_is == "good"


def test_the_screen_says_what_it_is(desk: Desk) -> None:
    status = desk.status(CITY)
    assert (status.city, status.code, status.simulated) == ("安城市", "990000", False)
    assert status.version == 8
    assert status.levels == ("city", "district", "street", "community")
    assert status.days["addresses"] == (DAYS[0], DAYS[4])
    assert status.days["incidence_7d"] == status.days["positives"]  # the census does not date a rate
    assert "code_red" in status.days
    assert [load.id for load in desk.loads(CITY)] == list(range(1, 9))


def test_notes_of_an_area_that_is_no_more_are_told_of_the_one_that_took_it_over(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("table",)))
    rows = [(day, "上河镇", n) for n, day in enumerate(DAYS)]
    tiny.write_csv(
        tmp_path / "in/table.csv",
        ["日期", "街道", "社区", "人数"],
        [(*row[:2], "火星村", row[2]) for row in rows],
        "gb18030",
    )
    town.build()
    assert [note.area for note in Desk(Cube(town.store, town.city)).notes(CITY, "city")] == ["上河镇"]
    tiny.tiny_city(tmp_path, Knobs(sources=(), merged=True))
    town.build()
    assert [note.area for note in Desk(Cube(town.store, town.city)).notes(CITY, "city")] == ["柳林街道"]
    town.store.close()
