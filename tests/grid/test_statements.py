"""The last load that speaks of a key is right about it: held against a dictionary of dictionaries."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.days import to_day
from data.slabs import MISSING
from grid.statements import Speech, day_numbers, keys, latest, merge, renumber, slabs, speak, touched_days

LEAVES, DAYS, COUNTS = 4, 3, ("cases", "asymptomatic")
DAY0 = dt.date(2022, 3, 1)
START = int(day_numbers(np.array(["2022-03-01"], "M8[s]"))[0])

#: (key, day, count, leaf, value)
Row = tuple[int, int, int, int, int]
rows_of = st.lists(
    st.tuples(
        st.integers(1, 6), st.integers(0, DAYS - 1), st.integers(0, 1), st.integers(0, LEAVES - 1), st.integers(0, 9)
    ),
    max_size=8,
)
loads_of = st.lists(rows_of, min_size=1, max_size=6)


def say(rows: list[Row]) -> Speech:
    key, day, count, leaf, value = (np.array(column) for column in (zip(*rows, strict=True) if rows else [[]] * 5))
    return speak(
        COUNTS,
        key.astype(np.uint64),
        (day + START).astype(np.int32),
        count.astype(np.uint8),
        leaf.astype(np.int32),
        value.astype(np.int64),
    )


def standing(loads: list[list[Row]]) -> Counter[tuple[int, int, int]]:
    """(day, count, leaf) -> value: what a reader who forgets what was corrected would hold."""
    held: dict[int, list[Row]] = {}
    for load in loads:
        for key in {row[0] for row in load}:
            held[key] = [row for row in load if row[0] == key]
    found: Counter[tuple[int, int, int]] = Counter()
    for row in (row for rows in held.values() for row in rows):
        found[row[1:4]] += row[4]
    return found


@given(loads_of)
def test_the_last_load_that_speaks_of_a_key_is_right(loads: list[list[Row]]) -> None:
    left = latest([say(load).rows for load in loads])
    found = Counter({(int(r["day"]) - START, int(r["count"]), int(r["leaf"])): 0 for r in left})
    for row in left:
        found[int(row["day"]) - START, int(row["count"]), int(row["leaf"])] += int(row["value"])
    assert found == standing(loads)


@given(loads_of, st.booleans())
def test_slabs_written_load_by_load_end_where_the_oracle_ends(loads: list[list[Row]], zero: bool) -> None:
    newest: dict[tuple[str, dt.date], np.ndarray] = {}
    for n, load in enumerate(loads):
        new = say(load)
        earlier = [say(each).rows for each in loads[:n]]
        days = touched_days(earlier, new.rows)
        made = slabs(latest([*earlier, new.rows]), COUNTS, days.tolist(), np.full(LEAVES, zero), set(newest))
        newest |= {(count, day): vector for count, day, vector in made}
    expected = standing(loads)
    for (count, day), vector in newest.items():
        at = (day - DAY0).days, COUNTS.index(count)
        told = {leaf: expected[*at, leaf] for leaf in range(LEAVES) if (*at, leaf) in expected}
        silent = 0 if zero else int(MISSING)
        assert vector.tolist() == [told.get(leaf, silent) for leaf in range(LEAVES)]
    assert {(DAY0 + dt.timedelta(d), COUNTS[c]) for d, c, _ in expected} <= {(day, c) for c, day in newest}


@given(rows_of)
def test_equal_keys_of_one_load_add_up(rows: list[Row]) -> None:
    merged = merge(say(rows).rows)
    expected: Counter[tuple[int, ...]] = Counter()
    for row in rows:
        expected[row[:4]] += row[4]
    assert {
        (int(r["key"]), int(r["day"]) - START, int(r["count"]), int(r["leaf"])): int(r["value"]) for r in merged
    } == expected


def test_a_correction_that_takes_the_last_case_of_a_day_away_empties_the_day() -> None:
    before, after = say([(1, 0, 0, 2, 1)]).rows, say([(1, 2, 0, 3, 1)]).rows
    days = touched_days([before], after)
    assert [to_day(day) for day in days] == [DAY0, DAY0 + dt.timedelta(2)]
    made = list(slabs(latest([before, after]), COUNTS, days.tolist(), np.zeros(LEAVES, bool), {("cases", DAY0)}))
    assert [(count, day, vector.tolist()) for count, day, vector in made] == [
        ("cases", DAY0, [MISSING] * LEAVES),
        ("cases", DAY0 + dt.timedelta(2), [MISSING, MISSING, MISSING, 1]),
    ]


def test_counts_past_what_a_slab_holds_are_refused_rather_than_wrapped() -> None:
    with pytest.raises(OverflowError):
        say([(1, 0, 0, 0, 2_000_000_000), (1, 0, 0, 0, 2_000_000_000)])
    two = say([(1, 0, 0, 0, 2_000_000_000), (2, 0, 0, 0, 2_000_000_000)])
    with pytest.raises(OverflowError):
        list(slabs(two.rows, COUNTS, [START], np.ones(LEAVES, bool)))


def test_statements_of_an_older_list_of_counts_are_renumbered() -> None:
    old = say([(1, 0, 0, 0, 5), (2, 0, 1, 1, 7)]).rows
    new = renumber(old, ("cases", "asymptomatic"), ("asymptomatic", "deaths"))
    assert [(int(r["count"]), int(r["value"])) for r in new] == [(0, 7)]


WORDS = {
    "day": pd.Series(pd.to_datetime(["2022-03-01", "2022-03-01", "2022-03-02"])),
    "district": pd.Series(["甲区", None, "甲区"], dtype=object),
    "code": pd.Series([None, None, None], dtype=object),
    "lon": pd.Series([110.5, float("nan"), 110.5]),
}


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_key_does_not_depend_on_the_unit_of_its_day(unit: str) -> None:
    frame = pd.DataFrame(WORDS)
    days = frame["day"].to_numpy()
    plain, other = (keys(frame.assign(day=days.astype(f"M8[{u}]")), list(WORDS), "secret") for u in ("s", unit))
    assert other.tolist() == plain.tolist()


def test_a_key_does_not_depend_on_the_rows_around_it() -> None:
    frame = pd.DataFrame(WORDS)
    whole = keys(frame, list(WORDS), "secret").tolist()
    assert [keys(frame.iloc[[n]], list(WORDS), "secret").tolist()[0] for n in range(3)] == whole
    assert keys(frame.astype({"district": "string"}), list(WORDS), "secret").tolist() == whole
    assert len(set(whole)) == 3


def test_a_key_tells_nothing_without_the_secret() -> None:
    frame = pd.DataFrame({"id": ["张三"]})
    assert keys(frame, ["id"], "one secret")[0] != keys(frame, ["id"], "another secret")[0]
