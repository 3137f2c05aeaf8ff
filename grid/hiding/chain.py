"""The decisions on one count and day, from the version that first told it to the one asked.

What is hidden depends on what earlier versions showed, so a decision is made along all versions that told
anything new of the day, in order. It is a function of the store alone: asked again, it is the same.

A day is *held back* while a source that spoke on one of the days before has not spoken on it yet, for at most
HOLD days: a city's total with and without the last street's file is that street's number.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from data.slabs import MISSING
from grid.cube import View
from grid.hiding.bases import Terms, carried
from grid.hiding.decide import Decision, Told, decide
from grid.hiding.nodes import Flags, Nodes, nodes_of

Day = dt.date

#: A day waits so long for a source that is late, counted in days of newer data.
HOLD = 3
#: A source is expected where it spoke within so many days before.
EXPECTED = 7
#: Memory for decisions: a day of a base takes about 1.5 MB at 50,000 leaves.
KEPT_BYTES = 250_000_000


@dataclass
class _Chain:
    """``last`` decision of a day, and what was hidden, packed, by the version from which on it holds."""

    last: Decision | None = None
    versions: list[int] = field(default_factory=list)
    packed: list[NDArray[np.uint8] | None] = field(default_factory=list)

    def size(self) -> int:
        """Bytes."""
        packed = sum(each.nbytes for each in self.packed if each is not None)
        if self.last is None:
            return packed + 1
        blocks = sum(4 * b.leaf.nbytes for b in self.last.blocks)
        told = self.last.told.value.nbytes + self.last.told.stated.nbytes
        return packed + blocks + told + 2 * self.last.hidden.nbytes


class Tellings:
    """When each day was told of, up to a version: ``told`` (day, source, load)."""

    def __init__(self, told: Iterable[tuple[Day, str, int]]) -> None:
        self._of_day: dict[Day, list[tuple[str, int]]] = {}
        for day, source, load in told:
            self._of_day.setdefault(day, []).append((source, load))

    def loads(self, day: Day) -> list[int]:
        """The loads that told anything of the day, and the first that ends the wait for it; oldest first."""
        own = {load for _, load in self._of_day.get(day, [])}
        newer = (self._of_day.get(day + dt.timedelta(n), []) for n in range(HOLD, HOLD + EXPECTED))
        ends = [load for found in newer for _, load in found]
        return sorted(own | {min(ends, default=0)} - {0})

    def complete(self, day: Day, version: int) -> bool:
        """Whether all who are expected have spoken, or newer days no longer wait."""
        spoken = self._spoken(day, version)
        before = (self._spoken(day - dt.timedelta(n), version) for n in range(1, EXPECTED + 1))
        if spoken >= set().union(*before):
            return True
        return any(self._spoken(day + dt.timedelta(n), version) for n in range(HOLD, HOLD + EXPECTED))

    def _spoken(self, day: Day, version: int) -> set[str]:
        return {source for source, load in self._of_day.get(day, []) if load <= version}


class Chains:
    """Decisions by base and day, over the leaves of one geography each; kept while there is room."""

    def __init__(self, threshold: int) -> None:
        self.threshold = threshold
        self._chains: LRUCache[tuple[int, Terms, Day], _Chain] = LRUCache(KEPT_BYTES, getsizeof=_Chain.size)
        self._tellings: LRUCache[tuple[Terms, int], Tellings] = LRUCache(64)
        self._nodes: LRUCache[int, Nodes] = LRUCache(4)
        self._lock = threading.RLock()

    def nodes(self, view: View) -> Nodes:
        """The nodes of the view's geography."""
        key = view.geography.id
        if key not in self._nodes:
            self._nodes[key] = nodes_of(view.areas, view.leaves)
        return self._nodes[key]

    def hidden(self, view: View, terms: Terms, day: Day) -> Flags | None:
        """What is hidden of a base on a day, by node; None while the day is held back or nothing was told."""
        with self._lock:
            at = statement_day(view, terms, day)
            key = (view.geography.id, terms, at)
            chain = self._chains.pop(key, None) or _Chain()
            self._extend(chain, view, terms, at)
            if chain.size() <= self._chains.maxsize:
                self._chains[key] = chain
            place = int(np.searchsorted(chain.versions, view.version, side="right")) - 1
            packed = chain.packed[place] if place >= 0 else None
            size = len(self.nodes(view))
        return None if packed is None else np.unpackbits(packed, count=size).astype(np.bool_)

    def _extend(self, chain: _Chain, view: View, terms: Terms, day: Day) -> None:
        tellings = self._told(view, terms)
        done = chain.versions[-1] if chain.versions else 0
        for version in tellings.loads(day):
            if done < version <= view.version:
                self._step(chain, view.before(version), terms, day, tellings)

    def _step(self, chain: _Chain, view: View, terms: Terms, day: Day, tellings: Tellings) -> None:
        told = tell(view, terms, day)
        if chain.last is not None or tellings.complete(day, view.version):
            chain.last = decide(self.nodes(view), told, self.threshold, chain.last)
        chain.versions.append(view.version)
        chain.packed.append(None if chain.last is None else np.packbits(chain.last.hidden))

    def _told(self, view: View, terms: Terms) -> Tellings:
        key = (terms, view.version)
        if key not in self._tellings:
            self._tellings[key] = Tellings(each for count, _ in terms for each in view.tellings(count))
        return self._tellings[key]


def statement_day(view: View, terms: Terms, day: Day) -> Day:
    """The day on which what holds on ``day`` was stated: a stock that is carried is decided on once."""
    if not carried(terms):
        return day
    stated = {at for count, _ in terms for at, _ in view.sources(count, day)}
    return stated.pop() if len(stated) == 1 else day


def tell(view: View, terms: Terms, day: Day) -> Told:
    """A base on a day as the view knows it."""
    value = np.zeros(len(view.leaves), np.int64)
    stated = np.zeros(len(view.leaves), np.bool_)
    for count, sign in terms:
        vector = view.vectors(count, [day])[0]
        if vector is not None:
            known = vector != MISSING
            value += sign * np.where(known, vector, 0)
            stated |= known if sign > 0 else False
    return Told(np.where(stated, value, 0), stated)
