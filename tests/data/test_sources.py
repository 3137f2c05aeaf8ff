"""Kinds of sources: the tuple, their fields, the parsers of their cells, and sources held against them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import h3
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.city import Source
from data.errors import CityFileError, InputError
from data.rejects import WHY, BadCell
from data.sources import PLACE_FIELDS, SOURCES, Kind, kind, parse, verify
from data.sources.base import plain_heading
from data.sources.parse import MAX_COUNT, Manner
from data.terms import CODES, FINDINGS, RISKS, ZONES

MANNER = Manner(today=dt.date(2022, 6, 1))
EXCEL = Manner(serials=True, today=dt.date(2022, 6, 1))


def refused(read: parse.Parse, text: str, manner: Manner = MANNER) -> str:
    with pytest.raises(BadCell) as caught:
        read(text, manner)
    assert caught.value.why in WHY
    return caught.value.why


def test_kinds_are_those_of_the_contract() -> None:
    assert [each.id for each in SOURCES] == [
        "cases", "population", "addresses", "risk_areas", "code_status", "code_ledger", "zones", "assignments", "tests",
        "isolation", "contacts", "stays", "notices", "presence", "flows", "flow_index", "traced", "elsewhere",
        "elsewhere_cases", "present", "checkins", "events", "places", "supplies", "workers", "arrivals", "compounds",
        "enterprises", "calls", "fever_clinics", "screening", "forms",
    ]  # fmt: skip
    streamed = ["code_ledger", "assignments", "tests", "isolation", "contacts", "stays"]
    assert [each.id for each in SOURCES if each.streamed] == streamed


def test_unknown_kind_names_the_known() -> None:
    with pytest.raises(InputError) as caught:
        kind("weather")
    assert all(each.id in caught.value.say("zh") for each in SOURCES)


@pytest.mark.parametrize("each", SOURCES, ids=lambda each: each.id)
def test_fields_are_told_apart(each: Kind) -> None:
    ids = [field.id for field in each.all_fields()]
    assert len(ids) == len(set(ids))
    assert set(PLACE_FIELDS) < set(each.all_fields())
    headings = [heading for field in each.all_fields() for heading in field.headings()]
    assert len(headings) == len(set(headings)), "a heading would be taken for two fields"
    assert all(field.zh and field.en for field in each.all_fields())
    assert each.name("zh") == each.zh
    assert each.about("en") == each.about_en


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ({"columns": {"distrct": "区"}}, "distrct"),
        ({"constants": {"colour": "green"}}, "colour"),
        ({"values": {"level": {}}}, "level"),
        ({"columns": {"day": "日期"}, "constants": {"day": "2022-03-01"}}, "day"),
        ({"day_format": "%m月%d日"}, "%Y"),
        ({"kind": "weather"}, "weather"),
    ],
)
def test_sources_that_do_not_fit_their_kind(part: dict[str, Any], value: str) -> None:
    with pytest.raises(CityFileError) as caught:
        verify(Source(**{"name": "s", "kind": "cases", "path": "x.csv", **part}))
    assert value in caught.value.say("zh")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("12", 12),
        ("12.0", 12),
        ("1,234", 1234),
        ("１２", 12),
        ("　7　", 7),
        ("007", 7),
        ("1,234,567.00", 1234567),
    ],
)
def test_counts(text: str, count: int) -> None:
    assert parse.count(text, MANNER) == count


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.5", "not_a_count"), ("-3", "negative"), ("－3", "negative"), ("2000000001", "too_big"),
        ("9" * 5000, "too_big"),
        ("12,34", "not_a_count"), ("1e3", "not_a_count"), ("3例", "not_a_count"), ("nan", "not_a_count"),
        ("²", "not_a_count"),
        ("1_000", "not_a_count"), ("٣", "not_a_count"),
    ],
)  # fmt: skip
def test_no_counts(text: str, why: str) -> None:
    if text == "²":  # its compatibility form is the digit 2
        assert parse.count(text, MANNER) == 2
    else:
        assert refused(parse.count, text) == why


@given(st.integers(0, MAX_COUNT))
def test_every_count_is_read_as_written(number: int) -> None:
    for written in (str(number), f"{number:,}", f"{number}.0", f" {number} "):
        assert parse.count(written, MANNER) == number


@given(st.dates(dt.date(1900, 1, 1), dt.date(2023, 6, 2)))
def test_every_day_is_read_in_every_unmistakable_writing(day: dt.date) -> None:
    writings = [
        day.isoformat(), f"{day:%Y%m%d}", f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日",
        f"{day.isoformat()} 08:30:00", f"{day.isoformat()}T08:30", f"{day.year}.{day.month}.{day.day}",
    ]  # fmt: skip
    for written in writings:
        assert parse.day(written, MANNER) == np.datetime64(day), written


@given(st.dates(dt.date(1900, 3, 1), dt.date(2023, 6, 2)))
def test_serials_are_days_in_excel_only(day: dt.date) -> None:
    serial = str((day - dt.date(1899, 12, 30)).days)
    assert parse.day(serial, EXCEL) == np.datetime64(day)
    assert refused(parse.day, serial) == "not_a_day"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("03/05/2022", "not_a_day"), ("5-3-22", "not_a_day"), ("2022-02-30", "not_a_day"), ("2022-3/5", "not_a_day"),
        ("2022年", "not_a_day"), ("2022-03-05T23:30:00Z", "not_a_day"), ("2022-03-05T23:30:00+08:00", "not_a_day"),
        ("1899-12-31", "day_range"), ("2023-06-03", "day_range"), ("0001-01-01", "day_range"),
        ("9999-12-31", "day_range"),
    ],
)  # fmt: skip
def test_no_days(text: str, why: str) -> None:
    assert refused(parse.day, text) == why


@pytest.mark.parametrize("text", ["2099-12-31", "9999-12-31", "9999/12/31 23:59:59", "9999年12月31日", "21000101"])
def test_a_last_day_beyond_any_plan_is_none(text: str) -> None:
    assert np.isnat(parse.last_day(text, MANNER))


def test_other_last_days_are_days() -> None:
    assert parse.last_day("2022-03-05", MANNER) == np.datetime64("2022-03-05")
    assert refused(parse.last_day, "2098-12-31") == "day_range"
    assert refused(parse.last_day, "soon") == "not_a_day"


def test_declared_format_is_taken_but_not_stretched() -> None:
    assert parse.day("05/03/22", Manner("%d/%m/%y")) == np.datetime64("2022-03-05")
    assert parse.day("2022-04-15 11时", Manner("%Y-%m-%d %H时")) == np.datetime64("2022-04-15")
    assert refused(parse.day, "2022111", Manner("%Y%m%d")) == "not_a_day"


@given(st.floats(-180, 180))
def test_coordinates_one_by_one_and_at_once_agree(value: float) -> None:
    text = repr(value)
    (at_once,) = parse.at_once(180)(np.array([text], dtype=object), MANNER)
    assert parse.longitude(text, MANNER) == at_once == value


@pytest.mark.parametrize("texts", [["1", "181"], ["nan"], ["inf"], ["x"], [], ["１２"]])
def test_odd_coordinates_are_left_to_a_closer_look(texts: list[str]) -> None:
    assert parse.at_once(180)(np.array(texts, dtype=object), MANNER) is None


def test_coordinates_out_of_range() -> None:
    assert refused(parse.latitude, "121.47") == "lonlat"
    assert refused(parse.longitude, "-181") == "lonlat"
    assert refused(parse.longitude, "121°28'") == "not_a_number"
    assert refused(parse.longitude, "1e999") == "not_a_number"
    assert parse.latitude("3456789.5", Manner(projected=True)) == 3456789.5


@given(st.floats(-89, 89), st.floats(-180, 180), st.integers(0, 15))
def test_cells_are_normalised(lat: float, lon: float, resolution: int) -> None:
    index = h3.latlng_to_cell(lat, lon, resolution)
    for written in (index, index.upper(), f"0x{index}", str(int(index, 16)), f" {index} "):
        assert parse.cell(written, MANNER) == index


def test_cells_of_imported_grids_stay_as_they_are() -> None:
    assert parse.cell("G-001/7", MANNER) == "G-001/7"
    assert parse.cell("110101001001001", MANNER) == "110101001001001"
    assert parse.cell("-3", MANNER) == "-3"
    assert refused(parse.cell, "6.177001699582935e+17") == "not_a_cell"


def test_codes() -> None:
    assert parse.code("310101.0", MANNER) == "310101"
    assert refused(parse.code, "31010") == "not_a_code"
    assert refused(parse.code, "黄浦") == "not_a_code"


@pytest.mark.parametrize(
    ("vocabulary", "text", "term"),
    [
        (FINDINGS, "确诊", "case"), (FINDINGS, "WZZ", "asymptomatic"), (RISKS, " 高 ", "high"),
        (CODES, "绿码", "green"), (ZONES, "封控", "lockdown"),
    ],
)  # fmt: skip
def test_terms(vocabulary: Any, text: str, term: str) -> None:
    assert parse.term(vocabulary)(text, MANNER) == term
    assert refused(parse.term(vocabulary), "其他") == "not_a_term"


SQUARE = shapely.box(121, 31, 122, 32)


@pytest.mark.parametrize(
    "text", [SQUARE.wkt, shapely.to_geojson(SQUARE), f"GEOMETRYCOLLECTION ({SQUARE.wkt}, POINT (1 1))"]
)
def test_shapes(text: str) -> None:
    assert parse.shape(text, MANNER).equals(SQUARE)


def test_crossing_outlines_are_mended() -> None:
    assert parse.shape("POLYGON((0 0,1 1,1 0,0 1,0 0))", MANNER).area == pytest.approx(0.5)


@pytest.mark.parametrize(
    "text",
    [
        "POINT (1 1)", "POLYGON EMPTY", "POLYGON((0 0", "POLYGON((0 0,0 0,0 0,0 0))", "浦东", "{", '{"type":"Point"}',
        "POLYGON((0 0,nan 1,1 1,0 0))",
    ],
)  # fmt: skip
def test_no_shapes(text: str) -> None:
    assert refused(parse.shape, text) == "not_a_geometry"


def test_headings_compare_in_plain_form() -> None:
    assert plain_heading(" Ｄay ") == "day"
