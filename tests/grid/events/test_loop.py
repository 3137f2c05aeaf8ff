"""How long the turns of the loop take, against numpy and against what comes in the end."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.events.read import Standing
from grid.events.loop import LATE, MEDIAN, PHASES, Quantile, Span, phase, quantile, span
from grid.events.measure import measured
from tests.grid.events.rows import NOW, at, event, events, raised

times = st.lists(st.integers(0, 5000), min_size=1, max_size=60)


def test_an_event_that_went_all_the_way() -> None:
    """Each phase by subtraction on paper."""
    row = event(happened=at(1200), accepted=at(980), acted=at(500), fed_back=at(470), closed=at(100), state="closed")
    assert {name: span(row, name, NOW) for name in PHASES} == {
        "sense": Span(200, True), "decide": Span(20, True), "act": Span(480, True), "feedback": Span(30, True),
        "whole": Span(900, True),
    }  # fmt: skip


def test_an_event_that_waits() -> None:
    """It has waited so long in its phase and in the whole; later phases have not begun."""
    row = event(accepted=at(980), state="accepted")
    assert span(row, "act", NOW) == Span(980, False)
    assert span(row, "whole", NOW) == Span(1000, False)
    assert span(row, "feedback", NOW) is None


def test_clocks_that_run_backwards_measure_nothing() -> None:
    """A sense whose clock is ahead."""
    assert span(event(happened=at(900)), "sense", NOW) is None


def spread(spans: list[Span], percent: int) -> Quantile:
    """The quantile of spans."""
    return quantile(
        np.array([one.minutes for one in spans], float), np.array([one.over for one in spans], bool), percent
    )


@given(times, st.sampled_from([MEDIAN, LATE]))
def test_a_quantile_is_the_one_of_numpy(minutes: list[int], percent: int) -> None:
    """Where everything is over it is the inverse of the empirical distribution."""
    expected = float(np.percentile(minutes, percent, method="inverted_cdf"))
    assert spread([Span(m, True) for m in minutes], percent) == Quantile(expected, expected)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 5000)), min_size=1, max_size=40), st.integers(0, 600))
def test_what_is_told_holds_when_all_is_over(born: list[tuple[int, int]], now: int) -> None:
    """Events are looked at before their end: the p50 and p95 that they come to lie where it was told."""
    begun = [(start, took) for start, took in born if start <= now]
    seen = [Span(min(took, now - start), start + took <= now) for start, took in begun]
    for percent in (MEDIAN, LATE):
        told = spread(seen, percent)
        if told.least is None:
            assert not begun
            continue
        final = float(np.percentile([took for _, took in begun], percent, method="inverted_cdf"))
        assert told.least <= final <= (math.inf if told.most is None else told.most)


def test_who_never_answers_is_not_quick() -> None:
    """One answer in a minute and nineteen that wait for a day: the p50 is at least a day."""
    spans = [Span(1, True), *[Span(1440, False)] * 19]
    assert spread(spans, MEDIAN) == Quantile(1440, None)


def test_a_quantile_is_exact_where_the_waiting_cannot_change_it() -> None:
    """Of twenty one waits, and already longer than the others took: the p95 is the nineteenth."""
    spans = [*[Span(m, True) for m in range(19)], Span(100, False)]
    assert spread(spans, LATE) == Quantile(18, 18)


@given(st.lists(events(), max_size=30))
def test_phases_count_every_event_once(rows: list[Standing]) -> None:
    """Done and waiting are the events that a phase can be read of."""
    made = measured(rows, raised, lambda _: "street", NOW).part().phases
    assert made.keys() == PHASES.keys()
    for name, one in made.items():
        spans = [found for row in rows if (found := span(row, name, NOW))]
        assert (one.done, one.waiting) == (sum(s.over for s in spans), sum(not s.over for s in spans))
        assert (one.p50, one.p95) == (spread(spans, MEDIAN), spread(spans, LATE))


@pytest.mark.parametrize("n", [20, 40, 100, 10_000])
def test_ranks_are_exact(n: int) -> None:
    """95 % of n is no matter of floats."""
    made = phase(np.arange(n, dtype=float), np.ones(n, bool))
    assert made.p95 == Quantile(n * 95 // 100 - 1, n * 95 // 100 - 1)


def test_what_has_not_begun_is_not_counted() -> None:
    """Of three events one has not come to a phase."""
    made = phase(np.array([5.0, math.nan, 9.0]), np.array([True, False, False]))
    assert (made.done, made.waiting, made.p50) == (1, 1, Quantile(5, 5))
