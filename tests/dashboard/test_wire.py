"""The bytes of the map, read back by a decoder written from the description in dashboard/wire.py alone."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.geometry import Point, Polygon, box

from dashboard import wire
from data.errors import BadQuestion

TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
LON, LAT = 121.47, 31.23


@dataclass
class Shapes:
    """Decoded shapes: ``rings`` of each unit in EPSG:3857 metres."""

    rings: list[list[np.ndarray[Any, Any]]]
    step: float
    text: dict[str, Any]


class Reader:
    """Reads a buffer from front to back."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        self.at += size
        assert self.at <= len(self.data)
        return self.data[self.at - size : self.at]

    def plane(self, count: int, kind: str) -> list[int]:
        width = np.dtype(kind).itemsize
        planes = [self.take(count) for _ in range(width)]
        joined = b"".join(bytes(plane[i] for plane in planes) for i in range(count))
        return [int(number) for number in np.frombuffer(joined, kind)]


def decode_shapes(data: bytes) -> Shapes:
    reader = Reader(data)
    magic, units, rings, vertices, text, zero, *origin, step = struct.unpack("<4sIIIIIddd", reader.take(48))
    assert (magic, zero) == (b"OSS1", 0)
    ring_count = reader.plane(units, "<u2")
    count = reader.plane(rings, "<u4")
    starts = [reader.plane(rings, "<i4") for _ in "xy"]
    edges = [reader.plane(vertices - rings, "<i2") for _ in "xy"]
    points: list[list[list[int]]] = [[[0, 0]] * n for n in count]
    at = [0, 0]
    for ring in range(rings):
        at = [at[0] + starts[0][ring], at[1] + starts[1][ring]]
        points[ring][0] = at
    steps = iter(zip(*edges, strict=True))
    for number in range(1, max(count, default=0)):
        for ring in range(rings):
            if number < count[ring]:
                dx, dy = next(steps)
                x, y = points[ring][number - 1]
                points[ring][number] = [x + dx, y + dy]
    assert next(steps, None) is None
    found = iter(np.array(ring, float) * step + origin for ring in points)
    units_rings = [[next(found) for _ in range(n)] for n in ring_count]
    words = json.loads(reader.take(text))
    assert reader.at == len(data)
    return Shapes(units_rings, step, words)


def polygon(rings: list[np.ndarray[Any, Any]]) -> Any:
    """Even-odd: what the painter fills."""
    area: Any = Polygon()
    for ring in rings:
        area = area.symmetric_difference(Polygon(ring))
    return area


def metres(geometry: Any) -> Any:
    return shapely.transform(geometry, lambda c: np.column_stack(TO_METRES.transform(c[:, 0], c[:, 1])))


def square(lon: float, lat: float, half: float = 0.01) -> Polygon:
    return box(lon - half, lat - half, lon + half, lat + half)


def worst_error(shapes: Shapes, unit: int, geometry: Any) -> float:
    """Farthest that a decoded vertex lies from the true border, in ground metres."""
    border = metres(geometry).boundary
    reach = max(border.distance(Point(point)) for ring in shapes.rings[unit] for point in ring)
    return float(reach * math.cos(math.radians(LAT)))


def test_a_vertex_is_off_by_at_most_an_eighth_of_a_metre_along_each_axis() -> None:
    cells = h3.grid_disk(h3.latlng_to_cell(LAT, LON, 10), 12)
    shapes = decode_shapes(wire.encode_cells(cells))
    ground = math.cos(math.radians(LAT))
    for cell, [ring] in zip(cells, shapes.rings, strict=True):
        border = np.array(h3.cell_to_boundary(cell))[:, ::-1]
        true = np.column_stack(TO_METRES.transform(*border.T))
        assert np.abs(ring - true).max() * ground <= wire.QUANTUM / 2 * 1.001
    assert shapes.step * ground == pytest.approx(wire.QUANTUM, rel=1e-3)


def test_neighbouring_cells_share_their_vertices_exactly() -> None:
    cells = h3.grid_disk(h3.latlng_to_cell(LAT, LON, 9), 10)
    shapes = decode_shapes(wire.encode_cells(cells))
    seen: dict[tuple[int, int], int] = {}
    for [ring] in shapes.rings:
        for x, y in ring / shapes.step:
            seen[round(x), round(y)] = seen.get((round(x), round(y)), 0) + 1
    assert len(seen) == 6 * (10 + 1) ** 2  # vertices of ten rings of hexagons around one
    assert set(seen.values()) == {1, 2, 3}


