"""Whoever waits for a turn to write is taken along by whoever has it.

A transaction costs nearly the same for one report as for twenty: the lock, the numbers, the disk. So what many threads
of one process ask for while another transaction runs is kept in the next one together, and a rush is met with larger
transactions instead of a longer queue.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from data.errors import OneScreenError

Asked = TypeVar("Asked")
Given = TypeVar("Given")

#: Gives an answer to each thing asked for, in their order.
Work = Callable[[Connection, Sequence[Asked]], Sequence[Given]]

#: What is asked for in one transaction at most: whoever comes next waits for as long as that takes.
MOST = 500


@dataclass(frozen=True, slots=True)
class _Party:
    """What one thread asks for, and the answers that it waits for."""

    work: Work[Any, Any]
    asked: Sequence[Any]
    given: Future[Sequence[Any]] = field(default_factory=Future)


class Together:
    """``writing`` opens the transactions, of which there is one at a time."""

    def __init__(self, writing: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._writing = writing
        self._waiting: list[_Party] = []
        self._line, self._turn = threading.Lock(), threading.Lock()

    def __call__(self, work: Work[Asked, Given], asked: Sequence[Asked]) -> Sequence[Given]:
        """What ``work`` gives, once that is kept. What the database cannot do is told to all who were taken along; what
        is wrong with one thing asked for, like a row that no database takes, to whoever asked for it alone."""
        mine = _Party(work, asked)
        with self._line:
            self._waiting.append(mine)
        with self._turn:
            while not mine.given.done():
                self._take(self._next())
        return mine.given.result()

    def _next(self) -> list[_Party]:
        """Who goes next: the first, and those after them who want the same, as far as there is room."""
        with self._line:
            room, first, end = MOST, self._waiting[0], 0
            for one in self._waiting:
                room -= len(one.asked)
                if end and (room < 0 or one.work is not first.work):
                    break
                end += 1
            party, self._waiting = self._waiting[:end], self._waiting[end:]
        return party

    def _take(self, party: Sequence[_Party]) -> None:
        try:
            with self._writing() as connection:
                given = iter(party[0].work(connection, [each for one in party for each in one.asked]))
            for one in party:
                one.given.set_result([next(given) for _ in one.asked])
        except OneScreenError as error:
            for one in party:
                one.given.set_exception(error)
        except SQLAlchemyError as error:
            if len(party) == 1:
                party[0].given.set_exception(error)
            for one in party if len(party) > 1 else ():
                self._take([one])
        finally:
            for one in party:
                one.given.cancel()  # whatever else was raised: nobody waits for it in vain
