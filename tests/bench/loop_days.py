"""Days of entries on a simulated clock, and what must come of them, reckoned by nothing of ours.

Persons scan at checkpoints, some several times within the window, some again after it; senders send again what they are
not sure of. Each district's board fetches its list in its own rhythm, some stop for hours; some events are acted on.
"""

from __future__ import annotations

import datetime as dt
import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

CITY = "9901"
DISTRICTS = tuple(f"9901{n:02}" for n in range(1, 9))
FIRST = dt.datetime(2022, 4, 13)

#: Minutes between two steps of the clock, and of the rule and of the window within which scans are one entry.
EACH, RULE, WINDOW = 5, 180, 1440

#: How long a script is, if nothing else is said: the second entry after the window needs days.
HOURS = 120

#: What is done about an event, in turn.
DEEDS = ("accept", "act", "feed_back", "close")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: who (a pseudonym), whereto, when; ``at``: the step at which it reaches the book."""

    source: str
    key: str
    subject: str
    district: str
    happened: dt.datetime
    at: int


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does at a step about the event of a scan."""

    at: int
    name: str
    scan: Scan


@dataclass
class Days:
    """A script. ``scans`` in the order in which they come, some of them twice; ``fetches``: step -> districts."""

    scans: list[Scan] = field(default_factory=list)
    fetches: dict[int, list[str]] = field(default_factory=dict)
    deeds: dict[int, list[Deed]] = field(default_factory=dict)
    steps: int = 0

    def moment(self, step: int) -> dt.datetime:
        """When a step is."""
        return FIRST + dt.timedelta(minutes=EACH * step)

    def coming(self, step: int) -> list[Scan]:
        """The scans of a step."""
        low, high = (bisect_left(self.scans, at, key=lambda scan: scan.at) for at in (step, step + 1))
        return self.scans[low:high]


def days(entries: int, seed: int = 1, hours: int = HOURS) -> Days:
    """A script of so many scans in the first third of the time, and what follows in the rest."""
    chance, made = random.Random(seed), Days(steps=hours * 60 // EACH)
    scans: list[Scan] = []
    while len(scans) < entries:
        scans += _person(chance, len(scans), hours * 60)
    scans = scans[:entries]
    again = [replace(scan, at=scan.at + chance.randrange(3)) for scan in scans if chance.random() < 0.1]
    made.scans = sorted(scans + again, key=lambda scan: (scan.at, scan.happened))
    for number, district in enumerate(DISTRICTS):
        for step in _fetches(chance, number, made.steps):
            made.fetches.setdefault(step, []).append(district)
    for deed in _deeds(chance, made):
        made.deeds.setdefault(deed.at, []).append(deed)
    return made


def _person(chance: random.Random, number: int, minutes: int) -> Iterator[Scan]:
    """One person's scans: one in three comes past several checkpoints, one in twenty a second time days later."""
    district, start = chance.choice(DISTRICTS), chance.uniform(0, 0.3 * minutes)
    moments = [start] + [start + chance.uniform(1, 300) for _ in range(chance.choice([0, 0, 0, 0, 1, 3]))]
    if chance.random() < 0.05:
        moments.append(start + 310 + WINDOW + chance.uniform(0, 300))
    for n, minute in enumerate(sorted(one for one in moments if one < 0.9 * minutes)):
        happened = FIRST + dt.timedelta(minutes=minute)
        step = int(minute // EACH) + 1
        yield Scan(f"gate{chance.randrange(20)}", f"{number}-{n}", f"p{number}", district, happened, step)


def _fetches(chance: random.Random, number: int, steps: int) -> list[int]:
    """When a district's board asks: from every half hour to every four hours; every other one stops for a tenth of the time."""
    rhythm = (6, 7, 9, 12, 18, 24, 36, 48)[number]
    stop = chance.randrange(steps // 14, steps // 5)
    return [step for step in range(number, steps, rhythm) if number % 2 == 0 or not stop <= step < stop + steps // 10]


def _deeds(chance: random.Random, made: Days) -> Iterator[Deed]:
    """What is done about one person in fifty, from their first scan on."""
    firsts = {scan.key: scan for scan in reversed(made.scans) if scan.key.endswith("-0")}
    for scan in firsts.values():
        step = scan.at + 3
        for name in DEEDS if chance.random() < 0.02 else ():
            step += chance.randrange(0, 40)
            if step < made.steps:
                yield Deed(step, name, scan)


# --- what must come of it ------------------------------------------------------------------------


@dataclass
class Entry:
    """An event that must be: the keys of its scans, when its person entered, when the district had it."""

    subject: str
    district: str
    keys: set[Key]
    entered: dt.datetime
    latest: dt.datetime
    sensed: int
    accepted: int | None = None
    closed: int | None = None
    pushed: dt.datetime | None = None

    @property
    def breach(self) -> bool:
        """Whether the district had it later than the rule says, or never."""
        return self.pushed is None or self.pushed - self.entered > dt.timedelta(minutes=RULE)


def expected(made: Days) -> list[Entry]:
    """Every entry that must be in the book, reckoned from the script alone."""
    fetches: Mapping[str, list[int]] = {
        district: sorted(step for step, those in made.fetches.items() if district in those) for district in DISTRICTS
    }
    done = {(one.scan.key, one.name): one.at for each in made.deeds.values() for one in each}
    open_: dict[str, list[Entry]] = defaultdict(list)
    seen: dict[Key, Entry] = {}
    for scan in made.scans:
        key = (scan.source, scan.key)
        if key not in seen:
            seen[key] = _entry(open_[scan.subject], scan)
            seen[key].keys.add(key)
            seen[key].closed = done.get((scan.key, "close"), seen[key].closed)
            seen[key].accepted = done.get((scan.key, "accept"), seen[key].accepted)
    entries = [entry for each in open_.values() for entry in each]
    for entry in entries:
        had = [step for step in fetches[entry.district] if step >= entry.sensed][:1]
        # who accepts before the rule's time is over has it from then on; afterwards it is the city's
        had += [entry.accepted] if entry.accepted and entry.accepted - entry.sensed <= RULE // EACH else []
        entry.pushed = made.moment(min(had)) if had else None
    return entries


def _entry(known: list[Entry], scan: Scan) -> Entry:
    window = dt.timedelta(minutes=WINDOW)
    for entry in reversed(known):
        running = entry.closed is None or entry.closed >= scan.at
        if running and abs(scan.happened - entry.latest) <= window:
            entry.latest = max(entry.latest, scan.happened)
            entry.entered = min(entry.entered, scan.happened)
            return entry
    known.append(Entry(scan.subject, scan.district, set(), scan.happened, scan.happened, scan.at))
    return known[-1]
