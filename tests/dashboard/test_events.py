"""The desk of events: what each viewer is told and may do, held against the book itself and against a plain count."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.queries import Desk, Viewer
from dashboard.queries.event_clock import EventClock
from dashboard.queries.event_counts import counted
from dashboard.queries.events import OPEN, PERSONS, EventDesk
from dashboard.queries.hidden import hidden
from data.access import Access
from data.access.audit import Log, Sought
from data.access.roles import MAY
from data.errors import AreaNotFound, BadQuestion, EventNotFound, EventStateError, Forbidden, OneScreenError
from data.events import Events, clock, read
from data.events.report import Report
from data.terms import EVENTS
from grid.cube import Cube
from tests import tiny

CITY, EAST, WEST = tiny.CITY, "990101", "990102"
RIVER, WILLOW = "990101001", "990102002"
SOUTH = "990101001001"


def viewer(scope: str | None = None, role: str = "official", user: str = "li") -> Viewer:
    """Somebody of a role in an area."""
    return Viewer("zh", scope, MAY[role], user, role)


def report(key: str, area: str = RIVER, klass: str = "gate_hit", **more: object) -> Report:
    """What a gate says."""
    return replace(Report("gate", key, klass, area, subject=f"p-{key}"), **more)  # type: ignore[arg-type]


@pytest.fixture
def desk(tiny_cube: Cube, tmp_path: Path) -> Iterator[Desk]:
    """The small city's desk with a log and an empty book."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    access, events = Access.beside(url, tmp_path), Events.beside(url, tmp_path, tiny_cube.city)
    made = Desk(tiny_cube, Log(access))
    made.events = events
    yield made
    access.close()
    events.close()


@pytest.fixture
def events(desk: Desk) -> EventDesk:
    """Its desk of events."""
    return desk.beside(EventDesk)


def lines(desk: Desk) -> list[tuple[str, str, int | None]]:
    """(action, area, people) of the log, oldest first."""
    assert desk.log is not None
    return [(one.action, one.area, one.people) for one in desk.log.search(Sought(), limit=100)[0]][::-1]


def test_a_report_is_taken_once_and_found_in_its_area(events: EventDesk) -> None:
    took = events.take(viewer(), [report("1"), report("2", WILLOW), report("1")])
    assert [one.outcome for one in took] == ["new", "new", "repeated"]
    assert took[0].event == took[2].event
    by_scope = {scope: [line.id for line in events.queue(viewer(scope))] for scope in (None, EAST, RIVER, WEST)}
    assert by_scope == {
        None: [took[0].event, took[1].event],
        EAST: [took[0].event],
        RIVER: [took[0].event],
        WEST: [took[1].event],
    }
    (line,) = events.queue(viewer(RIVER))
    assert (line.area.code, line.area.level, line.owner.code, line.state) == (RIVER, "street", RIVER, "open")
    assert line.where == ""
    assert events.queue(viewer())[0].where == "东江区"


def test_whoever_sees_neither_area_nor_owner_is_told_of_no_event(events: EventDesk) -> None:
    id = events.take(viewer(), [report("1")])[0].event or 0
    for ask in (
        lambda who: events.event(who, id), lambda who: events.step(who, id, "accept", "k"), lambda who: events.units(who, id),
        lambda who: events.evidence(who, id, "0" * 64), lambda who: events.keep_evidence(who, id, b"\xff\xd8\xff"),
    ):  # fmt: skip
        with pytest.raises(EventNotFound) as told:
            ask(viewer(WEST))
        assert told.value.say("zh") == EventNotFound(event=id).say("zh")
    events.step(viewer(), id, "hand_over", "k", to=WEST)
    assert events.event(viewer(WEST), id).line.owner.code == WEST
    assert events.event(viewer(RIVER), id).line.area.code == RIVER


@pytest.mark.parametrize("role", sorted(MAY))
def test_rights(events: EventDesk, role: str) -> None:
    id = events.take(viewer(), [report("1")])[0].event or 0
    asked: dict[str, Callable[[Viewer], object]] = {
        "events": lambda who: events.event(who, id), "sense": lambda who: events.take(who, [report("2")]),
        "act": lambda who: events.step(who, id, "comment", "k", "seen"),
    }  # fmt: skip
    for right, ask in asked.items():
        if right in MAY[role]:
            ask(viewer(role=role))
        else:
            with pytest.raises(Forbidden):
                ask(viewer(role=role))