def test_holes_parts_and_absent_shapes() -> None:
    ring = square(LON, LAT).difference(square(LON, LAT, 0.004))
    two = shapely.union(ring, square(LON + 0.05, LAT))
    shapes = decode_shapes(wire.encode_shapes([ring, None, two, Polygon(), square(LON, LAT + 0.1)]))
    assert [len(rings) for rings in shapes.rings] == [2, 0, 3, 0, 1]
    for unit, geometry in ((0, ring), (2, two)):
        assert polygon(shapes.rings[unit]).symmetric_difference(metres(geometry)).area < 2500
        assert worst_error(shapes, unit, geometry) < 0.2


def test_no_units_and_only_absent_units() -> None:
    assert decode_shapes(wire.encode_shapes([])).rings == []
    assert decode_shapes(wire.encode_shapes([None, None])).rings == [[], []]
    assert decode_shapes(wire.encode_cells([0, 0])).rings == [[], []]


def test_long_edges_are_cut_alike_in_both_neighbours() -> None:
    left, right = box(LON - 1, LAT - 0.7, LON, LAT + 0.9), box(LON, LAT - 0.7, LON + 1.3, LAT + 0.9)
    shapes = decode_shapes(wire.encode_shapes([left, right]))
    border = round(TO_METRES.transform(LON, LAT)[0])
    sides = [{(round(x, 3), round(y, 3)) for x, y in ring if abs(x - border) < 1} for [ring] in shapes.rings]
    assert len(sides[0]) > 20
    assert sides[0] == sides[1]
    assert worst_error(shapes, 0, left) < 0.2


@given(st.integers(-60_000_000, 60_000_000), st.integers(-60_000_000, 60_000_000), st.integers(0, 10**6))
def test_an_edge_and_its_reverse_get_the_same_points(dx: int, dy: int, x: int) -> None:
    there = np.array([[x, 0], [x + dx, dy], [x, 1]], np.int64)
    back = there[[1, 0, 2]]
    cut = [wire._cut_long_edges(ring, np.array([3]))[0].tolist() for ring in (there, back)]
    ends = [points[: points.index(last) + 1] for points, last in zip(cut, there[[1, 0]].tolist(), strict=True)]
    if there[0].tolist() != there[1].tolist():
        assert ends[0] == ends[1][::-1]
        assert np.abs(np.diff(ends[0], axis=0)).max() <= wire.LONGEST


def test_forty_four_thousand_cells_are_small() -> None:
    cells = np.sort(np.array(h3.grid_disk(h3.latlng_to_cell(LAT, LON, 9), 121), np.uint64))[:44_558]
    plain = wire.encode_cells(cells)
    without_codes = plain[: plain.rindex(b'{"codes"')]
    assert len(wire.gzipped(without_codes)) < 120_000
    assert wire.gzipped(plain) == wire.gzipped(plain)


def test_texts_travel_and_must_fit() -> None:
    shapes = decode_shapes(wire.encode_shapes([square(LON, LAT)], ["310101"], ["黄浦区"], ["Huangpu"]))
    assert shapes.text == {"codes": ["310101"], "zh": ["黄浦区"], "en": ["Huangpu"]}
    cell = h3.latlng_to_cell(LAT, LON, 9)
    assert decode_shapes(wire.encode_cells([cell])).text["codes"] == [h3.int_to_str(cell)]
    with pytest.raises(BadQuestion):
        wire.encode_shapes([square(LON, LAT)], ["a", "b"])


def test_a_label_lies_inside_its_area_even_if_the_centre_does_not() -> None:
    horseshoe = square(LON, LAT, 0.05).difference(box(LON - 0.03, LAT - 0.03, LON + 0.06, LAT + 0.03))
    data = wire.encode_outlines(
        [
            wire.Outline("district", "1", "马蹄", "Horseshoe", horseshoe),
            wire.Outline("street", "11", "无图", "None", None, "1"),
        ]
    )
    magic, length = struct.unpack("<4sI", data[:8])
    text = json.loads(data[8 : 8 + length])
    assert magic == b"OSO1"
    assert [text[key] for key in ("codes", "parents")] == [["1", "11"], [None, "1"]]
    assert text["levels"] == ["district", "street"]
    true = metres(horseshoe)
    anchor = Point(text["x"][0], text["y"][0])
    assert not true.contains(true.centroid)
    assert true.contains(anchor)
    assert true.boundary.distance(anchor) == pytest.approx(text["r"][0], rel=0.01)
    assert text["r"][1] == 0
    assert len(decode_shapes(data[8 + length :]).rings) == 2


