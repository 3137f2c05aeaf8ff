"""The after-action review against an oracle that walks the days and leaves one by one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from dashboard.queries import Desk, Viewer, ZoneDesk, day_range
from dashboard.queries.review import hindsight, phase
from dashboard.reports import writing
from dashboard.reports.build import build
from dashboard.reports.model import Order, Paragraph, Table, sections_of
from dashboard.reports.sections.review import MOST, phases
from data.slabs import MISSING
from data.words import Lang
from grid.cube import Cube
from tests import outbreak
from tests.tiny import DAYS, Knobs, Person, Town

VIEWER = Viewer("zh")
FIRST, LAST = dt.date(2026, 4, 7), dt.date(2026, 4, 13)


def test_person_days_and_zones_are_sums_over_the_days(town: Desk) -> None:
    found = phase(town, VIEWER, "990101", FIRST, LAST)
    locked = [
        town.ask(VIEWER, "zone_lockdown_people", area="990101", days=[day])[0].value for day in day_range(FIRST, LAST)
    ]
    assert found.lockdown == sum(one or 0.0 for one in locked)
    view = town.cube.at()
    inside = range(view.areas.row_of["990101"], int(view.areas.last[view.areas.row_of["990101"]]))
    drawn = [zone for zone in view.zones.zones if FIRST <= zone.start <= LAST and view.row(zone.area) in inside]
    assert found.zones == len(drawn) > 0


def test_what_was_caught_is_what_lay_inside_zones_that_stood_before(town: Desk) -> None:
    view, book = town.cube.at(), town.beside(ZoneDesk).book(town.cube.at())
    caught = found = 0.0
    for day in day_range(FIRST, LAST):
        for name, sign in (("cases", 1), ("asymptomatic", 1), ("reclassified", -1)):
            vector = view.vectors(name, [day])[0]
            if vector is None:
                continue
            for leaf in np.flatnonzero((vector != MISSING) & (vector != 0)):
                shares = [
                    one.share[one.leaf == leaf].sum()
                    for one in book.stretches
                    if one.holds(day) and (one.since or one.start) < day and not one.vague
                ]
                caught += sign * float(vector[leaf]) * min(1.0, float(sum(shares)))
                found += sign * float(vector[leaf])
    told = phase(town, VIEWER, "city", FIRST, LAST)
    assert told.found == found > 0
    assert told.caught == pytest.approx(caught)
    assert told.share == pytest.approx(caught / found)
    assert told.per_case == pytest.approx(((told.lockdown or 0) + (told.control or 0)) / caught)


def test_what_came_later_is_not_known_then(tmp_path: Path) -> None:
    made = Town(tmp_path, f"sqlite:///{tmp_path / 'town.db'}", Knobs(sources=("population", "cases"), people=40))
    made.build()
    desk = Desk(Cube(made.store, made.city))
    then = made.store.load(made.store.version()).known
    before = desk.ask(VIEWER, "positives", days=DAYS[:6], total=True)[0].value
    outbreak.deliver(made, [Person(f"late{n}", DAYS[5], "case", "990101001", 110.005, 30.01) for n in range(7)])
    desk = Desk(Cube(made.store, made.city))
    told = hindsight(desk, VIEWER, "990000", DAYS[0], DAYS[5], then)["990000"]
    now = desk.ask(VIEWER, "positives", days=DAYS[:6], total=True)[0].value
    assert (told.then, told.now) == (before, now)
    assert told.late == (now or 0) - (before or 0) != 0
    below = hindsight(desk, VIEWER, "990000", DAYS[0], DAYS[5], then, level="district")
    assert sum(one.late or 0 for one in below.values()) <= 7
    never = hindsight(desk, VIEWER, "990000", DAYS[0], DAYS[5], then - dt.timedelta(days=999))["990000"]
    assert (never.then, never.now, never.late) == (None, now, None)


def test_what_nobody_reports_is_not_told_as_nothing_done(tmp_path: Path) -> None:
    made = Town(tmp_path, f"sqlite:///{tmp_path / 'town.db'}", Knobs(sources=("population", "cases"), people=40))
    made.build()
    desk = Desk(Cube(made.store, made.city))
    found = phase(desk, VIEWER, "city", DAYS[0], DAYS[5])
    assert (found.zones, found.orders, found.caught) == (None, None, None)
    expected: dict[Lang, str] = {"zh": "新划区域未报，新通告未报。", "en": "zones drawn: not reported"}
    for lang, said in expected.items():
        report = build(desk, VIEWER, Order("review", day=DAYS[5], lang=lang))
        lines = [
            writing.line(block.runs, lang)
            for _, one in sections_of(report)
            for block in one.blocks
            if isinstance(block, Paragraph)
        ]
        assert any(said in line for line in lines)


class _Ordered:
    """A context as far as phases ask one."""

    def __init__(self, first: dt.date | None, day: dt.date) -> None:
        self.order, self.day = Order("review", first=first), day


@pytest.mark.parametrize("length", [1, 6, 7, 8, 28, 29, 56, 57, 100, 365])
def test_phases_cover_every_day_once(length: int) -> None:
    day = dt.date(2026, 4, 20)
    first = day - dt.timedelta(days=length - 1)
    spans = phases(_Ordered(first, day))  # type: ignore[arg-type]
    assert [one for a, b in spans for one in day_range(a, b)] == day_range(first, day)
    assert len(spans) <= MOST


def test_a_review_from_a_first_day_replays_it_phase_by_phase(town: Desk) -> None:
    report = build(town, VIEWER, Order("review", day=LAST, first=dt.date(2026, 3, 30)))
    ids = [one.id for _, one in sections_of(report)]
    assert [id for id in ids if id.startswith("review.phase")] == ["review.phase1", "review.phase2", "review.phase3"]
    (table,) = [
        block
        for _, one in sections_of(report)
        for block in one.blocks
        if isinstance(block, Table) and block.id == "phases"
    ]
    assert len(table.rows) == 3
