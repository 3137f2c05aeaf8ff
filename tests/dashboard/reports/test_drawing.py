"""Pictures on paper: read back from the SVG against places, classes and days known from elsewhere."""

from __future__ import annotations

import datetime as dt
import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import h3
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pyproj import Geod

from dashboard import colours
from dashboard.queries import Desk, Viewer
from dashboard.reports import fonts
from dashboard.reports.drawing import Pictures, curves, ground, maps, paper, svg
from dashboard.reports.drawing.ground import Frame
from dashboard.reports.model import Curve, Map, Report, Series, Step
from data.errors import FontsMissing
from grid import hexes
from grid.measures import MEASURES
from tests.dashboard.reports import specimen
from tests.tiny import DISTRICTS, MIDDLE, NORTH, SOUTH, STREETS

SVG = "{http://www.w3.org/2000/svg}"
WIDTH, HEIGHT = 150.0, 100.0

pytestmark = pytest.mark.usefixtures("chinese")


@pytest.fixture(scope="module")
def report(desk: Desk) -> Report:
    return specimen.report("zh", desk)


@pytest.fixture(scope="module")
def pictures(desk: Desk, report: Report) -> Pictures:
    return Pictures(desk, report)


def block(report: Report, id: str) -> Curve | Map:
    found = (one for part in report.sections for below in (part, *part.sections) for one in below.blocks)
    return next(one for one in found if isinstance(one, (Curve, Map)) and one.id == id)


@pytest.fixture(scope="module")
def streets(report: Report) -> Map:
    found = block(report, "map")
    assert isinstance(found, Map)
    return found


@pytest.fixture(scope="module")
def bars(report: Report) -> Curve:
    found = block(report, "bars")
    assert isinstance(found, Curve)
    return found


def drawn(body: bytes) -> Any:
    return etree.fromstring(body)


def words(body: bytes) -> list[str]:
    return [one.text or "" for one in drawn(body).iter(f"{SVG}text")]


def polygons(path: str) -> Iterator[shapely.Polygon]:
    """The rings of a path of relative lines, in millimetres."""
    for ring in path.split("M")[1:]:
        start, steps = ring.rstrip("z").split("l")
        first = np.array([start.split()], float)
        yield shapely.Polygon(
            np.cumsum(np.vstack([first, np.array(steps.split(), float).reshape(-1, 2)]), axis=0) / 100
        )


def fills(body: bytes) -> dict[str, list[shapely.Polygon]]:
    """What each fill of the map's units covers."""
    group = next(one for one in drawn(body).iter(f"{SVG}g") if one.get("fill-rule") == "evenodd")
    found: dict[str, list[shapely.Polygon]] = {}
    for path in group:
        found.setdefault(str(path.get("fill")), []).extend(polygons(str(path.get("d"))))
    return found


# maps ------------------------------------------------------------------------------------------------


def test_each_unit_is_filled_with_its_class_where_it_lies(pictures: Pictures, streets: Map, report: Report) -> None:
    body = pictures.svg(streets, WIDTH, HEIGHT)
    codes = sorted([*STREETS, "990102400"])  # the last is on no map
    assert len(streets.classes) == len(codes)
    west = min(one[1] for one in DISTRICTS.values())
    east = max(one[2] for one in DISTRICTS.values())
    covered = fills(body)
    everything = shapely.union_all([one for several in covered.values() for one in several]).bounds
    scale = (everything[2] - everything[0]) / (east - west)
    named = {
        0: streets.steps[0].colour,
        1: streets.steps[1].colour,
        -1: paper.ZERO,
        -2: "url(#suppressed)",
        -3: "url(#missing)",
    }
    for code, number in zip(codes, streets.classes, strict=True):
        if code not in STREETS:
            continue
        _, left, right = STREETS[code]
        box = [everything[0] + (left - west) * scale, everything[0] + (right - west) * scale]
        found = [one.bounds for one in covered[named[number]]]
        assert any(abs(one[0] - box[0]) < 0.05 and abs(one[2] - box[1]) < 0.05 for one in found), code


def test_a_legend_tells_every_class_and_the_three_states_with_their_units(pictures: Pictures, streets: Map) -> None:
    told = words(pictures.svg(streets, WIDTH, HEIGHT))
    for at, step in enumerate(streets.steps):
        assert told[told.index(f"{maps.class_number(at)} {step.text}") + 1] == str(step.units)
    for code, name in ((-1, "零"), (-2, "隐去小数"), (-3, "未报")):
        assert told[told.index(name) + 1] == str(streets.classes.count(code))


