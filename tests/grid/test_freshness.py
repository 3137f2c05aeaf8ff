"""What is odd about numbers gets its name, and what chance can bring does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from data.city import Cadence, Guard, Source
from data.days import day_number, end_of
from data.faults import ADVICE, SAID, Fault, fault_of
from data.store import Load
from data.terms import FAULTS
from grid.freshness.cadence import clock_faults, rhythm
from grid.freshness.ledger import faults
from grid.freshness.odd import odd_days
from grid.freshness.panel import Panel
from grid.freshness.shifted import shift_of
from grid.ground import Order

FIRST = day_number(dt.date(2022, 3, 1))
UNITS = tuple(f"9901010{n:02}" for n in range(20))
Numbers = NDArray[np.float64]


def series(seed: int, days: int = 30, mean: float = 60.0) -> dict[int, Numbers]:
    """Cases and asymptomatic infections that come one by one, more in some streets than in others."""
    random = np.random.default_rng(seed)
    means = mean * random.gamma(1.5, 1, (2, len(UNITS))) / len(UNITS)
    wave = np.exp(np.cumsum(random.normal(0.02, 0.1, days)))
    made = {}
    for n in range(days):
        told = random.poisson(means * wave[n]).astype(float)
        made[FIRST + n] = np.column_stack([told, np.zeros(2)])
    return made


def panel(told: dict[int, Numbers], *fresh: int, before: dict[int, Numbers] | None = None) -> Panel:
    return Panel(("asymptomatic", "cases"), (*UNITS, ""), told, before or {}, frozenset(fresh))


def named(made: Panel, *, tells_nought: bool = False) -> list[str]:
    return [fault.id for fault in odd_days(made, Guard(), tells_nought=tells_nought)]


@pytest.mark.parametrize("seed", range(40))
def test_thirty_clean_days_raise_no_alarm(seed: int) -> None:
    told = series(seed)
    assert named(panel(told, *told), tells_nought=True) == []


LAST = FIRST + 29


def _jump(told: dict[int, Numbers]) -> None:
    told[LAST] = told[LAST] * 12 + 10


def _zero(told: dict[int, Numbers]) -> None:
    told[LAST] = np.zeros_like(told[LAST])


def _copy(told: dict[int, Numbers]) -> None:
    told[LAST] = told[LAST - 1].copy()


def _silent(told: dict[int, Numbers]) -> None:
    for day in told:
        told[day][:, 3] += 30
    told[LAST][:, 3] = np.nan


def _gap(told: dict[int, Numbers]) -> None:
    del told[LAST - 1]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(
    ("plant", "name"),
    [(_jump, "jump"), (_zero, "zero_filled"), (_copy, "copied_day"), (_silent, "incomplete"), (_gap, "missing_day")],
)
def test_a_planted_fault_gets_its_own_name_and_no_other(
    plant: Callable[[dict[int, Numbers]], None], name: str, seed: int
) -> None:
    told = series(seed, mean=150)
    plant(told)
    assert named(panel(told, LAST)) == [name]


@pytest.mark.parametrize("factor", [0.3, 2.0])
def test_a_correction_beyond_reason_is_a_revision_and_a_small_one_is_not(factor: float) -> None:
    told = series(1, mean=400)
    before = {LAST - 3: told[LAST - 3]}
    late = told | {LAST - 3: told[LAST - 3] * 1.05}
    assert named(panel(late, LAST - 3, before=before)) == []
    changed = told | {LAST - 3: told[LAST - 3] * factor}
    assert named(panel(changed, LAST - 3, before=before)) == ["revision"]


def test_small_numbers_may_be_nought_alike_or_ten_times_as_many() -> None:
    told = series(3, mean=1.0)
    told[LAST] = np.zeros_like(told[LAST])
    told[LAST - 1] = np.zeros_like(told[LAST])
    assert named(panel(told, LAST - 1, LAST)) == []
    told[LAST] = np.zeros_like(told[LAST])
    told[LAST][0, 2] = 10
    assert named(panel(told, LAST)) == []


def test_stocks_pass_from_one_colour_to_another_without_a_jump() -> None:
    made = {FIRST + n: np.tile([[9000.0 + n % 3], [10.0]], (1, 21)) for n in range(20)}
    last = FIRST + 19
    made[last] = np.tile([[4000.0], [5010.0]], (1, 21))
    stocks = Panel(("code_green", "code_red"), (*UNITS, ""), made, {}, frozenset({last}), frozenset({0, 1}))
    assert named(stocks) == []


def test_wuhans_twelfth_of_february_is_held_and_shanghais_march_is_not() -> None:
    # Wuhan, newly confirmed a day from 29 January to 12 February 2020, as the city's health commission announced them.
    wuhan = [356, 378, 576, 894, 1033, 1242, 1967, 1766, 1501, 1985, 1379, 1921, 1552, 1104, 13436]
    shanghai = [82, 170, 158, 202, 374, 509, 758, 896, 981, 983, 1609, 2269, 2676, 3500, 4477, 5982, 5653, 4502]
    for values, wanted in ((wuhan, ["jump"]), (shanghai, [])):
        told = {FIRST + n: np.array([[0.0, value]]) for n, value in enumerate(values)}
        made = Panel(("cases",), ("a", ""), told, {}, frozenset(list(told)[7:]))
        assert named(made) == wanted


# --- rows ---------------------------------------------------------------------------------------------


def order(values: NDArray[np.int64], days: int = 3) -> Order:
    n = len(values) // days
    return Order(
        ("cases",), np.zeros(len(values), np.uint8), np.tile(np.arange(n, dtype=np.int32), days),
        np.repeat(np.arange(days, dtype=np.int32), n), values,
    )  # fmt: skip


@given(seed=st.integers(0, 10_000), by=st.sampled_from([-1, 1]), whole=st.booleans())
def test_rows_off_by_one_are_found_and_rows_in_their_place_are_not(seed: int, by: int, whole: bool) -> None:
    random = np.random.default_rng(seed)
    usual = np.tile(random.gamma(0.8, 40, 24), 3)
    values = random.poisson(usual)
    assert shift_of(order(values), usual) is None
    moved = np.roll(values, by) if whole else np.roll(values.reshape(3, -1), by, axis=1).reshape(-1)
    found = shift_of(order(moved), usual)
    assert found is not None
    assert found.id == "shifted_rows"


@given(seed=st.integers(0, 10_000))
def test_numbers_that_moved_elsewhere_are_no_shift(seed: int) -> None:
    random = np.random.default_rng(seed)
    usual = np.tile(random.gamma(0.8, 40, 24), 3)
    assert shift_of(order(random.permutation(random.poisson(usual))), usual) is None


# --- the clock ------------------------------------------------------------------------------------------

ZONE = "Asia/Shanghai"
SOURCE = Source(name="cases", kind="cases", path="cases")


def load(number: int, hours: float = 7.0, **more: Any) -> Load:
    day = dt.date(2022, 3, 1) + dt.timedelta(days=number)
    known = end_of(day, ZONE) + dt.timedelta(hours=hours)
    made = Load(number, known, known, "cases", "cases", f"{day}.csv", "", "", 9, 9, 0, 0, day, day, {})
    return replace(made, **more)


def clock(loads: list[Load], hours: float, source: Source = SOURCE) -> list[str]:
    """What the clock says so many hours after the last delivery."""
    now = loads[-1].known + dt.timedelta(hours=hours)
    assert loads[-1].last_day is not None
    age = (now - end_of(loads[-1].last_day, ZONE)).total_seconds() / 3600
    return [fault.id for fault in clock_faults(rhythm(source, loads, ZONE), loads, age, now, ZONE)]


def test_a_feed_that_stops_is_late_within_a_cycle_and_stopped_once_a_second_one_is_missing() -> None:
    loads = [load(n) for n in range(15)]
    assert [clock(loads, hours) for hours in (0, 23, 28)] == [[], [], []]
    assert clock(loads, 24 + 24) == ["late"]
    assert clock(loads, 48 + 7) == ["stopped"]


def test_a_delivery_later_than_ever_before_is_delayed() -> None:
    loads = [load(n, 7 + n % 2) for n in range(15)]
    assert clock([*loads, load(15, 8)], 1) == []
    assert clock([*loads, load(15, 17)], 1) == ["delayed"]


def test_the_rhythm_is_the_city_files_else_learned_else_by_default() -> None:
    weekly = [load(7 * n) for n in range(8)]
    assert rhythm(SOURCE, weekly, ZONE).cadence.every == 168
    assert rhythm(SOURCE, weekly[:3], ZONE).cadence == Cadence()
    stated = SOURCE.model_copy(update={"cadence": Cadence(every=12, warn=20, error=40)})
    stated = Source.model_validate({**stated.model_dump(), "cadence": {"every": 12, "warn": 20, "error": 40}})
    assert rhythm(stated, weekly, ZONE) == replace(rhythm(stated, weekly, ZONE), learned=False)
    assert rhythm(stated, weekly, ZONE).cadence.every == 12


# --- the ledger -----------------------------------------------------------------------------------------


def _noted(number: int, fault: Fault, **more: object) -> Load:
    return load(number, notes={"faults": [fault.kept()], **more})


def test_a_fault_is_open_until_it_is_mended_accepted_or_old() -> None:
    day = dt.date(2022, 3, 5)
    odd = Fault("copied_day", day, day, more={"entries": 9, "median": 9})
    loads = [_noted(4, odd), load(5)]
    assert [(one.fault.id, one.open) for one in faults(loads, [day], day)] == [("copied_day", True)]
    assert faults([*loads, load(6, first_day=day, last_day=day)], [day], day) == []
    assert not faults([_noted(4, odd, accepted={"who": "x", "why": "right"})], [day], day)[0].open
    assert not faults(loads, [day], day + dt.timedelta(days=30))[0].open


def test_missing_days_are_what_is_missing_still() -> None:
    days = [dt.date(2022, 3, n) for n in (3, 4, 5)]
    odd = _noted(6, Fault("missing_day", days[0], days[-1], more={"n": 3}))
    left = faults([odd], [days[0]], days[-1])[0].fault
    assert (left.first, left.last, left.more["n"]) == (days[1], days[2], 2)
    assert faults([odd], days, days[-1]) == []


@pytest.mark.parametrize("id_", FAULTS)
def test_every_fault_says_itself_in_both_languages_and_comes_back_from_its_notes(id_: str) -> None:
    more = dict.fromkeys(("hours", "every", "missed", "usual", "days", "least", "median", "n", "entries", "load", "own", "shifted", "value", "peak", "limit", "before"), 1)  # fmt: skip
    fault = Fault(id_, dt.date(2022, 3, 1), dt.date(2022, 3, 2), ("a",),
                  {**more, "file": "f", "count": ["病例", "cases"], "gone": [], "added": ["x"]})  # fmt: skip
    assert id_ in SAID.keys() & ADVICE.keys()
    assert fault_of(fault.kept()) == fault
    assert FAULTS[id_].zh in fault.line("zh")
    assert FAULTS[id_].en in fault.line("en")
    assert "{" not in fault.line("zh") + fault.line("en")
