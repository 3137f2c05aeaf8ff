"""An address comes to a screen: defaults, replacements, and the units that are drawn."""

from __future__ import annotations

import pytest

from dashboard import links
from dashboard.queries import Desk, Viewer
from dashboard.shown import Shown, settle
from grid.cube import Cube
from tests import tiny

EAST, WEST = "990101", "990102"


@pytest.fixture(scope="module")
def desk(tiny_cube: Cube) -> Desk:
    return Desk(tiny_cube)


def shown(desk: Desk, search: str, viewer: Viewer | None = None) -> Shown:
    return settle(desk, links.read(search), viewer or Viewer())


def test_the_plain_address_is_the_city_today(desk: Desk) -> None:
    here = shown(desk, "")
    assert (here.place.code, here.measure.id, here.level) == (tiny.CITY, "incidence_7d", "district")
    assert here.day == here.last
    assert here.messages == ()
    assert links.write(here.state) == ""


@pytest.mark.parametrize(
    "search", [f"?area={EAST}", "?layer=growth&level=cell", "?known=2099-01-01T00:00:00", "?theme=light"]
)
def test_a_settled_state_settles_to_itself(desk: Desk, search: str) -> None:
    here = shown(desk, search)
    assert here.messages == ()
    assert shown(desk, links.write(here.state)).state == here.state


@pytest.mark.parametrize(
    ("search", "area"),
    [
        ("?area=990101999", EAST),
        ("?area=990101001999", "990101001"),
        ("?area=77", tiny.CITY),
        ("?area=<script>", tiny.CITY),
    ],
)
def test_an_unknown_area_becomes_its_nearest_parent(desk: Desk, search: str, area: str) -> None:
    here = shown(desk, search)
    assert here.place.code == area
    assert len(here.messages) == 1


@pytest.mark.parametrize("search", ["?layer=x", "?level=x", "?level=city", "?day=2050-01-01", "?known=x", "?x=y"])
def test_what_is_impossible_is_replaced_and_told(desk: Desk, search: str) -> None:
    for lang in ("zh", "en"):
        here = shown(desk, f"{search}&lang={lang}")
        assert len(here.messages) == 1
        assert links.write(here.state, links.State(lang=here.viewer.lang)) == ""


def test_areas_may_be_asked_by_name(desk: Desk) -> None:
    assert shown(desk, "?area=东江区").state.area == EAST


def test_units_are_a_slice_of_their_neighbours(desk: Desk) -> None:
    for search, level in ((f"?area={EAST}", "street"), (f"?area={WEST}", "street")):
        here = shown(desk, search)
        codes = desk.paint(here.viewer, "population", level, [], area=here.units.within).codes
        inside = desk.paint(here.viewer, "population", level, [], area=here.place.code).codes
        assert codes[here.units.lo : here.units.hi] == inside
        assert len(codes) == here.units.size


def test_a_scope_hides_what_is_around(desk: Desk) -> None:
    here = shown(desk, "", Viewer(scope=EAST))
    assert here.place.code == EAST
    assert here.units.within == EAST
    assert shown(desk, f"?area={WEST}", Viewer(scope=EAST)).place.code == EAST


def test_the_finest_area_is_painted_by_cells(desk: Desk) -> None:
    here = shown(desk, "?area=990101001001")
    assert here.level == "cell"
    assert here.units.labels == ()


def test_before_anything_was_known_it_says_so(desk: Desk) -> None:
    here = shown(desk, "?known=1990-01-01T00:00:00")
    assert (here.as_of, here.state.known) == (None, "now")
    assert len(here.messages) == 1