def test_the_scale_bar_is_as_long_as_it_says(pictures: Pictures, streets: Map) -> None:
    body = pictures.svg(streets, WIDTH, HEIGHT)
    told = next(re.fullmatch(r"([\d.]+) (k?m)", one) for one in words(body) if re.fullmatch(r"[\d.]+ k?m", one))
    assert told is not None
    metres = float(told[1]) * (1000 if told[2] == "km" else 1)
    bar = next(one for one in drawn(body).iter(f"{SVG}path") if str(one.get("d")).count("L") == 3)
    points = [float(one) for one in re.findall(r"[\d.]+", str(bar.get("d")))]
    shapes = shapely.union_all([one for several in fills(body).values() for one in several])
    west, east = 110.00, 110.06
    true = Geod(ellps="sphere").inv(west, MIDDLE, east, MIDDLE)[2]
    shown = (shapes.bounds[2] - shapes.bounds[0]) / true * metres
    assert points[4] - points[2] == pytest.approx(shown, rel=0.005)  # sphere against EPSG:3857's own radius


def test_every_drawn_street_is_named_once_and_names_do_not_meet(pictures: Pictures, streets: Map) -> None:
    told = words(pictures.svg(streets, WIDTH, HEIGHT))
    for name, *_ in STREETS.values():
        assert sum(one.rstrip("①②") == name for one in told) == 1
    lies = ground.ground(pictures.desk.cube.at(), streets.area, "street", Frame(0, 0, 100, 80), "zh", True)
    assert [name.unit for name in sorted(lies.names, key=lambda one: one.unit)] == [0, 1, 2, 3, 4]


def test_a_map_says_when_it_knew_and_that_it_is_simulated(desk: Desk, report: Report, streets: Map) -> None:
    assert "模拟数据" in words(Pictures(desk, report).svg(streets, WIDTH, HEIGHT))
    real = replace(report, simulated=False)
    told = words(Pictures(desk, real).svg(streets, WIDTH, HEIGHT))
    assert "模拟数据" not in told
    assert any(f"第 {report.version} 版" in one for one in told)


@pytest.mark.parametrize("size", [(150.0, 100.0), (90.0, 130.0), (250.0, 140.0)])
def test_nothing_leaves_the_sheet(pictures: Pictures, streets: Map, size: tuple[float, float]) -> None:
    body = pictures.svg(streets, *size)
    for one in drawn(body).iter(f"{SVG}text"):
        wide = svg.width_of(str(one.text), float(str(one.get("font-size"))))
        x, y = float(str(one.get("x"))), float(str(one.get("y")))
        left = {"middle": x - wide / 2, "end": x - wide}.get(str(one.get("text-anchor")), x)
        assert left > -0.5, one.text
        assert left + wide < size[0] + 0.5, one.text
        assert 0 < y < size[1], one.text


def test_without_colour_classes_are_told_apart_by_lightness_or_lines() -> None:
    for measure in MEASURES.values():
        most = len(colours.full_ramp(measure, "light"))
        for classes in [most] if measure.form == "growth" else range(1, most + 1):  # growth has all its classes always
            ramp = [Step(colour, "", 1) for colour in colours.ramp(measure, classes, "light")]
            shown = Map("m", "", "city", "district", measure.id, dt.date(2022, 4, 13), tuple(ramp), ())
            light = [maps.luminance(step.colour) for step in ramp]
            lined = maps.falling(shown)
            assert (measure.form == "growth") or lined == 0
            rising, falling = light[lined:], light[: lined + 1]
            assert all(a - b > 0.02 for a, b in pairwise(rising)), measure.id
            assert all(b - a > 0.02 for a, b in pairwise(falling)), measure.id
            assert maps.luminance(paper.ZERO) - max(light) > 0.08


def test_units_without_a_border_are_told(pictures: Pictures, streets: Map, desk: Desk, report: Report) -> None:
    assert "其中 1 个无边界，未画出" in words(pictures.svg(streets, WIDTH, HEIGHT))  # the industrial park
    districts = replace(streets, id="districts", level="district", classes=(0, -3))
    assert not any("无边界" in one for one in words(Pictures(desk, report).svg(districts, WIDTH, HEIGHT)))
    communities = desk.paint(Viewer(), "positives", "community", [specimen.DAY]).values.state.shape[1]
    finer = replace(streets, id="finer", level="community", classes=(-1,) * communities)
    assert any("无边界" in one for one in words(Pictures(desk, report).svg(finer, WIDTH, HEIGHT)))


def test_falling_classes_are_lined(desk: Desk, report: Report, streets: Map) -> None:
    ramp = colours.ramp(MEASURES["growth"], 7, "light")
    growing = replace(
        streets, id="growth", measure="growth", steps=tuple(Step(one, str(n), 1) for n, one in enumerate(ramp)),
        classes=(0, 1, 3, 4, 6, -3),
    )  # fmt: skip
    covered = fills(Pictures(desk, report).svg(growing, WIDTH, HEIGHT))
    assert shapely.union_all(covered["url(#falling)"]).equals(shapely.union_all([*covered[ramp[0]], *covered[ramp[1]]]))


