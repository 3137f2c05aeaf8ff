"""Sizes of text against the standard's own arithmetic, and rects that fill a wall of any size."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.wall.geometry import CLEAR, PRESETS, Layout, Rect, Wall, aspect, boxes, edges
from dashboard.wall.scenes import SCENES

SIDES = st.integers(320, 12000)
WALLS = st.builds(
    Wall, SIDES, SIDES, st.floats(0.2, 3), st.floats(1, 15),
    st.lists(st.integers(200, 11800), max_size=6, unique=True).map(lambda b: tuple(sorted(b))),
    st.lists(st.integers(200, 11800), max_size=6, unique=True).map(lambda b: tuple(sorted(b))),
)  # fmt: skip


@pytest.mark.parametrize(
    ("pitch", "distance", "capital"),
    [(1.25, 10, 37.2), (2.5, 10, 18.6), (0.63, 10, 73.9), (1.25, 5, 18.6)],  # field note C2: 46.5 mm at ten metres
)
def test_text_is_sixteen_minutes_of_arc_high(pitch: float, distance: float, capital: float) -> None:
    wall = Wall(1920, 1080, pitch, distance)
    assert wall.least * 0.733 >= capital - 0.05
    assert (wall.least - 1) * 0.733 < capital + 0.05
    seen = math.degrees(math.atan(wall.least * 0.733 * pitch / 1000 / distance)) * 60
    assert 16 <= seen < 16 + 16 / (wall.least - 1)


@given(WALLS)
def test_panels_fill_the_wall_and_leave_the_bezels(wall: Wall) -> None:
    for scene in SCENES:
        layout = scene.layouts[wall.aspect]
        rects = layout.rects(wall)
        assert sum(r.width * r.height for r in rects.values()) == wall.width * wall.height
        for rect in rects.values():
            assert 0 <= rect.x <= rect.right <= wall.width
            assert 0 <= rect.y <= rect.bottom <= wall.height
            for box in boxes(rect, wall):
                assert all(box.right <= b - CLEAR or box.x >= b + CLEAR for b in wall.bezels_x)
                assert all(box.bottom <= b - CLEAR or box.y >= b + CLEAR for b in wall.bezels_y)


def test_every_scene_has_a_place_for_what_it_shows() -> None:
    for scene in SCENES:
        for name, layout in scene.layouts.items():
            assert len(layout.rows) == len(layout.cells)
            assert {len(row) for row in layout.cells} == {len(layout.columns)}
            places = {cell for row in layout.cells for cell in row}
            assert places <= {*scene.panels, "title", "head", "line"}
            if name != "sparse":
                assert places >= set(scene.panels)


@given(st.lists(st.floats(0.5, 50), min_size=1, max_size=6), SIDES, st.lists(st.integers(1, 12000), max_size=6))
def test_edges_ascend_from_side_to_side(shares: list[float], size: int, bezels: list[int]) -> None:
    inside = tuple(b for b in bezels if b < size)
    found = edges(shares, size, inside)
    assert found[0] == 0
    assert found[-1] == size
    assert found == sorted(found)
    assert len(found) == len(shares) + 1


def test_an_edge_moves_onto_a_bezel_that_is_near() -> None:
    assert edges((24, 40, 36), 3840, (1920,)) == [0, 922, 1920, 3840]
    assert edges((24, 40, 36), 3840) == [0, 922, 2458, 3840]


def test_a_panel_across_bezels_is_cut_into_boxes() -> None:
    wall = Wall(400, 300, 1, 1, (200,), (150,))
    parts = boxes(Rect(100, 0, 200, 300), wall)
    assert parts == [
        Rect(100, 0, 88, 138), Rect(100, 162, 88, 138), Rect(212, 0, 88, 138), Rect(212, 162, 88, 138),
    ]  # fmt: skip


def test_aspects() -> None:
    assert [aspect(p.width, p.height, 27) for p in PRESETS.values()] == [
        "plain",
        "plain",
        "wide",
        "wide",
        "wide",
        "wide",
    ]
    assert aspect(1080, 1920, 27) == "tall"
    assert Wall(1920, 1080, 0.63, 10).aspect == "sparse"  # one panel of 55 inches at ten metres holds ten lines


def test_a_layout_may_span() -> None:
    layout = Layout((1, 1), (1, 1), "a b\na c")
    assert layout.rects(Wall(100, 80, 1, 1)) == {
        "a": Rect(0, 0, 50, 80),
        "b": Rect(50, 0, 50, 40),
        "c": Rect(50, 40, 50, 40),
    }