def test_values_and_states_come_back() -> None:
    values = [1.5, np.nan, 7e20, np.nan, -3.0, 0.1]
    states = [wire.VALUE, wire.MISSING, wire.OUTSIDE, wire.SUPPRESSED, wire.VALUE | wire.DOUBTFUL, wire.ZERO]
    data = wire.encode_values(values, states)
    magic, units = struct.unpack("<4sI", data[:8])
    assert (magic, units, len(data)) == (b"OSV1", 6, 8 + 6 * 5)
    assert np.frombuffer(data, "<f4", 6, 8).tolist() == [1.5, 0, 0, 0, -3.0, 0]
    assert list(data[32:]) == states


def test_a_hidden_number_does_not_travel() -> None:
    data = wire.encode_values([3.0, 8.0], [wire.SUPPRESSED, wire.VALUE])
    assert np.frombuffer(data, "<f4", 2, 8).tolist() == [0, 8]


def test_numbers_that_cannot_be_are_refused() -> None:
    for values, states in (([np.inf], [0]), ([np.nan], [0]), ([1e300], [0]), ([1.0, 2.0], [0]), ([1.0], [9])):
        with pytest.raises(BadQuestion):
            wire.encode_values(values, states)
    for breaks in ([3, 2], list(range(200))):
        with pytest.raises(BadQuestion):
            wire.classify([1.0], [0], breaks)
    with pytest.raises(BadQuestion):
        wire.encode_classes(np.zeros(3, np.uint8))


@given(
    st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=40),
    st.lists(st.floats(-1e6, 1e6), max_size=30).map(sorted),
)
def test_a_class_counts_the_breaks_at_or_below_the_value(values: list[float], breaks: list[float]) -> None:
    classes = wire.classify(values, [wire.VALUE] * len(values), breaks)
    assert classes.tolist() == [sum(one <= value for one in breaks) for value in values]


def test_states_have_classes_of_their_own() -> None:
    states = np.array([[0, 1, 2, 3, 4], [0x80, 0x81, 0x82, 0x83, 0x84]], np.uint8)
    classes = wire.classify(np.full((2, 5), 2.5), states, [1, 2, 3])
    assert classes.tolist() == [[2, 125, 126, 127, 124], [130, 253, 254, 255, 252]]
    data = wire.encode_classes(classes)
    assert struct.unpack("<4sII", data[:12]) == (b"OSC1", 2, 5)
    assert list(data[12:]) == classes.ravel().tolist()


def decode_flows(data: bytes) -> dict[str, Any]:
    reader = Reader(data)
    magic, flows, days, text = struct.unpack("<4sIII", reader.take(16))
    assert magic == b"OSF1"
    values = np.frombuffer(reader.take(8 * flows * days), "<f8").reshape(days, flows).tolist()
    ends = [np.frombuffer(reader.take(4 * flows), "<u4").tolist() for _ in "of"]
    states = np.frombuffer(reader.take(flows * days), np.uint8).reshape(days, flows).tolist()
    words = json.loads(reader.take(text))
    assert reader.at == len(data)
    return {"values": values, "from": ends[0], "to": ends[1], "states": states, **words}


def test_flows_come_back_with_their_places() -> None:
    codes, parents = ["3101", "310101", "310104"], [None, "3101", "3101"]
    data = wire.encode_flows(codes, parents, [1, 2, 2], [2, 1, 2], [1234567, 0.25, 9])
    assert decode_flows(data) == {
        "codes": codes, "parents": parents, "from": [1, 2, 2], "to": [2, 1, 2],
        "values": [[1234567, 0.25, 9]], "states": [[0, 0, 0]],
    }  # fmt: skip


def test_a_hidden_flow_does_not_travel_on_any_day() -> None:
    states = [[wire.VALUE, wire.SUPPRESSED], [wire.MISSING, wire.VALUE]]
    found = decode_flows(
        wire.encode_flows(["a", "b"], ["", None], [0, 1], [1, 0], [[5.0, 3.0], [math.nan, 8.0]], states)
    )
    assert (found["values"], found["states"]) == ([[5, 0], [0, 8]], states)
    assert decode_flows(wire.encode_flows([], [], [], [], []))["values"] == [[]]


def test_flows_that_cannot_be_are_refused() -> None:
    codes, parents = ["a", "b"], [None, None]
    bad: list[tuple[Any, ...]] = [
        (codes, parents, [0], [2], [1.0]),
        (codes, parents, [-1], [1], [1.0]),
        (codes, parents, [0, 1], [1], [1.0]),
        (codes, parents, [0], [1], [-1.0]),
        (codes, parents, [0], [1], [np.inf]),
        (codes, [None], [0], [1], [1.0]),
        (codes, parents, [0], [1], [1.0], [[0], [0]]),
    ]
    for arguments in bad:
        with pytest.raises(BadQuestion):
            wire.encode_flows(*arguments)
