"""Reports: each is taken once, one matter is one event, bad ones are named and the good ones kept."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from data.errors import InputError, ReportRefused
from data.events import Events, read, tables
from data.events.classes import BY_ID
from data.events.intake import take, take_one
from data.events.rebuild import wrong
from tests.happened import COMMUNITIES, DISTRICTS, NOW, STREETS, UNITS, lived, minutes, opened, report


def rows(events: Events, table: Any) -> int:
    return int(events._all(select(func.count()).select_from(table))[0][0])


def outcomes(events: Events, *reports: Any, now: Any = NOW) -> list[tuple[int | None, str]]:
    return [(one.event, one.outcome) for one in take(events, reports, UNITS, now)]


def test_one_report_is_one_event_with_an_owner_its_deadlines_and_a_message(events: Events) -> None:
    assert outcomes(events, report(cell="cell0", place="东门")) == [(1, "new")]
    found = read.history(events, 1)
    event, klass = found.event, BY_ID["gate_hit"]
    assert (event.state, event.owner, event.level) == ("open", COMMUNITIES[0], "community")
    assert (event.sensed, event.happened, event.latest, event.reports) == (NOW, NOW, NOW, 1)
    assert event.deadline == event.due == event.accept_by == NOW + minutes(klass.accept)
    assert (event.act_by, event.close_by) == (NOW + minutes(klass.act), NOW + minutes(klass.close))
    assert [(one.what, one.number) for one in found.changes] == [("opened", 1)]
    assert [(one.id, one.area, one.what) for one in found.messages] == [(f"1.1.{event.owner}", event.owner, "opened")]
    assert (found.reports[0].place, found.reports[0].cell) == ("东门", "cell0")


def test_a_message_says_nothing_of_the_person(events: Events) -> None:
    opened(events, subject="p-secret", note="独居", place="3号楼")
    (message,) = read.history(events, 1).messages
    assert not {"p-secret", "独居", "3号楼"} & set(map(str, message.body.values()))


def test_the_same_key_again_changes_nothing(events: Events) -> None:
    assert outcomes(events, report(), report(), report(note="other")) == [(1, "new"), (1, "repeated"), (1, "repeated")]
    before = read.mark(events)
    assert outcomes(events, report(happened=NOW), report(area=COMMUNITIES[1])) == [(1, "repeated"), (1, "repeated")]
    assert read.mark(events) == before
    assert outcomes(events, report(source="camera")) == [(1, "folded")]
    assert read.mark(events) != before
    assert rows(events, tables.report) == 2


@pytest.mark.parametrize(
    "other", [{"subject": "p2"}, {"klass": "fever"}, {"place": "西门"}, {"happened": NOW - minutes(1)}]
)
@pytest.mark.parametrize("together", [True, False])
def test_a_key_that_was_another_matters_is_refused_and_not_swallowed(
    events: Events, other: dict[str, Any], together: bool
) -> None:
    """A gate that counts from 1 after each start: what it says then is not lost without a word."""
    sent = report(), report(**other)
    found = take(events, sent, UNITS, NOW) if together else [take(events, [one], UNITS, NOW)[0] for one in sent]
    assert [(one.event, one.outcome) for one in found] == [(1, "new"), (None, "refused")]
    assert isinstance(found[1].error, ReportRefused)
    assert found[1].error.say("zh") == "上报“1”未接收：编号已用于另一次上报，请换新编号"
    assert (rows(events, tables.event), rows(events, tables.report)) == (1, 1)
    assert outcomes(events, report("2", **other))[0][1] in ("new", "folded")


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        ({}, "folded"),
        ({"happened": NOW + minutes(720)}, "folded"),
        ({"happened": NOW - minutes(720)}, "folded"),
        ({"happened": NOW + minutes(721)}, "new"),
        ({"happened": NOW - minutes(721)}, "new"),
        ({"subject": "p2"}, "new"),
        ({"subject": ""}, "new"),
        ({"klass": "parking_hit"}, "new"),
        ({"area": COMMUNITIES[1]}, "new"),
        ({"cell": "cell0"}, "new"),
        ({"place": "elsewhere"}, "folded"),
    ],
)
def test_what_folds_into_one_event(one_book: Events, other: dict[str, Any], outcome: str) -> None:
    opened(one_book)
    taken = take_one(one_book, report("2", **{"happened": NOW} | other), UNITS, NOW + minutes(800))
    assert taken.outcome == outcome
    assert wrong(one_book) == []


def test_reports_of_one_matter_are_one_event_whose_window_moves_along(events: Events) -> None:
    hours = [minutes(600 * n) for n in range(4)]
    found = outcomes(events, *(report(str(n), happened=NOW - hour) for n, hour in enumerate(hours)))
    assert found == [(1, "new"), (1, "folded"), (2, "new"), (2, "folded")]
    assert [(one.happened, one.latest, one.reports) for one in read.queue(events, None)] == [
        (NOW - hours[1], NOW, 2),
        (NOW - hours[3], NOW - hours[2], 2),
    ]


def test_a_closed_event_takes_no_more_reports(events: Events) -> None:
    lived(events, opened(events))
    assert outcomes(events, report("2")) == [(2, "new")]


@pytest.mark.parametrize("klass", ["gate_hit", "fever", "hotline", "citizen"])
def test_what_names_neither_whom_nor_where_is_never_taken_for_the_same(one_book: Events, klass: str) -> None:
    events = one_book
    bare = {"klass": klass, "subject": "", "place": ""}
    assert outcomes(events, report("1", **bare), report("2", **bare)) == [(1, "new"), (2, "new")]


def test_complaints_of_two_shops_are_two(events: Events) -> None:
    said = {"klass": "hotline", "subject": ""}
    found = outcomes(events, *(report(str(n), **said, place=place) for n, place in enumerate("甲乙甲")))
    assert found == [(1, "new"), (2, "new"), (1, "folded")]


@pytest.mark.parametrize(
    ("bad", "about"),
    [
        ({"klass": "gatehit"}, "no class gatehit"),
        ({"area": "123456"}, "give the area by its code"),
        ({"area": ""}, "area is missing"),
        ({"key": " "}, "key is missing"),
        ({"source": ""}, "source is missing"),
        ({"note": "x" * 2001}, "note has more than 2000"),
        ({"more": {"x": "x" * 4000}}, "more has more than 4000"),
        ({"more": {"x": float("nan")}}, "more is no JSON"),
        ({"note": "nul\0"}, "signs that cannot be kept"),
        ({"key": "half \ud83d"}, "signs that cannot be kept"),
        ({"note": "联系 13912345678"}, "identity or telephone number"),
        ({"subject": "11010519491231002X"}, "identity or telephone number"),
        ({"more": {"phone": "139 1234 5678"}}, "identity or telephone number"),
        ({"subject": "王小明"}, "pseudonym"),
        ({"happened": NOW + minutes(6)}, "the future"),
    ],
)
def test_bad_ones_are_named_and_the_good_ones_kept(one_book: Events, bad: dict[str, Any], about: str) -> None:
    events, wrong_one = one_book, report(**{"key": "2"} | bad)
    good, refused, also = take(events, [report("1"), wrong_one, report("3")], UNITS, NOW)
    assert (good.outcome, refused.outcome, also.outcome) == ("new", "refused", "folded")
    assert isinstance(refused.error, InputError)
    assert about in refused.error.say("en")
    assert refused.error.say("zh") != refused.error.say("en")
    assert rows(events, tables.report) == 2
    with pytest.raises(ReportRefused, match=about):
        take_one(events, wrong_one, UNITS, NOW)


def test_what_a_database_could_not_keep_never_reaches_it(events: Events) -> None:
    signs = ["\0", "\ud83d", "\x7f", "\u2028", "😷", "'; DROP TABLE event; --", "\\u0000"]
    sent = [report(str(n), subject=f"p{n}", note=sign, more={"sign": sign}) for n, sign in enumerate(signs)]
    assert [one.outcome for one in take(events, sent, UNITS, NOW)] == ["refused"] * 2 + ["new"] * 5
    notes = [read.history(events, one.id).reports[0].note for one in read.queue(events, None)]
    assert sorted(notes) == sorted(signs[2:])


def test_a_report_is_owned_at_its_level_or_the_next_coarser_one_known(events: Events) -> None:
    places = [COMMUNITIES[3], STREETS[1], DISTRICTS[0], "9901"]
    found = take(events, [report(str(n), area=place) for n, place in enumerate(places)], UNITS, NOW)
    assert [read.standing(events, one.event or 0).owner for one in found] == places
    cell = take_one(events, report("5", area="", cell="cell3", klass="fever"), UNITS, NOW)
    event = read.standing(events, cell.event or 0)
    assert (event.area, event.owner, event.level) == (COMMUNITIES[3], STREETS[1], "street")


def test_many_at_once_are_one_transaction(events: Events) -> None:
    many = [report(str(n), subject=f"p{n % 700}", note="很长" * 20) for n in range(1500)]
    found = take(events, many, UNITS, NOW)
    assert [one.outcome for one in found] == ["new"] * 700 + ["folded"] * 800
    assert {one.outcome for one in take(events, many, UNITS, NOW)} == {"repeated"}
    assert (rows(events, tables.event), rows(events, tables.report)) == (700, 1500)
    assert wrong(events) == []


def test_many_senders_at_once_make_each_event_once(events: Events) -> None:
    def send() -> None:
        for n in range(20):
            take(events, [report(str(n), subject=f"p{n % 5}")], UNITS, NOW)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (rows(events, tables.event), rows(events, tables.report)) == (5, 20)
    assert wrong(events) == []
