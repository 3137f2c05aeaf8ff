"""Many who write at once: taken along in few transactions, told apart by their answers and their faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from data.errors import StoreBusy
from data.events import Events, tables
from data.events.intake import take
from data.events.together import MOST, Together
from tests.happened import NOW, UNITS, report

#: What each of so many threads asks for.
CROWD = 12


class Counting:
    """A book's transactions, counted; the first waits until somebody lets it go."""

    def __init__(self, events: Events) -> None:
        self.events, self.parties, self.free = events, list[int](), threading.Event()

    def keep(self, connection: Connection, asked: Sequence[Any]) -> list[Any]:
        """Numbers doubled; "bad" breaks a rule of the database, "busy" finds it busy, "wrong" is a mistake of ours."""
        self.parties.append(len(asked))
        assert self.free.wait(120)
        if "busy" in asked:
            raise StoreBusy
        if "wrong" in asked:
            raise ZeroDivisionError
        if "bad" in asked:
            connection.execute(insert(tables.number).values(id=1, event=None, report=0, change=0))
        return [2 * one for one in asked]


def crowd(events: Events, asked: Sequence[Sequence[Any]]) -> tuple[list[Any], list[int]]:
    """(what each was given, or its error; how many things each transaction had): the first has begun before the others
    come."""
    counting = Counting(events)
    together = Together(events.writing)

    def ask(one: Sequence[Any]) -> Any:
        try:
            return together(keep, one)
        except (IntegrityError, StoreBusy, ZeroDivisionError, CancelledError) as error:
            return type(error)

    keep: Callable[[Connection, Sequence[Any]], list[Any]] = counting.keep
    with ThreadPoolExecutor(len(asked)) as pool:
        first = pool.submit(ask, asked[0])
        while not counting.parties:
            time.sleep(0.001)
        rest = []
        for one in asked[1:]:
            rest.append(pool.submit(ask, one))
            while len(together._waiting) < len(rest):
                time.sleep(0.001)
        counting.free.set()
        return [each.result() for each in (first, *rest)], counting.parties


def test_whoever_waits_is_taken_along(one_book: Events) -> None:
    given, parties = crowd(one_book, [[n, -n] for n in range(CROWD)])
    assert given == [[2 * n, -2 * n] for n in range(CROWD)]
    assert parties == [2, 2 * (CROWD - 1)]


def test_there_is_room_for_so_many(one_book: Events) -> None:
    given, parties = crowd(one_book, [[0], [1] * MOST, [2], [3] * (MOST + 1), [4]])
    assert [len(one) for one in given] == [1, MOST, 1, MOST + 1, 1]
    assert parties == [1, MOST, 1, MOST + 1, 1]


def test_what_is_wrong_with_one_harms_no_other(one_book: Events) -> None:
    given, parties = crowd(one_book, [[0], [1], ["bad"], [3]])
    assert given == [[0], [2], IntegrityError, [6]]
    assert parties == [1, 3, 1, 1, 1]


def test_a_busy_database_is_told_to_all_who_wait(one_book: Events) -> None:
    given, parties = crowd(one_book, [[0], [1], ["busy"], [3]])
    assert given == [[0], StoreBusy, StoreBusy, StoreBusy]
    assert parties == [1, 3]


def test_nobody_waits_in_vain_for_who_made_a_mistake(one_book: Events) -> None:
    given, _ = crowd(one_book, [[0], ["wrong"], [2]])
    assert given[0] == [0]
    assert sorted(one.__name__ for one in given[1:]) == ["CancelledError", "ZeroDivisionError"]


def test_a_rush_of_reports_is_as_one_after_the_other(events: Events) -> None:
    with ThreadPoolExecutor(CROWD) as pool:
        sent = [[report(f"{n}", subject=f"p{n % 7}"), report(f"{n + 1}", subject=f"p{(n + 1) % 7}")] for n in range(60)]
        taken = list(pool.map(lambda those: take(events, those, UNITS, NOW), sent))
    outcomes = [one.outcome for those in taken for one in those]
    assert (outcomes.count("new"), outcomes.count("folded"), outcomes.count("repeated")) == (7, 54, 59)
    by_subject = {one.subject: told.event for those, given in zip(sent, taken, strict=True)
                  for one, told in zip(those, given, strict=True)}  # fmt: skip
    assert set(by_subject.values()) == set(range(1, 8))
    assert len(by_subject) == 7