def test_an_area_outside_is_none_and_the_others_are_kept(events: EventDesk) -> None:
    took = events.take(viewer(EAST, "reporter"), [report("1", WILLOW), report("2", "江口街道"), report("3", "nowhere")])
    assert [one.outcome for one in took] == ["refused", "new", "refused"]
    assert all(isinstance(one.error, AreaNotFound) for one in (took[0], took[2]))
    assert [line.area.code for line in events.queue(viewer())] == [RIVER]
    sent = [replace(report("2"), area=WILLOW, subject=subject) for subject in (report("2").subject, "somebody else")]
    again = events.take(viewer(WEST, "reporter"), sent)
    assert [(one.outcome, one.event) for one in again] == [("refused", None)] * 2, "a key of elsewhere tells no number"
    assert len({one.error.say("zh") for one in again if one.error}) == 1, "nor whom somebody reported there"


def test_a_cell_finds_its_street(events: EventDesk) -> None:
    leaves = events.desk.cube.at().leaves
    areas = events.desk.cube.at().areas
    at = next(cell for cell in range(len(leaves.cells)) if areas.level[leaves.area[leaves.home[cell]]] == "community")
    held = areas.code[leaves.area[leaves.home[at]]]
    events.take(viewer(), [report("1", "", cell=leaves.cells.id[at]), report("2", "city", cell=leaves.cells.id[at])])
    assert {line.area.code for line in events.queue(viewer())} == {held}
    outside = WEST if held.startswith(EAST) else EAST
    (refused,) = events.take(viewer(outside), [report("3", "", cell=leaves.cells.id[at])])
    assert isinstance(refused.error, AreaNotFound)


def test_a_cell_of_elsewhere_is_no_way_into_what_others_reported(events: EventDesk) -> None:
    """One matter is told by its cell: with one of another district a report would be put beside theirs, unseen."""
    view = events.desk.cube.at()
    leaves, areas = view.leaves, view.areas

    def cells_in(area: str) -> set[int]:
        first = areas.row_of[area]
        inside = (leaves.area >= first) & (leaves.area < areas.last[first]) & (leaves.cell >= 0)
        return set(leaves.cell[inside].tolist())

    cell, subject = leaves.cells.id[min(cells_in(WEST) - cells_in(EAST))], "p-known"
    (theirs,) = events.take(viewer(WEST, "reporter"), [report("1", "", cell=cell, subject=subject)])
    (refused,) = events.take(viewer(EAST, "reporter"), [report("2", RIVER, cell=cell, subject=subject)])
    assert (refused.outcome, refused.event) == ("refused", None)
    assert isinstance(refused.error, AreaNotFound)
    assert [(line.id, line.reports) for line in events.queue(viewer())] == [(theirs.event, 1)]
    (unknown,) = events.take(viewer(EAST, "reporter"), [report("3", RIVER, cell="their own grid")])
    assert unknown.outcome == "new"


def test_the_whole_life_of_one_event_is_written_down(events: EventDesk, desk: Desk) -> None:
    id = (
        events.take(viewer(), [report("1", klass="home_alarm"), report("2", klass="home_alarm", subject="p-1")])[
            0
        ].event
        or 0
    )
    worker, checker = viewer(RIVER, user="worker"), viewer(EAST, user="checker")
    assert "accept" in events.queue(worker)[0].may
    for step in ("accept", "act"):
        events.step(worker, id, step, f"k-{step}")
    again = events.step(worker, id, "act", "k-act")
    assert again.again
    assert again.state == "acting"
    events.step(worker, id, "feed_back", "k-back", "at home", evidence=["a form"])
    assert "close" not in events.queue(worker)[0].may
    with pytest.raises(EventStateError):
        events.step(worker, id, "close", "k-own")
    events.step(checker, id, "close", "k-close", satisfied=True)
    assert events.queue(checker) == []
    (closed,) = events.queue(checker, states=["closed"])
    full = events.event(checker, id)
    assert closed.id == id
    assert full.subject == "p-1"
    assert full.line.reports == 2
    assert [one.what for one in full.history] == ["opened", "accepted", "acting", "fed_back", "closed"]
    assert full.history[-1].satisfied is True
    assert full.history[3].evidence == ("a form",)
    steps = [("event_changed", RIVER, 1)] * 4  # what was sent twice is one
    assert lines(desk) == [("events_reported", CITY, None), *steps, ("event", RIVER, 1)]


def test_whoever_reports_is_noted_once_an_hour(events: EventDesk, desk: Desk) -> None:
    for n in range(3):
        events.take(viewer(EAST, "reporter", "gate"), [report(f"{n}")])
    events.take(viewer(role="reporter", user="hotline"), [report("4", WILLOW)])
    assert lines(desk) == [("events_reported", EAST, None), ("events_reported", CITY, None)]


