"""No text becomes a formula, and what was meant can be read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.spreadsheets import ACTIVE, harmless, original
from tests.hostile.texts import FORMULAS

TEXTS = st.text(max_size=8) | st.lists(st.sampled_from([*ACTIVE, "'", "a"]), max_size=6).map("".join)


@given(TEXTS)
def test_no_text_becomes_a_formula_and_none_is_lost(text: str) -> None:
    made = harmless(text)
    assert not made.startswith(ACTIVE)
    assert made in (text, f"'{text}")
    assert original(made) == text


@given(TEXTS, TEXTS)
def test_two_texts_stay_two(one: str, other: str) -> None:
    assert (harmless(one) == harmless(other)) == (one == other)


@pytest.mark.parametrize("text", FORMULAS)
def test_known_attacks_are_texts(text: str) -> None:
    assert harmless(text)[:1] not in ACTIVE