def test_cells_of_one_class_are_one_shape_that_loses_nothing() -> None:
    cells = np.array(sorted(int(cell, 16) for cell in h3.grid_disk(h3.latlng_to_cell(31.2, 121.4, 9), 30)), np.uint64)
    onto = ground.Paper(shapely.total_bounds(hexes.boundaries(cells)).tolist(), Frame(0, 0, 100, 100))
    shapes = onto(hexes.boundaries(cells))
    classes = np.random.default_rng(5).integers(0, 3, len(cells))
    parts = [ground.merged(shapes[classes == one])[0] for one in range(3)]
    for one, part in enumerate(parts):
        assert part.area == pytest.approx(shapely.area(shapes[classes == one]).sum(), rel=1e-9)
    assert shapely.area(shapely.union_all(parts)) == pytest.approx(sum(part.area for part in parts), rel=1e-6)
    written = shapely.union_all(list(polygons(ground.path_of(ground.merged(shapes)))))
    assert written.area == pytest.approx(shapely.area(shapes).sum(), rel=2e-3)


def test_ground_lies_north_up_and_true_to_shape() -> None:
    onto = ground.Paper((110.0, SOUTH, 110.06, NORTH), Frame(10, 20, 90, 90))
    box = onto(np.array([shapely.box(110.0, SOUTH, 110.06, NORTH)], dtype=object))[0].bounds
    assert box[0] >= 10
    assert box[2] <= 100.001
    corner = onto(np.array([shapely.Point(110.0, NORTH)], dtype=object))[0]
    assert (corner.x, corner.y) == (box[0], box[1])
    aspect = 0.06 * np.cos(np.radians(MIDDLE)) / (NORTH - SOUTH)
    assert (box[2] - box[0]) / (box[3] - box[1]) == pytest.approx(aspect, rel=1e-3)


# curves ----------------------------------------------------------------------------------------------


def columns(body: bytes, colour: str) -> list[dict[str, float]]:
    """Bars of a colour in the plot; the first such box is the legend's."""
    found = [one for one in drawn(body).iter(f"{SVG}rect") if one.get("fill") == colour]
    return [{key: float(str(one.get(key))) for key in ("x", "y", "width", "height")} for one in found][1:]


def test_a_missing_day_has_no_bar_but_a_hatch_and_zero_has_a_stroke(pictures: Pictures, bars: Curve) -> None:
    body, numbers = pictures.svg(bars, WIDTH, 70), bars.series[0].numbers
    shown = columns(body, bars.series[0].colour)
    known = [number for number in numbers if number.value is not None]
    assert len(shown) == len(known) < len(numbers)
    heights = [one["height"] for one in shown]
    assert heights[0] < 0.5  # nought
    for number, height in zip(known, heights, strict=True):
        assert (height - 0.15) / (heights[-1] - 0.15) == pytest.approx((number.value or 0) / 22, abs=0.01)
    for state in ("missing", "suppressed"):
        days = sum(number.state == state for number in numbers)
        gaps = [one for one in drawn(body).iter(f"{SVG}rect") if one.get("fill") == f"url(#{state})"]
        assert len(gaps) == 1 + days  # the legend's, and one a lonely day


def test_the_mean_waits_for_seven_days_in_a_row(bars: Curve) -> None:
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, None, 10.0]
    series = Series("s", tuple(specimen.number(value) for value in values), "#000000")
    assert curves.means(series) == [None] * 6 + [4.0, 5.0] + [None] * 2


def test_lines_break_at_gaps_and_a_lonely_day_is_a_dot(desk: Desk, report: Report, bars: Curve) -> None:
    values = [1, 2, None, 4, None, 6, 7]
    series = Series("s", tuple(specimen.number(value) for value in values), "#123456", "dashed")
    curve = Curve("broken", "t", tuple(bars.days[: len(values)]), (series,))
    body = Pictures(desk, report).svg(curve, WIDTH, 70)
    lines = [str(one.get("d")) for one in drawn(body).iter(f"{SVG}path") if one.get("stroke") == "#123456"]
    assert [one.count(" ") for one in lines] == [2, 2, 2]  # the legend's, and two of two days
    assert len([one for one in drawn(body).iter(f"{SVG}circle") if one.get("fill") == "#123456"]) == 1
    assert all(one.get("stroke-dasharray") for one in drawn(body).iter(f"{SVG}path") if one.get("stroke") == "#123456")


