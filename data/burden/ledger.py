"""What an inventory of forms comes to: what is asked twice, the hours that it takes, the hours that could be saved.

Hours of a form a day = people x times a day x minutes / 60, and of one of its fields that divided by the number of its
fields: an inventory states how long a form takes, seldom how long a field.

Hours that could be saved = the hours of every asking but one of each group of fields that ask for the same. The one
that stays is the one asked most often, so that nobody learns later than today; of those the one that takes most hours,
so that the figure is the least that can be saved. A form whose people, minutes or times are not stated (one that is
filled in as needed) has no hours: it is counted in ``unknown``, never as nought, and saves nothing.

Once-only score = different fields / askings: 1 where nothing is asked twice, 0.25 where everything is asked four times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TypeVar

from data.burden.alike import Group, groups
from data.burden.form import Item

Sheet = tuple[str, str, str]
Key = TypeVar("Key")


@dataclass(frozen=True)
class FormLine:
    """One form. ``fields`` that it asks for (without furniture), ``repeated`` of them that are asked for elsewhere or
    twice here, ``hours`` a day and ``saved`` of them (None: not known), ``overlap``: the other form that shares most
    with it, and ``shared`` how many fields."""

    department: str
    form: str
    area: str
    every: str
    level: str
    subject: str
    minutes: float | None
    people: float | None
    paper: bool | None
    fields: int
    repeated: int
    hours: float | None
    saved: float | None
    overlap: str = ""
    shared: int = 0

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return digest(self.department, self.form, self.area)


@dataclass(frozen=True)
class Ledger:
    """The whole inventory. ``groups``: every field that is asked for, most often asked first."""

    lines: tuple[FormLine, ...]
    groups: tuple[Group, ...]

    @property
    def askings(self) -> int:
        """Fields of all forms."""
        return sum(len(group.items) for group in self.groups)

    @property
    def repeats(self) -> int:
        """Askings beyond the first of their group."""
        return sum(group.repeats for group in self.groups)

    @cached_property
    def doubled(self) -> tuple[Group, ...]:
        """The groups that are asked for more than once."""
        return tuple(group for group in self.groups if group.repeats)

    @property
    def once_only(self) -> float | None:
        """Different fields / askings; None where nothing is asked."""
        return len(self.groups) / self.askings if self.askings else None

    @property
    def hours(self) -> float | None:
        """Person-hours a day of the forms whose hours are known; None if none is."""
        return _sum(line.hours for line in self.lines)

    @property
    def saved(self) -> float | None:
        """Of them those that could be saved."""
        return _sum(line.saved for line in self.lines)

    @property
    def saved_share(self) -> float | None:
        """The share of the hours that could be saved."""
        return self.saved / self.hours if self.hours and self.saved is not None else None

    @property
    def unknown(self) -> int:
        """Forms whose hours nobody can tell."""
        return sum(line.hours is None for line in self.lines)

    @property
    def paper(self) -> int:
        """Forms on paper."""
        return sum(line.paper is True for line in self.lines)

    @property
    def paper_share(self) -> float | None:
        """Forms on paper of those of which it is stated."""
        told = sum(line.paper is not None for line in self.lines)
        return self.paper / told if told else None

    @property
    def departments(self) -> tuple[str, ...]:
        """Who hands forms out."""
        return tuple(dict.fromkeys(line.department for line in self.lines))

    @property
    def between(self) -> int:
        """Groups that several departments ask for."""
        return sum(len(group.departments) > 1 for group in self.groups)

    @cached_property
    def shared(self) -> Mapping[tuple[str, str], int]:
        """Fields that two departments both ask for, by pair in order of names; a department with itself: fields that
        it asks for more than once."""
        found: dict[tuple[str, str], int] = {}
        for group in self.doubled:
            names = sorted(group.departments)
            own = [name for name in names if sum(item.department == name for item in group.items) > 1]
            for pair in [*combinations(names, 2), *((name, name) for name in own)]:
                found[pair] = found.get(pair, 0) + 1
        return found


def ledger(items: Iterable[Item]) -> Ledger:
    """The ledger of an inventory; a field that a form lists twice in the same words counts once."""
    single = list({(*item.sheet, item.field): item for item in items}.values())
    found = groups(single)
    asked = [item for group in found for item in group.items]
    sizes = _counts(item.sheet for item in asked)
    spare = _counts(item.sheet for group in found if group.repeats for item in _spare(group, sizes))
    repeated = _counts(item.sheet for group in found if group.repeats for item in group.items)
    first = {item.sheet: item for item in reversed(single)}
    near = _overlaps(found)
    lines = [_line(first[sheet], sizes, repeated, spare, near.get(sheet)) for sheet in dict.fromkeys(
        item.sheet for item in single)]  # fmt: skip
    return Ledger(tuple(sorted(lines, key=lambda line: (-(line.hours or 0), line.key))), tuple(found))


def digest(*words: str) -> str:
    """A short name for what is told apart by these words, which may be anything."""
    return hashlib.sha256("\t".join(words).encode()).hexdigest()[:12]


def hours(item: Item) -> float | None:
    """Person-hours a day of its whole form; None where something is not stated."""
    if item.minutes is None or item.people is None or item.times is None:
        return None
    return item.people * item.times * item.minutes / 60


def _spare(group: Group, sizes: Mapping[Sheet, int]) -> list[Item]:
    """The askings that are not needed: all but the one that stays, see the module."""
    stays = max(range(len(group.items)), key=lambda at: _rank(group.items[at], sizes))
    return [item for at, item in enumerate(group.items) if at != stays]


def _rank(item: Item, sizes: Mapping[Sheet, int]) -> tuple[float, float]:
    return item.times or 0.0, (hours(item) or 0.0) / sizes[item.sheet]


def _line(
    item: Item, sizes: Mapping[Sheet, int], repeated: Mapping[Sheet, int], spare: Mapping[Sheet, int],
    near: tuple[Sheet, int] | None,
) -> FormLine:  # fmt: skip
    spent, size = hours(item), sizes.get(item.sheet, 0)
    saved = None if spent is None else spent * spare.get(item.sheet, 0) / size if size else 0.0
    other, shared = near or (("", "", ""), 0)
    return FormLine(
        item.department, item.form, item.area, item.every, item.level, item.subject, item.minutes, item.people,
        item.paper, size, repeated.get(item.sheet, 0), spent, saved, other[1], shared,
    )  # fmt: skip


def _overlaps(found: Sequence[Group]) -> dict[Sheet, tuple[Sheet, int]]:
    """Each form with the one that shares most fields with it."""
    pairs = _counts(pair for group in found for pair in combinations(sorted(group.sheets), 2))
    best: dict[Sheet, tuple[Sheet, int]] = {}
    for (one, other), n in pairs.items():
        for sheet, mate in ((one, other), (other, one)):
            if n > best.get(sheet, (mate, 0))[1]:
                best[sheet] = mate, n
    return best


def _counts(keys: Iterable[Key]) -> dict[Key, int]:
    made: dict[Key, int] = {}
    for key in keys:
        made[key] = made.get(key, 0) + 1
    return made


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
