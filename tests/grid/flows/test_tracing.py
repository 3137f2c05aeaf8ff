"""The tracing board."""

from __future__ import annotations

import numpy as np

from grid.flows.tracing import Tally, tallies, together

NAN = float("nan")


def test_steps_and_what_is_open() -> None:
    rows = tallies(*(np.array(c, np.float64) for c in ([10, 20], [8, 20], [5, 18], [4, 18])))
    assert (rows[0].open, rows[0].lost, rows[0].share("found")) == (6, 2, 0.8)
    assert together(rows) == Tally(30, 28, 23, 22)
    assert not any(row.contradicts for row in rows)


def test_an_unreported_step_is_missing_not_less() -> None:
    one, two = Tally(10, 8, NAN, NAN), Tally(5, 5, 5, 5)
    whole = together([one, two])
    assert whole.found == 13
    assert np.isnan(whole.tested)
    assert np.isnan(one.open)
    assert np.isnan(Tally(0, 0, 0, 0).share("found"))


def test_more_found_than_left_is_a_contradiction() -> None:
    assert Tally(10, 12, 3, 1).contradicts
    assert Tally(10, NAN, 11, 1).contradicts
