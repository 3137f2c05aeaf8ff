"""By which people rates are told: chosen in the address, shown wherever a rate is, never changed in silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dashboard import links
from dashboard.pages import arrivals
from dashboard.pages.sheets import Sheets
from dashboard.parts import heading, panel
from dashboard.queries import Desk, Viewer
from dashboard.shown import Shown, settle
from data.access.roles import MAY
from data.store import sqlite_url
from grid.cube import Cube
from tests.tiny import DAYS, Knobs, Town

STREETS = {"990101001": 20_000, "990102002": 30_000}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """People present are counted in two streets, on the first day."""
    folder = tmp_path_factory.mktemp("town")
    town = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=("population", "cases", "table")))
    for name in ("present", "checkins"):
        town.add(name, name, 'columns = { code = "街道", count = "数" }')
        town.write(name, ["日期", "街道", "数"], [(DAYS[0], code, n) for code, n in STREETS.items()])
    assert [outcome.error for outcome in town.build().outcomes if outcome.error] == []
    yield Desk(Cube(town.store, town.city))
    town.store.close()


def shown(desk: Desk, search: str) -> Shown:
    return settle(desk, links.read(search), Viewer())


@pytest.mark.parametrize(
    "search", ["?per=present", "?layer=incidence_7d_present", "?layer=incidence_7d_present&per=present"]
)
def test_the_chosen_people_stand_in_the_address_and_in_every_rate(desk: Desk, search: str) -> None:
    here = shown(desk, search)
    assert here.measure.id == "incidence_7d_present"
    assert links.write(here.state) == "?per=present"
    assert here.messages == ()
    told = panel.describe(desk, here)
    figures = {figure["id"]: figure for figure in told["figures"]}
    assert "incidence_7d" not in figures
    assert figures["incidence_7d_present"]["unit"] == "每10万在地人口"
    assert [column["unit"] for column in told["table"]["columns"] if column["id"].startswith("incidence")] == [
        "每10万在地人口"
    ]
    assert told["per"]["options"][1]["pressed"]
    menu = [layer["id"] for family in heading.describe(here)["families"] for layer in family["layers"]]
    assert len(set(menu)) == len(menu)
    assert "incidence_7d" not in menu


def test_without_a_choice_it_is_residents_and_says_so(desk: Desk) -> None:
    here = shown(desk, "")
    assert here.measure.unit("zh") == "每10万常住人口"
    assert [option["pressed"] for option in panel.describe(desk, here)["per"]["options"]] == [True, False]
    assert heading.describe(here)["layer"]["unit"] == "每10万常住人口"


def test_where_people_present_were_not_counted_the_rate_is_missing(desk: Desk) -> None:
    here = shown(desk, f"?per=present&day={DAYS[9]}")
    told = panel.describe(desk, here)
    figures = {figure["id"]: figure for figure in told["figures"]}
    assert (DAYS[9] - DAYS[0]).days > 7
    assert (figures["incidence_7d_present"]["state"], figures["incidence_7d_present"]["text"]) == ("missing", "未报")
    assert figures["positives"]["state"] != "missing"


def test_a_city_that_never_counted_them_says_so(tiny_cube: Cube) -> None:
    here = shown(Desk(tiny_cube), "?per=present")
    assert (here.state.per, here.measure.id) == ("registered", "incidence_7d")
    assert len(here.messages) == 1
    assert "常住人口" in here.messages[0]
    options = panel.describe(Desk(tiny_cube), here)["per"]["options"]
    assert [option["has"] for option in options] == [True, False]


def table(desk: Desk, search: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    viewer = Viewer(rights=MAY["official"])
    made = Sheets(desk, "zh", (arrivals.PAGE,))(arrivals.PAGE, search, viewer)["sheet"]["blocks"]
    (found,) = [block for block in made if block["id"] == "there"]
    return found, made


@pytest.mark.parametrize(("search", "unit"), [("", "每10万常住人口"), ("?per=present", "每10万在地人口")])
def test_both_stand_side_by_side_where_people_are_listed(desk: Desk, search: str, unit: str) -> None:
    found, made = table(desk, search)
    units = [column["unit"] for column in found["columns"]]
    assert unit in units
    other = made[-1]["href"]
    assert ("per=present" in other) == (search == "")
    rate = units.index(unit)
    one, two = (row["cells"][rate] for row in found["rows"])
    again, _ = table(desk, "".join(other.partition("?")[1:]))
    assert {cell["text"] for cell in (one, two)} == {row["cells"][rate]["small"] for row in again["rows"]}


def test_scans_are_told_by_people_present_whatever_is_chosen(desk: Desk) -> None:
    found, _ = table(desk, f"?day={DAYS[0]}")
    names = [column["name"] for column in found["columns"]]
    rates = [row["cells"][names.index("扫码率")]["text"] for row in found["rows"]]
    assert rates == ["100.0", "100.0"]
