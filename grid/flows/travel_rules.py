"""What a journey has to satisfy on both sides, and where the two sides contradict each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product

from data.terms import CODES
from data.travel import Demand, TravelPack
from data.words import Both, Lang

#: A journey there and back: on which occasion which side asks what its packs say of ``when``.
OCCASIONS = (("leave", "origin", "leave"), ("arrive", "destination", "arrive"),
             ("back", "destination", "leave"), ("return", "origin", "return"))  # fmt: skip
_ORDER = [occasion for occasion, *_ in OCCASIONS]


@dataclass(frozen=True)
class End:
    """One end of a journey: the names and codes it goes by."""

    words: frozenset[str]

    def named(self, word: str) -> bool:
        """Whether a demand that is only of places that begin so is of this one."""
        return not word or any(mine.startswith(word) for mine in self.words)


@dataclass(frozen=True)
class Need:
    """One demand on a journey, the pack that makes it, and when it is met: "leave" or "return" (the origin's),
    "arrive" or "back" (the destination's: one leaves it again)."""

    pack: TravelPack
    demand: Demand
    occasion: str


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
    ends, found = {"origin": (origin, destination), "destination": (destination, origin)}, []
    for occasion, side, when in OCCASIONS:
        here, there = ends[side]
        asking = [pack for pack in packs if pack.holds(day) and pack.governs(*here.words)]
        found += [Need(p, d, occasion) for p in asking for d in p.demands if d.when == when and there.named(d.of)]
    return found


def between(
    packs: Sequence[TravelPack], day: dt.date, home: End | None = None
) -> list[tuple[TravelPack, TravelPack, Conflict]]:
    """Every contradiction of two cities that have rules on a day, from the first to the second and back. ``home``: only
    journeys that begin there."""
    asking = {pack.place: pack for pack in packs if pack.holds(day)}.values()
    return [
        (here, there, conflict)
        for here, there in permutations(asking, 2)
        if home is None or here.governs(*home.words)
        for conflict in conflicts(needs(packs, end_of(here), end_of(there), day))
    ]


def end_of(pack: TravelPack) -> End:
    """The city that a pack is of, as an end of a journey."""
    return words_of(pack.place, pack.place_en, pack.code)


def conflicts(asked: Sequence[Need], codes: frozenset[str] = frozenset()) -> list[Conflict]:
    """Where demands of different packs contradict each other. ``codes``: the health codes that the origin's people
    were turned to as a whole (none: they have their own)."""
    pairs = [(a, b) for a, b in product(asked, asked) if a.pack.id != b.pack.id and _turn(a) < _turn(b)]
    found = [conflict for pair in pairs for conflict in _between(*pair)]
    return found + [conflict for need in asked for conflict in _coded(need, codes)]


def _turn(need: Need) -> int:
    return _ORDER.index(need.occasion)


def _between(first: Need, second: Need) -> Iterator[Conflict]:
    one, two = first.demand, second.demand
    if one.closed != two.closed and (first.occasion, second.occasion) in (("leave", "arrive"), ("back", "return")):
        shut, lets = (first, second) if one.closed else (second, first)
        yield Conflict("closed", first, second, _closed(shut, lets))
    if (first.occasion, second.occasion) in (("leave", "arrive"), ("back", "return")) and _older(one, two):
        yield Conflict("test", first, second, _test(first, second))
    if one.isolate_days and two.isolate_days:
        days = one.isolate_days + two.isolate_days
        what = Both(f"两地都要求隔离，合计 {days} 天", f"both isolate the same traveller, {days} days in all")
        yield Conflict("twice", first, second, what)


def _older(leaving: Demand, arriving: Demand) -> bool:
    """Whether a test that is good enough to leave may be too old to arrive."""
    return bool(leaving.test_hours and arriving.test_hours and arriving.test_hours < leaving.test_hours)


def _test(leaving: Need, arriving: Need) -> Both:
    one, two = leaving.demand.test_hours, arriving.demand.test_hours
    return Both(
        f"{leaving.pack.place}认 {one} 小时内的检测，{arriving.pack.place}只认 {two} 小时内的",
        f"{leaving.pack.place_en} takes a test of {one} hours, {arriving.pack.place_en} none beyond {two}",
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
