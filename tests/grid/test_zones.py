"""Zones: who and what they hold on a day, worked out by hand on rectangles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from data.slabs import MISSING
from data.store import sqlite_url
from data.terms import ZONES
from grid.cube import Cube, Units, View
from grid.zones import spread
from tests import tiny
from tests.tiny import DAYS, Day, Knobs, Town

#: Metres of a degree at 30.006 N: of longitude, of latitude.
EAST, NORTH = 96_480, 110_852
COUNTS = [f"zone_{kind}_{what}" for kind in ZONES for what in ("people", "m2", "n")]


def numbers(view: View, count: str, day: Day, area: str = "990000") -> int | None:
    """A zone count of an area on a day, None where nothing is known."""
    sums, row = view.sums(count, [day]), view.areas.row_of[area]
    return int(sums.total[0, row]) if sums.known[0, row] else None


def test_a_zone_is_in_force_from_its_first_day_to_its_last(tiny_cube: Cube) -> None:
    view = tiny_cube.at()
    days = [DAYS[n] for n in range(8)]
    assert [numbers(view, "zone_lockdown_n", day) for day in days] == [None, 1, 1, 1, 2, 1, 0, 0]
    assert [numbers(view, "zone_control_n", day) for day in days] == [None, 1, 2, 2, 1, 1, 1, 1]
    assert numbers(view, "zone_control_n", Day(2030, 1, 1)) == 1  # Z2 is open


def test_a_drawn_zone_holds_its_share_of_ground_and_people(tiny_cube: Cube) -> None:
    view, day = tiny_cube.at(), DAYS[1]
    ground = 0.006 * EAST * 0.008 * NORTH
    assert numbers(view, "zone_lockdown_m2", day, "990101001001") == pytest.approx(ground, rel=5e-3)
    share = 0.006 * 0.008 / (0.015 * 0.03)  # of the street whose population is known
    found = numbers(view, "zone_lockdown_people", day)
    assert found == pytest.approx(share * tiny.POPULATION["990101001"], rel=1e-2)
    assert numbers(view, "zone_lockdown_n", day, "990101001001") == 1


def test_a_zone_named_by_its_street_holds_all_of_it(tiny_cube: Cube) -> None:
    view, day, street = tiny_cube.at(), DAYS[2], "990102002"
    assert numbers(view, "zone_control_people", day, street) == tiny.POPULATION[street]
    assert numbers(view, "zone_control_m2", day, street) == view.geography.area_m2[view.areas.row_of[street]]


def test_a_zone_named_by_a_house_is_counted_where_it_is_and_covers_nothing(tiny_cube: Cube) -> None:
    view = tiny_cube.at()
    assert numbers(view, "zone_lockdown_n", DAYS[4], "990102002") == 1
    assert numbers(view, "zone_lockdown_people", DAYS[4], "990102002") == 0


def test_precaution_is_the_rest_of_the_districts_that_have_a_zone(tiny_cube: Cube) -> None:
    view = tiny_cube.at()
    rest = sum(n for code, n in tiny.POPULATION.items() if code[:6] == "990102") - tiny.POPULATION["990102002"]
    assert numbers(view, "zone_precaution_people", DAYS[2], "990102") == rest
    assert numbers(view, "zone_precaution_people", DAYS[1], "990102") == 0  # no zone there that day
    for district in ("990101", "990102"):
        ground = [numbers(view, f"zone_{kind}_m2", DAYS[2], district) or 0 for kind in ZONES]
        whole = view.geography.area_m2[view.areas.row_of[district]]
        assert sum(ground) == pytest.approx(whole, abs=len(view.leaves))


def test_zone_counts_agree_on_every_level(tiny_cube: Cube) -> None:
    view = tiny_cube.at()
    for count in COUNTS:
        sums = view.sums(count, DAYS)
        for d, day in enumerate(DAYS):
            own = view.own(count, day)
            for row in range(len(view.areas)):
                children = view.areas.children(row)
                if len(children):
                    assert sums.total[d, children].sum() + own[row] == sums.total[d, row]
        cells = view.sums(count, DAYS, Units("cells"))
        assert (cells.total.sum(axis=1) <= sums.total[:, 0]).all()


def test_people_shared_out_by_ground_keep_every_areas_number(tiny_cube: Cube) -> None:
    view = tiny_cube.at()
    people = spread(view, DAYS[0])
    for code, number in tiny.POPULATION.items():
        row = view.areas.row_of[code]
        inside = people[view.areas.lo[row] : view.areas.hi[row]]
        assert inside[inside != MISSING].sum() == number
    assert people[0] == MISSING  # nobody counted the city beside its streets


# --- a town of its own ----------------------------------------------------------------------------

HEADING = ["编号", "类型", "起始日期", "结束日期", "范围", "社区", "街道", "网格"]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("population", "zones")))
    yield made
    made.store.close()


def zones(town: Town, *rows: dict[str, Any]) -> View:
    """Delivers zones (from the first day on unless told) and looks."""
    told = [{"起始日期": DAYS[0]} | row for row in rows]
    tiny.write_csv(town.folder / "in/zones.csv", HEADING, [[row.get(name) for name in HEADING] for row in told])
    assert [outcome.error for outcome in town.build().outcomes if outcome.error] == []
    return town.view()


def test_overlaps_go_to_the_strictest(town: Town) -> None:
    view = zones(
        town,
        {"编号": "C", "类型": "管控区", "街道": "石桥街道"},
        {"编号": "L", "类型": "封控区", "街道": "石桥街道"},
        {"编号": "L2", "类型": "封控区", "街道": "石桥街道"},
        {"编号": "P", "类型": "防范区", "街道": "上河镇"},
    )
    street = tiny.POPULATION["990102001"]
    assert numbers(view, "zone_lockdown_people", DAYS[0]) == street  # twice locked is locked once
    assert numbers(view, "zone_control_people", DAYS[0]) == 0
    assert [numbers(view, f"zone_{kind}_n", DAYS[0]) for kind in ZONES] == [2, 1, 1]
    district = sum(n for code, n in tiny.POPULATION.items() if code[:6] == "990102")
    assert numbers(view, "zone_precaution_people", DAYS[0]) == district - street


def test_a_lockdown_inside_a_control_zone_is_taken_out_of_it(town: Town) -> None:
    view = zones(
        town,
        {"编号": "C", "类型": "管控区", "街道": "石桥街道"},
        {"编号": "L", "类型": "封控区", "范围": tiny.box(110.032, 110.036, 30.01, 30.02).wkt},
    )
    locked, rest = (numbers(view, f"zone_{kind}_m2", DAYS[0], "990102001") for kind in ("lockdown", "control"))
    assert locked == pytest.approx(0.004 * EAST * 0.01 * NORTH, rel=5e-3)
    whole = view.geography.area_m2[view.areas.row_of["990102001"]]
    assert (locked or 0) + (rest or 0) == pytest.approx(whole, abs=60)


def test_a_zone_over_a_border_holds_ground_on_both_sides(town: Town) -> None:
    view = zones(town, {"编号": "L", "类型": "封控区", "范围": shapely.box(110.038, 30.01, 110.042, 30.02).wkt})
    half = 0.002 * EAST * 0.01 * NORTH
    for street in ("990102001", "990102002"):
        assert numbers(view, "zone_lockdown_m2", DAYS[0], street) == pytest.approx(half, rel=1e-2)
    assert numbers(view, "zone_lockdown_n", DAYS[0]) == 1


def test_a_zone_partly_outside_the_city_holds_what_is_inside(town: Town) -> None:
    view = zones(town, {"编号": "L", "类型": "封控区", "范围": shapely.box(110.055, 30.01, 110.075, 30.02).wkt})
    assert numbers(view, "zone_lockdown_m2", DAYS[0]) == pytest.approx(0.005 * EAST * 0.01 * NORTH, rel=1e-2)


def test_a_zone_named_by_a_cell_that_a_border_cuts_holds_the_whole_cell(town: Town) -> None:
    town.build()
    leaves = town.view().leaves
    cut = int(np.argmax(np.bincount(leaves.cell[leaves.cell >= 0])))
    (town.folder / "in/zones.csv").unlink()
    view = zones(town, {"编号": "L", "类型": "封控区", "网格": leaves.cells.id[cut]})
    assert numbers(view, "zone_lockdown_m2", DAYS[0]) == leaves.m2[leaves.cell == cut].sum()


def test_a_later_file_lifts_a_zone_and_looking_back_keeps_it(town: Town) -> None:
    before = zones(town, {"编号": "L", "类型": "封控区", "街道": "石桥街道"})
    after = zones(town, {"编号": "L", "类型": "封控区", "街道": "石桥街道", "结束日期": DAYS[2]})
    assert [numbers(before, "zone_lockdown_n", DAYS[n]) for n in (2, 3)] == [1, 1]
    assert [numbers(after, "zone_lockdown_n", DAYS[n]) for n in (2, 3)] == [1, 0]


def test_a_zone_that_changes_its_kind_stands_in_one_file_twice(town: Town) -> None:
    view = zones(
        town,
        {"编号": "Z", "类型": "封控区", "街道": "石桥街道", "结束日期": DAYS[3]},
        {"编号": "Z", "类型": "管控区", "街道": "石桥街道", "起始日期": DAYS[4]},
    )
    kinds = [[numbers(view, f"zone_{kind}_n", DAYS[n]) for kind in ("lockdown", "control")] for n in (3, 4)]
    assert kinds == [[1, 0], [0, 1]]


def test_without_a_population_people_are_missing_and_ground_is_not(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("zones",)))
    view = zones(town, {"编号": "L", "类型": "封控区", "街道": "石桥街道"})
    assert numbers(view, "zone_lockdown_people", DAYS[0]) is None
    assert numbers(view, "zone_lockdown_m2", DAYS[0]) == view.geography.area_m2[view.areas.row_of["990102001"]]
    town.store.close()


def test_a_zone_whose_id_is_an_address_is_kept_and_found_again(tmp_path: Path, database_url: str) -> None:
    town = Town(tmp_path, database_url, Knobs(sources=("zones",)))
    long = "石桥街道" * 100
    zones(
        town,
        {"编号": long + "1", "类型": "封控区", "街道": "石桥街道"},
        {"编号": long + "2", "类型": "封控区", "街道": "石桥街道"},
    )
    view = zones(town, {"编号": long + "1", "类型": "封控区", "街道": "石桥街道", "结束日期": DAYS[0]})
    assert [numbers(view, "zone_lockdown_n", DAYS[n]) for n in (0, 1)] == [2, 1]
    town.store.close()


def test_a_drawn_zone_outside_the_city_is_a_reject(town: Town) -> None:
    inside = {"类型": "封控区", "街道": "石桥街道"}
    outside = {"编号": "X", "类型": "封控区", "范围": shapely.box(100, 20, 100.1, 20.1).wkt}
    view = zones(town, *({"编号": f"L{n}"} | inside for n in range(10)), outside)
    assert numbers(view, "zone_lockdown_n", DAYS[0]) == 10
    (reject,) = town.store.rejects(town.store.version())
    assert (reject.row, reject.column, reject.why) == (12, "范围", "outside")


def test_zones_of_one_source_alone(tiny_cube: Cube) -> None:
    assert numbers(tiny_cube.at(source="zones"), "zone_lockdown_n", DAYS[1]) == 1
    assert numbers(tiny_cube.at(source="cases"), "zone_lockdown_n", DAYS[1]) is None


def test_a_merged_street_keeps_its_zones_and_its_district_its_precaution(tmp_path: Path) -> None:
    knobs = Knobs(sources=("population", "zones"))
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), knobs)
    zones(town, {"编号": "L", "类型": "封控区", "街道": "上河镇"})
    tiny.tiny_city(tmp_path, Knobs(sources=(), merged=True))
    town.path.write_text(tiny.city_text(Knobs(sources=("population",), merged=True)), "utf-8")
    town.build()
    view = town.view()
    assert numbers(view, "zone_lockdown_n", DAYS[0], "990102002") == 1
    district = sum(n for code, n in tiny.POPULATION.items() if code[:6] == "990102")
    everyone = sum(numbers(view, f"zone_{kind}_people", DAYS[0], "990102") or 0 for kind in ZONES)
    assert everyone == pytest.approx(district, abs=len(view.leaves))
    town.store.close()
