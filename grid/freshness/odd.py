"""What is odd about the days of a delivery, against the days before: zeros, copies, silence, jumps, revisions, gaps.

Every bound is set so that chance does not reach it: a number that comes one by one (Poisson) and was 10 or more on each
of 7 days, 20 in the middle, is nought by itself once in 10^8 days.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from data.city import Guard
from data.days import to_day
from data.faults import Fault
from grid.freshness.panel import Numbers, Panel

#: Days before the judged one that it is held against: jumps against a fortnight, silence against a week.
FORTNIGHT, WEEK = 14, 7
#: Of a week of numbers the least and the middle one, from which on a nought cannot be chance.
LEAST, MIDDLE = 10, 20
#: How many numbers differ from one day to the next, at least and in the middle, so that none cannot be chance.
DIFFER_LEAST, DIFFER = 4, 12
#: What even small numbers may do: ten times the square root, and 30 where a day is corrected, 100 where it is new.
ROOTS, SLACK, SLACK_NEW = 10.0, 30.0, 100.0
#: A single area is livelier than the city: so many times its jump, and so many more.
LIVELY, LIVELY_SLACK = 3.0, 300.0
#: What was nought on all but so many days has no history: it begins, and may begin with so many.
BEGUN_DAYS, BEGIN = 3, 1000.0
#: Counts of work done, not of findings: a city that starts mass testing tests twenty times as many overnight.
WORK = {"tests_taken": 7.0, "stays": 7.0, "contacts_close": 7.0, "contacts_secondary": 7.0}
#: Counts that come in clusters, a case's contacts and stays at once: an area without any is none that fell silent.
CLUSTERED = frozenset({"contacts_close", "contacts_secondary", "stays"})
#: A day with one of these is no history for the next. A jump is: if the level has changed, it is said once.
NO_HISTORY = ("zero_filled", "copied_day", "incomplete")
#: Faults of one delivery that are kept; what is past them says the same.
MOST = 40


def odd_days(panel: Panel, rule: Guard, *, tells_nought: bool) -> list[Fault]:
    """Everything odd about the fresh days, by day. ``tells_nought``: a day without data is none on which there was
    nothing to tell."""
    found: list[Fault] = []
    bad: set[int] = set()
    for day in sorted(panel.fresh & panel.now.keys()):
        fault = _odd(panel, day, bad, rule)
        if fault is not None:
            found.append(fault)
            if fault.id in NO_HISTORY:
                bad.add(day)
    return [*_runs(found)[:MOST], *gaps(panel, tells_nought=tells_nought)][: 2 * MOST]


def _runs(found: Sequence[Fault]) -> list[Fault]:
    """Silence of the same areas on days one after the other is one fault."""
    made: list[Fault] = []
    for fault in found:
        same = made and fault.id == made[-1].id == "incomplete" and fault.units == made[-1].units
        if same and fault.first and made[-1].last and (fault.first - made[-1].last).days == 1:
            made[-1] = replace(made[-1], last=fault.last)
        else:
            made.append(fault)
    return made


def _odd(panel: Panel, day: int, bad: set[int], rule: Guard) -> Fault | None:
    """The first thing that is odd about a day; one name says it, others would follow from it."""
    past = [panel.now[one] for one in panel.days if day - 2 * FORTNIGHT <= one < day and one not in bad]
    if len(panel.days) < rule.least:
        return None
    if day in panel.before:
        return _zero(panel, day, past) or _revision(panel, day, rule)
    if len(past) < rule.least:
        return None
    judges = (_zero, _copied, _incomplete)
    found = (judge(panel, day, past) for judge in judges)
    return next((fault for fault in found if fault is not None), None) or _jump(panel, day, past, rule)


def _zero(panel: Panel, day: int, past: Sequence[Numbers]) -> Fault | None:
    """Every number is nought though on each day of the week before there were many."""
    totals = [float(np.nansum(one)) for one in past[-WEEK:]]
    if len(totals) < WEEK or np.nansum(panel.now[day]) > 0 or not sure(totals):
        return None
    more = {"days": len(totals), "least": round(min(totals)), "median": round(float(np.median(totals)))}
    return _fault("zero_filled", day, more)


def sure(totals: Sequence[float]) -> bool:
    """Whether a nought after these cannot be chance."""
    return min(totals) >= LEAST and float(np.median(totals)) >= MIDDLE


def _copied(panel: Panel, day: int, past: Sequence[Numbers]) -> Fault | None:
    """Equal to the day before in every number, where that never was so."""
    if day - 1 not in panel.now or not np.array_equal(panel.now[day], panel.now[day - 1], equal_nan=True):
        return None
    if np.count_nonzero(np.nan_to_num(panel.now[day])) < DIFFER:  # a short list stays as it is for days
        return None
    changes = [_differ(one, next_) for one, next_ in pairwise(past[-FORTNIGHT:])]
    if len(changes) < 5 or min(changes) < DIFFER_LEAST or np.median(changes) < DIFFER:
        return None
    entries = int((~np.isnan(panel.now[day])).sum())
    return _fault("copied_day", day, {"entries": entries, "median": round(float(np.median(changes)))})


def _differ(one: Numbers, other: Numbers) -> int:
    return int((np.nan_to_num(one, nan=-1) != np.nan_to_num(other, nan=-1)).sum())


def _incomplete(panel: Panel, day: int, past: Sequence[Numbers]) -> Fault | None:
    """Areas that told something on each day of the week before, and now nothing (or nought, where chance is out)."""
    steady = [at for at, count in enumerate(panel.counts) if count not in CLUSTERED]
    silent = silent_units(panel.now[day][steady], [one[steady] for one in past])
    if not silent.any():
        return None
    units = tuple(panel.units[at] for at in np.flatnonzero(silent[:-1]).tolist())
    return _fault("incomplete", day, {"n": len(units)}, units) if units else None


def silent_units(now: Numbers, past: Sequence[Numbers]) -> NDArray[np.bool_]:
    """Which units fell silent."""
    week = np.stack([np.nansum(one, axis=0) for one in past[-WEEK:]])
    told = np.stack([~np.isnan(one).all(axis=0) for one in past[-WEEK:]]).all(axis=0)
    mute = told & np.isnan(now).all(axis=0)
    sure_ = (week.min(axis=0) >= LEAST) & (np.median(week, axis=0) >= MIDDLE)
    found: NDArray[np.bool_] = mute | (told & sure_ & (np.nansum(now, axis=0) == 0))
    return found if len(past) >= WEEK else np.zeros_like(found)


def _jump(panel: Panel, day: int, past: Sequence[Numbers], rule: Guard) -> Fault | None:
    """A number beyond reason: of the city, else of single areas."""
    past = past[-FORTNIGHT:]
    for counts in _groups(panel):
        factor = rule.jump * max(WORK.get(panel.counts[count], 1.0) for count in counts)
        value = float(np.nansum(panel.now[day][counts]))
        totals = [float(np.nansum(one[counts])) for one in past]
        peak, begun = max(totals), sum(total > 0 for total in totals) >= BEGUN_DAYS
        limit = max(within(peak, factor, rule.jump), 0 if begun else BEGIN)
        if value > limit:
            return _fault("jump", day, _jumped(panel, counts, value, peak, limit))
        fault = _jump_of_units(panel, day, past, counts, factor)
        if fault is not None:
            return fault
    return None


def _jump_of_units(panel: Panel, day: int, past: Sequence[Numbers], counts: list[int], factor: float) -> Fault | None:
    now = np.nansum(panel.now[day][counts], axis=0)
    peak = np.stack([np.nansum(one[counts], axis=0) for one in past]).max(axis=0)
    limit = LIVELY * factor * peak + ROOTS * np.sqrt(peak + 1) + LIVELY_SLACK
    over = np.flatnonzero(now[:-1] > limit[:-1])
    if not over.size:
        return None
    worst = int(over[np.argmax(now[over] - limit[over])])
    more = _jumped(panel, counts, float(now[worst]), float(peak[worst]), float(limit[worst]))
    return _fault("jump", day, more, tuple(panel.units[at] for at in over.tolist()))


def within(peak: float, factor: float, usual: float) -> float:
    """The highest number that is within reason after a highest of ``peak``; what is livelier than the ``usual`` factor
    says is so where it is small, too."""
    return factor * peak + factor / usual * (ROOTS * math.sqrt(peak + 1) + SLACK_NEW)


def _jumped(panel: Panel, counts: list[int], value: float, peak: float, limit: float) -> dict[str, object]:
    numbers = {"value": round(value), "peak": round(peak), "limit": math.ceil(limit)}
    return {"count": panel.names(counts[0]) if len(counts) == 1 else ["合计", "all together"], **numbers}


def _groups(panel: Panel) -> Iterator[list[int]]:
    """Counts that are judged together: every flow alone; stocks all together, for people pass from one to another."""
    yield from ([count] for count in range(len(panel.counts)) if count not in panel.stocks)
    if panel.stocks:
        yield sorted(panel.stocks)


def _revision(panel: Panel, day: int, rule: Guard) -> Fault | None:
    """A day told before that is now told beyond reason otherwise."""
    for counts in _groups(panel):
        before, now = (float(np.nansum(told[day][counts])) for told in (panel.before, panel.now))
        work = max(WORK.get(panel.counts[count], 1.0) for count in counts)
        limit = rule.revision * work * before + ROOTS * math.sqrt(before + 1) + SLACK
        if abs(now - before) > limit:
            names = panel.names(counts[0]) if len(counts) == 1 else ["合计", "all together"]
            more = {"count": names, "before": round(before), "value": round(now), "limit": math.ceil(limit)}
            return _fault("revision", day, more)
    return None


def gaps(panel: Panel, *, tells_nought: bool) -> list[Fault]:
    """Days without data between days that have some, of a source that told every day before."""
    found = []
    for at in range(WEEK, len(panel.days)):
        last, next_ = panel.days[at - 1], panel.days[at]
        week = panel.days[at - WEEK - 1 if at > WEEK else 0 : at]
        news = next_ in panel.fresh and next_ not in panel.before
        if next_ - last < 2 or not news or week[-1] - week[0] != len(week) - 1:
            continue
        totals = [float(np.nansum(panel.now[day])) for day in week]
        if tells_nought or sure(totals) or (panel.stocks and min(*totals, np.nansum(panel.now[next_])) >= 3):
            found.append(Fault("missing_day", to_day(last + 1), to_day(next_ - 1), more={"n": next_ - last - 1}))
    return found


def _fault(id_: str, day: int, more: Mapping[str, object], units: tuple[str, ...] = ()) -> Fault:
    return Fault(id_, to_day(day), to_day(day), units, more)
