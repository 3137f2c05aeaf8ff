"""The notices lived through day by day, by hand: an oracle that shares nothing with the engine.

Written from the notices' text as the sources quote it: for each identity one walks the calendar with counters in the
hand and looks at every evening what the notice says. Slow on purpose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

Day = dt.date
ONE = dt.timedelta(1)

#: Henan, second version: whom it names. In force in the province (codes 41...) from August 2021.
HENAN = {"close_contact", "secondary_contact", "entrant", "risk_area", "stayer"}
HENAN_FROM = Day(2021, 8, 1)
#: Zhengzhou notice 18 (codes 4101...), until the last area was lifted on 28 August 2021.
ZHENGZHOU_FROM, ZHENGZHOU_LIFTED = Day(2021, 8, 6), Day(2021, 8, 28)
#: Heihe (codes 2311...): registered residents yellow, no end stated.
HEIHE_FROM = Day(2021, 10, 30)

PLAN_9, TWENTY = Day(2022, 6, 27), Day(2022, 11, 11)


@dataclass(frozen=True)
class Shown:
    """What one identity comes to: colour, first day of the colour's stage, first day after its clock, which clause."""

    colour: str
    since: Day
    ends: Day | None
    clause: str


def calendar(first: Day, last: Day) -> Iterator[Day]:
    """Every day from first to last."""
    while first <= last:
        yield first
        first += ONE


def colours(
    identities: set[tuple[Day, str]], tests: set[tuple[Day, bool]], contacts: set[Day], day: Day, area: str
) -> list[Shown]:
    """What each identity comes to on ``day``; a contact makes a close contact, a positive test a case."""
    negative = {at for at, positive in tests if not positive}
    positive = {at for at, found in tests if found}
    who = set(identities) | {(at, "close_contact") for at in contacts} | {(at, "case") for at in positive}
    shown: list[Shown | None] = []
    for since, identity in who:
        if since > day:
            continue
        if area.startswith("41") and since >= HENAN_FROM:
            if identity == "case":
                shown.append(Shown("red", since, None, "henan-2/case"))
            elif identity in HENAN:
                shown.append(_henan(since, negative, positive, contacts, day))
        if area.startswith("4101") and ZHENGZHOU_FROM <= since < ZHENGZHOU_LIFTED:
            shown.append(_zhengzhou(since, identity, positive, day))
        if area.startswith("2311") and since >= HEIHE_FROM and identity == "registered":
            shown.append(Shown("yellow", since, None, "heihe-2021/registered"))
    return [one for one in shown if one is not None]


def _henan(since: Day, negative: set[Day], positive: set[Day], contacts: set[Day], today: Day) -> Shown | None:
    """Red for 14 days, yellow for 7, all tests negative; each change with a test of 48 hours and no new contact."""
    colour, needed = "red", 14
    begun = counted = since
    done = 0  # whole days of the clock that lie behind us
    tested: Day | None = None  # last negative test of this count
    for day in calendar(since, today):
        done = (day - counted).days
        if day in contacts and day != counted:
            counted, done, tested = day, 0, None
        if day in negative:
            tested = day
        if day in positive:
            return Shown(colour, begun, None, f"henan-2/{colour}")
        if done >= needed and tested is not None and (day - tested).days <= 2:
            if colour == "yellow":
                return None
            colour, needed = "yellow", 7
            begun = counted = day
            tested = day if day in negative else None
    return Shown(colour, begun, counted + needed * ONE, f"henan-2/{colour}")


def _zhengzhou(since: Day, identity: str, positive: set[Day], today: Day) -> Shown | None:
    """Home: red, compound: yellow, for as long as areas are closed; whoever turns positive meanwhile stays."""
    if identity not in ("stay_home", "stay_in"):
        return None
    colour, clause = ("red", "home") if identity == "stay_home" else ("yellow", "compound")
    for day in calendar(since, today):
        if day in positive:
            return Shown(colour, since, None, f"zhengzhou-18/{clause}")
        if day == ZHENGZHOU_LIFTED:
            return None
    return Shown(colour, since, ZHENGZHOU_LIFTED, f"zhengzhou-18/{clause}")


def strictest(shown: list[Shown]) -> tuple[str, Day | None, set[tuple[str, Day]]]:
    """(colour, end, every (clause, since) that gives both): red before yellow before green, then the latest end."""
    for colour in ("red", "yellow"):
        of_colour = [one for one in shown if one.colour == colour]
        if of_colour:
            endless = any(one.ends is None for one in of_colour)
            end = None if endless else max(one.ends for one in of_colour if one.ends is not None)
            return colour, end, {(one.clause, one.since) for one in of_colour if one.ends == end}
    return "green", None, set()


def zone(kind: str, start: Day, cases: set[Day], today: Day, twenty_from: Day = TWENTY) -> tuple[str, int]:
    """(risk on ``today``, days of quiet so far): the 9th plan, then the twenty measures from ``twenty_from`` on."""
    life = _Zone({"lockdown": "high", "control": "middle"}.get(kind, kind))
    life.quiet = _quiet_before(life.level, start, cases, 5 if start >= twenty_from else 7)
    for day in calendar(start, today):
        life.quiet += day > start
        twenty = day >= twenty_from
        if twenty and life.level == "middle":
            life.lower("low")
        if day > start and day in cases:
            life.infected(twenty)
        life.evening(twenty)
    return life.level, life.quiet


@dataclass
class _Zone:
    """A zone's file: its level, whether it was ever high since it was last drawn, and the days of quiet."""

    level: str
    quiet: int = 0

    def __post_init__(self) -> None:
        self.was_high = self.level == "high"

    def lower(self, level: str) -> None:
        self.level, self.quiet = level, 0

    def infected(self, twenty: bool) -> None:
        """High again if it ever was; else medium, which the twenty measures do not know."""
        if self.was_high:
            self.lower("high")
        elif not twenty:
            self.lower("middle")

    def evening(self, twenty: bool) -> None:
        """Whether the days of quiet suffice."""
        if self.level == "high" and self.quiet >= (5 if twenty else 7):
            self.lower("low" if twenty else "middle")
        elif self.level == "middle" and self.quiet >= (3 if self.was_high else 7):
            self.lower("low")


def _quiet_before(level: str, start: Day, cases: set[Day], needed: int) -> int:
    """Days of quiet that a zone brings with it: since the last case, unless that was too long ago to matter."""
    for ago in range(needed):
        if start - ago * ONE in cases:
            return ago
    return 0
