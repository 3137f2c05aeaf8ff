"""The burden of forms for an area: whose forms these are, what of them an area bears, and how files keep to format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.pages import burden as page
from dashboard.pages.sheets import Sheets
from dashboard.queries import Desk, Viewer
from dashboard.queries.burden import BurdenAnswer, BurdenDesk, share_of
from dashboard.reconcile import Checker
from dashboard.reconcile.screens import Crawl
from data.errors import AreaNotFound
from grid.cube import Cube
from tests import gathered
from tests.gathered import STREETS

CITY = Viewer()
DISTRICT = STREETS[0][:6]
OUTSIDE = next(street for street in STREETS if not street.startswith(DISTRICT))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = gathered.opened(gathered.home(tmp_path_factory.mktemp("gathered")))
    yield made
    made.cube.store.close()


@pytest.fixture(scope="module")
def bare(tiny_cube: Cube) -> Desk:
    return Desk(tiny_cube)


def answer(desk: Desk, area: str = "city", viewer: Viewer = CITY) -> BurdenAnswer:
    return desk.beside(BurdenDesk).burden(viewer, area)


def test_the_city_bears_all_forms(desk: Desk) -> None:
    found = answer(desk)
    assert (found.forms, found.a_day) == (2, 2)
    assert found.ledger.hours == pytest.approx(4 + 0.5)
    assert found.ledger.saved == pytest.approx(0.25)  # one of the street's two fields, which the city's form asks, too
    assert [(line.forms, line.departments) for line in found.fields] == [(2, 2)]
    assert [(pair.one, pair.other, pair.shared) for pair in found.pairs] == [("乙局", "甲局", 1)]


@pytest.mark.parametrize("street", STREETS)
def test_a_street_bears_its_share_of_the_citys_form_and_its_own(desk: Desk, street: str) -> None:
    found = answer(desk, street)
    own = 0.5 if street == STREETS[0] else 0
    assert found.ledger.hours == pytest.approx(4 / len(STREETS) + own)
    assert found.forms == (2 if own else 1)


def test_the_parts_add_up_to_the_whole(desk: Desk) -> None:
    parts = [answer(desk, street).ledger.hours or 0 for street in STREETS]
    assert sum(parts) == pytest.approx(answer(desk).ledger.hours)


def test_a_share_is_of_the_units_of_its_level(desk: Desk) -> None:
    view = desk.cube.at()
    street, district = (view.areas.row_of[code] for code in (STREETS[0], DISTRICT))
    inside = sum(code.startswith(DISTRICT) for code in STREETS)
    assert share_of(view, district, 0, "street") == inside / len(STREETS)
    assert share_of(view, street, 0, "district") == 0  # staff of a district are no street's
    assert share_of(view, 0, street, "street") == 1
    assert share_of(view, view.areas.row_of[OUTSIDE], street, "street") == 0


def test_nobody_is_told_of_forms_beyond_the_scope(desk: Desk) -> None:
    bound = Viewer(scope=OUTSIDE)
    assert [line.form for line in answer(desk, OUTSIDE, bound).ledger.lines] == ["日报"]
    assert answer(desk, "city", bound) == answer(desk, OUTSIDE)
    with pytest.raises(AreaNotFound):
        answer(desk, STREETS[0], bound)


def test_conformance_counts_what_went_back(desk: Desk) -> None:
    found = {one.source: one for one in desk.beside(BurdenDesk).conformance(CITY)}
    forms = found["forms"]
    assert (forms.rows, forms.rejected, forms.repaired) == (len(gathered.FORMS), 1, 0)
    assert forms.conforming == pytest.approx(1 - 1 / len(gathered.FORMS))
    assert found["arrivals"].conforming == 1
    assert "calls" not in found
    assert desk.beside(BurdenDesk).conformance(Viewer(scope=DISTRICT)) == []


def test_rows_that_were_placed_coarsely_are_repaired(bare: Desk) -> None:
    """Against what the store itself noted of the small city's line list."""
    notes = bare.notes(CITY, "city")
    found = {one.source: one.repaired for one in bare.beside(BurdenDesk).conformance(CITY)}
    assert sum(note.rows for note in notes) == sum(found.values()) > 0


def _blocks(desk: Desk, search: str = "", viewer: Viewer = CITY) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Sheets(desk, "zh", (page.PAGE,))(page.PAGE, search, viewer)["sheet"]["blocks"]
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_who_asks_for_a_field(desk: Desk, lang: str) -> None:
    blocks = _blocks(desk, f"?lang={lang}")
    assert [block["kind"] for block in blocks] == ["figures", "table", "matrix", "table", "table", "note"]
    (row,) = blocks[1]["rows"]
    opened = _blocks(desk, row["href"].partition("?")[2] and f"?{row['href'].partition('?')[2]}")
    who = next(block for block in opened if block["id"] == "field")
    assert [[cell["text"] for cell in each["cells"]][:2] for each in who["rows"]] == [
        ["日报", "姓名"],
        ["台账", "真实姓名"],
    ]


def test_a_city_without_an_inventory_says_what_to_do(bare: Desk) -> None:
    first = _blocks(bare)[0]
    assert first["kind"] == "note"
    assert "表单清单" in first["text"]


def test_every_number_of_the_page_is_traced(desk: Desk) -> None:
    crawl = Crawl(desk)
    checker = Checker(Desk(Cube(desk.cube.store, desk.city)), crawl.painter)
    for search in ("", f"?area={STREETS[0]}"):
        checker.check(crawl.sheet(page.PAGE, search))
    assert [finding.say("en") for finding in checker.tally.findings] == []
    assert {"burden", "burden.conformance"} <= checker.tally.by_kind.keys()
