"""A rule pack: what one notice says, as dated data.

Facts are cited (notice, authority, source), the sentences are our own. Every key is checked
(:mod:`data.rules.read`); an unknown key is an error, so that a misspelt one is not silently ignored.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from data.words import Lang

#: ``days`` of a clause that states none: its colour stands while the notice does.
OPEN = -1

Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]

#: ``true`` and "7" are no numbers of days.
Days = Annotated[int, Field(ge=1, le=1000, strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Clause(_Part):
    """One stage of a path: how long, on which conditions, and what follows.

    A clause of a code pack gives a ``colour``, one of a zone pack a ``risk``. A stage that begins on day s holds on
    s..s + ``days`` - 1; without ``days`` it ends with its notice, or not even then (``outlives``). ``confined``: where
    it keeps somebody. ``tests``: every test of the stage must be negative, and there must be one. ``fresh``: a negative
    test of the stage must be of the day of the change or at most so many days before (0: not asked). ``no_contact``:
    no contact with the infected since the stage began. ``next``: the clause that follows (without: green, or low).
    ``again``: the clause to which a new case sends a zone (without: this one anew). ``lookback``: evidence may be so
    many days older than the assignment (without: the pack's). ``zh``, ``en``: what the notice says, in our words.
    ``pack``, ``by_zh``, ``by_en`` are filled in from the pack.
    """

    id: Word
    colour: Literal["", "yellow", "red"] = ""
    risk: Literal["", "high", "middle"] = ""
    confined: Literal["", "central", "home", "compound"] = ""
    days: Days = OPEN
    outlives: bool = False
    tests: bool = False
    fresh: Annotated[int, Field(ge=0, le=100, strict=True)] = 0
    no_contact: bool = False
    next: str = ""
    again: str = ""
    lookback: Days = 14
    zh: str
    en: str
    pack: str
    by_zh: str
    by_en: str

    @property
    def word(self) -> str:
        """The word "pack/clause", as ledgers and addresses write it."""
        return f"{self.pack}/{self.id}"

    @property
    def open(self) -> bool:
        """Whether it states no days."""
        return self.days == OPEN

    def text(self, lang: Lang) -> str:
        """What it says."""
        return self.zh if lang == "zh" else self.en

    def by(self, lang: Lang) -> str:
        """The notice that it stands in: name and number."""
        return self.by_zh if lang == "zh" else self.by_en


#: Keys of a clause that a file does not write.
FILLED = ("pack", "by_zh", "by_en")


class Pack(_Part):
    """What one notice says. It is in force from ``start``, and before ``stop`` if that is known.

    ``about``: "codes", "zones", or "orders" (a notice that turns the codes of a whole group). ``notice``: its number
    or name; ``source``: where its text is found; ``area``: the code prefix that it governs (without: any area); of a
    code of six digits, what lies under it: zeros at its end are left out.
    ``unit``: the largest zone that it lets draw. ``replaces``: ids of packs whose place it takes from its start on,
    where it governs. ``lookback``: see the clause. ``identities``: identity (of a zone pack: risk or kind of zone) ->
    the clause that it begins with. ``alike``: identity -> identities that the same people have under other notices.
    ``clauses`` are written as ``[[clause]]``.
    """

    id: Word
    zh: str
    en: str
    about: Literal["codes", "zones", "orders"]
    notice: str
    notice_en: str
    authority: str
    authority_en: str
    source: str
    url: str | None = None
    start: dt.date
    stop: dt.date | None = None
    area: Annotated[str, Field(pattern=r"^[0-9A-Za-z]*$", max_length=40)] = ""
    unit: Literal["building", "compound", "community", "street", "district"] | None = None
    replaces: tuple[str, ...] = ()
    lookback: Days = 14
    identities: dict[str, str]
    alike: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    clauses: tuple[Clause, ...]

    @field_validator("area")
    @classmethod
    def _under(cls, area: str) -> str:
        return re.sub(r"(00)+$", "", area) if re.fullmatch(r"[0-9]{6}", area) else area

    @property
    def turns_codes(self) -> bool:
        """Whether it gives colours to people."""
        return self.about != "zones"

    def name(self, lang: Lang) -> str:
        """What it is called."""
        return self.zh if lang == "zh" else self.en

    def number(self, lang: Lang) -> str:
        """The number of its notice."""
        return self.notice if lang == "zh" else self.notice_en

    def by(self, lang: Lang) -> str:
        """The authority that made it."""
        return self.authority if lang == "zh" else self.authority_en

    def governs(self, area: str) -> bool:
        """Whether it speaks about the area of code ``area`` ("": no particular one)."""
        return not area or area.startswith(self.area)

    def holds(self, day: dt.date, area: str = "") -> bool:
        """Whether it is in force on ``day`` in ``area``, by its own dates."""
        return self.governs(area) and self.start <= day and (self.stop is None or day < self.stop)

    def clause(self, id: str) -> Clause | None:
        """Its clause of this id."""
        return next((clause for clause in self.clauses if clause.id == id), None)

    def entry(self, identity: str) -> Clause | None:
        """The clause with which ``identity`` begins; None if it says nothing about it."""
        return self.clause(self.identities.get(identity, ""))

    def path(self, clause: Clause) -> Iterator[Clause]:
        """``clause`` and those that follow it, to the end."""
        found: Clause | None = clause
        while found:
            yield found
            found = self.clause(found.next)

    def over(self, clause: Clause, ends: dt.date | None) -> dt.date | None:
        """The earliest end of the whole path whose stage of ``clause`` ends on ``ends``; None if that has no end."""
        rest = [one.days for one in self.path(clause)][1:]
        return None if ends is None or OPEN in rest else ends + dt.timedelta(sum(rest))
