"""Area codes say their level and their parent by their digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.codes import LEVEL_OF_DIGITS, is_code, level_of, parent_of, short, township_type


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("31", "city", None),
        ("3101", "city", None),
        ("310000", "city", "3100"),
        ("310101", "district", "3101"),
        ("310101002", "street", "310101"),
        ("310101002001", "community", "310101002"),
        ("310101002001015", None, "310101002001"),
        ("31010100201", None, "310101002"),
    ],
)
def test_level_and_parent(code: str, level: str | None, parent: str | None) -> None:
    assert (level_of(code), parent_of(code)) == (level, parent)


@pytest.mark.parametrize(
    ("code", "type_"),
    [
        ("310101002", "subdistrict"), ("310112103", "town"), ("310151204", "township"), ("310115401", "quasi"),
        ("310101002001", "subdistrict"), ("310101000", None), ("310101600", None), ("310101", None),
    ],
)  # fmt: skip
def test_township_type(code: str, type_: str | None) -> None:
    assert township_type(code) == type_


@pytest.mark.parametrize(
    ("long", "bare"),
    [("310101000000", "310101"), ("310101002000", "310101002"), ("310101002001", "310101002001"), ("310000", "310000")],
)
def test_zeros_that_fill_up_are_dropped(long: str, bare: str) -> None:
    assert short(long) == bare


@given(st.text("0123456789", max_size=25))
def test_codes_are_digits_of_a_length_in_use(digits: str) -> None:
    assert is_code(digits) == (len(digits) in LEVEL_OF_DIGITS or 10 <= len(digits) <= 20)


@pytest.mark.parametrize("text", ["", "31010a", "３１０１０１", "-31010", "310 01", "²²²²²²"])
def test_nothing_else_is_a_code(text: str) -> None:
    assert not is_code(text)
