"""Which fields ask for the same: first those whose names mean the same, then those whose names nearly agree.

Names mean the same where :mod:`data.burden.names` brings them to one meaning. Nearly agreeing names are compared by
rapidfuzz's ratio: 2 x signs in common / signs of both (insertions and deletions, a replaced sign is one of each).

THRESHOLD is 85: one sign more or less in a name of three (6/7 = 85.7), two in one of six (12/14), one replaced in one
of seven (12/14) may be a slip of the pen or a bit of wording that no table knows; a replaced sign in a shorter name
makes another word (上午体温, 下午体温: 75). Above it, what differs decides: names are kept apart whose difference
holds a sign of CONTRARY or a digit, or that name other people or another way (入境日期 and 离境日期). On the planted
forms of the tests the lowest pair that belongs together scores 85.7, the highest that does not (and is not kept apart
by what differs) 75.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from data.burden.form import Item
from data.burden.names import Meaning, meaning
from data.burden.synonyms import CONTRARY

#: See the module.
THRESHOLD = 85.0

#: A field by which items are grouped: of what, and what of it.
Asked = tuple[str, Meaning]


@dataclass(frozen=True)
class Group:
    """Fields that ask for the same. ``name``: what they are called most often; ``items`` in the order of the inventory;
    ``exact``: their names mean the same, else some of them nearly agree."""

    name: str
    items: tuple[Item, ...]
    exact: bool

    @property
    def repeats(self) -> int:
        """How often it is asked for beyond the first time."""
        return len(self.items) - 1

    @property
    def names(self) -> tuple[str, ...]:
        """The different names, in order of first use."""
        return tuple(dict.fromkeys(item.field for item in self.items))

    @property
    def departments(self) -> tuple[str, ...]:
        """Who asks for it."""
        return tuple(dict.fromkeys(item.department for item in self.items))

    @property
    def sheets(self) -> tuple[tuple[str, str, str], ...]:
        """The forms that ask for it."""
        return tuple(dict.fromkeys(item.sheet for item in self.items))


def groups(items: Iterable[Item]) -> list[Group]:
    """Every field that is asked for, most often asked first; furniture of forms is left out."""
    by: dict[Asked, list[Item]] = {}
    for item in items:
        asked = item.subject, meaning(item.field)
        if not asked[1].furniture:
            by.setdefault(asked, []).append(item)
    keys = list(by)
    joined = [_group([by[keys[at]] for at in sorted(one)]) for one in near(keys)]
    return sorted(joined, key=lambda group: (-group.repeats, group.name))


def _group(parts: Sequence[Sequence[Item]]) -> Group:
    items = tuple(item for part in parts for item in part)
    names = [item.field for item in items]
    return Group(max(dict.fromkeys(names), key=names.count), items, len(parts) == 1)


def near(keys: Sequence[Asked]) -> list[set[int]]:
    """Places of keys that belong together. One joins others only if it nearly agrees with every one of them, so that no
    chain of small steps leads from one field to another."""
    found: list[set[int]] = []
    home: dict[int, set[int]] = {}
    scores = _scores([meant.text for _, meant in keys])
    for at in range(len(keys)):
        close = np.flatnonzero(scores[at, :at] >= THRESHOLD).tolist()
        fits = next((home[one] for one in close if all(alike(keys[at], keys[other]) for other in home[one])), None)
        if fits is None:
            fits = set()
            found.append(fits)
        fits.add(at)
        home[at] = fits
    return found


def _scores(texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Each against each, 0 below the threshold."""
    made: np.ndarray[tuple[int, int], np.dtype[np.float32]] = process.cdist(
        texts, texts, scorer=fuzz.ratio, score_cutoff=THRESHOLD, dtype=np.float32, workers=1
    )
    return made


def alike(one: Asked, other: Asked) -> bool:
    """Whether two fields of other meanings nearly agree in names, and nothing in the difference says otherwise."""
    (subject, first), (about, second) = one, other
    if (subject, first.role, first.turns) != (about, second.role, second.turns):
        return False
    return fuzz.ratio(first.text, second.text) >= THRESHOLD and not _contrary(first.core, second.core)


def _contrary(one: str, other: str) -> bool:
    """Whether two texts differ in a sign that makes another field."""
    signs = [
        (one if edit.tag == "delete" else other)[edit.src_pos if edit.tag == "delete" else edit.dest_pos]
        for edit in Indel.editops(one, other)
    ]
    return any(sign in CONTRARY or sign.isdigit() or sign.isascii() for sign in signs)
