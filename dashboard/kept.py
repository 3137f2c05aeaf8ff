"""Answers that are kept for who asks the same, as the bytes that they weigh.

An answer as objects is some thousand of them, for its numbers remember where they are from. A thousand answers are
millions, through which the interpreter goes each time it looks for what nobody holds any more: a second in which nobody
is answered. Packed they are one object each, and a hundredth of the memory.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Hashable
from typing import Any, Generic, TypeVar

import orjson
from cachetools import LRUCache
from dash._utils import to_json

Beside = TypeVar("Beside")

#: Questions of which it is known what was answered last.
LATEST = 10_000


class Kept(Generic[Beside]):
    """At most ``most`` bytes of answers by key (0: none), each with something beside it that is kept as it is.
    Thread-safe. What comes back is plain text: whoever asks numbers where they are from keeps nothing."""

    def __init__(self, most: int) -> None:
        self._kept: LRUCache[Hashable, tuple[bytes, Beside]] = LRUCache(most, getsizeof=lambda one: len(one[0]))
        self._last: LRUCache[Hashable, Hashable] = LRUCache(LATEST)
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> tuple[Any, Beside] | None:
        """The answer as the browser reads it, and what is beside it."""
        with self._lock:
            found = self._kept.get(key)
        return None if found is None else (orjson.loads(zlib.decompress(found[0])), found[1])

    def last(self, question: Hashable) -> tuple[Any, Beside] | None:
        """The answer that was last put to a question, of whatever version."""
        with self._lock:
            key = self._last.get(question)
        return None if key is None else self.get(key)

    def put(self, key: Hashable, answer: object, beside: Beside, question: Hashable = None) -> None:
        """Keeps an answer of JSON's own types; one that is larger than all that may be kept is not. ``question``: what
        it answers, see :meth:`last`."""
        if not self._kept.maxsize:
            return
        packed = zlib.compress(to_json(answer).encode(), 1)
        with self._lock:
            if len(packed) <= self._kept.maxsize:
                self._kept[key] = packed, beside
                self._last[question] = key

    def clear(self) -> None:
        """Everything is made anew from here on."""
        with self._lock:
            self._kept.clear()
            self._last.clear()
