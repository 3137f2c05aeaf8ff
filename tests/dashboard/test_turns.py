"""Turns: one after the other in the order of asking, nobody waits for long, and what is light never waits."""

from __future__ import annotations

import io
import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

import pytest
from werkzeug.test import create_environ

from dashboard.turns import READ_FIRST, Turns, in_turn

#: Longer than any test lasts: who does not get the turn by right does not get it by waiting.
NEVER = 600.0
#: Seconds in which whatever nothing keeps from it is done, on a machine that does much else.
LONG = 60.0


class Line(deque[object]):
    """Who waits for the turn, and how many have asked for it."""

    asked = 0

    def append(self, one: object) -> None:
        super().append(one)
        self.asked += 1


def _run(turns: Turns, *works: Any) -> list[threading.Thread]:
    threads = [threading.Thread(target=work, daemon=True) for work in works]
    turns._waiting = line = Line()
    for number, thread in enumerate(threads):
        thread.start()
        while line.asked <= number:  # asked for one after the other
            time.sleep(0.001)
    return threads


def _over(threads: Iterable[threading.Thread]) -> None:
    for thread in threads:
        thread.join(LONG)
        assert not thread.is_alive()


def test_the_turn_is_given_in_the_order_of_asking() -> None:
    turns, go, order, at_once = Turns(NEVER), threading.Event(), [], []

    def work(name: int) -> None:
        with turns.one():
            at_once.append(name)
            assert len(at_once) == 1
            if name == 0:
                go.wait(LONG)
            order.append(name)
            at_once.remove(name)

    threads = _run(turns, *[lambda name=name: work(name) for name in range(5)])
    assert order == []
    go.set()
    _over(threads)
    assert order == [0, 1, 2, 3, 4]


def test_whoever_has_had_it_for_long_goes_on_without_it() -> None:
    turns, go, second = Turns(0.05), threading.Event(), threading.Event()

    def long() -> None:
        with turns.one():
            go.wait(LONG)

    def short() -> None:
        with turns.one():
            second.set()

    threads = _run(turns, long, short)
    assert second.wait(LONG)  # while the first still works
    assert threads[0].is_alive()
    go.set()
    _over(threads)
    with turns.one():  # what the first gave back was not its any more, and the turn is free
        pass


def test_who_waits_for_something_else_lets_others_on_and_has_the_turn_again_afterwards() -> None:
    turns, order = Turns(NEVER), []
    done = threading.Event()

    def waits() -> None:
        with turns.one():
            with turns.aside():
                assert done.wait(LONG)
            order.append("after")

    def works() -> None:
        with turns.one():
            order.append("beside")
            done.set()

    _over(_run(turns, waits, works))
    assert order == ["beside", "after"]
    with turns.aside():  # without a turn there is nothing to give away
        order.append("alone")
    assert order[-1] == "alone"


def test_the_turn_comes_back_after_an_error() -> None:
    turns = Turns(NEVER)
    with pytest.raises(ZeroDivisionError), turns.one():
        raise ZeroDivisionError
    with turns.one():
        pass


def _start(*_: Any) -> Any:
    """Nobody listens."""


def _ask(turns: Turns, path: str, seconds: float = LONG, **more: Any) -> bool:
    """Whether a question is answered within so many seconds, while somebody has the turn."""
    answered = threading.Event()

    def app(environ: dict[str, Any], _start: Any) -> list[bytes]:
        answered.set()
        return [environ["wsgi.input"].read()]

    environ = create_environ(path, **more)
    with turns.one():
        thread = threading.Thread(target=lambda: in_turn(app, turns)(environ, _start), daemon=True)
        thread.start()
        free = answered.wait(seconds)
    thread.join(LONG)
    assert answered.is_set()
    return free


@pytest.mark.parametrize("path", ["/alive", "/assets/page.css", "/healthz", "/wall/abc/beat", "/metrics"])
def test_what_is_light_never_waits(path: str) -> None:
    assert _ask(Turns(NEVER), path)


def test_a_question_waits_and_what_it_brings_is_read_before() -> None:
    class Line(io.BytesIO):
        """Notes when it is read."""

        def read(self, *size: Any) -> bytes:
            read_at.append(turns._holder)
            return super().read(*size)

    turns, read_at = Turns(NEVER), list[object]()
    path = "/_dash-update-component"
    assert not _ask(turns, path, 0.2, method="POST", input_stream=Line(b"{}"), content_length=2)
    assert read_at[0] is not None, "read while the turn was another's"


def test_an_upload_has_no_turn() -> None:
    assert _ask(Turns(NEVER), "/upload", method="POST", data=bytes(READ_FIRST + 1))
