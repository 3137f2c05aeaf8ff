"""Running events at hand: the same as the book says, whatever happened since the last look."""

from __future__ import annotations

from itertools import islice

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.events import Events, read, work
from data.events.intake import take
from data.events.shelf import Shelf
from tests.happened import COMMUNITIES, NOW, STREETS, UNITS, lived, minutes, opened, report, step

#: What may happen: a new report, a step, or an event walked to its end.
HAPPENS = st.lists(
    st.tuples(st.sampled_from(["report", "hand_over", "close"]), st.integers(0, 3), st.integers(1, 6)), max_size=12
)


def told(shelf: Shelf, codes: list[str] | None) -> list[int]:
    shelf.look()
    return [kept.event.id for kept in shelf.queue(lambda _: True, codes)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HAPPENS)
def test_a_shelf_says_what_the_book_says(one_book: Events, happens: list[tuple[str, int, int]]) -> None:
    shelf, start = Shelf(one_book), len(read.queue(one_book, None, limit=10**6))
    shelf.look()
    for n, (what, place, number) in enumerate(happens):
        running = [one.id for one in read.queue(one_book, None, limit=10**6)]
        if what == "report" or not running:
            take(one_book, [report(f"{start}-{n}-{number}", area=COMMUNITIES[place], subject=f"q{n}")], UNITS, NOW)
        elif what == "close":
            _end(one_book, running[number % len(running)])
        else:
            _pass_on(one_book, running[number % len(running)], STREETS[place])
        for codes in (None, [COMMUNITIES[place]], [*STREETS[:2], *COMMUNITIES[:2]]):
            wanted = read.queue(one_book, None, limit=10**6)
            mine = [one.id for one in wanted if codes is None or {one.owner, one.area} & set(codes)]
            assert told(shelf, codes) == mine
            assert shelf.number(codes) == len(mine)


def _end(events: Events, event: int) -> None:
    if read.standing(events, event).state == "open":
        lived(events, event)


def _pass_on(events: Events, event: int, to: str) -> None:
    one = read.standing(events, event)
    if one.owner != to and one.state in ("open", "accepted", "acting"):
        key = f"{event}-{one.changes}"
        step(events, event, work.hand_over, to=to, tree=UNITS, now=NOW + minutes(one.changes), key=key)


def test_the_first_of_a_queue_are_told_by_deadline(one_book: Events) -> None:
    late = opened(one_book, key="late", subject="p1", now=NOW + minutes(5))
    soon = opened(one_book, key="soon", subject="p2")
    other = opened(one_book, key="other", subject="p3", area=COMMUNITIES[3])
    shelf = Shelf(one_book)
    shelf.look()
    assert [kept.event.id for kept in islice(shelf.queue(lambda _: True, [COMMUNITIES[0]]), 1)] == [soon]
    assert told(shelf, None) == [soon, other, late]
    assert told(shelf, ["99"]) == []