def test_a_hand_over_whose_answer_was_lost_is_answered_again(events: EventDesk, desk: Desk) -> None:
    id = events.take(viewer(), [report("1", CITY, "stale_source")])[0].event or 0
    events.step(viewer(), id, "hand_over", "k-1", to=EAST)
    first = events.step(viewer(EAST), id, "hand_over", "k-2", to=CITY)
    with pytest.raises(EventNotFound):
        events.event(viewer(EAST), id)
    again = events.step(viewer(EAST), id, "hand_over", "k-2", to=CITY)
    assert (again.at, again.state, again.again) == (first.at, "open", True)
    assert events.again(viewer(EAST), id, "hand_over", "k-2") == again
    assert events.again(viewer(EAST, user="somebody"), id, "hand_over", "k-2") is None
    with pytest.raises(EventStateError):
        events.step(viewer(EAST), id, "accept", "k-2")
    assert lines(desk).count(("event_changed", CITY, None)) == 2


def test_what_was_done_without_a_network_is_told_with_both_moments(events: EventDesk) -> None:
    now, clock_ = dt.datetime(2022, 4, 13, 8), events.clock
    clock_.now = lambda: now  # type: ignore[method-assign]
    id = events.take(viewer(), [report("1")])[0].event or 0
    now += dt.timedelta(hours=3)
    events.step(viewer(), id, "accept", "k-1", done=now - dt.timedelta(hours=2))
    events.step(viewer(), id, "act", "k-2", done=now - dt.timedelta(days=9))
    events.step(viewer(), id, "comment", "k-3", done=now)
    _, accepted, acted, said = events.event(viewer(), id).history
    assert (accepted.at, accepted.done) == (now, now - dt.timedelta(hours=2))
    assert (accepted.came_later, accepted.disbelieved) == (True, False)
    assert (acted.done, acted.said, acted.came_later, acted.disbelieved) == (
        now,
        now - dt.timedelta(days=9),
        False,
        True,
    )
    assert (said.came_later, said.disbelieved) == (False, False)


def test_steps_that_cannot_be(events: EventDesk) -> None:
    id = events.take(viewer(), [report("1")])[0].event or 0
    with pytest.raises(BadQuestion):
        events.step(viewer(), id, "destroy", "k")
    with pytest.raises(BadQuestion):
        events.step(viewer(), id, "accept", "")
    with pytest.raises(AreaNotFound):
        events.step(viewer(EAST), id, "hand_over", "k", to=WILLOW)
    events.step(viewer(RIVER), id, "hand_over", "k", to=EAST)
    assert [unit.code for unit in events.units(viewer(RIVER), id)] == [CITY, RIVER]
    with pytest.raises(BadQuestion):
        events.queue(viewer(), states=["lost"])
    with pytest.raises(BadQuestion):
        events.queue(viewer(), klass="earthquake")


def test_without_a_book_there_are_no_events(tiny_cube: Cube) -> None:
    events = Desk(tiny_cube).beside(EventDesk)
    assert events.queue(viewer()) == []
    assert events.counts(viewer()).all.open == 0
    assert events.stamp() == ""
    with pytest.raises(EventNotFound):
        events.event(viewer(), 1)
    with pytest.raises(BadQuestion):
        events.take(viewer(), [report("1")])


def test_loops_are_of_the_citys_days_and_of_the_scope(events: EventDesk) -> None:
    events.take(viewer(), [report("1"), report("2", WILLOW)])
    today = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    assert len(events.loops(viewer(), "city", today, today)) == 2
    assert [loop.event.area for loop in events.loops(viewer(EAST), "city", today, today)] == [RIVER]
    assert events.loops(viewer(), "city", today - dt.timedelta(days=9), today - dt.timedelta(days=1)) == []


