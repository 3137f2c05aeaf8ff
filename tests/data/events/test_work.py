"""Steps: each from the states that allow it, each key once, each row what its history says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from data.errors import AreaNotFound, EventNotFound, EventStateError, ReportRefused
from data.events import Events, clock, evidence, outbox, read, work
from data.events.classes import BY_ID
from data.events.intake import take_one
from data.events.rebuild import rebuild, wrong
from data.events.rows import Change
from data.events.work import BELIEVED
from tests.happened import COMMUNITIES, DISTRICTS, LIFE, NOW, STREETS, UNITS, lived, minutes, opened, report, step

HAND_OVER: dict[str, Any] = {"to": STREETS[0], "tree": UNITS}

#: What may follow on each state, by hand: the table of the contract.
ALLOWED = {
    "open": {"accept": "accepted", "hand_over": "open", "comment": "open"},
    "accepted": {"act": "acting", "hand_over": "open", "comment": "accepted"},
    "acting": {"feed_back": "fed_back", "hand_over": "open", "comment": "acting"},
    "fed_back": {"feed_back": "fed_back", "close": "closed", "reopen": "open", "comment": "fed_back"},
    "closed": {"reopen": "open", "comment": "closed"},
}
STEPS: dict[str, tuple[Callable[..., Change], dict[str, Any]]] = {
    "accept": (work.accept, {}), "act": (work.act, {}), "feed_back": (work.feed_back, {}),
    "close": (work.close, {"evidence": ["x"]}), "reopen": (work.reopen, {}), "comment": (work.comment, {}),
    "hand_over": (work.hand_over, HAND_OVER),
}  # fmt: skip


@pytest.mark.parametrize("state", ALLOWED)
def test_each_state_allows_what_it_allows(one_book: Events, state: str) -> None:
    for name, (do, more) in STEPS.items():
        event = opened(one_book, key=name, subject=name)
        for before in LIFE[: list(ALLOWED).index(state)]:
            step(one_book, event, before, "li" if before is work.close else "wang", evidence=["x"])
        if name in ALLOWED[state]:
            assert step(one_book, event, do, "zhao", NOW + minutes(1), **more).state == ALLOWED[state][name]
        else:
            changes = len(read.changes_of(one_book, event))
            with pytest.raises(EventStateError) as refused:
                step(one_book, event, do, "zhao", NOW + minutes(1), **more)
            assert refused.value.say("zh") != refused.value.say("en")
            assert len(read.changes_of(one_book, event)) == changes
    assert wrong(one_book) == []


def test_a_life(events: Events) -> None:
    event = opened(events)
    for n, do in enumerate(LIFE):
        step(events, event, do, "li" if do is work.close else "wang", NOW + minutes(n), evidence=["x"], note=f"第{n}步")
    found = read.history(events, event)
    assert [one.what for one in found.changes] == ["opened", "accepted", "acting", "fed_back", "closed"]
    assert [one.number for one in found.changes] == [1, 2, 3, 4, 5]
    stand = found.event
    assert (stand.sensed, stand.accepted, stand.acted, stand.fed_back, stand.closed) == (
        NOW, NOW, NOW + minutes(1), NOW + minutes(2), NOW + minutes(3),
    )  # fmt: skip
    assert (stand.state, stand.deadline, stand.due, stand.actor) == ("closed", None, None, "wang")
    assert [one.what for one in found.messages] == ["opened", "fed_back", "closed"]
    assert wrong(events) == []


def test_the_same_key_gives_the_same_change_and_nothing_happens_twice(events: Events) -> None:
    event = opened(events)
    first = step(events, event, work.accept, key="k1")
    assert step(events, event, work.accept, now=NOW + minutes(9), key="k1", note="again") == first
    step(events, event, work.act, key="k2")
    assert step(events, event, work.accept, key="k1") == first
    assert len(read.changes_of(events, event)) == 3
    assert step(events, event, work.comment, "li", key="k1").by == "li"


def test_a_key_that_was_another_steps_is_refused(events: Events) -> None:
    event = opened(events)
    step(events, event, work.accept, key="k1")
    with pytest.raises(EventStateError, match="another step"):
        step(events, event, work.act, key="k1")
    with pytest.raises(EventStateError, match="another step"):
        step(events, opened(events, subject="p2", key="2"), work.accept, key="k1")


def test_whoever_was_quicker_is_told_of(events: Events) -> None:
    event = opened(events)
    step(events, event, work.accept, "wang")
    with pytest.raises(EventStateError) as refused:
        step(events, event, work.accept, "li")
    assert refused.value.say("zh") == f"事件 {event} 现为“已签收”：“签收”须在“待签收”时进行，请刷新后再看"


def test_somebody_else_closes_where_the_class_asks_for_it(one_book: Events) -> None:
    event = opened(one_book)
    lived(one_book, event, work.feed_back)
    with pytest.raises(EventStateError, match="somebody else checks"):
        step(one_book, event, work.close, "wang")
    assert step(one_book, event, work.close, "li").state == "closed"
    arrival = opened(one_book, klass="arrival", key="2")
    lived(one_book, arrival, work.feed_back)
    assert step(one_book, arrival, work.close, "wang").state == "closed"


def test_evidence_is_of_this_round(one_book: Events) -> None:
    event = opened(one_book)
    for do in LIFE[:3]:
        step(one_book, event, do)
    with pytest.raises(EventStateError, match="closed with evidence"):
        step(one_book, event, work.close, "li")
    step(one_book, event, work.comment, evidence=["照片"], key="photo")
    step(one_book, event, work.close, "li")
    step(one_book, event, work.reopen, "li")
    for n, do in enumerate(LIFE[:3], 1):
        step(one_book, event, do, now=NOW + minutes(n))
    with pytest.raises(EventStateError, match="closed with evidence"):
        step(one_book, event, work.close, "li", NOW + minutes(9))
    assert step(one_book, event, work.close, "li", NOW + minutes(10), evidence=["x"]).state == "closed"


def test_no_evidence_is_asked_where_the_class_does_not(one_book: Events) -> None:
    event = opened(one_book, klass="fever")
    for do in LIFE[:3]:
        step(one_book, event, do)
    assert step(one_book, event, work.close, "li").state == "closed"


def test_a_reopened_event_has_new_deadlines_and_is_not_closed(events: Events) -> None:
    event = opened(events)
    lived(events, event)
    later = NOW + minutes(5000)
    step(events, event, work.reopen, "li", later, note="无人到场")
    stand, klass = read.standing(events, event), BY_ID["gate_hit"]
    assert (stand.state, stand.closed, stand.reopened, stand.owner) == ("open", None, 1, COMMUNITIES[0])
    assert (stand.accept_by, stand.close_by) == (later + minutes(klass.accept), later + minutes(klass.close))
    assert (stand.accepted, stand.fed_back) == (NOW, NOW)
    assert wrong(events) == []


def test_what_was_opened_anew_is_not_opened_twice(events: Events) -> None:
    """The gate saw them again after it was closed: whoever would reopen it is led to the new event."""
    first = opened(events)
    lived(events, first)
    again = opened(events, key="2", now=NOW + minutes(60))
    with pytest.raises(EventStateError, match=f"event {again} is of the same matter"):
        step(events, first, work.reopen, "li", NOW + minutes(61))
    far = opened(events, key="3", now=NOW + minutes(60 + 721))
    lived(events, again, now=NOW + minutes(800))
    assert step(events, first, work.reopen, "li", NOW + minutes(801)).state == "open"
    assert read.standing(events, far).state == "open"
    assert take_one(events, report("4"), UNITS, NOW + minutes(802)).event == far
    assert wrong(events) == []


def test_handing_over_gives_it_to_one_other_owner_who_has_time_to_accept(events: Events) -> None:
    event = opened(events)
    before = read.standing(events, event)
    step(events, event, work.accept)
    later = NOW + minutes(20)
    change = step(events, event, work.hand_over, now=later, **HAND_OVER)
    stand = read.standing(events, event)
    assert (stand.owner, stand.level, stand.state, stand.area) == (STREETS[0], "street", "open", COMMUNITIES[0])
    assert stand.accept_by == later + minutes(30)
    assert (stand.act_by, stand.close_by, stand.handed_over) == (before.act_by, before.close_by, 1)
    assert change.more == {"was": COMMUNITIES[0]}
    assert [one.area for one in read.history(events, event).messages] == [COMMUNITIES[0], STREETS[0]]
    with pytest.raises(EventStateError, match="has it already"):
        step(events, event, work.hand_over, now=later + minutes(1), **HAND_OVER)
    with pytest.raises(AreaNotFound):
        step(events, event, work.hand_over, to="77", tree=UNITS, key="x")


def test_whoever_it_was_about_is_asked(one_book: Events) -> None:
    event = opened(one_book)
    lived(one_book, event, work.feed_back)
    step(one_book, event, work.close, "li", satisfied=False)
    assert read.standing(one_book, event).satisfied is False
    step(one_book, event, work.comment, "li", satisfied=True)
    assert read.standing(one_book, event).satisfied is True
    with pytest.raises(EventStateError, match="somebody else does"):
        step(one_book, event, work.comment, "wang", satisfied=False)
    step(one_book, event, work.comment, "wang", note="已电话回访")
    assert read.standing(one_book, event).satisfied is True
    assert wrong(one_book) == []


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ({"note": "x" * 2001}, "more than 2000"),
        ({"key": "x" * 201}, "more than 200"),
        ({"note": "他的手机13912345678"}, "telephone"),
        ({"evidence": ["11010519491231002X"]}, "identity"),
        ({"note": "\0"}, "signs that cannot be kept"),
        ({"key": "\ud800"}, "signs that cannot be kept"),
    ],
)
def test_words_that_are_not_kept(one_book: Events, said: dict[str, Any], about: str) -> None:
    event = opened(one_book)
    with pytest.raises(ReportRefused, match=about):
        step(one_book, event, work.accept, **said)
    assert read.standing(one_book, event).state == "open"


def test_evidence_is_some_and_lies_with_its_event(events: Events) -> None:
    event, other = opened(events), opened(events, key="2", subject="p2")
    name = evidence.keep(events, other, b"%PDF-1.7", by="wang", now=NOW)
    for said in ([" "], ["\u3000"], ["x", ""], ["0" * 64], [name]):
        with pytest.raises(ReportRefused, match="not of this event"):
            step(events, event, work.accept, evidence=said)
    assert read.standing(events, event).state == "open"
    assert step(events, other, work.accept, evidence=[name, "登记表"]).evidence == [name, "登记表"]


def test_no_such_event(events: Events) -> None:
    for do in (lambda: step(events, 7, work.accept), lambda: read.standing(events, 7), lambda: read.history(events, 7)):
        with pytest.raises(EventNotFound, match="event has the number 7"):
            do()


def test_photographs_are_kept_once_and_come_back(events: Events) -> None:
    event, body = opened(events), b"\xff\xd8\xff" + bytes(range(256)) * 9
    name = evidence.keep(events, event, body, by="wang", now=NOW)
    assert evidence.keep(events, event, body, by="li", now=NOW) == name
    found = evidence.body_of(events, event, name)
    assert (found.body, found.kind, found.by) == (body, "image/jpeg", "wang")
    with pytest.raises(EventNotFound):
        evidence.body_of(events, event, "0" * 64)
    with pytest.raises(EventNotFound):
        evidence.keep(events, 9, body, by="wang", now=NOW)
    for bad in (b"<html>", b"", b"%PDF-" + bytes(evidence.MOST_BYTES)):
        with pytest.raises(ReportRefused, match="JPEG, PNG or PDF"):
            evidence.keep(events, event, bad, by="wang", now=NOW)


def test_a_row_that_was_altered_is_found_and_made_anew(events: Events) -> None:
    event, other = opened(events), opened(events, subject="p2", key="2")
    lived(events, event)
    whole = read.standing(events, event)
    with events.writing() as connection:
        connection.exec_driver_sql(f"UPDATE event SET state = 'open', owner = '{DISTRICTS[1]}' WHERE id = {event}")
    assert wrong(events) == [event]
    assert (rebuild(events), rebuild(events)) == (1, 0)
    assert read.standing(events, event) == whole
    assert read.standing(events, other).state == "open"


def test_messages_are_fetched_once_by_whose_they_are(events: Events) -> None:
    opened(events, key="1", subject="p1")
    opened(events, key="2", subject="p2", area=COMMUNITIES[-1])
    opened(events, key="3", subject="p3", klass="arrival")
    later = NOW + minutes(3)
    assert [one.event for one in outbox.fetch(events, [DISTRICTS[0]], later, classes=["arrival"])] == [3]
    assert [one.event for one in outbox.fetch(events, [DISTRICTS[0]], later)] == [1]
    assert outbox.fetch(events, [DISTRICTS[0]], later) == []
    assert [one.event for one in outbox.fetch(events, None, later + minutes(1))] == [2]
    loops = read.loops(events, since=NOW, until=NOW + minutes(1))
    assert [one.pushed for one in loops] == [later, later + minutes(1), later]


def test_unknown_report_outcome_is_no_event(one_book: Events) -> None:
    opened(one_book)
    assert read.count(one_book, [DISTRICTS[1]]) == 0
    assert read.count(one_book, []) == 0
    assert read.count(one_book, [report().area]) == 1


@pytest.mark.parametrize(
    ("said", "done"),
    [
        (None, 180),
        (60, 60),
        (180, 180),
        (184, 180),  # a clock that is ahead by minutes
        (-4, 0),  # one that is behind: nobody accepts what was not sensed yet
        (186, 180),  # one that is wrong
        (-6, 180),
    ],
)
def test_when_it_was_done_is_what_the_phone_says_where_that_can_be(
    events: Events, said: float | None, done: float
) -> None:
    event, now = opened(events), NOW + minutes(180)
    told = None if said is None else NOW + minutes(said)
    change = step(events, event, work.accept, now=now, done=told)
    assert (change.at, change.said, change.done) == (now, told, NOW + minutes(done))
    assert read.standing(events, event).accepted == NOW + minutes(done)
    assert wrong(events) == []


def test_nothing_is_done_before_the_last_step_nor_long_before_it_came(events: Events) -> None:
    event = opened(events)
    step(events, event, work.accept, now=NOW + minutes(100), done=NOW + minutes(50))
    step(events, event, work.act, now=NOW + minutes(101), done=NOW + minutes(46))
    assert read.standing(events, event).acted == NOW + minutes(50)
    clock.tick(events, UNITS, NOW + minutes(5 * 1440))  # that a deadline passed is nobody's step
    late = NOW + minutes(5 * 1440 + 10)
    step(events, event, work.feed_back, now=late, done=late - BELIEVED, evidence=["x"])
    assert read.standing(events, event).fed_back == late - BELIEVED
    step(events, event, work.feed_back, now=late + BELIEVED + minutes(60), done=late + minutes(10), key="k")
    assert read.history(events, event).changes[-1].done == late + BELIEVED + minutes(60)
    assert wrong(events) == []
