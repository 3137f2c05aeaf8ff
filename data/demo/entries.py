"""Key persons who enter the simulated city in its last days, and how its districts learn of them and act.

Not a delivery: events have a clock, so they are played into the book of events as they would have happened. Most
districts fetch their list every hour or two; one has nobody at night, and one lost its connection for an afternoon.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.demo.terrain import rng
from data.events import Events, intake, work
from data.events.arrivals import fetched, span
from data.events.owner import Tree
from data.events.report import Report
from data.events.rows import Change

DAYS = 4
FEWEST, MOST, SHARE = 45, 120, 1 / 25_000  # a day: of the people of the city, within what a demo should take to play
GATES = ("高铁站", "长途汽车站", "客运码头", "北环高速卡口", "东港高速卡口")
ORIGINS = ("中高风险地区", "外省", "省内他市", "境外")
AGAIN = 0.1  # scanned a second time on the way in: folded
NIGHT = (15, 23)  # 23:00 to 07:00 on the city's clocks, in UTC
SILENT = 7  # hours before the end since which another district has fetched nothing
OUTAGE = (4, 10)  # UTC hours of the third day without a connection
BEST, WORST = 20.0, 75.0  # minutes between two fetches of a district: the quickest and the slowest
HANDLED = 0.5  # of those who were pushed: accepted, visited, fed back and closed


@dataclass(frozen=True)
class _Entry:
    at: dt.datetime
    report: Report
    district: int


def play(events: Events, tree: Tree, communities: Sequence[str], people: int, end: dt.datetime, seed: int) -> None:
    """Everything up to ``end`` (UTC). ``communities``: codes; nothing where somebody entered already."""
    if span(events) is not None:
        return
    random = rng(seed, "entries")
    districts = sorted({tree.chain(code)[-2][1] for code in communities})
    entered = _entries(random, tree, communities, districts, people, end)
    for entry, again in zip(entered, random.random(len(entered)) < AGAIN, strict=True):
        (taken,) = intake.take(events, [entry.report], tree, entry.at)
        if again:
            twice = replace(entry.report, key=f"{entry.report.key}-2", happened=entry.at)
            intake.take(events, [twice], tree, entry.at + dt.timedelta(minutes=2))
        assert taken.event is not None
        _follow(events, taken.event, entry, districts, random, end)


def _entries(
    random: np.random.Generator, tree: Tree, communities: Sequence[str], districts: Sequence[str], people: int,
    end: dt.datetime,
) -> list[_Entry]:  # fmt: skip
    """In order of entry, the more the busier the hour."""
    number = int(DAYS * min(max(FEWEST, people * SHARE), MOST))
    made = []
    for minute in np.sort(random.triangular(0, DAYS * 1440, DAYS * 1440, number)).tolist():
        area = communities[int(random.integers(len(communities)))]
        entered = end - dt.timedelta(minutes=DAYS * 1440 - minute)
        report = Report(
            "checkpoint", f"demo-{_word(random)}", "arrival", area, subject=f"K{_word(random)}",
            place=GATES[int(random.integers(len(GATES)))], happened=entered,
            more={"from": ORIGINS[int(random.integers(len(ORIGINS)))]},
        )  # fmt: skip
        late = dt.timedelta(minutes=float(random.exponential(2)))
        made.append(_Entry(min(entered + late, end), report, districts.index(tree.chain(area)[-2][1])))
    return sorted(made, key=lambda one: one.at)


def _word(random: np.random.Generator) -> str:
    """Ten hexadecimal digits: what a pseudonym looks like."""
    return f"{int(random.integers(16**10)):010x}"


def _follow(
    events: Events, event: int, entry: _Entry, districts: Sequence[str], random: np.random.Generator, end: dt.datetime
) -> None:
    """The district fetches it, and acts."""
    slow = entry.district / max(1, len(districts) - 1)
    wait = float(random.gamma(2, BEST + (WORST - BEST) * slow) / 2)
    pushed = _open_again(entry.at + dt.timedelta(minutes=wait), entry.district, len(districts), end)
    if pushed > end:
        return
    fetched(events, [event], districts[entry.district], pushed)
    if random.random() < HANDLED:
        for step, at in _steps(pushed, random):
            if at <= end:
                key = f"{event}-{at:%d%H%M%S%f}"
                step(events, event, by=f"demo-{entry.district}", role="official", key=key, now=at)


def _open_again(at: dt.datetime, district: int, districts: int, end: dt.datetime) -> dt.datetime:
    """When a fetch that falls into a district's closed hours is made up for."""
    if district == districts - 1 and (at.hour >= NIGHT[0] and at.hour < NIGHT[1]):
        return at.replace(hour=NIGHT[1], minute=at.minute // 4)
    if district == min(2, districts - 1) and at > end - dt.timedelta(hours=SILENT):
        return end + dt.timedelta(hours=1)
    outage = (end - dt.timedelta(days=2)).date()
    if district == min(1, districts - 1) and at.date() == outage and OUTAGE[0] <= at.hour < OUTAGE[1]:
        return at.replace(hour=OUTAGE[1], minute=at.minute // 3)
    return at


def _steps(pushed: dt.datetime, random: np.random.Generator) -> Iterator[tuple[Callable[..., Change], dt.datetime]]:
    """Accepted, visited, fed back, closed: each some time after the one before."""
    at = pushed
    for step, minutes in ((work.accept, 10), (work.act, 180), (work.feed_back, 60), (work.close, 120)):
        at += dt.timedelta(minutes=1 + float(random.exponential(minutes)))
        yield step, at
