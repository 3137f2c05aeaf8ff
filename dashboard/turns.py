"""Questions are answered one after the other, not all at once: beside each other they would only be slower.

The interpreter runs one thread at a time, and an answer is a hundred small array operations, each of which gives it
away and has to get it back. Eight threads that answer together need twice the processor time of one that answers eight
questions in a row, and everybody waits for the slowest. So a process has one turn; whoever has had it for :data:`HOLD`
goes on without it, and the next begins.
"""

from __future__ import annotations

import io
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Seconds after which the next need not wait for whoever answers: five times what a click takes in the largest city.
HOLD = 0.1

#: Bytes of a question that are read before its turn comes, so that nobody waits for a slow line. What is larger is an
#: upload, and has no turn.
READ_FIRST = 1 << 20

#: What costs nothing and must not wait: signs of life, and files.
LIGHT = ("/alive", "/assets/", "/_dash-component-suites/", "/healthz", "/readyz", "/metrics")
BEAT = "/beat"


class Turns:
    """One turn, given in the order in which it was asked for."""

    def __init__(self, hold: float = HOLD) -> None:
        self.hold = hold
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._holder: object | None = None
        self._since = 0.0
        self._own = threading.local()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Waits for the turn, and has it until the end of the block."""
        self._own.turn = self._take()
        try:
            yield
        finally:
            self._give(self._own.turn)
            self._own.turn = None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Gives the turn away while this thread waits for something else; without one nothing happens."""
        mine = getattr(self._own, "turn", None)
        if mine is None:
            yield
            return
        self._give(mine)
        try:
            yield
        finally:
            self._own.turn = self._take()

    def _take(self) -> object:
        mine = object()
        with self._changed:
            self._waiting.append(mine)
            while self._waiting[0] is not mine or (self._holder is not None and self._left() > 0):
                self._changed.wait(self._left() if self._waiting[0] is mine else None)
            self._waiting.popleft()
            self._holder, self._since = mine, time.monotonic()
            self._changed.notify_all()  # the next is now the first, and has to look at the clock
        return mine

    def _left(self) -> float:
        """Seconds for which the turn is still the holder's alone."""
        return self._since + self.hold - time.monotonic()

    def _give(self, mine: object) -> None:
        with self._changed:
            if self._holder is mine:
                self._holder = None
                self._changed.notify_all()


def in_turn(app: WSGIApplication, turns: Turns) -> WSGIApplication:
    """The application, in which all but what is light answers in its turn."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if is_light(environ["PATH_INFO"]) or not _read(environ):
            return app(environ, start)
        with turns.one():
            return app(environ, start)

    return answer


def is_light(path: str) -> bool:
    """Whether a path is of those that never wait."""
    return path.startswith(LIGHT) or path.endswith(BEAT)


def _read(environ: WSGIEnvironment) -> bool:
    """Reads what the question brings along, so that it is there when its turn comes; False where it is too much."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return False
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return False
    if length > READ_FIRST:
        return False
    if length > 0:
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
    return True


#: The turns of this process: its threads share one interpreter.
TURNS = Turns()
