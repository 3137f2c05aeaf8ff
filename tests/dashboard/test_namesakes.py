"""Two cities of a province with districts of one name: who acts for the one does not act for the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from dashboard.queries import Desk, Viewer
from dashboard.queries.codes import CodeDesk, Wanted
from grid.cube import Cube
from grid.namesakes import in_city, namesakes
from tests.provinces import DAYS, PROVINCE, Home, code_of, prefix_of, write_file, write_province
from tests.tiny import write_csv

LAST = DAYS[-1]
SINCE = LAST - dt.timedelta(days=60)
HEADS = ["日期", "码系统", "假名", "码色", "赋码日期", "code", "赋码单位"]
LEDGER = """
[[system]]
id = "city"
name = "市健康码"
owner = "数据局"
assigners = ["{{district}}指挥部", "市卫健委", "省卫健委"]

[[source]]
name = "{}"
kind = "assignments"
path = "in/ledger.csv"
"""
#: Of each city's rows: who assigned, in which street.
ROWS = {"鼓楼区指挥部": "01001", "市卫健委": "02001", "省卫健委": "02002", "": "01002"}


def rows(number: int) -> list[tuple[object, ...]]:
    """A person of each authority, one more in the second city."""
    return [
        (LAST, "city", f"{number}{at}{n}", "红码", SINCE, prefix_of(number) + street, by)
        for at, (by, street) in enumerate(ROWS.items())
        for n in range(number + 1)
    ]


@pytest.fixture(scope="module", params=["ledgers of the cities", "a ledger of the province"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeDesk]:
    """The desk over it, whoever writes the ledger."""
    folder = tmp_path_factory.mktemp("namesakes")
    file = write_province(folder)
    if request.param == "a ledger of the province":
        write_csv(folder / "in/ledger.csv", HEADS, [*rows(0), *rows(1)])
        write_file(folder, ["city0/city.toml", "city1/city.toml"], LEDGER.format("assigned"))
    else:
        for number in range(2):
            write_csv(folder / f"city{number}/in/ledger.csv", HEADS, rows(number))
            city = folder / f"city{number}/city.toml"
            city.write_text(city.read_text("utf-8") + LEDGER.format("assigned"), "utf-8")
    home = Home(file, folder / "x.db")
    yield Desk(Cube(home.store, home.city)).beside(CodeDesk)
    home.store.close()


def of_province(desk: CodeDesk) -> bool:
    """Whether one ledger tells of both cities, which says of no 市 which."""
    return "assigned" in {source.name for source in desk.desk.city.sources}


def test_the_names_that_several_districts_bear(desk: CodeDesk) -> None:
    areas = desk.desk.cube.at().areas
    assert namesakes(areas) == ("鼓楼区", "西湖区")
    row = areas.find(f"{prefix_of(1)}01")
    assert in_city(areas, row, "鼓楼区指挥部") == "第1市鼓楼区指挥部"
    assert in_city(areas, areas.find(code_of(1)), "第1市") == "第1市"
    assert in_city(areas, 0, "省卫健委") == "省卫健委"


def test_owners_of_one_name_in_two_cities_are_two(desk: CodeDesk) -> None:
    told = desk.overdue(Viewer("zh"), PROVINCE, LAST)
    assert told is not None
    found = {owner.name: owner.ages.open for owner in told.owners}
    each = {f"第{number}市{name}": number + 1 for number in range(2) for name in ("鼓楼区指挥部", "鼓楼区")}
    health = {"市卫健委": 3} if of_province(desk) else {"第0市卫健委": 1, "第1市卫健委": 2}
    assert found == each | health | {"省卫健委": 3}
    for name, n in found.items():
        lines, many = desk.tickets(Viewer("zh"), PROVINCE, LAST, wanted=Wanted(owner=name))
        assert (many, {line.owner for line in lines}) == (n, {name})


def test_authorities_of_one_name_in_two_cities_are_two(desk: CodeDesk) -> None:
    rates = desk.rates(Viewer("zh"), PROVINCE, LAST)
    assert rates is not None
    named = {line.name for line in rates.authorities if line.name.endswith("指挥部")}
    assert named == ({"鼓楼区指挥部"} if of_province(desk) else {"第0市鼓楼区指挥部", "第1市鼓楼区指挥部"})


def test_an_owner_is_told_in_english_with_its_city(desk: CodeDesk) -> None:
    assert desk.owner_name(Viewer("en"), "第1市鼓楼区") == "第1市 鼓楼区"  # the files give no English names
    assert desk.owner_name(Viewer("zh"), "第1市鼓楼区") == "第1市鼓楼区"
    assert desk.owner_name(Viewer("en"), "第1市") == "第1市"