AREAS = [EAST, WEST, *tiny.STREETS, *tiny.COMMUNITIES]
RUNS = st.lists(st.tuples(st.sampled_from(AREAS), st.sampled_from(list(EVENTS)), st.integers(0, 4)), max_size=25)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=RUNS, scope=st.sampled_from([None, *AREAS]), hours=st.integers(0, 60))
def test_lists_and_numbers_are_those_of_the_book(
    tiny_cube: Cube,
    tmp_path_factory: pytest.TempPathFactory,
    runs: list[tuple[str, str, int]],
    scope: str | None,
    hours: int,
) -> None:
    """Whatever was done: the list in memory is the book's own, and the numbers are those of the list."""
    folder = tmp_path_factory.mktemp("book")
    desk = Desk(tiny_cube)
    desk.events = Events.beside(f"sqlite:///{folder / 'x.db'}", folder, tiny_cube.city)
    events, who = desk.beside(EventDesk), viewer(scope)
    for n, (area, klass, steps) in enumerate(runs):
        id = events.take(viewer(), [report(str(n), area, klass, place=f"{n}")])[0].event or 0
        events.queue(who)  # so that it is caught up with in between
        for step in ("accept", "act", "feed_back", "close")[:steps]:
            try:
                user = "checker" if step == "close" else "worker"
                events.step(viewer(user=user), id, step, f"{n}-{step}", evidence=["x"])
            except EventStateError:  # folded into one that is further
                break
    clock.tick(desk.events, events.tree(), events.now() + dt.timedelta(hours=hours))
    codes = None if scope is None else [scope]
    book = read.queue(desk.events, codes, limit=1000)
    assert [line.id for line in events.queue(who)] == [one.id for one in book]
    told = events.counts(who)
    assert told.all.open == len(book) == events.count(who)
    assert {id: tally.open for id, tally in told.classes.items() if tally.open} == Counter(one.klass for one in book)
    assert {id: n for id, n in told.states.items() if n} == Counter(one.state for one in book)
    assert sum(tally.open for _, tally in told.below) <= told.all.open
    assert told.all.escalated == sum(one.escalations > 0 for one in book)
    desk.events.close()


@settings(max_examples=60)
@given(numbers=st.lists(st.integers(0, 12), min_size=len(EVENTS), max_size=len(EVENTS)), areas=st.integers(1, 5))
def test_small_numbers_of_persons_cannot_be_worked_out(tiny_cube: Cube, numbers: list[int], areas: int) -> None:
    """What is told never leaves one small number of events about persons as the only one that fits."""
    view, now = tiny_cube.at(), dt.datetime(2022, 3, 10)
    codes = [RIVER, WILLOW, "990102001", "990101002", "990102003"][:areas]
    made, id = [], 0
    for klass, number in zip(EVENTS, numbers, strict=True):
        for n in range(number):
            id += 1
            made.append(_standing(id, klass, codes[n % areas], now))
    whole = counted(view, 0, made, now)
    told = whole.hiding(PERSONS, 5)
    untold = [klass for klass in PERSONS if hidden(told.classes[klass].open)]
    assert untold == [klass for klass in PERSONS if 0 < whole.classes[klass].open < 5]
    if untold and not hidden(told.all.open):
        rest = told.all.open - sum(tally.open for klass, tally in told.classes.items() if klass not in untold)
        assert rest >= 5
        assert len(untold) > 1
    for code, tally in told.below.items():
        persons = sum(one.klass in PERSONS and one.area.startswith(code) for one in made)
        assert persons == 0 or persons >= 5, tally


def _standing(id: int, klass: str, area: str, now: dt.datetime) -> read.Standing:
    none = dict.fromkeys(("accepted", "acted", "fed_back", "closed", "satisfied", "due"))
    words = dict.fromkeys(("cell", "subject", "place", "missed", "actor"), "")
    numbers = dict.fromkeys(("changes", "escalations", "reopened", "handed_over"), 0)
    moments = dict.fromkeys(("latest", "happened", "sensed", "accept_by", "act_by", "close_by", "deadline"), now)
    return read.Standing(
        id=id, klass=klass, state="open", owner=area, level="street", area=area, reports=1,
        **none, **words, **numbers, **moments,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_simulated_citys_clock_begins_where_its_data_end(tiny_cube: Cube, desk: Desk) -> None:
    real = EventClock(desk).now()
    assert abs(real - dt.datetime.now(dt.UTC).replace(tzinfo=None)) < dt.timedelta(minutes=1)
    simulated = Desk(Cube(tiny_cube.store, tiny_cube.city.model_copy(update={"simulated": True})))
    simulated.events = desk.events
    first, second = EventClock(simulated), EventClock(simulated)
    assert first.now() <= first.now() < real
    assert abs(first.now() - second.now()) < dt.timedelta(minutes=1)
    simulated.beside(EventDesk).take(viewer(), [report("1", happened=first.now())])
    assert EventClock(simulated).now() >= simulated.beside(EventDesk).queue(viewer())[0].opened


def test_what_fails_says_so_in_both_languages(events: EventDesk) -> None:
    (bad,) = events.take(viewer(), [report("1", note="电话 13800138000")])
    assert isinstance(bad.error, OneScreenError)
    assert bad.error.say("zh") != bad.error.say("en")
    assert events.queue(viewer()) == []
    assert OPEN == read.RUNNING
