"""All rule packs of a city, and which of them is in force where and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from data.code_days import NO_DAY
from data.days import day_number
from data.rules.pack import OPEN, Clause, Pack
from data.terms import CODES

#: What a kernel needs of a clause. ``colour``: index into terms.CODES; ``days``: OPEN if no day ends it; ``start``,
#: ``stop``: first day of its pack, and the day on which it ends if it states no days (NO_DAY: none known); days since
#: 1970-01-01.
TABLE = np.dtype(
    [
        ("colour", "u1"),
        ("days", "<i4"),
        ("lookback", "<i4"),
        ("tests", "?"),
        ("fresh", "<i4"),
        ("no_contact", "?"),
        ("start", "<i4"),
        ("stop", "<i4"),
    ]
)


@dataclass(frozen=True)
class Rulebook:
    """The packs that are read together, in their order; ids are unique.

    A pack is in force by its own dates, unless one that ``replaces`` it has begun where both govern.
    """

    packs: tuple[Pack, ...]

    @cached_property
    def _clauses(self) -> dict[str, Clause]:
        return {clause.word: clause for pack in self.packs for clause in pack.clauses}

    @cached_property
    def _packs(self) -> dict[str, Pack]:
        return {pack.id: pack for pack in self.packs}

    @cached_property
    def digest(self) -> str:
        """What tells whether two rulebooks say the same: of all that their packs state."""
        said = "\n".join(pack.model_dump_json(exclude_defaults=True) for pack in self.packs)
        return blake2b(said.encode(), digest_size=16).hexdigest()

    @cached_property
    def clause_words(self) -> tuple[str, ...]:
        """The word "pack/clause" of every clause; entry 0 is "" (none)."""
        return ("", *self._clauses)

    def clause(self, word: str) -> Clause | None:
        """The clause called "pack/clause", whatever its blanks and capitals; None if there is none."""
        return self._clauses.get(_plain(word))  # ids have neither

    def find(self, words: str) -> Pack | None:
        """The pack whose id, number of notice or name ``words`` is; None if there is none, or more than one."""
        asked = _plain(words)
        found = [p for p in self.packs if asked in map(_plain, (p.id, p.notice, p.notice_en, p.zh, p.en))]
        return found[0] if asked and len(found) == 1 else None

    def _successors(self, pack: Pack, area: str) -> list[Pack]:
        """The packs that take its place in all of ``area`` ("": in all of its own)."""
        return [p for p in self.packs if pack.id in p.replaces and (area or pack.area).startswith(p.area)]

    def replaced(self, pack: Pack, day: dt.date, area: str = "") -> bool:
        """Whether another pack has taken its place in ``area`` by ``day``."""
        return any(other.start <= day for other in self._successors(pack, area))

    def holds(self, pack: Pack, day: dt.date, area: str = "") -> bool:
        """Whether ``pack`` is in force on ``day`` in ``area``."""
        return pack.holds(day, area) and not self.replaced(pack, day, area)

    def in_force(self, day: dt.date, area: str = "") -> tuple[Pack, ...]:
        """The packs in force on ``day`` in the area of code ``area`` ("": anywhere)."""
        return tuple(pack for pack in self.packs if self.holds(pack, day, area))

    def stop(self, pack: Pack, area: str = "") -> dt.date | None:
        """The first day without ``pack`` in ``area`` ("": in all of its own); None if none is known."""
        begun = [other.start for other in self._successors(pack, area)]
        ends = [*begun, *([pack.stop] if pack.stop else [])]
        return min(ends) if ends else None

    def held_until(self, clause: Clause, area: str = "") -> dt.date | None:
        """The day on which a clause without days ends, because its notice does; None if none is known."""
        pack = None if clause.outlives else self._packs.get(clause.pack)
        return self.stop(pack, area) if pack else None

    def entries(self, day: dt.date, area: str, identity: str) -> tuple[Clause, ...]:
        """The clauses that ``identity`` begins with on ``day``: one a code pack in force that knows it."""
        packs = (pack for pack in self.in_force(day, area) if pack.turns_codes)
        return tuple(clause for clause in (pack.entry(identity) for pack in packs) if clause is not None)

    def entry(self, day: dt.date, area: str, identity: str | None, colour: str) -> Clause | None:
        """The clause in force on ``day`` under which somebody is given ``colour``; None if no pack in force gives it.

        With an identity, a stage of the paths that it begins. Without one, whatever gives the colour: clauses with a
        clock before those without (that somebody is a case, or confined with an area, is not taken for granted), then
        stages that a path begins with before later ones. Of several the strictest: the one that lasts longest.
        """
        found = list(self._giving(day, area, identity, colour))
        return max(found, key=lambda one: (one[0], -self.clause_words.index(one[1].word)))[1] if found else None

    def _giving(
        self, day: dt.date, area: str, identity: str | None, colour: str
    ) -> Iterator[tuple[tuple[int, ...], Clause]]:
        """(order, clause) of every clause in force that gives the colour."""
        for pack in self.in_force(day, area):
            firsts = [pack.identities.get(identity, "")] if identity else [*pack.identities.values()]
            for first in (clause for clause in map(pack.clause, firsts) if clause and pack.turns_codes):
                for clause in pack.path(first):
                    if clause.colour == colour:
                        length = self._length(clause, day, area)
                        yield ((length,) if identity else (not clause.open, clause is first, length)), clause

    def _length(self, clause: Clause, day: dt.date, area: str) -> int:
        """Days that the clause lasts at least if it begins on ``day``."""
        if not clause.open:
            return clause.days
        stop = self.held_until(clause, area)
        return (stop - day).days if stop else int(np.iinfo(np.int32).max)

    def table(self) -> NDArray[np.void]:
        """(1 + clauses,) of TABLE: row n is the clause ``clause_words[n]``; row 0, none, gives green and never ends."""
        rows = np.zeros(len(self.clause_words), TABLE)
        rows[0] = (0, OPEN, 0, False, 0, False, NO_DAY, NO_DAY)
        colours = list(CODES)
        for at, (pack, clause) in enumerate(((p, c) for p in self.packs for c in p.clauses), 1):
            rows[at] = (
                colours.index(clause.colour or "green"),
                *(clause.days, clause.lookback, clause.tests, clause.fresh, clause.no_contact),
                *(day_number(pack.start), day_number(self.held_until(clause))),
            )
        return rows


def _plain(words: str) -> str:
    return "".join(words.split()).casefold()
