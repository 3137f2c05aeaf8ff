"""The pulse: a number from memory, for anybody, whatever the application does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.test import Client

from dashboard.pulse import FRESH, Pulse
from data.errors import StoreLost
from data.store import Store
from grid.cube import Cube


class Heard:
    """What a store that follows knows."""

    def __init__(self, version: int | None) -> None:
        self.version = version


def locked(_environ: Any, start: Callable[..., Any]) -> Iterable[bytes]:
    """An application that lets nobody in."""
    start("401 UNAUTHORIZED", [])
    return [b""]


def test_it_is_answered_before_the_application_and_nothing_else_is(tiny_cube: Cube) -> None:
    client = Client(Pulse(locked, tiny_cube.store))
    answer = client.get("/pulse")
    assert (answer.status_code, int(answer.data)) == (200, tiny_cube.store.version())
    assert answer.headers["Cache-Control"] == "no-store"
    assert [client.get(path).status_code for path in ("/", "/pulse/", "/alive")] == [401] * 3


def test_a_file_is_asked_once_for_all_pages_and_is_said_to_be_away(monkeypatch: Any, tiny_cube: Cube) -> None:
    asked = list[None]()

    def gone(*_: object) -> int:
        asked.append(None)
        raise StoreLost(detail="x")

    pulse = Pulse(locked, tiny_cube.store)
    monkeypatch.setattr(Store, "version", gone)
    assert [pulse.version() for _ in range(5)] == [-1] * 5
    assert len(asked) == 1
    pulse._asked -= FRESH
    monkeypatch.setattr(Store, "version", lambda *_: 7)
    assert pulse.version() == 7


def test_what_is_heard_needs_no_question(monkeypatch: Any, tiny_cube: Cube) -> None:
    store = tiny_cube.store
    pulse = Pulse(locked, store)
    monkeypatch.setattr(store, "news", Heard(41), raising=False)
    monkeypatch.setattr(Store, "lost", 0.0)
    assert pulse.version() == 41
    monkeypatch.setattr(Store, "lost", 3.0)
    assert pulse.version() == -1
