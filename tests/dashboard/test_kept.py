"""Kept answers: read back as the browser reads them, bounded by what they weigh."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from dashboard.kept import Kept
from dashboard.said import fill

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@given(PLAIN)
def test_an_answer_comes_back(answer: object) -> None:
    kept: Kept[int] = Kept(10_000_000)
    kept.put("key", answer, 7)
    assert kept.get("key") == (answer, 7)


def test_texts_that_know_their_numbers_come_back_as_texts() -> None:
    kept: Kept[None] = Kept(10_000)
    kept.put("key", {"text": fill("{n} 人", n="3"), "day": dt.date(2022, 4, 1)}, None)
    assert kept.get("key") == ({"text": "3 人", "day": "2022-04-01"}, None)


def test_it_is_bounded_and_forgets_what_was_not_asked_for_longest() -> None:
    kept: Kept[None] = Kept(200)
    for n in range(50):
        kept.put(n, f"answer {n}", None)
    assert kept.get(49) is not None
    assert kept.get(0) is None
    kept.put("large", [str(n * 7919) for n in range(1000)], None)
    assert kept.get("large") is None
    assert kept.get(49) is not None  # nothing had to go for what does not fit
    kept.clear()
    assert kept.get(49) is None


def test_the_last_answer_to_a_question_is_known_whatever_its_version() -> None:
    kept: Kept[int] = Kept(10_000)
    kept.put((1, "map"), {"n": 1}, 1, "map")
    kept.put((2, "map"), {"n": 2}, 2, "map")
    assert kept.last("map") == ({"n": 2}, 2)
    assert kept.last("codes") is None
    kept.clear()
    assert kept.last("map") is None