@pytest.mark.parametrize("kind", ["bars", "lines"])
@pytest.mark.parametrize(
    "values", [[], [None], [None] * 9, [0], [0] * 3, [-3, 5], [1e9], [0.001, 0.002], list(range(500))]
)
def test_any_curve_can_be_drawn(desk: Desk, report: Report, values: list[float | None], kind: str) -> None:
    days = tuple(dt.date(2021, 12, 20) + dt.timedelta(days=n) for n in range(len(values)))
    series = (Series("s", tuple(specimen.number(value) for value in values), "#7a1f3d"),)
    curve = Curve("any", "t", days, series, "例", "bars" if kind == "bars" else "lines")
    body = Pictures(desk, report).svg(curve, WIDTH, 60)
    assert "nan" not in body.decode()
    hatched = [one for one in drawn(body).iter(f"{SVG}rect") if one.get("fill") == "url(#missing)"]
    assert len(hatched) == (2 if None in values else 0)


def test_where_one_of_two_is_missing_it_is_crossed_out(pictures: Pictures, report: Report) -> None:
    lines = block(report, "lines")
    assert isinstance(lines, Curve)
    body = pictures.svg(lines, WIDTH, 70)
    colour = lines.series[1].colour
    crosses = [
        one
        for one in drawn(body).iter(f"{SVG}path")
        if one.get("stroke") == colour and one.get("stroke-width") == "0.2"
    ]
    assert len(crosses) == 2 * sum(number.value is None for number in lines.series[1].numbers)
    assert "未报或隐去" in words(body)
    assert "未报" not in words(body)


@given(st.lists(st.floats(-1e6, 1e7), max_size=20))
def test_the_value_axis_holds_every_value_on_round_numbers(values: list[float]) -> None:
    low, high, step = curves.bounds(values)
    assert low <= min([*values, 0.0]) + 1e-6 * step
    assert high >= max([*values, 0.0]) - 1e-6 * step
    assert low < high
    assert 1 <= round((high - low) / step) <= 8
    assert round((high - low) / step) == pytest.approx((high - low) / step)


@given(st.integers(1, 800), st.floats(0.15, 30))
def test_the_last_day_or_months_are_written_and_never_meet(days: int, column: float) -> None:
    span = [dt.date(2021, 11, 5) + dt.timedelta(days=n) for n in range(days)]
    marks = curves.day_marks(span, column, "zh")
    assert marks
    assert marks[-1] == days - 1 or span[marks[-1]].day == 1 or marks == [0]
    need = svg.width_of("11月30日", paper.PLAIN.size)
    assert all((b - a) * column > need for a, b in pairwise(marks))


# files -----------------------------------------------------------------------------------------------


def test_equal_reports_draw_equal_bytes_once(desk: Desk, report: Report, streets: Map, bars: Curve) -> None:
    one, two = Pictures(desk, report), Pictures(desk, specimen.report("zh", desk))
    for shown in (streets, bars):
        assert one.svg(shown, 120, 80) == two.svg(shown, 120, 80)
        assert one.png(shown, 120, 80) == two.png(shown, 120, 80)
        assert one.png(shown, 120, 80) is one.png(shown, 120, 80)
    assert one.svg(bars, 120, 80) != one.svg(bars, 120, 80, titled=False)


def test_dots_are_three_hundred_an_inch(pictures: Pictures, bars: Curve) -> None:
    body = pictures.png(bars, 127.0, 50.8)
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", body[16:24]) == (1500, 600)


def test_words_are_escaped_and_ask_for_nothing(desk: Desk, report: Report, bars: Curve) -> None:
    title = 'a <script> & "b"\x07'
    body = Pictures(desk, report).svg(replace(bars, id="odd", title=title), WIDTH, 70)
    assert 'a <script> & "b"' in words(body)
    assert re.findall(rb"(?:href|src|url)\W*(?:https?:|//)", body) == []


# fonts -----------------------------------------------------------------------------------------------


def test_the_fonts_of_the_standard_come_first() -> None:
    found = fonts.choose(["Noto Serif CJK SC", "Noto Sans CJK SC", "FangSong", "KaiTi", "SimHei", "STZhongsong"])
    assert found == fonts.Faces("FangSong", "STZhongsong", "SimHei", "KaiTi")
    assert fonts.choose(["WenQuanYi Zen Hei"]) == fonts.Faces(*["WenQuanYi Zen Hei"] * 4)


def test_without_a_chinese_font_the_package_is_named() -> None:
    with pytest.raises(FontsMissing) as told:
        fonts.choose(["DejaVu Sans", fonts.LATIN])
    for lang in ("zh", "en"):
        assert "fonts-noto-cjk" in told.value.say(lang)


def test_the_latin_face_is_always_there() -> None:
    assert fonts.LATIN in fonts.library().families()
