"""What a journey has to satisfy on both sides, and where the two sides contradict each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from data.errors import Both, Lang
from data.terms import CODES
from data.travel import WHEN, Demand, TravelPack


@dataclass(frozen=True)
class End:
    """One end of a journey: the names and codes it goes by."""

    words: frozenset[str]

    def named(self, word: str) -> bool:
        """Whether a demand that is only of places that begin so is of this one."""
        return not word or any(mine.startswith(word) for mine in self.words)


@dataclass(frozen=True)
class Need:
    """One demand on a journey, and the pack that makes it."""

    pack: TravelPack
    demand: Demand


@dataclass(frozen=True)
class Conflict:
    """Two demands of the two sides that cannot be met by the same thing. ``kind``: "closed" one side forbids what the
    other regulates; "test" the test that one side accepts is too old for the other; "code" the one demands a code that
    the other's people do not have; "twice" both isolate the same traveller."""

    kind: str
    first: Need
    second: Need
    what: Both


def needs(packs: Sequence[TravelPack], origin: End, destination: End, day: dt.date) -> list[Need]:
    """What a journey there and back has to satisfy, in its order: the origin's rules of leaving and coming back, the
    destination's of arriving and leaving again."""
    found = []
    for pack in packs:
        for here, there, occasions in ((origin, destination, ("leave", "return")), (destination, origin, ("arrive",))):
            if pack.holds(day) and pack.governs(*here.words):
                found += [Need(pack, d) for d in pack.demands if d.when in occasions and there.named(d.of)]
    return sorted(found, key=lambda need: WHEN.index(need.demand.when))


def conflicts(asked: Sequence[Need], codes: frozenset[str] = frozenset()) -> list[Conflict]:
    """Where demands of different packs contradict each other. ``codes``: the health codes that the origin's people
    were turned to as a whole (none: they have their own)."""
    pairs = [(a, b) for a, b in product(asked, asked) if a.pack.id != b.pack.id and _turn(a) < _turn(b)]
    found = [conflict for pair in pairs for conflict in _between(*pair)]
    return found + [conflict for need in asked for conflict in _coded(need, codes)]


def _turn(need: Need) -> int:
    return WHEN.index(need.demand.when)


def _between(first: Need, second: Need) -> Iterator[Conflict]:
    one, two = first.demand, second.demand
    if one.closed != two.closed and "leave" in (one.when, two.when):
        shut, lets = (first, second) if one.closed else (second, first)
        yield Conflict("closed", first, second, _closed(shut, lets))
    if one.when == "leave" and two.when == "arrive" and _older(one, two):
        yield Conflict("test", first, second, _test(one, two))
    if one.isolate_days and two.isolate_days:
        days = one.isolate_days + two.isolate_days
        what = Both(f"两地都要求隔离，合计 {days} 天", f"both isolate the same traveller, {days} days in all")
        yield Conflict("twice", first, second, what)


def _older(leaving: Demand, arriving: Demand) -> bool:
    """Whether a test that is good enough to leave may be too old to arrive."""
    return bool(leaving.test_hours and arriving.test_hours and arriving.test_hours < leaving.test_hours)


def _test(leaving: Demand, arriving: Demand) -> Both:
    return Both(
        f"出发地认 {leaving.test_hours} 小时内的检测，目的地只认 {arriving.test_hours} 小时内的",
        f"the origin takes a test of {leaving.test_hours} hours, the destination none beyond {arriving.test_hours}",
    )


def _closed(shut: Need, lets: Need) -> Both:
    return Both(
        f"{shut.pack.place}不放行，{lets.pack.place}却写明放行条件",
        f"{shut.pack.place_en} lets nobody pass for whom {lets.pack.place_en} states conditions",
    )


def _coded(need: Need, codes: frozenset[str]) -> Iterator[Conflict]:
    wanted = need.demand.code
    if wanted and codes and wanted not in codes:
        what = Both(
            f"{need.pack.place}要求出示{CODES[wanted].zh}，出发地人员已被统一转码",
            f"{need.pack.place_en} demands a {wanted} code that nobody from the origin has since all were turned",
        )
        yield Conflict("code", need, need, what)


def words_of(*words: str | None) -> End:
    """An end of a journey by its names and codes."""
    return End(frozenset(word for word in words if word))


def text(conflict: Conflict, lang: Lang) -> str:
    """What the conflict is."""
    return conflict.what.zh if lang == "zh" else conflict.what.en
