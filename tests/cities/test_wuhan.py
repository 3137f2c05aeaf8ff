"""Wuhan 2020: the outflow of January against the cases that other cities had found in February."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dashboard.queries import Desk, Viewer
from dashboard.queries.flows import FlowDesk, RiskRow, check
from data.city import read_city
from data.days import day_number
from data.faults import faults_of
from data.store import Store, sqlite_url
from grid.arrays import Floats
from grid.build import build
from grid.cube import Cube
from grid.flows import import_risk
from grid.flows.import_risk import Fit, Seen
from grid.flows.outflow import out
from grid.flows.scale import PER_PERSON
from tests.cities import needed, rows

Day = dt.date
FILE = Path(__file__).parent / "wuhan" / "city.toml"
FOLDER = "china_2020_migration"
WINDOW = Day(2020, 1, 1), Day(2020, 1, 24)
MADE, LATER = Day(2020, 2, 5), Day(2020, 2, 19)
MUNICIPALITIES = {"北京市", "天津市", "上海市", "重庆市"}
CITY = Viewer()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlowDesk]:
    needed(FOLDER)
    city = read_city(FILE)
    store = Store.create(sqlite_url(tmp_path_factory.mktemp("wuhan") / "x.db"))
    built = build(store, city, "secret")
    assert [(outcome.error, outcome.rejected) for outcome in built.outcomes] == [(None, 0)] * len(city.sources)
    yield Desk(Cube(store, city)).beside(FlowDesk)
    store.close()


@pytest.fixture(scope="module")
def seen(desk: FlowDesk) -> Seen:
    return desk.seen(desk.book(desk.desk.cube.at()), 0, LATER, WINDOW)


@pytest.fixture(scope="module")
def model(seen: Seen) -> Fit:
    found = import_risk.fit(seen, day_number(MADE), (day_number(WINDOW[0]), day_number(WINDOW[1])))
    assert found is not None
    return found


def by_hand() -> dict[str, float]:
    """Sum over 1-24 January of share x index, from the files and nothing else."""
    index = {row["日期"]: float(row["武汉"]) for row in rows(f"{FOLDER}/baidu_index_curve_out.csv")}
    flow: dict[str, float] = defaultdict(float)
    for row in rows(f"{FOLDER}/baidu_outflow_share_long.csv"):
        if row["origin"] == "武汉市" and "2020-01-01" <= row["date"] <= "2020-01-24":
            flow[row["destination"]] += float(row["share_pct"]) * index[row["date"]]
    return flow


def confirmed(day: Day) -> dict[str, int]:
    """Cumulative cases of a day by city, the four municipalities by their province rows."""
    found = {}
    for row in rows(f"{FOLDER}/china_city_cases_2020-01-10_2020-02-29.csv"):
        municipality = row["province"] in MUNICIPALITIES
        if row["date"] == day.isoformat() and bool(row["city"]) != municipality:
            found[row["province"] if municipality else row["city"]] = int(row["confirmed"])
    return found


def both(desk: FlowDesk, seen: Seen, day: Day) -> tuple[list[str], Floats, Floats]:
    """Cities with flow and cases: names, share x index, cases."""
    book = desk.book(desk.desk.cube.at())
    flow = seen.carried(day_number(WINDOW[0]), day_number(WINDOW[1])) * PER_PERSON * 100
    cases = seen.at(day_number(day))
    known = (flow > 0) & (cases > 0)
    return [city.name for city, is_ in zip(book.others, known, strict=True) if is_], flow[known], cases[known]


def test_flow_and_cases_are_the_files(desk: FlowDesk, seen: Seen) -> None:
    names, flow, cases = both(desk, seen, LATER)
    expected, told = by_hand(), confirmed(LATER)
    assert len(names) == 137
    assert set(names) == {name for name in expected if told.get(name)}
    np.testing.assert_allclose(flow, [expected[name] for name in names], rtol=1e-9)
    assert cases.tolist() == [told[name] for name in names]


def test_correlations_of_flow_and_cases(desk: FlowDesk, seen: Seen) -> None:
    _, flow, cases = both(desk, seen, LATER)
    assert np.corrcoef(np.log(flow), np.log(cases))[0, 1] == pytest.approx(0.861, abs=5e-4)
    assert np.corrcoef(flow, cases)[0, 1] == pytest.approx(0.977, abs=5e-4)
    names, flow, cases = both(desk, seen, MADE)
    cities = np.array([name not in MUNICIPALITIES for name in names])
    assert cities.sum() == 133
    assert np.corrcoef(np.log(flow[cities]), np.log(cases[cities]))[0, 1] == pytest.approx(0.834, abs=5e-4)


def test_the_model_of_5_february_ranks_the_cases_of_19_february(desk: FlowDesk, seen: Seen, model: Fit) -> None:
    told = check(seen, model, LATER)
    assert told.places == model.quality.places == 137
    assert told.spearman >= 0.82
    assert told.spearman > told.flow_alone
    assert told.flow_alone == pytest.approx(0.817, abs=5e-4)
    cases = seen.at(day_number(LATER))
    known = np.where(seen.carried(*model.window) > 0, cases, np.nan)
    population = import_risk.spearman(seen.population, known)
    assert told.spearman > population + 0.4
    assert told.spearman > import_risk.spearman(_gravity(desk, seen), known) + 0.1


def _gravity(desk: FlowDesk, seen: Seen) -> Floats:
    """Population over distance squared."""
    names = [city.name for city in desk.book(desk.desk.cube.at()).others]
    return np.asarray(seen.population / _distances(names) ** 2)


def _distances(names: list[str]) -> Floats:
    code = {row["city"]: row["city_code"] for row in rows(f"{FOLDER}/Citycode.csv")}
    where = {
        row["Id"].removeprefix("CN"): (float(row["Longitude"]), float(row["Latitude"]))
        for row in rows(f"{FOLDER}/city_coordinates.csv")
    }
    lonlat = np.radians([where.get(code.get(name, ""), (np.nan, np.nan)) for name in names])
    lon, lat = np.radians(where["420100"])
    chord = np.sin((lonlat[:, 1] - lat) / 2) ** 2
    chord += np.cos(lat) * np.cos(lonlat[:, 1]) * np.sin((lonlat[:, 0] - lon) / 2) ** 2
    return np.asarray(2 * 6371 * np.arcsin(np.sqrt(chord)))


def test_its_band_and_its_outliers(desk: FlowDesk, seen: Seen, model: Fit) -> None:
    told = check(seen, model, LATER)
    assert 0.80 <= told.inside / told.places <= 0.97
    assert 0.80 <= model.quality.covered <= 0.97
    names = [city.name for city in desk.book(desk.desk.cube.at()).others]
    above = {name for name, sign in zip(names, model.outliers(seen, day_number(LATER)), strict=True) if sign > 0}
    assert above >= {"中山市", "温州市"}


def test_nothing_after_the_moment_is_read(seen: Seen, model: Fit) -> None:
    later = seen.days > day_number(MADE)
    spoilt = Seen(seen.days, np.where(later[:, None], 12345.0, seen.cases), seen.flow_days, seen.flow, seen.population)
    again = import_risk.fit(spoilt, model.moment, model.window)
    assert again is not None
    assert (again.coefficients == model.coefficients).all()
    assert again.growth(day_number(LATER)) == model.growth(day_number(LATER))


def test_the_answer_of_the_desk(desk: FlowDesk) -> None:
    answer = desk.risk(CITY, "city", LATER, fitted=MADE, window=WINDOW)
    assert answer.fit is not None
    assert answer.fit.moment == day_number(MADE)
    assert {row.name for row in answer.outliers(1)} >= {"中山市", "温州市"}
    assert answer.outliers(-1)
    first = desk.destinations(CITY, "city", Day(2020, 1, 22))
    assert first.estimate
    assert first.rows[0].name == "孝感市"
    assert sum(row.share or 0 for row in first.rows) + first.others_share + first.unlisted == pytest.approx(
        1, abs=1e-12
    )
    assert first.unlisted > 0
    days = desk.outflow(CITY, "city", Day(2020, 1, 20), Day(2020, 1, 22))
    index = {row["日期"]: float(row["武汉"]) for row in rows(f"{FOLDER}/baidu_index_curve_out.csv")}
    assert [day.value for day in days] == [pytest.approx(index[day.day.isoformat()] / 3.24e-5) for day in days]
    curves = {curve.of: curve for curve in desk.curves(CITY, "city", *WINDOW)}
    assert set(curves) == {"own", "before", "reference"}
    assert curves["reference"].name == "上海市"


def test_who_came_and_the_net(desk: FlowDesk) -> None:
    """No table tells who came: the index of inflow does, as an estimate."""
    day = Day(2020, 1, 22)
    index = {way: {row["日期"]: float(row["武汉"]) for row in rows(f"{FOLDER}/baidu_index_curve_{way}.csv")}
             for way in ("in", "out")}  # fmt: skip
    found = desk.movement(CITY, "city", day)
    assert found is not None
    into, left = (index[way]["2020-01-22"] / 3.24e-5 for way in ("in", "out"))
    assert [found.whole.into, found.whole.out, found.whole.net] == pytest.approx([into, left, into - left])
    assert found.whole.into_estimate
    inward = {curve.of: curve for curve in desk.curves(CITY, "city", day, day, inward=True)}
    assert inward["own"].values == pytest.approx((index["in"]["2020-01-22"],))


def test_first_cases_are_the_files_and_come_in_the_expected_days(desk: FlowDesk) -> None:
    """Made of what was known on 24 January, when 144 cities had cases: 68 of the 110 that followed came inside the 90 %
    interval, 25 of them where the line is that of the quickest alone. The screen tells how many did."""
    first: dict[str, str] = {}
    for row in rows(f"{FOLDER}/china_city_cases_2020-01-10_2020-02-29.csv"):
        if row["city"] and int(row["confirmed"]) > 0:
            first[row["city"]] = min(first.get(row["city"], "9"), row["date"])
    answer = desk.risk(CITY, "city", Day(2020, 1, 24))
    assert answer.arrivals >= 20
    told = [row for row in answer.rows if row.arrival.reported and row.name in first]
    assert len(told) > 50
    assert [row.name for row in told if row.arrival.reported != Day.fromisoformat(first[row.name])] == []
    later = [row for row in answer.rows if row.arrival.expected and first.get(row.name, "") > "2020-01-24"]
    inside = [row for row in later if _inside(row, Day.fromisoformat(first[row.name]))]
    assert (len(inside), len(later)) == (68, 110)
    after = desk.risk(CITY, "city", Day(2020, 2, 7)).arrived
    by_then = [row for row in later if first[row.name] <= "2020-02-07"]
    assert after is not None
    assert (after.made, after.places) == (Day(2020, 1, 24), len(by_then))
    assert after.inside == sum(_inside(row, Day.fromisoformat(first[row.name])) for row in by_then)


def _inside(row: RiskRow, day: Day) -> bool:
    low, high = row.arrival.low, row.arrival.high
    return low is not None and high is not None and low <= day <= high


def test_hubs_are_on_the_way(desk: FlowDesk) -> None:
    """Heihe is on no list of Wuhan's; Harbin's and Beijing's lead there."""
    answer = desk.risk(CITY, "city", Day(2020, 1, 22))
    rows_ = {row.name: row for row in answer.rows}
    heihe = rows_["黑河市"]
    assert heihe.people is None or heihe.people == 0
    assert heihe.via
    assert heihe.via[-1] in {"哈尔滨市", "北京市", "上海市"}
    assert out(desk.book(desk.desk.cube.at()), 0, Day(2020, 1, 22)).told


def test_the_ledger_names_the_day_on_which_the_definition_changed(desk: FlowDesk) -> None:
    loads = desk.desk.cube.store.loads(source="cases-of-cities")
    jumps = [fault for load in loads for fault in faults_of(load.notes) if fault.id == "jump"]
    assert Day(2020, 2, 13) in [fault.first for fault in jumps]  # told in the morning, of 12 February
    assert next(fault for fault in jumps if fault.first == Day(2020, 2, 13)).more["value"] == 15_105
