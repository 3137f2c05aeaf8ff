"""The demo province: sixteen cities that differ in everything but the names that real cities share."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import shapely

from data.city import City, read_city
from data.demo import province, simulate_city
from data.demo.abroad import CITIES as ELSEWHERE
from data.demo.geography import EARTH, make_land
from data.rules import city_rulebook
from data.travel import travel_packs

SIZES = [province.size_of(number) for number in range(len(province.CITIES))]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> City:
    """Its first two cities."""
    folder = tmp_path_factory.mktemp("demo")
    for number, size in enumerate(SIZES[:2]):
        simulate_city("province", number, folder / size.tag, lambda *_: None, size)
    (folder / "province.toml").write_text(province.city_file(SIZES[:2]), "utf-8")
    return read_city(folder / "province.toml")


def test_sixteen_cities_with_names_codes_and_places_of_their_own() -> None:
    assert len(SIZES) == 16
    for name in ("name", "name_en", "prefix", "tag"):
        assert len({getattr(size, name) for size in SIZES}) == 16, name
    assert not {size.name for size in SIZES} & {name.zh for name, *_ in ELSEWHERE}
    assert not {size.name_en for size in SIZES} & {name.en for name, *_ in ELSEWHERE}
    lonlat = np.radians([(size.lon, size.lat) for size in SIZES])
    for one, other in itertools.combinations(lonlat, 2):
        east, north = (one - other) * [np.cos(one[1]), 1] * EARTH
        assert np.hypot(east, north) > 5 * SIZES[0].radius


def test_neighbours_do_not_overlap() -> None:
    lands = [shapely.union_all(make_land(SIZES[number], number).shapes) for number in (0, 1, 4)]
    for one, other in itertools.combinations(lands, 2):
        assert shapely.distance(one, other) > 0.05


def test_its_rules_are_one_book_and_each_city_goes_by_its_own(two: City) -> None:
    ids = [pack.id for pack in city_rulebook(two).packs]
    assert {"lanchuan_codes", "jiling_codes"} <= set(ids)
    own = {pack.id for pack in city_rulebook(two, two.members[0]).packs} - {pack.id for pack in city_rulebook(two).packs
                                                                           if not pack.id.startswith("lan")}  # fmt: skip
    assert own == {id_ for id_ in ids if id_.startswith("lanchuan")}
    assert {pack.code for pack in travel_packs(two)} >= {"995100", "995200"}


def test_every_source_of_a_town_is_there_and_speaks_for_its_own_city(two: City) -> None:
    kinds = [sorted(source.kind for source in member.sources) for member in two.members]
    assert set(kinds[0]) == set(kinds[1])
    assert len(set(kinds[0])) > 20
    assert all(area.startswith(two.of(source.name).code) for source in two.sources for area in source.areas)
    assert [system.id for system in two.systems] == ["city", "province", "travel"]
    assert Path(two.folder / "lanchuan/truth.json").is_file()
