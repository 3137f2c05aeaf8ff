"""What is no longer kept goes, by whole months and under a certificate; what is kept answers as ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update

from dashboard.commands.purge import overdue, reach
from data import parts, tables
from data.access.audit import Log
from data.access.book import Access
from data.access.certificates import genuine
from data.access.proof import verify_log
from data.chain import Proof, verify
from data.chain.rows import delivered
from data.errors import BadQuestion, SettingsError
from data.flows import LAYOUTS, FlowDay
from data.purge import Wanted, begin, carry_out, holds_nothing, plan
from data.purged import PAST
from data.retention import asked_from, kept_from, plan_days, take_away
from data.settings import make_home, read_home
from data.store import Store
from grid.build import build
from grid.cube import Cube
from grid.measures import MEASURES
from tests import stated, tiny
from tests.tiny import Knobs, Town

Day = dt.date
MARCH, APRIL = Day(2022, 3, 1), Day(2022, 4, 1)
#: Some days before April, some after, and one of a census.
DAYS = [Day(2022, 2, 27), Day(2022, 3, 6), Day(2022, 3, 26), Day(2022, 3, 31), Day(2022, 4, 2)]
OLD = Day(2010, 11, 1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store.create(database_url)
    yield made
    made.close()


def load(store: Store, *told: tuple[str, Day], known: dt.datetime | None = None) -> int:
    number = store.version() + 1
    with store.loading(source="a", kind="cases", file="x", sha256=str(number), known=known) as made:
        made.slabs(1, [(count, day, np.full(3, number, np.int32)) for count, day in told])
        days = sorted(day for _, day in told)
        made.close(first_day=days[0], last_day=days[-1])
        made.unplaced([("1", "why", "text", 1)])
    return number


def slabs(store: Store) -> list[tuple[str, Day, int]]:
    """(count, day, load) of every slab that there is."""
    table = tables.slab
    rows = store._all(select(table.c.count.label("count_"), table.c.day, table.c.load))
    return sorted((row.count_, row.day, row.load) for row in rows)


def test_days_go_but_those_that_later_ones_stand_on(store: Store) -> None:
    kinds = {"cases": 0, "code_green": 7, "population": 10**6}
    for _ in range(2):  # all of it told twice: every version of what is needed stays
        load(store, *((count, day) for count in kinds for day in [OLD, *DAYS]))
    before = slabs(store)
    made = plan_days(store, APRIL.replace(day=17), None, reach)
    assert made is not None
    take_away(store, made, 1, "key")
    expected = [key for key in before if key[1] >= APRIL or (APRIL - key[1]).days <= kinds[key[0]]]
    assert slabs(store) == expected
    assert made["rows"]["slab"] == len(before) - len(expected)
    assert {key[:2] for key in expected} == {
        *(("population", day) for day in [OLD, *DAYS]), ("cases", DAYS[4]),
        *(("code_green", day) for day in DAYS[2:]),
    }  # fmt: skip
    assert (kept_from(store), asked_from(store), store.version()) == (APRIL, 0, 3)
    assert plan_days(store, APRIL, None, reach) is None
    take_away(store, made, 1, "key")  # killed before it was written down that it is done
    assert store.version() == 3


def test_in_postgresql_the_parts_go(store: Store) -> None:
    load(store, *(("cases", day) for day in DAYS))
    made = plan_days(store, APRIL, None, reach)
    assert made is not None
    take_away(store, made, 1, "key")
    with store.snapshot() as connection:
        assert not parts.divided(connection, "slab") or parts.months(connection, "slab") == [APRIL]


def test_what_comes_after_the_plan_stays(store: Store) -> None:
    load(store, ("cases", DAYS[0]))
    made = plan_days(store, APRIL, None, reach)
    late = load(store, ("cases", DAYS[0]))
    assert made is not None
    take_away(store, made, 1, "key")
    assert slabs(store) == [("cases", DAYS[0], late)]


def test_rows_returned_and_statements_go_with_the_loads_that_say_nothing_any_more(store: Store) -> None:
    load(store, ("cases", DAYS[0]))
    load(store, ("cases", DAYS[0]), ("cases", DAYS[4]))
    assert [row[-1] for row in store.unplaced(9)] == [2]
    made = plan_days(store, APRIL, None, reach)
    assert made is not None
    take_away(store, made, 1, "key")
    assert [row[-1] for row in store.unplaced(9)] == [1]
    assert len(store.loads()) == 3  # that they came is still known


def test_what_was_replaced_goes_and_later_moments_are_answered_as_ever(store: Store) -> None:
    moments = [dt.datetime(2022, 5, day) for day in (1, 2, 3, 4)]
    for moment in moments:
        load(store, ("cases", DAYS[0]), ("code_green", DAYS[4]), known=moment)
    load(store, ("cases", DAYS[1]), known=moments[1])  # known no earlier than the one before
    said = {v: [s.vector.tolist() for s in store.slabs(["cases"], DAYS[0], DAYS[4], v)] for v in (3, 4, 5)}
    made = plan_days(store, None, moments[2], reach)
    assert made is not None
    take_away(store, made, 1, "key")
    assert slabs(store) == [
        ("cases", DAYS[0], 3), ("cases", DAYS[0], 4), ("cases", DAYS[1], 5),
        *(("code_green", DAYS[4], number) for number in (1, 2, 3, 4)),  # the chain may close colours
    ]  # fmt: skip
    assert said == {v: [s.vector.tolist() for s in store.slabs(["cases"], DAYS[0], DAYS[4], v)] for v in (3, 4, 5)}
    assert (kept_from(store), asked_from(store)) == (None, 3)


def test_the_last_table_of_a_day_stands(store: Store) -> None:
    kind = next(iter(LAYOUTS))
    with store.loading(source="a", kind=kind, file="x", sha256="0") as made:
        for day in (DAYS[0], DAYS[1]):
            made.flow_day(FlowDay(kind, "a", day, (), np.zeros(1, LAYOUTS[kind][0])))
    found = plan_days(store, APRIL, None, reach)
    assert found is not None
    take_away(store, found, 1, "key")
    assert store.told_days(kind, 9) == [DAYS[1]]


# a home with a chain ----------------------------------------------------------------------------------


class Office:
    """A home with three ledgers of assignments, of March, April and both, and a feed of cases."""

    def __init__(self, folder: Path, url: str) -> None:
        self.home = folder / "home"
        self.town = Town(folder / "city", url, Knobs(sources=("cases", "population")))
        for n, days in enumerate(([DAYS[1]], [DAYS[1], DAYS[4]], [DAYS[4]])):
            self.town.add(f"a{n}", "assignments", "", f"a{n}.csv")
            rows = [(day, f"p{k}", "红码", MARCH, tiny.cells()[k % 9], f"e{k}", "henan-2", "密接")
                    for day in days for k in range(8)]  # fmt: skip
            heading = ["日期", "假名", "码色", "赋码日期", "h3", "依据编号", "规则", "身份"]
            tiny.write_csv(self.town.path.parent / f"a{n}.csv", heading, rows)
        settings = make_home(self.home, self.town.path, url)
        built = build(self.town.store, self.town.city, settings.secret)
        assert [outcome.error for outcome in built.outcomes if outcome.error] == []
        self.secret, self.log = settings.secret, Log(Access.beside(url, self.home))

    def retain(self, **wanted: Any) -> dict[str, Any]:
        made = plan(self.town.store, self.log, self.home, self.town.city, Wanted(**wanted), reach=reach)
        one = begin(self.log, made, "cli:x")
        carry_out(self.home, self.town.store, self.log, one, self.secret)
        carry_out(self.home, self.town.store, self.log, one, self.secret)
        from data.access.certificates import certificates

        said = certificates(self.log)[-1].said
        assert said is not None
        return dict(said)

    def verify(self) -> Proof:
        return verify(self.town.store, delivered(self.town.store, self.town.city), self.secret)

    def change(self, table: Any, load: int, **values: Any) -> None:
        with self.town.store.writing() as connection:
            key = table.c.id if table is tables.load else table.c.load
            connection.execute(update(table).where(key == load).values(**values))

    def answers(self, day: Day) -> dict[str, list[Any]]:
        view = Cube(self.town.store, self.town.city).at()
        return {count: view.sums(count, [day]).total.tolist() for count in view.stated_days}


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, database_url)
    yield made
    made.log.access.close()
    made.town.store.close()


def test_the_chain_holds_over_days_that_are_no_longer_kept(office: Office) -> None:
    before = office.verify()
    assert (before.breaks, before.heads, before.purged) == ([], 3, [])
    was = office.answers(DAYS[4])
    said = office.retain(days_before=APRIL)
    assert genuine(said, office.secret)
    assert (said["days"]["before"], said["days"]["rows"]["code_day"]) == ("2022-04-01", 2)
    proof = office.verify()
    assert (proof.breaks, proof.heads, proof.head) == ([], 3, before.head)
    assert [(one.days, one.certificate) for one in proof.purged] == [(1, 1), (1, 1)]
    assert "已过保存期" in proof.purged[0].say("zh")
    assert "no longer kept" in proof.purged[0].say("en")
    assert verify_log(office.log).breaks == ()
    assert {day for day, _, _ in office.town.store.code_days(99)} == {DAYS[4]}
    now = office.answers(DAYS[4])
    assert {count: was[count] for count in now} == now
    assert set(was) - set(now) <= {count for count in was if reach(count) == 0}
    again = Wanted(days_before=APRIL)
    assert holds_nothing(plan(office.town.store, office.log, office.home, office.town.city, again, reach=reach))


def test_a_second_retention_goes_on_from_the_first(office: Office) -> None:
    office.retain(days_before=APRIL)
    office.retain(days_before=Day(2022, 5, 1))
    proof = office.verify()
    assert (proof.breaks, sorted(one.days for one in proof.purged)) == ([], [1, 1, 2])
    assert office.town.store.code_days(99) == []


def test_nothing_else_goes_under_the_name_of_a_retention(office: Office) -> None:
    office.retain(days_before=APRIL)
    number = office.verify().purged[0].load
    notes = office.town.store.load(number).notes
    for forged in ({**notes[PAST], "days": 0}, {**notes[PAST], "certificate": 2}, {**notes[PAST], "held": None}):
        office.change(tables.load, number, notes={**notes, PAST: forged})
        assert [(one.what, one.load) for one in office.verify().breaks] == [("days", number)]
    office.change(tables.load, number, notes=notes)
    assert office.verify().breaks == []


def test_what_was_altered_before_is_not_made_whole_by_it(office: Office) -> None:
    number = next(load.id for load in office.town.store.loads() if load.source == "a0")
    office.change(tables.code_day, number, combinations=b"")
    assert [one.load for one in office.verify().breaks] == [number]
    office.retain(days_before=APRIL)
    assert [one.load for one in office.verify().breaks] == [number]


def test_a_moment_whose_versions_are_gone_is_not_asked(office: Office) -> None:
    then = office.town.store.loads()[-1].known
    again = office.town.path.parent / "in/cases.csv"
    again.write_bytes(again.read_bytes() + b"\n")
    office.town.build()
    later = office.town.store.loads()[-1].known
    Cube(office.town.store, office.town.city).at(then)
    office.retain(revisions_before=later.date() + dt.timedelta(days=2))
    assert asked_from(office.town.store) > 0
    with pytest.raises(BadQuestion, match="no longer kept"):
        Cube(office.town.store, office.town.city).at(then)
    Cube(office.town.store, office.town.city).at()


def test_rows_that_come_late_of_days_that_are_gone_are_set_aside(office: Office) -> None:
    day = min(day for day, _ in Cube(office.town.store, office.town.city).at().stated_days["cases"])
    office.retain(days_before=Day(2022, 4, 1))
    assert "cases" not in stated.days(office.town.store, 99)
    file = office.town.path.parent / "in/cases.csv"
    file.write_bytes(file.read_bytes() + b"\n")
    taken = office.town.build().outcomes
    assert [(one.taken, one.error) for one in taken] == [(0, None)]
    assert taken[0].aside > 0
    assert "cases" not in stated.days(office.town.store, 99)
    assert day < APRIL


# what the settings say ---------------------------------------------------------------------------------


def test_the_settings_say_what_is_overdue(tiny_home: Path, tmp_path: Path) -> None:
    settings = make_home(tmp_path, read_home(tiny_home).city)
    today = Day(2026, 11, 23)
    assert overdue(settings, today) == Wanted()
    kept = settings.model_copy(update={"keep_days": 730, "keep_log": 183, "keep_tickets": 30})
    assert overdue(kept, today) == Wanted(
        days_before=Day(2024, 11, 23), log_before=Day(2026, 5, 24), tickets_before=Day(2026, 10, 24)
    )


@pytest.mark.parametrize(("name", "days"), [("keep_log", 182), ("keep_days", 91), ("keep_events", -1)])
def test_settings_that_keep_too_little_are_refused(tiny_home: Path, tmp_path: Path, name: str, days: int) -> None:
    make_home(tmp_path, read_home(tiny_home).city)
    file = tmp_path / "settings.toml"
    file.write_text(f"{file.read_text('utf-8')}{name} = {days}\n", "utf-8")
    with pytest.raises(SettingsError, match=name):
        read_home(tmp_path)


def test_every_count_has_a_reach() -> None:
    assert all(reach(count) >= 0 for measure in MEASURES.values() for count in measure.counts)
