"""The tree: subtrees are slices, names are found where they are unmistakable, and nothing is lost on planting."""

from __future__ import annotations

import random

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.errors import AreaNotFound, CityFileError
from grid.areas import Area, Areas, plant, successor

ROOT = Area("99", "安城市", "Ancheng", "city", None)
LEVELS = ("city", "district", "street", "community")


@st.composite
def forests(draw: st.DrawFn) -> list[Area]:
    """Areas under one city in any order; some skip a level, as a farm directly below a district does."""
    found = [ROOT]
    for n in range(draw(st.integers(0, 25))):
        above = draw(st.sampled_from([area for area in found if area.level != "community"]))
        level = draw(st.sampled_from(LEVELS[LEVELS.index(above.level) + 1 :]))
        code = above.code + f"{draw(st.integers(0, 99)):02}{n:02}"
        found.append(Area(code, f"名{n % 7}", f"Name {n}", level, above.code))
    random.Random(draw(st.integers(0, 9))).shuffle(found)
    return found


def below(areas: list[Area], code: str) -> set[str]:
    """Every code in the subtree of ``code``, by asking each area for its parents."""
    parent = {area.code: area.parent for area in areas}

    def inside(step: str | None) -> bool:
        return step is not None and (step == code or inside(parent[step]))

    return {area.code for area in areas if inside(area.code)}


@given(forests())
def test_every_subtree_is_one_slice(areas: list[Area]) -> None:
    tree = plant(areas, "city.toml")
    parent = {area.code: area.parent for area in areas}
    assert sorted(tree.code) == sorted(parent)
    for row, code in enumerate(tree.code):
        assert set(tree.code[row : tree.last[row]]) == below(areas, code)
        assert parent[code] == (tree.code[tree.parent[row]] if row else None)
        children = [tree.code[child] for child in tree.children(row)]
        assert children == sorted(c for c, above in parent.items() if above == code)
        assert tree.depth[row] == len(tree.path(row)) - 1
        for level in LEVELS:
            inside = {tree.code[r] for r in tree.of_level(level, row)}
            assert inside == {a.code for a in areas if a.level == level} & below(areas, code)


@given(forests())
def test_a_tree_comes_back_from_its_bytes(areas: list[Area]) -> None:
    tree = plant(areas, "city.toml")
    tree.shape[0] = shapely.box(0, 0, 1, 1)
    again = Areas.from_bytes(tree.to_bytes())
    assert (again.code, again.name, again.name_en, again.level) == (tree.code, tree.name, tree.name_en, tree.level)
    assert np.array_equal(again.parent, tree.parent)
    assert np.array_equal(again.last, tree.last)
    assert again.shape[0] == tree.shape[0]
    assert again.shape[1:] == [None] * (len(tree) - 1)


TREE = plant(
    [
        ROOT,
        Area("9901", "东江区", "Dongjiang", "district", "99"),
        Area("9902", "西山区", "Xishan", "district", "99"),
        Area("990101", "城关镇", "Chengguan", "street", "9901"),
        Area("990201", "城关镇", "", "street", "9902"),
        Area("990202", "石桥街道", "", "street", "9902"),
    ],
    "city.toml",
)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("city", "99"), ("全市", "99"), ("", "99"), (" 99 ", "99"), ("安城市", "99"), ("dongjiang", "9901"), ("9902", "9902"),
        ("东江区/城关镇", "990101"), ("西山区/城关镇", "990201"), ("9902/城关镇", "990201"), ("石桥街道", "990202"), ("安城市/西山区/石桥街道", "990202"),
    ],
)  # fmt: skip
def test_an_area_is_found_by_code_name_and_path(words: str, code: str) -> None:
    assert TREE.code[TREE.find(words)] == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("city", "9902"),
        ("全市", "9902"),
        ("城关镇", "990201"),
        ("9902/城关镇", "990201"),
        ("西山区", "9902"),
        ("石桥街道", "990202"),
    ],
)
def test_within_an_area_its_own_are_found(words: str, code: str) -> None:
    assert TREE.code[TREE.find(words, TREE.find("9902"))] == code


@pytest.mark.parametrize("words", ["99", "安城市", "9901", "990101", "东江区", "东江区/城关镇", "城", "江", "990101/x"])
def test_of_areas_beyond_nothing_is_told(words: str) -> None:
    with pytest.raises(AreaNotFound) as unclear:
        TREE.find(words, TREE.find("9902"))
    assert "东江" not in unclear.value.say("zh").replace(words.split("/")[0], "")
    assert "9901" not in unclear.value.say("en").replace(words.split("/")[0], "")


@pytest.mark.parametrize(
    ("words", "hints"),
    [
        ("城关镇", ["东江区/城关镇 (990101)", "西山区/城关镇 (990201)"]),
        ("石桥", ["西山区/石桥街道 (990202)"]),
        ("东江区/石桥街道", ["西山区/石桥街道 (990202)"]),
        ("火星", []),
        ("/", []),
    ],
)
def test_a_name_that_is_not_clear_is_answered_with_what_could_be_meant(words: str, hints: list[str]) -> None:
    with pytest.raises(AreaNotFound) as unclear:
        TREE.find(words)
    assert all(hint in unclear.value.say("zh") for hint in hints)


@pytest.mark.parametrize(
    ("areas", "words"),
    [
        (
            [Area("9901", "甲", "", "district", "99"), Area("9901", "乙", "", "district", "99")],
            "code stands twice: 9901",
        ),
        ([Area("9901", "甲", "", "street", "9900")], "no such parent: 9900"),
        ([Area("9901", "甲", "", "street", "9901")], "9901 甲: not below the city"),
        ([Area("1", "甲", "", "street", "2"), Area("2", "乙", "", "street", "1")], "not below the city"),
        ([Area("1", "甲", "", "district", None)], "not below the city"),
    ],
)
def test_a_tree_that_loses_an_area_is_not_planted(areas: list[Area], words: str) -> None:
    with pytest.raises(CityFileError) as wrong:
        plant([ROOT, *areas], "city.toml")
    assert words in wrong.value.say("en")


def test_levels_go_from_the_city_down_and_labels_are_in_the_readers_language() -> None:
    assert TREE.levels == ("city", "district", "street")
    assert TREE.ancestor(TREE.row_of["990202"], "district") == TREE.row_of["9902"]
    assert TREE.ancestor(0, "district") == -1
    assert (TREE.label(1, "zh"), TREE.label(1, "en")) == ("东江区", "Dongjiang")
    assert TREE.label(TREE.row_of["990202"], "en") == "石桥街道"


def test_mergers_are_followed_to_their_end() -> None:
    retired = {"1": "2", "2": "3", "7": "8", "8": "7"}
    assert [successor(code, retired) for code in ("1", "2", "3", "9")] == ["3", "3", "3", "9"]
    assert successor("7", retired) in {"7", "8"}
