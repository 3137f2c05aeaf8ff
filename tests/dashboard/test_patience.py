"""Work beside the serving: done once at a time, waited for shortly, its errors told to whoever asks."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from dashboard.pages import patience as waiting
from dashboard.pages.patience import Patience


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for what is quick waits until it is there, however much else the machine does."""
    monkeypatch.setattr(waiting, "WAIT", 60.0)


def test_what_is_quick_is_there_at_once() -> None:
    assert Patience[int]("test")("a", lambda: 7) == 7


def test_what_takes_long_is_done_once_and_taken_by_who_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    patience: Patience[str] = Patience("test")
    go, begun = threading.Event(), []

    def work() -> str:
        begun.append(1)
        go.wait()
        return "made"

    with monkeypatch.context() as shortly:
        shortly.setattr(waiting, "WAIT", 0.05)
        assert patience("a", work) is None
        assert patience("a", work) is None  # it still goes on, and nobody began it again
    assert patience("b", lambda: "other") == "other"  # others do not wait for it
    go.set()
    assert _soon(patience, "a", work) == "made"
    assert begun == [1]
    assert patience("a", lambda: "anew") == "anew"  # taken once, then asked for anew


def _soon(patience: Patience[str], key: str, work: object) -> str:
    for _ in range(100):
        made = patience(key, work)  # type: ignore[arg-type]
        if made is not None:
            return made
    raise AssertionError("never made")


def test_an_error_is_raised_where_it_is_asked_for() -> None:
    patience: Patience[int] = Patience("test")

    def work() -> int:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        patience("a", work)
    assert patience("a", lambda: 1) == 1


def test_what_was_taken_is_not_given_again() -> None:
    patience: Patience[int] = Patience("test")
    future = patience._future("a", lambda: 1)
    assert patience("a", lambda: 2) == 1
    patience._finished("a", future)  # who waits may be woken, and have taken it, before the work is called finished
    assert patience("a", lambda: 2) == 2


def test_an_answer_that_is_done_in_the_moment_the_wait_ends_is_given() -> None:
    class Late(Future[int]):
        """Its first wait ends unanswered, though it is done by then."""

        waits = 0

        def result(self, timeout: float | None = None) -> int:
            self.waits += 1
            if self.waits == 1:
                raise TimeoutError
            return super().result(timeout)

    patience: Patience[int] = Patience("test")
    late = Late()
    late.set_result(3)
    patience._going["a"] = late
    assert patience("a", lambda: 4) == 3
    assert patience("a", lambda: 4) == 4
