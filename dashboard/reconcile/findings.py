"""What a reconciliation finds: numbers that differ when asked again, that nobody can trace, that do not add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from data.words import Lang

Kind = Literal["differs", "untraced", "broken", "sum"]

_KINDS: Mapping[Kind, tuple[str, str]] = MappingProxyType({
    "differs": ("与重新提问不符", "differs when asked again"),
    "untraced": ("没有出处", "cites nothing"),
    "broken": ("画面没有做成", "was not made"),
    "sum": ("加不起来", "does not add up"),
})  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. ``screen``: its address; ``place``: where on it; ``shown`` there; ``asked``: what it is
    when asked again, with the question."""

    kind: Kind
    screen: str
    place: str
    shown: str
    asked: str = ""

    def say(self, lang: Lang) -> str:
        """One line."""
        told = _KINDS[self.kind][0 if lang == "zh" else 1]
        found = f" ≠ {self.asked}" if self.asked else ""
        return f"{told}: {self.screen} {self.place} “{self.shown}”{found}"


@dataclass
class Tally:
    """How far it is: screens, ``numbers`` found on them of which ``traced``, units of maps, sums, and what is wrong."""

    screens: int = 0
    numbers: int = 0
    traced: int = 0
    units: int = 0
    sums: int = 0
    questions: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, *kinds: Kind) -> list[Finding]:
        """The findings of some kinds."""
        return [one for one in self.findings if one.kind in kinds]

    @property
    def share(self) -> float:
        """The part of the numbers that cite a question which can be asked; 1 where there is none."""
        return self.traced / self.numbers if self.numbers else 1.0
